//! Deflate, unpacked within limits.

use flate2::Compression;
use flate2::bufread::{DeflateDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, ZlibEncoder};
use std::io::{Read, Write as _};

/// What a file may unpack to, in bytes, everything within it included.
const UNPACKED_MAX: usize = 128 * 1024 * 1024;
/// Files within files within files: how deep.
const DEEPEST: u8 = 3;

/// What may still be unpacked of one file. A few hundred bytes can claim to be gigabytes.
pub(super) struct Budget {
    left: usize,
    depth: u8,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: UNPACKED_MAX, depth: 0 }
    }

    #[cfg(test)]
    pub(super) fn of(left: usize) -> Self {
        Self { left, depth: 0 }
    }

    /// Does something with a file within this one, out of the same budget.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        (self.depth < DEEPEST).then_some(())?;
        self.depth += 1;
        let out = read(self);
        self.depth -= 1;
        out
    }

    fn read(&mut self, from: impl Read) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let most = u64::try_from(self.left).ok()?.checked_add(1)?;
        from.take(most).read_to_end(&mut out).ok()?;
        self.left = self.left.checked_sub(out.len())?;
        Some(out)
    }

    /// Takes bytes that are not packed from what is left.
    pub(super) fn spend(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes)?;
        Some(())
    }

    /// As zip has it; what follows the end of what is packed is nothing that belongs there.
    pub(super) fn inflate(&mut self, packed: &[u8]) -> Option<Vec<u8>> {
        let mut from = DeflateDecoder::new(packed);
        let out = self.read(&mut from)?;
        (usize::try_from(from.total_in()).ok()? == packed.len()).then_some(out)
    }

    /// As PDF has it, with a head and a sum.
    pub(super) fn inflate_zlib(&mut self, packed: &[u8]) -> Option<Vec<u8>> {
        self.read(ZlibDecoder::new(packed))
    }
}

pub(super) fn deflate(plain: &[u8]) -> Option<Vec<u8>> {
    let mut to = DeflateEncoder::new(Vec::new(), Compression::default());
    to.write_all(plain).ok()?;
    to.finish().ok()
}

pub(super) fn deflate_zlib(plain: &[u8]) -> Option<Vec<u8>> {
    let mut to = ZlibEncoder::new(Vec::new(), Compression::best());
    to.write_all(plain).ok()?;
    to.finish().ok()
}
