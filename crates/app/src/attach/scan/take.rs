//! Attaching a scan: sealed as a dropped file is, and its original does not stay behind unasked.

use super::{Print, Taken, inside, remember, setting, taken};
use crate::api::{ScanAttach, ScanAttached};
use crate::attach::add::{Asked, keep, look};
use crate::attach::{changed, may_attach};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use esik_domain::attached::fits;
use esik_store::attached::Sealer;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Attaches a file of the scanner's folder. With the setting, the original is removed once its sealed
/// copy was read through and the link is saved; never before, and never one that changed meanwhile.
///
/// # Errors
/// `scan_gone` when it is not there any more, `scan_changed` when it is not the file that was offered;
/// else as of `attachment_add`.
pub fn scan_attach(desk: &Desk, r: ScanAttach) -> Result<ScanAttached, AppError> {
    let open = desk.opened()?;
    may_attach(&open)?;
    let set = setting(&open)?.ok_or_else(|| AppError::refused("scan_missing"))?;
    let gone = || AppError::refused("scan_gone");
    let path = inside(&set.path, &r.name).ok_or_else(gone)?;
    let offered = Print { bytes: r.bytes, at: r.at };
    is_still(&path, offered)?;
    let asked = Asked::of(r.to, &r.name, &r.note, r.not_identity);
    let (sealer, plain) = seal(&open, &path)?;
    // A scanner that went on writing while it was read.
    is_still(&path, offered)?;
    if sealer.bytes() != offered.bytes {
        return Err(AppError::refused("scan_changed"));
    }
    let media_type = look(&open, &asked, sealer.bytes(), sealer.head())?;
    let (id, address) = keep(desk, &open, sealer, asked, media_type)?;
    let removed = set.remove && remove(&open, &path, offered, &address);
    if !removed {
        let mut all = taken(&open)?;
        all.push(Taken { plain, bytes: offered.bytes, address });
        remember(&open, all)?;
    }
    let mut changed = changed(r.to);
    changed.lists.push("scans".to_owned());
    Ok(ScanAttached { id, removed, changed })
}

fn is_still(path: &Path, offered: Print) -> Result<(), AppError> {
    match fs::symlink_metadata(path).and_then(|m| Print::of(&m)) {
        Ok(now) if now == offered => Ok(()),
        Ok(_) => Err(AppError::refused("scan_changed")),
        Err(_) => Err(AppError::refused("scan_gone")),
    }
}

/// Its bytes, sealed, and their hash.
fn seal(open: &Open, path: &Path) -> Result<(Sealer, String), AppError> {
    let unreadable = |_| AppError::refused("attachment_unreadable");
    let mut file = File::open(path).map_err(unreadable)?;
    let mut sealer = open.files.begin(&mut |out| fill(out))?;
    let mut hash = Sha256::new();
    let mut buffer = Zeroizing::new(vec![0; 1 << 16]);
    loop {
        let n = file.read(&mut buffer).map_err(unreadable)?;
        let part = buffer.get(..n).unwrap_or_default();
        if part.is_empty() {
            return Ok((sealer, hex::encode(hash.finalize())));
        }
        if !fits(sealer.bytes(), n as u64) {
            return Err(AppError::refused("attachment_too_large"));
        }
        hash.update(part);
        sealer.push(part)?;
    }
}

/// True when the original is gone. What cannot be removed stays, and is told.
fn remove(open: &Open, path: &Path, offered: Print, address: &str) -> bool {
    let whole = open.files.check(address).is_ok_and(|broken| broken.is_none());
    if !whole || is_still(path, offered).is_err() {
        return false;
    }
    match fs::remove_file(path) {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "an attached scan could not be removed from its folder");
            false
        }
    }
}
