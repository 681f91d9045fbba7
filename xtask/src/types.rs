//! The TypeScript types of the commands: made by the command list itself, kept in the repository.

use crate::{binaries, exec, paths};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes `ui/src/backend/commands.gen.ts`, or only compares.
pub fn run(check: bool) -> Result<()> {
    let built = binaries::programs(&["--bin", "esik-cli"])?;
    with_program(binaries::find(&built, "esik-cli")?, check)
}

/// The same with a program that is already built.
pub fn with_program(cli: &Path, check: bool) -> Result<()> {
    let now = exec::output(Command::new(cli).arg("types"))?;
    let file = file();
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if now == kept {
        return Ok(());
    }
    if check {
        bail!(
            "ui/src/backend/commands.gen.ts is not what the command list says; run `cargo xtask types`"
        );
    }
    std::fs::write(&file, now).with_context(|| file.display().to_string())
}

fn file() -> PathBuf {
    paths::ui().join("src").join("backend").join("commands.gen.ts")
}
