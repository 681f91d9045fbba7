//! Who looked at what. A look waits here until some are signed together; the signed ones are found by their case.

use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{DateTime, Utc};
use esik_domain::aside::Aside;
use esik_domain::fold::Entry;
use esik_domain::ids::{CaseId, Circle, OfficerId};
use esik_domain::look::{LOOKS_MAX, Looked, Looks};
use esik_domain::policy::{Actor, reads_looks, sees};
use rusqlite::{Connection, Row, Rows, named_params};

/// A look before it is signed. `look.ago_s` says nothing yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsigned {
    pub officer: OfficerId,
    /// The circle of the case it is about.
    pub circle: Circle,
    pub looked: Looked,
}

/// Looks as somebody may read them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Read {
    pub by: OfficerId,
    pub looked: Looked,
}

/// Streams that are no records of looks.
///
/// # Errors
/// When they cannot be counted.
pub fn other_streams(conn: &Connection) -> Result<u64> {
    let n: i64 = conn
        .prepare_cached("SELECT count(DISTINCT case_id) FROM event WHERE kind <> 'looks_noted'")?
        .query_row([], |r| r.get(0))?;
    sql::nat(n)
}

/// Is this stream a record of looks and nothing else?
pub(crate) fn is_record(entries: &[Entry]) -> bool {
    !entries.is_empty() && entries.iter().all(|e| e.event.kind == "looks_noted")
}

/// Notes a look.
///
/// # Errors
/// When it cannot be written.
pub fn wait(tx: &Tx<'_>, look: &Unsigned) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO look_waiting (officer, at, circle, look) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(rusqlite::params![
        sql::id(&look.officer.0),
        look.looked.at.timestamp_millis(),
        look.circle.0,
        serde_json::to_string(&look.looked.look)?,
    ])?;
    Ok(())
}

/// How many looks of an officer wait, and since when.
///
/// # Errors
/// When it cannot be read.
pub fn waiting(conn: &Connection, officer: OfficerId) -> Result<(usize, Option<DateTime<Utc>>)> {
    let (n, at): (i64, Option<i64>) = conn
        .prepare_cached("SELECT count(*), min(at) FROM look_waiting WHERE officer = ?1")?
        .query_row([sql::id(&officer.0)], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok((usize::try_from(n).unwrap_or(usize::MAX), at.and_then(DateTime::from_timestamp_millis)))
}

/// Takes up to so many of the looks that wait of an officer, oldest first, in bundles of one circle that fit one record each.
/// Whoever takes signs in the same transaction.
///
/// # Errors
/// When it cannot be read or removed.
pub fn take(tx: &Tx<'_>, officer: OfficerId, most: usize) -> Result<Vec<(Circle, Vec<Looked>)>> {
    let mut out: Vec<(Circle, Vec<Looked>)> = Vec::new();
    for (id, look) in unsigned(tx, officer)?.into_iter().take(most) {
        let room = out
            .iter_mut()
            .find(|(circle, looks)| *circle == look.circle && looks.len() < LOOKS_MAX);
        match room {
            Some((_, looks)) => looks.push(look.looked),
            None => out.push((look.circle, vec![look.looked])),
        }
        tx.prepare_cached("DELETE FROM look_waiting WHERE id = ?1")?.execute([id])?;
    }
    Ok(out)
}

/// What waits of an officer with its row, oldest first.
fn unsigned(conn: &Connection, officer: OfficerId) -> Result<Vec<(i64, Unsigned)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, at, circle, look FROM look_waiting WHERE officer = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([sql::id(&officer.0)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(3)?.as_str().map_err(|_| sql::bad("look"))?;
        let looked = Looked { at: sql::time(row, 1)?, look: serde_json::from_str(text)? };
        out.push((row.get(0)?, Unsigned { officer, circle: Circle(row.get(2)?), looked }));
    }
    Ok(out)
}

/// Looks at a case, newest first: of everybody for whom policy lets him, else his own, and none of a circle he is not in.
/// The caller asks whether he may know of the case.
///
/// # Errors
/// When they cannot be read.
pub fn of_case(conn: &Connection, actor: &Actor, case: CaseId, limit: usize) -> Result<Vec<Read>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.aside FROM look_row l JOIN aside_row a ON a.case_id = l.stream
         WHERE l.subject = :case AND (:all OR a.owner = :me) AND {}
         ORDER BY l.at DESC, l.stream DESC",
        visible::sees_whole("l.stream")
    ))?;
    let rows = statement.query(named_params! {
        ":case": sql::id(&case.0), ":all": reads_looks(actor.role), ":me": eyes.me,
        ":circles": eyes.circles,
    })?;
    gather(rows, waiting_here(conn, actor)?, limit, |l| l.look.case == Some(case))
}

