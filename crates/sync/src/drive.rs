//! One full synchronisation: does what the planner says and tells the state what came of it.

use crate::clock::Clock;
use crate::local::{Attempt, History, Identity, Local, LocalError, OlderLife, Snapshot};
use crate::plan::{State, Step, SyncStop, next_step};
use crate::retry::RetryBudget;
use crate::tree::{Demand, TreeFault};
use chrono::{DateTime, Utc};
use esik_domain::ids::{Pos, Scope};
use esik_wire::{
    ApiErrorCode, EventHash, FEED_PAGE_MAX, FeedRequest, GiveBack, Head, HelloRequest, PROTOCOL,
    PROTOCOL_MIN, PushResponse, SEGMENT_BYTES_MAX, SEGMENT_EVENTS_MAX, Segment, SignedEvent,
    SyncApi, SyncFailure, TreeProof, Verdict,
};
use std::sync::Arc;

/// Room a segment needs beside its events, in bytes.
const SEGMENT_ENVELOPE_BYTES: usize = 1024;

/// What a finished round did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Own events sent, including repeated ones.
    pub pushed: u64,
    pub accepted: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub quarantined: u64,
    /// Events that were new here.
    pub pulled: u64,
    /// Events stored but not applied.
    pub set_aside: u64,
    /// Events of others that a restored region has again from here.
    pub given_back: u64,
    /// Greetings: 1, or more when the region's history changed.
    pub rounds: u32,
    /// Furthest position of the region this round saw.
    pub region_pos: Pos,
    /// Own events the region holds and judged.
    pub acked: Head,
}

/// What is going on, for a person who watches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    Greeting,
    /// Own events judged so far, of how many.
    Pushing {
        done: u64,
        of: u64,
    },
    Pulling {
        scope: Scope,
        events: u64,
    },
    Waiting {
        until: DateTime<Utc>,
    },
}

/// One full synchronisation, from greeting to done. How it ended is recorded at the desk.
///
/// # Errors
/// Why it stopped before it was done; nothing is lost by it, and running it again goes on from there.
pub async fn sync_once<A: SyncApi>(
    api: &A,
    local: &Arc<dyn Local>,
    clock: &dyn Clock,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Summary, SyncStop> {
    sync_within(api, local, clock, progress, &mut RetryBudget::default()).await
}

/// [`sync_once`] of somebody who makes many rounds: what may be asked again is one budget for all of them (S29).
///
/// # Errors
/// As [`sync_once`].
pub async fn sync_within<A: SyncApi>(
    api: &A,
    local: &Arc<dyn Local>,
    clock: &dyn Clock,
    progress: &(dyn Fn(Progress) + Send + Sync),
    retries: &mut RetryBudget,
) -> Result<Summary, SyncStop> {
    let result = Round::run(api, local, clock, progress, retries).await;
    let attempt = Attempt { at: clock.now(), result: result.clone() };
    if let Err(error) = blocking(local, move |l| l.record_attempt(&attempt)).await {
        tracing::warn!(%error, "the attempt could not be recorded");
    }
    result
}

/// Runs a blocking call of the desk beside the asynchronous threads.
pub(crate) async fn blocking<T: Send + 'static>(
    local: &Arc<dyn Local>,
    call: impl FnOnce(&dyn Local) -> Result<T, LocalError> + Send + 'static,
) -> Result<T, LocalError> {
    let local = Arc::clone(local);
    tokio::task::spawn_blocking(move || call(local.as_ref()))
        .await
        .unwrap_or(Err(LocalError::Storage))
}

struct Round<'a, A> {
    api: &'a A,
    local: &'a Arc<dyn Local>,
    clock: &'a dyn Clock,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    identity: Identity,
    snapshot: Snapshot,
    state: State,
    summary: Summary,
}

