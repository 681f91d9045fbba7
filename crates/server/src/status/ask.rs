//! What a person brings: a number with a code typed from the paper, or what the QR code holds.

use crate::attempts::{Attempts, Patience};
use chrono::TimeDelta;
use esik_domain::number::normalise_typed;
use sha2::{Digest as _, Sha256};
use std::str::FromStr;

/// Wrong tries of one asker in a while.
pub const ASKER: Patience = Patience { tries: 20, window: TimeDelta::minutes(10) };
/// Wrong codes typed for one number in a while: 40 random bits stand against a few thousand tries a year.
pub const NUMBER: Patience = Patience { tries: 10, window: TimeDelta::hours(1) };

/// Who tried, and for which number; each remembers so many keys and no more.
#[derive(Default)]
pub struct Asked {
    pub askers: Attempts,
    pub numbers: Attempts,
    /// Words that were said, by address.
    pub speakers: Attempts,
}

/// The address under which people reach the region: `https://` and a name, nothing behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicAddress(String);

impl PublicAddress {
    /// Where the page is.
    #[must_use]
    pub fn status_page(&self) -> String {
        format!("{}/s", self.0)
    }
}

impl FromStr for PublicAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("{text}: `https://NAME[:PORT]` is needed, with nothing behind it");
        let text = text.trim().trim_end_matches('/');
        let uri: axum::http::Uri = text.parse().map_err(|_| bad())?;
        let host = uri.host().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let bare = uri.scheme_str() == Some("https")
            && text.len() <= 100
            && text.get(8..).is_some_and(|rest| rest.chars().all(plain));
        if bare && !host.is_empty() { Ok(Self(text.to_ascii_lowercase())) } else { Err(bad()) }
    }
}

/// What proves that somebody holds the coupon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Eight characters, by hand.
    Code,
    /// 128 bits, from the QR code.
    Secret,
}

/// A question that is well formed.
#[derive(Clone)]
pub struct Ask {
    pub number: String,
    pub word: String,
    pub by: By,
}

impl Ask {
    /// What was typed into the form.
    pub fn typed(number: &str, code: &str) -> Option<Self> {
        let word: String = alike(code).chars().filter(|c| c.is_alphanumeric()).collect();
        let good = word.len() == 8 && word.bytes().all(|b| b.is_ascii_alphanumeric());
        Some(Self { number: typed_number(number)?, word, by: By::Code }).filter(|_| good)
    }

    /// What stood in the address: `NUMBER/SECRET`.
    pub fn scanned(rest: &str) -> Option<Self> {
        let (number, secret) = rest.split_once('/')?;
        let good = matches!(secret.len(), 26 | 32)
            && secret.bytes().all(|b| b.is_ascii_alphanumeric())
            && printed(number);
        good.then(|| Self { number: number.to_owned(), word: secret.to_owned(), by: By::Secret })
    }

    /// What is compared instead of the word: of one length, whatever was asked.
    pub fn digest(word: &str) -> [u8; 32] {
        Sha256::digest(word.as_bytes()).into()
    }
}

