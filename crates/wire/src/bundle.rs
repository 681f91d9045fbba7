//! A segment that goes to the region on a stick, and the receipt that comes back (docs/adr/0020).
//!
//! The segment is signed by its device as any other and sealed to the region's key: whoever carries it reads
//! nothing and changes nothing. The receipt is signed by the region and acknowledges as an answer to a push.

use crate::carried::{Signed, Statement};
use crate::messages::{OfficerCard, PushResponse, Segment};
use crate::signed::key_from_text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Utc};
use curve25519_dalek::montgomery::MontgomeryPoint;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use esik_domain::ids::DeviceId;
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Ending of a bundle's file name.
pub const BUNDLE_ENDING: &str = "esik-bundle";
/// Ending of a receipt's file name.
pub const RECEIPT_ENDING: &str = "esik-receipt";
/// Bytes of a bundle, at most: a segment that does not get smaller, and what goes around it.
pub const BUNDLE_BYTES_MAX: usize = 1400 * 1024;
const MAGIC: &[u8; 8] = b"esikbd\x00\x01";
const HEAD_BYTES_MAX: usize = 4096;
const RECEIPT_CONTEXT: &str = "esik/receipt/1\n";

/// Why a bundle or a receipt cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BundleError {
    /// Not one at all, or of a newer program.
    #[error("not a bundle of this program")]
    NotOne,
    /// Some of its bytes are not what they were.
    #[error("the bundle was changed or cut")]
    Damaged,
    /// It is for another region, or of another desk.
    #[error("the bundle is of another region or desk")]
    Foreign,
}

/// What everybody may read of a bundle.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BundleHead {
    pub region_id: String,
    pub device_id: DeviceId,
    pub incarnation: u32,
    /// First and last sequence of its events.
    pub first_seq: u64,
    pub last_seq: u64,
    pub made_at: DateTime<Utc>,
}

/// The desk's word on who wrote what a bundle holds: an officer who was added without a line is known to the region by it, as
/// by a greeting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BundleOfficers {
    pub region_id: String,
    pub device_id: DeviceId,
    /// With their vouchers; [`crate::GIVEN_OFFICERS_MAX`] at most.
    pub officers: Vec<OfficerCard>,
}

impl Statement for BundleOfficers {
    const CONTEXT: &'static str = "esik/bundle-officers/1\n";
}

/// What is sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Load {
    #[serde(flatten)]
    pub segment: Segment,
    /// None from an older desk; an older region passes it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officers: Option<Signed<BundleOfficers>>,
}

/// What a region answers to a bundle.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    pub region_id: String,
    pub epoch: String,
    pub device_id: DeviceId,
    pub incarnation: u32,
    /// SHA-256 of the bundle, hex.
    pub bundle: String,
    pub answer: PushResponse,
    pub at: DateTime<Utc>,
}

/// A receipt with the region's signature over its exact text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedReceipt {
    /// JSON of [`Receipt`].
    pub r: String,
    /// Base64.
    pub s: String,
}

fn cipher(shared: &MontgomeryPoint, ephemeral: &[u8; 32], to: &[u8; 32]) -> XChaCha20Poly1305 {
    let salt = [ephemeral.as_slice(), to.as_slice()].concat();
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes are always within what HKDF gives.
    let _ = Hkdf::<Sha256>::new(Some(&salt), shared.as_bytes())
        .expand(b"esik/bundle/1", key.as_mut_slice());
    XChaCha20Poly1305::new((&*key).into())
}

/// Seals a segment, with who wrote it, to the region. `random` is used once and then forgotten.
///
/// # Errors
/// [`BundleError::NotOne`] when the region's key is none, or the segment is too large.
pub fn seal(
    head: &BundleHead,
    load: &Load,
    region_key: &str,
    random: [u8; 32],
) -> Result<Vec<u8>, BundleError> {
    let to = key_from_text(region_key).map_err(|_| BundleError::NotOne)?.to_montgomery();
    let random = Zeroizing::new(random);
    let ephemeral = MontgomeryPoint::mul_base_clamped(*random);
    let shared = to.mul_clamped(*random);
    let plain = Zeroizing::new(crate::frame::encode(load).map_err(|_| BundleError::NotOne)?);
    let head = serde_json::to_vec(head).map_err(|_| BundleError::NotOne)?;
    let length = u16::try_from(head.len()).map_err(|_| BundleError::NotOne)?;
    let mut out = MAGIC.to_vec();
    out.extend(length.to_be_bytes());
    out.extend(&head);
    out.extend(ephemeral.as_bytes());
    let sealed = cipher(&shared, ephemeral.as_bytes(), to.as_bytes())
        .encrypt(&XNonce::default(), Payload { msg: &plain, aad: &out })
        .map_err(|_| BundleError::NotOne)?;
    out.extend(sealed);
    if out.len() > BUNDLE_BYTES_MAX {
        return Err(BundleError::NotOne);
    }
    Ok(out)
}

