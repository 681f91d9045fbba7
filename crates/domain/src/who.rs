//! One line that tells who somebody is: a name, a phone, an IIN, in any order, typed or pasted together.

use crate::iin::{self, IinCheck};
use crate::name::PersonName;
use crate::phone::{self, PhoneCheck};
use crate::text::{fold, normalize_input};

/// Digits of an IIN.
const IIN_DIGITS: usize = 12;
/// Fewer digits are no phone: a house, a flat, a year.
const PHONE_DIGITS_MIN: usize = 5;
/// Nothing that names a person is longer, in characters; a pasted page is looked at in its beginning.
const LINE_MAX: usize = 500;

/// Words people write before what they name, folded: they are nobody's name.
const LABELS: [&str; 14] = [
    "иин",
    "жсн",
    "бин",
    "бсн",
    "тел",
    "телефон",
    "моб",
    "сот",
    "фио",
    "гр",
    "гражданин",
    "гражданка",
    "азаматша",
    "номир",
];

/// What a line was read as.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WhoLine {
    /// What is left of it when numbers and their labels are taken out.
    pub name: Option<PersonName>,
    /// The first number that may be called; else the first that looks like one.
    pub phone: Option<PhoneCheck>,
    pub iin: Option<IinCheck>,
}

impl WhoLine {
    /// The number that may be called.
    #[must_use]
    pub fn e164(&self) -> Option<&str> {
        self.phone.as_ref().and_then(|p| p.e164.as_deref())
    }

    /// The IIN or BIN, when its check digit agrees.
    #[must_use]
    pub fn valid_iin(&self) -> Option<&str> {
        self.iin.as_ref().filter(|i| i.valid).map(|i| i.normalized.as_str())
    }

    /// More than one thing was told of the person.
    #[must_use]
    pub fn tells_more_than_one(&self) -> bool {
        let told = [self.name.is_some(), self.e164().is_some(), self.valid_iin().is_some()];
        told.into_iter().filter(|t| *t).count() > 1
    }
}

/// Reads a line. Nothing is refused: what is no number is a name.
///
/// ```
/// let who = esik_domain::who::read("Ахметов Нұрлан, тел. 8 701 123 45 67, ЖСН 850101300124");
/// assert_eq!(who.e164(), Some("+77011234567"));
/// assert_eq!(who.iin.map(|i| i.normalized).as_deref(), Some("850101300124"));
/// assert_eq!(who.name.map(|n| n.given).as_deref(), Some("Нұрлан"));
/// ```
#[must_use]
pub fn read(line: &str) -> WhoLine {
    let line: String = normalize_input(line).chars().take(LINE_MAX).collect();
    let mut who = WhoLine::default();
    let mut words = String::new();
    for part in parts(&line) {
        match part {
            Part::Words(text) => {
                words.push_str(&text);
                words.push(' ');
            }
            Part::Number(run) => read_number(&run, &mut who),
        }
    }
    who.name = PersonName::parse(&without_labels(&words));
    who
}

enum Part {
    Words(String),
    Number(String),
}

/// Stretches of figures, and what stands between them. A figure inside a word is the word's.
fn parts(line: &str) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for token in line.split_whitespace() {
        for piece in token.split_inclusive([',', ';', ':', '=']) {
            let (word, sign) = match piece.strip_suffix([',', ';', ':', '=']) {
                Some(word) => (word, piece.get(word.len()..).unwrap_or_default()),
                None => (piece, ""),
            };
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let number = digits > 0 && !word.chars().any(char::is_alphabetic);
            match out.last_mut() {
                Some(Part::Number(run)) if number && !word.starts_with('+') => {
                    run.push(' ');
                    run.push_str(word);
                }
                _ if number => out.push(Part::Number(word.to_owned())),
                Some(Part::Words(text)) => {
                    text.push(' ');
                    text.push_str(word);
                    text.push_str(sign);
                }
                _ => out.push(Part::Words(format!("{word}{sign}"))),
            }
            // What follows a comma is another thing.
            if number && !sign.is_empty() {
                out.push(Part::Words(String::new()));
            }
        }
    }
    out
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// A stretch of figures may hold an IIN, a day of birth and a phone beside each other.
fn read_number(run: &str, who: &mut WhoLine) {
    if digits(run) == IIN_DIGITS && !run.starts_with('+') && !run.contains('(') {
        take_iin(run, who);
        return;
    }
    let mut rest: Vec<&str> = Vec::new();
    for token in run.split(' ') {
        let whole = token.len() == IIN_DIGITS && digits(token) == IIN_DIGITS;
        if whole && iin::check(token).valid {
            take_iin(token, who);
        } else if !is_day(token) {
            rest.push(token);
        }
    }
    let joined = rest.join(" ");
    if digits(&joined) < PHONE_DIGITS_MIN {
        return;
    }
    let whole = phone::check(&joined);
    let read = if whole.valid {
        whole
    } else {
        // Two phones beside each other: the first one.
        rest.iter().map(|t| phone::check(t)).find(|p| p.valid).unwrap_or(whole)
    };
    if who.phone.as_ref().is_none_or(|held| !held.valid && read.valid) {
        who.phone = Some(read);
    }
}

