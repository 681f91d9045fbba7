//! The desk's program: starts the core and opens its window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    esik_shell::run()
}
