//! Papers of the station as PDF/A-2b: the coupon an applicant leaves with and the letter beside a referral.
//!
//! Every paper is bilingual, Kazakh first (`domain.md` 2.5). What people typed reaches typst as data
//! (a JSON file of the letter's own world), never as source, so no text can change the layout.
//! The same input gives the same bytes: time, codes and numbers are arguments.

mod coupon;
mod error;
mod referral;
mod text;
mod texts;
mod world;

#[cfg(test)]
mod tests;

pub use coupon::{Coupon, Promise, coupon, neutral_promise, unnamed_post, unnamed_station};
pub use error::LettersError;
pub use referral::{ReferralLetter, referral_letter};
pub use text::L10nPair;
pub use world::{LetterWorld, Typeset};
