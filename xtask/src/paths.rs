//! Where things lie: the project's root, the build folder and the caches that a build may lose.

use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// The folder of the root `Cargo.toml`. As `cargo run` tells it: two clones that share a build folder may
/// share this program too, and the one it was built in may be gone.
pub fn root() -> PathBuf {
    let mut root = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    root.pop();
    root
}

/// Where cargo builds, as cargo sees it.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // A relative folder counts from where cargo was started.
        Some(dir) if !dir.is_empty() => {
            std::env::current_dir().map(|here| here.join(&dir)).unwrap_or_else(|_| dir.into())
        }
        _ => root().join("target"),
    }
}

/// Kept between builds, and never needed: everything in it is made again when it is gone.
pub fn cache() -> Result<PathBuf> {
    let home = std::env::var_os("HOME")
        .or_else(|| std::env::var_os("USERPROFILE"))
        .context("neither HOME nor USERPROFILE is set")?;
    Ok(PathBuf::from(home).join(".cache").join("esik"))
}

/// The folder of the window's pages.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// The cargo that started us, so that one toolchain builds everything.
pub fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Finds a program on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = if cfg!(windows) {
        vec![format!("{name}.exe"), format!("{name}.cmd")]
    } else {
        vec![name.to_string()]
    };
    std::env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)).collect::<Vec<_>>())
        .find(|file| file.is_file())
}
