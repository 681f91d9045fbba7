//! The region's tree heads at this desk: which one is kept, what the region must prove, what it contradicted.

use super::{REGION, Region, TREE, TREE_FINDINGS, TREE_FINDINGS_MAX, TreeFinding, known};
use crate::desk::Open;
use chrono::{DateTime, Utc};
use esik_store::{StoreError, Tx, log, meta};
use esik_sync::tree::{Contradiction, Demand, Look, Signer, look};
use esik_wire::signed::key_from_text;
use esik_wire::{HelloResponse, SignedTreeHead};
use rusqlite::Connection;

fn signer(conn: &Connection, epoch: &str) -> Result<Option<Signer>, StoreError> {
    let region = meta::get::<Region>(conn, REGION)?;
    Ok(region.and_then(|r| {
        let key = key_from_text(&r.region_key).ok()?;
        Some(Signer { key, region: r.region_id, epoch: epoch.to_owned() })
    }))
}

/// Looks at a greeting; keeps what it contradicts.
///
/// # Errors
/// The store's.
pub fn look_at(open: &Open, hello: &HelloResponse, at: DateTime<Utc>) -> Result<Look, StoreError> {
    let looked = open.store.read(|conn| {
        let Some(by) = signer(conn, &hello.epoch)? else { return Ok(Look::default()) };
        Ok(look(&by, meta::get::<SignedTreeHead>(conn, TREE)?.as_ref(), hello))
    })?;
    if let Some(found) = looked.found.clone() {
        open.store.write(move |tx| keep(tx, at, Some(found), None))?;
    }
    Ok(looked)
}

/// What the region has to prove of its order as it stands.
///
/// # Errors
/// The store's.
pub fn own_demand(open: &Open) -> Result<Option<Demand>, StoreError> {
    let epoch = known(open).map(|k| k.epoch).unwrap_or_default();
    open.store.read(|conn| {
        let Some(by) = signer(conn, &epoch)? else { return Ok(None) };
        let kept = meta::get::<SignedTreeHead>(conn, TREE)?;
        let old = kept.and_then(|s| by.read(&s).map(|h| (s, h)));
        let leaf = log::proven(conn, open.device_id)?;
        Ok(Some(Demand { by, old, new: None, leaf }))
    })
}

/// Keeps the newest head, and the first of each contradiction: the same one is told once.
///
/// # Errors
/// The store's.
pub fn keep(
    tx: &Tx<'_>,
    at: DateTime<Utc>,
    found: Option<Contradiction>,
    newest: Option<&SignedTreeHead>,
) -> Result<(), StoreError> {
    if let Some(head) = newest {
        meta::put(tx, TREE, head)?;
    }
    let Some(what) = found else { return Ok(()) };
    let mut all: Vec<TreeFinding> = meta::get(tx, TREE_FINDINGS)?.unwrap_or_default();
    if all.len() < TREE_FINDINGS_MAX && !all.iter().any(|f| f.what == what) {
        all.push(TreeFinding { at, what });
        meta::put(tx, TREE_FINDINGS, &all)?;
    }
    Ok(())
}
