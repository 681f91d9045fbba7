//! How each date of a case was counted, for paper: the clocks of the case as the screen shows them, day by day.
//!
//! A body of a restricted circle is not named, and in a case open to the station its clock is left out: the paper lies in
//! the history of everybody who sees the case.

use super::of_case::{Ground, body_name, number, opened_at};
use crate::api::Clock;
use crate::case::clocks::clocks;
use crate::case::view::Sight;
use crate::error::AppError;
use crate::intake::plan::today;
use esik_domain::case::CaseState;
use esik_domain::catalog::Catalog;
use esik_domain::deadline::{Counting, Deadline};
use esik_letters::{CountedDay, CountedTerm, L10nPair, TermsSheet};

/// # Errors
/// `no_such_paper` for a visit that never became a case.
pub(super) fn sheet(case: &CaseState, ground: &Ground<'_>) -> Result<TermsSheet, AppError> {
    let sight = Sight {
        actor: ground.actor,
        catalog: Catalog::shipped(),
        calendars: &ground.calendars,
        counting: Counting::default(),
        today: today(ground.now),
        now: ground.now,
        region: None,
        officer_name: &|_| String::new(),
    };
    let clocks = clocks(case, &sight);
    Ok(TermsSheet {
        number: number(case),
        opened_at: opened_at(case),
        made_at: ground.now,
        station: ground.station.clone(),
        terms: clocks.iter().flat_map(|clock| terms(case, clock)).collect(),
        signer: ground.me.clone(),
    })
}

/// A clock as it stands on paper; an extended term is two, the one the law gave first.
fn terms(case: &CaseState, clock: &Clock) -> Vec<CountedTerm> {
    let referral = clock.referral.and_then(|id| case.referrals.iter().find(|r| r.id == id));
    let open = case.circle.is_open();
    if open && referral.is_some_and(|r| !r.circle.is_open()) {
        return Vec::new();
    }
    let whom = match referral {
        Some(r) if open => body_name(r.agency.as_str()),
        _ => L10nPair::default(),
    };
    let term = |ground: &str, counted: &Deadline| CountedTerm {
        kind: clock.kind.clone(),
        whom: whom.clone(),
        ground: ground.to_owned(),
        due: counted.due,
        calendar: counted.calendar.clone(),
        provisional: counted.provisional,
        was: None,
        days: days(counted),
    };
    let now = CountedTerm {
        was: clock.was.as_ref().map(|was| (was.due, was.calendar.clone())),
        ..term(&clock.source, &clock.deadline)
    };
    let first = clock.first.as_ref().map(|first| term(&case.legal_term().law, first));
    first.into_iter().chain([now]).collect()
}

fn days(counted: &Deadline) -> Vec<CountedDay> {
    let code = |why| match serde_json::to_value(why) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    };
    counted
        .derivation
        .iter()
        .map(|step| CountedDay {
            on: step.date,
            number: step.counted,
            why: code(step.why),
            holiday: step.holiday.clone().unwrap_or_default(),
        })
        .collect()
}
