//! A few seeds in every build, the same seed twice, and every seed that once failed.

use esik_simulator::planted::BUGS;
use esik_simulator::{Fault, Plan, kept, run};
use std::collections::BTreeSet;
use std::path::Path;

/// Seeds of every build beside those of the stage `simulator`.
const SEEDS: u64 = 10;
/// Seeds of copied desks in every build.
const COPIES: u64 = 4;
/// Seeds of regions and desks that are set back together, and of files, in every build.
const TOGETHER: u64 = 3;

/// S12, S16 (part), S19 (part), S21 (part), S22 (part): a handful of seeds hold, and with them S1 to S15 as far as a run meets
/// them; the rest is the stage `simulator`.
#[test]
fn a_handful_of_seeds_holds() {
    for seed in 1..=SEEDS {
        let outcome = run(&Plan::of(seed), false);
        assert_eq!(outcome.failure, None, "seed {seed}: {:#?}", outcome.tail);
    }
}

/// B12 (part): the same seed gives the same trace, another seed another one.
#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 16, 28] {
        let (one, two) = (run(&Plan::of(seed), false), run(&Plan::of(seed), false));
        assert_eq!(one.trace, two.trace, "seed {seed}");
        assert_ne!(one.trace, run(&Plan::of(seed + 1), false).trace);
    }
}

/// S23: desks one version before and one after the region, in the storm and when it is over: every message has fields
/// that the other side does not know, records are of kinds it does not know, and nothing is lost. The newer ones
/// synchronise as if nothing were; the older ones are refused (426, `every_refusal_has_its_status`), deliver what they
/// have, keep what is theirs, and agree with everybody once they are brought up to date. Nothing is ever wiped: the
/// protocol has no word for it (S31), and a profile too new for its program is left alone.
#[test]
fn programs_one_version_apart_lose_nothing() {
    for seed in 1..=3 {
        let faults = [Fault::Versions, Fault::Future, Fault::LoseAnswer, Fault::CrashDesk].into();
        let plan = Plan { faults, desks: 4, steps: 80, ..Plan::of(seed) };
        let outcome = run(&plan, false);
        assert_eq!(outcome.failure, None, "seed {seed}: {:#?}", outcome.tail);
    }
}

/// S17, B14 (part): folders copied at any moment, both machines work on and synchronise in any order, crash and lose answers. Whoever
/// is told joins again, in the storm or after it; then all desks agree, every outbox is empty, the region keeps nothing
/// apart and lost nothing. In the soak (`ESIK_COPIES`) more seeds.
#[test]
fn copied_desks_join_again_and_lose_nothing() {
    let many = std::env::var("ESIK_COPIES").ok().map_or(COPIES, |n| n.parse().unwrap());
    let (mut joined, mut events) = (0, 0);
    for seed in 1..=many {
        let faults = [Fault::Clone, Fault::LoseAnswer, Fault::CrashDesk, Fault::CrashAtCommit];
        let plan = Plan { faults: faults.into(), desks: 3, steps: 100, ..Plan::of(seed) };
        let outcome = run(&plan, false);
        assert_eq!(outcome.failure, None, "seed {seed}: {:#?}", outcome.tail);
        joined += outcome.joined_again;
        events += outcome.events;
    }
    assert!(joined as u64 >= many, "{joined} desks joined again in {many} seeds");
    println!(
        "soak: {many} seeds with copied desks, {joined} joined again, {events} events, 0 lost"
    );
}

/// S2 (part), S12 (part), S15 (part), S16 (part), S17 (part): a region set back together with its desks – by their command, by
/// hand, copied, and copied once more. Whatever anybody still holds is back at the region after three rounds, everybody agrees,
/// every outbox is empty, and of what the region takes no more every desk was told.
#[test]
fn whatever_is_set_back_together_comes_together_again() {
    for seed in 1..=TOGETHER {
        let faults = [
            Fault::RestoreRegion,
            Fault::RestoreDesk,
            Fault::RollBack,
            Fault::Clone,
            Fault::ThirdCopy,
            Fault::LoseAnswer,
        ];
        let plan = Plan { faults: faults.into(), desks: 3, steps: 120, ..Plan::of(seed) };
        let outcome = run(&plan, false);
        assert_eq!(outcome.failure, None, "seed {seed}: {:#?}", outcome.tail);
    }
}

/// S25 (part), S26 (part), S27 (part): files over cut lines, desks that crash in the middle, a region that loses pieces of them and
/// comes back without some, bits that flip at either side, a month in which what nothing names is swept. In the end every
/// file is wherever it was asked for, or lost with everybody who had it, and told as missing; no event waits for one.
#[test]
fn files_come_wherever_they_are_asked_for() {
    let mut files = 0;
    for seed in 1..=TOGETHER {
        let faults = [
            Fault::Files,
            Fault::LoseFiles,
            Fault::FlipBit,
            Fault::RestoreRegion,
            Fault::CrashAtCommit,
            Fault::Cut,
        ];
        let plan = Plan { faults: faults.into(), desks: 3, steps: 120, ..Plan::of(seed) };
        let outcome = run(&plan, false);
        assert_eq!(outcome.failure, None, "seed {seed}: {:#?}", outcome.tail);
        files += outcome.files;
    }
    assert!(files as u64 >= TOGETHER, "{files} files");
}

/// B12 (part): what a seed once found stays found.
#[test]
fn seeds_that_once_failed_hold() {
    let kept = kept();
    assert!(!kept.is_empty());
    for (file, saved) in kept {
        let outcome = run(&saved.plan, false);
        assert_eq!(outcome.failure, None, "{}: {:#?}", file.display(), outcome.tail);
    }
}

/// The hunt goes through a list: a bug that is planted and not listed would never be looked for.
#[test]
fn every_planted_bug_is_on_the_list() {
    fn look(dir: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for rest in text.split("planted::is(\"").skip(1) {
                    found.insert(rest.split('"').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeSet::new();
    for of in ["store", "sync", "server", "app"] {
        look(&crates.join(of).join("src"), &mut found);
    }
    let listed: BTreeSet<String> = BUGS.iter().map(|b| b.name.to_owned()).collect();
    assert_eq!(listed.difference(&found).count(), 0, "a bug on the list is not planted");
    assert!(listed.len() >= 10);
    // The other checks have their own list.
    let jobs = crates.parent().unwrap().join("xtask/src/soak/jobs.rs");
    let jobs = std::fs::read_to_string(jobs).unwrap();
    for bug in found.difference(&listed) {
        assert!(jobs.contains(&format!("\"{bug}\"")), "nobody looks for {bug}");
    }
}
