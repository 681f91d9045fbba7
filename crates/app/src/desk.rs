//! The running desk: a profile, at most one signed-in officer, and the engine that syncs.

use crate::api::{AppState, Changed, OfficerTile, Phase, Refusal, Session, SyncProgress};
use crate::attach::given::LookedThrough;
use crate::attach::scan::Scans;
use crate::attach::upload::Uploads;
use crate::env::Env;
use crate::error::{AppError, refusal};
use crate::face::Face;
use crate::host::Host;
use crate::intake::thrown_away::ThrownAway;
use crate::look::Watch;
use crate::spool::Spooler;
use crate::sync::Background;
use ed25519_dalek::SigningKey;
use esik_domain::calendars::Calendars;
use esik_domain::ids::{DeviceId, OfficerId, StationId};
use esik_domain::policy::{Actor, Permission, may};
use esik_domain::training::PRACTICE_STATION;
use esik_platform::{Platform as _, ThisMachine};
use esik_store::Store;
use esik_store::attached::Files;
use esik_store::ballast::{Ballast, Without};
use esik_store::keys::{Drk, KdfParams, Keyring};
use esik_store::mend::Anchor;
use esik_store::profile::{Profile, ProfileLock};
use esik_sync::Places;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;

/// Station of a desk that has not joined a region.
pub const UNENROLLED_STATION: &str = "00";

/// How a desk is run.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    pub profile: PathBuf,
    /// Demo data: the first screen tells a newcomer what to try.
    pub demo: bool,
    /// Runs for officers, not for one command: syncs by itself while one is signed in, and keeps room for a full disk.
    pub background: bool,
    pub lock_after_minutes: u32,
    pub kdf: KdfParams,
    /// Where the anchors of profiles lie ([`Anchor`]), outside every one of them; `None`: this desk has none.
    pub anchors: Option<PathBuf>,
}

impl DeskConfig {
    /// From `ESIK_DEMO`, `ESIK_KDF=floor` (tests; never below the floor the keyring enforces) and `ESIK_STATE`, else the machine's own
    /// folder for what belongs to no profile.
    #[must_use]
    pub fn from_environment(profile: PathBuf) -> Self {
        let floor = std::env::var("ESIK_KDF").is_ok_and(|v| v == "floor");
        Self {
            profile,
            demo: std::env::var("ESIK_DEMO").is_ok_and(|v| v == "1"),
            background: true,
            lock_after_minutes: 5,
            kdf: if floor { KdfParams::FLOOR } else { KdfParams::STANDARD },
            anchors: std::env::var_os("ESIK_STATE")
                .map(PathBuf::from)
                .or_else(|| ThisMachine.state_dir()),
        }
    }
}

/// Who sits at which database with which keys: what a sign-in brings together.
pub struct Seat {
    pub store: Store,
    pub files: Files,
    pub actor: Actor,
    pub name: String,
    pub post: String,
    pub signing: Arc<SigningKey>,
    pub drk: Arc<Drk>,
    pub device_key: SigningKey,
    pub device_id: DeviceId,
    pub incarnation: u32,
    pub station: StationId,
    pub anchor: Option<Anchor>,
}

/// What is there only while an officer is signed in; dropped at lock, keys wiped.
pub struct Open {
    pub store: Store,
    /// Attached files, encrypted beside the database.
    pub files: Files,
    /// Files on their way in.
    pub uploads: Arc<Uploads>,
    /// Files that were looked through before they leave.
    pub(crate) looked_through: Arc<LookedThrough>,
    /// What was seen in the scanner's folder.
    pub(crate) scans: Arc<Scans>,
    pub actor: Actor,
    pub name: String,
    pub post: String,
    pub signing: Arc<SigningKey>,
    pub drk: Arc<Drk>,
    pub device_key: SigningKey,
    pub device_id: DeviceId,
    pub incarnation: u32,
    pub station: StationId,
    /// Outside the profile, what the newest own event was.
    pub(crate) anchor: Option<Anchor>,
    /// Drafts of the last minute, for their undo.
    pub(crate) thrown_away: Arc<ThrownAway>,
    /// What was looked at since the sign-in.
    pub(crate) watch: Arc<Watch>,
    /// The day for which it was looked at what of the region's publications holds.
    pub(crate) settled_on: Arc<AtomicI32>,
    /// Calls to the region, whoever makes them.
    pub(crate) places: Places,
}

