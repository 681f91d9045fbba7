//! What was printed at this desk: who, when, and everything needed to print the same again.

use crate::db::Tx;
use crate::error::Result;
use crate::journal;
use crate::lists::case_state;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::{CaseId, Circle, OfficerId, PaperId};
use esik_domain::policy::{Actor, sees};
use rusqlite::{Connection, OptionalExtension as _, Row};
use uuid::Uuid;

/// One print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printed {
    pub id: PaperId,
    pub at: DateTime<Utc>,
    pub officer: OfficerId,
    /// Id and version of the template it was made with.
    pub kind: String,
    pub version: u32,
    /// None: a list of the desk.
    pub case: Option<CaseId>,
    /// The referral or decision it is about.
    pub part: Option<Uuid>,
    /// Who may know of it besides the author, as of the part it is about.
    pub circle: Circle,
    pub author: OfficerId,
    /// Name of the file.
    pub name: String,
}

/// What the paper was made of.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    pub source: String,
    pub data: String,
    pub ident: String,
    /// Date of the document.
    pub dated: DateTime<Utc>,
}

/// Lists of the desk that hold only what everybody at the station may know of.
const OPEN_LISTS: &[&str] = &["owed_list"];

/// Name in the journal.
pub const ACTION: &str = "paper_print";

/// Notes that a paper went to the printer: a line of the journal and, the first time, the paper itself.
/// To be called after it was handed over, never before.
///
/// # Errors
/// When it cannot be written.
pub fn note(tx: &Tx<'_>, printed: &Printed, kept: Option<&Kept>) -> Result<()> {
    let about = printed.case.map_or_else(|| printed.id.to_string(), |case| case.to_string());
    journal::note(
        tx,
        printed.at,
        printed.officer,
        ACTION,
        &format!("{}/{} {about}", printed.kind, printed.version),
    )?;
    let Some(kept) = kept else { return Ok(()) };
    tx.prepare_cached("INSERT INTO paper_source (source) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([&kept.source])?;
    tx.prepare_cached(
        "INSERT INTO paper (id, at, officer, kind, version, case_id, part, circle, author, name,
           source, data, ident, dated)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, id, ?12, ?13, ?14
         FROM paper_source WHERE source = ?11",
    )?
    .execute(rusqlite::params![
        sql::id(&printed.id.0),
        printed.at.timestamp_millis(),
        sql::id(&printed.officer.0),
        printed.kind,
        printed.version,
        printed.case.map(|c| c.0.as_bytes().to_vec()),
        printed.part.map(|p| p.as_bytes().to_vec()),
        printed.circle.0,
        sql::id(&printed.author.0),
        printed.name,
        kept.source,
        kept.data,
        kept.ident,
        kept.dated.timestamp_millis(),
    ])?;
    Ok(())
}

const COLUMNS: &str =
    "p.id, p.at, p.officer, p.kind, p.version, p.case_id, p.part, p.circle, p.author, p.name";

/// What was printed of a case, newest first: as far as the officer may know of the case and of the part.
///
/// # Errors
/// When it cannot be read.
pub fn of_case(conn: &Connection, actor: &Actor, case: CaseId) -> Result<Vec<Printed>> {
    if case_state(conn, actor, case)?.is_none() {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM paper p WHERE p.case_id = ?1 ORDER BY p.at DESC, p.id DESC"
    ))?;
    let mut rows = statement.query([sql::id(&case.0)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let printed = read(row)?;
        if sees(actor, &printed.circle, printed.author) {
            out.push(printed);
        }
    }
    Ok(out)
}

/// One print with what it was made of; nothing when the officer may not know of it. A list of the desk is
/// only for who printed it: it holds what he could see; but for those of [`OPEN_LISTS`].
///
/// # Errors
/// When it cannot be read.
pub fn get(conn: &Connection, actor: &Actor, id: PaperId) -> Result<Option<(Printed, Kept)>> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, s.source, p.data, p.ident, p.dated
             FROM paper p JOIN paper_source s ON s.id = p.source WHERE p.id = ?1"
        ))?
        .query_row([sql::id(&id.0)], |row| {
            Ok(read(row).and_then(|printed| Ok((printed, kept(row)?))))
        })
        .optional()?
        .transpose()?;
    let Some((printed, kept)) = found else { return Ok(None) };
    let may = match printed.case {
        Some(case) => {
            sees(actor, &printed.circle, printed.author) && case_state(conn, actor, case)?.is_some()
        }
        None => printed.officer == actor.id || OPEN_LISTS.contains(&printed.kind.as_str()),
    };
    Ok(may.then_some((printed, kept)))
}

/// What was printed from one moment to another, oldest first, as far as the officer may know of it.
///
/// # Errors
/// When it cannot be read.
pub fn between(
    conn: &Connection,
    actor: &Actor,
    (from, after): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<(Printed, Option<String>)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM paper p WHERE p.at >= ?1 AND p.at < ?2 ORDER BY p.at, p.id"
    ))?;
    let mut rows = statement.query((from.timestamp_millis(), after.timestamp_millis()))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let printed = read(row)?;
        match printed.case {
            None => out.push((printed, None)),
            Some(case) if sees(actor, &printed.circle, printed.author) => {
                if let Some(state) = case_state(conn, actor, case)? {
                    out.push((printed, state.number));
                }
            }
            Some(_) => {}
        }
    }
    Ok(out)
}

fn read(row: &Row<'_>) -> Result<Printed> {
    let id = |at: usize| -> Result<Option<Uuid>> {
        let there = row.get::<_, Option<Vec<u8>>>(at)?.is_some();
        there.then(|| sql::uuid(row, at)).transpose()
    };
    Ok(Printed {
        id: PaperId(sql::uuid(row, 0)?),
        at: sql::time(row, 1)?,
        officer: OfficerId(sql::uuid(row, 2)?),
        kind: row.get(3)?,
        version: row.get(4)?,
        case: id(5)?.map(CaseId),
        part: id(6)?,
        circle: Circle(row.get(7)?),
        author: OfficerId(sql::uuid(row, 8)?),
        name: row.get(9)?,
    })
}

fn kept(row: &Row<'_>) -> Result<Kept> {
    Ok(Kept {
        source: row.get(10)?,
        data: row.get(11)?,
        ident: row.get(12)?,
        dated: sql::time(row, 13)?,
    })
}
