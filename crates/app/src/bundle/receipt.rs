//! Taking receipts that came back: they acknowledge exactly as an answer of the region does.

use super::carry_files::read_receipts;
use super::{code, folder, name, read, with_ending};
use crate::api::{BundleAcknowledged, BundleFault, BundleFolder};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use ed25519_dalek::VerifyingKey;
use esik_store::attached::travel;
use esik_store::{log, meta};
use esik_wire::bundle::{BundleError, RECEIPT_ENDING, Receipt, SignedReceipt};
use esik_wire::carried::FILE_RECEIPTS_ENDING;
use esik_wire::signed::key_from_text;
use esik_wire::{KnownRegion, SignedEvent};
use std::collections::BTreeSet;
use std::path::Path;

/// Bytes of a receipt, at most: a verdict for each of five hundred events.
const RECEIPT_BYTES_MAX: usize = 512 * 1024;

/// Takes every receipt of the folder that is for this desk. Twice is once.
///
/// # Errors
/// `bundle_folder`, `bundle_no_receipt`, `not_enrolled`; the store's.
pub fn bundle_receipt(desk: &Desk, r: BundleFolder) -> Result<BundleAcknowledged, AppError> {
    let open = desk.opened()?;
    let at = folder(&r)?;
    take_all(&open, &at)
}

/// Takes every receipt of the folder that is for this desk.
///
/// # Errors
/// As [`bundle_receipt`], but for the folder.
pub(crate) fn take_all(open: &Open, at: &Path) -> Result<BundleAcknowledged, AppError> {
    let region = crate::sync::region(open)?.ok_or_else(|| AppError::refused("not_enrolled"))?;
    let key = key_from_text(&region.region_key).map_err(|e| AppError::Internal(e.to_string()))?;
    let all = with_ending(at, RECEIPT_ENDING)?;
    let of_files = with_ending(at, FILE_RECEIPTS_ENDING)?;
    let unsent = |open: &Open| open.store.read(log::unsent_count);
    let before = unsent(open)?;
    let mut done = BundleAcknowledged {
        receipts: 0,
        events: 0,
        attached: 0,
        others: 0,
        faults: Vec::new(),
        changed: crate::sync::changed(&[]),
    };
    let mut cases = Vec::new();
    for path in &all {
        let taken = match read(path, RECEIPT_BYTES_MAX) {
            Ok(bytes) => one(open, &region.region_id, &key, &bytes)?,
            Err(_) => Taken::Fault(code(BundleError::NotOne)),
        };
        match taken {
            Taken::Mine(touched) => {
                done.receipts += 1;
                cases.extend(touched);
            }
            Taken::Others => done.others += 1,
            Taken::Fault(code) => {
                done.faults.push(BundleFault { name: name(path), code: code.to_owned() });
            }
        }
    }
    for path in &of_files {
        let said = of_attached(open, &region.region_id, &key, path)?;
        done.attached += said.attached;
        if said.mine {
            done.receipts += 1;
        } else if said.others {
            done.others += 1;
        }
        if let Some(code) = said.fault {
            done.faults.push(BundleFault { name: name(path), code: code.to_owned() });
        }
    }
    if done.receipts + done.others == 0 && done.faults.is_empty() {
        return Err(AppError::refused("bundle_no_receipt"));
    }
    let seen = open.store.read(|conn| esik_store::lists::visible(conn, &open.actor, &cases))?;
    done.changed = crate::sync::changed(&seen);
    done.changed.lists.push("files".to_owned());
    let after = unsent(open)?;
    done.events = before.saturating_sub(after);
    Ok(done)
}

