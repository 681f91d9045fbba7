//! The folder a scanner writes into (docs/adr/0012): looked at while files are in front, its new files
//! are offered, and what was attached does not stay there unencrypted.

pub mod folder;
pub mod look;
pub mod take;

use crate::desk::Open;
use crate::error::AppError;
use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The setting, in the encrypted database: a path may name a person.
const SETTING: &str = "scan_folder";
/// What was attached out of the folder and still lies in it.
const TAKEN: &str = "scan_taken";
/// Attached scans that are remembered; the oldest is forgotten, and would be offered again.
const TAKEN_MAX: usize = 300;

/// The folder as the officer set it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Setting {
    path: PathBuf,
    /// The original is removed once its sealed copy was read through.
    remove: bool,
}

/// A scan that was attached and left in the folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Taken {
    /// SHA-256 of the plain bytes, hex.
    plain: String,
    bytes: u64,
    /// Where the sealed copy lies: when that is gone, the scan is offered again.
    address: String,
}

/// What a file of the folder looked like: by this it is told whether it changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Print {
    bytes: u64,
    at: DateTime<Utc>,
}

impl Print {
    fn of(metadata: &Metadata) -> std::io::Result<Self> {
        let at = DateTime::<Utc>::from(metadata.modified()?).trunc_subsecs(3);
        Ok(Self { bytes: metadata.len(), at })
    }
}

/// What is known of a file of the folder.
#[derive(Clone, Debug)]
struct Seen {
    print: Print,
    /// Looks in a row that found it the same.
    looks: u32,
    /// It came while this officer was signed in.
    fresh: bool,
    /// Of its plain bytes; only asked when one that was attached has as many.
    plain: Option<String>,
}

/// What was seen of the folder in this session.
#[derive(Debug, Default)]
pub(crate) struct Scans(Mutex<Option<(PathBuf, HashMap<String, Seen>)>>);

impl Scans {
    fn known(&self) -> MutexGuard<'_, Option<(PathBuf, HashMap<String, Seen>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn setting(open: &Open) -> Result<Option<Setting>, AppError> {
    Ok(open.store.read(|conn| esik_store::meta::get(conn, SETTING))?)
}

fn taken(open: &Open) -> Result<Vec<Taken>, AppError> {
    let all: Option<Vec<Taken>> = open.store.read(|conn| esik_store::meta::get(conn, TAKEN))?;
    Ok(all.unwrap_or_default().into_iter().filter(|t| open.files.has(&t.address)).collect())
}

fn remember(open: &Open, all: Vec<Taken>) -> Result<(), AppError> {
    Ok(open.store.write(move |tx| {
        let over = all.len().saturating_sub(TAKEN_MAX);
        esik_store::meta::put(tx, TAKEN, &all.get(over..).unwrap_or_default())
    })?)
}

/// A file of the folder by its bare name. None for what leads elsewhere: a path, a link, a folder.
fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut parts = Path::new(name).components();
    let bare = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    let path = folder.join(name);
    (bare && fs::symlink_metadata(&path).is_ok_and(|m| m.is_file())).then_some(path)
}

fn plain_hash(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = zeroize::Zeroizing::new(vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
}

/// Why the folder cannot be used, in a code.
fn trouble(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "scan_missing",
        ErrorKind::NotADirectory => "scan_not_folder",
        _ => "scan_unreadable",
    }
}
