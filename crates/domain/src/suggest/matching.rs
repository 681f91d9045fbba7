//! Finding the lexicon's terms in a text.

use std::collections::{BTreeMap, BTreeSet};

use super::WhyWord;
use super::lexicon::{Lexicon, SLIP_FROM, SLIP_FROM_BEGINNING, Topic};
use crate::text::{Token, stem_ru};

/// In how many places a term is looked at; a text that repeats itself says nothing new.
const MOST_PLACES: usize = 64;
/// How far the words of a phrase may stand apart: its own length and this many words more.
const SLACK: usize = 3;
/// What a word with one slip counts for.
const SLIP_WORTH: f64 = 0.7;
/// Each further term counts for this share of the one before: one sharp phrase outweighs much scenery.
const NEXT_WORTH: f64 = 0.75;
/// What a term counts for whose words all spoke for the same topic already.
const REPEATED_WORTH: f64 = 0.15;
/// What a Kazakh key counts for in a Russian text.
const DOUBTED_WORTH: f64 = 0.3;
/// What a word after "not" counts for.
const NEGATED_WORTH: f64 = 0.4;

/// A topic with its weight and the words that spoke for it.
#[derive(Debug)]
pub(super) struct Found {
    pub code: String,
    pub weight: f64,
    /// Places of the words in the text.
    pub tokens: BTreeSet<usize>,
}

/// What was found; in no particular order.
#[derive(Debug, Default)]
pub(super) struct All {
    pub categories: Vec<Found>,
    pub flags: Vec<Found>,
    /// Flags whose words stand there with a "not": nobody was beaten.
    pub denied: Vec<String>,
}

/// The weight of a term found, and the places of its words.
type Weighed = (f64, Vec<usize>);

/// Looks up every word of the text, then puts phrases together. Time grows with the text only.
pub(super) fn find(lexicon: &Lexicon, text: &str, tokens: &[Token]) -> All {
    let russian = is_russian(text, tokens);
    // For each term touched: for each of its words the places it stands at, with their worth.
    let mut touched: BTreeMap<usize, Vec<(usize, usize, f64)>> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        for (key, worth) in keys_of(lexicon, token) {
            let doubted = russian && lexicon.keys.get(key).is_some_and(|key| key.kazakh);
            let worth = if doubted { worth * DOUBTED_WORTH } else { worth };
            for (term, place) in lexicon.uses.get(key).into_iter().flatten() {
                let places = touched.entry(*term).or_default();
                if places.len() < MOST_PLACES {
                    places.push((*place, at, worth));
                }
            }
        }
    }

    let mut all = All::default();
    let mut topics: BTreeMap<(bool, usize), Vec<Weighed>> = BTreeMap::new();
    for (term_at, places) in touched {
        let Some(term) = lexicon.terms.get(term_at) else { continue };
        let Some((at, worth)) = closest(term.words.len(), &places) else { continue };
        let (is_flag, index) = match term.topic {
            Topic::Category(index) => (false, index),
            Topic::Flag(index) => (true, index),
        };
        let turned = !term.negative && is_negated(tokens, &at, is_flag);
        if is_flag && turned {
            all.denied.extend(lexicon.flag_code(index).map(str::to_owned));
        }
        // One word with a slip in it, or a word taken for a Kazakh one in a Russian text, alarms nobody.
        let alarms = worth >= if term.words.len() == 1 { 1.0 } else { SLIP_WORTH };
        if is_flag && (turned || !alarms) {
            continue;
        }
        let weight = term.weight * worth * if turned { NEGATED_WORTH } else { 1.0 };
        topics.entry((is_flag, index)).or_default().push((weight, at));
    }
    for ((is_flag, index), mut terms) in topics {
        let code = if is_flag {
            lexicon.flag_code(index)
        } else {
            lexicon.codes.get(index).map(String::as_str)
        };
        let Some(code) = code else { continue };
        terms.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut found = Found { code: code.to_owned(), weight: 0.0, tokens: BTreeSet::new() };
        let mut worth = 1.0;
        for (weight, at) in terms {
            if at.iter().any(|token| !found.tokens.contains(token)) {
                found.weight += weight * worth;
                worth *= NEXT_WORTH;
            } else {
                found.weight += weight * REPEATED_WORTH;
            }
            found.tokens.extend(at);
        }
        if is_flag { all.flags.push(found) } else { all.categories.push(found) }
    }
    all
}

