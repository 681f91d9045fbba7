//! From a person's own words to categories, competent bodies and red flags, with the words that led there.
//!
//! Two halves, both shipped in `data/`, no network: a lexicon of stems and phrases with weights, and a linear
//! model learnt from labelled texts ([`learn`]). It proposes, the officer chooses; a suggestion never blocks
//! anything.

mod bodies;
mod features;
pub mod learn;
mod lexicon;
mod matching;
mod model;
mod practice;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::text::{Token, tokens_as_meant};
pub use bodies::{bodies, bodies_of, chosen, join};
use learn::softmax;
use lexicon::LEXICON;
use matching::{Found, Utf16};
use model::{MODEL, Reading};
use practice::practice;

/// Longer texts are judged by their beginning, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// How many categories are offered.
const OFFERED: usize = 5;
/// A category less likely than this is not offered.
const LEAST_SCORE: f64 = 0.005;
/// What a unit of the lexicon's weight counts for beside the model's.
const LEXICON_WORTH: f64 = 0.15;
/// Without a word of the lexicon the model must know this part of the text…
const LEAST_KNOWN: f64 = 0.3;
/// …and its best category must reach this share; else saying nothing is more honest.
const LEAST_SURE: f64 = 0.12;
/// A word decided when it spoke for this share of what the strongest word did.
const SPOKE: f64 = 0.3;
/// A category of this share forces the flags that go with it.
const FORCES: f64 = 0.45;
/// Where life or limb is at stake a weaker suspicion is told too: silence there is worse than a needless word.
const FORCES_LIFE: f64 = 0.3;
/// The flags of life and limb.
const LIFE: [&str; 6] = ["gas", "suicide", "child_danger", "missing", "violence", "threat"];

/// What this station's own cases say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct History {
    /// Where referrals of a category went and how that ended.
    pub routes: Vec<PastRoute>,
    /// How often a category was chosen lately; only breaks near ties.
    pub categories: Vec<PastCategory>,
    /// Cases with the category that was settled on: what was corrected once is remembered.
    pub cases: Vec<PastCase>,
}

/// A case of this station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PastCase {
    /// Category code in force.
    pub category: String,
    /// The first words of the person.
    pub title: String,
}

/// Referrals of one category to one body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PastRoute {
    /// Category code.
    pub category: String,
    /// Agency code.
    pub agency: String,
    /// Accepted by the body.
    pub accepted: u32,
    /// Sent back as not theirs.
    pub rejected: u32,
}

/// How often a category was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PastCategory {
    /// Category code.
    pub category: String,
    /// Cases.
    pub count: u32,
}

/// A word of the text that spoke for a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct WhyWord {
    /// As the person wrote it.
    pub word: String,
    /// First byte in the text (UTF-8).
    pub start: usize,
    /// Byte after the last (UTF-8).
    pub end: usize,
    /// The same in UTF-16 units, as JavaScript counts.
    pub start_utf16: usize,
    /// The same in UTF-16 units.
    pub end_utf16: usize,
}

/// A suggested category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct CategoryHit {
    /// Category code.
    pub code: String,
    /// 0 to 1: the share of the evidence; all categories of a text together make 1.
    pub score: f64,
    /// The words, in the order of the text.
    pub why: Vec<WhyWord>,
    /// Cases of this station told in like words that ended in this category.
    #[serde(default)]
    pub similar: u32,
}

/// Why a body is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AgencyWhy {
    /// The catalogue names it first for the category.
    Primary,
    /// The catalogue names it as helping.
    Secondary,
    /// It accepted such matters from this station before.
    History,
    /// The officer chose it himself.
    Chosen,
}

/// What a body answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Territory {
    /// One building: found by its address.
    Building,
    /// A district of the city.
    District,
    /// The city.
    City,
    /// The region.
    Region,
    /// The country.
    Republic,
}

