//! Which desk asks: the device's signature over the whole request.

use super::BODY_BYTES_MAX;
use super::failure::{Failure, with_status};
use crate::meters::Full;
use crate::region::{Region, busy, failed};
use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use esik_domain::ids::DeviceId;
use esik_wire::{ApiError, ApiErrorCode, request, signed};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// A request whose signature fits a known device, with its body.
pub struct SignedIn {
    pub device: DeviceId,
    pub body: Bytes,
}

impl FromRequest<Arc<Region>> for SignedIn {
    type Rejection = Response;

    async fn from_request(req: Request, region: &Arc<Region>) -> Result<Self, Response> {
        let method = req.method().as_str().to_owned();
        let path = req.uri().path_and_query().map_or_else(String::new, |p| p.as_str().to_owned());
        let proof = Proof::read(req.headers());
        let only_asks = req.method().is_safe();
        let mut body = body(req, region).await?;
        let unauthorised = || Failure(ApiError::new(ApiErrorCode::Unauthorised)).into_response();
        let proof = proof.ok_or_else(unauthorised)?;
        let device = proof.device;
        // What only asks may be answered half a minute later: a body that nobody reads is not held so long.
        let bytes = if only_asks { std::mem::take(&mut body) } else { body.clone() };
        region
            .off(move |r| r.check_request(&proof, &method, &path, &bytes))
            .await
            .map_err(|e| Failure(e).into_response())?;
        Ok(Self { device, body })
    }
}

/// The body under its limit; too large is 413, cut off is 400.
///
/// Before its first byte is read there has to be room for all of them: a crowd that sends at once, or sends slowly,
/// takes no more memory than [`Region`] has set aside.
pub async fn body(req: Request, region: &Arc<Region>) -> Result<Bytes, Response> {
    let told =
        req.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    // A request without a body tells no length either: the line knows that there is nothing to come.
    let known = req.body().size_hint().upper().and_then(|n| usize::try_from(n).ok());
    let told = told.into_iter().chain(known).fold(BODY_BYTES_MAX, usize::min);
    let room = region.turns.room_for(told).ok_or_else(|| {
        region.meters.full(Full::Bodies);
        Failure(busy(region.turns.room_in())).into_response()
    })?;
    let bytes = Bytes::from_request(req, region).await.map_err(|e| {
        let refused = ApiError::new(ApiErrorCode::BadRequest);
        let too_large = e.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let status =
            if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
        with_status(status, refused)
    })?;
    Ok(Bytes::from_owner(Held { bytes, _room: room }))
}

/// Bytes that take up room until the last part of them is dropped.
struct Held {
    bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The three headers.
pub struct Proof {
    device: DeviceId,
    nonce: String,
    signature: String,
}

impl Proof {
    fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let nonce = text(request::NONCE_HEADER)?;
        if !(16..=64).contains(&nonce.len()) || !nonce.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        Some(Self {
            device: text(request::DEVICE_HEADER)?.parse().ok()?,
            nonce: nonce.to_owned(),
            signature: text(request::SIGNATURE_HEADER)?.to_owned(),
        })
    }
}

impl Region {
    fn check_request(
        &self,
        proof: &Proof,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<(), ApiError> {
        let unauthorised = || ApiError::new(ApiErrorCode::Unauthorised);
        let device = self.store.device(proof.device).map_err(failed)?.ok_or_else(unauthorised)?;
        let key = signed::key_from_text(&device.key).map_err(|_| unauthorised())?;
        request::verify(&key, method, path, body, &proof.nonce, &proof.signature)
            .map_err(|_| unauthorised())
    }
}
