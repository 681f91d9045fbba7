//! cargo-deny, offline: installs the tool once and unpacks the RustSec database of third_party/.

use crate::{exec, paths};
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One version: the name of the database's folder below depends on it.
const VERSION: &str = "0.20.2";

/// What cargo-deny calls the clone of the address in deny.toml: the last part and a hash of the whole.
const DATABASE: &str = "advisory-db-3157b0e258782691";

/// `cargo deny check`, without the network.
pub fn command() -> Result<Command> {
    let tool = installed()?;
    let database = unpacked()?;
    // Reads the manifest of every crate, on every platform, from cargo's own store.
    exec::run_with_retry(|| {
        let mut fetch = Command::new(paths::cargo());
        fetch.current_dir(paths::root()).args(["fetch", "--locked", "--quiet"]);
        fetch
    })?;
    let mut deny = Command::new(tool);
    deny.current_dir(paths::root()).env("ESIK_ADVISORY_DB", database).args([
        "--offline",
        "--locked",
        "--workspace",
        "check",
    ]);
    Ok(deny)
}

fn installed() -> Result<PathBuf> {
    let root = paths::cache()?.join("tools").join(format!("cargo-deny-{VERSION}"));
    let tool = root.join("bin").join(if cfg!(windows) { "cargo-deny.exe" } else { "cargo-deny" });
    if tool.is_file() {
        return Ok(tool);
    }
    println!("xtask: installing cargo-deny {VERSION} (once, about two minutes)");
    exec::run_with_retry(|| {
        let mut install = Command::new(paths::cargo());
        install
            .args(["install", "cargo-deny", "--locked", "--quiet", "--debug", "--version", VERSION])
            .arg("--root")
            .arg(&root)
            // Its own build folder, so that the project's is neither locked nor filled; empty afterwards.
            .env("CARGO_TARGET_DIR", root.join("build"));
        install
    })?;
    let _ = std::fs::remove_dir_all(root.join("build"));
    Ok(tool)
}

/// The folder that holds the database's folder.
fn unpacked() -> Result<PathBuf> {
    let archive = paths::root().join("third_party").join("advisory-db.tar.gz");
    let parent = paths::target().join("advisory-db");
    let _ = std::fs::remove_dir_all(&parent);
    unpack(&archive, &parent.join(DATABASE))?;
    Ok(parent)
}

fn unpack(archive: &Path, to: &Path) -> Result<()> {
    // cargo-deny asks when the clone was last fetched; the age of the archive is told in third_party/README.md.
    let git = to.join(".git");
    std::fs::create_dir_all(&git).with_context(|| git.display().to_string())?;
    std::fs::write(git.join("FETCH_HEAD"), "").context("FETCH_HEAD")?;
    exec::run(
        Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(to).arg("--strip-components=1"),
    )
}
