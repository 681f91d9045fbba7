//! What an officer can do: the command list, `trait Host`, one file per verb.
//!
//! Knows no window and no HTTP server: the Tauri shell and `esik-cli` are its two hosts.

pub mod api;
pub mod append;
pub mod attach;
pub mod bundle;
pub mod case;
pub mod commands;
pub mod control;
pub mod desk;
pub mod env;
pub mod error;
mod face;
pub mod host;
pub mod intake;
pub mod knowledge;
pub mod look;
pub mod paper;
pub mod platform;
pub mod proof;
pub mod published;
pub mod queue;
pub mod referral;
pub mod round;
pub mod session;
pub mod shift;
pub mod spool;
pub mod sync;
pub mod training;
pub mod undo;

pub use desk::{Desk, DeskConfig, Open};
pub use error::{AppError, internal, refusal};
