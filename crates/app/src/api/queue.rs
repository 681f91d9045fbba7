//! The hall's queue: who waits, sitting down, being called, leaving.

use super::{Changed, Draft};
use chrono::{DateTime, Utc};
use esik_domain::ids::{CaseId, CategoryCode};
use esik_domain::queue::QueueAbout;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Somebody in the hall; `about` only as far as this officer may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueLine {
    pub id: CaseId,
    /// As it is called out: `Б-7`.
    pub ticket: String,
    /// `kk`, `ru`, `en`; empty when not asked.
    pub language: String,
    pub urgent: bool,
    pub about: QueueAbout,
    pub joined_at: DateTime<Utc>,
    /// Who called the ticket last; the person has not left yet.
    pub called: Option<QueueCalled>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueCalled {
    pub at: DateTime<Utc>,
    /// Surname and initials; empty when unknown here.
    pub by: String,
    /// By this officer.
    pub me: bool,
}

/// The hall today: urgent first, then as they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HallQueue {
    pub lines: Vec<QueueLine>,
    /// Not called yet.
    pub waiting: u32,
}

/// What the consultant heard in a minute. Nothing is mandatory: a ticket alone is enough.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct QueueJoin {
    /// At most 200 characters are kept.
    pub words: String,
    pub name: String,
    pub language: String,
    pub urgent: bool,
    pub category: Option<CategoryCode>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct QueueJoined {
    /// As it is called out and written on the paper: `Б-7`.
    pub ticket: String,
    pub id: CaseId,
    pub urgent: bool,
    /// Only this circle sees what it is about; `open` = every officer.
    pub circle: String,
    /// The words spoke of a crime and were not kept; the sign of it was.
    pub words_dropped: bool,
    pub changed: Changed,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct QueueCall {
    /// `None` = who is next.
    pub id: Option<CaseId>,
}

/// The intake that a call opened, with the words that were heard.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct QueueCallDone {
    pub ticket: String,
    pub draft: Draft,
    pub changed: Changed,
    /// Puts the person back into the hall.
    pub undo: super::Undo,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct QueueLeave {
    pub id: CaseId,
    pub how: QueueLeaveHow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueLeaveHow {
    /// Did not wait.
    Gone,
    /// The ticket was given by mistake.
    Mistake,
}
