//! Texts of the portal, in Kazakh and Russian; both catalogues are written, neither is a copy.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use chrono_tz::Asia::Almaty;
use esik_domain::catalog::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

const KK: &str = include_str!("texts/kk.ftl");
const RU: &str = include_str!("texts/ru.ftl");

/// One language's texts.
pub struct Texts {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

static KK_TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::read(Lang::Kk, KK));
static RU_TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::read(Lang::Ru, RU));

impl Texts {
    /// The texts of a language; the portal speaks Kazakh to whoever does not ask for Russian.
    pub fn of(lang: Lang) -> &'static Self {
        if lang == Lang::Ru { &RU_TEXTS } else { &KK_TEXTS }
    }

    pub(crate) fn read(lang: Lang, source: &str) -> Self {
        let locales = lang.code().parse().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(locales);
        // The pages are of one direction; isolation marks would only show up in copied text.
        bundle.set_use_isolating(false);
        // A broken line leaves its text out; a test reads every key of both files.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(r, _)| r);
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    pub fn other(&self) -> Lang {
        if self.lang == Lang::Ru { Lang::Kk } else { Lang::Ru }
    }

    /// A text without parameters; the key itself when it is missing.
    pub fn get(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A text whose key is made of a code, else another one.
    pub fn get_or(&self, key: &str, other: &str) -> String {
        self.get(if self.bundle.has_message(key) { key } else { other })
    }

    /// A text with one parameter.
    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.to_owned());
        self.format(key, Some(&args))
    }

    /// A text with a number that decides its form.
    pub fn count(&self, key: &str, name: &str, n: u64) -> String {
        let mut args = FluentArgs::new();
        args.set(name, FluentValue::from(n));
        self.format(key, Some(&args))
    }

    /// A text with two parameters.
    pub fn with2(&self, key: &str, first: (&str, &str), second: (&str, &str)) -> String {
        let mut args = FluentArgs::new();
        args.set(first.0, first.1.to_owned());
        args.set(second.0, second.1.to_owned());
        self.format(key, Some(&args))
    }

    /// “27 ноября 2026 года”.
    pub fn date(&self, d: NaiveDate) -> String {
        let mut args = FluentArgs::new();
        args.set("day", d.day().to_string());
        args.set("year", d.year().to_string());
        self.format(&format!("date-{}", d.month()), Some(&args))
    }

    /// Date and time of day in Kazakhstan.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&Almaty);
        let time = here.format("%H:%M").to_string();
        self.with2("moment", ("date", &self.date(here.date_naive())), ("time", &time))
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, "a text is missing");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a text lacks a parameter");
        }
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(source: &str) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        for line in source.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            match line.split_once(" = ") {
                Some((key, text)) if !line.starts_with([' ', '}']) => {
                    out.push((key.to_owned(), text.to_owned()));
                }
                _ => {
                    if let Some((_, text)) = out.last_mut() {
                        text.push_str(line);
                    }
                }
            }
        }
        out
    }

    #[test]
    fn both_languages_have_every_text_and_none_is_a_copy() {
        let (kk, ru) = (entries(KK), entries(RU));
        let keys = |e: &[(String, String)]| e.iter().map(|(k, _)| k.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&kk), keys(&ru));
        assert!(kk.len() > 100);
        for ((key, kk), (_, ru)) in kk.iter().zip(&ru) {
            assert!(!kk.trim().is_empty() && !ru.trim().is_empty(), "{key} is empty");
            // Only the order of the same words may be all there is to translate; a unit is written alike.
            assert!(
                kk != ru || key.starts_with("size-"),
                "{key} is the same in both languages: {kk}"
            );
        }
    }

    #[test]
    fn no_latin_letters_stand_in_the_texts() {
        for source in [KK, RU] {
            for (key, text) in entries(source) {
                let mut bare = text;
                for token in ["[one]", "[few]", "*[many]", "*[other]"] {
                    bare = bare.replace(token, "");
                }
                while let (Some(a), Some(b)) = (bare.find("{ $"), bare.find(['}', '>'])) {
                    assert!(a < b, "{key}");
                    bare.replace_range(a..=b, "");
                }
                assert!(!bare.chars().any(|c| c.is_ascii_alphabetic()), "{key}: {bare}");
            }
        }
    }

    #[test]
    fn every_text_a_page_asks_for_is_there() {
        let pages = [
            include_str!("../../templates/base.html"),
            include_str!("../../templates/sign_in.html"),
            include_str!("../../templates/list.html"),
            include_str!("../../templates/request.html"),
            include_str!("../../templates/message.html"),
            include_str!("pages.rs"),
            include_str!("requests.rs"),
            include_str!("sign_in.rs"),
            include_str!("forms.rs"),
        ];
        let texts = Texts::of(Lang::Kk);
        let mut asked = 0;
        for page in pages {
            for call in ["t.get(\"", "t.with(\"", "t.with2(\"", "t.count(\"", "Text::key(\""] {
                for rest in page.split(call).skip(1) {
                    let key = rest.split('"').next().unwrap();
                    assert!(texts.bundle.has_message(key), "{key}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 40, "only {asked} texts found: has the way of asking changed?");
    }

    #[test]
    fn plurals_and_dates_are_said_right() {
        let (kk, ru) = (Texts::of(Lang::Kk), Texts::of(Lang::Ru));
        assert_eq!(ru.count("due-late", "days", 1), "Опоздание 1 день");
        assert_eq!(ru.count("due-late", "days", 3), "Опоздание 3 дня");
        assert_eq!(ru.count("due-late", "days", 11), "Опоздание 11 дней");
        assert_eq!(kk.count("due-late", "days", 11), "11 күн кешікті");
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        assert_eq!(ru.date(day), "27 ноября 2026 года");
        assert_eq!(kk.date(day), "2026 жылғы 27 қараша");
        let late = DateTime::from_timestamp(1_795_806_000, 0).unwrap();
        assert!(
            ru.moment(late).ends_with(&late.with_timezone(&Almaty).format("%H:%M").to_string())
        );
    }
}
