//! Files on their way: what a desk and the region say of one, chunk by chunk (docs/adr/0019).
//!
//! A file is named by the SHA-256 of its sealed bytes. Its chunks are told apart by number and SHA-256, so
//! that a file goes on where it stopped, on any day and after any restart.

use serde::{Deserialize, Serialize};

/// Sealed bytes of a chunk; only the last one is shorter. In the simulator's own build a file of a few thousand bytes
/// has several of them, too.
pub const BLOB_CHUNK_BYTES: usize = if cfg!(feature = "small-chunks") { 1024 } else { 1024 * 1024 };
/// Sealed bytes of one file, at most.
pub const BLOB_BYTES_MAX: u64 =
    crate::sealed::sealed_len(esik_domain::attached::ATTACHED_BYTES_MAX);

/// A chunk that the region holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BlobPart {
    /// From 0.
    pub n: u32,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

/// What the region holds of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BlobStatus {
    /// Sealed bytes of the whole file, as the event that names it tells.
    pub bytes: u64,
    /// The chunks that are there, by number.
    pub parts: Vec<BlobPart>,
    /// Every chunk is there and the whole has the hash it is named by. Only then is anything given out.
    pub complete: bool,
}

impl BlobStatus {
    /// The first chunk that is not there.
    #[must_use]
    pub fn missing(&self) -> Option<u32> {
        (0..chunks_of(self.bytes)).find(|n| self.parts.iter().all(|p| p.n != *n))
    }

    /// SHA-256 of a chunk, when it is there.
    #[must_use]
    pub fn sha256(&self, n: u32) -> Option<&str> {
        self.parts.iter().find(|p| p.n == n).map(|p| p.sha256.as_str())
    }
}

/// Chunks of a file of so many sealed bytes.
#[must_use]
pub fn chunks_of(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(BLOB_CHUNK_BYTES as u64)).unwrap_or(u32::MAX)
}

/// Bytes that a chunk of a file has; `None` when the file has no such chunk.
#[must_use]
pub fn chunk_len(bytes: u64, n: u32) -> Option<usize> {
    let left =
        bytes.checked_sub(u64::from(n) * BLOB_CHUNK_BYTES as u64).filter(|left| *left > 0)?;
    Some(usize::try_from(left).unwrap_or(BLOB_CHUNK_BYTES).min(BLOB_CHUNK_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_chunk_is_shorter() {
        let mib = BLOB_CHUNK_BYTES as u64;
        assert_eq!(chunks_of(mib), 1);
        assert_eq!(chunks_of(mib + 1), 2);
        assert_eq!(chunk_len(mib, 0), Some(BLOB_CHUNK_BYTES));
        assert_eq!(chunk_len(mib, 1), None);
        assert_eq!(chunk_len(mib + 7, 1), Some(7));
        assert_eq!(chunk_len(0, 0), None);
        assert_eq!(chunk_len(u64::MAX, u32::MAX), Some(BLOB_CHUNK_BYTES));
    }
}
