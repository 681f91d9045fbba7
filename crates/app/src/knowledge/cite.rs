//! Advice given in a case that exists, with the cards it was taken from.

use crate::api::{AdviceAdd, CaseDone};
use crate::append::save_one;
use crate::case::undoable;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::cited_cards;
use esik_domain::event::{AdviceGiven, Body};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Keeps the advice; a card that is not in force in that version is not cited.
///
/// # Errors
/// `missing_text`, `text_too_long`, `not_found`.
pub fn advice_add(desk: &Desk, r: AdviceAdd) -> Result<CaseDone, AppError> {
    let text = normalize_input(&r.text);
    if text.trim().is_empty() {
        return Err(AppError::refused("missing_text"));
    }
    let known = desk.opened()?.store.read(super::look::as_confirmed)?;
    let saved = save_one(desk, r.case, |case, _| {
        let body = Body::AdviceGiven(AdviceGiven {
            text,
            category: case.category().cloned(),
            only: false,
            // The title of a card may tell the class of a crime.
            cited: if case.crime.is_some() {
                Vec::new()
            } else {
                known.citations(&cited_cards(&r.cards, Some(&known)))
            },
            cards: cited_cards(&r.cards, Some(&known)),
            more: Map::new(),
        });
        Ok(vec![body.into()])
    })?;
    Ok(undoable(r.case, saved))
}
