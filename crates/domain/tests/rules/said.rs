//! What was said on the region's page: work for an officer, and nothing by itself.

use crate::log::Log;
use esik_domain::case::ObligationKind as K;
use esik_domain::ids::{Circle, ReferralId};
use serde_json::{Value, json};

fn owed(log: &Log) -> Vec<K> {
    log.case().obligations().into_iter().map(|o| o.what).collect()
}

fn say(log: &mut Log, body: Value) -> Value {
    let mut all = json!({ "number": "ESK-07-2026-1", "due": "2026-11-21" });
    for (k, v) in body.as_object().unwrap() {
        all[k] = v.clone();
    }
    json!(log.add("applicant_word", all))
}

fn answered() -> Log {
    let mut log = Log::opened().referred(1, "E-HEA");
    log.of(1, "agency_answered", json!({ "text": "Сделано." }));
    log
}

/// S34 (part): a word closes, reopens and checks nothing by itself.
#[test]
fn a_word_is_work_and_decides_nothing() {
    let mut log = answered();
    log.of(1, "referral_checked", json!({ "good": true }));
    let before = log.case();
    for body in [
        json!({ "word": "solved", "satisfaction": 5 }),
        json!({ "word": "not_solved", "text": "Холодно" }),
        json!({ "text": "Кілт көршіде" }),
    ] {
        say(&mut log, body);
    }
    let after = log.case();
    assert_eq!((&after.referrals, &after.closed), (&before.referrals, &before.closed));
    let line = &after.obligations()[0];
    assert_eq!(line.what, K::ReopenAsked, "one line, the gravest of the three");
    assert_eq!(line.due.unwrap().to_string(), "2026-11-21");
    assert_eq!(owed(&log), [K::ReopenAsked, K::TellApplicant]);
}

#[test]
fn not_solved_asks_to_reopen_only_what_is_over() {
    let mut log = Log::opened().referred(1, "E-HEA");
    say(&mut log, json!({ "word": "not_solved" }));
    assert_eq!(
        owed(&log),
        [K::ReadWord, K::AwaitAnswer],
        "nobody answered: there is nothing to reopen"
    );
    log.of(1, "agency_answered", json!({ "text": "Сделано." }));
    assert_eq!(owed(&log)[0], K::ReopenAsked);
    log.of(1, "referral_reopened", json!({ "reason": "нет" }));
    assert_eq!(owed(&log), [K::ReadWord, K::AwaitAnswer], "the body is at work again");
    log.of(1, "agency_answered", json!({ "text": "Теперь сделано." }));
    log.add("case_closed", json!({ "word": "solved", "outcome": "helped" }));
    assert_eq!(owed(&log), [K::ReopenAsked]);
}

/// S34 (part): an answer nobody has checked and “not solved” are one look, and one line of the board.
#[test]
fn not_solved_and_an_unchecked_answer_are_one_line_with_both_reasons() {
    let line = |log: &Log| {
        let owed = log.case().obligations();
        let [line] = owed.as_slice() else { panic!("{owed:#?}") };
        line.clone()
    };
    let mut log = answered();
    let alone = line(&log);
    assert_eq!((alone.what, alone.also), (K::CheckAnswer, None));
    let told = say(&mut log, json!({ "word": "not_solved" }));
    let both = line(&log);
    assert_eq!((both.what, both.also), (K::ReopenAsked, Some(K::CheckAnswer)));
    assert_eq!(both.due.unwrap().to_string(), "2026-11-21");
    assert_eq!((both.referral, both.agency.clone()), (alone.referral, alone.agency.clone()));
    // The nearer day leads: here the answer's, whose day is over when the word comes.
    let mut late = answered();
    say(&mut late, json!({ "word": "not_solved", "due": "2027-03-01" }));
    let both = line(&late);
    assert_eq!((both.what, both.also, both.due), (K::CheckAnswer, Some(K::ReopenAsked), alone.due));
    // Read: the answer is still to be checked.
    log.add("word_read", json!({ "events": [told] }));
    assert_eq!(line(&log), alone);
    // Two bodies answered: the word stands on one line, the other is not lost.
    let mut two = Log::opened().referred(1, "E-HEA").referred(2, "E-ZKH");
    two.of(1, "agency_answered", json!({ "text": "Сделано." }));
    two.of(2, "agency_answered", json!({ "text": "Сделано." }));
    say(&mut two, json!({ "word": "not_solved" }));
    let also: Vec<_> =
        two.case().obligations().into_iter().map(|o| (o.what, o.also.is_some())).collect();
    assert_eq!(also, [(K::ReopenAsked, true), (K::CheckAnswer, false)]);
}

