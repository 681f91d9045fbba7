//! The line between desk and region is cut at a byte, in both directions: nothing is lost, nothing is there
//! twice, and at most one session is said again.

use crate::proxy::{Line, Proxy, Way};
use crate::{agree, fill};
use serde_json::{Value, json};
use std::path::Path;
use system_tests::dice::{Dice, number, seed};
use system_tests::program::scratch;
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::work::{Kind, Work};

/// Cuts in one test run, spread over both directions of a session; another number by `ESIK_CUTS`. With as many
/// as a session has bytes, each byte is met.
const CUTS: u64 = 48;
/// Desks that are cut side by side.
const LANES: u64 = 12;
/// Events that are on the way when the line is cut.
const EVENTS: u64 = 50;

pub struct Country {
    pub region: Region,
    pub proxy: Proxy,
    pub work: Work,
    pub seed: u64,
}

impl Country {
    /// A region, a line to it, and a desk that has joined over this line.
    pub fn new(dir: &Path, seed: u64) -> Self {
        let region = Region::start(&dir.join("region"));
        let proxy = Proxy::to(region.port);
        set_up(&dir.join("a"), "Әлиева", Some((&proxy.url(), &region.code())));
        set_up(&dir.join("b"), "Бекова", Some((&region.url(), &region.code())));
        let work = Work::new("а", seed, Kind { files: false, crimes: false });
        Self { region, proxy, work, seed }
    }
}

/// What a sync that was cut may say.
fn said_of_a_cut(status: &Value) -> Option<String> {
    let code = status["failure"]["code"].as_str()?;
    (code != "region_unreachable").then(|| format!("a cut line is called {code}"))
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

/// The events of a session, in the newest case: one that all cuts share would grow to a hundred thousand.
fn refill(desk: &mut DeskProcess, work: &mut Work) {
    let case = json!(work.case_ids().last());
    fill(desk, work, &case, EVENTS);
}

/// Every `lanes`-th of the cuts.
fn one_lane(dir: &Path, seed: u64, lane: u64, cuts: u64, lanes: u64) -> Vec<String> {
    let mut country = Country::new(dir, seed + lane);
    let mut desk = DeskProcess::start(&dir.join("a"));
    while country.work.cases() == 0 {
        country.work.step(&mut desk);
    }
    desk.ok("sync_now", json!({}));

    // How long a session is when nothing happens to it.
    refill(&mut desk, &mut country.work);
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
        refill(&mut desk, &mut country.work);
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
    wrong.extend(agree(dir, &country.work));
    wrong
}
