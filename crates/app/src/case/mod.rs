//! One case: looking at it and everything an officer does to it but referring.

pub mod add;
mod caution;
pub(crate) mod clocks;
pub mod close;
pub mod contact;
pub mod controller;
pub mod correct;
pub mod coupon;
pub mod extend;
pub mod get;
pub mod note;
mod people;
pub mod person;
pub mod plan;
pub mod priority;
pub mod restrict;
pub mod task;
mod timeline;
pub mod view;
mod was;
pub mod word;

use crate::api::{CaseDone, Changed, Undo};
use esik_domain::ids::{CaseId, EventId};

/// What a change of one case refreshes.
#[must_use]
pub fn done(case: CaseId) -> CaseDone {
    CaseDone {
        changed: Changed {
            cases: vec![case.to_string()],
            lists: vec!["reception".to_owned(), "control".to_owned(), "sync".to_owned()],
        },
        undo: None,
    }
}

/// The same for what its author may take back.
#[must_use]
pub fn undoable(case: CaseId, events: Vec<EventId>) -> CaseDone {
    let undo = (!events.is_empty()).then_some(Undo::Act { case, events });
    CaseDone { undo, ..done(case) }
}
