//! Training: a practice desk of its own beside the real one, and the visitors who come to it.
//!
//! A practice desk is a whole desk in a folder of its own, with its own database and throw-away keys
//! (adr/0010). Its station is [`esik_domain::training::PRACTICE_STATION`]: no door of it leads to a
//! region, and no region takes an event of that station.

mod bodies;
pub mod certificate;
pub mod enter;
mod marks;
pub mod play;
mod run;

pub(crate) use enter::leave;