impl Territory {
    /// By [`crate::catalog::Agency::level`]; none for another word.
    #[must_use]
    pub fn from_level(level: &str) -> Option<Self> {
        Some(match level {
            "building" => Self::Building,
            "district" => Self::District,
            "city" => Self::City,
            "region" => Self::Region,
            "republic" => Self::Republic,
            _ => return None,
        })
    }
}

/// A suggested body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AgencyHit {
    /// Agency code.
    pub code: String,
    /// Why.
    pub why: AgencyWhy,
    /// For which category; empty where none was named.
    pub category: String,
    /// Requests of this category from this station it accepted lately.
    pub accepted: u32,
    /// Those it sent back.
    pub rejected: u32,
    /// It sent back two or more, and more than it accepted: it stands lower.
    pub returns: bool,
    /// What it answers for.
    pub territory: Option<Territory>,
}

/// What a red flag asks the desk to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FlagRoute {
    /// Call first, record later.
    Emergency,
    /// A sign of crime: КУИ first.
    Register,
    /// An officer or a bribe: restricted circle.
    ClosedCircle,
    /// Somebody who needs more care: act sooner, ask more.
    Vulnerability,
}

/// A red flag found in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RedFlagHit {
    /// Text key: one of [`red_flag_codes`].
    pub code: String,
    /// What it asks for.
    pub route: FlagRoute,
    /// The words, in the order of the text.
    pub words: Vec<WhyWord>,
}

/// Everything suggested for a text, best first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ts_rs::TS)]
pub struct Suggestion {
    /// At most five.
    pub categories: Vec<CategoryHit>,
    /// Bodies for the best categories.
    pub agencies: Vec<AgencyHit>,
    /// Red flags, most urgent first.
    pub red_flags: Vec<RedFlagHit>,
}

/// Reads a text. Categories and agencies the catalogue does not hold are left out. Pure and total: any text
/// is fine, only the first [`MAX_TEXT`] bytes are read.
///
/// ```
/// use esik_domain::{catalog::Catalog, suggest::{History, suggest}};
/// let got = suggest(Catalog::shipped(), "Второй день нет отопления", &History::default());
/// assert_eq!(got.categories[0].code, "ZKH-01");
/// assert_eq!(got.agencies[0].code, "E-HEA");
/// ```
#[must_use]
pub fn suggest(catalog: &Catalog, text: &str, history: &History) -> Suggestion {
    let text = text.get(..floor_boundary(text, MAX_TEXT)).unwrap_or_default();
    let tokens = tokens_as_meant(text);
    let found = matching::find(&LEXICON, text, &tokens);
    let utf16 = Utf16::of(text);
    let why = |at: &BTreeSet<usize>| utf16.words(text, &tokens, at);
    let categories = categories(catalog, &tokens, &found.categories, history)
        .into_iter()
        .map(|hit| CategoryHit {
            why: why(&hit.words),
            code: hit.code,
            score: hit.score,
            similar: hit.similar,
        })
        .collect::<Vec<_>>();

    let mut red_flags: Vec<RedFlagHit> = found
        .flags
        .iter()
        .map(|flag| (flag.code.clone(), why(&flag.tokens)))
        .chain(forced(&categories, &found))
        .filter_map(|(code, words)| Some(RedFlagHit { route: LEXICON.route(&code)?, code, words }))
        .collect();
    red_flags.sort_by_key(|flag| LEXICON.flag_order(&flag.code));
    Suggestion { agencies: bodies_of(catalog, &categories, history, true), categories, red_flags }
}