impl<'a, A: SyncApi> Round<'a, A> {
    async fn run(
        api: &'a A,
        local: &'a Arc<dyn Local>,
        clock: &'a dyn Clock,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        retries: &mut RetryBudget,
    ) -> Result<Summary, SyncStop> {
        let (identity, snapshot) = blocking(local, |l| Ok((l.identity()?, l.snapshot()?))).await?;
        let mut state = State::new(&snapshot, clock.now());
        state.retries = *retries;
        let summary = Summary {
            pushed: 0,
            accepted: 0,
            duplicates: 0,
            rejected: 0,
            quarantined: 0,
            pulled: 0,
            set_aside: 0,
            given_back: 0,
            rounds: 0,
            region_pos: Pos(0),
            acked: snapshot.acked,
        };
        let mut round = Self { api, local, clock, progress, identity, snapshot, state, summary };
        loop {
            let step = next_step(&round.state);
            let failed = match &step {
                Step::Hello => round.hello().await?,
                Step::Push { from_seq } => round.push(*from_seq).await?,
                Step::PushOlder { life, from_seq } => round.push_older(*life, *from_seq).await?,
                Step::BranchOff { life, from_seq } => round.branch_off(*life, *from_seq).await?,
                Step::Behind { life, wanted } => round.behind(*life, *wanted).await?,
                Step::Pull { scope, after } => round.pull(scope.clone(), *after).await?,
                Step::GiveBack => round.give_back().await?,
                Step::Fetch { hash } => round.fetch(hash.clone()).await?,
                Step::Prove { demand } => round.prove(demand.as_deref()).await?,
                Step::Wait { until } => {
                    round.wait(*until).await;
                    None
                }
                Step::Done => return Ok(round.summary),
                Step::Stop { why } => return Err(why.clone()),
            };
            // A fixed test clock must not turn a wait into an endless one: time never goes back.
            round.state.now = round.state.now.max(clock.now());
            match failed {
                Some(failure) => {
                    tracing::info!(?step, %failure, "sync call failed");
                    round.state.on_failure(&step, failure, clock.random());
                }
                None if !matches!(step, Step::Wait { .. }) => round.state.retries.answered(),
                None => {}
            }
            *retries = round.state.retries;
        }
    }

    async fn wait(&mut self, until: DateTime<Utc>) {
        (self.progress)(Progress::Waiting { until });
        if let Ok(span) = (until - self.state.now).to_std() {
            self.clock.sleep(span).await;
        }
        self.state.now = self.state.now.max(until);
    }

    async fn hello(&mut self) -> Result<Option<SyncFailure>, SyncStop> {
        (self.progress)(Progress::Greeting);
        self.summary.rounds += 1;
        self.snapshot = blocking(self.local, |l| l.snapshot()).await?;
        let asked_at = self.clock.now();
        let request = HelloRequest {
            protocol_min: PROTOCOL_MIN,
            protocol_max: PROTOCOL,
            device_id: self.identity.device_id,
            incarnation: self.identity.incarnation,
            head: self.snapshot.local_head,
            // A region that said “not my history” is asked what it has, not confronted again.
            known: if self.state.diverged || self.snapshot.anew {
                None
            } else {
                self.snapshot.known.clone()
            },
            device_time: asked_at,
            unsent: self.snapshot.unsent,
            officers: self.snapshot.officers.clone(),
            numbers_left: self.snapshot.numbers_left,
            version: self.identity.version.clone(),
            tree: self.snapshot.tree.clone(),
            vouchers: self.snapshot.vouchers.clone(),
            blocks: self.snapshot.blocks.clone(),
        };
        let mut hello = match self.api.hello(request).await {
            Ok(hello) => hello,
            Err(failure) => return Ok(Some(failure)),
        };
        let own = self.own_hash(hello.acked.seq).await?;
        let history = self.state.on_hello(&self.snapshot, &hello, own);
        if self.state.stop.is_some() {
            return Ok(None);
        }
        if history == History::Changed && self.state.acked == Head::default() {
            // What it calls ours may be another copy's.
            hello.acked = Head::default();
        }
        // The region looked at its clock somewhere between question and answer.
        let half = (self.clock.now() - asked_at) / 2;
        let (measured_at, uncertain) = (asked_at + half, half.abs());
        self.summary.region_pos = hello.region_pos;
        let signs = hello.tree.is_some();
        let (head, answered, publications, look) = blocking(self.local, move |l| {
            let head = l.record_hello(&hello, history, measured_at, uncertain)?;
            let publications = l.publications_wanted(&hello.publications)?;
            Ok((head, l.answered()?, publications, l.look_at_trees(&hello)?))
        })
        .await?;
        self.state.local_head = head;
        self.state.on_answered(answered);
        self.summary.acked = self.state.acked;
        self.state.publications = publications;
        self.state.first = look.first;
        self.state.demands = look.demands;
        self.state.prove =
            look.moved || signs && self.state.push_from() <= self.state.local_head.seq;
        Ok(None)
    }

