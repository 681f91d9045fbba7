//! Time, ids and randomness of a running program: the only place below the binaries that asks the machine.

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use std::sync::Arc;
use uuid::Uuid;

/// What tells the time. Tests bring their own.
pub trait Clock: Send + Sync + 'static {
    /// Device time, whole milliseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock, moved by a fixed offset (`ESIK_CLOCK`) in tests and demonstrations.
pub struct MachineClock {
    offset: Duration,
    fixed: Option<DateTime<Utc>>,
}

impl MachineClock {
    /// The machine's own time.
    #[must_use]
    pub fn new() -> Self {
        Self { offset: Duration::zero(), fixed: None }
    }

    /// Reads `ESIK_CLOCK`: an RFC 3339 instant stands still, `+3600` or `-86400` moves by seconds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Some(Self { offset: Duration::zero(), fixed: Some(at.to_utc()) });
        }
        let seconds: i64 = text.parse().ok()?;
        Some(Self { offset: Duration::try_seconds(seconds)?, fixed: None })
    }
}

impl MachineClock {
    /// `ESIK_CLOCK` when it is set and readable (tests and demonstrations), else the machine's time.
    /// A release build listens to it only with `allow`.
    #[must_use]
    pub fn from_environment_if(allow: bool) -> Self {
        std::env::var("ESIK_CLOCK")
            .ok()
            .filter(|_| allow || cfg!(debug_assertions))
            .and_then(|text| Self::parse(&text))
            .unwrap_or_default()
    }

    /// As [`MachineClock::from_environment_if`] without leave in a release build.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::from_environment_if(false)
    }
}

impl Default for MachineClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for MachineClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the clock everything else takes")]
        let now = Utc::now();
        let at = self.fixed.unwrap_or_else(|| now.checked_add_signed(self.offset).unwrap_or(now));
        at.trunc_subsecs(3)
    }
}

/// Handed down from the binary to every verb.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
}

impl Env {
    /// With this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }

    /// Device time, whole milliseconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new `UUIDv7` that sorts by this clock's time.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let mut random = [0; 10];
        fill(&mut random);
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Random bytes from the operating system.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        fill(&mut out);
        out
    }
}

/// Fills with random bytes. An operating system without randomness stops the program: every key
/// and code of the product would be guessable.
pub fn fill(out: &mut [u8]) {
    if getrandom::fill(out).is_err() {
        std::process::abort();
    }
}
