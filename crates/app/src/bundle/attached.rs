//! Writing the attached files that wait beside the bundles: each as it lies here, sealed, with this desk's slip
//! before it. Small pictures first, then the smallest: when there is no room for all, most of them have it.

use super::{Meter, is_plain, put, write_code};
use crate::api::{BundleExported, BundleFault};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_store::attached::travel::{self, Waits};
use esik_wire::blobs::chunks_of;
use esik_wire::carried::{FILE_ENDING, FILES_MAX, Signed, Slip, file_head, read_file_head};
use esik_wire::sealed::sealed_len;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Writes them into the folder and counts in `done` what lies there and what does not. Tells whether anything does.
///
/// # Errors
/// `locked` when the desk is locked meanwhile; the store's.
pub(super) fn write_attached(
    desk: &Desk,
    open: &Arc<Open>,
    region_id: &str,
    to: &Path,
    done: &mut BundleExported,
) -> Result<bool, AppError> {
    let all = open.store.read(|conn| travel::all_waiting(conn, &open.files))?;
    if all.is_empty() {
        return Ok(false);
    }
    let mut any = false;
    let sealed = |one: &Waits| sealed_len(one.bytes);
    let mut meter = Meter::start(desk, all.iter().map(sealed).sum());
    for (n, one) in all.iter().enumerate() {
        desk.still(open)?;
        if done.stopped.is_none() && n >= FILES_MAX {
            done.stopped = Some("bundle_too_many".to_owned());
        }
        let mut lies = false;
        if done.stopped.is_none() {
            match write_one(open, region_id, to, one, desk.env().now()) {
                Ok(()) => lies = true,
                Err(NotWritten::Here) => done
                    .faults
                    .push(BundleFault { name: file_name(one), code: "file_damaged".to_owned() }),
                Err(NotWritten::There(error)) => {
                    done.stopped = Some(write_code(&error).to_owned());
                }
            }
        }
        any |= lies;
        let (files, bytes) = if lies {
            (&mut done.attached, &mut done.attached_bytes)
        } else {
            (&mut done.attached_left, &mut done.attached_left_bytes)
        };
        if !one.preview {
            *files += 1;
            *bytes += one.bytes;
        }
        meter.more(sealed(one));
    }
    Ok(any)
}

fn file_name(one: &Waits) -> String {
    format!("{}.{FILE_ENDING}", one.address)
}

/// Why a file is not on the stick.
enum NotWritten {
    /// It is damaged at this desk.
    Here,
    /// The stick does not take it.
    There(io::Error),
}

fn write_one(
    open: &Open,
    region_id: &str,
    to: &Path,
    one: &Waits,
    now: DateTime<Utc>,
) -> Result<(), NotWritten> {
    let name = file_name(one);
    if lies_there(open, &to.join(&name), one) {
        return Ok(());
    }
    let bytes = sealed_len(one.bytes);
    let chunk = |n| open.files.chunk(&one.address, n);
    let (mut whole, mut chunks, mut length) = (Sha256::new(), Vec::new(), 0);
    for n in 0..chunks_of(bytes) {
        let chunk = chunk(n).map_err(|_| NotWritten::Here)?;
        whole.update(&chunk);
        length += chunk.len() as u64;
        chunks.push(hex::encode(Sha256::digest(&chunk)));
    }
    if length != bytes || hex::encode(whole.finalize()) != one.address {
        return Err(NotWritten::Here);
    }
    let slip = Slip {
        region_id: region_id.to_owned(),
        device_id: open.device_id,
        address: one.address.clone(),
        bytes,
        chunks,
        preview: one.preview,
        made_at: now,
    };
    let head = Signed::sign(&slip, &open.device_key)
        .and_then(|signed| file_head(&signed))
        .map_err(|_| NotWritten::Here)?;
    let mut broken = false;
    let written = put(to, &name, |file| {
        file.write_all(&head)?;
        for n in 0..chunks_of(bytes) {
            let chunk = chunk(n).map_err(|e| {
                broken = true;
                io::Error::other(e)
            })?;
            file.write_all(&chunk)?;
        }
        Ok(())
    });
    written.map_err(|e| if broken { NotWritten::Here } else { NotWritten::There(e) })
}

/// An earlier writing left it there, and it is whole.
fn lies_there(open: &Open, path: &Path, one: &Waits) -> bool {
    let look = || -> Option<bool> {
        let mut file = File::open(path).ok()?;
        let (slip, head) = read_file_head(&mut file).ok()?;
        let slip = slip.verify(&open.device_key.verifying_key()).ok()?;
        // One that grew is not read through only to be written again.
        let long = head.len() as u64 + sealed_len(one.bytes);
        if slip.device_id != open.device_id
            || slip.address != one.address
            || file.metadata().ok()?.len() != long
        {
            return Some(false);
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = file.read(&mut buffer).ok()?;
            if n == 0 {
                break;
            }
            hash.update(buffer.get(..n)?);
        }
        Some(hex::encode(hash.finalize()) == one.address)
    };
    is_plain(path) && look().unwrap_or(false)
}
