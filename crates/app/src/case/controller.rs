//! Who answers for a case: named, handed on, and never nobody.

use super::undoable;
use crate::api::{CaseDone, Colleague, Colleagues, ControllerName, Nothing};
use crate::append::{Line, save_one};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use esik_domain::case::CaseState;
use esik_domain::event::{Body, ControllerNamed, Role};
use esik_domain::ids::{Circle, OfficerId};
use esik_domain::policy::sees;
use esik_domain::text::normalize_input;
use esik_store::officers::{self, Officer};
use serde_json::Map;

/// Officers of the station a case can be given to, by name: those of this desk and those known from
/// the region, without consultants, who answer for no case.
///
/// # Errors
/// The store's.
pub fn colleagues(desk: &Desk, _: Nothing) -> Result<Colleagues, AppError> {
    let open = desk.opened()?;
    let all = open.store.read(officers::list)?;
    let officers = all
        .into_iter()
        .filter(|o| o.card.station == open.station && can_answer(o))
        .map(|o| Colleague { id: o.card.id, name: o.card.name, post: o.card.post, here: o.local })
        .collect();
    Ok(Colleagues { me: open.actor.id, officers })
}

/// Gives the case to an officer, who may be the one who asks.
///
/// # Errors
/// `no_such_officer`; `not_in_circle` for one who may not know of the case; `not_open`, `not_found`.
pub fn controller_name(desk: &Desk, r: ControllerName) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let reason = normalize_input(&r.reason);
    let saved = save_one(desk, r.case, |case, _| {
        if !case.is_case() || case.closed.is_some() {
            return Err(AppError::refused("not_open"));
        }
        may_answer(&open, r.officer, &case.circle, case.author)?;
        Ok(named(case, r.officer, reason))
    })?;
    Ok(undoable(r.case, saved))
}

/// The event that gives an open case to an officer; nothing when it is already his.
pub(crate) fn named(case: &CaseState, officer: OfficerId, reason: String) -> Vec<Line> {
    if case.controller() == officer {
        return Vec::new();
    }
    let body = Body::ControllerNamed(ControllerNamed { officer, reason, more: Map::new() });
    vec![Line { body, base: case.set_by.get("controller").copied(), circle: None }]
}

/// An officer of the station who may know of a case of this circle.
///
/// # Errors
/// `no_such_officer`, `not_in_circle`.
pub(crate) fn may_answer(
    open: &Open,
    id: OfficerId,
    circle: &Circle,
    author: OfficerId,
) -> Result<(), AppError> {
    let officer = open
        .store
        .read(|conn| officers::get(conn, id))?
        .filter(|o| o.card.station == open.station && can_answer(o))
        .ok_or_else(|| AppError::refused("no_such_officer"))?;
    if sees(&officer.actor(), circle, author) {
        Ok(())
    } else {
        Err(AppError::refused("not_in_circle"))
    }
}

/// May a case be given to this officer?
pub(crate) fn can_answer(officer: &Officer) -> bool {
    !officer.card.revoked
        && !matches!(officer.card.role, Role::Consultant | Role::Region | Role::Later(_))
}

/// His name for a screen; empty when he is not known here.
pub(crate) fn name_of(id: OfficerId, officer_name: &dyn Fn(OfficerId) -> String) -> Colleague {
    Colleague { id, name: officer_name(id), post: String::new(), here: false }
}
