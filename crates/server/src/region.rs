//! The region: its own key and identity, its store, and what every call needs of them.

use crate::attempts::Attempts;
use crate::blobs::{BlobPlace, Blobs, Lacking};
use crate::env::Env;
use crate::files::Files;
use crate::lately::Lately;
use crate::meters::{Full, Meters};
use crate::news::News;
use crate::pages::Pages;
use crate::quota::{Measure, Quota};
use crate::status::{Asked, PublicAddress};
use crate::store::{Counts, DeviceRow, RegionRow, Store, StoreError};
use crate::tree::Tree;
use crate::turns::{House, Turns};
use ed25519_dalek::SigningKey;
use esik_domain::ids::{DeviceId, OfficerId, Pos};
use esik_wire::{ApiError, ApiErrorCode, LocalName, signed};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::Semaphore;

/// Pages of feeds read at once; two cores do no more.
const PAGES_AT_ONCE: usize = 4;

/// One region: everything `esik-server` does but the network.
pub struct Region {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) env: Env,
    pub(crate) key: SigningKey,
    pub(crate) row: RegionRow,
    pub(crate) ca_pem: String,
    pub(crate) files: Files,
    /// Sealed files of desks.
    pub(crate) blobs: Blobs,
    /// What each desk brought today; see [`Region::measure`].
    pub(crate) quota: Quota<DeviceId>,
    /// The same for clerks at the portal, by login.
    pub(crate) clerk_quota: Quota<String>,
    /// What all who hold coupons said today.
    pub(crate) words_quota: Quota<()>,
    /// One decision at a time in this process; the store refuses what another process overtook.
    pub(crate) deciding: Mutex<()>,
    /// The furthest position this server saw.
    seen: AtomicU64,
    /// Those who wait on feeds.
    pub(crate) news: Arc<News>,
    pub(crate) attempts: Attempts,
    /// Tries at the status page: nobody's flood there makes the server forget who tried passwords.
    pub(crate) asked: Asked,
    /// Where people see the status page; see [`Region::public_at`].
    pub(crate) status_page: OnceLock<String>,
    /// Proxies in front of this server; see [`Region::behind`].
    pub(crate) proxies: OnceLock<Vec<IpAddr>>,
    pub(crate) tree: Mutex<Tree>,
    /// Who pushes, who waits without a thread, and who comes back later; see [`Region::house`].
    pub(crate) turns: Arc<Turns>,
    /// Full pages that went out lately.
    pub(crate) pages: Pages,
    /// Pages of feeds read and written at once: each is some megabytes until it is compressed.
    pub(crate) reading: Arc<Semaphore>,
    pub(crate) meters: Meters,
    /// What stood in the tables when they were last counted for `/metrics`.
    pub(crate) counted: Lately<Counts>,
    /// Passwords hashed at once: each takes 19 MiB.
    pub(crate) hashing: Semaphore,
    /// Only reads: over a standby.
    pub(crate) read_only: bool,
    /// Files that somebody asked for and that are not whole here.
    pub(crate) lacking: Lacking,
    /// As long as it is open, nobody restores or moves this place.
    pub(crate) _present: Option<std::fs::File>,
    /// Files opened for bodies at once.
    pub(crate) opening: Semaphore,
}

/// What a region is opened from.
pub struct Opening {
    pub store: Arc<dyn Store>,
    pub env: Env,
    /// The region's own signing key.
    pub key: SigningKey,
    /// The CA whose certificates this region's server shows, PEM.
    pub ca_pem: String,
    /// Folder for files of agencies; made when missing.
    pub files: PathBuf,
    /// The place's lock, held as long as the region is open.
    pub present: Option<std::fs::File>,
    /// Serves what there is and takes nothing.
    pub read_only: bool,
    /// Where sealed files of desks lie.
    pub blobs: BlobPlace,
}