impl Open {
    /// A desk just opened: nothing on its way in, no undo waiting.
    #[must_use]
    pub fn at(seat: Seat) -> Self {
        Self {
            store: seat.store,
            files: seat.files,
            uploads: Arc::default(),
            looked_through: Arc::default(),
            scans: Arc::default(),
            actor: seat.actor,
            name: seat.name,
            post: seat.post,
            signing: seat.signing,
            drk: seat.drk,
            device_key: seat.device_key,
            device_id: seat.device_id,
            incarnation: seat.incarnation,
            station: seat.station,
            anchor: seat.anchor,
            thrown_away: Arc::default(),
            watch: Arc::default(),
            settled_on: Arc::default(),
            places: Places::default(),
        }
    }

    /// A practice desk: its station says so in every event it signs. It never meets a region.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        self.station.as_str() == PRACTICE_STATION
    }

    /// The calendars of this desk, the one that holds among them.
    #[must_use]
    pub fn calendars(&self) -> Arc<Calendars> {
        // A database that cannot be read refuses every verb by itself.
        self.store.read(esik_store::publications::calendars).unwrap_or_else(|error| {
            tracing::warn!(%error, "the region's calendars could not be read");
            Calendars::shipped()
        })
    }

    /// The same desk after it joined a station.
    #[must_use]
    pub fn with_station(&self, station: StationId) -> Self {
        self.going_on(station, self.incarnation)
    }

    /// The same desk in a new life of its device.
    #[must_use]
    pub fn with_life(&self, incarnation: u32) -> Self {
        self.going_on(self.station.clone(), incarnation)
    }

    fn going_on(&self, station: StationId, incarnation: u32) -> Self {
        Self {
            store: self.store.clone(),
            files: self.files.clone(),
            uploads: Arc::clone(&self.uploads),
            looked_through: Arc::clone(&self.looked_through),
            scans: Arc::clone(&self.scans),
            actor: self.actor.clone(),
            name: self.name.clone(),
            post: self.post.clone(),
            signing: Arc::clone(&self.signing),
            drk: Arc::clone(&self.drk),
            device_key: self.device_key.clone(),
            device_id: self.device_id,
            incarnation,
            station,
            anchor: self.anchor.clone(),
            thrown_away: Arc::clone(&self.thrown_away),
            watch: Arc::clone(&self.watch),
            settled_on: Arc::clone(&self.settled_on),
            places: self.places.clone(),
        }
    }

    /// Notes outside the profile how far this desk has come. A disk that refuses keeps nobody from anything: the region
    /// tells as well that a desk was set back.
    pub(crate) fn note_anchor(&self) {
        let Some(anchor) = &self.anchor else { return };
        if let Err(error) = anchor.note(&self.store, self.device_id, &self.device_key) {
            tracing::warn!(code = error.code(), "how far the desk has come was not noted");
        }
    }

    /// The session as the screen sees it.
    #[must_use]
    pub fn session(&self) -> Session {
        let mut can = Vec::new();
        for (word, permission) in [
            ("close", Permission::Close),
            ("decide", Permission::Decide),
            ("administer", Permission::Administer),
        ] {
            if may(self.actor.role, permission) {
                can.push(word.to_owned());
            }
        }
        Session {
            officer: self.actor.id,
            name: self.name.clone(),
            post: self.post.clone(),
            role: self.actor.role,
            circles: self.actor.circles.clone(),
            may: can,
        }
    }
}

pub(crate) struct Inner {
    pub lock: Option<ProfileLock>,
    /// Why the profile could not be taken (used by another window, read-only disk).
    pub trouble: Option<Refusal>,
    pub open: Option<Arc<Open>>,
    pub engine: Option<Background>,
    /// Sends what waits while nobody is signed in.
    pub spooler: Option<Spooler>,
    /// Files a crash left behind were looked for since the program started.
    pub swept: bool,
    /// The practice desk beside this one, while somebody practises (adr/0010).
    pub practice: Option<Arc<Desk>>,
    pub face: Face,
}

