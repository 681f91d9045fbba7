//! `cargo xtask soak`: the full numbers, with figures and date written into docs/soak.md.

mod jobs;
mod runner;

use crate::count::Count;
use crate::{exec, fuzz, paths, simulate};
use anyhow::{Context as _, Result, bail};
use jobs::{How, JOBS, Job};
use runner::Build;
use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

/// The line under which every check stands.
const LIST: &str = "| check | property | counted | per build | full | the newest run of the full number |\n|---|---|---|---|---|---|\n";
/// The line under which the runs stand, newest first.
const UNDER: &str =
    "| date (UTC) | commit | check | what ran | took | result |\n|---|---|---|---|---|---|\n";
/// The line under which the hunts for planted bugs stand, newest first.
const UNDER_HUNTS: &str = "| date (UTC) | commit | check | what ran | with every bug asleep | found |\n|---|---|---|---|---|---|\n";

/// What was asked for on the command line.
#[derive(Default)]
pub struct Wish {
    /// Only the jobs whose name contains it.
    pub only: Option<String>,
    /// Another number than the full one; it stands in the row.
    pub count: Option<u64>,
    /// Hunts for planted bugs with the numbers of a build instead.
    pub planted: bool,
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
        if wish.planted {
            if !hunt(job, wish.count.unwrap_or(job.per_build))? {
                failed.push(job.name);
            }
            continue;
        }
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
        if let How::Tests(what) = job.how {
            tests.env(what.variable, job.per_build.to_string());
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
            let program = simulate::build(&["--release"])?;
            let start = Instant::now();
            let (ok, last) = simulate::seeds(&program, count)?;
            Ok((ok, last, start.elapsed()))
        }
        How::Tests(tests) => {
            runner::run(job.name, &tests, count, count >= job.full, Build::Release)
        }
    }
}

/// Wakes each bug that the check has to find; whether it held without one and found every one. The simulator goes
/// through a list of its own.
fn hunt(job: &Job, count: u64) -> Result<bool> {
    let How::Tests(tests) = job.how else { return Ok(true) };
    if tests.finds.is_empty() {
        return Ok(true);
    }
    println!("\n── {} ({}): {count} {}, planted bugs", job.name, job.property, job.unit);
    let (sound, said, _) = runner::run(job.name, &tests, count, false, Build::Planted(""))?;
    let mut all = sound;
    let mut told = Vec::new();
    for bug in tests.finds {
        let found = !runner::run(job.name, &tests, count, false, Build::Planted(bug))?.0;
        all &= found;
        told.push(format!("`{bug}`{}", if found { "" } else { " **not found**" }));
    }
    let asleep = if sound { "held".to_owned() } else { format!("**failed**: {said}") };
    write_row(UNDER_HUNTS, job, [&format!("{count} {}", job.unit), &asleep, &told.join(", ")])?;
    Ok(all)
}

fn note(job: &Job, count: u64, took: &str, ok: bool, said: &str) -> Result<()> {
    let verdict = if ok { "held" } else { "**failed**" };
    let ran = format!("{count} {}", job.unit);
    write_row(UNDER, job, [&ran, took, &format!("{verdict}: {said}")])
}

/// Puts a row on the page: when, of which commit, of what, and these.
fn write_row(under: &str, job: &Job, cells: [&str; 3]) -> Result<()> {
    let date = exec::output(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M"]))?;
    let what = format!("{} ({})", job.name, job.property);
    let commit = commit()?;
    let mut row = String::from("|");
    for cell in [date.trim(), &commit, &what].into_iter().chain(cells) {
        // A row is one line of a table.
        let cell = cell.replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ");
        row.push(' ');
        row.push_str(&cell);
        row.push_str(" |");
    }
    row.push('\n');
    let file = page();
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    std::fs::write(&file, listed(&with_row(&text, under, &row)?)?)?;
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

fn with_row(text: &str, under: &str, row: &str) -> Result<String> {
    let (head, tail) = text.split_once(under).context("docs/soak.md has no table for it")?;
    Ok(format!("{head}{under}{row}{tail}"))
}

/// The page with every check on its list, and how each ended when it last ran whole.
fn listed(text: &str) -> Result<String> {
    let missing = "docs/soak.md has no such table";
    let (head, tail) = text.split_once(LIST).context(missing)?;
    let (_, rest) = tail.split_once("\n\n").context(missing)?;
    let (_, runs) = rest.split_once(UNDER).context(missing)?;
    let mut rows = String::new();
    for job in JOBS {
        let Job { name, property, unit, per_build, full, .. } = job;
        let newest = newest(runs, job).unwrap_or_else(|| "none".to_owned());
        let _ =
            writeln!(rows, "| {name} | {property} | {unit} | {per_build} | {full} | {newest} |");
    }
    Ok(format!("{head}{LIST}{rows}\n{rest}"))
}

/// “held” or “failed”, with day and commit, from the first row of this check that has the full number.
fn newest(runs: &str, job: &Job) -> Option<String> {
    let what = format!("{} ({})", job.name, job.property);
    let counted = format!("{} ", job.full);
    runs.lines().take_while(|line| line.starts_with('|')).find_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let (date, commit) = (cells.next()?, cells.next()?);
        let ours = cells.next()? == what && cells.next()?.starts_with(&counted);
        let (verdict, _) = cells.nth(1).filter(|_| ours)?.split_once(':')?;
        Some(format!("{verdict}, {} ({commit})", date.split(' ').next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_newest_run_stands_first() {
        let text = std::fs::read_to_string(page()).unwrap();
        for under in [UNDER, UNDER_HUNTS] {
            let new = with_row(&text, under, "| now |\n").unwrap();
            assert!(new.contains(&format!("{under}| now |\n")));
            assert!(with_row("nothing", under, "x").is_err());
        }
    }

    /// The page states what a build runs; `ESIK_WRITE=1` writes it anew from the list.
    #[test]
    fn the_page_lists_every_check() {
        let text = std::fs::read_to_string(page()).unwrap();
        let wanted = listed(&text).unwrap();
        if std::env::var_os("ESIK_WRITE").is_some() {
            std::fs::write(page(), &wanted).unwrap();
            return;
        }
        assert_eq!(text, wanted, "ESIK_WRITE=1 writes the list of docs/soak.md");
    }

    #[test]
    fn the_newest_run_of_the_full_number_is_told() {
        let kills = JOBS.iter().find(|job| job.name == "kills").unwrap();
        let row = |date: &str, what: &str, count: u64, verdict: &str| {
            format!(
                "| {date} 10:00 | abc | {what} | {count} kills of each kind | 9 s | {verdict}: 1 passed |\n"
            )
        };
        let (few, other) = (
            row("2026-11-04", "kills (B02)", 8, "held"),
            row("2026-11-03", "dead (B02)", 500, "held"),
        );
        let (failed, held) = (
            row("2026-11-02", "kills (B02)", 500, "**failed**"),
            row("2026-11-01", "kills (B02)", 500, "held"),
        );
        let told =
            |rows: &[&String]| newest(&rows.iter().map(|r| r.as_str()).collect::<String>(), kills);
        assert_eq!(told(&[&few, &other]), None);
        assert_eq!(
            told(&[&few, &other, &failed, &held]).as_deref(),
            Some("**failed**, 2026-11-02 (abc)")
        );
        assert_eq!(told(&[&held, &failed]).as_deref(), Some("held, 2026-11-01 (abc)"));
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
            if let How::Tests(tests) = job.how {
                let variable = tests.variable;
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
