//! Moments a wrong clock wrote, and what the fold and the recount make of them.

use crate::log::Log;
use chrono::{DateTime, Datelike as _, Duration, Utc};
use esik_domain::calendars::Calendars;
use esik_domain::case::CaseState;
use esik_domain::ids::EventId;
use esik_domain::moments::{Comparison, Contact, Saved, TOLERANCE, year_of_number};
use esik_domain::recount::Which;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn saved(n: u128, clock: DateTime<Utc>, known: Duration) -> Saved {
    Saved { event: EventId(Uuid::from_u128(n)), clock, at: clock + known }
}

fn recounted(log: &Log) -> CaseState {
    let mut case = log.case();
    case.recount(&Calendars::shipped());
    case
}

/// A case of 2015 by a clock that was reset, with a request, an action of a chosen day and a reminder.
fn of_2015() -> (Log, Vec<EventId>) {
    let mut log = Log::visited();
    let visit = log.last_at("2015-01-01T05:00:00Z");
    log.add(
        "case_opened",
        json!({ "number": "ESK-07-2015-1", "title": "Нет отопления", "narrative": "Второй день",
            "appeal_kind": "message", "legal_due": "2015-01-23", "calendar": "2026-1" }),
    );
    let opened = log.last_at("2015-01-01T05:00:00Z");
    log.draft(7, "E-HEA", json!({ "answer_due": "2015-01-05" }));
    let drafted = log.last_at("2015-01-01T05:00:00Z");
    log.add(
        "task_assigned",
        json!({ "task_id": Uuid::from_u128(8), "text": "Съездить", "unit": "P-UIP",
            "due": "2015-01-04" }),
    );
    let task = log.last_at("2015-01-01T05:00:00Z");
    (log, vec![visit, opened, drafted, task])
}

fn correction(events: &[EventId], to: &str) -> serde_json::Value {
    let moments: Vec<_> = events.iter().map(|e| json!({ "event": e, "at": to })).collect();
    json!({ "off_s": 375_000_000, "measured_at": "2026-11-20T06:00:00Z", "moments": moments })
}

/// S19 (part), T22 (part): the fold reads every event at its corrected moment, and the terms of law and of service
/// run from there; both days stay known.
#[test]
fn a_case_of_2015_gets_its_days_from_the_moment_that_holds() {
    let (mut log, events) = of_2015();
    assert_eq!(recounted(&log).legal_due.unwrap().year(), 2015);
    log.add("clock_corrected", correction(&events, "2026-11-20T05:00:00Z"));
    let case = recounted(&log);
    assert_eq!(case.opened_at, Some(at("2026-11-20T05:00:00Z")));
    assert_eq!(case.visits[0].at, at("2026-11-20T05:00:00Z"));
    assert!(case.last_at < at("2026-11-21T00:00:00Z") && case.first_at.year() == 2026);
    assert_eq!(case.legal_due.unwrap().to_string(), "2026-12-10");
    let moved = case.moved_day(Which::Legal).unwrap();
    assert_eq!(
        (moved.was.to_string(), moved.now.to_string()),
        ("2015-01-23".into(), "2026-12-10".into())
    );
    assert_eq!(case.referrals[0].answer_due.unwrap().year(), 2026);
    // Three days after its day, and that was a Monday.
    assert_eq!(case.tasks[0].due.unwrap().to_string(), "2026-11-23");
    assert!(case.obligations().iter().filter_map(|o| o.due).all(|d| d.year() == 2026));
    // The days are counted anew as often as one likes.
    let mut again = case.clone();
    again.recount(&Calendars::shipped());
    assert_eq!(again.legal_due, case.legal_due);
}

