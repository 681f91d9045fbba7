//! What was done at this desk beside the events: a backup, an export, a folder set, a database mended. Append-only and unsigned;
//! who looked at what is signed ([`crate::looks`]).

use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::OfficerId;
use rusqlite::Connection;

/// One line of the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalLine {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub officer: OfficerId,
    /// Name of the command.
    pub action: String,
    /// What it was about: an id, never a name or a text.
    pub subject: String,
}

/// Notes that an officer read or exported something.
///
/// # Errors
/// When it cannot be written.
pub fn note(
    tx: &Tx<'_>,
    at: DateTime<Utc>,
    officer: OfficerId,
    action: &str,
    subject: &str,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO journal (at, officer, action, subject) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((at.timestamp_millis(), sql::id(&officer.0), action, subject))?;
    Ok(())
}

/// Lines newest first, before a known one (`None`: from the newest).
///
/// # Errors
/// When they cannot be read.
pub fn list(conn: &Connection, before: Option<i64>, limit: u32) -> Result<Vec<JournalLine>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, at, officer, action, subject FROM journal WHERE id < ?1
         ORDER BY id DESC LIMIT ?2",
    )?;
    let mut rows = statement.query((before.unwrap_or(i64::MAX), limit))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(JournalLine {
            id: row.get(0)?,
            at: sql::time(row, 1)?,
            officer: OfficerId(sql::uuid(row, 2)?),
            action: row.get(3)?,
            subject: row.get(4)?,
        });
    }
    Ok(out)
}
