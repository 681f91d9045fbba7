//! The shipped programs on bad machines: disks that fail or are full, lines that are cut, programs that are
//! killed, clocks that are wrong. What was answered is there afterwards; what was not done is said by name.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod clocks;
mod cuts;
mod dead_regions;
mod disk_full;
mod faults;
mod held_files;
mod herd;
mod instances;
mod io_errors;
mod kills;
mod offline;
mod proxy;
mod repeats;
mod saves;

use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use system_tests::program::cli;
use system_tests::rpc::{DeskProcess, lines, password_file};
use system_tests::work::Work;

/// The answers of a one-off command on a profile.
fn on(profile: &Path, args: &[&str]) -> Vec<Value> {
    let file = password_file(profile.parent().unwrap());
    lines(cli(profile).arg("--password-file").arg(file).args(args))
}

/// Runs rounds 0..n on all processors and gathers what went wrong.
fn rounds(n: u64, round: impl Fn(u64, usize) -> Vec<String> + Sync) -> Vec<String> {
    let next = AtomicU64::new(0);
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(4);
    std::thread::scope(|scope| {
        let work = |worker: usize| {
            let (next, round) = (&next, &round);
            move || {
                let mut wrong = Vec::new();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        return wrong;
                    }
                    wrong.extend(round(i, worker));
                }
            }
        };
        let hands: Vec<_> = (0..workers).map(|worker| scope.spawn(work(worker))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    })
}

/// What a profile lost, opened on a sound machine: empty when everything that was answered is there, nothing is
/// there twice, and the log is whole.
fn lost(profile: &Path, work: &Work) -> Vec<String> {
    let file = password_file(profile.parent().unwrap());
    let out = cli(profile).arg("--password-file").arg(&file).arg("verify").output().unwrap();
    let told: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    if told["sound"] != true {
        return vec![format!("not sound: {}", String::from_utf8_lossy(&out.stdout))];
    }
    let mut desk = DeskProcess::start(profile);
    let mut wrong = work.missing(&mut desk);
    desk.end();
    let (least, most) = work.cases_between();
    let cases = told["cases"].as_u64().unwrap() as usize;
    if cases < least || cases > most {
        wrong.push(format!("{cases} cases where {least} to {most} were asked for"));
    }
    wrong
}

/// Saves until so many events wait; how many do.
fn fill(desk: &mut DeskProcess, work: &mut Work, case: &Value, events: u64) -> u64 {
    for _ in 0..6 {
        work.step(desk);
    }
    loop {
        let waiting = desk.ok("sync_status", json!({}))["unacknowledged"].as_u64().unwrap();
        if waiting >= events {
            return waiting;
        }
        desk.ok("note_add", json!({ "case": case, "text": "Қоңырау шалды, бөтен адам көтерді" }));
    }
}

/// Everybody has told everything: the desks `a` and `b` of this folder hold the same, nothing is lost, and nothing is
/// there twice. `work` is what was done at `a`.
fn agree(dir: &Path, work: &Work) -> Vec<String> {
    let (a, b) = (dir.join("a"), dir.join("b"));
    for profile in [&a, &b, &a] {
        on(profile, &["sync", "--once"]);
    }
    let mut wrong = lost(&a, work);
    let mut other = DeskProcess::start(&b);
    let elsewhere = work.missing_elsewhere(&mut other);
    wrong.extend(elsewhere.into_iter().map(|w| format!("elsewhere: {w}")));
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
