//! An event as it travels: its exact signed bytes, never re-serialised, and the officer's signature.

mod batch;

pub use batch::verify_batch;

use crate::limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity as _;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use esik_domain::event::{EVENT_BYTES_MAX, Envelope};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt;

/// Separates the hash of an event from every other SHA-256 in the product.
const EVENT_DOMAIN: &[u8] = b"esik/event/1\0";
/// Separates the signature of an event from every other signature.
const SIGN_DOMAIN: &[u8] = b"esik/sign-event/1\0";
/// Separates the signature of a segment's head.
const HEAD_DOMAIN: &[u8] = b"esik/sign-head/1\0";

/// SHA-256 over an event's exact bytes; links a device's chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventHash(pub [u8; 32]);

/// `prev` of a device's first event.
pub const ZERO_HASH: EventHash = EventHash([0; 32]);

impl EventHash {
    /// Lower-case hex, 64 characters.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
    /// Reads 64 hex characters.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn from_hex(text: &str) -> Result<Self, SigningError> {
        let mut out = [0; 32];
        hex::decode_to_slice(text, &mut out).map_err(|_| SigningError::Encoding)?;
        Ok(Self(out))
    }
}

impl fmt::Debug for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventHash({})", &self.hex()[..12])
    }
}

impl Serialize for EventHash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.hex())
    }
}

impl<'de> Deserialize<'de> for EventHash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::from_hex(&text).map_err(|_| serde::de::Error::custom("64 hex characters"))
    }
}

/// Why signed bytes cannot be used.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum SigningError {
    #[error("not valid hex, base64 or a key")]
    Encoding,
    #[error("the signature does not fit the bytes")]
    Signature,
    #[error("larger than {EVENT_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not an envelope: {0}")]
    Shape(String),
    /// Beyond what an event's JSON may hold.
    #[error("{0}")]
    Limits(&'static str),
}

/// `e` holds the exact UTF-8 bytes that were signed; `s` the officer's Ed25519 signature, base64.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedEvent {
    pub e: String,
    pub s: String,
}

impl SignedEvent {
    /// Serialises and signs an envelope. The only place where an envelope becomes bytes.
    ///
    /// # Errors
    /// When the event is larger than the limit, holds a NUL or breaks another limit: nobody could read it then.
    pub fn sign(envelope: &Envelope, key: &SigningKey) -> Result<Self, SigningError> {
        let e = serde_json::to_string(envelope).map_err(|x| SigningError::Shape(x.to_string()))?;
        if e.len() > EVENT_BYTES_MAX {
            return Err(SigningError::TooLarge);
        }
        refuse_nul(&e)?;
        limits::check(&e)?;
        let s = B64.encode(key.sign(&signed_bytes(&e)).to_bytes());
        Ok(Self { e, s })
    }

    /// Hash that the next event of the device carries as `prev`.
    #[must_use]
    pub fn hash(&self) -> EventHash {
        hash_bytes(self.e.as_bytes())
    }

    /// Reads the envelope. Limits are checked before parsing.
    ///
    /// # Errors
    /// Too large, or not an envelope.
    pub fn envelope(&self) -> Result<Envelope, SigningError> {
        if self.e.len() > EVENT_BYTES_MAX {
            return Err(SigningError::TooLarge);
        }
        refuse_nul(&self.e)?;
        serde_json::from_str(&self.e).map_err(|x| SigningError::Shape(x.to_string()))
    }

    /// Reads the envelope of an event that comes from elsewhere and was not taken yet: all limits are looked at.
    ///
    /// # Errors
    /// Too large, beyond a limit, or not an envelope.
    pub fn received(&self) -> Result<Envelope, SigningError> {
        let envelope = self.envelope()?;
        limits::check(&self.e)?;
        Ok(envelope)
    }

    /// The signature's bytes.
    ///
    /// # Errors
    /// When it is not base64 of 64 bytes.
    pub fn signature(&self) -> Result<Signature, SigningError> {
        let bytes = B64.decode(&self.s).map_err(|_| SigningError::Encoding)?;
        Signature::from_slice(&bytes).map_err(|_| SigningError::Encoding)
    }

    /// Verification against one key, by the same rule as in a batch.
    ///
    /// # Errors
    /// When the signature does not fit.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), SigningError> {
        if fits(key, &signed_bytes(&self.e), &self.signature()?) {
            Ok(())
        } else {
            Err(SigningError::Signature)
        }
    }
}

