//! `esik-simulator --seeds A..B`: runs seeds, writes those that fail into files.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a tool for tests: it stops when it cannot go on"
)]

use esik_simulator::planted::BUGS;
use esik_simulator::world::Broken;
use esik_simulator::{Outcome, Plan, Saved, kept, run};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

const HELP: &str = "\
esik-simulator --seeds A..B [--out DIR] [--threads N]
    runs the seeds from A up to, not including, B; a failing one is written into DIR
esik-simulator --hunt NAME|all --seeds A..B [--out DIR] [--threads N]
    wakes a planted bug (or each in turn) and tries those that once found something, then the seeds, until one finds it
esik-simulator --replay FILE
    runs a failing seed again, telling every step
";

struct Wish {
    from: u64,
    to: u64,
    out: Option<PathBuf>,
    threads: usize,
    replay: Option<PathBuf>,
    hunt: Option<String>,
}

fn wish() -> Option<Wish> {
    let mut wish = Wish { from: 1, to: 1, out: None, threads: 1, replay: None, hunt: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word.as_str() {
            "--seeds" => {
                let (from, to) = value.split_once("..")?;
                (wish.from, wish.to) = (from.parse().ok()?, to.parse().ok()?);
            }
            "--out" => wish.out = Some(value.into()),
            "--threads" => wish.threads = value.parse().ok().filter(|n| *n > 0)?,
            "--replay" => wish.replay = Some(value.into()),
            "--hunt" => wish.hunt = Some(value),
            _ => return None,
        }
    }
    (wish.replay.is_some() || wish.from < wish.to).then_some(wish)
}

fn main() -> ExitCode {
    let Some(wish) = wish() else {
        eprint!("{HELP}");
        return ExitCode::FAILURE;
    };
    if let Some(file) = &wish.replay {
        let text = std::fs::read_to_string(file).expect("the file can be read");
        let saved: Saved = serde_json::from_str(&text).expect("a saved seed");
        let outcome = run(&saved.plan, true);
        println!("trace {} in {} lines", outcome.trace, outcome.lines);
        return if outcome.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let end = match &wish.hunt {
        Some(name) => hunt(&wish, name),
        None => all(&wish),
    };
    // Desks that were dropped in the middle of their work end their own threads; leaving `main` takes the
    // cipher's library apart, and once in some runs it did so under one of them.
    std::thread::sleep(std::time::Duration::from_millis(500));
    end
}

/// Runs plans on as many threads as wanted; stops early after the first failure when it is told to.
fn in_turn(plans: VecDeque<Plan>, threads: usize, until_found: bool) -> Vec<Outcome> {
    let left = Mutex::new(plans);
    let done: Mutex<Vec<Outcome>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(plan) = left.lock().expect("lock").pop_front() else { return };
                    let outcome = or_panicked(&plan);
                    if let Some(broken) = outcome.failure.as_ref().filter(|_| !until_found) {
                        eprintln!("seed {}: {}: {}", plan.seed, broken.rule, broken.what);
                    }
                    if until_found && outcome.failure.is_some() {
                        left.lock().expect("lock").clear();
                    }
                    done.lock().expect("lock").push(outcome);
                }
            });
        }
    });
    let mut done = done.into_inner().expect("lock");
    done.sort_by_key(|o| o.plan.seed);
    done
}

/// A seed in which something panicked has failed; the others go on.
fn or_panicked(plan: &Plan) -> Outcome {
    std::panic::catch_unwind(|| run(plan, false)).unwrap_or_else(|_| Outcome {
        plan: plan.clone(),
        trace: String::new(),
        lines: 0,
        events: 0,
        joined_again: 0,
        files: 0,
        died_inside: 0,
        told_apart: 0,
        failure: Some(Broken { rule: "panic", what: "a panic; see above".to_owned() }),
        tail: Vec::new(),
    })
}

/// Seeds in which every accident has to have happened.
const MANY: usize = 100;

fn all(wish: &Wish) -> ExitCode {
    let start = Instant::now();
    let done = in_turn((wish.from..wish.to).map(Plan::of).collect(), wish.threads, false);
    let failed: Vec<&Outcome> = done.iter().filter(|o| o.failure.is_some()).collect();
    for outcome in &failed {
        let broken = outcome.failure.as_ref().expect("it failed");
        let (rule, what) = (broken.rule, &broken.what);
        println!("seed {} {:?}: {rule}: {what}", outcome.plan.seed, outcome.plan.faults);
        keep(wish.out.as_deref(), outcome, None);
    }
    let sum = |of: fn(&Outcome) -> usize| done.iter().map(of).sum::<usize>();
    let (died, told) = (sum(|o| o.died_inside), sum(|o| o.told_apart));
    println!(
        "{} seeds, {} failed, {} events, {} files, {} calls in which the region died, {} rounds that told two regions apart, {} lines of trace, {:.1} s",
        done.len(),
        failed.len(),
        sum(|o| o.events),
        sum(|o| o.files),
        died,
        told,
        sum(|o| o.lines),
        start.elapsed().as_secs_f64()
    );
    if (died == 0 || told == 0) && done.len() >= MANY && esik_wire::planted::COMPILED {
        eprintln!(
            "the region dying inside a call, or two regions at once: that accident does not happen any more"
        );
        return ExitCode::FAILURE;
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn hunt(wish: &Wish, name: &str) -> ExitCode {
    let bugs: Vec<_> = BUGS.iter().filter(|b| name == "all" || b.name == name).collect();
    if bugs.is_empty() {
        eprintln!("{name:?} is no planted bug");
        return ExitCode::FAILURE;
    }
    let mut missed = 0;
    for bug in bugs {
        let start = Instant::now();
        wake(bug.name);
        let plans = kept()
            .into_iter()
            .map(|(_, saved)| saved.plan)
            .chain((wish.from..wish.to).map(Plan::of))
            .filter(|p| bug.under.iter().all(|fault| p.has(*fault)));
        let done = in_turn(plans.collect(), wish.threads, true);
        let found = done.iter().find(|o| o.failure.is_some());
        if let Some(outcome) = found {
            let broken = outcome.failure.as_ref().expect("it failed");
            println!(
                "found {} by seed {} of {} in {:.1} s: {}: {}",
                bug.name,
                outcome.plan.seed,
                done.len(),
                start.elapsed().as_secs_f64(),
                broken.rule,
                broken.what
            );
            keep(wish.out.as_deref(), outcome, Some(bug.name));
        } else {
            missed += 1;
            println!("MISSED {} in {} seeds", bug.name, done.len());
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(feature = "planted")]
fn wake(name: &str) {
    esik_wire::planted::wake(name);
}

#[cfg(not(feature = "planted"))]
fn wake(name: &str) {
    panic!("{name}: this program was built without the feature `planted`");
}

fn keep(out: Option<&Path>, outcome: &Outcome, planted: Option<&str>) {
    let Some(out) = out else { return };
    let broken = outcome.failure.as_ref().expect("it failed");
    let saved = Saved {
        plan: outcome.plan.clone(),
        rule: broken.rule.to_owned(),
        what: broken.what.clone(),
        planted: planted.map(str::to_owned),
        tail: outcome.tail.clone(),
    };
    std::fs::create_dir_all(out).expect("a folder");
    let json = serde_json::to_string_pretty(&saved).expect("JSON");
    let of = planted.map(|name| format!("-{name}")).unwrap_or_default();
    let file = out.join(format!("seed-{}{of}.json", outcome.plan.seed));
    std::fs::write(&file, json).expect("the file is written");
    println!("  {}", file.display());
}
