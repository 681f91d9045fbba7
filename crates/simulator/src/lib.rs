//! A region, its desks and the line between them in one thread under a seeded scheduler. What runs is
//! the shipped planner, driver, desk store, fold and region; what is made up is time, chance, the line
//! and the accidents (docs/adr/0018-simulator.md).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "only ever run by tests: a world that cannot be set up has to stop"
)]

mod accident;
mod astray;
pub mod chance;
pub mod check;
pub mod desk;
mod files;
mod hostile;
pub mod ledger;
mod liar;
pub mod line;
mod network;
mod people;
pub mod planted;
mod publications;
pub mod run;
pub mod swarm;
pub mod template;
pub mod work;
pub mod world;

pub use run::{Outcome, Saved, kept, run};
pub use swarm::{Fault, Plan};
