//! Training: scenarios as data, and how well a visitor of one was helped.
//!
//! A scenario tells what the visitor says, what they answer to which question, what the bodies do
//! afterwards, and what a good officer does (`domain.md` §7). The score is a pure function of the
//! folded case: the practice desk is driven by the same screens and the same fold as the real one.

mod scenario;
mod score;

pub use scenario::{
    BodyPart, Earlier, Expectation, Question, Reaction, Scenario, ScenarioError, Want, When,
    not_ours, read, scenario, shipped,
};
pub use score::{PASS_PERCENT, Played, Score, ScoreLine, met, score};

/// Station of every practice desk. It names the series `ESK-TRAIN-…`, stands in every event a
/// practice desk signs, and no region may have a station of this name: that is why its events can
/// never be accepted anywhere.
pub const PRACTICE_STATION: &str = "TRAIN";
