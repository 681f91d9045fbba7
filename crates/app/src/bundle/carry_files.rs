//! Handing on the attached files that other desks gave along: chunk by chunk, as the lane of files does, from where
//! the region has them. This desk reads nothing of them; the region takes nothing but what their desk signed.

use super::{Meter, code, is_plain, name, named, write};
use crate::api::{BundleCarried, BundleFault};
use crate::desk::{Desk, Open};
use crate::error::{AppError, sync_refusal};
use esik_domain::ids::DeviceId;
use esik_store::log;
use esik_sync::HttpRegion;
use esik_sync::lane::{BlobStep, Way, next_blob_step};
use esik_wire::blobs::{BLOB_CHUNK_BYTES, chunk_len};
use esik_wire::bundle::BundleError;
use esik_wire::carried::{
    Carried, FILE_ENDING, FILE_RECEIPTS_BYTES_MAX, FILE_RECEIPTS_ENDING, FILES_MAX, FileReceipt,
    Signed, Slip, read_file_head, receipts_text,
};
use esik_wire::{ApiErrorCode, SyncFailure};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Receipts for files by desk and by file.
type Receipts = BTreeMap<DeviceId, BTreeMap<String, Signed<FileReceipt>>>;

/// Hands on the files that lie in the folder and puts their receipts there. One that is not taken is told, and the
/// next one is taken.
///
/// # Errors
/// `bundle_write`, `locked`; why the region cannot be reached. What was handed on until then stays so, with its
/// receipts, and another try goes on from there.
pub(super) fn carry_files(
    desk: &Desk,
    open: &Arc<Open>,
    region: &HttpRegion,
    region_id: &str,
    at: &Path,
    done: &mut BundleCarried,
) -> Result<(), AppError> {
    let mut all = named(at, FILE_ENDING)?;
    if all.len() > FILES_MAX {
        done.faults.push(BundleFault { name: name(at), code: "bundle_too_many".to_owned() });
        all.truncate(FILES_MAX);
    }
    let size = |path: &PathBuf| fs::symlink_metadata(path).map_or(0, |found| found.len());
    let mut carrier = Carrier {
        desk,
        open,
        region,
        region_id,
        meter: Meter::start(desk, all.iter().map(size).sum()),
        receipts: BTreeMap::new(),
        full: BTreeSet::new(),
        done,
    };
    let mut ended = Ok(());
    for path in &all {
        ended = match carrier.one(path) {
            Ok(()) => Ok(()),
            Err(Stop::File(code)) => {
                carrier.done.faults.push(BundleFault { name: name(path), code: code.to_owned() });
                Ok(())
            }
            Err(Stop::All(error)) => Err(error),
        };
        if ended.is_err() {
            break;
        }
    }
    for (device, receipts) in carrier.receipts {
        keep_receipts(at, device, receipts)?;
    }
    ended
}

/// Why a file does not go on.
enum Stop {
    /// This one; the next may.
    File(&'static str),
    /// Nothing more goes now.
    All(AppError),
}

impl From<BundleError> for Stop {
    fn from(e: BundleError) -> Self {
        Self::File(code(e))
    }
}

impl From<AppError> for Stop {
    fn from(e: AppError) -> Self {
        Self::All(e)
    }
}

struct Carrier<'a> {
    desk: &'a Desk,
    open: &'a Arc<Open>,
    region: &'a HttpRegion,
    region_id: &'a str,
    meter: Meter<'a>,
    receipts: Receipts,
    /// Desks that may bring no more today.
    full: BTreeSet<DeviceId>,
    done: &'a mut BundleCarried,
}

