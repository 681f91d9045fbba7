//! Requests handed to competent bodies, and what we do with what comes back.

pub mod by_hand;
pub mod check;
pub mod dispute;
pub mod escalate;
pub mod redirect;
pub mod remind;
pub mod send;
pub mod withdraw;
