//! Texts on paper: the bilingual pair, and making what people typed printable without losing it.

use serde::{Deserialize, Serialize};

use crate::world::can_print;

/// One text in both languages of the state bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct L10nPair {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
}

impl L10nPair {
    /// A pair of `kk` and `ru`.
    pub fn new(kk: impl Into<String>, ru: impl Into<String>) -> Self {
        Self { kk: kk.into(), ru: ru.into() }
    }

    /// True when neither language says anything.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.kk.trim().is_empty() && self.ru.trim().is_empty()
    }

    /// Both sides printable; a side that is empty takes the other's text, so that no block stays blank.
    pub(crate) fn printable(&self) -> Self {
        let (kk, ru) = (one_line(&self.kk), one_line(&self.ru));
        match (kk.is_empty(), ru.is_empty()) {
            (true, false) => Self { kk: ru.clone(), ru },
            (false, true) => Self { ru: kk.clone(), kk },
            _ => Self { kk, ru },
        }
    }
}

/// Longest run without a space that is left alone; longer ones get invisible break marks.
/// The longest real word of our agency names is 18 letters.
const LONGEST_WORD: usize = 22;

/// Where a run that is too long may break, counted in characters.
const BREAK_EVERY: usize = 11;

/// `text` on one line: white space becomes single spaces, the rest as in [`printable`].
pub(crate) fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `text` as paragraphs: empty lines are dropped, the rest as in [`one_line`].
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(one_line).filter(|line| !line.is_empty()).collect()
}

/// `text` with every character the bundled fonts can draw.
///
/// A character they lack (emoji, another script) becomes U+FFFD, because a coupon must be given at once
/// and PDF/A refuses a glyph that is not there. Control and direction characters are dropped: they could
/// make a paper read otherwise than it was typed. Runs too long for a line get zero-width spaces.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    let long: Vec<bool> = text
        .split(' ')
        .flat_map(|word| {
            let n = word.chars().count();
            std::iter::repeat_n(n > LONGEST_WORD, n + 1)
        })
        .collect();
    for (c, in_long) in text.chars().zip(long) {
        if c == ' ' {
            run = 0;
            out.push(c);
            continue;
        }
        if c.is_control() || is_invisible(c) {
            continue;
        }
        if in_long && run == BREAK_EVERY {
            out.push('\u{200b}');
            run = 0;
        }
        run += 1;
        out.push(if can_print(c) { c } else { '\u{fffd}' });
    }
    out
}

/// Joiners, direction marks, variation selectors and the byte order mark: they draw nothing of their own.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_stay_as_they_are() {
        for said in [
            "Тұрғын үй-коммуналдық шаруашылық бөлімі",
            "«Жасыл ел» ЖШС, №5 \"үй\"",
            "a\\b $x$ *y* _z_ #panic()",
        ] {
            assert_eq!(one_line(said), said);
        }
    }

    #[test]
    fn nothing_invisible_or_undrawable_reaches_the_paper() {
        assert_eq!(one_line("а\u{202e}б\u{0}в\n г\t д"), "абв г д");
        assert_eq!(one_line("үй 🏠 家"), "үй \u{fffd} \u{fffd}");
    }

    #[test]
    fn a_word_without_end_can_break_and_loses_nothing() {
        let word = "қ".repeat(100);
        let made = one_line(&format!("бір {word} екі"));
        assert!(made.split([' ', '\u{200b}']).all(|part| part.chars().count() <= LONGEST_WORD));
        assert_eq!(made.replace('\u{200b}', ""), format!("бір {word} екі"));
    }

    #[test]
    fn a_missing_side_takes_the_other() {
        let pair = L10nPair::new("", " суд ").printable();
        assert_eq!(pair, L10nPair::new("суд", "суд"));
        assert!(L10nPair::new(" ", "\n").is_blank());
    }
}
