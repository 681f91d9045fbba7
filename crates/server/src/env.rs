//! Time, ids and randomness as an argument: the binary gives the machine's, tests give their own.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use std::sync::Arc;
use uuid::Uuid;

type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;
type Entropy = dyn Fn(&mut [u8]) + Send + Sync;

/// Where the region takes its time and randomness from.
#[derive(Clone)]
pub struct Env {
    clock: Arc<Clock>,
    entropy: Arc<Entropy>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env")
    }
}

impl Env {
    /// `entropy` fills the slice; a source that fails must not return.
    pub fn new(
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        entropy: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), entropy: Arc::new(entropy) }
    }

    /// Now, in whole milliseconds: what is stored is what is said.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.clock)();
        now.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(now)
    }

    /// Random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        (self.entropy)(&mut out);
        out
    }

    /// A new `UUIDv7`.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let ms = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes::<10>()).into_uuid()
    }
}
