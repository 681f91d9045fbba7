//! The line between desk and region is cut at a byte, in both directions: nothing is lost, nothing is there
//! twice, and at most one session is said again. And saving does not wait for any line.

use crate::proxy::{Line, Proxy, Way};
use crate::{lost, on};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use system_tests::dice::{Dice, number, seed};
use system_tests::program::{scratch, until};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::served::Served;
use system_tests::work::{Asked as _, Kind, Said, Work};

/// Cuts in one test run, spread over both directions of a session; another number by `ESIK_CUTS`. With as many
/// as a session has bytes, each byte is met.
const CUTS: u64 = 48;
/// Desks that are cut side by side.
const LANES: u64 = 12;
/// Events that are on the way when the line is cut.
const EVENTS: usize = 50;

struct Country {
    region: Region,
    proxy: Proxy,
    work: Work,
    seed: u64,
}

impl Country {
    /// A region, a line to it, and a desk that has joined over this line.
    fn new(dir: &Path, seed: u64) -> Self {
        let region = Region::start(&dir.join("region"));
        let proxy = Proxy::to(region.port);
        set_up(&dir.join("a"), "Әлиева", Some((&proxy.url(), &region.code())));
        set_up(&dir.join("b"), "Бекова", Some((&region.url(), &region.code())));
        let work = Work::new("а", seed, Kind { files: false, crimes: false });
        Self { region, proxy, work, seed }
    }

    /// Everybody has told everything; both desks and the region hold the same, and nothing twice.
    fn agree(&self, dir: &Path) -> Vec<String> {
        let (a, b) = (dir.join("a"), dir.join("b"));
        for profile in [&a, &b, &a] {
            on(profile, &["sync", "--once"]);
        }
        let mut wrong = lost(&a, &self.work);
        let mut other = DeskProcess::start(&b);
        wrong.extend(
            self.work.missing_elsewhere(&mut other).into_iter().map(|w| format!("elsewhere: {w}")),
        );
        other.end();
        if on(&a, &["state-hash"]) != on(&b, &["state-hash"]) {
            wrong.push("the desks differ".to_owned());
        }
        let events = |profile| on(profile, &["verify"])[0]["events"].clone();
        if events(&a) != events(&b) {
            wrong.push(format!("{} events at one desk, {} at the other", events(&a), events(&b)));
        }
        wrong
    }
}

/// What a sync that was cut may say.
fn said_of_a_cut(status: &Value) -> Option<String> {
    let code = status["failure"]["code"].as_str()?;
    (code != "region_unreachable").then(|| format!("a cut line is called {code}"))
}

/// Saves until so many events wait.
fn fill(desk: &mut DeskProcess, work: &mut Work, case: &Value) -> u64 {
    for _ in 0..6 {
        work.step(desk);
    }
    loop {
        let waiting = desk.ok("sync_status", json!({}))["unacknowledged"].as_u64().unwrap();
        if waiting >= EVENTS as u64 {
            return waiting;
        }
        desk.ok("note_add", json!({ "case": case, "text": "Қоңырау шалды, бөтен адам көтерді" }));
    }
}

