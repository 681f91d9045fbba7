//! Reading the order, the chains and the feeds.

use super::values::{hash, int, marks, parse, parse_opt, small, stored_event, uint, when};
use crate::store::{
    AsideRow, CaseMove, Counts, FeedRows, Kept, LogRow, StoreError, StoreResult, StoredEvent,
};
use esik_domain::ids::{CaseId, DeviceId, EventId, Pos, Scope};
use esik_wire::{EventHash, Head, SEGMENT_BYTES_MAX};
use rusqlite::{Connection, params, params_from_iter};
use std::collections::HashMap;

pub fn head(db: &Connection, region: &str) -> StoreResult<Pos> {
    let mut q = db.prepare_cached("SELECT pos FROM region_head WHERE region_id=?1")?;
    let mut rows = q.query([region])?;
    rows.next()?.map_or(Ok(Pos(0)), |row| Ok(Pos(uint(row, "pos")?)))
}

pub fn device_head(
    db: &Connection,
    region: &str,
    device: DeviceId,
    incarnation: u32,
) -> StoreResult<Head> {
    let mut q = db.prepare_cached(
        "SELECT seq, hash FROM device_head WHERE region_id=?1 AND device_id=?2 AND incarnation=?3",
    )?;
    let mut rows = q.query(params![region, device.to_string(), incarnation])?;
    match rows.next()? {
        None => Ok(Head::default()),
        Some(row) => Ok(Head { seq: uint(row, "seq")?, hash: hash(row, "hash")? }),
    }
}

pub fn verdicts(
    db: &Connection,
    region: &str,
    (device, incarnation): (DeviceId, u32),
    from: u64,
    to: u64,
) -> StoreResult<Vec<LogRow>> {
    let mut q = db.prepare_cached(
        // What another desk had given back was in the order before its author was answered.
        "SELECT l.seq, l.hash, l.event_id, l.pos, l.rejected, l.code,
           coalesce(e.recorded_at, l.recorded_at) AS recorded_at
         FROM device_log l LEFT JOIN event e ON e.region_id=l.region_id AND e.pos=l.pos
         WHERE l.region_id=?1 AND l.device_id=?2 AND l.incarnation=?3 AND l.seq BETWEEN ?4 AND ?5
         ORDER BY l.seq",
    )?;
    let mut rows =
        q.query(params![region, device.to_string(), incarnation, int(from)?, int(to)?])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let pos: Option<i64> = row.get("pos")?;
        let code: Option<String> = row.get("code")?;
        let kept = match (pos, code, row.get("rejected")?) {
            (Some(_), _, _) => Kept::Accepted(Pos(uint(row, "pos")?)),
            (None, Some(code), true) => Kept::Rejected(code),
            (None, Some(code), false) => Kept::Quarantined(code),
            (None, None, _) => return Err(StoreError::Corrupt("verdict without code".to_owned())),
        };
        out.push(LogRow {
            seq: uint(row, "seq")?,
            hash: hash(row, "hash")?,
            id: parse_opt(row, "event_id")?,
            kept,
            recorded_at: when(row, "recorded_at")?,
        });
    }
    Ok(out)
}

pub fn known(
    db: &Connection,
    region: &str,
    ids: &[EventId],
) -> StoreResult<HashMap<EventId, (Pos, EventHash)>> {
    let mut q = db.prepare_cached(
        "SELECT event_id, pos, hash FROM event WHERE region_id=?1 AND event_id=?2",
    )?;
    let mut out = HashMap::new();
    for id in ids {
        let mut rows = q.query([region, &id.to_string()])?;
        if let Some(row) = rows.next()? {
            out.insert(*id, (Pos(uint(row, "pos")?), hash(row, "hash")?));
        }
    }
    Ok(out)
}

pub fn case_events(db: &Connection, region: &str, case: CaseId) -> StoreResult<Vec<StoredEvent>> {
    let mut q = db.prepare_cached(
        // Named, because the planner takes the primary key for its order and reads the whole region.
        "SELECT pos, recorded_at, bytes, sig FROM event INDEXED BY event_by_case
         WHERE region_id=?1 AND case_id=?2 ORDER BY pos",
    )?;
    let mut rows = q.query([region, &case.to_string()])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(stored_event(row)?);
    }
    Ok(out)
}

