//! The story of the desk in the real window, with a keyboard and Kazakh text, and on the disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod files;
mod hands;
mod story;
mod ten;
