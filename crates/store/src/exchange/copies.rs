//! The list of a copy of a profile, `backup.json`: what belongs to it, how long it is, what its bytes are.

use crate::attached::{FOLDER, is_address};
use crate::keys::KEY_FILE_NAMES;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Its name. A folder without it is no backup.
pub const MANIFEST: &str = "backup.json";
/// Version of the manifest's shape: 2 when there are attached files, which an older program would refuse
/// as a list that points outside the profile.
pub const FORMAT: u32 = 2;
/// Version of its shape without attached files.
pub const FORMAT_WITHOUT_FILES: u32 = 1;
/// Held by a running program; never copied.
pub const LOCK: &str = "profile.lock";

/// The list.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub program: String,
    pub made_at: chrono::DateTime<chrono::Utc>,
    pub device: String,
    pub incarnation: u32,
    pub files: Vec<Copied>,
}

/// A file of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    pub name: String,
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// Why a list is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A newer program made it.
    Newer,
    /// It is not whole, or names what does not belong into a profile.
    Damaged,
}

impl Manifest {
    /// Reads a list that comes from elsewhere: its names stay within the profile.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn read(text: &[u8]) -> Result<Self, Fault> {
        let manifest: Self = serde_json::from_slice(text).map_err(|_| Fault::Damaged)?;
        if manifest.format > FORMAT {
            return Err(Fault::Newer);
        }
        // A name is a bare name: a manifest from elsewhere must not write outside the profile.
        let bare = |n: &str| Path::new(n).file_name().is_some_and(|f| f == n) && n != LOCK;
        let attached =
            |n: &str| n.split_once('/').is_some_and(|(f, a)| f == FOLDER && is_address(a));
        let has = |n: &str| manifest.files.iter().any(|f| f.name == n);
        let whole = manifest.files.iter().all(|f| bare(&f.name) || attached(&f.name))
            && KEY_FILE_NAMES.iter().any(|n| has(n))
            && has("esik.db");
        if whole { Ok(manifest) } else { Err(Fault::Damaged) }
    }
}
