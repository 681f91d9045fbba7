//! A region, its stations and their desks in one process, so that tests read like a shift.

mod clock;
mod desk;
mod form;
mod world;

pub use clock::TestClock;
pub use desk::{RecordingHost, TestDesk};
pub use form::Form;
pub use world::World;

/// Password of every officer in tests.
pub const PASSWORD: &str = "жылу-2026-есік";
