//! Saving while the region does not answer: nobody listens, everything is swallowed, or a byte a second comes back.

use crate::agree;
use crate::cuts::Country;
use crate::proxy::{Line, Way};
use serde_json::json;
use std::time::{Duration, Instant};
use system_tests::dice::{beyond, number, seed};
use system_tests::program::{scratch, until};
use system_tests::served::Served;
use system_tests::work::{Asked as _, Said};

/// Saves over each line in one test run; another number by `ESIK_SAVES`.
const SAVES: u64 = 12;
/// Saves over one line, at most, before it is another's turn: the desk grows meanwhile, and the machine differs.
const IN_A_ROW: usize = 100;
const LINES: [Line; 4] = [Line::Good, Line::Refused, Line::BlackHole, Line::Trickle];

/// The time below which 95 of 100 lie.
fn p95(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[(all.len() * 95).div_ceil(100) - 1]
}

/// An officer's work until so many intakes are saved; how long the saving of each took.
fn saves(country: &mut Country, desk: &mut Served, n: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    while times.len() < n {
        let (cases, start) = (country.work.cases(), Instant::now());
        let said = country.work.step(desk);
        let took = start.elapsed();
        assert!(matches!(said, Said::Done(_)), "{said:?}");
        if country.work.cases() > cases {
            times.push(took);
        }
    }
    times
}

/// Work over a line until so many intakes are saved, while a contact that it cannot end is under way.
fn on(line: Line, country: &mut Country, desk: &mut Served, count: usize) -> Vec<Duration> {
    country.proxy.hang_up();
    country.proxy.set(line);
    let taken = country.proxy.taken();
    // A person presses the button: a contact is under way, and none of the bad lines can end it.
    let mut screen = desk.screen();
    let press = std::thread::spawn(move || screen.ask("sync_now", json!({})));
    if matches!(line, Line::BlackHole | Line::Trickle) {
        // The desk listens for news over a line of its own, which may be there first.
        let hangs = || {
            let under_way = !desk.ok("sync_status", json!({}))["progress"].is_null();
            under_way && country.proxy.taken() > taken && country.proxy.bytes(Way::Up) > 0
        };
        until("the contact hangs", Duration::from_secs(60), hangs);
        saves(country, desk, 1);
        // No time is needed to tell that a save waited: the contact would be over.
        let status = desk.ok("sync_status", json!({}));
        assert!(!status["progress"].is_null(), "{line:?}: the save came after the contact");
    }
    let times = saves(country, desk, count);
    if line != Line::Good {
        let status = desk.ok("sync_status", json!({}));
        assert!(status["unacknowledged"].as_u64().unwrap() > 0, "{line:?}: {status}");
    }
    country.proxy.hang_up();
    drop(press);
    times
}

/// B19: the desk saves on whatever line, a contact under way or not. The soak compares how long saving an intake takes
/// on each line, and holds it to the limits.
#[test]
fn saving_does_not_wait_for_any_line() {
    let dir = scratch();
    let mut country = Country::new(dir.path(), seed());
    let mut desk = Served::signed_in(&dir.path().join("a"));
    let count = usize::try_from(number("ESIK_SAVES", SAVES)).unwrap();
    let mut times = LINES.map(|line| (line, Vec::new()));
    for done in (0..count).step_by(IN_A_ROW) {
        for (line, times) in &mut times {
            times.extend(on(*line, &mut country, &mut desk, IN_A_ROW.min(count - done)));
        }
    }
    let p95 = times.map(|(line, times)| (line, p95(times).as_secs_f64() * 1000.0));
    let said = p95.map(|(line, ms)| format!("{line:?} {ms:.1} ms")).join(", ");
    let worst = p95.iter().map(|(_, ms)| *ms).fold(0.0, f64::max);
    let by = 100.0 * (worst / p95[0].1 - 1.0);
    println!(
        "soak: p95 of {count} saves on each line: {said}; the worst {by:+.0} % of a good line"
    );
    country.proxy.hang_up();
    country.proxy.set(Line::Good);
    let status = desk.ok("sync_now", json!({}));
    assert_eq!(status["unacknowledged"], 0, "{status}");
    desk.end();
    let mut wrong = agree(dir.path(), &country.work);
    wrong.extend(p95.iter().filter_map(|(line, ms)| beyond(&format!("{line:?}, ms"), *ms, 150.0)));
    wrong.extend(beyond("more than on a good line, %", by, 10.0));
    assert!(wrong.is_empty(), "seed {}:\n{}", country.seed, wrong.join("\n"));
    drop(country.region);
}
