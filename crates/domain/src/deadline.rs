//! Legal and service clocks: a date is never shown without how it came about.
//!
//! The rules are those read in the code of eOtinish (`domain.md` §2.2): a contact at or after the
//! closing hour belongs to the next day; counting starts on the first working day; the day of receipt
//! is day 1; a deadline on a day off moves to the next working day.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Coverage, DayKind, instant, local};

/// The longest term that is counted, in days of either kind; longer ones are cut to it.
pub const MAX_DAYS: u32 = 366;

/// Whether a day that somebody chose can be a deadline: not over yet, and not further than [`MAX_DAYS`].
/// Anything else is a slip of the hand (1926 for 2026).
#[must_use]
pub fn can_be_due(day: NaiveDate, today: NaiveDate) -> bool {
    (0..=i64::from(MAX_DAYS)).contains(&(day - today).num_days())
}

/// Whether the first working day of a term counts. Open question 2 for the customer's lawyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FirstDay {
    /// The day of receipt is day 1: the earlier of the two possible dates, so the safe one.
    #[default]
    Receipt,
    /// Counting begins on the day after receipt.
    Next,
}

/// The parameters of counting (`settled.md` 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    /// A contact at this wall-clock time or later belongs to the next day. Default 18:30.
    pub closing: NaiveTime,
    /// Which day is day 1.
    pub first_day: FirstDay,
}

impl Default for Counting {
    fn default() -> Self {
        let closing = NaiveTime::from_hms_opt(18, 30, 0).unwrap_or(NaiveTime::MIN);
        Counting { closing, first_day: FirstDay::Receipt }
    }
}

/// Why a day was counted or passed over; a text key for the "why this date?" panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum WhyCode {
    /// A working day, counted.
    Working,
    /// A Saturday or Sunday made a working day by a transfer, counted.
    WorkingWeekend,
    /// Saturday or Sunday, not counted.
    Weekend,
    /// A holiday or moved rest day, not counted.
    Holiday,
    /// The contact came at or after the closing hour of this day.
    AfterClosing,
    /// The day of receipt, not counted because counting begins on the next day.
    ReceiptNotCounted,
    /// A calendar day, counted whatever it is.
    CalendarDay,
    /// The term ended here, on a day off, and moved to the next working day.
    MovedFromDayOff,
    /// The working day the term moved to.
    MovedHere,
    /// Due at once: nothing is counted.
    Immediate,
    /// The term runs in hours from the minute of receipt.
    Hours,
}

/// One day of a derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Step {
    /// The date in Kazakhstan.
    pub date: NaiveDate,
    /// Its number within the term; absent when the day does not count.
    pub counted: Option<u32>,
    /// Why.
    pub why: WhyCode,
    /// Key of the holiday's name, when it is one.
    pub holiday: Option<String>,
}

/// A date with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Deadline {
    /// The last day of the term, in Kazakhstan.
    pub due: NaiveDate,
    /// The instant at which it is late: the closing hour of `due`.
    #[serde(with = "millis")]
    #[ts(type = "string")]
    pub due_at: DateTime<Utc>,
    /// The day receipt legally falls on (registration day).
    pub start: NaiveDate,
    /// Receipt was after closing or on a day off, so that `start` is later than the visit.
    pub after_hours: bool,
    /// Every day from the visit to the deadline.
    pub derivation: Vec<Step>,
    /// Version of the calendar it was counted with.
    pub calendar: String,
    /// Some day of it lies in a year the calendar holds only provisionally or not at all.
    pub provisional: bool,
}

/// Counts `days` working days (at most [`MAX_DAYS`]) from an instant of receipt; 0 means at once.
///
/// ```
/// use esik_domain::{calendar::Calendar, deadline::{Counting, working_days}};
/// let from = "2026-03-06T09:00:00Z".parse().unwrap_or_default();
/// let deadline = working_days(&Calendar::shipped(), from, 3, &Counting::default());
/// assert_eq!(deadline.due.to_string(), "2026-03-11"); // the 9th is a day off
/// ```
#[must_use]
pub fn working_days(cal: &Calendar, from: DateTime<Utc>, days: u32, c: &Counting) -> Deadline {
    if days == 0 {
        return immediate(cal, from, c);
    }
    let days = days.min(MAX_DAYS);
    let (mut steps, start, after_hours) = receipt(cal, from, c);
    let mut day = start;
    let mut counted = 0;
    if c.first_day == FirstDay::Next {
        steps.push(step(cal, start, None, Some(WhyCode::ReceiptNotCounted)));
        day = next(day);
    }
    while counted < days {
        if cal.is_working(day) {
            counted += 1;
            steps.push(step(cal, day, Some(counted), None));
        } else {
            steps.push(step(cal, day, None, None));
        }
        if counted < days {
            day = next(day);
        }
    }
    finish(cal, steps, start, after_hours, day, c)
}

