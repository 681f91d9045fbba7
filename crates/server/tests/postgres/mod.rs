//! What only an engine with many writers and a line in between can do wrong.

mod addresses;
mod certificates;
mod encrypted;
mod gaps;
mod program;
mod standby;
mod tables;
mod writers;
