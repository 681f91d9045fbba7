//! Names of people: read from one line, shown, found and sorted (`domain.md` §4.4).
//!
//! A name is kept as the document writes it. Surnames are never "corrected"; keys for searching are derived.

use serde::{Deserialize, Serialize};

use crate::catalog::Lang;
use crate::text::{fold, normalize_input, skeleton};

/// A person's name. Any part but one may be empty: the desk takes what it is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ts_rs::TS)]
pub struct PersonName {
    /// Тегі, фамилия; may be empty.
    pub surname: String,
    /// Аты, имя; may be empty.
    pub given: String,
    /// Әкесінің аты, отчество.
    pub patronymic: Option<String>,
}

impl PersonName {
    /// Reads a name from one line in whatever order people say it; `None` when there is no letter in it.
    ///
    /// Order is judged by endings: a patronymic (-ович, -овна, -ұлы, -қызы, also as a word of its own)
    /// shows where the given name stands; of two words the one that ends like a surname is it; otherwise
    /// the surname comes first, as documents have it. Words all in capitals or all small get a capital.
    ///
    /// ```
    /// use esik_domain::name::PersonName;
    /// let name = PersonName::parse("нұрлан болатұлы ахметов").unwrap_or_default();
    /// assert_eq!((name.surname.as_str(), name.given.as_str()), ("Ахметов", "Нұрлан"));
    /// ```
    #[must_use]
    pub fn parse(line: &str) -> Option<PersonName> {
        let line = normalize_input(line);
        let comma = line.split_once(',').map(|(surname, _)| surname.split_whitespace().count());
        let words = words(&line);
        let patronymic_at = (1..words.len()).find(|at| is_patronymic(&words[*at]));
        let (surname, given, patronymic): (&[String], &[String], &[String]) =
            match (words.as_slice(), patronymic_at) {
                ([], _) => return None,
                ([one], _) if is_surname(one) => (std::slice::from_ref(one), &[], &[]),
                ([_], _) => (&[], &words, &[]),
                // "Нурлан Болатович" or "Нурлан Болатович Ахметов".
                (_, Some(1)) => (&words[2..], &words[..1], &words[1..2]),
                (_, Some(at)) => (&words[..at - 1], &words[at - 1..at], &words[at..]),
                ([a, b], None) if comma.is_none() && is_surname(b) && !is_surname(a) => {
                    (&words[1..], &words[..1], &[])
                }
                _ => {
                    let surname =
                        comma.filter(|count| (1..words.len()).contains(count)).unwrap_or(1);
                    (&words[..surname], &words[surname..=surname], &words[surname + 1..])
                }
            };
        let join = |part: &[String]| part.join(" ");
        Some(PersonName {
            surname: join(surname),
            given: join(given),
            patronymic: Some(join(patronymic)).filter(|text| !text.is_empty()),
        })
    }

    /// The key this person is found by: see [`query_key`].
    #[must_use]
    pub fn search_key(&self) -> String {
        let line = format!(
            "{} {} {}",
            self.surname,
            self.given,
            self.patronymic.as_deref().unwrap_or_default()
        );
        query_key(&line)
    }

    /// How the name is shown: surname first in Kazakh and Russian, last in English.
    #[must_use]
    pub fn display(&self, lang: Lang) -> String {
        let patronymic = self.patronymic.as_deref().unwrap_or_default();
        let parts = match lang {
            Lang::Kk | Lang::Ru => [&self.surname, &self.given, patronymic],
            Lang::En => [&self.given, patronymic, &self.surname],
        };
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    /// Surname and initials, as the coupon names an officer: `Ахметов Н. Б.`
    #[must_use]
    pub fn initials(&self) -> String {
        let initial = |part: &str| part.chars().next().map(|c| format!("{c}."));
        let parts = [initial(&self.given), self.patronymic.as_deref().and_then(initial)];
        let mut short =
            if self.surname.is_empty() { self.given.clone() } else { self.surname.clone() };
        if !self.surname.is_empty() {
            for part in parts.into_iter().flatten() {
                short.push(' ');
                short.push_str(&part);
            }
        }
        short
    }

    /// How one speaks to the person: given name and patronymic in Russian, given name in Kazakh and English.
    #[must_use]
    pub fn address(&self, lang: Lang) -> String {
        match (lang, &self.patronymic) {
            (_, _) if self.given.is_empty() => self.surname.clone(),
            (Lang::Ru, Some(patronymic)) => format!("{} {patronymic}", self.given),
            _ => self.given.clone(),
        }
    }

    /// A key whose byte order is the Kazakh alphabet's order of surname, given name, patronymic.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let parts = [&self.surname, &self.given, self.patronymic.as_deref().unwrap_or_default()];
        parts.map(sort_key).join("\u{1}")
    }

    /// How alike two names are, 0 to 1; a suggestion for a human, never a reason to merge. Given names weigh
    /// as much as surnames; a missing part neither helps nor harms.
    #[must_use]
    pub fn similarity(&self, other: &PersonName) -> f64 {
        let pairs = [
            (self.surname.as_str(), other.surname.as_str(), 0.4),
            (self.given.as_str(), other.given.as_str(), 0.4),
            (
                self.patronymic.as_deref().unwrap_or_default(),
                other.patronymic.as_deref().unwrap_or_default(),
                0.2,
            ),
        ];
        let (mut sum, mut weights) = (0.0, 0.0);
        for (a, b, weight) in pairs {
            let (a, b) = (query_key(a), query_key(b));
            if !a.is_empty() && !b.is_empty() {
                sum += weight * strsim::jaro_winkler(&a, &b);
                weights += weight;
            }
        }
        if weights == 0.0 { 0.0 } else { sum / weights }
    }
}

