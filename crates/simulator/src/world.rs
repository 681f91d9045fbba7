//! The world of one seed: region, desks, the messages between them, and the scheduler that decides what
//! happens next. Nothing runs beside it: a desk that was let go is waited for until it asks again.

use crate::astray::Other;
use crate::chance::{Entropy, Rng, Trace};
use crate::check;
use crate::desk::{Desk, Version, Waiting};
use crate::ledger::Ledger;
use crate::line::{Call, DeskClock, Line, News, WorldTime};
use crate::swarm::{Fault, Plan};
use crate::{template, work};
use esik_domain::event::Role;
use esik_domain::ids::EventId;
use esik_server::site::Site;
use esik_server::{Env, Region};
use esik_sync::{SyncStop, sync_once};
use esik_wire::{EnrollRequest, signed::key_text};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Stations of the region.
pub const STATIONS: [&str; 2] = ["07", "09"];
/// A wrong clock is wrong by up to ten years.
const CLOCK_WRONG_MS: u64 = 10 * 365 * 24 * 3600 * 1000;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The invariant.
    pub rule: &'static str,
    pub what: String,
}

/// What a step gives.
pub type Step = Result<(), Broken>;

/// A refusal to go on.
pub fn broken<T>(rule: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { rule, what: what.into() })
}

/// The world.
pub struct World {
    pub plan: Plan,
    pub rng: Rng,
    pub chance: Entropy,
    pub time: WorldTime,
    pub trace: Trace,
    pub ledger: Ledger,
    pub desks: Vec<Desk>,
    pub region: Option<Arc<Region>>,
    /// Times the region was set back.
    pub restored: usize,
    /// Times nobody said so.
    pub silent: usize,
    /// Calls in the middle of which the region's program ended.
    pub died_inside: usize,
    /// Whole rounds in which a desk met the other of two regions that show different orders.
    pub told_apart: usize,
    /// Desks that joined again after they were told of a copy.
    pub joined_again: usize,
    /// Files that are wherever somebody asked for them, and files that were lost with whoever held them.
    pub files_there: usize,
    pub files_lost: usize,
    /// Numbers that publications have used up.
    pub(crate) published: u32,
    /// Files in which a bit flipped at a desk.
    pub(crate) flipped: BTreeSet<String>,
    /// Faults happen.
    pub stormy: bool,
    pub(crate) site: Site,
    pub(crate) env: Env,
    pub(crate) dir: TempDir,
    /// Where the region's database lies.
    pub(crate) region_dir: PathBuf,
    /// Another program of the same region, and where the two parted when it is off again.
    pub(crate) other: Option<Other>,
    pub(crate) parted_at: Option<u64>,
    pub(crate) fingerprint: String,
    /// Calls that are still under way though their sender gave up.
    pub(crate) late: Vec<(usize, Call)>,
    pub(crate) region_copies: Vec<PathBuf>,
    pub(crate) hostile: Option<crate::hostile::Hostile>,
    /// Entries the liar may repeat.
    pub(crate) last_page: Vec<esik_wire::FeedEntry>,
    /// Events that a lying region put into somebody else's feed.
    pub(crate) given_away: BTreeSet<EventId>,
    folders: usize,
    news: UnboundedReceiver<News>,
    pub(crate) line: UnboundedSender<News>,
}

impl World {
    /// A region and its desks, joined.
    ///
    /// # Errors
    /// Never in fact: what goes wrong while it is set up panics.
    pub async fn new(plan: Plan) -> Result<Self, Broken> {
        let dir = template::folder();
        let chance = Entropy::new(plan.seed.wrapping_mul(31).wrapping_add(17));
        let time = WorldTime::at(template::start());
        template::region_into(dir.path());
        let (clock, entropy) = (time.clone(), chance.clone());
        let env = Env::new(move || clock.now(), move |out| entropy.fill(out));
        let site = Site::new(&dir.path().join(template::REGION_DB), None);
        let fingerprint = site.tls().ca_fingerprint().expect("a CA");
        let (line, news) = unbounded_channel();
        let mut world = Self {
            rng: Rng::new(plan.seed),
            chance,
            time,
            trace: Trace::default(),
            ledger: Ledger::default(),
            desks: Vec::new(),
            region: None,
            restored: 0,
            silent: 0,
            died_inside: 0,
            told_apart: 0,
            joined_again: 0,
            files_there: 0,
            files_lost: 0,
            published: 0,
            flipped: BTreeSet::new(),
            stormy: true,
            site,
            env,
            region_dir: dir.path().to_path_buf(),
            dir,
            other: None,
            parted_at: None,
            fingerprint,
            late: Vec::new(),
            region_copies: Vec::new(),
            hostile: None,
            last_page: Vec::new(),
            given_away: BTreeSet::new(),
            folders: 0,
            news,
            line,
            plan,
        };
        world.trace.say(format!("{:?}", world.plan));
        for n in 0..world.plan.desks {
            // Most desks share a station: that is where orders differ.
            let station = STATIONS[usize::from(n >= 3 && world.rng.percent(30))];
            let circles: &[&str] = if world.rng.percent(40) { &["crisis"] } else { &[] };
            world.join(station, circles).await;
        }
        if world.plan.has(Fault::Poison) && world.plan.sets_back_region() {
            // A device that no copy of the region knows cannot be heard again through others.
            world.hostile = Some(world.hostile_joins().await);
        }
        Ok(world)
    }

