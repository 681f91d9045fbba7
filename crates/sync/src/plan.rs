//! The pure planner: from what is known, the next thing to do. No I/O, no clock, no chance.

use crate::local::{LocalError, OlderLife, Snapshot};
use crate::retry::RetryBudget;
use crate::tree::Demand;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{Pos, Scope};
use esik_wire::{Head, SignedHole, SyncFailure};

/// Indeterminate failures in a row that end a round.
pub const ROUND_FAILURES_MAX: u32 = 3;
/// Times a round greets anew (a gap, a changed history) before it stops.
pub const GREETINGS_MAX: u32 = 4;
/// Times a round waits out a busy region.
pub const BUSY_MAX: u32 = 5;
/// A longer `Retry-After` ends the round instead of being waited out inside it, in seconds.
pub const BUSY_IN_ROUND_S: i64 = 30;

/// No quota holds work back for longer: a day, and a fifth of jitter.
const PUSH_HELD_MAX: TimeDelta = TimeDelta::minutes(24 * 60 * 6 / 5);

/// One scope and how far it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScopeState {
    pub scope: Scope,
    pub cursor: Pos,
    /// The region said there is no more.
    pub up_to_date: bool,
}

/// Everything the planner looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    pub enrolled: bool,
    /// Own events up to here need not be pushed: the region holds them *and* their verdicts are here.
    pub acked: Head,
    pub local_head: Head,
    pub scopes: Vec<ScopeState>,
    /// Epoch as known before this round.
    pub known_epoch: String,
    /// Epoch to name in every later call; `None` until the region was greeted.
    pub epoch: Option<String>,
    /// False when the region takes nothing more from this device in this round.
    pub may_push: bool,
    /// Another copy of this device lives: what is pushed is kept aside at the region, each event once.
    pub forked: bool,
    /// Own events up to here are kept aside there.
    pub kept_aside: u64,
    /// False when the region gives nothing to read (too old, revoked); own work may still go there.
    pub may_pull: bool,
    /// How the round ends when everything still possible is done; `None` = well.
    pub ends_with: Option<SyncStop>,
    /// The region named the sequence it wants next; goes before `acked`.
    pub resume_at: Option<u64>,
    /// Indeterminate failures since the last progress.
    pub failures: u32,
    pub last_failure: Option<SyncFailure>,
    /// What may still be asked again.
    pub retries: RetryBudget,
    /// Times the region was greeted in this round.
    pub greetings: u32,
    /// Times the region was busy in this round.
    pub busy: u32,
    /// The region said that its history is not the one we knew, or its tree did.
    pub diverged: bool,
    /// In this round everything is read anew.
    pub anew: bool,
    pub now: DateTime<Utc>,
    /// Nothing may be asked before this moment.
    pub not_before: Option<DateTime<Utc>>,
    /// Something ended the round.
    pub stop: Option<SyncStop>,
    /// Hashes of what the region published and is not here.
    pub publications: Vec<String>,
    /// What earlier lives of the device still have to send.
    pub older: Vec<OlderLife>,
    /// An earlier life that is a branch from this sequence on: another copy of the device wrote there first.
    pub branch: Option<(u32, u64)>,
    /// Earlier lives that cannot be sent on because an event is not here, and its sequence.
    pub lacking: Vec<(u32, u64)>,
    /// What the desk says is lost before an earlier life's first event, which has this sequence.
    pub holes: Vec<(OlderLife, SignedHole)>,
    /// An earlier life that is said from its beginning: where it parts from another copy's lies before what it has to send.
    pub from_the_beginning: Option<u32>,
    /// What the region has to prove before anything is sent or read, because a round before was cut off; the last one first.
    pub first: Vec<Demand>,
    /// What the region has to prove against heads that other desks have seen; the last one is asked first.
    pub demands: Vec<Demand>,
    /// The region was restored: what others had sent it is given back when everything was read again.
    pub give_back: bool,
    /// The region signs its order, and it moved, or moves in this round: that it only grew is proven at the end.
    pub prove: bool,
}

