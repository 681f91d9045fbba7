//! What desk and region say to each other. JSON; unknown fields are ignored by the reader.

use crate::circles::CirclesWord;
use crate::hole::SignedHole;
use crate::publication::PublicationRef;
use crate::signed::{EventHash, SignedEvent};
use crate::tree::SignedTreeHead;
use crate::voucher::{Voucher, Vouching, Warrant};
use chrono::{DateTime, Utc};
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos, Scope, StationId};
use esik_domain::number::Lease;
use serde::{Deserialize, Serialize};

/// Last event of a device that somebody holds. `seq` 0 with the zero hash = none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    pub seq: u64,
    pub hash: EventHash,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: crate::ZERO_HASH }
    }
}

/// An officer as others need to know him: to verify his signature and to write his name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfficerCard {
    pub id: OfficerId,
    /// Surname and initials.
    pub name: String,
    pub post: String,
    pub role: Role,
    pub station: StationId,
    /// Ed25519, base64.
    pub key: String,
    /// Restricted circles he is in, as the region holds it; of a desk that has not heard of it, as it knows itself.
    #[serde(default)]
    pub circles: Vec<String>,
    /// Whose word that is, or will be once the region believes it; an older program has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circles_word: Option<CirclesWord>,
    #[serde(default)]
    pub revoked: bool,
    /// Who stands for it; an older program has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Voucher>,
}

/// `POST /v1/enroll`: a desk joins the region with a one-time code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrollRequest {
    /// The one-time part of the code (the fingerprint part never leaves the desk).
    pub code: String,
    pub device_id: DeviceId,
    pub incarnation: u32,
    /// Device key, Ed25519, base64.
    pub device_key: String,
    pub officers: Vec<OfficerCard>,
    /// Programme version, for the region's page of stations.
    pub version: String,
}

/// What the desk learns by enrolling.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrollResponse {
    pub region_id: String,
    pub region_name: LocalName,
    pub station_id: StationId,
    pub station_name: LocalName,
    /// The region's own device and key, as author of what agencies do.
    pub region_device: DeviceId,
    pub region_key: String,
    /// The region's CA, PEM: from now on the only one this desk trusts.
    pub ca_pem: String,
    pub epoch: String,
    pub server_time: DateTime<Utc>,
    pub leases: Vec<Lease>,
}

/// A name in both languages of the state.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LocalName {
    pub kk: String,
    pub ru: String,
}

/// `POST /v1/hello`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HelloRequest {
    pub protocol_min: u16,
    pub protocol_max: u16,
    pub device_id: DeviceId,
    pub incarnation: u32,
    /// The desk's own head.
    pub head: Head,
    /// What the desk last knew of the region: how a restored region is noticed (S15).
    pub known: Option<KnownRegion>,
    pub device_time: DateTime<Utc>,
    /// Events saved here without a verdict.
    pub unsent: u64,
    /// Officers of this desk; new ones are registered.
    pub officers: Vec<OfficerCard>,
    /// Numbers left in the desk's leases.
    pub numbers_left: u64,
    pub version: String,
    /// The newest tree head this desk has seen; the region shows it to other desks (S33).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<SignedTreeHead>,
    /// Officers of the station for whom somebody of this desk vouched, where the region's register does not say so yet;
    /// `voucher::VOUCHERS_MAX` at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<Vouching>,
    /// The newest blocks of numbers this desk has of this year and the next, [`BLOCKS_TOLD_MAX`] at most: the region says
    /// until when they hold, and a restored one learns what it had given away (adr/0049). None from an older desk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Lease>,
}

/// Blocks of numbers that one `hello` tells of, at most.
pub const BLOCKS_TOLD_MAX: usize = 16;

/// A remembered point of the region's history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KnownRegion {
    pub epoch: String,
    pub pos: Pos,
    pub acked: Head,
}

/// Addresses of files one `hello` asks for, at most.
pub const FILES_WANTED_MAX: usize = 100;

/// Answer to `hello`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HelloResponse {
    pub protocol: u16,
    pub server_time: DateTime<Utc>,
    pub epoch: String,
    /// What the region holds of this device: the desk re-pushes everything after it.
    pub acked: Head,
    pub scopes: Vec<Scope>,
    /// New blocks of numbers, when the desk runs low.
    pub leases: Vec<Lease>,
    /// Blocks of `blocks` with the day until which they hold from now on; one whose day is over is another desk's. Nothing
    /// from an older region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renewed: Vec<Lease>,
    /// Officers of the desk's scopes: keys and names.
    pub officers: Vec<OfficerCard>,
    pub region_pos: Pos,
    /// The durable watermark: how far the newest verified backup of the region goes, when there is one. A
    /// desk keeps what was acknowledged beyond it, whatever it may forget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durable_pos: Option<Pos>,
    /// The letter on the desk's tickets in the hall; no other desk of the station has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub desk_letter: String,
    /// What the region has published, every version; the desk asks for those it lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<PublicationRef>,
    /// What a person of the region decided about this desk's events that were set aside; the last word on each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<AsideDecision>,
    /// The region's order up to now, signed; an older region has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<SignedTreeHead>,
    /// Heads that other desks have seen, `tree::TREES_SEEN_MAX` at most: `tree` must have grown out of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trees_seen: Vec<SignedTreeHead>,
    /// Where applicants see how their case is, for the coupon: `https://…/s`; empty when the region shows it nowhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_page: String,
    /// Two copies of this device were seen: it has to join again before its events are taken (S17).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
    /// The region's warrant key; nothing when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warrant: Option<Warrant>,
    /// Addresses of files that somebody asked for and the region does not have whole, [`FILES_WANTED_MAX`] at most: who has
    /// one sends it again, though it was sent before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files_wanted: Vec<String>,
}

