//! Hand-overs, addresses of a beat, days of rounds; and what an officer hands over.

use super::lines::{CASE_COLUMNS, CaseLine, read_case};
use crate::error::Result;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use esik_domain::aside::Aside;
use esik_domain::calendar::instant;
use esik_domain::ids::{CaseId, OfficerId};
use esik_domain::knowledge::{Confirmed, confirm};
use esik_domain::owed_list::OwedList;
use esik_domain::policy::Actor;
use esik_domain::round::{Place, RoundDay};
use esik_domain::shift::Shift;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

/// Columns of [`read`]; what is not open is only for its owner.
const COLUMNS: &str = "SELECT case_id, aside FROM aside_row
  WHERE (open = 1 OR owner = :me)";

fn read(row: &Row<'_>) -> Result<(CaseId, Aside)> {
    let text = row.get_ref(1)?.as_str().map_err(|_| sql::bad("aside"))?;
    Ok((CaseId(sql::uuid(row, 0)?), serde_json::from_str(text)?))
}

/// The latest hand-overs of the station, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn shifts(conn: &Connection, actor: &Actor, limit: u32) -> Result<Vec<(CaseId, Shift)>> {
    let mut statement = conn.prepare_cached(&format!(
        "{COLUMNS} AND kind = 'shift' ORDER BY at DESC, case_id DESC LIMIT :limit"
    ))?;
    let mut rows =
        statement.query(named_params! { ":me": sql::id(&actor.id.0).to_vec(), ":limit": limit })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if let (id, Aside::Shift(shift)) = read(row)? {
            out.push((id, shift));
        }
    }
    Ok(out)
}

/// One hand-over; nothing when there is none of this id.
///
/// # Errors
/// When it cannot be read.
pub fn shift(conn: &Connection, actor: &Actor, id: CaseId) -> Result<Option<Shift>> {
    Ok(one(conn, actor, id)?.and_then(|aside| match aside {
        Aside::Shift(shift) => Some(shift),
        _ => None,
    }))
}

/// One address of this officer's beat, also one taken off the list.
///
/// # Errors
/// When it cannot be read.
pub fn place(conn: &Connection, actor: &Actor, id: CaseId) -> Result<Option<Place>> {
    Ok(one(conn, actor, id)?.and_then(|aside| match aside {
        Aside::Place(place) if place.by == actor.id => Some(place),
        _ => None,
    }))
}

/// One day this officer handed in.
///
/// # Errors
/// When it cannot be read.
pub fn day(conn: &Connection, actor: &Actor, id: CaseId) -> Result<Option<RoundDay>> {
    Ok(one(conn, actor, id)?.and_then(|aside| match aside {
        Aside::Day(day) if day.by == actor.id => Some(day),
        _ => None,
    }))
}

fn one(conn: &Connection, actor: &Actor, id: CaseId) -> Result<Option<Aside>> {
    let found = conn
        .prepare_cached(&format!("{COLUMNS} AND case_id = :id"))?
        .query_row(
            named_params! { ":me": sql::id(&actor.id.0).to_vec(), ":id": sql::id(&id.0) },
            |r| Ok(read(r)),
        )
        .optional()?
        .transpose()?;
    Ok(found.map(|(_, aside)| aside))
}

/// The addresses of this officer's beat, in the order they were noted; those taken off the list too.
///
/// # Errors
/// When they cannot be read.
pub fn places(conn: &Connection, actor: &Actor) -> Result<Vec<(CaseId, Place)>> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, aside FROM aside_row
         WHERE owner = :me AND kind = 'place' ORDER BY at, case_id",
    )?;
    let mut rows = statement.query(named_params! { ":me": sql::id(&actor.id.0).to_vec() })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if let (id, Aside::Place(place)) = read(row)? {
            out.push((id, place));
        }
    }
    Ok(out)
}

