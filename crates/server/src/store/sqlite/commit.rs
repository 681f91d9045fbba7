//! One push, or one act of an agency, in one transaction. The head row goes first and decides.

use super::values::{int, ms, to_json};
use crate::store::{
    ChainMove, Commit, Committed, FORK_KEPT_MAX, FeedMoves, GIVEN_LIFE, Kept, NewEvent, RequestRow,
    StoreResult,
};
use chrono::{DateTime, Utc};
use esik_domain::ids::DeviceId;
use esik_wire::{EventHash, Head, SignedEvent};
use rusqlite::{Connection, params};

pub fn commit(db: &Connection, region: &str, c: &Commit) -> StoreResult<Committed> {
    let moved = db
        .prepare_cached("UPDATE region_head SET pos=pos+?3 WHERE region_id=?1 AND pos=?2")?
        .execute(params![region, int(c.expect.0)?, int(c.events.len() as u64)?])?;
    if moved == 0 {
        return Ok(Committed::Moved);
    }
    for chain in &c.chains {
        if !chain_move(db, region, chain, c.recorded_at)? {
            return Ok(Committed::Moved);
        }
    }
    for event in &c.events {
        insert_event(db, region, event, c.recorded_at)?;
    }
    move_cases(db, region, &c.moves)?;
    for request in &c.requests {
        put_request(db, region, request)?;
    }
    for settled in &c.settled {
        if !super::aside::settle(db, region, settled)? {
            return Ok(Committed::Moved);
        }
    }
    Ok(Committed::Done)
}

/// `false` when the chain is not where it was decided from.
fn chain_move(
    db: &Connection,
    region: &str,
    c: &ChainMove,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let device = c.device.to_string();
    if super::read::device_head(db, region, c.device, c.incarnation)? != c.from {
        return Ok(false);
    }
    let Head { seq, hash } = c.to;
    db.prepare_cached(
        "INSERT INTO device_head (region_id,device_id,incarnation,seq,hash) VALUES (?1,?2,?3,?4,?5)
         ON CONFLICT DO UPDATE SET seq=excluded.seq, hash=excluded.hash",
    )?
    .execute(params![region, device, c.incarnation, int(seq)?, hash.hex()])?;
    let mut log = db.prepare_cached(
        "INSERT INTO device_log
           (region_id,device_id,incarnation,seq,hash,event_id,pos,rejected,code,bytes,sig,recorded_at)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    )?;
    for v in &c.verdicts {
        let (pos, rejected, code) = match &v.kept {
            Kept::Accepted(pos) => (Some(int(pos.0)?), false, None),
            Kept::Quarantined(code) => (None, false, Some(code)),
            Kept::Rejected(code) => (None, true, Some(code)),
        };
        log.execute(params![
            region,
            device,
            c.incarnation,
            int(v.seq)?,
            v.hash.hex(),
            v.id.map(|id| id.to_string()),
            pos,
            rejected,
            code,
            v.aside.as_ref().map(|e| &e.e),
            v.aside.as_ref().map(|e| &e.s),
            ms(at)
        ])?;
    }
    end_branch(db, region, c)?;
    end_given(db, region, c)?;
    Ok(true)
}

