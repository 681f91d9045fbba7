//! What the region says of our events, and what happens when the region itself was set back.

use super::entries::signed;
use super::{leave, outbox};
use crate::db::Tx;
use crate::error::Result;
use crate::project;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::{CaseId, DeviceId};
use esik_wire::{EventVerdict, NotTaken, SignedEvent, Verdict, planted};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeSet;

/// What came of a page of verdicts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VerdictOutcome {
    pub accepted: u64,
    /// Rejected or quarantined: work that came back.
    pub refused: u64,
    /// Verdicts on events that are not here.
    pub unknown: u64,
    /// Cases that were folded again.
    pub touched: Vec<CaseId>,
}

/// Notes the region's verdicts on own events and folds the cases again. Idempotent: saying the same
/// twice changes nothing, and an event that has its position never loses it.
///
/// # Errors
/// When they cannot be written.
pub fn apply_verdicts(
    tx: &mut Tx<'_>,
    device: DeviceId,
    incarnation: u32,
    verdicts: &[EventVerdict],
) -> Result<VerdictOutcome> {
    let mut out = VerdictOutcome::default();
    let (mut touched, mut answered) = (BTreeSet::new(), 0);
    for v in verdicts {
        let (pos, at, name, code) = match &v.verdict {
            Verdict::Accepted { pos, recorded_at } | Verdict::Duplicate { pos, recorded_at } => {
                (Some(sql::int(pos.0)?), Some(*recorded_at), "accepted", None)
            }
            Verdict::Quarantined { code } => (None, None, "quarantined", Some(code.as_str())),
            Verdict::Rejected { code } => (None, None, "rejected", Some(code.as_str())),
            // It is sent again with each contact, until a newer program hears what that is.
            Verdict::Unknown => continue,
        };
        let waited: bool = tx
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM event WHERE device_id = ?1 AND incarnation = ?2
                   AND device_seq = ?3 AND verdict IS NULL)",
            )?
            .query_row(
                rusqlite::params![sql::id(&device.0), incarnation, sql::int(v.seq)?],
                |r| r.get(0),
            )?;
        let case = tx
            .prepare_cached(
                "UPDATE event SET pos = ?4, recorded_at = ?5, verdict = ?6, verdict_code = ?7
                 WHERE device_id = ?1 AND incarnation = ?2 AND device_seq = ?3
                   AND (pos IS NULL OR ?4 IS NOT NULL)
                 RETURNING case_id",
            )?
            .query_row(
                rusqlite::params![
                    sql::id(&device.0),
                    incarnation,
                    sql::int(v.seq)?,
                    pos,
                    at.map(|t: DateTime<Utc>| t.timestamp_millis()),
                    name,
                    code
                ],
                |r| Ok(sql::uuid(r, 0)),
            )
            .optional()?
            .transpose()?;
        match case {
            None => out.unknown += 1,
            Some(id) => {
                touched.insert(CaseId(id));
                answered += i64::from(waited);
                if pos.is_some() { out.accepted += 1 } else { out.refused += 1 }
            }
        }
    }
    outbox::answered(tx, answered)?;
    if leave::any(tx)? {
        for case_id in &touched {
            leave::with_its_case(tx, *case_id)?;
        }
    }
    for case_id in touched.iter().filter(|_| !planted::is("own_not_refolded")) {
        project::refold(tx, *case_id)?;
    }
    out.touched = touched.into_iter().collect();
    Ok(out)
}

