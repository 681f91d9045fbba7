//! What an answer, or its absence, does to the state of a round. Pure, like the planner.

use crate::local::{Behind, History, OlderLife, Snapshot};
use crate::plan::{
    BUSY_IN_ROUND_S, BUSY_MAX, GREETINGS_MAX, ROUND_FAILURES_MAX, ScopeState, State, Step, SyncStop,
};
use crate::retry;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{Pos, Scope};
use esik_wire::{
    ApiError, ApiErrorCode, CaseMoved, EventHash, FeedPage, Head, HelloResponse, PushResponse,
    SyncFailure, planted,
};
use std::time::Duration;

/// The order this desk knew against the one the region has now (S15). A region that lacks what it
/// once acknowledged or showed was restored from an older copy, whatever its epoch says.
#[must_use]
pub fn history_of(snapshot: &Snapshot, hello: &HelloResponse, diverged: bool) -> History {
    if planted::is("history_ignored") {
        return History::Same;
    }
    let other_epoch = !snapshot.epoch.is_empty() && snapshot.epoch != hello.epoch;
    let lost_ours = hello.acked.seq < snapshot.acked.seq;
    let seen = snapshot.cursors.iter().map(|(_, pos)| *pos).max().unwrap_or(Pos(0));
    let known = snapshot.known.as_ref().map_or(Pos(0), |k| k.pos);
    let lost_theirs = hello.region_pos < seen.max(known);
    if diverged || snapshot.anew || other_epoch || lost_ours || lost_theirs {
        History::Changed
    } else {
        History::Same
    }
}

impl State {
    /// The region greeted. `own` is the hash of the own event at `hello.acked.seq`, when there is
    /// one here.
    pub fn on_hello(
        &mut self,
        snapshot: &Snapshot,
        hello: &HelloResponse,
        own: Option<EventHash>,
    ) -> History {
        let history = history_of(snapshot, hello, self.diverged);
        self.progress();
        self.diverged = false;
        self.anew |= history == History::Changed;
        if hello.acked.seq > snapshot.local_head.seq {
            let rolled_back = SyncStop::RolledBack { region: hello.acked };
            if snapshot.acked.seq >= snapshot.local_head.seq
                || snapshot.kept_aside >= snapshot.local_head.seq
            {
                self.stop = Some(rolled_back);
                return history;
            }
            // It wrote since: the region looks whether another copy of it did as well, and keeps what is here.
            self.may_pull = false;
            self.ends_with = Some(rolled_back);
        }
        // What the region holds beyond the own head says nothing of a fork yet.
        let here = (1..=snapshot.local_head.seq).contains(&hello.acked.seq);
        let another = here && own != Some(hello.acked.hash);
        if hello.frozen || another {
            self.forked();
        }
        self.local_head = snapshot.local_head;
        // Behind what we knew: refill. Ahead of it: a verdict got lost, the same bytes bring it again.
        self.acked =
            if hello.acked.seq < snapshot.acked.seq { hello.acked } else { snapshot.acked };
        // A restored region that another copy of this device reached first: what it lost of this one begins where the two
        // part, which only it can say, so it gets everything.
        if another && history == History::Changed {
            self.acked = Head::default();
        }
        // A named sequence goes before our own reckoning only when it lies further back.
        self.resume_at = self.resume_at.filter(|seq| *seq <= self.acked.seq);
        self.scopes = hello
            .scopes
            .iter()
            .map(|scope| ScopeState {
                scope: scope.clone(),
                cursor: match history {
                    History::Changed => Pos(0),
                    History::Same => snapshot
                        .cursors
                        .iter()
                        .find(|(s, _)| s == scope)
                        .map_or(Pos(0), |(_, p)| *p),
                },
                up_to_date: false,
            })
            .collect();
        self.older.clone_from(&snapshot.older);
        self.from_the_beginning = None;
        self.lacking.clear();
        self.holes.clear();
        self.give_back = snapshot.give_back || history == History::Changed;
        self.epoch = Some(hello.epoch.clone());
        history
    }

