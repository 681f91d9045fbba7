//! Where sealed files lie: a folder, or a bucket that speaks S3, through one interface.
//!
//! `blobs/ab/<address>/<n>-<sha256 of the chunk>` and, once the whole was read through and has its hash,
//! `blobs/ab/<address>/whole`. What is there is what the names tell: no table beside it can disagree.

use bytes::Bytes;
use esik_wire::blobs::{BlobPart, chunk_len, chunks_of};
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    BackoffConfig, Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, RetryConfig,
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Where a region keeps its files.
#[derive(Clone, Debug)]
pub enum BlobPlace {
    /// A folder of the server's.
    Folder(std::path::PathBuf),
    /// A bucket that speaks S3: `s3://BUCKET[/PREFIX]`; who may, and where it is, tell the variables
    /// `AWS_*` as for any program.
    Bucket(String),
    /// A place that is open already; for tests.
    Opened(Blobs),
}

/// A bucket that fails is asked again for about as long as a desk waits; then the desk is told when to come back, and
/// comes. The library's own way – ten times within three minutes – would hold its line all that while.
fn patience() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 3.,
        },
        max_retries: 2,
        retry_timeout: Duration::from_secs(10),
    }
}

/// What came of reading a place that holds files.
pub type Kept<T> = Result<T, object_store::Error>;

/// The files of a region.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

/// What is there of one file.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// By number; of two chunks with one number the later one.
    parts: BTreeMap<u32, (String, ObjectMeta)>,
    /// The whole has its hash.
    pub whole: bool,
}

impl Held {
    /// As a desk is told.
    #[must_use]
    pub fn told(&self) -> Vec<BlobPart> {
        self.parts
            .iter()
            .map(|(n, (sha256, _))| BlobPart { n: *n, sha256: sha256.clone() })
            .collect()
    }
}

fn folder(address: &str) -> Path {
    Path::from_iter(["blobs", address.get(..2).unwrap_or("xx"), address])
}

fn chunk_path(address: &str, n: u32, sha256: &str) -> Path {
    folder(address).join(format!("{n:05}-{sha256}"))
}

fn whole_path(address: &str) -> Path {
    folder(address).join("whole")
}

