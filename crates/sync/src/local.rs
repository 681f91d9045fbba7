//! The desk as the engine sees it. `app` implements it over the store; tests over memory.

use crate::drive::Summary;
use crate::lane::{BlobJob, BlobNews};
use crate::plan::SyncStop;
use crate::tree::{Demand, Look};
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{DeviceId, Pos, Scope};
use esik_domain::number::Lease;
use esik_wire::{
    EventHash, FeedPage, GivenBack, Head, HelloResponse, KnownRegion, OfficerCard, PublicationRef,
    PushResponse, SignedEvent, SignedHole, SignedPublication, SignedTreeHead, TreeProof, Vouching,
};

/// Why the desk itself cannot go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LocalError {
    /// The desk is locked: no keys, no database.
    #[error("the desk is locked")]
    Locked,
    /// No room on the disk; nothing was half-written.
    #[error("the disk is full")]
    StorageFull,
    /// Another process holds the profile.
    #[error("the profile is in use")]
    InUse,
    /// The log contradicts itself (a hole in the own chain, an event over the limits).
    #[error("the log is inconsistent")]
    Inconsistent,
    /// The database failed otherwise.
    #[error("the storage failed")]
    Storage,
}

/// Who this desk is on the wire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    pub device_id: DeviceId,
    /// Which life of the device.
    pub incarnation: u32,
    /// Programme version, as told to the region.
    pub version: String,
}

/// What an earlier life of the device still has to send: it is over, nothing is added to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OlderLife {
    pub incarnation: u32,
    /// First and last own sequence without a verdict.
    pub from: u64,
    pub to: u64,
}

/// How an earlier life goes on of which something is missing (docs/adr/0042).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Behind {
    /// What is to be sent next: the life itself, when what was missing is here by now, or what it wrote behind the hole,
    /// as a life of its own.
    pub life: OlderLife,
    /// The desk's word on what is lost before it.
    pub hole: Option<SignedHole>,
}

/// What the engine needs to know before it starts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Snapshot {
    /// False until the desk has joined a region.
    pub enrolled: bool,
    /// Last own event of this incarnation; sequence 0 = none yet.
    pub local_head: Head,
    /// End of the gap-free run of own events whose verdict is stored here; sequence 0 = none.
    pub acked: Head,
    /// The region as last seen (S15); `None` before the first `hello`.
    pub known: Option<KnownRegion>,
    /// Last known epoch of the region, from enrolment on; empty before.
    pub epoch: String,
    /// How far each scope has been read: every scope the last `hello` named, those not yet read
    /// at 0. The engine listens for news in these.
    pub cursors: Vec<(Scope, Pos)>,
    /// Own events without a verdict.
    pub unsent: u64,
    /// The region takes nothing more from this desk before this moment: what the last attempt that ended with
    /// [`crate::SyncStop::Full`] said.
    pub push_after: Option<DateTime<Utc>>,
    /// Own events of this life up to here the region keeps aside: another copy of the device lives, and this one has
    /// to join again (S17). 0 = none.
    pub kept_aside: u64,
    /// The region showed another order than this desk went by, and not everything was read anew since.
    pub anew: bool,
    /// The region was restored from an older copy, and it has not been asked about all that others had sent it.
    pub give_back: bool,
    /// Earlier lives of this device that have own events without a verdict here: a desk that was set
    /// back to a copy brings what that copy had not sent.
    pub older: Vec<OlderLife>,
    /// Numbers left in the desk's leases.
    pub numbers_left: u64,
    /// The newest blocks of numbers it has.
    pub blocks: Vec<Lease>,
    /// Officers of this desk, with their keys.
    pub officers: Vec<OfficerCard>,
    /// The newest tree head seen here; shown to the region and through it to other desks (S33).
    pub tree: Option<SignedTreeHead>,
    /// Vouchers of this desk that the region's register does not have.
    pub vouchers: Vec<Vouching>,
}

/// Whether the region's order is the one this desk knew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum History {
    /// Positions keep their meaning.
    Same,
    /// The region was restored from an older copy, or began anew: every position learnt so far may
    /// be wrong. Events stay; they are read again from 0 and get their positions anew.
    Changed,
}

