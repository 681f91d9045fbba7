//! The exact keys of a case, written with the save.

use esik_domain::case::CaseState;
use esik_domain::ids::CaseId;
use esik_domain::name::query_key;
use esik_domain::number::normalise_typed;
use esik_domain::text;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What a key is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum KeyKind {
    Number = 1,
    /// The number backwards: people type the end of it.
    NumberEnd = 2,
    Phone = 3,
    Iin = 4,
    /// One word of a person's or organisation's name.
    Name = 5,
    Place = 6,
    /// Another case of which an officer said that one of its people is this one, or is not.
    Matched = 7,
}

/// Kinds people remember a part of.
pub(crate) const PARTS: [i64; 4] =
    [KeyKind::Number as i64, KeyKind::Phone as i64, KeyKind::Iin as i64, KeyKind::Name as i64];

/// One exact key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key {
    pub kind: i64,
    pub text: String,
}

fn key(kind: KeyKind, text: String) -> Option<Key> {
    (!text.is_empty()).then_some(Key { kind: kind as i64, text })
}

/// Digits of a text.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The part of a phone number that people repeat: the last ten digits.
pub(crate) fn phone_key(text: &str) -> String {
    let all = digits(text);
    let from = all.len().saturating_sub(10);
    all.get(from..).unwrap_or_default().to_owned()
}

/// The case that a word on a person names.
pub(crate) fn matched_key(case: CaseId) -> String {
    case.0.simple().to_string()
}

pub(crate) fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

/// Words after which an address no longer tells the house.
const FLAT: &[&str] = &["кв", "квартира", "пәтер", "офис", "подъезд", "кіреберіс", "этаж", "қабат"];

/// Words around a street and a house.
const AROUND: &[&str] = &[
    "г",
    "город",
    "қ",
    "қала",
    "қаласы",
    "кокшетау",
    "көкшетау",
    "ул",
    "улица",
    "көше",
    "көшесі",
    "пр",
    "просп",
    "проспект",
    "даңғыл",
    "даңғылы",
    "мкр",
    "микрорайон",
    "ықшамауданы",
    "пер",
    "переулок",
    "д",
    "дом",
    "үй",
    "үйі",
    "область",
    "обл",
    "облысы",
    "район",
    "ауданы",
    "имени",
    "им",
    "атындағы",
];

fn folded(words: &[&str]) -> HashSet<String> {
    words.iter().map(|w| text::fold(w)).collect()
}

/// Street and house of an address as people say it, without the words around them and without the
/// flat: two ways to write one house meet. Empty when nothing is left.
#[must_use]
pub fn place_key(address: &str) -> String {
    static WORDS: LazyLock<(HashSet<String>, HashSet<String>)> =
        LazyLock::new(|| (folded(FLAT), folded(AROUND)));
    let (flat, around) = &*WORDS;
    let words: Vec<String> = text::folded_words(address)
        .take_while(|w| !flat.contains(w))
        .filter(|w| !around.contains(w))
        .collect();
    words.join(" ")
}

/// Every exact key of a case, each once.
pub(crate) fn keys_of(case: &CaseState) -> Vec<Key> {
    let mut out = Vec::new();
    for number in case.number.iter().chain(&case.ext_number) {
        let normal = normalise_typed(number);
        out.extend(key(KeyKind::NumberEnd, backwards(&normal)));
        out.extend(key(KeyKind::Number, normal));
    }
    for party in case.parties.iter().map(|p| &p.party) {
        out.extend(key(KeyKind::Phone, phone_key(&party.phone)));
        out.extend(key(KeyKind::Iin, digits(&party.iin)));
        for line in [&party.surname, &party.given, &party.patronymic, &party.organisation] {
            out.extend(query_key(line).split(' ').filter_map(|w| key(KeyKind::Name, w.to_owned())));
        }
    }
    for word in &case.person_words {
        out.extend(key(KeyKind::Matched, matched_key(word.other.case)));
    }
    if let Some(address) = &case.address {
        out.extend(key(KeyKind::Place, place_key(&address.text)));
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_write_one_house_meet() {
        let key = place_key("г. Кокшетау, ул. Абая, д. 12, кв. 4");
        assert_eq!(key, place_key("Абая 12"));
        assert_eq!(key, place_key("Көкшетау қаласы, Абая көшесі, 12 үй"));
        assert_ne!(key, place_key("Абая 14"));
    }
}