/// As `esik-letters` prints it.
fn printed(number: &str) -> bool {
    (1..=crate::plan::NUMBER_CHARS_MAX).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Cyrillic letters that look like Latin ones are those: the paper does not tell which it prints.
fn alike(text: &str) -> String {
    text.to_uppercase()
        .chars()
        .map(|c| match c {
            'А' => 'A',
            'В' => 'B',
            'Е' | 'Ё' => 'E',
            'К' | 'Қ' => 'K',
            'М' => 'M',
            'Н' | 'Ң' => 'H',
            'О' | 'Ө' => 'O',
            'Р' => 'P',
            'С' => 'C',
            'Т' => 'T',
            'У' | 'Ү' | 'Ұ' => 'Y',
            'Х' => 'X',
            'І' => 'I',
            other => other,
        })
        .collect()
}

/// The number as it is printed, from how people type it: in small letters, with blanks or slashes, without its first
/// letters, or with those in Cyrillic as they sound.
fn typed_number(typed: &str) -> Option<String> {
    if typed.chars().count() > 2 * crate::plan::NUMBER_CHARS_MAX {
        return None;
    }
    let first: String = typed.trim().chars().take_while(|c| c.is_alphabetic()).collect();
    let rest = typed.trim().get(first.len()..).unwrap_or_default();
    let ours = first.is_empty() || matches!(alike(&first).as_str(), "ESK" | "ECK");
    let number = if ours { format!("ESK-{}", alike(rest)) } else { alike(typed) };
    Some(normalise_typed(&number)).filter(|n| printed(n) && n.bytes().any(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_meets_what_is_printed() {
        for typed in [
            "ESK-07-2026-431",
            " esk 07/2026 – 431 ",
            "еск-07-2026-431",
            "ЕСК 07 2026 431",
            "07-2026-431",
        ] {
            let ask = Ask::typed(typed, "abcd 2345").unwrap();
            assert_eq!((ask.number.as_str(), ask.word.as_str()), ("ESK-07-2026-431", "ABCD2345"));
        }
        let own = Ask::typed("esk-07-2026-т3f-12", "КМНР-хтус").unwrap();
        assert_eq!((own.number.as_str(), own.word.as_str()), ("ESK-07-2026-T3F-12", "KMHPXTYC"));
        for (number, code) in [
            ("", "ABCD2345"),
            ("ESK-07-2026-431", ""),
            ("ESK-07-2026-431", "ABCD234"),
            ("ESK-07-2026-431", "ABCD23456"),
            ("ESK-07-2026-431", "ЖЩЫЭ2345"),
            ("ESK-07-2026-Жылу", "ABCD2345"),
            (&"9".repeat(50), "ABCD2345"),
            (&"Ж".repeat(5_000), "ABCD2345"),
            ("\u{202e}431", "\u{0}\u{0}"),
        ] {
            assert!(Ask::typed(number, code).is_none(), "{number:.20} {code}");
        }
    }

    #[test]
    fn what_the_code_holds_is_read_and_nothing_else() {
        let secret = "0123456789abcdef0123456789abcdef";
        let ask = Ask::scanned(&format!("ESK-07-2026-431/{secret}")).unwrap();
        assert_eq!((ask.number.as_str(), ask.word.as_str()), ("ESK-07-2026-431", secret));
        for broken in [
            "",
            "/",
            "ESK-07-2026-431",
            "ESK-07-2026-431/",
            &format!("/{secret}"),
            &format!("ESK-07-2026-431/{secret}/"),
            &format!("ESK-07-2026-431/{secret}0"),
            &format!("ESK 07/{secret}"),
            &format!("{}/{secret}", "9".repeat(41)),
            "ESK-07-2026-431/жжжжжжжжжжжжжжжж",
        ] {
            assert!(Ask::scanned(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn a_public_address_is_a_name_behind_https_and_nothing_more() {
        let read = |text: &str| text.parse::<PublicAddress>().map(|a| a.status_page());
        for good in
            ["https://status.aqmola.kz", "HTTPS://Status.aqmola.kz/", " https://status.aqmola.kz "]
        {
            assert_eq!(read(good).unwrap(), "https://status.aqmola.kz/s");
        }
        assert_eq!(read("https://[2001:db8::1]:8443").unwrap(), "https://[2001:db8::1]:8443/s");
        for bad in [
            "http://status.kz",
            "status.kz",
            "https://",
            "https://a b",
            "https://status.kz/path",
            "https://status.kz?x=1",
            "https://user@status.kz",
            "https://status.kz/\u{202e}",
            &format!("https://{}.kz", "a".repeat(200)),
        ] {
            assert!(read(bad).is_err(), "{bad:.40}");
        }
    }
}