/// What waits at this desk to be signed, whoever looked, as far as the officer may read it.
fn waiting_here(conn: &Connection, actor: &Actor) -> Result<Vec<Read>> {
    let mut statement = conn.prepare_cached("SELECT DISTINCT officer FROM look_waiting")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let by = OfficerId(sql::uuid(row, 0)?);
        if by != actor.id && !reads_looks(actor.role) {
            continue;
        }
        let looks = unsigned(conn, by)?.into_iter().filter(|(_, u)| sees(actor, &u.circle, by));
        out.extend(looks.map(|(_, u)| Read { by, looked: u.looked }));
    }
    Ok(out)
}

/// What was looked at lately, searches among it, newest first: as far as [`of_case`] lets him.
///
/// # Errors
/// When they cannot be read.
pub fn lately(conn: &Connection, actor: &Actor, limit: usize) -> Result<Vec<Read>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.aside FROM aside_row a WHERE a.kind = 'looks' AND (:all OR a.owner = :me) AND {}
         ORDER BY a.at DESC, a.case_id DESC",
        visible::sees_whole("a.case_id")
    ))?;
    let all = reads_looks(actor.role);
    let rows =
        statement.query(named_params! { ":all": all, ":me": eyes.me, ":circles": eyes.circles })?;
    gather(rows, waiting_here(conn, actor)?, limit, |_| true)
}

/// Reads records, newest first, until there are enough.
fn gather(
    mut rows: Rows<'_>,
    mut out: Vec<Read>,
    limit: usize,
    of: impl Fn(&Looked) -> bool,
) -> Result<Vec<Read>> {
    out.retain(|r| of(&r.looked));
    while let Some(row) = rows.next()? {
        let Some(Looks { by, looks }) = read(row)? else { continue };
        out.extend(looks.into_iter().filter(&of).map(|looked| Read { by, looked }));
        // A record holds some minutes: what is older cannot come before what is here by more than that.
        if out.len() > limit.saturating_add(LOOKS_MAX) {
            break;
        }
    }
    Ok(newest(out, limit))
}

fn newest(mut all: Vec<Read>, limit: usize) -> Vec<Read> {
    all.sort_by_key(|r| std::cmp::Reverse(r.looked.at));
    all.truncate(limit);
    all
}

fn read(row: &Row<'_>) -> Result<Option<Looks>> {
    let text = row.get_ref(0)?.as_str().map_err(|_| sql::bad("aside"))?;
    Ok(match serde_json::from_str(text)? {
        Aside::Looks(looks) => Some(looks),
        _ => None,
    })
}

/// Writes which cases a record of looks is about.
pub(crate) fn project(tx: &Tx<'_>, stream: CaseId, looks: &Looks) -> Result<()> {
    let at = looks.looks.iter().map(|l| l.at).max().unwrap_or_default().timestamp_millis();
    let mut insert = tx.prepare_cached(
        "INSERT OR REPLACE INTO look_row (subject, stream, at) VALUES (?1, ?2, ?3)",
    )?;
    for case in looks.cases() {
        insert.execute((sql::id(&case.0), sql::id(&stream.0), at))?;
    }
    Ok(())
}