/// What a person of the region decided about an event that was set aside.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AsideDecision {
    /// Nothing when it is about a whole branch of a desk that was seen twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// `left`, `asked` or `accepted`; more may follow.
    pub what: String,
    pub note: String,
    /// Who decided.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// `POST /v1/push`: consecutive events of one device and incarnation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    pub device_id: DeviceId,
    pub incarnation: u32,
    pub epoch: String,
    /// The life that the events name, when it is not this one: the branch of a copied desk, which goes on as a life of
    /// its own after the desk joined again (S17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_of: Option<u32>,
    /// The desk's word that what comes before the first event in that life is lost, where the region has not got it
    /// either. Only with `branch_of`, and only where such a branch begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<SignedHole>,
    /// Sequence of the first event.
    pub first_seq: u64,
    pub events: Vec<SignedEvent>,
    /// Hash of the last event.
    pub head: EventHash,
    /// Device's signature over `head`, base64.
    pub head_sig: String,
}

impl Segment {
    /// Consecutive events of one life of a device, their head signed by `sign`; nothing of no events.
    ///
    /// # Errors
    /// Those of `sign`.
    pub fn of_life<E>(
        device_id: DeviceId,
        incarnation: u32,
        epoch: String,
        first_seq: u64,
        events: Vec<SignedEvent>,
        sign: impl FnOnce(&EventHash) -> Result<String, E>,
    ) -> Result<Option<Self>, E> {
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(None) };
        // A branch of a copied desk lies under another life than its events name.
        let named = first.envelope().ok().map(|e| e.incarnation);
        let head = last.hash();
        Ok(Some(Self {
            device_id,
            incarnation,
            epoch,
            branch_of: named.filter(|named| *named != incarnation),
            behind: None,
            first_seq,
            head,
            head_sig: sign(&head)?,
            events,
        }))
    }
}

/// What the region says of one event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Verified, ordered, durable.
    Accepted { pos: Pos, recorded_at: DateTime<Utc> },
    /// The same bytes were accepted before.
    Duplicate { pos: Pos, recorded_at: DateTime<Utc> },
    /// Kept for a person to decide; not in the order.
    Quarantined { code: String },
    /// Refused by rule; comes back to the author as work.
    Rejected { code: String },
    /// A later region says something else: for this program the event still waits for its verdict.
    #[serde(other)]
    Unknown,
}

/// Verdict on one event of a segment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EventVerdict {
    pub id: Option<EventId>,
    pub seq: u64,
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Answer to `push`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PushResponse {
    pub verdicts: Vec<EventVerdict>,
    /// Sent only after COMMIT.
    pub acked: Head,
}

/// `POST /v1/back`: accepted events of others that a region restored from an older copy does not have any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GiveBack {
    pub epoch: String,
    /// In the order in which they came here; as many and as large as a segment, at most.
    pub events: Vec<SignedEvent>,
    /// Who signed them and who stands for those, each with the voucher for him: the region may have forgotten them too.
    /// At most [`GIVEN_OFFICERS_MAX`]; none from an older desk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<OfficerCard>,
}

/// Cards of officers that may go with one `back`: with the largest segment they stay within what a region reads.
pub const GIVEN_OFFICERS_MAX: usize = 24;

/// Answer to `back`: how many of the events.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct GivenBack {
    /// Are in the order again.
    pub taken: u64,
    /// Were there already.
    pub there: u64,
    /// Are not taken so: their author or their device is not known any more, or a rule stands against them.
    pub refused: u64,
    /// Those of them against which a rule stands in the new order, or about which a person has to decide; nothing from an
    /// older region, and from one that never was restored. The others may be offered again: their author may become known,
    /// or his device join again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Vec<NotTaken>>,
}

/// An event that is not in the order of a restored region any more, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NotTaken {
    pub id: EventId,
    /// As in a verdict.
    pub code: String,
    /// It is kept there, for a person to decide; from an older region it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
}

/// `GET /v1/feeds/{scope}?after&epoch&limit&wait_s&seen`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FeedRequest {
    pub scope: Scope,
    pub after: Pos,
    pub epoch: String,
    pub limit: u32,
    /// Long poll: seconds to wait when there is nothing new; 0 = answer at once.
    pub wait_s: u32,
    /// What the page that ended at `after` told as its `root`: a region whose order up to there is another one says so
    /// (docs/adr/0023-tree-heads.md).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<EventHash>,
}

/// One entry of a feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FeedEntry {
    pub pos: Pos,
    pub recorded_at: DateTime<Utc>,
    pub event: SignedEvent,
}

/// A page of a feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FeedPage {
    pub entries: Vec<FeedEntry>,
    /// Cursor to store together with the rows it covers.
    pub next: Pos,
    pub more: bool,
    /// Cases that came into this feed, or left it, between the cursor and `next`; by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<CaseMoved>,
    /// Root of the region's tree (RFC 6962) over its order up to `next`. Older regions tell none, nor does a page that ends where it
    /// began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<EventHash>,
}

impl FeedPage {
    /// A page that brings nothing: the cursor stays.
    #[must_use]
    pub fn nothing_after(after: Pos) -> Self {
        Self { entries: Vec::new(), next: after, more: false, moves: Vec::new(), root: None }
    }
}

/// A case came into a feed, or left it (docs/adr/0046).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum CaseMoved {
    /// It is in this feed from now on, and so is what happened to it before: from this position on.
    CaseEntered { pos: Pos, case: CaseId, from: Pos },
    /// It is not in this feed any more: who follows no other feed it is in, hides it at once.
    CaseLeft { pos: Pos, case: CaseId },
    /// A newer region tells something else.
    #[serde(other)]
    Unknown,
}
