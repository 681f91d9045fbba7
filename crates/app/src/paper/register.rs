//! The register of a period: every case the officer may know of, restricted ones by number and days only.

use super::make::fault;
use super::of_case::{Ground, body_name, number, opened_at, topic};
use crate::error::AppError;
use chrono::NaiveDate;
use esik_domain::calendar::local;
use esik_domain::case::CaseState;
use esik_domain::event::Party;
use esik_letters::{Document as _, Register, RegisterRow, Sheet};

/// More rows than this are no paper; a shorter period is asked for.
pub(super) const ROWS_MAX: usize = 2_000;

pub(super) fn sheet(
    from: NaiveDate,
    until: NaiveDate,
    cases: &[CaseState],
    ground: &Ground<'_>,
) -> Result<Sheet, AppError> {
    let register = Register {
        station: ground.station.clone(),
        from,
        until,
        made_at: ground.now,
        rows: cases.iter().map(row).collect::<Result<_, _>>()?,
        signer: ground.me.clone(),
    };
    register.sheet(&ground.templates).map_err(fault)
}

fn row(case: &CaseState) -> Result<RegisterRow, AppError> {
    let referrals = case.referrals.iter().filter(|r| r.withdrawn.is_none() && r.circle.is_open());
    let whom = referrals
        .map(|r| r.agency.as_str())
        .chain(case.tasks.iter().map(|t| t.unit.as_str()))
        .map(body_name)
        .collect();
    let closed = case.closed.as_ref().map(|c| local(c.at).date_naive());
    Ok(RegisterRow {
        number: number(case),
        received: local(opened_at(case)).date_naive(),
        restricted: !case.circle.is_open(),
        applicant: case.applicant().map(Party::full_name).unwrap_or_default(),
        topic: topic(case.category()),
        whom,
        due: case.legal_last_day(),
        state: esik_letters::state_name(case.redirected().is_some(), closed).map_err(fault)?,
    })
}
