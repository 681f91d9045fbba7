//! `cargo xtask run`: a regional server on loopback with demo data, a demo desk and the real window.

use anyhow::{Result, bail};
use std::path::PathBuf;

/// What was asked for on the command line.
pub struct Wish {
    /// Only the window, with the first-run wizard.
    pub empty: bool,
    pub language: Option<String>,
    pub dir: Option<PathBuf>,
}

/// Runs until the window is closed.
pub fn run(_wish: &Wish) -> Result<()> {
    bail!("not yet")
}
