//! The n-th act on the disk fails, for every n: correct data or a correct error.

use crate::faults::{Control, FOR_EVER, Fault, how, kinds};
use crate::{lost, rounds};
use std::path::{Path, PathBuf};
use system_tests::dice::{number, seed};
use system_tests::program::{copy_profile, preload, scratch};
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::work::{Kind, Said, Work};

/// Faults in one test run; another number by `ESIK_IO_FAULTS`.
const FAULTS: u64 = 48;
/// Acts of an officer in one run.
const STEPS: u32 = 24;

/// What a desk may call a disk that fails.
const NAMED: [&str; 4] = ["disk_full", "disk_failed", "read_only", "corrupt"];

pub struct Bench {
    pub dir: PathBuf,
    pub library: PathBuf,
    pub template: PathBuf,
    pub seed: u64,
}

impl Bench {
    pub fn new(dir: &Path, seed: u64) -> Self {
        let template = dir.join("template");
        set_up(&template, "Әлиева", None);
        let library = preload("process/faults.c", dir);
        Self { dir: dir.to_owned(), library, template, seed }
    }

    /// A profile of its own, on a disk that is sound so far.
    pub fn fresh(&self, place: usize) -> (PathBuf, Control) {
        let profile = self.dir.join(format!("{place}")).join("desk");
        copy_profile(&self.template, &profile);
        (profile, Control::new(&self.dir.join(format!("{place}.control"))))
    }

    pub fn work(&self) -> Work {
        Work::new("а", self.seed, Kind { files: true, crimes: true })
    }

    /// A shift on a disk with this fault. What is wrong afterwards, and how often the disk failed.
    pub fn shift(&self, fault: Fault, place: usize) -> (Vec<String>, u64, u64) {
        let (profile, control) = self.fresh(place);
        control.set(fault);
        let mut work = self.work();
        let mut wrong = Vec::new();
        let mut desk = DeskProcess::with(&profile, control.cli(&self.library, &profile));
        let mut refused = 0;
        for step in 0..STEPS {
            let hits = control.hits();
            match work.step(&mut desk) {
                Said::Done(_) => {}
                Said::Refused(code) => {
                    refused += 1;
                    if control.hits() == 0 {
                        wrong.push(format!("step {step}: {code} on a sound disk"));
                    } else if !NAMED.contains(&code.as_str()) {
                        wrong.push(format!("step {step}: the disk's fault is called {code}"));
                    } else if fault.times == 1 && control.hits() == hits && hits > 0 && step > 0 {
                        // One act failed before; the disk is sound since. An act may be refused once
                        // more (the doubtful connection), not for ever.
                        if refused > 2 {
                            wrong.push(format!("step {step}: {code} long after the fault"));
                        }
                    }
                }
                Said::Gone => {
                    // It may refuse to start on such a disk; it may not break down in the middle.
                    if step > 0 && refused == 0 {
                        wrong.push(format!("step {step}: the program is gone"));
                    }
                    break;
                }
            }
        }
        let (seen, hits) = (control.seen(), control.hits());
        desk.end();
        control.heal();
        wrong.extend(lost(&profile, &work));
        wrong.extend(strays(&profile));
        (wrong, hits, seen)
    }
}

/// Files that nobody knows.
pub fn strays(profile: &Path) -> Vec<String> {
    let known = [
        "esik.db",
        "esik.spare",
        "looked-through",
        "keys.v1",
        "keys.v1.copy",
        "face.json",
        "profile.lock",
    ];
    let mut strays = Vec::new();
    let mut folders = vec![profile.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if !known.contains(&name.as_str()) && !is_sealed(&name) {
                strays.push(format!("stray {name}"));
            }
        }
    }
    strays
}

