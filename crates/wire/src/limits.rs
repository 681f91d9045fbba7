//! What an event's JSON may hold (`reliability.md` S21): limits that every engine, language and program to come can
//! keep, looked at before anything is read. In one pass, without building the value.

use crate::signed::SigningError;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use unicode_normalization::is_nfc;

/// Whole numbers between minus and plus this are the same in every language.
pub const WHOLE_MAX: i64 = 1 << 53;
/// Lists and objects within each other.
pub const DEPTH_MAX: u8 = 32;

/// Checks a text that should be JSON: numbers within ±2^53, no key twice, composed texts (NFC), at most [`DEPTH_MAX`]
/// deep, one value and nothing behind it.
///
/// # Errors
/// `Limits` with the reason; `Shape` when it is no JSON.
pub fn check(json: &str) -> Result<(), SigningError> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let read = Within(DEPTH_MAX).deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| {
        let text = error.to_string();
        let reasons = [NUMBER, TWICE, COMPOSED, DEEP];
        match reasons.into_iter().find(|r| text.starts_with(r)) {
            Some(reason) => SigningError::Limits(reason),
            None => SigningError::Shape(text),
        }
    })
}

const NUMBER: &str = "a number beyond 2^53";
const TWICE: &str = "a key stands twice";
const COMPOSED: &str = "a text is not composed";
const DEEP: &str = "too deep";

/// A value, so many levels deep at most.
struct Within(u8);

impl<'de> DeserializeSeed<'de> for Within {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl Within {
    fn deeper<E: serde::de::Error>(&self) -> Result<u8, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom(DEEP))
    }
}

fn text<E: serde::de::Error>(s: &str) -> Result<(), E> {
    if s.is_ascii() || is_nfc(s) { Ok(()) } else { Err(E::custom(COMPOSED)) }
}

impl<'de> Visitor<'de> for Within {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<(), E> {
        if (-WHOLE_MAX..=WHOLE_MAX).contains(&n) { Ok(()) } else { Err(E::custom(NUMBER)) }
    }
    fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<(), E> {
        if n <= WHOLE_MAX.unsigned_abs() { Ok(()) } else { Err(E::custom(NUMBER)) }
    }
    fn visit_f64<E: serde::de::Error>(self, n: f64) -> Result<(), E> {
        // A whole number that no whole type holds arrives here as well.
        if n.abs() <= 9_007_199_254_740_992.0 { Ok(()) } else { Err(E::custom(NUMBER)) }
    }
    fn visit_str<E: serde::de::Error>(self, s: &str) -> Result<(), E> {
        text(s)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let depth = self.deeper()?;
        while list.next_element_seed(Within(depth))?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let depth = self.deeper()?;
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            text(&key)?;
            if !seen.insert(key.into_owned()) {
                return Err(A::Error::custom(TWICE));
            }
            map.next_value_seed(Within(depth))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(json: &str) -> Option<String> {
        check(json).err().map(|e| e.to_string())
    }

    /// S21 (part), B38 (part).
    #[test]
    fn each_limit_is_held_to_the_last_value_that_is_good() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        for good in [
            r#"{"a":9007199254740992,"b":-9007199254740992,"c":1.5e-7,"d":0}"#,
            r#"{"a":{"a":{"a":null}},"b":[true,false]}"#,
            "{\"text\":\"Әйел й ё \u{1f9ed} \\u0439\"}",
            &nested(32),
        ] {
            assert_eq!(reason(good), None, "{good}");
        }
        for (bad, why) in [
            (r#"{"a":9007199254740993}"#, NUMBER),
            (r#"{"a":-9007199254740993}"#, NUMBER),
            (r#"[18446744073709551615]"#, NUMBER),
            (r#"[99999999999999999999999]"#, NUMBER),
            (r#"[1e300]"#, NUMBER),
            (r#"{"a":1,"b":2,"a":1}"#, TWICE),
            (r#"{"x":{"a":1,"\u0061":2}}"#, TWICE),
            ("\"и\u{306}\"", COMPOSED),
            (r#""\u0438\u0306""#, COMPOSED),
            ("{\"и\u{306}\":1}", COMPOSED),
            (&nested(33), DEEP),
            (&nested(100), DEEP),
        ] {
            assert_eq!(check(bad), Err(SigningError::Limits(why)), "{bad}");
        }
        for bad in ["", "{", "{} {}", "nan", r#""\ud800""#, &nested(100_000)] {
            assert!(check(bad).is_err(), "{bad:.20}");
        }
    }
}
