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
        make_room(&mut map, key, patience, now);
        let count = map.entry(key.to_owned()).or_insert(Count { wrong: 0, since: now });
        if now - count.since >= patience.window {
            count.wrong = 0;
        }
        count.wrong = count.wrong.saturating_add(1);
        count.since = now;
    }

    /// Counts a try before it is known whether it is a wrong one, so that many at once are not more than so many; the
    /// window starts with the first and is not drawn out. `Err(seconds)` while the key has to wait: nothing is counted.
    pub fn take(&self, key: &str, patience: Patience, now: DateTime<Utc>) -> Result<(), u64> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut map, key, patience, now);
        let count = map.entry(key.to_owned()).or_insert(Count { wrong: 0, since: now });
        let left = count.since + patience.window - now;
        if left <= TimeDelta::zero() {
            *count = Count { wrong: 0, since: now };
        } else if count.wrong >= patience.tries {
            return Err(left.num_seconds().unsigned_abs().max(1));
        }
        count.wrong += 1;
        Ok(())
    }

    /// The try that was taken was none to count.
    pub fn give_back(&self, key: &str) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = map.get_mut(key) else { return };
        count.wrong = count.wrong.saturating_sub(1);
        if count.wrong == 0 {
            map.remove(key);
        }
    }

    /// A right try forgets the wrong ones.
    pub fn right(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Another key fits in: what is over goes first, else the oldest.
fn make_room(map: &mut HashMap<String, Count>, key: &str, p: Patience, now: DateTime<Utc>) {
    if map.len() < KEYS_MAX || map.contains_key(key) {
        return;
    }
    map.retain(|_, c| now - c.since < p.window);
    if map.len() >= KEYS_MAX
        && let Some(oldest) = map.iter().min_by_key(|(_, c)| c.since).map(|(k, _)| k.clone())
    {
        map.remove(&oldest);
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

    /// B32 (part): so many tries in a window and no more, however they are spread in it; memory has an end.
    #[test]
    fn tries_that_are_taken_come_back_with_the_window() {
        let start = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        let minute = |n| start + TimeDelta::minutes(n);
        let p = Patience { tries: 2, window: TimeDelta::minutes(10) };
        let a = Attempts::default();
        assert_eq!(a.take("k", p, start), Ok(()));
        assert_eq!(a.take("k", p, minute(9)), Ok(()));
        assert_eq!(a.take("k", p, minute(9)), Err(60), "the window began with the first");
        assert_eq!(a.take("other", p, minute(9)), Ok(()));
        a.give_back("k");
        assert_eq!(a.take("k", p, minute(9)), Ok(()));
        assert_eq!(a.take("k", p, minute(10)), Ok(()));
        for n in 0..KEYS_MAX + 50 {
            a.take(&n.to_string(), p, minute(11)).unwrap();
        }
        assert_eq!(a.0.lock().unwrap().len(), KEYS_MAX);
        assert_eq!(a.take("k", p, minute(11)), Ok(()), "the oldest was forgotten");
    }
}
