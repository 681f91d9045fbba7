//! The device's own chain as synchronisation asks for it.

use super::append::head_of_life;
use super::entries::signed;
use crate::error::Result;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::{DeviceId, EventId, OfficerId, Pos};
use esik_wire::{EventHash, Head, SignedEvent, TreeLeaf};
use rusqlite::{Connection, OptionalExtension as _};

/// End of the gap-free run of own events whose verdict is here; sequence 0 = none yet.
///
/// # Errors
/// When it cannot be read.
pub fn acked(conn: &Connection, device: DeviceId, incarnation: u32) -> Result<Head> {
    let first_waiting: Option<i64> = conn
        .prepare_cached(
            "SELECT device_seq FROM event WHERE verdict IS NULL AND incarnation = ?1
             ORDER BY device_seq LIMIT 1",
        )?
        .query_row([incarnation], |r| r.get(0))
        .optional()?;
    let Some(waiting) = first_waiting else { return head_of_life(conn, device, incarnation) };
    let found = conn
        .prepare_cached(
            "SELECT hash FROM event WHERE device_id = ?1 AND incarnation = ?2 AND device_seq = ?3",
        )?
        .query_row(rusqlite::params![sql::id(&device.0), incarnation, waiting - 1], |r| {
            r.get::<_, [u8; 32]>(0)
        })
        .optional()?;
    Ok(match found {
        Some(hash) => Head { seq: sql::nat(waiting - 1)?, hash: EventHash(hash) },
        None => Head::default(),
    })
}

/// Own events from a sequence on, acknowledged or not: also a restored region is refilled from here.
/// Gap-free, at least one when there is one, cut at `max_events` and about `max_bytes`.
///
/// # Errors
/// When they cannot be read.
pub fn segment(
    conn: &Connection,
    device: DeviceId,
    incarnation: u32,
    from_seq: u64,
    max_events: usize,
    max_bytes: usize,
) -> Result<Vec<SignedEvent>> {
    let mut statement = conn.prepare_cached(
        "SELECT bytes, sig, device_seq FROM event
         WHERE device_id = ?1 AND incarnation = ?2 AND device_seq >= ?3
         ORDER BY device_seq LIMIT ?4",
    )?;
    let limit = i64::try_from(max_events.max(1)).unwrap_or(i64::MAX);
    let mut rows = statement.query(rusqlite::params![
        sql::id(&device.0),
        incarnation,
        sql::int(from_seq)?,
        limit
    ])?;
    let mut out: Vec<SignedEvent> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        // An earlier life may have holes: what the region refused of it is not in any feed.
        let at = u64::try_from(out.len()).unwrap_or(u64::MAX).saturating_add(from_seq);
        if sql::nat(row.get(2)?)? != at {
            break;
        }
        let text: String = row.get(0)?;
        bytes += text.len();
        if !out.is_empty() && bytes > max_bytes {
            break;
        }
        let sig = row.get_ref(1)?.as_blob().map_err(|_| sql::bad("signature"))?;
        out.push(signed(text, sig));
    }
    Ok(out)
}

/// Lives of the device before this one that have own events without a verdict: the life, the first and
/// the last of them. A desk set back to a copy has them when the copy was made before they were sent.
///
/// # Errors
/// When they cannot be read.
pub fn older_unsent(
    conn: &Connection,
    device: DeviceId,
    incarnation: u32,
) -> Result<Vec<(u32, u64, u64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT incarnation, min(device_seq), max(device_seq) FROM event
         WHERE verdict IS NULL AND device_id = ?1 AND incarnation < ?2
         GROUP BY incarnation ORDER BY incarnation",
    )?;
    let mut rows = statement.query(rusqlite::params![sql::id(&device.0), incarnation])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((row.get(0)?, sql::nat(row.get(1)?)?, sql::nat(row.get(2)?)?));
    }
    Ok(out)
}

/// Hash of an event that is here.
///
/// # Errors
/// When it cannot be read.
pub fn hash_of(conn: &Connection, id: EventId) -> Result<Option<EventHash>> {
    let found = conn
        .prepare_cached("SELECT hash FROM event WHERE id = ?1")?
        .query_row([sql::id(&id.0)], |r| r.get::<_, [u8; 32]>(0))
        .optional()?;
    Ok(found.map(EventHash))
}