fn insert_event(db: &Connection, region: &str, e: &NewEvent, at: DateTime<Utc>) -> StoreResult<()> {
    let pos = int(e.pos.0)?;
    db.prepare_cached(
        "INSERT INTO event (region_id,pos,event_id,case_id,kind,bytes,sig,hash,recorded_at)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    )?
    .execute(params![
        region,
        pos,
        e.id.to_string(),
        e.case.to_string(),
        e.kind,
        e.event.e,
        e.event.s,
        e.hash.hex(),
        ms(at)
    ])?;
    let mut feed = db.prepare_cached("INSERT INTO feed (region_id,scope,pos) VALUES (?1,?2,?3)")?;
    for scope in &e.scopes {
        feed.execute(params![region, scope.as_str(), pos])?;
    }
    if let Some(hash) = &e.file {
        db.prepare_cached("INSERT INTO event_file (region_id,hash,pos) VALUES (?1,?2,?3)")?
            .execute(params![region, hash, pos])?;
    }
    if let Some(coupon) = &e.coupon {
        db.prepare_cached(
            "INSERT INTO coupon (region_id,number,case_id,code,secret) VALUES (?1,?2,?3,?4,?5)
             ON CONFLICT DO UPDATE SET code=excluded.code, secret=excluded.secret",
        )?
        .execute(params![
            region,
            coupon.number,
            coupon.case.to_string(),
            coupon.code,
            coupon.secret
        ])?;
    }
    Ok(())
}

fn move_cases(db: &Connection, region: &str, moves: &FeedMoves) -> StoreResult<()> {
    for (scope, pos) in &moves.out {
        db.prepare_cached("DELETE FROM feed WHERE region_id=?1 AND scope=?2 AND pos=?3")?
            .execute(params![region, scope.as_str(), int(pos.0)?])?;
    }
    for (scope, pos) in &moves.into {
        db.prepare_cached("INSERT INTO feed (region_id,scope,pos) VALUES (?1,?2,?3)")?
            .execute(params![region, scope.as_str(), int(pos.0)?])?;
    }
    for m in &moves.told {
        db.prepare_cached(
            "INSERT INTO case_move (region_id,scope,pos,case_id,from_pos,entered)
             VALUES (?1,?2,?3,?4,?5,?6)",
        )?
        .execute(params![
            region,
            m.scope.as_str(),
            int(m.pos.0)?,
            m.case.to_string(),
            int(m.from.0)?,
            m.entered
        ])?;
    }
    Ok(())
}

fn put_request(db: &Connection, region: &str, r: &RequestRow) -> StoreResult<()> {
    let state = serde_json::to_value(r.doc.referral.state())
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default();
    db.prepare_cached(
        "INSERT INTO request (region_id,referral_id,case_id,agency,station_id,answer_due,state,doc)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8)
         ON CONFLICT DO UPDATE SET state=excluded.state, doc=excluded.doc",
    )?
    .execute(params![
        region,
        r.referral.to_string(),
        r.case.to_string(),
        r.agency.as_str(),
        r.station.as_str(),
        r.answer_due.map(|d| d.to_string()),
        state,
        to_json(&r.doc)?
    ])?;
    Ok(())
}

/// A branch that was kept aside and is judged now is a matter no more.
fn end_branch(db: &Connection, region: &str, c: &ChainMove) -> StoreResult<()> {
    let device = c.device.to_string();
    let any = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM fork WHERE region_id=?1 AND device_id=?2)")?
        .query_row([region, &device], |r| r.get::<_, bool>(0))?;
    if any {
        let mut q =
            db.prepare_cached("DELETE FROM fork WHERE region_id=?1 AND device_id=?2 AND hash=?3")?;
        for v in &c.verdicts {
            q.execute(params![region, device, v.hash.hex()])?;
        }
    }
    Ok(())
}

/// What others gave back, what was set aside then, and what its author brought into the order now, stands aside no more.
fn end_given(db: &Connection, region: &str, c: &ChainMove) -> StoreResult<()> {
    if c.incarnation == GIVEN_LIFE
        || super::read::device_head(db, region, c.device, GIVEN_LIFE)?.seq == 0
    {
        return Ok(());
    }
    let device = c.device.to_string();
    let mut q = db.prepare_cached(
        "UPDATE device_log SET pos=?5, code=NULL, rejected=0, bytes=NULL, sig=NULL
         WHERE region_id=?1 AND device_id=?2 AND incarnation=?3 AND hash=?4 AND code IS NOT NULL",
    )?;
    for v in &c.verdicts {
        if let Kept::Accepted(pos) = v.kept {
            q.execute(params![region, device, GIVEN_LIFE, v.hash.hex(), int(pos.0)?])?;
        }
    }
    Ok(())
}

pub fn keep_branch(
    db: &Connection,
    region: &str,
    device: DeviceId,
    branch: &[(EventHash, SignedEvent)],
    freeze: bool,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    let id = device.to_string();
    if freeze {
        let frozen = "UPDATE device SET frozen=1 WHERE region_id=?1 AND device_id=?2";
        db.execute(frozen, [region, &id])?;
    }
    let kept: i64 = db.query_row(
        "SELECT count(*) FROM fork WHERE region_id=?1 AND device_id=?2",
        [region, &id],
        |r| r.get(0),
    )?;
    let room = FORK_KEPT_MAX.saturating_sub(kept.unsigned_abs());
    let mut q = db.prepare_cached(
        "INSERT INTO fork (region_id,device_id,hash,bytes,sig,recorded_at)
         VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT DO NOTHING",
    )?;
    for (hash, event) in branch.iter().take(usize::try_from(room).unwrap_or(usize::MAX)) {
        q.execute(params![region, id, hash.hex(), event.e, event.s, ms(at)])?;
    }
    Ok(())
}
