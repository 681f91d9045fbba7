//! Thirty days without a line: everything that waited is brought in one contact.

use crate::agree;
use crate::clocks::Wall;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;
use system_tests::dice::{beyond, number, seed};
use system_tests::program::{peak_mib, preload, scratch};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::work::{Kind, Said, Work};

/// Events that wait in one test run, and a file for each twenty-five of them; another number by `ESIK_OFFLINE_EVENTS`.
const EVENTS: u64 = 100;
const DAYS: i64 = 30;
const DAY: i64 = 86_400;

/// What waits at a desk: events and files.
fn waits(status: &Value) -> (u64, u64) {
    let number = |name: &str| status[name].as_u64().unwrap();
    (number("unacknowledged"), number("files_waiting"))
}

/// Puts a file to a case: some text and what makes it another file each time.
fn attach(desk: &mut DeskProcess, case: &str, n: u64) {
    let upload = format!("00000000-0000-4000-9000-{n:012x}");
    let text = format!("{n:06}").repeat(4000 + (n % 7) as usize * 8000);
    let part = json!({ "upload": upload, "from": 0, "base64": text });
    desk.ok("attachment_part", part);
    let to = json!({ "to": "case", "id": case });
    desk.ok(
        "attachment_add",
        json!({ "upload": upload, "to": to, "name": format!("сурет-{n}.bin") }),
    );
}

/// B16, S27 (part): a month of events and files goes in one contact, and nothing of it is lost or doubled. The soak holds
/// time and memory to their limits.
#[test]
fn a_month_without_a_line_is_brought_in_one_contact() {
    let dir = scratch();
    let (seed, events) = (seed(), number("ESIK_OFFLINE_EVENTS", EVENTS));
    let files = events / 25;
    let library = preload("process/clock.c", dir.path());
    let region = Region::start(&dir.path().join("region"));
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let wall = Wall::right(&dir.path().join("wall"));
    wall.set(0, -DAYS * DAY);
    let mut desk = DeskProcess::with(&a, wall.cli(&library, &a, "Asia/Almaty"));
    let mut work = Work::new("а", seed, Kind { files: false, crimes: false });
    let mut sent = 0;
    for day in 1..=DAYS {
        let share = |all: u64| all * u64::try_from(day).unwrap() / u64::try_from(DAYS).unwrap();
        let waiting = |desk: &mut DeskProcess| waits(&desk.ok("sync_status", json!({})));
        while waiting(&mut desk).0 < share(events) {
            // Some visits, and after each a handful of notes on it.
            for _ in 0..5 {
                assert!(matches!(work.step(&mut desk), Said::Done(_)));
            }
            let Some(case) = work.case_ids().last().cloned() else { continue };
            let rest = share(events).saturating_sub(waiting(&mut desk).0).min(12);
            for _ in 0..rest {
                desk.ok("note_add", json!({ "case": case, "text": "Қоңырау шалды, жауап жоқ" }));
            }
        }
        let case = work.case_ids().last().cloned();
        while let Some(case) = case.as_ref().filter(|_| sent < share(files)) {
            sent += 1;
            attach(&mut desk, case, sent);
        }
        wall.set(0, (day - DAYS) * DAY);
    }
    let before = waits(&desk.ok("sync_status", json!({})));
    assert!(before.0 >= events && before.1 >= files, "{before:?} wait");
    desk.end();

    // The line is back. A program of its own, so that the memory is the contact's.
    let mut desk = DeskProcess::start(&a);
    let start = Instant::now();
    let mut contacts = 0;
    let status = loop {
        let status = desk.ok("sync_now", json!({}));
        contacts += 1;
        if waits(&status) == (0, 0) || contacts == 20 {
            break status;
        }
    };
    let took = start.elapsed().as_secs_f64();
    let peaks = [("desk", peak_mib(desk.pid())), ("region", peak_mib(region.pid()))];
    println!(
        "soak: {} events and {} files in {took:.1} s and {contacts} contacts; peak memory {} MiB at the desk, {} MiB at the region",
        before.0, before.1, peaks[0].1, peaks[1].1
    );
    assert_eq!(waits(&status), (0, 0), "{status}");
    assert!(status["failure"].is_null(), "{status}");
    desk.end();
    let blobs = count(&region.state().join("blobs"));
    assert!(blobs >= files, "{blobs} files at the region");
    let shown = region.admin(&["region", "show"]);
    assert_eq!(shown["pos"], shown["events"]);
    let mut wrong = agree(dir.path(), &work);
    wrong.extend(beyond("seconds", took, 60.0));
    wrong.extend(
        peaks.iter().filter_map(|(of, mib)| beyond(&format!("MiB, {of}"), *mib as f64, 300.0)),
    );
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

/// Files below a folder that are whole.
fn count(folder: &Path) -> u64 {
    let mut all = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all += count(&entry.path());
        } else {
            all += 1;
        }
    }
    all
}