impl State {
    /// The state of a round that has not begun.
    #[must_use]
    pub fn new(snapshot: &Snapshot, now: DateTime<Utc>) -> Self {
        // A clock that was ahead when the moment was noted, and was set right, must not hold work back for years.
        let held = snapshot.push_after.filter(|t| *t > now && *t - now <= PUSH_HELD_MAX);
        Self {
            enrolled: snapshot.enrolled,
            acked: snapshot.acked,
            local_head: snapshot.local_head,
            known_epoch: snapshot.epoch.clone(),
            scopes: Vec::new(),
            epoch: None,
            may_push: held.is_none(),
            forked: false,
            kept_aside: snapshot.kept_aside,
            may_pull: true,
            ends_with: held.filter(|_| snapshot.unsent > 0).map(|until| SyncStop::Full { until }),
            resume_at: None,
            failures: 0,
            retries: RetryBudget::default(),
            last_failure: None,
            greetings: 0,
            busy: 0,
            diverged: false,
            anew: false,
            now,
            not_before: None,
            stop: None,
            publications: Vec::new(),
            older: Vec::new(),
            branch: None,
            lacking: Vec::new(),
            holes: Vec::new(),
            from_the_beginning: None,
            first: Vec::new(),
            demands: Vec::new(),
            give_back: false,
            prove: false,
        }
    }

    /// First own sequence that the region is to see next.
    #[must_use]
    pub fn push_from(&self) -> u64 {
        let from = self.resume_at.unwrap_or(self.acked.seq.saturating_add(1));
        if self.forked { from.max(self.kept_aside.saturating_add(1)) } else { from }
    }
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Greet: protocol, epoch, what the region holds, scopes.
    Hello,
    /// Push own events from this sequence on.
    Push { from_seq: u64 },
    /// Push what an earlier life of the device left behind.
    PushOlder { life: u32, from_seq: u64 },
    /// Let what an earlier life wrote beside another copy of the device go on as a life of its own.
    BranchOff { life: u32, from_seq: u64 },
    /// Let what an earlier life wrote behind an event that nobody has go on, if nobody can have it any more.
    Behind { life: u32, wanted: u64 },
    /// Read a page of a scope.
    Pull { scope: Scope, after: Pos },
    /// Give back what a restored region lost and others had sent.
    GiveBack,
    /// Fetch what the region published.
    Fetch { hash: String },
    /// Ask for a proof of the region's tree; `None` = of its order as it stands.
    Prove { demand: Option<Box<Demand>> },
    /// Everything is there and here.
    Done,
    /// Nothing before this moment.
    Wait { until: DateTime<Utc> },
    /// This round is over.
    Stop { why: SyncStop },
}

/// Why a round ended without being done. Nothing is lost by any of them: work goes on at the desk.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SyncStop {
    /// The desk belongs to no region yet.
    #[error("the desk has not joined a region")]
    NotEnrolled,
    /// The engine was stopped (the desk was locked) before the round that was asked for.
    #[error("the engine was stopped")]
    Stopped,
    /// A call failed for good, or too often.
    #[error(transparent)]
    Failure(#[from] SyncFailure),
    /// The region is busy and said until when.
    #[error("the region is busy until {until}")]
    Busy { until: DateTime<Utc> },
    /// This desk sent as much today as it may (S28): the rest goes after this moment. Reading goes on.
    #[error("this desk sent as much as it may until {until}")]
    Full { until: DateTime<Utc> },
    /// Two copies of this device live (S17): it must join again before it may push.
    #[error("two copies of this device live")]
    Fork,
    /// The region holds events of this device that are not here (S16): the profile was restored from
    /// an older copy and needs a new incarnation before it writes.
    #[error("this desk was restored from an older copy")]
    RolledBack { region: Head },
    /// The region says again and again that its history is another one.
    #[error("the region's history is another one")]
    HistoryDiverged,
    /// Own work was pushed; reading needs a newer program.
    #[error("this program is too old")]
    TooOld,
    /// Own work was pushed; the region is too old for anything else of this program.
    #[error("the region is too old")]
    RegionTooOld,
    /// The region's answers contradict themselves or what this desk holds.
    #[error("the region's answers contradict themselves")]
    Contradiction,
    /// The desk itself cannot go on.
    #[error(transparent)]
    Local(#[from] LocalError),
}

impl SyncStop {
    /// Stable code for messages; the words live in the catalogues.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::Stopped => "stopped",
            Self::Failure(f) => failure_code(f),
            Self::Busy { .. } => "busy",
            Self::Full { .. } => "quota",
            Self::Fork => "fork",
            Self::RolledBack { .. } => "rolled_back",
            Self::HistoryDiverged => "history_diverged",
            Self::TooOld => "too_old",
            Self::RegionTooOld => "region_too_old",
            Self::Contradiction => "contradiction",
            Self::Local(LocalError::Locked) => "locked",
            Self::Local(LocalError::StorageFull) => "storage_full",
            Self::Local(LocalError::InUse) => "in_use",
            Self::Local(LocalError::Inconsistent) => "log_inconsistent",
            Self::Local(LocalError::Storage) => "storage_failed",
        }
    }
}

