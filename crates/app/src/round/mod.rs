//! An inspector's rounds, fully without a line (adr/0014).

pub mod hand_in;
pub mod keep;
pub mod look;
pub mod visit;

use crate::api::{Changed, RoundDayLine, Undo};
use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::Planned;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use esik_domain::calendar::{instant, local};
use esik_domain::event::{Body, Channel};
use esik_domain::ids::CaseId;
use esik_domain::round::{Place, RoundDay, own_circle};
use esik_store::lists;
use std::sync::Arc;

/// The addresses' own answer of what is old now.
pub(crate) fn changed(cases: &[CaseId]) -> Changed {
    Changed {
        cases: cases.iter().map(ToString::to_string).collect(),
        lists: ["round", "sync"].map(str::to_owned).to_vec(),
    }
}

/// An address of this officer's beat that is on the list.
pub(crate) fn place(open: &Open, id: CaseId) -> Result<Place, AppError> {
    open.store
        .read(|conn| lists::place(conn, &open.actor, id))?
        .filter(|p| !p.dropped)
        .ok_or_else(|| AppError::refused("not_found"))
}

/// One event of an address, and what takes it back.
pub(crate) fn note(
    desk: &Desk,
    open: &Arc<Open>,
    id: CaseId,
    body: Body,
) -> Result<Undo, AppError> {
    note_all(desk, open, id, vec![body])
}

/// Several at once, all or none.
pub(crate) fn note_all(
    desk: &Desk,
    open: &Arc<Open>,
    id: CaseId,
    bodies: Vec<Body>,
) -> Result<Undo, AppError> {
    let pen = Pen::new(desk, Arc::clone(open));
    let lines = bodies.into_iter().map(|body| (Planned { body, circle: own_circle() }, None));
    let lines = lines.collect();
    let events = open.store.write(move |tx| pen.append(tx, id, lines))?;
    desk.wake();
    Ok(Undo::Act { case: id, events })
}

/// A day of Almaty as two moments, the second exclusive.
pub(crate) fn bounds(day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    (instant(day, NaiveTime::MIN), instant(next, NaiveTime::MIN))
}

/// Intakes this officer finished on the round on a day.
pub(crate) fn taken_on(open: &Open, day: NaiveDate) -> Result<u32, AppError> {
    let (from, to) = bounds(day);
    let n = open.store.read(|conn| {
        let mut n = 0u32;
        for line in lists::taken_since(conn, &open.actor, from)? {
            if line.first_at >= to {
                continue;
            }
            let Some(case) = lists::case_state(conn, &open.actor, line.id)? else { continue };
            let here = |v: &esik_domain::case::Visit| {
                v.channel == Channel::Round && v.at >= from && v.at < to
            };
            if case.visits.iter().any(here) {
                n += 1;
            }
        }
        Ok(n)
    })?;
    Ok(n)
}

/// Files of a day's visits.
pub(crate) fn files_on(places: &[(CaseId, Place)], day: NaiveDate) -> u32 {
    let visits = places.iter().flat_map(|(_, p)| &p.visits);
    let of_day = visits.filter(|v| local(v.at).date_naive() == day);
    u32::try_from(of_day.map(|v| v.files.len()).sum::<usize>()).unwrap_or(u32::MAX)
}

pub(crate) fn day_line(id: CaseId, day: &RoundDay) -> RoundDayLine {
    RoundDayLine {
        id,
        day: day.handed.day,
        at: day.at,
        counts: day.handed.counts,
        taken: day.handed.taken,
        files: day.handed.files,
        receipt: day.receipt.map(|pos| pos.0),
    }
}
