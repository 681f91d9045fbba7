//! The engine that keeps a desk synchronised with nobody doing anything: at once after a save or a
//! press, on a bell when the region has news, and by itself again when the line comes back.

use crate::bell::{Bell, Ring};
use crate::clock::Clock;
use crate::drive::{Progress, Summary, blocking, sync_within};
use crate::lane::{Lane, LaneStep};
use crate::local::{Local, Snapshot};
use crate::plan::SyncStop;
use crate::retry::{self, ROUNDS_BEFORE_WINDOW, RetryBudget};
use chrono::{DateTime, Utc};
use esik_wire::{ApiErrorCode, SyncApi, SyncFailure};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Saves within this span after the first go out together.
pub const DEBOUNCE: Duration = Duration::from_millis(200);
/// Online, a full round (clock, leases, officers, scopes) is made at least so often.
pub const ROUND_EVERY: Duration = Duration::from_secs(10 * 60);
/// While the region cannot be reached, a save tries it again only after this span.
pub const SAVE_TRIES_AFTER: Duration = Duration::from_secs(15);

/// Why the engine is to run now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wake {
    /// Something was saved; several saves go out together.
    Saved,
    /// A person pressed the button: at once.
    Person,
}

/// What stands on the screen about synchronisation (S32).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EngineStatus {
    /// The region answered last time.
    pub online: bool,
    /// A round is under way.
    pub running: bool,
    /// Device time of the last round that was done, since the engine started.
    pub last_success: Option<DateTime<Utc>>,
    /// Device time of the last round, however it ended.
    pub last_attempt: Option<DateTime<Utc>>,
    /// Why the last call failed, when it did.
    pub failure: Option<SyncFailure>,
    /// Why the last round was not done, when it was not (a failed call included).
    pub stop: Option<SyncStop>,
    /// Device time of the next attempt, while one is waited for.
    pub next_attempt: Option<DateTime<Utc>>,
    /// Own events without a verdict.
    pub unsent: u64,
}

/// How often somebody called; counts, so that no call is lost between two looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Calls {
    saved: u64,
    person: u64,
}

/// The last round that ended, and up to which press it answers.
#[derive(Clone, Debug, Default)]
struct Answered {
    person: u64,
    result: Option<Result<Summary, SyncStop>>,
}

/// Tells a person who pressed the button what is going on; `None` when the round is over.
pub type Watcher = Arc<dyn Fn(Option<Progress>) + Send + Sync>;

/// The running engine. Dropping it stops it, too.
#[derive(Debug)]
pub struct Engine {
    calls: watch::Sender<Calls>,
    status: watch::Receiver<EngineStatus>,
    answered: watch::Receiver<Answered>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Engine {
    /// Starts on the given runtime and makes the first round at once. `watcher` hears of rounds that
    /// somebody pressed for.
    #[must_use]
    pub fn start<A: SyncApi + 'static>(
        runtime: &Handle,
        api: Arc<A>,
        local: Arc<dyn Local>,
        clock: Arc<dyn Clock>,
        watcher: Watcher,
    ) -> Self {
        let (calls, heard) = watch::channel(Calls::default());
        let (status_in, status) = watch::channel(EngineStatus::default());
        let (answered_in, answered) = watch::channel(Answered::default());
        let (stop, stopped) = watch::channel(false);
        let worker = Worker {
            api,
            local,
            clock,
            watcher,
            heard,
            status: status_in,
            answered: answered_in,
            stopped,
            taken: Calls::default(),
            connect_failures: 0,
            other_failures: 0,
            retries: RetryBudget::default(),
        };
        let task = runtime.spawn(worker.run());
        Self { calls, status, answered, stop, task }
    }

    /// Asks for a round. Never blocks; a round under way is followed by another one.
    pub fn wake(&self, why: Wake) {
        self.calls.send_modify(|c| match why {
            Wake::Saved => c.saved += 1,
            Wake::Person => c.person += 1,
        });
    }

    /// A person's press: a round at once, and how it ended. A region that said “busy until …” is not
    /// asked before.
    ///
    /// # Errors
    /// Why the round was not done; [`SyncStop::Stopped`] when the engine was stopped meanwhile.
    pub fn sync_now(&self) -> impl Future<Output = Result<Summary, SyncStop>> + Send + use<> {
        let mut answered = self.answered.clone();
        self.wake(Wake::Person);
        let mine = self.calls.borrow().person;
        async move {
            match answered.wait_for(|a| a.person >= mine).await {
                Ok(a) => a.result.clone().unwrap_or(Err(SyncStop::Stopped)),
                Err(_) => Err(SyncStop::Stopped),
            }
        }
    }

    /// What to show; changes whenever something changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<EngineStatus> {
        self.status.clone()
    }

    /// Stops and waits until nothing runs any more. What was under way is repeated by the next
    /// engine; nothing is lost.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the engine ended badly");
        }
    }
}