/// S34 (part): the word that everybody of the case reads must not tell of a referral that only a circle may know.
#[test]
fn an_open_word_stands_alone_beside_the_answer_of_a_restricted_referral() {
    let mut log = answered();
    say(&mut log, json!({ "word": "not_solved" }));
    let mut case = log.case();
    for r in &mut case.referrals {
        r.circle = Circle("dv".to_owned());
    }
    let lines: Vec<_> =
        case.obligations().into_iter().map(|o| (o.what, o.also, o.circle.is_open())).collect();
    assert_eq!(lines, [(K::ReopenAsked, None, true), (K::CheckAnswer, None, false)]);
    // Another restricted referral's word is not put to it either.
    for s in &mut case.said {
        s.circle = Circle("dv".to_owned());
        s.referral = Some(ReferralId(uuid::Uuid::from_u128(9)));
    }
    assert!(case.obligations().iter().all(|o| o.also.is_none()));
}

#[test]
fn a_word_that_was_read_asks_for_nothing_more() {
    let mut log = answered();
    let first = say(&mut log, json!({ "word": "not_solved" }));
    let second = say(&mut log, json!({ "text": "и ещё" }));
    log.add("word_read", json!({ "events": [first] }));
    assert_eq!(owed(&log), [K::ReadWord, K::CheckAnswer], "a message is work of its own");
    log.add("word_read", json!({ "events": [second, first] }));
    assert_eq!(owed(&log), [K::CheckAnswer]);
    assert_eq!(log.case().unread().count(), 0);
    let read = log.case().said[0].read.clone().unwrap();
    assert_ne!(
        read.event,
        log.case().said[1].read.clone().unwrap().event,
        "the first reading stays"
    );
}

/// “Solved” when all is over, without a word more, is nobody's work.
#[test]
fn a_closed_case_asks_only_where_something_is_said() {
    let mut log = answered();
    log.add("case_closed", json!({ "word": "solved", "outcome": "helped" }));
    say(&mut log, json!({ "word": "solved", "satisfaction": 4 }));
    assert_eq!(owed(&log), []);
    say(&mut log, json!({ "word": "solved", "text": "Рахмет" }));
    assert_eq!(owed(&log), [K::ReadWord]);
}

#[test]
fn solved_stands_for_the_call_when_it_is_the_last_word_after_the_last_news() {
    let mut log = Log::opened().referred(1, "E-HEA");
    say(&mut log, json!({ "word": "solved" }));
    assert!(log.case().called_back() && !log.case().spoken_with());
    log.of(1, "agency_answered", json!({ "text": "Сделано." }));
    assert!(!log.case().called_back(), "the answer is news");
    say(&mut log, json!({ "word": "solved" }));
    assert!(log.case().called_back());
    log.of(1, "referral_checked", json!({ "good": true }));
    assert!(log.case().called_back(), "that the officer found it good is none");
    say(&mut log, json!({ "text": "просто сообщение" }));
    assert!(log.case().called_back(), "a message takes nothing back");
    say(&mut log, json!({ "word": "not_solved" }));
    assert!(!log.case().called_back());
    say(&mut log, json!({ "word": "solved" }));
    log.of(1, "referral_reopened", json!({ "reason": "нет" }));
    assert!(!log.case().called_back(), "since then the body owes again");
}

/// T14 (part): where somebody else may hold the coupon, “solved” is not the applicant's word.
#[test]
fn where_somebody_else_may_hold_the_coupon_solved_proves_nothing() {
    let mut log = answered();
    say(&mut log, json!({ "word": "solved" }));
    assert!(log.case().called_back());
    log.add("contact_made", json!({ "how": "call", "reached": "unsafe" }));
    assert!(log.case().in_person_only() && !log.case().called_back());
}
