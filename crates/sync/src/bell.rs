//! The bell: one long poll that tells when the region has news. It only rings; the round that
//! follows reads the pages, so that there is one place where cursors move.

use crate::clock::Clock;
use crate::local::Snapshot;
use crate::retry;
use esik_domain::ids::{Pos, Scope};
use esik_wire::{ApiErrorCode, FeedRequest, SyncApi, SyncFailure};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Seconds one poll waits when the desk follows one scope.
pub const WAIT_S: u32 = 25;
/// Seconds when it follows several: the others are looked at between two polls, because a desk has
/// never more than two requests in flight (S29).
pub const WAIT_SEVERAL_S: u32 = 8;
/// Without scopes there is nothing to poll; look again after this span.
const NOTHING_TO_HEAR: Duration = Duration::from_secs(60);

/// Why the bell stopped waiting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ring {
    /// The region had something at this position, after the cursor of the time.
    News(Scope, Pos),
    /// Nothing new, or no room for listeners now; hang it again.
    Silent,
    /// The poll failed: a round will find out why.
    Failed,
    /// The region could not answer it: a round would be the same question again.
    Unanswered,
}

/// What one poll heard.
enum Heard {
    At(Scope, Pos),
    Nothing,
    Failed(SyncFailure),
}

/// The bell and what it remembers between two polls.
#[derive(Default)]
pub struct Bell {
    poll: Option<JoinHandle<Heard>>,
    /// Last news that was followed by a round.
    last: Option<(Scope, Pos)>,
    failures: u32,
    pause: Duration,
}

impl Bell {
    /// True while a poll is under way.
    #[must_use]
    pub fn hangs(&self) -> bool {
        self.poll.is_some()
    }

    /// Takes the bell down.
    pub fn hush(&mut self) {
        if let Some(poll) = self.poll.take() {
            poll.abort();
        }
        *self = Self::default();
    }

    /// Lets the bell hang still until the next window.
    pub fn rest(&mut self, chance: f64) {
        self.pause = retry::window(chance);
    }

    /// Hangs the bell for what lies after the cursors.
    pub fn hang<A: SyncApi + 'static>(
        &mut self,
        api: &Arc<A>,
        clock: &Arc<dyn Clock>,
        snapshot: &Snapshot,
    ) {
        let (cursors, epoch) = (snapshot.cursors.clone(), snapshot.epoch.clone());
        let pause = std::mem::take(&mut self.pause);
        let api = Arc::clone(api);
        let rest = clock.sleep(if cursors.is_empty() { NOTHING_TO_HEAR } else { pause });
        self.poll = Some(tokio::spawn(async move {
            rest.await;
            listen(api.as_ref(), cursors, epoch).await
        }));
    }

    /// Waits for the poll. Safe to drop and to call again: the poll goes on meanwhile. By `chance`, 0 to 1, desks do not all come
    /// back at once.
    pub async fn rung(&mut self, chance: f64) -> Ring {
        let Some(poll) = &mut self.poll else { return Ring::Silent };
        let heard = poll.await.unwrap_or(Heard::Failed(SyncFailure::Timeout));
        self.poll = None;
        self.pause = Duration::ZERO;
        match heard {
            Heard::Nothing => {
                self.failures = 0;
                Ring::Silent
            }
            Heard::At(scope, pos) => {
                self.failures = 0;
                let news = (scope, pos);
                if self.last.as_ref() == Some(&news) {
                    // A round has been there and could not take it: do not spin.
                    self.pause = NOTHING_TO_HEAR;
                }
                self.last = Some(news.clone());
                Ring::News(news.0, news.1)
            }
            Heard::Failed(failure) => {
                self.failures = self.failures.saturating_add(1);
                if let SyncFailure::Refused(e) = &failure
                    && e.code == ApiErrorCode::Busy
                {
                    // It said when: a round before that would be another call that it has no room for (S29).
                    self.pause = retry::busy_pause(e.retry_after_s, chance);
                    return Ring::Silent;
                }
                self.pause = retry::backoff(self.failures, chance);
                match failure {
                    SyncFailure::Timeout => Ring::Unanswered,
                    SyncFailure::Refused(e) if e.code == ApiErrorCode::Internal => Ring::Unanswered,
                    _ => Ring::Failed,
                }
            }
        }
    }
}

/// Looks at every scope but the first, then waits at the first.
async fn listen<A: SyncApi>(api: &A, cursors: Vec<(Scope, Pos)>, epoch: String) -> Heard {
    let wait_s = if cursors.len() > 1 { WAIT_SEVERAL_S } else { WAIT_S };
    let looks = cursors.iter().skip(1).map(|c| (c, 0));
    let waits = cursors.first().map(|c| (c, wait_s));
    for ((scope, after), wait_s) in looks.chain(waits) {
        let request = FeedRequest {
            scope: scope.clone(),
            after: *after,
            epoch: epoch.clone(),
            limit: 1,
            wait_s,
            seen: None,
        };
        match api.feed(request).await {
            Ok(page) => {
                if let Some(entry) = page.entries.iter().find(|e| e.pos > *after) {
                    return Heard::At(scope.clone(), entry.pos);
                }
            }
            Err(failure) => return Heard::Failed(failure),
        }
    }
    Heard::Nothing
}
