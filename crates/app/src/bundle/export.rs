//! Writing what waits into a folder.

use super::attached::write_attached;
use super::{folder, name, put, with_ending, write_code};
use crate::api::{BundleExported, BundleFolder};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::ids::OfficerId;
use esik_store::log;
use esik_wire::bundle::{self, BUNDLE_ENDING, BundleError, BundleHead, BundleOfficers, Load};
use esik_wire::carried::Signed;
use esik_wire::signed::sign_head;
use esik_wire::{
    GIVEN_OFFICERS_MAX, OfficerCard, SEGMENT_BYTES_MAX, SEGMENT_EVENTS_MAX, Segment, SignedEvent,
    ZERO_HASH,
};
use std::collections::BTreeSet;
use std::io::Write as _;

/// Bytes of events in one file: room is left for what stands around them, cards of officers among it.
const EVENT_BYTES_MAX: usize = SEGMENT_BYTES_MAX - 128 * 1024;

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

/// Seals what waits, segment by segment, until `put` has had enough and says so by `false`. This life of the device goes first:
/// what a region says against an earlier one then stops nothing of today.
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
    let (runs, officers) = open.store.read(|conn| {
        let (acked, head) =
            (log::acked(conn, device, life)?, log::head_of_life(conn, device, life)?);
        let mut runs = vec![(life, acked.seq + 1, head.seq)];
        runs.extend(log::older_unsent(conn, device, life)?);
        Ok((runs, esik_store::officers::local(conn)?))
    })?;
    for (of, first, to) in runs {
        let mut from = first;
        while from <= to {
            let mut events = open.store.read(|conn| {
                log::segment(conn, device, of, from, SEGMENT_EVENTS_MAX, EVENT_BYTES_MAX)
            })?;
            events.truncate(usize::try_from(to - from + 1).unwrap_or(usize::MAX));
            let taken = events.len() as u64;
            if taken == 0 {
                break;
            }
            let about = BundleHead {
                region_id: region.region_id.clone(),
                device_id: device,
                incarnation: of,
                first_seq: from,
                last_seq: from + taken - 1,
                made_at: now,
            };
            if !put(one(open, about, &known.epoch, &region.region_key, events, &officers)?)? {
                return Ok(());
            }
            from += taken;
        }
    }
    Ok(())
}

/// One segment, sealed with the cards of who wrote it.
fn one(
    open: &Open,
    about: BundleHead,
    epoch: &str,
    region_key: &str,
    events: Vec<SignedEvent>,
    officers: &[OfficerCard],
) -> Result<Sealed, AppError> {
    let read: Vec<_> = events.iter().filter_map(|e| e.envelope().ok()).collect();
    let authors: BTreeSet<OfficerId> = read.iter().map(|e| e.actor_id).collect();
    let wrote = officers.iter().filter(|card| authors.contains(&card.id));
    let said = BundleOfficers {
        region_id: about.region_id.clone(),
        device_id: about.device_id,
        officers: wrote.take(GIVEN_OFFICERS_MAX).cloned().collect(),
    };
    let head = events.last().map(SignedEvent::hash).unwrap_or(ZERO_HASH);
    // A branch of a copied desk lies under another life than its events name.
    let named = read.first().map(|e| e.incarnation);
    let load = Load {
        segment: Segment {
            branch_of: named.filter(|named| *named != about.incarnation),
            behind: None,
            device_id: about.device_id,
            incarnation: about.incarnation,
            epoch: epoch.to_owned(),
            first_seq: about.first_seq,
            events,
            head,
            head_sig: sign_head(&open.device_key, &head),
        },
        officers: Some(refusing(Signed::sign(&said, &open.device_key))?),
    };
    let mut random = [0; 32];
    fill(&mut random);
    let bytes = refusing(bundle::seal(&about, &load, region_key, random))?;
    let BundleHead { incarnation, first_seq, last_seq, .. } = about;
    let short: String = about.device_id.to_string().chars().rev().take(8).collect();
    // Names tell the order: an earlier life stands behind this one.
    let earlier = if incarnation == open.incarnation { "" } else { "x" };
    let file =
        format!("{short}-{earlier}{incarnation}-{first_seq:08}-{last_seq:08}.{BUNDLE_ENDING}");
    Ok(Sealed { file, bytes, events: last_seq + 1 - first_seq })
}

fn refusing<T>(done: Result<T, BundleError>) -> Result<T, AppError> {
    done.map_err(|e| AppError::refused(super::code(e)))
}
