//! What an officer may look up and cite: advice cards and the directory of services, offline, with versions.
//!
//! Nothing shipped claims to have been confirmed: a card or an entry is confirmed by a person, on a day,
//! and grows stale (`domain.md` §8, quarterly check).

use crate::catalog::{Agency, Catalog, Category, L10n};
use crate::ids::{AgencyCode, CategoryCode};
use crate::reply::{self, Reply};
use crate::text::{query_words, search_terms};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock, OnceLock};

/// Days after which an entry has to be confirmed again: a quarter.
pub const FRESH_DAYS: i64 = 92;

/// A card as it was cited: kept with the advice, so that it is known for ever what was said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct CardRef {
    pub code: String,
    pub version: u32,
}

/// A card as it stood when it was cited: advice tells for ever what it was taken from, and how fresh that was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Citation {
    pub code: String,
    pub version: u32,
    pub title: L10n,
    /// Last day somebody had confirmed it; none = nobody had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confirmed: Option<NaiveDate>,
}

/// Somebody looked and an entry was still right: of a code the newest version, then the latest day.
pub type Confirmed = BTreeMap<String, (u32, NaiveDate)>;

/// Takes one more confirmation.
pub fn confirm(all: &mut Confirmed, code: &str, version: u32, day: NaiveDate) {
    let newest = all.entry(code.to_owned()).or_insert((version, day));
    *newest = (*newest).max((version, day));
}

/// A confirmation as it is written down: an event of its own stream, open to the station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// Code of a card or of a body.
    pub code: String,
    pub version: u32,
    pub day: NaiveDate,
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
    /// Where it is; empty until a region says so.
    #[serde(default)]
    pub address: L10n,
    /// Last day somebody confirmed it; none = nobody has.
    pub confirmed: Option<NaiveDate>,
}

impl Service {
    /// It says nothing a person could use.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        [&self.eligibility, &self.papers, &self.hours, &self.area, &self.phone, &self.address]
            .iter()
            .all(|text| **text == L10n::default())
    }
}

/// A region's own cards and entries: they take the place of the shipped ones of the same code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Counted from 1; every edition replaces the one before it whole.
    pub version: u32,
    #[serde(default)]
    pub cards: Vec<Card>,
    #[serde(default)]
    pub services: Vec<Service>,
    /// Ready words.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// Codes of shipped cards and ready words the region does without.
    #[serde(default)]
    pub without: Vec<String>,
}

impl Edition {
    /// Reads a region's file. `earlier` is the edition before it.
    ///
    /// # Errors
    /// What is wrong and where, in words for the person who publishes.
    pub fn read(text: &str, earlier: Option<&Edition>) -> Result<Edition, String> {
        let read: Edition = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if read.version == 0 {
            return Err("version 0: editions are counted from 1".to_owned());
        }
        let mut codes = HashSet::new();
        for card in &read.cards {
            let at = format!("card {}", card.code);
            if card.code.trim().is_empty() || !codes.insert(card.code.as_str()) {
                return Err(format!("{at}: the code stands twice or is empty"));
            }
            written(&at, "title", &card.title)?;
            written(&at, "say", &card.say)?;
            let known = |c: &CategoryCode| Catalog::shipped().category(c.as_str()).is_some();
            match card.categories.iter().find(|c| !known(c)) {
                Some(unknown) => return Err(format!("{at}: there is no category {unknown}")),
                None if card.categories.is_empty() => {
                    return Err(format!("{at}: it names no category"));
                }
                None => {}
            }
            // Advice names a card by code and version: the same two must for ever be the same words.
            let cited = CardRef { code: card.code.clone(), version: card.version };
            let before = earlier.and_then(|e| e.cards.iter().find(|c| c.is(&cited)));
            let shipped = Knowledge::shipped();
            if before.or(shipped.card(&cited)).is_some_and(|old| !old.says_the_same(card)) {
                return Err(format!("{at}: its words changed, its version {} not", card.version));
            }
        }
        let mut said = HashSet::new();
        for one in &read.replies {
            let at = format!("reply {}", one.code);
            if one.code.trim().is_empty() || !said.insert(one.code.as_str()) {
                return Err(format!("{at}: the code stands twice or is empty"));
            }
            written(&at, "text", &one.text)?;
            reply::check(one).map_err(|fault| format!("{at}: {fault}"))?;
        }
        let mut bodies = HashSet::new();
        for service in &read.services {
            let at = format!("service {}", service.agency);
            if Catalog::shipped().agency(service.agency.as_str()).is_none_or(|a| a.internal) {
                return Err(format!("{at}: there is no such body outside the police"));
            }
            if !bodies.insert(service.agency.as_str()) {
                return Err(format!("{at}: it stands twice"));
            }
        }
        Ok(read)
    }
}