/// Keys a word matches: by its forms, by its beginnings, else with one slip.
fn keys_of(lexicon: &Lexicon, token: &Token) -> Vec<(usize, f64)> {
    let as_russian = stem_ru(&token.folded);
    // A Russian word with a Kazakh ending: справканы.
    let of_kazakh =
        if token.stem_kk == token.folded { String::new() } else { stem_ru(&token.stem_kk) };
    let russian = [token.folded.as_str(), as_russian.as_str(), of_kazakh.as_str()];
    let kazakh = [token.folded.as_str(), token.stem_kk.as_str()];
    let mut keys: Vec<usize> = russian.iter().filter_map(|form| lexicon.russian(form)).collect();
    keys.extend(kazakh.iter().filter_map(|form| lexicon.kazakh(form)));
    keys.extend(lexicon.form(&token.folded));
    let ends = token.folded.char_indices().map(|(at, c)| at + c.len_utf8());
    for end in ends.take(lexicon.longest_prefix).skip(1) {
        keys.extend(
            token.folded.get(..end).into_iter().flat_map(|beginning| lexicon.beginning(beginning)),
        );
    }
    keys.sort_unstable();
    keys.dedup();
    // A short beginning says little; the word may still be a longer one with a slip in it.
    let telling = keys
        .iter()
        .filter_map(|key| lexicon.keys.get(*key))
        .any(|key| !key.prefix || key.text.chars().count() > 3);
    let slips = if telling { Vec::new() } else { slips_of(lexicon, token, &as_russian) };
    keys.into_iter().map(|key| (key, 1.0)).chain(slips).collect()
}

/// Written in Russian throughout: small words only Russian has, no letter and no small word only Kazakh has.
/// Folding makes some words of the two languages one (басы, өрт), so here Kazakh keys are doubted.
fn is_russian(text: &str, tokens: &[Token]) -> bool {
    const RUSSIAN: [&str; 24] = [
        "и", "в", "на", "не", "с", "у", "из", "за", "что", "как", "по", "к", "от", "для", "меня",
        "мне", "мы", "нас", "я", "он", "это", "уже", "где", "до",
    ];
    const KAZAKH: [&str; 14] = [
        "бар",
        "жок",
        "емес",
        "деп",
        "болды",
        "керек",
        "калай",
        "кайда",
        "ушин",
        "менин",
        "екен",
        "бери",
        "мен",
        "жатыр",
    ];
    let kazakh_letter = text.contains([
        'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і', 'Ә', 'Ғ', 'Қ', 'Ң', 'Ө', 'Ұ', 'Ү', 'Һ', 'І',
    ]);
    let has = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.folded.as_str()));
    !kazakh_letter && has(&RUSSIAN) && !has(&KAZAKH)
}

