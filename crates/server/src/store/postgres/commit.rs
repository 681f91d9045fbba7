//! One push, or one act of an agency, in one transaction. The head row is compared and moved on at its
//! end; until then nobody waits for anybody but who writes the same positions.

use super::values::{int, ms, plain, row, run, to_json, uint};
use crate::store::{
    ChainMove, Commit, Committed, FORK_KEPT_MAX, FeedMoves, GIVEN_LIFE, Kept, NewEvent, RequestRow,
    StoreError, StoreResult,
};
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use esik_domain::ids::{DeviceId, Pos, Scope};
use esik_wire::{EventHash, Head, SignedEvent, planted};
use std::collections::HashSet;
use tokio_postgres::error::SqlState;

pub async fn commit(tx: &Transaction<'_>, region: &str, c: &Commit) -> StoreResult<Committed> {
    // Told early, at no cost, when everything below would be refused anyway.
    if super::read::head(tx, region).await? != c.expect {
        return Ok(Committed::Moved);
    }
    // Chains first and in one order, so that two commits that meet wait for each other only one way.
    let mut chains: Vec<&ChainMove> = c.chains.iter().collect();
    chains.sort_by_key(|c| (c.device, c.incarnation));
    for chain in chains {
        if !move_chain(tx, region, chain).await? {
            return Ok(Committed::Moved);
        }
        log(tx, region, chain, c.recorded_at).await?;
        end_branch(tx, region, chain).await?;
        end_given(tx, region, chain).await?;
    }
    if !c.events.is_empty() && !insert_events(tx, region, &c.events, c.recorded_at).await? {
        return Ok(if planted::is("moved_is_done") { Committed::Done } else { Committed::Moved });
    }
    move_cases(tx, region, &c.moves).await?;
    put_requests(tx, region, &c.requests).await?;
    for settled in &c.settled {
        if !super::aside::settle(tx, region, settled).await? {
            return Ok(Committed::Moved);
        }
    }
    let moved = run(
        tx,
        "UPDATE region_head SET pos=pos+$3 WHERE region_id=$1 AND pos=$2",
        &[&region, &int(c.expect.0)?, &int(c.events.len() as u64)?],
    )
    .await?;
    Ok(if moved == 1 { Committed::Done } else { Committed::Moved })
}

/// `false` when the chain is not where it was decided from.
async fn move_chain(tx: &Transaction<'_>, region: &str, c: &ChainMove) -> StoreResult<bool> {
    let (device, life) = (c.device.to_string(), i64::from(c.incarnation));
    let (seq, hash) = (int(c.to.seq)?, c.to.hash.hex());
    let moved = run(
        tx,
        "UPDATE device_head SET seq=$4, hash=$5
         WHERE region_id=$1 AND device_id=$2 AND incarnation=$3 AND seq=$6 AND hash=$7",
        &[&region, &device, &life, &seq, &hash, &int(c.from.seq)?, &c.from.hash.hex()],
    )
    .await?;
    if moved == 1 || c.from != Head::default() {
        return Ok(moved == 1);
    }
    let new = run(
        tx,
        "INSERT INTO device_head (region_id,device_id,incarnation,seq,hash) VALUES ($1,$2,$3,$4,$5)
         ON CONFLICT (region_id,device_id,incarnation) DO NOTHING",
        &[&region, &device, &life, &seq, &hash],
    )
    .await?;
    Ok(new == 1)
}

async fn log(
    tx: &Transaction<'_>,
    region: &str,
    c: &ChainMove,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    if c.verdicts.is_empty() {
        return Ok(());
    }
    let mut seqs = Vec::new();
    let (mut hashes, mut ids, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rejected, mut codes) = (Vec::new(), Vec::new());
    let (mut bytes, mut sigs) = (Vec::new(), Vec::new());
    for v in &c.verdicts {
        seqs.push(int(v.seq)?);
        hashes.push(v.hash.hex());
        ids.push(v.id.map(|id| id.to_string()));
        let (pos, reject, code) = match &v.kept {
            Kept::Accepted(pos) => (Some(int(pos.0)?), false, None),
            Kept::Quarantined(code) => (None, false, Some(code.as_str())),
            Kept::Rejected(code) => (None, true, Some(code.as_str())),
        };
        places.push(pos);
        rejected.push(reject);
        codes.push(code);
        bytes.push(v.aside.as_ref().map(|e| e.e.as_bytes()));
        sigs.push(v.aside.as_ref().map(|e| e.s.as_bytes()));
    }
    run(
        tx,
        "INSERT INTO device_log
           (region_id,device_id,incarnation,recorded_at,seq,hash,event_id,pos,rejected,code,bytes,sig)
         SELECT $1::text,$2::text,$3::bigint,$4::bigint,v.*
         FROM unnest($5::bigint[],$6::text[],$7::text[],$8::bigint[],$9::boolean[],$10::text[],
                     $11::bytea[],$12::bytea[]) v",
        &[
            &region,
            &c.device.to_string(),
            &i64::from(c.incarnation),
            &ms(at),
            &seqs,
            &hashes,
            &ids,
            &places,
            &rejected,
            &codes,
            &bytes,
            &sigs,
        ],
    )
    .await?;
    Ok(())
}

