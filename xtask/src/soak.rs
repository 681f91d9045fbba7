//! `cargo xtask soak`: the full numbers, with figures and date written into docs/soak.md.

mod jobs;

use crate::count::Count;
use crate::postgres::Postgres;
use crate::{binaries, exec, fuzz, paths, schemathesis, simulate};
use anyhow::{Context as _, Result, bail};
use jobs::{How, JOBS, Job, Needs};
use std::process::Command;
use std::time::{Duration, Instant};

/// The line under which the runs stand, newest first.
const UNDER: &str =
    "| date (UTC) | commit | check | what ran | took | result |\n|---|---|---|---|---|---|\n";

/// What was asked for on the command line.
#[derive(Default)]
pub struct Wish {
    /// Only the jobs whose name contains it.
    pub only: Option<String>,
    /// Another number than the full one; it stands in the row.
    pub count: Option<u64>,
}

/// How a job ended: whether everything held, its own words for it, and how long it ran without being built.
type Ended = (bool, String, Duration);

/// Runs the jobs one after another; each writes its row when it ends, a failed one too.
pub fn run(wish: &Wish) -> Result<()> {
    let chosen: Vec<&Job> = JOBS
        .iter()
        .filter(|job| wish.only.as_deref().is_none_or(|only| job.name.contains(only)))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = JOBS.iter().map(|job| job.name).collect();
        bail!("no check is called like that; there are: {}", names.join(", "));
    }
    let mut failed = Vec::new();
    for job in chosen {
        let count = wish.count.unwrap_or(job.full);
        println!("\n── {} ({}): {count} {}", job.name, job.property, job.unit);
        let start = Instant::now();
        let ended = one(job, count);
        let (ok, said, took) = ended.unwrap_or_else(|e| (false, format!("{e:#}"), start.elapsed()));
        note(job, count, &format!("{:.0} s", took.as_secs_f64()), ok, &said)?;
        if !ok {
            failed.push(job.name);
        }
    }
    if !failed.is_empty() {
        bail!("did not hold: {}", failed.join(", "));
    }
    Ok(())
}

/// Tells the tests of a build how many; the number stands in one place.
pub fn tell_per_build(tests: &mut Command) {
    for job in JOBS {
        if let How::Tests { variable, .. } = job.how {
            tests.env(variable, job.per_build.to_string());
        }
    }
}

/// The number of a check in a build.
pub fn per_build(name: &str) -> Result<u64> {
    let job = JOBS.iter().find(|job| job.name == name);
    job.map(|job| job.per_build).with_context(|| format!("no check is called {name}"))
}

fn one(job: &Job, count: u64) -> Result<Ended> {
    match job.how {
        How::Fuzz => {
            let start = Instant::now();
            let said = fuzz::run(count, fuzz::Depth::Soak, &mut Count::default())?;
            Ok((true, said, start.elapsed()))
        }
        How::Simulator => {
            let program = simulate::build()?;
            let start = Instant::now();
            let (ok, last) = simulate::seeds(&program, count)?;
            Ok((ok, last, start.elapsed()))
        }
        How::Tests { filter, variable, needs } => tests(filter, variable, needs, count),
    }
}

/// The words of a test's own figure: what it prints after this stands in the row.
const FIGURE: &str = "soak: ";

fn tests(filter: &str, variable: &str, needs: &[Needs], count: u64) -> Result<Ended> {
    if paths::on_path("cargo-nextest").is_none() {
        bail!("`cargo install cargo-nextest --locked` first: it picks the tests of a soak");
    }
    // Built first, so that the time is the tests' own.
    exec::run(nextest().arg("--no-run"))?;
    let mut nextest = nextest();
    nextest.args(["--profile", "soak", "--no-fail-fast", "--no-capture"]);
    nextest.args(["--filterset", filter]).env(variable, count.to_string());
    if needs.contains(&Needs::Programs) {
        let aside = paths::target().join("under-soak");
        binaries::set_aside(&binaries::programs(&["--bins"])?, &aside)?;
        nextest.env("ESIK_BIN_DIR", aside);
    }
    if needs.contains(&Needs::Schemathesis) {
        schemathesis::tell(&mut nextest)?;
    }
    let cluster = needs.contains(&Needs::Postgres).then(Postgres::start).transpose()?;
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
    figures.push(summary);
    Ok((ok, figures.join("; "), start.elapsed()))
}

