//! What the world remembers of what was promised, to hold the program to it.

use esik_domain::ids::{Circle, DeviceId, EventId, OfficerId, StationId};
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
    /// Bytes anybody may have signed, the region's own and those of a hostile colleague among them.
    pub signed: BTreeMap<EventId, BTreeSet<EventHash>>,
    /// Lives under which the region was sent anything: branches of copied desks among them.
    pub lives: BTreeSet<(DeviceId, u32)>,
    /// Sealed bytes of every file that was taken in, by address.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The same events in the same order fold to the same state (S10): order → state, and who had it.
    pub states: BTreeMap<String, (String, String)>,
}

impl Ledger {
    pub fn wrote(&mut self, id: EventId, written: Written) {
        self.signed.entry(id).or_default().insert(written.hash);
        self.saved.insert(id, written);
    }
}
