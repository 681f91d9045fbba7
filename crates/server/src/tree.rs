//! The region's tree (RFC 6962) over its order: the signed head that `hello` tells, and proofs that it only grew.
//!
//! Nothing of it is on the path of a push. The tree follows the order before the server listens and when somebody
//! asks for its head: the new leaves are read once, hashes of whole subtrees of 256 leaves are kept (`tree_tile`),
//! so that a proof reads some thousands of hashes at most, whatever the size.

use crate::region::{Region, bad_request, failed};
use crate::store::{Store, StoreError, StoreResult, TreeTile};
use ct_merkle::{indices_for_consistency_proof, indices_for_inclusion_proof};
use esik_domain::ids::{DeviceId, Pos};
use esik_wire::tree::{TREES_SEEN_MAX, empty_root};
use esik_wire::{
    ApiError, ApiErrorCode, EventHash, SignedTreeHead, TreeHead, TreeProof, TreeProofRequest,
};
use sha2::{Digest as _, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

/// Leaves, or tiles of the level below, under one tile: 2^8.
const TILE_BITS: u32 = 8;
/// Levels of tiles that are kept: the highest stands for 2^24 events.
const LEVELS: u32 = 3;
/// Leaves read at once.
const PAGE: u64 = 4096;
/// Tiles kept with one write; each write is durable, and a moved region of ten million events makes forty thousand.
const TILES_AT_ONCE: usize = 64;
/// Whoever waits for a region of millions reads how far it is.
const TELL_EACH: u64 = 1_000_000;
/// Heads remembered in memory.
const LATELY: usize = 256;
/// Roots remembered in memory: desks stand where the order ended when they read it last.
const ROOTS: usize = 1024;

/// Whole subtrees from left to right, each with its height; the root follows from them.
#[derive(Clone, Default, Debug)]
struct Peaks {
    size: u64,
    peaks: Vec<(u32, EventHash)>,
}

impl Peaks {
    /// Adds a whole subtree of 2^`height` leaves to the right. Gives the subtrees that it completed.
    fn add(&mut self, height: u32, hash: EventHash) -> Vec<(u32, EventHash)> {
        self.size += 1 << height;
        let mut node = (height, hash);
        let mut made = vec![node];
        while let Some((left_height, left)) = self.peaks.last().copied()
            && left_height == node.0
        {
            self.peaks.pop();
            node = (node.0 + 1, parent(&left, &node.1));
            made.push(node);
        }
        self.peaks.push(node);
        made
    }

    fn root(&self) -> EventHash {
        let mut right_to_left = self.peaks.iter().rev();
        let Some((_, last)) = right_to_left.next() else { return empty_root() };
        right_to_left.fold(*last, |right, (_, left)| parent(left, &right))
    }
}

fn parent(left: &EventHash, right: &EventHash) -> EventHash {
    let mut h = Sha256::new_with_prefix([1]);
    h.update(left.0);
    h.update(right.0);
    EventHash(h.finalize().into())
}

fn leaf_hash(bytes: &[u8; 40]) -> EventHash {
    let mut h = Sha256::new_with_prefix([0]);
    h.update(bytes);
    EventHash(h.finalize().into())
}

/// The tree as far as this process followed the order.
#[derive(Default, Debug)]
pub struct Tree {
    /// False until the kept tiles were read.
    begun: bool,
    peaks: Peaks,
    signed: Option<(u64, SignedTreeHead)>,
    /// What this process signed lately: a desk that shows one of these need not be looked up.
    lately: VecDeque<(u64, EventHash)>,
    /// Roots of the order by its size, as they were told to desks or asked by them.
    roots: VecDeque<(u64, EventHash)>,
}

impl Tree {
    /// Follows the order up to a size that it has. What failed begins again with the tiles that are kept, so that
    /// none is left out for good.
    fn follow(&mut self, store: &dyn Store, size: u64) -> StoreResult<()> {
        let followed = self.go_on(store, size);
        self.begun &= followed.is_ok();
        followed
    }

    fn go_on(&mut self, store: &dyn Store, size: u64) -> StoreResult<()> {
        if !self.begun {
            self.peaks = kept(store)?;
            self.begun = true;
        }
        let mut tiles = Vec::new();
        while self.peaks.size < size {
            let from = self.peaks.size;
            let leaves = store.leaves(Pos(from + 1), PAGE.min(size - from))?;
            if leaves.is_empty() {
                return Err(hole(from));
            }
            for leaf in &leaves {
                for (height, hash) in self.peaks.add(0, leaf_hash(leaf)) {
                    if height > 0 && height % TILE_BITS == 0 && height <= LEVELS * TILE_BITS {
                        let index = (self.peaks.size >> height) - 1;
                        tiles.push(TreeTile { level: height / TILE_BITS, index, hash });
                    }
                }
            }
            if tiles.len() >= TILES_AT_ONCE || !tiles.is_empty() && self.peaks.size == size {
                store.put_tiles(&tiles)?;
                tiles.clear();
            }
            if from / TELL_EACH < self.peaks.size / TELL_EACH {
                tracing::info!(events = self.peaks.size, of = size, "following the order");
            }
        }
        Ok(())
    }
}

fn hole(after: u64) -> StoreError {
    StoreError::Corrupt(format!("no event after position {after}, though the head is beyond"))
}

/// What the kept tiles stand for.
fn kept(store: &dyn Store) -> StoreResult<Peaks> {
    let mut peaks = Peaks::default();
    for level in (1..=LEVELS).rev() {
        let height = level * TILE_BITS;
        loop {
            let tiles = store.tiles(level, peaks.size >> height, PAGE)?;
            for tile in &tiles {
                peaks.add(height, *tile);
            }
            if (tiles.len() as u64) < PAGE {
                break;
            }
        }
    }
    Ok(peaks)
}

/// Hash of the tree over leaves `from..to` (from 0), `from` being where a subtree of that size may begin.
fn range(store: &dyn Store, from: u64, to: u64) -> StoreResult<EventHash> {
    let mut peaks = Peaks::default();
    let mut at = from;
    for level in (1..=LEVELS).rev() {
        let height = level * TILE_BITS;
        let count = (to - at) >> height;
        if count == 0 || at.trailing_zeros() < height {
            continue;
        }
        for tile in store.tiles(level, at >> height, count)? {
            peaks.add(height, tile);
            at += 1 << height;
        }
    }
    while at < to {
        let leaves = store.leaves(Pos(at + 1), PAGE.min(to - at))?;
        if leaves.is_empty() {
            return Err(hole(at));
        }
        for leaf in &leaves {
            peaks.add(0, leaf_hash(leaf));
        }
        at += leaves.len() as u64;
    }
    Ok(peaks.root())
}

/// A node by its index in the array of RFC 6962's tree over `size` leaves: even ones are leaves, the height of
/// the others is the number of their trailing ones.
fn node(store: &dyn Store, index: u64, size: u64) -> StoreResult<EventHash> {
    let reach = (1_u64 << index.trailing_ones()) - 1;
    let (from, to) = ((index - reach) / 2, index.midpoint(reach) + 1);
    // `index + reach` is even: both ends of the span are leaves.
    range(store, from, to.min(size))
}

impl Region {
    /// Brings the tree to the head of the order, so that no greeting waits for it. A region that was moved or
    /// restored has none yet: every event is read once. Over a standby nothing is kept, and nothing done.
    ///
    /// # Errors
    /// The store's.
    pub fn follow_tree(&self) -> StoreResult<()> {
        if self.read_only {
            return Ok(());
        }
        let size = self.store.head()?.0;
        self.tree.lock().unwrap_or_else(PoisonError::into_inner).follow(self.store.as_ref(), size)
    }

    /// The signed head of the order as it stands.
    ///
    /// # Errors
    /// The store's.
    pub fn tree_head(&self) -> Result<SignedTreeHead, ApiError> {
        Ok(self.newest_tree()?.1)
    }

    fn newest_tree(&self) -> Result<(u64, SignedTreeHead), ApiError> {
        let size = self.store.head().map_err(failed)?.0;
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        // Another process may be behind what this one has followed meanwhile.
        let size = size.max(tree.peaks.size);
        tree.follow(self.store.as_ref(), size).map_err(failed)?;
        if let Some((of, signed)) = &tree.signed
            && *of == size
        {
            return Ok((size, signed.clone()));
        }
        let head = TreeHead {
            region: self.row.id.clone(),
            epoch: self.row.epoch.clone(),
            size,
            root: tree.peaks.root(),
            at: self.env.now(),
        };
        let signed = SignedTreeHead::sign(&head, &self.key).map_err(|e| {
            tracing::error!(error = %e, "the tree head cannot be signed");
            ApiError::new(ApiErrorCode::Internal)
        })?;
        tree.signed = Some((size, signed.clone()));
        tree.lately.truncate(LATELY - 1);
        tree.lately.push_front((size, head.root));
        Ok((size, signed))
    }

    /// Root of the order up to a position that it has.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn root_at(&self, pos: Pos) -> Result<EventHash, ApiError> {
        let lock = || self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = {
            let mut tree = lock();
            if !self.read_only && tree.peaks.size < pos.0 {
                tree.follow(self.store.as_ref(), pos.0).map_err(failed)?;
            }
            if let Some((_, root)) = tree.roots.iter().find(|(size, _)| *size == pos.0) {
                return Ok(*root);
            }
            (tree.peaks.size == pos.0).then(|| tree.peaks.root())
        };
        let root = match newest {
            Some(root) => root,
            None => range(self.store.as_ref(), 0, pos.0).map_err(failed)?,
        };
        let mut tree = lock();
        tree.roots.truncate(ROOTS - 1);
        tree.roots.push_front((pos.0, root));
        Ok(root)
    }

    /// What a desk has seen is kept for the others, and told from what this region has: a difference means that
    /// two histories were signed with one key.
    ///
    /// Gives whether it is one of this region and epoch.
    pub(crate) fn tree_seen(
        &self,
        device: DeviceId,
        seen: &SignedTreeHead,
    ) -> Result<bool, ApiError> {
        let Ok(head) = seen.read(&self.key.verifying_key()) else {
            tracing::warn!(device = %device, "a desk shows a tree head that is not this region's");
            return Ok(false);
        };
        if head.region != self.row.id || head.epoch != self.row.epoch {
            return Ok(false);
        }
        let lately = {
            let tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
            tree.lately.contains(&(head.size, head.root))
        };
        let here = self.store.head().map_err(failed)?.0;
        let same = lately
            || head.size <= here
                && range(self.store.as_ref(), 0, head.size).map_err(failed)? == head.root;
        if !same {
            tracing::error!(
                device = %device, size = head.size, here,
                "a desk holds a tree head of this region that is not of its order: restored without \
                 `admin restore --accept`, or two servers sign with one key"
            );
        }
        Ok(true)
    }

    /// Heads that other desks have seen, of this epoch.
    pub(crate) fn trees_of_others(&self, but: DeviceId) -> Result<Vec<SignedTreeHead>, ApiError> {
        let most = u32::try_from(TREES_SEEN_MAX).unwrap_or(u32::MAX);
        self.store.trees_seen(but, most).map_err(failed)
    }

    /// Proves that the order grew from one size to another, and holds an event.
    ///
    /// # Errors
    /// `unauthorised`, `history_diverged` for another epoch or sizes beyond the order, `bad_request`, `busy`.
    pub async fn tree_proof(
        self: &Arc<Self>,
        device: DeviceId,
        r: TreeProofRequest,
    ) -> Result<TreeProof, ApiError> {
        self.off(move |region| region.tree_proof_now(device, &r)).await
    }

    fn tree_proof_now(
        &self,
        device: DeviceId,
        r: &TreeProofRequest,
    ) -> Result<TreeProof, ApiError> {
        self.live_device(device)?;
        let diverged = || ApiError::new(ApiErrorCode::HistoryDiverged);
        if r.epoch != self.row.epoch {
            return Err(diverged());
        }
        let (to, head) = match r.to {
            Some(to) if to > self.store.head().map_err(failed)?.0 => return Err(diverged()),
            Some(to) => (to, None),
            None => {
                let (size, signed) = self.newest_tree()?;
                (size, Some(signed))
            }
        };
        // What lies beyond the order is not there to be proven; the desk draws its conclusion from the head.
        if head.is_none() && (r.from > to || r.leaf.is_some_and(|l| l.0 == 0 || l.0 > to)) {
            return Err(bad_request());
        }
        let nodes = |indices: Vec<u64>| -> Result<Vec<EventHash>, ApiError> {
            let one = |i| node(self.store.as_ref(), i, to).map_err(failed);
            indices.into_iter().map(one).collect()
        };
        let growth = match r.from {
            from if (1..=to).contains(&from) => {
                nodes(indices_for_consistency_proof(from, to - from))?
            }
            _ => Vec::new(),
        };
        let path = match r.leaf {
            Some(leaf) if (1..=to).contains(&leaf.0) => {
                nodes(indices_for_inclusion_proof(to, leaf.0 - 1))?
            }
            _ => Vec::new(),
        };
        Ok(TreeProof { head, growth, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;
    use crate::store::{Commit, Committed, NewEvent, RegionRow};
    use chrono::DateTime;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use esik_domain::ids::{CaseId, EventId};
    use esik_wire::tree::leaf_bytes;
    use esik_wire::{LocalName, SignedEvent};
    use uuid::Uuid;

    fn region() -> RegionRow {
        RegionRow {
            id: "akmola".to_owned(),
            name: LocalName::default(),
            device: DeviceId(Uuid::from_u128(1)),
            incarnation: 1,
            key: String::new(),
            epoch: "e".to_owned(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn fill(store: &SqliteStore, from: u64, to: u64) -> Vec<[u8; 40]> {
        let hash = |n: u64| EventHash(Sha256::digest(n.to_be_bytes()).into());
        let events = (from..to)
            .map(|n| NewEvent {
                pos: Pos(n + 1),
                id: EventId(Uuid::from_u128(u128::from(n) + 1)),
                case: CaseId(Uuid::from_u128(1)),
                kind: "note".to_owned(),
                event: SignedEvent { e: "{}".to_owned(), s: String::new() },
                hash: hash(n),
                scopes: Vec::new(),
                file: None,
                coupon: None,
            })
            .collect();
        let commit = Commit {
            expect: Pos(from),
            recorded_at: DateTime::UNIX_EPOCH,
            events,
            chains: Vec::new(),
            requests: Vec::new(),
            settled: Vec::new(),
            moves: crate::store::FeedMoves::default(),
        };
        assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
        (from..to).map(|n| leaf_bytes(&hash(n), 0)).collect()
    }

    /// A write that fails on the way leaves no tile out: the next try begins with what is kept.
    #[test]
    fn a_tree_that_could_not_be_kept_is_kept_at_the_next_try() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("region.db");
        let store = SqliteStore::open(&file, "akmola").unwrap();
        assert!(store.found(&region()).unwrap());
        fill(&store, 0, 1000);
        let beside = rusqlite::Connection::open(&file).unwrap();
        beside.execute_batch("ALTER TABLE tree_tile RENAME TO aside").unwrap();
        // One that had begun: what is kept is not asked again.
        let mut tree = Tree { begun: true, ..Tree::default() };
        assert!(tree.follow(&store, 1000).is_err());
        beside.execute_batch("ALTER TABLE aside RENAME TO tree_tile").unwrap();
        tree.follow(&store, 1000).unwrap();
        assert_eq!(store.tiles(1, 0, 1000).unwrap().len(), 3);
        assert_eq!(tree.peaks.root(), range(&store, 0, 1000).unwrap());
    }

    /// S33 (part): roots and proofs are those of the library, whatever is kept and whatever is read anew.
    #[test]
    fn the_tree_is_the_librarys_tree_at_every_size() {
        let store = SqliteStore::in_memory("akmola").unwrap();
        assert!(store.found(&region()).unwrap());
        let mut whole = MemoryBackedTree::<Sha256, [u8; 40]>::new();
        let mut tree = Tree::default();
        let mut size = 0;
        for next in [1, 2, 7, 255, 256, 257, 511, 512, 1000, 65_536, 65_537, 66_000] {
            fill(&store, size, next).into_iter().for_each(|leaf| whole.push(leaf));
            size = next;
            // Half of the time by a process that has just started.
            if size % 2 == 0 {
                tree = Tree::default();
            }
            tree.follow(&store, size).unwrap();
            let root = EventHash((*whole.root().as_bytes()).into());
            assert_eq!((tree.peaks.size, tree.peaks.root()), (size, root), "size {size}");
            assert_eq!(range(&store, 0, size).unwrap(), root, "size {size}");
            for old in
                [1, 3, 200, 256, 300, 512, 777, 65_535, size].into_iter().filter(|o| *o <= size)
            {
                let nodes: Vec<u8> = indices_for_consistency_proof(old, size - old)
                    .into_iter()
                    .flat_map(|i| node(&store, i, size).unwrap().0)
                    .collect();
                let added = usize::try_from(size - old).unwrap();
                assert!(nodes == whole.prove_consistency(added).as_bytes(), "{old} → {size}");
                let path: Vec<u8> = indices_for_inclusion_proof(size, old - 1)
                    .into_iter()
                    .flat_map(|i| node(&store, i, size).unwrap().0)
                    .collect();
                let at = usize::try_from(old - 1).unwrap();
                assert!(path == whole.prove_inclusion(at).as_bytes(), "{old} in {size}");
            }
        }
        assert_eq!(store.tiles(1, 0, 1000).unwrap().len(), 257);
        assert_eq!(store.tiles(2, 0, 1000).unwrap().len(), 1);
    }
}
