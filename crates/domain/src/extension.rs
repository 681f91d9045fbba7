//! Extending the legal term (АППК art. 76, `domain.md` §2.2): a reasoned decision of the head or the
//! deputy, for a reasonable time, not more than two months, the applicant told within three working days.

use crate::calendar::Calendar;
use crate::deadline::extension_limit;
use chrono::NaiveDate;

/// Why a day cannot be the new last day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtensionFault {
    /// It is not later than the last day that holds now.
    NotLater,
    /// It is more than two months after the term the law gave first.
    TooLong,
    /// Nobody works on it.
    DayOff,
}

impl ExtensionFault {
    /// The code people's screens have words for.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            ExtensionFault::NotLater => "extension_not_later",
            ExtensionFault::TooLong => "extension_too_long",
            ExtensionFault::DayOff => "extension_day_off",
        }
    }
}

/// May `until` be the new last day, when the law gave `first` and `current` holds now? The ceiling is
/// counted from `first`, so that a chain of extensions cannot pass it.
///
/// # Errors
/// The first rule it breaks.
pub fn check(
    cal: &Calendar,
    first: NaiveDate,
    current: NaiveDate,
    until: NaiveDate,
) -> Result<(), ExtensionFault> {
    if until <= current {
        Err(ExtensionFault::NotLater)
    } else if until > extension_limit(first) {
        Err(ExtensionFault::TooLong)
    } else if !cal.is_working(until) {
        Err(ExtensionFault::DayOff)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_day_is_later_within_two_months_and_a_working_one() {
        let cal = Calendar::shipped();
        let of = |first: &str, current: &str, until: &str| {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            check(&cal, day(first), day(current), day(until)).map_err(ExtensionFault::code)
        };
        // Received Mon 2 Nov 2026: the term of law ends on 20 Nov (domain.md §2.2).
        let table = [
            ("2026-11-20", "2026-11-20", "2026-11-23", Ok(())),
            ("2026-11-20", "2026-11-20", "2026-11-20", Err("extension_not_later")),
            ("2026-11-20", "2026-11-20", "2026-11-19", Err("extension_not_later")),
            ("2026-11-20", "2026-11-20", "2027-01-20", Ok(())),
            ("2026-11-20", "2026-11-20", "2027-01-21", Err("extension_too_long")),
            // A second extension is measured from the first term, not from the first extension.
            ("2026-11-20", "2026-12-21", "2027-01-20", Ok(())),
            ("2026-11-20", "2026-12-21", "2027-02-01", Err("extension_too_long")),
            ("2026-11-20", "2026-11-20", "2026-11-22", Err("extension_day_off")),
            ("2026-11-20", "2026-11-20", "2026-12-16", Err("extension_day_off")),
            // The month that is shorter ends the ceiling: 31 Dec + 2 months is 28 Feb.
            ("2026-12-31", "2026-12-31", "2027-02-26", Ok(())),
            ("2026-12-31", "2026-12-31", "2027-03-01", Err("extension_too_long")),
        ];
        for (first, current, until, wanted) in table {
            assert_eq!(of(first, current, until), wanted, "{first} {current} {until}");
        }
    }
}
