//! “You owe us”: the list a body gets every week of what it has not answered, and that it was handed over.
//!
//! It lies open at the station and on the body's desk, so nothing of a restricted matter is ever on it.

use crate::aside::Aside;
use crate::calendar::Calendar;
use crate::event::{Body, Envelope, Told};
use crate::ids::{AgencyCode, OfficerId, PaperId};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Lines of one list, at most: a body that owes more gets the earliest ones, and is told how many there are.
pub const LINES_MAX: usize = 500;

/// A list as it was handed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedList {
    pub agency: AgencyCode,
    /// Monday of the week it is for.
    pub week: NaiveDate,
    pub told: Told,
    /// What it owed then.
    pub lines: u32,
    /// Of them, past the last day.
    pub late: u32,
    /// The paper, at the desk that printed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperId>,
}

/// The hand-over as its events add up to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OwedList {
    pub by: OfficerId,
    pub at: DateTime<Utc>,
    pub list: HandedList,
}

/// Monday of the week of a day.
#[must_use]
pub fn week_of(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(day)
}

/// From which day of its week the lists are due: the first working one; none in a week without any.
#[must_use]
pub fn due_from(calendar: &Calendar, week: NaiveDate) -> Option<NaiveDate> {
    week.iter_days().take(7).find(|day| calendar.is_working(*day))
}

/// Last day of a week.
#[must_use]
pub fn week_end(week: NaiveDate) -> NaiveDate {
    week.checked_add_days(Days::new(6)).unwrap_or(week)
}

pub(crate) fn apply(aside: &mut Option<Aside>, e: &Envelope, body: Body) {
    if let (aside @ None, Body::OwedListHanded(b)) = (aside, body) {
        *aside =
            Some(Aside::OwedList(OwedList { by: e.actor_id, at: e.occurred_at, list: b.list }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_begins_with_its_first_working_day() {
        let cal = Calendar::shipped();
        // Wed 16 Dec 2026 is a holiday; Mon 21 Dec an ordinary day.
        let table = [
            ("2026-12-20", "2026-12-14", Some("2026-12-14")),
            ("2026-12-21", "2026-12-21", Some("2026-12-21")),
            ("2026-12-27", "2026-12-21", Some("2026-12-21")),
            // 22 to 24 March: Nauryz.
            ("2027-03-24", "2027-03-22", Some("2027-03-25")),
        ];
        for (on, week, from) in table {
            assert_eq!(week_of(day(on)), day(week), "{on}");
            assert_eq!(due_from(&cal, day(week)), from.map(day), "{on}");
        }
        assert_eq!(week_end(day("2026-12-14")), day("2026-12-20"));
    }
}
