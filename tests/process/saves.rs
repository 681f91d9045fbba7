//! Saving while the region does not answer: nobody listens, everything is swallowed, or a byte a second comes back.

use crate::agree;
use crate::cuts::Country;
use crate::proxy::{Line, Way};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use system_tests::dice::{number, seed};
use system_tests::program::{scratch, until};
use system_tests::served::Served;
use system_tests::work::{Asked as _, Said};

/// Saves over each line in one test run; another number by `ESIK_SAVES`.
const SAVES: u64 = 12;

/// The time below which 95 of 100 lie.
fn p95(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[(all.len() * 95).div_ceil(100) - 1]
}

/// Saves of one kind, so that the lines can be compared: a note to the same case; how long each took.
fn saves(desk: &mut Served, case: &Value, n: u64) -> Vec<Duration> {
    let one = |n: u64| {
        let text = format!("Қоңырау шалды, бөтен адам көтерді: {n}");
        let start = Instant::now();
        let said = desk.ask("note_add", json!({ "case": case, "text": text }));
        let took = start.elapsed();
        assert!(matches!(said, Said::Done(_)), "{said:?}");
        took
    };
    (0..n).map(one).collect()
}

/// B19 (part): the desk saves on whatever line, a contact under way or not. Every kind of work is done in a build; the
/// soak compares how long saving takes on each line, and prints it: no time is asserted.
#[test]
fn saving_does_not_wait_for_any_line() {
    let dir = scratch();
    let mut country = Country::new(dir.path(), seed());
    let mut desk = Served::signed_in(&dir.path().join("a"));
    while country.work.cases() == 0 {
        country.work.step(&mut desk);
    }
    let case = json!(country.work.case_ids()[0]);
    let count = number("ESIK_SAVES", SAVES);
    let mut times = Vec::new();
    for line in [Line::Good, Line::Refused, Line::BlackHole, Line::Trickle] {
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
            saves(&mut desk, &case, 1);
            // No time is needed to tell that a save waited: the contact would be over.
            let status = desk.ok("sync_status", json!({}));
            assert!(!status["progress"].is_null(), "{line:?}: the save came after the contact");
        }
        for _ in 0..12 {
            let said = country.work.step(&mut desk);
            assert!(matches!(said, Said::Done(_)), "{line:?}: {said:?}");
        }
        times.push((line, p95(saves(&mut desk, &case, count))));
        if line != Line::Good {
            let status = desk.ok("sync_status", json!({}));
            assert!(status["unacknowledged"].as_u64().unwrap() > 0, "{line:?}: {status}");
        }
        country.proxy.hang_up();
        drop(press);
    }
    let ms = |d: &Duration| d.as_secs_f64() * 1000.0;
    let said: Vec<String> = times.iter().map(|(l, t)| format!("{l:?} {:.1} ms", ms(t))).collect();
    let up = ms(&times[0].1);
    let worst = times.iter().map(|(_, t)| ms(t)).fold(0.0, f64::max);
    let by = 100.0 * (worst - up) / up;
    println!(
        "soak: p95 of {count} saves on each line: {}; the worst {by:+.0} % of a good line",
        said.join(", ")
    );
    country.proxy.hang_up();
    country.proxy.set(Line::Good);
    assert_eq!(desk.ok("sync_now", json!({}))["unacknowledged"], 0);
    desk.end();
    let wrong = agree(dir.path(), &country.work);
    assert!(wrong.is_empty(), "seed {}:\n{}", country.seed, wrong.join("\n"));
    drop(country.region);
}
