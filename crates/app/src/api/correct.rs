//! Making a slip good: corrections, requests taken back, two values settled, undo.

use chrono::{DateTime, Utc};
use esik_domain::event::Party;
use esik_domain::ids::{CaseId, DraftId, EventId, PartyId, ReferralId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What of a case is corrected; everything that is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseCorrect {
    pub case: CaseId,
    #[serde(default)]
    pub title: Option<String>,
    /// As the person says it; a place on the map that belonged to the old words goes with them.
    #[serde(default)]
    pub address: Option<String>,
    #[serde(default)]
    pub ext_number: Option<String>,
    /// People with all their data as they are to be; the role stays.
    #[serde(default)]
    pub parties: Vec<PartyData>,
    /// `set_by` of the view the officer corrected: what somebody else changed meanwhile is then seen.
    #[serde(default)]
    pub seen: BTreeMap<String, EventId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PartyData {
    pub id: PartyId,
    pub party: Party,
}

/// A request is taken back from its body, which sees the reason.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralWithdraw {
    pub case: CaseId,
    pub referral: ReferralId,
    pub reason: String,
}

/// One pair of values that met is settled.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReviewSettle {
    pub case: CaseId,
    /// The amendment that met another one: `event` of the review.
    pub event: EventId,
    pub take: ReviewTake,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReviewTake {
    /// What was there before.
    Earlier,
    /// What stands now.
    Later,
}

/// How a local act is taken back: what an answer gave is sent as it is, within a minute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Undo {
    /// Events of one stream.
    Act { case: CaseId, events: Vec<EventId> },
    /// A draft that was thrown away; kept in memory only.
    Draft { id: DraftId },
    /// A ticket that was called, with the draft the call opened.
    Call { ticket: CaseId, events: Vec<EventId>, draft: DraftId },
    /// Events of several streams: all of them, or none.
    Acts { acts: Vec<StreamActs> },
    /// A shift that was handed over: cases and drafts are one's own again, and so is the note.
    Shift { acts: Vec<StreamActs>, given: Vec<DraftId>, thrown: Vec<DraftId>, note: String },
    /// Own queues of the board: those that went are back in their places, those that came are gone.
    Queues { back: Vec<QueueAt>, out: Vec<String> },
}

/// Events of one stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct StreamActs {
    pub case: CaseId,
    pub events: Vec<EventId>,
}

/// An own queue, and where it stood among the others.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct QueueAt {
    pub at: u32,
    pub queue: super::SavedQueue,
}

/// What a correction changed, for the history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FieldChange {
    /// `title`, `address`, `ext_number`, `category`, or a field of a person: `surname`, `phone`, …
    pub field: String,
    /// Empty = there was none. A category is a code; `do_not_call` is `yes` or empty.
    pub before: String,
    pub after: String,
}

/// An entry of the history that its author took back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct TakenBack {
    pub at: DateTime<Utc>,
}