/// Flags that go with a likely category though none of their words stands in the text: people speak sideways
/// of what hurts. Not those the text itself denies.
fn forced(categories: &[CategoryHit], found: &matching::All) -> Vec<(String, Vec<WhyWord>)> {
    let mut flags: Vec<(String, Vec<WhyWord>)> = Vec::new();
    let forces = |hit: &CategoryHit, code: &str| {
        hit.score >= if LIFE.contains(&code) { FORCES_LIFE } else { FORCES }
    };
    for hit in categories {
        for code in LEXICON.forced_by(&hit.code).filter(|code| forces(hit, code)) {
            // Words that name the danger say better what to do than a theme that guesses it.
            let named = |flag: &Found| {
                let route = LEXICON.route(&flag.code);
                route == Some(FlagRoute::Emergency) && route == LEXICON.route(code)
            };
            let told = found.flags.iter().any(|flag| flag.code == code || named(flag))
                || found.denied.iter().any(|denied| denied == code)
                || flags.iter().any(|(known, _)| known == code);
            if !told {
                flags.push((code.to_owned(), hit.why.clone()));
            }
        }
    }
    flags
}

/// Every red flag code with its route, most urgent first: the text catalogues name each of them.
pub fn red_flag_codes() -> impl Iterator<Item = (&'static str, FlagRoute)> {
    LEXICON.flags()
}

/// A category before its words are placed in the text.
struct Ranked {
    code: String,
    score: f64,
    words: BTreeSet<usize>,
    similar: u32,
}

/// Categories with their score and the words that decided, best first.
fn categories(
    catalog: &Catalog,
    tokens: &[Token],
    found: &[Found],
    history: &History,
) -> Vec<Ranked> {
    let seen = features::features(tokens);
    let reading = MODEL.weigh(&seen);
    let practised = practice(&seen, &history.cases);
    let silent = found.is_empty() && practised.is_empty();
    if silent && reading.known < LEAST_KNOWN {
        return Vec::new();
    }
    let of_lexicon = |code: &str| found.iter().find(|found| found.code == code);
    let codes = || MODEL.codes.iter().enumerate();
    let mut shares: Vec<f64> = codes()
        .map(|(at, code)| {
            let learnt = reading.scores.get(at).copied().unwrap_or_default();
            let listed = of_lexicon(code).map_or(0.0, |found| found.weight);
            let local = practised.get(code.as_str()).map_or(0.0, |practice| practice.worth());
            learnt + LEXICON_WORTH * listed + local + prior(history, code)
        })
        .collect();
    softmax(&mut shares);
    let mut hits: Vec<(usize, &String, f64)> = codes()
        .zip(shares)
        .map(|((at, code), share)| (at, code, share))
        .filter(|(_, code, share)| *share >= LEAST_SCORE && catalog.category(code).is_some())
        .collect();
    hits.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.1.cmp(b.1)));
    hits.truncate(OFFERED);
    if silent && hits.first().is_none_or(|hit| hit.2 < LEAST_SURE) {
        return Vec::new();
    }
    hits.into_iter()
        .map(|(at, code, share)| {
            let mut words = decisive(&reading, at);
            words.extend(of_lexicon(code).into_iter().flat_map(|found| &found.tokens));
            let similar = practised.get(code.as_str()).map_or(0, |practice| practice.cases);
            Ranked { code: code.clone(), score: share, words, similar }
        })
        .collect()
}

/// The words that spoke most for a category in the model.
fn decisive(reading: &Reading, category: usize) -> BTreeSet<usize> {
    let words = MODEL.words(reading, category);
    let most = words.iter().map(|(_, spoke)| *spoke).fold(0.0, f64::max);
    words
        .into_iter()
        .filter(|(_, spoke)| *spoke > 0.0 && *spoke >= most * SPOKE)
        .map(|(at, _)| at)
        .collect()
}

/// A nudge for what this station meets often: it breaks near ties and no more.
fn prior(history: &History, code: &str) -> f64 {
    let all: u32 = history.categories.iter().map(|past| past.count).fold(0, u32::saturating_add);
    let this: u32 = history
        .categories
        .iter()
        .filter(|past| past.category == code)
        .map(|past| past.count)
        .fold(0, u32::saturating_add);
    if all == 0 { 0.0 } else { 0.2 * f64::from(this) / f64::from(all) }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