    /// The greeting is stored. What another order had refused is asked again, also before what this region has.
    pub fn on_answered(&mut self, answered: Head) {
        if answered.seq < self.acked.seq {
            self.acked = answered;
        }
    }

    /// Verdicts came for a segment whose events had these sequences and hashes. False (and the round
    /// is over) when the answer cannot be true; then it must not be stored.
    pub fn on_verdicts(&mut self, sent: &[Head], answer: &PushResponse) -> bool {
        let Some(end) = sent.iter().position(|h| *h == answer.acked) else {
            // The region stands beyond this segment when lost verdicts are fetched again.
            let rolled_back = matches!(self.ends_with, Some(SyncStop::RolledBack { .. }));
            let beyond = (answer.acked.seq <= self.local_head.seq || rolled_back || self.forked)
                && sent.last().is_some_and(|l| l.seq < answer.acked.seq);
            return if beyond { self.accept(sent, sent.len(), answer) } else { self.contradict() };
        };
        self.accept(sent, end + 1, answer)
    }

    fn accept(&mut self, sent: &[Head], count: usize, answer: &PushResponse) -> bool {
        let judged = |seq: u64| answer.verdicts.iter().any(|v| v.seq == seq);
        let foreign = answer.verdicts.iter().any(|v| !sent.iter().any(|h| h.seq == v.seq));
        let Some(through) = sent.iter().take(count).next_back() else { return self.contradict() };
        // Without a verdict an event would wait for ever (S9).
        if foreign || !sent.iter().take(count).all(|h| judged(h.seq)) {
            return self.contradict();
        }
        self.acked = *through;
        self.resume_at = None;
        self.progress();
        true
    }

    /// Verdicts came for a segment of an earlier life. False when the answer cannot be true.
    pub fn on_older_verdicts(&mut self, life: u32, sent: &[Head], answer: &PushResponse) -> bool {
        let judged = |h: &Head| answer.verdicts.iter().any(|v| v.seq == h.seq);
        let foreign = answer.verdicts.iter().any(|v| !sent.iter().any(|h| h.seq == v.seq));
        let Some(last) = sent.last().filter(|_| !foreign && sent.iter().all(judged)) else {
            return self.contradict();
        };
        for older in self.older.iter_mut().filter(|o| o.incarnation == life) {
            older.from = last.seq.saturating_add(1);
        }
        self.older.retain(|o| o.from <= o.to);
        self.progress();
        true
    }

    /// An earlier life cannot be sent on: the region wants what is not here. It stays in the outbox, where
    /// it is seen, and holds up nothing else.
    pub fn leave_older(&mut self, life: u32) {
        self.older.retain(|o| o.incarnation != life);
    }

    /// Of an earlier life nothing is here at a sequence. A branch that is said from its beginning begins later than with the first event.
    pub fn on_none(&mut self, life: u32, wanted: u64, begins: u64) {
        if wanted < begins && self.from_the_beginning == Some(life) {
            self.older.iter_mut().filter(|o| o.incarnation == life).for_each(|o| o.from = begins);
        } else {
            self.on_lacking(life, wanted);
        }
    }

    /// Of an earlier life the event that would be next is not here. The life waits until everything was read; who said
    /// already that something is lost before it, and is not believed, leaves it.
    pub fn on_lacking(&mut self, life: u32, wanted: u64) {
        self.leave_older(life);
        let said = |(of, _): &(OlderLife, _)| of.incarnation == life && wanted < of.from;
        if !self.holes.iter().any(said) {
            self.lacking.push((life, wanted));
        }
    }

    /// What an earlier life wrote behind something that is missing goes on, or does not yet.
    pub fn on_behind(&mut self, life: u32, behind: Option<Behind>) {
        self.lacking.retain(|(of, _)| *of != life);
        if let Some(Behind { life, hole }) = behind {
            self.holes.extend(hole.map(|hole| (life, hole)));
            self.older.push(life);
        }
        self.progress();
    }

