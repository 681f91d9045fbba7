//! The region's tree heads at this desk: which one is kept, what the region must prove, what it contradicted.

use super::{
    KNOWN, REGION, Region, TREE, TREE_ACKED, TREE_ANEW, TREE_BEGUN, TREE_FINDINGS,
    TREE_FINDINGS_MAX, TREE_READ, TREE_ROOTS, TREE_SILENT, TREE_SILENT_DAYS, TreeFinding, known,
};
use crate::api::TreeSilence;
use crate::desk::Open;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{DeviceId, Pos, Scope};
use esik_store::{StoreError, Tx, log, meta};
use esik_sync::tree::{Contradiction, Demand, GoneBy, Look, Signer, look};
use esik_wire::signed::key_from_text;
use esik_wire::{
    EventHash, EventVerdict, FeedPage, HelloResponse, KnownRegion, PushResponse, SignedTreeHead,
    TreeHead, TreeLeaf, TreeProof, Verdict,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    let (looked, silent, since, begins) = open.store.read(|conn| {
        let since = meta::get::<DateTime<Utc>>(conn, TREE_SILENT)?;
        let Some(by) = signer(conn, &hello.epoch)? else {
            return Ok((Look::default(), false, since, (false, None)));
        };
        let gone_by = GoneBy {
            kept: meta::get(conn, TREE)?,
            begun: meta::get(conn, TREE_BEGUN)?,
            read: read(conn, &hello.epoch)?,
            own: own(conn, open.device_id, &hello.epoch)?,
        };
        // A standby signs nothing by right, so it is not held against the region; one that hides its order is not told from
        // it but by how long it lasts.
        let silent = hello.tree.is_none() && gone_by.kept.is_some();
        let looked = look(&by, &gone_by, hello);
        // What a round before went by is proven first; then this one begins.
        let whole = hello.tree.clone().filter(|_| looked.first.is_empty());
        // What was read before is proven then, too.
        let proven = whole.is_some() && gone_by.read.is_some();
        let begins = whole.filter(|head| looked.moved && gone_by.begun.as_ref() != Some(head));
        Ok((looked, silent, since, (proven, begins)))
    })?;
    let found = looked.found.clone();
    let (proven, begins) = begins;
    if found.is_some() || silent != since.is_some() || proven || begins.is_some() {
        open.store.write(move |tx| {
            match (silent, since) {
                (true, None) => meta::put(tx, TREE_SILENT, &at)?,
                (false, Some(_)) => meta::remove(tx, TREE_SILENT)?,
                _ => {}
            }
            if let Some(head) = begins {
                meta::put(tx, TREE_BEGUN, &head)?;
            }
            if proven {
                meta::remove(tx, TREE_READ)?;
            }
            keep(tx, at, found, None)
        })?;
    }
    Ok(looked)
}

/// The furthest event that was read beyond the greeting's head, which the next round lets the region prove.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FurthestRead {
    /// Of this history; of another one it proves nothing.
    pub epoch: String,
    /// How far the region was when it greeted. What a later round reads does not take its place before it is proven.
    pub greeted: Pos,
    pub leaf: TreeLeaf,
}

fn read(conn: &Connection, epoch: &str) -> Result<Option<TreeLeaf>, StoreError> {
    let read = meta::get::<FurthestRead>(conn, TREE_READ)?;
    Ok(read.filter(|read| read.epoch == epoch).map(|read| read.leaf))
}

/// The furthest own event that was acknowledged. What is acknowledged later, in another life say, by a region that was set back in between
/// may lie before it and would hide it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FurthestAcked {
    /// Of this history; of another one it proves nothing.
    pub epoch: String,
    pub leaf: TreeLeaf,
}

/// Own events were acknowledged.
///
/// # Errors
/// The store's.
pub fn acknowledged(tx: &Tx<'_>, answer: &PushResponse) -> Result<(), StoreError> {
    let placed = |v: &EventVerdict| match v.verdict {
        Verdict::Accepted { pos, recorded_at } | Verdict::Duplicate { pos, recorded_at } => {
            Some((pos, recorded_at, v.id?))
        }
        Verdict::Quarantined { .. } | Verdict::Rejected { .. } | Verdict::Unknown => None,
    };
    let furthest = answer.verdicts.iter().filter_map(placed).max_by_key(|(pos, ..)| *pos);
    let (Some((pos, recorded_at, id)), Some(known)) =
        (furthest, meta::get::<KnownRegion>(tx, KNOWN)?)
    else {
        return Ok(());
    };
    if acked(tx, &known.epoch)?.is_some_and(|before| before.pos >= pos) {
        return Ok(());
    }
    let Some(hash) = log::hash_of(tx, id)? else { return Ok(()) };
    let leaf = TreeLeaf { pos, hash, recorded_at };
    meta::put(tx, TREE_ACKED, &FurthestAcked { epoch: known.epoch, leaf })
}

fn acked(conn: &Connection, epoch: &str) -> Result<Option<TreeLeaf>, StoreError> {
    let acked = meta::get::<FurthestAcked>(conn, TREE_ACKED)?;
    Ok(acked.filter(|acked| acked.epoch == epoch).map(|acked| acked.leaf))
}

/// The furthest of the own events that were acknowledged.
fn own(conn: &Connection, device: DeviceId, epoch: &str) -> Result<Option<TreeLeaf>, StoreError> {
    let last = log::proven(conn, device)?;
    Ok(last.into_iter().chain(acked(conn, epoch)?).max_by_key(|leaf| leaf.pos))
}

