//! What the model sees of a text: its words by stem, and runs of letters that survive endings and slips.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use crate::text::{Token, folded_words, skeleton, stem_ru};

/// Russian words of every matter: greetings, requests, addresses, small words.
pub(super) const EVERYDAY_WORDS: &str = include_str!("../../data/everyday.txt");

/// The same as folded.
static EVERYDAY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    EVERYDAY_WORDS.lines().filter(|line| !line.starts_with('#')).flat_map(folded_words).collect()
});

/// Lengths of the letter runs, edges of the word included.
const RUNS: std::ops::RangeInclusive<usize> = 3..=4;
/// What a run counts for beside a whole word.
const RUN_WORTH: f64 = 0.35;
/// What an everyday word and its runs count for beside the others: enough to tell a question from a request,
/// not enough to drown the one sentence of a long text that names the trouble.
const EVERYDAY_WORTH: f64 = 0.25;

/// One thing seen in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Feature {
    /// Of what it is; two things meet in one number about never among some ten thousand.
    pub hash: u32,
    /// Before it is weighed by rarity.
    pub value: f64,
    /// A whole word, not a run of letters.
    pub word: bool,
    /// Place of the first word it was seen in.
    pub token: usize,
}

/// Everything seen, each thing once, in the order of the text.
pub(super) fn features(tokens: &[Token]) -> Vec<Feature> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(tokens.len() * 16);
    let mut see = |hash: u32, value: f64, word: bool, token: usize| {
        if seen.insert(hash) {
            all.push(Feature { hash, value, word, token });
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        if token.folded.chars().all(|c| c.is_ascii_digit()) {
            // A number names a flat or a phone, not a trouble.
            continue;
        }
        let worth = if EVERYDAY.contains(&token.folded) { EVERYDAY_WORTH } else { 1.0 };
        for stem in [stem_ru(&token.folded), token.stem_kk.clone()] {
            see(hash('w', skeleton(&stem).chars()), worth, true, at);
        }
        let bones: Vec<char> =
            std::iter::once('^').chain(skeleton(&token.folded).chars()).chain(['$']).collect();
        for run in RUNS.flat_map(|len| bones.windows(len)) {
            see(hash('r', run.iter().copied()), RUN_WORTH * worth, false, at);
        }
    }
    all
}

/// FNV-1a of the letters, its two halves laid over each other.
fn hash(kind: char, letters: impl Iterator<Item = char>) -> u32 {
    let long = std::iter::once(kind).chain(letters).fold(0xcbf2_9ce4_8422_2325, |hash: u64, c| {
        (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    u32::try_from((long ^ (long >> 32)) & 0xffff_ffff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens;

    #[test]
    fn endings_and_slips_leave_most_of_a_word_in_common() {
        let shared = |a: &str, b: &str| {
            let of = |text| features(&tokens(text)).iter().map(|f| f.hash).collect::<BTreeSet<_>>();
            of(a).intersection(&of(b)).count()
        };
        assert!(shared("отопление", "отопления") > 8);
        assert!(shared("отопление", "отапление") > 4);
        assert!(shared("otoplenie", "отопление") > 12);
        assert!(shared("жылу", "жылудың") > 2);
        assert_eq!(shared("отопление", "собака"), 0);
    }

    #[test]
    fn a_greeting_counts_for_less_than_the_trouble() {
        let worth = |text: &str| features(&tokens(text)).iter().map(|f| f.value).sum::<f64>();
        assert!(worth("Здравствуйте") < worth("подвал") / 2.0);
        assert!(
            EVERYDAY.contains("прошу") && !EVERYDAY.contains("нет") && !EVERYDAY.contains("как")
        );
    }

    #[test]
    fn a_thing_is_seen_once_and_numbers_are_not() {
        let twice = features(&tokens("свет свет 87011234567"));
        assert_eq!(twice, features(&tokens("свет")));
        assert!(features(&tokens("12 45")).is_empty());
    }
}
