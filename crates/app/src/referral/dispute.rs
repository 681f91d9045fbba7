//! A second refusal is the head's: another body, or a dispute that the head settles.

use crate::api::{CaseDone, DisputeOpen, DisputeSettle};
use crate::append::{Line, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::catalog::Catalog;
use esik_domain::event::{Body, DisputeOpened, DisputeSettled};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Opens a dispute about a referral that came back for the second time.
///
/// # Errors
/// `missing_reason`, `bad_request` when fewer than two bodies refused or the dispute is open.
pub fn dispute_open(desk: &Desk, r: DisputeOpen) -> Result<CaseDone, AppError> {
    let reason = normalize_input(&r.reason);
    if reason.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    save_one(desk, r.case, |case, _| {
        let referral = case
            .referrals
            .iter()
            .find(|x| x.id == r.referral && x.rejected.is_some() && x.replaced_by.is_none())
            .ok_or_else(|| AppError::refused("bad_request"))?;
        let open = case.disputes.iter().any(|d| d.referral == r.referral);
        if open || case.bounces(r.referral).len() < 2 {
            return Err(AppError::refused("bad_request"));
        }
        let body = Body::DisputeOpened(DisputeOpened {
            referral_id: r.referral,
            reason,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(done(r.case))
}

/// Settles it: the request then goes to that body, also when it refused before.
///
/// # Errors
/// `missing_reason`, `bad_request` for an unknown body or when no dispute is open.
pub fn dispute_settle(desk: &Desk, r: DisputeSettle) -> Result<CaseDone, AppError> {
    let reason = normalize_input(&r.reason);
    if reason.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    if Catalog::shipped().agency(r.agency.as_str()).is_none() {
        return Err(AppError::refused("bad_request"));
    }
    save_one(desk, r.case, |case, _| {
        let open = case.disputes.iter().any(|d| d.referral == r.referral && d.settled.is_none());
        let referral = case
            .referrals
            .iter()
            .find(|x| x.id == r.referral && open)
            .ok_or_else(|| AppError::refused("bad_request"))?;
        let body = Body::DisputeSettled(DisputeSettled {
            referral_id: r.referral,
            agency: r.agency.clone(),
            reason,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(done(r.case))
}
