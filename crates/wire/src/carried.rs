//! An attached file that goes to the region on a stick, and the receipt that comes back (docs/adr/0020).
//!
//! A carried file is the sealed file as it lies at its desk, with a slip before it: the desk's signed word that
//! whoever brings these very bytes brings them for it. Whoever carries it reads nothing, and can deliver nothing else.

use crate::blobs::{BLOB_BYTES_MAX, BlobStatus, chunks_of};
use crate::bundle::BundleError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use esik_domain::ids::DeviceId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;
use std::marker::PhantomData;

/// Ending of a carried file's name.
pub const FILE_ENDING: &str = "esik-file";
/// Ending of the name of a desk's receipts for carried files: one receipt a line.
pub const FILE_RECEIPTS_ENDING: &str = "esik-receipts";
/// Carried files in one folder, at most.
pub const FILES_MAX: usize = 5000;
const MAGIC: &[u8; 8] = b"esikcf\x00\x01";
/// Bytes of a slip, at most: the hashes of fifty-one chunks and what stands beside them.
const SLIP_BYTES_MAX: usize = 16 * 1024;
/// Bytes before the file's own, at most.
pub const FILE_HEAD_BYTES_MAX: usize = MAGIC.len() + 4 + SLIP_BYTES_MAX;

/// What is signed, under a context of its own.
pub trait Statement: Serialize + DeserializeOwned {
    /// Separates its signature from every other one.
    const CONTEXT: &'static str;
}

/// A statement as its exact text, with the signature over it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Signed<T> {
    /// JSON of the statement.
    pub t: String,
    /// Base64.
    pub s: String,
    #[serde(skip)]
    of: PhantomData<T>,
}

impl<T: Statement> Signed<T> {
    /// A statement and its signature as they came.
    #[must_use]
    pub fn of(t: String, s: String) -> Self {
        Self { t, s, of: PhantomData }
    }

    /// Signs a statement.
    ///
    /// # Errors
    /// [`BundleError::NotOne`] when it cannot be written.
    pub fn sign(statement: &T, key: &SigningKey) -> Result<Self, BundleError> {
        let t = serde_json::to_string(statement).map_err(|_| BundleError::NotOne)?;
        let s = B64.encode(key.sign(format!("{}{t}", T::CONTEXT).as_bytes()).to_bytes());
        Ok(Self::of(t, s))
    }

    /// What it says, when this key signed it.
    ///
    /// # Errors
    /// [`BundleError::Damaged`] when the signature does not fit, [`BundleError::NotOne`] when it cannot be read.
    pub fn verify(&self, key: &VerifyingKey) -> Result<T, BundleError> {
        let raw = B64.decode(&self.s).map_err(|_| BundleError::NotOne)?;
        let signature = Signature::from_slice(&raw).map_err(|_| BundleError::NotOne)?;
        key.verify_strict(format!("{}{}", T::CONTEXT, self.t).as_bytes(), &signature)
            .map_err(|_| BundleError::Damaged)?;
        self.unproven()
    }

    /// What it says. Nothing of it is proven.
    ///
    /// # Errors
    /// [`BundleError::NotOne`].
    pub fn unproven(&self) -> Result<T, BundleError> {
        serde_json::from_str(&self.t).map_err(|_| BundleError::NotOne)
    }
}

/// A desk's word on a file that is brought for it. Everybody may read it: the file's name and key stand elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Slip {
    pub region_id: String,
    /// For whom it is brought: its rights hold and its day's measure counts, not the carrier's.
    pub device_id: DeviceId,
    /// SHA-256 of the sealed bytes, hex: the name of the file.
    pub address: String,
    /// Sealed bytes.
    pub bytes: u64,
    /// SHA-256 of each chunk, hex: what does not fit is refused before anything is kept of it.
    pub chunks: Vec<String>,
    /// A small picture, which nobody counts.
    #[serde(default)]
    pub preview: bool,
    /// Device time.
    pub made_at: DateTime<Utc>,
}

impl Statement for Slip {
    const CONTEXT: &'static str = "esik/slip/1\n";
}

impl Slip {
    /// It speaks of one file, of a size that travels, chunk by chunk.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        (1..=BLOB_BYTES_MAX).contains(&self.bytes)
            && is_hash(&self.address)
            && self.chunks.len() == chunks_of(self.bytes) as usize
            && self.chunks.iter().all(|c| is_hash(c))
    }

    /// SHA-256 of a chunk; `None` when the file has no such chunk.
    #[must_use]
    pub fn chunk(&self, n: u32) -> Option<&str> {
        self.chunks.get(n as usize).map(String::as_str)
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The region's word that it holds a carried file whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileReceipt {
    pub region_id: String,
    /// A region put back from a copy since may lack it.
    pub epoch: String,
    /// Whose slip it was brought with.
    pub device_id: DeviceId,
    pub address: String,
    pub at: DateTime<Utc>,
}

impl Statement for FileReceipt {
    const CONTEXT: &'static str = "esik/file-receipt/1\n";
}

