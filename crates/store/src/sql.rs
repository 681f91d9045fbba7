//! Ids, times and names of enums as the database holds them.

use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// 16 raw bytes of an id.
pub(crate) fn id(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

pub(crate) fn uuid(row: &Row<'_>, at: usize) -> Result<Uuid> {
    let bytes = row.get_ref(at)?.as_blob().map_err(|_| bad("id"))?;
    Uuid::from_slice(bytes).map_err(|_| bad("id"))
}

/// Milliseconds since 1970 UTC.
pub(crate) fn time(row: &Row<'_>, at: usize) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(row.get(at)?).ok_or_else(|| bad("time"))
}

pub(crate) fn time_opt(row: &Row<'_>, at: usize) -> Result<Option<DateTime<Utc>>> {
    row.get::<_, Option<i64>>(at)?
        .map(|ms| DateTime::from_timestamp_millis(ms).ok_or_else(|| bad("time")))
        .transpose()
}

/// The name an enum has in JSON, without quotes.
pub(crate) fn name<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(s) => Ok(s),
        _ => Err(bad("name")),
    }
}

pub(crate) fn named<T: DeserializeOwned>(text: String) -> Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(text))?)
}

pub(crate) fn bad(what: &str) -> StoreError {
    StoreError::Value(what.to_owned())
}

/// An unsigned number as SQLite's signed one.
pub(crate) fn int(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(|_| bad("number"))
}

pub(crate) fn nat(n: i64) -> Result<u64> {
    u64::try_from(n).map_err(|_| bad("number"))
}
