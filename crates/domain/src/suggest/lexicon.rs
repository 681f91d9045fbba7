//! The lexicon, compiled once: terms of one or more words, looked up by stem, by beginning, or with one slip.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::FlagRoute;
use crate::text::{fold, stem_kk, stem_ru};

pub(super) const CATEGORY_TERMS: &str = include_str!("../../data/lexicon.tsv");
const FLAG_TERMS: &str = include_str!("../../data/redflags.tsv");

/// In the place of a language: the terms are categories that force the flag.
const THEME: &str = "theme";

/// Shorter whole words are never matched with a slip.
pub(super) const SLIP_FROM: usize = 5;
/// Shorter beginnings are never matched with a slip: too many other words begin nearly so.
pub(super) const SLIP_FROM_BEGINNING: usize = 7;

pub(super) static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::compile(CATEGORY_TERMS, FLAG_TERMS));

/// What a term speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// Index into the codes of categories.
    Category(usize),
    /// Index into the flags.
    Flag(usize),
}

/// One term: all its words must stand close to each other, in any order.
#[derive(Debug)]
pub(super) struct Term {
    pub topic: Topic,
    pub weight: f64,
    /// Ids of its words.
    pub words: Vec<usize>,
    /// It carries its own "not", so a "not" beside it does not turn it round.
    pub negative: bool,
}

/// A distinct word of the lexicon.
#[derive(Debug)]
pub(super) struct Key {
    pub text: String,
    /// Matches every word that begins so.
    pub prefix: bool,
    /// From a Kazakh line: matched by Kazakh stems, and doubted in a plainly Russian text.
    pub kazakh: bool,
    /// May be met with a slip in it.
    slips: bool,
}

/// Everything compiled.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    pub codes: Vec<String>,
    flags: Vec<(String, FlagRoute)>,
    /// Categories with the flags they force.
    forced: Vec<(String, Topic)>,
    pub terms: Vec<Term>,
    pub keys: Vec<Key>,
    /// Terms a word stands in, and its place there.
    pub uses: Vec<Vec<(usize, usize)>>,
    /// Words as wholes and as beginnings, Russian lines first, Kazakh lines second.
    exact: [HashMap<String, usize>; 2],
    prefix: [HashMap<String, usize>; 2],
    /// Words that match in this very form alone: a stem would meet another word (горит, город).
    form: HashMap<String, usize>,
    /// Hashes of a key with one letter left out (and of the whole key) to the keys.
    slips: HashMap<u64, Vec<usize>>,
    /// The longest beginning in the lexicon, in letters.
    pub longest_prefix: usize,
}

/// A line of the data files that cannot be read; lines count from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadLine(pub usize);

