//! Taking a late answer up the ladder: to the controller, to the head, to the region.

use super::by_hand::{one_line, out, told};
use crate::api::{CaseDone, ReferralEscalate};
use crate::append::{Line, save_one};
use crate::case::undoable;
use crate::case::view::owes;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::today;
use esik_domain::case::Referral;
use esik_domain::catalog::Catalog;
use esik_domain::event::{Body, ReferralEscalated, Role, Told};
use esik_domain::ladder::Rung;
use esik_domain::policy::{Permission, may};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// The longest name of who took it, in characters.
const WHO_CHARS_MAX: usize = 200;

/// Does an officer of this role stand on a rung? The reminder is everybody's.
#[must_use]
pub fn stands_on(role: Role, rung: Rung) -> bool {
    let needs = match rung {
        Rung::InTime | Rung::Remind => Permission::Desk,
        Rung::Controller | Rung::Region => Permission::Administer,
        Rung::Head => Permission::Decide,
    };
    may(role, needs)
}

/// Writes down that a rung was taken: who, when, to whom, how, in which words. A rung below is not left out, and none is taken
/// before its day, without a reason.
///
/// # Errors
/// `not_found`, `not_open`, `owes_nothing`, `not_your_rung`, `rung_taken`, `rung_needs_reason`, `rung_circle` when a restricted
/// matter would be told to another body, `bad_request` for an unknown body, `missing_text`, `day_ahead`, `day_before_sent`,
/// `text_too_long`.
pub fn referral_escalate(desk: &Desk, r: ReferralEscalate) -> Result<CaseDone, AppError> {
    let who = one_line(&r.told.who, WHO_CHARS_MAX)?;
    let clean = |text: &str| normalize_input(text).trim().to_owned();
    let (text, reason) = (clean(&r.text), clean(&r.reason));
    if text.is_empty() {
        return Err(AppError::refused("missing_text"));
    }
    let saved = save_one(desk, r.case, |case, pen| {
        let referral = out(case, r.referral)?;
        if !owes(referral) {
            return Err(AppError::refused("owes_nothing"));
        }
        if !stands_on(pen.open.actor.role, r.rung) {
            return Err(AppError::refused("not_your_rung"));
        }
        let calendars = pen.open.calendars();
        referral
            .may_take(r.rung, &reason, calendars.now(), today(pen.at))
            .map_err(|fault| AppError::refused(fault.code()))?;
        let to = addressee(referral, &r)?;
        let told = told(case, referral, Told { who, ..r.told }, pen)?;
        let body = Body::ReferralEscalated(ReferralEscalated {
            referral_id: referral.id,
            rung: r.rung,
            told,
            to,
            text,
            reason,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(undoable(r.case, saved))
}

/// Another body than the one that owes. Of a restricted matter no other one learns.
fn addressee(
    referral: &Referral,
    r: &ReferralEscalate,
) -> Result<Option<esik_domain::ids::AgencyCode>, AppError> {
    let Some(to) = r.to.clone().filter(|to| *to != referral.agency) else { return Ok(None) };
    if Catalog::shipped().agency(to.as_str()).is_none_or(|a| a.internal) {
        return Err(AppError::refused("bad_request"));
    }
    if !referral.circle.is_open() {
        return Err(AppError::refused("rung_circle"));
    }
    Ok(Some(to))
}