/// What everybody may read of a bundle. Nothing of it is proven.
///
/// # Errors
/// [`BundleError::NotOne`].
pub fn head(bytes: &[u8]) -> Result<BundleHead, BundleError> {
    Ok(parts(bytes)?.0)
}

/// Head, what is authenticated beside the sealed bytes, the sender's one-time key, the sealed bytes.
type Parts<'a> = (BundleHead, &'a [u8], [u8; 32], &'a [u8]);

fn parts(bytes: &[u8]) -> Result<Parts<'_>, BundleError> {
    let take = || {
        let rest = bytes.strip_prefix(MAGIC.as_slice())?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let head = rest.get(..length).filter(|h| h.len() <= HEAD_BYTES_MAX)?;
        let head: BundleHead = serde_json::from_slice(head).ok()?;
        let (with, sealed) = bytes.split_at_checked(MAGIC.len() + 2 + length + 32)?;
        let ephemeral = *with.last_chunk::<32>()?;
        Some((head, with, ephemeral, sealed))
    };
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(BundleError::NotOne);
    }
    take().ok_or(BundleError::NotOne)
}

/// Opens a bundle with the region's key. The segment's own signatures are still to be verified.
///
/// # Errors
/// See [`BundleError`].
pub fn open(
    bytes: &[u8],
    region_id: &str,
    key: &SigningKey,
) -> Result<(BundleHead, Load), BundleError> {
    let (head, with, ephemeral, sealed) = parts(bytes)?;
    if head.region_id != region_id {
        return Err(BundleError::Foreign);
    }
    let to = key.verifying_key().to_montgomery();
    let shared = MontgomeryPoint(ephemeral).mul_clamped(key.to_scalar_bytes());
    // A point of small order would give a key that everybody knows.
    if shared.as_bytes().iter().all(|b| *b == 0) {
        return Err(BundleError::Damaged);
    }
    let plain = cipher(&shared, &ephemeral, to.as_bytes())
        .decrypt(&XNonce::default(), Payload { msg: sealed, aad: with })
        .map_err(|_| BundleError::Damaged)?;
    let load: Load =
        crate::frame::decode(&Zeroizing::new(plain)).map_err(|_| BundleError::NotOne)?;
    let of = &load.segment;
    if of.device_id != head.device_id || of.incarnation != head.incarnation {
        return Err(BundleError::Foreign);
    }
    Ok((head, load))
}

/// SHA-256 of a bundle, hex.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl SignedReceipt {
    /// Signs a receipt as the region.
    ///
    /// # Errors
    /// [`BundleError::NotOne`] when it cannot be written.
    pub fn sign(receipt: &Receipt, key: &SigningKey) -> Result<Self, BundleError> {
        let r = serde_json::to_string(receipt).map_err(|_| BundleError::NotOne)?;
        let s = B64.encode(key.sign(format!("{RECEIPT_CONTEXT}{r}").as_bytes()).to_bytes());
        Ok(Self { r, s })
    }

    /// The receipt, when it is signed by this region.
    ///
    /// # Errors
    /// [`BundleError::Damaged`] when the signature does not fit, [`BundleError::NotOne`] when it cannot be read.
    pub fn verify(&self, region: &VerifyingKey) -> Result<Receipt, BundleError> {
        let raw = B64.decode(&self.s).map_err(|_| BundleError::NotOne)?;
        let signature = Signature::from_slice(&raw).map_err(|_| BundleError::NotOne)?;
        region
            .verify_strict(format!("{RECEIPT_CONTEXT}{}", self.r).as_bytes(), &signature)
            .map_err(|_| BundleError::Damaged)?;
        serde_json::from_str(&self.r).map_err(|_| BundleError::NotOne)
    }
}
