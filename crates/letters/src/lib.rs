//! Papers of the station as PDF/A-2b: what an applicant takes home, what goes to a competent body, what stays
//! in the file.
//!
//! Every paper is bilingual, Kazakh first (`domain.md` 2.5). Words and layout are data with versions
//! ([`Template`]); what people typed reaches typst as data too (a JSON file of the letter's own world), never
//! as source, so no text can change the layout. The same input gives the same bytes: time, codes and numbers
//! are arguments. A [`Sheet`] is a paper that can be kept and set again.

mod answer;
mod coupon;
mod error;
mod escalation;
mod extension;
mod journal;
mod lists;
mod owed_list;
mod protocol;
mod redirect;
mod referral;
mod round;
mod sheet;
mod specimen;
mod template;
mod terms;
mod text;
mod texts;
mod training;
mod world;

#[cfg(test)]
mod tests;

pub use answer::{AdviceCertificate, Answer, Cited, Finding};
pub use coupon::{Coupon, Promise, coupon, neutral_promise, unnamed_post, unnamed_station};
pub use error::LettersError;
pub use escalation::EscalationLetter;
pub use extension::{Extension, ExtensionDecision, ExtensionNotice};
pub use journal::{Cell, Journal};
pub use lists::{Register, RegisterRow, ShiftSheet};
pub use owed_list::{OwedList, OwedRow};
pub use protocol::Protocol;
pub use redirect::{Redirect, RedirectLetter, RedirectNotice};
pub use referral::{Detail, ReferralLetter};
pub use round::{RoundSheet, VisitRow};
pub use sheet::{Document, Entry, Sheet, Signer, Values};
pub use template::{Template, Templates};
pub use terms::{CountedDay, CountedTerm, TermsSheet};
pub use text::L10nPair;
pub use texts::{
    language_name, outcome_name, owed_name, paper_name, request_name, state_name, unsent_reason,
    visit_name,
};
pub use training::TrainingCertificate;
pub use world::Typeset;
