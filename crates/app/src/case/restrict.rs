//! An open case becomes a matter of a restricted circle (docs/adr/0046): officers outside it, at every desk, know of it no more.

use super::{controller, done};
use crate::api::{CaseDone, CaseRestrict};
use crate::append::{Line, save_one};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use esik_domain::case::CaseState;
use esik_domain::catalog::CIRCLES;
use esik_domain::event::{Body, CaseRestricted};
use esik_domain::ids::Circle;
use esik_domain::policy::sees;
use esik_domain::text::normalize_input;
use esik_store::officers;
use serde_json::Map;

/// Puts an open case into a circle. It does not come out again: what was known to all is known to few from here on, and the
/// other way round nobody could say who had read it. Who opened the case goes on seeing it, in the circle or not.
///
/// # Errors
/// `bad_request` for a circle there is none of, `circle_stays` when the case is in one, `not_found`.
pub fn case_restrict(desk: &Desk, r: CaseRestrict) -> Result<CaseDone, AppError> {
    let Some(circle) = CIRCLES.into_iter().find(|c| *c == r.circle) else {
        return Err(AppError::refused("bad_request"));
    };
    let reason = normalize_input(&r.reason).trim().to_owned();
    save_one(desk, r.case, |case, pen| {
        if !case.circle.is_open() {
            return Err(AppError::refused("circle_stays"));
        }
        into_circle(case, &pen.open, circle, reason)
    })?;
    Ok(done(r.case))
}

/// The events that put an open case into a circle. Somebody who sees it answers for it afterwards.
pub(crate) fn into_circle(
    case: &CaseState,
    open: &Open,
    circle: &str,
    reason: String,
) -> Result<Vec<Line>, AppError> {
    let circle = Circle(circle.to_owned());
    let body = Body::CaseRestricted(CaseRestricted { reason, more: Map::new() });
    let mut out = vec![Line { body, base: None, circle: Some(circle.clone()) }];
    if case.is_case() && case.closed.is_none() {
        let answers = open.store.read(|conn| officers::get(conn, case.controller()))?;
        if !answers.is_some_and(|o| sees(&o.actor(), &circle, case.author)) {
            let me = sees(&open.actor, &circle, case.author);
            let who = if me { open.actor.id } else { case.author };
            let named = controller::named(case, who, String::new());
            out.extend(named.into_iter().map(|l| Line { circle: Some(circle.clone()), ..l }));
        }
    }
    Ok(out)
}
