//! How much one desk may bring in a day, and one clerk (`reliability.md` S28, S34): who runs wild, or was taken,
//! fills no region's disk. What is over the measure is told when it may come, and nothing of it is lost.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Asia::Almaty;
use esik_wire::{ApiError, ApiErrorCode};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// What one desk, or one clerk, may bring in a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Measure {
    /// Events that are new to the region, whatever became of them. An ordinary day of a desk is some hundreds;
    /// the import of a station's archive is a million.
    pub events: u64,
    /// Bytes of those events as they were signed.
    pub event_bytes: u64,
    /// Bytes of files; forty files of the largest kind.
    pub file_bytes: u64,
}

impl Measure {
    /// Of a clerk: the busiest answers some hundreds of requests in a day, some of them with a scan.
    #[must_use]
    pub fn of_clerk() -> Self {
        const GIB: u64 = 1024 * 1024 * 1024;
        Self { events: 2_000, event_bytes: GIB, file_bytes: GIB }
    }

    /// Of all words on the status page together: ten for every case of a large region's day, some ten megabytes.
    #[must_use]
    pub fn of_words() -> Self {
        Self { events: 20_000, event_bytes: 128 * 1024 * 1024, file_bytes: 0 }
    }
}

impl Default for Measure {
    fn default() -> Self {
        const GIB: u64 = 1024 * 1024 * 1024;
        Self { events: 2_000_000, event_bytes: 4 * GIB, file_bytes: 2 * GIB }
    }
}

/// What somebody brought on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Brought {
    events: u64,
    event_bytes: u64,
    file_bytes: u64,
    refused: bool,
}

/// What each desk, or each clerk, brought today. Counted in memory: a server that starts anew begins to count anew.
#[derive(Debug)]
pub struct Quota<Who> {
    inside: Mutex<Inside<Who>>,
}

#[derive(Debug)]
struct Inside<Who> {
    measure: Measure,
    /// The day of Kazakhstan that is counted.
    day: Option<NaiveDate>,
    brought: HashMap<Who, Brought>,
}

impl<Who: Clone + Eq + Hash + Ord> Quota<Who> {
    /// Nobody has brought anything yet.
    #[must_use]
    pub fn of(measure: Measure) -> Self {
        Self { inside: Mutex::new(Inside { measure, day: None, brought: HashMap::new() }) }
    }

    /// Another measure from now on.
    pub fn measure(&self, measure: Measure) {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner).measure = measure;
    }

    /// Whether more events of theirs are taken today.
    ///
    /// # Errors
    /// `quota` with the seconds until midnight in Kazakhstan.
    pub fn room_for_events(&self, who: Who, now: DateTime<Utc>) -> Result<(), ApiError> {
        self.with(who, now, |m, b| b.events < m.events && b.event_bytes < m.event_bytes)
    }

    /// Counts events that came, after they were kept: one segment may go over the measure.
    pub fn events(&self, who: Who, now: DateTime<Utc>, events: usize, bytes: usize) {
        let counted = self.with(who, now, |_, b| {
            b.events = b.events.saturating_add(events as u64);
            b.event_bytes = b.event_bytes.saturating_add(bytes as u64);
            true
        });
        debug_assert!(counted.is_ok());
    }

    /// Counts bytes of a file.
    ///
    /// # Errors
    /// `quota` with the seconds until midnight in Kazakhstan; then nothing is counted.
    pub fn file(&self, who: Who, now: DateTime<Utc>, bytes: u64) -> Result<(), ApiError> {
        self.with(who, now, |m, b| {
            let sum = b.file_bytes.saturating_add(bytes);
            let fits = sum <= m.file_bytes;
            if fits {
                b.file_bytes = sum;
            }
            fits
        })
    }

    /// Who was told today to come again tomorrow, with the events they brought.
    #[must_use]
    pub fn full(&self, now: DateTime<Utc>) -> BTreeMap<Who, u64> {
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let today = inside.day == Some(now.with_timezone(&Almaty).date_naive());
        let full = inside.brought.iter().filter(|(_, b)| today && b.refused);
        full.map(|(id, b)| (id.clone(), b.events)).collect()
    }

    fn with(
        &self,
        who: Who,
        now: DateTime<Utc>,
        fits: impl FnOnce(&Measure, &mut Brought) -> bool,
    ) -> Result<(), ApiError> {
        let today = now.with_timezone(&Almaty).date_naive();
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.day != Some(today) {
            inside.day = Some(today);
            inside.brought.clear();
        }
        let measure = inside.measure;
        let brought = inside.brought.entry(who).or_default();
        if fits(&measure, brought) {
            return Ok(());
        }
        brought.refused = true;
        let tomorrow = (today + Duration::days(1)).and_time(NaiveTime::MIN);
        let midnight = tomorrow.and_local_timezone(Almaty).earliest();
        let wait = midnight.map_or(3600, |at| (at.with_timezone(&Utc) - now).num_seconds());
        Err(ApiError {
            retry_after_s: Some(wait.unsigned_abs().max(1)),
            ..ApiError::new(ApiErrorCode::Quota)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use esik_domain::ids::DeviceId;

    fn desk(n: u128) -> DeviceId {
        DeviceId(uuid::Uuid::from_u128(n))
    }

    fn of(events: u64, event_bytes: u64, file_bytes: u64) -> Quota<DeviceId> {
        Quota::of(Measure { events, event_bytes, file_bytes })
    }

    /// S28 (part): what is over the day's measure is told when it may come, and comes then.
    #[test]
    fn a_full_day_ends_at_midnight() {
        let quota = of(1, 1, 10);
        // 23:00 in Kazakhstan.
        let now: DateTime<Utc> = "2026-11-26T18:00:00Z".parse().unwrap();
        quota.file(desk(1), now, 7).unwrap();
        assert!(quota.full(now).is_empty());
        let refused = quota.file(desk(1), now, 7).unwrap_err();
        assert_eq!((refused.code, refused.retry_after_s), (ApiErrorCode::Quota, Some(3600)));
        quota.file(desk(1), now, 3).unwrap();
        quota.file(desk(2), now, 10).unwrap();
        assert_eq!(quota.full(now).into_keys().collect::<Vec<_>>(), [desk(1)]);
        let tomorrow = now + Duration::hours(1);
        assert!(quota.full(tomorrow).is_empty());
        quota.file(desk(1), tomorrow, 10).unwrap();
    }

    /// S28 (part): either measure of events is enough to be full, and one segment may go over it.
    #[test]
    fn events_are_measured_by_number_and_by_bytes() {
        let now: DateTime<Utc> = "2026-11-26T18:00:00Z".parse().unwrap();
        for (events, bytes) in [(5, 1000), (1, 1_000_000)] {
            let quota = of(5, 1_000_000, 0);
            quota.room_for_events(desk(1), now).unwrap();
            quota.events(desk(1), now, 4, 100);
            quota.room_for_events(desk(1), now).unwrap();
            quota.events(desk(1), now, events, bytes);
            let refused = quota.room_for_events(desk(1), now).unwrap_err();
            assert_eq!(refused.retry_after_s, Some(3600));
            quota.room_for_events(desk(2), now).unwrap();
        }
    }
}
