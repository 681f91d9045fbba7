//! What this station decided before: cases told in like words, with the category its officers settled on.
//! So a correction made once is remembered without any training.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::PastCase;
use super::features::{Feature, features};
use super::model::MODEL;
use crate::text::tokens;

/// Two texts are alike from this cosine of their words.
const ALIKE: f64 = 0.35;
/// What a case in the very same words adds to its category's evidence.
const WORTH: f64 = 2.0;
/// What all of them together add at most: practice speaks, it does not shout.
const MOST: f64 = 4.0;

/// How many titles are kept in their read form; a desk asks with the same few hundred on every pause.
const KEPT: usize = 4096;

/// Titles as read once, by the hash of the title: no word of a person stays in memory for it.
static READ: LazyLock<Mutex<HashMap<u64, Words>>> = LazyLock::new(Mutex::default);

/// The words of a text by rarity, and their length.
#[derive(Debug, Default, Clone, PartialEq)]
struct Words {
    /// Ascending by hash.
    rare: Vec<(u32, f64)>,
    length: f64,
}

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

/// Like cases by category code. Time grows with the number of cases given; a title is read when first met.
pub(super) fn practice<'a>(
    typed: &[Feature],
    cases: &'a [PastCase],
) -> BTreeMap<&'a str, Practice> {
    let mut found: BTreeMap<&str, Practice> = BTreeMap::new();
    let typed = Words::of(typed);
    if typed.rare.is_empty() || cases.is_empty() {
        return found;
    }
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if read.len() > KEPT {
        read.clear();
    }
    for case in cases {
        let mut hasher = DefaultHasher::new();
        case.title.hash(&mut hasher);
        let known = read
            .entry(hasher.finish())
            .or_insert_with(|| Words::of(&features(&tokens(&case.title))));
        let likeness = typed.cosine(known);
        if likeness >= ALIKE {
            let of = found.entry(case.category.as_str()).or_default();
            of.cases = of.cases.saturating_add(1);
            of.sum += likeness;
        }
    }
    found
}

impl Words {
    fn of(seen: &[Feature]) -> Words {
        let mut rare: Vec<(u32, f64)> = seen
            .iter()
            .filter(|feature| feature.word)
            .map(|feature| (feature.hash, MODEL.rarity_of(feature.hash)))
            .collect();
        rare.sort_unstable_by_key(|(hash, _)| *hash);
        let length = rare.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        Words { rare, length }
    }

    fn cosine(&self, other: &Words) -> f64 {
        let (mut ours, mut theirs) = (self.rare.iter().peekable(), other.rare.iter().peekable());
        let mut shared = 0.0;
        while let (Some((a, weight)), Some((b, beside))) = (ours.peek(), theirs.peek()) {
            if a == b {
                shared += weight * beside;
            }
            if a <= b {
                ours.next();
            }
            if b <= a {
                theirs.next();
            }
        }
        if shared == 0.0 { 0.0 } else { shared / (self.length * other.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(title: String) -> PastCase {
        PastCase { category: "ORD-02".into(), title }
    }

    fn kept() -> usize {
        READ.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    #[test]
    fn a_title_is_read_once_and_not_for_ever() {
        let typed = features(&tokens("опять у Воробьихи на Кирпичке"));
        let cases: Vec<PastCase> =
            (0..300).map(|at| case(format!("У Воробьихи на Кирпичке, дом {at}"))).collect();
        let before = kept();
        let first = practice(&typed, &cases)["ORD-02"];
        assert_eq!((first.cases, kept()), (300, before + 300));
        assert_eq!(practice(&typed, &cases)["ORD-02"], first);
        assert_eq!(kept(), before + 300);
        for round in 0..40 {
            let others: Vec<PastCase> =
                (0..300).map(|at| case(format!("Жылу жоқ {round} {at}"))).collect();
            practice(&typed, &others);
            assert!(kept() <= KEPT + 300);
        }
        assert_eq!(practice(&typed, &cases)["ORD-02"], first);
    }
}