pub fn feed(
    db: &Connection,
    region: &str,
    scope: &Scope,
    after: Pos,
    limit: u32,
) -> StoreResult<FeedRows> {
    let head = head(db, region)?;
    let mut q = db.prepare_cached(
        "SELECT e.pos, e.recorded_at, e.bytes, e.sig
         FROM feed f JOIN event e ON e.region_id=f.region_id AND e.pos=f.pos
         WHERE f.region_id=?1 AND f.scope=?2 AND f.pos>?3 ORDER BY f.pos",
    )?;
    let mut rows = q.query(params![region, scope.as_str(), int(after.0)?])?;
    let mut events: Vec<StoredEvent> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        if events.len() >= limit as usize || bytes > SEGMENT_BYTES_MAX {
            return Ok(FeedRows { events, more: true, head });
        }
        let event = stored_event(row)?;
        bytes += event.event.e.len() + event.event.s.len();
        events.push(event);
    }
    Ok(FeedRows { events, more: false, head })
}

pub fn moves(
    db: &Connection,
    region: &str,
    scope: &Scope,
    (after, through): (Pos, Pos),
    limit: u32,
) -> StoreResult<Vec<CaseMove>> {
    let mut q = db.prepare_cached(
        "SELECT pos, case_id, from_pos, entered FROM case_move
         WHERE region_id=?1 AND scope=?2 AND pos>?3 AND pos<=?4 ORDER BY pos LIMIT ?5",
    )?;
    let mut rows =
        q.query(params![region, scope.as_str(), int(after.0)?, int(through.0)?, limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CaseMove {
            scope: scope.clone(),
            pos: Pos(uint(row, "pos")?),
            case: parse(row, "case_id")?,
            from: Pos(uint(row, "from_pos")?),
            entered: row.get("entered")?,
        });
    }
    Ok(out)
}

pub fn last_move(db: &Connection, region: &str, scope: &Scope) -> StoreResult<Pos> {
    let mut q = db.prepare_cached(
        "SELECT coalesce(max(pos),0) AS pos FROM case_move WHERE region_id=?1 AND scope=?2",
    )?;
    let mut rows = q.query([region, scope.as_str()])?;
    rows.next()?.map_or(Ok(Pos(0)), |row| Ok(Pos(uint(row, "pos")?)))
}

pub fn case_in_scopes(
    db: &Connection,
    region: &str,
    case: CaseId,
    scopes: &[Scope],
) -> StoreResult<Vec<StoredEvent>> {
    let mut q = db.prepare_cached(&format!(
        "SELECT e.pos, e.recorded_at, e.bytes, e.sig FROM event e INDEXED BY event_by_case
         WHERE e.region_id=?1 AND e.case_id=?2 AND EXISTS (
           SELECT 1 FROM feed f
           WHERE f.region_id=e.region_id AND f.pos=e.pos AND f.scope IN ({}))
         ORDER BY e.pos",
        marks(scopes.len(), 3)
    ))?;
    let case = case.to_string();
    let bound = [region, case.as_str()].into_iter().chain(scopes.iter().map(Scope::as_str));
    let mut rows = q.query(params_from_iter(bound))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(stored_event(row)?);
    }
    Ok(out)
}

pub fn file_in_scopes(
    db: &Connection,
    region: &str,
    hash: &str,
    scopes: &[Scope],
) -> StoreResult<bool> {
    let mut q = db.prepare_cached(&format!(
        // `CROSS`: in this order. The planner would begin with the feed and read the whole of it.
        "SELECT EXISTS (
           SELECT 1 FROM event_file x CROSS JOIN feed f ON f.region_id=x.region_id AND f.pos=x.pos
           WHERE x.region_id=?1 AND x.hash=?2 AND f.scope IN ({}))",
        marks(scopes.len(), 3)
    ))?;
    let bound = [region, hash].into_iter().chain(scopes.iter().map(Scope::as_str));
    Ok(q.query_row(params_from_iter(bound), |r| r.get(0))?)
}

