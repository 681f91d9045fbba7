//! The leaves of the region's tree, the hashes of its whole subtrees, and the heads that desks have seen.

use super::values::{get, hash, int, ms, plain, rows, run, uint};
use crate::store::{StoreResult, TreeTile};
use chrono::{DateTime, Utc};
use deadpool_postgres::{GenericClient, Transaction};
use esik_domain::ids::{DeviceId, Pos};
use esik_wire::tree::leaf_bytes;
use esik_wire::{EventHash, SignedTreeHead};

pub async fn leaves(
    db: &impl GenericClient,
    region: &str,
    from: Pos,
    limit: u64,
) -> StoreResult<Vec<[u8; 40]>> {
    let found = rows(
        db,
        "SELECT hash, recorded_at FROM event WHERE region_id=$1 AND pos>=$2 ORDER BY pos LIMIT $3",
        &[&region, &int(from.0)?, &int(limit)?],
    )
    .await?;
    found.iter().map(|r| Ok(leaf_bytes(&hash(r, "hash")?, get(r, "recorded_at")?))).collect()
}

pub async fn put_tiles(tx: &Transaction<'_>, region: &str, tiles: &[TreeTile]) -> StoreResult<()> {
    for tile in tiles {
        run(
            tx,
            "INSERT INTO tree_tile (region_id,level,idx,hash) VALUES ($1,$2,$3,$4)
             ON CONFLICT (region_id,level,idx) DO NOTHING",
            &[&region, &i64::from(tile.level), &int(tile.index)?, &tile.hash.hex()],
        )
        .await?;
    }
    Ok(())
}

pub async fn tiles(
    db: &impl GenericClient,
    region: &str,
    level: u32,
    from: u64,
    limit: u64,
) -> StoreResult<Vec<EventHash>> {
    let found = rows(
        db,
        "SELECT idx, hash FROM tree_tile WHERE region_id=$1 AND level=$2 AND idx>=$3 ORDER BY idx LIMIT $4",
        &[&region, &i64::from(level), &int(from)?, &int(limit)?],
    )
    .await?;
    let mut out = Vec::new();
    for r in &found {
        if uint(r, "idx")? != from + out.len() as u64 {
            break;
        }
        out.push(hash(r, "hash")?);
    }
    Ok(out)
}

pub async fn put_seen(
    tx: &Transaction<'_>,
    region: &str,
    device: DeviceId,
    head: &SignedTreeHead,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO tree_seen (region_id,device_id,head,signature,seen_at) VALUES ($1,$2,$3,$4,$5)
         ON CONFLICT (region_id,device_id) DO UPDATE
         SET head=excluded.head, signature=excluded.signature, seen_at=excluded.seen_at",
        &[&region, &device.to_string(), &plain(&head.t), &plain(&head.s), &ms(at)],
    )
    .await?;
    Ok(())
}

pub async fn seen(
    db: &impl GenericClient,
    region: &str,
    but: DeviceId,
    limit: u32,
) -> StoreResult<Vec<SignedTreeHead>> {
    let found = rows(
        db,
        "SELECT head, signature FROM tree_seen WHERE region_id=$1 AND device_id<>$2
         ORDER BY seen_at DESC, device_id LIMIT $3",
        &[&region, &but.to_string(), &i64::from(limit)],
    )
    .await?;
    found
        .iter()
        .map(|r| Ok(SignedTreeHead { t: get(r, "head")?, s: get(r, "signature")? }))
        .collect()
}

/// After a restore another order may follow: everything derived from the old one is forgotten.
pub async fn forget(tx: &Transaction<'_>, region: &str) -> StoreResult<()> {
    run(tx, "DELETE FROM tree_tile WHERE region_id=$1", &[&region]).await?;
    run(tx, "DELETE FROM tree_seen WHERE region_id=$1", &[&region]).await?;
    Ok(())
}
