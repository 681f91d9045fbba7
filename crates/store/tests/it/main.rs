//! Stories of the store, in one binary.
#![expect(clippy::unwrap_used, reason = "tests")]

mod desk;
mod saving;
mod secrecy;
