//! Ending a case with the applicant's own word, and going on with it.

use super::done;
use crate::api::{CaseClose, CaseDone, CaseReopen};
use crate::append::save_one;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::event::{Body, CaseClosed, CaseReopened};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Outcomes a case may end with.
const OUTCOMES: &[&str] = &["helped", "explained", "refused_by_body", "withdrawn", "not_reached"];

/// Closes. An agency's “done” does not close a case: somebody has to say what the applicant said.
///
/// # Errors
/// `not_open` for a visit or a closed case, `still_open_referrals` while a body owes an answer and
/// the outcome does not say why that is all right.
pub fn case_close(desk: &Desk, r: CaseClose) -> Result<CaseDone, AppError> {
    if !OUTCOMES.contains(&r.outcome.as_str()) {
        return Err(AppError::refused("bad_request"));
    }
    save_one(desk, r.case, |case, _| {
        if !case.is_case() || case.closed.is_some() {
            return Err(AppError::refused("not_open"));
        }
        let waiting = case.referrals.iter().any(esik_domain::case::Referral::is_open)
            || case.tasks.iter().any(|t| t.done.is_none());
        if waiting
            && matches!(r.outcome.as_str(), "helped" | "explained")
            && r.text.trim().is_empty()
        {
            return Err(AppError::refused("still_open_referrals"));
        }
        Ok(vec![
            Body::CaseClosed(CaseClosed {
                word: r.word,
                outcome: r.outcome.clone(),
                text: normalize_input(&r.text),
                more: Map::new(),
            })
            .into(),
        ])
    })?;
    Ok(done(r.case))
}

/// Reopens; the reason is asked because the applicant came back with one.
///
/// # Errors
/// `not_closed`, `missing_reason`.
pub fn case_reopen(desk: &Desk, r: CaseReopen) -> Result<CaseDone, AppError> {
    if r.reason.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    save_one(desk, r.case, |case, _| {
        if case.closed.is_none() {
            return Err(AppError::refused("not_closed"));
        }
        Ok(vec![
            Body::CaseReopened(CaseReopened {
                reason: normalize_input(&r.reason),
                more: Map::new(),
            })
            .into(),
        ])
    })?;
    Ok(done(r.case))
}
