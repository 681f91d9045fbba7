//! Ending a case with the applicant's own word, and going on with it.

use super::word::read_lines;
use super::{done, undoable};
use crate::api::{CaseClose, CaseDone, CaseReopen};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::case::{Referral, ReferralState};
use esik_domain::catalog::Catalog;
use esik_domain::closing::OUTCOMES;
use esik_domain::deadline::{Counting, working_days};
use esik_domain::event::{Body, CaseClosed, CaseReopened, ClosingAsked, ReferralReopened};
use esik_domain::said::Said;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Closes. An agency's “done” does not close a case: somebody has to say what the applicant said.
///
/// A case of a category that asks for a second pair of eyes is closed by another officer than the one
/// who asked: the first call only asks.
///
/// # Errors
/// `missing_call` when the applicant was not called back and no reason is given,
/// `closing_asked_before` when the same officer asks twice, `not_open` for a visit or a closed case, `still_open_referrals` while a body or an own
/// action owes something and no text says why that is all right.
pub fn case_close(desk: &Desk, r: CaseClose) -> Result<CaseDone, AppError> {
    if !OUTCOMES.contains(&r.outcome.as_str()) {
        return Err(AppError::refused("bad_request"));
    }
    if r.satisfaction.is_some_and(|n| !(1..=5).contains(&n)) {
        return Err(AppError::refused("bad_request"));
    }
    let saved = save_one(desk, r.case, |case, pen| {
        if !case.is_case() || case.closed.is_some() {
            return Err(AppError::refused("not_open"));
        }
        if r.text.trim().is_empty() && case.needs_reason(&r.outcome) {
            return Err(AppError::refused("still_open_referrals"));
        }
        if !case.called_back() && r.not_called.trim().is_empty() {
            return Err(AppError::refused("missing_call"));
        }
        if case.waits_for_second(pen.open.actor.id) {
            if case.closing_ask.is_some() {
                return Err(AppError::refused("closing_asked_before"));
            }
            return Ok(vec![
                Body::ClosingAsked(ClosingAsked {
                    word: r.word,
                    outcome: r.outcome.clone(),
                    text: normalize_input(&r.text),
                    satisfaction: r.satisfaction,
                    not_called: normalize_input(&r.not_called),
                    more: Map::new(),
                })
                .into(),
            ]);
        }
        let closed = Body::CaseClosed(CaseClosed {
            word: r.word,
            outcome: r.outcome.clone(),
            text: normalize_input(&r.text),
            satisfaction: r.satisfaction,
            not_called: normalize_input(&r.not_called),
            more: Map::new(),
        });
        Ok([vec![closed.into()], read_lines(case.unread())].concat())
    })?;
    Ok(undoable(r.case, saved))
}

/// Reopens; the reason is asked because the applicant came back with one. Bodies whose answers were
/// found good owe one again, by the category's own term, and see the reason. Where the page's word says that it is not
/// solved, a body that answered owes again also when the answer was not looked at, or the case not closed yet.
///
/// # Errors
/// `not_closed`, `missing_reason`.
pub fn case_reopen(desk: &Desk, r: CaseReopen) -> Result<CaseDone, AppError> {
    if r.reason.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    save_one(desk, r.case, |case, pen| {
        let asking: Vec<&Said> = case.said.iter().filter(|s| case.asks_to_reopen(s)).collect();
        if case.closed.is_none() && asking.is_empty() {
            return Err(AppError::refused("not_closed"));
        }
        let reason = normalize_input(&r.reason);
        let calendars = pen.open.calendars();
        let again = case.referrals.iter().filter(|x| match x.state() {
            ReferralState::Checked => true,
            ReferralState::Answered => !asking.is_empty(),
            _ => false,
        });
        let mut out: Vec<Line> = again
            .map(|x| Line {
                body: Body::ReferralReopened(ReferralReopened {
                    referral_id: x.id,
                    reason: reason.clone(),
                    answer_due: Some(due_again(x, pen.at, calendars.now())),
                    more: Map::new(),
                }),
                base: None,
                circle: Some(x.circle.clone()),
            })
            .collect();
        if case.closed.is_some() {
            out.insert(0, Body::CaseReopened(CaseReopened { reason, more: Map::new() }).into());
        }
        out.extend(read_lines(asking.into_iter()));
        Ok(out)
    })?;
    Ok(done(r.case))
}

/// The day a reopened referral is owed by: the category's own term, from now.
fn due_again(r: &Referral, now: DateTime<Utc>, calendar: &Calendar) -> NaiveDate {
    let days = r
        .category
        .as_ref()
        .and_then(|c| Catalog::shipped().category(c.as_str()))
        .and_then(|c| c.deadline_wd)
        .unwrap_or(15)
        .max(1);
    working_days(calendar, now, days, &Counting::default()).due
}
