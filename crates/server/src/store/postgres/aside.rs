//! What stands beside the order, and what a person decided about it.

use super::values::{get, int, ms, parse, parse_opt, rows, run, small, uint, when};
use crate::store::{
    AsideCount, AsideEvent, AsideRow, Decided, DecisionRow, ForkRow, Settled, StoreError,
    StoreResult,
};
use deadpool_postgres::{GenericClient, Transaction};
use esik_domain::ids::DeviceId;
use esik_wire::SignedEvent;
use tokio_postgres::Row;

fn signed(row: &Row) -> StoreResult<SignedEvent> {
    let text = |column: &str| {
        String::from_utf8(get::<Vec<u8>>(row, column)?)
            .map_err(|_| StoreError::Corrupt(format!("{column} is no text")))
    };
    Ok(SignedEvent { e: text("bytes")?, s: text("sig")? })
}

pub async fn asides(
    db: &impl GenericClient,
    region: &str,
    limit: u32,
) -> StoreResult<Vec<AsideEvent>> {
    let found = rows(
        db,
        "SELECT device_id, incarnation, seq, event_id, code, recorded_at, hash, bytes, sig
         FROM device_log
         WHERE region_id=$1 AND code IS NOT NULL AND NOT rejected AND bytes IS NOT NULL
         ORDER BY recorded_at DESC, device_id, incarnation, seq LIMIT $2",
        &[&region, &i64::from(limit)],
    )
    .await?;
    let aside = |r: &Row| {
        Ok(AsideEvent {
            row: AsideRow {
                device: parse(r, "device_id")?,
                incarnation: small(r, "incarnation")?,
                seq: uint(r, "seq")?,
                id: parse_opt(r, "event_id")?,
                rejected: false,
                code: get(r, "code")?,
                recorded_at: when(r, "recorded_at")?,
            },
            hash: super::values::hash(r, "hash")?,
            event: signed(r)?,
        })
    };
    found.iter().map(aside).collect()
}

pub async fn forks(db: &impl GenericClient, region: &str, limit: u32) -> StoreResult<Vec<ForkRow>> {
    let found = rows(
        db,
        "SELECT device_id, hash, bytes, sig, recorded_at FROM fork
         WHERE region_id=$1 ORDER BY recorded_at DESC, device_id, hash LIMIT $2",
        &[&region, &i64::from(limit)],
    )
    .await?;
    let fork = |r: &Row| {
        Ok(ForkRow {
            device: parse(r, "device_id")?,
            hash: super::values::hash(r, "hash")?,
            event: signed(r)?,
            recorded_at: when(r, "recorded_at")?,
        })
    };
    found.iter().map(fork).collect()
}

pub async fn counts(db: &impl GenericClient, region: &str) -> StoreResult<Vec<AsideCount>> {
    let found = rows(
        db,
        "SELECT device_id, count(*) FILTER (WHERE NOT rejected) AS aside,
                count(*) FILTER (WHERE rejected) AS refused, 0::bigint AS branch
           FROM device_log WHERE region_id=$1 AND code IS NOT NULL GROUP BY device_id
         UNION ALL
         SELECT device_id, 0::bigint, 0::bigint, count(*) FROM fork WHERE region_id=$1
          GROUP BY device_id",
        &[&region],
    )
    .await?;
    let count = |r: &Row| {
        Ok(AsideCount {
            device: parse(r, "device_id")?,
            quarantined: uint(r, "aside")?,
            rejected: uint(r, "refused")?,
            branch: uint(r, "branch")?,
        })
    };
    found.iter().map(count).collect()
}

pub async fn decide(tx: &Transaction<'_>, region: &str, d: &DecisionRow) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO decision
           (region_id,device_id,subject,n,event_id,what,code,note,login,name,decided_at)
         SELECT $1::text,$2::text,$3::text,coalesce(max(n),0)+1,$4::text,$5::text,$6::text,$7::text,
                $8::text,$9::text,$10::bigint
         FROM decision WHERE region_id=$1 AND device_id=$2 AND subject=$3",
        &[
            &region,
            &d.device.to_string(),
            &d.subject,
            &d.event.map(|id| id.to_string()),
            &d.what.code(),
            &d.code,
            &d.note,
            &d.login,
            &d.name,
            &ms(d.at),
        ],
    )
    .await?;
    Ok(())
}

pub async fn decisions(
    db: &impl GenericClient,
    region: &str,
    device: Option<DeviceId>,
    limit: u32,
) -> StoreResult<Vec<DecisionRow>> {
    let found = rows(
        db,
        "SELECT * FROM decision WHERE region_id=$1 AND ($2::text IS NULL OR device_id=$2)
         ORDER BY decided_at DESC, device_id, subject, n DESC LIMIT $3",
        &[&region, &device.map(|d| d.to_string()), &i64::from(limit)],
    )
    .await?;
    let decision = |r: &Row| {
        Ok(DecisionRow {
            device: parse(r, "device_id")?,
            subject: get(r, "subject")?,
            event: parse_opt(r, "event_id")?,
            what: Decided::from_code(get::<&str>(r, "what")?)?,
            code: get(r, "code")?,
            note: get(r, "note")?,
            login: get(r, "login")?,
            name: get(r, "name")?,
            at: when(r, "decided_at")?,
        })
    };
    found.iter().map(decision).collect()
}

/// `false` when it is not aside any more.
pub async fn settle(tx: &Transaction<'_>, region: &str, s: &Settled) -> StoreResult<bool> {
    let done = run(
        tx,
        "UPDATE device_log SET pos=$5, code=NULL, rejected=false, bytes=NULL, sig=NULL
         WHERE region_id=$1 AND device_id=$2 AND incarnation=$3 AND seq=$4
           AND code IS NOT NULL AND NOT rejected",
        &[
            &region,
            &s.decision.device.to_string(),
            &i64::from(s.incarnation),
            &int(s.seq)?,
            &int(s.pos.0)?,
        ],
    )
    .await?;
    if done == 0 {
        return Ok(false);
    }
    decide(tx, region, &s.decision).await?;
    Ok(true)
}