fn slips_of(lexicon: &Lexicon, token: &Token, as_russian: &str) -> Vec<(usize, f64)> {
    let letters: Vec<char> = token.folded.chars().collect();
    if letters.len() < SLIP_FROM || token.folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let mut keys = Vec::new();
    let mut take = |chars: &[char], prefix: bool| {
        for id in lexicon.near(chars) {
            let Some(key) = lexicon.keys.get(id).filter(|key| key.prefix == prefix) else {
                continue;
            };
            // People slip inside a word; its first letter they know.
            let same_start = prefix || key.text.chars().next() == chars.first().copied();
            if same_start && strsim::osa_distance(&key.text, &chars.iter().collect::<String>()) <= 1
            {
                keys.push(id);
            }
        }
    };
    for form in [as_russian, token.stem_kk.as_str(), token.folded.as_str()] {
        let chars: Vec<char> = form.chars().collect();
        if chars.len() >= SLIP_FROM - 1 {
            take(&chars, false);
        }
    }
    for len in SLIP_FROM_BEGINNING - 1..=letters.len().min(lexicon.longest_prefix + 1) {
        if let Some(beginning) = letters.get(..len) {
            take(beginning, true);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|key| (key, SLIP_WORTH)).collect()
}

/// The places of a term's words that stand closest together, if they stand close enough; each word of the
/// text serves one word of the term.
fn closest(words: usize, places: &[(usize, usize, f64)]) -> Option<(Vec<usize>, f64)> {
    if words == 1 {
        let best = places.iter().max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)))?;
        return Some((vec![best.1], best.2));
    }
    let window = words + SLACK;
    let mut best: Option<(usize, Vec<usize>, f64)> = None;
    for (_, anchor, worth) in places.iter().filter(|(place, ..)| *place == 0) {
        let mut at = vec![*anchor];
        let mut least = *worth;
        for word in 1..words {
            let near = places
                .iter()
                .filter(|(place, token, _)| {
                    *place == word && anchor.abs_diff(*token) < window && !at.contains(token)
                })
                .min_by_key(|(_, token, _)| anchor.abs_diff(*token));
            let Some((_, token, worth)) = near else { break };
            at.push(*token);
            least = least.min(*worth);
        }
        let span = at.iter().max().zip(at.iter().min()).map_or(0, |(last, first)| last - first + 1);
        if at.len() == words
            && span <= window
            && best.as_ref().is_none_or(|(shortest, ..)| span < *shortest)
        {
            best = Some((span, at, least));
        }
    }
    best.map(|(_, at, worth)| (at, worth))
}

/// "Не" right before one of the words. For deeds also "жоқ" or "емес" right after them; for things a "жоқ" is
/// the very trouble (су жоқ), so categories do not look there.
fn is_negated(tokens: &[Token], at: &[usize], deed: bool) -> bool {
    let word = |at: usize| tokens.get(at).map(|token| token.folded.as_str());
    let before = at.iter().any(|place| place.checked_sub(1).and_then(word) == Some("не"));
    let after = || {
        at.iter()
            .max()
            .and_then(|last| word(last + 1))
            .is_some_and(|next| matches!(next, "жок" | "емес"))
    };
    before || deed && after()
}

/// Byte places of a text in UTF-16 units.
pub(super) struct Utf16 {
    /// Byte and unit at which each 64th character begins.
    marks: Vec<(usize, usize)>,
}

impl Utf16 {
    pub fn of(text: &str) -> Utf16 {
        let mut marks = vec![(0, 0)];
        let mut units = 0;
        for (count, (byte, c)) in text.char_indices().enumerate() {
            if count % 64 == 0 {
                marks.push((byte, units));
            }
            units += c.len_utf16();
        }
        Utf16 { marks }
    }

    fn at(&self, text: &str, byte: usize) -> usize {
        let mark = self.marks.partition_point(|(known, _)| *known <= byte).saturating_sub(1);
        let (from, units) = self.marks.get(mark).copied().unwrap_or((0, 0));
        units + text.get(from..byte).unwrap_or_default().chars().map(char::len_utf16).sum::<usize>()
    }

    /// The words at these places of the text.
    pub fn words(&self, text: &str, tokens: &[Token], at: &BTreeSet<usize>) -> Vec<WhyWord> {
        at.iter()
            .filter_map(|at| tokens.get(*at))
            .map(|token| WhyWord {
                word: text.get(token.start..token.end).unwrap_or_default().to_owned(),
                start: token.start,
                end: token.end,
                start_utf16: self.at(text, token.start),
                end_utf16: self.at(text, token.end),
            })
            .collect()
    }
}
