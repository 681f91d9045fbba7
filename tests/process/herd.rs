//! Six in the evening: every laptop of a region brings its day at once, each with its own line, key, events and files.
//! The region is the shipped program in a process of its own; planner, lane, engine and client are the shipped ones.

mod laptop;
mod line;

use chrono::Utc;
use esik_domain::ids::{EventId, Pos, Scope};
use esik_server::Env;
use esik_server::site::Site;
use esik_sync::retry::backoff;
use esik_sync::{Engine, Local, SyncStop, sync_once};
use esik_wire::blobs::chunks_of;
use esik_wire::{
    ApiError, ApiErrorCode, EventHash, FEED_PAGE_MAX, FeedRequest, LocalName, SyncApi as _,
    SyncFailure,
};
use laptop::{Laptop, Machine};
use line::{Line, Seen};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use system_tests::dice::{Dice, beyond, number, seed};
use system_tests::program::{peak_mib, scratch};
use system_tests::region::Region;
use tokio::runtime::Runtime;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Laptops in one test run; another number by `ESIK_HERD`.
const LAPTOPS: u64 = 20;
/// What each brings: so many events, four of which name its two files.
const EVENTS: usize = 60;
/// Plain bytes of the two: a small picture, and a scan that is more than one chunk.
const FILES: [u64; 2] = [300_000, 1_150_000];
const AT_A_STATION: u64 = 4;
/// Programs that do not wait when they are told to, and the lines of each. On every third goes a chunk of a file over and
/// over, more together than the region has room for bodies; on the others a push.
const RUDE: (u64, usize) = (8, 60);
/// Events of one contact while it is measured what the region gets done.
const A_CONTACT: usize = 18;
/// The region's memory, at most, MiB.
const MEMORY_MIB: u64 = 512;
/// When nothing at all arrives for so long, the region does not come out of it by itself.
const STANDSTILL: Duration = Duration::from_secs(180);

/// A region with its laptops.
struct Herd {
    region: Region,
    runtime: Runtime,
    laptops: Vec<Arc<Laptop>>,
    lines: Vec<Arc<Line>>,
    rude: Vec<Arc<Laptop>>,
    seen: Arc<Seen>,
    /// What the programs saw that do not listen.
    seen_rude: Arc<Seen>,
    wrong: Vec<String>,
}

/// What the region got done around an overload, events a second.
struct Load {
    before: f64,
    during: f64,
    /// Seconds after it until nine tenths were there again, when they were while it was looked at.
    back: Option<f64>,
}

impl Herd {
    /// So many laptops that have joined; nothing is written yet.
    fn joined(dir: &Path, laptops: u64, seed: u64) -> Self {
        let mut region = Region::start(dir);
        region.down();
        let all = laptops + RUDE.0;
        let codes = codes(dir, all, seed);
        region.up();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (url, mut dice) = (region.url(), Dice(seed));
        let mut joined = Vec::new();
        for (n, (station, code)) in (0..).zip(codes) {
            let laptop = Laptop::join(n, &url, &station, &code, &mut dice);
            joined.push(Arc::new(runtime.block_on(laptop)));
        }
        let rude = joined.split_off(usize::try_from(laptops).unwrap());
        let seen = Arc::new(Seen::default());
        let lines = joined.iter().map(|l| l.line(&seen)).collect();
        let seen_rude = Arc::new(Seen { may_be_full: true, ..Seen::default() });
        let laptops = joined;
        Self { region, runtime, laptops, lines, rude, seen, seen_rude, wrong: Vec::new() }
    }

