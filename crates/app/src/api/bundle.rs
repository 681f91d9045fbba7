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

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleExported {
    /// Names of the files in the folder.
    pub files: Vec<String>,
    /// Events in them. They wait here all the same until the region acknowledges them.
    #[ts(type = "number")]
    pub events: u64,
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
    pub faults: Vec<BundleFault>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BundleAcknowledged {
    /// Receipts of this desk.
    pub receipts: u32,
    /// Own events that were acknowledged by them and had not been before.
    #[ts(type = "number")]
    pub events: u64,
    /// Receipts of other desks in the folder; nothing is done with them.
    pub others: u32,
    pub faults: Vec<BundleFault>,
    pub changed: Changed,
}
