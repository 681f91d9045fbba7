//! Taking receipts that came back: they acknowledge exactly as an answer of the region does.

use super::{code, folder, name, read, with_ending};
use crate::api::{BundleAcknowledged, BundleFault, BundleFolder};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use ed25519_dalek::VerifyingKey;
use esik_store::{log, meta};
use esik_wire::bundle::{BundleError, RECEIPT_ENDING, Receipt, SignedReceipt};
use esik_wire::signed::key_from_text;
use esik_wire::{KnownRegion, SignedEvent};
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
    let unsent = |open: &Open| open.store.read(log::unsent_count);
    let before = unsent(open)?;
    let mut done = BundleAcknowledged {
        receipts: 0,
        events: 0,
        others: 0,
        faults: Vec::new(),
        changed: crate::sync::changed(&[]),
    };
    let mut cases = Vec::new();
    for path in &all {
        match one(open, &region.region_id, &key, &read(path, RECEIPT_BYTES_MAX)?)? {
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
    if done.receipts + done.others == 0 && done.faults.is_empty() {
        return Err(AppError::refused("bundle_no_receipt"));
    }
    let seen = open.store.read(|conn| esik_store::lists::visible(conn, &open.actor, &cases))?;
    done.changed = crate::sync::changed(&seen);
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
    // Another life of this desk, or a region that was put back from a copy since: its positions say nothing.
    if receipt.incarnation != open.incarnation
        || known.as_ref().is_some_and(|k| k.epoch != receipt.epoch)
    {
        return Ok(Taken::Fault("bundle_old"));
    }
    if !fits(open, &receipt)? {
        return Ok(Taken::Fault(code(BundleError::Foreign)));
    }
    let (device, life, answer) = (open.device_id, open.incarnation, receipt.answer);
    let touched = open.store.write(move |tx| {
        let outcome = log::apply_verdicts(tx, device, life, &answer.verdicts)?;
        // A receipt of yesterday does not take back what was heard today.
        if let Some(k) = meta::get::<KnownRegion>(tx, crate::sync::KNOWN)?
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
    let (device, life) = (open.device_id, open.incarnation);
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