    /// A code to join with.
    pub(crate) fn code(&mut self, station: &str) -> String {
        let print = self.fingerprint.clone();
        let code = self.region().issue_code(station, 10, &print).expect("the store works");
        code.expect("the station is there").code
    }

    pub(crate) fn folder(&mut self, name: &str) -> PathBuf {
        self.folders += 1;
        self.dir.path().join(format!("{name}-{}", self.folders))
    }

    /// The region, opened if it is not.
    pub fn region(&mut self) -> Arc<Region> {
        if self.region.is_none() {
            self.region = Some(self.site.open(self.env.clone()).expect("the region opens"));
        }
        self.region.clone().expect("just opened")
    }

    async fn join(&mut self, station: &str, circles: &[&str]) {
        let n = self.desks.len();
        let wrong = Arc::new(AtomicI64::new(0));
        let clock = DeskClock {
            time: self.time.clone(),
            wrong_by_ms: Arc::clone(&wrong),
            entropy: self.chance.clone(),
        };
        let dir = self.folder("desk");
        let mut desk = Desk::new(n, dir, station, clock, &self.chance, circles);
        for _ in 0..self.rng.below(3) {
            desk.seat(Role::Officer, &[], &self.chance);
        }
        let region = self.region();
        let code = self.code(station);
        let open = desk.running.as_ref().expect("the program runs");
        let identity = open.local.identity().expect("open");
        let key = esik_store::keys::Keyring::open(&desk.dir, esik_store::keys::KdfParams::FLOOR)
            .and_then(|k| k.device_key(&desk.drk))
            .expect("a device key");
        let request = EnrollRequest {
            code,
            device_id: identity.device_id,
            incarnation: identity.incarnation,
            device_key: key_text(&key.verifying_key()),
            officers: desk.seated.iter().map(|s| s.card.clone()).collect(),
            version: identity.version,
        };
        let answer = region.enroll(request, format!("desk-{n}")).await.expect("it may join");
        esik_app::sync::enroll::record(&desk.store(), "https://region", &answer).expect("kept");
        desk.believes(&region);
        if self.plan.has(Fault::Clocks) && self.rng.percent(60) {
            wrong.store(wrong_by(&mut self.rng), Ordering::SeqCst);
        }
        self.trace.say(format!("desk {n} joins {station} {circles:?}"));
        self.desks.push(desk);
    }

    /// One thing happens.
    ///
    /// # Errors
    /// The invariant that no longer holds.
    pub async fn step(&mut self) -> Step {
        self.time.pass(1000 + 1000 * self.rng.below(600) as i64);
        let waiting: Vec<usize> =
            (0..self.desks.len()).filter(|n| self.desks[*n].waiting.is_some()).collect();
        let n = self.rng.below(self.desks.len());
        match self.rng.below(100) {
            0..=34 if !waiting.is_empty() => {
                let n = waiting[self.rng.below(waiting.len())];
                self.let_through(n).await
            }
            0..=54 => {
                // Somebody saved, or the region has news: files wait.
                if self.desks[n].carrying && self.rng.percent(40) {
                    self.desks[n].drop_files();
                }
                if self.desks[n].round.is_none() {
                    // The lane begins where a round ended well, and events go first.
                    let idle = self.plan.has(Fault::Files)
                        && self.desks[n].last.as_deref() == Some("done")
                        && unsent(&self.desks[n]) == 0;
                    if idle && self.rng.percent(60) {
                        self.begin_carrying(n).await
                    } else {
                        self.begin(n).await
                    }
                } else {
                    Ok(())
                }
            }
            55..=84 => {
                self.work(n);
                check::a_number_is_one_cases(self)
            }
            85..=88 if !self.late.is_empty() => self.deliver_late().await,
            _ => self.accident(n).await,
        }
    }

    pub(crate) fn work(&mut self, n: usize) {
        let (plan, desk) = (&self.plan, &self.desks[n]);
        let words = work::act(desk, plan, &mut self.rng, &self.chance, &mut self.ledger);
        self.trace.say(format!("desk {n}: {words}"));
    }

