//! The shelf of a case.

use super::of_case::offers;
use crate::api::{CaseRef, PaperLine, PaperShelf};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::ids::{OfficerId, ReferralId};
use std::collections::HashMap;

/// What a case may have printed now, and what of it was printed here.
///
/// # Errors
/// `not_found` when the case is not there or not for him.
pub fn paper_list(desk: &Desk, r: CaseRef) -> Result<PaperShelf, AppError> {
    let open = desk.opened()?;
    let (case, printed, cards) = open.store.read(|conn| {
        Ok((
            esik_store::lists::case_state(conn, &open.actor, r.id)?,
            esik_store::papers::of_case(conn, &open.actor, r.id)?,
            esik_store::officers::list(conn)?,
        ))
    })?;
    let case = case.ok_or_else(|| AppError::refused("not_found"))?;
    crate::look::touched(desk, &open, r.id)?;
    let names: HashMap<OfficerId, String> =
        cards.into_iter().map(|o| (o.card.id, o.card.name)).collect();
    let printed = printed
        .into_iter()
        .map(|p| PaperLine {
            id: p.id,
            at: p.at,
            who: names.get(&p.officer).cloned().unwrap_or_default(),
            agency: p
                .part
                .and_then(|id| case.referrals.iter().find(|r| r.id == ReferralId(id)))
                .map(|r| r.agency.clone()),
            paper: p.kind,
        })
        .collect();
    Ok(PaperShelf { offers: offers(&case), printed })
}
