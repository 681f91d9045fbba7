//! Builds the pages and the programs, with one feature set everywhere, so that nothing is compiled twice.

use crate::simulate::PLANTED;
use crate::{exec, paths, setup};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs a user or a test starts.
pub const PROGRAMS: [&str; 3] = ["esik", "esik-cli", "esik-server"];

/// Without `custom-protocol` the window would look for a development server. Windows has no OpenSSL to link.
pub const FEATURES: &str =
    if cfg!(windows) { "custom-protocol,vendored-openssl" } else { "custom-protocol" };

/// `cargo COMMAND` over the whole workspace: a narrower choice of packages would switch on other features
/// in the crates below and compile Tauri again.
pub fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(paths::cargo());
    // A relative build folder counts from where we were started, not from the root.
    cargo.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target());
    cargo.args([command, "--locked", "--workspace", "--features", FEATURES]);
    cargo
}

/// The pages of the window: the shell embeds ui/dist, so they come before it.
pub fn pages() -> Result<()> {
    exec::run(setup::npm().args(["run", "--silent", "build"]))
}

/// The pages, then every program.
pub fn build() -> Result<Programs> {
    pages()?;
    programs(&["--bins"])
}

/// The pages, then the desk alone, optimised and with its own OpenSSL (docs/adr/0004).
pub fn build_release() -> Result<Programs> {
    pages()?;
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target());
    cargo.args(["build", "--locked", "--release", "--package", "esik", "--bin", "esik"]);
    cargo.args(["--features", "custom-protocol,vendored-openssl"]);
    built(&mut cargo)
}

/// The programs as cargo names them, each by its path.
pub type Programs = BTreeMap<String, PathBuf>;

/// Some small test target. With a test among what is built, cargo takes the features of dev-dependencies in, as
/// `cargo test` does; without one, `run` and `test` would each compile tokio, Tauri and all above them anew.
pub const A_TEST: &str = "rules";

/// Compiles the programs; `extra` goes to cargo. On Windows a running xtask cannot be replaced, and nothing needs it.
pub fn programs(extra: &[&str]) -> Result<Programs> {
    let mut command = cargo("build");
    command.args(["--exclude", "xtask", "--test", A_TEST]).args(extra);
    built(&mut command)
}

/// The simulator with the planted bugs in it; its path. `extra` goes to cargo.
pub fn simulator(extra: &[&str]) -> Result<PathBuf> {
    let mut command = Command::new(paths::cargo());
    command.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target());
    command.args(["build", "--locked", "--workspace", "--exclude", "xtask", "--test", A_TEST]);
    command.args(["--bin", "esik-simulator", "--features"]);
    command.arg(format!("{FEATURES},{PLANTED}")).args(extra);
    Ok(find(&built(&mut command)?, "esik-simulator")?.to_path_buf())
}

fn built(command: &mut Command) -> Result<Programs> {
    command.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let out = command.output().with_context(|| format!("cannot start {}", exec::shown(command)))?;
    anyhow::ensure!(out.status.success(), "{} ended with {}", exec::shown(command), out.status);
    Ok(read_programs(&String::from_utf8_lossy(&out.stdout)))
}

fn read_programs(messages: &str) -> Programs {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| {
            message["reason"] == "compiler-artifact"
                && message["profile"]["test"] == false
                && message["target"]["kind"][0] == "bin"
        })
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?;
            let path = message["executable"].as_str()?;
            Some((name.to_string(), PathBuf::from(path)))
        })
        .collect()
}

/// Copies the programs aside, so that a build running beside the tests cannot change what is tested.
pub fn set_aside(programs: &Programs, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for name in PROGRAMS {
        let from = find(programs, name)?;
        let file = from.file_name().context("a program without a name")?;
        let copy = to.join(file);
        // Remove first: a copy that is still running must not be written into.
        let _ = std::fs::remove_file(&copy);
        std::fs::copy(from, &copy)
            .with_context(|| format!("{} → {}", from.display(), copy.display()))?;
    }
    Ok(())
}

/// The path of one program.
pub fn find<'a>(programs: &'a Programs, name: &str) -> Result<&'a Path> {
    programs.get(name).map(PathBuf::as_path).with_context(|| format!("cargo built no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_read_from_cargos_own_words() {
        let messages = r#"{"reason":"compiler-artifact","profile":{"test":false},"target":{"kind":["bin"],"name":"esik-cli"},"executable":"/t/debug/esik-cli"}
{"reason":"compiler-artifact","profile":{"test":true},"target":{"kind":["bin"],"name":"esik"},"executable":"/t/debug/deps/esik-1"}
{"reason":"compiler-artifact","profile":{"test":false},"target":{"kind":["lib"],"name":"esik_app"},"executable":null}
not json"#;
        let found = read_programs(messages);
        assert_eq!(found.len(), 1);
        assert_eq!(find(&found, "esik-cli").unwrap(), Path::new("/t/debug/esik-cli"));
        assert!(find(&found, "esik").is_err());
    }
}
