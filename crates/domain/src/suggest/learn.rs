//! Makes the model file from the labelled texts. Run by the example `learn` whenever these change; what it
//! makes is committed, so the shipped product never trains.
//!
//! The sum of two linear models over [`super::features`]: a margin for each category against all others
//! (squared hinge loss by dual coordinate descent, Hsieh and others, ICML 2008), which learns what parts
//! categories that share words, and the counts of a naive Bayes, which trust a word seen once. Everything in a
//! fixed order: the same data give the same model on the same machine. The texts of `tests/` take no part.

use std::collections::BTreeMap;

use super::features::{EVERYDAY_WORDS, Feature, KIN_WORDS, features};
use super::lexicon::{self, lines, read_category};
use super::model::{Model, RARITY_STEPS};
use crate::catalog::Catalog;
use crate::text::tokens;

const PHRASES: &str = include_str!("../../data/phrases.tsv");
const TEXTS: &str = include_str!("../../data/texts.tsv");

/// Raised when this code or the features change what is learnt from the same data.
const VERSION: u64 = 5;
/// Times every text is seen for a category.
const ROUNDS: u32 = 10;
/// What a text on the wrong side of a margin costs.
const COST: f64 = 1.0;
/// What a text of so few words counts for: a term of a list says less of how people speak.
const SHORT: usize = 3;
const SHORT_WORTH: f64 = 0.6;
/// What naive Bayes counts for beside the margins, and what it adds to every count.
const COUNTS_WORTH: f64 = 0.1;
const SMOOTHING: f64 = 0.01;
/// Raises the sum so that its shares among categories are about how often they are right.
const LOUDNESS: f64 = 4.0;
/// A letter run must be seen in so many texts to be kept.
const LEAST_RUN: u32 = 2;
/// Weights under this share of the largest are left out.
const LEAST_WEIGHT: f64 = 0.03;

/// A labelled text.
struct Example {
    category: usize,
    worth: f64,
    seen: Vec<Feature>,
}

/// The same with its features by their place among the known ones.
struct Weighed {
    category: usize,
    worth: f64,
    parts: Vec<(usize, f64)>,
}

/// A number that changes with the data and with this code.
#[must_use]
pub fn digest() -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ VERSION;
    let mixed = |hash: u64, text: &str| {
        text.bytes()
            .fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    labelled().fold(mixed(mixed(start, EVERYDAY_WORDS), KIN_WORDS), |hash, (code, text)| {
        mixed(mixed(hash, code), &text)
    })
}

/// Category and text of everything learnt from: utterances, whole texts, the lexicon's terms, the names.
fn labelled() -> impl Iterator<Item = (&'static str, String)> {
    let phrases = lines(PHRASES).flat_map(|(_, line)| {
        let mut cells = line.split('\t');
        let code = cells.next().unwrap_or_default();
        let said = cells.nth(1).unwrap_or_default();
        said.split('|').map(move |said| (code, said.trim().to_owned()))
    });
    let texts = lines(TEXTS).filter_map(|(_, line)| {
        let mut cells = line.split('\t');
        let code = cells.nth(1)?.split('|').next()?;
        Some((code, cells.nth(1)?.to_owned()))
    });
    let terms = lines(lexicon::CATEGORY_TERMS)
        .filter_map(|(at, line)| read_category(at, line).ok())
        .flat_map(|line| {
            line.terms
                .1
                .split('|')
                .map(move |term| (line.code, term.trim().replace(['*', '='], "")))
        });
    let names = Catalog::shipped().categories().iter().flat_map(|category| {
        let names = [&category.name.ru, &category.name.kk];
        names.map(|name| (category.code.as_str(), name.clone()))
    });
    phrases.chain(texts).chain(terms).chain(names)
}

/// Learns; takes seconds to a minute. The bytes are the content of `data/suggest.model`.
#[must_use]
pub fn learn() -> Vec<u8> {
    let codes: Vec<String> = Catalog::shipped()
        .categories()
        .iter()
        .filter(|category| category.level == 2)
        .map(|category| category.code.clone())
        .collect();
    let examples: Vec<Example> = labelled()
        .filter_map(|(code, text)| {
            let category = codes.iter().position(|known| known == code)?;
            let words = tokens(&text);
            let worth = if words.len() <= SHORT { SHORT_WORTH } else { 1.0 };
            Some(Example { category, worth, seen: features(&words) })
        })
        .collect();
    let known = rarities(&examples);
    let texts: Vec<Weighed> = examples
        .iter()
        .map(|example| Weighed {
            category: example.category,
            worth: example.worth,
            parts: weighed(&known, &example.seen),
        })
        .collect();
    let mut weights = counts(&texts, known.len(), codes.len());
    for category in 0..codes.len() {
        for (row, margin) in weights.iter_mut().zip(margin(&texts, category, known.len())) {
            if let Some(weight) = row.get_mut(category) {
                *weight = LOUDNESS * (margin + COUNTS_WORTH * *weight);
            }
        }
    }
    packed(codes, &known, &weights)
}

