//! Two calls of a desk at a time, whoever makes them: the engine, its bell, a person who carries a stick (S29).

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Calls that one desk has under way at most.
pub const CALLS_MAX: usize = 2;

/// The places of one desk; whoever clones them shares them. Served in the order of asking.
#[derive(Clone, Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    waiting: watch::Sender<usize>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    /// None when nobody counts any more, which never happens: the places outlive it.
    _held: Option<OwnedSemaphorePermit>,
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(CALLS_MAX)), waiting: watch::Sender::new(0) }
    }
}

/// One who waits for a place, also when he gives up.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n = n.saturating_sub(1));
    }
}

impl Places {
    /// Takes a place, and waits for one.
    pub async fn take(&self) -> Place {
        if let Ok(held) = Arc::clone(&self.free).try_acquire_owned() {
            return Place { _held: Some(held) };
        }
        self.waiting.send_modify(|n| *n += 1);
        let waits = Waiting(&self.waiting);
        let held = Arc::clone(&self.free).acquire_owned().await.ok();
        drop(waits);
        Place { _held: held }
    }

    /// Ends when somebody waits for a place: a call that only listens gives up its own.
    pub async fn wanted(&self) {
        // It fails only when these places are gone, and then nobody listens.
        drop(self.waiting.subscribe().wait_for(|n| *n > 0).await);
    }
}
