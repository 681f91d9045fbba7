//! One desk of the world: a real profile on a disk in memory, opened and dropped as a program would.

use crate::chance::Entropy;
use crate::line::{Call, DeskClock, Reply};
use crate::template;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_app::desk::{Open, Seat};
use esik_app::session::vouch::take_word;
use esik_app::sync::{LACKING, StoreLocal, WAITED};
use esik_domain::event::Role;
use esik_domain::ids::{DeviceId, OfficerId, Pos, Scope, StationId};
use esik_domain::policy::Actor;
use esik_server::Region;
use esik_store::attached::Files;
use esik_store::keys::{Drk, KdfParams, Keyring};
use esik_store::log::Author;
use esik_store::profile::Profile;
use esik_store::{Store, meta, officers, register};
use esik_sync::lane::{BlobJob, BlobNews};
use esik_sync::local::{
    Applied, Attempt, Behind, History, Identity, Local, LocalError, OlderLife, Snapshot,
};
use esik_sync::tree::{Demand, Look};
use esik_wire::signed::key_text;
use esik_wire::{
    EventHash, FeedPage, GivenBack, Head, HelloResponse, OfficerCard, PublicationRef, PushResponse,
    SignedEvent, SignedPublication, TreeProof,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An officer and his key.
#[derive(Clone)]
pub struct Seated {
    pub card: OfficerCard,
    pub signing: Arc<SigningKey>,
}

/// Which program runs at the desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    Before,
    This,
    After,
}

/// The program while it runs.
pub struct Running {
    pub store: Store,
    pub local: Arc<dyn Local>,
    pub incarnation: u32,
    pub crash: Arc<CrashPoint>,
}

/// A call that waits at the line.
pub struct Waiting {
    pub call: Call,
    pub reply: oneshot::Sender<Reply>,
}

/// One desk.
pub struct Desk {
    pub n: usize,
    pub dir: PathBuf,
    pub drk: Arc<Drk>,
    pub device: DeviceId,
    pub station: StationId,
    pub seated: Vec<Seated>,
    pub clock: DeskClock,
    pub running: Option<Running>,
    pub round: Option<JoinHandle<()>>,
    /// What runs is the lane of files, not a round.
    pub carrying: bool,
    /// Chunks that went while events waited.
    pub before_events: u32,
    pub waiting: Option<Waiting>,
    pub version: Version,
    /// Copies of the folder from earlier days, with what was saved by then.
    pub copies: Vec<PathBuf>,
    /// More copies of the device live, or it was put back by hand: it may be told to join again.
    pub twinned: bool,
    /// So it was, and it has not begun another life since.
    pub unaware: bool,
    /// Rounds in which it may still go by what a region that was set back without a word had said.
    pub misled: usize,
    /// By which region it was greeted last: the other one?
    pub greeted: Option<bool>,
    /// Whose tree head it keeps.
    pub kept: Option<crate::astray::Kept>,
    /// How its last round ended.
    pub last: Option<String>,
    /// The events, in their order, whose state was looked at last.
    pub looked_at: Option<String>,
    /// Number of the last event that was looked through for corrections.
    pub corrected: i64,
}

impl Desk {
    /// A profile that has not joined.
    pub fn new(
        n: usize,
        dir: PathBuf,
        station: &str,
        clock: DeskClock,
        chance: &Entropy,
        circles: &[&str],
    ) -> Self {
        template::desk_into(&dir);
        let device = DeviceId(uuid::Builder::from_random_bytes(chance.bytes()).into_uuid());
        let (_, drk) = template::keyring(&dir, device, chance);
        let mut desk = Self {
            n,
            dir,
            drk: Arc::new(drk),
            device,
            station: StationId::from(station),
            seated: Vec::new(),
            clock,
            running: None,
            round: None,
            carrying: false,
            before_events: 0,
            waiting: None,
            version: Version::This,
            copies: Vec::new(),
            twinned: false,
            unaware: false,
            misled: 0,
            greeted: None,
            kept: None,
            last: None,
            looked_at: None,
            corrected: 0,
        };
        desk.start();
        desk.seat(Role::Head, circles, chance);
        desk
    }

