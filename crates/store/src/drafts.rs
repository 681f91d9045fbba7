//! Unfinished intakes: a row each, private to the officer who writes, never an event.

use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::{DraftId, OfficerId};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::Value;

/// An unfinished intake.
#[derive(Clone, PartialEq, Debug)]
pub struct DraftRow {
    pub id: DraftId,
    pub officer: OfficerId,
    pub updated_at: DateTime<Utc>,
    /// What the screen holds; the store does not look inside.
    pub body: Value,
}

/// Saves a draft, new or known.
///
/// # Errors
/// `NotFound` when the draft is another officer's.
pub fn save(
    tx: &Tx<'_>,
    officer: OfficerId,
    id: DraftId,
    body: &Value,
    at: DateTime<Utc>,
) -> Result<()> {
    let changed = tx
        .prepare_cached(
            "INSERT INTO draft (id, officer_id, updated_at, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, body = excluded.body
             WHERE draft.officer_id = excluded.officer_id",
        )?
        .execute((
            sql::id(&id.0),
            sql::id(&officer.0),
            at.timestamp_millis(),
            serde_json::to_string(body)?,
        ))?;
    if changed == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// One draft of this officer.
///
/// # Errors
/// When it cannot be read.
pub fn get(conn: &Connection, officer: OfficerId, id: DraftId) -> Result<Option<DraftRow>> {
    conn.prepare_cached(
        "SELECT id, officer_id, updated_at, body FROM draft WHERE id = ?1 AND officer_id = ?2",
    )?
    .query_row((sql::id(&id.0), sql::id(&officer.0)), |r| Ok(read(r)))
    .optional()?
    .transpose()
}

/// This officer's drafts, the latest first.
///
/// # Errors
/// When they cannot be read.
pub fn list(conn: &Connection, officer: OfficerId) -> Result<Vec<DraftRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, officer_id, updated_at, body FROM draft WHERE officer_id = ?1
         ORDER BY updated_at DESC, id",
    )?;
    let mut rows = statement.query([sql::id(&officer.0)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// Throws a draft away; its bytes are overwritten (`secure_delete`). True when there was one.
///
/// # Errors
/// When it cannot be written.
pub fn discard(tx: &Tx<'_>, officer: OfficerId, id: DraftId) -> Result<bool> {
    let gone = tx
        .prepare_cached("DELETE FROM draft WHERE id = ?1 AND officer_id = ?2")?
        .execute((sql::id(&id.0), sql::id(&officer.0)))?;
    Ok(gone > 0)
}

/// Gives a draft to another officer as it stands. True when there was one to give.
///
/// # Errors
/// When it cannot be written.
pub fn give(tx: &Tx<'_>, from: OfficerId, to: OfficerId, id: DraftId) -> Result<bool> {
    let given = tx
        .prepare_cached("UPDATE draft SET officer_id = ?3 WHERE id = ?1 AND officer_id = ?2")?
        .execute((sql::id(&id.0), sql::id(&from.0), sql::id(&to.0)))?;
    Ok(given > 0)
}

fn read(row: &rusqlite::Row<'_>) -> Result<DraftRow> {
    let body = row.get_ref(3)?.as_str().map_err(|_| sql::bad("draft"))?;
    Ok(DraftRow {
        id: DraftId(sql::uuid(row, 0)?),
        officer: OfficerId(sql::uuid(row, 1)?),
        updated_at: sql::time(row, 2)?,
        body: serde_json::from_str(body)?,
    })
}
