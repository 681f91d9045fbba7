//! The region's signed tree head (RFC 6962): one hash over its whole order, which can only grow. A desk keeps the
//! newest it saw, asks for the proof that the next one grew out of it, and that its own events are in it; so a
//! region cannot show two desks two histories, nor take one back, without being caught (`reliability.md` S33).

use crate::signed::{EventHash, SigningError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, Utc};
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use esik_domain::ids::Pos;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Separates the signature of a tree head from every other signature.
const DOMAIN: &[u8] = b"esik/sign-tree-head/1\0";
/// A signed head, at most, in bytes.
const HEAD_BYTES_MAX: usize = 1024;
/// Hashes in one proof, at most: a tree of all positions there can be is 63 high.
pub const PROOF_HASHES_MAX: usize = 128;
/// Heads of other desks in one greeting, at most.
pub const TREES_SEEN_MAX: usize = 4;

/// The region's order up to a position, in one hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TreeHead {
    pub region: String,
    /// Heads of two epochs have nothing to do with each other.
    pub epoch: String,
    /// Events in it: the leaf at index `pos - 1` is the event at `pos`.
    pub size: u64,
    /// Merkle tree hash of RFC 6962 over the leaves.
    pub root: EventHash,
    pub at: DateTime<Utc>,
}

/// `t` holds the exact UTF-8 bytes that were signed; `s` the region's Ed25519 signature, base64.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedTreeHead {
    pub t: String,
    pub s: String,
}

/// `GET /v1/tree/proof?epoch&from&to&leaf`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TreeProofRequest {
    pub epoch: String,
    /// Size of the older tree; 0 = no proof of growth is asked for.
    pub from: u64,
    /// Size of the newer tree; `None` = as it stands, and the answer brings its head.
    pub to: Option<u64>,
    /// Position of an event that must be in the newer one.
    pub leaf: Option<Pos>,
}

/// What the region answers: `PROOF(from, D[to])` and `PATH(leaf, D[to])` of RFC 6962.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TreeProof {
    /// Head of the newer tree when no size was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<SignedTreeHead>,
    pub growth: Vec<EventHash>,
    pub path: Vec<EventHash>,
}

/// An event as it stands in the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TreeLeaf {
    pub pos: Pos,
    pub hash: EventHash,
    /// When the region recorded it; to the millisecond.
    pub recorded_at: DateTime<Utc>,
}

impl TreeLeaf {
    /// What is hashed into the tree: the event's hash and the region's time, so that neither changes unseen.
    #[must_use]
    pub fn bytes(&self) -> [u8; 40] {
        leaf_bytes(&self.hash, self.recorded_at.timestamp_millis())
    }
}

/// See [`TreeLeaf::bytes`]; `recorded_ms` in milliseconds since 1970, UTC.
#[must_use]
pub fn leaf_bytes(hash: &EventHash, recorded_ms: i64) -> [u8; 40] {
    let mut out = [0; 40];
    out[..32].copy_from_slice(&hash.0);
    out[32..].copy_from_slice(&recorded_ms.to_be_bytes());
    out
}

/// Root of the tree without leaves.
#[must_use]
pub fn empty_root() -> EventHash {
    EventHash(Sha256::digest(b"").into())
}

impl SignedTreeHead {
    /// Serialises and signs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sign(of: &TreeHead, key: &SigningKey) -> Result<Self, SigningError> {
        let t = serde_json::to_string(of).map_err(|e| SigningError::Shape(e.to_string()))?;
        let s = B64.encode(key.sign(&signed_bytes(&t)).to_bytes());
        Ok(Self { t, s })
    }

    /// What was signed, when this key signed it.
    ///
    /// # Errors
    /// Too large, another key or other bytes, not a tree head.
    pub fn read(&self, key: &VerifyingKey) -> Result<TreeHead, SigningError> {
        if self.t.len() > HEAD_BYTES_MAX {
            return Err(SigningError::TooLarge);
        }
        let signature = B64.decode(&self.s).map_err(|_| SigningError::Encoding)?;
        let signature = Signature::from_slice(&signature).map_err(|_| SigningError::Encoding)?;
        key.verify_strict(&signed_bytes(&self.t), &signature)
            .map_err(|_| SigningError::Signature)?;
        serde_json::from_str(&self.t).map_err(|e| SigningError::Shape(e.to_string()))
    }
}

fn signed_bytes(t: &str) -> Vec<u8> {
    [DOMAIN, t.as_bytes()].concat()
}

/// Did the newer tree grow out of the older one?
#[must_use]
pub fn grew(old: &TreeHead, new: &TreeHead, proof: &TreeProof) -> bool {
    if old.size == 0 {
        return true;
    }
    if old.size == new.size {
        return old.root == new.root;
    }
    sound(new, &proof.growth)
        && ConsistencyProof::<Sha256>::try_from_bytes(concat(&proof.growth))
            .is_ok_and(|p| root(new).verify_consistency(&root(old), &p).is_ok())
}

