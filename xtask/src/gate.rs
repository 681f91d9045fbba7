//! `cargo xtask test`: runs every stage, goes on after a failed one and adds it all up in the last line.

use crate::count::Count;
use crate::stages::{STAGES, Stage, State};
use anyhow::{Result, bail};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How one stage ended.
struct Ended {
    name: &'static str,
    took: Duration,
    ok: bool,
    tests: Count,
}

/// Runs all stages, or those whose name contains `only` with what they stand on.
pub fn run(only: Option<&str>) -> Result<ExitCode> {
    let chosen = choose(only);
    if chosen.is_empty() {
        let names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        bail!("no stage is called like that; there are: {}", names.join(", "));
    }
    let start = Instant::now();
    let mut state = State::default();
    let ended: Vec<Ended> = chosen.into_iter().map(|stage| one(stage, &mut state)).collect();
    println!("\n── stages, {}", seconds(start.elapsed()));
    for stage in &ended {
        let tests = match stage.tests {
            Count { passed: 0, failed: 0 } => String::new(),
            Count { passed, failed } => format!("  {passed} tests passed, {failed} failed"),
        };
        let verdict = if stage.ok { "ok    " } else { "FAILED" };
        println!("{verdict} {:>8}  {}{tests}", seconds(stage.took), stage.name);
    }
    let total = total(&ended);
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn choose(only: Option<&str>) -> Vec<&'static Stage> {
    let Some(only) = only else { return STAGES.iter().collect() };
    let asked: Vec<&Stage> = STAGES.iter().filter(|stage| stage.name.contains(only)).collect();
    STAGES
        .iter()
        .filter(|stage| {
            asked.iter().any(|asked| asked.name == stage.name || asked.after.contains(&stage.name))
        })
        .collect()
}

fn one(stage: &Stage, state: &mut State) -> Ended {
    println!("\n── {}", stage.name);
    let start = Instant::now();
    let mut tests = Count::default();
    let ok = match (stage.run)(state, &mut tests) {
        Ok(ok) => ok,
        Err(error) => {
            println!("{}: {error:#}", stage.name);
            false
        }
    };
    // A test stage in which nothing ran has proved nothing.
    let ok = ok && !(stage.has_tests && tests.passed == 0);
    if stage.has_tests && tests == Count::default() {
        println!("{}: no test ran", stage.name);
    }
    let took = start.elapsed();
    println!("── {} {} in {}", stage.name, if ok { "ok" } else { "FAILED" }, seconds(took));
    Ended { name: stage.name, took, ok, tests }
}

/// A stage counts as one, its tests beside it; a stage that failed by its tests is not counted twice.
fn total(ended: &[Ended]) -> Count {
    ended.iter().fold(Count::default(), |sum, stage| Count {
        passed: sum.passed + stage.tests.passed + u32::from(stage.ok),
        failed: sum.failed + stage.tests.failed.max(u32::from(!stage.ok)),
    })
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(ok: bool, passed: u32, failed: u32) -> Ended {
        Ended { name: "x", took: Duration::ZERO, ok, tests: Count { passed, failed } }
    }

    #[test]
    fn a_failed_stage_is_never_lost_in_the_sum() {
        let sum = total(&[ended(true, 10, 0), ended(false, 0, 0), ended(false, 3, 2)]);
        assert_eq!(sum, Count { passed: 14, failed: 3 });
    }

    #[test]
    fn a_test_stage_without_tests_fails() {
        let silent = Stage { name: "silent", after: &[], has_tests: true, run: |_, _| Ok(true) };
        assert!(!one(&silent, &mut State::default()).ok);
        let quiet = Stage { has_tests: false, ..silent };
        assert!(one(&quiet, &mut State::default()).ok);
    }

    #[test]
    fn one_stage_brings_what_it_stands_on() {
        let names: Vec<_> = choose(Some("window")).iter().map(|stage| stage.name).collect();
        assert_eq!(names, ["setup", "pages", "build", "window"]);
        assert!(choose(Some("no such stage")).is_empty());
        for stage in STAGES {
            for needed in stage.after {
                let at = |name: &str| STAGES.iter().position(|stage| stage.name == name);
                assert!(at(needed).unwrap() < at(stage.name).unwrap(), "{needed}");
            }
        }
    }
}