/// Root of the region's order up to where a feed was read, by scope, as the page told it that ended there.
pub type Roots = BTreeMap<Scope, (Pos, EventHash)>;

/// What the order was like up to a feed's cursor. The region looks whether it is still so, whoever answers for it now.
///
/// # Errors
/// The store's.
pub fn seen(conn: &Connection, scope: &Scope, after: Pos) -> Result<Option<EventHash>, StoreError> {
    let roots: Option<Roots> = meta::get(conn, TREE_ROOTS)?;
    let told = roots.and_then(|mut roots| roots.remove(scope));
    Ok(told.filter(|(pos, _)| *pos == after).map(|(_, root)| root))
}

/// A page of a feed is read. Where it tells what the order is up to its end, the next page is asked for with that. An older region
/// does not: the cursor stays at what the greeting's head covers or the furthest event that was read, which can be proven. What
/// lies between that and the page's end is empty, unless the region is set back without a word before this round is over.
///
/// # Errors
/// The store's.
pub fn read_to(tx: &Tx<'_>, scope: &Scope, page: &mut FeedPage) -> Result<(), StoreError> {
    let mut roots: Roots = meta::get(tx, TREE_ROOTS)?.unwrap_or_default();
    match page.root {
        Some(root) => {
            roots.insert(scope.clone(), (page.next, root));
            meta::put(tx, TREE_ROOTS, &roots)?;
        }
        None if roots.remove(scope).is_some() => meta::put(tx, TREE_ROOTS, &roots)?,
        None => {}
    }
    let Some(KnownRegion { epoch, pos: greeted, .. }) = meta::get(tx, KNOWN)? else {
        return Ok(());
    };
    let before = meta::get::<FurthestRead>(tx, TREE_READ)?.filter(|read| read.epoch == epoch);
    let last = page.entries.last().filter(|last| last.pos > greeted);
    let last = last.filter(|_| before.as_ref().is_none_or(|read| read.greeted == greeted));
    let furthest = before.iter().map(|read| read.leaf.pos).chain(last.map(|last| last.pos)).max();
    if page.root.is_none() {
        page.next = page.next.min(furthest.map_or(greeted, |pos| pos.max(greeted)));
    }
    let Some(last) = last.filter(|last| Some(last.pos) == furthest) else { return Ok(()) };
    let (pos, hash, recorded_at) = (last.pos, last.event.hash(), last.recorded_at);
    let leaf = TreeLeaf { pos, hash, recorded_at };
    meta::put(tx, TREE_READ, &FurthestRead { epoch, greeted, leaf })
}

/// The region's history is another one: what was read of the one before proves nothing of it, and everything is read anew.
///
/// # Errors
/// The store's.
pub fn begin_anew(tx: &Tx<'_>) -> Result<(), StoreError> {
    [TREE_READ, TREE_ACKED, TREE_ROOTS, TREE_BEGUN, TREE_ANEW]
        .into_iter()
        .try_for_each(|key| meta::remove(tx, key))
}

/// What came of a demand: the newest head is kept, and the first of each contradiction. What this desk itself had gone by is
/// proven, or everything is read anew, now or, when this round is cut off, with the next.
///
/// # Errors
/// The store's.
pub fn judged(
    tx: &Tx<'_>,
    at: DateTime<Utc>,
    demand: &Demand,
    answer: Option<&TreeProof>,
) -> Result<bool, StoreError> {
    let (newest, found) = demand.judge(answer);
    let proven = found.is_none();
    let kept = meta::get::<SignedTreeHead>(tx, TREE)?.and_then(|kept| demand.by.read(&kept));
    let is_answered = |begun: &SignedTreeHead| {
        let covered = |h: TreeHead| kept.as_ref().is_some_and(|kept| h.size <= kept.size);
        demand.old.as_ref().is_some_and(|(old, _)| old == begun)
            || demand.by.read(begun).is_none_or(covered)
    };
    match (&found, &demand.new) {
        (Some(found), _) if demand.own && found.fault.is_another_order() => {
            meta::put(tx, TREE_ANEW, &true)?;
        }
        (None, Some((signed, _))) if demand.own => {
            // One that could not be proven stays: the next round asks again.
            if meta::get::<SignedTreeHead>(tx, TREE_BEGUN)?.is_none_or(|begun| is_answered(&begun))
            {
                meta::put(tx, TREE_BEGUN, signed)?;
            }
            if meta::get::<FurthestRead>(tx, TREE_READ)?
                .is_some_and(|r| Some(r.leaf) == demand.leaf)
            {
                meta::remove(tx, TREE_READ)?;
            }
        }
        _ => {}
    }
    let acked = meta::get::<FurthestAcked>(tx, TREE_ACKED)?;
    if proven && demand.own && acked.is_some_and(|acked| Some(acked.leaf) == demand.leaf) {
        meta::remove(tx, TREE_ACKED)?;
    }
    keep(tx, at, found, newest.as_ref())?;
    Ok(proven)
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
        let begun = meta::get::<SignedTreeHead>(conn, TREE_BEGUN)?;
        let begun = begun.and_then(|s| by.read(&s).map(|h| (s, h)));
        let (leaf, read) = (own(conn, open.device_id, &epoch)?, read(conn, &epoch)?);
        Ok(Some(Demand { by, old, new: None, leaf, own: true, begun, read }))
    })
}

/// Keeps the newest head, and the first of each contradiction: the same one is told once.
///
/// # Errors
/// The store's.
fn keep(
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
