//! The end of the day: what waits is sent, and the receipt tells what arrived and what did not.

use super::look::DAYS;
use super::{bounds, changed, day_line, files_on, note, taken_on};
use crate::api::{Nothing, Refusal, RoundHandIn, RoundReceipt};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::today;
use crate::shift::at_region;
use crate::sync::now::sync_now;
use chrono::NaiveDate;
use esik_domain::calendar::local;
use esik_domain::event::{Body, RoundHandedIn};
use esik_domain::ids::CaseId;
use esik_domain::round::{DayLine, HandedDay, LINES_MAX, Place, VisitCounts};
use esik_store::{lists, log};
use serde_json::Map;

/// Writes the day down, sends everything that waits, and gives the receipt. Without a line the day is
/// handed in all the same: its receipt comes with the next contact. A day handed in twice with nothing
/// new in it is handed in once.
///
/// # Errors
/// `due_impossible` for a day to come; `round_nothing` when nothing was done that day; a disk that refuses.
pub fn round_hand_in(desk: &Desk, r: RoundHandIn) -> Result<RoundReceipt, AppError> {
    let open = desk.opened()?;
    let now = today(desk.env().now());
    let day = r.day.unwrap_or(now);
    if day > now {
        return Err(AppError::refused("due_impossible"));
    }
    let (places, before) = open.store.read(|conn| {
        Ok((lists::places(conn, &open.actor)?, lists::days(conn, &open.actor, DAYS)?))
    })?;
    let (counts, lines) = visits(&places, day);
    let files = files_on(&places, day);
    let taken = taken_on(&open, day)?;
    if counts.visits == 0 && taken == 0 {
        return Err(AppError::refused("round_nothing"));
    }
    let same = before
        .iter()
        .find(|(_, d)| d.handed.day == day)
        .filter(|(_, d)| d.handed.counts == counts && d.handed.taken == taken)
        .filter(|(_, d)| d.handed.files == files)
        .map(|(id, _)| *id);
    let id = match same {
        Some(id) => id,
        None => {
            let (records, _) = records(&open, day)?;
            let region = at_region(desk, &open)?;
            let handed = HandedDay { day, counts, lines, taken, files, records, region };
            let id = CaseId(desk.env().uuid());
            let body = Body::RoundHandedIn(RoundHandedIn { handed, more: Map::new() });
            note(desk, &open, id, body)?;
            id
        }
    };
    let failure = send(desk)?;
    let line = open
        .store
        .read(|conn| lists::days(conn, &open.actor, DAYS))?
        .into_iter()
        .find(|(found, _)| *found == id)
        .map(|(id, day)| day_line(id, &day))
        .ok_or_else(|| AppError::refused("not_found"))?;
    let (records, acknowledged) = records(&open, day)?;
    Ok(RoundReceipt {
        line,
        records,
        acknowledged,
        region: at_region(desk, &open)?,
        failure,
        changed: changed(&[]),
    })
}

/// Sends what waits; why it could not be sent, else nothing.
fn send(desk: &Desk) -> Result<Option<Refusal>, AppError> {
    match sync_now(desk, Nothing {}) {
        Ok(status) => Ok(status.failure.filter(|_| status.unacknowledged > 0)),
        Err(AppError::Refused(refusal)) => Ok(Some(refusal)),
        Err(other) => Err(other),
    }
}

fn records(open: &Open, day: NaiveDate) -> Result<(u64, u64), AppError> {
    let (from, to) = bounds(day);
    Ok(open.store.read(|conn| log::made_between(conn, open.device_id, open.actor.id, from, to))?)
}

fn visits(places: &[(CaseId, Place)], day: NaiveDate) -> (VisitCounts, Vec<DayLine>) {
    let mut counts = VisitCounts::default();
    let mut lines = Vec::new();
    for (_, place) in places {
        for visit in place.visits.iter().filter(|v| local(v.at).date_naive() == day) {
            counts.add(visit.result);
            lines.push(DayLine {
                at: visit.at,
                address: place.address.clone(),
                result: visit.result,
            });
        }
    }
    lines.sort_by_key(|l| l.at);
    lines.truncate(LINES_MAX);
    (counts, lines)
}