impl Lexicon {
    /// Lines that cannot be read are passed over here; a test proves there are none.
    fn compile(categories: &str, flags: &str) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for line in lines(categories).filter_map(|(at, line)| read_category(at, line).ok()) {
            let topic = lexicon.category(line.code);
            lexicon.add(topic, line.weight, line.terms);
        }
        for (route, line) in lines(flags).filter_map(|(at, line)| read_flag(at, line).ok()) {
            let topic = lexicon.flag(line.code, route);
            let (lang, terms) = line.terms;
            if lang == THEME {
                let forced = terms.split('|').map(|theme| (theme.trim().to_owned(), topic));
                lexicon.forced.extend(forced);
            } else {
                lexicon.add(topic, line.weight, line.terms);
            }
        }
        lexicon.index_slips();
        lexicon
    }

    fn category(&mut self, code: &str) -> Topic {
        let known = self.codes.iter().position(|known| known == code);
        Topic::Category(known.unwrap_or_else(|| {
            self.codes.push(code.to_owned());
            self.codes.len() - 1
        }))
    }

    fn flag(&mut self, code: &str, route: FlagRoute) -> Topic {
        let known = self.flags.iter().position(|(known, _)| known == code);
        Topic::Flag(known.unwrap_or_else(|| {
            self.flags.push((code.to_owned(), route));
            self.flags.len() - 1
        }))
    }

    fn add(&mut self, topic: Topic, weight: f64, (lang, terms): (&str, &str)) {
        for term in terms.split('|').map(str::trim).filter(|term| !term.is_empty()) {
            let words: Vec<usize> = words(term).map(|word| self.key(lang, word)).collect();
            let negative = term
                .split_whitespace()
                .any(|word| matches!(fold(word).as_str(), "не" | "нет" | "жок" | "емес" | "без"));
            let at = self.terms.len();
            for (place, word) in words.iter().enumerate() {
                if let Some(uses) = self.uses.get_mut(*word) {
                    uses.push((at, place));
                }
            }
            self.terms.push(Term { topic, weight, words, negative });
        }
    }

    fn key(&mut self, lang: &str, word: &str) -> usize {
        let kazakh = lang == "kk";
        if let Some(form) = word.strip_prefix('=').map(fold) {
            if let Some(known) = self.form.get(&form) {
                return *known;
            }
            let id = self.new_key(Key { text: form.clone(), prefix: false, kazakh, slips: false });
            self.form.insert(form, id);
            return id;
        }
        let (text, prefix) = match word.strip_suffix('*') {
            Some(beginning) => (fold(beginning), true),
            None if kazakh => (stem_kk(&fold(word)), false),
            None => (stem_ru(&fold(word)), false),
        };
        let tables = if prefix { &mut self.prefix } else { &mut self.exact };
        let [russian_table, kazakh_table] = tables;
        let table = if kazakh { kazakh_table } else { russian_table };
        if let Some(known) = table.get(&text) {
            return *known;
        }
        table.insert(text.clone(), self.keys.len());
        if prefix {
            self.longest_prefix = self.longest_prefix.max(text.chars().count());
        }
        self.new_key(Key { text, prefix, kazakh, slips: true })
    }

    fn new_key(&mut self, key: Key) -> usize {
        self.keys.push(key);
        self.uses.push(Vec::new());
        self.keys.len() - 1
    }

    fn index_slips(&mut self) {
        for (id, key) in self.keys.iter().enumerate().filter(|(_, key)| key.slips) {
            let chars: Vec<char> = key.text.chars().collect();
            if chars.len() >= if key.prefix { SLIP_FROM_BEGINNING } else { SLIP_FROM } {
                for hash in slip_hashes(&chars) {
                    self.slips.entry(hash).or_default().push(id);
                }
            }
        }
    }

    /// The key of a whole word of a Russian line, given any Russian form of it.
    pub fn russian(&self, form: &str) -> Option<usize> {
        self.exact.first()?.get(form).copied()
    }

    /// The key of a whole word of a Kazakh line.
    pub fn kazakh(&self, form: &str) -> Option<usize> {
        self.exact.last()?.get(form).copied()
    }

    /// The key of this very form.
    pub fn form(&self, form: &str) -> Option<usize> {
        self.form.get(form).copied()
    }

    /// Keys a word begins with exactly this.
    pub fn beginning(&self, form: &str) -> impl Iterator<Item = usize> + '_ {
        let found = self.prefix.each_ref().map(|table| table.get(form).copied());
        found.into_iter().flatten()
    }

    /// Keys that may be within one slip of these letters; to be confirmed by distance.
    pub fn near(&self, chars: &[char]) -> impl Iterator<Item = usize> + '_ {
        slip_hashes(chars).into_iter().filter_map(|hash| self.slips.get(&hash)).flatten().copied()
    }

    pub fn route(&self, code: &str) -> Option<FlagRoute> {
        self.flags.iter().find(|(known, _)| known == code).map(|(_, route)| *route)
    }

    pub fn flag_order(&self, code: &str) -> usize {
        self.flags.iter().position(|(known, _)| known == code).unwrap_or(usize::MAX)
    }

    /// Flags that go with a category.
    pub fn forced_by(&self, category: &str) -> impl Iterator<Item = &str> {
        self.forced.iter().filter(move |(theme, _)| theme == category).filter_map(|(_, topic)| {
            match topic {
                Topic::Flag(flag) => self.flag_code(*flag),
                Topic::Category(_) => None,
            }
        })
    }

    pub fn flag_code(&self, at: usize) -> Option<&str> {
        self.flags.get(at).map(|(code, _)| code.as_str())
    }

    pub fn flags(&self) -> impl Iterator<Item = (&str, FlagRoute)> {
        self.flags.iter().map(|(code, route)| (code.as_str(), *route))
    }
}

/// A text parts words at hyphens too, so a term does.
fn words(term: &str) -> impl Iterator<Item = &str> {
    term.split(|c: char| c.is_whitespace() || c == '-').filter(|word| !word.is_empty())
}

/// The word itself and the word with each letter left out, hashed (FNV-1a).
fn slip_hashes(chars: &[char]) -> Vec<u64> {
    (0..=chars.len())
        .map(|left_out| {
            chars
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != left_out)
                .fold(0xcbf2_9ce4_8422_2325, |hash: u64, (_, c)| {
                    (hash ^ u64::from(*c)).wrapping_mul(0x0000_0100_0000_01b3)
                })
        })
        .collect()
}