/// Hash and stored rarity of every feature worth keeping, ascending.
fn rarities(examples: &[Example]) -> Vec<(u32, u8)> {
    let mut counts: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
    for feature in examples.iter().flat_map(|example| &example.seen) {
        let count = counts.entry(feature.hash).or_default();
        count.0 += 1;
        count.1 |= feature.word;
    }
    let all = f64::from(u32::try_from(examples.len()).unwrap_or(u32::MAX));
    counts
        .into_iter()
        .filter(|(_, (count, word))| *word || *count >= LEAST_RUN)
        .map(|(hash, (count, _))| {
            let rare = ((all + 1.0) / (f64::from(count) + 1.0)).ln() + 1.0;
            (hash, step(rare * RARITY_STEPS, 1.0, 255.0) as u8)
        })
        .collect()
}

/// A text as the model will weigh it.
fn weighed(known: &[(u32, u8)], seen: &[Feature]) -> Vec<(usize, f64)> {
    let mut parts: Vec<(usize, f64)> = seen
        .iter()
        .filter_map(|feature| {
            let at = known.binary_search_by_key(&feature.hash, |(hash, _)| *hash).ok()?;
            let rare = f64::from(known.get(at)?.1) / RARITY_STEPS;
            Some((at, feature.value * rare))
        })
        .collect();
    let length = parts.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
    parts.iter_mut().for_each(|(_, value)| *value /= length);
    parts
}

/// Naive Bayes: how much each feature speaks for each category, 0 where it was never seen. Every category
/// counts as if as much had been said of it as of the others.
fn counts(texts: &[Weighed], features: usize, codes: usize) -> Vec<Vec<f64>> {
    let mut counts = vec![vec![0.0; codes]; features];
    let mut sums = vec![0.0; codes];
    for text in texts {
        for (feature, value) in &text.parts {
            let cell = counts.get_mut(*feature).and_then(|row| row.get_mut(text.category));
            for sum in cell.into_iter().chain(sums.get_mut(text.category)) {
                *sum += text.worth * value;
            }
        }
    }
    let mean = sums.iter().sum::<f64>() / codes as f64;
    for row in &mut counts {
        for (count, sum) in row.iter_mut().zip(&sums) {
            *count = (*count * mean / sum / SMOOTHING).ln_1p();
        }
    }
    counts
}

/// The weights that set the texts of one category apart from all others.
fn margin(texts: &[Weighed], category: usize, features: usize) -> Vec<f64> {
    let mut weights = vec![0.0; features];
    let mut pulls = vec![0.0; texts.len()];
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut dice = 88_172_645_463_325_252u64;
    for _ in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            order.swap(at, (dice % (at as u64 + 1)) as usize);
        }
        for at in &order {
            let (Some(text), Some(pull)) = (texts.get(*at), pulls.get_mut(*at)) else { continue };
            let side = if text.category == category { 1.0 } else { -1.0 };
            let slack = 1.0 / (2.0 * COST * text.worth);
            let (mut said, mut length) = (0.0, 0.0);
            for (feature, value) in &text.parts {
                said += weights.get(*feature).copied().unwrap_or_default() * value;
                length += value * value;
            }
            let slope = side * said - 1.0 + slack * *pull;
            let next = f64::max(*pull - slope / (length + slack), 0.0);
            let change = (next - *pull) * side;
            if change != 0.0 {
                *pull = next;
                for (feature, value) in &text.parts {
                    if let Some(weight) = weights.get_mut(*feature) {
                        *weight += change * value;
                    }
                }
            }
        }
    }
    weights
}

/// Scores to shares of one.
pub(super) fn softmax(scores: &mut [f64]) {
    let top = scores.iter().copied().fold(f64::MIN, f64::max);
    scores.iter_mut().for_each(|score| *score = (*score - top).exp());
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

fn packed(codes: Vec<String>, known: &[(u32, u8)], weights: &[Vec<f64>]) -> Vec<u8> {
    let largest = weights.iter().flatten().fold(0.0, |most: f64, weight| most.max(weight.abs()));
    let scale = largest / 127.0;
    let weights = weights.iter().map(|row| {
        // Only differences between categories speak, so a row is told from its own middle.
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        row.iter()
            .enumerate()
            .filter(|(_, weight)| (*weight - mean).abs() > largest * LEAST_WEIGHT)
            .map(|(at, weight)| (at as u8, step((weight - mean) / scale, -127.0, 127.0) as i8))
            .collect()
    });
    let model = Model {
        digest: digest(),
        codes,
        scale,
        hashes: known.iter().map(|(hash, _)| *hash).collect(),
        rarity: known.iter().map(|(_, rarity)| *rarity).collect(),
        weights: weights.collect(),
    };
    model.write()
}

fn step(value: f64, least: f64, most: f64) -> f64 {
    value.round().clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suggest::model::MODEL;

    #[test]
    fn the_shipped_model_was_learnt_from_the_shipped_texts() {
        assert_eq!(
            MODEL.digest,
            digest(),
            "the texts changed: run `cargo run --release -p esik-domain --example learn`"
        );
    }

    #[test]
    fn every_line_to_learn_from_reads() {
        for (at, line) in lines(PHRASES) {
            let cells: Vec<_> = line.split('\t').collect();
            let [code, "ru" | "kk", said] = cells.as_slice() else { panic!("line {at}") };
            let category = Catalog::shipped().category(code);
            assert!(category.is_some_and(|category| category.level == 2), "line {at}: {code}");
            assert!(said.split('|').all(|said| !said.trim().is_empty()), "line {at}: an empty one");
        }
    }
}