/// `false` when another commit has these positions: the order moved.
async fn insert_events(
    tx: &Transaction<'_>,
    region: &str,
    events: &[NewEvent],
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let places = events.iter().map(|e| int(e.pos.0)).collect::<StoreResult<Vec<i64>>>()?;
    let text = |of: fn(&NewEvent) -> String| events.iter().map(of).collect::<Vec<String>>();
    let (ids, cases) = (text(|e| e.id.to_string()), text(|e| e.case.to_string()));
    let hashes = text(|e| e.hash.hex());
    let kinds: Vec<&str> = events.iter().map(|e| e.kind.as_str()).collect();
    let bytes: Vec<&str> = events.iter().map(|e| e.event.e.as_str()).collect();
    let sigs: Vec<&str> = events.iter().map(|e| e.event.s.as_str()).collect();
    // Before the ids: whoever lost the race for these positions is told that the order moved.
    let statement = tx
        .prepare_cached(
            "INSERT INTO event (region_id,recorded_at,pos,event_id,case_id,kind,bytes,sig,hash)
             SELECT $1::text,$2::bigint,v.*
             FROM unnest($3::bigint[],$4::text[],$5::text[],$6::text[],$7::text[],$8::text[],
                         $9::text[]) v",
        )
        .await?;
    let inserted = tx
        .execute(
            &statement,
            &[&region, &ms(at), &places, &ids, &cases, &kinds, &bytes, &sigs, &hashes],
        )
        .await;
    match inserted {
        Err(e) if e.code() == Some(&SqlState::UNIQUE_VIOLATION) => return Ok(false),
        other => other?,
    };
    run(
        tx,
        "INSERT INTO event_key (region_id,pos,event_id,case_id,hash)
         SELECT $1::text,v.* FROM unnest($2::bigint[],$3::text[],$4::text[],$5::text[]) v",
        &[&region, &places, &ids, &cases, &hashes],
    )
    .await?;
    let entries: Vec<(&str, i64)> = events
        .iter()
        .zip(&places)
        .flat_map(|(e, pos)| e.scopes.iter().map(|scope| (scope.as_str(), *pos)))
        .collect();
    let (scopes, at): (Vec<&str>, Vec<i64>) = entries.into_iter().unzip();
    run(
        tx,
        "INSERT INTO feed (region_id,scope,pos)
         SELECT $1::text,v.* FROM unnest($2::text[],$3::bigint[]) v",
        &[&region, &scopes, &at],
    )
    .await?;
    for (hash, pos) in events.iter().zip(&places).filter_map(|(e, p)| Some((e.file.as_ref()?, p))) {
        run(
            tx,
            "INSERT INTO event_file (region_id,hash,pos) VALUES ($1,$2,$3)",
            &[&region, hash, pos],
        )
        .await?;
    }
    for c in events.iter().filter_map(|e| e.coupon.as_ref()) {
        run(
            tx,
            "INSERT INTO coupon (region_id,number,case_id,code,secret) VALUES ($1,$2,$3,$4,$5)
             ON CONFLICT (region_id,number,case_id)
               DO UPDATE SET code=excluded.code, secret=excluded.secret",
            &[&region, &c.number, &c.case.to_string(), &c.code, &c.secret],
        )
        .await?;
    }
    Ok(true)
}

async fn move_cases(tx: &Transaction<'_>, region: &str, moves: &FeedMoves) -> StoreResult<()> {
    let split = |of: &[(Scope, Pos)]| -> StoreResult<(Vec<String>, Vec<i64>)> {
        let places = of.iter().map(|(_, pos)| int(pos.0)).collect::<StoreResult<_>>()?;
        Ok((of.iter().map(|(scope, _)| scope.as_str().to_owned()).collect(), places))
    };
    if !moves.out.is_empty() {
        let (scopes, places) = split(&moves.out)?;
        run(
            tx,
            "DELETE FROM feed f USING unnest($2::text[],$3::bigint[]) AS o(scope,pos)
             WHERE f.region_id=$1 AND f.scope=o.scope AND f.pos=o.pos",
            &[&region, &scopes, &places],
        )
        .await?;
    }
    if !moves.into.is_empty() {
        let (scopes, places) = split(&moves.into)?;
        run(
            tx,
            "INSERT INTO feed (region_id,scope,pos)
             SELECT $1::text,v.* FROM unnest($2::text[],$3::bigint[]) v",
            &[&region, &scopes, &places],
        )
        .await?;
    }
    for m in &moves.told {
        run(
            tx,
            "INSERT INTO case_move (region_id,scope,pos,case_id,from_pos,entered)
             VALUES ($1,$2,$3,$4,$5,$6)",
            &[
                &region,
                &m.scope.as_str(),
                &int(m.pos.0)?,
                &m.case.to_string(),
                &int(m.from.0)?,
                &m.entered,
            ],
        )
        .await?;
    }
    Ok(())
}

