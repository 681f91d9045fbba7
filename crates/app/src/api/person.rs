//! One person in several cases.

use chrono::{DateTime, Utc};
use esik_domain::case::{CautionKind, WaitingOn};
use esik_domain::event::Party;
use esik_domain::ids::{CaseId, CategoryCode, PartyId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the other cases of a person.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct PersonHistoryOf {
    pub case: CaseId,
    pub party: PartyId,
}

/// What is known of a person beyond the case.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PersonHistory {
    /// Theirs by an officer's word, the newest first.
    pub same: Vec<LinkedPerson>,
    /// Of somebody else by an officer's word.
    pub others: Vec<LinkedPerson>,
    /// Of somebody alike, of whom nobody has said anything; the surest first.
    pub alike: Vec<AlikePerson>,
}

/// A person as they stand in another case.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PersonCaseView {
    pub case: CaseId,
    pub party: PartyId,
    pub person: Party,
    /// None = a visit that never became a case.
    pub number: Option<String>,
    pub title: String,
    pub address: String,
    pub category: Option<CategoryCode>,
    /// Last change.
    pub at: DateTime<Utc>,
    pub open: bool,
    pub waiting_on: Option<WaitingOn>,
    /// What has to be known there before anybody calls or writes.
    pub cautions: Vec<CautionKind>,
    /// Here and there stands a right IIN, and it is not the same one.
    pub other_iin: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LinkedPerson {
    pub of: PersonCaseView,
    /// What was said of these two; empty where a third case lies between them.
    pub words: Vec<PersonWordView>,
    /// The case between.
    pub through: Option<CaseId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AlikePerson {
    pub of: PersonCaseView,
    /// By what: `iin`, `phone`, `name`; `other_iin` beside them when the IIN is another one.
    pub why: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PersonWordView {
    pub same: bool,
    pub at: DateTime<Utc>,
    /// Empty when the officer is not known here.
    pub who: String,
    pub reason: String,
}

/// Says whether a person of a case and one of another case are the same.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PersonMatch {
    pub case: CaseId,
    pub party: PartyId,
    pub other_case: CaseId,
    pub other_party: PartyId,
    /// None = what was said before is taken back.
    pub same: Option<bool>,
    /// May be empty; at most 500 characters.
    #[serde(default)]
    pub reason: String,
}
