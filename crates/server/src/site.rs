//! What lies on the disk beside a region's database: key, certificates, files, and the mark by which
//! a restored database is recognised (`reliability.md` S15).

use crate::env::Env;
use crate::region::{OpenError, Opening, Region};
use crate::store::postgres::{Address, PostgresStore};
use crate::store::sqlite::SqliteStore;
use crate::store::{RegionRow, Store, StoreResult};
use crate::tls::{self, TlsDir};
use chrono::Datelike as _;
use chrono_tz::Asia::Almaty;
use ed25519_dalek::SigningKey;
use esik_wire::LocalName;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Numbers every series skips after a restore: what may have been leased after the backup.
const SKIP_NUMBERS: u64 = 10_000;

/// A region's place: its database, and on the disk `STATE/{epoch,region.key,files/,tls/}`.
#[derive(Clone, Debug)]
pub struct Site {
    db: Database,
    state: PathBuf,
    tls: TlsDir,
}

#[derive(Clone, Debug)]
enum Database {
    Sqlite(PathBuf),
    Postgres(Box<Address>),
}

impl Database {
    fn sole_region(&self) -> StoreResult<Option<String>> {
        match self {
            Self::Sqlite(file) => SqliteStore::sole_region(file),
            Self::Postgres(address) => PostgresStore::sole_region(address),
        }
    }

    fn open(&self, region: &str) -> StoreResult<Arc<dyn Store>> {
        Ok(match self {
            Self::Sqlite(file) => Arc::new(SqliteStore::open(file, region)?),
            Self::Postgres(address) => Arc::new(PostgresStore::open(address, region)?),
        })
    }
}

/// Last known history, kept outside the database.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
struct Mark {
    epoch: String,
    pos: u64,
}

impl Site {
    /// A region in a file: its state is `FILE.state`, `tls` = `FILE.state/tls` unless given.
    #[must_use]
    pub fn new(db: &Path, tls: Option<PathBuf>) -> Self {
        let mut state = db.as_os_str().to_owned();
        state.push(".state");
        Self::at(Database::Sqlite(db.to_path_buf()), PathBuf::from(state), tls)
    }

    /// A region in PostgreSQL: what lies beside a file otherwise lies in the folder `state`.
    #[must_use]
    pub fn on_postgres(address: Address, state: PathBuf, tls: Option<PathBuf>) -> Self {
        Self::at(Database::Postgres(Box::new(address)), state, tls)
    }

    fn at(db: Database, state: PathBuf, tls: Option<PathBuf>) -> Self {
        let tls = TlsDir(tls.unwrap_or_else(|| state.join("tls")));
        Self { db, state, tls }
    }

    /// The folder of certificates.
    #[must_use]
    pub fn tls(&self) -> &TlsDir {
        &self.tls
    }

    /// Makes a region: database, signing key, CA, server certificate, mark.
    ///
    /// # Errors
    /// When the database holds one already, or a file cannot be written.
    pub fn create(
        &self,
        env: &Env,
        id: &str,
        name: LocalName,
        hosts: &[String],
    ) -> Result<RegionRow, OpenError> {
        if self.db.sole_region()?.is_some() {
            return Err(OpenError::FoundedBefore);
        }
        tls::make_dir(&self.state)?;
        let key = SigningKey::from_bytes(&env.bytes());
        tls::write_private(&self.key_file(), hex::encode(key.to_bytes()).as_bytes())?;
        self.tls.create(env, id, hosts)?;
        let store = self.db.open(id)?;
        let row = Region::found(store.as_ref(), env, &key, id, name)?;
        self.write_mark(&Mark { epoch: row.epoch.clone(), pos: 0 })?;
        Ok(row)
    }

    /// Opens the region for serving or administration.
    ///
    /// # Errors
    /// When it was never created, or is not the history this place last saw.
    pub fn open(&self, env: Env) -> Result<Arc<Region>, OpenError> {
        let region = self.open_unchecked(env)?;
        let row = region.identity();
        let pos = region.store().head()?.0;
        let mark = self.read_mark()?;
        match mark {
            Some(m) if m.epoch == row.epoch && m.pos <= pos => Ok(region),
            Some(m) if m.epoch == row.epoch => Err(OpenError::Older { database: pos, file: m.pos }),
            other => Err(OpenError::OtherEpoch {
                database: row.epoch.clone(),
                file: other.map(|m| m.epoch).unwrap_or_default(),
            }),
        }
    }

    /// Takes a restored database as it is, under a new epoch: desks notice it and send again what
    /// is missing. Returns the new epoch.
    ///
    /// # Errors
    /// When the region cannot be opened or written.
    pub fn accept_restore(&self, env: Env) -> Result<String, OpenError> {
        let epoch = env.uuid().to_string();
        let year = env.now().with_timezone(&Almaty).year();
        let region = self.open_unchecked(env)?;
        region.store().renew(&epoch, SKIP_NUMBERS, &[year, year + 1])?;
        self.write_mark(&Mark { epoch: epoch.clone(), pos: region.store().head()?.0 })?;
        Ok(epoch)
    }

    /// Remembers how far the region is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn remember(&self, region: &Region) -> Result<(), OpenError> {
        let mark = Mark { epoch: region.identity().epoch.clone(), pos: region.store().head()?.0 };
        self.write_mark(&mark)
    }

    fn open_unchecked(&self, env: Env) -> Result<Arc<Region>, OpenError> {
        let id = self.db.sole_region()?.ok_or(OpenError::NotFounded)?;
        Region::open(Opening {
            store: self.db.open(&id)?,
            env,
            key: self.read_key()?,
            ca_pem: self.tls.ca_pem()?,
            files: self.state.join("files"),
        })
    }

    fn key_file(&self) -> PathBuf {
        self.state.join("region.key")
    }

    fn read_key(&self) -> Result<SigningKey, OpenError> {
        let path = self.key_file();
        let text = std::fs::read_to_string(&path).map_err(|e| file("reading", &path, e))?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| OpenError::OtherKey)?;
        Ok(SigningKey::from_bytes(&bytes))
    }

    fn mark_file(&self) -> PathBuf {
        self.state.join("epoch")
    }

    fn read_mark(&self) -> Result<Option<Mark>, OpenError> {
        let path = self.mark_file();
        match std::fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(file("reading", &path, e)),
        }
    }

    fn write_mark(&self, mark: &Mark) -> Result<(), OpenError> {
        let path = self.mark_file();
        let part = path.with_extension("part");
        let json = serde_json::to_vec(mark).unwrap_or_default();
        tls::write_private(&part, &json)?;
        std::fs::rename(&part, &path).map_err(|e| file("writing", &path, e))
    }
}

fn file(what: &str, path: &Path, source: std::io::Error) -> OpenError {
    OpenError::File { what: format!("{what} {}", path.display()), source }
}
