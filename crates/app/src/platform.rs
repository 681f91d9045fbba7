//! Documents shown to a person on this machine. What differs between systems is in `esik-platform`.

use crate::host::HostError;
use std::path::PathBuf;

pub use esik_platform::{Platform, ThisMachine};

/// Documents shown to a person: files in a private folder, wiped at lock, at start and at exit.
pub struct Documents {
    dir: PathBuf,
    platform: Box<dyn Platform>,
}

impl Documents {
    /// Under the profile; leftovers of a crash are removed.
    #[must_use]
    pub fn new(profile: PathBuf, platform: Box<dyn Platform>) -> Self {
        let documents = Self { dir: profile.join("viewer"), platform };
        documents.wipe();
        documents
    }

    /// Writes the file and opens it. `name` is reduced to a bare file name.
    ///
    /// # Errors
    /// When the file cannot be written or no viewer starts.
    pub fn open(&self, name: &str, bytes: &[u8]) -> Result<(), HostError> {
        let bare: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let io = |e: std::io::Error| HostError(e.to_string());
        self.platform.private_dir(&self.dir).map_err(io)?;
        let file = self.dir.join(bare.trim_start_matches('.'));
        std::fs::write(&file, bytes).map_err(io)?;
        self.platform.open_in_viewer(&file).map_err(io)
    }

    /// Removes everything that was shown.
    pub fn wipe(&self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
