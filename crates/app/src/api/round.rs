//! An inspector's rounds: the beat, a visit, the day handed in.

use super::{Changed, Draft, Refusal, Undo};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::CautionKind;
use esik_domain::ids::CaseId;
use esik_domain::round::{RoundVisit, VisitCounts, VisitResult};
use esik_domain::shift::AtRegion;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The inspector's day.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundView {
    pub today: NaiveDate,
    /// To be visited today, those whose day has passed first; and what was visited today already.
    pub plan: Vec<RoundPlace>,
    /// The rest of the beat, by address.
    pub rest: Vec<RoundPlace>,
    /// Addresses of open cases near the beat that are not on the list.
    pub suggested: Vec<RoundSuggestion>,
    /// Of today.
    pub counts: VisitCounts,
    /// Intakes finished on the round today.
    pub taken: u32,
    /// Photographs and papers of today's visits.
    pub files: u32,
    pub region: AtRegion,
    pub enrolled: bool,
    /// Visits of earlier days that nobody handed in: the latest such day.
    pub not_handed_in: Option<NaiveDate>,
    /// Days handed in, newest first.
    pub days: Vec<RoundDayLine>,
}

/// An address of the beat.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundPlace {
    pub id: CaseId,
    pub address: String,
    pub note: String,
    pub day: Option<NaiveDate>,
    pub visits: u32,
    pub last: Option<RoundVisit>,
    /// Visited today.
    pub done: bool,
    /// Open cases there that this officer may know of.
    pub cases: Vec<RoundCase>,
}

/// An open case at an address, as one reads it before knocking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoundCase {
    pub id: CaseId,
    pub number: String,
    pub title: String,
    pub next_due: Option<NaiveDate>,
    /// Contact may be dangerous for somebody.
    pub caution: Vec<CautionKind>,
    /// When and how it is safe to make contact, as it was said.
    pub call_note: String,
}

/// An address where a case is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoundSuggestion {
    pub address: String,
    /// Numbers of its cases.
    pub numbers: Vec<String>,
}

/// A day that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoundDayLine {
    pub id: CaseId,
    pub day: NaiveDate,
    pub at: DateTime<Utc>,
    pub counts: VisitCounts,
    /// Intakes finished on the round.
    pub taken: u32,
    /// Photographs and papers of its visits.
    pub files: u32,
    /// The region's number of it: everything this computer wrote before has arrived.
    #[ts(type = "number | null")]
    pub receipt: Option<u64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RoundAdd {
    pub address: String,
    pub note: String,
    pub day: Option<NaiveDate>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundAdded {
    pub id: CaseId,
    /// It was on the list already.
    pub known: bool,
    pub changed: Changed,
    /// How it is taken back.
    pub undo: Option<Undo>,
}

/// A file of addresses, as text.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundImport {
    pub text: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundImported {
    pub added: u32,
    /// Were on the list already, or twice in the file.
    pub known: u32,
    /// Lines that could not be taken; all others were.
    pub wrong: Vec<RoundWrongLine>,
    pub changed: Changed,
    /// How all of them are taken back.
    pub undo: Option<Undo>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoundWrongLine {
    /// Of the file, from 1.
    pub line: u32,
    /// `empty`, `too_long`, `note_too_long`.
    pub why: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundPlan {
    pub id: CaseId,
    /// None = when it suits.
    #[serde(default)]
    pub day: Option<NaiveDate>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundRef {
    pub id: CaseId,
}

/// What became of a visit.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundVisited {
    pub id: CaseId,
    pub result: VisitResult,
    #[serde(default)]
    pub note: String,
    /// The next visit.
    #[serde(default)]
    pub next: Option<NaiveDate>,
    /// The case it was about: its timeline gets the visit too.
    #[serde(default)]
    pub case: Option<CaseId>,
}

/// An intake that began at an address.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundIntake {
    pub draft: Draft,
    pub changed: Changed,
}

/// Which day; none = today.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RoundHandIn {
    pub day: Option<NaiveDate>,
}

/// What a day came to, and what the region has of it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RoundReceipt {
    pub line: RoundDayLine,
    /// Records this officer made that day at this computer, and how many of them the region has.
    #[ts(type = "number")]
    pub records: u64,
    #[ts(type = "number")]
    pub acknowledged: u64,
    /// After sending.
    pub region: AtRegion,
    /// Why not everything was sent.
    pub failure: Option<Refusal>,
    pub changed: Changed,
}
