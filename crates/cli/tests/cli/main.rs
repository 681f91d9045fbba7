//! The real binary, driven as a script would drive it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bad_input;
mod bulk;
mod contract;
mod copies;
mod knowledge;
mod region;
mod run;
mod story;
