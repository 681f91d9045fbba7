//! A region, its stations and their desks in one process, so that tests read like a shift.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "only ever a dev-dependency: a test that cannot be set up has to stop"
)]

mod clock;
pub mod cluster;
mod desk;
mod form;
mod publish;
mod world;

pub use clock::TestClock;
pub use desk::{RecordingHost, TestDesk};
pub use form::Form;
pub use world::World;

/// Password of every officer in tests.
pub const PASSWORD: &str = "жылу-2026-есік";
