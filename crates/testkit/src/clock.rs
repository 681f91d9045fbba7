//! Time that moves only when a test says so.

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Shared by everybody who was given a clone.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Starts at an RFC 3339 instant.
    pub fn at(instant: &str) -> Self {
        let at: DateTime<Utc> = instant.parse().expect("an RFC 3339 instant");
        Self(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Jumps, also backwards.
    pub fn set(&self, instant: &str) {
        let at: DateTime<Utc> = instant.parse().expect("an RFC 3339 instant");
        self.0.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    /// The time now; a millisecond passes with every look, so that ids stay in order.
    pub fn now(&self) -> DateTime<Utc> {
        let millis = self.0.fetch_add(1, Ordering::SeqCst);
        DateTime::from_timestamp_millis(millis).expect("in range")
    }
}

impl esik_app::env::Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        Self::now(self)
    }
}
