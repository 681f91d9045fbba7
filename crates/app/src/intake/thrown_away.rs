//! Drafts that were thrown away a moment ago: in memory, for the time of an undo, then nowhere.

use chrono::{DateTime, Utc};
use esik_domain::ids::{DraftId, OfficerId};
use esik_domain::undo::WINDOW_S;
use esik_store::attached::Files;
use esik_store::attached::drafts::DraftFile;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More than this at once is no slip: the oldest goes.
const KEPT_MAX: usize = 8;

/// One officer's drafts of the last minute: thrown away, or given to a colleague; dropped with the session.
#[derive(Default)]
pub struct ThrownAway {
    kept: Mutex<Vec<Kept>>,
    given: Mutex<Vec<Given>>,
}

/// A draft that a colleague has, and that nobody saw since: the one who gave it sits here still.
struct Given {
    id: DraftId,
    to: OfficerId,
    at: DateTime<Utc>,
}

/// Files of a draft that was thrown away. Forgotten, they are gone from the disk too; after a crash the
/// next start sweeps them.
#[derive(Debug)]
pub(crate) struct DroppedFiles {
    folder: Files,
    files: Vec<DraftFile>,
    /// Bytes that something else names too.
    wanted: BTreeSet<String>,
}

impl DroppedFiles {
    pub(crate) fn new(folder: Files, files: Vec<DraftFile>, wanted: BTreeSet<String>) -> Self {
        Self { folder, files, wanted }
    }
}

impl Drop for DroppedFiles {
    fn drop(&mut self) {
        for file in self.files.iter().filter(|f| !self.wanted.contains(&f.file.hash)) {
            if let Err(error) = self.folder.remove(&file.file.hash) {
                tracing::warn!(%error, "a file could not be removed yet");
            }
        }
    }
}

struct Kept {
    id: DraftId,
    body: Value,
    files: DroppedFiles,
    at: DateTime<Utc>,
}

impl ThrownAway {
    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep(&self, id: DraftId, body: Value, files: DroppedFiles, at: DateTime<Utc>) {
        let mut kept = self.kept();
        kept.retain(|k| k.id != id && fresh(k, at));
        kept.push(Kept { id, body, files, at });
        let over = kept.len().saturating_sub(KEPT_MAX);
        kept.drain(..over);
    }

    /// The draft, while its undo holds; it stays until the undo is durable.
    pub(crate) fn get(&self, id: DraftId, now: DateTime<Utc>) -> Option<(Value, Vec<DraftFile>)> {
        self.forget_old(now);
        let kept = self.kept();
        kept.iter().find(|k| k.id == id).map(|k| (k.body.clone(), k.files.files.clone()))
    }

    /// The draft is back: its files stay.
    pub(crate) fn restored(&self, id: DraftId) {
        let mut kept = self.kept();
        for k in kept.iter_mut().filter(|k| k.id == id) {
            k.files.files.clear();
        }
        kept.retain(|k| k.id != id);
    }

    pub(crate) fn forget_old(&self, now: DateTime<Utc>) {
        self.kept().retain(|k| fresh(k, now));
    }

    /// It was given away.
    pub(crate) fn gave(&self, id: DraftId, to: OfficerId, at: DateTime<Utc>) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.retain(|g| g.id != id);
        given.push(Given { id, to, at });
    }

    /// Who has a draft that was given away from here, while that can be undone.
    pub(crate) fn given_to(&self, id: DraftId, now: DateTime<Utc>) -> Option<OfficerId> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.iter().find(|g| g.id == id && in_window(g.at, now)).map(|g| g.to)
    }

    pub(crate) fn forget_all(&self) {
        self.kept().clear();
        self.given.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn fresh(k: &Kept, now: DateTime<Utc>) -> bool {
    in_window(k.at, now)
}

fn in_window(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - at).num_seconds() <= WINDOW_S
}
