//! Real programs for the system tests: server, headless desk, window under its driver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    reason = "tests: a failure is told at once, real programs run in real time"
)]

pub mod dice;
pub mod driver;
pub mod program;
pub mod region;
pub mod rpc;
pub mod served;
pub mod texts;
pub mod tmpfs;
pub mod work;

/// The folder `tests/` of the clone in which the test runs: programs built in one clone with a target folder that another
/// one shares would else read the first one's files.
#[must_use]
pub fn here() -> std::path::PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").expect("run by cargo").into()
}

/// Password of officers and clerks.
pub const PASSWORD: &str = "жылу-2026-есік";
