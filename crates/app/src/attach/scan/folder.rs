//! Choosing the folder.

use super::{SETTING, Setting, setting, trouble};
use crate::api::{Changed, ScanFolder, ScanFolderSet};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::text::normalize_input;
use std::fs;
use std::path::{Path, PathBuf};

/// Sets the folder of this desk, or takes it away with an empty path.
///
/// # Errors
/// `scan_no_path` for what is no whole path, `scan_missing`, `scan_not_folder`, `scan_unreadable`;
/// `scan_own_folder` for a folder of the program itself; `scan_practice`; a disk that refuses.
pub fn scan_folder_set(desk: &Desk, r: ScanFolderSet) -> Result<ScanFolder, AppError> {
    let open = desk.opened()?;
    // What one practises must not reach into the office's papers; without a folder nothing does.
    if open.is_practice() {
        return Err(AppError::refused("scan_practice"));
    }
    let typed = normalize_input(&r.path);
    // As it is copied out of a file manager: with quotes around it.
    let typed = typed.trim().trim_matches('"').trim();
    let path = if typed.is_empty() { None } else { Some(usable(desk, Path::new(typed))?) };
    let (now, officer) = (desk.env().now(), open.actor.id);
    open.store.write(move |tx| {
        match path {
            Some(path) => {
                esik_store::meta::put(tx, SETTING, &Setting { path, remove: r.remove })?;
            }
            None => esik_store::meta::remove(tx, SETTING)?,
        }
        esik_store::journal::note(tx, now, officer, "scan_folder_set", "")
    })?;
    *open.scans.known() = None;
    let set = setting(&open)?;
    Ok(ScanFolder {
        path: set.as_ref().map(|s| s.path.to_string_lossy().into_owned()),
        remove: set.is_none_or(|s| s.remove),
        changed: Changed { cases: Vec::new(), lists: vec!["scans".to_owned()] },
    })
}

/// The folder's real path, when a scanner may write there and this program read.
fn usable(desk: &Desk, typed: &Path) -> Result<PathBuf, AppError> {
    if !typed.is_absolute() {
        return Err(AppError::refused("scan_no_path"));
    }
    let told = |e: std::io::Error| AppError::refused(trouble(&e));
    let path = fs::canonicalize(typed).map_err(told)?;
    fs::read_dir(&path).map_err(told)?;
    // Files of the profile are sealed or are shown copies: neither is a scan.
    if fs::canonicalize(desk.dir()).is_ok_and(|own| path.starts_with(own)) {
        return Err(AppError::refused("scan_own_folder"));
    }
    // What is no text could not be shown, nor asked for again.
    if path.to_str().is_none() {
        return Err(AppError::refused("scan_no_path"));
    }
    Ok(path)
}