    /// One more officer at this desk; its head adds him.
    pub fn seat(&mut self, role: Role, circles: &[&str], chance: &Entropy) {
        self.seat_unvouched(role, circles, chance);
        self.vouch();
    }

    /// The head vouches for whoever works here without a voucher; whether there was one.
    pub fn vouch(&mut self) -> bool {
        let Some((head, others)) = self.seated.split_first_mut() else { return false };
        let here = self.running.as_ref().expect("the program runs").store.clone();
        let cards = here.read(officers::local).expect("the database answers");
        let mut vouched = Vec::new();
        for seated in others {
            if cards.iter().any(|c| c.id == seated.card.id && c.voucher.is_none()) {
                seated.card.voucher = Some(seated.card.vouch(head.card.id, &head.signing));
                vouched.push(seated.card.clone());
            }
        }
        let any = !vouched.is_empty();
        here.write(move |tx| vouched.iter().try_for_each(|c| officers::put(tx, c, true)))
            .expect("an officer");
        any
    }

    /// The head vouches, as the settings offer it, for these officers of the station; whether there was one. Whoever was
    /// forgotten with his desk's disk is in the region's list alone.
    pub fn vouch_for(&mut self, real: &BTreeSet<OfficerId>) -> bool {
        let Some(head) = self.seated.first() else { return false };
        let here = self.store();
        let waiting = here.read(register::unvouched).expect("the database answers");
        let known = |c: &OfficerCard| real.contains(&c.id) && head.card.may_vouch_for(c);
        let vouched: Vec<OfficerCard> = waiting
            .into_iter()
            .filter(known)
            .map(|c| OfficerCard { voucher: Some(c.vouch(head.card.id, &head.signing)), ..c })
            .collect();
        let any = !vouched.is_empty();
        here.write(move |tx| vouched.iter().try_for_each(|c| take_word(tx, c).map(drop)))
            .expect("an officer");
        any
    }

    /// One more officer at this desk, for whom nobody vouches yet.
    pub fn seat_unvouched(&mut self, role: Role, circles: &[&str], chance: &Entropy) {
        let signing = SigningKey::from_bytes(&chance.bytes());
        let id = OfficerId(uuid::Builder::from_random_bytes(chance.bytes()).into_uuid());
        let mut card = OfficerCard {
            id,
            name: format!("Оспанова {}", self.n),
            post: "Инспектор".to_owned(),
            role,
            station: self.station.clone(),
            key: key_text(&signing.verifying_key()),
            circles: circles.iter().map(ToString::to_string).collect(),
            circles_word: None,
            revoked: false,
            voucher: None,
        };
        if !circles.is_empty() {
            // The head says in which circles they are, and he himself.
            let (by, key) =
                self.seated.first().map_or((id, &signing), |h| (h.card.id, &*h.signing));
            card.circles_word = Some(card.word_on_circles(&card.circles, by, key));
        }
        let saved = card.clone();
        self.store().write(move |tx| officers::put(tx, &saved, true)).expect("an officer");
        self.seated.push(Seated { card, signing: Arc::new(signing) });
        self.sign_in();
    }

    /// The operator vouched for its head, and it has pinned the region's warrant key: whoever lies comes later.
    pub fn believes(&self, region: &Region) {
        crate::liar::warranted(region, &self.seated.first().expect("a head").card);
        let (told, now) = (region.warrant().expect("the store works"), self.clock.read());
        self.store().write(move |tx| register::pin(tx, told.as_ref(), now)).expect("pinned");
    }

    /// Another machine with the same device on it.
    #[must_use]
    pub fn like(&self) -> Self {
        Self {
            n: self.n,
            dir: self.dir.clone(),
            drk: Arc::clone(&self.drk),
            device: self.device,
            station: self.station.clone(),
            seated: self.seated.clone(),
            clock: self.clock.clone(),
            running: None,
            round: None,
            carrying: false,
            before_events: 0,
            waiting: None,
            version: self.version,
            copies: Vec::new(),
            twinned: false,
            unaware: false,
            misled: self.misled,
            greeted: None,
            kept: None,
            last: None,
            looked_at: None,
            corrected: 0,
        }
    }

