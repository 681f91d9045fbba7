//! The words of our papers, from `texts/{kk,ru,en}.json`, and dates said in them.

use std::{collections::BTreeMap, sync::OnceLock};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Asia::Almaty;

use crate::{LettersError, text::L10nPair};

type Catalogue = BTreeMap<String, String>;

/// Kazakh and Russian catalogues; English is kept equal in keys for developers and is not printed.
fn catalogues() -> Result<&'static (Catalogue, Catalogue), LettersError> {
    static READ: OnceLock<Result<(Catalogue, Catalogue), LettersError>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = |json: &str| {
            serde_json::from_str(json).map_err(|e| LettersError::Typesetting(e.to_string()))
        };
        Ok((read(include_str!("../texts/kk.json"))?, read(include_str!("../texts/ru.json"))?))
    })
    .as_ref()
    .map_err(Clone::clone)
}

/// The text `key` in both languages.
pub(crate) fn said(key: &str) -> Result<L10nPair, LettersError> {
    pair_of(key)?.ok_or_else(|| LettersError::Typesetting(format!("no text {key}")))
}

fn pair_of(key: &str) -> Result<Option<L10nPair>, LettersError> {
    let (kk, ru) = catalogues()?;
    Ok(kk.get(key).zip(ru.get(key)).map(|(kk, ru)| L10nPair::new(kk, ru)))
}

/// The name of the language a person spoke, by its code; any unknown one is “another”.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn language_name(code: &str) -> Result<L10nPair, LettersError> {
    said(&format!("language.{}", if matches!(code, "kk" | "ru" | "en") { code } else { "other" }))
}

/// How a case ended, by the code of its closing; blank for a code this program does not know.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn outcome_name(code: &str) -> Result<L10nPair, LettersError> {
    Ok(pair_of(&format!("outcome.{code}"))?.unwrap_or_default())
}

/// What somebody still owes, by its kind's name (`do_task`, …); blank for one this program does not know.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn owed_name(kind: &str) -> Result<L10nPair, LettersError> {
    Ok(pair_of(&format!("owed.{kind}"))?.unwrap_or_default())
}

/// Where a request to a body stands, by the state's name; blank for one this program does not know.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn request_name(state: &str) -> Result<L10nPair, LettersError> {
    Ok(pair_of(&format!("request.{state}"))?.unwrap_or_default())
}

/// What a paper is called, by the id of its template; blank for one this program does not know.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn paper_name(id: &str) -> Result<L10nPair, LettersError> {
    Ok(pair_of(&format!("paper.{id}"))?.unwrap_or_default())
}

/// What a term is for, by the kind of its clock; an unknown one is another term.
pub(crate) fn clock_name(kind: &str) -> Result<L10nPair, LettersError> {
    pair_of(&format!("clock.{kind}"))?.map_or_else(|| said("clock.other"), Ok)
}

/// Where a term comes from, by its code; an unknown one is a term of law.
pub(crate) fn ground_name(code: &str) -> Result<L10nPair, LettersError> {
    pair_of(&format!("ground.{code}"))?.map_or_else(|| said("ground.other"), Ok)
}

/// Why a day counts or does not, by its code; blank for one this program does not know. A holiday by its name.
pub(crate) fn day_word(why: &str, holiday: &str) -> Result<L10nPair, LettersError> {
    let pattern = pair_of(&format!("day.{why}"))?.unwrap_or_default();
    let name = pair_of(&format!("holiday.{holiday}"))?.map_or_else(|| said("holiday.other"), Ok)?;
    let fill = |pattern: &str, name: &str| pattern.replace("{holiday}", name);
    Ok(L10nPair::new(fill(&pattern.kk, &name.kk), fill(&pattern.ru, &name.ru)))
}

/// Why records have not reached the region, by its code; an unknown one is that there was no line.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn unsent_reason(code: &str) -> Result<L10nPair, LettersError> {
    pair_of(&format!("unsent.{code}"))?.map_or_else(|| said("unsent.line"), Ok)
}

/// What became of a visit, by its code; blank for one this program does not know.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn visit_name(code: &str) -> Result<L10nPair, LettersError> {
    Ok(pair_of(&format!("visit.{code}"))?.unwrap_or_default())
}

