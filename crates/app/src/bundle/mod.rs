//! Days without a line: what waits goes to the region on a stick, and the receipt comes back on it
//! (docs/adr/0020).

mod attached;
mod carry;
mod carry_files;
mod export;
mod receipt;

pub use carry::bundle_carry;
pub use export::bundle_export;
pub(crate) use export::sealed;
pub use receipt::bundle_receipt;
pub(crate) use receipt::take_all;

use crate::api::{BundleFolder, Changed, SyncProgress};
use crate::desk::Desk;
use crate::error::AppError;
use esik_wire::bundle::BundleError;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// Bundles or receipts looked at in one folder, at most.
const FILES_MAX: usize = 1000;

/// The folder, when it is one.
fn folder(r: &BundleFolder) -> Result<PathBuf, AppError> {
    let path = PathBuf::from(r.folder.trim());
    if path.is_absolute() && path.is_dir() {
        Ok(path)
    } else {
        Err(AppError::refused("bundle_folder"))
    }
}

/// Names of the folder with an ending, whatever they name, in their order.
fn named(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, AppError> {
    let entries = fs::read_dir(folder).map_err(|_| AppError::refused("bundle_folder"))?;
    let mut out: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == ending))
        .collect();
    out.sort();
    Ok(out)
}

/// A file itself, not a link to one.
fn is_plain(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// Files of the folder with an ending, by name.
pub(crate) fn with_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, AppError> {
    let mut out = named(folder, ending)?;
    out.retain(|path| is_plain(path));
    out.truncate(FILES_MAX);
    Ok(out)
}

/// The bytes of a file that is not larger than it may be.
pub(crate) fn read(path: &Path, most: usize) -> Result<Vec<u8>, AppError> {
    let size = fs::metadata(path).map_err(|_| AppError::refused("bundle_folder"))?.len();
    if size > most as u64 {
        return Err(AppError::refused("bundle_not_one"));
    }
    fs::read(path).map_err(|_| AppError::refused("bundle_folder"))
}

/// Writes a file that is whole under its name, or not there.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), AppError> {
    put(folder, name, |file| file.write_all(bytes)).map_err(|e| AppError::refused(write_code(&e)))
}

/// The same, by hand. A stick may lie in wait: no link on it is followed.
fn put(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    let all = || {
        let mut file = esik_platform::create_anew(&part)?;
        fill(&mut file)?;
        file.sync_all()?;
        drop(file);
        esik_platform::replace(&part, &folder.join(name))
    };
    all().inspect_err(|error| {
        tracing::warn!(%error, "nothing could be written into the folder");
        let _ = fs::remove_file(&part);
    })
}

fn write_code(e: &io::Error) -> &'static str {
    match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "bundle_full",
        _ => "bundle_write",
    }
}

/// A file's name, for a list.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn code(e: BundleError) -> &'static str {
    match e {
        BundleError::NotOne => "bundle_not_one",
        BundleError::Damaged => "bundle_damaged",
        BundleError::Foreign => "bundle_foreign",
    }
}

/// Tells the screen how many bytes of files went, while somebody waits; silent when it is dropped.
struct Meter<'a> {
    desk: &'a Desk,
    done: u64,
    of: u64,
}

impl<'a> Meter<'a> {
    fn start(desk: &'a Desk, of: u64) -> Self {
        let meter = Self { desk, done: 0, of };
        meter.tell(Some(SyncProgress::Stick { done: 0, of }));
        meter
    }

    fn more(&mut self, bytes: u64) {
        self.done = (self.done + bytes).min(self.of);
        self.tell(Some(SyncProgress::Stick { done: self.done, of: self.of }));
    }

    fn tell(&self, progress: Option<SyncProgress>) {
        *self.desk.watched().lock().unwrap_or_else(PoisonError::into_inner) = progress;
        let lists = vec!["sync".to_owned()];
        self.desk.host().changed(&Changed { cases: Vec::new(), lists });
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        self.tell(None);
    }
}
