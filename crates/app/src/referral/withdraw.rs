//! Taking a request back from the body it was sent to.

use crate::api::{CaseDone, ReferralWithdraw};
use crate::append::{Line, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::event::{Body, ReferralWithdrawn};
use esik_domain::policy::{Permission, may};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// The longest reason, in characters: a sentence that another body reads.
const REASON_CHARS_MAX: usize = 500;

/// Takes it back with a reason that the body sees. Its clock stops; what the applicant is owed stays with
/// us. A copy at a supervisor is a request of its own. This leaves the station: it is looked at before,
/// and not undone after.
///
/// # Errors
/// `missing_reason`, `text_too_long`, `withdraw_answered` when the body has answered, `withdraw_refused` when it has refused, `withdraw_signed` for a
/// signed redirect that not the head takes back, `not_found` for one that is not out.
pub fn referral_withdraw(desk: &Desk, r: ReferralWithdraw) -> Result<CaseDone, AppError> {
    let reason = normalize_input(&r.reason).trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    save_one(desk, r.case, |case, pen| {
        let referral = case
            .referrals
            .iter()
            .find(|x| x.id == r.referral && x.sent_at.is_some() && x.withdrawn.is_none())
            .ok_or_else(|| AppError::refused("not_found"))?;
        if referral.answered.is_some() {
            return Err(AppError::refused("withdraw_answered"));
        }
        if referral.rejected.is_some() {
            return Err(AppError::refused("withdraw_refused"));
        }
        // The duty moved by a signature, and comes back by one.
        if referral.redirect.is_some() && !may(pen.open.actor.role, Permission::Decide) {
            return Err(AppError::refused("withdraw_signed"));
        }
        let body = Body::ReferralWithdrawn(ReferralWithdrawn {
            referral_id: r.referral,
            reason,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(done(r.case))
}