/// The words of a name line, capitals repaired, `Болат ұлы` joined.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '«' | '»' | '(' | ')'))
    {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !word.chars().any(char::is_alphabetic) {
            continue;
        }
        let apart = matches!(fold(word).as_str(), "улы" | "кызы" | "оглы" | "угли" | "кизи");
        match words.last_mut() {
            Some(last) if apart => {
                last.push_str(&if fold(word) == "оглы" {
                    format!(" {word}")
                } else {
                    word.to_lowercase()
                });
            }
            _ => words.push(capital(word)),
        }
    }
    words
}

/// `АХМЕТОВА-СЕРІК` and `ахметова-серік` become `Ахметова-Серік`; mixed case is somebody's choice.
fn capital(word: &str) -> String {
    let small = word.chars().all(|c| !c.is_uppercase());
    let large = word.chars().filter(|c| c.is_alphabetic()).count() > 1
        && word.chars().all(|c| !c.is_lowercase());
    if !small && !large {
        return word.to_owned();
    }
    let mut first = true;
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if first {
            out.extend(c.to_uppercase())
        } else {
            out.extend(c.to_lowercase())
        }
        first = !c.is_alphabetic() && c != '\'' && c != '’';
    }
    out
}

fn is_patronymic(word: &str) -> bool {
    let folded = fold(word);
    let long_enough = folded.chars().count() >= 5;
    long_enough && (strip_patronymic(&folded).is_some() || folded.ends_with(" оглы"))
}

/// The father's name in a folded patronymic.
fn strip_patronymic(folded: &str) -> Option<&str> {
    const ENDINGS: [&str; 17] = [
        "улы",
        "кызы",
        "угли",
        "кизи",
        "оглы",
        "ович",
        "евич",
        "овна",
        "евна",
        "ьевич",
        "ьевна",
        "инична",
        "ична",
        "ьич",
        "овыч",
        "ивна",
        "иевич",
    ];
    let by_length = ENDINGS
        .iter()
        .filter(|ending| folded.ends_with(*ending))
        .max_by_key(|ending| ending.len())?;
    folded.strip_suffix(by_length).map(str::trim_end).filter(|father| father.chars().count() >= 2)
}

fn is_surname(word: &str) -> bool {
    let folded = fold(word);
    const ENDINGS: [&str; 16] = [
        "ов",
        "ова",
        "ев",
        "ева",
        "ин",
        "ина",
        "ын",
        "ына",
        "ский",
        "ская",
        "цкий",
        "цкая",
        "енко",
        "чук",
        "швили",
        "дзе",
    ];
    // Given names that end so are commoner at the desk than surnames of the same shape.
    const GIVEN: [&str; 20] = [
        "арина",
        "марина",
        "карина",
        "алина",
        "полина",
        "галина",
        "ирина",
        "нина",
        "сабина",
        "ралина",
        "регина",
        "кристина",
        "екатерина",
        "валентина",
        "валентин",
        "константин",
        "мадина",
        "дина",
        "зарина",
        "амина",
    ];
    !GIVEN.contains(&folded.as_str())
        && folded.chars().count() >= 4
        && ENDINGS.iter().any(|ending| folded.ends_with(ending))
}

/// The key a name or a part of one is found by: folded, sound skeletons, patronymics and feminine surnames
/// brought to one form, so that `Ахметова Айгуль Болатовна`, `Ахметов`, `Aigul` and `Айгүл Болатқызы` meet.
#[must_use]
pub fn query_key(line: &str) -> String {
    let folded = fold(line);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let keys: Vec<String> = words
        .filter(|word| !matches!(*word, "улы" | "кызы" | "оглы" | "угли" | "кизи"))
        .map(|word| {
            let masculine = ["ова", "ева", "ина", "ына"]
                .iter()
                .any(|end| word.ends_with(end) && word.chars().count() > 5);
            let root = strip_patronymic(word).unwrap_or(match word.strip_suffix('а') {
                Some(root) if masculine => root,
                _ => word,
            });
            // A soft sign or й before -евич belongs to the ending: Сергеевич, Игоревич, Анатольевич.
            skeleton(root.trim_end_matches(['ь', 'й']))
        })
        .filter(|key| !key.is_empty())
        .collect();
    keys.join(" ")
}

/// A key whose byte order is the order of the Kazakh alphabet (ә after а, ғ after г and so on); digits come
/// first, then Latin letters. Case does not matter.
#[must_use]
pub fn sort_key(text: &str) -> String {
    const ALPHABET: &str = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
    normalize_input(text)
        .to_lowercase()
        .chars()
        .filter_map(|c| {
            let place = ALPHABET
                .chars()
                .position(|letter| letter == c)
                .and_then(|at| u32::try_from(at).ok());
            match place {
                Some(place) => char::from_u32(0x400 + place),
                None if c.is_whitespace() || c == '-' => Some(' '),
                None => Some(c).filter(|c| c.is_alphanumeric()),
            }
        })
        .collect()
}
