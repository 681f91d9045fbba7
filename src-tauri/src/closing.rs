//! The window's cross while records wait and there is a line: one question, and never a window that cannot be closed.

use esik_app::api::Changed;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Who presses the cross again within this time means it; a page that hangs asks nothing.
const AGAIN: Duration = Duration::from_secs(15);

/// When the question was last put.
#[derive(Default)]
pub struct Asked(Mutex<Option<Instant>>);

impl Asked {
    /// True when the question is to be put now: something waits, and it was not put a moment ago.
    pub fn first(&self, waits: impl FnOnce() -> bool) -> bool {
        let mut at = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let lately = at.is_some_and(|at| at.elapsed() < AGAIN);
        if lately || !waits() {
            return false;
        }
        *at = Some(Instant::now());
        true
    }
}

/// What the screen is told: it puts the question in the officer's language.
pub fn question() -> Changed {
    Changed { cases: Vec::new(), lists: vec!["closing".to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::Asked;

    #[test]
    fn the_cross_asks_once_while_something_waits_and_closes_when_pressed_again() {
        let asked = Asked::default();
        assert!(!asked.first(|| false), "nothing waits: it closes");
        assert!(asked.first(|| true));
        assert!(!asked.first(|| true), "pressed again it closes");
    }
}
