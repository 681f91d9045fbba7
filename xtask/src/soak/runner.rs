//! Runs the tests of a check, told how many, against the programs they need.

use super::Ended;
use super::jobs::{Needs, Tests};
use crate::postgres::Postgres;
use crate::{binaries, exec, paths, schemathesis};
use anyhow::{Result, bail};
use std::process::Command;
use std::time::Instant;

/// What the tests and the programs are built as.
#[derive(Clone, Copy)]
pub enum Build {
    /// As it ships, optimised.
    Release,
    /// With the planted bugs, of which this one wakes up; none by an empty name.
    Planted(&'static str),
}

impl Build {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--release"],
            Self::Planted(_) => &["--features", "esik-wire/planted"],
        }
    }
}

/// The words of a test's own figure: what it prints after this stands in the row.
const FIGURE: &str = "soak: ";

/// Runs them; they did not hold when one failed. A check that does not run at all is an error. With the `full` number
/// they hold times and memory to their limits, too.
pub fn run(name: &str, tests: &Tests, count: u64, full: bool, build: Build) -> Result<Ended> {
    if paths::on_path("cargo-nextest").is_none() {
        bail!("`cargo install cargo-nextest --locked` first: it picks the tests of a soak");
    }
    // Built first, so that the time is the tests' own.
    exec::run(nextest(build).arg("--no-run"))?;
    let mut nextest = nextest(build);
    nextest.arg("--no-capture").args(["--filterset", tests.filter]);
    nextest.env(tests.variable, count.to_string()).env("ESIK_FULL", u8::from(full).to_string());
    match build {
        Build::Release => nextest.args(["--profile", "soak", "--no-fail-fast"]),
        Build::Planted(bug) => nextest.env("ESIK_PLANTED", bug),
    };
    if tests.needs.contains(&Needs::Programs) {
        // A folder for each check: two may run beside each other.
        let aside = paths::target().join("under-soak").join(name);
        let flags = [&["--bins"], build.flags()].concat();
        binaries::set_aside(&binaries::programs(&flags)?, &aside)?;
        nextest.env("ESIK_BIN_DIR", aside);
    }
    if tests.needs.contains(&Needs::Schemathesis) {
        schemathesis::tell(&mut nextest)?;
    }
    let cluster = tests.needs.contains(&Needs::Postgres).then(Postgres::start).transpose()?;
    if let Some(cluster) = &cluster {
        cluster.tell(&mut nextest);
    }
    let start = Instant::now();
    let mut figures = Vec::new();
    let mut summary = String::new();
    let ok = exec::watch(&mut nextest, |line| {
        if let Some((_, figure)) = line.split_once(FIGURE) {
            figures.push(figure.trim().to_owned());
        }
        if let Some((_, said)) = line.split_once("] ").filter(|_| line.contains("Summary [")) {
            said.split(", ").take(1).collect::<String>().trim().clone_into(&mut summary);
        }
    })?;
    if summary.is_empty() {
        bail!("no test ran");
    }
    figures.push(summary);
    Ok((ok, figures.join("; "), start.elapsed()))
}

fn nextest(build: Build) -> Command {
    let mut nextest = Command::new(paths::cargo());
    nextest.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target());
    nextest.args(["nextest", "run", "--locked", "--workspace", "--features", binaries::FEATURES]);
    nextest.args(build.flags());
    nextest
}