    async fn give_back(&mut self) -> Result<Option<SyncFailure>, SyncStop> {
        let room = SEGMENT_BYTES_MAX - 2 * SEGMENT_ENVELOPE_BYTES;
        let (events, officers) = blocking(self.local, move |l| {
            let mut events = l.orphans(SEGMENT_EVENTS_MAX, room)?;
            events.truncate(fitting(&events));
            let officers = l.signers(&events)?;
            Ok((events, officers))
        })
        .await?;
        let more = !events.is_empty();
        if more {
            let request = GiveBack { epoch: self.epoch(), events: events.clone(), officers };
            match self.api.give_back(request).await {
                Ok(done) => {
                    tracing::info!(?done, "a restored region got back what others had sent it");
                    self.summary.given_back += done.taken;
                    blocking(self.local, move |l| l.record_given(Some((&events, &done)))).await?;
                }
                Err(failure) => return Ok(Some(failure)),
            }
        } else {
            blocking(self.local, |l| l.record_given(None)).await?;
        }
        self.state.on_given(more);
        Ok(None)
    }

    async fn fetch(&mut self, hash: String) -> Result<Option<SyncFailure>, SyncStop> {
        let published = match self.api.publication(hash.clone()).await {
            Ok(published) => published,
            Err(failure) => return Ok(Some(failure)),
        };
        let kept = published.hash() == hash
            && blocking(self.local, move |l| l.record_publication(&published)).await?;
        if !kept {
            tracing::warn!(hash, "a publication that is not the region's was not kept");
            self.summary.set_aside += 1;
        }
        self.state.on_publication(&hash);
        Ok(None)
    }

    /// A line that fails is tried again; a region that refuses to prove what it signed is contradicted.
    async fn prove(&mut self, demand: Option<&Demand>) -> Result<Option<SyncFailure>, SyncStop> {
        let asked = match demand {
            Some(demand) => Some(demand.clone()),
            None => blocking(self.local, |l| l.own_demand()).await?,
        };
        let Some(asked) = asked else {
            self.state.on_proof();
            return Ok(None);
        };
        let answer = if asked.is_beyond() {
            Ok(TreeProof::default())
        } else {
            self.api.tree_proof(asked.request()).await
        };
        let answer = match answer {
            Ok(proof) => Some(proof),
            Err(SyncFailure::Refused(refusal))
                if matches!(refusal.code, ApiErrorCode::NotFound | ApiErrorCode::BadRequest) =>
            {
                None
            }
            Err(failure) => return Ok(Some(failure)),
        };
        let found = asked.judge(answer.as_ref()).1.map(|found| found.fault);
        let then = asked.then(answer.as_ref());
        // Where everything is being read anew, what a head of before says of it is evidence and no more.
        let own = asked.own && !(self.state.anew && demand.is_none());
        let asked = Demand { own, ..asked };
        let proven = blocking(self.local, move |l| l.record_tree(&asked, answer.as_ref())).await?;
        if !proven {
            tracing::error!("the region contradicts what it signed; the evidence is kept");
        }
        self.state.on_proof();
        self.state.demands.extend(then);
        if own && found.is_some_and(TreeFault::is_another_order) {
            self.state.on_other_order();
        }
        Ok(None)
    }