/// S19 (part): nothing is corrected twice, by another device, or to a moment after the comparison.
#[test]
fn the_first_correction_holds_and_no_other_desk_corrects() {
    let (mut log, events) = of_2015();
    log.add("clock_corrected", correction(&events, "2026-11-20T05:00:00Z"));
    let before = recounted(&log);
    log.add("clock_corrected", correction(&events, "2026-11-19T05:00:00Z"));
    assert_eq!(recounted(&log).opened_at, before.opened_at);

    let (log, events) = of_2015();
    let mut entries = log.entries().to_vec();
    let mut foreign = Log::visited();
    foreign.add("clock_corrected", correction(&events, "2026-11-20T05:00:00Z"));
    let mut event = foreign.entries().last().unwrap().clone();
    event.event.id = EventId(Uuid::from_u128(77));
    entries.push(event.clone());
    assert_eq!(esik_domain::fold::fold(&entries).unwrap().opened_at.unwrap().year(), 2026);
    entries.last_mut().unwrap().event.device_id = esik_domain::ids::DeviceId(Uuid::from_u128(3));
    assert_eq!(esik_domain::fold::fold(&entries).unwrap().opened_at.unwrap().year(), 2015);

    let (mut log, events) = of_2015();
    log.add("clock_corrected", correction(&events, "2026-12-20T05:00:00Z"));
    assert_eq!(recounted(&log).opened_at.unwrap().year(), 2015, "after the comparison");
}

/// S19 (part): a day that somebody named in the right year though the clock was wrong is what he meant.
#[test]
fn a_day_that_makes_sense_stays() {
    let (mut log, mut events) = of_2015();
    log.add(
        "task_assigned",
        json!({ "task_id": Uuid::from_u128(9), "text": "Съездить", "unit": "P-UIP",
            "due": "2026-12-01" }),
    );
    events.push(log.last_at("2015-01-01T05:00:00Z"));
    log.add("clock_corrected", correction(&events, "2026-11-20T05:00:00Z"));
    assert_eq!(recounted(&log).tasks[1].due.unwrap().to_string(), "2026-12-01");
}

fn doubt_of(at: DateTime<Utc>) -> Saved {
    saved(1, at, Duration::zero())
}

fn since() -> DateTime<Utc> {
    at("2026-11-18T05:00:00Z")
}

fn now() -> DateTime<Utc> {
    at("2026-11-20T05:00:00Z")
}

/// S19 (part): the stories of the rule.
#[test]
fn of_two_possible_moments_the_earlier_holds_and_an_impossible_one_never() {
    let years = Duration::days(4000);
    let compare = |offset| Comparison {
        since: Some(since()),
        now: now(),
        offset,
        uncertain: Duration::zero(),
    };
    let hour = Duration::hours(1);
    // Reset to 2015 and still so: by the difference, to the second.
    let early = saved(1, now() - years - hour, Duration::zero());
    assert_eq!(compare(years).correct([early])[0].at, now() - hour);
    // Ten years ahead, and still so.
    let ahead = saved(1, now() + years - hour, Duration::zero());
    assert_eq!(compare(-years).correct([ahead])[0].at, now() - hour);
    // The officer set the clock before contact: not before what came before it.
    let right = saved(1, since() + hour, Duration::zero());
    let lost = saved(2, now() - years, Duration::zero());
    let fixed = compare(Duration::zero()).correct([right, lost, right]);
    assert_eq!(fixed.len(), 1);
    assert_eq!((fixed[0].at, fixed[0].guessed), (right.at, true));
    // A day ahead, and both are possible: the earlier one.
    let day = Duration::days(1);
    let doubt = saved(1, now() - hour, Duration::zero());
    assert_eq!(compare(-day).correct([doubt])[0].at, now() - hour - day);
    // A day behind, and both are possible: it stays.
    let behind = saved(1, now() - day - hour, Duration::zero());
    assert_eq!(compare(day).correct([behind]), []);
    // Wrong by a day and known to be so: nothing to correct.
    let known = saved(1, now() - hour + day, -day);
    assert_eq!(compare(-day).correct([known]), []);
    // A few minutes are no wrong clock.
    let minutes = saved(1, now() + Duration::minutes(3), Duration::zero());
    assert_eq!(compare(-Duration::minutes(3)).correct([minutes]), []);
    // An answer that took two hours tells the clock to the hour.
    let slow = Comparison { uncertain: hour, ..compare(-hour) };
    assert_eq!(slow.correct([doubt_of(now() + hour / 2)]), []);
    // Never in contact before, and in 2015: by the difference; set right meanwhile: now.
    let first =
        |offset| Comparison { since: None, now: now(), offset, uncertain: Duration::zero() };
    assert_eq!(first(years).correct([early])[0].at, now() - hour);
    assert_eq!(first(Duration::zero()).correct([early])[0].at, now());
}

