//! What a desk demands of the region's tree heads: that each grew out of the one before and out of those other
//! desks have seen, and that the desk's own last acknowledged event is in it (S33). Pure; who keeps what is `Local`.

use ed25519_dalek::VerifyingKey;
use esik_wire::planted;
use esik_wire::tree::{grew, holds};
use esik_wire::{HelloResponse, SignedTreeHead, TreeHead, TreeLeaf, TreeProof, TreeProofRequest};
use serde::{Deserialize, Serialize};

/// Why the region is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreeFault {
    /// The head is not signed by the region, or is of another one.
    Signature,
    /// It holds fewer events than one it signed before.
    Shrunk,
    /// Two heads of one size differ, or one did not grow out of the other: two histories.
    Split,
    /// An event that it acknowledged is not in it.
    EventMissing,
    /// It gives no proof.
    Unproven,
}

impl TreeFault {
    /// The region shows another order than it did: not only that it proves nothing.
    #[must_use]
    pub fn is_another_order(self) -> bool {
        matches!(self, Self::Shrunk | Self::Split | Self::EventMissing)
    }

    /// Stable code for messages; the words live in the catalogues.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Shrunk => "shrunk",
            Self::Split => "split",
            Self::EventMissing => "event_missing",
            Self::Unproven => "unproven",
        }
    }
}

/// One thing the region has to prove.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demand {
    /// Whose signature counts, and of which region and epoch the heads have to be.
    pub by: Signer,
    /// Head that the newer one must have grown out of; `None` = the first one seen.
    pub old: Option<(SignedTreeHead, TreeHead)>,
    /// The newer one; `None` = as the order stands when the region is asked, and it is kept then.
    pub new: Option<(SignedTreeHead, TreeHead)>,
    /// An event of this desk that must be in the newer one.
    pub leaf: Option<TreeLeaf>,
    /// What this desk itself went by, not another one: contradicted, everything is read anew.
    pub own: bool,
    /// What is to be proven of the newest head as well, when it is told: that it grew out of the one under which the round began, and
    /// holds the furthest event that was read.
    pub begun: Option<(SignedTreeHead, TreeHead)>,
    pub read: Option<TreeLeaf>,
}

/// The region whose heads are looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signer {
    pub key: VerifyingKey,
    pub region: String,
    pub epoch: String,
}

impl Signer {
    /// A head of this region and epoch.
    #[must_use]
    pub fn read(&self, signed: &SignedTreeHead) -> Option<TreeHead> {
        signed.read(&self.key).ok().filter(|h| h.region == self.region && h.epoch == self.epoch)
    }
}

/// Two things the region signed that cannot both be true, or one that it cannot prove: evidence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contradiction {
    pub fault: TreeFault,
    pub old: Option<SignedTreeHead>,
    pub new: Option<SignedTreeHead>,
    pub leaf: Option<TreeLeaf>,
}

/// What a greeting asks to be proven, and what it already contradicts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// Against what a round that was cut off had gone by: before anything else is sent or read; the last one first.
    pub first: Vec<Demand>,
    /// Against what other desks have seen.
    pub demands: Vec<Demand>,
    /// The order is another one than this desk's newest head says: it has to be proven at the end of the round.
    pub moved: bool,
    pub found: Option<Contradiction>,
}

/// What a desk goes by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GoneBy {
    /// The newest head that it demanded a proof of, at the end of a round.
    pub kept: Option<SignedTreeHead>,
    /// The head under which it last began to send and read.
    pub begun: Option<SignedTreeHead>,
    /// The furthest event that it read beyond the head of a greeting.
    pub read: Option<TreeLeaf>,
    /// Its own last acknowledged event.
    pub own: Option<TreeLeaf>,
}