/// One desk, held open by one program.
pub struct Desk {
    config: DeskConfig,
    env: Env,
    host: Arc<dyn Host>,
    runtime: Handle,
    ballast: Ballast,
    inner: Mutex<Inner>,
    /// What a sync that somebody started is doing; a lock of its own, because it is told from inside it.
    watched: Arc<Mutex<Option<SyncProgress>>>,
}

impl Desk {
    /// Takes the profile. Never fails: what is wrong is told on the first screen.
    #[must_use]
    pub fn open(config: DeskConfig, env: Env, host: Arc<dyn Host>, runtime: Handle) -> Self {
        let (lock, trouble) = match Profile::lock(&config.profile) {
            Ok(lock) => (Some(lock), None),
            Err(error) => (None, Some(Refusal::from(AppError::from(error)))),
        };
        let face = Face::read(&config.profile);
        let inner = Mutex::new(Inner {
            lock,
            trouble,
            open: None,
            engine: None,
            spooler: None,
            swept: false,
            practice: None,
            face,
        });
        // What is tried out needs no room kept back. Practice is beside the real desk, which keeps some.
        let lays = config.background && !config.demo;
        let teller = Arc::clone(&host);
        let ballast = Ballast::of(&config.profile, lays, move || {
            teller.changed(&Changed { cases: Vec::new(), lists: vec!["session".into()] });
        });
        let desk = Self { config, env, host, runtime, ballast, inner, watched: Arc::default() };
        desk.send_while_locked();
        desk
    }

