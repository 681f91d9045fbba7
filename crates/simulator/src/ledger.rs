//! What the world remembers of what was promised, to hold the program to it.

use esik_domain::ids::{CaseId, Circle, DeviceId, EventId, OfficerId, StationId};
use esik_wire::EventHash;
use std::collections::{BTreeMap, BTreeSet};

/// An event that a desk showed as saved.
#[derive(Clone, Debug)]
pub struct Written {
    pub hash: EventHash,
    pub device: DeviceId,
    pub incarnation: u32,
    pub seq: u64,
    pub station: StationId,
    pub circle: Circle,
    /// The desk (a copy counts as another one) that has to hold it.
    pub at: usize,
}

/// A number on somebody's coupon.
#[derive(Clone, Debug)]
pub struct Numbered {
    pub number: String,
    pub case: CaseId,
    pub device: DeviceId,
    pub incarnation: u32,
    /// There was another copy of the desk, or it had been put back by hand, and nobody had told it: it could not know better.
    pub unaware: bool,
}

impl Numbered {
    /// Two copies of one desk in one life have the same blocks until they join again (adr/0034).
    fn is_excused(&self, other: &Self) -> bool {
        (self.device, self.incarnation) == (other.device, other.incarnation)
            && (self.unaware || other.unaware)
    }
}

/// Promises made so far.
#[derive(Default)]
pub struct Ledger {
    /// By id; an officer was told “saved”.
    pub saved: BTreeMap<EventId, Written>,
    /// The region said “accepted”, and said so in an answer.
    pub acked: BTreeSet<EventId>,
    /// Saved and gone with the last that held it: never pushed, or accepted by a region that was set back when no desk
    /// had it any more. Nobody promised those.
    pub gone: BTreeSet<EventId>,
    /// Officers who worked at a desk and were forgotten with its disk.
    pub forgotten: BTreeSet<OfficerId>,
    /// Officers who left the service. What they wrote before stays theirs, and the region has it.
    pub left: BTreeSet<OfficerId>,
    /// Bytes anybody may have signed, the region's own and those of a hostile colleague among them.
    pub signed: BTreeMap<EventId, BTreeSet<EventHash>>,
    /// Lives under which the region was sent anything: branches of copied desks among them.
    pub lives: BTreeSet<(DeviceId, u32)>,
    /// Sealed bytes of every file that was taken in, by address.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Every number that was given.
    pub numbers: BTreeMap<String, Vec<Numbered>>,
    /// One that two cases have, and no copy of a desk is to blame.
    pub given_twice: Option<String>,
    /// The same events in the same order fold to the same state (S10): order → state, and who had it.
    pub states: BTreeMap<String, (String, String)>,
}

impl Ledger {
    /// A number was given to a case.
    pub fn gave(&mut self, new: Numbered) {
        let others = self.numbers.entry(new.number.clone()).or_default();
        if others.iter().any(|old| old.case != new.case && !old.is_excused(&new)) {
            self.given_twice = Some(new.number.clone());
        }
        others.push(new);
    }

    pub fn wrote(&mut self, id: EventId, written: Written) {
        self.signed.entry(id).or_default().insert(written.hash);
        self.saved.insert(id, written);
    }
}
