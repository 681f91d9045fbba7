//! The same stories as over SQLite, over PostgreSQL; and what only PostgreSQL can do wrong.
//! `common::engine` tells the two apart by this file's name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(
    clippy::duplicate_mod,
    reason = "each story brings the common world, here as in its own binary"
)]

#[path = "admin.rs"]
mod admin;
#[path = "backup.rs"]
mod backup;
#[path = "carried.rs"]
mod carried;
#[path = "futures.rs"]
mod futures;
#[path = "herd.rs"]
mod herd;
#[path = "holes.rs"]
mod holes;
#[path = "http.rs"]
mod http;
#[path = "poison.rs"]
mod poison;
#[path = "portal.rs"]
mod portal;
#[path = "push.rs"]
mod push;
#[path = "quarantine.rs"]
mod quarantine;
#[path = "rights.rs"]
mod rights;
#[path = "status.rs"]
mod status;
#[path = "terms.rs"]
mod terms;
#[path = "words.rs"]
mod words;

#[path = "postgres/mod.rs"]
mod only_here;