/// S3 (part), S7 (part), T27, B11 (part): a session of fifty events is cut after its k-th byte.
#[test]
fn a_line_cut_at_any_byte_loses_and_doubles_nothing() {
    let dir = scratch();
    let seed = seed();
    let cuts = number("ESIK_CUTS", CUTS);
    // A cut costs the pause before the next try, so many desks are cut side by side.
    let lanes = LANES.min(cuts.max(1));
    let lane = |n: u64| {
        let dir = dir.path().join(format!("{n}"));
        std::fs::create_dir(&dir).unwrap();
        let wrong = one_lane(&dir, seed, n, cuts, lanes);
        wrong.into_iter().map(|w| format!("lane {n}: {w}")).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..lanes).map(|n| scope.spawn(move || lane(n))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

/// Every `lanes`-th of the cuts.
fn one_lane(dir: &Path, seed: u64, lane: u64, cuts: u64, lanes: u64) -> Vec<String> {
    let mut country = Country::new(dir, seed + lane);
    let mut desk = DeskProcess::start(&dir.join("a"));
    while country.work.cases() == 0 {
        country.work.step(&mut desk);
    }
    let case = json!(country.work.case_ids()[0]);
    desk.ok("sync_now", json!({}));

    // How long a session is when nothing happens to it.
    fill(&mut desk, &mut country.work, &case);
    country.proxy.hang_up();
    country.proxy.set(Line::Good);
    assert_eq!(desk.ok("sync_now", json!({}))["unacknowledged"], 0);
    let session = [Way::Up, Way::Down].map(|way| country.proxy.bytes(way));
    let whole = session[0] + session[1];
    if lane == 0 {
        println!("soak: {cuts} cuts in sessions of {} bytes up, {} down", session[0], session[1]);
    }
    let mut dice = Dice(country.seed);
    let stride = (whole / cuts).max(1);
    let (mut wrong, mut met, mut all) = (Vec::new(), 0, 0);
    for i in (lane..cuts).step_by(usize::try_from(lanes).unwrap()) {
        let byte = (i * stride + dice.below(stride as usize) as u64) % whole;
        let (way, at) =
            if byte < session[0] { (Way::Up, byte) } else { (Way::Down, byte - session[0]) };
        fill(&mut desk, &mut country.work, &case);
        country.proxy.hang_up();
        country.proxy.set(Line::CutAt(way, at));
        let status = desk.ok("sync_now", json!({}));
        (met, all) = (met + u64::from(country.proxy.was_cut()), all + 1);
        let name = format!("{way:?} {at}");
        wrong.extend(said_of_a_cut(&status).map(|w| format!("{name}: {w}")));
        // What was said before the cut, and once again.
        let up = country.proxy.bytes(Way::Up);
        if up > session[0] * 9 / 4 {
            wrong.push(format!("{name}: {up} bytes went up, a session has {}", session[0]));
        }
        country.proxy.set(Line::Good);
        let status = desk.ok("sync_now", json!({}));
        if status["unacknowledged"] != 0 || !status["failure"].is_null() {
            wrong.push(format!("{name}: the next contact: {status}"));
        }
    }
    if met * 10 < all * 9 {
        wrong.push(format!("{met} of {all} cuts were met"));
    }
    desk.end();
    wrong.extend(country.agree(dir));
    wrong
}

/// B19 (part): the desk saves while the region does not answer: nobody listens, everything is swallowed, or a byte
/// a second comes back. (How long a save takes meanwhile is measured by the benchmarks.)
#[test]
fn saving_does_not_wait_for_any_line() {
    let dir = scratch();
    let mut country = Country::new(dir.path(), seed());
    let mut desk = Served::signed_in(&dir.path().join("a"));
    for line in [Line::Refused, Line::BlackHole, Line::Trickle] {
        country.proxy.hang_up();
        country.proxy.set(line);
        let taken = country.proxy.taken();
        // A person presses the button: a contact is under way, and not one of these lines can end it.
        let mut screen = desk.screen();
        let press = std::thread::spawn(move || screen.ask("sync_now", json!({})));
        if line != Line::Refused {
            let hangs = || country.proxy.taken() > taken && country.proxy.bytes(Way::Up) > 0;
            until("the contact hangs", Duration::from_secs(60), hangs);
        }
        for _ in 0..12 {
            let said = country.work.step(&mut desk);
            assert!(matches!(said, Said::Done(_)), "{line:?}: {said:?}");
        }
        let status = desk.ok("sync_status", json!({}));
        assert!(status["unacknowledged"].as_u64().unwrap() > 0, "{line:?}: {status}");
        country.proxy.hang_up();
        drop(press);
    }
    country.proxy.hang_up();
    country.proxy.set(Line::Good);
    assert_eq!(desk.ok("sync_now", json!({}))["unacknowledged"], 0);
    desk.end();
    let wrong = country.agree(dir.path());
    assert!(wrong.is_empty(), "seed {}:\n{}", country.seed, wrong.join("\n"));
    drop(country.region);
}
