//! How often a store had to say “busy”, and why. Of this process, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a call could not be done now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Another writer held a lock for too long.
    Lock,
    /// A statement ran into its time limit or was cancelled.
    Statement,
    /// The line to the database was cut, or the database restarts.
    Line,
    /// No free connection in time.
    Pool,
    /// Anything else that passes.
    Other,
}

const ALL: [(Why, &str); 5] = [
    (Why::Lock, "lock"),
    (Why::Statement, "statement"),
    (Why::Line, "line"),
    (Why::Pool, "pool"),
    (Why::Other, "other"),
];
static COUNTS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

/// Counts one.
pub(super) fn busy(why: Why) {
    if let Some(count) = ALL.iter().position(|(w, _)| *w == why).and_then(|i| COUNTS.get(i)) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// How often each, by name.
#[must_use]
pub fn counts() -> Vec<(&'static str, u64)> {
    ALL.iter().zip(&COUNTS).map(|((_, name), n)| (*name, n.load(Ordering::Relaxed))).collect()
}