enum Taken {
    Mine(Vec<esik_domain::ids::CaseId>),
    /// Of another desk: it lies in the same folder and is none of ours.
    Others,
    Fault(&'static str),
}

fn one(open: &Open, region_id: &str, key: &VerifyingKey, bytes: &[u8]) -> Result<Taken, AppError> {
    let Ok(signed) = serde_json::from_slice::<SignedReceipt>(bytes) else {
        return Ok(Taken::Fault(code(BundleError::NotOne)));
    };
    let receipt = match signed.verify(key) {
        Ok(receipt) => receipt,
        Err(e) => return Ok(Taken::Fault(code(e))),
    };
    if receipt.region_id != region_id {
        return Ok(Taken::Fault(code(BundleError::Foreign)));
    }
    if receipt.device_id != open.device_id {
        return Ok(Taken::Others);
    }
    let known = crate::sync::known(open);
    let life = receipt.incarnation;
    let lived = open.store.read(|conn| log::head_of_life(conn, open.device_id, life))?;
    // A life that this desk does not know, or a region that was put back from a copy since: its positions say nothing.
    if lived.seq == 0 || known.as_ref().is_some_and(|k| k.epoch != receipt.epoch) {
        return Ok(Taken::Fault("bundle_old"));
    }
    if !fits(open, &receipt)? {
        return Ok(Taken::Fault(code(BundleError::Foreign)));
    }
    let (device, answer) = (open.device_id, receipt.answer);
    let this = life == open.incarnation;
    let touched = open.store.write(move |tx| {
        let outcome = log::apply_verdicts(tx, device, life, &answer.verdicts)?;
        // A receipt of yesterday does not take back what was heard today.
        if this
            && let Some(k) = meta::get::<KnownRegion>(tx, crate::sync::KNOWN)?
            && k.acked.seq < answer.acked.seq
        {
            meta::put(tx, crate::sync::KNOWN, &KnownRegion { acked: answer.acked, ..k })?;
        }
        Ok(outcome.touched)
    })?;
    Ok(Taken::Mine(touched))
}

/// What the region says it holds is what this desk wrote; and it speaks of nothing else.
fn fits(open: &Open, receipt: &Receipt) -> Result<bool, AppError> {
    let acked = receipt.answer.acked;
    let (device, life) = (open.device_id, receipt.incarnation);
    let (head, own) = open.store.read(|conn| {
        Ok((
            log::head_of_life(conn, device, life)?,
            log::segment(conn, device, life, acked.seq.max(1), 1, usize::MAX)?,
        ))
    })?;
    let same = own.first().map(SignedEvent::hash) == Some(acked.hash);
    Ok(acked.seq > 0
        && acked.seq <= head.seq
        && same
        && receipt.answer.verdicts.iter().all(|v| v.seq <= acked.seq))
}

/// What receipts for attached files in one file said.
#[derive(Default)]
struct OfAttached {
    /// Some are of this desk.
    mine: bool,
    others: bool,
    /// Files of this desk that had waited until now.
    attached: u32,
    fault: Option<&'static str>,
}

/// Takes the receipts for attached files that one file holds. One that cannot be used stops no other.
fn of_attached(
    open: &Open,
    region_id: &str,
    key: &VerifyingKey,
    path: &Path,
) -> Result<OfAttached, AppError> {
    let known = crate::sync::known(open);
    let mut said = OfAttached::default();
    let mut mine = BTreeSet::new();
    for signed in read_receipts(path) {
        match signed.and_then(|signed| signed.verify(key)) {
            Err(e) => said.fault = Some(code(e)),
            Ok(r) if r.region_id != region_id => said.fault = Some(code(BundleError::Foreign)),
            Ok(r) if r.device_id != open.device_id => said.others = true,
            // A region that was put back from a copy since may lack it: the lane asks.
            Ok(r) if known.as_ref().is_some_and(|k| k.epoch != r.epoch) => {
                said.fault = Some("bundle_old");
            }
            Ok(r) => {
                mine.insert(r.address);
            }
        }
    }
    said.mine = !mine.is_empty();
    if said.mine {
        let files = open.files.clone();
        said.attached = open.store.write(move |tx| {
            let mut attached = 0;
            for one in travel::all_waiting(tx, &files)? {
                if mine.contains(&one.address) {
                    travel::arrived(tx, &one.address)?;
                    attached += u32::from(!one.preview);
                }
            }
            Ok(attached)
        })?;
    }
    Ok(said)
}
