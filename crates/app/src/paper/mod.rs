//! Papers of a case: which there may be, what they say, printing them and printing them again.

mod decided;
mod escalation;
mod journals;
pub mod list;
mod make;
mod of_case;
mod of_shift;
mod owed_list;
pub mod print;
mod register;
mod terms;

pub(crate) use make::fault;
pub(crate) use of_case::signer;
pub(crate) use print::{hand_over, made, print_out};
