//! Where the region keeps what it knows: one trait, one contract suite, one engine per folder.
//!
//! The store is dumb on purpose. What an event may do, where it goes and which position it gets is
//! decided by `crate::push`; a [`Commit`] only says what to write, and is refused as a whole when the
//! region's head moved meanwhile. So the same code works over `SQLite` (one writer) and over an engine
//! with many writers.

pub mod contract;
pub mod copy;
pub mod postgres;
pub mod rows;
pub mod sqlite;
pub mod waits;

pub use rows::*;

use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos, ReferralId, Scope, StationId};
use esik_domain::number::Lease;
use esik_wire::{EventHash, Head, OfficerCard, SignedEvent, SignedPublication, SignedTreeHead};
use std::collections::HashMap;

/// Why the store could not do it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another writer holds the database; come back later.
    #[error("the database is busy")]
    Busy,
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// A stored value cannot be read back.
    #[error("stored value cannot be read: {0}")]
    Corrupt(String),
    /// The database could lose what it is given, or cannot take it; says what to do.
    #[error("the database is not fit: {0}")]
    Unfit(String),
    /// Anything else the engine said.
    #[error("database: {0}")]
    Engine(String),
}

/// What a store call gives back.
pub type StoreResult<T> = Result<T, StoreError>;

/// The tables of one region. Calls block; `crate::Region` runs them off the async threads.
///
/// Every mutation is one transaction and durable when the call returns.
pub trait Store: Send + Sync {
    /// Writes the region's row and its head at position 0; refused when there is one already.
    fn found(&self, region: &RegionRow) -> StoreResult<bool>;
    /// The region of this store, if it was founded.
    fn region(&self) -> StoreResult<Option<RegionRow>>;
    /// After a restore: another epoch, a life of the region's own device later by `leap`, and every number
    /// series moved on by `skip_numbers` from where it is known to have been, because leases given after the backup
    /// are forgotten; in these years also the series of stations that had none yet.
    fn renew(
        &self,
        epoch: &str,
        leap: u32,
        skip_numbers: u64,
        years: &[i32],
        known: &[SeriesRow],
    ) -> StoreResult<()>;
    /// How far every series of numbers was given out.
    fn series(&self) -> StoreResult<Vec<SeriesRow>>;
    /// The region's position; gap-free, from the head row.
    fn head(&self) -> StoreResult<Pos>;

    /// Adds a station or changes its names.
    fn put_station(&self, station: &StationRow) -> StoreResult<()>;
    fn stations(&self) -> StoreResult<Vec<StationRow>>;

    fn put_code(&self, code: &CodeRow) -> StoreResult<()>;
    fn code(&self, hash: &str) -> StoreResult<Option<CodeRow>>;
    /// Uses the code and writes the device, all or nothing. `false` when another device used the
    /// code meanwhile. A device that is there already keeps its row but for incarnation, key and
    /// the frozen mark.
    fn enrol(&self, code_hash: &str, device: &DeviceRow) -> StoreResult<bool>;
    fn device(&self, id: DeviceId) -> StoreResult<Option<DeviceRow>>;
    fn devices(&self) -> StoreResult<Vec<DeviceRow>>;
    /// `false` when there is no such device.
    fn revoke_device(&self, id: DeviceId) -> StoreResult<bool>;
    /// What the last `hello` told of the device, and the tree head it has seen.
    fn touch_device(
        &self,
        id: DeviceId,
        seen: &DeviceSeen,
        tree: Option<&SignedTreeHead>,
    ) -> StoreResult<()>;

    /// Writes officers as they are given (who may change what is decided above). Whoever is revoked stays so; the card
    /// of an officer who came to another desk at the same moment stays that desk's, and one with an older word on circles never
    /// comes in the place of one with a later word.
    fn put_officers(&self, officers: &[OfficerRow]) -> StoreResult<()>;
    fn officers(&self, ids: &[OfficerId]) -> StoreResult<Vec<OfficerRow>>;
    /// Officers a device registered.
    fn device_officers(&self, device: DeviceId) -> StoreResult<Vec<OfficerCard>>;
    fn all_officers(&self) -> StoreResult<Vec<OfficerRow>>;
    fn station_officers(&self, station: &StationId) -> StoreResult<Vec<OfficerCard>>;
    /// `false` when there is no such officer.
    fn revoke_officer(&self, id: OfficerId) -> StoreResult<bool>;