    /// The program may end at one of the next commits.
    pub(crate) fn crash_point(&mut self, n: usize) {
        if self.stormy && self.plan.has(Fault::CrashAtCommit) && self.rng.percent(25) {
            let (at, after) = (1 + self.rng.below(6) as i64, self.rng.percent(50));
            self.desks[n].running.as_ref().expect("the program runs").crash.set(at, after);
        }
    }

    /// A desk begins a round; it runs until it asks the region for the first time.
    pub async fn begin(&mut self, n: usize) -> Step {
        self.crash_point(n);
        let desk = &mut self.desks[n];
        let running = desk.running.as_ref().expect("the program runs");
        let (line, to) = (Line { desk: n, to: self.line.clone() }, self.line.clone());
        let (local, clock) = (Arc::clone(&running.local), desk.clock.clone());
        desk.round = Some(tokio::spawn(async move {
            let result = sync_once(&line, &local, &clock, &|_| {}).await;
            let _ = to.send(News::Ended { desk: n, result });
        }));
        self.trace.say(format!("desk {n} syncs"));
        self.listen().await
    }

    /// Waits for the desk that was let go: it asks, or its round is over.
    pub(crate) async fn listen(&mut self) -> Step {
        match self.news.recv().await.expect("the line stays open") {
            News::Asks { desk, call, reply } => {
                work::corrections(&mut self.desks[desk], &mut self.ledger);
                self.trace.say(format!("desk {desk} asks {}", call.words()));
                if let Call::PutChunk(..) | Call::Chunk(..) = call {
                    self.chunk_goes(desk)?;
                }
                self.desks[desk].waiting = Some(Waiting { call, reply });
                Ok(())
            }
            News::Carried { desk, result } => {
                self.desks[desk].round = None;
                self.desks[desk].carrying = false;
                let crashed = self.has_crashed(desk);
                self.trace.say(format!("desk {desk} carried files: {result:?}, {crashed}"));
                if crashed {
                    return self.crash(desk);
                }
                if let Err(why) = result {
                    return broken(
                        "S21",
                        format!("files of desk {desk} stop by themselves: {why}"),
                    );
                }
                self.carried(desk)
            }
            News::Ended { desk, result } => {
                self.desks[desk].round = None;
                let crashed = self.has_crashed(desk);
                let words = match &result {
                    Ok(s) => format!(
                        "done: {} pushed, {} pulled, {} aside",
                        s.pushed, s.pulled, s.set_aside
                    ),
                    Err(stop) => stop.code().to_owned(),
                };
                self.trace.say(format!(
                    "desk {desk} ends: {words}{}",
                    if crashed { ", crashed" } else { "" }
                ));
                self.desks[desk].last = Some(match &result {
                    Ok(_) => "done".to_owned(),
                    Err(stop) => stop.code().to_owned(),
                });
                if crashed {
                    return self.crash(desk);
                }
                work::corrections(&mut self.desks[desk], &mut self.ledger);
                self.desks[desk].hears();
                // From now on it gives no number that the other copy may give.
                if matches!(result, Err(SyncStop::Fork | SyncStop::RolledBack { .. })) {
                    self.desks[desk].unaware = false;
                }
                if let Err(SyncStop::Local(why)) = &result {
                    // Whatever came, the desk itself can always go on.
                    return broken("S21", format!("desk {desk} stops by itself: {why}"));
                }
                check::after_round(self, desk, result.is_ok())
            }
        }
    }

    fn has_crashed(&self, n: usize) -> bool {
        self.desks[n].running.as_ref().expect("the program runs").crash.has_crashed()
    }

    /// A desk's program ends and is started again.
    fn crash(&mut self, n: usize) -> Step {
        self.desks[n].stop();
        self.desks[n].start();
        work::corrections(&mut self.desks[n], &mut self.ledger);
        self.trace.say(format!("desk {n} starts again"));
        check::holds_its_own(self, n)
    }

