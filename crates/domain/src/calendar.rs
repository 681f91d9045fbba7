//! The working-day calendar of Kazakhstan as versioned data, never as code (`domain.md` §5).
//!
//! A calendar shipped in January can be wrong by spring, so the region sends newer ones by sync;
//! this module only reads one and answers questions about a date.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

const SHIPPED: &str = include_str!("../data/calendar-kz.json");

/// What a date is to somebody who counts working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Working,
    /// Saturday or Sunday.
    Weekend,
    /// A weekday off. `name_code` is a text key such as `nauryz`; `transferred` is a rest day moved here.
    Holiday {
        /// Key of the holiday's name in the text catalogues.
        name_code: String,
    },
    /// A Saturday or Sunday made a working day by a transfer order.
    WorkingWeekend,
}

impl DayKind {
    /// Whether the day counts in working-day terms.
    #[must_use]
    pub fn is_working(&self) -> bool {
        matches!(self, DayKind::Working | DayKind::WorkingWeekend)
    }
}

/// How much the calendar knows about a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Published and checked.
    Covered,
    /// Computed from the law before the orders of the year were published.
    Provisional,
    /// Not in the calendar at all: only Saturdays and Sundays are known to be off.
    Absent,
}

/// Why a calendar was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not JSON of the expected shape.
    #[error("the calendar is not readable: {0}")]
    Unreadable(String),
    /// A date stands under a year it does not belong to, or twice.
    #[error("date {0} is out of place")]
    OutOfPlace(NaiveDate),
    /// A year stands twice.
    #[error("year {0} stands twice")]
    YearTwice(i32),
    /// A working day of a transfer is not a weekend, or a day off is not a weekday.
    #[error("date {0} is not on the expected kind of weekday")]
    WrongWeekday(NaiveDate),
    /// The version is no edition: a year, a dash, a running number.
    #[error("version {0} is not of the form 2026-4")]
    NoEdition(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    zone: String,
    years: Vec<Year>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i32,
    provisional: bool,
    source: String,
    off: Vec<Off>,
    #[serde(default)]
    working: Vec<Made>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Off {
    date: NaiveDate,
    name: String,
    /// The holiday itself fell on a day off and its rest day moved here.
    #[serde(default)]
    shifted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    date: NaiveDate,
    #[serde(rename = "for")]
    instead_of: NaiveDate,
}

/// A versioned calendar. Serialises to the same JSON it is read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "File", into = "File")]
pub struct Calendar {
    /// Version such as `2026-3`: year and running number of the edition.
    pub version: String,
    file: File,
    days: BTreeMap<NaiveDate, DayKind>,
    years: BTreeMap<i32, Coverage>,
}

impl TryFrom<File> for Calendar {
    type Error = CalendarError;

    fn try_from(file: File) -> Result<Self, CalendarError> {
        let mut days = BTreeMap::new();
        let mut years = BTreeMap::new();
        for year in &file.years {
            let coverage = if year.provisional { Coverage::Provisional } else { Coverage::Covered };
            if years.insert(year.year, coverage).is_some() {
                return Err(CalendarError::YearTwice(year.year));
            }
            let off = year
                .off
                .iter()
                .map(|off| (off.date, false, DayKind::Holiday { name_code: off.name.clone() }));
            let made = year.working.iter().map(|made| (made.date, true, DayKind::WorkingWeekend));
            for (date, on_weekend, kind) in off.chain(made) {
                if is_weekend(date) != on_weekend {
                    return Err(CalendarError::WrongWeekday(date));
                }
                if date.year() != year.year || days.insert(date, kind).is_some() {
                    return Err(CalendarError::OutOfPlace(date));
                }
            }
        }
        Ok(Calendar { version: file.version.clone(), file, days, years })
    }
}

impl From<Calendar> for File {
    fn from(calendar: Calendar) -> File {
        calendar.file
    }
}

impl Calendar {
    /// The calendar this program was built with.
    ///
    /// Should the built-in data ever be unreadable (a test proves it is not) the answer is an empty
    /// calendar of version `none`: weekends only, and every date marked as not covered.
    #[must_use]
    pub fn shipped() -> Calendar {
        Self::shipped_ref().clone()
    }

    /// The same as [`Calendar::shipped`] without a copy.
    #[must_use]
    pub fn shipped_ref() -> &'static Calendar {
        static PARSED: LazyLock<Calendar> = LazyLock::new(|| {
            Calendar::from_json(SHIPPED).unwrap_or_else(|_| Calendar::weekends_only())
        });
        &PARSED
    }

    /// A calendar that knows nothing but Saturdays and Sundays.
    #[must_use]
    pub fn weekends_only() -> Calendar {
        let version = "none".to_owned();
        Calendar {
            file: File {
                version: version.clone(),
                zone: "Asia/Almaty".to_owned(),
                years: Vec::new(),
            },
            version,
            days: BTreeMap::new(),
            years: BTreeMap::new(),
        }
    }

    /// Reads a calendar.
    ///
    /// # Errors
    /// [`CalendarError`] when the text is not of the shape of `data/calendar-kz.json`, or when a date
    /// stands under a foreign year, twice, or on a weekday that contradicts its meaning.
    pub fn from_json(text: &str) -> Result<Calendar, CalendarError> {
        let file: File = serde_json::from_str(text)
            .map_err(|error| CalendarError::Unreadable(error.to_string()))?;
        Calendar::try_from(file)
    }

    /// What this date is. Years the calendar does not hold know only their weekends.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> DayKind {
        match self.days.get(&date) {
            Some(kind) => kind.clone(),
            None if is_weekend(date) => DayKind::Weekend,
            None => DayKind::Working,
        }
    }

    /// Whether the date counts in working-day terms.
    #[must_use]
    pub fn is_working(&self, date: NaiveDate) -> bool {
        self.days.get(&date).map_or_else(|| !is_weekend(date), DayKind::is_working)
    }

    /// Year and running number of the edition as one number that grows: 2026003. 0 when the version says
    /// neither.
    #[must_use]
    pub fn edition(&self) -> u32 {
        edition(&self.version).unwrap_or_default()
    }

    /// Reads a calendar that is to be published: as [`Calendar::from_json`], and its version is an edition.
    ///
    /// # Errors
    /// Those of [`Calendar::from_json`]; [`CalendarError::NoEdition`].
    pub fn edition_from_json(text: &str) -> Result<Calendar, CalendarError> {
        let read = Self::from_json(text)?;
        match read.edition() {
            0 => Err(CalendarError::NoEdition(read.version)),
            _ => Ok(read),
        }
    }

    /// The first year that `earlier` holds and this one does not: all its days off would be forgotten.
    #[must_use]
    pub fn forgets(&self, earlier: &Calendar) -> Option<i32> {
        earlier.years.keys().find(|year| !self.years.contains_key(year)).copied()
    }

    /// How much the calendar knows about a year.
    #[must_use]
    pub fn coverage(&self, year: i32) -> Coverage {
        self.years.get(&year).copied().unwrap_or(Coverage::Absent)
    }

    /// Where the data of a year come from, for the screen that explains a date.
    #[must_use]
    pub fn source(&self, year: i32) -> Option<&str> {
        self.file.years.iter().find(|entry| entry.year == year).map(|entry| entry.source.as_str())
    }
}