    /// Time, ids, randomness.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }
    /// The program around.
    #[must_use]
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.host
    }
    /// Where asynchronous work runs.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }
    /// How this desk is run.
    #[must_use]
    pub fn config(&self) -> &DeskConfig {
        &self.config
    }
    /// Folder of the profile.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.config.profile
    }

    /// Room kept back for a full disk.
    pub(crate) fn ballast(&self) -> &Ballast {
        &self.ballast
    }

    /// What a sync that somebody started here is doing just now.
    pub(crate) fn watched(&self) -> Arc<Mutex<Option<SyncProgress>>> {
        Arc::clone(&self.watched)
    }

    /// Nobody locked this desk since, and nobody else signed in.
    ///
    /// # Errors
    /// `locked`.
    pub(crate) fn still(&self, open: &Arc<Open>) -> Result<(), AppError> {
        let same = self.inner().open.as_ref().is_some_and(|now| Arc::ptr_eq(now, open));
        if same { Ok(()) } else { Err(AppError::refused("locked")) }
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        // A verb that broke down leaves the desk usable: its state is replaced whole, never half.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The signed-in officer's desk.
    ///
    /// # Errors
    /// `locked` when nobody is signed in.
    pub fn opened(&self) -> Result<Arc<Open>, AppError> {
        let open = self.inner().open.clone().ok_or_else(|| AppError::refused("locked"))?;
        crate::published::keep_day(self, &open);
        Ok(open)
    }

    /// The profile, which this program holds.
    ///
    /// # Errors
    /// Why it could not be taken.
    pub(crate) fn profile(&self) -> Result<Profile, AppError> {
        let inner = self.inner();
        match (&inner.lock, &inner.trouble) {
            (Some(lock), _) => Ok(lock.profile().clone()),
            (None, Some(trouble)) => Err(AppError::Refused(trouble.clone())),
            (None, None) => Err(AppError::refused("locked")),
        }
    }

    /// Where it is noted outside the profile how far the desk has come.
    #[must_use]
    pub fn anchor(&self) -> Option<Anchor> {
        let folder = self.config.anchors.as_deref()?;
        Some(Anchor::of(&Profile::at(self.dir()), folder))
    }

    pub(crate) fn keyring(&self) -> Result<Keyring, AppError> {
        Ok(Keyring::open(self.profile()?.dir(), self.config.kdf)?)
    }

    /// Officers that can sign in here.
    #[must_use]
    pub fn officers(&self) -> Vec<OfficerTile> {
        self.inner().face.officers.clone()
    }

    /// Signs an officer in; who was signed in before is signed out first.
    ///
    /// # Errors
    /// Wrong password, a damaged or newer profile, a disk that refuses.
    pub fn sign_in(&self, officer: OfficerId, password: &str) -> Result<(), AppError> {
        crate::session::open::sign_in(self, officer, password)
    }

    /// Where the program stands.
    #[must_use]
    pub fn state(&self) -> AppState {
        let profile = self.profile();
        let exists = profile.as_ref().is_ok_and(Profile::exists);
        let inner = self.inner();
        let phase = match (&inner.open, exists, &inner.trouble) {
            (Some(_), ..) => Phase::Open,
            (None, false, None) => Phase::Fresh,
            (None, ..) => Phase::Locked,
        };
        let mut warnings: Vec<Refusal> = inner.trouble.iter().cloned().collect();
        warnings.extend(self.ballast.without().map(|without| match without {
            Without::Given => refusal("ballast_given"),
            Without::NoRoom => refusal("ballast_none"),
        }));
        match profile {
            Ok(p) if p.is_noted_set_back() => warnings.push(refusal("set_back")),
            Ok(p) if p.is_damaged() => warnings.push(refusal("database_damaged")),
            _ => {}
        }
        let year = esik_domain::calendar::local(self.env.now()).date_naive();
        let year = chrono::Datelike::year(&year);
        if !(2025..=2035).contains(&year) {
            let mut wrong = refusal("clock_wrong");
            wrong.params.insert("year".to_owned(), year.to_string());
            warnings.push(wrong);
        }
        AppState {
            phase,
            officers: inner.face.officers.clone(),
            session: inner.open.as_ref().map(|o| o.session()),
            language: inner.face.language,
            theme: inner.face.theme,
            station: inner.face.station.clone(),
            enrolled: inner.face.enrolled,
            demo: self.config.demo,
            practice: inner.face.is_practice(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            warnings,
            lock_after_minutes: self.config.lock_after_minutes,
        }
    }

    /// Would closing the window leave records here that the region could have at once? With a line they are sent
    /// first, if the officer likes; without one closing loses nothing and costs no question.
    #[must_use]
    pub fn could_send_first(&self) -> bool {
        crate::sync::status::sync_status(self, crate::api::Nothing {})
            .is_ok_and(|s| s.enrolled && s.online && s.unacknowledged > 0)
    }

    /// Signs out: the engine stops, the database closes, keys are wiped, documents are removed.
    pub fn sign_out(&self) {
        let (engine, open) = {
            let mut inner = self.inner();
            (inner.engine.take(), inner.open.take())
        };
        if let Some(engine) = engine {
            engine.stop(&self.runtime);
        }
        if let Some(open) = open {
            open.thrown_away.forget_all();
            crate::look::settle(&open, &self.env);
            crate::spool::keep(&open, self.dir(), self.env.now());
            open.note_anchor();
            if let Err(error) = open.store.close() {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
        self.host.wipe_documents();
        self.send_while_locked();
    }

    /// What waits is sent on without keys, unless the program is told not to do anything by itself.
    fn send_while_locked(&self) {
        if !self.config.background {
            return;
        }
        let mut inner = self.inner();
        // A profile that another window holds is sent by that one.
        if inner.lock.is_some() && !inner.spooler.as_ref().is_some_and(Spooler::runs) {
            inner.spooler = Spooler::start(self);
        }
    }

    fn stop_sending(&self) {
        let spooler = self.inner().spooler.take();
        if let Some(spooler) = spooler {
            spooler.stop(&self.runtime);
        }
    }

    /// Somebody signed in: the answers that came are taken, and the engine sends from now on.
    pub(crate) fn take_spooled(&self, open: &Open) {
        self.stop_sending();
        crate::spool::take(open, self.dir());
    }

    /// The practice desk that is open beside this one.
    #[must_use]
    pub fn practice(&self) -> Option<Arc<Desk>> {
        self.inner().practice.clone()
    }

    /// The program ends.
    pub fn close(&self) {
        crate::training::leave(self);
        self.sign_out();
        self.stop_sending();
        self.inner().lock = None;
    }

    /// Keeps what a locked desk may show.
    pub(crate) fn save_face(&self, change: impl FnOnce(&mut Face)) -> Result<(), AppError> {
        let mut inner = self.inner();
        let mut face = inner.face.clone();
        change(&mut face);
        if face != inner.face {
            if inner.lock.is_some() {
                face.write(&self.config.profile)?;
            }
            inner.face = face;
        }
        Ok(())
    }

    /// Something was saved: push it as soon as there is a line.
    pub(crate) fn wake(&self) {
        if let Some(engine) = &self.inner().engine {
            engine.wake();
        }
    }
}
