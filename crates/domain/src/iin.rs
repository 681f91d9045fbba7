//! IIN (ЖСН, ИИН) and BIN (БСН, БИН): the check digit is the only hard test (`domain.md` §4.1).
//!
//! Since decree № 853 of 26 Aug 2013 an IIN is officially not tied to birth date and sex, so both are
//! only hints here. A number with a right check digit is not thereby a real person's; numbers are never logged.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// Of a person.
    Iin,
    /// Of an organisation.
    Bin,
}

/// What the desk does with the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to say.
    Ok,
    /// The officer confirms that the number was read so from the document; intake goes on.
    Warn,
    /// Cannot be kept as a number; intake goes on without it.
    Error,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum IinReason {
    /// Twelve digits and the check digit agrees.
    Ok,
    /// Nothing was typed.
    Empty,
    /// Letters or other signs among the digits.
    NotDigits,
    /// Fewer or more than twelve digits.
    WrongLength,
    /// The last digit does not follow from the first eleven.
    WrongCheckDigit,
    /// No check digit exists for these eleven digits: such a number cannot have been issued.
    ImpossiblePrefix,
    /// The check digit agrees, but the fifth digit fits neither a person nor an organisation.
    UnknownKind,
}

/// Sex as the seventh digit suggests it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

/// What the layout of an older IIN suggests; never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct IinHint {
    /// Date of birth, when digits 1–7 make one.
    pub birth: Option<NaiveDate>,
    /// Sex, when digit 7 tells it.
    pub sex: Option<Sex>,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct IinCheck {
    /// Twelve digits with the right check digit.
    pub valid: bool,
    /// Person or organisation, by the fifth digit; absent when it cannot be told.
    pub kind: Option<IdKind>,
    /// How much it matters.
    pub severity: Severity,
    /// Why.
    pub reason: IinReason,
    /// Only for a person's number of twelve digits.
    pub hint: Option<IinHint>,
    /// The input without spaces and dashes.
    pub normalized: String,
}

/// Checks what was typed or pasted. Spaces (also non-breaking) and dashes are passed over.
///
/// ```
/// use esik_domain::iin::check;
/// assert!(check("991231 500 006").valid);
/// ```
#[must_use]
pub fn check(text: &str) -> IinCheck {
    let normalized: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '\u{2011}'))
        .collect();
    let bad = |reason, normalized: String| IinCheck {
        valid: false,
        kind: None,
        severity: Severity::Error,
        reason,
        hint: None,
        normalized,
    };
    if normalized.is_empty() {
        return bad(IinReason::Empty, normalized);
    }
    let digits: Option<Vec<u32>> = normalized.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits else { return bad(IinReason::NotDigits, normalized) };
    let [prefix @ .., last] = digits.as_slice() else { return bad(IinReason::Empty, normalized) };
    let Ok(prefix) = <[u32; 11]>::try_from(prefix) else {
        return bad(IinReason::WrongLength, normalized);
    };

    let kind = match prefix[4] {
        0..=3 => Some(IdKind::Iin),
        4..=6 => Some(IdKind::Bin),
        _ => None,
    };
    let hint = (kind == Some(IdKind::Iin)).then(|| hint(&prefix));
    let (reason, severity) = match check_digit(prefix) {
        None => (IinReason::ImpossiblePrefix, Severity::Warn),
        Some(right) if right != *last => (IinReason::WrongCheckDigit, Severity::Warn),
        Some(_) if kind.is_none() => (IinReason::UnknownKind, Severity::Warn),
        Some(_) => (IinReason::Ok, Severity::Ok),
    };
    let valid = matches!(reason, IinReason::Ok | IinReason::UnknownKind);
    IinCheck { valid, kind, severity, reason, hint, normalized }
}

/// The twelfth digit that follows from eleven; `None` when no number with this beginning can exist.
#[must_use]
pub fn check_digit(prefix: [u32; 11]) -> Option<u32> {
    const FIRST: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const SECOND: [u32; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];
    [FIRST, SECOND]
        .iter()
        .map(|weights| {
            prefix.iter().zip(weights).map(|(digit, weight)| (digit % 10) * weight).sum::<u32>()
                % 11
        })
        .find(|digit| *digit < 10)
}