/// In both languages of the state, and not the one copied into the other.
fn written(at: &str, what: &str, text: &L10n) -> Result<(), String> {
    if text.kk.trim().is_empty() || text.ru.trim().is_empty() {
        return Err(format!("{at}: {what} is not there in Kazakh and Russian"));
    }
    if text.kk == text.ru {
        return Err(format!("{at}: {what} is the same in Kazakh and Russian"));
    }
    Ok(())
}

impl Card {
    fn is(&self, of: &CardRef) -> bool {
        self.code == of.code && self.version == of.version
    }

    /// Whether nothing but the day of its confirmation is another.
    fn says_the_same(&self, other: &Card) -> bool {
        Card { confirmed: other.confirmed, ..self.clone() } == *other
    }
}

/// Everything that can be looked up.
#[derive(Debug, Default)]
pub struct Knowledge {
    cards: Vec<Card>,
    services: Vec<Service>,
    replies: Vec<Reply>,
    card_terms: OnceLock<Vec<Terms>>,
    service_terms: OnceLock<Vec<Terms>>,
}

impl Knowledge {
    /// What the program ships.
    #[must_use]
    pub fn shipped() -> Arc<Knowledge> {
        static SHIPPED: LazyLock<Arc<Knowledge>> = LazyLock::new(|| {
            let cards: Vec<Card> =
                serde_json::from_str(include_str!("../data/knowledge/cards.json"))
                    .unwrap_or_default();
            let hints = Catalog::shipped().categories().iter().filter_map(hint);
            let cards = cards.iter().cloned().chain(hints).collect();
            let (services, replies) = (shipped_services(), reply::shipped().to_vec());
            Arc::new(Knowledge { cards, services, replies, ..Knowledge::default() })
        });
        Arc::clone(&SHIPPED)
    }

    /// The shipped ones and a region's over them: of one code the higher version stands, so that an old
    /// edition never brings back words a newer program has changed.
    #[must_use]
    pub fn with(edition: &Edition) -> Knowledge {
        let shipped = Knowledge::shipped();
        let newer = |own: &Card| {
            !shipped.cards.iter().any(|c| c.code == own.code && c.version > own.version)
        };
        let own: Vec<Card> = edition.cards.iter().filter(|c| newer(c)).cloned().collect();
        let stays =
            |c: &&Card| !own.iter().any(|o| o.code == c.code) && !edition.without.contains(&c.code);
        let rest: Vec<Card> = shipped.cards.iter().filter(stays).cloned().collect();
        let services = shipped
            .services
            .iter()
            .map(|s| {
                let own = edition.services.iter().find(|o| o.agency == s.agency);
                own.filter(|o| o.version >= s.version).unwrap_or(s).clone()
            })
            .collect();
        let replies = reply::with(&edition.replies, &edition.without);
        let cards = own.into_iter().chain(rest).collect();
        Knowledge { cards, services, replies, ..Knowledge::default() }
    }

    /// Ready words of a moment, the region's own first.
    pub fn replies(&self, moment: &str) -> impl Iterator<Item = &Reply> {
        self.replies.iter().filter(move |r| r.moment == moment)
    }

    /// All cards, the written ones first, then a hint for every theme.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// The directory: every body outside the police.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// A card by its reference; `None` when another version is in force.
    #[must_use]
    pub fn card(&self, of: &CardRef) -> Option<&Card> {
        self.cards.iter().find(|c| c.is(of))
    }

    /// The same entries with the days of a station's own confirmations: a changed entry asks anew.
    #[must_use]
    pub fn confirmed_by(&self, own: &Confirmed) -> Knowledge {
        let day = |code: &str, version: u32, was: Option<NaiveDate>| {
            own.get(code).filter(|(v, _)| *v == version).map(|(_, day)| *day).max(was)
        };
        let mut out = Knowledge {
            cards: self.cards.clone(),
            services: self.services.clone(),
            replies: self.replies.clone(),
            ..Self::default()
        };
        for c in &mut out.cards {
            c.confirmed = day(&c.code, c.version, c.confirmed);
        }
        for s in &mut out.services {
            s.confirmed = day(s.agency.as_str(), s.version, s.confirmed);
        }
        out
    }

