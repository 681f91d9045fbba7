//! Reminding bodies, one or many at once.

use crate::api::{CaseReferral, Changed, PassedOver, ReferralRemind, Refusal, Reminded};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::calendar::local;
use esik_domain::case::{CaseState, WaitingOn};
use esik_domain::deadline::Counting;
use esik_domain::event::{Body, ReferralReminded};
use esik_domain::ids::ReferralId;
use esik_domain::ladder::reminder_at;
use serde_json::Map;

/// Reminds every body of the list that still owes an answer, each by itself: one that cannot be reminded stops no other,
/// and is told with the reason. Outside working hours the body sees it when the next working day begins; within one
/// working day it is reminded once. A body that would not see it is left out of many: it is called, and written down by
/// itself.
///
/// # Errors
/// `bad_request` for an empty list or more than 200.
pub fn referral_remind(desk: &Desk, r: ReferralRemind) -> Result<Reminded, AppError> {
    if r.referrals.is_empty() || r.referrals.len() > 200 {
        return Err(AppError::refused("bad_request"));
    }
    let mut done = Reminded {
        changed: Changed {
            cases: Vec::new(),
            lists: vec!["reception".to_owned(), "control".to_owned(), "sync".to_owned()],
        },
        ..Reminded::default()
    };
    let called = r.referrals.len() == 1;
    for one in &r.referrals {
        match remind(desk, one, called) {
            Ok(()) => {
                done.reminded += 1;
                done.changed.cases.push(one.case.to_string());
            }
            Err(error) => done.passed_over.push(PassedOver {
                case: one.case,
                referral: one.referral,
                code: Refusal::from(error).code,
            }),
        }
    }
    Ok(done)
}

/// Reminds one body. `called`: the officer tells it himself, where nobody of it can sign in at the region.
///
/// # Errors
/// `owes_nothing`, `reminds_nobody`, `reminded_today`, and those of [`save_one`].
fn remind(desk: &Desk, one: &CaseReferral, called: bool) -> Result<(), AppError> {
    save_one(desk, one.case, |case, pen| {
        let referral = case
            .referrals
            .iter()
            .find(|x| x.id == one.referral && owes(case, x.id))
            .ok_or_else(|| AppError::refused("owes_nothing"))?;
        if referral.by_hand.is_some() && !called {
            return Err(AppError::refused("reminds_nobody"));
        }
        let goes = reminder_at(pen.open.calendars().now(), pen.at, &Counting::default());
        let day = |at: DateTime<Utc>| local(at).date_naive();
        if referral.remind_from.is_some_and(|last| day(last) >= day(goes)) {
            return Err(AppError::refused("reminded_today"));
        }
        let body = Body::ReferralReminded(ReferralReminded {
            referral_id: one.referral,
            not_before: Some(goes),
            more: Map::new(),
        });
        Ok(vec![Line { body, base: None, circle: Some(referral.circle.clone()) }])
    })?;
    Ok(())
}

/// True while the body owes an answer.
fn owes(case: &CaseState, referral: ReferralId) -> bool {
    case.obligations()
        .into_iter()
        .any(|o| o.referral == Some(referral) && o.waiting_on == WaitingOn::Agency)
}
