//! Wall clocks that are wrong, jump or stand still, while the region's is right.

use crate::on;
use serde_json::{Value, json};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use system_tests::dice::{number, seed};
use system_tests::program::{cli, preload, scratch};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::work::{Kind, Said, Work};

const DAY: i64 = 86_400;

/// A wall clock of a program.
pub struct Wall {
    path: PathBuf,
    file: File,
}

impl Wall {
    pub fn right(path: &Path) -> Self {
        std::fs::write(path, [0; 16]).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        Self { path: path.to_owned(), file }
    }
    pub fn set(&self, slot: u64, value: i64) {
        self.file.write_all_at(&value.to_le_bytes(), slot * 8).unwrap();
    }
    pub fn cli(&self, library: &Path, profile: &Path, zone: &str) -> Command {
        let mut command = cli(profile);
        command.env("LD_PRELOAD", library).env("ESIK_WALL_CONTROL", &self.path).env("TZ", zone);
        command
    }
}

/// How a clock is.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// Wrong by so many seconds.
    Off(i64),
    /// Shows this second since 1970 and goes on.
    Shows(i64),
    /// Stands still.
    Frozen,
    /// Right, then two hours back while somebody works.
    JumpsBack,
}

/// The twelve of B17, and thirty days without a line. Whether the region can be asked with such a clock is told by TLS:
/// far from the truth its certificate is not valid, and then the clock is named.
const CLOCKS: [(&str, Clock, &str); 13] = [
    ("1970", Clock::Shows(DAY), "UTC"),
    ("2000", Clock::Shows(946_684_800), "UTC"),
    ("a day behind", Clock::Off(-DAY), "UTC"),
    ("six minutes behind", Clock::Off(-360), "UTC"),
    ("six minutes ahead", Clock::Off(360), "UTC"),
    ("a day ahead", Clock::Off(DAY), "UTC"),
    ("2038", Clock::Shows(2_147_483_648 + DAY), "UTC"),
    ("2099", Clock::Shows(4_070_908_800), "UTC"),
    ("a zone with summer time", Clock::Off(0), "Europe/Berlin"),
    ("Almaty by an old table", Clock::Off(0), "<+06>-6"),
    ("back in the middle", Clock::JumpsBack, "Asia/Almaty"),
    ("standing still", Clock::Frozen, "UTC"),
    ("thirty days ahead, no line till then", Clock::Off(30 * DAY), "UTC"),
];

fn seconds() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// The days that stand on a case, and when it was received.
fn days(case: &Value) -> Vec<String> {
    let due = case["clocks"].as_array().unwrap().iter().map(|c| c["deadline"]["due"].clone());
    let opened = case["opened_at"].as_str().unwrap_or_default().get(..10).map(|d| json!(d));
    due.chain(opened).map(|d| d.as_str().unwrap_or_default().to_owned()).collect()
}

/// A day that no case of today can have.
fn wrong_year(day: &str) -> bool {
    let day: chrono::NaiveDate = day.parse().unwrap();
    let today = chrono::DateTime::from_timestamp(seconds(), 0).unwrap().date_naive();
    !(-2..=60).contains(&(day - today).num_days())
}

/// S10 (part), S19, S20 (part), T21 (part), T22, B16 (part), B17 (part): whatever the clock showed, every desk
/// folds the same, and no case keeps a day from a wrong year after contact. (That each day is the right one to the day:
/// `a_case_of_2015_or_2036_has_its_days_from_the_receipt_after_contact`, `after_contact_every_moment_is_possible`.)
#[test]
fn desks_with_wrong_clocks_agree_and_say_that_the_clock_is_wrong() {
    let (rounds, seed) = (number("ESIK_CLOCK_ROUNDS", 1), seed());
    for round in 0..rounds {
        agree(seed + round * 1_000);
    }
    println!("soak: {rounds} rounds of {} desks with wrong clocks, all of one state", CLOCKS.len());
}

fn agree(seed: u64) {
    let dir = scratch();
    let library = preload("process/clock.c", dir.path());
    let region = Region::start(&dir.path().join("region"));
    let mut wrong = Vec::new();
    let mut desks = Vec::new();
    for (n, (name, clock, zone)) in CLOCKS.into_iter().enumerate() {
        let profile = dir.path().join(format!("desk{n}"));
        set_up(&profile, "Әлиева", Some((&region.url(), &region.code())));
        let wall = Wall::right(&dir.path().join(format!("wall{n}")));
        match clock {
            Clock::Off(by) => wall.set(0, by),
            Clock::Shows(second) => wall.set(0, second - seconds()),
            Clock::Frozen => wall.set(1, seconds()),
            Clock::JumpsBack => {}
        }
        let mut desk = DeskProcess::with(&profile, wall.cli(&library, &profile, zone));
        let kind = Kind { files: false, crimes: false };
        let mut work = Work::new(&format!("с{n}"), seed + n as u64, kind);
        for step in 0..16 {
            if step == 6 && matches!(clock, Clock::JumpsBack) {
                wall.set(0, -7200);
            }
            let said = work.step(&mut desk);
            if !matches!(said, Said::Done(_)) {
                wrong.push(format!("{name}: a desk has to save: {said:?}"));
            }
        }
        let status = desk.ok("sync_now", json!({}));
        match status["failure"]["code"].as_str() {
            None | Some("region_clock") => {}
            Some(other) => wrong.push(format!("{name}: its clock is called {other}")),
        }
        // From two minutes on (S20).
        let off = match clock {
            Clock::Shows(_) | Clock::JumpsBack => true,
            Clock::Off(by) => by.abs() > 120,
            Clock::Frozen => false,
        };
        println!("{name}: {} {}", status["failure"], status["clock_off_s"]);
        if off && status["failure"].is_null() && status["clock_off_s"].is_null() {
            wrong.push(format!("{name}: nobody is told of the clock: {status}"));
        }
        // Somebody sets the clock.
        wall.set(1, 0);
        wall.set(0, 0);
        let status = desk.ok("sync_now", json!({}));
        if status["unacknowledged"] != 0 || !status["failure"].is_null() {
            wrong.push(format!("{name}: with the right clock: {status}"));
        }
        desk.end();
        desks.push((name, profile, work));
    }
    // Everything is at the region by now.
    for (_, profile, _) in &desks {
        on(profile, &["sync", "--once"]);
    }
    let control = on(&desks[8].1, &["state-hash"]);
    for (name, profile, _) in &desks {
        if on(profile, &["state-hash"]) != control {
            wrong.push(format!("{name}: another state than the desk whose clock is right"));
        }
    }
    let mut reader = DeskProcess::start(&desks[8].1);
    for (name, _, work) in &desks {
        for id in work.case_ids() {
            let case = reader.ok("case_get", json!({ "id": id }));
            let off: Vec<_> = days(&case).into_iter().filter(|d| wrong_year(d)).collect();
            if !off.is_empty() {
                wrong.push(format!("{name}: days of another year after contact: {off:?}"));
            }
        }
        wrong.extend(
            work.missing_elsewhere(&mut reader).into_iter().map(|w| format!("{name}: {w}")),
        );
    }
    reader.end();
    drop(region);
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}