    /// What is cited of it, as it stands now; a card that is not in force in that version is not.
    #[must_use]
    pub fn citations(&self, cited: &[CardRef]) -> Vec<Citation> {
        let of = |c: &Card| Citation {
            code: c.code.clone(),
            version: c.version,
            title: c.title.clone(),
            confirmed: c.confirmed,
        };
        cited.iter().filter_map(|r| self.card(r)).map(of).collect()
    }

    /// Cards of one theme, the written ones first.
    #[must_use]
    pub fn of_category(&self, category: &str) -> Vec<&Card> {
        let about = |c: &&Card| c.categories.iter().any(|x| x.as_str() == category);
        self.cards.iter().filter(about).collect()
    }

    /// Cards that hold every word of the query, in any of its forms; all of them for an empty one.
    #[must_use]
    pub fn find_cards(&self, query: &str) -> Vec<&Card> {
        let known = self
            .card_terms
            .get_or_init(|| self.cards.iter().map(|c| terms(&card_text(c))).collect());
        let found = self.cards.iter().zip(known).filter(|(_, t)| holds(t, query));
        found.map(|(c, _)| c).collect()
    }

    /// Services that hold every word of the query, also by the body's name.
    #[must_use]
    pub fn find_services(&self, query: &str) -> Vec<&Service> {
        let known = self
            .service_terms
            .get_or_init(|| self.services.iter().map(|s| terms(&service_text(s))).collect());
        let found = self.services.iter().zip(known).filter(|(_, t)| holds(t, query));
        found.map(|(s, _)| s).collect()
    }
}

fn shipped_services() -> Vec<Service> {
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
        address: L10n::default(),
        confirmed: None,
    };
    Catalog::shipped()
        .agencies()
        .iter()
        .filter(|a| !a.internal)
        .map(|a| known.iter().find(|s| s.agency.0 == a.code).cloned().unwrap_or_else(|| bare(a)))
        .collect()
}

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

