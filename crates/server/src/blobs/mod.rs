//! Attached files of desks: sealed, in chunks, for those whose feeds name them (docs/adr/0019).

mod carried;
mod keep;
mod lacking;
mod sweep;

pub use keep::{BlobPlace, Blobs};
pub(crate) use lacking::Lacking;
pub use sweep::GRACE_DAYS;

use crate::region::{Region, bad_request, busy, failed};
use bytes::Bytes;
use esik_domain::case::CaseState;
use esik_domain::event::{AttachmentLinked, Body};
use esik_domain::ids::{CaseId, DeviceId};
use esik_wire::blobs::{BLOB_BYTES_MAX, chunk_len};
use esik_wire::sealed::sealed_len;
use esik_wire::{ApiError, ApiErrorCode, BlobStatus};
use std::collections::HashMap;
use std::sync::Arc;

/// A place that does not answer, as a desk is told; the cause goes to the log.
fn place_failed(e: &object_store::Error) -> ApiError {
    tracing::error!(error = %e, "the place of files does not answer");
    busy(30)
}

impl Region {
    /// Sealed bytes of a file that this desk may know of: an accepted event in one of its feeds names it,
    /// and not every link to it was taken back. What it may not know of does not exist.
    async fn blob_named(self: &Arc<Self>, device: DeviceId, hash: &str) -> Result<u64, ApiError> {
        let hash = hash.to_owned();
        self.off(move |region| {
            let scopes = region.scopes(&region.live_device(device)?)?;
            let gone = || ApiError::new(ApiErrorCode::NotFound);
            let events = region.store.file_events(&hash, Some(&scopes)).map_err(failed)?;
            let mut cases = HashMap::new();
            for event in events {
                let Ok(envelope) = event.event.envelope() else { continue };
                let Body::AttachmentLinked(link) = envelope.read_body() else { continue };
                if region.linked(&mut cases, envelope.case_id, &link)? {
                    return Ok(sealed_len(link.file.bytes));
                }
            }
            Err(gone())
        })
        .await
    }

    /// Is this link still one? `cases` are read once.
    fn linked(
        &self,
        cases: &mut HashMap<CaseId, Option<CaseState>>,
        case: CaseId,
        link: &AttachmentLinked,
    ) -> Result<bool, ApiError> {
        if let std::collections::hash_map::Entry::Vacant(e) = cases.entry(case) {
            e.insert(self.case_view(case)?.state());
        }
        let state = cases.get(&case).and_then(Option::as_ref);
        Ok(state.is_some_and(|s| {
            s.attachments.iter().any(|a| {
                a.id == link.attachment_id && a.file.hash == link.file.hash && a.withdrawn.is_none()
            })
        }))
    }

    async fn status(&self, hash: &str, bytes: u64) -> Result<BlobStatus, ApiError> {
        let held = self.blobs.held(hash).await.map_err(|e| place_failed(&e))?;
        let mut status = BlobStatus { bytes, parts: held.told(), complete: false };
        // A copy of the region may have the mark and lack a chunk that came while it was made.
        status.complete = held.whole && status.missing().is_none();
        Ok(status)
    }

    /// What is here of a file.
    ///
    /// # Errors
    /// `not_found` for what no event of the desk's feeds names.
    pub async fn blob(
        self: &Arc<Self>,
        device: DeviceId,
        hash: String,
    ) -> Result<BlobStatus, ApiError> {
        let bytes = self.blob_named(device, &hash).await?;
        let status = self.status(&hash, bytes).await?;
        self.lacking.note(&hash, status.complete);
        Ok(status)
    }

    /// Takes a chunk; the same one again is the same.
    ///
    /// # Errors
    /// `not_found`; `bad_request` for a chunk the file does not have or of another length; `too_large`;
    /// `quota` with the seconds until tomorrow.
    pub async fn put_blob_chunk(
        self: &Arc<Self>,
        device: DeviceId,
        hash: String,
        n: u32,
        chunk: Bytes,
    ) -> Result<BlobStatus, ApiError> {
        let bytes = self.blob_named(device, &hash).await?;
        if bytes > BLOB_BYTES_MAX {
            return Err(ApiError::new(ApiErrorCode::TooLarge));
        }
        if chunk_len(bytes, n) != Some(chunk.len()) {
            return Err(bad_request());
        }
        let before = self.status(&hash, bytes).await?;
        if before.complete {
            return Ok(before);
        }
        self.quota.file(device, self.env.now(), chunk.len() as u64)?;
        self.blobs.put(&hash, n, chunk).await.map_err(|e| place_failed(&e))?;
        self.status(&hash, bytes).await
    }

    /// Puts a file together when every chunk is here and the whole has its hash.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn commit_blob(
        self: &Arc<Self>,
        device: DeviceId,
        hash: String,
    ) -> Result<BlobStatus, ApiError> {
        let bytes = self.blob_named(device, &hash).await?;
        let before = self.status(&hash, bytes).await?;
        if before.complete || before.missing().is_some() {
            return Ok(before);
        }
        let whole = self.blobs.commit(&hash, bytes).await.map_err(|e| place_failed(&e))?;
        self.lacking.note(&hash, whole);
        self.status(&hash, bytes).await
    }

    /// A chunk of a complete file.
    ///
    /// # Errors
    /// `not_found` also for a file that is not complete, and for a chunk that is not what it was.
    pub async fn blob_chunk(
        self: &Arc<Self>,
        device: DeviceId,
        hash: String,
        n: u32,
    ) -> Result<Bytes, ApiError> {
        self.blob_named(device, &hash).await?;
        let held = self.blobs.held(&hash).await.map_err(|e| place_failed(&e))?;
        let gone = || ApiError::new(ApiErrorCode::NotFound);
        if !held.whole {
            return Err(gone());
        }
        let chunk = self.blobs.chunk(&hash, &held, n).await.map_err(|e| place_failed(&e))?;
        if chunk.is_none() {
            self.lacking.note(&hash, false);
        }
        chunk.ok_or_else(gone)
    }
}
