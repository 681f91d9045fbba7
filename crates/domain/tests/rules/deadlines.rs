//! The worked examples of the domain note, and what must hold for every deadline.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use esik_domain::calendar::{Calendar, instant, local};
use esik_domain::deadline::{
    AppealKind, Counting, Deadline, FirstDay, MAX_DAYS, TermUnit, WhyCode, calendar_days,
    can_be_due, complaint_file_term, extension_limit, extension_notice_term, legal_clock,
    redirect_term, working_days, working_days_between,
};
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A wall-clock time in Kokshetau.
fn at(day: &str, time: &str) -> DateTime<Utc> {
    instant(date(day), time.parse::<NaiveTime>().unwrap())
}

fn next_day() -> Counting {
    Counting { first_day: FirstDay::Next, ..Counting::default() }
}

#[test]
fn a_deadline_is_a_day_from_today_to_a_year_ahead() {
    let today = date("2026-11-20");
    for (day, can) in [
        ("2026-11-19", false),
        ("2026-11-20", true),
        ("2027-11-21", true),
        ("2027-11-22", false),
        ("1926-11-20", false),
        ("9999-12-31", false),
    ] {
        assert_eq!(can_be_due(date(day), today), can, "{day}");
    }
}

#[test]
fn the_worked_examples_of_the_domain_note() {
    let calendar = Calendar::shipped();
    for (received, three, fifteen, fifteen_next) in [
        ("2026-11-02", "2026-11-04", "2026-11-20", "2026-11-23"),
        ("2026-03-06", "2026-03-11", "2026-04-01", "2026-04-02"),
        ("2026-08-28", "2026-09-01", "2026-09-17", "2026-09-18"),
        ("2026-12-28", "2026-12-30", "2027-01-20", "2027-01-21"),
        ("2027-03-12", "2027-03-17", "2027-04-07", "2027-04-08"),
        ("2027-04-28", "2027-04-30", "2027-05-21", "2027-05-24"),
        ("2025-12-30", "2026-01-05", "2026-01-22", "2026-01-23"),
    ] {
        for time in ["00:00:00", "09:15:00", "18:29:59"] {
            let from = at(received, time);
            assert_eq!(
                working_days(&calendar, from, 3, &Counting::default()).due,
                date(three),
                "{received} {time}"
            );
            assert_eq!(
                working_days(&calendar, from, 15, &Counting::default()).due,
                date(fifteen),
                "{received} {time}"
            );
            assert_eq!(
                working_days(&calendar, from, 15, &next_day()).due,
                date(fifteen_next),
                "{received} {time}"
            );
        }
    }
}

#[test]
fn a_contact_at_the_closing_hour_belongs_to_the_next_day() {
    let calendar = Calendar::shipped();
    let on_time = working_days(&calendar, at("2026-11-02", "18:29:59"), 3, &Counting::default());
    assert_eq!(
        (on_time.start, on_time.after_hours, on_time.due),
        (date("2026-11-02"), false, date("2026-11-04"))
    );
    let late = working_days(&calendar, at("2026-11-02", "18:30:00"), 3, &Counting::default());
    assert_eq!(
        (late.start, late.after_hours, late.due),
        (date("2026-11-03"), true, date("2026-11-05"))
    );
    assert_eq!(late.derivation[0].why, WhyCode::AfterClosing);
    let closing = Counting { closing: "17:00:00".parse().unwrap(), ..Counting::default() };
    let earlier = working_days(&calendar, at("2026-11-02", "17:30:00"), 3, &closing);
    assert_eq!((earlier.start, earlier.due_at), (date("2026-11-03"), at("2026-11-05", "17:00:00")));
}

#[test]
fn a_friday_evening_waits_for_monday_and_says_why() {
    let calendar = Calendar::shipped();
    let got = working_days(&calendar, at("2026-03-06", "19:00:00"), 1, &Counting::default());
    let told: Vec<_> = got
        .derivation
        .iter()
        .map(|s| (s.date.to_string(), s.counted, s.why, s.holiday.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("2026-03-06".to_owned(), None, WhyCode::AfterClosing, None),
            ("2026-03-07".to_owned(), None, WhyCode::Weekend, None),
            ("2026-03-08".to_owned(), None, WhyCode::Weekend, None),
            ("2026-03-09".to_owned(), None, WhyCode::Holiday, Some("womens_day")),
            ("2026-03-10".to_owned(), Some(1), WhyCode::Working, None),
        ]
    );
    assert_eq!(
        (got.due_at, got.calendar.as_str(), got.provisional),
        (at("2026-03-10", "18:30:00"), "2026-3", false)
    );
}