/// Why a region cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database holds no region; `admin region create` makes one")]
    NotFounded,
    #[error("the database holds a region already")]
    FoundedBefore,
    #[error("the signing key beside the database is not this region's")]
    OtherKey,
    #[error(
        "the database is not the one this server last ran with (epoch {database}, beside it {file}); \
         after restoring a backup run `admin restore --accept`"
    )]
    OtherEpoch { database: String, file: String },
    #[error(
        "the database is older than this server remembers (position {database}, seen {file}); \
         after restoring a backup run `admin restore --accept`"
    )]
    Older { database: u64, file: u64 },
    #[error("this place is in use: stop the server and every other command on it first")]
    InUse,
    #[error("only a region in PostgreSQL has a standby to read from")]
    NoStandby,
    #[error("the region was moved to {0}; nothing is served from here any more")]
    Moved(String),
    #[error("the place of attached files: {0}")]
    Blobs(#[from] object_store::Error),
    #[error("{what}: {source}")]
    File { what: String, source: std::io::Error },
    #[error(transparent)]
    Tls(#[from] crate::tls::TlsError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Region {
    /// Founds a region in an empty store.
    ///
    /// # Errors
    /// When there is one already, or the store fails.
    pub fn found(
        store: &dyn Store,
        env: &Env,
        key: &SigningKey,
        id: &str,
        name: LocalName,
    ) -> Result<RegionRow, OpenError> {
        let row = RegionRow {
            id: id.to_owned(),
            name,
            device: DeviceId(env.uuid()),
            incarnation: 1,
            key: signed::key_text(&key.verifying_key()),
            epoch: env.uuid().to_string(),
            created_at: env.now(),
        };
        if store.found(&row)? { Ok(row) } else { Err(OpenError::FoundedBefore) }
    }

    /// Opens a founded region.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(o: Opening) -> Result<Arc<Self>, OpenError> {
        let row = o.store.region()?.ok_or(OpenError::NotFounded)?;
        if row.key != signed::key_text(&o.key.verifying_key()) {
            return Err(OpenError::OtherKey);
        }
        let head = o.store.head()?;
        Ok(Arc::new(Self {
            store: o.store,
            env: o.env,
            key: o.key,
            row,
            ca_pem: o.ca_pem,
            files: Files::open(o.files)?,
            blobs: Blobs::open(&o.blobs)?,
            lacking: Lacking::default(),
            quota: Quota::of(Measure::default()),
            clerk_quota: Quota::of(Measure::of_clerk()),
            words_quota: Quota::of(Measure::of_words()),
            deciding: Mutex::new(()),
            seen: AtomicU64::new(head.0),
            news: Arc::default(),
            attempts: Attempts::default(),
            asked: Asked::default(),
            status_page: OnceLock::new(),
            proxies: OnceLock::new(),
            tree: Mutex::default(),
            turns: Arc::default(),
            pages: Pages::default(),
            reading: Arc::new(Semaphore::new(PAGES_AT_ONCE)),
            meters: Meters::default(),
            counted: Lately::default(),
            hashing: Semaphore::new(2),
            read_only: o.read_only,
            _present: o.present,
            opening: Semaphore::new(2),
        }))
    }

    /// The address under which people reach this server, told to the desks for their coupons; the first word holds.
    pub fn public_at(&self, address: &PublicAddress) {
        let _ = self.status_page.set(address.status_page());
    }

    /// Proxies whose word on the asker's address is believed; the first word holds.
    pub fn behind(&self, proxies: Vec<IpAddr>) {
        let _ = self.proxies.set(proxies);
    }

    /// Another measure of what one desk may bring in a day.
    pub fn measure(&self, measure: Measure) {
        self.quota.measure(measure);
    }

    /// Another measure of what one clerk may do and bring in a day: an act is an event.
    pub fn measure_clerks(&self, measure: Measure) {
        self.clerk_quota.measure(measure);
    }

    /// Another measure of what all who hold coupons may say in a day: a word is an event.
    pub fn measure_words(&self, measure: Measure) {
        self.words_quota.measure(measure);
    }

    /// Another measure of how many pushes are worked on and wait.
    pub fn house(&self, house: House) {
        self.turns.house(house);
    }

    /// Desks that were told today to come again tomorrow, and how many events each brought.
    #[must_use]
    pub fn full_today(&self) -> BTreeMap<DeviceId, u64> {
        self.quota.full(self.env.now())
    }

    /// A region in memory, founded and opened; for tests.
    ///
    /// # Errors
    /// When the engine or the folder for files refuses.
    pub fn in_memory(
        env: Env,
        id: &str,
        ca_pem: String,
        files: PathBuf,
    ) -> Result<Arc<Self>, OpenError> {
        let store = crate::store::sqlite::SqliteStore::in_memory(id)?;
        Self::in_store(Arc::new(store), env, id, ca_pem, files)
    }

    /// A region in an empty store of any engine, founded and opened; for tests.
    ///
    /// # Errors
    /// When the engine or the folder for files refuses.
    pub fn in_store(
        store: Arc<dyn Store>,
        env: Env,
        id: &str,
        ca_pem: String,
        files: PathBuf,
    ) -> Result<Arc<Self>, OpenError> {
        let key = SigningKey::from_bytes(&env.bytes());
        let name = LocalName {
            kk: "Ақмола облысы".to_owned(),
            ru: "Акмолинская область".to_owned(),
        };
        Self::found(store.as_ref(), &env, &key, id, name)?;
        let blobs = BlobPlace::Folder(files.clone());
        Self::open(Opening {
            store,
            env,
            key,
            ca_pem,
            files,
            blobs,
            present: None,
            read_only: false,
        })
    }

    /// The region's row: id, names, epoch, own device and public key.
    #[must_use]
    pub fn identity(&self) -> &RegionRow {
        &self.row
    }

    /// Was an older copy ever accepted as this region? Each time its own device began a later life.
    pub(crate) fn was_restored(&self) -> bool {
        self.row.incarnation > 1
    }

    /// The store, for administration and tests.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The region's head, unless the database went back behind what this server saw of it: a standby
    /// that lacked the last positions took over. Nothing is decided then, until it is accepted.
    pub(crate) fn head_now(&self) -> Result<Pos, StoreError> {
        let seen = self.seen();
        let head = self.store.head()?;
        if head < seen {
            return Err(StoreError::Unfit(format!(
                "it is at position {} and was at {} before: a standby took over that lacked the rest. \
                 Stop the server and run `restore --accept`; desks bring the rest again",
                head.0, seen.0
            )));
        }
        Ok(head)
    }

    /// The furthest position this server saw.
    pub(crate) fn seen(&self) -> Pos {
        Pos(self.seen.load(Ordering::SeqCst))
    }

    /// The order is known to go so far; never backwards, another push may have told of a later position already.
    pub(crate) fn saw(&self, pos: Pos) {
        self.seen.fetch_max(pos.0, Ordering::SeqCst);
    }

    /// Requests that wait for news of a feed.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.news.listening()
    }

    /// The region as an actor: the same id as its device.
    pub(crate) fn actor(&self) -> OfficerId {
        OfficerId(self.row.device.0)
    }

    /// A device that may speak here; revoked ones may not.
    pub(crate) fn live_device(&self, id: DeviceId) -> Result<DeviceRow, ApiError> {
        let device = self.store.device(id).map_err(failed)?;
        device.filter(|d| !d.revoked).ok_or_else(|| ApiError::new(ApiErrorCode::Unauthorised))
    }

    /// Runs a piece of work that decides, when it is this desk's turn.
    ///
    /// # Errors
    /// `busy` with the seconds after which to come back, beside those of the work.
    pub(crate) async fn in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        device: DeviceId,
        work: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = self.turns.turn(device).await.map_err(|seconds| {
            self.meters.full(Full::Pushes);
            busy(seconds)
        })?;
        // It ends with the work, also when nobody waits for the answer any more.
        self.off(move |region| {
            let _turn = turn;
            work(region)
        })
        .await
    }

    /// Runs a blocking piece of work off the async threads.
    pub(crate) async fn off<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let me = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&me)).await.unwrap_or_else(|e| {
            tracing::error!(error = %e, "a piece of work did not finish");
            Err(ApiError::new(ApiErrorCode::Internal))
        })
    }
}

/// A store's failure as the caller sees it; the cause goes to the log, once, here.
pub(crate) fn failed(e: StoreError) -> ApiError {
    match e {
        StoreError::Busy => busy(2),
        StoreError::Full => {
            tracing::error!("the disk is full: nothing can be saved");
            busy(60)
        }
        StoreError::Unfit(why) => {
            tracing::error!(why, "the database is not fit: nothing can be saved");
            busy(60)
        }
        StoreError::Corrupt(_) | StoreError::Engine(_) => {
            tracing::error!(error = %e, "the store failed");
            ApiError::new(ApiErrorCode::Internal)
        }
    }
}

/// “Come back in so many seconds.”
pub(crate) fn busy(seconds: u64) -> ApiError {
    ApiError { retry_after_s: Some(seconds), ..ApiError::new(ApiErrorCode::Busy) }
}

/// “You tried too often; again in so many seconds.”
pub(crate) fn too_often(seconds: u64) -> ApiError {
    ApiError { retry_after_s: Some(seconds), ..ApiError::new(ApiErrorCode::TooOften) }
}

pub(crate) fn bad_request() -> ApiError {
    ApiError::new(ApiErrorCode::BadRequest)
}