    /// The region keeps own events aside up to here; it gets the rest of the branch as well.
    pub fn on_kept_aside(&mut self, through: u64) {
        self.forked();
        self.kept_aside = self.kept_aside.max(through);
        self.progress();
    }

    /// What an earlier life wrote beside another copy goes on as a life of its own, or cannot.
    pub fn on_branch(&mut self, life: u32, from_seq: u64, branch: Option<OlderLife>) {
        self.branch = None;
        match branch {
            Some(branch) => {
                self.older.iter_mut().filter(|o| o.incarnation == life).for_each(|o| {
                    o.to = o.to.min(from_seq.saturating_sub(1));
                });
                self.older.retain(|o| o.from <= o.to);
                let after = self.older.iter().take_while(|o| o.incarnation < branch.incarnation);
                let at = after.count();
                self.older.insert(at, branch);
            }
            None => {
                self.leave_older(life);
                self.ends_with = Some(SyncStop::Fork);
            }
        }
    }

    /// A page came. False when it cannot be true; then it must not be stored.
    pub fn on_page(&mut self, scope: &Scope, page: &FeedPage) -> bool {
        let Some(state) = self.scopes.iter_mut().find(|s| s.scope == *scope) else {
            return self.contradict();
        };
        let mut last = state.cursor;
        for entry in &page.entries {
            if entry.pos <= last {
                return self.contradict();
            }
            last = entry.pos;
        }
        let within = |pos: &Pos| (state.cursor.0.saturating_add(1)..=page.next.0).contains(&pos.0);
        let told = page.moves.iter().all(|told| match told {
            CaseMoved::CaseEntered { pos, from, .. } => within(pos) && from <= pos,
            CaseMoved::CaseLeft { pos, .. } => within(pos),
            CaseMoved::Unknown => true,
        });
        if !told {
            return self.contradict();
        }
        // A cursor that stands still while there is more would be read for ever.
        if page.next < last || (page.more && page.next == state.cursor) {
            return self.contradict();
        }
        state.cursor = page.next;
        state.up_to_date = !page.more;
        self.progress();
        true
    }

    /// A case came into a feed that had been read further: what happened to it before is read now.
    pub fn on_case_entered(&mut self, scope: &Scope, read_on: Pos) {
        for state in self.scopes.iter_mut().filter(|s| s.scope == *scope) {
            state.cursor = read_on;
            state.up_to_date = false;
        }
    }

    /// A publication came, or will not come in this round: the next greeting lists it again.
    pub fn on_publication(&mut self, hash: &str) {
        self.publications.retain(|wanted| wanted != hash);
        self.progress();
    }

    /// The region answered to what was given back; `more` = there may be more of it. At the end everything is read
    /// once more: what was taken has its place now.
    pub fn on_given(&mut self, more: bool) {
        self.give_back = more;
        if !more {
            self.scopes.iter_mut().for_each(|s| s.up_to_date = false);
        }
        self.progress();
    }

    /// A proof came, or will not come.
    pub fn on_proof(&mut self) {
        if self.first.pop().is_none() && self.demands.pop().is_none() {
            self.prove = false;
        }
        self.progress();
    }

    /// The order is not the one that the region signed for this desk: it was set back without a word (S15), and what it
    /// got since may lie before what was read here. Everything is read again, once a round.
    pub fn on_other_order(&mut self) {
        if !self.anew && self.may_pull {
            self.diverged = true;
            self.greet_again(SyncStop::HistoryDiverged);
        }
    }