fn take_iin(text: &str, who: &mut WhoLine) {
    let read = iin::check(text);
    if who.iin.as_ref().is_none_or(|held| !held.valid && read.valid) {
        who.iin = Some(read);
    }
}

/// `01.02.1985`, `1985-02-01`: a day of birth, not a number to call.
fn is_day(token: &str) -> bool {
    let parts: Vec<usize> =
        token.split(['.', '-', '/']).filter(|p| !p.is_empty()).map(str::len).collect();
    matches!(parts.as_slice(), [1..=2, 1..=2, 4] | [4, 1..=2, 1..=2]) && digits(token) <= 8
}

fn without_labels(words: &str) -> String {
    let label = |word: &str| {
        let plain: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        LABELS.contains(&fold(&plain).as_str())
    };
    words.split_whitespace().filter(|w| !label(w)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 851231300124 has the right check digit.
    const IIN: &str = "851231300124";

    fn told(line: &str) -> (String, String, String) {
        let who = read(line);
        let name = who.name.clone().unwrap_or_default();
        (
            format!("{} {}", name.surname, name.given).trim().to_owned(),
            who.e164().unwrap_or_default().to_owned(),
            who.valid_iin().unwrap_or_default().to_owned(),
        )
    }

    #[test]
    fn whatever_stands_together_is_told_apart() {
        let all = ("Ахметов Нурлан".to_owned(), "+77011234567".to_owned(), IIN.to_owned());
        for line in [
            format!("Ахметов Нурлан 87011234567 {IIN}"),
            format!("{IIN} Ахметов Нурлан +7 701 123 45 67"),
            format!("+7 (701) 123-45-67, Ахметов Нурлан, {IIN}"),
            format!("ФИО: Ахметов Нурлан\tИИН {IIN}\nтел.: 8-701-123-45-67"),
            format!("Ахметов Нурлан {IIN} 8 701 123 45 67"),
            format!("Ахметов Нурлан 31.12.1985 г.р. {IIN} 8 701 123 45 67"),
            format!("87011234567 {IIN} Ахметов Нурлан"),
            format!("ЖСН:{IIN};тел:87011234567;Ахметов Нурлан"),
        ] {
            assert_eq!(told(&line), all, "{line}");
        }
        let none = String::new;
        assert_eq!(told("87011234567 87022345678"), (none(), "+77011234567".into(), none()));
        assert_eq!(told("Ким Анна, Ауэзова 12, кв. 5").1, "");
        assert_eq!(told("8512 3130 0124"), (none(), none(), IIN.to_owned()));
        assert_eq!(told("7011234567"), (none(), "+77011234567".to_owned(), none()));
    }

    #[test]
    fn what_cannot_be_right_is_read_too() {
        let who = read("Ким Анна 851231300125");
        assert!(who.iin.as_ref().is_some_and(|i| !i.valid));
        assert_eq!(who.valid_iin(), None);
        assert!(!who.tells_more_than_one());
        assert!(read("12345").phone.is_some_and(|p| !p.valid));
        assert_eq!(read("  "), WhoLine::default());
        assert_eq!(read(&"9".repeat(100_000)).iin, None);
    }
}
