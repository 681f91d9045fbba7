//! cargo-deny, offline: installs the tool once and unpacks the RustSec database of third_party/.

use crate::{exec, paths, tool};
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One version: the name of the database's folder below depends on it.
const VERSION: &str = "0.20.2";

/// What cargo-deny calls the clone of the address in deny.toml: the last part and a hash of the whole.
const DATABASE: &str = "advisory-db-3157b0e258782691";

/// `cargo deny check`, without the network: of the workspace, and of the fuzz targets beside it.
pub fn commands() -> Result<Vec<Command>> {
    let tool = tool::installed("cargo-deny", VERSION)?;
    let database = unpacked()?;
    let mut all = Vec::new();
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        // Reads the manifest of every crate, on every platform, from cargo's own store.
        exec::run_with_retry(|| {
            let mut fetch = Command::new(paths::cargo());
            fetch.current_dir(paths::root()).args(["fetch", "--locked", "--quiet"]);
            fetch.args(["--manifest-path", manifest]);
            fetch
        })?;
        let mut deny = Command::new(&tool);
        deny.current_dir(paths::root()).env("ESIK_ADVISORY_DB", &database).args([
            "--offline",
            "--locked",
            "--manifest-path",
            manifest,
            "--workspace",
            "--config",
            "deny.toml",
            "check",
        ]);
        if manifest != "Cargo.toml" {
            // What is ignored for the sake of the window is not below these.
            deny.args(["-A", "advisory-not-detected"]);
        }
        all.push(deny);
    }
    Ok(all)
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