    /// Hash of the own event at a sequence, when it is here.
    async fn own_hash(&self, seq: u64) -> Result<Option<EventHash>, SyncStop> {
        let known = [self.snapshot.acked, self.snapshot.local_head];
        if seq == 0 || seq > self.snapshot.local_head.seq {
            return Ok(None);
        }
        if let Some(head) = known.iter().find(|h| h.seq == seq) {
            return Ok(Some(head.hash));
        }
        let life = self.identity.incarnation;
        let events =
            blocking(self.local, move |l| l.segment(life, seq, 1, SEGMENT_BYTES_MAX)).await?;
        Ok(events.first().map(SignedEvent::hash))
    }

    async fn push(&mut self, from_seq: u64) -> Result<Option<SyncFailure>, SyncStop> {
        let left = self.state.local_head.seq.saturating_sub(from_seq).saturating_add(1);
        let at_most = usize::try_from(left).unwrap_or(usize::MAX).min(SEGMENT_EVENTS_MAX);
        let life = self.identity.incarnation;
        let (segment, sent) = self.segment(life, from_seq, at_most).await?;
        // The snapshot promised events up to its head: nothing here means a hole in the log.
        let Some(segment) = segment else {
            return Err(LocalError::Inconsistent.into());
        };
        let done = from_seq.saturating_sub(1);
        (self.progress)(Progress::Pushing { done, of: self.state.local_head.seq });
        let answer = match self.api.push(segment).await {
            Ok(answer) => answer,
            Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::Fork => {
                let through = sent.last().map_or(from_seq, |h| h.seq);
                blocking(self.local, move |l| l.record_kept_aside(life, through)).await?;
                self.state.on_kept_aside(through);
                return Ok(None);
            }
            Err(failure) => return Ok(Some(failure)),
        };
        if !self.state.on_verdicts(&sent, &answer) {
            return Ok(None);
        }
        self.summary.acked = self.state.acked;
        self.count(sent.len(), &answer);
        blocking(self.local, move |l| l.record_verdicts(life, &answer)).await?;
        Ok(None)
    }

    /// What an earlier life of the device still has to send: it says the same as then, byte for byte.
    async fn push_older(
        &mut self,
        life: u32,
        from_seq: u64,
    ) -> Result<Option<SyncFailure>, SyncStop> {
        let to = self.state.older.iter().find(|o| o.incarnation == life).map_or(0, |o| o.to);
        let left = usize::try_from(to.saturating_sub(from_seq).saturating_add(1));
        let at_most = left.unwrap_or(usize::MAX).min(SEGMENT_EVENTS_MAX);
        let (segment, sent) = self.segment(life, from_seq, at_most).await?;
        let Some(mut segment) = segment else {
            let begins = blocking(self.local, move |l| l.begins(life)).await?;
            self.state.on_none(life, from_seq, begins);
            return Ok(None);
        };
        let begins = |of: &OlderLife| of.incarnation == life && of.from == from_seq;
        let hole = self.state.holes.iter().find(|(of, _)| begins(of));
        let hole = hole.map(|(_, hole)| hole.clone());
        segment.behind = hole.filter(|_| segment.branch_of.is_some());
        let answer = match self.api.push(segment).await {
            Ok(answer) => answer,
            Err(failure) => return Ok(Some(failure)),
        };
        if self.state.on_older_verdicts(life, &sent, &answer) {
            self.count(sent.len(), &answer);
            blocking(self.local, move |l| l.record_verdicts(life, &answer)).await?;
        }
        Ok(None)
    }

    async fn branch_off(
        &mut self,
        life: u32,
        from_seq: u64,
    ) -> Result<Option<SyncFailure>, SyncStop> {
        let branch = blocking(self.local, move |l| l.branch_off(life, from_seq)).await?;
        tracing::warn!(life, from_seq, ?branch, "what a copied desk wrote goes on as another life");
        self.state.on_branch(life, from_seq, branch);
        Ok(None)
    }

