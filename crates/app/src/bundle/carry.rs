//! Handing on what other desks gave: this desk has a line, and reads nothing of it.

use super::carry_files::carry_files;
use super::{folder, name, named, read, with_ending, write};
use crate::api::{BundleCarried, BundleFault, BundleFolder};
use crate::desk::Desk;
use crate::error::{AppError, sync_refusal};
use esik_wire::bundle::{BUNDLE_BYTES_MAX, BUNDLE_ENDING, RECEIPT_ENDING, head};
use esik_wire::carried::FILE_ENDING;
use esik_wire::{ApiErrorCode, SyncApi as _, SyncFailure};

/// Gives the region every bundle of the folder, then every attached file, and puts its receipts beside them. One that
/// the region does not take is told, and the next one is taken.
///
/// # Errors
/// `bundle_folder`, `bundle_write`, `bundle_none`, `not_enrolled`; and why the region cannot be reached.
pub fn bundle_carry(desk: &Desk, r: BundleFolder) -> Result<BundleCarried, AppError> {
    let open = desk.opened()?;
    let at = folder(&r)?;
    let region = crate::sync::client(&open)?;
    let known = crate::sync::region(&open)?.ok_or_else(|| AppError::refused("not_enrolled"))?;
    let all = with_ending(&at, BUNDLE_ENDING)?;
    if all.is_empty() && named(&at, FILE_ENDING)?.is_empty() {
        return Err(AppError::refused("bundle_none"));
    }
    let mut done = BundleCarried {
        carried: 0,
        attached: 0,
        attached_bytes: 0,
        attached_there: 0,
        faults: Vec::new(),
    };
    for path in all {
        let mut fault = |code: &str| {
            done.faults.push(BundleFault { name: name(&path), code: code.to_owned() });
        };
        let bytes = match read(&path, BUNDLE_BYTES_MAX) {
            Ok(bytes) if head(&bytes).is_ok() => bytes,
            _ => {
                fault("bundle_not_one");
                continue;
            }
        };
        let receipt = match desk.runtime().block_on(region.bundle(bytes)) {
            Ok(receipt) => receipt,
            Err(SyncFailure::Refused(e)) => {
                match e.code {
                    ApiErrorCode::BadRequest | ApiErrorCode::TooLarge => fault("bundle_damaged"),
                    ApiErrorCode::NotFound => fault("bundle_foreign"),
                    ApiErrorCode::HistoryDiverged => fault("bundle_old"),
                    ApiErrorCode::Gap => fault("bundle_gap"),
                    ApiErrorCode::Fork => fault("region_fork"),
                    _ => return Err(AppError::Refused(sync_refusal(&SyncFailure::Refused(e)))),
                }
                continue;
            }
            Err(failure) => return Err(AppError::Refused(sync_refusal(&failure))),
        };
        let text = serde_json::to_vec(&receipt).map_err(|e| AppError::Internal(e.to_string()))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        write(&at, &format!("{stem}.{RECEIPT_ENDING}"), &text)?;
        done.carried += 1;
    }
    // After the records: the region takes no file that it has no record of.
    carry_files(desk, &open, &region, &known.region_id, &at, &mut done)?;
    Ok(done)
}