/// Looks at what a greeting brought.
#[must_use]
pub fn look(by: &Signer, gone_by: &GoneBy, hello: &HelloResponse) -> Look {
    let read = |s: &Option<SignedTreeHead>| s.clone().and_then(|s| by.read(&s).map(|h| (s, h)));
    let mut look = Look::default();
    let Some(signed) = &hello.tree else { return look };
    let Some(new) = by.read(signed) else {
        look.found = Some(Contradiction {
            fault: TreeFault::Signature,
            old: None,
            new: Some(signed.clone()),
            leaf: None,
        });
        return look;
    };
    let old = read(&gone_by.kept);
    // What was proven at the end of a round covers what that round read.
    let proven = old.as_ref().map_or(0, |(_, h)| h.size);
    let begun = read(&gone_by.begun).filter(|(_, h)| h.size > proven);
    let beyond = |leaf: &TreeLeaf| leaf.pos.0 > proven;
    let demand = |old: Option<(SignedTreeHead, TreeHead)>, leaf| Demand {
        by: by.clone(),
        old,
        new: Some((signed.clone(), new.clone())),
        leaf,
        own: true,
        begun: None,
        read: None,
    };
    // Each by itself: what came later may be of another order than what was read before.
    let (own, read) = (gone_by.own.filter(beyond), gone_by.read.filter(beyond));
    if !planted::is("cut_round_unproven") {
        look.first.extend(own.filter(|_| own != read).map(|own| demand(None, Some(own))));
        if begun.is_some() || read.is_some() {
            look.first.push(demand(begun, read));
        }
    }
    look.moved = old.as_ref().is_none_or(|(_, h)| *h != new);
    for other in &hello.trees_seen {
        // A head that the region did not sign proves nothing against it.
        let Some(head) = by.read(other).filter(|h| (1..=new.size).contains(&h.size)) else {
            continue;
        };
        if old.as_ref().is_some_and(|(_, h)| (h.size, h.root) == (head.size, head.root)) {
            continue;
        }
        look.demands.push(Demand {
            by: by.clone(),
            old: Some((other.clone(), head)),
            new: Some((signed.clone(), new.clone())),
            leaf: None,
            own: false,
            begun: None,
            read: None,
        });
    }
    look
}

impl Demand {
    /// What to ask the region.
    #[must_use]
    pub fn request(&self) -> TreeProofRequest {
        let from = self.old.as_ref().map_or(0, |(_, h)| h.size);
        let to = self.new.as_ref().map(|(_, h)| h.size);
        TreeProofRequest {
            epoch: self.by.epoch.clone(),
            from: if Some(from) == to { 0 } else { from },
            to,
            leaf: self.leaf.map(|l| l.pos),
        }
    }