/// Bytes of a file of receipts, at most.
pub const FILE_RECEIPTS_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Receipts of a desk, a line each: those of an earlier day, and the new ones in their place.
///
/// # Errors
/// [`BundleError::NotOne`] when one cannot be written.
pub fn receipts_text(
    earlier: &str,
    new: BTreeMap<String, Signed<FileReceipt>>,
) -> Result<String, BundleError> {
    let read = earlier.lines().filter_map(|line| serde_json::from_str(line).ok());
    let mut all: BTreeMap<String, Signed<FileReceipt>> =
        read.filter_map(|r: Signed<FileReceipt>| Some((r.unproven().ok()?.address, r))).collect();
    all.extend(new);
    let mut out = String::new();
    for receipt in all.values() {
        out += &serde_json::to_string(receipt).map_err(|_| BundleError::NotOne)?;
        out.push('\n');
    }
    Ok(out)
}

/// What the region answers to a slip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Carried {
    /// What it holds of the file.
    pub status: BlobStatus,
    /// Once it is whole.
    #[serde(default)]
    pub receipt: Option<Signed<FileReceipt>>,
}

/// What stands before the file's own bytes.
///
/// # Errors
/// [`BundleError::NotOne`] when the slip is too large.
pub fn file_head(slip: &Signed<Slip>) -> Result<Vec<u8>, BundleError> {
    let text = serde_json::to_vec(slip).map_err(|_| BundleError::NotOne)?;
    let length = u32::try_from(text.len())
        .ok()
        .filter(|_| text.len() <= SLIP_BYTES_MAX)
        .ok_or(BundleError::NotOne)?;
    Ok([MAGIC.as_slice(), &length.to_be_bytes(), &text].concat())
}

/// Reads a slip and leaves `from` where the file's own bytes begin. Also gives what was read, to be handed on as it
/// is. Nothing of the slip is proven.
///
/// # Errors
/// [`BundleError::NotOne`].
pub fn read_file_head(from: &mut impl Read) -> Result<(Signed<Slip>, Vec<u8>), BundleError> {
    let mut head = vec![0; MAGIC.len() + 4];
    from.read_exact(&mut head).map_err(|_| BundleError::NotOne)?;
    let length = head
        .strip_prefix(MAGIC.as_slice())
        .and_then(|rest| rest.first_chunk::<4>())
        .and_then(|length| usize::try_from(u32::from_be_bytes(*length)).ok())
        .filter(|length| *length <= SLIP_BYTES_MAX)
        .ok_or(BundleError::NotOne)?;
    let mut text = vec![0; length];
    from.read_exact(&mut text).map_err(|_| BundleError::NotOne)?;
    let slip = serde_json::from_slice(&text).map_err(|_| BundleError::NotOne)?;
    head.extend(text);
    Ok((slip, head))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn slip(bytes: u64) -> Slip {
        Slip {
            region_id: "akmola".into(),
            device_id: DeviceId(uuid::Uuid::from_u128(7)),
            address: "ab".repeat(32),
            bytes,
            chunks: vec!["cd".repeat(32); chunks_of(bytes) as usize],
            preview: false,
            made_at: "2026-11-20T05:00:00Z".parse().unwrap(),
        }
    }

    /// The largest file has a slip that fits, and what stands after it is left to be read.
    #[test]
    fn a_slip_comes_back_as_it_was_signed() {
        for bytes in [1, BLOB_BYTES_MAX] {
            let signed = Signed::sign(&slip(bytes), &key(1)).unwrap();
            let mut file = file_head(&signed).unwrap();
            let head = file.clone();
            file.extend(b"sealed");
            let mut rest = file.as_slice();
            let (read, again) = read_file_head(&mut rest).unwrap();
            assert_eq!((rest, again), (b"sealed".as_slice(), head));
            assert_eq!(read.verify(&key(1).verifying_key()), Ok(slip(bytes)));
            assert!(slip(bytes).is_whole());
        }
    }

    /// Whatever is changed in the head, nobody takes it; and nothing that is none is read as one.
    #[test]
    fn a_changed_slip_is_refused() {
        let signed = Signed::sign(&slip(3_000_000), &key(1)).unwrap();
        assert_eq!(signed.verify(&key(2).verifying_key()), Err(BundleError::Damaged));
        let good = file_head(&signed).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let taken = read_file_head(&mut bad.as_slice())
                .and_then(|(slip, _)| slip.verify(&key(1).verifying_key()));
            assert!(taken.is_err(), "byte {at}");
            assert!(read_file_head(&mut &good[..at]).is_err(), "cut at {at}");
        }
        let mut huge = good.clone();
        huge[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(read_file_head(&mut huge.as_slice()).unwrap_err(), BundleError::NotOne);
        // A receipt is no slip, though the same key signed both.
        let other = Signed::<FileReceipt>::of(signed.t.clone(), signed.s.clone());
        assert_eq!(other.verify(&key(1).verifying_key()), Err(BundleError::Damaged));
    }

    #[test]
    fn a_slip_speaks_of_one_file_of_a_size_that_travels() {
        let good = slip(3_000_000);
        assert_eq!(good.chunk(2), Some("cd".repeat(32).as_str()));
        assert_eq!(good.chunk(3), None);
        for bad in [
            Slip { bytes: 0, chunks: Vec::new(), ..good.clone() },
            Slip { bytes: BLOB_BYTES_MAX + 1, ..good.clone() },
            Slip { bytes: 1, ..good.clone() },
            Slip { address: "../../etc/passwd".into(), ..good.clone() },
            Slip { address: "AB".repeat(32), ..good.clone() },
            Slip { chunks: vec!["x".into(); 3], ..good.clone() },
        ] {
            assert!(!bad.is_whole(), "{bad:?}");
        }
    }
}
