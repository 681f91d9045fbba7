//! The list of what a body owes, as the body gets it: of each request what it has got already, and nothing of a circle's.

use super::make::fault;
use super::of_case::{Ground, body_name, both_sides};
use crate::case::view::late_wd;
use crate::control::owed_lists::{anybody, lines_of};
use crate::desk::Open;
use crate::error::AppError;
use crate::intake::plan::today;
use esik_domain::calendar::local;
use esik_domain::ids::AgencyCode;
use esik_letters::{Document as _, OwedList, OwedRow, Sheet};
use esik_store::lists::{self, OwedLine};

pub(super) fn sheet(
    open: &Open,
    agency: &AgencyCode,
    ground: &Ground<'_>,
) -> Result<Sheet, AppError> {
    let day = today(ground.now);
    let (lines, all) = lines_of(open, agency, day)?;
    let mut rows = Vec::new();
    for line in &lines {
        rows.extend(row(open, line, day)?);
    }
    let list = OwedList {
        station: ground.station.clone(),
        agency: body_name(agency.as_str()),
        day,
        made_at: ground.now,
        total: u32::try_from(all.total).unwrap_or(u32::MAX),
        late: u32::try_from(all.late).unwrap_or(u32::MAX),
        rows,
        signer: ground.me.clone(),
    };
    list.sheet(&ground.templates).map_err(fault)
}

fn row(open: &Open, line: &OwedLine, day: chrono::NaiveDate) -> Result<Option<OwedRow>, AppError> {
    let case = open.store.read(|conn| lists::case_state(conn, &anybody(open), line.case.id))?;
    let Some(case) = case else { return Ok(None) };
    let id = line.obligation.referral;
    let Some(r) = case.referrals.iter().find(|r| Some(r.id) == id) else { return Ok(None) };
    let left = |field: &str| r.leaves.iter().find(|l| l.field == field).map(|l| l.value.as_str());
    Ok(Some(OwedRow {
        number: left("number").map_or_else(|| super::of_case::number(&case), str::to_owned),
        sent: local(r.sent_at.unwrap_or(r.drafted_at)).date_naive(),
        incoming: r.incoming_number.clone().unwrap_or_default(),
        topic: left("category").map(both_sides).unwrap_or_default(),
        due: line.obligation.due,
        late: u32::try_from(late_wd(line.obligation.due, day, open.calendars().now())).unwrap_or(0),
        reminders: r.reminders,
    }))
}
