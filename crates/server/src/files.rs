//! Files agencies attach: content-addressed, never served when a byte changed.

use crate::region::OpenError;
use esik_platform::{Platform as _, ThisMachine};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file an agency attaches, at most, in bytes.
pub const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The folder of files.
pub struct Files(PathBuf);

impl Files {
    pub(crate) fn open(dir: PathBuf) -> Result<Self, OpenError> {
        ThisMachine.private_dir(&dir).map_err(|source| OpenError::File {
            what: format!("making the folder {}", dir.display()),
            source,
        })?;
        Ok(Self(dir))
    }

    /// Keeps bytes under their SHA-256 (hex); durable when it returns.
    pub(crate) fn keep(&self, bytes: &[u8], token: &str) -> io::Result<String> {
        let hash = hex::encode(Sha256::digest(bytes));
        let path = self.path(&hash);
        if self.read(&hash)?.is_some() {
            return Ok(hash);
        }
        let dir = path.parent().map_or_else(|| self.0.clone(), Path::to_path_buf);
        std::fs::create_dir_all(&dir)?;
        let part = dir.join(format!("{hash}.{token}.part"));
        let mut file = std::fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, &path)?;
        if let Ok(folder) = std::fs::File::open(&dir) {
            // Not every platform lets a folder be synced; the content already is.
            let _ = folder.sync_all();
        }
        Ok(hash)
    }

    /// The bytes, or nothing when they are missing or no longer what they were.
    pub(crate) fn read(&self, hash: &str) -> io::Result<Option<Vec<u8>>> {
        if hash.len() != 64
            || !hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            return Ok(None);
        }
        match std::fs::read(self.path(hash)) {
            Ok(bytes) if hex::encode(Sha256::digest(&bytes)) == hash => Ok(Some(bytes)),
            Ok(_) => {
                tracing::error!(hash, "a kept file changed on the disk and is not served");
                Ok(None)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.0.join(hash.get(..2).unwrap_or("xx")).join(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_not_served() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(dir.path().to_path_buf()).unwrap();
        let hash = files.keep(b"answer", "t").unwrap();
        assert_eq!(files.read(&hash).unwrap().as_deref(), Some(&b"answer"[..]));
        std::fs::write(files.path(&hash), b"answeR").unwrap();
        assert_eq!(files.read(&hash).unwrap(), None);
        assert_eq!(files.read("../../../../etc/passwd").unwrap(), None);
    }
}