    /// A call failed. A timeout is indeterminate: the same step is planned again (S3).
    pub fn on_failure(&mut self, step: &Step, failure: SyncFailure, random: f64) {
        match failure {
            // Nothing else waits for it, and one that cannot be had never stops a round.
            SyncFailure::NotEsik | SyncFailure::Refused(_)
                if matches!(step, Step::Fetch { .. }) =>
            {
                if let Step::Fetch { hash } = step {
                    self.on_publication(hash);
                }
            }
            // What an earlier round went by cannot be proven now: the next one asks again. A proof that cannot be had stops no work.
            SyncFailure::Refused(ref e)
                if !self.first.is_empty()
                    && matches!(step, Step::Prove { .. })
                    && matches!(
                        e.code,
                        ApiErrorCode::HistoryDiverged
                            | ApiErrorCode::Busy
                            | ApiErrorCode::Quota
                            | ApiErrorCode::TooOften
                            | ApiErrorCode::Unauthorised
                    ) =>
            {
                let refusal = e.clone();
                self.on_refusal(step, refusal, failure, random);
            }
            _ if !self.first.is_empty() && matches!(step, Step::Prove { .. }) => self.first.clear(),
            // A region that does not take it so is not asked again in this round.
            SyncFailure::NotEsik if *step == Step::GiveBack => self.give_back = false,
            SyncFailure::Refused(ref e)
                if *step == Step::GiveBack
                    && !matches!(
                        e.code,
                        ApiErrorCode::HistoryDiverged | ApiErrorCode::Internal
                    ) =>
            {
                self.give_back = false;
            }
            SyncFailure::Timeout => self.try_again(failure, random),
            SyncFailure::Refused(ref refusal) => {
                let refusal = refusal.clone();
                self.on_refusal(step, refusal, failure, random);
            }
            other => self.stop = Some(SyncStop::Failure(other)),
        }
    }

    fn on_refusal(&mut self, step: &Step, e: ApiError, failure: SyncFailure, random: f64) {
        if let (Step::PushOlder { life, from_seq }, ApiErrorCode::Gap) = (step, e.code) {
            match e.expected.filter(|seq| (1..*from_seq).contains(seq)) {
                Some(seq) => {
                    let this = |o: &&mut OlderLife| o.incarnation == *life;
                    self.older.iter_mut().filter(this).for_each(|o| o.from = seq);
                }
                None => self.leave_older(*life),
            }
            return;
        }
        if let (Step::PushOlder { life, from_seq }, ApiErrorCode::Fork) = (step, e.code) {
            self.on_older_fork(*life, *from_seq, e.expected);
            return;
        }
        match e.code {
            ApiErrorCode::Internal => self.try_again(failure, random),
            // What else there is to do is done: only sending waits.
            ApiErrorCode::Quota if matches!(step, Step::Push { .. } | Step::PushOlder { .. }) => {
                let until = after(self.now, retry::busy_pause(e.retry_after_s, random));
                self.may_push = false;
                if !self.forked {
                    self.ends_with = Some(SyncStop::Full { until });
                }
            }
            ApiErrorCode::Busy | ApiErrorCode::Quota | ApiErrorCode::TooOften => {
                let until = after(self.now, retry::busy_pause(e.retry_after_s, random));
                self.busy += 1;
                if self.busy > BUSY_MAX || until - self.now > TimeDelta::seconds(BUSY_IN_ROUND_S) {
                    self.stop = Some(SyncStop::Busy { until });
                } else {
                    self.not_before = Some(until);
                }
            }
            ApiErrorCode::Gap if self.forked => self.may_push = false,
            ApiErrorCode::Gap => match (step, e.expected) {
                (Step::Push { from_seq }, Some(expected)) if (1..*from_seq).contains(&expected) => {
                    self.resume_at = Some(expected);
                    self.greet_again(SyncStop::Contradiction);
                }
                _ => self.stop = Some(SyncStop::Contradiction),
            },
            ApiErrorCode::HistoryDiverged => {
                self.diverged = true;
                self.greet_again(SyncStop::HistoryDiverged);
            }
            ApiErrorCode::Fork => {
                self.forked();
                self.may_push = false;
            }
            // A desk of another version may always push (S23), and a revoked one still delivers what it saved:
            // the region sets it aside (S14).
            ApiErrorCode::TooOld if *step == Step::Hello => self.push_only(SyncStop::TooOld),
            ApiErrorCode::TooNew if *step == Step::Hello => self.push_only(SyncStop::RegionTooOld),
            ApiErrorCode::Unauthorised if *step == Step::Hello => {
                self.push_only(SyncStop::Failure(failure));
            }
            ApiErrorCode::TooOld => self.stop = Some(SyncStop::TooOld),
            ApiErrorCode::TooNew => self.stop = Some(SyncStop::RegionTooOld),
            ApiErrorCode::NotFound => match step {
                // The scope was taken away between greeting and reading; the next greeting says so.
                Step::Pull { scope, .. } => {
                    for s in self.scopes.iter_mut().filter(|s| s.scope == *scope) {
                        s.up_to_date = true;
                    }
                }
                _ => self.stop = Some(SyncStop::Failure(failure)),
            },
            ApiErrorCode::Unauthorised
            | ApiErrorCode::BadCode
            | ApiErrorCode::TooLarge
            | ApiErrorCode::BadRequest
            | ApiErrorCode::Unknown => {
                self.stop = Some(SyncStop::Failure(failure));
            }
        }
    }

