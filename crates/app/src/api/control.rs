//! Lists: reception, control board, search, reference data.

use super::DraftLine;
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::{ObligationKind, ReferralState, WaitingOn};
use esik_domain::catalog::{Agency, Category};
use esik_domain::event::{Told, Way};
use esik_domain::ids::{AgencyCode, CaseId, CategoryCode, OfficerId, PaperId, ReferralId, TaskId};
use esik_domain::ladder::Rung;
use esik_domain::priority::Priority;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Home: what needs this officer now.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Reception {
    pub today: NaiveDate,
    pub drafts: Vec<DraftLine>,
    /// Ours to do, the most urgent first.
    pub we_owe: Vec<ControlRow>,
    pub we_owe_count: u32,
    /// Agencies owe us, the latest first.
    pub they_owe: Vec<ControlRow>,
    pub they_owe_count: u32,
    /// Late answers this officer's rung of the ladder has to take up, the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub take_up: Vec<ControlRow>,
    /// What was taken in today, newest first.
    pub taken_today: Vec<TakenLine>,
    pub taken_today_count: u32,
    /// No case yet at this desk: tell a newcomer what to try.
    pub empty: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TakenLine {
    pub id: CaseId,
    pub number: Option<String>,
    pub title: String,
    pub at: DateTime<Utc>,
    /// `case`, `advice`, `crime`.
    pub becomes: String,
}

/// One thing somebody owes, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ControlRow {
    /// Key of the row, for paging and selection.
    pub key: String,
    pub case: CaseId,
    pub number: String,
    pub title: String,
    pub address: String,
    pub category: Option<CategoryCode>,
    pub what: ObligationKind,
    /// A second reason that stands in the same line.
    pub also: Option<ObligationKind>,
    pub waiting_on: WaitingOn,
    pub agency: Option<AgencyCode>,
    pub referral: Option<ReferralId>,
    pub task: Option<TaskId>,
    pub state: Option<ReferralState>,
    /// The three stamps: delivered, registered, accepted. `yes`, `no`, `empty`.
    pub stamps: [String; 3],
    pub incoming_number: Option<String>,
    pub due: Option<NaiveDate>,
    /// The day that stood here before another calendar held.
    pub moved_from: Option<NaiveDate>,
    /// Working days late, 0 = not late.
    pub late_wd: i32,
    /// The agency has not confirmed receipt within its term.
    pub no_receipt: bool,
    pub reminders: u32,
    /// Who has to take a late answer on; absent where no body owes one, and once it was taken up there.
    pub rung: Option<Rung>,
    pub restricted: bool,
    /// Something has to be known before anybody calls or writes: it stands in the case.
    pub caution: bool,
    /// How soon the case has to be taken up.
    pub priority: Priority,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    #[default]
    All,
    /// It cannot wait until tomorrow, whatever day was promised.
    First,
    Overdue,
    Today,
    Week,
    WaitingAgency,
    WaitingUs,
    /// Waits for a decision and signature of the head.
    ToSign,
    /// Two bodies refused it.
    SecondBounce,
    /// Another calendar moved its last day.
    Moved,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ControlRequest {
    pub queue: Queue,
    pub agency: Option<AgencyCode>,
    pub category: Option<CategoryCode>,
    /// Who answers for the case.
    #[serde(default)]
    pub officer: Option<OfficerId>,
    /// The last day is this one or later; with either bound, lines without a day are left out.
    pub from: Option<NaiveDate>,
    /// The last day is this one or earlier.
    pub until: Option<NaiveDate>,
    /// Words looked for in number, title, address, applicant and the name of the theme.
    pub filter: String,
    /// Key of the last row of the page before this one.
    pub after: Option<String>,
    /// Key of the first row of the page behind this one: the rows before it. Not with `after`.
    pub before: Option<String>,
    /// The last rows of the queue, without those between. Alone.
    pub end: bool,
    /// At most 200.
    pub limit: u32,
}

/// What of the debts of bodies is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct OweRequest {
    pub category: Option<CategoryCode>,
    pub officer: Option<OfficerId>,
    /// As of the board.
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// Bodies that owe us an answer, the most late first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BodiesOwe {
    pub today: NaiveDate,
    pub bodies: Vec<BodyOwes>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct BodyOwes {
    pub agency: AgencyCode,
    pub total: u32,
    /// Of them, past the last day.
    pub late: u32,
    /// The earliest last day; none when no day was promised.
    pub first_due: Option<NaiveDate>,
    /// Working days the earliest one is late; 0 = none is.
    pub late_wd: i32,
}

/// The weekly lists of what bodies owe.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct OwedLists {
    /// Monday of the week.
    pub week: NaiveDate,
    /// From which day they are due; none in a week without a working day.
    pub since: Option<NaiveDate>,
    /// Bodies that have to get theirs, the most late first.
    pub due: Vec<OwedListDue>,
    /// Those that got it this week, the latest first.
    pub handed: Vec<HandedListLine>,
}

/// A body whose list is due: what it owes by the end of the week, as far as everybody at the station may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwedListDue {
    pub agency: AgencyCode,
    pub total: u32,
    /// Of them, past the last day.
    pub late: u32,
    /// What this officer may know of and the list does not tell: of a restricted circle.
    pub left_out: u32,
}

/// A list that was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HandedListLine {
    pub agency: AgencyCode,
    pub at: DateTime<Utc>,
    /// Surname and initials of who handed it over; empty when unknown here.
    pub who: String,
    pub told: Told,
    /// What stood on it.
    pub lines: u32,
    /// It can be printed again by this officer at this desk.
    pub paper: Option<PaperId>,
}

/// The list of a body is printed and handed over.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct OwedListHand {
    pub agency: AgencyCode,
    /// `paper`, `mail`, `email`, `system`.
    pub way: Way,
    /// Who of the body took it; may be empty.
    #[serde(default)]
    pub who: String,
}

/// A queue of an officer's own: what the board is asked for, under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SavedQueue {
    pub name: String,
    pub queue: Queue,
    pub agency: Option<AgencyCode>,
    pub category: Option<CategoryCode>,
    pub officer: Option<OfficerId>,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub filter: String,
}

/// The queues an officer keeps at this desk, in his order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SavedQueues {
    pub queues: Vec<SavedQueue>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ControlPage {
    pub today: NaiveDate,
    pub counts: QueueCounts,
    pub rows: Vec<ControlRow>,
    /// There are more after these; asked for by `before` or `end`: before these.
    pub more: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueCounts {
    pub all: u32,
    pub first: u32,
    pub overdue: u32,
    pub today: u32,
    pub week: u32,
    pub waiting_agency: u32,
    pub waiting_us: u32,
    pub to_sign: u32,
    pub second_bounce: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SearchRequest {
    pub query: String,
    pub limit: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SearchHit {
    /// `case`, `visit`.
    pub kind: String,
    pub id: CaseId,
    pub number: Option<String>,
    pub title: String,
    pub who: String,
    pub address: String,
    pub at: DateTime<Utc>,
    pub closed: bool,
    pub score: f64,
    /// `number`, `phone`, `iin`, `name`, `text`.
    pub why: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SearchResult {
    pub hits: Vec<SearchHit>,
}

/// Categories and bodies, loaded once by a screen.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Reference {
    pub categories: Vec<Category>,
    pub agencies: Vec<Agency>,
}
