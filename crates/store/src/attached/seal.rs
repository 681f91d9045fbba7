//! The bytes of one file, sealed in chunks: each is authenticated with its number and with whether it
//! is the last, so that none can be changed, moved, left out or cut off unnoticed.

use super::Files;
use crate::error::{Result, StoreError};
use crate::keys::Random;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use esik_domain::attached::HEAD_BYTES;
use esik_platform::{Platform as _, ThisMachine};
use esik_wire::planted;
use esik_wire::sealed::{self, MAGIC, SEALED_CHUNK as CHUNK, TAG, nonce};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A file being written. Dropped before it is finished, it leaves nothing behind.
pub struct Sealer {
    out: File,
    part: PathBuf,
    files: Files,
    key: Zeroizing<[u8; 32]>,
    cipher: XChaCha20Poly1305,
    hash: Sha256,
    /// Plain bytes that do not fill a chunk yet.
    rest: Zeroizing<Vec<u8>>,
    chunks: u64,
    bytes: u64,
    head: Zeroizing<Vec<u8>>,
    kept: bool,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({} bytes)", self.bytes)
    }
}

/// A file that is whole on the disk.
pub struct Sealed {
    /// SHA-256 of what lies on the disk, hex: its name.
    pub address: String,
    /// Opens it.
    pub key: Zeroizing<[u8; 32]>,
    /// Plain bytes.
    pub bytes: u64,
}

impl Sealer {
    pub(super) fn begin(files: &Files, name: &str, random: Random<'_>) -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        random(key.as_mut_slice());
        let part = files.dir.join(name);
        let mut options = OpenOptions::new();
        let out = ThisMachine.private_file(options.write(true).create_new(true), &part)?;
        let cipher = XChaCha20Poly1305::new((&*key).into());
        let mut sealer = Self {
            out,
            part,
            files: files.clone(),
            key,
            cipher,
            hash: Sha256::new(),
            rest: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)),
            chunks: 0,
            bytes: 0,
            head: Zeroizing::new(Vec::with_capacity(HEAD_BYTES)),
            kept: false,
        };
        sealer.put(MAGIC)?;
        Ok(sealer)
    }

    /// Plain bytes so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The first [`HEAD_BYTES`] plain bytes, as far as they came: what the type is told by.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The next bytes. Nothing of them lies on the disk unsealed.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn push(&mut self, mut more: &[u8]) -> Result<()> {
        self.bytes += more.len() as u64;
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(more.len());
        self.head.extend_from_slice(more.get(..room).unwrap_or_default());
        while !more.is_empty() {
            // A full chunk waits for one more byte: only then is it surely not the last.
            if self.rest.len() == CHUNK {
                self.seal(false)?;
            }
            let (now, later) = more.split_at(more.len().min(CHUNK - self.rest.len()));
            self.rest.extend_from_slice(now);
            more = later;
        }
        Ok(())
    }

    /// Makes the file whole and durable: content, then name, then the folder.
    ///
    /// # Errors
    /// A disk that refuses; then nothing is left.
    pub fn finish(mut self) -> Result<Sealed> {
        self.seal(true)?;
        self.out.sync_all()?;
        let address = hex::encode(self.hash.clone().finalize());
        let whole = self.files.dir.join(&address);
        if planted::is("not_patient") {
            std::fs::rename(&self.part, &whole)?;
        } else {
            esik_platform::replace(&self.part, &whole)?;
        }
        self.kept = true;
        ThisMachine.sync_dir(&self.files.dir)?;
        Ok(Sealed { address, key: self.key.clone(), bytes: self.bytes })
    }

    fn seal(&mut self, last: bool) -> Result<()> {
        let mut chunk =
            std::mem::replace(&mut self.rest, Zeroizing::new(Vec::with_capacity(CHUNK + TAG)));
        self.cipher
            .encrypt_in_place(&nonce(self.chunks, last), MAGIC, &mut *chunk)
            .map_err(|_| StoreError::Internal)?;
        self.chunks += 1;
        self.put(&chunk)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.files.has_room(bytes.len())?;
        self.hash.update(bytes);
        self.out.write_all(bytes)?;
        Ok(())
    }
}

impl Drop for Sealer {
    fn drop(&mut self) {
        if !self.kept {
            let _ = esik_platform::remove(&self.part);
        }
    }
}

/// Unseals a whole file in memory.
pub(super) fn open(mut file: File, key: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    sealed::unseal(&bytes, key).map_err(|_| StoreError::FileDamaged)
}
