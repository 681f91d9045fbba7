//! Time and chance as arguments: the only way this crate learns the hour or a random number.

use chrono::{DateTime, Utc};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The machine's time and randomness, as given by the host (or by a test).
pub trait Clock: Send + Sync + 'static {
    /// Device time; may jump.
    fn now(&self) -> DateTime<Utc>;
    /// An even random number in `[0, 1)`, for jitter only.
    fn random(&self) -> f64;
    /// Waits. A test clock may answer at once and move its own time on.
    fn sleep(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(span))
    }
}