    /// Each writes its day, and all of them come at once; seconds until the last one has nothing left.
    fn evening(&mut self) -> f64 {
        for laptop in &self.laptops {
            laptop.save(EVENTS - 2 * FILES.len());
            for (k, plain) in (0..).zip(FILES) {
                laptop.attach(laptop.n * 2 + k, plain + laptop.n * 17);
            }
        }
        let began = Instant::now();
        let engines: Vec<Engine> = self
            .laptops
            .iter()
            .zip(&self.lines)
            .map(|(laptop, line)| {
                let local = Arc::clone(laptop) as Arc<dyn Local>;
                let (runtime, line) = (self.runtime.handle(), Arc::clone(line));
                Engine::start(runtime, line, local, Arc::new(Machine), Arc::new(|_| {}))
            })
            .collect();
        let done = || self.laptops.iter().all(|l| l.waits() == (0, 0));
        let stood = self.runtime.block_on(until(done, || self.moved()));
        let took = began.elapsed().as_secs_f64();
        let waits = self.waits();
        self.wrong.extend(stood.map(|why| format!("the evening: {why}: {waits:?} wait")));
        self.runtime.block_on(async {
            for engine in engines {
                engine.stop().await;
            }
        });
        took
    }

    /// Every laptop brings one contact after the other; in the middle of it come programs that do not listen.
    fn overload(&mut self, span: Duration) -> Load {
        let (calm, after) = (span / 3, span / 2);
        let over = Arc::new(AtomicBool::new(false));
        let mut working = JoinSet::new();
        let runtime = self.runtime.handle();
        for (laptop, line) in self.laptops.iter().zip(&self.lines) {
            let (laptop, line, over) = (Arc::clone(laptop), Arc::clone(line), Arc::clone(&over));
            working.spawn_on(work(laptop, line, over), runtime);
        }
        let pause = std::thread::sleep;
        pause(calm / 4);
        let began = Instant::now();
        pause(calm);
        let before = self.seen.rate(began, Instant::now());
        let mut rude = self.runtime.block_on(besiege(&self.rude, &self.seen_rude));
        let began = Instant::now();
        pause(span);
        // On a slow machine it takes longer until all of them are there.
        let full =
            || self.seen_rude.told.load(Ordering::SeqCst) > 0 || !self.seen_rude.wrong().is_empty();
        while !full() && began.elapsed() < STANDSTILL {
            pause(span / 4);
        }
        let during = self.seen.rate(began, Instant::now());
        rude.abort_all();
        let ended = Instant::now();
        pause(after);
        let (window, looks) = (after / 6, 20);
        let back = (0..=looks).map(|n| (after - window) * n / looks).find(|from| {
            let from = ended + *from;
            self.seen.rate(from, from + window) >= 0.9 * before
        });
        over.store(true, Ordering::SeqCst);
        let stood = self.runtime.block_on(async {
            tokio::select! {
                () = async { while working.join_next().await.is_some() {} } => None,
                stood = until(|| false, || self.moved()) => stood,
            }
        });
        let waits = self.waits();
        self.wrong.extend(stood.map(|why| format!("after the overload: {why}: {waits:?} wait")));
        Load { before, during, back: back.map(|from| (from + window).as_secs_f64()) }
    }

    /// Grows with everything that arrives.
    fn moved(&self) -> u64 {
        let files = self.seen.file_calls.load(Ordering::Relaxed);
        files + self.seen.taken.lock().unwrap().iter().map(|(_, n)| n).sum::<u64>()
    }

    /// Events and files that have not arrived.
    fn waits(&self) -> (usize, usize) {
        let all = self.laptops.iter().map(|l| l.waits());
        all.fold((0, 0), |(events, files), (e, f)| (events + e, files + f))
    }

    /// Events in the feeds and whole files, once everything was brought, and what is wrong.
    fn told(&self) -> (usize, usize, Vec<String>) {
        let mut wrong = self.wrong.clone();
        let shown = self.region.admin(&["region", "show"]);
        if shown["pos"] != shown["events"] {
            wrong.push(format!("the region's order has a gap or a double: {shown}"));
        }
        for laptop in &self.laptops {
            wrong.extend(laptop.wrong().iter().map(|w| format!("laptop {}: {w}", laptop.n)));
        }
        for (who, seen) in [("a laptop", &self.seen), ("who does not listen", &self.seen_rude)] {
            wrong.extend(seen.wrong().iter().map(|w| format!("{who} was answered {w}")));
        }
        let out = self.seen.most_out.load(Ordering::SeqCst);
        if out > 2 {
            wrong.push(format!("a laptop had {out} calls out at once"));
        }
        let (mut events, mut files) = (0, 0);
        for station in self.laptops.chunks(usize::try_from(AT_A_STATION).unwrap()) {
            let (found, lost) = self.runtime.block_on(read(station));
            events += found;
            wrong.extend(lost);
        }
        for laptop in &self.laptops {
            for file in self.runtime.block_on(whole(laptop)) {
                match file {
                    Ok(()) => files += 1,
                    Err(lost) => wrong.push(format!("laptop {}: {lost}", laptop.n)),
                }
            }
        }
        (events, files, wrong)
    }
}