/// One statement for all; two that are the same referral go one after the other, as they came.
async fn put_requests(tx: &Transaction<'_>, region: &str, all: &[RequestRow]) -> StoreResult<()> {
    let mut seen = HashSet::new();
    let once = all.iter().all(|r| seen.insert(r.referral));
    let at_once = if once { all.len() } else { 1 };
    for part in all.chunks(at_once.max(1)) {
        let text = |of: fn(&RequestRow) -> String| part.iter().map(of).collect::<Vec<String>>();
        let state = |r: &RequestRow| {
            serde_json::to_value(r.doc.referral.state())
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .ok_or_else(|| StoreError::Corrupt("a referral's state has no name".to_owned()))
        };
        let due: Vec<Option<String>> =
            part.iter().map(|r| r.answer_due.map(|d| d.to_string())).collect();
        run(
            tx,
            "INSERT INTO request (region_id,referral_id,case_id,agency,station_id,answer_due,state,doc)
             SELECT $1::text,v.* FROM unnest($2::text[],$3::text[],$4::text[],$5::text[],$6::text[],
                                             $7::text[],$8::text[]) v
             ON CONFLICT (region_id,referral_id) DO UPDATE SET state=excluded.state, doc=excluded.doc",
            &[
                &region,
                &text(|r| r.referral.to_string()),
                &text(|r| r.case.to_string()),
                &text(|r| plain(r.agency.as_str()).into_owned()),
                &text(|r| r.station.as_str().to_owned()),
                &due,
                &part.iter().map(state).collect::<StoreResult<Vec<String>>>()?,
                &part.iter().map(|r| to_json(&r.doc)).collect::<StoreResult<Vec<String>>>()?,
            ],
        )
        .await?;
    }
    Ok(())
}

/// What others gave back, what was set aside then, and what its author brought into the order now, stands aside no more.
async fn end_given(tx: &Transaction<'_>, region: &str, c: &ChainMove) -> StoreResult<()> {
    if c.incarnation == GIVEN_LIFE
        || super::read::device_head(tx, region, c.device, GIVEN_LIFE).await?.seq == 0
    {
        return Ok(());
    }
    for v in &c.verdicts {
        if let Kept::Accepted(pos) = v.kept {
            run(
                tx,
                "UPDATE device_log SET pos=$5, code=NULL, rejected=false, bytes=NULL, sig=NULL
                 WHERE region_id=$1 AND device_id=$2 AND incarnation=$3 AND hash=$4
                   AND code IS NOT NULL",
                &[
                    &region,
                    &c.device.to_string(),
                    &i64::from(GIVEN_LIFE),
                    &v.hash.hex(),
                    &int(pos.0)?,
                ],
            )
            .await?;
        }
    }
    Ok(())
}

/// A branch that was kept aside and is judged now is a matter no more.
async fn end_branch(tx: &Transaction<'_>, region: &str, c: &ChainMove) -> StoreResult<()> {
    if c.verdicts.is_empty() {
        return Ok(());
    }
    let judged: Vec<String> = c.verdicts.iter().map(|v| v.hash.hex()).collect();
    run(
        tx,
        "DELETE FROM fork WHERE region_id=$1 AND device_id=$2 AND hash = ANY($3)",
        &[&region, &c.device.to_string(), &judged],
    )
    .await?;
    Ok(())
}

pub async fn keep_branch(
    tx: &Transaction<'_>,
    region: &str,
    device: DeviceId,
    branch: &[(EventHash, SignedEvent)],
    freeze: bool,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    let id = device.to_string();
    // Locks the device's row, so that two branches at once do not pass the limit together.
    run(
        tx,
        "UPDATE device SET frozen = frozen OR $3 WHERE region_id=$1 AND device_id=$2",
        &[&region, &id, &freeze],
    )
    .await?;
    let kept = row(
        tx,
        "SELECT count(*) AS n FROM fork WHERE region_id=$1 AND device_id=$2",
        &[&region, &id],
    )
    .await?
    .map_or(Ok(0), |r| uint(&r, "n"))?;
    let room = FORK_KEPT_MAX.saturating_sub(kept);
    for (hash, event) in branch.iter().take(usize::try_from(room).unwrap_or(usize::MAX)) {
        run(
            tx,
            "INSERT INTO fork (region_id,device_id,hash,bytes,sig,recorded_at)
             VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (region_id,device_id,hash) DO NOTHING",
            &[&region, &id, &hash.hex(), &event.e.as_bytes(), &event.s.as_bytes(), &ms(at)],
        )
        .await?;
    }
    Ok(())
}
