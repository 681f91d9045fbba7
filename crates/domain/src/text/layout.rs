//! The wrong keyboard layout: Cyrillic meant but typed on Latin keys, Kazakh letters typed on Russian keys.
//!
//! Which reading is right is judged by letter pairs counted in the shipped Kazakh and Russian texts.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::folding::{fold_word, is_cyrillic};
use crate::catalog::CATEGORIES;

/// What was meant, when a text reads better in the other layout: `ghbdtn` → `привет`, `жо0` → `жоқ`.
/// `None` when it is fine as typed.
#[must_use]
pub fn wrong_layout(text: &str) -> Option<String> {
    let meant: String = chunks_as_meant(text)?.into_iter().map(|(_, meant)| meant).collect();
    (meant != text).then_some(meant)
}

/// The text in pieces, each a word with the space after it: as typed and as meant. `None` when it is not judged.
pub(super) fn chunks_as_meant(text: &str) -> Option<Vec<(&str, String)>> {
    if text.chars().count() > 400 {
        // A long text was read by somebody while typing; only queries and short lines are judged.
        return None;
    }
    let chunks: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let latin = chunks.iter().filter(|chunk| is_latin_chunk(chunk)).count();
    let mistyped = chunks
        .iter()
        .filter(|chunk| is_latin_chunk(chunk) && meant_in_cyrillic(chunk.trim_end()).is_some())
        .count();
    // One doubtful word among good ones is more likely a name or a brand.
    let switch = mistyped > 0 && mistyped * 2 >= latin;
    let meant = chunks.into_iter().map(|chunk| {
        let word = chunk.trim_end();
        let space = chunk.get(word.len()..).unwrap_or_default();
        let repaired = if switch && is_latin_chunk(chunk) {
            Some(meant_in_cyrillic(word).unwrap_or_else(|| by_keys(word)))
        } else {
            kazakh_on_russian_keys(word)
        };
        (chunk, repaired.unwrap_or_else(|| word.to_owned()) + space)
    });
    Some(meant.collect())
}

fn is_latin_chunk(chunk: &str) -> bool {
    chunk.chars().any(|c| c.is_ascii_alphabetic()) && !chunk.chars().any(is_cyrillic)
}

/// The word by its keys, when that reads clearly better than its transliteration.
fn meant_in_cyrillic(word: &str) -> Option<String> {
    let keys = by_keys(word);
    // A closing mark may be a mark after all: the full stop is also ю.
    let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let tail = word.get(bare.len()..).unwrap_or_default();
    let marked = by_keys(bare) + tail;
    let as_typed = PAIRS.likelihood(&fold_word(word));
    let (best, candidate) = [keys, marked]
        .into_iter()
        .map(|candidate| (PAIRS.likelihood(&letters(&candidate)), candidate))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let plain = candidate.chars().filter(|c| is_cyrillic(*c)).count() >= 2;
    (plain && best > as_typed + 0.7 && best > -3.6).then_some(candidate)
}

fn letters(word: &str) -> String {
    fold_word(&word.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
}

/// Letter by letter, the Russian letter on the same key; a digit beside letters is a Kazakh one.
fn by_keys(word: &str) -> String {
    const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~";
    const RUSSIAN: &str = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ";
    static KEYS: LazyLock<HashMap<char, char>> =
        LazyLock::new(|| LATIN.chars().zip(RUSSIAN.chars()).collect());
    let russian: String = word.chars().map(|c| KEYS.get(&c).copied().unwrap_or(c)).collect();
    kazakh_on_russian_keys(&russian).unwrap_or(russian)
}

/// Kazakh letters stand on the digit row of the Kazakh layout: 2ә 3і 4ң 5ғ 8ү 9ұ 0қ -ө =һ.
fn kazakh_letter(key: char) -> Option<char> {
    Some(match key {
        '2' => 'ә',
        '3' => 'і',
        '4' => 'ң',
        '5' => 'ғ',
        '8' => 'ү',
        '9' => 'ұ',
        '0' => 'қ',
        '-' => 'ө',
        '=' => 'һ',
        _ => return None,
    })
}

/// `жылу жо0` → `жоқ`, `к8н` → `күн`; house and flat numbers (12а, 5б, дом5) stay.
fn kazakh_on_russian_keys(word: &str) -> Option<String> {
    let chars: Vec<char> = word.chars().collect();
    let typed_letters = chars.iter().filter(|c| is_cyrillic(**c)).count();
    let keys = chars.iter().filter(|c| kazakh_letter(**c).is_some()).count();
    let only_these =
        chars.iter().all(|c| is_cyrillic(*c) || kazakh_letter(*c).is_some() || ",.!?".contains(*c));
    let neighbours = chars.windows(2).any(|pair| pair.iter().all(char::is_ascii_digit));
    if keys == 0 || typed_letters < 2 || keys > typed_letters || !only_these || neighbours {
        return None;
    }
    // A hyphen between two words that can stand alone is a hyphen.
    let parts: Vec<&str> = word.split('-').collect();
    if parts.len() > 1
        && parts.iter().all(|part| part.chars().count() > 1 && part.chars().any(is_vowel))
    {
        return None;
    }
    let meant: String = chars.iter().map(|c| kazakh_letter(*c).unwrap_or(*c)).collect();
    RAW_PAIRS
        .all_seen(&meant.to_lowercase().chars().filter(|c| is_cyrillic(*c)).collect::<String>())
        .then_some(meant)
}

fn is_vowel(c: char) -> bool {
    "аеёиоуыэюяәөұүіАЕЁИОУЫЭЮЯӘӨҰҮІ".contains(c)
}

/// Letter pairs of the folded texts.
static PAIRS: LazyLock<Pairs> =
    LazyLock::new(|| Pairs::count(CATEGORIES.split(|c: char| !is_cyrillic(c)).map(fold_word)));
/// Letter pairs of the texts as written, with Kazakh letters apart.
static RAW_PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    Pairs::count(CATEGORIES.split(|c: char| !is_cyrillic(c)).map(str::to_lowercase))
});

/// Edge of a word.
const EDGE: char = ' ';

struct Pairs {
    pair: HashMap<(char, char), f32>,
    first: HashMap<char, f32>,
}

impl Pairs {
    fn count(words: impl Iterator<Item = String>) -> Pairs {
        let mut pairs = Pairs { pair: HashMap::new(), first: HashMap::new() };
        for word in words.filter(|word| !word.is_empty()) {
            for (a, b) in pairs_of(&word) {
                *pairs.pair.entry((a, b)).or_default() += 1.0;
                *pairs.first.entry(a).or_default() += 1.0;
            }
        }
        pairs
    }

    /// Mean logarithm of the probability of each letter after the one before; higher reads better.
    fn likelihood(&self, word: &str) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (a, b) in pairs_of(word) {
            let pair = self.pair.get(&(a, b)).copied().unwrap_or_default();
            let first = self.first.get(&a).copied().unwrap_or_default();
            sum += ((pair + 0.05) / (first + 2.0)).ln();
            count += 1.0;
        }
        if count == 0.0 { f32::MIN } else { sum / count }
    }

    fn all_seen(&self, word: &str) -> bool {
        pairs_of(word).all(|pair| self.pair.contains_key(&pair))
    }
}

fn pairs_of(word: &str) -> impl Iterator<Item = (char, char)> + '_ {
    std::iter::once(EDGE).chain(word.chars()).zip(word.chars().chain(std::iter::once(EDGE)))
}
