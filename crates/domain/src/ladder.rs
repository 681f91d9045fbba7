//! The escalation ladder: who takes a late answer on, by working days late; and when a reminder may go.

use crate::calendar::{Calendar, instant, local};
use crate::deadline::{Counting, working_days_between};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// Who takes it on.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// In time: nobody has to.
    #[default]
    InTime,
    /// The officer reminds the body.
    Remind,
    /// The controller of the station.
    Controller,
    /// The head of the station.
    Head,
    /// The region's controller.
    Region,
}

/// Working days late at which each rung begins (a proposal of the product, not of the law).
pub const RUNGS: [(i64, Rung); 4] =
    [(1, Rung::Remind), (3, Rung::Controller), (5, Rung::Head), (10, Rung::Region)];

/// Where a late answer stands, and when it goes up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Ladder {
    pub rung: Rung,
    /// The next rung and the day it begins; none on the last one.
    pub next: Option<Rung>,
    pub next_on: Option<NaiveDate>,
    /// Version of the calendar it was counted with.
    pub calendar: String,
}

/// The ladder of an answer due on a day, seen today.
#[must_use]
pub fn ladder(cal: &Calendar, due: NaiveDate, today: NaiveDate) -> Ladder {
    let late = working_days_between(cal, due, today).max(0);
    let rung = RUNGS.iter().rfind(|(from, _)| late >= *from).map_or(Rung::InTime, |(_, r)| *r);
    let next = RUNGS.iter().find(|(from, _)| late < *from);
    Ladder {
        rung,
        next: next.map(|(_, r)| *r),
        next_on: next.map(|(from, _)| days_after(cal, due, *from)),
        calendar: cal.version.clone(),
    }
}

/// The day a rung begins, for an answer due on a day; none for [`Rung::InTime`].
#[must_use]
pub fn begins(cal: &Calendar, due: NaiveDate, rung: Rung) -> Option<NaiveDate> {
    let (from, _) = RUNGS.iter().find(|(_, r)| *r == rung)?;
    Some(days_after(cal, due, *from))
}

/// The working day that comes `n` working days after a day.
fn days_after(cal: &Calendar, day: NaiveDate, n: i64) -> NaiveDate {
    day.iter_days()
        .skip(1)
        .take(366)
        .filter(|d| cal.is_working(*d))
        .nth(usize::try_from(n.max(1) - 1).unwrap_or(0))
        .unwrap_or(day)
}

/// When a reminder asked for now may go: now, when people work, else at nine on the next working day.
#[must_use]
pub fn reminder_at(cal: &Calendar, now: DateTime<Utc>, counting: &Counting) -> DateTime<Utc> {
    let opening = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or(NaiveTime::MIN);
    let wall = local(now);
    let today = wall.date_naive();
    let working = cal.is_working(today);
    if working && wall.time() >= opening && wall.time() < counting.closing {
        return now;
    }
    if working && wall.time() < opening {
        return instant(today, opening);
    }
    instant(days_after(cal, today, 1), opening)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_ladder_goes_up_by_working_days_and_tells_the_next_day() {
        use Rung::{Controller, Head, InTime, Region, Remind};
        // Due Fri 11 Dec 2026; Wed 16 Dec is a holiday.
        let table = [
            ("2026-12-10", InTime, Some((Remind, "2026-12-14"))),
            ("2026-12-11", InTime, Some((Remind, "2026-12-14"))),
            ("2026-12-13", InTime, Some((Remind, "2026-12-14"))),
            ("2026-12-14", Remind, Some((Controller, "2026-12-17"))),
            ("2026-12-16", Remind, Some((Controller, "2026-12-17"))),
            ("2026-12-17", Controller, Some((Head, "2026-12-21"))),
            ("2026-12-21", Head, Some((Region, "2026-12-28"))),
            ("2026-12-27", Head, Some((Region, "2026-12-28"))),
            ("2026-12-28", Region, None),
            ("2027-03-01", Region, None),
        ];
        let cal = Calendar::shipped();
        for (today, rung, next) in table {
            let got = ladder(&cal, day("2026-12-11"), day(today));
            assert_eq!(got.rung, rung, "{today}");
            let then = got.next.zip(got.next_on.map(|d| d.to_string()));
            assert_eq!(then, next.map(|(r, d)| (r, d.to_owned())), "{today}");
            assert_eq!(got.calendar, cal.version);
        }
    }

    #[test]
    fn a_reminder_goes_while_people_work() {
        let cal = Calendar::shipped();
        // Times of Kazakhstan are five hours ahead of these.
        let table = [
            ("2026-11-27T05:00:00Z", "2026-11-27T05:00:00+00:00"),
            ("2026-11-27T03:59:00Z", "2026-11-27T04:00:00+00:00"),
            ("2026-11-27T13:29:00Z", "2026-11-27T13:29:00+00:00"),
            ("2026-11-27T13:30:00Z", "2026-11-30T04:00:00+00:00"),
            ("2026-11-28T06:00:00Z", "2026-11-30T04:00:00+00:00"),
            ("2026-12-15T15:00:00Z", "2026-12-17T04:00:00+00:00"),
        ];
        for (now, wanted) in table {
            let at = reminder_at(&cal, now.parse().unwrap(), &Counting::default());
            assert_eq!(at.to_rfc3339(), wanted, "{now}");
        }
    }
}
