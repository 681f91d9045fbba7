//! One profile, one process: the folder with the database, the keyring and the lock file.

use chrono::{DateTime, Utc};
use esik_platform::{Platform as _, ThisMachine};
use esik_wire::planted;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// There while the database is known to be damaged.
pub(crate) const DAMAGE: &str = "damaged";
/// What stands in it when nothing is damaged, but everything is of another day.
const SET_BACK: &[u8] = b"set back";
/// When the database was last looked through, as text.
pub(crate) const LOOKED: &str = "looked-through";

/// Why a profile cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Another window of the program has it open.
    #[error("profile in use")]
    ProfileInUse,
    #[error("profile folder: {0}")]
    Io(#[from] std::io::Error),
}

/// Names of everything inside a profile.
#[derive(Clone, Debug)]
pub struct Profile {
    dir: PathBuf,
}

/// Held while the program lives; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct ProfileLock {
    profile: Profile,
    _file: File,
}

impl ProfileLock {
    /// The profile that is held.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }
}

impl Profile {
    /// A profile by its folder; touches nothing.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Creates the folder (private to its owner) when it is missing, and takes its lock.
    ///
    /// # Errors
    /// [`ProfileError::ProfileInUse`] when another process has it.
    pub fn lock(dir: &Path) -> Result<ProfileLock, ProfileError> {
        // A folder that an administrator made keeps the rights he gave it.
        if !dir.is_dir() {
            ThisMachine.private_dir(dir)?;
        }
        let profile = Self::at(dir);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join("profile.lock"))?;
        match file.try_lock() {
            _ if planted::is("lock_not_taken") => Ok(ProfileLock { profile, _file: file }),
            Ok(()) => Ok(ProfileLock { profile, _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::ProfileInUse),
            Err(TryLockError::Error(e)) => Err(e.into()),
        }
    }

    /// The folder itself; the keyring's two copies lie in it.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }
    /// The encrypted database.
    #[must_use]
    pub fn db(&self) -> PathBuf {
        self.dir.join("esik.db")
    }
    /// True when the database is there. A profile that [`Profile::exists`] without it has lost its
    /// data: [`crate::Store::open`] would begin an empty one.
    #[must_use]
    pub fn has_db(&self) -> bool {
        self.db().metadata().is_ok_and(|m| m.len() > 0)
    }
    /// Notes that the database was found damaged: whoever signs in next is asked to have it mended.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note_damage(&self) -> std::io::Result<()> {
        esik_platform::write_whole(&self.dir, DAMAGE, b"")
    }
    /// Notes that the database is of another day than the desk last worked on: it is asked for in the same way.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note_set_back(&self) -> std::io::Result<()> {
        esik_platform::write_whole(&self.dir, DAMAGE, SET_BACK)
    }
    /// True when what was noted is that it was set back.
    #[must_use]
    pub fn is_noted_set_back(&self) -> bool {
        std::fs::read(self.dir.join(DAMAGE)).is_ok_and(|text| text == SET_BACK)
    }
    /// True when the database was found damaged, or set back, and has not been mended since.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.dir.join(DAMAGE).exists()
    }
    /// The database is whole again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn forget_damage(&self) -> std::io::Result<()> {
        match esik_platform::remove(&self.dir.join(DAMAGE)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
    /// When the database was last looked through and found whole; `None` when nobody knows.
    #[must_use]
    pub fn looked_through(&self) -> Option<DateTime<Utc>> {
        std::fs::read_to_string(self.dir.join(LOOKED)).ok()?.trim().parse().ok()
    }
    /// Notes that it was.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note_looked_through(&self, at: DateTime<Utc>) -> std::io::Result<()> {
        esik_platform::write_whole(&self.dir, LOOKED, at.to_rfc3339().as_bytes())
    }
    /// True when the profile was set up: it has a keyring.
    #[must_use]
    pub fn exists(&self) -> bool {
        crate::keys::KEY_FILE_NAMES.iter().any(|name| self.dir.join(name).exists())
    }
}