/// The cofactored equation, 8sB = 8R + 8hA: the one rule by which the signature of an event fits, wherever and with
/// whatever others it is verified (adr/0031). A batch that fits proves it for each of its events; no rule that asks
/// more (`verify_strict`) could be proved by a batch, whose sum a part of small order leaves standing by chance.
fn fits(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    let (r, s) = (signature.r_bytes(), Scalar::from_canonical_bytes(*signature.s_bytes()));
    let (Some(point), Some(s)) = (CompressedEdwardsY(*r).decompress(), Option::<Scalar>::from(s))
    else {
        return false;
    };
    let hash = Sha512::new().chain_update(r).chain_update(key.as_bytes()).chain_update(message);
    let h = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let minus_key = -EdwardsPoint::from(*key);
    let expected = EdwardsPoint::vartime_double_scalar_mul_basepoint(&h, &minus_key, &s);
    !key.is_weak() && (expected - point).mul_by_cofactor().is_identity()
}

fn signed_bytes(e: &str) -> Vec<u8> {
    [SIGN_DOMAIN, e.as_bytes()].concat()
}

/// Hash of an event's exact bytes.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> EventHash {
    let mut h = Sha256::new();
    h.update(EVENT_DOMAIN);
    h.update(bytes);
    EventHash(h.finalize().into())
}

/// Signs the head of a segment with the device's key.
#[must_use]
pub fn sign_head(key: &SigningKey, head: &EventHash) -> String {
    B64.encode(key.sign(&[HEAD_DOMAIN, &head.0].concat()).to_bytes())
}

/// Checks a segment's head.
///
/// # Errors
/// When the signature does not fit.
pub fn verify_head(key: &VerifyingKey, head: &EventHash, sig: &str) -> Result<(), SigningError> {
    let bytes = B64.decode(sig).map_err(|_| SigningError::Encoding)?;
    let sig = Signature::from_slice(&bytes).map_err(|_| SigningError::Encoding)?;
    key.verify_strict(&[HEAD_DOMAIN, &head.0].concat(), &sig).map_err(|_| SigningError::Signature)
}

/// A public key as it stands in messages: base64 of 32 bytes.
#[must_use]
pub fn key_text(key: &VerifyingKey) -> String {
    B64.encode(key.to_bytes())
}

/// Reads a public key; weak keys are refused.
///
/// # Errors
/// When it is not base64 of a usable Ed25519 key.
pub fn key_from_text(text: &str) -> Result<VerifyingKey, SigningError> {
    let bytes: [u8; 32] =
        B64.decode(text).ok().and_then(|b| b.try_into().ok()).ok_or(SigningError::Encoding)?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| SigningError::Encoding)?;
    if key.is_weak() { Err(SigningError::Encoding) } else { Ok(key) }
}

/// PostgreSQL and C programs cannot keep a NUL in a text. The six signs `\u0000` that somebody typed are
/// a text like any other: JSON writes them with a second backslash.
fn refuse_nul(json: &str) -> Result<(), SigningError> {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let mut escape = rest.get(at + 1..).unwrap_or_default().chars();
        if escape.as_str().starts_with("u0000") {
            return Err(SigningError::Shape("NUL in text".to_owned()));
        }
        // The sign after a backslash belongs to it.
        escape.next();
        rest = escape.as_str();
    }
    Ok(())
}

#[cfg(test)]
mod forgers;
#[cfg(test)]
mod torsion;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Result<(), SigningError> {
        refuse_nul(&serde_json::to_string(value).unwrap_or_default())
    }

    /// S21 (part), B38 (part).
    #[test]
    fn a_nul_is_refused_and_its_spelling_is_a_text() {
        assert!(text("Нет\u{0} воды").is_err());
        assert!(text("\\\u{0}").is_err());
        assert!(text("\\\\\u{0}").is_err());
        for good in
            ["", "сайт пишет \\u0000", "\\\\u0000", "C:\\", "\"u0000\"", "\u{1}\n\\", "𝕏 \\𝕏"]
        {
            assert!(text(good).is_ok(), "{good:?}");
        }
        assert!(refuse_nul("\\").is_ok(), "an escape that breaks off");
    }
}
