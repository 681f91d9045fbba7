//! schemathesis, which makes requests from the region's own description: installed with exact versions and hashes
//! into a folder of its own, from tests/api/requirements.txt.

use crate::{exec, paths};
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::process::Command;

/// Where the tests find it.
const VARIABLE: &str = "ESIK_SCHEMATHESIS";

/// Tells a test run where it is; installs it when it is missing or of other versions.
pub fn tell(tests: &mut Command) -> Result<()> {
    tests.env(VARIABLE, installed()?);
    Ok(())
}

/// The program.
pub fn installed() -> Result<PathBuf> {
    let wanted = paths::root().join("tests").join("api").join("requirements.txt");
    let lines = std::fs::read_to_string(&wanted).with_context(|| wanted.display().to_string())?;
    let root = paths::cache()?.join("tools").join("schemathesis");
    let done = root.join("requirements.txt");
    let program = root.join("bin").join("schemathesis");
    if program.is_file() && std::fs::read_to_string(&done).is_ok_and(|there| there == lines) {
        return Ok(program);
    }
    println!("xtask: installing schemathesis (once)");
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