    /// Something goes wrong somewhere, of the kinds this seed has.
    async fn accident(&mut self, n: usize) -> Step {
        let may: Vec<Fault> = self
            .plan
            .faults
            .iter()
            .copied()
            .filter(|f| {
                matches!(
                    f,
                    Fault::CrashDesk
                        | Fault::CrashRegion
                        | Fault::Clocks
                        | Fault::RestoreRegion
                        | Fault::SilentRestore
                        | Fault::Versions
                        | Fault::NewOfficers
                        | Fault::RestoreDesk
                        | Fault::RollBack
                        | Fault::Clone
                        | Fault::Poison
                        | Fault::Files
                        | Fault::LoseFiles
                        | Fault::FlipBit
                        | Fault::Publications
                        | Fault::LateVoucher
                        | Fault::Rot
                        | Fault::TwoRegions
                        | Fault::Circles
                        | Fault::Leaving
                )
            })
            .collect();
        let Some(fault) = self.rng.pick(&may).copied() else { return Ok(()) };
        match fault {
            Fault::CrashDesk => self.crash(n),
            Fault::CrashRegion => {
                self.region = None;
                self.trace.say("the region starts again".to_owned());
                Ok(())
            }
            Fault::Clocks => {
                let wrong = wrong_by(&mut self.rng);
                self.desks[n].clock.wrong_by_ms.store(wrong, Ordering::SeqCst);
                self.trace.say(format!("desk {n}: the clock is wrong by {wrong} ms"));
                Ok(())
            }
            Fault::RestoreRegion | Fault::SilentRestore => self.set_back_region(fault),
            Fault::Versions => self.change_version(n),
            Fault::RestoreDesk | Fault::RollBack => self.set_back_desk(n, fault),
            // Whoever was told may join again in the middle of the storm.
            Fault::Clone if self.desks[n].twinned && self.rng.percent(50) => {
                self.join_again(n).await
            }
            Fault::Clone => self.clone_desk(n),
            Fault::Rot => self.rot(n),
            Fault::TwoRegions => self.goes_astray(n),
            Fault::Circles => self.circle_changes(n),
            Fault::Leaving => self.officer_leaves(n),
            Fault::Poison => self.poison().await,
            Fault::Publications => self.publish(),
            Fault::Files | Fault::LoseFiles | Fault::FlipBit => self.befalls_files(fault, n).await,
            Fault::NewOfficers => {
                if self.desks[n].round.is_none() && self.desks[n].seated.len() < 5 {
                    self.desks[n].seat(Role::Officer, &[], &self.chance);
                    self.trace.say(format!("desk {n}: one more officer"));
                }
                Ok(())
            }
            Fault::LateVoucher => {
                if self.desks[n].vouch() {
                    self.trace.say(format!("desk {n}: the head vouches"));
                } else if self.desks[n].round.is_none() && self.desks[n].seated.len() < 5 {
                    self.desks[n].seat_unvouched(Role::Officer, &[], &self.chance);
                    self.trace.say(format!("desk {n}: an officer for whom nobody vouches"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn change_version(&mut self, n: usize) -> Step {
        let version = [Version::Before, Version::This, Version::After][self.rng.below(3)];
        self.desks[n].version = version;
        // Another program folded these rows: this one has to fold them again.
        let older = self.rng.percent(50);
        let by = if older { -1 } else { 1 };
        self.desks[n]
            .store()
            .write(move |tx| {
                for table in ["case_row", "queue_row", "aside_row"] {
                    let sql = format!("UPDATE {table} SET folder_version = folder_version + ?1");
                    tx.execute(&sql, [by])?;
                }
                Ok(())
            })
            .expect("the database writes");
        self.trace.say(format!("desk {n} gets the program {version:?}"));
        self.crash(n)
    }

    /// The faults stop: everything under way arrives or is lost, every program is the newest.
    ///
    /// # Errors
    /// The invariant that does not hold.
    pub async fn calm(&mut self) -> Step {
        self.stormy = false;
        while !self.late.is_empty() {
            self.deliver_late().await?;
        }
        for n in 0..self.desks.len() {
            self.desks[n].version = Version::This;
            self.crash(n)?;
            self.desks[n].vouch();
        }
        self.trace.say("calm".to_owned());
        self.the_other_ends().await
    }

    /// One whole round of one desk, with nothing in its way.
    ///
    /// # Errors
    /// The invariant that does not hold.
    pub async fn whole_round(&mut self, n: usize) -> Step {
        self.begin(n).await?;
        let mut calls = 0;
        while self.desks[n].round.is_some() {
            self.let_through(n).await?;
            calls += 1;
            if calls > 200 {
                return broken("S12", format!("desk {n}: a round without an end"));
            }
        }
        Ok(())
    }
}

/// Events in a desk's outbox.
pub(crate) fn unsent(desk: &Desk) -> u64 {
    desk.store().read(esik_store::log::unsent_count).expect("the database answers")
}

fn wrong_by(rng: &mut Rng) -> i64 {
    let size = match rng.below(4) {
        0 => CLOCK_WRONG_MS,
        1 => 24 * 3600 * 1000,
        2 => 10 * 60 * 1000,
        _ => 1000,
    };
    let wrong = i64::try_from(rng.draw() % size).unwrap_or(0);
    if rng.percent(50) { wrong } else { -wrong }
}
