//! What lies on the disk beside a region's database: key, certificates, files, the mark by which a restored database is
//! recognised (`reliability.md` S15), and how far numbers were given out.

use crate::backup::{self, BackupError};
use crate::blobs::BlobPlace;
use crate::env::Env;
use crate::given_numbers::{self, further};
use crate::region::{OpenError, Opening, Region};
use crate::store::postgres::{Address, PostgresStore};
use crate::store::sqlite::SqliteStore;
use crate::store::{RegionRow, Store, StoreResult};
use crate::tls::{self, TlsDir};
use chrono::Datelike as _;
use chrono_tz::Asia::Almaty;
use ed25519_dalek::SigningKey;
use esik_domain::ids::Pos;
use esik_platform::{Platform as _, ThisMachine};
use esik_wire::LocalName;
use serde::{Deserialize, Serialize};
use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A region's place: its database, and on the disk `STATE/{epoch,numbers,region.key,files/,blobs/,tls/}`.
#[derive(Clone, Debug)]
pub struct Site {
    db: Database,
    state: PathBuf,
    tls: TlsDir,
    blobs: BlobPlace,
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

    /// For a person, without a password.
    fn describe(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.display()),
            Self::Postgres(address) => address.describe(),
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
        let blobs = BlobPlace::Folder(state.clone());
        Self { db, state, tls, blobs }
    }

    /// Keeps attached files of desks elsewhere than in `blobs/` beside the rest.
    #[must_use]
    pub fn with_blobs(self, blobs: BlobPlace) -> Self {
        Self { blobs, ..self }
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
        if let Some(to) = self.moved()? {
            return Err(OpenError::Moved(to));
        }
        let region = self.open_unchecked(env, Some(self.present()?), false)?;
        let row = region.identity();
        let pos = region.store().head()?.0;
        self.check_mark(&row.epoch, pos)?;
        Ok(region)
    }

    fn check_mark(&self, epoch: &str, pos: u64) -> Result<(), OpenError> {
        match self.read_mark()? {
            Some(m) if m.epoch == epoch && m.pos <= pos => Ok(()),
            Some(m) if m.epoch == epoch => Err(OpenError::Older { database: pos, file: m.pos }),
            other => Err(OpenError::OtherEpoch {
                database: epoch.to_owned(),
                file: other.map(|m| m.epoch).unwrap_or_default(),
            }),
        }
    }

    /// Opens the region over a standby, to be read. Its mark is not looked at but for the epoch: a standby
    /// is always a little behind.
    ///
    /// # Errors
    /// When it is no region of this state, or in a file, which has no standby.
    pub fn open_to_read(&self, env: Env) -> Result<Arc<Region>, OpenError> {
        let Database::Postgres(address) = &self.db else { return Err(OpenError::NoStandby) };
        let address = address.as_ref().clone().to_read();
        let site = Self { db: Database::Postgres(Box::new(address)), ..self.clone() };
        let region = site.open_unchecked(env, Some(self.present()?), true)?;
        self.check_mark(&region.identity().epoch, u64::MAX)?;
        Ok(region)
    }

    /// Takes a restored database as it is, under a new epoch: desks notice it and send again what
    /// is missing. Returns the new epoch.
    ///
    /// # Errors
    /// When the region cannot be opened or written.
    pub fn accept_restore(&self, env: Env) -> Result<String, OpenError> {
        let mut epoch = env.uuid().to_string();
        let (leap, chance) = (env.bytes::<2>(), env.bytes::<2>());
        if esik_wire::planted::is("same_epoch_after_restore")
            && let Some(mark) = self.read_mark()?
        {
            epoch = mark.epoch;
        }
        let year = env.now().with_timezone(&Almaty).year();
        if let Some(to) = self.moved()? {
            return Err(OpenError::Moved(to));
        }
        let region = self.open_unchecked(env, Some(self.alone()?), false)?;
        // By chance: a copy restored a second time must not begin the same life of the region's device again,
        // or desks hold other events under its numbers.
        let leap = 1 + u32::from(u16::from_le_bytes(leap));
        let known = given_numbers::read(&self.numbers_file());
        let skip = given_numbers::skip(known.is_some(), u16::from_le_bytes(chance));
        let known = known.unwrap_or_default();
        region.store().renew(&epoch, leap, skip, &[year, year + 1], &known)?;
        // Before anything is given: the next restore goes on from here.
        self.remember_numbers(&region)?;
        self.write_mark(&Mark { epoch: epoch.clone(), pos: region.store().head()?.0 })?;
        Ok(epoch)
    }

    /// Remembers how far the region is.
    ///
    /// # Errors
    /// When the file cannot be written, or the database went back: then it has to be accepted first.
    pub fn remember(&self, region: &Region) -> Result<(), OpenError> {
        let (epoch, head) = (region.identity().epoch.clone(), region.store().head()?.0);
        // Never backwards: what was seen is what says that a database is older.
        let before = self.read_mark()?.filter(|m| m.epoch == epoch).map_or(0, |m| m.pos);
        let seen = region.seen().0.max(before);
        self.remember_numbers(region)?;
        self.write_mark(&Mark { epoch, pos: head.max(seen) })?;
        if head < seen { Err(OpenError::Older { database: head, file: seen }) } else { Ok(()) }
    }

    /// Remembers how far each series of numbers was given out; never backwards.
    fn remember_numbers(&self, region: &Region) -> Result<(), OpenError> {
        let path = self.numbers_file();
        let before = given_numbers::read(&path);
        let now = further(before.as_deref().unwrap_or_default(), region.store().series()?);
        if before.as_ref() == Some(&now) {
            return Ok(());
        }
        self.put(&path, &serde_json::to_vec(&now).unwrap_or_default())
    }

    /// The right to be here beside others, until dropped.
    fn present(&self) -> Result<std::fs::File, OpenError> {
        self.lock(std::fs::File::try_lock_shared)
    }

    /// The right to be here alone, until dropped: refused while anybody serves or administers.
    pub(crate) fn alone(&self) -> Result<std::fs::File, OpenError> {
        self.lock(std::fs::File::try_lock)
    }

    fn lock(
        &self,
        how: fn(&std::fs::File) -> Result<(), TryLockError>,
    ) -> Result<std::fs::File, OpenError> {
        tls::make_dir(&self.state)?;
        let path = self.state.join("lock");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock =
            ThisMachine.private_file(&mut options, &path).map_err(|e| file("opening", &path, e))?;
        match how(&lock) {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
            Err(TryLockError::Error(e)) => Err(file("locking", &path, e)),
        }
    }

    /// The region the database holds, if it holds one.
    pub(crate) fn founded(&self) -> Result<Option<String>, OpenError> {
        Ok(self.db.sole_region()?)
    }

    /// The database as the store of this region, which need not be there yet.
    pub(crate) fn store(&self, region: &str) -> Result<Arc<dyn Store>, OpenError> {
        Ok(self.db.open(region)?)
    }

    /// The region of a place that is whole, or was moved to `to` already, not quite to the end.
    pub(crate) fn store_to_move(&self, to: &Self) -> Result<(String, Arc<dyn Store>), OpenError> {
        match self.moved()? {
            Some(place) if place != to.db.describe() => return Err(OpenError::Moved(place)),
            _ => {}
        }
        let id = self.db.sole_region()?.ok_or(OpenError::NotFounded)?;
        let store = self.db.open(&id)?;
        let row = store.region()?.ok_or(OpenError::NotFounded)?;
        self.check_mark(&row.epoch, store.head()?.0)?;
        Ok((id, store))
    }

    /// Every file beside the database that belongs to the region, by the name it has in a copy.
    pub(crate) fn state_files(&self) -> Result<Vec<(String, PathBuf)>, BackupError> {
        let mut files: Vec<(String, PathBuf)> = backup::list(&self.state)?
            .into_iter()
            .filter(|name| self.tls.0.starts_with(&self.state) || !name.starts_with("tls/"))
            .map(|name| (name.clone(), self.state.join(name)))
            .collect();
        if !self.tls.0.starts_with(&self.state) {
            let elsewhere = backup::list(&self.tls.0)?.into_iter();
            files.extend(elsewhere.map(|name| (format!("tls/{name}"), self.tls.0.join(name))));
        }
        Ok(files)
    }

    /// Where a file of a copy lies here.
    pub(crate) fn state_path(&self, name: &str) -> PathBuf {
        match name.strip_prefix("tls/") {
            Some(name) => self.tls.0.join(name),
            None => self.state.join(name),
        }
    }

    /// Takes away what says which history this place last saw: it is not served until accepted.
    pub(crate) fn forget_mark(&self) -> Result<(), OpenError> {
        let path = self.mark_file();
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(file("removing", &path, e)),
            _ => Ok(()),
        }
    }

    /// Says which history is here.
    pub(crate) fn set_mark(&self, epoch: &str, pos: Pos) -> Result<(), OpenError> {
        self.write_mark(&Mark { epoch: epoch.to_owned(), pos: pos.0 })
    }

    /// The region lives at another place now: two copies of it would be two histories.
    pub(crate) fn close_for_good(&self, to: &Self) -> Result<(), OpenError> {
        Ok(tls::write_private(&self.state.join("moved"), to.db.describe().as_bytes())?)
    }

    fn moved(&self) -> Result<Option<String>, OpenError> {
        let path = self.state.join("moved");
        match std::fs::read_to_string(&path) {
            Ok(place) => Ok(Some(place)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(file("reading", &path, e)),
        }
    }

    fn open_unchecked(
        &self,
        env: Env,
        present: Option<std::fs::File>,
        read_only: bool,
    ) -> Result<Arc<Region>, OpenError> {
        let id = self.db.sole_region()?.ok_or(OpenError::NotFounded)?;
        Region::open(Opening {
            store: self.db.open(&id)?,
            env,
            key: self.read_key()?,
            ca_pem: self.tls.ca_pem()?,
            files: self.state.join("files"),
            present,
            read_only,
            blobs: self.blobs.clone(),
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
        self.put(&self.mark_file(), &serde_json::to_vec(mark).unwrap_or_default())
    }

    fn numbers_file(&self) -> PathBuf {
        self.state.join("numbers")
    }

    /// The whole file or the one before it.
    fn put(&self, path: &Path, content: &[u8]) -> Result<(), OpenError> {
        let part = path.with_extension("part");
        tls::write_private(&part, content)?;
        std::fs::rename(&part, path).map_err(|e| file("writing", path, e))
    }
}

fn file(what: &str, path: &Path, source: std::io::Error) -> OpenError {
    OpenError::File { what: format!("{what} {}", path.display()), source }
}
