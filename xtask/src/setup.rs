//! What a clone needs before it can be built: system packages, Node, the npm packages of the window.

use crate::{apt, exec, paths};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// The oldest Node that Vite and the rest of ui/ run on.
const NODE_FLOOR: (u32, u32) = (20, 19);

/// Checks and installs; does nothing when nothing is missing.
pub fn run() -> Result<()> {
    apt::ensure()?;
    node()?;
    npm_packages()
}

fn node() -> Result<()> {
    let wish = format!("Esik needs Node {}.{} or newer", NODE_FLOOR.0, NODE_FLOOR.1);
    let version = exec::output(Command::new("node").arg("--version"))
        .with_context(|| format!("{wish}; `node` was not found"))?;
    let found = parse_version(&version)
        .with_context(|| format!("{wish}; `node --version` said {:?}", version.trim()))?;
    if found < NODE_FLOOR {
        bail!("{wish}; this is {}", version.trim());
    }
    Ok(())
}

/// `v20.20.2` → (20, 20)
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn npm_packages() -> Result<()> {
    let ui = paths::ui();
    // npm writes this file last: an interrupted install is not taken for a finished one.
    let done = ui.join("node_modules").join(".package-lock.json");
    let modified = |file: &std::path::Path| file.metadata().and_then(|meta| meta.modified());
    let lock = modified(&ui.join("package-lock.json")).context("ui/package-lock.json")?;
    if modified(&done).is_ok_and(|done| done > lock) {
        return Ok(());
    }
    println!("xtask: npm ci in ui/");
    let cache = paths::cache()?.join("npm");
    exec::run_with_retry(|| {
        let mut command = npm();
        // Packages' own install scripts are not run: nothing here needs them.
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        if std::env::var_os("npm_config_cache").is_none() {
            command.arg("--cache").arg(&cache);
        }
        command
    })
}

/// rustfmt and clippy, which some toolchains come without.
pub fn rust_components() -> Result<()> {
    for (component, tool) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if exec::output(Command::new(paths::cargo()).args([tool, "--version"])).is_ok() {
            continue;
        }
        if paths::on_path("rustup").is_none() {
            bail!("`cargo {tool}` is missing, and there is no rustup to install {component} with");
        }
        exec::run_with_retry(|| {
            let mut rustup = Command::new("rustup");
            rustup.args(["component", "add", component]);
            rustup
        })?;
    }
    Ok(())
}

/// npm in ui/.
pub fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(paths::ui());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read_and_compared() {
        assert_eq!(parse_version("v20.20.2\n"), Some((20, 20)));
        assert!(parse_version("v20.9.0").unwrap() < NODE_FLOOR);
        assert!(parse_version("v22.1.0").unwrap() > NODE_FLOOR);
        assert_eq!(parse_version("nonsense"), None);
    }
}
