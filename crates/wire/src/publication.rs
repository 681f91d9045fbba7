//! What the region publishes, as it travels: the exact signed text and the region's signature.

use crate::signed::SigningError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, NaiveDate, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use esik_domain::publication::BODY_BYTES_MAX;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Separates the signature of a publication from every other signature.
const DOMAIN: &[u8] = b"esik/sign-publication/1\0";
/// The signed text, at most: JSON may write a letter of the body with six signs.
pub const PUBLICATION_BYTES_MAX: usize = 2 * BODY_BYTES_MAX;

/// One version of one thing the region publishes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Publication {
    /// Form of this record; a reader that knows only lower ones keeps it and lets it be.
    pub format: u32,
    pub region: String,
    /// `calendar`, `paper`, `knowledge`, or what a newer program knows.
    pub kind: String,
    /// Which of its kind: the paper's id; `region` where there is one only.
    pub name: String,
    /// Grows; the highest one that holds is the one in force.
    pub version: u32,
    /// The version as people say it.
    pub label: String,
    /// First day on which it holds, in Kazakhstan.
    pub holds_from: NaiveDate,
    pub published_at: DateTime<Utc>,
    /// The person behind it.
    pub by: String,
    /// The file itself.
    pub body: String,
}

/// `p` holds the exact UTF-8 bytes that were signed; `s` the region's Ed25519 signature, base64.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedPublication {
    pub p: String,
    pub s: String,
}

/// What the region has, as `hello` lists it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicationRef {
    pub kind: String,
    pub name: String,
    pub version: u32,
    /// SHA-256 of the signed text, hex: its address.
    pub hash: String,
}

impl SignedPublication {
    /// Serialises and signs.
    ///
    /// # Errors
    /// When it is larger than the limit.
    pub fn sign(of: &Publication, key: &SigningKey) -> Result<Self, SigningError> {
        let p = serde_json::to_string(of).map_err(|e| SigningError::Shape(e.to_string()))?;
        if p.len() > PUBLICATION_BYTES_MAX {
            return Err(SigningError::TooLarge);
        }
        let s = B64.encode(key.sign(&signed_bytes(&p)).to_bytes());
        Ok(Self { p, s })
    }

    /// Its address.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.p.as_bytes()))
    }

    /// What was signed, when this key signed it.
    ///
    /// # Errors
    /// Too large, another key or other bytes, not a publication.
    pub fn read(&self, key: &VerifyingKey) -> Result<Publication, SigningError> {
        if self.p.len() > PUBLICATION_BYTES_MAX {
            return Err(SigningError::TooLarge);
        }
        let signature = B64.decode(&self.s).map_err(|_| SigningError::Encoding)?;
        let signature = Signature::from_slice(&signature).map_err(|_| SigningError::Encoding)?;
        key.verify_strict(&signed_bytes(&self.p), &signature)
            .map_err(|_| SigningError::Signature)?;
        serde_json::from_str(&self.p).map_err(|e| SigningError::Shape(e.to_string()))
    }
}

fn signed_bytes(p: &str) -> Vec<u8> {
    [DOMAIN, p.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: String) -> Publication {
        Publication {
            format: 1,
            region: "KZ-AKM".into(),
            kind: "calendar".into(),
            name: "region".into(),
            version: 2_026_004,
            label: "2026-4".into(),
            holds_from: NaiveDate::MIN,
            published_at: DateTime::UNIX_EPOCH,
            by: "Бекова А. Т.".into(),
            body,
        }
    }

    #[test]
    fn only_the_regions_own_bytes_are_read() {
        let (own, other) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[8; 32]));
        let signed = SignedPublication::sign(&of("{}".into()), &own).unwrap();
        assert_eq!(signed.read(&own.verifying_key()), Ok(of("{}".into())));
        assert_eq!(signed.read(&other.verifying_key()), Err(SigningError::Signature));
        let touched = SignedPublication { p: signed.p.replace("2026-4", "2026-5"), ..signed };
        assert_eq!(touched.read(&own.verifying_key()), Err(SigningError::Signature));
        let large = of("x".repeat(PUBLICATION_BYTES_MAX));
        assert_eq!(SignedPublication::sign(&large, &own), Err(SigningError::TooLarge));
    }

    #[test]
    fn a_text_over_the_limit_is_not_even_verified() {
        let own = SigningKey::from_bytes(&[7; 32]);
        let p = " ".repeat(PUBLICATION_BYTES_MAX + 1);
        let s = B64.encode(own.sign(&signed_bytes(&p)).to_bytes());
        let large = SignedPublication { p, s };
        assert_eq!(large.read(&own.verifying_key()), Err(SigningError::TooLarge));
    }
}
