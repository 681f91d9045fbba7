//! What an officer can do: the command list, `trait Host`, one file per verb.
//!
//! Knows no window and no HTTP server: the Tauri shell and `esik-cli` are its two hosts.

pub mod api;
pub mod commands;
