//! Files officers put to cases: encrypted files beside the database, named by the hash of what lies
//! there (`settled.md` 12; docs/adr/0012). A file is whole on the disk before the event that names it
//! is saved; what no event and no draft names is swept at the next start.

pub mod drafts;
mod pieces;
mod seal;
pub mod travel;
mod wanted;

pub use seal::{Sealed, Sealer};
pub use wanted::{Own, own, wanted};

use crate::ballast::Ballast;
use crate::error::{Result, StoreError};
use esik_platform::{Platform as _, ThisMachine};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Folder inside the profile.
pub const FOLDER: &str = "files";
/// Ending of what is left of a file that is not what it was.
const DAMAGED: &str = ".damaged";
/// Ending of a file that is being written.
const PART: &str = ".part";

/// What is wrong with a kept file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// It is not there.
    Missing,
    /// Its bytes are not those of its name: altered, or cut.
    Altered,
}

/// The folder of files of a profile.
#[derive(Clone, Debug)]
pub struct Files {
    dir: PathBuf,
    ballast: Option<Ballast>,
}

impl Files {
    /// Of a profile by its folder; touches nothing.
    #[must_use]
    pub fn of(profile: &Path) -> Self {
        Self { dir: profile.join(FOLDER), ballast: None }
    }

    /// The same, leaving the last room on the disk to what is typed: files are refused as on a full disk before.
    #[must_use]
    pub fn beside(self, ballast: Ballast) -> Self {
        Self { ballast: Some(ballast), ..self }
    }

    /// # Errors
    /// `DiskFull` when so many bytes more would take the room that is kept back.
    fn has_room(&self, bytes: usize) -> Result<()> {
        let spares = self.ballast.as_ref().is_none_or(|ballast| ballast.spares(bytes as u64));
        if spares { Ok(()) } else { Err(StoreError::DiskFull) }
    }

    /// Begins a new file; it counts only after [`Sealer::finish`].
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn begin(&self, random: crate::keys::Random<'_>) -> Result<Sealer> {
        self.has_room(0)?;
        self.make_folder()?;
        let mut name = [0; 16];
        random(&mut name);
        Sealer::begin(self, &format!("{}{PART}", hex::encode(name)), random)
    }

    /// The folder has to outlive a power cut, or its first file would not.
    fn make_folder(&self) -> Result<()> {
        let first = !self.dir.exists();
        ThisMachine.private_dir(&self.dir)?;
        if let Some(profile) = self.dir.parent().filter(|_| first) {
            ThisMachine.sync_dir(profile)?;
        }
        Ok(())
    }

    /// True when the file lies here; its bytes are not looked at.
    #[must_use]
    pub fn has(&self, address: &str) -> bool {
        self.path(address).is_some_and(|path| path.is_file())
    }

    /// The plain bytes. Nothing is given out of a file of which one bit differs or the end is missing.
    ///
    /// # Errors
    /// `FileMissing`, `FileDamaged`, or the disk's.
    pub fn read(&self, address: &str, key: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>> {
        seal::open(self.open(address)?, key)
    }

    /// Reads the file through and compares it with its name. Needs no key.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn check(&self, address: &str) -> Result<Option<Broken>> {
        let mut file = match self.open(address) {
            Ok(file) => file,
            Err(StoreError::FileMissing) => return Ok(Some(Broken::Missing)),
            Err(e) => return Err(e),
        };
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            hash.update(buffer.get(..n).unwrap_or_default());
        }
        let same = hex::encode(hash.finalize()) == address;
        Ok((!same).then_some(Broken::Altered))
    }

    /// Puts aside what is left of a file that is not what it was: it is nobody's file any more, and goes when the whole
    /// one is here again.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn put_aside(&self, address: &str) -> Result<()> {
        let Some(path) = self.path(address) else { return Ok(()) };
        match esik_platform::replace(&path, &self.dir.join(format!("{address}{DAMAGED}"))) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// Removes a file that nothing names any more. One that is gone already is gone.
    ///
    /// # Errors
    /// A disk that refuses; the next sweep tries again.
    pub fn remove(&self, address: &str) -> Result<()> {
        let Some(path) = self.path(address) else { return Ok(()) };
        for path in [path, self.dir.join(format!("{address}{DAMAGED}"))] {
            match esik_platform::remove(&path) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(e.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes what was being written when the program died, and every file that nothing names and that
    /// has lain here since before a moment: an older database put back beside newer files does not know
    /// of them yet. Tells how many. To be called only while nobody else writes here.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self, wanted: &BTreeSet<String>, before: SystemTime) -> Result<u32> {
        let mut gone = 0;
        for name in self.names()? {
            let path = self.dir.join(&name);
            let old = || fs::metadata(&path).and_then(|m| m.modified()).is_ok_and(|at| at < before);
            let of = |end| name.strip_suffix(end);
            let address = of(pieces::COMING).or_else(|| of(DAMAGED)).unwrap_or(&name);
            let orphan = is_address(address) && !wanted.contains(address) && old();
            if (orphan || name.ends_with(PART)) && fs::remove_file(&path).is_ok() {
                gone += 1;
            }
        }
        Ok(gone)
    }

    /// Names of everything in the folder; none when there is no folder yet.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e.into()),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn open(&self, address: &str) -> Result<File> {
        let path = self.path(address).ok_or(StoreError::FileMissing)?;
        File::open(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => StoreError::FileMissing,
            _ => e.into(),
        })
    }

    /// None for what is no address: an event from elsewhere must not name a path.
    fn path(&self, address: &str) -> Option<PathBuf> {
        is_address(address).then(|| self.dir.join(address))
    }
}

/// True for a SHA-256 in small hex.
#[must_use]
pub fn is_address(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A file's key as it stands in an event.
///
/// # Errors
/// `FileDamaged` when it is none.
pub fn key_of(hex_key: &str) -> Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(hex_key, key.as_mut_slice()).map_err(|_| StoreError::FileDamaged)?;
    Ok(key)
}
