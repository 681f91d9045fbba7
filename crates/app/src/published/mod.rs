//! What the region published, at the desk: taken, checked, in force from its day on.
//!
//! The shipped calendar, papers and cards are what holds until the region publishes its own, and again
//! whenever the program has a newer version than the region.

pub mod list;
pub mod moved;
pub mod preview;

use crate::api::Changed;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::paper::fault;
use crate::sync::{REGION, Region};
use chrono::{DateTime, Datelike as _, Utc};
use esik_domain::calendar::{Calendar, local};
use esik_domain::ids::CaseId;
use esik_domain::knowledge::{Edition, Knowledge};
use esik_domain::publication::{FORMAT, Kind, ONLY};
use esik_letters::{Template, Templates};
use esik_store::publications::{self, Kept};
use esik_store::{StoreError, meta};
use esik_wire::signed::key_from_text;
use esik_wire::{Publication, SignedPublication};
use rusqlite::Connection;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// This program, as it signs what it looked at.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");
/// A newer program can use it.
const NEWER: &str = "newer_program";
/// It is not what it says it is.
const UNREADABLE: &str = "unreadable";

/// Keeps what the region sent and lets it hold when its day has come. Gives the cases whose days were
/// counted anew; nothing when the region did not sign it.
pub(crate) fn take(
    open: &Open,
    signed: &SignedPublication,
    now: DateTime<Utc>,
) -> Result<Option<Vec<CaseId>>, StoreError> {
    let region = open.store.read(|conn| meta::get::<Region>(conn, REGION))?;
    let Some(region) = region else { return Ok(None) };
    let Ok(key) = key_from_text(&region.region_key) else { return Ok(None) };
    let Ok(said) = signed.read(&key) else { return Ok(None) };
    if said.region != region.region_id {
        return Ok(None);
    }
    let fault = fault_of(&said);
    if !fault.is_empty() {
        tracing::warn!(
            kind = said.kind,
            name = said.name,
            version = said.label,
            fault,
            "kept unused"
        );
    }
    let kept = Kept {
        kind: said.kind,
        name: said.name,
        version: said.version,
        label: said.label,
        holds_from: said.holds_from,
        published_at: said.published_at,
        by: said.by,
        received_at: now,
        held_since: None,
        fault: fault.to_owned(),
        checked_by: PROGRAM.to_owned(),
        hash: signed.hash(),
    };
    let signed = signed.clone();
    open.store
        .write(move |tx| {
            publications::put(tx, &kept, &signed)?;
            publications::settle(tx, now)
        })
        .map(Some)
}

/// Why this program cannot use it; empty when it can. The parsers are those the region checked it with.
fn fault_of(said: &Publication) -> &'static str {
    if said.format > FORMAT {
        return NEWER;
    }
    let good = match Kind::of(&said.kind) {
        None => return NEWER,
        Some(Kind::Calendar) => Calendar::edition_from_json(&said.body)
            .is_ok_and(|c| said.name == ONLY && c.edition() == said.version),
        Some(Kind::Paper) => Template::check(&said.body)
            .is_ok_and(|t| t.id == said.name && t.version == said.version),
        Some(Kind::Knowledge) => Edition::read(&said.body, None)
            .is_ok_and(|e| said.name == ONLY && e.version == said.version),
    };
    if good { "" } else { UNREADABLE }
}

/// Once a day, and once after signing in: what begins to hold today, and what another program could not use.
pub(crate) fn keep_day(desk: &Desk, open: &Open) {
    let now = desk.env().now();
    let today = local(now).date_naive().num_days_from_ce();
    if open.settled_on.swap(today, Ordering::AcqRel) == today {
        return;
    }
    let done = look_again(open).and_then(|()| {
        if !open.store.read(|conn| publications::unsettled(conn, now))? {
            return Ok(Vec::new());
        }
        open.store.write(move |tx| publications::settle(tx, now))
    });
    match done {
        Ok(moved) if moved.is_empty() => {}
        Ok(moved) => desk.host().changed(&Changed {
            cases: moved.iter().map(ToString::to_string).collect(),
            lists: ["reception", "control", "publications"].map(str::to_owned).to_vec(),
        }),
        Err(error) => {
            tracing::warn!(%error, "it was not looked at what of the region's begins to hold");
            open.settled_on.store(0, Ordering::Release);
        }
    }
}

/// What another program looked at last is looked at by this one: it may be able to use more, or less.
fn look_again(open: &Open) -> Result<(), StoreError> {
    let all = open.store.read(publications::list)?;
    for kept in all.into_iter().filter(|k| k.checked_by != PROGRAM) {
        let text = open
            .store
            .read(|conn| publications::signed(conn, &kept.kind, &kept.name, kept.version))?;
        let said = text.and_then(|t| serde_json::from_str::<Publication>(&t.p).ok());
        let fault = said.as_ref().map_or(UNREADABLE, fault_of);
        open.store.write(move |tx| publications::checked(tx, &kept, fault, PROGRAM))?;
    }
    Ok(())
}

/// The papers in force: of each the highest version, the program's or the region's.
pub(crate) fn templates(open: &Open) -> Result<Templates, AppError> {
    let shipped = Templates::shipped().map_err(fault)?.clone();
    let own = open.store.read(|conn| {
        let held = publications::in_force(conn, Kind::Paper)?;
        held.iter()
            .map(|k| publications::body(conn, &k.kind, &k.name, k.version))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let read = own.into_iter().flatten().filter_map(|text| Template::read(&text).ok());
    Ok(read.fold(shipped, Templates::with))
}

/// The cards and the directory in force.
pub(crate) fn knowledge(open: &Open) -> Result<Arc<Knowledge>, AppError> {
    Ok(open.store.read(knowledge_in)?)
}

/// The same of one snapshot.
pub(crate) fn knowledge_in(conn: &Connection) -> Result<Arc<Knowledge>, StoreError> {
    static LAST: Mutex<Option<(String, Arc<Knowledge>)>> = Mutex::new(None);
    let held = publications::in_force(conn, Kind::Knowledge)?;
    let Some(held) = held.into_iter().find(|k| k.name == ONLY) else {
        return Ok(Knowledge::shipped());
    };
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((hash, known)) = last.as_ref()
        && *hash == held.hash
    {
        return Ok(Arc::clone(known));
    }
    let text = publications::body(conn, &held.kind, &held.name, held.version)?;
    let Some(edition) = text.and_then(|t| Edition::read(&t, None).ok()) else {
        return Ok(Knowledge::shipped());
    };
    let known = Arc::new(Knowledge::with(&edition));
    *last = Some((held.hash, Arc::clone(&known)));
    Ok(known)
}