#[test]
fn a_sunday_made_a_working_day_counts() {
    let got =
        working_days(&Calendar::shipped(), at("2025-01-05", "10:00:00"), 1, &Counting::default());
    assert_eq!(
        (got.due, got.after_hours, got.derivation[0].why),
        (date("2025-01-05"), false, WhyCode::WorkingWeekend)
    );
}

#[test]
fn the_station_lives_by_its_own_clock_not_by_utc() {
    // 20:00 UTC on the 2nd is already the 3rd in Kokshetau; before March 2024 the offset was six hours.
    let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let calendar = Calendar::shipped();
    assert_eq!(
        working_days(&calendar, utc("2026-11-02T20:00:00Z"), 1, &Counting::default()).due,
        date("2026-11-03")
    );
    assert_eq!(
        working_days(&calendar, utc("2024-02-27T12:29:59Z"), 1, &Counting::default()).due,
        date("2024-02-27")
    );
    assert_eq!(
        working_days(&calendar, utc("2024-02-27T12:30:00Z"), 1, &Counting::default()).due,
        date("2024-02-28")
    );
    assert_eq!(
        working_days(&calendar, utc("2024-03-05T13:29:59Z"), 1, &Counting::default()).due,
        date("2024-03-05")
    );
}

#[test]
fn nothing_to_count_is_due_at_once_even_at_night_and_on_sunday() {
    let calendar = Calendar::shipped();
    let day = working_days(&calendar, at("2026-11-01", "10:00:00"), 0, &Counting::default());
    assert_eq!(
        (day.due, day.due_at, day.start),
        (date("2026-11-01"), at("2026-11-01", "18:30:00"), date("2026-11-02"))
    );
    assert_eq!(day.derivation[0].why, WhyCode::Immediate);
    let night = working_days(&calendar, at("2026-11-02", "23:00:00"), 0, &Counting::default());
    assert_eq!((night.due, night.due_at), (date("2026-11-02"), at("2026-11-02", "23:59:59")));
}

#[test]
fn calendar_days_run_through_days_off_and_end_on_a_working_one() {
    let calendar = Calendar::shipped();
    let plain = calendar_days(&calendar, at("2026-11-02", "09:00:00"), 10, &Counting::default());
    assert_eq!(plain.due, date("2026-11-11"));
    let moved = calendar_days(&calendar, at("2026-11-03", "09:00:00"), 5, &Counting::default());
    assert_eq!(moved.due, date("2026-11-09"), "Saturday the 7th moves to Monday");
    let tail: Vec<_> = moved.derivation.iter().rev().take(3).map(|s| (s.why, s.counted)).collect();
    assert_eq!(
        tail,
        [(WhyCode::MovedHere, None), (WhyCode::Weekend, None), (WhyCode::MovedFromDayOff, Some(5))]
    );
    assert_eq!(
        calendar_days(&calendar, at("2026-11-02", "09:00:00"), 10, &next_day()).due,
        date("2026-11-12")
    );
}

#[test]
fn every_legal_term_of_the_note() {
    use AppealKind as K;
    use TermUnit::{Calendar as C, Hours as H, Working as W};
    for (kind, amount, unit) in [
        (K::Application, 15, W),
        (K::Message, 15, W),
        (K::Suggestion, 15, W),
        (K::Response, 15, W),
        (K::Request, 15, W),
        (K::Complaint, 20, W),
        (K::ServiceComplaint, 5, W),
        (K::MediaRequest, 7, W),
        (K::LawyerRequest, 10, W),
        (K::BailiffRequest, 3, W),
        (K::NotaryRequest, 10, C),
        (K::AccessToInformation, 15, C),
        (K::Declassification, 30, C),
        (K::Rehabilitation, 90, C),
        (K::CrimeReport, 24, H),
    ] {
        let term = legal_clock(kind);
        assert_eq!((term.amount, term.unit), (amount, unit), "{kind:?}");
        assert!(!term.law.is_empty());
    }
    assert_eq!(
        (redirect_term().amount, redirect_term().unit, redirect_term().law.as_str()),
        (3, W, "appk_65")
    );
    assert_eq!((extension_notice_term().amount, complaint_file_term().amount), (3, 3));
    assert_eq!(extension_limit(date("2026-12-31")), date("2027-02-28"));
    let crime = legal_clock(K::CrimeReport).deadline(
        &Calendar::shipped(),
        at("2026-11-07", "22:15:00"),
        &Counting::default(),
    );
    assert_eq!((crime.due_at, crime.due), (at("2026-11-08", "22:15:00"), date("2026-11-08")));
}

