//! The letter by which a late answer goes up a rung: what the body has got already and how long it is late. Of a restricted matter
//! no other body than that one learns.

use super::of_case::{Ground, body_name, both_sides, number, officer};
use crate::error::AppError;
use esik_domain::calendar::local;
use esik_domain::case::{CaseState, Escalation, Referral};
use esik_domain::deadline::working_days_between;
use esik_domain::ladder::Rung;
use esik_letters::{EscalationLetter, L10nPair, OwedRow};
use uuid::Uuid;

pub(super) fn letter(
    case: &CaseState,
    r: &Referral,
    part: Option<Uuid>,
    ground: &Ground<'_>,
) -> Result<EscalationLetter, AppError> {
    let none = || AppError::refused("no_such_paper");
    let e = r.escalations.iter().find(|e| Some(e.stamp.event.0) == part).ok_or_else(none)?;
    let told = e.stamp.told.as_ref().ok_or_else(none)?;
    let calendars = case.counted_with.clone();
    let calendar = calendars.unwrap_or_else(esik_domain::calendars::Calendars::shipped);
    let late = r.answer_due.map_or(0, |due| working_days_between(calendar.now(), due, told.day));
    let left = |field: &str| r.leaves.iter().find(|l| l.field == field).map(|l| l.value.as_str());
    let kazakh = case.visits.first().is_some_and(|v| v.language == "kk");
    Ok(EscalationLetter {
        request: OwedRow {
            number: left("number").map_or_else(|| number(case), str::to_owned),
            sent: local(r.sent_at.unwrap_or(r.drafted_at)).date_naive(),
            incoming: r.incoming_number.clone().unwrap_or_default(),
            topic: left("category")
                .filter(|_| r.circle.is_open())
                .map(both_sides)
                .unwrap_or_default(),
            due: r.answer_due,
            late: u32::try_from(late).unwrap_or(0),
            reminders: r.reminders,
        },
        written_on: told.day,
        made_at: e.stamp.at,
        station: ground.station.clone(),
        to: addressee(e, r),
        agency: body_name(r.agency.as_str()),
        text: if kazakh { L10nPair::new(&e.text, "") } else { L10nPair::new("", &e.text) },
        signer: officer(r_by(e).unwrap_or(r.by), ground)?,
    })
}

/// Who took the rung.
fn r_by(e: &Escalation) -> Option<esik_domain::ids::OfficerId> {
    e.stamp.by.parse().ok()
}

/// The body that is written to; the region's controller has no code.
fn addressee(e: &Escalation, r: &Referral) -> Option<L10nPair> {
    match &e.to {
        Some(to) => Some(body_name(to.as_str())),
        None if e.rung == Rung::Region => None,
        None => Some(body_name(r.agency.as_str())),
    }
}
