//! Segments that came on a stick, through any desk or from the administrator's hand (docs/adr/0020).

use crate::attempts::Patience;
use crate::region::{Region, bad_request, failed, too_often};
use chrono::TimeDelta;
use esik_domain::ids::DeviceId;
use esik_wire::bundle::{self, BundleError, BundleHead, BundleOfficers, Receipt, SignedReceipt};
use esik_wire::carried::Signed;
use esik_wire::signed::key_from_text;
use esik_wire::{ApiError, ApiErrorCode, GIVEN_OFFICERS_MAX};
use std::sync::Arc;
use uuid::Uuid;

/// Bundles of nobody from one address before it has to wait.
const PATIENCE: Patience = Patience { tries: 20, window: TimeDelta::minutes(10) };

impl Region {
    /// Takes a bundle that its own desk sends while it is locked and has no key to sign a request with
    /// (docs/adr/0025): what is in it says whose it is. `peer` is whoever asks, for counting what is none.
    ///
    /// # Errors
    /// As [`Region::carry_bundle`], but for the carrier; `too_often` for an address that sent too much that was none.
    pub async fn spooled(
        self: &Arc<Self>,
        peer: String,
        bytes: Vec<u8>,
    ) -> Result<SignedReceipt, ApiError> {
        let key = format!("spool:{peer}");
        self.attempts.check(&key, PATIENCE, self.env.now()).map_err(too_often)?;
        // Whose it is will be known when it is open; until then all of them are one.
        self.in_turn(DeviceId(Uuid::nil()), move |region| {
            let taken = region.take_bundle(&bytes).map(|(_, receipt)| receipt);
            if let Err(e) = &taken
                && matches!(
                    e.code,
                    ApiErrorCode::BadRequest | ApiErrorCode::NotFound | ApiErrorCode::Unauthorised
                )
            {
                region.attempts.wrong(&key, PATIENCE, region.env.now());
            }
            taken
        })
        .await
    }

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
        self.in_turn(carrier, move |region| {
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
        let (head, load) = bundle::open(bytes, &self.row.id, &self.key).map_err(|e| match e {
            BundleError::Foreign => ApiError::new(ApiErrorCode::NotFound),
            BundleError::NotOne | BundleError::Damaged => bad_request(),
        })?;
        if let Some(officers) = load.officers {
            self.know(head.device_id, &officers)?;
        }
        let answer = self.push_now(head.device_id, load.segment)?;
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

    /// Knows who wrote a bundle, by the word of its desk, as by a greeting. Of a desk out of service nobody is known; and who is known
    /// stays as he is: a stick may be old, and be brought twice.
    fn know(&self, desk: DeviceId, said: &Signed<BundleOfficers>) -> Result<(), ApiError> {
        let Some(device) = self.store.device(desk).map_err(failed)?.filter(|d| !d.revoked) else {
            return Ok(());
        };
        let key = key_from_text(&device.key).map_err(|_| bad_request())?;
        let mut said = said.verify(&key).map_err(|_| bad_request())?;
        if said.region_id != self.row.id || said.device_id != desk {
            return Err(bad_request());
        }
        said.officers.truncate(GIVEN_OFFICERS_MAX);
        let ids: Vec<_> = said.officers.iter().map(|card| card.id).collect();
        let known = self.store.officers(&ids).map_err(failed)?;
        said.officers.retain(|card| known.iter().all(|k| k.card.id != card.id));
        self.register(&device, said.officers)
    }
}
