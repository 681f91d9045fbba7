//! How values stand in columns, and what the engine's errors mean.

use crate::store::waits::{self, Why};
use crate::store::{StoreError, StoreResult, StoredEvent};
use chrono::{DateTime, Utc};
use esik_domain::ids::Pos;
use esik_wire::{EventHash, SignedEvent};
use rusqlite::{ErrorCode, Row};
use serde::{Serialize, de::DeserializeOwned};
use std::str::FromStr;

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                waits::busy(Why::Lock);
                Self::Busy
            }
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt(e.to_string())
            }
            _ => Self::Engine(e.to_string()),
        }
    }
}

/// The condition that takes one row by `?2`, or all. Two statements: “`?2 IS NULL OR`” would read all rows for one.
pub fn only_by(column: &str, one: bool) -> String {
    if one { format!("{column}=?2") } else { "?2 IS NULL".to_owned() }
}

pub fn int(n: u64) -> StoreResult<i64> {
    i64::try_from(n).map_err(|_| StoreError::Corrupt(format!("{n} is too large")))
}

pub fn uint(row: &Row<'_>, column: &str) -> StoreResult<u64> {
    let n: i64 = row.get(column)?;
    u64::try_from(n).map_err(|_| StoreError::Corrupt(format!("{column} is negative")))
}

pub fn small<T: TryFrom<i64>>(row: &Row<'_>, column: &str) -> StoreResult<T> {
    let n: i64 = row.get(column)?;
    T::try_from(n).map_err(|_| StoreError::Corrupt(format!("{column} is out of range")))
}

pub fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub fn time(ms: i64) -> StoreResult<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms)
        .ok_or_else(|| StoreError::Corrupt(format!("{ms} is not a time")))
}

pub fn when(row: &Row<'_>, column: &str) -> StoreResult<DateTime<Utc>> {
    time(row.get(column)?)
}

/// Reads an id or code that stands as text.
pub fn parse<T: FromStr>(row: &Row<'_>, column: &str) -> StoreResult<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::Corrupt(format!("{column}: {text}")))
}

pub fn parse_opt<T: FromStr>(row: &Row<'_>, column: &str) -> StoreResult<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|t| t.parse().map_err(|_| StoreError::Corrupt(format!("{column}: {t}")))).transpose()
}

pub fn hash(row: &Row<'_>, column: &str) -> StoreResult<EventHash> {
    let text: String = row.get(column)?;
    EventHash::from_hex(&text).map_err(|_| StoreError::Corrupt(format!("{column}: {text}")))
}

pub fn to_json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> StoreResult<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| StoreError::Corrupt(format!("{column}: {e}")))
}

/// Columns `pos, recorded_at, bytes, sig`.
pub fn stored_event(row: &Row<'_>) -> StoreResult<StoredEvent> {
    Ok(StoredEvent {
        pos: Pos(uint(row, "pos")?),
        recorded_at: when(row, "recorded_at")?,
        event: SignedEvent { e: row.get("bytes")?, s: row.get("sig")? },
    })
}

/// `?2, ?3, …` for a list bound after the region.
pub fn marks(count: usize, first: usize) -> String {
    (first..first + count).map(|n| format!("?{n}")).collect::<Vec<_>>().join(",")
}
