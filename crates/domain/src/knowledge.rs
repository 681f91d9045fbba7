//! What an officer may look up and cite: advice cards and the directory of services, offline, with versions.
//!
//! Nothing shipped claims to have been confirmed: a card or an entry is confirmed by a person, on a day,
//! and grows stale (`domain.md` §8, quarterly check).

use crate::catalog::{Agency, Catalog, Category, L10n};
use crate::ids::{AgencyCode, CategoryCode};
use crate::text::{query_words, search_terms};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Days after which an entry has to be confirmed again: a quarter.
pub const FRESH_DAYS: i64 = 92;

/// A card as it was cited: kept with the advice, so that it is known for ever what was said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct CardRef {
    pub code: String,
    pub version: u32,
}

/// What to say and do about one kind of trouble.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Never reused or renamed: advice carries it.
    pub code: String,
    /// Raised with every changed word.
    pub version: u32,
    pub categories: Vec<CategoryCode>,
    pub title: L10n,
    /// What to tell the person; this is what a citation puts in.
    pub say: L10n,
    pub steps: Vec<L10n>,
    pub papers: L10n,
    pub ground: L10n,
    /// Last day somebody confirmed it; none = nobody has.
    pub confirmed: Option<NaiveDate>,
}

/// A service in the fields of HSDS.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub agency: AgencyCode,
    pub version: u32,
    pub eligibility: L10n,
    pub papers: L10n,
    pub hours: L10n,
    pub area: L10n,
    /// A text, never a number this program invented.
    pub phone: L10n,
    /// Last day somebody confirmed it; none = nobody has.
    pub confirmed: Option<NaiveDate>,
}

static CARDS: LazyLock<Vec<Card>> = LazyLock::new(|| {
    let rich: Vec<Card> =
        serde_json::from_str(include_str!("../data/knowledge/cards.json")).unwrap_or_default();
    let hints = Catalog::shipped().categories().iter().filter_map(hint);
    rich.iter().cloned().chain(hints).collect()
});

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let known: Vec<Service> =
        serde_json::from_str(include_str!("../data/knowledge/services.json")).unwrap_or_default();
    let bare = |a: &Agency| Service {
        agency: AgencyCode(a.code.clone()),
        version: 1,
        eligibility: L10n::default(),
        papers: L10n::default(),
        hours: L10n::default(),
        area: L10n::default(),
        phone: L10n::default(),
        confirmed: None,
    };
    Catalog::shipped()
        .agencies()
        .iter()
        .filter(|a| !a.internal)
        .map(|a| known.iter().find(|s| s.agency.0 == a.code).cloned().unwrap_or_else(|| bare(a)))
        .collect()
});

/// A category's own hint as a card, so that every theme has one.
fn hint(c: &Category) -> Option<Card> {
    (!c.advise.ru.is_empty()).then(|| Card {
        code: format!("hint-{}", c.code),
        version: 1,
        categories: vec![CategoryCode(c.code.clone())],
        title: c.name.clone(),
        say: c.advise.clone(),
        steps: vec![c.ask.clone()],
        papers: L10n::default(),
        ground: L10n::default(),
        confirmed: None,
    })
}

/// All cards, the written ones first, then a hint for every theme.
#[must_use]
pub fn cards() -> &'static [Card] {
    &CARDS
}

/// The directory: every body outside the police.
#[must_use]
pub fn services() -> &'static [Service] {
    &SERVICES
}

/// A card by its reference; `None` when this program ships another version.
#[must_use]
pub fn card(of: &CardRef) -> Option<&'static Card> {
    cards().iter().find(|c| c.code == of.code && c.version == of.version)
}

/// Cards of one theme, the written ones first.
#[must_use]
pub fn of_category(category: &str) -> Vec<&'static Card> {
    cards().iter().filter(|c| c.categories.iter().any(|x| x.as_str() == category)).collect()
}

/// Has it to be confirmed again (or for the first time)?
#[must_use]
pub fn stale(confirmed: Option<NaiveDate>, today: NaiveDate) -> bool {
    confirmed.is_none_or(|day| (today - day).num_days() > FRESH_DAYS)
}

/// Cards that hold every word of the query, in any of its forms; all of them for an empty one.
#[must_use]
pub fn find_cards(query: &str) -> Vec<&'static Card> {
    static TERMS: LazyLock<Vec<Terms>> =
        LazyLock::new(|| cards().iter().map(|c| terms(&card_text(c))).collect());
    cards().iter().zip(TERMS.iter()).filter(|(_, t)| holds(t, query)).map(|(c, _)| c).collect()
}