#[test]
fn late_is_told_in_working_days() {
    let calendar = Calendar::shipped();
    let between = |a, b| working_days_between(&calendar, date(a), date(b));
    assert_eq!(between("2026-11-20", "2026-11-24"), 2, "due on Friday, today is Tuesday");
    assert_eq!(
        between("2026-11-20", "2026-11-22"),
        0,
        "on Sunday it is not yet a working day late"
    );
    assert_eq!(between("2026-11-24", "2026-11-20"), -2);
    assert_eq!(between("2026-11-20", "2026-11-20"), 0);
    assert_eq!(between("2026-12-31", "2027-01-05"), 1, "1 and 4 January are off");
}

#[test]
fn years_the_calendar_does_not_know_are_flagged() {
    let calendar = Calendar::shipped();
    let flagged =
        |day| working_days(&calendar, at(day, "10:00:00"), 3, &Counting::default()).provisional;
    assert!(!flagged("2026-11-02"));
    assert!(flagged("2027-02-01"), "2027 is provisional");
    assert!(flagged("2026-12-30"), "the term reaches into 2027");
    assert!(flagged("1970-01-05") && flagged("2099-06-01"));
}

#[test]
fn json_is_what_the_contract_says() {
    let got =
        working_days(&Calendar::shipped(), at("2026-11-02", "09:00:00"), 1, &Counting::default());
    let json = serde_json::to_value(&got).unwrap();
    assert_eq!(json["due"], "2026-11-02");
    assert_eq!(json["due_at"], "2026-11-02T13:30:00.000Z");
    assert_eq!(json["derivation"][0]["why"], "working");
    assert_eq!(serde_json::from_value::<Deadline>(json).unwrap(), got);
}

proptest! {
    #[test]
    fn counting_is_true_to_its_own_derivation(seconds in 1_577_836_800i64..1_830_000_000, days in 1u32..=60, next in any::<bool>()) {
        let calendar = Calendar::shipped();
        let from = DateTime::from_timestamp(seconds, 0).unwrap();
        let counting = Counting { first_day: if next { FirstDay::Next } else { FirstDay::Receipt }, ..Counting::default() };
        let got = working_days(&calendar, from, days, &counting);
        prop_assert!(calendar.is_working(got.due) && calendar.is_working(got.start));
        prop_assert!(got.due >= got.start && got.start >= local(from).date_naive());
        let counted: Vec<_> = got.derivation.iter().filter_map(|step| step.counted).collect();
        prop_assert_eq!(counted, (1..=days).collect::<Vec<_>>());
        prop_assert!(got.derivation.iter().all(|step| step.counted.is_none() || calendar.is_working(step.date)));
        // Every day from the visit to the deadline is told once, in order.
        let told: Vec<_> = got.derivation.iter().map(|step| step.date).collect();
        let all: Vec<_> = local(from).date_naive().iter_days().take_while(|day| *day <= got.due).collect();
        prop_assert_eq!(told, all);
        prop_assert_eq!(got.due_at, instant(got.due, counting.closing));
        // One day more is the next working day; lateness agrees with counting.
        let longer = working_days(&calendar, from, days + 1, &counting);
        prop_assert_eq!(working_days_between(&calendar, got.due, longer.due), 1);
    }

    #[test]
    fn a_later_visit_never_has_an_earlier_deadline(seconds in 1_577_836_800i64..1_830_000_000, later in 0i64..864_000, days in 0u32..=40) {
        let calendar = Calendar::shipped();
        let from = DateTime::from_timestamp(seconds, 0).unwrap();
        let counting = Counting::default();
        let then = from + Duration::seconds(later);
        prop_assert!(working_days(&calendar, from, days, &counting).due <= working_days(&calendar, then, days, &counting).due);
        prop_assert!(calendar_days(&calendar, from, days, &counting).due <= calendar_days(&calendar, then, days, &counting).due);
    }

    #[test]
    fn no_instant_and_no_term_makes_it_panic(seconds in -8_334_601_228_800i64..8_210_266_876_799, days in any::<u32>(), closing in 0u32..86_400) {
        let from = DateTime::from_timestamp(seconds, 999_999_999).unwrap();
        let counting = Counting { closing: NaiveTime::from_num_seconds_from_midnight_opt(closing, 0).unwrap(), ..Counting::default() };
        for got in [
            working_days(&Calendar::shipped(), from, days, &counting),
            calendar_days(&Calendar::shipped(), from, days, &counting),
            legal_clock(AppealKind::CrimeReport).deadline(&Calendar::shipped(), from, &counting),
        ] {
            prop_assert!(got.derivation.iter().filter_map(|step| step.counted).count() <= MAX_DAYS as usize);
        }
    }
}