    /// Of two copies the other one was first: this desk has joined again since, or has to. An older region does not say
    /// where they part.
    fn on_older_fork(&mut self, life: u32, from_seq: u64, parts_at: Option<u64>) {
        let Some(seq) = parts_at.filter(|seq| *seq > 0) else { return self.forked() };
        // What is before may be a third copy's work that this one had as well: then they part earlier.
        let earlier = seq == from_seq
            && seq > 1
            && self.from_the_beginning != Some(life)
            && !planted::is("parts_where_it_begins");
        if earlier {
            self.from_the_beginning = Some(life);
            self.older.iter_mut().filter(|o| o.incarnation == life).for_each(|o| o.from = 1);
        } else {
            self.branch = Some((life, seq));
        }
    }

    /// Something moved: the count of failures begins anew.
    fn progress(&mut self) {
        self.failures = 0;
        self.last_failure = None;
        self.not_before = None;
    }

    fn try_again(&mut self, failure: SyncFailure, random: f64) {
        // The last failure of a round is not repeated in it.
        if self.failures + 1 < ROUND_FAILURES_MAX && !self.retries.spend() {
            self.stop = Some(SyncStop::Failure(failure));
            return;
        }
        self.not_before = Some(after(self.now, retry::backoff(self.failures, random)));
        self.failures += 1;
        self.last_failure = Some(failure);
    }

    /// Another copy of this device lives: nothing is taken, but the region keeps the branch, and the desk goes on
    /// reading (S17).
    fn forked(&mut self) {
        self.forked = true;
        self.resume_at = None;
        self.ends_with = Some(SyncStop::Fork);
    }

    /// The region refused to greet, but may still take what was saved here.
    fn push_only(&mut self, why: SyncStop) {
        self.epoch = Some(self.known_epoch.clone());
        self.may_pull = false;
        self.ends_with = Some(why);
    }

    /// A gap or another history: ask the region afresh what it holds, a bounded number of times. One
    /// whom it does not greet follows what the refusal said.
    fn greet_again(&mut self, otherwise: SyncStop) {
        self.greetings += 1;
        if self.greetings >= GREETINGS_MAX || (self.diverged && !self.may_pull) {
            self.stop = Some(otherwise);
        } else if self.may_pull {
            self.epoch = None;
        }
    }

    fn contradict(&mut self) -> bool {
        self.stop = Some(SyncStop::Contradiction);
        false
    }
}

/// `now + span`, without overflow.
#[must_use]
pub fn after(now: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(span).ok().and_then(|d| now.checked_add_signed(d)).unwrap_or(now)
}