/// What a page brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// Events that were new here.
    pub events: u64,
    /// Events stored but not applied: unknown kind, or a signature that does not fit (S14, S21, S22).
    pub set_aside: u64,
    /// A case came into the feed, and what happened to it before lies behind what was read: the cursor stands here.
    pub read_on: Option<Pos>,
}

/// How an attempt to synchronise ended; kept for the line “last synchronised …” (S32).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Device time at the end.
    pub at: DateTime<Utc>,
    pub result: Result<Summary, SyncStop>,
}

/// The desk as the engine sees it. Calls block (a database); the engine keeps them off its threads.
/// Each call is one transaction: all of it is stored, or nothing.
pub trait Local: Send + Sync + 'static {
    /// Who this desk is. Read anew in every round (a new incarnation may have been minted).
    ///
    /// # Errors
    /// When the desk is locked.
    fn identity(&self) -> Result<Identity, LocalError>;

    /// Signs the head of a segment with the device's key (`esik_wire::signed::sign_head`).
    ///
    /// # Errors
    /// When the desk is locked.
    fn sign_head(&self, head: &EventHash) -> Result<String, LocalError>;

    /// The state of the outbox, the cursors and what is known of the region, read at one moment.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn snapshot(&self) -> Result<Snapshot, LocalError>;

    /// Own events of one life from a sequence on, in order and without holes, whether or not
    /// they have a verdict: a restored region is refilled from here (S15). At least one event when
    /// there is one at `from_seq`, however large; at most `max_events`; about `max_bytes` of `e`.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn segment(
        &self,
        life: u32,
        from_seq: u64,
        max_events: usize,
        max_bytes: usize,
    ) -> Result<Vec<SignedEvent>, LocalError>;

    /// Stores epoch, scopes, leases, officers, region position and the clock offset
    /// (`hello.server_time − measured_at`); [`Snapshot::known`] becomes this epoch and position, even
    /// when it is lower than before. With [`History::Changed`], in the same transaction: every cursor
    /// goes back to 0, and own events after `hello.acked` have no verdict any more, nor has any of
    /// an earlier life, nor any that another order refused. A scope that is
    /// no longer in `hello.scopes` was left: its cases are hidden. `hello.acked` is no verdict: after a
    /// fork it is not even an event of this desk. Events that were saved under a clock that proves wrong get a
    /// correction in the same transaction (adr/0029), as far as `uncertain` lets one say so: the answer is the head of this life after it.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn record_hello(
        &self,
        hello: &HelloResponse,
        history: History,
        measured_at: DateTime<Utc>,
        uncertain: TimeDelta,
    ) -> Result<Head, LocalError>;

    /// End of the gap-free run of own events of this life that have a verdict, after [`Local::record_hello`].
    ///
    /// # Errors
    /// See [`LocalError`].
    fn answered(&self) -> Result<Head, LocalError> {
        Ok(self.snapshot()?.acked)
    }

    /// Stores a verdict per event of one life; a later verdict on the same event replaces the position (a
    /// refilled region orders anew). Rejected and quarantined events become work for a person (S9).
    ///
    /// # Errors
    /// See [`LocalError`].
    fn record_verdicts(&self, life: u32, answer: &PushResponse) -> Result<(), LocalError>;

    /// The region keeps own events of a life aside up to a sequence: they are not sent again before this desk has
    /// joined again.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn record_kept_aside(&self, life: u32, through: u64) -> Result<(), LocalError>;

    /// The region does not take what an earlier life wrote from a sequence on: another copy of the device wrote there
    /// first. It goes on as a life of its own, the same bytes, without the verdicts nobody gave. Nothing when that
    /// cannot be.
    ///
    /// # Errors
    /// See [`LocalError`]; nothing has moved then.
    fn branch_off(&self, life: u32, from_seq: u64) -> Result<Option<OlderLife>, LocalError>;

    /// An earlier life has something to send, and the event that the region wants of it, or of the life it is a branch of, is
    /// not here, though everything that the region has was read. Nothing as long as it may still come from elsewhere.
    ///
    /// # Errors
    /// See [`LocalError`]; nothing has moved then.
    fn behind(&self, _life: u32, _wanted: u64) -> Result<Option<Behind>, LocalError> {
        Ok(None)
    }

    /// The next accepted events of other devices that the region does not have any more since it was restored, read
    /// on from the last ones given; none when the region was not restored, or all were given.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn orphans(&self, max_events: usize, max_bytes: usize) -> Result<Vec<SignedEvent>, LocalError>;

    /// Cards of those who signed these events, and of those who stand for them, as far as somebody does
    /// ([`esik_wire::GiveBack::officers`]).
    ///
    /// # Errors
    /// See [`LocalError`].
    fn signers(&self, events: &[SignedEvent]) -> Result<Vec<OfficerCard>, LocalError>;

    /// The region answered to these: against what it named a rule stands in its order now, and that is known here from now
    /// on. Nothing: there are no more; what it could not judge yet is offered again later.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn record_given(&self, given: Option<(&[SignedEvent], &GivenBack)>) -> Result<(), LocalError>;

    /// The sequence with which an earlier life of this device begins: 1, but for a branch of a copied desk.
    ///
    /// # Errors
    /// [`LocalError`].
    fn begins(&self, _life: u32) -> Result<u64, LocalError> {
        Ok(1)
    }

    /// What the region told as the root of its order up to a scope's cursor, when it was read up to there.
    ///
    /// # Errors
    /// [`LocalError`].
    fn seen(&self, _scope: &Scope, _after: Pos) -> Result<Option<EventHash>, LocalError> {
        Ok(None)
    }

    /// Stores and folds a page, and moves the scope's cursor to `page.next` in the same transaction, or back to
    /// [`Applied::read_on`]. Events already here are not new; bad ones are set aside and stop nothing. A case that left the feed,
    /// and that no other one of the desk's has, is hidden.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn apply_page(&self, scope: &Scope, page: &FeedPage) -> Result<Applied, LocalError>;

    /// Of what the region lists, the hashes of what is not here yet.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn publications_wanted(&self, listed: &[PublicationRef]) -> Result<Vec<String>, LocalError>;

    /// Keeps a publication, and lets it hold when its day has come. False when it is not signed by the
    /// region: then nothing is kept.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn record_publication(&self, published: &SignedPublication) -> Result<bool, LocalError>;

    /// The attached file that is to travel next, if one may now.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn blob_job(&self, now: DateTime<Utc>) -> Result<Option<BlobJob>, LocalError>;

    /// A chunk of a sealed file that lies here.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn blob_read(&self, address: &str, n: u32) -> Result<Vec<u8>, LocalError>;

    /// Chunks that came of a file, from the first on without a hole.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn blob_here(&self, address: &str) -> Result<u32, LocalError>;

    /// Keeps the next chunk of a coming file; with the last one the whole is compared with its address.
    /// False when it is another file: then nothing of it is kept.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn blob_keep(
        &self,
        address: &str,
        n: u32,
        bytes: &[u8],
        last: bool,
    ) -> Result<bool, LocalError>;

    /// Keeps what became of a file, and shows it.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn blob_told(&self, address: &str, news: &BlobNews) -> Result<(), LocalError>;

    /// Looks at the tree heads of a greeting (`crate::tree::look`); keeps what they contradict.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn look_at_trees(&self, hello: &HelloResponse) -> Result<Look, LocalError>;

    /// What the region has to prove of its order as it stands: that it grew out of the newest head here and holds
    /// the last own event it acknowledged. `None` when the desk knows no key of it.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn own_demand(&self) -> Result<Option<Demand>, LocalError>;

    /// Keeps what `Demand::judge` says of an answer (`None` = the region gives no proof). False when the region
    /// is contradicted.
    ///
    /// # Errors
    /// See [`LocalError`].
    fn record_tree(&self, demand: &Demand, answer: Option<&TreeProof>) -> Result<bool, LocalError>;

    /// Remembers how an attempt ended.
    ///
    /// # Errors
    /// See [`LocalError`]; the engine goes on regardless.
    fn record_attempt(&self, attempt: &Attempt) -> Result<(), LocalError>;
}
