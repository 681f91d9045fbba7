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
pub mod work;

/// Password of officers and clerks.
pub const PASSWORD: &str = "жылу-2026-есік";
