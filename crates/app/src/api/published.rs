//! What the region published: which versions hold, a paper looked at, days another calendar moved.

use super::Changed;
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendars::DayChange;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Calendar, papers, cards.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Publications {
    pub lines: Vec<PublishedLine>,
}

/// One version of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PublishedLine {
    /// `calendar`, `paper`, `knowledge`, or what a newer program knows.
    pub kind: String,
    /// The paper's id; `region` where there is one only.
    pub name: String,
    pub version: u32,
    /// The version as people say it; empty for what the program ships without one.
    pub label: String,
    pub state: PublishedState,
    /// Shipped with the program.
    pub ours: bool,
    /// When it began to hold here.
    pub since: Option<DateTime<Utc>>,
    pub holds_from: Option<NaiveDate>,
    /// Who published it.
    pub by: String,
}

/// Whether a version is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PublishedState {
    /// In force.
    Holds,
    /// Its day has not come.
    Waits,
    /// Only a newer program can use it: kept, not used.
    NewerProgram,
    /// It is not what it says it is: kept, not used.
    Unreadable,
}

/// Which template to look at.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Specimen {
    /// Id of the paper.
    pub name: String,
    pub version: u32,
}

/// Days that the calendar in force moved.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct MovedDays {
    /// Lines of the board whose last day is another one now.
    pub count: u32,
    /// The calendar that holds, and the one before it.
    pub calendar: String,
    pub before: String,
    /// Days the two see differently, around now.
    pub changes: Vec<DayChange>,
    /// The officer has seen it.
    pub seen: bool,
}

/// The officer has seen what this calendar moved.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct MovedSeen {
    pub calendar: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct MovedSeenDone {
    pub changed: Changed,
}
