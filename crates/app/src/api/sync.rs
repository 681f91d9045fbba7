//! The truth about sync: its line in the rail, and the screen behind it.

use super::{Changed, Refusal};
use chrono::{DateTime, Utc};
use esik_domain::ids::{CaseId, EventId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The truth about sync: what the region has acknowledged, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncStatus {
    pub enrolled: bool,
    /// The last call brought an answer.
    pub online: bool,
    pub running: bool,
    /// False = nobody can know how much waits: the program ended without being locked, and the keys are away.
    pub counted: bool,
    /// Events saved here that the region has not acknowledged.
    pub unacknowledged: u32,
    /// When the region last acknowledged or answered.
    pub last_success: Option<DateTime<Utc>>,
    pub last_attempt: Option<DateTime<Utc>>,
    /// Number of the last acknowledged event: the proof.
    #[ts(type = "number | null")]
    pub proof: Option<u64>,
    /// Why the last attempt failed.
    pub failure: Option<Refusal>,
    /// Attached files that wait to go to the region, or are on their way, and their bytes.
    pub files_waiting: u32,
    #[ts(type = "number")]
    pub files_bytes: u64,
    /// Own events the region refused; each is work.
    pub refused: u32,
    /// Events from the region that could not be used and were set aside.
    pub set_aside: u32,
    /// Events from the region that wait until it tells of the officer who signed them.
    pub awaits_author: u32,
    /// Events from the region that wait until somebody vouches for the officer who signed them (adr/0038).
    pub awaits_voucher: u32,
    /// This computer's clock minus the region's, in seconds, when more than two minutes.
    #[ts(type = "number | null")]
    pub clock_off_s: Option<i64>,
    /// The clock is a day off or more and nobody at this desk has said that he knows.
    pub clock_ask: bool,
    /// What a sync that somebody started here is doing just now.
    pub progress: Option<SyncProgress>,
    /// The region contradicted its own signature: two histories, or one taken back. `None` = never.
    pub tree_fault: Option<TreeFaultView>,
    /// The region signed its order once, and does so no more. `None` = it does, or never did.
    pub tree_silent: Option<TreeSilence>,
}

/// The region gives no signed head of its order: a standby answers, or something is hidden (adr/0023).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TreeSilence {
    /// The first such greeting after the last signed head; device time.
    pub since: DateTime<Utc>,
    /// Longer than a standby should answer: three days.
    pub long: bool,
}

/// The first time the region contradicted what it had signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TreeFaultView {
    /// Device time.
    pub at: DateTime<Utc>,
    /// `shrunk`, `split`, `event_missing`, `unproven`, `signature`.
    pub code: String,
    /// Events in the region's order as it then said.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
}

/// What a sync does just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SyncProgress {
    /// Asking the region where both stand.
    Greeting,
    /// Own records judged so far, of how many.
    Sending {
        #[ts(type = "number")]
        done: u64,
        #[ts(type = "number")]
        of: u64,
    },
    /// Records read so far.
    Reading {
        #[ts(type = "number")]
        events: u64,
    },
    /// The region is busy and said until when.
    Waiting { until: DateTime<Utc> },
    /// Bytes of attached files that are on the stick, or were handed on from it, of how many.
    Stick {
        #[ts(type = "number")]
        done: u64,
        #[ts(type = "number")]
        of: u64,
    },
}

/// Everything the sync screen shows.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SyncBoard {
    pub status: SyncStatus,
    /// What waits to be sent, by case, oldest first.
    pub waiting: Vec<WaitingCase>,
    /// Records that wait and stand in no line here: not for this officer, or further on.
    pub waiting_others: u32,
    /// What the region refused or set aside, newest first.
    pub refused: Vec<RefusedRecord>,
    /// What came from the region and is not applied, by reason.
    pub unapplied: Vec<Unapplied>,
    pub clock: Option<ClockState>,
    /// The last record of this desk that the region acknowledged.
    pub proof: Option<SyncProof>,
    /// What a person of the region said of the other copy of this desk that was seen.
    pub branch: Option<RegionDecision>,
    /// The last tries to reach the region, newest first.
    pub contacts: Vec<SyncContact>,
    /// Whose word this desk goes by; nothing before it has joined.
    pub trust: Option<SyncTrust>,
    /// The database was damaged and mended.
    pub mended: Option<MendedDesk>,
}

