//! The hand-over of a shift: what is handed on, to whom, and what the region has of it.

use super::{Changed, ControlRow, DraftLine, Undo};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::ids::{CaseId, DraftId, OfficerId};
use esik_domain::shift::AtRegion;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the one who leaves has in hand, as far as this officer may know of it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ShiftView {
    /// Id of the hand-over that this screen may make: pressing twice makes one.
    pub fresh: CaseId,
    /// Since when the shift goes on: taken over then, or the beginning of the day.
    pub from: DateTime<Utc>,
    pub today: NaiveDate,
    /// Ours, with the last day today or over.
    pub due: Vec<ControlRow>,
    /// The applicant has to be called or told.
    pub calls: Vec<ControlRow>,
    /// Bodies that are late: to be reminded.
    pub late: Vec<ControlRow>,
    /// The region refused something, or two values met: work that came back.
    pub refused: Vec<ControlRow>,
    /// There are more lines than could be looked at; the control board has them all.
    pub more: bool,
    /// Open cases this officer answers for.
    pub cases: Vec<ShiftCase>,
    pub drafts: Vec<DraftLine>,
    /// The note begun and not handed over yet.
    pub note: String,
    /// What was taken in during the shift.
    pub taken: u32,
    pub region: AtRegion,
    pub enrolled: bool,
    /// Handed to this officer, or to whoever comes, and not taken yet.
    pub waiting: Vec<ShiftLine>,
    /// What this officer took over last, within a day.
    pub inherited: Option<ShiftLine>,
    /// Hand-overs of the station, newest first.
    pub past: Vec<ShiftLine>,
}

/// What the first screen tells of hand-overs: nothing of the work itself, which only the shift's own screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShiftNews {
    /// Handed to this officer, or to whoever comes, and not taken yet.
    pub waiting: Vec<ShiftLine>,
    /// What this officer took over last, within a day.
    pub inherited: Option<ShiftLine>,
}

/// A case that may change hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShiftCase {
    pub id: CaseId,
    pub number: String,
    pub title: String,
    pub next_due: Option<NaiveDate>,
    /// Only for officers of its circle.
    pub restricted: bool,
}

/// One hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShiftLine {
    pub id: CaseId,
    pub from: DateTime<Utc>,
    pub at: DateTime<Utc>,
    /// Surname and initials; empty when unknown here.
    pub by: String,
    /// By this officer.
    pub mine: bool,
    /// Whom it names; none = whoever comes.
    pub to: Option<String>,
    pub note: String,
    /// Who took it over, and when.
    pub taken_by: Option<String>,
    pub taken_at: Option<DateTime<Utc>>,
    /// What the region had when it was handed over.
    pub region: AtRegion,
    /// The region's number of it: with it everything written before at that computer has arrived.
    #[ts(type = "number | null")]
    pub receipt: Option<u64>,
    /// Cases that changed hands with it.
    pub cases: u32,
}

/// What becomes of an unfinished intake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftFate {
    /// Stays with who wrote it.
    Keep,
    /// Goes to the next officer.
    Hand,
    /// Thrown away.
    Discard,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DraftChoice {
    pub id: DraftId,
    pub fate: DraftFate,
}

/// The leaving officer's decision.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ShiftHandOver {
    /// [`ShiftView::fresh`].
    pub id: CaseId,
    /// None = whoever comes; then neither cases nor drafts change hands.
    #[serde(default)]
    pub to: Option<OfficerId>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub cases: Vec<CaseId>,
    #[serde(default)]
    pub drafts: Vec<DraftChoice>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ShiftRef {
    pub id: CaseId,
}

/// The note as it is being written.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ShiftNote {
    pub note: String,
}

/// A hand-over was made or taken.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ShiftDone {
    pub line: ShiftLine,
    pub changed: Changed,
    /// How it is taken back.
    pub undo: Option<Undo>,
}