impl Blobs {
    /// Opens the place; a folder is made.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn open(place: &BlobPlace) -> Kept<Self> {
        let store: Arc<dyn ObjectStore> = match place {
            BlobPlace::Folder(dir) => {
                std::fs::create_dir_all(dir)
                    .map_err(|e| Error::Generic { store: "folder", source: Box::new(e) })?;
                Arc::new(LocalFileSystem::new_with_prefix(dir)?.with_fsync(true))
            }
            BlobPlace::Bucket(url) => return Self::in_bucket(AmazonS3Builder::from_env(), url),
            BlobPlace::Opened(blobs) => return Ok(blobs.clone()),
        };
        Ok(Self { store })
    }

    /// A bucket, `s3://BUCKET[/PREFIX]`; the builder tells where it is and who asks.
    ///
    /// # Errors
    /// When the builder lacks something.
    pub fn in_bucket(builder: AmazonS3Builder, url: &str) -> Kept<Self> {
        let (bucket, prefix) = split(url);
        let store = builder.with_bucket_name(bucket).with_retry(patience()).build()?;
        let store: Arc<dyn ObjectStore> = match prefix {
            "" => Arc::new(store),
            prefix => Arc::new(object_store::prefix::PrefixStore::new(store, prefix)),
        };
        Ok(Self { store })
    }

    /// What is there of a file.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn held(&self, address: &str) -> Kept<Held> {
        let mut held = Held::default();
        let mut names = self.store.list(Some(&folder(address)));
        while let Some(object) = names.try_next().await? {
            let name = object.location.filename().unwrap_or_default();
            if name == "whole" {
                held.whole = true;
            } else if let Some((n, sha256)) = name.split_once('-').and_then(|(n, hash)| {
                Some((n.parse().ok()?, hash.to_owned())).filter(|_| hash.len() == 64)
            }) {
                let newer =
                    |old: &(String, ObjectMeta)| old.1.last_modified <= object.last_modified;
                if held.parts.get(&n).is_none_or(newer) {
                    held.parts.insert(n, (sha256, object));
                }
            }
        }
        Ok(held)
    }

    /// Keeps a chunk, durably, and forgets another one under its number.
    ///
    /// # Errors
    /// When the place does not take it.
    pub async fn put(&self, address: &str, n: u32, bytes: Bytes) -> Kept<()> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        self.store.put(&chunk_path(address, n, &sha256), bytes.into()).await?;
        let held = self.held(address).await?;
        if let Some((other, _)) = held.parts.get(&n).filter(|(other, _)| *other != sha256) {
            self.gone(&chunk_path(address, n, other)).await?;
        }
        Ok(())
    }

    /// A chunk, when its bytes are still those of its name; one that is not is taken away, and the file
    /// is not whole any more.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn chunk(&self, address: &str, held: &Held, n: u32) -> Kept<Option<Bytes>> {
        let Some((sha256, object)) = held.parts.get(&n) else { return Ok(None) };
        let bytes = match self.store.get(&object.location).await {
            Ok(found) => found.bytes().await?,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(e) => return Err(e),
        };
        let fits = hex::encode(Sha256::digest(&bytes)) == *sha256;
        if fits || esik_wire::planted::is("flipped_bit_is_served") {
            return Ok(Some(bytes));
        }
        tracing::error!(address, n, "a chunk of a file changed where it lay and is not served");
        self.gone(&whole_path(address)).await?;
        self.gone(&object.location).await?;
        Ok(None)
    }

    /// Reads every chunk through. Whole only when all are there and the whole has its hash; when the hash
    /// is another one, everything is taken away, because nobody can tell which chunk is wrong.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn commit(&self, address: &str, bytes: u64) -> Kept<bool> {
        let held = self.held(address).await?;
        let mut hash = Sha256::new();
        for n in 0..chunks_of(bytes) {
            let Some(chunk) = self.chunk(address, &held, n).await? else { return Ok(false) };
            if Some(chunk.len()) != chunk_len(bytes, n) {
                self.remove(address).await?;
                return Ok(false);
            }
            hash.update(&chunk);
        }
        if hex::encode(hash.finalize()) != address {
            tracing::warn!(address, "a file came together as another one: its desk sends it again");
            self.remove(address).await?;
            return Ok(false);
        }
        self.store.put(&whole_path(address), Bytes::from_static(b"1").into()).await?;
        Ok(true)
    }

    /// The whole file, chunk by chunk verified; `None` when it is not whole.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn read(&self, address: &str, bytes: u64) -> Kept<Option<Vec<u8>>> {
        let held = self.held(address).await?;
        if !held.whole {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
        for n in 0..chunks_of(bytes) {
            let Some(chunk) = self.chunk(address, &held, n).await? else { return Ok(None) };
            out.extend_from_slice(&chunk);
        }
        Ok((hex::encode(Sha256::digest(&out)) == address).then_some(out))
    }

    /// Addresses of everything there, with the moment something last came of each.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn all(&self) -> Kept<BTreeMap<String, SystemTime>> {
        let mut out = BTreeMap::new();
        let mut names = self.store.list(Some(&Path::from("blobs")));
        while let Some(object) = names.try_next().await? {
            let Some(address) = object.location.parts().nth(2).map(|p| p.as_ref().to_owned())
            else {
                continue;
            };
            let at = SystemTime::from(object.last_modified);
            let last = out.entry(address).or_insert(at);
            *last = at.max(*last);
        }
        Ok(out)
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn remove(&self, address: &str) -> Kept<()> {
        // First the mark: what is half gone is not whole.
        self.gone(&whole_path(address)).await?;
        let objects: Vec<ObjectMeta> =
            self.store.list(Some(&folder(address))).try_collect().await?;
        for object in objects {
            self.gone(&object.location).await?;
        }
        Ok(())
    }

    async fn gone(&self, path: &Path) -> Kept<()> {
        match self.store.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e),
        }
    }
}

/// Bucket and prefix of `s3://BUCKET[/PREFIX]`.
fn split(url: &str) -> (&str, &str) {
    let rest = url.trim_start_matches("s3://").trim_end_matches('/');
    rest.split_once('/').unwrap_or((rest, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_may_have_a_prefix() {
        assert_eq!(split("s3://esik"), ("esik", ""));
        assert_eq!(split("s3://esik/akmola/files/"), ("esik", "akmola/files"));
    }
}