pub fn file_events(
    db: &Connection,
    region: &str,
    hash: &str,
    scopes: Option<&[Scope]>,
) -> StoreResult<Vec<StoredEvent>> {
    let seen = scopes.map_or_else(String::new, |scopes| {
        format!(
            "AND EXISTS (SELECT 1 FROM feed f
               WHERE f.region_id=x.region_id AND f.pos=x.pos AND f.scope IN ({}))",
            marks(scopes.len(), 3)
        )
    });
    let mut q = db.prepare_cached(&format!(
        // `CROSS`: in this order. The planner would begin with the events and read the whole region.
        "SELECT e.pos, e.recorded_at, e.bytes, e.sig
         FROM event_file x CROSS JOIN event e ON e.region_id=x.region_id AND e.pos=x.pos
         WHERE x.region_id=?1 AND x.hash=?2 {seen} ORDER BY e.pos"
    ))?;
    let scopes = scopes.unwrap_or_default();
    let bound = [region, hash].into_iter().chain(scopes.iter().map(Scope::as_str));
    let mut rows = q.query(params_from_iter(bound))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(stored_event(row)?);
    }
    Ok(out)
}

pub fn file_set_aside(db: &Connection, region: &str, hash: &str) -> StoreResult<bool> {
    let mut q = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM device_log INDEXED BY device_log_aside
             WHERE region_id=?1 AND code IS NOT NULL AND instr(bytes, ?2) > 0)
           OR EXISTS (SELECT 1 FROM fork WHERE region_id=?1 AND instr(bytes, ?2) > 0)",
    )?;
    Ok(q.query_row([region, hash], |r| r.get(0))?)
}

/// Asked only for what rests on an event that is not in the order; few events are refused.
pub fn is_refused(db: &Connection, region: &str, id: EventId) -> StoreResult<bool> {
    let mut q = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM device_log INDEXED BY device_log_aside
           WHERE region_id=?1 AND code IS NOT NULL AND event_id=?2)",
    )?;
    Ok(q.query_row([region, &id.to_string()], |r| r.get(0))?)
}

pub fn set_aside(db: &Connection, region: &str, limit: u32) -> StoreResult<Vec<AsideRow>> {
    let mut q = db.prepare_cached(
        "SELECT device_id, incarnation, seq, event_id, rejected, code, recorded_at FROM device_log
         WHERE region_id=?1 AND code IS NOT NULL ORDER BY recorded_at DESC, seq DESC LIMIT ?2",
    )?;
    let mut rows = q.query(params![region, limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(AsideRow {
            device: parse(row, "device_id")?,
            incarnation: small(row, "incarnation")?,
            seq: uint(row, "seq")?,
            id: parse_opt(row, "event_id")?,
            rejected: row.get("rejected")?,
            code: row.get("code")?,
            recorded_at: when(row, "recorded_at")?,
        });
    }
    Ok(out)
}

pub fn counts(db: &Connection, region: &str) -> StoreResult<Counts> {
    let one = |sql: &str| -> StoreResult<u64> {
        let n: i64 = db.prepare_cached(sql)?.query_row([region], |r| r.get(0))?;
        Ok(n.unsigned_abs())
    };
    Ok(Counts {
        head_pos: head(db, region)?.0,
        max_pos: one("SELECT coalesce(max(pos),0) FROM event WHERE region_id=?1")?,
        events: one("SELECT count(*) FROM event WHERE region_id=?1")?,
        feed_entries: one("SELECT count(*) FROM feed WHERE region_id=?1")?,
        quarantined: one("SELECT count(*) FROM device_log
             WHERE region_id=?1 AND code IS NOT NULL AND rejected=0")?,
        rejected: one("SELECT count(*) FROM device_log
             WHERE region_id=?1 AND code IS NOT NULL AND rejected=1")?,
        devices: one("SELECT count(*) FROM device WHERE region_id=?1")?,
        devices_frozen: one("SELECT count(*) FROM device WHERE region_id=?1 AND frozen=1")?,
        officers: one("SELECT count(*) FROM officer WHERE region_id=?1")?,
        requests_open: one("SELECT count(*) FROM request WHERE region_id=?1
             AND state NOT IN ('answered','checked','rejected','withdrawn')")?,
        sessions: one("SELECT count(*) FROM session WHERE region_id=?1")?,
    })
}