/// Stable code of a failed call.
#[must_use]
pub fn failure_code(failure: &SyncFailure) -> &'static str {
    use esik_wire::ApiErrorCode as C;
    match failure {
        SyncFailure::Unreachable => "unreachable",
        SyncFailure::Timeout => "timeout",
        SyncFailure::Untrusted => "untrusted",
        SyncFailure::Clock => "clock",
        SyncFailure::NotEsik => "not_esik",
        SyncFailure::Refused(e) => match e.code {
            C::Unauthorised => "unauthorised",
            C::BadCode => "bad_code",
            C::Gap => "gap",
            C::Fork => "fork",
            C::HistoryDiverged => "history_diverged",
            C::TooOld => "too_old",
            C::TooNew => "region_too_old",
            C::Busy => "busy",
            C::Quota => "quota",
            C::TooOften => "too_often",
            C::TooLarge => "too_large",
            C::NotFound => "not_found",
            C::BadRequest => "bad_request",
            C::Internal => "region_failed",
            C::Unknown => "refused",
        },
    }
}

/// The next thing to do. Own work goes before reading; reading goes scope by scope.
#[must_use]
pub fn next_step(s: &State) -> Step {
    if let Some(why) = &s.stop {
        return Step::Stop { why: why.clone() };
    }
    if !s.enrolled {
        return Step::Stop { why: SyncStop::NotEnrolled };
    }
    if s.failures >= ROUND_FAILURES_MAX {
        let failure = s.last_failure.clone().unwrap_or(SyncFailure::Timeout);
        return Step::Stop { why: SyncStop::Failure(failure) };
    }
    if let Some(until) = s.not_before.filter(|t| *t > s.now) {
        return Step::Wait { until };
    }
    if s.epoch.is_none() {
        return Step::Hello;
    }
    if let Some(demand) = s.first.last().filter(|_| s.may_pull) {
        return Step::Prove { demand: Some(Box::new(demand.clone())) };
    }
    if let Some((life, from_seq)) = s.branch {
        return Step::BranchOff { life, from_seq };
    }
    // What was done first is sent first.
    if let Some(older) = s.older.first().filter(|_| s.may_push && !s.forked) {
        return Step::PushOlder { life: older.incarnation, from_seq: older.from };
    }
    if s.may_push && s.push_from() <= s.local_head.seq {
        return Step::Push { from_seq: s.push_from() };
    }
    if let Some(x) = s.scopes.iter().find(|x| s.may_pull && !x.up_to_date) {
        return Step::Pull { scope: x.scope.clone(), after: x.cursor };
    }
    if s.give_back && s.may_push && s.may_pull {
        return Step::GiveBack;
    }
    // Only who has read all that the region has can say that something is lost.
    if let Some((life, wanted)) =
        s.lacking.first().filter(|_| s.may_push && s.may_pull && !s.forked)
    {
        return Step::Behind { life: *life, wanted: *wanted };
    }
    // Cases never wait behind reference data.
    if let Some(hash) = s.publications.first().filter(|_| s.may_pull) {
        return Step::Fetch { hash: hash.clone() };
    }
    if let Some(demand) = s.demands.last().filter(|_| s.may_pull) {
        return Step::Prove { demand: Some(Box::new(demand.clone())) };
    }
    if s.prove && s.may_pull {
        return Step::Prove { demand: None };
    }
    match &s.ends_with {
        Some(why) => Step::Stop { why: why.clone() },
        None => Step::Done,
    }
}