pub(super) struct Line<'a> {
    pub code: &'a str,
    weight: f64,
    /// Language and the terms, parted by `|`.
    pub terms: (&'a str, &'a str),
}

/// Lines that carry something, with their numbers from 1.
pub(super) fn lines(table: &str) -> impl Iterator<Item = (usize, &str)> {
    table
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

pub(super) fn read_category(at: usize, line: &str) -> Result<Line<'_>, BadLine> {
    match line.split('\t').collect::<Vec<_>>().as_slice() {
        [code, lang @ ("ru" | "kk"), weight, terms] if !terms.trim().is_empty() => Ok(Line {
            code,
            weight: weight.parse().map_err(|_| BadLine(at))?,
            terms: (lang, terms),
        }),
        _ => Err(BadLine(at)),
    }
}

fn read_flag(at: usize, line: &str) -> Result<(FlagRoute, Line<'_>), BadLine> {
    let (route, rest) = line.split_once('\t').ok_or(BadLine(at))?;
    let route = match route {
        "emergency" => FlagRoute::Emergency,
        "register" => FlagRoute::Register,
        "closed_circle" => FlagRoute::ClosedCircle,
        "vulnerability" => FlagRoute::Vulnerability,
        _ => return Err(BadLine(at)),
    };
    match rest.split('\t').collect::<Vec<_>>().as_slice() {
        [code, lang @ ("ru" | "kk" | THEME), terms] if !terms.trim().is_empty() => {
            Ok((route, Line { code, weight: 1.0, terms: (lang, terms) }))
        }
        _ => Err(BadLine(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_line_reads_and_names_a_real_category() {
        for (at, line) in lines(CATEGORY_TERMS) {
            let line = read_category(at, line).unwrap();
            let category = Catalog::shipped().category(line.code);
            assert!(
                category.is_some_and(|category| category.level == 2),
                "line {at}: no category {}",
                line.code
            );
            assert!((0.1..=10.0).contains(&line.weight), "line {at}: weight");
        }
        for (at, line) in lines(FLAG_TERMS) {
            let (_, line) = read_flag(at, line).unwrap();
            let themes = (line.terms.0 == THEME).then(|| line.terms.1.split('|'));
            for theme in themes.into_iter().flatten() {
                assert!(Catalog::shipped().category(theme).is_some(), "line {at}: {theme}");
            }
        }
    }

    #[test]
    fn every_category_has_at_least_twelve_terms_in_each_language() {
        let mut counts: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for (at, line) in lines(CATEGORY_TERMS) {
            let line = read_category(at, line).unwrap();
            counts
                .entry((line.code, line.terms.0))
                .or_default()
                .extend(line.terms.1.split('|').map(str::trim));
        }
        for category in
            Catalog::shipped().categories().iter().filter(|category| category.level == 2)
        {
            for lang in ["ru", "kk"] {
                let count = counts.get(&(category.code.as_str(), lang)).map_or(0, BTreeSet::len);
                assert!(count >= 12, "{} {lang}: {count} terms", category.code);
            }
        }
    }

    #[test]
    fn beginnings_are_long_enough_to_mean_something() {
        for term in &LEXICON.terms {
            for key in term.words.iter().map(|word| &LEXICON.keys[*word]) {
                // Inside a phrase its neighbours make two letters safe: күйеуім ұр*.
                let least = if term.words.len() == 1 { 3 } else { 2 };
                assert!(key.text.chars().all(char::is_alphanumeric), "{}", key.text);
                assert!(!key.prefix || key.text.chars().count() >= least, "{}*", key.text);
            }
        }
        for term in &LEXICON.terms {
            assert!((1..=6).contains(&term.words.len()));
        }
    }

    #[test]
    fn a_flag_has_one_route() {
        let mut routes: BTreeMap<&str, FlagRoute> = BTreeMap::new();
        for (at, line) in lines(FLAG_TERMS) {
            let (route, line) = read_flag(at, line).unwrap();
            assert_eq!(*routes.entry(line.code).or_insert(route), route, "{}", line.code);
        }
    }

    #[test]
    fn a_broken_line_is_told() {
        assert_eq!(read_category(7, "ZKH-01\tde\t1\tx").map(|_| ()), Err(BadLine(7)));
        assert_eq!(read_category(8, "ZKH-01\tru\tmuch\tx").map(|_| ()), Err(BadLine(8)));
        assert_eq!(read_flag(9, "urgent\tgas\tru\tx").map(|_| ()), Err(BadLine(9)));
    }
}
