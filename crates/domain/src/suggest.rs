//! From a person's own words to categories, competent bodies and red flags, with the words that led there.
//!
//! A rule model: a lexicon of stems and phrases in `data/`, no learning, no network. It proposes, the officer
//! chooses; a suggestion never blocks anything.

mod lexicon;
mod matching;

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Category};
use crate::text::tokens;
use lexicon::LEXICON;
use matching::{Found, Utf16};

/// Longer texts are judged by their beginning, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// How many categories are offered.
const OFFERED: usize = 5;
/// How often a body must have accepted before the desk's own practice speaks.
const PRACTICE: u32 = 3;

/// What this station's own cases say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct History {
    /// Where referrals of a category went and how that ended.
    pub routes: Vec<PastRoute>,
    /// How often a category was chosen lately; only breaks near ties.
    pub categories: Vec<PastCategory>,
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
    /// 0 to 1; comparable between hits of one text, not a probability.
    pub score: f64,
    /// The words, in the order of the text.
    pub why: Vec<WhyWord>,
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
}

/// A suggested body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AgencyHit {
    /// Agency code.
    pub code: String,
    /// Why.
    pub why: AgencyWhy,
    /// For which category.
    pub category: String,
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
    let tokens = tokens(text);
    let found = matching::find(&LEXICON, text, &tokens);
    let utf16 = Utf16::of(text);
    let why = |found: &Found| utf16.words(text, &tokens, &found.tokens);

    let mut hits: Vec<(f64, CategoryHit)> = found
        .categories
        .iter()
        .filter(|hit| catalog.category(&hit.code).is_some())
        .map(|hit| {
            let score = 1.0 - (-hit.weight / 5.0).exp();
            let rank = hit.weight * (1.0 + prior(history, &hit.code));
            (rank, CategoryHit { code: hit.code.clone(), score, why: why(hit) })
        })
        .collect();
    hits.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.code.cmp(&b.1.code)));
    hits.truncate(OFFERED);
    let categories: Vec<CategoryHit> = hits.into_iter().map(|(_, hit)| hit).collect();

    let mut red_flags: Vec<RedFlagHit> = found
        .flags
        .iter()
        .filter_map(|flag| {
            Some(RedFlagHit {
                code: flag.code.clone(),
                route: LEXICON.route(&flag.code)?,
                words: why(flag),
            })
        })
        .collect();
    red_flags.sort_by_key(|flag| LEXICON.flag_order(&flag.code));
    Suggestion { agencies: agencies(catalog, &categories, history), categories, red_flags }
}

/// Every red flag code with its route, most urgent first: the text catalogues name each of them.
pub fn red_flag_codes() -> impl Iterator<Item = (&'static str, FlagRoute)> {
    LEXICON.flags()
}

/// A nudge of at most 5 % for what this station meets often.
fn prior(history: &History, code: &str) -> f64 {
    let all: u32 = history.categories.iter().map(|past| past.count).fold(0, u32::saturating_add);
    let this: u32 = history
        .categories
        .iter()
        .filter(|past| past.category == code)
        .map(|past| past.count)
        .fold(0, u32::saturating_add);
    if all == 0 { 0.0 } else { 0.05 * f64::from(this) / f64::from(all) }
}

/// Bodies of the first category in full; of close followers only the first body.
fn agencies(catalog: &Catalog, categories: &[CategoryHit], history: &History) -> Vec<AgencyHit> {
    let mut hits: Vec<AgencyHit> = Vec::new();
    let best = categories.first().map_or(0.0, |hit| hit.score);
    for (place, hit) in categories.iter().enumerate().filter(|(_, hit)| hit.score >= best * 0.6) {
        let Some(category) = catalog.category(&hit.code) else { continue };
        let take = if place == 0 { usize::MAX } else { 1 };
        for agency in bodies(catalog, category, history).into_iter().take(take) {
            if !hits.iter().any(|known| known.code == agency.code) {
                hits.push(agency);
            }
        }
    }
    hits
}

/// The catalogue's order, changed only by what bodies themselves did: one that keeps sending such matters
/// back goes to the end, one that keeps accepting them joins.
fn bodies(catalog: &Catalog, category: &Category, history: &History) -> Vec<AgencyHit> {
    let hit =
        |code: &str, why| AgencyHit { code: code.to_owned(), why, category: category.code.clone() };
    let mut hits: Vec<AgencyHit> =
        category.agency_primary.iter().map(|code| hit(code, AgencyWhy::Primary)).collect();
    hits.extend(category.agency_secondary.iter().map(|code| hit(code, AgencyWhy::Secondary)));
    let past = |code: &str| {
        let routes = history
            .routes
            .iter()
            .filter(|route| route.category == category.code && route.agency == code);
        routes.fold((0u32, 0u32), |sum, route| {
            (sum.0.saturating_add(route.accepted), sum.1.saturating_add(route.rejected))
        })
    };
    let mut practised: Vec<(u32, &str)> = history
        .routes
        .iter()
        .filter(|route| {
            route.category == category.code && hits.iter().all(|hit| hit.code != route.agency)
        })
        .filter(|route| {
            route.accepted >= PRACTICE
                && route.accepted > route.rejected
                && catalog.agency(&route.agency).is_some()
        })
        .map(|route| (route.accepted, route.agency.as_str()))
        .collect();
    practised.sort_by(|a, b| b.cmp(a));
    hits.extend(practised.into_iter().map(|(_, code)| hit(code, AgencyWhy::History)));
    hits.sort_by_key(|hit| {
        let (accepted, rejected) = past(&hit.code);
        rejected >= PRACTICE && rejected > accepted
    });
    hits
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
