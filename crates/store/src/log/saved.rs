//! What was saved here since a point of the log: the moments the clock is compared over.

use crate::error::Result;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::event::Envelope;
use esik_domain::ids::{DeviceId, EventId};
use esik_domain::moments::Saved;
use rusqlite::{Connection, OptionalExtension as _};

/// How many events the log has taken so far, by its own count; it only grows.
///
/// # Errors
/// When it cannot be read.
pub fn length(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM event")?
        .query_row([], |r| r.get(0))?)
}

/// Own events that were saved here after the log had this length, in the order of the chain: all of this life, and
/// of earlier ones what the region has not spoken on. Without a length only what it has not spoken on.
///
/// What the clock showed is the time in the event's id, which is made from it.
///
/// # Errors
/// When they cannot be read.
pub fn saved_since(
    conn: &Connection,
    device: DeviceId,
    incarnation: u32,
    after: Option<i64>,
) -> Result<Vec<Saved>> {
    let ask = match after {
        Some(_) => {
            "SELECT id, occurred_at FROM event
             WHERE seq > ?3 AND device_id = ?1 AND (incarnation = ?2 OR verdict IS NULL)
             ORDER BY incarnation, device_seq"
        }
        None => {
            "SELECT id, occurred_at FROM event
             WHERE verdict IS NULL AND device_id = ?1 AND incarnation <= ?2 AND ?3 < 0
             ORDER BY incarnation, device_seq"
        }
    };
    let mut statement = conn.prepare_cached(ask)?;
    let mut rows =
        statement.query(rusqlite::params![sql::id(&device.0), incarnation, after.unwrap_or(-1)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let event = EventId(sql::uuid(row, 0)?);
        let Some(at) = sql::time_opt(row, 1)? else { continue };
        let Some(clock) = clock_of(event) else { continue };
        out.push(Saved { event, clock, at });
    }
    Ok(out)
}

/// What the clock showed when an id was made; none for an id that does not tell.
fn clock_of(event: EventId) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = event.0.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

/// An event by its id; none when it is not here (any more).
///
/// # Errors
/// When it cannot be read.
pub fn by_id(conn: &Connection, event: EventId) -> Result<Option<Envelope>> {
    let bytes: Option<String> = conn
        .prepare_cached("SELECT bytes FROM event WHERE id = ?1 AND bytes <> ''")?
        .query_row([sql::id(&event.0)], |r| r.get(0))
        .optional()?;
    Ok(bytes.map(|b| serde_json::from_str(&b)).transpose()?)
}
