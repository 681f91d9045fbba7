//! Looking into the folder: asked every few seconds while a card of files is in front.

use super::{Print, Seen, Setting, inside, plain_hash, setting, taken, trouble};
use crate::api::{Changed, Nothing, ScanCleared, ScanFile, ScanLook};
use crate::desk::{Desk, Open};
use crate::error::{AppError, refusal};
use chrono::{DateTime, Duration, Utc};
use esik_domain::attached::{Danger, danger};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// What is older was scanned for somebody else, unless it came while one looked.
const HOURS: i64 = 24;
/// Files offered at once, the newest first.
const OFFERED_MAX: usize = 10;
/// Entries of the folder that are looked at.
const ENTRIES_MAX: usize = 5_000;
/// Endings of what a program is still writing or keeps for itself.
const UNFINISHED: &[&str] = &["part", "tmp", "temp", "crdownload", "partial", "lock", "filepart"];

/// The new files of the folder. A file is offered once two looks in a row found it the same: half a
/// scan is never attached.
///
/// # Errors
/// The store's. What is wrong with the folder is part of the answer.
pub fn scan_look(desk: &Desk, _: Nothing) -> Result<ScanLook, AppError> {
    let open = desk.opened()?;
    let Some(set) = setting(&open)? else { return Ok(ScanLook::default()) };
    let mut out = ScanLook {
        folder: Some(set.path.to_string_lossy().into_owned()),
        remove: set.remove,
        ..ScanLook::default()
    };
    match look(&open, &set, desk.env().now()) {
        Ok(found) => {
            out.writing = found.writing;
            out.older = found.older;
            out.left = u32::try_from(found.left.len()).unwrap_or(u32::MAX);
            out.more = u32::try_from(found.files.len().saturating_sub(OFFERED_MAX)).unwrap_or(0);
            out.files = found.files;
            out.files.truncate(OFFERED_MAX);
        }
        Err(AppError::Io(error)) => out.problem = Some(refusal(trouble(&error))),
        Err(other) => return Err(other),
    }
    Ok(out)
}

/// Removes from the folder what was attached and still lies there.
///
/// # Errors
/// `scan_not_removed` when one of them cannot be removed; the store's.
pub fn scan_clear(desk: &Desk, _: Nothing) -> Result<ScanCleared, AppError> {
    let open = desk.opened()?;
    let Some(set) = setting(&open)? else { return Err(AppError::refused("scan_missing")) };
    let found = match look(&open, &set, desk.env().now()) {
        Err(AppError::Io(error)) => return Err(AppError::refused(trouble(&error))),
        other => other?,
    };
    let mut removed = 0;
    for name in &found.left {
        let gone = inside(&set.path, name).is_some_and(|path| fs::remove_file(path).is_ok());
        removed += u32::from(gone);
    }
    if (removed as usize) < found.left.len() {
        return Err(AppError::refused("scan_not_removed"));
    }
    let changed = Changed { cases: Vec::new(), lists: vec!["scans".to_owned()] };
    Ok(ScanCleared { removed, changed })
}

#[derive(Default)]
struct Found {
    /// The newest first.
    files: Vec<ScanFile>,
    /// Names of what was attached already.
    left: Vec<String>,
    writing: u32,
    older: u32,
}

fn look(open: &Open, set: &Setting, now: DateTime<Utc>) -> Result<Found, AppError> {
    let there = entries(&set.path)?;
    let taken = taken(open)?;
    let mut known = open.scans.known();
    let before = known.take().filter(|(path, _)| *path == set.path).map(|(_, seen)| seen);
    let mut seen = HashMap::new();
    let mut found = Found::default();
    for (name, print) in there {
        let mut one = match before.as_ref().and_then(|b| b.get(&name)) {
            Some(old) if old.print == print => Seen { looks: old.looks + 1, ..old.clone() },
            _ => Seen { print, looks: 1, fresh: before.is_some(), plain: None },
        };
        let young = now.signed_duration_since(print.at) < Duration::hours(HOURS);
        if one.looks < 2 {
            // On the first look everything is new to us: only what is young may be half a scan.
            if young || one.fresh {
                found.writing += 1;
            }
        } else if is_taken(&set.path, &name, &mut one, &taken) {
            found.left.push(name.clone());
        } else if young || one.fresh {
            let (bytes, at, fresh) = (print.bytes, print.at, one.fresh);
            found.files.push(ScanFile { name: name.clone(), bytes, at, fresh });
        } else {
            found.older += 1;
        }
        seen.insert(name, one);
    }
    *known = Some((set.path.clone(), seen));
    found.files.sort_by(|a, b| (b.fresh, b.at, &a.name).cmp(&(a.fresh, a.at, &b.name)));
    Ok(found)
}

fn is_taken(folder: &Path, name: &str, one: &mut Seen, taken: &[super::Taken]) -> bool {
    if !taken.iter().any(|t| t.bytes == one.print.bytes) {
        return false;
    }
    if one.plain.is_none() {
        one.plain = inside(folder, name).and_then(|path| plain_hash(&path).ok());
    }
    taken.iter().any(|t| one.plain.as_ref() == Some(&t.plain))
}

/// Plain files that may be a scan.
fn entries(folder: &Path) -> std::io::Result<Vec<(String, Print)>> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder)?.take(ENTRIES_MAX) {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // A file that goes away while one looks is no trouble. A link leads out of the folder.
        let Ok(metadata) = fs::symlink_metadata(entry.path()) else { continue };
        if !metadata.is_file() || metadata.len() == 0 || is_nobodys(&name) {
            continue;
        }
        if let Ok(print) = Print::of(&metadata) {
            out.push((name, print));
        }
    }
    Ok(out)
}

/// Hidden, unfinished, of the system, or a program: no scan.
fn is_nobodys(name: &str) -> bool {
    let lower = name.to_lowercase();
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    lower.starts_with(['.', '~'])
        || UNFINISHED.contains(&end)
        || matches!(lower.as_str(), "thumbs.db" | "desktop.ini")
        || danger("image/png", name) == Danger::Program
}
