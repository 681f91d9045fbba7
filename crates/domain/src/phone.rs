//! Phone numbers as people say and write them, kept as E.164 (`domain.md` §4.2).
//!
//! Kazakhstan shares +7 with Russia, so the country is told by our own rule, not by the prefix alone.
//! A number that cannot be read never stops an intake: the answer says what was read.

use phonenumber::country::Id;
use phonenumber::{Mode, PhoneNumber};
use serde::{Deserialize, Serialize};

/// Area code put before a six-digit city number: Kokshetau.
pub const KOKSHETAU: &str = "7162";

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PhoneReason {
    /// A full number.
    Ok,
    /// A six-digit city number, completed with the area code of the station.
    AreaAdded,
    /// The country code was written without a plus; it was assumed.
    PlusAssumed,
    /// Nothing was typed.
    Empty,
    /// No digits in the text.
    NoDigits,
    /// A short number such as 102 or 109: not a person's phone.
    ShortCode,
    /// Too few digits.
    TooShort,
    /// Too many digits.
    TooLong,
    /// The right length, but no such number range exists.
    NotARange,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PhoneCheck {
    /// Whether `e164` may be kept.
    pub valid: bool,
    /// `+77011234567`.
    pub e164: Option<String>,
    /// `KZ`, or the ISO code of another country; absent where a code is shared and the range tells nothing.
    pub region: Option<String>,
    /// Why.
    pub reason: PhoneReason,
    /// How to show it; for a number that could not be read, the digits that were read.
    pub display: String,
}

/// Checks a number written at a desk in Kokshetau.
///
/// ```
/// use esik_domain::phone::check;
/// assert_eq!(check("8 (701) 123-45-67").e164.as_deref(), Some("+77011234567"));
/// ```
#[must_use]
pub fn check(text: &str) -> PhoneCheck {
    check_in(text, KOKSHETAU)
}

/// Checks a number written where six-digit numbers belong to `area` (four digits, such as `7162`).
#[must_use]
pub fn check_in(text: &str, area: &str) -> PhoneCheck {
    let runs = runs(text);
    let mut first_bad = None;
    for run in &runs {
        let outcome = read(run, area);
        if outcome.valid {
            return outcome;
        }
        first_bad.get_or_insert(outcome);
    }
    let nothing = if text.trim().is_empty() { PhoneReason::Empty } else { PhoneReason::NoDigits };
    first_bad.unwrap_or_else(|| refused(nothing, String::new()))
}

/// One run of digits with what separates them inside a number.
struct Run {
    plus: bool,
    digits: String,
}

/// A run ends at a letter or any sign that does not stand inside phone numbers, and before a plus.
fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run { plus: false, digits: String::new() };
    // 16 KiB is far over any honest phone field and keeps a pasted book cheap.
    for c in text.chars().take(16 * 1024) {
        let inside = c.is_ascii_digit()
            || c.is_whitespace()
            || "()-.–—‑/\u{ad}\u{200b}\u{2060}\u{feff}\u{202a}\u{202c}".contains(c);
        if inside {
            run.digits.extend(Some(c).filter(char::is_ascii_digit));
            continue;
        }
        if !run.digits.is_empty() {
            runs.push(std::mem::replace(&mut run, Run { plus: false, digits: String::new() }));
        }
        run.plus = c == '+' || c == '\u{ff0b}';
    }
    if !run.digits.is_empty() {
        runs.push(run);
    }
    runs
}

fn read(run: &Run, area: &str) -> PhoneCheck {
    let digits = run.digits.as_str();
    if run.plus {
        return international(digits, PhoneReason::Ok);
    }
    match (digits.len(), digits.as_bytes()) {
        (1..=4, _) if is_short_code(digits) => refused(PhoneReason::ShortCode, digits.to_owned()),
        (1..=5 | 7..=9, _) => refused(PhoneReason::TooShort, digits.to_owned()),
        (6, _) => international(&format!("7{area}{digits}"), PhoneReason::AreaAdded),
        // Spoken without the country: 701 123 45 67, 7162 25 25 25.
        (10, [b'6' | b'7', ..]) => international(&format!("7{digits}"), PhoneReason::Ok),
        (11, [b'8', ..]) => international(&format!("7{}", &digits[1..]), PhoneReason::Ok),
        (11, [b'7', ..]) => international(digits, PhoneReason::Ok),
        // 8 10 is how one dials abroad, 00 how the rest of the world does.
        (13.., [b'8', b'1', b'0', ..]) => international(&digits[3..], PhoneReason::Ok),
        (11.., [b'0', b'0', ..]) => international(&digits[2..], PhoneReason::Ok),
        (10..=15, _) => international(digits, PhoneReason::PlusAssumed),
        _ => refused(PhoneReason::TooLong, digits.to_owned()),
    }
}

