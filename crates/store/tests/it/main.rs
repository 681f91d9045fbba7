//! Stories of the store, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod anchor;
mod ballast;
mod behind;
mod bounds;
mod branches;
mod converging;
mod desk;
mod ending;
mod failing;
mod files;
mod keyring;
mod leaving;
mod mending;
mod orders;
mod reading;
mod register;
mod saving;
mod seals;
mod secrecy;
mod syncing;
#[path = "../../../../tests/src/tmpfs.rs"]
mod tmpfs;
mod zeros;
