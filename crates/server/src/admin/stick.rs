//! `admin bundle`: what desks without a line gave on a stick, taken at the server itself.

use anyhow::{Context as _, anyhow};
use axum::body::Bytes;
use esik_domain::ids::DeviceId;
use esik_server::Region;
use esik_wire::blobs::{BLOB_CHUNK_BYTES, chunk_len};
use esik_wire::bundle::{BUNDLE_BYTES_MAX, RECEIPT_ENDING};
use esik_wire::carried::{
    FILE_ENDING, FILE_RECEIPTS_BYTES_MAX, FILE_RECEIPTS_ENDING, FILES_MAX, FileReceipt, Signed,
    Slip, read_file_head, receipts_text,
};
use esik_wire::{ApiError, ApiErrorCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Takes bundles, then the attached files of their folders. What is not taken is told with its reason and stops
/// nothing else.
///
/// # Errors
/// When nothing at all was taken; when a receipt cannot be written.
pub fn take(region: &Arc<Region>, files: &[PathBuf]) -> anyhow::Result<Value> {
    let (mut bundles, mut faults, mut folders) = (Vec::new(), Vec::new(), BTreeSet::new());
    for file in files {
        let beside = file.parent().filter(|p| !p.as_os_str().is_empty());
        folders.insert(beside.unwrap_or(Path::new(".")).to_owned());
        match bundle(region, file)? {
            Ok(taken) => bundles.push(taken),
            Err(why) => faults.push((file.clone(), why)),
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut attached = Attached::default();
    for folder in &folders {
        attached.of_folder(region, &runtime, folder)?;
    }
    faults.extend(attached.faults);
    if bundles.is_empty()
        && attached.new + attached.there == 0
        && let Some((file, why)) = faults.first()
    {
        return Err(anyhow!("{}: {why}", file.display()));
    }
    let fault = |(file, why): (PathBuf, String)| json!({ "file": file, "why": why });
    Ok(json!({
        "bundles": bundles,
        "attached": { "taken": attached.new, "bytes": attached.bytes, "there": attached.there },
        "faults": faults.into_iter().map(fault).collect::<Vec<_>>(),
    }))
}

/// Takes a bundle and writes its receipt beside it; or why it is not taken.
fn bundle(region: &Region, file: &Path) -> anyhow::Result<Result<Value, String>> {
    let small = fs::metadata(file).with_context(|| format!("reading {}", file.display()))?.len()
        <= BUNDLE_BYTES_MAX as u64;
    if !small {
        return Ok(Err("damaged, or no bundle".to_owned()));
    }
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let (head, receipt) = match region.take_bundle(&bytes) {
        Ok(taken) => taken,
        Err(e) => {
            return Ok(Err(match e.code {
                ApiErrorCode::BadRequest => "damaged, or no bundle".to_owned(),
                ApiErrorCode::NotFound => "of another region".to_owned(),
                ApiErrorCode::HistoryDiverged => {
                    "made before this region was put back from a copy".to_owned()
                }
                _ => e.to_string(),
            }));
        }
    };
    let to = file.with_extension(RECEIPT_ENDING);
    write(&to, &serde_json::to_vec(&receipt)?)?;
    Ok(Ok(json!({
        "device": head.device_id, "first_seq": head.first_seq, "last_seq": head.last_seq,
        "receipt": to,
    })))
}

/// The stick is a stranger's: no link that lies on it is followed.
fn write(to: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let all = || {
        let mut file = esik_platform::create_anew(to)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    all().with_context(|| format!("writing {}", to.display()))
}

#[derive(Default)]
struct Attached {
    /// Files the region holds now and did not before; small pictures are not counted.
    new: u32,
    bytes: u64,
    there: u32,
    faults: Vec<(PathBuf, String)>,
}

impl Attached {
    fn of_folder(
        &mut self,
        region: &Arc<Region>,
        runtime: &tokio::runtime::Runtime,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let named =
            fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
        let mut files: Vec<PathBuf> = named
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == FILE_ENDING))
            .collect();
        files.sort();
        if files.len() > FILES_MAX {
            let why = format!("more than {FILES_MAX} files: move the rest into another folder");
            self.faults.push((folder.to_owned(), why));
            files.truncate(FILES_MAX);
        }
        let mut receipts: BTreeMap<DeviceId, BTreeMap<String, Signed<FileReceipt>>> =
            BTreeMap::new();
        for path in files {
            match runtime.block_on(file(region, &path)) {
                Ok((slip, receipt, new)) => {
                    if !slip.preview && new {
                        self.new += 1;
                        self.bytes += slip.bytes;
                    } else if !slip.preview {
                        self.there += 1;
                    }
                    receipts.entry(slip.device_id).or_default().insert(slip.address, receipt);
                }
                Err(why) => self.faults.push((path, why)),
            }
        }
        for (device, new) in receipts {
            let to = folder.join(format!("{device}.{FILE_RECEIPTS_ENDING}"));
            write(&to, receipts_text(&earlier(&to), new)?.as_bytes())?;
        }
        Ok(())
    }
}

/// The receipts that lie there.
fn earlier(file: &Path) -> String {
    let known = fs::symlink_metadata(file)
        .is_ok_and(|found| found.is_file() && found.len() <= FILE_RECEIPTS_BYTES_MAX);
    known.then(|| fs::read_to_string(file).ok()).flatten().unwrap_or_default()
}

const DAMAGED: &str = "changed or cut: its desk writes it to the stick again";

/// Takes one file; its slip, the receipt, and whether the region lacked it.
async fn file(
    region: &Arc<Region>,
    path: &Path,
) -> Result<(Slip, Signed<FileReceipt>, bool), String> {
    let none = || "no attached file of this program".to_owned();
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return Err(none());
    }
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    let (signed, head) = read_file_head(&mut file).map_err(|_| none())?;
    let slip = signed.unproven().ok().filter(Slip::is_whole).ok_or_else(none)?;
    if size != head.len() as u64 + slip.bytes {
        return Err(DAMAGED.to_owned());
    }
    let mut held = region.take_carried(&head).await.map_err(|e| why(&e))?;
    let new = held.receipt.is_none();
    while let Some(n) = held.status.missing().filter(|_| !held.status.complete) {
        let length = chunk_len(slip.bytes, n).ok_or(DAMAGED)?;
        let mut body = head.clone();
        body.resize(head.len() + length, 0);
        let at = head.len() as u64 + u64::from(n) * BLOB_CHUNK_BYTES as u64;
        let into = body.get_mut(head.len()..).ok_or(DAMAGED)?;
        file.seek(SeekFrom::Start(at))
            .and_then(|_| file.read_exact(into))
            .map_err(|e| e.to_string())?;
        held.status = region.take_carried_chunk(n, Bytes::from(body)).await.map_err(|e| why(&e))?;
    }
    if held.receipt.is_none() {
        held = region.take_carried(&head).await.map_err(|e| why(&e))?;
    }
    let receipt = held.receipt.ok_or(DAMAGED)?;
    Ok((slip, receipt, new))
}

fn why(e: &ApiError) -> String {
    match e.code {
        ApiErrorCode::BadRequest => DAMAGED.to_owned(),
        ApiErrorCode::NotFound => {
            "no record of its desk names it, or it is of another region: give the bundles of that desk, too"
                .to_owned()
        }
        _ => e.to_string(),
    }
}