    /// Nothing has to be asked: what was gone by lies beyond the head.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        let old = self.old.as_ref().map(|(_, h)| h.size);
        let furthest = old.into_iter().chain(self.leaf.map(|leaf| leaf.pos.0)).max();
        furthest.zip(self.new.as_ref()).is_some_and(|(furthest, (_, new))| furthest > new.size)
    }

    /// What is still to be proven when the newest head was told. Each by itself, so that nothing hides behind another thing that is
    /// not proven.
    #[must_use]
    pub fn then(&self, answer: Option<&TreeProof>) -> Vec<Self> {
        let told = answer.and_then(|answer| answer.head.clone());
        let Some((told, new)) = told.and_then(|told| Some((told.clone(), self.by.read(&told)?)))
        else {
            return Vec::new();
        };
        let begun = self.begun.clone().filter(|(_, h)| *h != new);
        let read = self.read.filter(|_| self.read != self.leaf);
        // Where the kept head does not fit, the event was not looked at.
        let leaf = self.leaf.filter(|_| self.judge(answer).1.is_some());
        let rest = |old: Option<(SignedTreeHead, TreeHead)>, leaf| Self {
            old,
            new: Some((told.clone(), new.clone())),
            leaf,
            begun: None,
            read: None,
            ..self.clone()
        };
        let both = Some((begun, read)).filter(|(begun, read)| begun.is_some() || read.is_some());
        let alone = leaf.map(|leaf| rest(None, Some(leaf)));
        both.map(|(begun, read)| rest(begun, read)).into_iter().chain(alone).collect()
    }

    /// The head that is kept after the answer, and what the answer contradicts. No answer proves nothing.
    #[must_use]
    pub fn judge(
        &self,
        answer: Option<&TreeProof>,
    ) -> (Option<SignedTreeHead>, Option<Contradiction>) {
        let told = answer.and_then(|a| a.head.clone());
        let signed = self.new.as_ref().map(|(s, _)| s.clone()).or_else(|| told.clone());
        let new = match (&self.new, &told) {
            (Some((_, head)), _) => Some(head.clone()),
            (None, told) => told.as_ref().and_then(|s| self.by.read(s)),
        };
        let fault = match (answer, &new) {
            (None, _) => Some(TreeFault::Unproven),
            (Some(_), None) if signed.is_none() => Some(TreeFault::Unproven),
            (Some(_), None) => Some(TreeFault::Signature),
            (Some(_), Some(_)) if planted::is("another_order_believed") => None,
            (Some(proof), Some(new)) => self.fault(new, proof),
        };
        let contradiction = fault.map(|fault| Contradiction {
            fault,
            old: self.old.as_ref().map(|(s, _)| s.clone()),
            new: signed,
            leaf: self.leaf,
        });
        // Also after a contradiction the desk goes on from what the region says now; the evidence stays.
        (told.filter(|_| self.new.is_none() && new.is_some()), contradiction)
    }

    fn fault(&self, new: &TreeHead, proof: &TreeProof) -> Option<TreeFault> {
        if let Some((_, old)) = &self.old {
            if old.size > new.size {
                return Some(TreeFault::Shrunk);
            }
            let beyond = self.leaf.is_some_and(|leaf| leaf.pos.0 > new.size);
            if !beyond && !grew(old, new, proof) {
                return Some(TreeFault::Split);
            }
        }
        let missing = self.leaf.as_ref().is_some_and(|leaf| !holds(new, leaf, proof));
        missing.then_some(TreeFault::EventMissing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use ed25519_dalek::SigningKey;
    use esik_domain::ids::Pos;
    use esik_wire::{EventHash, Head};

    fn head(key: u8, size: u64, root: u8) -> SignedTreeHead {
        let head = TreeHead {
            region: "KZ-AKM".into(),
            epoch: "e".into(),
            size,
            root: EventHash([root; 32]),
            at: DateTime::UNIX_EPOCH,
        };
        SignedTreeHead::sign(&head, &SigningKey::from_bytes(&[key; 32])).unwrap()
    }

    fn own(old: Option<SignedTreeHead>, leaf: Option<TreeLeaf>) -> Demand {
        let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let by = Signer { key, region: "KZ-AKM".into(), epoch: "e".into() };
        let old = old.map(|s| (s.clone(), by.read(&s).unwrap()));
        Demand { by, old, new: None, leaf, own: true, begun: None, read: None }
    }

    fn answer(head: SignedTreeHead) -> TreeProof {
        TreeProof { head: Some(head), ..TreeProof::default() }
    }

    /// S15 (part), S33 (part): a round that was cut off proved nothing of what it sent and read. The next one begins with that, and
    /// with nothing when the last round came to its end.
    #[test]
    fn what_a_cut_round_went_by_is_proven_first() {
        let by = own(None, None).by;
        let hello: HelloResponse = serde_json::from_value(serde_json::json!({
            "protocol": 1, "server_time": DateTime::UNIX_EPOCH, "epoch": "e", "region_pos": 9, "scopes": [],
            "acked": Head::default(), "leases": [], "officers": [], "tree": head(7, 9, 1),
        }))
        .unwrap();
        let first = |gone_by: GoneBy| -> Vec<_> {
            let first = look(&by, &gone_by, &hello).first.into_iter().rev();
            first
                .inspect(|d| {
                    assert!(d.own && d.new.as_ref().map(|(s, _)| s) == hello.tree.as_ref())
                })
                .map(|d| (d.old.map(|(_, h)| h.size), d.leaf.map(|l| l.pos.0)))
                .collect()
        };
        let kept = Some(head(7, 5, 1));
        assert_eq!(first(GoneBy::default()), [], "nothing was read yet");
        let begun = Some(head(7, 7, 1));
        let only = GoneBy { begun: begun.clone(), ..GoneBy::default() };
        assert_eq!(first(only), [(Some(7), None)]);
        let (own, read) = (Some(leaf(9)), Some(leaf(8)));
        assert_eq!(
            first(GoneBy { kept: kept.clone(), begun, read, own }),
            [(Some(7), Some(8)), (None, Some(9))],
            "a later one says nothing of an earlier one"
        );
        let (own, read) = (Some(leaf(5)), Some(leaf(5)));
        let whole = GoneBy { begun: kept.clone(), kept: kept.clone(), read, own };
        assert_eq!(first(whole), []);
        let (own, read) = (Some(leaf(6)), Some(leaf(6)));
        let beyond = GoneBy { begun: kept.clone(), kept, read, own };
        assert_eq!(first(beyond), [(None, Some(6))]);
        // Of another history nothing is asked.
        let other = Signer { epoch: "f".into(), ..by.clone() };
        let gone_by = GoneBy { begun: Some(head(7, 7, 1)), ..GoneBy::default() };
        assert_eq!(look(&other, &gone_by, &hello).first, []);
    }

    fn leaf(pos: u64) -> TreeLeaf {
        TreeLeaf { pos: Pos(pos), hash: EventHash([9; 32]), recorded_at: DateTime::UNIX_EPOCH }
    }

    /// S33 (part): what lies beyond a named head is not asked for, and is what it is: taken back.
    #[test]
    fn what_lies_beyond_a_head_is_taken_back() {
        let by = own(None, None).by;
        let named = |old: Option<SignedTreeHead>, leaf| {
            let new = head(7, 5, 1);
            let new = by.read(&new).map(|read| (new, read));
            Demand { new, ..own(old, leaf) }
        };
        let fault = |demand: &Demand| demand.judge(Some(&TreeProof::default())).1.map(|f| f.fault);
        for (old, event, told) in [
            (Some(head(7, 6, 2)), None, TreeFault::Shrunk),
            (None, Some(leaf(6)), TreeFault::EventMissing),
            (Some(head(7, 3, 2)), Some(leaf(6)), TreeFault::EventMissing),
        ] {
            let demand = named(old, event);
            assert!(demand.is_beyond());
            assert_eq!(fault(&demand), Some(told));
        }
        assert!(!named(Some(head(7, 5, 1)), Some(leaf(5))).is_beyond());
        assert!(!own(Some(head(7, 5, 1)), Some(leaf(5))).is_beyond(), "the newest is not told yet");
    }

    /// S33 (part): when the newest head is told, everything that the round went by is proven of it, each by itself.
    #[test]
    fn what_a_round_went_by_is_proven_of_the_newest_head() {
        let begun = head(7, 4, 3);
        let begun = own(None, None).by.read(&begun).map(|read| (begun, read));
        let whole = |kept, leaf| Demand { begun: begun.clone(), ..own(kept, leaf) };
        let then = |demand: &Demand, told| -> Vec<_> {
            let rest = demand.then(Some(&answer(told))).into_iter();
            rest.map(|d| (d.old.map(|(_, h)| h.size), d.leaf.map(|l| l.pos.0), d.own)).collect()
        };
        let read = |demand| Demand { read: Some(leaf(6)), ..demand };
        let first = whole(None, None);
        assert_eq!(then(&first, head(7, 9, 1)), [(Some(4), None, true)]);
        assert_eq!(then(&first, head(7, 4, 3)), [], "it is the one under which the round began");
        assert_eq!(then(&read(first), head(7, 9, 1)), [(Some(4), Some(6), true)]);
        assert_eq!(
            then(&read(own(None, Some(leaf(6)))), head(7, 9, 1))[..],
            [(None, Some(6), true)]
        );
        let split = whole(Some(head(7, 3, 2)), Some(leaf(5)));
        assert_eq!(
            then(&split, head(7, 9, 1)),
            [(Some(4), None, true), (None, Some(5), true)],
            "behind a head that does not fit the event was not looked at"
        );
        assert_eq!(whole(None, None).then(None), [], "nothing was told");
        assert_eq!(whole(None, None).then(Some(&answer(head(8, 9, 1)))), [], "not by the region");
    }

    /// S33 (part).
    #[test]
    fn every_way_to_contradict_oneself_has_its_name() {
        let says = |demand: &Demand, answer: Option<&TreeProof>| {
            let (kept, found) = demand.judge(answer);
            (kept.is_some(), found.map(|f| f.fault))
        };
        let first = own(None, None);
        assert_eq!(says(&first, Some(&answer(head(7, 3, 1)))), (true, None));
        assert_eq!(says(&first, Some(&answer(head(8, 3, 1)))), (false, Some(TreeFault::Signature)));
        assert_eq!(says(&first, Some(&TreeProof::default())), (false, Some(TreeFault::Unproven)));
        assert_eq!(says(&first, None), (false, Some(TreeFault::Unproven)));
        let next = own(Some(head(7, 3, 1)), None);
        assert_eq!(says(&next, Some(&answer(head(7, 3, 1)))), (true, None));
        assert_eq!(says(&next, Some(&answer(head(7, 2, 1)))), (true, Some(TreeFault::Shrunk)));
        assert_eq!(says(&next, Some(&answer(head(7, 3, 2)))), (true, Some(TreeFault::Split)));
        assert_eq!(says(&next, Some(&answer(head(7, 4, 2)))), (true, Some(TreeFault::Split)));
        let mine = own(None, Some(leaf(2)));
        assert_eq!(
            says(&mine, Some(&answer(head(7, 1, 1)))),
            (true, Some(TreeFault::EventMissing))
        );
        assert_eq!(
            says(&mine, Some(&answer(head(7, 3, 1)))),
            (true, Some(TreeFault::EventMissing))
        );
    }
}
