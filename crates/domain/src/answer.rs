//! What makes an answer an answer and not an empty letter (“не отписка”).

/// The five checks, in the order they are asked: facts checked, what was decided, who and when, what
/// comes next, where to appeal.
pub const CHECKS: [&str; 5] = ["facts", "decision", "who_when", "next", "appeal"];

/// Reasons for which a body refuses a request.
pub const REFUSALS: [&str; 4] = ["not_ours", "incomplete", "duplicate", "other"];

/// What of the five is missing among what the officer found; unknown words count for nothing.
#[must_use]
pub fn lacks(has: &[String]) -> Vec<String> {
    CHECKS.iter().filter(|c| !has.iter().any(|h| h == *c)).map(|c| (*c).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_found_is_missing() {
        let has = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert_eq!(lacks(&has(&CHECKS)), Vec::<String>::new());
        assert_eq!(lacks(&has(&["facts", "decision", "next"])), ["who_when", "appeal"]);
        assert_eq!(lacks(&has(&["nonsense"])).len(), 5);
    }
}