struct Worker<A> {
    api: Arc<A>,
    local: Arc<dyn Local>,
    clock: Arc<dyn Clock>,
    watcher: Watcher,
    heard: watch::Receiver<Calls>,
    status: watch::Sender<EngineStatus>,
    answered: watch::Sender<Answered>,
    stopped: watch::Receiver<bool>,
    /// Calls that the last round answers.
    taken: Calls,
    connect_failures: u32,
    other_failures: u32,
    retries: RetryBudget,
}

/// Resolves when the engine is to stop (or nobody holds it any more).
async fn told_to_stop(mut stopped: watch::Receiver<bool>) {
    // An error means that the engine is gone, which is the same.
    drop(stopped.wait_for(|s| *s).await);
}

/// Why waiting ended.
#[derive(PartialEq, Eq)]
enum Next {
    Round,
    Stop,
}

impl<A: SyncApi + 'static> Worker<A> {
    async fn run(mut self) {
        let mut bell = Bell::default();
        loop {
            let stop = told_to_stop(self.stopped.clone());
            let result = tokio::select! {
                biased;
                () = stop => break,
                result = self.round() => result,
            };
            let next = match &result {
                // These stop pushing only; the desk goes on reading.
                Ok(_) | Err(SyncStop::Fork | SyncStop::Full { .. }) => {
                    self.wait_online(&mut bell).await
                }
                Err(why) => {
                    bell.hush();
                    self.wait_failed(why).await
                }
            };
            if next == Next::Stop {
                break;
            }
        }
        bell.hush();
        // A press that was not answered is over, too.
        (self.watcher)(None);
        self.status.send_modify(|s| {
            s.running = false;
            s.online = false;
            s.next_attempt = None;
        });
    }

    async fn round(&mut self) -> Result<Summary, SyncStop> {
        let before = std::mem::replace(&mut self.taken, *self.heard.borrow_and_update());
        let person = self.taken.person;
        self.status.send_modify(|s| {
            s.running = true;
            s.next_attempt = None;
        });
        let watched = before.person != person;
        let tell = |progress| {
            if watched {
                (self.watcher)(Some(progress));
            }
        };
        let clock = Arc::clone(&self.clock);
        let retries = &mut self.retries;
        let result =
            sync_within(self.api.as_ref(), &self.local, clock.as_ref(), &tell, retries).await;
        if watched {
            (self.watcher)(None);
        }
        let now = self.clock.now();
        self.count(&result);
        let unsent = self.snapshot().await.map(|s| s.unsent);
        self.status.send_modify(|s| {
            s.running = false;
            s.online = answered(&result);
            s.last_attempt = Some(now);
            s.stop = result.as_ref().err().cloned();
            s.failure = match &result {
                Err(SyncStop::Failure(f)) => Some(f.clone()),
                _ => None,
            };
            if result.is_ok() {
                s.last_success = Some(now);
            }
            s.unsent = unsent.unwrap_or(s.unsent);
        });
        self.answered.send_replace(Answered { person, result: Some(result.clone()) });
        result
    }

    fn count(&mut self, result: &Result<Summary, SyncStop>) {
        match result {
            Ok(_) | Err(SyncStop::Fork | SyncStop::Full { .. } | SyncStop::Busy { .. }) => {
                self.connect_failures = 0;
                self.other_failures = 0;
            }
            // The region was not asked at all: probing it goes on (`settled.md` 14). So with a
            // portal or a wrong clock in between, and with a desk that is locked.
            Err(
                SyncStop::Failure(
                    SyncFailure::Unreachable
                    | SyncFailure::Untrusted
                    | SyncFailure::NotEsik
                    | SyncFailure::Clock,
                )
                | SyncStop::Local(_)
                | SyncStop::NotEnrolled
                | SyncStop::Stopped,
            ) => {
                self.connect_failures = self.connect_failures.saturating_add(1);
                self.other_failures = 0;
            }
            Err(_) => self.other_failures = self.other_failures.saturating_add(1),
        }
    }

    async fn snapshot(&self) -> Option<Snapshot> {
        blocking(&self.local, |l| l.snapshot()).await.ok()
    }

    /// How long until this desk's round of the evening (S29).
    async fn until_evening(&self) -> Duration {
        match blocking(&self.local, |l| l.identity()).await {
            Ok(identity) => retry::until_evening(self.clock.now(), identity.device_id),
            // No desk that can be asked: its rounds fail, and their own pause holds.
            Err(_) => Duration::MAX,
        }
    }

    async fn show_unsent(&self) {
        if let Some(snapshot) = self.snapshot().await {
            self.status.send_modify(|s| s.unsent = snapshot.unsent);
        }
    }

    /// Online: a save, a press, the bell or the hour starts the next round.
    async fn wait_online(&mut self, bell: &mut Bell) -> Next {
        let stop = told_to_stop(self.stopped.clone());
        tokio::pin!(stop);
        let mut hour = self.clock.sleep(ROUND_EVERY.min(self.until_evening().await));
        // A save and the bell end a chunk on its way too: events never wait for one.
        let files = self.files();
        tokio::pin!(files);
        let mut carrying = true;
        loop {
            if !bell.hangs()
                && let Some(snapshot) = self.snapshot().await
            {
                bell.hang(&self.api, &self.clock, &snapshot);
            }
            let chance = self.clock.random();
            tokio::select! {
                biased;
                () = &mut stop => return Next::Stop,
                // A round that nobody waits for does not cut a chunk: it would never get through a slow line.
                () = &mut hour, if !carrying => return Next::Round,
                heard = self.heard.changed() => {
                    if heard.is_err() {
                        return Next::Stop;
                    }
                    self.show_unsent().await;
                    return self.linger(DEBOUNCE).await;
                }
                // Overtaken too: what was saved has called already.
                () = &mut files, if carrying => carrying = false,
                ring = bell.rung(chance) => match ring {
                    Ring::Silent => self.retries.answered(),
                    Ring::News(scope, pos) => {
                        self.retries.answered();
                        // A bell hung before the last round may ring for what that round has read,
                        // and for our own events.
                        let read = self.snapshot().await.is_some_and(|s| {
                            s.cursors.iter().any(|(of, at)| *of == scope && *at >= pos)
                        });
                        if !read {
                            return Next::Round;
                        }
                    }
                    Ring::Unanswered if !self.retries.spend() => bell.rest(chance),
                    // When the region restarts, not all its desks come back in one instant.
                    Ring::Failed | Ring::Unanswered => {
                        let pause = retry::backoff(0, self.clock.random());
                        return self.linger(pause).await;
                    }
                },
            }
        }
    }

    /// Files travel while nothing else is to be done.
    fn files(&self) -> impl Future<Output = ()> + Send + use<A> {
        let (api, local, clock) =
            (Arc::clone(&self.api), Arc::clone(&self.local), Arc::clone(&self.clock));
        async move {
            let (mut lane, began, mut full) = (Lane::default(), Instant::now(), 0);
            while began.elapsed() < ROUND_EVERY {
                match lane.step(api.as_ref(), &local, clock.as_ref()).await {
                    Ok(LaneStep::Moved) => full = 0,
                    // A region without room for a chunk says when there is: then, and not with the next round. The more often
                    // it was full, the longer: no file is as urgent as what it takes the room from.
                    Ok(LaneStep::Stopped(SyncFailure::Refused(e)))
                        if e.code == ApiErrorCode::Busy =>
                    {
                        let told = retry::busy_pause(e.retry_after_s, clock.random());
                        clock.sleep(told + retry::backoff(full, clock.random())).await;
                        full += 1;
                    }
                    Ok(_) => return,
                    Err(error) => {
                        tracing::warn!(%error, "files do not travel");
                        return;
                    }
                }
            }
        }
    }

    /// Waits a little, so that the saves of one moment go out together; a press cuts it short.
    async fn linger(&self, pause: Duration) -> Next {
        let mut heard = self.heard.clone();
        let pressed = self.taken.person;
        tokio::select! {
            biased;
            () = told_to_stop(self.stopped.clone()) => Next::Stop,
            _ = heard.wait_for(|c| c.person != pressed) => Next::Round,
            () = self.clock.sleep(pause) => Next::Round,
        }
    }

    /// Not online: waits out the pause. A press cuts it short, unless the region itself named the
    /// moment; a save does when the last attempt is some time ago.
    async fn wait_failed(&mut self, why: &SyncStop) -> Next {
        let busy = matches!(why, SyncStop::Busy { .. });
        let pause = match why {
            SyncStop::Busy { until } => (*until - self.clock.now()).to_std().unwrap_or_default(),
            _ => {
                let paid = self.other_failures == 0 || self.retries.spend();
                let others = if paid { self.other_failures } else { ROUNDS_BEFORE_WINDOW };
                retry::round_pause(self.connect_failures, others, self.clock.random())
            }
        };
        // The evening is a window of its own, also for a desk that has given up on the day's rounds.
        let pause = if busy { pause } else { pause.min(self.until_evening().await) };
        let next_attempt = Some(crate::react::after(self.clock.now(), pause));
        self.status.send_modify(|s| s.next_attempt = next_attempt);
        let tried = Instant::now();
        let mut over = self.clock.sleep(pause);
        let stop = told_to_stop(self.stopped.clone());
        tokio::pin!(stop);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return Next::Stop,
                () = &mut over => return Next::Round,
                heard = self.heard.changed() => {
                    if heard.is_err() {
                        return Next::Stop;
                    }
                    let calls = *self.heard.borrow_and_update();
                    let pressed = calls.person != self.taken.person;
                    let soon = self.other_failures == 0 && tried.elapsed() >= SAVE_TRIES_AFTER;
                    if !busy && (pressed || soon) {
                        return Next::Round;
                    }
                    if pressed {
                        let result = Some(Err(why.clone()));
                        self.answered.send_replace(Answered { person: calls.person, result });
                    }
                    self.taken = calls;
                    self.show_unsent().await;
                }
            }
        }
    }
}

/// Whether the region answered at all.
fn answered(result: &Result<Summary, SyncStop>) -> bool {
    match result {
        Ok(_) => true,
        Err(SyncStop::Failure(f)) => matches!(f, SyncFailure::Refused(_)),
        Err(SyncStop::Local(_) | SyncStop::NotEnrolled | SyncStop::Stopped) => false,
        Err(_) => true,
    }
}
