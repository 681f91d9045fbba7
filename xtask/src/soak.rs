//! `cargo xtask soak`: the full numbers, with figures and date written into docs/soak.md.

use crate::{exec, paths, simulate};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// The line under which the simulator's runs stand, newest first.
const UNDER: &str = "| date (UTC) | commit | seeds | result |\n|---|---|---|---|\n";

/// Runs this many seeds.
pub fn run(seeds: u64) -> Result<()> {
    let program = simulate::build()?;
    let (ok, last) = simulate::seeds(&program, seeds)?;
    let date = exec::output(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M"]))?;
    let commit = exec::output(
        Command::new("git").current_dir(paths::root()).args(["describe", "--always", "--dirty"]),
    )?;
    let file = paths::root().join("docs").join("soak.md");
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let row = format!("| {} | {} | 1..{seeds} | {last} |\n", date.trim(), commit.trim());
    std::fs::write(&file, with_row(&text, &row)?)?;
    if !ok {
        bail!("seeds failed; they are kept in {}", simulate::kept().display());
    }
    Ok(())
}

fn with_row(text: &str, row: &str) -> Result<String> {
    let (head, tail) = text.split_once(UNDER).context("docs/soak.md has no table for it")?;
    Ok(format!("{head}{UNDER}{row}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_run_stands_first() {
        let text = std::fs::read_to_string(paths::root().join("docs").join("soak.md")).unwrap();
        let new = with_row(&text, "| now |\n").unwrap();
        assert!(new.contains(&format!("{UNDER}| now |\n")));
        assert!(with_row("nothing", "x").is_err());
    }
}