/// A station for every four laptops, one for the programs that do not listen, and a code for each.
fn codes(dir: &Path, all: u64, seed: u64) -> Vec<(String, String)> {
    let dice = Mutex::new(Dice(seed));
    let chance = move |bytes: &mut [u8]| {
        let mut dice = dice.lock().unwrap();
        bytes.iter_mut().for_each(|b| *b = dice.roll() as u8);
    };
    let site = Site::new(&dir.join("region.db"), None);
    let region = site.open(Env::new(Utc::now, chance)).unwrap();
    let ca = site.tls().ca_fingerprint().unwrap();
    let codes = (0..all)
        .map(|n| {
            let rude = n + RUDE.0 >= all;
            let station =
                if rude { "900".to_owned() } else { format!("{}", 100 + n / AT_A_STATION) };
            let name = LocalName { kk: station.clone(), ru: station.clone() };
            region.add_station(&station, name).unwrap();
            let code = region.issue_code(&station, 60, &ca).unwrap().unwrap().code;
            (station, code)
        })
        .collect();
    site.remember(&region).unwrap();
    codes
}

/// Waits until it is so; why not, when nothing moves any more.
async fn until(so: impl Fn() -> bool, moved: impl Fn() -> u64) -> Option<String> {
    let (mut last, mut at) = (moved(), Instant::now());
    while !so() {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = moved();
        if now != last {
            (last, at) = (now, Instant::now());
        }
        if at.elapsed() > STANDSTILL {
            return Some(format!("nothing arrived for {STANDSTILL:?}"));
        }
    }
    None
}

/// One contact after the other as the planner goes, until it is over; the last one is ended.
async fn work(laptop: Arc<Laptop>, line: Arc<Line>, over: Arc<AtomicBool>) {
    let local = Arc::clone(&laptop) as Arc<dyn Local>;
    while !over.load(Ordering::SeqCst) {
        laptop.save(A_CONTACT);
        let mut missed = 0;
        loop {
            match sync_once(line.as_ref(), &local, &Machine, &|_| {}).await {
                Ok(_) => break,
                Err(SyncStop::Busy { until }) => {
                    tokio::time::sleep((until - Utc::now()).to_std().unwrap_or_default()).await;
                }
                Err(SyncStop::Failure(SyncFailure::Timeout | SyncFailure::Unreachable)) => {
                    tokio::time::sleep(backoff(missed, 0.5)).await;
                    missed += 1;
                }
                Err(other) => {
                    laptop.met(format!("{other:?}"));
                    return;
                }
            }
        }
    }
}

/// Programs that say the same over and over on many lines, whatever they are told.
async fn besiege(rude: &[Arc<Laptop>], seen: &Arc<Seen>) -> JoinSet<()> {
    let gate = Arc::new(Barrier::new(rude.len() * RUDE.1 + 1));
    let mut all = JoinSet::new();
    for laptop in rude {
        laptop.save(A_CONTACT);
        laptop.attach(1_000_000 + laptop.n, FILES[0] * 3);
        let segment = laptop.everything();
        // What no event names is no file.
        while laptop.line(seen).push(segment.clone()).await.is_err() {}
        let file = laptop.files().swap_remove(0).address;
        let chunk = laptop.blob_read(&file, 0).unwrap();
        for n in 0..RUDE.1 {
            let (line, gate) = (laptop.line(seen), Arc::clone(&gate));
            let (segment, file, chunk) = (segment.clone(), file.clone(), chunk.clone());
            all.spawn(async move {
                gate.wait().await;
                loop {
                    if n.is_multiple_of(3) {
                        let _ = line.put_blob_chunk(file.clone(), 0, chunk.clone()).await;
                    } else {
                        let _ = line.push(segment.clone()).await;
                    }
                }
            });
        }
    }
    gate.wait().await;
    all
}

