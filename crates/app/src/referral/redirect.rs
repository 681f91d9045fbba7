//! Redirect (АППК art. 65): the duty itself moves to the competent body, in whole or part. An officer
//! prepares it, the head or the deputy signs it within three working days of receipt, and the applicant
//! is told at the same time.

use super::send::leaves;
use crate::api::{CaseDone, RedirectPrepare, RedirectSign};
use crate::append::{Line, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::calendar::local;
use esik_domain::case::{CaseState, ReferralState};
use esik_domain::catalog::{Catalog, circle_for_agency};
use esik_domain::deadline::{Counting, redirect_term};
use esik_domain::event::{
    Body, Redirect, ReferralDrafted, ReferralSent, ReferralWithdrawn, SignedDecision,
};
use esik_domain::ids::{CategoryCode, Circle, ReferralId};
use esik_domain::leaving::may_redirect;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Writes a redirect; it has not left until it is signed.
///
/// # Errors
/// `not_open`, `missing_reason`, `missing_ground`, `missing_issues`, `missing_text`,
/// `redirected_before`, and the codes of [`esik_domain::leaving::LeavingFault`].
pub fn redirect_prepare(desk: &Desk, r: RedirectPrepare) -> Result<CaseDone, AppError> {
    let (reason, ground) = (normalize_input(&r.reason), normalize_input(&r.ground));
    if reason.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    if ground.trim().is_empty() {
        return Err(AppError::refused("missing_ground"));
    }
    save_one(desk, r.case, |case, pen| {
        let opened = case.opened_at.filter(|_| case.is_case() && case.closed.is_none());
        let opened = opened.ok_or_else(|| AppError::refused("not_open"))?;
        if case.redirected().is_some() || case.referrals.iter().any(waits_for_sign) {
            return Err(AppError::refused("redirected_before"));
        }
        let issues = if r.whole { Vec::new() } else { r.issues.clone() };
        let known = |id| case.issues.iter().any(|i| i.id == id);
        if !r.whole && (issues.is_empty() || !issues.iter().all(|id| known(*id))) {
            return Err(AppError::refused("missing_issues"));
        }
        for category in moved(case, &issues) {
            let named = case.applicant().is_some_and(|a| !a.is_nameless());
            may_redirect(Catalog::shipped(), Some(category.as_str()), r.agency.as_str(), named)
                .map_err(|fault| AppError::refused(fault.code()))?;
        }
        let agency = Catalog::shipped()
            .agency(r.agency.as_str())
            .ok_or_else(|| AppError::refused("bad_request"))?;
        let typed = normalize_input(&r.text);
        let text = if typed.trim().is_empty() { case.narrative.clone() } else { typed };
        if text.trim().is_empty() {
            return Err(AppError::refused("missing_text"));
        }
        let calendars = pen.open.calendars();
        let calendar = calendars.now();
        let counting = Counting::default();
        let by = redirect_term().deadline(calendar, opened, &counting);
        // The body starts its own procedure when it receives it; ours is the promise to watch.
        let answer = case.legal_term().deadline(calendar, pen.at, &counting);
        let circle = circle_for_agency(r.agency.as_str())
            .map_or_else(|| case.circle.clone(), |c| Circle(c.to_owned()));
        let body = Body::ReferralDrafted(ReferralDrafted {
            referral_id: ReferralId(pen.uuid()),
            agency: r.agency.clone(),
            leaves: leaves(case, r.disclosed, &text),
            files: Vec::new(),
            text,
            category: moved(case, &issues).into_iter().next(),
            disclosed: r.disclosed,
            answer_due: Some(answer.due),
            ack_wd: agency.ack_wd,
            replaces: None,
            redirect: Some(Redirect {
                whole: r.whole,
                issues,
                ground,
                reason,
                due: Some(by.due),
                calendar: by.calendar,
            }),
            basis: None,
            copy_of: None,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(circle) }])
    })?;
    Ok(done(r.case))
}

/// Signs it, so that it leaves, or sends it back to the desk with a reason.
///
/// # Errors
/// `not_open`, `not_found` when there is nothing to sign, `missing_reason` when it is not granted.
pub fn redirect_sign(desk: &Desk, r: RedirectSign) -> Result<CaseDone, AppError> {
    let reason = normalize_input(&r.reason);
    if !r.granted && reason.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    save_one(desk, r.case, |case, pen| {
        if case.closed.is_some() {
            return Err(AppError::refused("not_open"));
        }
        let referral = case
            .referrals
            .iter()
            .find(|x| x.id == r.referral && waits_for_sign(x))
            .ok_or_else(|| AppError::refused("not_found"))?;
        let today = local(pen.at).date_naive();
        let body = if r.granted {
            Body::ReferralSent(ReferralSent {
                referral_id: r.referral,
                decision: Some(SignedDecision {
                    number: normalize_input(&r.decision_number).trim().to_owned(),
                    date: today,
                    name: pen.open.name.clone(),
                    post: pen.open.post.clone(),
                    // “With notice to the applicant at the same time.”
                    notice_due: Some(today),
                }),
                more: Map::new(),
            })
        } else {
            Body::ReferralWithdrawn(ReferralWithdrawn {
                referral_id: r.referral,
                reason: reason.clone(),
                more: Map::new(),
            })
        };
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(done(r.case))
}

fn waits_for_sign(r: &esik_domain::case::Referral) -> bool {
    r.redirect.is_some() && r.state() == ReferralState::Draft
}

/// Categories of what would move: of the named issues, else of all.
fn moved(case: &CaseState, issues: &[esik_domain::ids::IssueId]) -> Vec<CategoryCode> {
    case.issues
        .iter()
        .filter(|i| issues.is_empty() || issues.contains(&i.id))
        .map(|i| i.category.clone())
        .collect()
}
