//! Stories and properties of synchronisation, against a small region and a small desk in memory.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod background;
mod converge;
mod desk;
mod enroll;
mod fault;
mod http;
mod lane;
mod places;
mod planner;
mod region;
mod restored;
mod tls_server;
