//! How values stand in columns, and what the engine's errors mean.

use super::line;
use crate::store::waits::{self, Why};
use crate::store::{StoreError, StoreResult, StoredEvent};
use chrono::{DateTime, Utc};
use deadpool_postgres::{GenericClient, HookError, PoolError};
use esik_domain::ids::Pos;
use esik_wire::{EventHash, SignedEvent};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;
use std::str::FromStr;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState as S;
use tokio_postgres::types::{FromSql, ToSql};

/// A statement's values.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

impl From<tokio_postgres::Error> for StoreError {
    fn from(e: tokio_postgres::Error) -> Self {
        use std::error::Error as _;
        if let Some(why) = line::refused(&e) {
            return Self::Unfit(why);
        }
        let Some(said) = e.as_db_error() else {
            let lost = e.is_closed() || e.source().is_some_and(|s| s.is::<std::io::Error>());
            if lost {
                // What was under way is known to nobody: the caller asks again, and every call may be
                // repeated without doing a thing twice.
                waits::busy(Why::Line);
                tracing::warn!(error = %e, "the line to the database is cut");
                return Self::Busy;
            }
            return Self::Engine(with_cause(&e));
        };
        let text = format!("{} ({})", said.message(), said.code().code());
        let code = said.code();
        // Not ours alone to solve, but over in a while: locks, limits, a restart, a fail-over.
        let later = [
            S::T_R_SERIALIZATION_FAILURE,
            S::T_R_DEADLOCK_DETECTED,
            S::LOCK_NOT_AVAILABLE,
            S::QUERY_CANCELED,
            S::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            S::TOO_MANY_CONNECTIONS,
            S::ADMIN_SHUTDOWN,
            S::CRASH_SHUTDOWN,
            S::CANNOT_CONNECT_NOW,
            S::READ_ONLY_SQL_TRANSACTION,
        ];
        if later.contains(code) {
            waits::busy(match *code {
                S::LOCK_NOT_AVAILABLE | S::T_R_DEADLOCK_DETECTED => Why::Lock,
                S::QUERY_CANCELED | S::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Why::Statement,
                S::ADMIN_SHUTDOWN | S::CRASH_SHUTDOWN | S::CANNOT_CONNECT_NOW => Why::Line,
                S::TOO_MANY_CONNECTIONS => Why::Pool,
                _ => Why::Other,
            });
            tracing::warn!(error = text, "the database asks to come back later");
            Self::Busy
        } else if [S::DISK_FULL, S::OUT_OF_MEMORY].contains(code) {
            Self::Full
        } else if [S::DATA_CORRUPTED, S::INDEX_CORRUPTED].contains(code) {
            Self::Corrupt(text)
        } else {
            Self::Engine(text)
        }
    }
}

impl From<PoolError> for StoreError {
    fn from(e: PoolError) -> Self {
        match e {
            PoolError::Timeout(_) => {
                waits::busy(Why::Pool);
                Self::Busy
            }
            PoolError::Backend(e) | PoolError::PostCreateHook(HookError::Backend(e)) => e.into(),
            PoolError::PostCreateHook(HookError::Message(why)) => Self::Unfit(why.into_owned()),
            PoolError::Closed | PoolError::NoRuntimeSpecified => Self::Engine(e.to_string()),
        }
    }
}

fn with_cause(e: &dyn std::error::Error) -> String {
    e.source().map_or_else(|| e.to_string(), |cause| format!("{e}: {cause}"))
}

/// Rows of a prepared statement.
pub async fn rows(db: &impl GenericClient, sql: &str, values: Values<'_>) -> StoreResult<Vec<Row>> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.query(&statement, values).await?)
}

/// The only row, or none.
pub async fn row(
    db: &impl GenericClient,
    sql: &str,
    values: Values<'_>,
) -> StoreResult<Option<Row>> {
    Ok(rows(db, sql, values).await?.into_iter().next())
}

/// How many rows a prepared statement changed.
pub async fn run(db: &impl GenericClient, sql: &str, values: Values<'_>) -> StoreResult<u64> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.execute(&statement, values).await?)
}

/// One number.
pub async fn count(db: &impl GenericClient, sql: &str, values: Values<'_>) -> StoreResult<u64> {
    row(db, sql, values).await?.map_or(Ok(0), |r| uint(&r, "n"))
}

/// What came from outside, as this engine can keep it: it knows no NUL in a text. Nothing that is
/// signed or compared goes through here, only names by which one asks.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

pub fn int(n: u64) -> StoreResult<i64> {
    i64::try_from(n).map_err(|_| StoreError::Corrupt(format!("{n} is too large")))
}

/// A column's value; another type than expected is a broken database, not a panic.
pub fn get<'r, T: FromSql<'r>>(row: &'r Row, column: &str) -> StoreResult<T> {
    row.try_get(column).map_err(|e| StoreError::Corrupt(format!("{column}: {}", with_cause(&e))))
}

pub fn uint(row: &Row, column: &str) -> StoreResult<u64> {
    let n: i64 = get(row, column)?;
    u64::try_from(n).map_err(|_| StoreError::Corrupt(format!("{column} is negative")))
}

pub fn small<T: TryFrom<i64>>(row: &Row, column: &str) -> StoreResult<T> {
    let n: i64 = get(row, column)?;
    T::try_from(n).map_err(|_| StoreError::Corrupt(format!("{column} is out of range")))
}

pub fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub fn time(ms: i64) -> StoreResult<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms)
        .ok_or_else(|| StoreError::Corrupt(format!("{ms} is not a time")))
}

pub fn when(row: &Row, column: &str) -> StoreResult<DateTime<Utc>> {
    time(get(row, column)?)
}

/// Reads an id or code that stands as text.
pub fn parse<T: FromStr>(row: &Row, column: &str) -> StoreResult<T> {
    let text: &str = get(row, column)?;
    text.parse().map_err(|_| StoreError::Corrupt(format!("{column}: {text}")))
}

pub fn parse_opt<T: FromStr>(row: &Row, column: &str) -> StoreResult<Option<T>> {
    let text: Option<&str> = get(row, column)?;
    text.map(|t| t.parse().map_err(|_| StoreError::Corrupt(format!("{column}: {t}")))).transpose()
}

pub fn hash(row: &Row, column: &str) -> StoreResult<EventHash> {
    let text: &str = get(row, column)?;
    EventHash::from_hex(text).map_err(|_| StoreError::Corrupt(format!("{column}: {text}")))
}

pub fn to_json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub fn from_json<T: DeserializeOwned>(row: &Row, column: &str) -> StoreResult<T> {
    let text: &str = get(row, column)?;
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(format!("{column}: {e}")))
}

/// Columns `pos, recorded_at, bytes, sig`.
pub fn stored_event(row: &Row) -> StoreResult<StoredEvent> {
    Ok(StoredEvent {
        pos: Pos(uint(row, "pos")?),
        recorded_at: when(row, "recorded_at")?,
        event: SignedEvent { e: get(row, "bytes")?, s: get(row, "sig")? },
    })
}
