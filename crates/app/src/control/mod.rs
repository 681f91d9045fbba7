//! Lists an officer works from: reception, control board, search, reference data.

pub mod board;
pub mod find;
pub mod owed_lists;
pub mod reception;
pub mod saved;
