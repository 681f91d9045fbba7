//! Rows of the region's tables as Rust values.

use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::Referral;
use esik_domain::ids::{AgencyCode, CaseId, DeviceId, EventId, Pos, ReferralId, Scope, StationId};
use esik_wire::{EventHash, Head, LocalName, OfficerCard, SignedEvent, WarrantChange};
use serde::{Deserialize, Serialize};

/// The region itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegionRow {
    pub id: String,
    pub name: LocalName,
    /// The region as a device: author of what agencies do.
    pub device: DeviceId,
    /// Its life; a restored database starts a new one, so that no sequence is used twice.
    pub incarnation: u32,
    /// Public key, base64.
    pub key: String,
    /// Changes with every restore.
    pub epoch: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StationRow {
    pub id: StationId,
    pub name: LocalName,
}

/// A one-time code; only its hash is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeRow {
    pub hash: String,
    pub station: StationId,
    pub expires_at: DateTime<Utc>,
    pub used_by: Option<DeviceId>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceRow {
    pub id: DeviceId,
    pub station: StationId,
    /// Ed25519, base64.
    pub key: String,
    /// Highest life of the device the region has seen.
    pub incarnation: u32,
    /// Taken away by an administrator.
    pub revoked: bool,
    /// Two copies of it were seen: no push until it enrols anew.
    pub frozen: bool,
    pub enrolled_at: DateTime<Utc>,
    pub seen: Option<DeviceSeen>,
}

/// What the last `hello` told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceSeen {
    pub at: DateTime<Utc>,
    pub incarnation: u32,
    /// Region time minus device time.
    pub clock_offset_ms: i64,
    /// Events saved there without a verdict.
    pub unsent: u64,
    pub version: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfficerRow {
    pub card: OfficerCard,
    /// The desk that registered him; only it may change the card.
    pub device: DeviceId,
    pub registered_at: DateTime<Utc>,
}

impl OfficerRow {
    /// May this come in the place of what is there? Of the same desk, and with the same word on circles or a later one: whoever
    /// looked before somebody else wrote gives no circle back.
    #[must_use]
    pub fn follows(&self, had: &Self) -> bool {
        let (word, before) = (&self.card.circles_word, &had.card.circles_word);
        let n = |w: &Option<esik_wire::CirclesWord>| w.as_ref().map_or(0, |w| w.n);
        self.device == had.device && (word == before || n(word) > n(before))
    }
}

/// The public half of a warrant key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WarrantRow {
    /// Ed25519, base64.
    pub key: String,
    /// The word of the key before; nothing when it came by no such word.
    pub change: Option<WarrantChange>,
    pub set_at: DateTime<Utc>,
}

/// An event in the region's order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    pub pos: Pos,
    pub recorded_at: DateTime<Utc>,
    pub event: SignedEvent,
}

/// A page of a feed as one snapshot saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedRows {
    pub events: Vec<StoredEvent>,
    /// There are later entries.
    pub more: bool,
    /// The region's position at that moment.
    pub head: Pos,
}

/// A case came into a feed, or left it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseMove {
    pub scope: Scope,
    /// Where in the order it did.
    pub pos: Pos,
    pub case: CaseId,
    /// The first event of it that moved.
    pub from: Pos,
    pub entered: bool,
}

/// What of the order enters other feeds than before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FeedMoves {
    /// Entries that are in these feeds no more.
    pub out: Vec<(Scope, Pos)>,
    /// Entries that are in these too, at their old positions.
    pub into: Vec<(Scope, Pos)>,
    pub told: Vec<CaseMove>,
}

/// What was said of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    Accepted(Pos),
    Quarantined(String),
    Rejected(String),
}

/// A verdict given before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    pub seq: u64,
    pub hash: EventHash,
    pub id: Option<EventId>,
    pub kept: Kept,
    pub recorded_at: DateTime<Utc>,
}

/// An event that goes into the order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEvent {
    pub pos: Pos,
    pub id: EventId,
    pub case: CaseId,
    pub kind: String,
    pub event: SignedEvent,
    pub hash: EventHash,
    /// Feeds it enters.
    pub scopes: Vec<Scope>,
    /// A file the event names, by hash.
    pub file: Option<String>,
    /// The coupon the event gave out.
    pub coupon: Option<CouponRow>,
}

/// A coupon somebody has in his hand, and the case it is of.
#[derive(Clone, PartialEq, Eq)]
pub struct CouponRow {
    pub number: String,
    pub case: CaseId,
    /// What is typed by hand.
    pub code: String,
    /// What stands in the QR code.
    pub secret: String,
}

impl std::fmt::Debug for CouponRow {
    /// Without what proves it: a log is read by many.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CouponRow").field("number", &self.number).finish_non_exhaustive()
    }
}

/// A verdict to keep; a quarantined or rejected event is kept with its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewVerdict {
    pub seq: u64,
    pub id: Option<EventId>,
    pub hash: EventHash,
    pub kept: Kept,
    /// The bytes, unless the event is in the order.
    pub aside: Option<SignedEvent>,
}

/// The chain of one device that a commit moves on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChainMove {
    pub device: DeviceId,
    pub incarnation: u32,
    pub from: Head,
    pub to: Head,
    pub verdicts: Vec<NewVerdict>,
}

/// Everything one push or one act of an agency writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// The position all of this was decided at.
    pub expect: Pos,
    pub recorded_at: DateTime<Utc>,
    pub events: Vec<NewEvent>,
    pub chains: Vec<ChainMove>,
    pub requests: Vec<RequestRow>,
    /// Events of [`Self::events`] that stood aside until a person decided.
    pub settled: Vec<Settled>,
    pub moves: FeedMoves,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Committed {
    /// Durable.
    Done,
    /// Somebody else wrote meanwhile: decide again.
    Moved,
}

