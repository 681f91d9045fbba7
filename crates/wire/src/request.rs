//! How a desk proves who it is on every request: the device's signature over what it asks.

use crate::signed::SigningError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// Header with the device's id.
pub const DEVICE_HEADER: &str = "x-esik-device";
/// Header with a random nonce, hex.
pub const NONCE_HEADER: &str = "x-esik-nonce";
/// Header with the signature, base64.
pub const SIGNATURE_HEADER: &str = "x-esik-signature";

fn bytes(method: &str, path_and_query: &str, body: &[u8], nonce: &str) -> Vec<u8> {
    let hash = hex::encode(Sha256::digest(body));
    format!("esik/request/1\n{method}\n{path_and_query}\n{hash}\n{nonce}").into_bytes()
}

/// Signs a request; the result goes into [`SIGNATURE_HEADER`].
#[must_use]
pub fn sign(
    key: &SigningKey,
    method: &str,
    path_and_query: &str,
    body: &[u8],
    nonce: &str,
) -> String {
    B64.encode(key.sign(&bytes(method, path_and_query, body, nonce)).to_bytes())
}

/// Checks a request's signature.
///
/// # Errors
/// When it does not fit.
pub fn verify(
    key: &VerifyingKey,
    method: &str,
    path_and_query: &str,
    body: &[u8],
    nonce: &str,
    signature: &str,
) -> Result<(), SigningError> {
    let raw = B64.decode(signature).map_err(|_| SigningError::Encoding)?;
    let signature = Signature::from_slice(&raw).map_err(|_| SigningError::Encoding)?;
    key.verify_strict(&bytes(method, path_and_query, body, nonce), &signature)
        .map_err(|_| SigningError::Signature)
}
