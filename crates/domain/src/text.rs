//! Words as people type them in Kazakh and Russian: one folded form for whatever keyboard, script or
//! spelling they used, so that Nurlan, Нурлан and Нұрлан meet (`domain.md` §4.4, `dependencies.md` §2).

mod folding;
mod layout;
mod stemming;

use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

pub use folding::{fold, skeleton};
pub use layout::wrong_layout;
pub use stemming::{stem, stem_kk, stem_ru};

/// Raised whenever folding, stems or [`search_terms`] change: an index of an older version is rebuilt.
/// The stemmer crate is pinned exactly because a newer one changes stems too.
pub const INDEX_VERSION: u32 = 1;

/// A word of a text with where it stands and the forms it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in the original text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The word folded.
    pub folded: String,
    /// Its most likely stem.
    pub stem: String,
    /// Its stem if it is Kazakh: loan words take Kazakh endings, so both are kept.
    pub stem_kk: String,
}

/// Cleans what was typed or pasted without changing what it says: composed letters (a decomposed й is
/// repaired), no control or invisible signs but line feed and tab, every kind of space a plain one.
///
/// ```
/// assert_eq!(esik_domain::text::normalize_input("и\u{306}од\u{a0}1\r\n"), "йод 1\n");
/// ```
#[must_use]
pub fn normalize_input(text: &str) -> String {
    let mut chars = text.chars().peekable();
    let mut clean = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => clean.push(c),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => clean.push('\n'),
            c if c.is_control() || is_invisible(c) => {}
            c if c.is_whitespace() => clean.push(' '),
            c => clean.push(c),
        }
    }
    clean.nfc().collect()
}

/// Composes every text inside a value (NFC) and changes nothing else: letters pasted from a scanned paper are often
/// taken apart, and an event may not hold such.
pub fn compose(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::String(text) if !unicode_normalization::is_nfc(text) => {
            *text = text.nfc().collect();
        }
        Value::Array(list) => list.iter_mut().for_each(compose),
        Value::Object(map) => map.values_mut().for_each(compose),
        _ => {}
    }
}

/// Longest headline, in characters.
const HEADLINE_CHARS_MAX: usize = 90;

/// The first sentence of what somebody said, in one line of at most 90 characters.
#[must_use]
pub fn headline(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence =
        line.split_inclusive(['.', '!', '?']).next().unwrap_or(&line).trim_end_matches('.');
    let mut out: String = sentence.chars().take(HEADLINE_CHARS_MAX).collect();
    if sentence.chars().count() > HEADLINE_CHARS_MAX {
        if let Some(cut) = out.rfind(' ') {
            out.truncate(cut);
        }
        out.push('…');
    }
    out
}

/// Signs that carry no text: soft hyphen, zero-width signs, direction marks, byte-order mark, specials.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The words of a text in order. A word is a run of letters and digits; marks that combine with a letter
/// and invisible signs inside it belong to it.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    words(text)
        .map(|(start, end)| {
            let folded = folding::fold_word(text.get(start..end).unwrap_or_default());
            Token { start, end, stem: stem(&folded), stem_kk: stem_kk(&folded), folded }
        })
        .filter(|token| !token.folded.is_empty())
        .collect()
}

/// The words of a text folded, in order; what [`tokens`] finds, without stems.
pub fn folded_words(text: &str) -> impl Iterator<Item = String> + '_ {
    words(text)
        .map(|(start, end)| folding::fold_word(text.get(start..end).unwrap_or_default()))
        .filter(|word| !word.is_empty())
}

/// The words of a text with the keyboard layout put right; their places are those in the text as typed, so a
/// word that parts in two when put right has one place twice.
#[must_use]
pub fn tokens_as_meant(text: &str) -> Vec<Token> {
    let Some(chunks) = layout::chunks_as_meant(text) else { return tokens(text) };
    let mut all = Vec::new();
    let mut from = 0;
    for (typed, meant) in chunks {
        let end = from + typed.trim_end().len();
        let same = typed == meant;
        all.extend(tokens(&meant).into_iter().map(|token| {
            let (start, end) =
                if same { (from + token.start, from + token.end) } else { (from, end) };
            Token { start, end, ..token }
        }));
        from += typed.len();
    }
    all
}