/// The region was restored from a backup and its history ends earlier than we remember
/// (`reliability.md` S15): own events after `acked` go into the outbox again, and so do those that are refused: it may have been another
/// order that refused them, and this one may have taken them. Positions after `region_pos` are forgotten (the events stay), and every
/// cursor goes back to it.
///
/// # Errors
/// When it cannot be written.
pub fn region_diverged(
    tx: &mut Tx<'_>,
    device: DeviceId,
    incarnation: u32,
    acked: u64,
    region_pos: u64,
) -> Result<Vec<CaseId>> {
    let mut touched = BTreeSet::new();
    if !planted::is("no_second_push") {
        let mut own = tx.prepare_cached(
            "UPDATE event SET pos = NULL, recorded_at = NULL, verdict = NULL, verdict_code = NULL
             WHERE device_id = ?1 AND incarnation = ?2 AND verdict IS NOT NULL
               AND (device_seq > ?3 OR verdict <> 'accepted')
             RETURNING case_id",
        )?;
        let mut rows =
            own.query(rusqlite::params![sql::id(&device.0), incarnation, sql::int(acked)?])?;
        while let Some(row) = rows.next()? {
            touched.insert(CaseId(sql::uuid(row, 0)?));
        }
        // Of an earlier life the region did not say what it still has: it gets all of it again, the same bytes.
        let mut older = tx.prepare_cached(
            "UPDATE event SET pos = NULL, recorded_at = NULL, verdict = NULL, verdict_code = NULL
             WHERE device_id = ?1 AND incarnation < ?2 AND verdict IS NOT NULL
             RETURNING case_id",
        )?;
        let mut rows = older.query(rusqlite::params![sql::id(&device.0), incarnation])?;
        while let Some(row) = rows.next()? {
            touched.insert(CaseId(sql::uuid(row, 0)?));
        }
        let mut foreign = tx.prepare_cached(
            "UPDATE event SET pos = NULL WHERE pos > ?1 AND verdict = 'accepted' RETURNING case_id",
        )?;
        let mut rows = foreign.query([sql::int(region_pos)?])?;
        while let Some(row) = rows.next()? {
            touched.insert(CaseId(sql::uuid(row, 0)?));
        }
        // What a region that was restored before refused of others this one may have forgotten: it is given back again.
        let mut refused = tx.prepare_cached(
            "UPDATE event SET verdict = 'accepted', verdict_code = NULL
             WHERE device_id <> ?1 AND verdict = 'rejected' RETURNING case_id",
        )?;
        let mut rows = refused.query([sql::id(&device.0)])?;
        while let Some(row) = rows.next()? {
            touched.insert(CaseId(sql::uuid(row, 0)?));
        }
    }
    if !planted::is("no_second_push") {
        // What a region that was restored before had set aside, this one may have forgotten: it is given back again.
        let waited = "UPDATE event SET verdict_code = NULL
             WHERE verdict = 'accepted' AND pos IS NULL AND verdict_code IS NOT NULL";
        tx.prepare_cached(waited)?.execute([])?;
    }
    outbox::recount(tx)?;
    tx.prepare_cached("UPDATE cursor SET pos = min(pos, ?1), in_place = 0")?
        .execute([sql::int(region_pos)?])?;
    // They come again with the feed, at places of the new history.
    tx.prepare_cached(
        "DELETE FROM poison WHERE reason IN ('unknown_author', 'not_kept') AND pos > ?1",
    )?
    .execute([sql::int(region_pos)?])?;
    for case_id in &touched {
        project::refold(tx, *case_id)?;
    }
    Ok(touched.into_iter().collect())
}

/// The region was restored, and against these a rule stands in its new order: a decision that comes too late, say. They
/// are in it no longer, and are told as what it refused. About some a person of the region decides first: this desk knows
/// that they were in the order, so they stay as they were, and are offered no more. Gives the cases that were folded again.
///
/// # Errors
/// When they cannot be written.
pub fn left_the_order(tx: &mut Tx<'_>, events: &[NotTaken]) -> Result<Vec<CaseId>> {
    let mut touched = BTreeSet::new();
    for NotTaken { id, code, aside } in events {
        if *aside {
            tx.prepare_cached(
                "UPDATE event SET verdict_code = ?2
                 WHERE id = ?1 AND verdict = 'accepted' AND pos IS NULL",
            )?
            .execute(rusqlite::params![sql::id(&id.0), code])?;
            continue;
        }
        let case = tx
            .prepare_cached(
                "UPDATE event SET recorded_at = NULL, verdict = 'rejected', verdict_code = ?2
                 WHERE id = ?1 AND verdict = 'accepted' AND pos IS NULL RETURNING case_id",
            )?
            .query_row(rusqlite::params![sql::id(&id.0), code], |r| Ok(sql::uuid(r, 0)))
            .optional()?
            .transpose()?;
        touched.extend(case.map(CaseId));
    }
    for case_id in &touched {
        project::refold(tx, *case_id)?;
    }
    Ok(touched.into_iter().collect())
}

/// Accepted events that a restored region has not placed again and about which nobody there has to decide, in the order in which they
/// came here, each with its number here: those of others, and own ones that are refused in the new order and of which only another copy
/// of this desk was told. Reads on from `after`: the log is gone through once.
///
/// # Errors
/// When they cannot be read.
pub fn orphans(
    conn: &Connection,
    after: i64,
    max_events: usize,
    max_bytes: usize,
) -> Result<Vec<(i64, SignedEvent)>> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, bytes, sig FROM event
         WHERE seq > ?1 AND verdict = 'accepted' AND pos IS NULL AND verdict_code IS NULL AND bytes <> ''
         ORDER BY seq LIMIT ?2",
    )?;
    let limit = i64::try_from(max_events.max(1)).unwrap_or(i64::MAX);
    let mut rows = statement.query([after, limit])?;
    let (mut out, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        bytes += text.len();
        if !out.is_empty() && bytes > max_bytes {
            break;
        }
        let sig = row.get_ref(2)?.as_blob().map_err(|_| sql::bad("signature"))?;
        out.push((row.get(0)?, signed(text, sig)));
    }
    Ok(out)
}
