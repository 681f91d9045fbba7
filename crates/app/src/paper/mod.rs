//! Papers of a case: which there may be, what they say, printing them and printing them again.

pub mod list;
mod make;
mod of_case;
pub mod print;

pub(crate) use print::{hand_over, made};
