//! One case: looking at it and everything an officer does to it but referring.

pub(crate) mod clocks;
pub mod close;
pub mod contact;
pub mod controller;
pub mod coupon;
pub mod extend;
pub mod get;
pub mod note;
mod people;
pub mod task;
pub mod view;

use crate::api::{CaseDone, Changed};
use esik_domain::ids::CaseId;

/// What a change of one case refreshes.
#[must_use]
pub fn done(case: CaseId) -> CaseDone {
    CaseDone {
        changed: Changed {
            cases: vec![case.to_string()],
            lists: vec!["reception".to_owned(), "control".to_owned(), "sync".to_owned()],
        },
    }
}