/// A quarantined or rejected event as an administrator sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AsideRow {
    pub device: DeviceId,
    pub incarnation: u32,
    pub seq: u64,
    pub id: Option<EventId>,
    pub rejected: bool,
    pub code: String,
    pub recorded_at: DateTime<Utc>,
}

/// How far a series of numbers was given out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct SeriesRow {
    pub station: StationId,
    pub year: i32,
    /// The first number that nobody has.
    pub next: u64,
}

/// Whose a block of numbers is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// The desk's that tells of it; its series is beyond it.
    Own,
    /// Some of its numbers were given to another desk.
    Others,
}

/// A clerk of an agency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClerkRow {
    pub login: String,
    pub name: String,
    pub agency: AgencyCode,
    /// Argon2id, PHC string.
    pub password_hash: String,
    pub revoked: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// SHA-256 of the cookie's value, hex.
    pub token_hash: String,
    pub login: String,
    /// Value every form must carry.
    pub csrf: String,
    pub seen_at: DateTime<Utc>,
}

/// A referral as its agency's portal needs it: a projection of the case's fold.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestRow {
    pub referral: ReferralId,
    pub case: CaseId,
    pub agency: AgencyCode,
    pub station: StationId,
    pub answer_due: Option<NaiveDate>,
    pub doc: RequestDoc,
}

impl Eq for RequestRow {}

/// Stored as JSON beside the row's keys.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RequestDoc {
    pub referral: Referral,
}

/// One list of an agency's requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestList {
    /// Nothing was done yet.
    New,
    /// Registered or accepted, or the answer came back as empty.
    Work,
    /// New or in work, and the last day is over.
    Late,
    /// Answered.
    Answered,
    /// Sent back by the agency or taken back by the station.
    Back,
}

/// How many requests each list holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RequestCounts {
    pub new: u64,
    pub work: u64,
    pub late: u64,
    pub answered: u64,
    pub back: u64,
}

/// One version of something the region published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicationRow {
    pub kind: String,
    pub name: String,
    pub version: u32,
    /// The version as people say it.
    pub label: String,
    /// First day on which it holds.
    pub holds_from: NaiveDate,
    pub published_at: DateTime<Utc>,
    /// The person behind it.
    pub by: String,
    /// SHA-256 of the signed text, hex.
    pub hash: String,
}

/// A backup that was read back and found whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backup {
    /// The region's position in it: the durable watermark.
    pub pos: Pos,
    pub made_at: DateTime<Utc>,
}

/// How a store's connections are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PoolState {
    /// Open.
    pub open: u64,
    /// Open at most.
    pub most: u64,
    /// Open and idle.
    pub idle: u64,
    /// Calls that wait for one.
    pub waiting: u64,
}

/// Numbers for `/metrics`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// The head row.
    pub head_pos: u64,
    /// Highest position among events; equals `events` and `head_pos`, or the order has a gap.
    pub max_pos: u64,
    pub events: u64,
    pub feed_entries: u64,
    pub quarantined: u64,
    pub rejected: u64,
    pub devices: u64,
    pub devices_frozen: u64,
    pub officers: u64,
    pub requests_open: u64,
    pub sessions: u64,
}

/// A quarantined event with its bytes, for the person who decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AsideEvent {
    pub row: AsideRow,
    pub hash: EventHash,
    pub event: SignedEvent,
}

/// An event of a branch that did not fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForkRow {
    pub device: DeviceId,
    pub hash: EventHash,
    pub event: SignedEvent,
    pub recorded_at: DateTime<Utc>,
}

/// How much of a device stands beside the order. A device may have two rows: add them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsideCount {
    pub device: DeviceId,
    pub quarantined: u64,
    pub rejected: u64,
    /// Events of kept branches.
    pub branch: u64,
}

/// What a person of the region decided. There is no delete (reliability.md S31).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decided {
    /// It stays aside; the note says why.
    Left,
    /// The station is asked.
    Asked,
    /// It was judged again and is in the order now.
    Accepted,
}

impl Decided {
    /// As it is stored and sent.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Asked => "asked",
            Self::Accepted => "accepted",
        }
    }

    /// Reads it back.
    ///
    /// # Errors
    /// `Corrupt` for anything else.
    pub fn from_code(code: &str) -> super::StoreResult<Self> {
        match code {
            "left" => Ok(Self::Left),
            "asked" => Ok(Self::Asked),
            "accepted" => Ok(Self::Accepted),
            other => Err(super::StoreError::Corrupt(format!("no decision is called {other}"))),
        }
    }
}

/// A decision with the person behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecisionRow {
    pub device: DeviceId,
    /// `incarnation/seq` of the event, or the hash of one of a branch.
    pub subject: String,
    pub event: Option<EventId>,
    pub what: Decided,
    /// Why it was aside then.
    pub code: String,
    pub note: String,
    pub login: String,
    pub name: String,
    pub at: DateTime<Utc>,
}

/// An event that leaves its place beside the order for one in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    pub incarnation: u32,
    pub seq: u64,
    pub pos: Pos,
    pub decision: DecisionRow,
}

/// Hash of a whole subtree of the region's tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeTile {
    /// 1 = over 256 leaves, 2 = over 256 of those, and so on.
    pub level: u32,
    pub index: u64,
    pub hash: EventHash,
}
