//! Wrong codes and wrong passwords are counted; too many, and one has to wait.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Keys remembered at most; beyond it the oldest are forgotten.
const KEYS_MAX: usize = 10_000;

/// How many wrong tries are borne, and for how long they count.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub tries: u32,
    pub window: TimeDelta,
}

#[derive(Clone, Copy)]
struct Count {
    wrong: u32,
    since: DateTime<Utc>,
}

/// Wrong tries by key (`code:<peer>`, `login:<login>`). Lives as long as the process.
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<String, Count>>);

impl Attempts {
    /// `Err(seconds)` while the key has to wait.
    pub fn check(&self, key: &str, patience: Patience, now: DateTime<Utc>) -> Result<(), u64> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = map.get(key) else { return Ok(()) };
        let left = count.since + patience.window - now;
        if count.wrong < patience.tries || left <= TimeDelta::zero() {
            return Ok(());
        }
        Err(left.num_seconds().unsigned_abs().max(1))
    }

    /// Remembers a wrong try; the window starts anew with each.
    pub fn wrong(&self, key: &str, patience: Patience, now: DateTime<Utc>) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= KEYS_MAX && !map.contains_key(key) {
            map.retain(|_, c| now - c.since < patience.window);
            if map.len() >= KEYS_MAX
                && let Some(oldest) =
                    map.iter().min_by_key(|(_, c)| c.since).map(|(k, _)| k.clone())
            {
                map.remove(&oldest);
            }
        }
        let count = map.entry(key.to_owned()).or_insert(Count { wrong: 0, since: now });
        if now - count.since >= patience.window {
            count.wrong = 0;
        }
        count.wrong = count.wrong.saturating_add(1);
        count.since = now;
    }

    /// A right try forgets the wrong ones.
    pub fn right(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends_and_comes_back() {
        let start = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        let p = Patience { tries: 2, window: TimeDelta::minutes(10) };
        let a = Attempts::default();
        a.wrong("k", p, start);
        assert_eq!(a.check("k", p, start), Ok(()));
        a.wrong("k", p, start);
        assert_eq!(a.check("k", p, start), Err(600));
        assert_eq!(a.check("other", p, start), Ok(()));
        assert_eq!(a.check("k", p, start + TimeDelta::minutes(10)), Ok(()));
        a.wrong("k", p, start + TimeDelta::minutes(11));
        assert_eq!(a.check("k", p, start + TimeDelta::minutes(11)), Ok(()));
    }
}
