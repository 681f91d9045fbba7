//! The disk of a desk that fails as it is told (`faults.c`), and the numbers that are shared with it.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use system_tests::program::cli;

/// Acts that may fail.
pub mod kinds {
    pub const OPEN: u64 = 1;
    pub const WRITE: u64 = 2;
    pub const SYNC: u64 = 4;
    pub const RENAME: u64 = 16;
    pub const UNLINK: u64 = 32;
    /// These and truncation.
    pub const ALL: u64 = 63;
}

/// How an act fails: an errno of Linux, or one of those below.
pub mod how {
    pub const EIO: u64 = 5;
    pub const EACCES: u64 = 13;
    pub const EBUSY: u64 = 16;
    pub const ENOSPC: u64 = 28;
    /// Half of it is written, and that is said.
    pub const SHORT: u64 = 1000;
    /// Half of it is written, and EIO is said.
    pub const TORN: u64 = 1001;
    /// Nothing is done, and success is said. No desk can work on such a disk: a check that is not
    /// surprised by it checks nothing.
    pub const LIE: u64 = 1002;
    /// The program is killed instead of doing it.
    pub const KILL: u64 = 1003;
}

/// Every act to come.
pub const FOR_EVER: u64 = u64::MAX / 2;

/// What is to fail.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub kinds: u64,
    pub how: u64,
    /// The first act that fails, counted from 1.
    pub from: u64,
    /// How many in a row.
    pub times: u64,
    /// Of these, how many in a hundred; 0 means all.
    pub percent: u64,
    pub seed: u64,
}

/// The numbers shared with a program.
pub struct Control {
    path: PathBuf,
    file: File,
}

const SLOTS: u64 = 8;

impl Control {
    /// A disk that is sound so far.
    pub fn new(path: &Path) -> Self {
        std::fs::write(path, [0; 8 * SLOTS as usize]).unwrap();
        let file = File::options().read(true).write(true).open(path).unwrap();
        Self { path: path.to_owned(), file }
    }

    /// The file that a program is told of.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn put(&self, slot: u64, value: u64) {
        self.file.write_all_at(&value.to_le_bytes(), slot * 8).unwrap();
    }
    fn get(&self, slot: u64) -> u64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, slot * 8).unwrap();
        u64::from_le_bytes(bytes)
    }

    /// Tells the disk how to fail, and counts from 0 again.
    pub fn set(&self, fault: Fault) {
        self.put(1, 0);
        self.put(0, 0);
        self.put(5, 0);
        self.put(2, fault.times);
        self.put(3, fault.kinds);
        self.put(4, fault.how);
        self.put(6, fault.percent);
        self.put(7, fault.seed);
        self.put(1, fault.from);
    }

    /// The disk is sound from now on.
    pub fn heal(&self) {
        self.put(1, 0);
    }

    /// Acts of the kinds asked for, so far.
    pub fn seen(&self) -> u64 {
        self.get(0)
    }
    /// How many of them failed.
    pub fn hits(&self) -> u64 {
        self.get(5)
    }

    /// `esik-cli` on a profile whose disk this is.
    pub fn cli(&self, library: &Path, profile: &Path) -> Command {
        self.cli_over(library, profile, profile)
    }

    /// The same where the disk has the folder `over`, and everything below it.
    pub fn cli_over(&self, library: &Path, over: &Path, profile: &Path) -> Command {
        let mut command = cli(profile);
        command
            .env("LD_PRELOAD", library)
            .env("ESIK_FAULT_DIR", over)
            .env("ESIK_FAULT_CONTROL", &self.path);
        command
    }
}