/// An attached file by its address.
fn is_sealed(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn one(from: u64, how: u64) -> Fault {
    Fault { kinds: kinds::ALL, how, from, times: 1, percent: 0, seed: 0 }
}

/// S1 (part), T25, B06 (part): the n-th open, write, sync, truncation, renaming or removal fails.
#[test]
fn a_disk_that_fails_once_loses_nothing_and_is_said() {
    let dir = scratch();
    let bench = Bench::new(dir.path(), seed());
    let (wrong, _, acts) = bench.shift(one(0, how::EIO), 0);
    assert!(wrong.is_empty(), "without a fault: {wrong:?}");
    assert!(acts > 100, "{acts} acts");
    let hows = [how::EIO, how::ENOSPC, how::SHORT, how::TORN];
    let faults = number("ESIK_IO_FAULTS", FAULTS);
    println!("soak: {faults} faults, each in a shift of {acts} acts on the disk");
    let wrong = rounds(faults, |i, worker| {
        // Spread over the whole shift; with as many faults as acts and ways, each is met.
        let which = i * (acts * hows.len() as u64).div_ceil(faults.max(1)).max(1);
        // The second act opens the database: a desk that could not once stayed read-only till the next sign-in.
        let n = if i < 4 { 2 } else { 1 + which / hows.len() as u64 % acts };
        let how = hows[(i % 4) as usize];
        let (wrong, hits, _) = bench.shift(one(n, how), worker);
        assert_eq!(hits, 1, "act {n} of {acts} was not met");
        wrong.into_iter().map(|w| format!("act {n} of {acts}, {how}: {w}")).collect()
    });
    assert!(wrong.is_empty(), "seed {}:\n{}", bench.seed, wrong.join("\n"));
}

/// B06 (part): from some sync on no sync succeeds: nothing is called saved any more. The disk drops what it could
/// not write, as Linux does. When it is sound again, work goes on in the same program.
#[test]
fn after_a_failed_sync_nothing_is_called_saved() {
    let dir = scratch();
    let bench = Bench::new(dir.path(), seed());
    let wrong = rounds(number("ESIK_IO_FAULTS", FAULTS).div_ceil(9), |i, worker| {
        let (profile, control) = bench.fresh(worker);
        let mut work = bench.work();
        let mut desk = DeskProcess::with(&profile, control.cli(&bench.library, &profile));
        let mut wrong = Vec::new();
        // Sign-in and the first acts are on a sound disk.
        for _ in 0..2 + i % 7 {
            if !matches!(work.step(&mut desk), Said::Done(_)) {
                wrong.push("refused on a sound disk".to_owned());
            }
        }
        let how = if i % 2 == 0 { how::EIO } else { how::ENOSPC };
        control.set(Fault { kinds: kinds::SYNC, times: FOR_EVER, ..one(1 + i % 3, how) });
        for _ in 0..6 {
            let before = control.hits();
            let said = work.step(&mut desk);
            // A part of a file is no promise.
            if before > 0 && matches!(said, Said::Done(ref v) if v.get("bytes").is_none()) {
                wrong.push(format!("{said:?} though no sync succeeds"));
            }
        }
        if control.hits() == 0 {
            wrong.push("no sync was asked for".to_owned());
        }
        control.heal();
        let cases = work.cases();
        for _ in 0..STEPS {
            work.step(&mut desk);
        }
        if work.cases() < cases + 2 {
            wrong.push(format!("{} cases on a sound disk: {:?}", work.cases(), work.refused));
        }
        desk.end();
        wrong.extend(lost(&profile, &work));
        wrong.into_iter().map(|w| format!("round {i}: {w}")).collect()
    });
    assert!(wrong.is_empty(), "seed {}:\n{}", bench.seed, wrong.join("\n"));
}

/// The test of the tests: a disk that says “written” or “synced” and is not.
#[test]
fn a_disk_that_lies_is_caught() {
    let dir = scratch();
    let bench = Bench::new(dir.path(), seed());
    for kinds in [kinds::WRITE, kinds::SYNC] {
        let (_, _, acts) = bench.shift(Fault { kinds, ..one(0, how::LIE) }, 0);
        let mut caught = 0;
        for n in 1..=4 {
            let lie = Fault { kinds, times: FOR_EVER, ..one(n * acts / 6, how::LIE) };
            let (wrong, hits, _) = bench.shift(lie, 0);
            caught += usize::from(hits > 0 && !wrong.is_empty());
        }
        println!("a disk that lies about {kinds} is caught {caught} times of 4");
        assert!(caught >= 3, "{kinds}: {caught}");
    }
}
