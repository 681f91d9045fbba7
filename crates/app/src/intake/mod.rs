//! Taking a trouble down.

mod bodies;
pub mod draft;
pub mod finish;
pub mod help;
pub mod plan;
pub(crate) mod thrown_away;
