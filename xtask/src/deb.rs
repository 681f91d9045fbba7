//! The Debian package of the desk: program, icons, entry in the menu, licence; bundled by Tauri's own tool.

use crate::{binaries, exec, paths, setup};
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds the pages, the program and its package; `release` is what an office installs.
pub fn run(release: bool) -> Result<()> {
    setup::run()?;
    let built = if release { binaries::build_release()? } else { binaries::build()? };
    let package = bundle(binaries::find(&built, "esik")?, release)?;
    println!("xtask: {}", package.display());
    Ok(())
}

/// Packs a program that is already built; nothing is compiled. The path of the package.
pub fn bundle(program: &Path, release: bool) -> Result<PathBuf> {
    // A build folder of its own: the bundler writes its mark into the program it packs.
    let folder = paths::target().join("deb");
    let profile = folder.join(if release { "release" } else { "debug" });
    let out = profile.join("bundle").join("deb");
    if out.exists() {
        std::fs::remove_dir_all(&out).with_context(|| out.display().to_string())?;
    }
    std::fs::create_dir_all(&profile).with_context(|| profile.display().to_string())?;
    let copy = profile.join("esik");
    // What a debugger wants is half of a development build, and no part of a package.
    exec::run(Command::new("strip").arg("--strip-debug").arg("-o").arg(&copy).arg(program))?;
    let depends = depends(&copy, &folder)?;
    let config = serde_json::json!({ "bundle": { "linux": { "deb": { "depends": depends } } } });
    let mut tauri = Command::new(paths::ui().join("node_modules").join(".bin").join("tauri"));
    tauri.current_dir(paths::root()).env("CARGO_TARGET_DIR", &folder);
    tauri.args(["bundle", "--bundles", "deb", "--config", &config.to_string()]);
    if !release {
        tauri.arg("--debug");
    }
    exec::run(&mut tauri)?;
    only_package(&out)
}

/// The packages whose libraries the program links, with the versions it needs, as Debian knows them.
/// (The bundler would name two of them, without a version.)
fn depends(program: &Path, folder: &Path) -> Result<Vec<String>> {
    let debian = folder.join("debian");
    std::fs::create_dir_all(&debian).with_context(|| debian.display().to_string())?;
    // dpkg-shlibdeps does not work without one.
    let control = "Source: esik\n\nPackage: esik\nArchitecture: any\n";
    std::fs::write(debian.join("control"), control)?;
    let said =
        exec::output(Command::new("dpkg-shlibdeps").current_dir(folder).arg("-O").arg(program))
            .context("dpkg-shlibdeps (package dpkg-dev) reads what the program links")?;
    read_depends(&said).with_context(|| format!("dpkg-shlibdeps said {said:?}"))
}

fn read_depends(said: &str) -> Option<Vec<String>> {
    let list = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="))?;
    Some(list.split(", ").map(|name| name.trim().to_string()).collect())
}

fn only_package(dir: &Path) -> Result<PathBuf> {
    std::fs::read_dir(dir)
        .with_context(|| dir.display().to_string())?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .with_context(|| format!("the bundler left no package in {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_libraries_packages_are_read() {
        let said = "shlibs:Depends=libc6 (>= 2.35), libwebkit2gtk-4.1-0 (>= 2.41.90)\n";
        let read = read_depends(said).unwrap();
        assert_eq!(read, ["libc6 (>= 2.35)", "libwebkit2gtk-4.1-0 (>= 2.41.90)"]);
        assert_eq!(read_depends("nothing"), None);
    }
}