    /// Starts the program: what is on the disk is all it has.
    pub fn start(&mut self) {
        let profile = Profile::at(&self.dir);
        let keyring = Keyring::open(&self.dir, KdfParams::FLOOR).expect("the keyring opens");
        let store = Store::open(&profile.db(), &self.drk.db_key(), self.clock.read())
            .expect("the database opens");
        let device_key = keyring.device_key(&self.drk).expect("the device's key opens");
        self.opened(store, device_key, keyring.incarnation());
    }

    /// The engine speaks for whoever is signed in.
    fn sign_in(&mut self) {
        let Some(running) = self.running.take() else { return };
        let keyring = Keyring::open(&self.dir, KdfParams::FLOOR).expect("the keyring opens");
        let device_key = keyring.device_key(&self.drk).expect("the device's key opens");
        self.opened(running.store, device_key, running.incarnation);
    }

    fn opened(&mut self, store: Store, device_key: SigningKey, incarnation: u32) {
        let crash = Arc::new(CrashPoint::default());
        let actor = self.seated.first().map_or_else(
            || Actor { id: OfficerId(uuid::Uuid::nil()), role: Role::Officer, circles: Vec::new() },
            |s| Actor { id: s.card.id, role: s.card.role, circles: s.card.circles.clone() },
        );
        let signing = self
            .seated
            .first()
            .map_or_else(|| Arc::new(SigningKey::from_bytes(&[1; 32])), |s| Arc::clone(&s.signing));
        let open = Arc::new(Open::at(Seat {
            store: store.clone(),
            files: Files::of(&self.dir),
            actor,
            name: String::new(),
            post: String::new(),
            signing,
            drk: Arc::clone(&self.drk),
            device_key,
            device_id: self.device,
            incarnation,
            station: self.station.clone(),
            // Nobody notices before the region does: the harder case.
            anchor: None,
        }));
        let clock = self.clock.clone();
        let shipped = StoreLocal::new(
            open,
            Arc::new(move || clock.read()),
            Arc::new(|_| {}),
            Arc::new(|| {}),
        );
        self.running = Some(Running {
            store,
            local: Arc::new(Crashing { inner: shipped, at: Arc::clone(&crash) }),
            incarnation,
            crash,
        });
    }

    /// Ends the program, however far it was.
    pub fn stop(&mut self) {
        if let Some(round) = self.round.take() {
            round.abort();
        }
        self.waiting = None;
        self.running = None;
        self.looked_at = None;
        self.corrected = 0;
        self.carrying = false;
        self.before_events = 0;
    }

    /// A save ends whatever of a file was on its way.
    pub fn drop_files(&mut self) {
        if std::mem::take(&mut self.carrying) {
            if let Some(lane) = self.round.take() {
                lane.abort();
            }
            self.waiting = None;
        }
    }

    #[must_use]
    pub fn store(&self) -> Store {
        self.running.as_ref().expect("the program runs").store.clone()
    }

    #[must_use]
    pub fn incarnation(&self) -> u32 {
        self.running.as_ref().expect("the program runs").incarnation
    }

    /// As an officer of this desk writes now.
    #[must_use]
    pub fn author(&self, seated: &Seated) -> Author {
        let now = self.clock.read();
        let measured: Option<esik_app::sync::Measured> = self
            .store()
            .read(|conn| meta::get(conn, esik_app::sync::CLOCK))
            .expect("the database answers");
        let clock = measured.map(|m| esik_domain::event::ClockReading {
            offset_ms: m.offset_ms,
            age_s: u64::try_from((now - m.at).num_seconds()).unwrap_or(0),
        });
        Author {
            device_id: self.device,
            incarnation: self.incarnation(),
            station: self.station.clone(),
            actor: seated.card.id,
            role: seated.card.role,
            signing: Arc::clone(&seated.signing),
            clock,
        }
    }

