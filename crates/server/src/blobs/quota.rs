//! How much one desk may send of files in a day (`reliability.md` S28).

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Asia::Almaty;
use esik_domain::ids::DeviceId;
use esik_wire::{ApiError, ApiErrorCode};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Bytes of files one desk may send in a day: forty files of the largest kind.
pub const BLOB_BYTES_A_DAY: u64 = 2 * 1024 * 1024 * 1024;

/// What each desk sent today. Counted in memory: a server that starts anew begins to count anew.
pub struct Quota {
    most: u64,
    sent: Mutex<HashMap<DeviceId, (NaiveDate, u64)>>,
}

impl Default for Quota {
    fn default() -> Self {
        Self::of(BLOB_BYTES_A_DAY)
    }
}

impl Quota {
    /// Of so many bytes a day.
    #[must_use]
    pub fn of(most: u64) -> Self {
        Self { most, sent: Mutex::default() }
    }

    /// Counts bytes that came.
    ///
    /// # Errors
    /// `quota` with the seconds until midnight in Kazakhstan; then nothing is counted.
    pub fn take(&self, device: DeviceId, now: DateTime<Utc>, bytes: u64) -> Result<(), ApiError> {
        let today = now.with_timezone(&Almaty).date_naive();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let row = sent.entry(device).or_insert((today, 0));
        if row.0 != today {
            *row = (today, 0);
        }
        if row.1.saturating_add(bytes) > self.most {
            let tomorrow = (today + Duration::days(1)).and_time(NaiveTime::MIN);
            let midnight = tomorrow.and_local_timezone(Almaty).earliest();
            let wait = midnight.map_or(3600, |at| (at.with_timezone(&Utc) - now).num_seconds());
            return Err(ApiError {
                retry_after_s: Some(wait.unsigned_abs().max(1)),
                ..ApiError::new(ApiErrorCode::Quota)
            });
        }
        row.1 += bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S28 (part): what is over the day's measure is told when it may come, and comes then.
    #[test]
    fn a_full_day_ends_at_midnight() {
        let quota = Quota::of(10);
        let desk = DeviceId(uuid::Uuid::from_u128(1));
        let other = DeviceId(uuid::Uuid::from_u128(2));
        // 23:00 in Kazakhstan.
        let now: DateTime<Utc> = "2026-11-26T18:00:00Z".parse().unwrap();
        quota.take(desk, now, 7).unwrap();
        let refused = quota.take(desk, now, 7).unwrap_err();
        assert_eq!((refused.code, refused.retry_after_s), (ApiErrorCode::Quota, Some(3600)));
        quota.take(desk, now, 3).unwrap();
        quota.take(other, now, 10).unwrap();
        quota.take(desk, now + Duration::hours(1), 10).unwrap();
    }
}
