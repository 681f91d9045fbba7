//! The leaves of the region's tree, the hashes of its whole subtrees, and the heads that desks have seen.

use super::values::{hash, int, ms, uint};
use crate::store::{StoreResult, TreeTile};
use chrono::{DateTime, Utc};
use esik_domain::ids::{DeviceId, Pos};
use esik_wire::tree::leaf_bytes;
use esik_wire::{EventHash, SignedTreeHead};
use rusqlite::{Connection, params};

pub fn leaves(db: &Connection, region: &str, from: Pos, limit: u64) -> StoreResult<Vec<[u8; 40]>> {
    let mut q = db.prepare_cached(
        "SELECT hash, recorded_at FROM event WHERE region_id=?1 AND pos>=?2 ORDER BY pos LIMIT ?3",
    )?;
    let mut rows = q.query(params![region, int(from.0)?, int(limit)?])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(leaf_bytes(&hash(row, "hash")?, row.get("recorded_at")?));
    }
    Ok(out)
}

pub fn put_tiles(db: &Connection, region: &str, tiles: &[TreeTile]) -> StoreResult<()> {
    let mut q = db.prepare_cached(
        "INSERT INTO tree_tile (region_id,level,idx,hash) VALUES (?1,?2,?3,?4) ON CONFLICT DO NOTHING",
    )?;
    for tile in tiles {
        q.execute(params![region, tile.level, int(tile.index)?, tile.hash.hex()])?;
    }
    Ok(())
}

pub fn tiles(
    db: &Connection,
    region: &str,
    level: u32,
    from: u64,
    limit: u64,
) -> StoreResult<Vec<EventHash>> {
    let mut q = db.prepare_cached(
        "SELECT idx, hash FROM tree_tile WHERE region_id=?1 AND level=?2 AND idx>=?3 ORDER BY idx LIMIT ?4",
    )?;
    let mut rows = q.query(params![region, level, int(from)?, int(limit)?])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if uint(row, "idx")? != from + out.len() as u64 {
            break;
        }
        out.push(hash(row, "hash")?);
    }
    Ok(out)
}

pub fn put_seen(
    db: &Connection,
    region: &str,
    device: DeviceId,
    head: &SignedTreeHead,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    db.execute(
        "INSERT INTO tree_seen (region_id,device_id,head,signature,seen_at) VALUES (?1,?2,?3,?4,?5)
         ON CONFLICT DO UPDATE SET head=excluded.head, signature=excluded.signature, seen_at=excluded.seen_at",
        params![region, device.to_string(), head.t, head.s, ms(at)],
    )?;
    Ok(())
}

pub fn seen(
    db: &Connection,
    region: &str,
    but: DeviceId,
    limit: u32,
) -> StoreResult<Vec<SignedTreeHead>> {
    let mut q = db.prepare_cached(
        "SELECT head, signature FROM tree_seen WHERE region_id=?1 AND device_id<>?2
         ORDER BY seen_at DESC, device_id LIMIT ?3",
    )?;
    let mut rows = q.query(params![region, but.to_string(), limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(SignedTreeHead { t: row.get("head")?, s: row.get("signature")? });
    }
    Ok(out)
}

/// After a restore another order may follow: everything derived from the old one is forgotten.
pub fn forget(db: &Connection, region: &str) -> StoreResult<()> {
    db.execute("DELETE FROM tree_tile WHERE region_id=?1", [region])?;
    db.execute("DELETE FROM tree_seen WHERE region_id=?1", [region])?;
    Ok(())
}
