//! What was said on the region's page by whoever holds the coupon (adr/0036): read by an officer, once for the station.

use super::undoable;
use crate::api::{CaseDone, SaidView, WordRead};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::case::CaseState;
use esik_domain::event::{self, Body};
use esik_domain::ids::{Circle, ReferralId};
use esik_domain::said::Said;
use serde_json::Map;
use std::collections::BTreeMap;

/// Marks words as read; what was read before stays as it is.
///
/// # Errors
/// `not_found` for a case, or a word, the officer may not know of.
pub fn word_read(desk: &Desk, r: WordRead) -> Result<CaseDone, AppError> {
    let saved = save_one(desk, r.case, |case, _| {
        let all_known = r.events.iter().all(|id| case.said.iter().any(|s| s.event == *id));
        if !all_known {
            return Err(AppError::refused("not_found"));
        }
        Ok(read_lines(case.unread().filter(|s| r.events.contains(&s.event))))
    })?;
    Ok(undoable(r.case, saved))
}

/// The records that words were read: who may know of a word may know of that, and nobody else.
pub(super) fn read_lines<'a>(words: impl Iterator<Item = &'a Said>) -> Vec<Line> {
    let mut by_place: BTreeMap<(Circle, Option<ReferralId>), event::WordRead> = BTreeMap::new();
    for s in words {
        by_place
            .entry((s.circle.clone(), s.referral))
            .or_insert_with(|| event::WordRead {
                events: Vec::new(),
                referral_id: s.referral,
                more: Map::new(),
            })
            .events
            .push(s.event);
    }
    by_place
        .into_iter()
        .map(|((circle, _), body)| Line {
            body: Body::WordRead(body),
            base: None,
            circle: Some(circle),
        })
        .collect()
}

/// What waits to be read, as the screen shows it.
pub(super) fn unread(case: &CaseState) -> Vec<SaidView> {
    case.unread()
        .map(|s| SaidView {
            event: s.event,
            at: s.at,
            word: s.word,
            text: s.text.clone(),
            due: s.due,
            asks_to_reopen: case.asks_to_reopen(s),
        })
        .collect()
}
