//! What the region published.

use super::values::{ms, parse, small, when};
use crate::store::{PublicationRow, StoreResult};
use esik_wire::SignedPublication;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

/// Writes it when its version is the highest of its name; false when one as high is there.
pub fn publish(
    tx: &Transaction<'_>,
    region: &str,
    row: &PublicationRow,
    signed: &SignedPublication,
) -> StoreResult<bool> {
    let newest: Option<u32> = tx
        .prepare_cached(
            "SELECT max(version) FROM publication WHERE region_id=?1 AND kind=?2 AND name=?3",
        )?
        .query_row(params![region, row.kind, row.name], |r| r.get(0))?;
    if newest.is_some_and(|v| v >= row.version) {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO publication (region_id,kind,name,version,label,holds_from,published_at,
           published_by,hash,signed,signature) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
        params![
            region,
            row.kind,
            row.name,
            row.version,
            row.label,
            row.holds_from.to_string(),
            ms(row.published_at),
            row.by,
            row.hash,
            signed.p,
            signed.s,
        ],
    )?;
    Ok(true)
}

/// Everything, in the order it was published.
pub fn publications(db: &Connection, region: &str) -> StoreResult<Vec<PublicationRow>> {
    let mut q = db.prepare_cached(
        "SELECT kind,name,version,label,holds_from,published_at,published_by,hash
         FROM publication WHERE region_id=?1 ORDER BY published_at, kind, name, version",
    )?;
    let mut rows = q.query([region])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(PublicationRow {
            kind: row.get("kind")?,
            name: row.get("name")?,
            version: small(row, "version")?,
            label: row.get("label")?,
            holds_from: parse(row, "holds_from")?,
            published_at: when(row, "published_at")?,
            by: row.get("published_by")?,
            hash: row.get("hash")?,
        });
    }
    Ok(out)
}

pub fn publication(
    db: &Connection,
    region: &str,
    hash: &str,
) -> StoreResult<Option<SignedPublication>> {
    Ok(db
        .prepare_cached("SELECT signed,signature FROM publication WHERE region_id=?1 AND hash=?2")?
        .query_row([region, hash], |r| Ok(SignedPublication { p: r.get(0)?, s: r.get(1)? }))
        .optional()?)
}
