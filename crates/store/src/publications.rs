//! What the region published, as this desk holds it: every version that came, and which of them is in force.
//!
//! The highest version whose day has come holds. Which one came last does not matter, so that an old one that
//! is played back changes nothing.

use crate::db::Tx;
use crate::error::Result;
use crate::{meta, project, sql};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendar::{Calendar, local};
use esik_domain::calendars::Calendars;
use esik_domain::ids::CaseId;
use esik_domain::publication::Kind;
use esik_wire::{Publication, SignedPublication};
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::sync::{Arc, Mutex, PoisonError};

/// Version of the calendar that the rows of lists were counted with.
const COUNTED_WITH: &str = "calendar";

/// One version, without its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    pub kind: String,
    pub name: String,
    pub version: u32,
    /// The version as people say it.
    pub label: String,
    pub holds_from: NaiveDate,
    pub published_at: DateTime<Utc>,
    /// The person behind it.
    pub by: String,
    pub received_at: DateTime<Utc>,
    /// When it first held here.
    pub held_since: Option<DateTime<Utc>>,
    /// Why this program cannot use it; empty = it can.
    pub fault: String,
    /// The program that looked at it last.
    pub checked_by: String,
    pub hash: String,
}

/// Keeps a verified publication; one of a version that is here stays as it is. True when it was new.
///
/// # Errors
/// When it cannot be written.
pub fn put(tx: &Tx<'_>, kept: &Kept, signed: &SignedPublication) -> Result<bool> {
    let rows = tx
        .prepare_cached(
            "INSERT INTO publication (kind, name, version, label, holds_from, published_at,
               published_by, received_at, held_since, fault, checked_by, hash, signed, signature)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (kind, name, version) DO NOTHING",
        )?
        .execute(rusqlite::params![
            kept.kind,
            kept.name,
            kept.version,
            kept.label,
            kept.holds_from.to_string(),
            kept.published_at.timestamp_millis(),
            kept.by,
            kept.received_at.timestamp_millis(),
            kept.fault,
            kept.checked_by,
            kept.hash,
            signed.p,
            signed.s,
        ])?;
    Ok(rows > 0)
}

/// Notes what the present program makes of a version.
///
/// # Errors
/// When it cannot be written.
pub fn checked(tx: &Tx<'_>, of: &Kept, fault: &str, by: &str) -> Result<()> {
    tx.prepare_cached(
        "UPDATE publication SET fault = ?4, checked_by = ?5,
           held_since = CASE WHEN ?4 = '' THEN held_since END
         WHERE kind = ?1 AND name = ?2 AND version = ?3",
    )?
    .execute(rusqlite::params![of.kind, of.name, of.version, fault, by])?;
    Ok(())
}

/// Everything that came, by kind, name and version.
///
/// # Errors
/// When it cannot be read.
pub fn list(conn: &Connection) -> Result<Vec<Kept>> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, name, version, label, holds_from, published_at, published_by, received_at,
           held_since, fault, checked_by, hash
         FROM publication ORDER BY kind, name, version",
    )?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

fn read(row: &Row<'_>) -> Result<Kept> {
    let day: String = row.get(4)?;
    Ok(Kept {
        kind: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        label: row.get(3)?,
        holds_from: day.parse().map_err(|_| sql::bad("day"))?,
        published_at: sql::time(row, 5)?,
        by: row.get(6)?,
        received_at: sql::time(row, 7)?,
        held_since: sql::time_opt(row, 8)?,
        fault: row.get(9)?,
        checked_by: row.get(10)?,
        hash: row.get(11)?,
    })
}

/// A version as it came, with the region's signature.
///
/// # Errors
/// When it cannot be read.
pub fn signed(
    conn: &Connection,
    kind: &str,
    name: &str,
    version: u32,
) -> Result<Option<SignedPublication>> {
    Ok(conn
        .prepare_cached(
            "SELECT signed, signature FROM publication
             WHERE kind = ?1 AND name = ?2 AND version = ?3",
        )?
        .query_row((kind, name, version), |r| Ok(SignedPublication { p: r.get(0)?, s: r.get(1)? }))
        .optional()?)
}

/// The published file of a version.
///
/// # Errors
/// When it cannot be read.
pub fn body(conn: &Connection, kind: &str, name: &str, version: u32) -> Result<Option<String>> {
    let text = signed(conn, kind, name, version)?;
    Ok(text.map(|t| serde_json::from_str::<Publication>(&t.p)).transpose()?.map(|p| p.body))
}