    /// Keeps the public half of a warrant key beside those before it.
    fn put_warrant(&self, warrant: &WarrantRow) -> StoreResult<()>;
    /// Public halves of warrant keys, the newest last.
    fn warrants(&self) -> StoreResult<Vec<WarrantRow>>;

    /// Takes the next `count` numbers of a series for a device; blocks never meet.
    fn lease(
        &self,
        station: &StationId,
        year: i32,
        device: DeviceId,
        count: u64,
        at: DateTime<Utc>,
    ) -> StoreResult<Lease>;
    /// Notes that a device has a block, unless another has numbers of it, and moves the series beyond it.
    fn hold(&self, block: &Lease, device: DeviceId, at: DateTime<Utc>) -> StoreResult<Held>;
    /// Blocks a device has, newest last, with the time each was given.
    fn leases(&self, device: DeviceId) -> StoreResult<Vec<(Lease, DateTime<Utc>)>>;

    /// What is held of a device's chain.
    fn device_head(&self, device: DeviceId, incarnation: u32) -> StoreResult<Head>;
    /// Verdicts given before, by sequence, both ends included.
    fn verdicts(
        &self,
        device: DeviceId,
        incarnation: u32,
        from: u64,
        to: u64,
    ) -> StoreResult<Vec<LogRow>>;
    /// Which of these ids are in the order already.
    fn known(&self, ids: &[EventId]) -> StoreResult<HashMap<EventId, (Pos, EventHash)>>;
    /// A case's events by position.
    fn case_events(&self, case: CaseId) -> StoreResult<Vec<StoredEvent>>;
    /// The same of many cases in one question; a case without events may be missing.
    fn cases_events(&self, cases: &[CaseId]) -> StoreResult<HashMap<CaseId, Vec<StoredEvent>>>;
    /// Writes everything of a push or of an agency's act, or nothing.
    fn commit(&self, commit: &Commit) -> StoreResult<Committed>;
    /// Keeps the branch that does not fit, at most `FORK_KEPT_MAX` events a device, and freezes the device if asked to.
    /// What of it is judged in a later commit is kept here no more.
    fn keep_branch(
        &self,
        device: DeviceId,
        branch: &[(EventHash, SignedEvent)],
        freeze: bool,
        at: DateTime<Utc>,
    ) -> StoreResult<()>;
    /// Was this event refused or set aside, and nothing else was decided since?
    fn is_refused(&self, id: EventId) -> StoreResult<bool>;
    /// Quarantined and rejected events, newest first.
    fn set_aside(&self, limit: u32) -> StoreResult<Vec<AsideRow>>;
    /// Quarantined events with their bytes: newest push first, within it in the order of the chain.
    fn asides(&self, limit: u32) -> StoreResult<Vec<AsideEvent>>;
    /// Events of kept branches, newest first.
    fn forks(&self, limit: u32) -> StoreResult<Vec<ForkRow>>;
    /// How much of each device stands beside the order.
    fn aside_counts(&self) -> StoreResult<Vec<AsideCount>>;
    /// Writes a decision down beside the earlier ones.
    fn decide(&self, decision: &DecisionRow) -> StoreResult<()>;
    /// Decisions of one device, or of all; newest first.
    fn decisions(&self, device: Option<DeviceId>, limit: u32) -> StoreResult<Vec<DecisionRow>>;

    /// Entries of a feed after a position: at most `limit`, and not many more bytes than a
    /// segment may have, so that a page stays small in memory and readable for the desk.
    fn feed(&self, scope: &Scope, after: Pos, limit: u32) -> StoreResult<FeedRows>;
    /// Cases that came into a feed or left it after a position and up to another one, by position; at most `limit`.
    fn moves(
        &self,
        scope: &Scope,
        after: Pos,
        through: Pos,
        limit: u32,
    ) -> StoreResult<Vec<CaseMove>>;
    /// Where a case came into this feed or left it last; 0 = never.
    fn last_move(&self, scope: &Scope) -> StoreResult<Pos>;
    /// Events of a case that are in any of these feeds, by position.
    fn case_in_scopes(&self, case: CaseId, scopes: &[Scope]) -> StoreResult<Vec<StoredEvent>>;
    /// Is a file named by an event of one of these feeds?
    fn file_in_scopes(&self, hash: &str, scopes: &[Scope]) -> StoreResult<bool>;
    /// Events that name a file, by position: those in any of these feeds, or all of them.
    fn file_events(&self, hash: &str, scopes: Option<&[Scope]>) -> StoreResult<Vec<StoredEvent>>;
    /// Does an event that was refused, set aside, or is of a forked branch speak of this file?
    fn file_set_aside(&self, hash: &str) -> StoreResult<bool>;

