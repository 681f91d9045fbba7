//! Every call to the operating system, behind one trait with a side for each system (`settled.md` 30).

use crate::host::HostError;
use std::path::{Path, PathBuf};

/// The operating system as Esik needs it.
pub trait Platform: Send + Sync + 'static {
    /// Starts the person's viewer for a file.
    ///
    /// # Errors
    /// When none could be started.
    fn open_in_viewer(&self, file: &Path) -> Result<(), HostError>;
    /// Makes a folder that only this user may enter.
    ///
    /// # Errors
    /// When it cannot be made.
    fn private_dir(&self, dir: &Path) -> std::io::Result<()>;
    /// No core files, no reading by other processes of the user: keys live in memory.
    fn harden(&self);
    /// Where a profile lies when nobody says otherwise.
    fn data_dir(&self) -> Option<PathBuf>;
}

/// The machine this program runs on.
#[derive(Clone, Copy, Debug)]
pub struct ThisMachine;

#[cfg(unix)]
impl Platform for ThisMachine {
    fn open_in_viewer(&self, file: &Path) -> Result<(), HostError> {
        // An office may name its own viewer; tests name a program that records what it was given.
        let viewer = std::env::var_os("ESIK_VIEWER").unwrap_or_else(|| "xdg-open".into());
        spawn(std::process::Command::new(viewer).arg(file))
    }

    fn private_dir(&self, dir: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::create_dir_all(dir)?;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
    }

    fn harden(&self) {
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{
                DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit,
            };
            let none = Rlimit { current: Some(0), maximum: Some(0) };
            if setrlimit(Resource::Core, none).is_err()
                || set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err()
            {
                tracing::warn!("core files could not be turned off");
            }
        }
    }

    fn data_dir(&self) -> Option<PathBuf> {
        let base = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share")))?;
        Some(base.join("esik"))
    }
}

#[cfg(windows)]
impl Platform for ThisMachine {
    fn open_in_viewer(&self, file: &Path) -> Result<(), HostError> {
        match std::env::var_os("ESIK_VIEWER") {
            Some(viewer) => spawn(std::process::Command::new(viewer).arg(file)),
            None => spawn(std::process::Command::new("explorer.exe").arg(file)),
        }
    }

    fn private_dir(&self, dir: &Path) -> std::io::Result<()> {
        // %LOCALAPPDATA% is private to the user by its inherited access list.
        std::fs::create_dir_all(dir)
    }

    fn harden(&self) {}

    fn data_dir(&self) -> Option<PathBuf> {
        std::env::var_os("LOCALAPPDATA").map(|d| PathBuf::from(d).join("Esik"))
    }
}

fn spawn(command: &mut std::process::Command) -> Result<(), HostError> {
    use std::process::Stdio;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| HostError(e.to_string()))?;
    // A viewer that goes on running must not become a zombie when it ends.
    std::thread::spawn(move || child.wait());
    Ok(())
}

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
        self.platform.open_in_viewer(&file)
    }

    /// Removes everything that was shown.
    pub fn wipe(&self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