/// Of one kind, the version in force of every name.
///
/// # Errors
/// When it cannot be read.
pub fn in_force(conn: &Connection, kind: Kind) -> Result<Vec<Kept>> {
    let mut out: Vec<Kept> = Vec::new();
    let held = list(conn)?.into_iter().filter(|k| k.kind == kind.code() && k.held_since.is_some());
    for kept in held {
        // In order of name and version: the last of a name is its highest.
        match out.last_mut() {
            Some(last) if last.name == kept.name => *last = kept,
            _ => out.push(kept),
        }
    }
    Ok(out)
}

/// The calendars of this desk: what held or holds of the region's, and the shipped one.
///
/// # Errors
/// When they cannot be read.
pub fn calendars(conn: &Connection) -> Result<Arc<Calendars>> {
    static LAST: Mutex<Option<(Vec<String>, Arc<Calendars>)>> = Mutex::new(None);
    let hashes: Vec<String> = conn
        .prepare_cached(
            "SELECT hash FROM publication
             WHERE kind = 'calendar' AND held_since IS NOT NULL ORDER BY version",
        )?
        .query_map([], |r| r.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    if hashes.is_empty() {
        return Ok(Calendars::shipped());
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, known)) = last.as_ref()
        && *of == hashes
    {
        return Ok(Arc::clone(known));
    }
    let mut editions = Vec::new();
    for kept in list(conn)?.iter().filter(|k| k.kind == "calendar" && k.held_since.is_some()) {
        let text = body(conn, &kept.kind, &kept.name, kept.version)?;
        // What this program could not read never held.
        editions.extend(text.and_then(|t| Calendar::edition_from_json(&t).ok()));
    }
    let read = Arc::new(Calendars::of(editions));
    *last = Some((hashes, Arc::clone(&read)));
    Ok(read)
}

/// Something's day has come, or the rows were counted with another calendar.
///
/// # Errors
/// When it cannot be read.
pub fn unsettled(conn: &Connection, now: DateTime<Utc>) -> Result<bool> {
    let due: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM publication
               WHERE held_since IS NULL AND fault = '' AND holds_from <= ?1)",
        )?
        .query_row([local(now).date_naive().to_string()], |r| r.get(0))?;
    let counted: Option<String> = meta::get(conn, COUNTED_WITH)?;
    Ok(due || counted.as_deref() != Some(calendars(conn)?.now().version.as_str()))
}

/// Lets everything hold whose day has come, and counts the days of open cases anew when the calendar is
/// another one. Gives the cases that were folded again.
///
/// # Errors
/// When it cannot be written.
pub fn settle(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<Vec<CaseId>> {
    tx.prepare_cached(
        "UPDATE publication SET held_since = ?1
         WHERE held_since IS NULL AND fault = '' AND holds_from <= ?2",
    )?
    .execute((now.timestamp_millis(), local(now).date_naive().to_string()))?;
    let version = calendars(tx)?.now().version.clone();
    if meta::get::<String>(tx, COUNTED_WITH)?.as_deref() == Some(version.as_str()) {
        return Ok(Vec::new());
    }
    meta::put(tx, COUNTED_WITH, &version)?;
    // A closed case owes nothing and keeps its days.
    let open: Vec<CaseId> = {
        let mut statement = tx.prepare("SELECT DISTINCT case_id FROM obligation")?;
        let mut rows = statement.query([])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(CaseId(sql::uuid(row, 0)?));
        }
        out
    };
    for case_id in &open {
        project::refold(tx, *case_id)?;
    }
    Ok(open)
}

/// Copies what is held, so that rows made anew elsewhere are counted with the same calendars.
pub(crate) fn copy(from: &Connection, to: &Tx<'_>) -> Result<()> {
    for kept in list(from)? {
        let Some(text) = signed(from, &kept.kind, &kept.name, kept.version)? else { continue };
        put(to, &kept, &text)?;
        to.execute(
            "UPDATE publication SET held_since = ?4 WHERE kind = ?1 AND name = ?2 AND version = ?3",
            rusqlite::params![
                kept.kind,
                kept.name,
                kept.version,
                kept.held_since.map(|t| t.timestamp_millis())
            ],
        )?;
    }
    Ok(())
}
