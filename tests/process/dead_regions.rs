//! `kill -9` of the region in the middle of a push: at its n-th act on the disk, or when so many bytes have come or gone.

use crate::faults::{Control, Fault, how, kinds};
use crate::proxy::{Line, Proxy, Way};
use crate::{agree, fill};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use system_tests::dice::{Dice, number, seed};
use system_tests::program::{preload, scratch};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::work::{Kind, Work};

/// Kills in one test run, half of each kind; another number by `ESIK_DEAD_REGIONS`.
const KILLS: u64 = 12;
/// Regions that are killed side by side.
const LANES: u64 = 2;
/// Events that are on the way.
const EVENTS: u64 = 30;

/// A region whose disk kills it when told to, a line to it, and a desk with work.
struct Country {
    region: Region,
    control: Control,
    proxy: Proxy,
    desk: DeskProcess,
    work: Work,
    case: Value,
    /// What the region took when everybody has told everything.
    taken: u64,
}

impl Country {
    fn new(dir: &Path, seed: u64) -> Self {
        let library = preload("process/faults.c", dir);
        let at = dir.join("region");
        let mut region = Region::start(&at);
        region.down();
        let control = Control::new(&dir.join("control"));
        region.with("LD_PRELOAD", library);
        region.with("ESIK_FAULT_DIR", &at);
        region.with("ESIK_FAULT_CONTROL", control.path());
        region.up();
        let proxy = Proxy::to(region.port);
        set_up(&dir.join("a"), "Әлиева", Some((&proxy.url(), &region.code())));
        set_up(&dir.join("b"), "Бекова", Some((&region.url(), &region.code())));
        let mut work = Work::new("а", seed, Kind { files: false, crimes: false });
        let mut desk = DeskProcess::start(&dir.join("a"));
        while work.cases() == 0 {
            work.step(&mut desk);
        }
        let case = json!(work.case_ids()[0]);
        assert_eq!(desk.ok("sync_now", json!({}))["unacknowledged"], 0);
        let taken = told(&region);
        Self { region, control, proxy, desk, work, case, taken }
    }

    fn fill(&mut self) -> u64 {
        fill(&mut self.desk, &mut self.work, &self.case, EVENTS)
    }

    /// After a contact that ended somehow: the region is killed if it still runs, starts again, and holds what the desk
    /// was told it holds; after the next contact everything, once.
    fn risen(&mut self, waited: u64, status: &Value) -> Vec<String> {
        self.region.down();
        self.control.heal();
        self.region.up();
        let mut wrong = Vec::new();
        let told_of = waited - status["unacknowledged"].as_u64().unwrap();
        let there = told(&self.region) - self.taken;
        if there < told_of {
            wrong.push(format!("{told_of} were acknowledged, {there} are there"));
        }
        let status = self.desk.ok("sync_now", json!({}));
        if status["unacknowledged"] != 0 || !status["failure"].is_null() {
            wrong.push(format!("the next contact: {status}"));
        }
        let there = told(&self.region) - self.taken;
        if there != waited {
            wrong.push(format!("{waited} events were sent, {there} are there"));
        }
        self.taken += there;
        wrong
    }
}

/// How many events of desks the region took. (It writes of its own accord too: a delivery to each referral.)
fn told(region: &Region) -> u64 {
    let shown = region.admin(&["region", "show"]);
    assert_eq!(shown["pos"], shown["events"], "no gap, nothing twice");
    let db = rusqlite::Connection::open(region.state().with_extension("")).unwrap();
    let own = shown["device"].as_str().unwrap();
    let count = "SELECT count(*), count(DISTINCT pos), count(DISTINCT event_id) FROM device_log
                 WHERE pos IS NOT NULL AND device_id <> ?1";
    let row = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
    let (all, places, ids): (i64, i64, i64) = db.query_row(count, [own], row).unwrap();
    assert_eq!((all, all), (places, ids), "nothing twice");
    u64::try_from(all).unwrap()
}

fn at(n: u64) -> Fault {
    Fault { kinds: kinds::ALL, how: how::KILL, from: n, times: 1, percent: 0, seed: 0 }
}

