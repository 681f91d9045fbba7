//! Writing what waits into a folder.

use super::attached::write_attached;
use super::{folder, name, put, with_ending, write_code};
use crate::api::{BundleExported, BundleFolder};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_store::log;
use esik_wire::bundle::{self, BUNDLE_ENDING, BundleHead};
use esik_wire::signed::sign_head;
use esik_wire::{SEGMENT_BYTES_MAX, SEGMENT_EVENTS_MAX, Segment, SignedEvent};
use std::io::Write as _;

/// Bytes of events in one file: room is left for what stands around them.
const EVENT_BYTES_MAX: usize = SEGMENT_BYTES_MAX - 64 * 1024;

/// Writes every event without a verdict into the folder, sealed to the region, and then the attached files that
/// wait. Nothing here changes: it still waits until the region has acknowledged it, by line or by receipt. What finds
/// no room is told; what does is whole.
///
/// # Errors
/// `bundle_folder`, `bundle_nothing`, `not_enrolled`, `practice`; `bundle_full` and `bundle_write` when nothing could be
/// written at all; `locked` when the desk is locked meanwhile.
pub fn bundle_export(desk: &Desk, r: BundleFolder) -> Result<BundleExported, AppError> {
    let open = desk.opened()?;
    if open.is_practice() {
        return Err(AppError::refused("practice"));
    }
    let to = folder(&r)?;
    let mut done = BundleExported {
        files: Vec::new(),
        events: 0,
        events_left: 0,
        attached: 0,
        attached_bytes: 0,
        attached_left: 0,
        attached_left_bytes: 0,
        stopped: None,
        faults: Vec::new(),
    };
    sealed(&open, desk.env().now(), &mut |sealed| {
        if done.stopped.is_none() {
            match put(&to, &sealed.file, |file| file.write_all(&sealed.bytes)) {
                Ok(()) => {
                    done.files.push(sealed.file);
                    done.events += sealed.events;
                    return Ok(true);
                }
                Err(error) => done.stopped = Some(write_code(&error).to_owned()),
            }
        }
        done.events_left += sealed.events;
        Ok(true)
    })?;
    let region = crate::sync::region(&open)?.ok_or_else(|| AppError::refused("not_enrolled"))?;
    let attached = write_attached(desk, &open, &region.region_id, &to, &mut done)?;
    let written = attached || done.events > 0;
    match &done.stopped {
        Some(code) if !written => return Err(AppError::refused(code)),
        None if !written && done.faults.is_empty() => {
            return Err(AppError::refused("bundle_nothing"));
        }
        _ => {}
    }
    // A bundle of an earlier day that ends within these would only be sent twice.
    tracing::info!(
        files = done.files.len(),
        attached = done.attached,
        there = with_ending(&to, BUNDLE_ENDING)?.len(),
        last = name(&to),
        "bundles were written"
    );
    Ok(done)
}

/// One segment of what waits, sealed to the region.
pub(crate) struct Sealed {
    /// Its file's name.
    pub file: String,
    pub bytes: Vec<u8>,
    pub events: u64,
}

/// Seals what waits, segment by segment, until `put` has had enough and says so by `false`.
///
/// # Errors
/// `not_enrolled`, `bundle_unmet`; the store's, and those of `put`.
pub(crate) fn sealed(
    open: &Open,
    now: DateTime<Utc>,
    put: &mut dyn FnMut(Sealed) -> Result<bool, AppError>,
) -> Result<(), AppError> {
    let region = crate::sync::region(open)?.ok_or_else(|| AppError::refused("not_enrolled"))?;
    let known = crate::sync::known(open).ok_or_else(|| AppError::refused("bundle_unmet"))?;
    let (device, life) = (open.device_id, open.incarnation);
    let (acked, head) = open.store.read(|conn| {
        Ok((log::acked(conn, device, life)?, log::head_of_life(conn, device, life)?))
    })?;
    let mut from = acked.seq + 1;
    while from <= head.seq {
        let all = open.store.read(|conn| {
            log::segment(conn, device, life, from, SEGMENT_EVENTS_MAX, EVENT_BYTES_MAX)
        })?;
        let Some(last) = all.last().map(SignedEvent::hash) else { break };
        let events = all.len() as u64;
        let last_seq = from + events - 1;
        let about = BundleHead {
            region_id: region.region_id.clone(),
            device_id: device,
            incarnation: life,
            first_seq: from,
            last_seq,
            made_at: now,
        };
        let segment = Segment {
            branch_of: None,
            behind: None,
            device_id: device,
            incarnation: life,
            epoch: known.epoch.clone(),
            first_seq: from,
            events: all,
            head: last,
            head_sig: sign_head(&open.device_key, &last),
        };
        let mut random = [0; 32];
        fill(&mut random);
        let bytes = bundle::seal(&about, &segment, &region.region_key, random)
            .map_err(|e| AppError::refused(super::code(e)))?;
        let short: String = device.to_string().chars().rev().take(8).collect();
        let file = format!("{short}-{life}-{from:08}-{last_seq:08}.{BUNDLE_ENDING}");
        if !put(Sealed { file, bytes, events })? {
            break;
        }
        from = last_seq + 1;
    }
    Ok(())
}