/// Counts `days` calendar days (at most [`MAX_DAYS`]); a term that ends on a day off ends on the next
/// working day. eOtinish counts four request types so.
#[must_use]
pub fn calendar_days(cal: &Calendar, from: DateTime<Utc>, days: u32, c: &Counting) -> Deadline {
    if days == 0 {
        return immediate(cal, from, c);
    }
    let days = days.min(MAX_DAYS);
    let (mut steps, start, after_hours) = receipt(cal, from, c);
    let mut day = start;
    if c.first_day == FirstDay::Next {
        steps.push(step(cal, start, None, Some(WhyCode::ReceiptNotCounted)));
        day = next(day);
    }
    for counted in 1..=days {
        let moves = counted == days && !cal.is_working(day);
        let why = if moves { WhyCode::MovedFromDayOff } else { WhyCode::CalendarDay };
        steps.push(step(cal, day, Some(counted), Some(why)));
        if counted < days {
            day = next(day);
        }
    }
    if !cal.is_working(day) {
        day = next(day);
        while !cal.is_working(day) {
            steps.push(step(cal, day, None, None));
            day = next(day);
        }
        steps.push(step(cal, day, None, Some(WhyCode::MovedHere)));
    }
    finish(cal, steps, start, after_hours, day, c)
}

/// Working days from `a` (not counted) to `b` (counted); negative when `b` is earlier.
/// "Late by": `working_days_between(cal, due, today)`. Spans over 200 years are cut.
#[must_use]
pub fn working_days_between(cal: &Calendar, a: NaiveDate, b: NaiveDate) -> i64 {
    let (from, to, sign) = if a <= b { (a, b, 1) } else { (b, a, -1) };
    let count = from
        .iter_days()
        .skip(1)
        .take(73_050)
        .take_while(|day| *day <= to)
        .filter(|day| cal.is_working(*day))
        .count();
    sign * i64::try_from(count).unwrap_or(i64::MAX)
}

fn immediate(cal: &Calendar, from: DateTime<Utc>, c: &Counting) -> Deadline {
    let from = sane(from);
    let wall = local(from);
    let (_, start, after_hours) = receipt(cal, from, c);
    let date = wall.date_naive();
    // The police work at night too: "at once" after closing is due by the end of that very day.
    let by = if wall.time() < c.closing {
        c.closing
    } else {
        NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(c.closing)
    };
    let steps = vec![step(cal, date, None, Some(WhyCode::Immediate))];
    Deadline {
        due_at: instant(date, by),
        due: date,
        ..finish(cal, steps, start, after_hours, date, c)
    }
}

/// The steps before counting, the registration day, and whether it is later than the visit.
fn receipt(cal: &Calendar, from: DateTime<Utc>, c: &Counting) -> (Vec<Step>, NaiveDate, bool) {
    let wall = local(sane(from));
    let mut steps = Vec::new();
    let mut day = wall.date_naive();
    if wall.time() >= c.closing && cal.is_working(day) {
        steps.push(step(cal, day, None, Some(WhyCode::AfterClosing)));
        day = next(day);
    }
    while !cal.is_working(day) {
        steps.push(step(cal, day, None, None));
        day = next(day);
    }
    (steps, day, day != wall.date_naive())
}

fn step(cal: &Calendar, date: NaiveDate, counted: Option<u32>, why: Option<WhyCode>) -> Step {
    let (plain, holiday) = match cal.day(date) {
        DayKind::Working => (WhyCode::Working, None),
        DayKind::WorkingWeekend => (WhyCode::WorkingWeekend, None),
        DayKind::Weekend => (WhyCode::Weekend, None),
        DayKind::Holiday { name_code } => (WhyCode::Holiday, Some(name_code)),
    };
    Step { date, counted, why: why.unwrap_or(plain), holiday }
}

