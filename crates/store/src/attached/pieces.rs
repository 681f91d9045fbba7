//! A sealed file in chunks: read for the region, and put together from what the region sends.

use super::{DAMAGED, Files, is_address};
use crate::error::{Result, StoreError};
use esik_platform::{Platform as _, ThisMachine};
use esik_wire::BLOB_CHUNK_BYTES;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

/// Ending of a file that is coming. Not that of one being sealed: it outlives a restart.
pub(super) const COMING: &str = ".coming";

impl Files {
    fn coming(&self, address: &str) -> Result<PathBuf> {
        if !is_address(address) {
            return Err(StoreError::FileMissing);
        }
        Ok(self.dir.join(format!("{address}{COMING}")))
    }

    /// A chunk of a sealed file.
    ///
    /// # Errors
    /// `FileMissing`; the disk's.
    pub fn chunk(&self, address: &str, n: u32) -> Result<Vec<u8>> {
        let mut file = self.open(address)?;
        file.seek(SeekFrom::Start(u64::from(n) * BLOB_CHUNK_BYTES as u64))?;
        let mut out = Vec::with_capacity(BLOB_CHUNK_BYTES);
        file.take(BLOB_CHUNK_BYTES as u64).read_to_end(&mut out)?;
        Ok(out)
    }

    /// Whole chunks that came of a file.
    ///
    /// # Errors
    /// The disk's.
    pub fn here(&self, address: &str) -> Result<u32> {
        match fs::metadata(self.coming(address)?) {
            Ok(found) => {
                Ok(u32::try_from(found.len() / BLOB_CHUNK_BYTES as u64).unwrap_or(u32::MAX))
            }
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(0),
            Err(e) => Err(e.into()),
        }
    }

    /// Keeps the next chunk. With the last one the whole is compared with its address: only then is it a
    /// file of this desk. False when it is another one; then nothing of it is left.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn keep_chunk(&self, address: &str, n: u32, bytes: &[u8], last: bool) -> Result<bool> {
        let path = self.coming(address)?;
        self.has_room(bytes.len())?;
        self.make_folder()?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let mut file = ThisMachine.private_file(&mut options, &path)?;
        // What a cut left of a chunk is written over.
        let at = u64::from(n) * BLOB_CHUNK_BYTES as u64;
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        if !last {
            return Ok(true);
        }
        let mut hash = Sha256::new();
        let mut whole = File::open(&path)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = whole.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            hash.update(buffer.get(..n).unwrap_or_default());
        }
        if hex::encode(hash.finalize()) != address {
            esik_platform::remove(&path)?;
            return Ok(false);
        }
        esik_platform::replace(&path, &self.dir.join(address))?;
        ThisMachine.sync_dir(&self.dir)?;
        let damaged = self.dir.join(format!("{address}{DAMAGED}"));
        if let Err(e) = esik_platform::remove(&damaged)
            && e.kind() != ErrorKind::NotFound
        {
            return Err(e.into());
        }
        Ok(true)
    }
}