    /// Its officers are what it has heard of them: in these circles, and whoever left signs in no more.
    pub fn hears(&mut self) {
        let here = self.store().read(officers::local).expect("the database answers");
        for seated in &mut self.seated {
            if let Some(card) = here.iter().find(|card| card.id == seated.card.id) {
                seated.card.circles.clone_from(&card.circles);
                seated.card.circles_word.clone_from(&card.circles_word);
                seated.card.revoked = card.revoked;
            }
        }
        self.seated.retain(|s| !s.card.revoked);
    }

    /// Its own officers, as its list has them. Who writes in a run ([`Self::seated`]) is not asked: who has left does so no
    /// more, and a region that was set back has him in the service again.
    #[must_use]
    pub fn officers(&self) -> Vec<OfficerCard> {
        self.store().read(officers::local).expect("the database answers")
    }

    /// An earlier life lacks what the region wants, and for a day somebody else may come with it (adr/0042).
    #[must_use]
    pub fn waits(&self) -> bool {
        let (device, now) = (self.device.0, self.clock.read());
        let since = self.store().read(|conn| {
            let since: Option<BTreeMap<u32, DateTime<Utc>>> = meta::get(conn, LACKING)?;
            let mut ask = conn.prepare_cached(
                "SELECT 1 FROM event WHERE device_id = ?1 AND incarnation = ?2 AND verdict IS NULL",
            )?;
            let mut unsent = Vec::new();
            for (life, since) in since.unwrap_or_default() {
                if ask.exists((device.as_bytes(), life))? {
                    unsent.push(since);
                }
            }
            Ok(unsent)
        });
        since.expect("the database answers").into_iter().any(|at| at <= now && now - at < WAITED)
    }

    /// Feeds the region named last.
    #[must_use]
    pub fn follows(&self) -> BTreeSet<Scope> {
        let told: Option<Vec<Scope>> =
            self.store().read(|c| meta::get(c, esik_app::sync::SCOPES)).expect("it answers");
        told.unwrap_or_default().into_iter().collect()
    }
}

/// Where the program is to end: a number of commits from now, before or after that one.
#[derive(Default)]
pub struct CrashPoint {
    commits: AtomicI64,
    after: AtomicBool,
    crashed: AtomicBool,
}

impl CrashPoint {
    pub fn set(&self, commits: i64, after: bool) {
        self.after.store(after, Ordering::SeqCst);
        self.commits.store(commits.max(1), Ordering::SeqCst);
    }

    #[must_use]
    pub fn has_crashed(&self) -> bool {
        self.crashed.load(Ordering::SeqCst)
    }

    fn at_commit<T>(
        &self,
        commit: impl FnOnce() -> Result<T, LocalError>,
    ) -> Result<T, LocalError> {
        if self.has_crashed() {
            return Err(LocalError::Locked);
        }
        let left = self.commits.load(Ordering::SeqCst);
        if left > 0 {
            self.commits.store(left - 1, Ordering::SeqCst);
        }
        if left != 1 {
            return commit();
        }
        if self.after.load(Ordering::SeqCst) {
            commit()?;
        }
        self.crashed.store(true, Ordering::SeqCst);
        Err(LocalError::Locked)
    }
}

/// The shipped store side of synchronisation, of a program that may end at any commit.
struct Crashing {
    inner: StoreLocal,
    at: Arc<CrashPoint>,
}