fn hint(d: &[u32; 11]) -> IinHint {
    let sex = match d[6] {
        1 | 3 | 5 => Some(Sex::Male),
        2 | 4 | 6 => Some(Sex::Female),
        _ => None,
    };
    let century: Option<u32> = match d[6] {
        1 | 2 => Some(1800),
        3 | 4 => Some(1900),
        5 | 6 => Some(2000),
        _ => None,
    };
    let birth = century.and_then(|century| {
        let year = i32::try_from(century + d[0] * 10 + d[1]).ok()?;
        NaiveDate::from_ymd_opt(year, d[2] * 10 + d[3], d[4] * 10 + d[5])
    });
    IinHint { birth, sex }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_numbers_of_the_domain_note() {
        use {IinReason::*, Severity as S};
        for (number, valid, reason, severity) in [
            ("991231500006", true, Ok, S::Ok),
            ("991231500016", true, Ok, S::Ok),
            ("991231500707", true, Ok, S::Ok),
            ("991231500719", true, Ok, S::Ok),
            ("991231500007", false, WrongCheckDigit, S::Warn),
            ("123123123123", false, WrongCheckDigit, S::Warn),
            ("99123150077", false, WrongLength, S::Error),
            ("9912315000061", false, WrongLength, S::Error),
            ("99123150000O", false, NotDigits, S::Error),
            ("ИИН 991231500006", false, NotDigits, S::Error),
            ("", false, Empty, S::Error),
            (" \u{a0} ", false, Empty, S::Error),
            ("9", false, WrongLength, S::Error),
        ] {
            let got = check(number);
            assert_eq!(
                (got.valid, got.reason, got.severity),
                (valid, reason, severity),
                "{number}"
            );
        }
        for last in 0..10 {
            let got = check(&format!("99123150077{last}"));
            assert_eq!((got.valid, got.reason, got.severity), (false, ImpossiblePrefix, S::Warn));
        }
    }

    #[test]
    fn birth_and_sex_are_only_hints() {
        let got = check("991231500006");
        assert_eq!(got.kind, Some(IdKind::Iin));
        assert_eq!(
            got.hint,
            Some(IinHint { birth: NaiveDate::from_ymd_opt(2099, 12, 31), sex: Some(Sex::Male) })
        );
        // The same hint beside a wrong digit, and no date at all in a number whose digits make none.
        assert!(check("991231500007").hint.unwrap().birth.is_some());
        let strange = check(&with_digit("00009990000"));
        assert_eq!(
            (strange.valid, strange.kind, strange.reason),
            (true, None, IinReason::UnknownKind)
        );
        let dateless = check(&with_digit("99133100000"));
        assert_eq!(
            (dateless.valid, dateless.severity, dateless.hint),
            (true, Severity::Ok, Some(IinHint { birth: None, sex: None }))
        );
    }

    #[test]
    fn an_organisation_is_told_by_the_fifth_digit_and_has_no_birthday() {
        for fifth in 4..=6 {
            let got = check(&with_digit(&format!("0912{fifth}000012")));
            assert_eq!((got.valid, got.kind, got.hint), (true, Some(IdKind::Bin), None));
        }
    }

    #[test]
    fn spaces_and_dashes_are_passed_over() {
        let got = check(" 991231-500\u{a0}006 ");
        assert_eq!((got.valid, got.normalized.as_str()), (true, "991231500006"));
    }

    /// Completes eleven digits; changes the eleventh where the prefix is impossible.
    fn with_digit(prefix: &str) -> String {
        let mut digits: [u32; 11] =
            prefix.chars().map(|c| c.to_digit(10).unwrap()).collect::<Vec<_>>().try_into().unwrap();
        while check_digit(digits).is_none() {
            digits[10] = (digits[10] + 1) % 10;
        }
        digits.iter().chain(check_digit(digits).as_ref()).map(u32::to_string).collect()
    }

    proptest! {
        #[test]
        fn a_possible_beginning_has_exactly_one_check_digit(digits in prop::array::uniform11(0u32..10)) {
            let prefix: String = digits.iter().map(u32::to_string).collect();
            let valid = (0..10).filter(|last| check(&format!("{prefix}{last}")).valid).count();
            prop_assert_eq!(valid, usize::from(check_digit(digits).is_some()));
        }

        #[test]
        fn one_wrong_digit_is_noticed(digits in prop::array::uniform11(0u32..10), at in 0usize..10, by in 1u32..10) {
            // The first pass notices any single wrong digit but the eleventh, whose weight there is 11, that is 0;
            // where a second pass is needed for one of the two numbers nothing is promised.
            let first_pass = |d: &[u32; 11]| d.iter().zip(1..).map(|(d, w)| d * w).sum::<u32>() % 11;
            let mut other = digits;
            other[at] = (other[at] + by) % 10;
            if first_pass(&digits) < 10 && first_pass(&other) < 10 {
                prop_assert_ne!(check_digit(digits), check_digit(other));
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in any::<String>()) {
            let got = check(&text);
            prop_assert!(!got.valid || got.normalized.len() == 12);
        }
    }
}