/// The days this officer handed in, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn days(conn: &Connection, actor: &Actor, limit: u32) -> Result<Vec<(CaseId, RoundDay)>> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, aside FROM aside_row
         WHERE owner = :me AND kind = 'day' ORDER BY at DESC, case_id DESC LIMIT :limit",
    )?;
    let mut rows =
        statement.query(named_params! { ":me": sql::id(&actor.id.0).to_vec(), ":limit": limit })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if let (id, Aside::Day(day)) = read(row)? {
            out.push((id, day));
        }
    }
    Ok(out)
}

/// Lists that bodies got for a week, the latest first.
///
/// # Errors
/// When they cannot be read.
pub fn owed_lists(
    conn: &Connection,
    actor: &Actor,
    week: NaiveDate,
) -> Result<Vec<(CaseId, OwedList)>> {
    // Nobody hands a list over for a week that has not begun.
    let since = instant(week, NaiveTime::MIN).timestamp_millis();
    let mut statement = conn.prepare_cached(&format!(
        "{COLUMNS} AND kind = 'owed_list' AND at >= :since ORDER BY at DESC, case_id DESC"
    ))?;
    let mut rows =
        statement.query(named_params! { ":me": sql::id(&actor.id.0).to_vec(), ":since": since })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if let (id, Aside::OwedList(list)) = read(row)?
            && list.list.week == week
        {
            out.push((id, list));
        }
    }
    Ok(out)
}

/// What the station confirmed of its knowledge, at whatever desk: of an entry the newest version, then the latest day.
///
/// # Errors
/// When it cannot be read.
pub fn confirmed(conn: &Connection) -> Result<Confirmed> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, aside FROM aside_row WHERE open = 1 AND kind = 'confirmed'",
    )?;
    let mut rows = statement.query([])?;
    let mut out = Confirmed::new();
    while let Some(row) = rows.next()? {
        if let (_, Aside::Confirmed(entry)) = read(row)? {
            confirm(&mut out, &entry.code, entry.version, entry.day);
        }
    }
    Ok(out)
}

/// Open cases this officer answers for, as far as the one who asks may know of them: the nearest last
/// day first.
///
/// # Errors
/// When they cannot be read.
pub fn answered_by(
    conn: &Connection,
    actor: &Actor,
    officer: OfficerId,
    limit: u32,
) -> Result<Vec<CaseLine>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&of_officer())?;
    let mut rows = statement.query(named_params! {
    ":officer": sql::id(&officer.0).to_vec(), ":me": eyes.me, ":circles": eyes.circles,
    ":limit": limit })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read_case(row)?);
    }
    Ok(out)
}

/// In the order of an index: sorting thousands of lines of the encrypted file costs locked memory.
fn of_officer() -> String {
    format!(
        "SELECT {CASE_COLUMNS} FROM case_row c
         WHERE c.controller = :officer AND c.phase <> 'closed' AND c.number IS NOT NULL AND {}
         ORDER BY c.next_due NULLS LAST, c.first_at, c.case_id LIMIT :limit",
        visible::case_line()
    )
}

/// What this officer took in from a moment on, visits that became no case among it, oldest first.
///
/// # Errors
/// When it cannot be read.
pub fn taken_since(conn: &Connection, actor: &Actor, from: DateTime<Utc>) -> Result<Vec<CaseLine>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {CASE_COLUMNS} FROM case_row c
         WHERE c.author = :me AND c.first_at >= :from AND {}
         ORDER BY c.first_at, c.case_id",
        visible::case_line()
    ))?;
    let mut rows = statement.query(named_params! {
    ":from": from.timestamp_millis(), ":me": eyes.me, ":circles": eyes.circles })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read_case(row)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_cases_of_an_officer_come_sorted_by_their_index() {
        let conn = crate::db::memory().unwrap();
        let plan: Vec<String> = conn
            .prepare(&format!("EXPLAIN QUERY PLAN {}", super::of_officer()))
            .unwrap()
            .query_map(
                rusqlite::named_params! { ":officer": [0u8; 16], ":me": [0u8; 16], ":circles": "[]",
                ":limit": 1 },
                |r| r.get("detail"),
            )
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert!(plan.iter().any(|line| line.contains("case_by_controller")), "{plan:?}");
        assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE FOR ORDER")), "{plan:?}");
    }
}
