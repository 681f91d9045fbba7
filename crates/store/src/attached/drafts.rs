//! Files of unfinished intakes: rows beside the draft, gone with it.

use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::event::FileRef;
use esik_domain::ids::{AttachmentId, DraftId, OfficerId};
use rusqlite::{Connection, Row};
use uuid::Uuid;

/// A file of a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftFile {
    pub id: AttachmentId,
    pub at: DateTime<Utc>,
    /// The hash is the address.
    pub file: FileRef,
    /// Its key, wrapped by the desk's key of files.
    pub wrapped: Vec<u8>,
    /// The officer said that it is no copy of an identity document.
    pub not_identity: bool,
    /// What it is.
    pub note: String,
    /// A small picture of that one.
    pub preview_of: Option<AttachmentId>,
    /// A copy of that one with parts of it covered.
    pub covers: Option<AttachmentId>,
}

/// Puts a file to a draft of this officer.
///
/// # Errors
/// `NotFound` for an unknown draft or another officer's.
pub fn put(tx: &Tx<'_>, officer: OfficerId, draft: DraftId, file: &DraftFile) -> Result<()> {
    let put = tx
        .prepare_cached(
            "INSERT INTO draft_file (id, draft_id, at, address, wrapped, name, media_type, bytes,
               not_identity, note, preview_of, covers)
             SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11, ?12, ?13 FROM draft WHERE id = ?2 AND officer_id = ?10",
        )?
        .execute(rusqlite::params![
            sql::id(&file.id.0),
            sql::id(&draft.0),
            file.at.timestamp_millis(),
            file.file.hash,
            file.wrapped,
            file.file.name,
            file.file.media_type,
            sql::int(file.file.bytes)?,
            file.not_identity,
            sql::id(&officer.0),
            file.note,
            file.preview_of.map(|of| of.0.into_bytes()),
            file.covers.map(|of| of.0.into_bytes()),
        ])?;
    if put == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Files of a draft of this officer, in the order they came.
///
/// # Errors
/// When they cannot be read.
pub fn list(conn: &Connection, officer: OfficerId, draft: DraftId) -> Result<Vec<DraftFile>> {
    let mut statement = conn.prepare_cached(
        "SELECT f.id, f.at, f.address, f.wrapped, f.name, f.media_type, f.bytes, f.not_identity, f.note,
           f.preview_of, f.covers
         FROM draft_file f JOIN draft d ON d.id = f.draft_id
         WHERE f.draft_id = ?1 AND d.officer_id = ?2 ORDER BY f.at, f.id",
    )?;
    let mut rows = statement.query((sql::id(&draft.0), sql::id(&officer.0)))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// Every address a draft of this desk names, with the file's id.
///
/// # Errors
/// When they cannot be read.
pub fn addresses(conn: &Connection) -> Result<Vec<(String, AttachmentId)>> {
    let mut statement = conn.prepare_cached("SELECT address, id FROM draft_file")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((row.get(0)?, AttachmentId(sql::uuid(row, 1)?)));
    }
    Ok(out)
}

/// Says what a file of a draft of this officer is.
///
/// # Errors
/// `NotFound`; when it cannot be written.
pub fn note(
    tx: &Tx<'_>,
    officer: OfficerId,
    draft: DraftId,
    id: AttachmentId,
    note: &str,
) -> Result<()> {
    let changed = tx
        .prepare_cached(
            "UPDATE draft_file SET note = ?3 WHERE id = ?1 AND draft_id = ?2
               AND draft_id IN (SELECT id FROM draft WHERE officer_id = ?4)",
        )?
        .execute((sql::id(&id.0), sql::id(&draft.0), note, sql::id(&officer.0)))?;
    if changed == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Takes a file and its small picture from a draft of this officer; their addresses.
///
/// # Errors
/// When it cannot be written.
pub fn remove(
    tx: &Tx<'_>,
    officer: OfficerId,
    draft: DraftId,
    id: AttachmentId,
) -> Result<Vec<String>> {
    let mut gone = Vec::new();
    for file in list(tx, officer, draft)? {
        if [Some(file.id), file.preview_of].contains(&Some(id)) {
            tx.prepare_cached("DELETE FROM draft_file WHERE id = ?1")?
                .execute([sql::id(&file.id.0)])?;
            gone.push(file.file.hash);
        }
    }
    Ok(gone)
}

fn read(row: &Row<'_>) -> Result<DraftFile> {
    let other = |at| {
        row.get::<_, Option<[u8; 16]>>(at).map(|id| id.map(|id| AttachmentId(Uuid::from_bytes(id))))
    };
    Ok(DraftFile {
        id: AttachmentId(sql::uuid(row, 0)?),
        at: sql::time(row, 1)?,
        file: FileRef {
            hash: row.get(2)?,
            name: row.get(4)?,
            media_type: row.get(5)?,
            bytes: u64::try_from(row.get::<_, i64>(6)?).map_err(|_| sql::bad("draft_file"))?,
        },
        wrapped: row.get(3)?,
        not_identity: row.get(7)?,
        note: row.get(8)?,
        preview_of: other(9)?,
        covers: other(10)?,
    })
}
