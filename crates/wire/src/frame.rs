//! Messages on the wire: JSON under zstd, with the decoded size capped before decoding.

use crate::{MESSAGE_BYTES_MAX, SEGMENT_BYTES_MAX};
use serde::{Serialize, de::DeserializeOwned};

/// Media type of a compressed message.
pub const MEDIA_TYPE: &str = "application/vnd.esik+zstd";

/// Why a message cannot be read.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum FrameError {
    #[error("not a zstd frame, or larger than {MESSAGE_BYTES_MAX} bytes")]
    Compression,
    #[error("not the expected message: {0}")]
    Shape(String),
}

/// Encodes a message.
///
/// # Errors
/// Only when the value cannot be represented in JSON.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, FrameError> {
    let json = serde_json::to_vec(value).map_err(|e| FrameError::Shape(e.to_string()))?;
    zstd::bulk::compress(&json, 3).map_err(|_| FrameError::Compression)
}

/// A message to the region may be so many times as large as it came.
pub const RATIO_MAX: usize = 20;
/// Whatever it came as: a full segment of nothing but spaces is one that a desk has to be able to send.
const REQUEST_BYTES: usize = SEGMENT_BYTES_MAX + 64 * 1024;

/// Decodes what a desk sent. A few bytes do not become megabytes: beyond a segment's size it may be
/// [`RATIO_MAX`] times what came.
///
/// # Errors
/// See [`FrameError`].
pub fn decode_request<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    let room = bytes.len().saturating_mul(RATIO_MAX).clamp(REQUEST_BYTES, MESSAGE_BYTES_MAX);
    decode_within(bytes, room)
}

/// Decodes a message of at most [`MESSAGE_BYTES_MAX`] bytes.
///
/// # Errors
/// See [`FrameError`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    decode_within(bytes, MESSAGE_BYTES_MAX)
}

fn decode_within<T: DeserializeOwned>(bytes: &[u8], room: usize) -> Result<T, FrameError> {
    // The frame tells its size: no more is set aside than it needs, nor more than is taken.
    let told = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
    let room = told.and_then(|n| usize::try_from(n).ok()).map_or(room, |n| n.min(room));
    let json = zstd::bulk::decompress(bytes, room).map_err(|_| FrameError::Compression)?;
    serde_json::from_slice(&json).map_err(|e| FrameError::Shape(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S30 (part): a few bytes do not become megabytes at the region, and a full segment of spaces passes.
    #[test]
    fn what_a_desk_sent_grows_twentyfold_at_most() {
        let spaces = |n: usize| encode(&" ".repeat(n)).unwrap_or_default();
        let read = |bytes: &[u8]| decode_request::<String>(bytes).map(|s| s.len());
        assert_eq!(read(&spaces(SEGMENT_BYTES_MAX)), Ok(SEGMENT_BYTES_MAX));
        let bomb = spaces(3 * 1024 * 1024);
        assert!(bomb.len() < 4096);
        assert_eq!(read(&bomb), Err(FrameError::Compression));
        assert_eq!(decode::<String>(&bomb).map(|s| s.len()), Ok(3 * 1024 * 1024));
        // What is large because it is much is taken up to a message's size.
        let mut x = 1_u64;
        let noise: String = (0..2 * 1024 * 1024)
            .map(|_| {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + (x >> 60) as u8)
            })
            .collect();
        let much = encode(&noise).unwrap_or_default();
        assert_eq!(read(&much), Ok(noise.len()));
        // A frame that does not tell its size, and one that lies about it, end in a refusal.
        assert_eq!(read(&bomb[..bomb.len() / 2]), Err(FrameError::Compression));
    }
}
