//! Drafts that were thrown away a moment ago: in memory, for the time of an undo, then nowhere.

use chrono::{DateTime, Utc};
use esik_domain::ids::DraftId;
use esik_domain::undo::WINDOW_S;
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More than this at once is no slip: the oldest goes.
const KEPT_MAX: usize = 8;

/// One officer's drafts of the last minute; dropped with the session.
#[derive(Default)]
pub struct ThrownAway(Mutex<Vec<Kept>>);

struct Kept {
    id: DraftId,
    body: Value,
    at: DateTime<Utc>,
}

impl ThrownAway {
    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep(&self, id: DraftId, body: Value, at: DateTime<Utc>) {
        let mut kept = self.kept();
        kept.retain(|k| k.id != id && fresh(k, at));
        kept.push(Kept { id, body, at });
        let over = kept.len().saturating_sub(KEPT_MAX);
        kept.drain(..over);
    }

    /// The draft, while its undo holds; it stays until the undo is durable.
    pub(crate) fn get(&self, id: DraftId, now: DateTime<Utc>) -> Option<Value> {
        self.forget_old(now);
        self.kept().iter().find(|k| k.id == id).map(|k| k.body.clone())
    }

    pub(crate) fn forget(&self, id: DraftId) {
        self.kept().retain(|k| k.id != id);
    }

    pub(crate) fn forget_old(&self, now: DateTime<Utc>) {
        self.kept().retain(|k| fresh(k, now));
    }

    pub(crate) fn forget_all(&self) {
        self.kept().clear();
    }
}

fn fresh(k: &Kept, now: DateTime<Utc>) -> bool {
    (now - k.at).num_seconds() <= WINDOW_S
}
