//! The same stories over PostgreSQL; and what only an engine with many writers and a line in between can do wrong.
//! `common::engine` tells the two apart by the name of this file.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
mod postgres;
mod stories;
