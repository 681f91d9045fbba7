//! What waits, on a stick.

use super::Changed;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The folder of the stick.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleFolder {
    /// Whole path.
    pub folder: String,
}

/// Small pictures go along and are counted nowhere here.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleExported {
    /// Names of the files with records in the folder.
    pub files: Vec<String>,
    /// Events in them. They wait here all the same until the region acknowledges them.
    #[ts(type = "number")]
    pub events: u64,
    /// Events that found no room.
    #[ts(type = "number")]
    pub events_left: u64,
    /// Attached files that lie whole in the folder, and their bytes. They wait here all the same.
    pub attached: u32,
    #[ts(type = "number")]
    pub attached_bytes: u64,
    /// Attached files that wait and are not on the stick, and their bytes.
    pub attached_left: u32,
    #[ts(type = "number")]
    pub attached_left_bytes: u64,
    /// Why writing ended before everything was there: `bundle_full`, `bundle_write`, `bundle_too_many`.
    pub stopped: Option<String>,
    /// Attached files that are damaged at this desk and were left out.
    pub faults: Vec<BundleFault>,
}

/// A file that was of no use, and why, in a code.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleFault {
    pub name: String,
    pub code: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleCarried {
    /// Bundles the region took; a receipt lies beside each.
    pub carried: u32,
    /// Attached files the region now holds and did not before, and their bytes. Small pictures are not counted.
    pub attached: u32,
    #[ts(type = "number")]
    pub attached_bytes: u64,
    /// Attached files it held already.
    pub attached_there: u32,
    pub faults: Vec<BundleFault>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleAcknowledged {
    /// Receipts of this desk.
    pub receipts: u32,
    /// Own events that were acknowledged by them and had not been before.
    #[ts(type = "number")]
    pub events: u64,
    /// Attached files the region holds by them, which had waited until now; small pictures are not counted.
    pub attached: u32,
    /// Receipts of other desks in the folder; nothing is done with them.
    pub others: u32,
    pub faults: Vec<BundleFault>,
    pub changed: Changed,
}
