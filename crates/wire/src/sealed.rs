//! The sealed form of an attached file: what desks keep, what travels, and what the region opens for a body
//! that a request names it to (docs/adr/0012, docs/adr/0019).
//!
//! Eight bytes of format, then chunks of 64 KiB, each authenticated with its number and with whether it is
//! the last, so that none can be changed, moved, left out or cut off unnoticed.

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Stands at the beginning of every file: the format and its version.
pub const MAGIC: &[u8; 8] = b"esikfl\x00\x01";
/// Plain bytes of a sealed chunk.
pub const SEALED_CHUNK: usize = 64 * 1024;
/// What authentication adds to a sealed chunk.
pub const TAG: usize = 16;

/// The bytes are not what was sealed, or the key is another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a sealed file does not open")]
pub struct NotSealed;

/// The nonce of a chunk. The key is used for one file only, so a counter never repeats under it.
#[must_use]
pub fn nonce(n: u64, last: bool) -> XNonce {
    let mut nonce = [0; 24];
    let (count, rest) = nonce.split_at_mut(8);
    count.copy_from_slice(&n.to_be_bytes());
    if let Some(flag) = rest.first_mut() {
        *flag = u8::from(last);
    }
    XNonce::from(nonce)
}

/// Sealed bytes of a file of so many plain ones.
#[must_use]
pub const fn sealed_len(plain: u64) -> u64 {
    let chunks = plain.div_ceil(SEALED_CHUNK as u64);
    let chunks = if chunks == 0 { 1 } else { chunks };
    plain.saturating_add(MAGIC.len() as u64).saturating_add(chunks.saturating_mul(TAG as u64))
}

/// The plain bytes. Nothing is given out of a file of which one bit differs or the end is missing.
///
/// # Errors
/// [`NotSealed`].
pub fn unseal(bytes: &[u8], key: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>, NotSealed> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let mut rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or(NotSealed)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(rest.len()));
    let mut n = 0;
    loop {
        let (chunk, later) = rest.split_at(rest.len().min(SEALED_CHUNK + TAG));
        let last = later.is_empty();
        let mut chunk = Zeroizing::new(chunk.to_vec());
        cipher.decrypt_in_place(&nonce(n, last), MAGIC, &mut *chunk).map_err(|_| NotSealed)?;
        plain.extend_from_slice(&chunk);
        if last {
            return Ok(plain);
        }
        n += 1;
        rest = later;
    }
}

/// A key as it stands in an event.
///
/// # Errors
/// [`NotSealed`] when it is none.
pub fn key_of(hex_key: &str) -> Result<Zeroizing<[u8; 32]>, NotSealed> {
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(hex_key, key.as_mut_slice()).map_err(|_| NotSealed)?;
    Ok(key)
}
