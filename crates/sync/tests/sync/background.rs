//! The engine over hours of test time: nobody presses anything, and everything arrives.

use crate::desk::{Desk, event};
use crate::region::{Region, start, station};
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_sync::background::{DEBOUNCE, SAVE_TRIES_AFTER};
use esik_sync::{Clock, Engine, Local, Progress, SyncStop, Wake};
use esik_wire::bundle::SignedReceipt;
use esik_wire::{
    ApiError, ApiErrorCode, BLOB_CHUNK_BYTES, BlobStatus, EnrollRequest, EnrollResponse, FeedPage,
    FeedRequest, GiveBack, GivenBack, HelloRequest, HelloResponse, PushResponse, Segment,
    SignedPublication, SyncApi, SyncFailure, TreeProof, TreeProofRequest, ZERO_HASH,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

/// Follows tokio's paused time.
struct PausedClock(Instant);

impl Clock for PausedClock {
    fn now(&self) -> DateTime<Utc> {
        start() + TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
    fn random(&self) -> f64 {
        0.5
    }
}

/// A line that can be down or hanging, and counts who is on it.
struct Wire {
    region: Arc<Region>,
    fault: Mutex<Option<SyncFailure>>,
    calls: AtomicUsize,
    in_flight: AtomicUsize,
    in_flight_max: AtomicUsize,
    /// Rings for ever with this position.
    false_bell: Mutex<Option<Pos>>,
    /// What a chunk of a file takes beside the rest.
    chunk_takes: Mutex<Duration>,
    /// Every so many-th call fails at the region; 0: none.
    fails_each: AtomicUsize,
    /// When each call of the bell and each other one began, and whether it failed.
    history: Mutex<[Vec<(Instant, bool)>; 2]>,
}

/// One call on the line, and how many there were with it.
struct Flight<'a>(&'a AtomicUsize, usize);

impl<'a> Flight<'a> {
    fn begin(all: &'a AtomicUsize) -> Self {
        Self(all, all.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Wire {
    fn new(region: &Arc<Region>) -> Arc<Self> {
        Arc::new(Self {
            region: Arc::clone(region),
            fault: Mutex::default(),
            calls: AtomicUsize::default(),
            in_flight: AtomicUsize::default(),
            in_flight_max: AtomicUsize::default(),
            false_bell: Mutex::default(),
            chunk_takes: Mutex::default(),
            fails_each: AtomicUsize::default(),
            history: Mutex::default(),
        })
    }
    fn set(&self, fault: Option<SyncFailure>) {
        *self.fault.lock().unwrap() = fault;
    }
    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
    async fn on<T>(
        &self,
        call: impl Future<Output = Result<T, SyncFailure>>,
    ) -> Result<T, SyncFailure> {
        self.on_as(false, call).await
    }
    async fn on_as<T>(
        &self,
        bell: bool,
        call: impl Future<Output = Result<T, SyncFailure>>,
    ) -> Result<T, SyncFailure> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        // A call that is given up is on the line no longer.
        let flight = Flight::begin(&self.in_flight);
        self.in_flight_max.fetch_max(flight.1, Ordering::SeqCst);
        let fails = self.calls().checked_rem(self.fails_each.load(Ordering::SeqCst)) == Some(0);
        self.history.lock().unwrap()[usize::from(bell)].push((Instant::now(), fails));
        let failed = || SyncFailure::Refused(ApiError::new(ApiErrorCode::Internal));
        let fault = self.fault.lock().unwrap().clone().or_else(|| fails.then(failed));
        // Every call takes its time, so that two at once are seen.
        sleep(Duration::from_millis(30)).await;
        let answer = match fault {
            None => call.await,
            Some(SyncFailure::Timeout) => {
                sleep(Duration::from_secs(20)).await;
                Err(SyncFailure::Timeout)
            }
            Some(other) => Err(other),
        };
        drop(flight);
        answer
    }
}

impl SyncApi for Wire {
    async fn enroll(&self, r: EnrollRequest) -> Result<EnrollResponse, SyncFailure> {
        self.region.enroll(r).await
    }
    async fn hello(&self, r: HelloRequest) -> Result<HelloResponse, SyncFailure> {
        self.on(self.region.hello(r)).await
    }
    async fn push(&self, r: Segment) -> Result<PushResponse, SyncFailure> {
        self.on(self.region.push(r)).await
    }
    async fn feed(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        let lie = *self.false_bell.lock().unwrap();
        match lie.filter(|_| r.limit == 1) {
            Some(pos) => {
                let entry = esik_wire::FeedEntry {
                    pos,
                    recorded_at: start(),
                    event: event(8, 1, ZERO_HASH, "x", "lie"),
                };
                self.on(async {
                    Ok(FeedPage {
                        entries: vec![entry],
                        next: pos,
                        more: false,
                        moves: Vec::new(),
                        root: None,
                    })
                })
                .await
            }
            None => self.on_as(r.limit == 1, self.region.feed(r)).await,
        }
    }
    async fn case_events(&self, case: CaseId) -> Result<FeedPage, SyncFailure> {
        self.region.case_events(case).await
    }
    async fn publication(&self, hash: String) -> Result<SignedPublication, SyncFailure> {
        self.region.publication(hash).await
    }
    async fn give_back(&self, r: GiveBack) -> Result<GivenBack, SyncFailure> {
        self.on(self.region.give_back(r)).await
    }
    async fn tree_proof(&self, r: TreeProofRequest) -> Result<TreeProof, SyncFailure> {
        self.region.tree_proof(r).await
    }
    async fn file(&self, hash: String) -> Result<Vec<u8>, SyncFailure> {
        self.region.file(hash).await
    }
    async fn blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        self.on(self.region.blob(hash)).await
    }
    async fn put_blob_chunk(
        &self,
        hash: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> Result<BlobStatus, SyncFailure> {
        let takes = *self.chunk_takes.lock().unwrap();
        sleep(takes).await;
        self.on(self.region.put_blob_chunk(hash, n, bytes)).await
    }
    async fn commit_blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        self.on(self.region.commit_blob(hash)).await
    }
    async fn bundle(&self, bytes: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        self.region.bundle(bytes).await
    }
    async fn blob_chunk(&self, hash: String, n: u32) -> Result<Vec<u8>, SyncFailure> {
        self.on(self.region.blob_chunk(hash, n)).await
    }
}

struct Running {
    region: Arc<Region>,
    wire: Arc<Wire>,
    desk: Arc<Desk>,
    engine: Engine,
    /// What a person who pressed was told.
    told: Arc<Mutex<Vec<Option<Progress>>>>,
}

fn run() -> Running {
    run_with(|_| {})
}

fn run_with(prepare: impl Fn(&Wire)) -> Running {
    let region = Arc::new(Region::new());
    let wire = Wire::new(&region);
    prepare(&wire);
    let desk = Desk::new(1);
    let local: Arc<dyn Local> = Arc::clone(&desk) as Arc<dyn Local>;
    let clock = Arc::new(PausedClock(Instant::now()));
    let told: Arc<Mutex<Vec<Option<Progress>>>> = Arc::default();
    let hears = Arc::clone(&told);
    let watcher = Arc::new(move |progress| hears.lock().unwrap().push(progress));
    let engine = Engine::start(&Handle::current(), Arc::clone(&wire), local, clock, watcher);
    Running { region, wire, desk, engine, told }
}

/// Waits in test time until something holds; fails when it never does.
async fn within(span: Duration, what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + span;
    while !holds() {
        assert!(Instant::now() < until, "not within {span:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

const S: fn(u64) -> Duration = Duration::from_secs;

#[tokio::test(start_paused = true)]
async fn saves_of_one_moment_go_out_together_and_soon() {
    let r = run();
    within(S(1), "the first round", || r.engine.status().borrow().online).await;
    for i in 0..10 {
        r.desk.save("note", &i.to_string());
        r.engine.wake(Wake::Saved);
        sleep(DEBOUNCE / 20).await;
    }
    within(S(1), "all is sent", || r.desk.unsent() == 0).await;
    assert_eq!(r.region.count("push"), 1, "one segment");
    sleep(S(5)).await;
    let status = r.engine.status().borrow().clone();
    assert_eq!((status.unsent, status.running, status.failure), (0, false, None));
    assert_eq!(r.region.count("hello"), 2, "our own events do not ring for another round");
}

#[tokio::test(start_paused = true)]
async fn what_is_saved_during_a_round_is_not_forgotten() {
    let r = run();
    r.desk.save("note", "before");
    r.engine.wake(Wake::Saved);
    within(S(2), "the push is on its way", || r.region.count("push") == 1).await;
    r.desk.save("note", "during");
    r.engine.wake(Wake::Saved);
    within(S(2), "both are sent", || r.region.backup().order.len() == 2).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_an_agency_arrives_within_seconds() {
    for scopes in [1, 3] {
        let r = run_with(|w| {
            for i in 1..scopes {
                w.region.scopes.lock().unwrap().push(Scope(format!("circle:07:{i}")));
            }
        });
        sleep(S(100)).await;
        let last = r.region.scopes.lock().unwrap().last().unwrap().clone();
        for (n, scope) in (1..).zip([station(), last]) {
            r.region.author(&scope, event(8, n, ZERO_HASH, "agency_answered", &n.to_string()));
            within(S(10), "the answer", || r.desk.texts().len() as u64 == n).await;
        }
        assert!(r.wire.in_flight_max.load(Ordering::SeqCst) <= 2, "S29");
    }
}

/// S29 (part).
#[tokio::test(start_paused = true)]
async fn a_quiet_day_costs_few_requests() {
    let r = run();
    sleep(S(3600)).await;
    // A poll each 25 s, a round each 10 min.
    let calls = r.wire.calls();
    assert!((144..200).contains(&calls), "{calls} calls in an hour");
    assert_eq!(r.region.count("hello"), 6, "clock, leases and scopes are asked for now and then");
}

/// S29: rounds in the evening come by themselves at the desk's own moment, also when the line was given up;
/// whatever is pressed and saved, and while files travel and the bell hangs, two calls are out at most.
#[tokio::test(start_paused = true)]
async fn the_evening_has_its_round_and_two_calls_are_out_at_most() {
    let r = run_with(|w| w.set(Some(SyncFailure::Timeout)));
    let evening = esik_sync::retry::until_evening(start(), r.desk.identity().unwrap().device_id);
    sleep(evening - S(30)).await;
    let before = r.wire.calls();
    within(S(31), "the evening's round", || r.wire.calls() > before).await;

    let r = run_with(|wire| *wire.chunk_takes.lock().unwrap() = Duration::from_millis(400));
    let bytes: Vec<u8> = vec![7; 5 * BLOB_CHUNK_BYTES];
    let address = crate::region::sha256(&bytes);
    r.region.expect(&address, bytes.len());
    r.desk.inside.lock().unwrap().files.insert(address.clone(), bytes);
    within(S(5), "the file is asked about", || r.region.count("blob") > 0).await;
    for i in 0..200_u64 {
        sleep(Duration::from_millis(37 + i * 7 % 101)).await;
        match i % 3 {
            0 => drop(r.desk.save("note", &i.to_string())),
            1 => r.engine.wake(Wake::Saved),
            _ => r.engine.wake(Wake::Person),
        }
    }
    timeout(S(60), r.engine.sync_now()).await.unwrap().unwrap();
    within(S(1200), "the file went", || r.region.files.lock().unwrap()[&address].complete).await;
    assert_eq!(r.desk.unsent(), 0);
    assert_eq!(r.wire.in_flight_max.load(Ordering::SeqCst), 2);
}

/// S29 (part): a region that fails every second call is asked again a tenth more often than it answers, not twice as
/// often; the rest waits for the next window, and in the end everything is there.
#[tokio::test(start_paused = true)]
async fn a_failing_region_is_not_asked_twice_as_often() {
    let r = run_with(|w| w.fails_each.store(2, Ordering::SeqCst));
    for i in 0..12 * 10_u32 {
        sleep(S(360)).await;
        r.desk.save("note", &i.to_string());
        r.engine.wake(Wake::Saved);
    }
    let history = r.wire.history.lock().unwrap().clone();
    let answered = history.iter().flatten().filter(|(_, failed)| !failed).count();
    // What follows a failure before the next window is a repeat of it.
    let again = history
        .iter()
        .flat_map(|kind| kind.windows(2))
        .filter(|two| two[0].1 && two[1].0 - two[0].0 < esik_sync::retry::WINDOW)
        .count();
    let failed = history.iter().flatten().count() - answered;
    assert!(failed > 20, "it failed often: {failed}, and answered {answered}");
    // Saved up, paid for, and the evening, which is a window of its own.
    assert!(again <= 5 + answered / 10 + 1, "{again} repeats to {answered} answers");
    r.wire.fails_each.store(0, Ordering::SeqCst);
    sleep(S(1300)).await;
    assert_eq!(r.desk.unsent(), 0, "all is sent");
}

/// Who pressed is told what goes on and that it is over; a round nobody asked for tells nothing.
#[tokio::test(start_paused = true)]
async fn a_person_hears_of_the_round_he_asked_for() {
    let r = run();
    within(S(1), "the first round", || r.engine.status().borrow().online).await;
    assert!(r.told.lock().unwrap().is_empty(), "nobody asked");
    r.desk.save("note", "x");
    timeout(S(5), r.engine.sync_now()).await.unwrap().unwrap();
    let told = r.told.lock().unwrap().clone();
    assert_eq!(told.first(), Some(&Some(Progress::Greeting)));
    assert!(told.iter().any(|p| matches!(p, Some(Progress::Pushing { .. }))), "{told:?}");
    assert_eq!(told.last(), Some(&None));
    let asked = r.engine.sync_now();
    let status = r.engine.status();
    r.engine.stop().await;
    assert_eq!(asked.await, Err(SyncStop::Stopped), "a desk that was locked meanwhile");
    assert!(!status.borrow().running);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_was_down_all_night_is_used_again_by_itself() {
    let r = run_with(|w| w.set(Some(SyncFailure::Unreachable)));
    r.desk.save("note", "work goes on");
    r.engine.wake(Wake::Saved);
    sleep(S(12 * 3600)).await;
    let status = r.engine.status().borrow().clone();
    assert_eq!(
        (status.online, status.failure, status.unsent),
        (false, Some(SyncFailure::Unreachable), 1)
    );
    assert!(status.next_attempt.is_some());
    let tries = r.wire.calls();
    assert!((144..600).contains(&tries), "probing never ends and never storms: {tries}");
    r.wire.set(None);
    within(S(300), "the line is used", || r.desk.unsent() == 0).await;
    sleep(S(1)).await;
    let status = r.engine.status().borrow().clone();
    assert!(status.online && status.last_success.is_some() && status.failure.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_while_listening_is_noticed() {
    let r = run();
    within(S(1), "online", || r.engine.status().borrow().online).await;
    r.wire.set(Some(SyncFailure::Unreachable));
    within(S(40), "offline is shown", || !r.engine.status().borrow().online).await;
    r.wire.set(None);
    within(S(60), "online again", || r.engine.status().borrow().online).await;
}

#[tokio::test(start_paused = true)]
async fn after_a_while_a_save_tries_an_unreachable_region_again() {
    let r = run_with(|w| w.set(Some(SyncFailure::Unreachable)));
    sleep(S(2 * 3600)).await;
    within(S(400), "an attempt has just failed", || {
        let s = r.engine.status().borrow().clone();
        let now = start() + TimeDelta::from_std(S(2 * 3600)).unwrap();
        s.last_attempt.is_some_and(|at| at > now)
    })
    .await;
    r.wire.set(None);
    r.desk.save("note", "x");
    r.engine.wake(Wake::Saved);
    sleep(S(5)).await;
    assert_eq!(r.desk.unsent(), 1, "not at every save");
    assert_eq!(r.engine.status().borrow().unsent, 1, "but the count is shown at once");
    sleep(SAVE_TRIES_AFTER).await;
    r.engine.wake(Wake::Saved);
    within(S(1), "sent", || r.desk.unsent() == 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_hanging_region_is_left_alone_but_a_person_may_insist() {
    let r = run_with(|w| w.set(Some(SyncFailure::Timeout)));
    sleep(S(2 * 3600)).await;
    let status = r.engine.status().borrow().clone();
    assert_eq!(status.failure, Some(SyncFailure::Timeout));
    let before = r.wire.calls();
    // Three tries a round; five rounds, then one in fifteen minutes or more.
    assert!(before <= 3 * (5 + 8), "{before} tries");
    r.wire.set(None);
    r.desk.save("note", "x");
    let s = timeout(S(70), r.engine.sync_now()).await.unwrap().unwrap();
    assert_eq!(s.accepted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_hung_and_then_went_away_is_probed_again() {
    let r = run_with(|w| w.set(Some(SyncFailure::Timeout)));
    sleep(S(2 * 3600)).await;
    r.wire.set(Some(SyncFailure::Unreachable));
    let before = r.wire.calls();
    sleep(S(2 * 3600)).await;
    let tries = r.wire.calls() - before;
    assert!(tries >= 20, "failing to connect is no reason to give up: {tries}");
}

#[tokio::test(start_paused = true)]
async fn a_busy_region_is_asked_by_nobody_before_its_time() {
    let busy = ApiError { retry_after_s: Some(1000), ..ApiError::new(ApiErrorCode::Busy) };
    let r = run_with(|w| w.region.refuse("hello", std::slice::from_ref(&busy)));
    sleep(S(1)).await;
    assert_eq!(r.wire.calls(), 1);
    r.engine.wake(Wake::Saved);
    let pressed = timeout(S(1), r.engine.sync_now()).await.unwrap();
    assert!(matches!(pressed, Err(SyncStop::Busy { .. })), "told at once: {pressed:?}");
    sleep(S(990)).await;
    assert_eq!(r.wire.calls(), 1, "1000 s are 1000 s");
    within(S(210), "asked with a fifth of jitter at most", || r.wire.calls() > 1).await;
}

/// S28 (part): of a region that takes no more today the desk goes on hearing; it sends nothing before the moment
/// it was told, whoever saves and presses, and then everything.
#[tokio::test(start_paused = true)]
async fn a_desk_that_sent_enough_for_today_goes_on_hearing() {
    let full = ApiError { retry_after_s: Some(3600), ..ApiError::new(ApiErrorCode::Quota) };
    let r = run_with(|w| w.region.refuse("push", std::slice::from_ref(&full)));
    r.desk.save("note", "mine");
    r.engine.wake(Wake::Saved);
    let told = || matches!(r.engine.status().borrow().stop, Some(SyncStop::Full { .. }));
    within(S(2), "told", told).await;
    r.region.author(&station(), event(8, 1, ZERO_HASH, "agency_answered", "heard"));
    within(S(10), "heard", || r.desk.texts().contains(&"heard".to_owned())).await;
    r.desk.save("note", "more");
    r.engine.wake(Wake::Saved);
    let pressed = timeout(S(5), r.engine.sync_now()).await.unwrap();
    assert!(matches!(pressed, Err(SyncStop::Full { .. })), "{pressed:?}");
    sleep(S(3500)).await;
    assert_eq!((r.region.count("push"), r.desk.unsent()), (1, 2), "an hour is an hour");
    assert!(r.engine.status().borrow().online);
    within(S(2000), "then everything goes", || r.desk.unsent() == 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_bell_that_rings_for_nothing_does_not_make_the_desk_spin() {
    let r = run_with(|w| *w.false_bell.lock().unwrap() = Some(Pos(5)));
    sleep(S(600)).await;
    assert!(r.wire.calls() < 60, "{} calls in ten minutes", r.wire.calls());
}

#[tokio::test(start_paused = true)]
async fn a_bell_that_is_refused_does_not_make_the_desk_spin() {
    let r = run_with(|w| {
        w.region.refuse("bell", &vec![ApiError::new(ApiErrorCode::Internal); 10_000]);
    });
    sleep(S(3600)).await;
    assert!(r.wire.calls() < 300, "{} calls in an hour", r.wire.calls());
}

/// S29 (part): no room for listeners is no reason for a round.
#[tokio::test(start_paused = true)]
async fn a_bell_that_is_told_when_to_come_back_makes_no_other_call_until_then() {
    let full = ApiError { retry_after_s: Some(120), ..ApiError::new(ApiErrorCode::Busy) };
    let r = run_with(|w| w.region.refuse("bell", &vec![full.clone(); 10_000]));
    sleep(S(10)).await;
    let before = r.wire.calls();
    sleep(S(1200)).await;
    let calls = r.wire.calls() - before;
    assert!(
        (8..=16).contains(&calls),
        "{calls} calls in twenty minutes, a round every ten among them"
    );
}

/// S17 (part).
#[tokio::test(start_paused = true)]
async fn a_forked_desk_goes_on_hearing() {
    let forks = vec![ApiError::new(ApiErrorCode::Fork); 10_000];
    let r = run_with(|w| w.region.refuse("push", &forks));
    r.desk.save("note", "mine");
    r.engine.wake(Wake::Saved);
    within(S(2), "told", || r.engine.status().borrow().stop == Some(SyncStop::Fork)).await;
    r.region.author(&station(), event(8, 1, ZERO_HASH, "agency_answered", "heard"));
    within(S(10), "heard", || r.desk.texts().contains(&"heard".to_owned())).await;
    let before = r.wire.calls();
    sleep(S(3600)).await;
    assert!(r.wire.calls() - before < 250, "and does not insist");
}

#[tokio::test(start_paused = true)]
async fn after_stop_nothing_runs() {
    let r = run();
    sleep(S(10)).await;
    let status = r.engine.status();
    r.engine.stop().await;
    let calls = r.wire.calls();
    r.desk.save("note", "later");
    sleep(S(3600)).await;
    assert_eq!(r.wire.calls(), calls);
    assert!(!status.borrow().online && !status.borrow().running);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_engine_stops_too() {
    let r = run();
    sleep(S(10)).await;
    drop(r.engine);
    sleep(S(30)).await;
    let calls = r.wire.calls();
    sleep(S(3600)).await;
    assert_eq!(r.wire.calls(), calls);
}

/// S27: a save that comes while a chunk is on its way goes out at once, not after the chunk.
#[tokio::test(start_paused = true)]
async fn an_event_does_not_wait_for_a_chunk_on_its_way() {
    let r = run_with(|wire| *wire.chunk_takes.lock().unwrap() = S(300));
    let bytes: Vec<u8> = vec![7; 3 * BLOB_CHUNK_BYTES];
    let address = crate::region::sha256(&bytes);
    r.region.expect(&address, bytes.len());
    r.desk.inside.lock().unwrap().files.insert(address.clone(), bytes);
    within(S(5), "the file is asked about", || r.region.calls.lock().unwrap().contains(&"blob"))
        .await;
    sleep(S(100)).await;
    r.desk.save("note_added", "urgent");
    r.engine.wake(Wake::Saved);
    within(S(1), "the event went", || r.desk.unsent() == 0).await;
    // And the file gets there all the same.
    within(S(20 * 60), "the file went", || r.region.files.lock().unwrap()[&address].complete).await;
    r.engine.stop().await;
}

/// S27 (part), S29 (part): a file for which a full region has no room goes when the region said, not with the next round.
#[tokio::test(start_paused = true)]
async fn a_file_comes_back_when_the_region_said() {
    let busy = ApiError { retry_after_s: Some(20), ..ApiError::new(ApiErrorCode::Busy) };
    let r = run_with(|w| w.region.refuse("chunk", &[busy.clone(), busy.clone()]));
    let bytes: Vec<u8> = vec![7; BLOB_CHUNK_BYTES];
    let address = crate::region::sha256(&bytes);
    r.region.expect(&address, bytes.len());
    r.desk.inside.lock().unwrap().files.insert(address.clone(), bytes);
    within(S(5), "it is tried", || r.region.count("chunk") == 1).await;
    sleep(S(19)).await;
    assert_eq!(r.region.count("chunk"), 1, "20 s are 20 s");
    within(S(40), "the file went", || r.region.files.lock().unwrap()[&address].complete).await;
    assert_eq!((r.region.count("chunk"), r.region.count("hello")), (3, 1));
    r.engine.stop().await;
}
