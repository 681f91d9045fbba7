//! The stories of a region over `SQLite`; and what its file promises.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
mod sqlite;
mod stories;
