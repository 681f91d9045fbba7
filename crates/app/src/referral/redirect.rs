//! Redirect (АППК art. 65): the duty itself moves to the competent body, in whole or part. An officer
//! prepares it, the head or the deputy signs it within three working days of receipt, and the applicant
//! is told at the same time.

use super::send::leaves;
use crate::api::{CaseDone, RedirectPrepare, RedirectSign};
use crate::append::{Line, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use chrono::NaiveDate;
use esik_domain::calendar::local;
use esik_domain::case::{CaseState, ReferralState};
use esik_domain::catalog::{Catalog, circle_for_agency};
use esik_domain::deadline::{Counting, Deadline, redirect_term};
use esik_domain::event::{
    Body, Disclosed, Leaving, Redirect, ReferralDrafted, ReferralSent, ReferralWithdrawn,
    SignedDecision,
};
use esik_domain::ids::{AgencyCode, CategoryCode, Circle, IssueId, ReferralId};
use esik_domain::leaving::{LeavingFault, may_redirect};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// What a redirect is decided from, at the intake and in a case.
pub(crate) struct Asked<'a> {
    pub referral_id: ReferralId,
    pub agency: &'a AgencyCode,
    pub whole: bool,
    /// The issues that move; those of the whole case too.
    pub issues: Vec<IssueId>,
    /// Their themes.
    pub categories: Vec<CategoryCode>,
    /// The applicant has a name.
    pub named: bool,
    pub ground: &'a str,
    pub reason: &'a str,
    pub text: String,
    pub disclosed: Disclosed,
    pub leaves: Vec<Leaving>,
    /// Of the case.
    pub circle: &'a Circle,
    /// By when it has to be signed.
    pub by: Deadline,
    /// The body starts its own procedure when it receives it; this is our promise to watch.
    pub answer: NaiveDate,
}

/// The one decision on a redirect: what is written, who may know of it, and by when it is signed.
///
/// # Errors
/// `missing_reason`, `missing_ground`, `missing_issues`, `missing_text`, `bad_request` for an unknown body, and the codes
/// of [`LeavingFault`].
pub(crate) fn draft(asked: Asked<'_>) -> Result<(ReferralDrafted, Circle, Deadline), &'static str> {
    let (reason, ground) = (normalize_input(asked.reason), normalize_input(asked.ground));
    if reason.trim().is_empty() {
        return Err("missing_reason");
    }
    if ground.trim().is_empty() {
        return Err("missing_ground");
    }
    if !asked.whole && asked.issues.is_empty() {
        return Err("missing_issues");
    }
    let agency = Catalog::shipped().agency(asked.agency.as_str()).ok_or("bad_request")?;
    // A case without a theme is judged too: by the body and the name.
    let themes = asked.categories.iter().map(|c| Some(c.as_str()));
    let whole = asked.categories.is_empty().then_some(None);
    for theme in themes.chain(whole) {
        may_redirect(Catalog::shipped(), theme, agency.code.as_str(), asked.named)
            .map_err(LeavingFault::code)?;
    }
    if asked.text.trim().is_empty() {
        return Err("missing_text");
    }
    let circle = circle_for_agency(&agency.code)
        .map_or_else(|| asked.circle.clone(), |c| Circle(c.to_owned()));
    let drafted = ReferralDrafted {
        referral_id: asked.referral_id,
        agency: asked.agency.clone(),
        leaves: asked.leaves,
        files: Vec::new(),
        text: asked.text,
        category: asked.categories.into_iter().next(),
        disclosed: asked.disclosed,
        answer_due: Some(asked.answer),
        ack_wd: agency.ack_wd,
        replaces: None,
        redirect: Some(Redirect {
            whole: asked.whole,
            issues: if asked.whole { Vec::new() } else { asked.issues },
            ground,
            reason,
            due: Some(asked.by.due),
            calendar: asked.by.calendar.clone(),
        }),
        basis: None,
        copy_of: None,
        more: Map::new(),
    };
    Ok((drafted, circle, asked.by))
}

/// Writes a redirect; it has not left until it is signed.
///
/// # Errors
/// `not_open`, `missing_reason`, `missing_ground`, `missing_issues`, `missing_text`,
/// `redirected_before`, and the codes of [`LeavingFault`].
pub fn redirect_prepare(desk: &Desk, r: RedirectPrepare) -> Result<CaseDone, AppError> {
    save_one(desk, r.case, |case, pen| {
        let opened = case.opened_at.filter(|_| case.is_case() && case.closed.is_none());
        let opened = opened.ok_or_else(|| AppError::refused("not_open"))?;
        if case.redirected().is_some() || case.referrals.iter().any(waits_for_sign) {
            return Err(AppError::refused("redirected_before"));
        }
        let issues = if r.whole { Vec::new() } else { r.issues.clone() };
        if !issues.iter().all(|id| case.issues.iter().any(|i| i.id == *id)) {
            return Err(AppError::refused("missing_issues"));
        }
        let typed = normalize_input(&r.text);
        let text = if typed.trim().is_empty() { case.narrative.clone() } else { typed };
        let calendars = pen.open.calendars();
        let counting = Counting::default();
        let (drafted, circle, _) = draft(Asked {
            referral_id: ReferralId(pen.uuid()),
            agency: &r.agency,
            whole: r.whole,
            categories: moved(case, &issues),
            issues,
            named: case.applicant().is_some_and(|a| !a.is_nameless()),
            ground: &r.ground,
            reason: &r.reason,
            disclosed: r.disclosed,
            leaves: leaves(case, case.category(), r.disclosed, &text),
            text,
            circle: &case.circle,
            by: redirect_term().deadline(calendars.now(), opened, &counting),
            answer: case.legal_term().deadline(calendars.now(), pen.at, &counting).due,
        })
        .map_err(AppError::refused)?;
        Ok(vec![Line { body: Body::ReferralDrafted(drafted), base: None, circle: Some(circle) }])
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
