//! The folder a scanner writes into.

use super::{AttachTo, Changed, Refusal};
use chrono::{DateTime, Utc};
use esik_domain::ids::AttachmentId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Chooses the folder of this desk.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ScanFolderSet {
    /// Whole path; empty = none.
    pub path: String,
    /// Originals are removed once they are attached.
    pub remove: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ScanFolder {
    pub path: Option<String>,
    pub remove: bool,
    pub changed: Changed,
}

/// What lies in the folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct ScanLook {
    /// None: no folder was chosen.
    pub folder: Option<String>,
    /// Originals are removed once they are attached.
    pub remove: bool,
    /// Why the folder cannot be looked into.
    pub problem: Option<Refusal>,
    /// Offered, the newest first.
    pub files: Vec<ScanFile>,
    /// As many more would be.
    pub more: u32,
    /// Still being written, or seen for the first time.
    pub writing: u32,
    /// Older than a day: not offered, and readable by whoever opens the folder.
    pub older: u32,
    /// Attached already, and still in the folder.
    pub left: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ScanFile {
    pub name: String,
    pub bytes: u64,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// It came while the officer was signed in.
    pub fresh: bool,
}

/// Attaches a file of the folder as it was offered.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ScanAttach {
    pub name: String,
    pub bytes: u64,
    pub at: DateTime<Utc>,
    pub to: AttachTo,
    #[serde(default)]
    pub note: String,
    /// The officer looked: it is no copy of an identity document, though its name looks like one.
    #[serde(default)]
    pub not_identity: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ScanAttached {
    pub id: AttachmentId,
    /// The original is gone from the folder.
    pub removed: bool,
    pub changed: Changed,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ScanCleared {
    pub removed: u32,
    pub changed: Changed,
}
