//! Programs in Python that tests use: each with exact versions and hashes in a folder of its own.

use crate::{exec, paths};
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::process::Command;

/// The program of this name, from `tests/<tests>/requirements.txt`; installed when it is missing or of other versions.
pub fn installed(name: &str, tests: &str, program: &str) -> Result<PathBuf> {
    let wanted = paths::root().join("tests").join(tests).join("requirements.txt");
    let lines = std::fs::read_to_string(&wanted).with_context(|| wanted.display().to_string())?;
    let root = paths::cache()?.join("tools").join(name);
    let done = root.join("requirements.txt");
    let program = root.join("bin").join(program);
    if program.is_file() && std::fs::read_to_string(&done).is_ok_and(|there| there == lines) {
        return Ok(program);
    }
    println!("xtask: installing {name} (once)");
    let _ = std::fs::remove_dir_all(&root);
    // Debian's own Python: another one on PATH may be of another version.
    let debian = PathBuf::from("/usr/bin/python3");
    let python = if debian.is_file() { debian } else { "python3".into() };
    exec::run(Command::new(python).args(["-m", "venv"]).arg(&root))
        .context("a virtual environment; Debian: python3-venv")?;
    exec::run_with_retry(|| {
        let mut pip = Command::new(root.join("bin").join("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]).arg(&wanted);
        pip
    })?;
    // Written last: an install that was broken off is not taken for a finished one.
    std::fs::write(&done, lines).with_context(|| done.display().to_string())?;
    Ok(program)
}