/// `2026-4` as 2026004.
fn edition(version: &str) -> Option<u32> {
    let (year, n) = version.split_once('-')?;
    let (year, n): (u32, u32) = (year.parse().ok()?, n.parse().ok()?);
    ((2000..=2999).contains(&year) && (1..=999).contains(&n)).then(|| year * 1000 + n)
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The wall clock of the station at an instant. The zone of the operating system is never asked:
/// old tzdata still has Almaty at UTC+6, while the country is UTC+5 since 1 March 2024.
#[must_use]
pub fn local(at: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    at.with_timezone(&chrono_tz::Asia::Almaty)
}

/// The instant at which the station's wall clock shows this date and time. Where the clock showed it
/// twice (the night of 1 March 2024) the earlier instant is meant.
#[must_use]
pub fn instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let wall = date.and_time(time);
    match chrono_tz::Asia::Almaty.from_local_datetime(&wall).earliest() {
        Some(at) => at.with_timezone(&Utc),
        // A wall time that never was (no such night in the zone since 2005): UTC+5, the law in force.
        None => wall.and_utc() - chrono::Duration::hours(5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_shipped_calendar_parses_and_counts_as_published() {
        let parsed = Calendar::from_json(SHIPPED).unwrap();
        assert_eq!(parsed, Calendar::shipped());
        assert_eq!(parsed.version, "2026-3");
        for (year, working) in [(2024, 249), (2025, 246), (2026, 247), (2027, 247)] {
            let count = date(&format!("{year}-01-01"))
                .iter_days()
                .take_while(|day| day.year() == year)
                .filter(|day| parsed.is_working(*day))
                .count();
            assert_eq!(count, working, "working days of {year}");
            assert!(parsed.source(year).is_some_and(|note| note.len() > 20));
        }
    }

    #[test]
    fn days_are_what_the_law_made_them() {
        let calendar = Calendar::shipped();
        assert_eq!(calendar.day(date("2026-11-02")), DayKind::Working);
        assert_eq!(calendar.day(date("2026-11-01")), DayKind::Weekend);
        assert_eq!(calendar.day(date("2025-01-05")), DayKind::WorkingWeekend);
        assert_eq!(
            calendar.day(date("2025-01-03")),
            DayKind::Holiday { name_code: "transferred".into() }
        );
        assert_eq!(calendar.day(date("2026-08-31")), DayKind::Working, "cancelled in March 2026");
        assert_eq!(
            calendar.day(date("2027-08-30")),
            DayKind::Working,
            "Constitution Day moved to March"
        );
        assert_eq!(
            calendar.day(date("2027-03-15")),
            DayKind::Holiday { name_code: "constitution_day".into() }
        );
    }

    #[test]
    fn coverage_is_told() {
        let calendar = Calendar::shipped();
        assert_eq!(calendar.coverage(2026), Coverage::Covered);
        assert_eq!(calendar.coverage(2027), Coverage::Provisional);
        assert_eq!(calendar.coverage(1970), Coverage::Absent);
        assert_eq!(calendar.day(date("1970-01-01")), DayKind::Working);
        assert_eq!(calendar.day(date("2099-01-03")), DayKind::Weekend);
    }

    #[test]
    fn it_survives_its_own_json() {
        let calendar = Calendar::shipped();
        let text = serde_json::to_string(&calendar).unwrap();
        assert_eq!(Calendar::from_json(&text).unwrap(), calendar);
    }

    #[test]
    fn bad_calendars_are_refused() {
        let of = |years: &str| {
            Calendar::from_json(&format!(
                r#"{{"version":"x","zone":"Asia/Almaty","years":[{years}]}}"#
            ))
        };
        let year = |off: &str, working: &str| {
            format!(
                r#"{{"year":2026,"provisional":false,"source":"s","off":[{off}],"working":[{working}]}}"#
            )
        };
        assert!(matches!(Calendar::from_json("{"), Err(CalendarError::Unreadable(_))));
        assert!(matches!(
            of(&year(r#"{"date":"2026-11-01","name":"x"}"#, "")),
            Err(CalendarError::WrongWeekday(_))
        ));
        assert!(matches!(
            of(&year("", r#"{"date":"2026-11-02","for":"2026-11-03"}"#)),
            Err(CalendarError::WrongWeekday(_))
        ));
        assert!(matches!(
            of(&year(r#"{"date":"2025-11-03","name":"x"}"#, "")),
            Err(CalendarError::OutOfPlace(_))
        ));
        let twice = r#"{"date":"2026-11-02","name":"x"},{"date":"2026-11-02","name":"y"}"#;
        assert!(matches!(of(&year(twice, "")), Err(CalendarError::OutOfPlace(_))));
        let one = year("", "");
        assert!(matches!(of(&format!("{one},{one}")), Err(CalendarError::YearTwice(2026))));
        // A slip of the pen in a name must not pass for “nothing to say”.
        assert!(matches!(of(&one.replace("working", "workng")), Err(CalendarError::Unreadable(_))));
    }

    #[test]
    fn an_edition_is_a_year_and_a_number_that_grows() {
        let of = |version: &str| edition(version).unwrap_or_default();
        assert_eq!(Calendar::shipped().edition(), 2_026_003);
        assert!(of("2026-4") > of("2026-3") && of("2027-1") > of("2026-12"));
        for none in ["", "x", "2026", "2026-0", "2026-1000", "26-1", "2026-4-1", "2026-x"] {
            assert_eq!(of(none), 0, "{none}");
        }
        let bad = r#"{"version":"x","zone":"Asia/Almaty","years":[]}"#;
        assert_eq!(Calendar::edition_from_json(bad), Err(CalendarError::NoEdition("x".to_owned())));
        let bare = Calendar::from_json(bad).unwrap();
        assert_eq!(bare.forgets(&Calendar::shipped()), Some(2024));
        assert_eq!(Calendar::shipped().forgets(&bare), None);
    }

    #[test]
    fn the_zone_is_utc_plus_5_since_march_2024_and_plus_6_before() {
        let hour = |text: &str| local(text.parse().unwrap()).format("%F %H").to_string();
        assert_eq!(hour("2024-02-28T12:00:00Z"), "2024-02-28 18");
        assert_eq!(hour("2024-03-02T12:00:00Z"), "2024-03-02 17");
        assert_eq!(hour("2026-11-02T19:30:00Z"), "2026-11-03 00");
        let closing = NaiveTime::from_hms_opt(18, 30, 0).unwrap();
        assert_eq!(instant(date("2026-11-02"), closing).to_rfc3339(), "2026-11-02T13:30:00+00:00");
        assert_eq!(instant(date("2023-11-02"), closing).to_rfc3339(), "2023-11-02T12:30:00+00:00");
    }
}
