//! What a server counts while it runs, for `/metrics`. Nothing of it is kept: Prometheus remembers.

use esik_domain::ids::{DeviceId, Pos, StationId};
use esik_wire::{ApiError, ApiErrorCode, PushResponse, Verdict};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How a push ended, by name.
const OUTCOMES: [&str; 10] = [
    "taken",
    "gap",
    "fork",
    "history_diverged",
    "unauthorised",
    "bad_request",
    "busy",
    "quota",
    "internal",
    "other",
];
/// What was said of an event, by name.
const VERDICTS: [&str; 4] = ["accepted", "duplicate", "quarantined", "rejected"];

/// Which room was full when somebody was told to come back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// Requests under way.
    Requests,
    /// Bodies of requests.
    Bodies,
    /// The queue of pushes.
    Pushes,
    /// Nothing was full, but the answer was not ready in time.
    Late,
}

/// Rooms by name, in the order of [`Full`].
const ROOMS: [&str; 4] = ["requests", "bodies", "pushes", "late"];
/// How a look at the status page ended, by name.
const STATUS: [&str; 3] = ["shown", "unknown", "too_often"];
/// How it ended when somebody said a word there, by name.
const WORDS: [&str; 6] = ["said", "again", "faulty", "too_much", "unknown", "too_often"];
/// Whoever finds no room is told so within this (`reliability.md` S30).
const SOON: Duration = Duration::from_millis(100);
/// A full house is told to the log so often.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Counters of one running server.
#[derive(Debug, Default)]
pub struct Meters {
    pushes: [AtomicU64; OUTCOMES.len()],
    verdicts: [AtomicU64; VERDICTS.len()],
    pages: AtomicU64,
    entries: AtomicU64,
    full: [AtomicU64; ROOMS.len()],
    told_late: AtomicU64,
    /// When the log was last told of a full house, and how many it was told of.
    told: Mutex<(Option<Instant>, u64)>,
    ahead: AtomicU64,
    status: [AtomicU64; STATUS.len()],
    words: [AtomicU64; WORDS.len()],
    /// How far each desk was behind when it last greeted.
    behind: Mutex<BTreeMap<DeviceId, (StationId, u64)>>,
}

fn add<const N: usize>(to: &[AtomicU64; N], names: &[&str; N], name: &str) {
    if let Some(one) = names.iter().position(|n| *n == name).and_then(|i| to.get(i)) {
        one.fetch_add(1, Ordering::Relaxed);
    }
}

fn read<const N: usize>(
    from: &[AtomicU64; N],
    names: &[&'static str; N],
) -> Vec<(&'static str, u64)> {
    names.iter().zip(from).map(|(n, c)| (*n, c.load(Ordering::Relaxed))).collect()
}

impl Meters {
    /// A push ended.
    pub fn push(&self, ended: &Result<PushResponse, ApiError>) {
        let outcome = match ended {
            Ok(_) => "taken",
            Err(e) => match e.code {
                ApiErrorCode::Gap => "gap",
                ApiErrorCode::Fork => "fork",
                ApiErrorCode::HistoryDiverged => "history_diverged",
                ApiErrorCode::Unauthorised => "unauthorised",
                ApiErrorCode::BadRequest => "bad_request",
                ApiErrorCode::Busy => "busy",
                ApiErrorCode::Quota => "quota",
                ApiErrorCode::Internal => "internal",
                _ => "other",
            },
        };
        add(&self.pushes, &OUTCOMES, outcome);
        for v in ended.iter().flat_map(|r| &r.verdicts) {
            let name = match v.verdict {
                Verdict::Accepted { .. } => "accepted",
                Verdict::Duplicate { .. } => "duplicate",
                Verdict::Quarantined { .. } => "quarantined",
                Verdict::Rejected { .. } => "rejected",
                Verdict::Unknown => continue,
            };
            add(&self.verdicts, &VERDICTS, name);
        }
    }

    /// A page of a feed went out.
    pub fn page(&self, entries: usize) {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.entries.fetch_add(entries as u64, Ordering::Relaxed);
    }

    /// Somebody was told to come back because there was no room. A full house is no error; the log hears of it
    /// once in a while.
    pub fn full(&self, room: Full) {
        let name = match room {
            Full::Requests => "requests",
            Full::Bodies => "bodies",
            Full::Pushes => "pushes",
            Full::Late => "late",
        };
        add(&self.full, &ROOMS, name);
        let all = self.full.iter().map(|n| n.load(Ordering::Relaxed)).sum::<u64>();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.0.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            let since = all.saturating_sub(told.1);
            tracing::warn!(
                room = name,
                times = since,
                "the house is full: desks were told when to come back"
            );
            *told = (Some(Instant::now()), all);
        }
    }

    /// Somebody was told to come back so long after the head of his request was read.
    pub fn told_after(&self, span: Duration) {
        if span > SOON {
            self.told_late.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A desk greeted and told how far it had read.
    pub fn greeted(&self, device: DeviceId, station: &StationId, known: Pos, head: Pos) {
        let behind = head.0.saturating_sub(known.0);
        let mut all = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(device, (station.clone(), behind));
    }

    /// Somebody asked at the status page: `shown`, `unknown` or `too_often`. Of whom, nobody notes.
    pub(crate) fn status(&self, ended: &str) {
        add(&self.status, &STATUS, ended);
    }

    /// A word on the status page ended so.
    pub(crate) fn word(&self, ended: &str) {
        add(&self.words, &WORDS, ended);
    }

    /// A desk knows more of the region than the region itself.
    pub fn desk_ahead(&self) {
        self.ahead.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn pushes(&self) -> Vec<(&'static str, u64)> {
        read(&self.pushes, &OUTCOMES)
    }
    pub(crate) fn verdicts(&self) -> Vec<(&'static str, u64)> {
        read(&self.verdicts, &VERDICTS)
    }
    pub(crate) fn pages(&self) -> (u64, u64) {
        (self.pages.load(Ordering::Relaxed), self.entries.load(Ordering::Relaxed))
    }
    pub(crate) fn full_rooms(&self) -> Vec<(&'static str, u64)> {
        read(&self.full, &ROOMS)
    }
    pub(crate) fn told_late(&self) -> u64 {
        self.told_late.load(Ordering::Relaxed)
    }
    pub(crate) fn statuses(&self) -> Vec<(&'static str, u64)> {
        read(&self.status, &STATUS)
    }
    pub(crate) fn words(&self) -> Vec<(&'static str, u64)> {
        read(&self.words, &WORDS)
    }
    pub(crate) fn ahead(&self) -> u64 {
        self.ahead.load(Ordering::Relaxed)
    }
    /// Of each station, how far the desk is behind that is furthest behind.
    pub(crate) fn behind(&self) -> BTreeMap<StationId, u64> {
        let all = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = BTreeMap::new();
        for (station, behind) in all.values() {
            let most: &mut u64 = out.entry(station.clone()).or_default();
            *most = (*most).max(*behind);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_a_second_is_soon_enough() {
        let meters = Meters::default();
        meters.told_after(SOON);
        assert_eq!(meters.told_late(), 0);
        meters.told_after(SOON + Duration::from_nanos(1));
        assert_eq!(meters.told_late(), 1);
    }
}