    /// Adds a clerk; `false` when the login is taken.
    fn add_clerk(&self, clerk: &ClerkRow) -> StoreResult<bool>;
    fn clerk(&self, login: &str) -> StoreResult<Option<ClerkRow>>;
    fn clerks(&self) -> StoreResult<Vec<ClerkRow>>;
    /// Sets a new password hash or revokes; ends the clerk's sessions. `false` when there is none.
    fn change_clerk(&self, login: &str, hash: Option<&str>, revoked: bool) -> StoreResult<bool>;

    fn put_session(&self, session: &SessionRow) -> StoreResult<()>;
    fn session(&self, token_hash: &str) -> StoreResult<Option<SessionRow>>;
    fn end_session(&self, token_hash: &str) -> StoreResult<()>;
    /// Removes sessions last seen before `idle_since`.
    fn end_idle_sessions(&self, idle_since: DateTime<Utc>) -> StoreResult<u64>;

    /// Requests addressed to an agency: open ones by due date, finished ones newest first.
    fn requests(
        &self,
        agency: &str,
        list: RequestList,
        today: NaiveDate,
        limit: u32,
        offset: u32,
    ) -> StoreResult<Vec<RequestRow>>;
    fn request_counts(&self, agency: &str, today: NaiveDate) -> StoreResult<RequestCounts>;
    fn request(&self, referral: ReferralId) -> StoreResult<Option<RequestRow>>;

    /// Coupons of a number: one, unless a station's desks gave it out twice; a few at most.
    fn coupons(&self, number: &str) -> StoreResult<Vec<CouponRow>>;

    /// Keeps a publication; `false` when its name has a version as high already.
    fn publish(&self, row: &PublicationRow, signed: &SignedPublication) -> StoreResult<bool>;
    /// Everything published, oldest first.
    fn publications(&self) -> StoreResult<Vec<PublicationRow>>;
    fn publication(&self, hash: &str) -> StoreResult<Option<SignedPublication>>;

    /// Tells every row of the region as one moment saw them, in the order of [`copy::TABLES`].
    fn dump(&self, sink: &mut dyn FnMut(&copy::Row) -> StoreResult<()>) -> StoreResult<()>;
    /// Writes a region's rows into a database that holds none, reads them back and compares; all or
    /// nothing. `last` is the highest position among them. `false` when a region is there already.
    fn load(
        &self,
        last: Pos,
        rows: &mut dyn Iterator<Item = StoreResult<copy::Row>>,
        expect: &copy::Tally,
    ) -> StoreResult<bool>;
    /// Remembers a verified backup, unless a later one is known.
    fn note_backup(&self, backup: &Backup) -> StoreResult<()>;
    /// The newest verified backup: its position is the durable watermark.
    fn backup(&self) -> StoreResult<Option<Backup>>;
    /// Leaves of the tree from a position on (included), at most `limit`, by position and without holes.
    fn leaves(&self, from: Pos, limit: u64) -> StoreResult<Vec<[u8; 40]>>;
    /// Keeps hashes of whole subtrees; one that is there already stays.
    fn put_tiles(&self, tiles: &[TreeTile]) -> StoreResult<()>;
    /// Hashes of a level from an index on (included), at most `limit`, up to the first that is missing.
    fn tiles(&self, level: u32, from: u64, limit: u64) -> StoreResult<Vec<EventHash>>;
    /// Tree heads that other devices have seen (`touch_device`), newest first.
    fn trees_seen(&self, but: DeviceId, limit: u32) -> StoreResult<Vec<SignedTreeHead>>;

    fn counts(&self) -> StoreResult<Counts>;
    /// How the connections are used at this moment.
    fn pool(&self) -> PoolState;
}

/// Coupons read of one number, at most.
pub const COUPONS_MAX: u32 = 8;

/// Events kept of one device's forked branches, at most; a fork is frozen long before.
pub const FORK_KEPT_MAX: u64 = 10_000;

/// The life under which a device's log holds what others gave back and what was set aside: no desk lives it, and it is no
/// chain (adr/0048).
pub const GIVEN_LIFE: u32 = 0;

/// Events of one device that may be set aside so, at most.
pub const GIVEN_ASIDE_MAX: u64 = 10_000;
