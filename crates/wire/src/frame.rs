//! Messages on the wire: JSON under zstd, with the decoded size capped before decoding.

use crate::MESSAGE_BYTES_MAX;
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

/// Decodes a message of at most [`MESSAGE_BYTES_MAX`] bytes.
///
/// # Errors
/// See [`FrameError`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    let json =
        zstd::bulk::decompress(bytes, MESSAGE_BYTES_MAX).map_err(|_| FrameError::Compression)?;
    serde_json::from_slice(&json).map_err(|e| FrameError::Shape(e.to_string()))
}
