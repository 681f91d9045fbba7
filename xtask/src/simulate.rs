//! The simulator of synchronisation (docs/adr/0018-simulator.md): built with the planted bugs asleep in it, so
//! that one build serves both the seeds and the hunt.

use crate::{binaries, exec, paths};
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Seeds of `cargo xtask test`.
pub const PER_BUILD: u64 = 500;
/// Seeds in which a planted bug has to be found.
const HUNT: u64 = 400;

/// The feature that compiles the planted bugs into the crates, and what else the simulator is built with.
pub const PLANTED: &str = "esik-simulator/planted";

/// Builds it; `extra` goes to cargo. The same features everywhere else: only our own crates above `wire` are compiled again.
pub fn build(extra: &[&str]) -> Result<PathBuf> {
    let built = binaries::simulator(extra)?;
    // The build folder's own copy is the one without bugs again after the next build.
    let aside = paths::target().join("esik-simulator-planted");
    let _ = std::fs::remove_file(&aside);
    std::fs::copy(&built, &aside).with_context(|| built.display().to_string())?;
    Ok(aside)
}

/// Where seeds that fail are written.
pub fn kept() -> PathBuf {
    paths::target().join("simulator")
}

fn program(program: &Path) -> Command {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let mut command = Command::new(program);
    command.current_dir(paths::root()).args(["--threads", &threads]).arg("--out").arg(kept());
    command
}

/// Runs the seeds from 1 on; whether all held, and the last line.
pub fn seeds(simulator: &Path, many: u64) -> Result<(bool, String)> {
    let mut command = program(simulator);
    command.arg("--seeds").arg(format!("1..{}", many + 1));
    let mut last = String::new();
    let ok = exec::watch(&mut command, |line| line.clone_into(&mut last))?;
    Ok((ok, last))
}

/// Wakes every planted bug in turn and wants it found.
pub fn hunt(simulator: &Path) -> Result<bool> {
    let mut command = program(simulator);
    command.args(["--hunt", "all", "--seeds"]).arg(format!("1..{HUNT}"));
    exec::watch(&mut command, |_| {})
}