/// Services that hold every word of the query, also by the body's name.
#[must_use]
pub fn find_services(query: &str) -> Vec<&'static Service> {
    static TERMS: LazyLock<Vec<Terms>> =
        LazyLock::new(|| services().iter().map(|s| terms(&service_text(s))).collect());
    services().iter().zip(TERMS.iter()).filter(|(_, t)| holds(t, query)).map(|(s, _)| s).collect()
}

/// Every form of every word of a text.
type Terms = HashSet<String>;

fn terms(text: &str) -> Terms {
    search_terms(text).split(' ').map(str::to_owned).collect()
}

fn holds(said: &Terms, query: &str) -> bool {
    query_words(query).iter().all(|forms| forms.iter().any(|f| said.contains(f)))
}

fn three(text: &L10n) -> String {
    format!("{} {} {} ", text.kk, text.ru, text.en)
}

fn card_text(c: &Card) -> String {
    let mut out = three(&c.title) + &three(&c.say) + &three(&c.papers) + &three(&c.ground);
    out.extend(c.steps.iter().map(three));
    for name in c.categories.iter().filter_map(|x| Catalog::shipped().category(x.as_str())) {
        out.push_str(&three(&name.name));
    }
    out
}

fn service_text(s: &Service) -> String {
    let name = Catalog::shipped().agency(s.agency.as_str()).map(|a| three(&a.name));
    name.unwrap_or_default() + &three(&s.eligibility) + &three(&s.papers) + &three(&s.area)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_data_can_be_read_and_names_only_what_exists() {
        let rich: Vec<Card> =
            serde_json::from_str(include_str!("../data/knowledge/cards.json")).unwrap();
        let known: Vec<Service> =
            serde_json::from_str(include_str!("../data/knowledge/services.json")).unwrap();
        assert!(rich.len() >= 7 && known.len() >= 8);
        for c in cards() {
            assert!(!c.categories.is_empty(), "{}", c.code);
            for category in &c.categories {
                assert!(Catalog::shipped().category(category.as_str()).is_some(), "{}", c.code);
            }
        }
        for s in &known {
            assert!(services().contains(s), "{} is no body of the directory", s.agency);
        }
        let codes: HashSet<&str> = cards().iter().map(|c| c.code.as_str()).collect();
        assert_eq!(codes.len(), cards().len());
    }

    #[test]
    fn written_texts_are_in_three_languages_and_no_telephone_is_invented() {
        let rich: Vec<Card> =
            serde_json::from_str(include_str!("../data/knowledge/cards.json")).unwrap();
        for c in &rich {
            let mut texts = vec![&c.title, &c.say, &c.papers, &c.ground];
            texts.extend(&c.steps);
            for t in texts {
                assert!(!t.kk.is_empty() && !t.ru.is_empty() && !t.en.is_empty(), "{}", c.code);
                assert_ne!(t.kk, t.ru, "{}", c.code);
                let latin = |s: &str| s.chars().any(|c| c.is_ascii_alphabetic());
                assert!(!latin(&t.kk) && !latin(&t.ru), "{}: {t:?}", c.code);
            }
        }
        for s in services() {
            let digits = s.phone.ru.chars().filter(char::is_ascii_digit).count();
            assert_eq!(digits, 0, "{}", s.agency);
        }
    }

    #[test]
    fn a_card_is_found_in_either_language_inflected_and_mistyped_in_layout() {
        let first = |q: &str| find_cards(q).first().map(|c| c.code.clone()).unwrap_or_default();
        assert_eq!(first("газовой плитой"), "gas-stove");
        assert_eq!(first("газ плитасы"), "gas-stove");
        assert_eq!(first("мошенники"), "fraud-first-minutes");
        assert!(find_cards("вертолёт космос").is_empty());
        assert_eq!(find_cards("").len(), cards().len());
        assert!(find_services("отопление").iter().any(|s| s.agency.as_str() == "E-HEA"));
        assert_eq!(of_category("ZKH-01")[0].code, "gas-stove");
    }

    #[test]
    fn what_nobody_confirmed_within_a_quarter_is_stale() {
        assert!(stale(None, day("2026-11-26")));
        assert!(!stale(Some(day("2026-08-26")), day("2026-11-26")));
        assert!(stale(Some(day("2026-08-25")), day("2026-11-26")));
    }
}