/// What came of mending a damaged database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MendedDesk {
    /// Device time.
    pub at: DateTime<Utc>,
    /// Name of the damaged file in the profile's folder; empty when there was none any more.
    pub kept_as: String,
    /// Records that were read from the disk, of the damaged file and of its spare.
    #[ts(type = "number")]
    pub records: u64,
    /// Everything could be read; else the region gives back what it has.
    pub whole: bool,
    /// Nothing was damaged: the data were of another day, and the region gives back what came since.
    pub set_back: bool,
}

/// Whose word this desk goes by when an officer is new to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncTrust {
    /// What the officer who looks reads to whoever vouches for him: `XXXX-XXXX-XXXX-XXXX`.
    pub mark: String,
    /// Somebody vouches for him.
    pub vouched: bool,
    /// The mark of the region's warrant key; nothing when it has none: every key is believed as first seen.
    pub warrant: Option<String>,
    /// Another warrant key that the region told since; it is not believed.
    pub other: Option<OtherWarrant>,
}

/// A warrant key that is not believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OtherWarrant {
    pub mark: String,
    /// Device time at which it was first told.
    pub at: DateTime<Utc>,
}

/// Records of one case that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WaitingCase {
    pub case: RecordOf,
    pub since: DateTime<Utc>,
    pub kinds: Vec<KindCount>,
}

/// What a record belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordOf {
    pub id: CaseId,
    /// There is a case to open; else a hand-over, a ticket or a day of rounds.
    pub opens: bool,
    /// Its number; nothing for a visit without one.
    pub number: Option<String>,
    pub title: String,
}

/// How many records of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KindCount {
    pub kind: String,
    pub n: u32,
}

/// A record of this desk that the region refused or set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RefusedRecord {
    pub event: EventId,
    pub case: RecordOf,
    pub kind: String,
    /// Why: a code with words.
    pub code: String,
    /// Set aside, a person of the region decides; else refused by rule.
    pub set_aside: bool,
    pub by: String,
    pub at: DateTime<Utc>,
    pub action: RefusedAction,
    /// What a person of the region said of it last.
    pub decision: Option<RegionDecision>,
}

/// An officer dealt with records the region refused or set aside.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RefusalSettle {
    /// [`RefusedRecord::case`]: the stream they belong to.
    pub case: CaseId,
    pub events: Vec<EventId>,
    /// What was done, in the officer's words.
    pub text: String,
}

/// What a person of the region decided about something that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegionDecision {
    /// `left` aside or `asked`: the station is.
    pub what: String,
    pub note: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// The one thing to do about a refused record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusedAction {
    /// Open the case and write it anew as it now stands.
    Correct,
    /// The head of the station has the right, or gives it.
    Head,
    /// A person of the region decides: ask again.
    Region,
    /// There is nothing to do.
    Nothing,
}

/// Records from the region that are kept and not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Unapplied {
    /// `needs_update`, `base_missing`, `unknown_author`, `signature`, `unreadable`, `id_conflict`, `fork`, `limits`,
    /// `not_allowed`; `not_kept` for a place in a feed from which it is read again.
    pub reason: String,
    pub n: u32,
}

/// The clock against the region's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClockState {
    /// This computer's clock minus the region's, in seconds.
    #[ts(type = "number")]
    pub off_s: i64,
    pub measured_at: DateTime<Utc>,
    /// Two minutes or more: it is told.
    pub wrong: bool,
    /// A day or more: somebody has to say that he knows.
    pub ask: bool,
    /// Who said so of this very difference, and when.
    pub known_by: Option<String>,
    pub known_at: Option<DateTime<Utc>>,
}

/// “I know that the clock is off by so much.”
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ClockKnown {
    /// The difference that was shown, in seconds.
    #[ts(type = "number")]
    pub off_s: i64,
}

/// The desk knows who knows.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ClockKnownDone {
    pub changed: Changed,
}

/// The last acknowledged record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncProof {
    /// Its number in the region's order.
    #[ts(type = "number")]
    pub pos: u64,
    /// The beginning of its hash, as papers show it.
    pub hash: String,
    /// When the region recorded it.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// One try to reach the region, or several that ended alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncContact {
    /// The last of them.
    pub at: DateTime<Utc>,
    /// The first of them.
    pub since: DateTime<Utc>,
    pub times: u32,
    /// Why it failed; nothing when all went well.
    pub failure: Option<Refusal>,
    #[ts(type = "number")]
    pub sent: u64,
    #[ts(type = "number")]
    pub refused: u64,
    #[ts(type = "number")]
    pub received: u64,
}
