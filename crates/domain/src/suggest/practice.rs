//! What this station decided before: cases told in like words, with the category its officers settled on.
//! So a correction made once is remembered without any training.

use std::collections::BTreeMap;

use super::PastCase;
use super::features::features;
use super::model::MODEL;
use crate::text::{Token, tokens};

/// Two texts are alike from this cosine of their words.
const ALIKE: f64 = 0.35;
/// What a case in the very same words adds to its category's evidence.
const WORTH: f64 = 2.0;
/// What all of them together add at most: practice speaks, it does not shout.
const MOST: f64 = 4.0;

/// Like cases of one category.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Practice {
    /// How many.
    pub cases: u32,
    sum: f64,
}

impl Practice {
    /// What they add to the category's evidence.
    pub fn worth(self) -> f64 {
        (WORTH * self.sum).min(MOST)
    }
}

/// Like cases by category code. Time grows with the number of cases given.
pub(super) fn practice<'a>(typed: &[Token], cases: &'a [PastCase]) -> BTreeMap<&'a str, Practice> {
    let mut found: BTreeMap<&str, Practice> = BTreeMap::new();
    let typed = words(typed);
    if typed.is_empty() {
        return found;
    }
    for case in cases {
        let likeness = cosine(&typed, &words(&tokens(&case.title)));
        if likeness >= ALIKE {
            let of = found.entry(case.category.as_str()).or_default();
            of.cases = of.cases.saturating_add(1);
            of.sum += likeness;
        }
    }
    found
}

/// Words by rarity, ascending by hash.
fn words(tokens: &[Token]) -> Vec<(u32, f64)> {
    let mut words: Vec<(u32, f64)> = features(tokens)
        .into_iter()
        .filter(|feature| feature.word)
        .map(|feature| (feature.hash, MODEL.rarity_of(feature.hash)))
        .collect();
    words.sort_unstable_by_key(|(hash, _)| *hash);
    words
}

fn cosine(a: &[(u32, f64)], b: &[(u32, f64)]) -> f64 {
    let length = |words: &[(u32, f64)]| words.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
    let shared: f64 = a
        .iter()
        .filter_map(|(hash, weight)| {
            let at = b.binary_search_by_key(hash, |(hash, _)| *hash).ok()?;
            Some(weight * b.get(at)?.1)
        })
        .sum();
    if shared == 0.0 { 0.0 } else { shared / (length(a) * length(b)) }
}