impl Local for Crashing {
    fn identity(&self) -> Result<Identity, LocalError> {
        self.inner.identity()
    }
    fn sign_head(&self, head: &EventHash) -> Result<String, LocalError> {
        self.inner.sign_head(head)
    }
    fn snapshot(&self) -> Result<Snapshot, LocalError> {
        self.inner.snapshot()
    }
    fn segment(
        &self,
        life: u32,
        from: u64,
        events: usize,
        bytes: usize,
    ) -> Result<Vec<SignedEvent>, LocalError> {
        self.inner.segment(life, from, events, bytes)
    }
    fn record_hello(
        &self,
        hello: &HelloResponse,
        history: History,
        measured_at: DateTime<Utc>,
        uncertain: chrono::TimeDelta,
    ) -> Result<Head, LocalError> {
        self.at.at_commit(|| self.inner.record_hello(hello, history, measured_at, uncertain))
    }
    fn answered(&self) -> Result<Head, LocalError> {
        self.inner.answered()
    }
    fn record_verdicts(&self, life: u32, answer: &PushResponse) -> Result<(), LocalError> {
        self.at.at_commit(|| self.inner.record_verdicts(life, answer))
    }
    fn record_kept_aside(&self, life: u32, through: u64) -> Result<(), LocalError> {
        self.inner.record_kept_aside(life, through)
    }
    fn branch_off(&self, life: u32, from_seq: u64) -> Result<Option<OlderLife>, LocalError> {
        self.inner.branch_off(life, from_seq)
    }
    fn behind(&self, life: u32, wanted: u64) -> Result<Option<Behind>, LocalError> {
        self.at.at_commit(|| self.inner.behind(life, wanted))
    }
    fn begins(&self, life: u32) -> Result<u64, LocalError> {
        self.inner.begins(life)
    }
    fn seen(&self, scope: &Scope, after: Pos) -> Result<Option<EventHash>, LocalError> {
        self.inner.seen(scope, after)
    }
    fn orphans(&self, events: usize, bytes: usize) -> Result<Vec<SignedEvent>, LocalError> {
        self.inner.orphans(events, bytes)
    }
    fn signers(&self, events: &[SignedEvent]) -> Result<Vec<OfficerCard>, LocalError> {
        self.inner.signers(events)
    }
    fn record_given(&self, given: Option<(&[SignedEvent], &GivenBack)>) -> Result<(), LocalError> {
        self.at.at_commit(|| self.inner.record_given(given))
    }
    fn apply_page(&self, scope: &Scope, page: &FeedPage) -> Result<Applied, LocalError> {
        self.at.at_commit(|| self.inner.apply_page(scope, page))
    }
    fn publications_wanted(&self, listed: &[PublicationRef]) -> Result<Vec<String>, LocalError> {
        self.inner.publications_wanted(listed)
    }
    fn record_publication(&self, published: &SignedPublication) -> Result<bool, LocalError> {
        self.at.at_commit(|| self.inner.record_publication(published))
    }
    fn look_at_trees(&self, hello: &HelloResponse) -> Result<Look, LocalError> {
        self.at.at_commit(|| self.inner.look_at_trees(hello))
    }
    fn own_demand(&self) -> Result<Option<Demand>, LocalError> {
        self.inner.own_demand()
    }
    fn record_tree(&self, demand: &Demand, answer: Option<&TreeProof>) -> Result<bool, LocalError> {
        self.at.at_commit(|| self.inner.record_tree(demand, answer))
    }
    fn blob_job(&self, now: DateTime<Utc>) -> Result<Option<BlobJob>, LocalError> {
        self.inner.blob_job(now)
    }
    fn blob_read(&self, address: &str, n: u32) -> Result<Vec<u8>, LocalError> {
        self.inner.blob_read(address, n)
    }
    fn blob_here(&self, address: &str) -> Result<u32, LocalError> {
        self.inner.blob_here(address)
    }
    fn blob_keep(
        &self,
        address: &str,
        n: u32,
        bytes: &[u8],
        last: bool,
    ) -> Result<bool, LocalError> {
        self.at.at_commit(|| self.inner.blob_keep(address, n, bytes, last))
    }
    fn blob_told(&self, address: &str, news: &BlobNews) -> Result<(), LocalError> {
        self.at.at_commit(|| self.inner.blob_told(address, news))
    }
    fn record_attempt(&self, attempt: &Attempt) -> Result<(), LocalError> {
        self.at.at_commit(|| self.inner.record_attempt(attempt))
    }
}
