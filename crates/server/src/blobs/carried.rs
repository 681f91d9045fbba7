//! Attached files that came on a stick (docs/adr/0020): whoever brings them acts for the desk that signed the slip,
//! by that desk's rights and measure, and can bring nothing but the bytes it names.

use super::place_failed;
use crate::region::{Region, bad_request};
use axum::body::Bytes;
use esik_domain::ids::DeviceId;
use esik_wire::blobs::chunk_len;
use esik_wire::carried::{Carried, FileReceipt, Signed, Slip, read_file_head};
use esik_wire::{ApiError, ApiErrorCode, BlobStatus, signed};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

fn not_found() -> ApiError {
    ApiError::new(ApiErrorCode::NotFound)
}

/// To whoever brings it, a desk that may not have the file and one that is none are the same.
fn hidden(e: ApiError) -> ApiError {
    if e.code == ApiErrorCode::Unauthorised { not_found() } else { e }
}

impl Region {
    /// What is here of a carried file; put together when every chunk is, with the receipt once it is whole.
    ///
    /// # Errors
    /// `unauthorised` for a carrier the region does not know; `bad_request` for a head that is damaged or none;
    /// `not_found` for another region's, and for a file that no event of its desk's feeds names.
    pub async fn carried(
        self: &Arc<Self>,
        carrier: DeviceId,
        head: Bytes,
    ) -> Result<Carried, ApiError> {
        self.off(move |region| region.live_device(carrier).map(drop)).await?;
        self.take_carried(&head).await
    }

    /// Takes a chunk of a carried file, whose head stands before it; the same one again is the same.
    ///
    /// # Errors
    /// As [`Region::carried`]; `bad_request` also for a chunk that is not the one the slip names; `quota` of the desk
    /// whose file it is.
    pub async fn carried_chunk(
        self: &Arc<Self>,
        carrier: DeviceId,
        n: u32,
        body: Bytes,
    ) -> Result<BlobStatus, ApiError> {
        self.off(move |region| region.live_device(carrier).map(drop)).await?;
        self.take_carried_chunk(n, body).await
    }

    /// As [`Region::carried`], whoever brought it.
    ///
    /// # Errors
    /// As [`Region::carried`], but for the carrier.
    pub async fn take_carried(self: &Arc<Self>, head: &[u8]) -> Result<Carried, ApiError> {
        let (slip, _) = self.slip(head).await?;
        let mut status = self.status(&slip.address, slip.bytes).await?;
        if !status.complete && status.missing().is_none() {
            self.blobs.commit(&slip.address, slip.bytes).await.map_err(|e| place_failed(&e))?;
            status = self.status(&slip.address, slip.bytes).await?;
        }
        if !status.complete {
            return Ok(Carried { status, receipt: None });
        }
        let receipt = FileReceipt {
            region_id: self.row.id.clone(),
            epoch: self.row.epoch.clone(),
            device_id: slip.device_id,
            address: slip.address,
            at: self.env.now(),
        };
        let receipt =
            Signed::sign(&receipt, &self.key).map_err(|_| ApiError::new(ApiErrorCode::Internal))?;
        Ok(Carried { status, receipt: Some(receipt) })
    }

    /// As [`Region::carried_chunk`], whoever brought it.
    ///
    /// # Errors
    /// As [`Region::carried_chunk`], but for the carrier.
    pub async fn take_carried_chunk(
        self: &Arc<Self>,
        n: u32,
        body: Bytes,
    ) -> Result<BlobStatus, ApiError> {
        let (slip, head) = self.slip(&body).await?;
        let chunk = body.slice(head..);
        let sha256 = hex::encode(Sha256::digest(&chunk));
        if chunk_len(slip.bytes, n) != Some(chunk.len()) || slip.chunk(n) != Some(sha256.as_str()) {
            return Err(bad_request());
        }
        let before = self.status(&slip.address, slip.bytes).await?;
        if before.complete || before.sha256(n) == Some(sha256.as_str()) {
            return Ok(before);
        }
        self.quota.file(slip.device_id, self.env.now(), chunk.len() as u64)?;
        self.blobs.put(&slip.address, n, chunk).await.map_err(|e| place_failed(&e))?;
        self.status(&slip.address, slip.bytes).await
    }

    /// The slip that stands at the beginning, proven, of a file its desk may bring; and where its bytes begin.
    async fn slip(self: &Arc<Self>, sent: &[u8]) -> Result<(Slip, usize), ApiError> {
        let (slip, head) = read_file_head(&mut &*sent).map_err(|_| bad_request())?;
        let slip = self.off(move |region| region.proven(&slip)).await?;
        let bytes = self.blob_named(slip.device_id, &slip.address).await.map_err(hidden)?;
        if bytes == slip.bytes { Ok((slip, head.len())) } else { Err(bad_request()) }
    }

    fn proven(&self, slip: &Signed<Slip>) -> Result<Slip, ApiError> {
        let said = slip.unproven().map_err(|_| bad_request())?;
        if said.region_id != self.row.id {
            return Err(not_found());
        }
        let device = self.live_device(said.device_id).map_err(hidden)?;
        let key = signed::key_from_text(&device.key).map_err(|_| not_found())?;
        let slip = slip.verify(&key).map_err(|_| bad_request())?;
        if slip.is_whole() { Ok(slip) } else { Err(bad_request()) }
    }
}
