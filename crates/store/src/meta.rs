//! Settings and small states of the desk: a key, a JSON value.

use crate::db::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// When the database was created.
pub const CREATED_AT: &str = "created_at";
/// Version of folding and stems the full-text index was made with.
pub(crate) const INDEX_VERSION: &str = "index_version";

/// Reads a value; `None` when it was never set.
///
/// # Errors
/// When it is there but of another shape.
pub fn get<T: DeserializeOwned>(conn: &Connection, key: &str) -> Result<Option<T>> {
    let text: Option<String> = conn
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |r| r.get(0))
        .optional()?;
    Ok(text.map(|t| serde_json::from_str(&t)).transpose()?)
}

/// Sets a value.
///
/// # Errors
/// When it cannot be written.
pub fn put<T: Serialize>(tx: &Tx<'_>, key: &str, value: &T) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute((key, serde_json::to_string(value)?))?;
    Ok(())
}

/// Forgets a value.
///
/// # Errors
/// When it cannot be written.
pub fn remove(tx: &Tx<'_>, key: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
    Ok(())
}