/// The last event of a device with a position, of those before a place in its chain. What another copy of the device
/// wrote in a branch lies above all lives and proves nothing of this one.
const PROVEN: &str = "SELECT pos, hash, recorded_at FROM event
  WHERE device_id = ?1 AND pos IS NOT NULL AND (incarnation, device_seq) < (?2, ?3)
  ORDER BY incarnation DESC, device_seq DESC LIMIT 1";

/// The last own event the region acknowledged, as it stands in the region's tree. The region answers in the order
/// of the chain, so it is looked for before the first event without an answer: a desk that never met its
/// region would read its whole log for nothing.
///
/// # Errors
/// When it cannot be read.
pub fn proven(conn: &Connection, device: DeviceId) -> Result<Option<TreeLeaf>> {
    let (life, seq): (i64, i64) = conn
        .prepare_cached(
            "SELECT incarnation, device_seq FROM event WHERE verdict IS NULL
             ORDER BY incarnation, device_seq LIMIT 1",
        )?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?
        .unwrap_or((1 << 32, 0));
    let found = conn
        .prepare_cached(PROVEN)?
        .query_row((sql::id(&device.0), life, seq), |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, [u8; 32]>(1)?, r.get::<_, i64>(2)?))
        })
        .optional()?;
    let leaf = |(pos, hash, ms): (i64, [u8; 32], i64)| {
        let recorded_at = DateTime::from_timestamp_millis(ms).ok_or_else(|| sql::bad("time"))?;
        Ok(TreeLeaf { pos: Pos(sql::nat(pos)?), hash: EventHash(hash), recorded_at })
    };
    found.map(leaf).transpose()
}

/// How many own events this officer made at this device from one moment to another (exclusive), and how
/// many of them the region has acknowledged. That he looked is no work of his.
///
/// # Errors
/// When they cannot be counted.
pub fn made_between(
    conn: &Connection,
    device: DeviceId,
    officer: OfficerId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<(u64, u64)> {
    let (all, known): (i64, i64) = conn
        .prepare_cached(
            "SELECT count(*), count(pos) FROM event
             WHERE device_id = ?1 AND actor_id = ?2 AND occurred_at >= ?3 AND occurred_at < ?4
               AND kind <> 'looks_noted'",
        )?
        .query_row(
            rusqlite::params![
                sql::id(&device.0),
                sql::id(&officer.0),
                from.timestamp_millis(),
                to.timestamp_millis()
            ],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
    Ok((sql::nat(all)?, sql::nat(known)?))
}

/// Position of the last own event the region acknowledged: the proof number on the screen.
///
/// # Errors
/// When it cannot be read.
pub fn proof(conn: &Connection, device: DeviceId) -> Result<Option<Pos>> {
    Ok(proven(conn, device)?.map(|leaf| leaf.pos))
}

#[cfg(test)]
mod tests {
    use super::PROVEN;
    use crate::db::memory;
    use rusqlite::StatementStatus;

    /// A desk that never met its region has its whole log unsent, and the screen asks every few seconds.
    #[test]
    fn the_proof_of_a_desk_that_never_sent_anything_reads_none_of_its_events() {
        let conn = memory().unwrap();
        conn.execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO event (id, case_id, device_id, incarnation, device_seq, kind, actor_id,
               circle, occurred_at, bytes, sig, hash)
             SELECT CAST(i AS BLOB), x'02', x'03', 1, i, 'note_added', x'04', 'open', i, '{}', x'05',
               x'06' FROM n",
        )
        .unwrap();
        let mut statement = conn.prepare(PROVEN).unwrap();
        assert!(!statement.exists((b"\x03", 1, 1)).unwrap());
        let steps = statement.get_status(StatementStatus::VmStep);
        assert!(steps < 100, "{steps} steps of the engine");
        let plan: String = conn
            .query_row(
                "EXPLAIN QUERY PLAN SELECT count(*) FROM event WHERE verdict IS NULL",
                [],
                |r| r.get("detail"),
            )
            .unwrap();
        assert!(plan.contains("USING COVERING INDEX event_unsent"), "{plan}");
    }
}