/// Where a case stands, for a list: in work, redirected, or closed on a day.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn state_name(redirected: bool, closed: Option<NaiveDate>) -> Result<L10nPair, LettersError> {
    let Some(on) = closed else {
        return said(if redirected { "state.redirected" } else { "state.open" });
    };
    let (pattern, on) = (said("state.closed")?, on.format("%d.%m.%Y").to_string());
    Ok(L10nPair::new(pattern.kk.replace("{date}", &on), pattern.ru.replace("{date}", &on)))
}

/// `on` in words: «2026 жылғы 22 қараша», «22 ноября 2026 года».
pub(crate) fn date(on: NaiveDate) -> Result<L10nPair, LettersError> {
    if !(1..=9999).contains(&on.year()) {
        return Err(LettersError::Date);
    }
    let pattern = said(&format!("date.{}", on.month()))?;
    let fill = |text: &str| {
        text.replace("{day}", &on.day().to_string()).replace("{year}", &on.year().to_string())
    };
    Ok(L10nPair::new(fill(&pattern.kk), fill(&pattern.ru)))
}

/// `at` as date and time of day in Almaty, where all of Kazakhstan's clocks stand since 1 March 2024.
pub(crate) fn moment(at: DateTime<Utc>) -> Result<L10nPair, LettersError> {
    let local = at.with_timezone(&Almaty);
    let (day, pattern) = (date(local.date_naive())?, said("moment")?);
    let time = local.format("%H:%M").to_string();
    let fill = |pattern: &str, day: &str| pattern.replace("{date}", day).replace("{time}", &time);
    Ok(L10nPair::new(fill(&pattern.kk, &day.kk), fill(&pattern.ru, &day.ru)))
}

/// The calendar day of `at` in Almaty.
pub(crate) fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Almaty).date_naive()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn all() -> [Catalogue; 3] {
        [
            include_str!("../texts/kk.json"),
            include_str!("../texts/ru.json"),
            include_str!("../texts/en.json"),
        ]
        .map(|json| serde_json::from_str(json).unwrap())
    }

    #[test]
    fn three_languages_say_the_same_things() {
        let [kk, ru, en] = all();
        assert_eq!(kk.keys().collect::<Vec<_>>(), ru.keys().collect::<Vec<_>>());
        assert_eq!(kk.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in &kk {
            assert_ne!(text, &ru[key], "{key}: Kazakh is written, not copied");
            assert!(
                !text.trim().is_empty() && !ru[key].trim().is_empty() && !en[key].trim().is_empty(),
                "{key}"
            );
        }
    }

    #[test]
    fn placeholders_agree_and_no_latin_letters_stray_into_kazakh_or_russian() {
        let [kk, ru, en] = all();
        let holes = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .map(str::to_owned)
                .collect();
            found.sort();
            found
        };
        for key in kk.keys() {
            assert_eq!(holes(&kk[key]), holes(&ru[key]), "{key}");
            assert_eq!(holes(&kk[key]), holes(&en[key]), "{key}");
            for text in [&kk[key], &ru[key]] {
                let mut bare = text.replace("QR", "");
                for hole in holes(text) {
                    bare = bare.replace(&format!("{{{hole}}}"), "");
                }
                assert!(!bare.chars().any(|c| c.is_ascii_alphabetic()), "{key}: {text}");
            }
        }
    }

    #[test]
    fn the_clock_on_paper_is_almatys() {
        let at = Utc.with_ymd_and_hms(2026, 11, 21, 20, 5, 59).unwrap();
        assert_eq!(
            moment(at).unwrap(),
            L10nPair::new("2026 жылғы 22 қараша, сағат 01:05", "22 ноября 2026 года, 01:05")
        );
        // Before 1 March 2024 Almaty was at UTC+6.
        let old = Utc.with_ymd_and_hms(2023, 12, 31, 18, 0, 0).unwrap();
        assert_eq!(moment(old).unwrap().ru, "1 января 2024 года, 00:00");
    }

    #[test]
    fn every_month_has_its_words() {
        let on = |month| NaiveDate::from_ymd_opt(2026, month, 9).unwrap();
        assert_eq!(date(on(3)).unwrap(), L10nPair::new("2026 жылғы 9 наурыз", "9 марта 2026 года"));
        let spoken: std::collections::BTreeSet<String> =
            (1..=12).map(|m| date(on(m)).unwrap().kk).collect();
        assert_eq!(spoken.len(), 12);
        assert_eq!(date(NaiveDate::MAX).unwrap_err(), LettersError::Date);
    }
}
