//! The domain's rules, told over logs of events: fold, control, rights, plan, words. One program.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod asides;
mod by_hand;
mod circle;
mod control;
mod deadlines;
mod fold;
mod ladder;
mod log;
mod moments;
mod plan;
mod queue;
mod rests;
mod rights;
mod said;
mod strip;
mod suggestions;
mod terms;
mod undo;
mod words;
