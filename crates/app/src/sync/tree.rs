//! The region's tree heads at this desk: which one is kept, what the region must prove, what it contradicted.

use super::{
    REGION, Region, TREE, TREE_FINDINGS, TREE_FINDINGS_MAX, TREE_SILENT, TREE_SILENT_DAYS,
    TreeFinding, known,
};
use crate::api::TreeSilence;
use crate::desk::Open;
use chrono::{DateTime, TimeDelta, Utc};
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

/// Looks at a greeting; keeps what it contradicts, and since when the region signs nothing where it once did.
///
/// # Errors
/// The store's.
pub fn look_at(open: &Open, hello: &HelloResponse, at: DateTime<Utc>) -> Result<Look, StoreError> {
    let (looked, silent, since) = open.store.read(|conn| {
        let since = meta::get::<DateTime<Utc>>(conn, TREE_SILENT)?;
        let Some(by) = signer(conn, &hello.epoch)? else {
            return Ok((Look::default(), false, since));
        };
        let kept = meta::get::<SignedTreeHead>(conn, TREE)?;
        // A standby signs nothing by right, so it is not held against the region; one that hides its order is not told from
        // it but by how long it lasts.
        let silent = hello.tree.is_none() && kept.is_some();
        Ok((look(&by, kept.as_ref(), hello), silent, since))
    })?;
    let found = looked.found.clone();
    if found.is_some() || silent != since.is_some() {
        open.store.write(move |tx| {
            match (silent, since) {
                (true, None) => meta::put(tx, TREE_SILENT, &at)?,
                (false, Some(_)) => meta::remove(tx, TREE_SILENT)?,
                _ => {}
            }
            keep(tx, at, found, None)
        })?;
    }
    Ok(looked)
}

/// Since when the region signs its order no more, where it once did.
///
/// # Errors
/// The store's.
pub fn silence(conn: &Connection, now: DateTime<Utc>) -> Result<Option<TreeSilence>, StoreError> {
    let since = meta::get::<DateTime<Utc>>(conn, TREE_SILENT)?;
    let long = |since| now - since >= TimeDelta::days(TREE_SILENT_DAYS);
    Ok(since.map(|since| TreeSilence { since, long: long(since) }))
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
