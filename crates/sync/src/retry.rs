//! How long to wait before trying again: pure, with the random number as an argument (S29,
//! `settled.md` 14).

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use esik_domain::calendar::{instant, local};
use esik_domain::ids::DeviceId;
use std::time::Duration;

/// No pause between attempts is longer than this while the line is down.
pub const PAUSE_MAX: Duration = Duration::from_secs(300);
/// First step of the back-off.
pub const PAUSE_BASE: Duration = Duration::from_secs(2);
/// Failed rounds in a row (failures to connect do not count) after which the next window is awaited.
pub const ROUNDS_BEFORE_WINDOW: u32 = 5;
/// The next window after giving up on a round; a person's press does not wait for it.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Hour of the station's wall clock at which the evening's round begins for the first desks.
const EVENING_HOUR: u32 = 18;
/// The desks of a region spread their evening's rounds over so many seconds.
pub const EVENING_SPREAD_S: u64 = 15 * 60;
/// Repeats that a desk may make before anything was answered, and the most it saves up.
pub const RETRIES_SAVED: u32 = 5;
/// Answered calls that pay for one repeat: a tenth of what is asked may be asked again (S29).
pub const ANSWERS_PER_RETRY: u32 = 10;
/// What a `busy` without `Retry-After` is taken for, in seconds.
pub const BUSY_DEFAULT_S: u64 = 5;
/// The longest `Retry-After` that is believed, in seconds: one day.
const BUSY_MAX_S: u64 = 24 * 60 * 60;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a desk may ask a failing region again without having been told when: of all desks together such a region hears
/// a tenth more than on a good day, not several times as much. Calls that never reached it cost nothing, and one that
/// it put off itself (`Retry-After`) comes back when it said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetryBudget {
    /// In answers; [`ANSWERS_PER_RETRY`] of them are one repeat.
    answers: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { answers: RETRIES_SAVED * ANSWERS_PER_RETRY }
    }
}

impl RetryBudget {
    /// A call was answered.
    pub fn answered(&mut self) {
        self.answers = (self.answers + 1).min(RETRIES_SAVED * ANSWERS_PER_RETRY);
    }

    /// Pays for one repeat; false when there is nothing to pay with: then the next window is awaited.
    pub fn spend(&mut self) -> bool {
        let rest = self.answers.checked_sub(ANSWERS_PER_RETRY);
        self.answers = rest.unwrap_or(self.answers);
        rest.is_some()
    }
}

/// Keeps a random number inside `[0, 1]` whatever the host gives.
fn share(random: f64) -> f64 {
    if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 }
}

/// Full jitter: `rand(0, min(300 s, 2 s · 2^n))` after the `n`-th failure in a row, counted from 0.
#[must_use]
pub fn backoff(n: u32, random: f64) -> Duration {
    let ceiling = PAUSE_BASE.saturating_mul(2_u32.saturating_pow(n)).min(PAUSE_MAX);
    ceiling.mul_f64(share(random))
}

/// `Retry-After`, obeyed exactly, plus at most 20 % jitter; never less than asked for.
#[must_use]
pub fn busy_pause(retry_after_s: Option<u64>, random: f64) -> Duration {
    let asked = Duration::from_secs(retry_after_s.unwrap_or(BUSY_DEFAULT_S).clamp(1, BUSY_MAX_S));
    asked + asked.mul_f64(0.2 * share(random))
}

/// Until the next window: a quarter of an hour and up to five minutes more, so that desks do not all come at once.
#[must_use]
pub fn window(random: f64) -> Duration {
    WINDOW + PAUSE_MAX.mul_f64(share(random))
}

/// The pause after a failed round: back-off while the region cannot be reached, whatever the count;
/// after [`ROUNDS_BEFORE_WINDOW`] other failures the next window.
#[must_use]
pub fn round_pause(connect_failures: u32, other_failures: u32, random: f64) -> Duration {
    if other_failures >= ROUNDS_BEFORE_WINDOW {
        return window(random);
    }
    // A full-jitter draw near zero would make a hot loop of a region that fails at once.
    let n = connect_failures.saturating_add(other_failures).saturating_sub(1);
    backoff(n, random).max(Duration::from_millis(500))
}