/// S2 (part), S3 (part), S7 (part), B02 (part): nothing that was acknowledged is lost, nothing is there twice.
#[test]
fn a_region_killed_in_the_middle_of_a_push_loses_and_doubles_nothing() {
    let dir = scratch();
    let (seed, kills) = (seed(), number("ESIK_DEAD_REGIONS", KILLS));
    let lanes = LANES.min(kills.max(1));
    let one = |lane: u64| {
        let dir = dir.path().join(format!("{lane}"));
        std::fs::create_dir(&dir).unwrap();
        let wrong = lane_of(&dir, seed + lane, lane, kills, lanes);
        wrong.into_iter().map(|w| format!("lane {lane}: {w}")).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let one = &one;
        let hands: Vec<_> = (0..lanes).map(|n| scope.spawn(move || one(n))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

/// Every `lanes`-th of the kills.
fn lane_of(dir: &Path, seed: u64, lane: u64, kills: u64, lanes: u64) -> Vec<String> {
    let mut country = Country::new(dir, seed);
    // A push that nothing happens to: its acts on the disk, and its bytes.
    let waited = country.fill();
    country.proxy.hang_up();
    country.proxy.set(Line::Good);
    country.control.set(at(0));
    let status = country.desk.ok("sync_now", json!({}));
    let acts = country.control.seen();
    let bytes = [Way::Up, Way::Down].map(|way| country.proxy.bytes(way));
    let mut wrong = country.risen(waited, &status);
    let mut dice = Dice(seed);
    let (mut died, mut all) = (0, 0);
    for i in (lane..kills).step_by(usize::try_from(lanes).unwrap()) {
        let waited = country.fill();
        country.proxy.hang_up();
        country.proxy.set(Line::Good);
        let (name, status) = if (i / lanes).is_multiple_of(2) {
            let n = 1 + (i * acts / kills + dice.below(3) as u64) % acts;
            country.control.set(at(n));
            let status = country.desk.ok("sync_now", json!({}));
            (format!("act {n} of {acts}"), status)
        } else {
            let way = if dice.percent(50) { Way::Up } else { Way::Down };
            let of = bytes[usize::from(way == Way::Down)];
            let n = dice.below(of as usize) as u64;
            let (pid, proxy, desk) = (country.region.pid(), &country.proxy, &mut country.desk);
            let status = std::thread::scope(|scope| {
                scope.spawn(move || {
                    let start = Instant::now();
                    while proxy.bytes(way) <= n && start.elapsed() < Duration::from_secs(20) {
                        std::thread::sleep(Duration::from_micros(100));
                    }
                    let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
                });
                desk.ok("sync_now", json!({}))
            });
            (format!("{way:?} {n} of {of}"), status)
        };
        let cut = status["failure"]["code"].as_str();
        (died, all) = (died + u64::from(cut.is_some()), all + 1);
        if cut.is_some_and(|code| code != "region_unreachable") {
            wrong.push(format!("{name}: a dead region is called {cut:?}"));
        }
        wrong.extend(country.risen(waited, &status).into_iter().map(|w| format!("{name}: {w}")));
    }
    println!("soak: {died} of {all} pushes met the death of the region, of {acts} acts each");
    if died * 2 < all {
        wrong.push(format!("{died} of {all} pushes met the death of the region"));
    }
    country.desk.end();
    wrong.extend(agree(dir, &country.work));
    wrong
}

/// The test of the test: a region that forgets what it acknowledged.
#[test]
fn a_region_that_forgets_is_caught() {
    let dir = scratch();
    let mut country = Country::new(dir.path(), seed());
    let at = dir.path().join("region");
    country.region.down();
    let files = |from: &Path, to: &Path| {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    };
    let (before, state) = (dir.path().join("before"), country.region.state());
    files(&at, &before);
    files(&state, &before.join("state"));
    country.region.up();
    let waited = country.fill();
    let status = country.desk.ok("sync_now", json!({}));
    assert_eq!(status["unacknowledged"], 0);
    country.region.down();
    for tail in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(at.join(format!("region.db{tail}")));
    }
    files(&before, &at);
    files(&before.join("state"), &state);
    let wrong = country.risen(waited, &status);
    println!("a region that forgets: {wrong:?}");
    assert!(wrong.iter().any(|w| w.contains("were acknowledged")), "{wrong:?}");
}
