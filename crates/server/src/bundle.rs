//! Segments that came on a stick, through any desk or from the administrator's hand (docs/adr/0020).

use crate::region::{Region, bad_request};
use esik_domain::ids::DeviceId;
use esik_wire::bundle::{self, BundleError, BundleHead, Receipt, SignedReceipt};
use esik_wire::{ApiError, ApiErrorCode};
use std::sync::Arc;

impl Region {
    /// Takes a bundle that a desk carried here for another one. Taking it twice gives the same verdicts.
    ///
    /// # Errors
    /// `unauthorised` for a carrier the region does not know; `bad_request` for what is damaged or none;
    /// `not_found` for another region's; `gap`, `fork` and `history_diverged` as a push.
    pub async fn carry_bundle(
        self: &Arc<Self>,
        carrier: DeviceId,
        bytes: Vec<u8>,
    ) -> Result<SignedReceipt, ApiError> {
        // Closed never; were it, the lock inside still keeps the order.
        let _turn = self.pushing.acquire().await.ok();
        self.off(move |region| {
            region.live_device(carrier)?;
            region.take_bundle(&bytes).map(|(_, receipt)| receipt)
        })
        .await
    }

    /// Takes a bundle, whoever brought it: its own signatures tell whose it is.
    ///
    /// # Errors
    /// As [`Region::carry_bundle`], but for the carrier.
    pub fn take_bundle(&self, bytes: &[u8]) -> Result<(BundleHead, SignedReceipt), ApiError> {
        let (head, segment) =
            bundle::open(bytes, &self.row.id, &self.key).map_err(|e| match e {
                BundleError::Foreign => ApiError::new(ApiErrorCode::NotFound),
                BundleError::NotOne | BundleError::Damaged => bad_request(),
            })?;
        let answer = self.push_now(head.device_id, segment)?;
        let receipt = Receipt {
            region_id: self.row.id.clone(),
            epoch: self.row.epoch.clone(),
            device_id: head.device_id,
            incarnation: head.incarnation,
            bundle: bundle::hash(bytes),
            answer,
            at: self.env.now(),
        };
        tracing::info!(
            device = %head.device_id, first = head.first_seq, last = head.last_seq,
            "a bundle was taken"
        );
        let signed = SignedReceipt::sign(&receipt, &self.key)
            .map_err(|_| ApiError::new(ApiErrorCode::Internal))?;
        Ok((head, signed))
    }
}
