//! What stands beside the order, and what a person decided about it.

use super::values::{int, ms, only_by, parse, parse_opt, small, uint, when};
use crate::store::{
    AsideCount, AsideEvent, AsideRow, Decided, DecisionRow, ForkRow, Settled, StoreResult,
};
use esik_domain::ids::DeviceId;
use esik_wire::SignedEvent;
use rusqlite::{Connection, params};

pub fn asides(db: &Connection, region: &str, limit: u32) -> StoreResult<Vec<AsideEvent>> {
    let mut q = db.prepare_cached(
        "SELECT * FROM device_log
         WHERE region_id=?1 AND code IS NOT NULL AND rejected=0 AND bytes IS NOT NULL
         ORDER BY recorded_at DESC, device_id, incarnation, seq LIMIT ?2",
    )?;
    let mut rows = q.query(params![region, limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(AsideEvent {
            row: AsideRow {
                device: parse(row, "device_id")?,
                incarnation: small(row, "incarnation")?,
                seq: uint(row, "seq")?,
                id: parse_opt(row, "event_id")?,
                rejected: false,
                code: row.get("code")?,
                recorded_at: when(row, "recorded_at")?,
            },
            hash: super::values::hash(row, "hash")?,
            event: SignedEvent { e: row.get("bytes")?, s: row.get("sig")? },
        });
    }
    Ok(out)
}

pub fn forks(db: &Connection, region: &str, limit: u32) -> StoreResult<Vec<ForkRow>> {
    let mut q = db.prepare_cached(
        "SELECT * FROM fork WHERE region_id=?1 ORDER BY recorded_at DESC, device_id, hash LIMIT ?2",
    )?;
    let mut rows = q.query(params![region, limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(ForkRow {
            device: parse(row, "device_id")?,
            hash: super::values::hash(row, "hash")?,
            event: SignedEvent { e: row.get("bytes")?, s: row.get("sig")? },
            recorded_at: when(row, "recorded_at")?,
        });
    }
    Ok(out)
}

pub fn counts(db: &Connection, region: &str) -> StoreResult<Vec<AsideCount>> {
    let mut q = db.prepare_cached(
        "SELECT device_id, sum(rejected=0) AS aside, sum(rejected=1) AS refused, 0 AS branch
           FROM device_log WHERE region_id=?1 AND code IS NOT NULL GROUP BY device_id
         UNION ALL
         SELECT device_id, 0, 0, count(*) FROM fork WHERE region_id=?1 GROUP BY device_id",
    )?;
    let mut rows = q.query([region])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(AsideCount {
            device: parse(row, "device_id")?,
            quarantined: uint(row, "aside")?,
            rejected: uint(row, "refused")?,
            branch: uint(row, "branch")?,
        });
    }
    Ok(out)
}

pub fn decide(db: &Connection, region: &str, d: &DecisionRow) -> StoreResult<()> {
    db.execute(
        "INSERT INTO decision
           (region_id,device_id,subject,n,event_id,what,code,note,login,name,decided_at)
         SELECT ?1,?2,?3,coalesce(max(n),0)+1,?4,?5,?6,?7,?8,?9,?10 FROM decision
         WHERE region_id=?1 AND device_id=?2 AND subject=?3",
        params![
            region,
            d.device.to_string(),
            d.subject,
            d.event.map(|id| id.to_string()),
            d.what.code(),
            d.code,
            d.note,
            d.login,
            d.name,
            ms(d.at)
        ],
    )?;
    Ok(())
}

pub fn decisions(
    db: &Connection,
    region: &str,
    device: Option<DeviceId>,
    limit: u32,
) -> StoreResult<Vec<DecisionRow>> {
    let which = only_by("device_id", device.is_some());
    let mut q = db.prepare_cached(&format!(
        "SELECT * FROM decision WHERE region_id=?1 AND {which}
         ORDER BY decided_at DESC, device_id, subject, n DESC LIMIT ?3"
    ))?;
    let mut rows = q.query(params![region, device.map(|d| d.to_string()), limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let what: String = row.get("what")?;
        out.push(DecisionRow {
            device: parse(row, "device_id")?,
            subject: row.get("subject")?,
            event: parse_opt(row, "event_id")?,
            what: Decided::from_code(&what)?,
            code: row.get("code")?,
            note: row.get("note")?,
            login: row.get("login")?,
            name: row.get("name")?,
            at: when(row, "decided_at")?,
        });
    }
    Ok(out)
}

/// `false` when it is not aside any more.
pub fn settle(db: &Connection, region: &str, s: &Settled) -> StoreResult<bool> {
    let done = db.execute(
        "UPDATE device_log SET pos=?5, code=NULL, rejected=0, bytes=NULL, sig=NULL
         WHERE region_id=?1 AND device_id=?2 AND incarnation=?3 AND seq=?4
           AND code IS NOT NULL AND rejected=0",
        params![region, s.decision.device.to_string(), s.incarnation, int(s.seq)?, int(s.pos.0)?],
    )?;
    if done == 0 {
        return Ok(false);
    }
    decide(db, region, &s.decision)?;
    Ok(true)
}
