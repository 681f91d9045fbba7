//! How soon a case has to be taken up: the rule proposes and says why, an officer may say otherwise.

use super::undoable;
use crate::api::{CaseDone, PrioritySet, PrioritySetBy, PriorityView};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::case::CaseState;
use esik_domain::event::{self, Body};
use esik_domain::ids::OfficerId;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Says how soon an open case has to be taken up, or lets the rule decide again.
///
/// # Errors
/// `not_open`; `nothing_changed`; `missing_priority_reason` where it is later than the rule proposes and nobody says why;
/// `text_too_long`.
pub fn priority_set(desk: &Desk, r: PrioritySet) -> Result<CaseDone, AppError> {
    let reason = normalize_input(&r.reason).trim().to_owned();
    if reason.chars().count() > REASON_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    let saved = save_one(desk, r.case, |case, _| {
        if !case.is_case() || case.closed.is_some() {
            return Err(AppError::refused("not_open"));
        }
        let over = case.proposed_priority().priority;
        let word = case.priority_word.as_ref();
        let same = word.map(|w| (w.priority, w.over)) == Some((r.priority, over));
        if same || (r.priority.is_none() && word.is_none_or(|w| w.priority.is_none())) {
            return Err(AppError::refused("nothing_changed"));
        }
        let later = r.priority.is_some_and(|priority| priority > over);
        if later && reason.is_empty() {
            return Err(AppError::refused("missing_priority_reason"));
        }
        let body = event::PrioritySet { priority: r.priority, over, reason, more: Map::new() };
        let body = Body::PrioritySet(body);
        Ok(vec![Line { body, base: case.set_by.get("priority").copied(), circle: None }])
    })?;
    Ok(undoable(r.case, saved))
}

/// Longest reason, in characters: it stands in one line of the history.
const REASON_MAX: usize = 500;

/// What the screen says of it.
pub(super) fn view(case: &CaseState, officer_name: &dyn Fn(OfficerId) -> String) -> PriorityView {
    let word = case.priority_word.as_ref().filter(|word| word.priority.is_some());
    PriorityView {
        now: case.priority(),
        proposed: case.proposed_priority(),
        set: word.map(|word| PrioritySetBy {
            at: word.at,
            who: officer_name(word.by),
            priority: word.priority.unwrap_or_default(),
            reason: word.reason.clone(),
        }),
    }
}
