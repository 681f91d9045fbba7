//! What came with a feed and cannot be applied: kept with its reason, looked at again when that may have changed.
//!
//! What waits for its author's key is bounded (`reliability.md` S11). Beyond the bound only the place is kept from which
//! the feed is read again once there is room: the region still has it all.

use super::feed::{FeedOutcome, KeyOf, cursor, refold, take};
use super::leave;
use crate::db::Tx;
use crate::error::Result;
use crate::meta;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::{Pos, Scope};
use esik_wire::{FeedEntry, SignedEvent};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeSet;

/// Events kept for want of their author's key, at most. The next greeting brings the key of every officer of the
/// station; as many as a station writes in thirty days (B16) may come before it.
pub const WAITING_EVENTS_MAX: u64 = 5_000;
/// The same in bytes: sixteen full pages of a feed. Whoever could sign as strangers would else fill the disk.
pub const WAITING_BYTES_MAX: u64 = 16 * 1024 * 1024;

const UNKNOWN: &str = "unknown_author";
const NOT_KEPT: &str = "not_kept";
/// Meta key: by which rule signatures were looked at that did not fit.
const RULE: &str = "signature_rule";
/// The one rule for events alone and in a batch (adr/0031).
const COFACTORED: u32 = 1;

/// How much waits for a key, counted when the first event of a page has to.
pub(super) struct Room {
    waits: Option<(u64, u64)>,
}

fn waits(conn: &Connection) -> Result<(u64, u64)> {
    let (events, bytes): (i64, i64) = conn
        .prepare_cached(
            "SELECT count(*), coalesce(sum(length(CAST(bytes AS BLOB))), 0) FROM poison WHERE reason = ?1",
        )?
        .query_row([UNKNOWN], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok((sql::nat(events)?, sql::nat(bytes)?))
}

impl Room {
    pub(super) fn new() -> Self {
        Self { waits: None }
    }

    /// Keeps an entry that cannot be applied, or where to read it again.
    pub(super) fn set_aside(
        &mut self,
        tx: &Tx<'_>,
        scope: &Scope,
        entry: &FeedEntry,
        reason: &str,
    ) -> Result<()> {
        tracing::warn!(scope = scope.as_str(), pos = entry.pos.0, reason, "feed entry set aside");
        if reason == UNKNOWN && !self.take(tx, entry.event.e.len() as u64)? {
            tx.prepare_cached(
                "INSERT INTO poison (scope, pos, recorded_at, bytes, sig, reason)
                 SELECT ?1, ?2, ?3, '', '', ?4
                 WHERE NOT EXISTS (SELECT 1 FROM poison WHERE scope = ?1 AND (reason = ?4 OR pos = ?2))",
            )?
            .execute((
                scope.as_str(),
                sql::int(entry.pos.0)?,
                entry.recorded_at.timestamp_millis(),
                NOT_KEPT,
            ))?;
            return Ok(());
        }
        tx.prepare_cached(
            "INSERT INTO poison (scope, pos, recorded_at, bytes, sig, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (scope, pos) DO UPDATE SET reason = excluded.reason",
        )?
        .execute((
            scope.as_str(),
            sql::int(entry.pos.0)?,
            entry.recorded_at.timestamp_millis(),
            &entry.event.e,
            &entry.event.s,
            reason,
        ))?;
        Ok(())
    }

    fn take(&mut self, tx: &Tx<'_>, size: u64) -> Result<bool> {
        let (events, bytes) = match self.waits {
            Some(known) => known,
            None => waits(tx)?,
        };
        let more = (events + 1, bytes + size);
        let fits = more.0 <= WAITING_EVENTS_MAX && more.1 <= WAITING_BYTES_MAX;
        self.waits = Some(if fits { more } else { (events, bytes) });
        Ok(fits)
    }
}

/// A page that begins before what was read: it brings again what was not kept.
pub(super) fn read_again(tx: &Tx<'_>, scope: &Scope, page: &[FeedEntry], next: Pos) -> Result<()> {
    let read = cursor(tx, scope)?;
    if next < read || page.first().is_some_and(|e| e.pos <= read) {
        tx.prepare_cached("DELETE FROM poison WHERE scope = ?1 AND reason = ?2 AND pos <= ?3")?
            .execute((scope.as_str(), NOT_KEPT, sql::int(next.0)?))?;
    }
    Ok(())
}

/// From where a scope's feed is to be read: where reading stopped, or before what was not kept, once half of the room is
/// there again.
///
/// # Errors
/// When it cannot be read.
pub fn read_from(conn: &Connection, scope: &Scope) -> Result<Pos> {
    let read = cursor(conn, scope)?;
    let not_kept: Option<i64> = conn
        .prepare_cached("SELECT min(pos) FROM poison WHERE scope = ?1 AND reason = ?2")?
        .query_row((scope.as_str(), NOT_KEPT), |r| r.get(0))
        .optional()?
        .flatten();
    let Some(pos) = not_kept else { return Ok(read) };
    let (events, bytes) = waits(conn)?;
    if events > WAITING_EVENTS_MAX / 2 || bytes > WAITING_BYTES_MAX / 2 {
        return Ok(read);
    }
    Ok(read.min(Pos(sql::nat(pos)?.saturating_sub(1))))
}

/// What was set aside: scope, position and reason.
///
/// # Errors
/// When it cannot be read.
pub fn poisoned(conn: &Connection) -> Result<Vec<(Scope, Pos, String)>> {
    let mut statement =
        conn.prepare_cached("SELECT scope, pos, reason FROM poison ORDER BY scope, pos")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((Scope(row.get(0)?), Pos(sql::nat(row.get(1)?)?), row.get(2)?));
    }
    Ok(out)
}

/// Tries again what was set aside for want of its author's key (it came later); once also what an older program set
/// aside because of its signature, by another rule, and what had no place beside the events of another copy of its desk.
/// Cursors stay.
///
/// # Errors
/// Only when the database fails.
pub fn retry_poisoned(tx: &mut Tx<'_>, keys: KeyOf<'_>) -> Result<FeedOutcome> {
    let other_rule = meta::get::<u32>(tx, RULE)? != Some(COFACTORED);
    let waiting: Vec<(i64, FeedEntry)> = {
        let mut statement = tx.prepare_cached(
            "SELECT id, pos, recorded_at, bytes, sig FROM poison
                 WHERE reason IN (?1, 'fork') OR (?2 AND reason = 'signature') ORDER BY pos",
        )?;
        let mut rows = statement.query((UNKNOWN, other_rule))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let recorded_at: DateTime<Utc> = sql::time(row, 2)?;
            let event = SignedEvent { e: row.get(3)?, s: row.get(4)? };
            let pos = Pos(sql::nat(row.get(1)?)?);
            out.push((row.get(0)?, FeedEntry { pos, recorded_at, event }));
        }
        out
    };
    let mut out = FeedOutcome::default();
    let mut touched = BTreeSet::new();
    for (id, entry) in waiting {
        let good = entry
            .event
            .envelope()
            .ok()
            .filter(|e| keys(e).is_some_and(|key| entry.event.verify(&key).is_ok()));
        let Some(e) = good else { continue };
        if take(tx, &entry, &e, &mut touched, &mut out)?.is_ok() {
            tx.prepare_cached("DELETE FROM poison WHERE id = ?1")?.execute([id])?;
        }
    }
    let scopes = leave::followed(tx)?;
    refold(tx, &touched, &scopes)?;
    if other_rule {
        meta::put(tx, RULE, &COFACTORED)?;
    }
    out.touched = touched.into_iter().collect();
    Ok(out)
}