fn is_short_code(digits: &str) -> bool {
    matches!(
        digits,
        "101" | "102" | "103" | "104" | "109" | "110" | "111" | "112" | "115" | "1414" | "1424"
    ) || digits.len() == 3
}

/// `digits` begin with the country code.
fn international(digits: &str, reason: PhoneReason) -> PhoneCheck {
    if digits.len() > 15 {
        return refused(PhoneReason::TooLong, digits.to_owned());
    }
    let e164 = format!("+{digits}");
    if is_kazakh(&e164) {
        let display = show_kazakh(digits);
        return PhoneCheck {
            valid: true,
            e164: Some(e164),
            region: Some("KZ".to_owned()),
            reason,
            display,
        };
    }
    if digits.len() < 7 {
        return refused(PhoneReason::TooShort, digits.to_owned());
    }
    if digits.starts_with('7') && digits.len() != 11 {
        let reason = if digits.len() < 11 { PhoneReason::TooShort } else { PhoneReason::TooLong };
        return refused(reason, digits.to_owned());
    }
    let parsed = phonenumber::parse(Some(Id::KZ), &e164).ok().filter(PhoneNumber::is_valid);
    let Some(number) = parsed else { return refused(PhoneReason::NotARange, digits.to_owned()) };
    let e164 = number.format().mode(Mode::E164).to_string();
    // The library may take a digit for a prefix of the country: what is kept has to be that number itself.
    let itself =
        |kept: PhoneNumber| kept.is_valid() && kept.format().mode(Mode::E164).to_string() == e164;
    if !phonenumber::parse(Some(Id::KZ), &e164).is_ok_and(itself) {
        return refused(PhoneReason::NotARange, digits.to_owned());
    }
    PhoneCheck {
        valid: true,
        region: region(&number, digits),
        e164: Some(e164),
        reason,
        display: number.format().mode(Mode::International).to_string(),
    }
}

/// Our own rule: `^\+7[67]\d{9}$`.
fn is_kazakh(e164: &str) -> bool {
    e164.len() == 12 && (e164.starts_with("+77") || e164.starts_with("+76"))
}

fn region(number: &PhoneNumber, digits: &str) -> Option<String> {
    if digits.starts_with('7') {
        // +7 beyond 6 and 7 is Russia's numbering, except the shared service ranges 800, 80x.
        return (!digits.starts_with("78") || !digits[2..].starts_with('0'))
            .then(|| "RU".to_owned());
    }
    number.country().id().map(|id| id.as_ref().to_owned())
}

/// Mobile `+7 701 123 45 67`; city `+7 (7162) 25-25-25`. `digits` are the eleven of a Kazakh number.
fn show_kazakh(digits: &str) -> String {
    // City codes of Kazakhstan are 71xx and 72xx; every other range is mobile or has a three-digit code.
    if digits.starts_with("771") || digits.starts_with("772") {
        let city = &digits[1..5];
        // 771 alone is also a mobile code; a city code of four digits never begins with 771.
        if city != "7710" && !digits.starts_with("7771") {
            return format!("+7 ({city}) {}-{}-{}", &digits[5..7], &digits[7..9], &digits[9..]);
        }
    }
    format!("+7 {} {} {} {}", &digits[1..4], &digits[4..7], &digits[7..9], &digits[9..])
}

