//! Handing the shift over, and taking it (adr/0014).

pub mod hand_over;
pub mod look;
pub mod take;

use crate::api::{Changed, ShiftLine};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::sync::{ATTEMPT, LastAttempt};
use esik_domain::ids::{CaseId, OfficerId};
use esik_domain::shift::{AtRegion, Shift};
use esik_store::StoreError;
use std::collections::HashMap;

/// Hand-overs a screen looks back on.
pub(crate) const PAST: u32 = 30;

/// Meta key of a note that is being written: an officer's own.
pub(crate) fn note_key(officer: OfficerId) -> String {
    format!("shift_note:{officer}")
}

/// Names of the officers this desk knows.
pub(crate) fn names(open: &Open) -> Result<HashMap<OfficerId, String>, AppError> {
    let cards = open.store.read(esik_store::officers::list)?;
    Ok(cards.into_iter().map(|o| (o.card.id, o.card.name)).collect())
}

pub(crate) fn line(
    open: &Open,
    names: &HashMap<OfficerId, String>,
    id: CaseId,
    shift: Shift,
) -> ShiftLine {
    let name = |id: OfficerId| names.get(&id).cloned().unwrap_or_default();
    ShiftLine {
        id,
        from: shift.handing.from,
        at: shift.at,
        by: name(shift.by),
        mine: shift.by == open.actor.id,
        to: shift.handing.to.map(name),
        note: shift.handing.note,
        taken_by: shift.taken.map(|(who, _)| name(who)),
        taken_at: shift.taken.map(|(_, at)| at),
        region: shift.handing.region,
        receipt: shift.receipt.map(|pos| pos.0),
        cases: shift.handing.cases,
    }
}

/// What the region has of this computer's records now.
pub(crate) fn at_region(desk: &Desk, open: &Open) -> Result<AtRegion, AppError> {
    let alone = !desk.state().enrolled;
    Ok(open.store.read(|conn| region_of(conn, open, alone))?)
}

/// The same inside a transaction: with what was just appended.
pub(crate) fn region_of(
    conn: &rusqlite::Connection,
    open: &Open,
    alone: bool,
) -> Result<AtRegion, StoreError> {
    let attempt: LastAttempt = esik_store::meta::get(conn, ATTEMPT)?.unwrap_or_default();
    let unsent = esik_store::log::unsent_count(conn)?;
    let proven = esik_store::log::proven(conn, open.device_id)?;
    Ok(AtRegion {
        unsent,
        oldest: esik_store::log::oldest_unsent(conn)?,
        contact: attempt.success_at,
        proof: proven.map(|leaf| leaf.pos.0),
        hash: proven.map(|leaf| leaf.hash.hex()).unwrap_or_default(),
        why: match (unsent, alone, &attempt.failure) {
            (0, ..) => "",
            (_, true, _) => "alone",
            (_, false, None) if attempt.success_at.is_some() => "sending",
            (_, false, _) => "line",
        }
        .to_owned(),
    })
}

pub(crate) fn changed(cases: &[CaseId]) -> Changed {
    Changed {
        cases: cases.iter().map(ToString::to_string).collect(),
        lists: ["shift", "drafts", "control", "sync"].map(str::to_owned).to_vec(),
    }
}
