//! Days without a line: what waits goes to the region on a stick, and the receipt comes back on it
//! (docs/adr/0020).

mod carry;
mod export;
mod receipt;

pub use carry::bundle_carry;
pub use export::bundle_export;
pub(crate) use export::sealed;
pub use receipt::bundle_receipt;
pub(crate) use receipt::take_all;

use crate::api::BundleFolder;
use crate::error::AppError;
use esik_wire::bundle::BundleError;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Files looked at in one folder, at most.
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

/// Files of the folder with an ending, by name.
pub(crate) fn with_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, AppError> {
    let entries = fs::read_dir(folder).map_err(|_| AppError::refused("bundle_folder"))?;
    let mut out: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == ending) && p.is_file())
        .take(FILES_MAX)
        .collect();
    out.sort();
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
    let part = folder.join(format!("{name}.part"));
    let all = || {
        let mut file = esik_platform::patiently(|| fs::File::create(&part))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        esik_platform::replace(&part, &folder.join(name))
    };
    all().map_err(|error| {
        tracing::warn!(%error, "nothing could be written into the folder");
        let _ = fs::remove_file(&part);
        AppError::refused("bundle_write")
    })
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