    async fn behind(&mut self, life: u32, wanted: u64) -> Result<Option<SyncFailure>, SyncStop> {
        let behind = blocking(self.local, move |l| l.behind(life, wanted)).await?;
        tracing::warn!(life, wanted, ?behind, "an event of an earlier life is missing");
        self.state.on_behind(life, behind);
        Ok(None)
    }

    /// Own events of one life from a sequence on, ready to send; `None` when there is none at it.
    async fn segment(
        &self,
        life: u32,
        from_seq: u64,
        at_most: usize,
    ) -> Result<(Option<Segment>, Vec<Head>), SyncStop> {
        let (device_id, epoch) = (self.identity.device_id, self.epoch());
        Ok(blocking(self.local, move |l| {
            let mut events = l.segment(life, from_seq, at_most, SEGMENT_BYTES_MAX)?;
            events.truncate(fitting(&events).min(at_most));
            let sent: Vec<Head> =
                (from_seq..).zip(&events).map(|(seq, e)| Head { seq, hash: e.hash() }).collect();
            let segment = Segment::of_life(device_id, life, epoch, from_seq, events, |head| {
                l.sign_head(head)
            })?;
            Ok((segment, sent))
        })
        .await?)
    }

    /// Adds what an answer said to the summary.
    fn count(&mut self, sent: usize, answer: &PushResponse) {
        self.summary.pushed += sent as u64;
        for v in &answer.verdicts {
            let pos = match v.verdict {
                Verdict::Accepted { pos, .. } => {
                    self.summary.accepted += 1;
                    pos
                }
                Verdict::Duplicate { pos, .. } => {
                    self.summary.duplicates += 1;
                    pos
                }
                Verdict::Quarantined { .. } => {
                    self.summary.quarantined += 1;
                    Pos(0)
                }
                Verdict::Rejected { .. } => {
                    self.summary.rejected += 1;
                    Pos(0)
                }
                Verdict::Unknown => {
                    self.state.ends_with.get_or_insert(SyncStop::TooOld);
                    Pos(0)
                }
            };
            self.summary.region_pos = self.summary.region_pos.max(pos);
        }
    }

    async fn pull(&mut self, scope: Scope, after: Pos) -> Result<Option<SyncFailure>, SyncStop> {
        let of = scope.clone();
        let seen = blocking(self.local, move |l| l.seen(&of, after)).await?;
        let request = FeedRequest {
            scope: scope.clone(),
            after,
            epoch: self.epoch(),
            limit: FEED_PAGE_MAX,
            wait_s: 0,
            seen,
        };
        let page = match self.api.feed(request).await {
            Ok(page) => page,
            Err(failure) => return Ok(Some(failure)),
        };
        if !self.state.on_page(&scope, &page) {
            return Ok(None);
        }
        self.summary.region_pos = self.summary.region_pos.max(page.next);
        let of = scope.clone();
        // An empty page that moves nothing is not worth a transaction.
        if !page.entries.is_empty() || page.next != after {
            let applied = blocking(self.local, move |l| l.apply_page(&of, &page)).await?;
            self.summary.pulled += applied.events;
            self.summary.set_aside += applied.set_aside;
            if let Some(pos) = applied.read_on {
                self.state.on_case_entered(&scope, pos);
            }
        }
        (self.progress)(Progress::Pulling { scope, events: self.summary.pulled });
        Ok(None)
    }

    fn epoch(&self) -> String {
        self.state.epoch.clone().unwrap_or_default()
    }
}

/// How many events fit a segment, at least one: the limit counts the JSON before compression.
fn fitting(events: &[SignedEvent]) -> usize {
    let mut bytes = SEGMENT_ENVELOPE_BYTES;
    let count = events
        .iter()
        .take_while(|e| {
            bytes += serde_json::to_vec(e).map_or(SEGMENT_BYTES_MAX, |v| v.len() + 1);
            bytes <= SEGMENT_BYTES_MAX
        })
        .count();
    count.max(1).min(events.len())
}
