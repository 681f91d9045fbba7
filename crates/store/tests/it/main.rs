//! Stories of the store, in one binary.
#![expect(clippy::unwrap_used, reason = "tests")]

mod desk;
mod keyring;
mod saving;
mod secrecy;
mod syncing;