/// Is the event in the tree, at its position and with its time?
#[must_use]
pub fn holds(head: &TreeHead, leaf: &TreeLeaf, proof: &TreeProof) -> bool {
    let Some(index) = leaf.pos.0.checked_sub(1).filter(|i| *i < head.size) else { return false };
    sound(head, &proof.path)
        && InclusionProof::<Sha256>::try_from_bytes(concat(&proof.path))
            .is_ok_and(|p| root(head).verify_inclusion(&leaf.bytes(), index, &p).is_ok())
}

/// The library counts positions in half of 64 bits.
fn sound(head: &TreeHead, hashes: &[EventHash]) -> bool {
    i64::try_from(head.size).is_ok() && hashes.len() <= PROOF_HASHES_MAX
}

fn root(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new(head.root.0.into(), head.size)
}

fn concat(hashes: &[EventHash]) -> Vec<u8> {
    hashes.iter().flat_map(|h| h.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    fn leaf(n: u64) -> TreeLeaf {
        let hash = EventHash(Sha256::digest(n.to_be_bytes()).into());
        TreeLeaf { pos: Pos(n), hash, recorded_at: DateTime::UNIX_EPOCH }
    }

    fn tree(n: u64) -> MemoryBackedTree<Sha256, [u8; 40]> {
        let mut tree = MemoryBackedTree::new();
        (1..=n).for_each(|i| tree.push(leaf(i).bytes()));
        tree
    }

    fn head(n: u64) -> TreeHead {
        TreeHead {
            region: "KZ-AKM".into(),
            epoch: "e".into(),
            size: n,
            root: EventHash((*tree(n).root().as_bytes()).into()),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn hashes(bytes: &[u8]) -> Vec<EventHash> {
        bytes.chunks(32).map(|c| EventHash(c.try_into().unwrap())).collect()
    }

    /// S33 (part).
    #[test]
    fn only_a_tree_that_grew_is_believed() {
        for new in 1..40_u64 {
            for old in 1..=new {
                let added = usize::try_from(new - old).unwrap();
                let growth = hashes(tree(new).prove_consistency(added).as_bytes());
                let proof = TreeProof { growth, ..TreeProof::default() };
                assert!(grew(&head(old), &head(new), &proof), "{old} → {new}");
                let other = TreeHead { root: leaf(9).hash, ..head(old) };
                assert!(!grew(&other, &head(new), &proof), "{old} → {new}: another past");
                if old < new && !old.is_power_of_two() {
                    assert!(!grew(&head(old), &head(new), &TreeProof::default()), "{old} → {new}");
                }
            }
            for pos in 1..=new {
                let at = usize::try_from(pos - 1).unwrap();
                let path = hashes(tree(new).prove_inclusion(at).as_bytes());
                let proof = TreeProof { path, ..TreeProof::default() };
                assert!(holds(&head(new), &leaf(pos), &proof), "{pos} of {new}");
                let later = TreeLeaf {
                    recorded_at: DateTime::UNIX_EPOCH + chrono::Days::new(1),
                    ..leaf(pos)
                };
                assert!(!holds(&head(new), &later, &proof), "{pos} of {new}: another time");
                assert!(!holds(&head(new), &TreeLeaf { pos: Pos(new + 1), ..leaf(pos) }, &proof));
            }
        }
        assert!(grew(
            &TreeHead { size: 0, root: empty_root(), ..head(1) },
            &head(3),
            &TreeProof::default()
        ));
    }

    #[test]
    fn a_proof_that_lies_about_its_size_does_no_harm() {
        let huge = TreeHead { size: u64::MAX, ..head(3) };
        let many = TreeProof {
            growth: vec![leaf(1).hash; 10_000],
            path: vec![leaf(1).hash; 10_000],
            head: None,
        };
        for proof in [TreeProof::default(), many] {
            assert!(!grew(&head(3), &huge, &proof));
            assert!(!holds(&huge, &leaf(2), &proof));
            assert!(!grew(&huge, &head(3), &proof), "a tree does not shrink");
        }
    }

    #[test]
    fn only_the_regions_own_head_is_read() {
        let (own, other) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[8; 32]));
        let signed = SignedTreeHead::sign(&head(3), &own).unwrap();
        assert_eq!(signed.read(&own.verifying_key()), Ok(head(3)));
        assert_eq!(signed.read(&other.verifying_key()), Err(SigningError::Signature));
        let touched = SignedTreeHead { t: signed.t.replace(":3,", ":4,"), ..signed };
        assert_eq!(touched.read(&own.verifying_key()), Err(SigningError::Signature));
    }
}
