//! Room kept back for a full disk: 32 MiB beside the database that are given up when the disk is full, so that what is
//! being typed can be saved (docs/adr/0041).

use esik_platform::{Platform as _, ThisMachine};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Folder inside the profile. One of its own, because it carries [`TAG`].
pub const FOLDER: &str = "ballast";
/// The file that takes the room.
const FILE: &str = "room";
/// Bytes that are kept back.
pub const BALLAST_BYTES: u64 = 32 << 20;
/// With less than this free the ballast goes, and no file is taken in. The largest draft is 4 MiB and needs room several
/// times: in the log, in the database, and for its older pages that are wiped.
pub const LOW_BYTES: u64 = 16 << 20;
/// It comes back when so much is free: what it takes, and as much as keeps it from going again at once.
pub const BACK_BYTES: u64 = BALLAST_BYTES + 2 * LOW_BYTES;

/// Programs that make copies leave out a folder with such a file when they are told to leave out what can be made again
/// (bford.info/cachedir).
const TAG: (&str, &[u8]) = (
    "CACHEDIR.TAG",
    b"Signature: 8a477f597d28d172789f06886806bc55\n# Room for a full disk; it holds nothing.\n",
);

/// Why there is no ballast where there should be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Without {
    /// The disk became full and it was given up.
    Given,
    /// There was no room for it.
    NoRoom,
}

/// The ballast of one profile. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Ballast(Arc<Inner>);

struct Inner {
    profile: PathBuf,
    lays: bool,
    without: Mutex<Option<Without>>,
    /// The disk did not take it though it told of room enough, as one with a quota does. It is not tried with every
    /// save then, but at the next sign-in.
    refused: AtomicBool,
    told: Box<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Ballast {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ballast({:?})", self.without())
    }
}

impl Ballast {
    /// Of a profile by its folder; touches nothing yet. One that does not lay gives up what another program laid, and lays
    /// none itself. `told` is called when [`Self::without`] has become another.
    #[must_use]
    pub fn of(profile: &Path, lays: bool, told: impl Fn() + Send + Sync + 'static) -> Self {
        let inner = Inner {
            profile: profile.to_owned(),
            lays,
            without: Mutex::default(),
            refused: AtomicBool::default(),
            told: Box::new(told),
        };
        Self(Arc::new(inner))
    }

    /// Why it is not there; none when it is, and before anybody signed in.
    #[must_use]
    pub fn without(&self) -> Option<Without> {
        *self.0.without.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before something is written: it goes when the disk is nearly full.
    pub fn before_write(&self) {
        if self.is_there() && self.free().is_some_and(|free| free < LOW_BYTES) {
            self.give();
        }
    }

    /// After something was written: it comes back when there is room again.
    pub fn after_write(&self) {
        let may = self.0.lays && !self.0.refused.load(Ordering::Relaxed);
        if may && !self.is_there() && self.free().is_some_and(|free| free >= BACK_BYTES) {
            self.lay();
        }
    }

    /// The disk said it is full. That may be a quota, which leaves the disk free bytes enough to tell.
    pub fn disk_is_full(&self) {
        if self.is_there() {
            self.give();
        }
    }

    /// At sign-in: lays it where there is room. One that takes no room in fact (a copy of a folder may have holes) is made
    /// anew.
    pub fn settle(&self) {
        if !self.0.lays {
            return;
        }
        let whole = self.path().metadata().is_ok_and(|file| {
            file.len() == BALLAST_BYTES && ThisMachine.taken_bytes(&file) >= BALLAST_BYTES
        });
        match self.free() {
            _ if whole => self.set(None),
            // Where nobody tells what is free, trying does.
            None => self.lay(),
            Some(free) if free >= BACK_BYTES => self.lay(),
            Some(_) => {
                self.clear();
                self.set(Some(self.without().unwrap_or(Without::NoRoom)));
            }
        }
    }

    /// Is there room for so many bytes of a file? What is kept back is for what is typed, and not for files.
    #[must_use]
    pub fn spares(&self, bytes: u64) -> bool {
        let back = if self.0.lays && !self.is_there() { BALLAST_BYTES } else { 0 };
        self.free().is_none_or(|free| free >= bytes.saturating_add(LOW_BYTES + back))
    }

    fn free(&self) -> Option<u64> {
        ThisMachine.free_bytes(&self.0.profile)
    }

    fn dir(&self) -> PathBuf {
        self.0.profile.join(FOLDER)
    }

    fn path(&self) -> PathBuf {
        self.dir().join(FILE)
    }

    fn is_there(&self) -> bool {
        self.path().is_file()
    }

    fn set(&self, without: Option<Without>) {
        let before = {
            let mut now = self.0.without.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *now, without)
        };
        if before != without {
            (self.0.told)();
        }
    }

    fn clear(&self) {
        match esik_platform::remove(&self.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "the ballast could not be removed");
            }
            _ => {}
        }
    }

    fn give(&self) {
        self.clear();
        tracing::warn!(bytes = BALLAST_BYTES, "the disk is full: the ballast was given up");
        self.set(Some(Without::Given));
    }

    fn lay(&self) {
        let made = self.make();
        self.0.refused.store(made.is_err(), Ordering::Relaxed);
        match made {
            Ok(()) => self.set(None),
            Err(error) => {
                tracing::warn!(%error, "there is no room for a ballast");
                self.clear();
                self.set(Some(self.without().unwrap_or(Without::NoRoom)));
            }
        }
    }

    fn make(&self) -> io::Result<()> {
        let dir = self.dir();
        ThisMachine.private_dir(&dir)?;
        esik_platform::write_whole(&dir, TAG.0, TAG.1)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let mut file = ThisMachine.private_file(&mut options, &self.path())?;
        ThisMachine.take_room(&mut file, BALLAST_BYTES)
    }
}