/// How many events of a station's laptops its feed holds, and which of them it does not hold once.
async fn read(station: &[Arc<Laptop>]) -> (usize, Vec<String>) {
    let Some(first) = station.first() else { return (0, Vec::new()) };
    let line = first.line(&Arc::default());
    let mut found: BTreeMap<EventId, u32> = BTreeMap::new();
    let mut after = Pos(0);
    loop {
        let request = FeedRequest {
            scope: Scope::station(&first.station),
            after,
            epoch: first.epoch(),
            limit: FEED_PAGE_MAX,
            wait_s: 0,
            seen: None,
        };
        let page = line.feed(request).await.unwrap();
        for entry in &page.entries {
            *found.entry(entry.event.envelope().unwrap().id).or_default() += 1;
        }
        after = page.next;
        if !page.more {
            break;
        }
    }
    let mut wrong = Vec::new();
    let mut once = 0;
    for laptop in station {
        for id in laptop.ids() {
            match found.remove(&id) {
                Some(1) => once += 1,
                times => {
                    wrong.push(format!("laptop {}: {id:?} is in the feed {times:?}", laptop.n))
                }
            }
        }
    }
    if !found.is_empty() {
        wrong.push(format!("{} events in the feed that nobody saved", found.len()));
    }
    (once, wrong)
}

/// Each file of a laptop, read back chunk by chunk.
async fn whole(laptop: &Laptop) -> Vec<Result<(), String>> {
    let line = laptop.line(&Arc::default());
    let mut all = Vec::new();
    for file in laptop.files() {
        let mut hash = Sha256::new();
        let mut lost = None;
        for n in 0..chunks_of(file.bytes) {
            match line.blob_chunk(file.address.clone(), n).await {
                Ok(bytes) => hash.update(&bytes),
                Err(failure) => lost = Some(format!("chunk {n} of a file: {failure:?}")),
            }
        }
        let same = EventHash(hash.finalize().into()).hex() == file.address;
        all.push(match lost {
            None if same => Ok(()),
            lost => Err(lost.unwrap_or_else(|| "a file is another one".to_owned())),
        });
    }
    all
}