/// How long until this desk's round of the evening: 18:00 by the station's wall clock and up to fifteen
/// minutes more, always the same for one desk and spread evenly over desks. More than zero, a day at most.
#[must_use]
pub fn until_evening(now: DateTime<Utc>, device: DeviceId) -> Duration {
    // The last half of an id is drawn at random; the first may be the moment of joining, equal for many.
    let drawn = device.0.as_u64_pair().1;
    let own = TimeDelta::seconds(i64::try_from(drawn % EVENING_SPREAD_S).unwrap_or(0));
    let at = NaiveTime::from_hms_opt(EVENING_HOUR, 0, 0).unwrap_or_default();
    let today = local(now).date_naive();
    let next = [Some(today), today.succ_opt()]
        .into_iter()
        .flatten()
        .map(|day| instant(day, at) + own)
        .find(|start| *start > now);
    next.and_then(|start| (start - now).to_std().ok()).unwrap_or(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// S29 (part): the evening's rounds of many desks are spread over a quarter of an hour.
    #[test]
    fn evening_rounds_are_spread_and_each_desk_keeps_its_moment() {
        let now: DateTime<Utc> = "2026-11-26T12:00:00Z".parse().unwrap();
        let six_pm = TimeDelta::hours(1);
        let mut minutes = [0_u32; 15];
        for i in 0..3_000_u128 {
            // Joined in the same millisecond, as on the day a region opens.
            let mixed = i.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) >> 66;
            let device = DeviceId(Uuid::from_u128(0x0199_0000_0000_7000 << 64 | 2 << 62 | mixed));
            let wait = TimeDelta::from_std(until_evening(now, device)).unwrap() - six_pm;
            let minute = usize::try_from(wait.num_minutes()).unwrap();
            minutes[minute] += 1;
            let later = now + TimeDelta::days(40);
            assert_eq!(until_evening(later, device), until_evening(now, device));
        }
        assert!(minutes.iter().all(|n| (120..=280).contains(n)), "{minutes:?}");
    }

    #[test]
    fn an_evening_that_has_begun_is_not_begun_again() {
        let device = DeviceId(Uuid::from_u128(450));
        let start: DateTime<Utc> = "2026-11-26T13:07:30Z".parse().unwrap();
        assert_eq!(until_evening(start - TimeDelta::seconds(1), device), Duration::from_secs(1));
        assert_eq!(until_evening(start, device), DAY);
    }

    /// S29 (part).
    #[test]
    fn back_off_follows_the_table() {
        for (n, ceiling) in [(0, 2), (1, 4), (2, 8), (5, 64), (7, 256), (8, 300), (200, 300)] {
            assert_eq!(backoff(n, 1.0), Duration::from_secs(ceiling), "n = {n}");
            assert_eq!(backoff(n, 0.0), Duration::ZERO, "n = {n}");
            assert_eq!(backoff(n, 0.5), Duration::from_secs(ceiling) / 2, "n = {n}");
        }
    }

    /// S29 (part).
    #[test]
    fn retry_after_is_never_shortened_and_stretched_by_a_fifth_at_most() {
        for (asked, random, ms) in
            [(Some(10), 0.0, 10_000), (Some(10), 1.0, 12_000), (Some(10), 0.5, 11_000)]
        {
            assert_eq!(busy_pause(asked, random), Duration::from_millis(ms));
        }
        assert_eq!(busy_pause(None, 0.0), Duration::from_secs(BUSY_DEFAULT_S));
        assert_eq!(busy_pause(Some(0), 0.0), Duration::from_secs(1), "no hot loop");
        assert!(busy_pause(Some(u64::MAX), 1.0) <= Duration::from_secs(BUSY_MAX_S * 6 / 5));
    }

    /// S29 (part).
    #[test]
    fn failing_to_connect_never_gives_up_and_other_failures_wait_for_the_window() {
        assert!(round_pause(10_000, 0, 1.0) <= PAUSE_MAX);
        assert!(round_pause(0, ROUNDS_BEFORE_WINDOW - 1, 1.0) <= PAUSE_MAX);
        assert!(round_pause(0, ROUNDS_BEFORE_WINDOW, 0.0) >= WINDOW);
        assert!(round_pause(1, 0, 0.0) > Duration::ZERO, "no hot loop");
    }

    /// S29 (part).
    #[test]
    fn a_tenth_of_what_was_answered_may_be_asked_again() {
        let (mut budget, mut answered, mut again) = (RetryBudget::default(), 0, 0);
        for n in 0..5_000_u32 {
            // Days of every kind: mostly well, mostly failing, nothing at all.
            if n % 1_000 < 600 && n % 7 != 0 {
                budget.answered();
                answered += 1;
            } else if budget.spend() {
                again += 1;
            }
            assert!(
                again <= RETRIES_SAVED + answered / ANSWERS_PER_RETRY,
                "{n}: {again} of {answered}"
            );
        }
        assert!(again > answered / ANSWERS_PER_RETRY / 2, "it is of use: {again} of {answered}");
    }

    #[test]
    fn a_broken_random_source_does_no_harm() {
        for bad in [f64::NAN, f64::INFINITY, -3.0, 7.0] {
            assert!(backoff(3, bad) <= Duration::from_secs(16));
            assert!(busy_pause(Some(10), bad) <= Duration::from_secs(12));
        }
    }
}
