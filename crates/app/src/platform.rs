//! Documents shown to a person on this machine. What differs between systems is in `esik-platform`.

use crate::host::HostError;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

pub use esik_platform::{Platform, ThisMachine, remove, replace, write_whole};

/// Copies of one name in a folder: more are somebody's mistake.
const COPIES_MAX: u32 = 200;

/// Documents shown to a person: files in a private folder, wiped at lock, at start and at exit.
pub struct Documents {
    dir: PathBuf,
    platform: Box<dyn Platform>,
    /// Documents shown since the start: each has a folder of its own.
    shown: AtomicU64,
}

impl Documents {
    /// Under the profile; leftovers of a crash are removed.
    #[must_use]
    pub fn new(profile: PathBuf, platform: Box<dyn Platform>) -> Self {
        let documents = Self { dir: profile.join("viewer"), platform, shown: AtomicU64::new(0) };
        documents.wipe();
        documents
    }

    /// Writes the file and opens it. `name` is reduced to a bare file name; a file of the same name that is
    /// open already stays as it is.
    ///
    /// # Errors
    /// When the file cannot be written or no viewer starts.
    pub fn open(&self, name: &str, bytes: &[u8]) -> Result<(), HostError> {
        let bare: String = esik_domain::attached::clean_name(name)
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let io = |e: std::io::Error| HostError(e.to_string());
        let n = self.shown.fetch_add(1, Ordering::Relaxed);
        let dir = self.dir.join(n.to_string());
        self.platform.private_dir(&dir).map_err(io)?;
        let file = dir.join(bare.trim_start_matches('.'));
        std::fs::write(&file, bytes).map_err(io)?;
        self.platform.open_in_viewer(&file).map_err(io)
    }

    /// Saves a copy in the folder of downloads; its path. `name` is reduced to a bare file name; a number
    /// is put to it when there is one already.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be written.
    pub fn save(&self, name: &str, bytes: &[u8]) -> Result<String, HostError> {
        let io = |e: std::io::Error| HostError(e.to_string());
        let dir = self
            .platform
            .downloads_dir()
            .ok_or_else(|| HostError("no folder of downloads".to_owned()))?;
        std::fs::create_dir_all(&dir).map_err(io)?;
        let name = esik_domain::attached::clean_name(name);
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => (stem.to_owned(), format!(".{end}")),
            _ => (name.clone(), String::new()),
        };
        for n in 1..=COPIES_MAX {
            let tried = if n == 1 { name.clone() } else { format!("{stem} ({n}){end}") };
            let path = dir.join(tried);
            let mut options = OpenOptions::new();
            match self.platform.private_file(options.write(true).create_new(true), &path) {
                Ok(mut file) => {
                    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io)?;
                    return Ok(path.to_string_lossy().into_owned());
                }
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(io(e)),
            }
        }
        Err(HostError("too many copies".to_owned()))
    }

    /// Removes everything that was shown.
    pub fn wipe(&self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