fn nextest() -> Command {
    let mut nextest = Command::new(paths::cargo());
    nextest.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target());
    nextest.args(["nextest", "run", "--locked", "--workspace", "--features", binaries::FEATURES]);
    nextest
}

fn note(job: &Job, count: u64, took: &str, ok: bool, said: &str) -> Result<()> {
    let date = exec::output(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M"]))?;
    let commit = commit()?;
    let verdict = if ok { "held" } else { "**failed**" };
    // A row is one line of a table.
    let said = said.replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ");
    let row = format!(
        "| {} | {} | {} ({}) | {count} {} | {took} | {verdict}: {said} |\n",
        date.trim(),
        commit,
        job.name,
        job.property,
        job.unit,
    );
    let file = page();
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    std::fs::write(&file, with_row(&text, &row)?)?;
    print!("{row}");
    Ok(())
}

/// The commit; `+` when something beside the page itself is not committed.
fn commit() -> Result<String> {
    let git =
        |args: &[&str]| exec::output(Command::new("git").current_dir(paths::root()).args(args));
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--", ".", ":(exclude)docs/soak.md"])?;
    Ok(format!("{}{}", commit.trim(), if changed.is_empty() { "" } else { "+" }))
}

fn page() -> std::path::PathBuf {
    paths::root().join("docs").join("soak.md")
}

fn with_row(text: &str, row: &str) -> Result<String> {
    let (head, tail) = text.split_once(UNDER).context("docs/soak.md has no table for it")?;
    Ok(format!("{head}{UNDER}{row}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    const LIST: &str = "| check | property | counted | per build | full |\n|---|---|---|---|---|\n";

    #[test]
    fn the_newest_run_stands_first() {
        let text = std::fs::read_to_string(page()).unwrap();
        let new = with_row(&text, "| now |\n").unwrap();
        assert!(new.contains(&format!("{UNDER}| now |\n")));
        assert!(with_row("nothing", "x").is_err());
    }

    /// The page states what a build runs; `ESIK_WRITE=1` writes it anew from the list.
    #[test]
    fn the_page_lists_every_check() {
        let mut rows = String::new();
        for job in JOBS {
            let Job { name, property, unit, per_build, full, .. } = job;
            let _ = writeln!(rows, "| {name} | {property} | {unit} | {per_build} | {full} |");
        }
        let text = std::fs::read_to_string(page()).unwrap();
        let (head, tail) = text.split_once(LIST).unwrap();
        let rest = tail.split_once("\n\n").unwrap().1;
        let wanted = format!("{head}{LIST}{rows}\n{rest}");
        if std::env::var_os("ESIK_WRITE").is_some() {
            std::fs::write(page(), &wanted).unwrap();
            return;
        }
        assert_eq!(text, wanted, "ESIK_WRITE=1 writes the list of docs/soak.md");
    }

    #[test]
    fn names_are_unique_and_the_full_number_is_the_greater() {
        let names: BTreeSet<_> = JOBS.iter().map(|job| job.name).collect();
        assert_eq!(names.len(), JOBS.len());
        for job in JOBS {
            assert!(job.per_build > 0 && job.full >= job.per_build, "{}", job.name);
        }
    }

    /// A variable that no test reads would leave the check at its own number, unseen.
    #[test]
    fn every_variable_is_read_by_a_test() {
        let read = exec::output(Command::new("git").current_dir(paths::root()).args([
            "grep",
            "-hoE",
            "\"ESIK_[A-Z_]+\"",
            "--",
            "crates",
            "tests",
        ]))
        .unwrap();
        for job in JOBS {
            if let How::Tests { variable, .. } = job.how {
                assert!(read.contains(&format!("\"{variable}\"")), "{variable}");
            }
        }
    }

    #[test]
    fn a_build_is_told_its_numbers() {
        let mut tests = Command::new("true");
        tell_per_build(&mut tests);
        let told = tests.get_envs().filter(|(name, _)| *name == "ESIK_DRILLS").count();
        assert_eq!(told, 1);
    }
}
