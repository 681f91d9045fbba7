//! The rules of the house, checked: who may depend on whom, what may stand in the lock file and in the sources.
#![expect(clippy::unwrap_used, reason = "tests")]

mod dependencies;
mod invariants;
mod layout;
mod lock;
mod sources;
mod words;

use std::path::PathBuf;
use std::process::Command;

/// The folder of the root `Cargo.toml`.
fn root() -> PathBuf {
    let mut root = system_tests::here();
    root.pop();
    root
}

/// A file of the project as text; empty when it is not there or not text.
fn text(path: &str) -> String {
    std::fs::read(root().join(path))
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

/// What git keeps, with `/` between folders.
fn tracked_files() -> Vec<String> {
    let out = Command::new("git").current_dir(root()).args(["ls-files", "-z"]).output().unwrap();
    assert!(out.status.success(), "git ls-files: {}", String::from_utf8_lossy(&out.stderr));
    let files: Vec<String> = String::from_utf8(out.stdout)
        .unwrap()
        .split('\0')
        .filter(|file| !file.is_empty() && root().join(file).is_file())
        .map(String::from)
        .collect();
    assert!(files.len() > 50, "git lists only {} files", files.len());
    files
}

/// `cargo metadata` of the workspace with every feature set of a normal build.
fn metadata() -> serde_json::Value {
    let out = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--locked", "--format-version", "1", "--features", "custom-protocol"])
        .output()
        .unwrap();
    assert!(out.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Fails with the whole list, one a line.
#[track_caller]
fn none(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