fn refused(reason: PhoneReason, read: String) -> PhoneCheck {
    PhoneCheck {
        valid: false,
        e164: None,
        region: None,
        reason,
        display: read.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kazakh_numbers_as_people_write_them() {
        for (text, e164, display) in [
            ("+7 701 123 45 67", "+77011234567", "+7 701 123 45 67"),
            ("8 701 123 45 67", "+77011234567", "+7 701 123 45 67"),
            ("87011234567", "+77011234567", "+7 701 123 45 67"),
            ("701 123-45-67", "+77011234567", "+7 701 123 45 67"),
            ("8(747)123-45-67", "+77471234567", "+7 747 123 45 67"),
            ("+7\u{a0}(771)\u{a0}123‑45‑67", "+77711234567", "+7 771 123 45 67"),
            ("тел: 8 775 123 45 67 (анам)", "+77751234567", "+7 775 123 45 67"),
            ("ұялы телефоны 87761234567, кешке", "+77761234567", "+7 776 123 45 67"),
            ("8 7162 25 25 25", "+77162252525", "+7 (7162) 25-25-25"),
            ("+7 (7162) 25-25-25", "+77162252525", "+7 (7162) 25-25-25"),
            ("25-25-25", "+77162252525", "+7 (7162) 25-25-25"),
            ("7162 252525", "+77162252525", "+7 (7162) 25-25-25"),
            ("кв. 12, тел 25-25-25", "+77162252525", "+7 (7162) 25-25-25"),
            ("+7 727 250 00 00", "+77272500000", "+7 (7272) 50-00-00"),
        ] {
            let got = check(text);
            assert!(got.valid, "{text}: {got:?}");
            assert_eq!(got.e164.as_deref(), Some(e164), "{text}");
            assert_eq!(got.region.as_deref(), Some("KZ"), "{text}");
            assert_eq!(got.display, display, "{text}");
        }
        assert_eq!(check("25-25-25").reason, PhoneReason::AreaAdded);
        assert_eq!(check_in("25-25-25", "7172").e164.as_deref(), Some("+77172252525"));
    }

    #[test]
    fn foreign_numbers_are_allowed_and_named() {
        for (text, e164, region, reason) in [
            ("+7 912 345 67 89", "+79123456789", "RU", PhoneReason::Ok),
            ("8 912 345 67 89", "+79123456789", "RU", PhoneReason::Ok),
            ("+998 90 123 45 67", "+998901234567", "UZ", PhoneReason::Ok),
            ("998 90 123 45 67", "+998901234567", "UZ", PhoneReason::PlusAssumed),
            ("00 49 30 901820", "+4930901820", "DE", PhoneReason::Ok),
            ("8 10 996 700 123456", "+996700123456", "KG", PhoneReason::Ok),
        ] {
            let got = check(text);
            assert_eq!(
                (got.e164.as_deref(), got.region.as_deref(), got.reason),
                (Some(e164), Some(region), reason),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_phone_says_what_was_read() {
        use PhoneReason::*;
        for (text, reason, display) in [
            ("", Empty, ""),
            ("  ", Empty, ""),
            ("телефоны жоқ", NoDigits, ""),
            ("102", ShortCode, "102"),
            ("1414", ShortCode, "1414"),
            ("8701 123", TooShort, "8701123"),
            ("+7 701 123 45 6", TooShort, "7701123456"),
            ("+7 701 123 45 678", TooLong, "770112345678"),
            ("8701123456789012345", TooLong, "8701123456789012345"),
            ("+7 012 345 67 89", NotARange, "70123456789"),
        ] {
            let got = check(text);
            assert_eq!(
                (got.valid, got.reason, got.display.as_str()),
                (false, reason, display),
                "{text}"
            );
            assert_eq!(got.e164, None);
        }
    }

    #[test]
    fn a_number_that_could_not_be_read_back_is_not_kept() {
        for typed in ["59088890000000", "49888201000"] {
            let got = check(typed);
            assert_eq!((got.valid, got.reason, got.e164), (false, PhoneReason::NotARange, None));
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(text in any::<String>()) {
            let got = check(&text);
            prop_assert_eq!(got.valid, got.e164.is_some());
        }

        #[test]
        fn no_string_of_phone_signs_makes_it_panic(text in r"[+0-9()\-. /;=a-z]{0,40}") {
            let _ = check(&text);
        }

        #[test]
        fn a_kept_number_reads_back_as_itself(text in r"\+?[0-9]{5,15}") {
            if let Some(e164) = check(&text).e164 {
                prop_assert_eq!(check(&e164).e164, Some(e164));
            }
        }

        #[test]
        fn every_kazakh_number_is_kazakh(rest in 0u64..1_000_000_000, six in any::<bool>()) {
            let number = format!("+7{}{rest:09}", if six { 6 } else { 7 });
            let got = check(&number);
            prop_assert_eq!(got.region.as_deref(), Some("KZ"));
            prop_assert_eq!(got.e164, Some(number));
        }
    }
}
