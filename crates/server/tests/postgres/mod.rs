//! What only an engine with many writers and a line in between can do wrong.

#[path = "../common/mod.rs"]
mod common;

mod addresses;
mod certificates;
mod encrypted;
mod gaps;
mod program;
mod standby;
mod tables;
mod writers;
