//! The learnt part: a linear model over words and letter runs, read from a file that [`super::learn`] makes.
//!
//! It knows wordings the lexicon's authors did not think of; the lexicon knows phrases and weighs them. The
//! suggestion adds the two. Reading the file takes well under a millisecond and about a megabyte.

use std::sync::LazyLock;

use super::features::Feature;

const FILE: &[u8] = include_bytes!("../../data/suggest.model");
const MAGIC: &[u8] = b"ESM1";
/// Steps of one unit in the rarity of a feature as stored.
pub(super) const RARITY_STEPS: f64 = 20.0;

pub(super) static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(FILE).unwrap_or_default());

/// The model as used.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Model {
    /// Of the data it was learnt from.
    pub digest: u64,
    /// Category codes.
    pub codes: Vec<String>,
    /// Weight of one stored step.
    pub scale: f64,
    /// Known features, ascending.
    pub hashes: Vec<u32>,
    /// Rarity of each, in [`RARITY_STEPS`].
    pub rarity: Vec<u8>,
    /// For each its weights by category, in steps of `scale`.
    pub weights: Vec<Vec<(u8, i8)>>,
}

/// What the model makes of one text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Evidence for each of the model's categories; their mean is 0.
    pub scores: Vec<f64>,
    /// Which part of the text it knows, 0 to 1.
    pub known: f64,
    /// Feature, its share in the text, the word it stands in.
    parts: Vec<(usize, f64, usize)>,
}

impl Model {
    /// `None` when the bytes are not a model.
    pub fn read(bytes: &[u8]) -> Option<Model> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut take = |len: usize| {
            let (head, tail) = rest.split_at_checked(len)?;
            rest = tail;
            Some(head)
        };
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
        let digest = number(take(8)?);
        let scale = f64::from_bits(number(take(8)?));
        let count = take(1)?.first().copied()?;
        let mut codes = Vec::new();
        for _ in 0..count {
            let len = take(1)?.first().copied()?;
            codes.push(String::from_utf8(take(len.into())?.to_vec()).ok()?);
        }
        let known = usize::try_from(number(take(4)?)).ok()?;
        let hashes: Vec<u32> = take(known.checked_mul(4)?)?
            .chunks_exact(4)
            .filter_map(|chunk| u32::try_from(number(chunk)).ok())
            .collect();
        let rarity = take(known)?.to_vec();
        let counts = take(known)?;
        let mut weights = Vec::with_capacity(known);
        for count in counts {
            let pairs = take(usize::from(*count) * 2)?;
            weights.push(
                pairs
                    .chunks_exact(2)
                    .filter_map(|pair| Some((*pair.first()?, i8::from_le_bytes([*pair.last()?]))))
                    .collect(),
            );
        }
        Some(Model { digest, codes, scale, hashes, rarity, weights })
    }

    /// The bytes [`Model::read`] reads.
    pub fn write(&self) -> Vec<u8> {
        let len = |len: usize| u8::try_from(len).unwrap_or(u8::MAX);
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.digest.to_le_bytes());
        bytes.extend(self.scale.to_bits().to_le_bytes());
        bytes.push(len(self.codes.len()));
        for code in &self.codes {
            bytes.push(len(code.len()));
            bytes.extend(code.bytes());
        }
        bytes.extend(u32::try_from(self.hashes.len()).unwrap_or_default().to_le_bytes());
        bytes.extend(self.hashes.iter().flat_map(|hash| hash.to_le_bytes()));
        bytes.extend(&self.rarity);
        bytes.extend(self.weights.iter().map(|weights| len(weights.len())));
        for (category, weight) in self.weights.iter().flatten() {
            bytes.push(*category);
            bytes.extend(weight.to_le_bytes());
        }
        bytes
    }

    /// Weighs a text. Total: a text of unknown words gives a reading that knows nothing.
    pub fn weigh(&self, text: &[Feature]) -> Reading {
        let mut parts = Vec::new();
        let (mut seen, mut all) = (0.0, 0.0);
        // What is not known is as rare as can be: it makes the rest less certain.
        let rarest = self.rarity.iter().max().copied().map_or(1.0, rarity);
        for feature in text {
            let known = self.hashes.binary_search(&feature.hash).ok();
            let rare = known.and_then(|at| self.rarity.get(at)).copied().map_or(rarest, rarity);
            let value = feature.value * rare;
            all += value * value;
            if let Some(at) = known {
                seen += value * value;
                parts.push((at, value, feature.token));
            }
        }
        if seen == 0.0 {
            return Reading::default();
        }
        let length = f64::sqrt(all);
        let mut scores = vec![0.0; self.codes.len()];
        for (at, value, _) in &mut parts {
            *value /= length;
            for (category, weight) in self.weights.get(*at).into_iter().flatten() {
                if let Some(score) = scores.get_mut(usize::from(*category)) {
                    *score += f64::from(*weight) * self.scale * *value;
                }
            }
        }
        let mean = scores.iter().sum::<f64>() / f64::from(u32::try_from(scores.len()).unwrap_or(1));
        scores.iter_mut().for_each(|score| *score -= mean);
        Reading { scores, known: seen / all, parts }
    }

    /// How rare a feature is; what is not known is as rare as can be.
    pub fn rarity_of(&self, hash: u32) -> f64 {
        let known = self.hashes.binary_search(&hash).ok().and_then(|at| self.rarity.get(at));
        known.or_else(|| self.rarity.iter().max()).copied().map_or(1.0, rarity)
    }

    /// How much each word of the text spoke for a category.
    pub fn words(&self, reading: &Reading, category: usize) -> Vec<(usize, f64)> {
        let mut words: Vec<(usize, f64)> = Vec::new();
        for (at, value, token) in &reading.parts {
            let weights = self.weights.get(*at).into_iter().flatten();
            let weight = weights.filter(|(of, _)| usize::from(*of) == category).map(|(_, w)| *w);
            let spoke = f64::from(weight.map(i32::from).sum::<i32>()) * self.scale * value;
            match words.iter_mut().find(|(known, _)| known == token) {
                Some((_, sum)) => *sum += spoke,
                None => words.push((*token, spoke)),
            }
        }
        words
    }
}

fn rarity(steps: u8) -> f64 {
    f64::from(steps) / RARITY_STEPS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn the_shipped_model_reads_and_knows_every_category() {
        let model = Model::read(FILE).unwrap();
        let shipped: Vec<_> = Catalog::shipped()
            .categories()
            .iter()
            .filter(|category| category.level == 2)
            .map(|category| category.code.as_str())
            .collect();
        assert_eq!(model.codes, shipped);
        assert!(model.hashes.is_sorted() && model.hashes.len() > 10_000);
        assert_eq!(model.rarity.len(), model.hashes.len());
        assert!(model.rarity.iter().all(|steps| *steps > 0));
        // It is read whole at the first suggestion and carried by every installer: not a byte without a reason.
        assert!(FILE.len() < 1_250_000, "{} bytes", FILE.len());
        assert_eq!(model.write(), FILE);
    }

    #[test]
    fn a_cut_or_foreign_file_is_no_model() {
        for len in [0, 3, 4, 20, FILE.len() / 2, FILE.len() - 1] {
            assert_eq!(Model::read(FILE.get(..len).unwrap()), None, "{len}");
        }
        assert_eq!(Model::read(b"something else entirely"), None);
    }
}