/// The value below which so many of a hundred lie; seconds.
fn percentile(all: &[f64], percent: usize) -> f64 {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    all.get((all.len() * percent / 100).min(all.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

/// B20, T37 (part), S29 (part), S30 (part): all are done, nothing is lost, whoever finds no room is told when to
/// come back, no laptop asks for more than two things at once, and the region's memory is bounded. The soak holds the times
/// to their limits.
#[test]
fn the_evening_herd_is_served_and_nothing_of_it_is_lost() {
    let dir = scratch();
    let (seed, laptops) = (seed(), number("ESIK_HERD", LAPTOPS));
    let mut herd = Herd::joined(&dir.path().join("region"), laptops, seed);
    let took = herd.evening();
    let pushes = std::mem::take(&mut *herd.seen.pushes.lock().unwrap());
    let (p50, p99) = (percentile(&pushes, 50), percentile(&pushes, 99));
    println!(
        "soak: {laptops} laptops with {EVENTS} events and {} files each: all done after {took:.1} s (B20: ≤ 1200), an accepted push took {p50:.2} s, p99 {p99:.2} s (≤ 3); {:?} times told to come back, {:?} calls unanswered",
        FILES.len(),
        herd.seen.told,
        herd.seen.unanswered,
    );
    let span = Duration::from_secs((60 * laptops / 400).clamp(6, 60));
    let load = herd.overload(span);
    let evening = p99;
    let p99 = percentile(&herd.seen.pushes.lock().unwrap(), 99);
    let refusals = herd.seen_rude.refusals.lock().unwrap().clone();
    let (soon, late) = (percentile(&refusals, 50), percentile(&refusals, 99));
    let back = load.back.map_or("not seen again".to_owned(), |s| format!("again after {s:.1} s"));
    let (full, slowly) = herd.runtime.block_on(async {
        let metric = |name| herd.region.metric(name);
        (metric("esik_full_total").await, metric("esik_full_late_total").await)
    });
    println!(
        "soak: {} s of {} lines that do not listen ({:?} times told to come back, in {soon:.3} s, p99 {late:.3} s; of {full} the region itself took longer than 0.1 s for {slowly}): {:.0} events a second before, {:.0} meanwhile, nine tenths {back} (≤ 30); p99 of an accepted push {p99:.2} s; laptops were told to come back {:?} times, {:?} of their calls unanswered",
        span.as_secs(),
        RUDE.0 as usize * RUDE.1,
        herd.seen_rude.told,
        load.before,
        load.during,
        herd.seen.told,
        herd.seen.unanswered,
    );
    let (events, files, mut wrong) = herd.told();
    let peak = peak_mib(herd.region.pid());
    let out = herd.seen.most_out.load(Ordering::SeqCst);
    println!(
        "soak: {events} events and {files} files are there, each once and whole; {out} calls of a laptop out at most; the region's peak memory {peak} MiB (≤ {MEMORY_MIB})"
    );
    wrong.extend(beyond("seconds until all are done", took, 1200.0));
    for push in [evening, p99] {
        wrong.extend(beyond("seconds of an accepted push, p99", push, 3.0));
    }
    let back = load.back.unwrap_or(f64::INFINITY);
    wrong.extend(beyond("seconds until nine tenths are there again", back, 30.0));
    if peak > MEMORY_MIB {
        wrong.push(format!("the region took {peak} MiB"));
    }
    if herd.seen_rude.told.load(Ordering::SeqCst) == 0 {
        wrong.push("the house was never full".to_owned());
    }
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

/// The test of the test: a region that forgets an event and a file, that says no without a moment or fails, and a laptop
/// that asks too much at once.
#[test]
fn a_region_that_loses_of_a_herd_or_fails_is_caught() {
    let dir = scratch();
    let at = dir.path().join("region");
    let mut herd = Herd::joined(&at, 2, seed());
    herd.evening();
    let (events, files, wrong) = herd.told();
    assert_eq!((events, files, wrong), (2 * EVENTS, 4, Vec::new()));

    herd.region.down();
    let db = rusqlite::Connection::open(at.join("region.db")).unwrap();
    db.execute("DELETE FROM feed WHERE pos = 7", []).unwrap();
    drop(db);
    let file = herd.laptops[1].files().swap_remove(0).address;
    let folder = herd.region.state().join("blobs").join(&file[..2]).join(&file);
    let chunk = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    let chunk = chunk.filter(|f| !f.ends_with("whole")).min().unwrap();
    std::fs::remove_file(chunk).unwrap();
    herd.region.up();
    let (events, files, wrong) = herd.told();
    assert_eq!((events, files), (2 * EVENTS - 1, 3), "{wrong:?}");
    assert!(wrong.iter().any(|w| w.contains("is in the feed None")), "{wrong:?}");
    assert!(wrong.iter().any(|w| w.contains("chunk 0 of a file")), "{wrong:?}");

    let refused = |code| SyncFailure::from(ApiError::new(code));
    for failure in [refused(ApiErrorCode::Busy), refused(ApiErrorCode::Internal)] {
        let line = &herd.lines[0];
        let answer = line.call("push", std::future::ready(Err::<(), _>(failure)));
        herd.runtime.block_on(answer).unwrap_err();
    }
    herd.runtime.block_on(async {
        let long = || {
            herd.lines[0].call("hello", async {
                tokio::task::yield_now().await;
                Ok(())
            })
        };
        let (a, b, c) = tokio::join!(long(), long(), long());
        a.and(b).and(c).unwrap();
    });
    let (_, _, wrong) = herd.told();
    for code in ["push: Refused(ApiError { code: Busy", "push: Refused(ApiError { code: Internal"] {
        assert!(wrong.iter().any(|w| w.contains(code)), "{wrong:?}");
    }
    assert!(wrong.iter().any(|w| w == "a laptop had 3 calls out at once"), "{wrong:?}");
}
