//! The outbox is a question: my events without a verdict, in the order of my chain.

use super::entries::signed;
use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_wire::SignedEvent;
use rusqlite::{Connection, OptionalExtension as _};

/// Own events the region has not spoken on, of one life of the device (the oldest that has any),
/// gap-free, cut at `limit_events` and `limit_bytes` (at least one is given).
///
/// # Errors
/// When they cannot be read.
pub fn outbox(
    conn: &Connection,
    limit_events: usize,
    limit_bytes: usize,
) -> Result<Vec<SignedEvent>> {
    let first: Option<(i64, i64)> = conn
        .prepare_cached(
            "SELECT incarnation, device_seq FROM event WHERE verdict IS NULL
             ORDER BY incarnation, device_seq LIMIT 1",
        )?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let Some((incarnation, from)) = first else { return Ok(Vec::new()) };
    let mut statement = conn.prepare_cached(
        "SELECT bytes, sig, device_seq FROM event
         WHERE verdict IS NULL AND incarnation = ?1 ORDER BY device_seq LIMIT ?2",
    )?;
    let limit = i64::try_from(limit_events.max(1)).unwrap_or(i64::MAX);
    let mut rows = statement.query([incarnation, limit])?;
    let mut out: Vec<SignedEvent> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        // A segment has no holes: what has its verdict already ends it.
        let expected = from + i64::try_from(out.len()).unwrap_or(i64::MAX);
        if row.get::<_, i64>(2)? != expected {
            break;
        }
        let text: String = row.get(0)?;
        bytes += text.len() + 160;
        if !out.is_empty() && bytes > limit_bytes {
            break;
        }
        let sig = row.get_ref(1)?.as_blob().map_err(|_| sql::bad("signature"))?;
        out.push(signed(text, sig));
    }
    Ok(out)
}

/// Own events the region has not spoken on: what the screen calls “not yet at the region”.
///
/// # Errors
/// When they cannot be counted.
pub fn unsent_count(conn: &Connection) -> Result<u64> {
    let kept: Option<i64> =
        conn.prepare_cached("SELECT sum(unsent) FROM own_head")?.query_row([], |r| r.get(0))?;
    // A device that never wrote here keeps no count: what it has came with the feed.
    sql::nat(kept.map_or_else(|| counted(conn), Ok)?.max(0))
}

/// The same by looking at every one of them.
pub(crate) fn counted(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM event WHERE verdict IS NULL")?
        .query_row([], |r| r.get(0))?)
}

/// The region spoke on so many. The count is one for all lives of the device and lies with the newest: a desk
/// that never met its region has its whole log unsent, and every screen asks how much that is.
pub(crate) fn answered(tx: &Tx<'_>, n: i64) -> Result<()> {
    if n != 0 {
        tx.prepare_cached(
            "UPDATE own_head SET unsent = unsent - ?1
             WHERE incarnation = (SELECT max(incarnation) FROM own_head)",
        )?
        .execute([n])?;
    }
    Ok(())
}

/// Counts anew, after the region was set back.
pub(crate) fn recount(tx: &Tx<'_>) -> Result<()> {
    let kept: i64 = tx
        .prepare_cached("SELECT ifnull(sum(unsent), 0) FROM own_head")?
        .query_row([], |r| r.get(0))?;
    answered(tx, kept - counted(tx)?)
}

/// When the first own event of the chain was made that the region has not spoken on; none when there is
/// none. The first of the chain, not the earliest time: that would read every one of them.
///
/// # Errors
/// When it cannot be read.
pub fn oldest_unsent(conn: &Connection) -> Result<Option<DateTime<Utc>>> {
    Ok(conn
        .prepare_cached(
            "SELECT occurred_at FROM event WHERE verdict IS NULL
             ORDER BY incarnation, device_seq LIMIT 1",
        )?
        .query_row([], |r| Ok(sql::time_opt(r, 0)))
        .optional()?
        .transpose()?
        .flatten())
}