fn finish(
    cal: &Calendar,
    derivation: Vec<Step>,
    start: NaiveDate,
    after_hours: bool,
    due: NaiveDate,
    c: &Counting,
) -> Deadline {
    let provisional =
        derivation.iter().any(|step| cal.coverage(step.date.year()) != Coverage::Covered);
    Deadline {
        due,
        due_at: instant(due, c.closing),
        start,
        after_hours,
        derivation,
        calendar: cal.version.clone(),
        provisional,
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

/// Instants outside 1900–2300 can only be a broken clock; they are pulled in so that no arithmetic overflows.
fn sane(from: DateTime<Utc>) -> DateTime<Utc> {
    let low = DateTime::from_timestamp(-2_208_988_800, 0).unwrap_or(from);
    let high = DateTime::from_timestamp(10_413_792_000, 0).unwrap_or(from);
    from.clamp(low, high)
}

/// Instants in JSON are RFC 3339 UTC with milliseconds.
mod millis {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
        DateTime::<Utc>::deserialize(from)
    }
}

/// The nature of an appeal, as the АППК and eOtinish part them (`domain.md` §2.1, §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AppealKind {
    /// Заявление, өтініш: help to use a right; ends in an administrative act.
    Application,
    /// Жалоба, шағым: against an act, action or inaction.
    Complaint,
    /// Сообщение, хабарлама: report of a breach without an own claim.
    Message,
    /// Предложение, ұсыныс.
    Suggestion,
    /// Отклик, үн қосу.
    Response,
    /// Запрос, сұрау салу: request for information.
    Request,
    /// Complaint about the quality of a public service.
    ServiceComplaint,
    /// Request of mass media.
    MediaRequest,
    /// Request of an advocate.
    LawyerRequest,
    /// Request of a bailiff.
    BailiffRequest,
    /// Request of a notary.
    NotaryRequest,
    /// Request under the law on access to information.
    AccessToInformation,
    /// Request to declassify.
    Declassification,
    /// Application for rehabilitation.
    Rehabilitation,
    /// Сообщение о преступлении: another world, the УПК; КУИ at once, ЕРДР within 24 hours.
    CrimeReport,
}

/// What a term is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum TermUnit {
    /// Working days of the calendar.
    Working,
    /// Calendar days, end moved off days off.
    Calendar,
    /// Hours from the minute of receipt, day and night.
    Hours,
}

/// A term of law with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Term {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: TermUnit,
    /// Text key of the law: `appk_76` is article 76 of the АППК, `eotinish` a term taken from the state platform.
    pub law: String,
}

impl Term {
    fn new(amount: u32, unit: TermUnit, law: &str) -> Term {
        Term { amount, unit, law: law.to_owned() }
    }

    /// Runs this term from an instant of receipt.
    #[must_use]
    pub fn deadline(&self, cal: &Calendar, from: DateTime<Utc>, c: &Counting) -> Deadline {
        match self.unit {
            TermUnit::Working => working_days(cal, from, self.amount, c),
            TermUnit::Calendar => calendar_days(cal, from, self.amount, c),
            TermUnit::Hours => {
                let due_at =
                    sane(from) + Duration::hours(i64::from(self.amount.min(MAX_DAYS * 24)));
                let due = local(due_at).date_naive();
                let (_, start, after_hours) = receipt(cal, from, c);
                let steps = vec![step(cal, due, None, Some(WhyCode::Hours))];
                Deadline { due_at, ..finish(cal, steps, start, after_hours, due, c) }
            }
        }
    }
}

/// The legal term of an appeal of this kind (`domain.md` §2.2).
#[must_use]
pub fn legal_clock(kind: AppealKind) -> Term {
    use AppealKind as Kind;
    use TermUnit::{Calendar, Hours, Working};
    match kind {
        Kind::Application | Kind::Message | Kind::Suggestion | Kind::Response | Kind::Request => {
            Term::new(15, Working, "appk_76")
        }
        Kind::Complaint => Term::new(20, Working, "appk_99"),
        Kind::ServiceComplaint => Term::new(5, Working, "eotinish"),
        Kind::MediaRequest => Term::new(7, Working, "eotinish"),
        Kind::LawyerRequest => Term::new(10, Working, "eotinish"),
        Kind::BailiffRequest => Term::new(3, Working, "eotinish"),
        Kind::NotaryRequest => Term::new(10, Calendar, "eotinish"),
        Kind::AccessToInformation => Term::new(15, Calendar, "eotinish"),
        Kind::Declassification => Term::new(30, Calendar, "eotinish"),
        Kind::Rehabilitation => Term::new(90, Calendar, "eotinish"),
        Kind::CrimeReport => Term::new(24, Hours, "upk_179"),
    }
}

/// Redirect to the competent body: 3 working days from receipt (АППК art. 65).
#[must_use]
pub fn redirect_term() -> Term {
    Term::new(3, TermUnit::Working, "appk_65")
}

/// Notice to the applicant that the term was extended: 3 working days from the extension (АППК art. 76).
#[must_use]
pub fn extension_notice_term() -> Term {
    Term::new(3, TermUnit::Working, "appk_76")
}

/// The file of a complaint goes up to the higher body: 3 working days (АППК art. 93, to be confirmed).
#[must_use]
pub fn complaint_file_term() -> Term {
    Term::new(3, TermUnit::Working, "appk_93")
}

/// The last date an extension may reach: two months after the term it extends (АППК art. 76).
#[must_use]
pub fn extension_limit(due: NaiveDate) -> NaiveDate {
    due.checked_add_months(chrono::Months::new(2)).unwrap_or(due)
}
