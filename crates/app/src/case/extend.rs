//! More time for an answer: an officer asks, the head or the deputy decides, the applicant is told.

use super::{done, undoable};
use crate::api::{CaseDone, ExtensionAsk, ExtensionDecide, NoticeGive};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use chrono::NaiveDate;
use esik_domain::calendars::Calendars;
use esik_domain::case::CaseState;
use esik_domain::deadline::{Counting, extension_notice_term};
use esik_domain::event::{Body, ExtensionAsked, ExtensionDecided, NoticeGiven};
use esik_domain::extension::check;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Asks the head for a later last day.
///
/// # Errors
/// `missing_reason`, `not_open`, `extension_asked_before`, `extension_not_later`,
/// `extension_too_long`, `extension_day_off`.
pub fn extension_ask(desk: &Desk, r: ExtensionAsk) -> Result<CaseDone, AppError> {
    let reason = reason(&r.reason)?;
    let saved = save_one(desk, r.case, |case, pen| {
        let (first, current) = open_term(case)?;
        if !case.extension_asks.is_empty() {
            return Err(AppError::refused("extension_asked_before"));
        }
        check(pen.open.calendars().now(), first, current, r.until)
            .map_err(|fault| AppError::refused(fault.code()))?;
        Ok(vec![
            Body::ExtensionAsked(ExtensionAsked { until: r.until, reason, more: Map::new() })
                .into(),
        ])
    })?;
    Ok(undoable(r.case, saved))
}

/// Decides, with or without an ask before it. Complete for the letter: reason, number, day, signature.
///
/// # Errors
/// `missing_reason`, `not_open`, `missing_day` when granted without one, `bad_request` when nobody
/// asked and it is refused, and the rules of the new day as in [`extension_ask`].
pub fn extension_decide(desk: &Desk, r: ExtensionDecide) -> Result<CaseDone, AppError> {
    let reason = reason(&r.reason)?;
    save_one(desk, r.case, |case, pen| {
        let (first, current) = open_term(case)?;
        let calendars = pen.open.calendars();
        let calendar = calendars.now();
        let until = if r.granted {
            let until = r.until.ok_or_else(|| AppError::refused("missing_day"))?;
            check(calendar, first, current, until)
                .map_err(|fault| AppError::refused(fault.code()))?;
            Some(until)
        } else if case.extension_asks.is_empty() {
            return Err(AppError::refused("bad_request"));
        } else {
            None
        };
        let notice = extension_notice_term().deadline(calendar, pen.at, &Counting::default());
        let body = Body::ExtensionDecided(ExtensionDecided {
            granted: r.granted,
            reason,
            decision_number: normalize_input(&r.decision_number).trim().to_owned(),
            decision_date: esik_domain::calendar::local(pen.at).date_naive(),
            signed_name: pen.open.name.clone(),
            signed_post: pen.open.post.clone(),
            first_due: first,
            previous_due: current,
            until,
            notice_due: r.granted.then_some(notice.due),
            calendar: notice.calendar,
            more: Map::new(),
        });
        Ok(vec![Line { body, base: case.extension_asks.last().map(|a| a.event), circle: None }])
    })?;
    Ok(done(r.case))
}

/// The applicant was told of a decision.
///
/// # Errors
/// `not_found` when there is nothing to tell or it was told.
pub fn notice_give(desk: &Desk, r: NoticeGive) -> Result<CaseDone, AppError> {
    let saved = save_one(desk, r.case, |case, _| {
        let notice = case
            .notices
            .iter()
            .find(|n| n.about == r.about && n.given.is_none())
            .ok_or_else(|| AppError::refused("not_found"))?;
        let body = Body::NoticeGiven(NoticeGiven {
            about: r.about,
            how: r.how,
            text: normalize_input(&r.text),
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(notice.circle.clone()) }])
    })?;
    Ok(undoable(r.case, saved))
}

fn reason(typed: &str) -> Result<String, AppError> {
    let reason = normalize_input(typed);
    if reason.trim().is_empty() { Err(AppError::refused("missing_reason")) } else { Ok(reason) }
}

/// The first and the present last day of a case that is open and has them.
fn open_term(case: &CaseState) -> Result<(NaiveDate, NaiveDate), AppError> {
    if !case.is_case() || case.closed.is_some() {
        return Err(AppError::refused("not_open"));
    }
    if case.redirected().is_some() {
        return Err(AppError::refused("redirected_before"));
    }
    let first = first_legal_day(case).ok_or_else(|| AppError::refused("not_open"))?;
    Ok((first, case.legal_last_day().unwrap_or(first)))
}

/// The last day the law gave, by the calendar that holds; counted now for cases of older programs.
pub(crate) fn first_legal_day(case: &CaseState) -> Option<NaiveDate> {
    case.legal_due.or_else(|| {
        let calendars = case.counted_with.clone().unwrap_or_else(Calendars::shipped);
        let term = case.legal_term();
        let counted = term.deadline(calendars.now(), case.opened_at?, &Counting::default());
        Some(counted.due)
    })
}