proptest! {
    /// S19 (part), B17 (part): whatever the clock showed and whatever it shows at contact, every moment is between the
    /// last contact and this one afterwards, a second comparison changes nothing, and no moment that a possible
    /// clock wrote becomes later.
    #[test]
    fn after_contact_every_moment_is_possible(
        clocks in proptest::collection::vec((-4_000_000_000i64..4_000_000_000, -400_000i64..400_000), 1..20),
        offset in prop_oneof![Just(0i64), -4_000_000_000i64..4_000_000_000, -400_000i64..400_000],
    ) {
        let offset = Duration::seconds(offset);
        let compare = Comparison { since: Some(since()), now: now(), offset, uncertain: Duration::zero() };
        let all: Vec<Saved> = clocks.iter().enumerate().map(|(n, (clock, known))| {
            saved(n as u128, now() + Duration::seconds(*clock), Duration::seconds(*known))
        }).collect();
        let fixed = compare.correct(all.iter().copied());
        let held: Vec<Saved> = all.iter().map(|s| {
            let at = fixed.iter().find(|f| f.event == s.event).map_or(s.at, |f| f.at);
            Saved { at, ..*s }
        }).collect();
        for (s, h) in all.iter().zip(&held) {
            prop_assert!(h.at >= since() - TOLERANCE && h.at <= now() + TOLERANCE, "{s:?} {h:?}");
            let possible = s.at >= since() - TOLERANCE && s.at <= now() + TOLERANCE;
            prop_assert!(!possible || h.at <= s.at, "made later: {s:?} {h:?}");
        }
        prop_assert_eq!(compare.correct(held), []);
    }
}

/// Around New Year the number has the year of the day, also far from any line; a clock that cannot be believed does not
/// change it.
#[test]
fn a_number_is_of_the_year_that_is_possible() {
    let days = Duration::days;
    for (clock, contact, offset, year) in [
        // Never compared: the clock is all there is.
        ("2027-01-10T05:00:00Z", None, days(0), 2027),
        // Offline from 20 December to 10 January; and the last evening, which is January in Almaty.
        ("2027-01-10T05:00:00Z", Some("2026-12-20T05:00:00Z"), days(0), 2027),
        ("2026-12-31T18:59:00Z", Some("2026-12-20T05:00:00Z"), days(0), 2026),
        ("2026-12-31T19:01:00Z", Some("2026-12-20T05:00:00Z"), days(0), 2027),
        // Unused since November.
        ("2027-02-01T05:00:00Z", Some("2026-11-03T05:00:00Z"), days(0), 2027),
        // Reset, or years ahead: the last contact is what is known.
        ("2015-06-10T05:00:00Z", Some("2027-01-10T05:00:00Z"), days(0), 2027),
        ("2036-05-01T00:00:00Z", Some("2026-12-20T05:00:00Z"), days(0), 2026),
        // Five minutes are no doubt: midnight by the region, some moments before by the desk.
        ("2026-12-31T18:58:00Z", Some("2026-12-31T19:01:00Z"), days(0), 2026),
        // Forty days ahead, or behind, as it was measured.
        ("2027-01-15T05:00:00Z", Some("2026-12-01T05:00:00Z"), days(-40), 2026),
        ("2026-12-05T05:00:00Z", Some("2027-01-08T05:00:00Z"), days(40), 2027),
        // Measured wrong, set right since: the clock itself is what is possible.
        ("2027-01-10T05:00:00Z", Some("2026-12-20T05:00:00Z"), days(-60), 2027),
        ("2026-12-21T05:00:00Z", Some("2026-12-20T05:00:00Z"), days(700), 2026),
        // Measured wrong, and reset since: neither is.
        ("2015-06-10T05:00:00Z", Some("2026-12-20T05:00:00Z"), days(-60), 2026),
    ] {
        let last = contact.map(|c| Contact { at: at(c), offset });
        assert_eq!(year_of_number(at(clock), last), year, "{clock} {contact:?} {offset}");
    }
}