/// Byte ranges of words.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let start = from + rest.find(char::is_alphanumeric)?;
        let tail = text.get(start..)?;
        let len = tail.find(|c| !is_word_char(c)).unwrap_or(tail.len());
        from = start + len;
        Some((start, from))
    })
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric()
        || unicode_normalization::char::is_combining_mark(c)
        || is_invisible(c)
        || c == '\u{200d}'
}

/// What goes into the full-text index for a text: every word folded, its stems and its sound skeleton,
/// each once, in order of first appearance.
#[must_use]
pub fn search_terms(text: &str) -> String {
    Terms::default().of(text)
}

/// [`search_terms`] of many texts: the forms of a word are worked out where it first appears, for most
/// words of a text stood in another one before. Grows with the words it meets; kept for a batch.
#[derive(Debug, Default)]
pub struct Terms {
    forms: HashMap<String, Vec<String>>,
}

impl Terms {
    /// The terms of one more text.
    #[must_use]
    pub fn of(&mut self, text: &str) -> String {
        let words: Vec<&str> =
            words(text).filter_map(|(start, end)| text.get(start..end)).collect();
        for word in &words {
            if !self.forms.contains_key(*word) {
                let forms = tokens(word).iter().flat_map(forms).collect();
                self.forms.insert((*word).to_owned(), forms);
            }
        }
        let mut seen = HashSet::new();
        let mut terms = String::with_capacity(text.len() * 2);
        for term in words.iter().filter_map(|w| self.forms.get(*w)).flatten() {
            if seen.insert(term.as_str()) {
                if !terms.is_empty() {
                    terms.push(' ');
                }
                terms.push_str(term);
            }
        }
        terms
    }
}

/// For each word of a query every form worth looking up, likeliest first: folded, stems, skeleton, and the
/// same of the word as it reads with the keyboard layout put right. A document matches a word when its
/// [`search_terms`] hold any of the forms.
#[must_use]
pub fn query_words(query: &str) -> Vec<Vec<String>> {
    let repaired = wrong_layout(query).map(|text| tokens(&text)).unwrap_or_default();
    let typed = tokens(query);
    let aligned = repaired.len() == typed.len();
    let mut words: Vec<Vec<String>> = typed.iter().map(|token| dedup(forms(token))).collect();
    if aligned {
        for (word, token) in words.iter_mut().zip(&repaired) {
            word.extend(forms(token));
            *word = dedup(std::mem::take(word));
        }
    } else if !repaired.is_empty() {
        // Signs such as `;` and `[` are letters in the other layout, so words may part elsewhere.
        words = repaired.iter().map(|token| dedup(forms(token))).collect();
    }
    words
}

fn forms(token: &Token) -> Vec<String> {
    let mut forms = vec![token.folded.clone(), token.stem.clone(), token.stem_kk.clone()];
    if !token.folded.bytes().any(|byte| byte.is_ascii_digit()) {
        forms.push(skeleton(&token.folded));
    }
    forms.extend(nominative(&token.folded));
    forms.retain(|form| !form.is_empty());
    forms
}

/// Street and given names in й lose it in Russian cases, and no stemmer finds them again: Абая is Абай.
fn nominative(folded: &str) -> Option<String> {
    let root = ["я", "ю", "ем"].iter().find_map(|ending| folded.strip_suffix(ending))?;
    let name = (3..=6).contains(&root.chars().count()) && root.ends_with(['а', 'е', 'о', 'у']);
    name.then(|| format!("{root}й"))
}

fn dedup(forms: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    forms.into_iter().filter(|form| seen.insert(form.clone())).collect()
}
