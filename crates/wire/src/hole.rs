//! What is lost for good of a desk's earlier life: events that the region forgot when it was set back and the desk's disk
//! lost before they were given back, or that never left that disk (docs/adr/0042). The desk says so over its
//! signature, and what it wrote behind them goes on.

use crate::carried::{Signed, Statement};
use crate::signed::EventHash;
use chrono::{DateTime, Utc};
use esik_domain::ids::DeviceId;
use serde::{Deserialize, Serialize};

/// A desk's word that it does not have these events of a life, and knows nowhere to get them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hole {
    pub device_id: DeviceId,
    /// The life that the events around it name.
    pub life: u32,
    /// First and last sequence that is missing.
    pub from: u64,
    pub to: u64,
    /// Hash of the last one, as the event behind it names it: when it turns up after all, it is known by that.
    pub last: EventHash,
    /// Device time.
    pub at: DateTime<Utc>,
}

impl Statement for Hole {
    const CONTEXT: &'static str = "esik/hole/1\n";
}

impl Hole {
    /// How many events are missing.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.to.saturating_sub(self.from).saturating_add(1)
    }
}

/// A [`Hole`] with its desk's signature.
pub type SignedHole = Signed<Hole>;
