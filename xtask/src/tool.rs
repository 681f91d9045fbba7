//! Tools of cargo's own registry, built once into the cache: one version each.

use crate::{exec, paths};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The program, installed when it is missing.
pub fn installed(name: &str, version: &str) -> Result<PathBuf> {
    let root = paths::cache()?.join("tools").join(format!("{name}-{version}"));
    let program = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    let tool = root.join("bin").join(program);
    if tool.is_file() {
        return Ok(tool);
    }
    println!("xtask: installing {name} {version} (once, about two minutes)");
    exec::run_with_retry(|| {
        let mut install = Command::new(paths::cargo());
        install
            .args(["install", name, "--locked", "--quiet", "--debug", "--version", version])
            .arg("--root")
            .arg(&root)
            // Its own build folder, so that the project's is neither locked nor filled; empty afterwards.
            .env("CARGO_TARGET_DIR", root.join("build"));
        install
    })?;
    let _ = std::fs::remove_dir_all(root.join("build"));
    Ok(tool)
}