/// Has it to be confirmed again (or for the first time)?
#[must_use]
pub fn stale(confirmed: Option<NaiveDate>, today: NaiveDate) -> bool {
    confirmed.is_none_or(|day| (today - day).num_days() > FRESH_DAYS)
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

    fn shipped() -> Arc<Knowledge> {
        Knowledge::shipped()
    }

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
        for c in shipped().cards() {
            assert!(!c.categories.is_empty(), "{}", c.code);
            for category in &c.categories {
                assert!(Catalog::shipped().category(category.as_str()).is_some(), "{}", c.code);
            }
        }
        for s in &known {
            assert!(shipped().services().contains(s), "{} is no body of the directory", s.agency);
        }
        let all = shipped();
        let codes: HashSet<&str> = all.cards().iter().map(|c| c.code.as_str()).collect();
        assert_eq!(codes.len(), all.cards().len());
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
        for s in shipped().services() {
            let digits = s.phone.ru.chars().filter(char::is_ascii_digit).count();
            assert_eq!(digits, 0, "{}", s.agency);
        }
    }

    #[test]
    fn every_theme_has_a_written_card() {
        let rich: Vec<Card> =
            serde_json::from_str(include_str!("../data/knowledge/cards.json")).unwrap();
        let themes: Vec<&Category> =
            Catalog::shipped().categories().iter().filter(|c| c.level == 2).collect();
        assert_eq!(themes.len(), 71);
        for theme in themes {
            let about = |c: &&Card| c.categories.iter().any(|x| x.as_str() == theme.code);
            assert!(rich.iter().any(|c| about(&c)), "{} {}", theme.code, theme.name.ru);
            // The card stands before the theme's own hint.
            let first = shipped().of_category(&theme.code)[0].code.clone();
            assert!(!first.starts_with("hint-"), "{}", theme.code);
        }
        // What a person is told names its source and waits for somebody to confirm it.
        for c in &rich {
            assert!(!c.ground.ru.is_empty() && !c.steps.is_empty(), "{}", c.code);
            assert_eq!(c.confirmed, None, "{}: nobody has confirmed what is shipped", c.code);
        }
    }

    #[test]
    fn a_card_is_found_in_either_language_inflected_and_mistyped_in_layout() {
        let all = shipped();
        let first = |q: &str| all.find_cards(q).first().map(|c| c.code.clone()).unwrap_or_default();
        assert_eq!(first("газовой плитой"), "gas-stove");
        assert_eq!(first("газ плитасы"), "gas-stove");
        assert_eq!(first("мошенники"), "fraud-first-minutes");
        assert!(all.find_cards("вертолёт космос").is_empty());
        assert_eq!(all.find_cards("").len(), all.cards().len());
        assert!(all.find_services("отопление").iter().any(|s| s.agency.as_str() == "E-HEA"));
        assert_eq!(all.of_category("ZKH-01")[0].code, "gas-stove");
    }

    #[test]
    fn what_nobody_confirmed_within_a_quarter_is_stale() {
        assert!(stale(None, day("2026-11-26")));
        assert!(!stale(Some(day("2026-08-26")), day("2026-11-26")));
        assert!(stale(Some(day("2026-08-25")), day("2026-11-26")));
    }

    fn edition(text: &str) -> Result<Edition, String> {
        Edition::read(text, None)
    }

    const OWN: &str = r#"{"version":1,"without":["fraud-first-minutes"],"services":[
        {"agency":"E-HEA","version":2,"eligibility":{"kk":"","ru":"","en":""},
         "papers":{"kk":"","ru":"","en":""},"hours":{"kk":"9:00–18:00","ru":"9:00–18:00","en":""},
         "area":{"kk":"","ru":"","en":""},"phone":{"kk":"","ru":"","en":""},"confirmed":"2026-11-20"}],
        "cards":[{"code":"gas-stove","version":2,"categories":["ZKH-01"],
         "title":{"kk":"Пеш","ru":"Плита","en":""},"say":{"kk":"Тексеріңіз","ru":"Проверьте","en":""},
         "steps":[],"papers":{"kk":"","ru":"","en":""},"ground":{"kk":"","ru":"","en":""},
         "confirmed":"2026-11-20"}]}"#;

    #[test]
    fn a_regions_card_takes_the_place_of_the_shipped_one_and_is_found() {
        let own = Knowledge::with(&edition(OWN).unwrap());
        let cited = CardRef { code: "gas-stove".into(), version: 2 };
        assert_eq!(own.card(&cited).unwrap().title.ru, "Плита");
        assert_eq!(own.card(&CardRef { version: 1, ..cited }), None, "one of a code at a time");
        assert_eq!(own.find_cards("проверьте плиту")[0].version, 2);
        assert!(own.cards().iter().all(|c| c.code != "fraud-first-minutes"));
        assert!(own.services().iter().any(|s| s.hours.ru == "9:00–18:00"));
        assert_eq!(own.services().len(), shipped().services().len());
        // A card the program has meanwhile in a higher version stays as the program has it.
        let old =
            edition(&OWN.replace("\"version\":2,\"categories\"", "\"version\":0,\"categories\""));
        assert!(Knowledge::with(&old.unwrap()).find_cards("газ").iter().any(|c| c.version == 1));
    }

    #[test]
    fn a_broken_edition_is_told_by_its_place() {
        for (broken, word) in [
            (OWN.replace("ZKH-01", "ZKH-99"), "ZKH-99"),
            (OWN.replace("E-HEA", "E-NONE"), "E-NONE"),
            (OWN.replace("\"Пеш\"", "\"Плита\""), "gas-stove: title is the same"),
            (OWN.replace("\"Тексеріңіз\"", "\"\""), "gas-stove: say is not there"),
            (OWN.replace("\"steps\":[]", "\"steps\":[],\"stps\":[]"), "line"),
            (
                OWN.replace("\"version\":2,\"categories\"", "\"version\":1,\"categories\""),
                "version 1 not",
            ),
            (OWN.replacen("\"version\":1", "\"version\":0", 1), "version 0"),
        ] {
            let told = edition(&broken).unwrap_err();
            assert!(told.contains(word), "{told}");
        }
        let earlier = edition(OWN).unwrap();
        let changed =
            OWN.replacen("\"version\":1", "\"version\":2", 1).replace("Тексеріңіз", "Қараңыз");
        assert!(Edition::read(&changed, Some(&earlier)).unwrap_err().contains("version 2 not"));
    }
}
