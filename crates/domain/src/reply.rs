//! Ready words: what officers write again and again, one text for each moment of a case, in Kazakh and in Russian.
//!
//! `{number}`, `{body}` and `{day}` are filled in from the case; a text whose hole cannot be filled is not
//! offered. `…` is left for the officer.

use crate::catalog::L10n;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Moments that have ready words: the end of a case by its outcome, an answer sent back to a body, a late answer that
/// goes up, an extension, a case opened again. A text for another one is never offered.
pub const MOMENTS: [&str; 12] = [
    "close.helped",
    "close.partly_helped",
    "close.explained",
    "close.refused_by_body",
    "close.redirected",
    "close.duplicate",
    "close.withdrawn",
    "close.not_reached",
    "check.returned",
    "escalate",
    "extend",
    "reopen",
];

/// Holes of a text.
pub const HOLES: [&str; 3] = ["number", "body", "day"];

/// One ready text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// A region's text of the same code takes the place of the shipped one.
    pub code: String,
    pub version: u32,
    /// One of [`MOMENTS`].
    pub moment: String,
    pub text: L10n,
}

/// What fills the holes, in both languages; none = it is not known or not to be told.
#[derive(Clone, Default, Debug)]
pub struct Filling {
    pub number: Option<String>,
    pub body: Option<L10n>,
    /// As people read it.
    pub day: Option<String>,
}

impl Filling {
    /// The words of a hole in Kazakh and in Russian.
    fn of(&self, hole: &str) -> Option<(&str, &str)> {
        match hole {
            "number" => self.number.as_deref().map(|n| (n, n)),
            "day" => self.day.as_deref().map(|d| (d, d)),
            "body" => self.body.as_ref().map(|b| (b.kk.as_str(), b.ru.as_str())),
            _ => None,
        }
    }
}

/// Those the program ships.
#[must_use]
pub fn shipped() -> &'static [Reply] {
    static SHIPPED: LazyLock<Vec<Reply>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../data/knowledge/replies.json")).unwrap_or_default()
    });
    &SHIPPED
}

/// Names of the holes of a text, in its order.
#[must_use]
pub fn holes(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// The text in Kazakh and in Russian with its holes filled; none when one of them cannot be.
#[must_use]
pub fn filled(reply: &Reply, with: &Filling) -> Option<(String, String)> {
    let (mut kk, mut ru) = (reply.text.kk.clone(), reply.text.ru.clone());
    for hole in holes(&reply.text.ru) {
        let (in_kk, in_ru) = with.of(hole).filter(|(kk, ru)| !kk.is_empty() && !ru.is_empty())?;
        let mark = format!("{{{hole}}}");
        kk = kk.replace(&mark, in_kk);
        ru = ru.replace(&mark, in_ru);
    }
    Some((kk, ru))
}

/// The region's own and those it leaves of the shipped ones: of one code the higher version stands, the region's of two equal ones.
#[must_use]
pub fn with(own: &[Reply], without: &[String]) -> Vec<Reply> {
    let of =
        |all: &[Reply], code: &str| all.iter().find(|r| r.code == code).map_or(0, |r| r.version);
    let ours = own.iter().filter(|r| r.version >= of(shipped(), &r.code));
    let theirs = shipped().iter();
    let theirs = theirs.filter(|r| r.version > of(own, &r.code) && !without.contains(&r.code));
    ours.chain(theirs).cloned().collect()
}

/// Looks at a text that a region publishes.
///
/// # Errors
/// What is wrong with it, in words for the person who publishes.
pub fn check(reply: &Reply) -> Result<(), String> {
    if !MOMENTS.contains(&reply.moment.as_str()) {
        return Err(format!("there is no moment {}", reply.moment));
    }
    let sorted = |text: &str| {
        let mut all: Vec<String> = holes(text).into_iter().map(str::to_owned).collect();
        all.sort();
        all
    };
    let (kk, ru) = (sorted(&reply.text.kk), sorted(&reply.text.ru));
    if kk != ru {
        return Err("the holes are not the same in Kazakh and Russian".to_owned());
    }
    match ru.iter().find(|hole| !HOLES.contains(&hole.as_str())) {
        Some(unknown) => Err(format!("there is no hole {{{unknown}}}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(moment: &str) -> Vec<&'static Reply> {
        shipped().iter().filter(|r| r.moment == moment).collect()
    }

    #[test]
    fn every_moment_has_its_words_in_three_languages_and_each_is_sound() {
        for moment in MOMENTS {
            assert!(!words(moment).is_empty(), "{moment}");
        }
        let mut codes = std::collections::BTreeSet::new();
        for reply in shipped() {
            assert_eq!(check(reply), Ok(()), "{}", reply.code);
            assert!(codes.insert(&reply.code), "{} stands twice", reply.code);
            let L10n { kk, ru, en } = &reply.text;
            assert!(kk != ru && !kk.is_empty() && !ru.is_empty() && !en.is_empty());
            assert_eq!(holes(en).len(), holes(ru).len(), "{}", reply.code);
        }
        for outcome in crate::closing::OUTCOMES {
            assert!(MOMENTS.contains(&format!("close.{outcome}").as_str()), "{outcome}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_promised() {
        let body = L10n {
            kk: "Жылу желісі".into(), ru: "Тепловые сети".into(), en: String::new()
        };
        let known = Filling {
            number: Some("ESK-07-2026-431".into()),
            body: Some(body),
            ..Filling::default()
        };
        let refused = words("close.refused_by_body");
        let (kk, ru) = filled(refused[0], &known).unwrap();
        assert!(kk.starts_with("Орган (Жылу желісі) бас тартты"), "{kk}");
        assert!(ru.starts_with("Орган (Тепловые сети) отказал"), "{ru}");
        assert_eq!(filled(refused[0], &Filling::default()), None, "nobody says which body");
        let late = words("escalate");
        assert_eq!(filled(late[0], &known), None, "no day was promised");
    }

    #[test]
    fn a_text_that_could_not_be_filled_in_is_refused() {
        let of = |moment: &str, kk: &str, ru: &str| Reply {
            code: "x".into(),
            version: 1,
            moment: moment.into(),
            text: L10n { kk: kk.into(), ru: ru.into(), en: String::new() },
        };
        assert!(check(&of("lunch", "а", "б")).unwrap_err().contains("lunch"));
        assert!(check(&of("extend", "{day} күні", "в день")).unwrap_err().contains("holes"));
        assert!(check(&of("extend", "{who}", "{who}")).unwrap_err().contains("{who}"));
        assert_eq!(check(&of("extend", "{day} күні", "в день {day}")), Ok(()));
    }

    #[test]
    fn a_regions_words_take_the_place_of_the_shipped_ones_of_their_code() {
        let own = |code: &str, version: u32| Reply {
            code: code.into(),
            version,
            moment: "extend".into(),
            text: L10n {
                kk: "өз сөзі".into(), ru: "свои слова".into(), en: String::new()
            },
        };
        let found = with(
            &[own("papers", 1), own("waiting-body", 0), own("new", 1)],
            &["on-the-spot".into()],
        );
        let told = |code: &str| found.iter().filter(|r| r.code == code).collect::<Vec<_>>();
        assert_eq!(told("papers"), [&own("papers", 1)], "its own stands once");
        assert_eq!(told("new").len(), 1);
        assert_eq!(told("on-the-spot").len(), 0, "it does without");
        assert_eq!(told("waiting-body").len(), 1);
        assert_ne!(told("waiting-body")[0].version, 0, "older words bring nothing back");
        assert_eq!(found.len(), shipped().len());
    }
}
