//! What the region published.

use super::values::{get, ms, parse, plain, row, rows, run, small, when};
use crate::store::{PublicationRow, StoreResult};
use deadpool_postgres::{GenericClient, Transaction};
use esik_wire::SignedPublication;

/// Writes it when its version is the highest of its name; false when one as high is there.
pub async fn publish(
    tx: &Transaction<'_>,
    region: &str,
    p: &PublicationRow,
    signed: &SignedPublication,
) -> StoreResult<bool> {
    let new = run(
        tx,
        "INSERT INTO publication (region_id,kind,name,version,label,holds_from,published_at,
           published_by,hash,signed,signature)
         SELECT $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11 WHERE NOT EXISTS (
           SELECT 1 FROM publication WHERE region_id=$1 AND kind=$2 AND name=$3 AND version>=$4)
         ON CONFLICT (region_id,kind,name,version) DO NOTHING",
        &[
            &region,
            &p.kind,
            &p.name,
            &i64::from(p.version),
            &p.label,
            &p.holds_from.to_string(),
            &ms(p.published_at),
            &p.by,
            &p.hash,
            &signed.p,
            &signed.s,
        ],
    )
    .await?;
    Ok(new == 1)
}

/// Everything, in the order it was published.
pub async fn publications(
    db: &impl GenericClient,
    region: &str,
) -> StoreResult<Vec<PublicationRow>> {
    let found = rows(
        db,
        "SELECT kind,name,version,label,holds_from,published_at,published_by,hash
         FROM publication WHERE region_id=$1 ORDER BY published_at, kind, name, version",
        &[&region],
    )
    .await?;
    found
        .iter()
        .map(|r| {
            Ok(PublicationRow {
                kind: get(r, "kind")?,
                name: get(r, "name")?,
                version: small(r, "version")?,
                label: get(r, "label")?,
                holds_from: parse(r, "holds_from")?,
                published_at: when(r, "published_at")?,
                by: get(r, "published_by")?,
                hash: get(r, "hash")?,
            })
        })
        .collect()
}

pub async fn publication(
    db: &impl GenericClient,
    region: &str,
    hash: &str,
) -> StoreResult<Option<SignedPublication>> {
    let sql = "SELECT signed,signature FROM publication WHERE region_id=$1 AND hash=$2";
    row(db, sql, &[&region, &plain(hash)])
        .await?
        .map(|r| Ok(SignedPublication { p: get(&r, "signed")?, s: get(&r, "signature")? }))
        .transpose()
}