impl Carrier<'_> {
    fn one(&mut self, path: &Path) -> Result<(), Stop> {
        self.desk.still(self.open)?;
        // A link, a folder: nothing of this program.
        if !is_plain(path) {
            return Err(BundleError::NotOne.into());
        }
        let mut file = File::open(path).map_err(|_| BundleError::Damaged)?;
        let size = file.metadata().map_err(|_| BundleError::Damaged)?.len();
        let (slip, head) = read_file_head(&mut file)?;
        let slip: Slip = slip.unproven()?;
        if !slip.is_whole() {
            return Err(BundleError::NotOne.into());
        }
        if slip.region_id != self.region_id {
            return Err(BundleError::Foreign.into());
        }
        if size != head.len() as u64 + slip.bytes {
            return Err(BundleError::Damaged.into());
        }
        if self.full.contains(&slip.device_id) {
            return Err(Stop::File("bundle_day_full"));
        }
        let (mut sent, mut asked) = (0, 1);
        let mut held = self.ask(&head, &slip)?;
        loop {
            match (next_blob_step(Way::Up, &held.status, 0), held.receipt.take()) {
                (BlobStep::Put(n), _) if asked == 1 => {
                    let chunk = chunk(&mut file, head.len() as u64, &slip, n)?;
                    self.events_first()?;
                    let put = self.region.carried_chunk(&head, n, &chunk);
                    let answer = self.desk.runtime().block_on(put);
                    held.status = self.heard(answer, &slip)?;
                    sent += chunk.len() as u64;
                    self.meter.more(chunk.len() as u64);
                }
                (BlobStep::Done, Some(receipt)) => {
                    self.meter.more((size - head.len() as u64).saturating_sub(sent));
                    self.count(&slip, asked > 1 || sent > 0);
                    let of = self.receipts.entry(slip.device_id).or_default();
                    of.insert(slip.address, receipt);
                    return Ok(());
                }
                // Every chunk is there: it is put together, once. What came together is another file otherwise.
                (BlobStep::Commit | BlobStep::Done, None) if asked == 1 => {
                    asked = 2;
                    held = self.ask(&head, &slip)?;
                }
                _ => return Err(BundleError::Damaged.into()),
            }
        }
    }

    fn ask(&mut self, head: &[u8], slip: &Slip) -> Result<Carried, Stop> {
        let answer = self.desk.runtime().block_on(self.region.carried(head));
        let held = self.heard(answer, slip)?;
        if held.status.bytes == slip.bytes { Ok(held) } else { Err(BundleError::Damaged.into()) }
    }

    /// S27: what was saved at this desk meanwhile goes before the next chunk.
    fn events_first(&self) -> Result<(), Stop> {
        // A desk that was locked meanwhile refuses to be read.
        if self.open.store.read(log::unsent_count).map_err(AppError::from)? > 0
            && let Err(error) = crate::sync::now::run(self.desk)
        {
            tracing::info!(%error, "own records did not go before a carried file");
        }
        Ok(())
    }

    fn heard<T>(&mut self, answer: Result<T, SyncFailure>, slip: &Slip) -> Result<T, Stop> {
        let failure = match answer {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let SyncFailure::Refused(e) = &failure else {
            return Err(AppError::Refused(sync_refusal(&failure)).into());
        };
        Err(match e.code {
            ApiErrorCode::BadRequest | ApiErrorCode::TooLarge => BundleError::Damaged.into(),
            // Of a region of the program before, too: it takes no files by stick.
            ApiErrorCode::NotFound => Stop::File("bundle_file_unknown"),
            ApiErrorCode::Quota => {
                self.full.insert(slip.device_id);
                Stop::File("bundle_day_full")
            }
            _ => AppError::Refused(sync_refusal(&failure)).into(),
        })
    }

    fn count(&mut self, slip: &Slip, new: bool) {
        if slip.preview {
            return;
        }
        if new {
            self.done.attached += 1;
            self.done.attached_bytes += slip.bytes;
        } else {
            self.done.attached_there += 1;
        }
    }
}

/// A chunk of the file, when it is the one its desk wrote.
fn chunk(file: &mut File, head: u64, slip: &Slip, n: u32) -> Result<Vec<u8>, Stop> {
    let length = chunk_len(slip.bytes, n).ok_or(BundleError::Damaged)?;
    let mut chunk = vec![0; length];
    let at = head + u64::from(n) * BLOB_CHUNK_BYTES as u64;
    file.seek(SeekFrom::Start(at))
        .and_then(|_| file.read_exact(&mut chunk))
        .map_err(|_| BundleError::Damaged)?;
    if slip.chunk(n) == Some(hex::encode(Sha256::digest(&chunk)).as_str()) {
        Ok(chunk)
    } else {
        Err(BundleError::Damaged.into())
    }
}

/// Puts a desk's receipts into the folder, beside those of an earlier day.
fn keep_receipts(
    at: &Path,
    device: DeviceId,
    new: BTreeMap<String, Signed<FileReceipt>>,
) -> Result<(), AppError> {
    let file = format!("{device}.{FILE_RECEIPTS_ENDING}");
    let earlier = receipts_of(&at.join(&file)).unwrap_or_default();
    let text = receipts_text(&earlier, new).map_err(|e| AppError::refused(code(e)))?;
    write(at, &file, text.as_bytes())
}

fn receipts_of(path: &Path) -> Option<String> {
    let small = fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_file() && found.len() <= FILE_RECEIPTS_BYTES_MAX);
    small.then(|| fs::read_to_string(path).ok()).flatten()
}

/// Receipts for files, a line each; a line that is none, or a file that is none, is an error of its own.
pub(super) fn read_receipts(path: &Path) -> Vec<Result<Signed<FileReceipt>, BundleError>> {
    match receipts_of(path) {
        Some(text) if !text.is_empty() => text
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|_| BundleError::NotOne))
            .collect(),
        _ => vec![Err(BundleError::NotOne)],
    }
}
