//! What the model sees of a text: its words by stem, runs of letters that survive endings and slips, and the
//! classes of kin words: mittens, a blanket and a visible breath tell of cold, though none of them names it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use super::lexicon::lines;
use crate::text::{Token, folded_words, skeleton, stem_ru};

/// Russian words of every matter: greetings, requests, addresses, small words.
pub(super) const EVERYDAY_WORDS: &str = include_str!("../../data/everyday.txt");

/// The same as folded.
static EVERYDAY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    EVERYDAY_WORDS.lines().filter(|line| !line.starts_with('#')).flat_map(folded_words).collect()
});

/// Classes of words met in one scene, in both languages.
pub(super) const KIN_WORDS: &str = include_str!("../../data/kin.tsv");

/// Beginnings of words as folded, with the classes they belong to.
static KIN: LazyLock<HashMap<String, Vec<&str>>> = LazyLock::new(|| {
    let mut kin: HashMap<String, Vec<&str>> = HashMap::new();
    for (_, line) in lines(KIN_WORDS) {
        let mut cells = line.split('\t');
        let (Some(class), Some(beginnings)) = (cells.next(), cells.nth(1)) else { continue };
        for beginning in folded_words(beginnings) {
            let classes = kin.entry(beginning).or_default();
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
    }
    kin
});

/// A beginning of so many letters fits any word; a shorter one fits only words hardly longer than itself.
const KIN_FROM: usize = 4;
/// The longest word that a shorter beginning fits.
const KIN_SHORT: usize = 5;
/// What a class counts for beside a whole word: this power of how many different words of it are met.
const KIN_POWER: f64 = 0.8;
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
    // Class: the different beginnings met, and the first word.
    let mut classes: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.folded.chars().all(|c| c.is_ascii_digit()) {
            // A number names a flat or a phone, not a trouble.
            continue;
        }
        let everyday = EVERYDAY.contains(&token.folded);
        let worth = if everyday { EVERYDAY_WORTH } else { 1.0 };
        for (beginning, class) in (!everyday).then(|| kin(&token.folded)).into_iter().flatten() {
            classes.entry(class).or_insert((BTreeSet::new(), at)).0.insert(beginning);
        }
        for stem in [stem_ru(&token.folded), token.stem_kk.clone()] {
            see(hash('w', skeleton(&stem).chars()), worth, true, at);
        }
        let bones: Vec<char> =
            std::iter::once('^').chain(skeleton(&token.folded).chars()).chain(['$']).collect();
        for run in RUNS.flat_map(|len| bones.windows(len)) {
            see(hash('r', run.iter().copied()), RUN_WORTH * worth, false, at);
        }
    }
    for (class, (met, at)) in classes {
        see(hash('k', class.chars()), f64::powf(met.len() as f64, KIN_POWER), false, at);
    }
    all
}

/// The classes of a word by the longest beginning that fits it.
fn kin(folded: &str) -> impl Iterator<Item = (&str, &'static str)> {
    let letters = folded.chars().count();
    let ends = folded.char_indices().map(|(at, c)| at + c.len_utf8()).enumerate();
    let fits = |len: usize| len >= KIN_FROM || len == letters || letters <= KIN_SHORT;
    let longest = ends
        .filter(|(before, _)| fits(before + 1))
        .filter_map(|(_, end)| folded.get(..end))
        .filter_map(|beginning| Some((beginning, KIN.get(beginning)?)))
        .last();
    longest
        .into_iter()
        .flat_map(|(beginning, classes)| classes.iter().map(move |class| (beginning, *class)))
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

    /// The class joins words of both languages that share no letter run.
    #[test]
    fn words_of_one_scene_are_kin_though_they_share_no_letter() {
        let shared = |a: &str, b: &str| {
            let of = |text| features(&tokens(text)).iter().map(|f| f.hash).collect::<BTreeSet<_>>();
            of(a).intersection(&of(b)).count()
        };
        assert_eq!(shared("варежки", "пуховик"), 1);
        assert_eq!(shared("варежках", "қолғаппен"), 1);
        assert_eq!(shared("варежки", "собака"), 0);
        // The longest beginning counts: a fridge is no cold room, though its name begins with freezing.
        let classes = |word: &str| {
            tokens(word)
                .iter()
                .flat_map(|t| kin(&t.folded).map(|k| k.1).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        assert_eq!(classes("тоңазытқыш"), ["electric"]);
        assert!(classes("тоңып").contains(&"cold"));
        // Kin are no words a past case is likened by.
        assert!(features(&tokens("варежки")).iter().all(|f| !f.word || f.value >= 1.0));
        // Two different words of a class say more than one, the same word twice does not.
        let most = |text: &str| features(&tokens(text)).iter().map(|f| f.value).fold(0.0, f64::max);
        assert!(most("варежки и плед") > most("варежки") && most("плед плед") <= most("плед"));
    }

    #[test]
    fn every_line_of_kin_reads() {
        for (at, line) in lines(KIN_WORDS) {
            let cells: Vec<_> = line.split('\t').collect();
            let [_, "ru" | "kk", words] = cells.as_slice() else { panic!("line {at}") };
            for word in folded_words(words) {
                assert!(
                    word.chars().count() >= 3 && !EVERYDAY.contains(&word),
                    "line {at}: {word}"
                );
            }
        }
    }

    #[test]
    fn a_thing_is_seen_once_and_numbers_are_not() {
        let twice = features(&tokens("свет свет 87011234567"));
        assert_eq!(twice, features(&tokens("свет")));
        assert!(features(&tokens("12 45")).is_empty());
    }
}
