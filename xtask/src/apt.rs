//! System packages: what Esik needs of Debian, installed only when something is missing.

use crate::{exec, paths};
use anyhow::{Context as _, Result, bail};
use std::io::IsTerminal as _;
use std::process::{Command, Stdio};

/// Everything for building and testing on Debian 12. Each line says what asks for it.
const PACKAGES: &[&str] = &[
    // the compiler's linker, and SQLCipher, zstd and aws-lc, which are C
    "build-essential",
    "pkg-config",
    // SQLCipher's cryptography in development (docs/adr/0004)
    "libssl-dev",
    // the window
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "fonts-noto-core",
    // the window under test: driver, screen, keyboard, screenshots
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "xdotool",
    "imagemagick",
    // a file manager to drag from, whoever manages windows, a clipboard to paste from
    "openbox",
    "python3-gi",
    "gir1.2-gtk-3.0",
    "xclip",
    // the portal and the pages in a browser
    "chromium",
    // reads our letters back: pdftotext, pdftoppm
    "poppler-utils",
    // the region's second engine, for the tests: a cluster of their own
    "postgresql",
    // what asks the region's interface everything there is to ask: tests/api
    "python3-venv",
];

/// Installs what is missing, or prints the exact line and stops.
pub fn ensure() -> Result<()> {
    if cfg!(windows) {
        println!("{WINDOWS}");
        return Ok(());
    }
    if paths::on_path("dpkg-query").is_none() {
        println!(
            "xtask: this is not Debian; these packages (or your system's names for them) are needed:\n  {}",
            PACKAGES.join(" ")
        );
        return Ok(());
    }
    let missing = missing()?;
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    let Some(prefix) = root_prefix() else {
        bail!(
            "system packages are missing and there is no way to become root here. Run this, then start again:\n\n  sudo apt-get update && sudo {line}\n"
        );
    };
    println!("xtask: {}{line}", prefix.iter().map(|word| format!("{word} ")).collect::<String>());
    // The lists of a bare machine are empty, those of an old one stale: update only if it does not go without.
    if exec::run(&mut apt(&prefix, &install_args(&missing))).is_err() {
        exec::run_with_retry(|| apt(&prefix, &["update"]))?;
        exec::run_with_retry(|| apt(&prefix, &install_args(&missing)))
            .with_context(|| format!("could not install; by hand: sudo {line}"))?;
    }
    Ok(())
}

fn install_args<'a>(missing: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(missing);
    args
}

fn apt(prefix: &[&str], args: &[&str]) -> Command {
    let mut words = prefix.to_vec();
    // Through `env`, because sudo drops variables.
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "Acquire::Retries=3"]);
    words.extend(args);
    let mut command = Command::new(words.remove(0));
    command.args(words);
    command
}

/// The packages that are not installed.
fn missing() -> Result<Vec<&'static str>> {
    // dpkg-query fails when a package is unknown but still prints the others.
    let out = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(PACKAGES)
        .stderr(Stdio::null())
        .output()
        .context("cannot start dpkg-query")?;
    Ok(not_installed(&String::from_utf8_lossy(&out.stdout)))
}

fn not_installed(listing: &str) -> Vec<&'static str> {
    let installed: Vec<&str> =
        listing.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    PACKAGES.iter().copied().filter(|name| !installed.contains(name)).collect()
}

/// Nothing as root; sudo when it needs no password or somebody is there to type it.
fn root_prefix() -> Option<Vec<&'static str>> {
    let id = exec::output(Command::new("id").arg("-u")).ok()?;
    if id.trim() == "0" {
        return Some(Vec::new());
    }
    paths::on_path("sudo")?;
    let somebody = std::io::stdin().is_terminal() && std::env::var_os("CI").is_none();
    let free = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    (somebody || free).then(|| vec!["sudo"])
}

const WINDOWS: &str = "\
xtask: on Windows these are needed (docs/windows.md says what is unproven):
  winget install --id Rustlang.Rustup -e
  winget install --id OpenJS.NodeJS.LTS -e
  winget install --id Microsoft.VisualStudio.2022.BuildTools -e --override \"--wait --passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"
  winget install --id StrawberryPerl.StrawberryPerl -e
  winget install --id NASM.NASM -e
  winget install --id Microsoft.EdgeWebView2Runtime -e";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_really_installed_counts() {
        let listing =
            "build-essential installed\npkg-config not-installed\nlibssl-dev config-files\n";
        let missing = not_installed(listing);
        assert!(!missing.contains(&"build-essential"));
        assert!(missing.contains(&"pkg-config") && missing.contains(&"libssl-dev"));
        assert!(missing.contains(&"chromium"));
    }

    #[test]
    fn sudo_keeps_the_answer_to_questions() {
        let command = apt(&["sudo"], &["update"]);
        assert_eq!(
            exec::shown(&command),
            "sudo env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 update"
        );
    }
}
