//! Writing what waits into a folder.

use super::attached::write_attached;
use super::{folder, name, put, with_ending, write_code};
use crate::api::{BundleExported, BundleFolder};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use crate::sync::Region;
use chrono::{DateTime, Utc};
use esik_domain::ids::OfficerId;
use esik_store::log;
use esik_wire::bundle::{self, BUNDLE_ENDING, BundleError, BundleHead, BundleOfficers, Load};
use esik_wire::carried::Signed;
use esik_wire::signed::sign_head;
use esik_wire::{
    GIVEN_OFFICERS_MAX, OfficerCard, SEGMENT_BYTES_MAX, SEGMENT_EVENTS_MAX, Segment, SignedEvent,
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
            let authors = authors(&events);
            let epoch = known.epoch.clone();
            let segment = Segment::of_life(device, of, epoch, from, events, |head| {
                Ok::<_, AppError>(sign_head(&open.device_key, head))
            })?;
            let Some(segment) = segment else { break };
            let wrote = officers.iter().filter(|card| authors.contains(&card.id));
            let wrote = wrote.take(GIVEN_OFFICERS_MAX).cloned().collect();
            let sealed = one(open, &region, now, segment, wrote)?;
            from += sealed.events;
            if !put(sealed)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn authors(events: &[SignedEvent]) -> BTreeSet<OfficerId> {
    events.iter().filter_map(|e| e.envelope().ok()).map(|e| e.actor_id).collect()
}

/// One segment, sealed with the cards of who wrote it.
fn one(
    open: &Open,
    region: &Region,
    now: DateTime<Utc>,
    segment: Segment,
    officers: Vec<OfficerCard>,
) -> Result<Sealed, AppError> {
    let events = segment.events.len() as u64;
    let (first, last) = (segment.first_seq, segment.first_seq + events - 1);
    let (device, life) = (segment.device_id, segment.incarnation);
    let about = BundleHead {
        region_id: region.region_id.clone(),
        device_id: device,
        incarnation: life,
        first_seq: first,
        last_seq: last,
        made_at: now,
    };
    let said = BundleOfficers { region_id: about.region_id.clone(), device_id: device, officers };
    let officers = Some(refusing(Signed::sign(&said, &open.device_key))?);
    let mut random = [0; 32];
    fill(&mut random);
    let load = Load { segment, officers };
    let bytes = refusing(bundle::seal(&about, &load, &region.region_key, random))?;
    let short: String = device.to_string().chars().rev().take(8).collect();
    // Names tell the order: an earlier life stands behind this one.
    let earlier = if life == open.incarnation { "" } else { "x" };
    let file = format!("{short}-{earlier}{life}-{first:08}-{last:08}.{BUNDLE_ENDING}");
    Ok(Sealed { file, bytes, events })
}

fn refusing<T>(done: Result<T, BundleError>) -> Result<T, AppError> {
    done.map_err(|e| AppError::refused(super::code(e)))
}
