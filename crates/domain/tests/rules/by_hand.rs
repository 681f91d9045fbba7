//! A body that nobody can reach at the region: the request is handed over, and what the body says is written down.

use crate::log::Log;
use chrono::NaiveDate;
use esik_domain::case::{ObligationKind as K, Referral, ReferralState as S, WaitingOn};
use esik_domain::event::{Heard, Way};
use serde_json::{Value, json};

fn told(day: &str) -> Value {
    json!({ "way": "phone", "day": day, "who": "Ким, канцелярия" })
}

fn heard(log: &mut Log, what: &str, more: Value) {
    let mut body = json!({ "what": what, "told": told("2026-11-21") });
    for (k, v) in more.as_object().unwrap() {
        body[k] = v.clone();
    }
    log.of(1, "referral_heard", body);
}

fn one(log: &Log) -> Referral {
    log.case().referrals[0].clone()
}

fn by_hand() -> Log {
    let mut log = Log::opened().referred(1, "E-HEA");
    log.of(1, "delivery_by_hand", json!({}));
    log
}

#[test]
fn what_no_clerk_can_see_is_ours_to_hand_over_by_the_next_working_day() {
    let mut log = by_hand();
    // Written on Friday 20 November 2026.
    let owed = log.case().obligations();
    assert_eq!((owed[0].what, owed[0].waiting_on, owed.len()), (K::HandOver, WaitingOn::Us, 1));
    assert_eq!(owed[0].due, NaiveDate::from_ymd_opt(2026, 11, 23));
    assert!(one(&log).may_hand_over());
    log.of(1, "referral_handed", json!({ "told": told("2026-11-20"), "incoming_number": "12" }));
    let r = one(&log);
    assert_eq!((r.state(), r.incoming_number.as_deref()), (S::Registered, Some("12")));
    let stamp = r.delivered.unwrap();
    assert_eq!(stamp.day(), NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
    assert_eq!(stamp.told.unwrap().way, Way::Phone);
    assert_eq!(log.case().obligations()[0].what, K::AwaitAnswer);
}

#[test]
fn a_body_says_all_it_has_to_say_by_telephone() {
    let mut log = by_hand();
    heard(&mut log, "registered", json!({ "incoming_number": "207" }));
    assert_eq!(one(&log).state(), S::Registered);
    heard(&mut log, "rejected", json!({ "code": "not_ours", "text": "двор ОСИ" }));
    assert_eq!(log.case().obligations()[0].what, K::FindAnother);
    heard(&mut log, "accepted", json!({}));
    assert_eq!(one(&log).state(), S::Accepted, "they called back and took it on after all");
    heard(&mut log, "answered", json!({ "text": "Трубу заменили." }));
    assert_eq!(one(&log).answered.unwrap().text, "Трубу заменили.");
    assert_eq!(log.case().obligations()[0].what, K::CheckAnswer);
    log.of(1, "referral_checked", json!({ "good": false, "lacks": ["facts"] }));
    heard(&mut log, "answered", json!({ "text": "Заменили 23-го, бригада Кима." }));
    assert_eq!(one(&log).state(), S::Answered, "sent back as empty, it answers again");
}

#[test]
fn the_bodys_own_word_stands_above_what_was_written_down_of_it() {
    let mut log = by_hand();
    log.of(1, "agency_registered", json!({ "incoming_number": "Ж-1" }));
    heard(&mut log, "registered", json!({ "incoming_number": "207" }));
    assert_eq!(one(&log).incoming_number.as_deref(), Some("Ж-1"));
    log.of(1, "agency_answered", json!({ "text": "Ответ органа" }));
    heard(&mut log, "answered", json!({ "text": "со слов" }));
    heard(&mut log, "rejected", json!({ "code": "other", "text": "со слов" }));
    let r = one(&log);
    assert_eq!((r.answered.unwrap().text.as_str(), r.rejected), ("Ответ органа", None));
}

#[test]
fn a_clerk_who_comes_later_finds_it_and_nobody_hands_it_over_any_more() {
    let mut log = by_hand();
    log.of(1, "delivery_delivered", json!({ "channel": "portal" }));
    let r = one(&log);
    assert_eq!((r.state(), r.by_hand, r.delivered.is_some()), (S::Delivered, None, true));
    assert_eq!(log.case().obligations()[0].what, K::AwaitAnswer);
}

#[test]
fn of_what_was_never_sent_or_was_taken_back_nothing_is_heard() {
    let mut log = Log::opened();
    log.draft(1, "E-HEA", json!({}));
    log.of(1, "referral_handed", json!({ "told": told("2026-11-20") }));
    heard(&mut log, "accepted", json!({}));
    assert_eq!(one(&log).state(), S::Draft);
    let mut log = by_hand();
    log.of(1, "referral_withdrawn", json!({ "reason": "не нужно" }));
    heard(&mut log, "answered", json!({ "text": "x" }));
    let r = one(&log);
    assert!(r.answered.is_none() && !r.may_hand_over());
    let all = [Heard::Registered, Heard::Accepted, Heard::Rejected, Heard::Answered];
    assert!(all.into_iter().all(|what| !r.may_hear(what)));
}
