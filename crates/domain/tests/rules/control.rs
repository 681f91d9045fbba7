//! Bounces, disputes, empty answers, closing and reopening as a case lives through them.

use crate::log::Log;
use esik_domain::case::{ObligationKind as K, ReferralState, WaitingOn};
use esik_domain::ids::OfficerId;
use serde_json::json;
use uuid::Uuid;

fn owed(log: &Log) -> Vec<K> {
    log.case().obligations().into_iter().map(|o| o.what).collect()
}

fn bounced() -> Log {
    let mut log = Log::opened().referred(1, "E-ZKH");
    log.of(1, "agency_rejected", json!({ "code": "not_ours", "reason": "двор ОСИ" }));
    assert_eq!(owed(&log), [K::FindAnother], "the first refusal is the officer's");
    log.refer(2, "E-OSI", json!({ "replaces": Uuid::from_u128(1) }));
    assert_eq!(owed(&log), [K::AwaitAnswer]);
    log.of(2, "agency_rejected", json!({ "code": "not_ours", "reason": "улица города" }));
    log
}

#[test]
fn the_second_refusal_is_the_heads_and_a_dispute_holds_both_reasons() {
    let mut log = bounced();
    assert_eq!(owed(&log), [K::SecondBounce]);
    log.of(2, "dispute_opened", json!({ "reason": "граница двора не ясна" }));
    assert_eq!(owed(&log), [K::SettleDispute]);
    let case = log.case();
    let sides: Vec<_> =
        case.disputes[0].sides.iter().map(|s| (s.agency.as_str(), s.reason.as_str())).collect();
    assert_eq!(sides, [("E-ZKH", "двор ОСИ"), ("E-OSI", "улица города")]);
    log.of(2, "dispute_settled", json!({ "agency": "E-ZKH", "reason": "по плану – улица" }));
    assert_eq!(owed(&log), [K::FindAnother], "now it is sent where it was settled");
    log.of(2, "dispute_settled", json!({ "agency": "E-OSI", "reason": "нет" }));
    assert_eq!(log.case().disputes[0].settled.as_ref().unwrap().agency.as_str(), "E-ZKH");
}

#[test]
fn a_copy_for_a_supervisor_holds_no_closing_up_once_its_request_is_over() {
    let mut log = Log::opened().referred(1, "E-OSI");
    log.draft(2, "E-HIN", json!({ "copy_of": Uuid::from_u128(1) }));
    log.of(2, "referral_sent", json!({}));
    assert!(log.case().needs_reason("helped"), "the body itself still owes");
    let mut alone = log.clone().referred(3, "E-HIN");
    for either in [&mut log, &mut alone] {
        either.of(1, "referral_withdrawn", json!({ "reason": "починили" }));
    }
    assert!(!log.case().needs_reason("helped"), "only the copy is open");
    assert!(alone.case().needs_reason("helped"), "a request of its own is no copy");
}

#[test]
fn a_redirect_that_is_signed_is_its_own_reason_and_nothing_beside_it_is() {
    let mut log = Log::opened();
    assert!(!log.case().needs_reason("redirected"), "nobody owes anything");
    let whole = json!({ "redirect": { "whole": true, "ground": "Закон", "reason": "их дело" } });
    log.draft(7, "E-HIN", whole);
    assert!(log.case().needs_reason("redirected"), "nobody has signed it");
    log.of(7, "referral_sent", json!({}));
    assert!(!log.case().needs_reason("redirected"));
    assert!(log.case().needs_reason("helped"));
    assert!(!log.case().needs_reason("withdrawn"));
    let mut beside = log.clone().referred(8, "E-ZKH");
    assert!(beside.case().needs_reason("redirected"));
    beside.of(8, "referral_withdrawn", json!({ "reason": "не нужно" }));
    assert!(!beside.case().needs_reason("redirected"));
    log.of(7, "agency_rejected", json!({ "code": "not_ours", "reason": "не наше" }));
    assert!(log.case().needs_reason("redirected"));
}

#[test]
fn a_chain_that_bites_its_tail_ends() {
    let mut log = Log::opened();
    log.refer(1, "E-ZKH", json!({ "replaces": Uuid::from_u128(1) }));
    log.of(1, "agency_rejected", json!({ "code": "not_ours", "reason": "x" }));
    assert_eq!(log.case().bounces(log.case().referrals[0].id).len(), 1);
}

#[test]
fn an_empty_answer_goes_back_with_what_it_lacks_and_the_next_one_is_looked_at_anew() {
    let mut log = Log::opened().referred(1, "E-HEA");
    log.of(1, "agency_answered", json!({ "text": "Меры приняты." }));
    log.of(
        1,
        "referral_checked",
        json!({ "good": false, "has": ["decision"],
        "lacks": ["facts", "who_when", "next", "appeal"], "note": "когда?" }),
    );
    let r = log.case().referrals[0].clone();
    assert_eq!(r.state(), ReferralState::AnswerReturned);
    assert_eq!(r.checked.unwrap().lacks.len(), 4);
    assert_eq!(log.case().obligations()[0].waiting_on, WaitingOn::Agency);
    log.of(1, "agency_answered", json!({ "text": "Труба заменена 23 ноября." }));
    assert_eq!(owed(&log), [K::CheckAnswer]);
}

#[test]
fn reopening_makes_the_body_owe_again_by_a_new_day_with_the_reason() {
    let mut log = Log::opened().referred(1, "E-HEA");
    log.of(1, "agency_answered", json!({ "text": "Сделано." }));
    log.of(1, "referral_checked", json!({ "good": true }));
    log.add("case_closed", json!({ "word": "solved", "outcome": "helped", "satisfaction": 5 }));
    assert_eq!(log.case().closed.unwrap().satisfaction, Some(5));
    log.add("case_reopened", json!({ "reason": "снова холодно" }));
    log.of(
        1,
        "referral_reopened",
        json!({ "reason": "снова холодно", "answer_due": "2026-11-30" }),
    );
    let r = log.case().referrals[0].clone();
    assert_eq!(r.state(), ReferralState::AnswerReturned);
    assert_eq!(r.answer_due.unwrap().to_string(), "2026-11-30");
    let check = r.checked.unwrap();
    assert!(check.reopened && check.note == "снова холодно");
    assert_eq!(owed(&log), [K::AwaitAnswer]);
}

#[test]
fn a_score_that_is_none_of_the_five_is_no_score() {
    for n in [0, 6, 255] {
        let mut log = Log::opened();
        log.add("case_closed", json!({ "word": "solved", "outcome": "helped", "satisfaction": n }));
        assert_eq!(log.case().closed.unwrap().satisfaction, None, "{n}");
    }
}

#[test]
fn the_call_has_to_come_after_the_last_news() {
    let mut log = Log::opened().referred(1, "E-HEA");
    assert!(!log.case().called_back());
    log.add("contact_made", json!({ "how": "call", "reached": "no_answer" }));
    assert!(!log.case().called_back(), "not reached is not called back");
    log.add("contact_made", json!({ "how": "call", "reached": "yes" }));
    assert!(log.case().called_back());
    log.of(1, "agency_answered", json!({ "text": "Сделано." }));
    log.of(1, "referral_checked", json!({ "good": true }));
    assert!(!log.case().called_back(), "the answer is news the applicant has not heard");
    log.add("contact_made", json!({ "how": "call", "reached": "yes" }));
    assert!(log.case().called_back());
}

#[test]
fn some_categories_want_a_second_officer_and_the_asker_is_not_one() {
    let mut log = Log::opened();
    let (asker, other) = (OfficerId(Uuid::from_u128(902)), OfficerId(Uuid::from_u128(7)));
    assert!(!log.case().waits_for_second(asker), "heating does not");
    log.add("issue_added", json!({ "issue_id": Uuid::from_u128(6), "category": "FAM-05" }));
    assert!(log.case().waits_for_second(asker) && log.case().waits_for_second(other));
    log.add("closing_asked", json!({ "word": "solved", "outcome": "helped", "satisfaction": 4 }));
    let ask = log.case().closing_ask.expect("asked");
    assert_eq!((ask.satisfaction, ask.not_called.as_str()), (Some(4), ""));
    assert_eq!(owed(&log), [K::ConfirmClosing, K::Decide]);
    assert!(log.case().waits_for_second(asker));
    assert!(!log.case().waits_for_second(other));
    log.add("case_closed", json!({ "word": "solved", "outcome": "helped" }));
    assert!(log.case().closing_ask.is_none());
}

#[test]
fn what_an_older_program_kept_is_still_read() {
    let kept = json!({ "stamp": { "at": "2026-11-20T05:00:00Z", "by": "x", "event": Uuid::nil() },
        "good": false, "note": "пусто" });
    let check: esik_domain::case::Check = serde_json::from_value(kept).unwrap();
    assert!(check.lacks.is_empty() && !check.reopened);
    let kept = json!({ "at": "2026-11-20T05:00:00Z", "by": Uuid::nil(), "word": "solved",
        "outcome": "helped", "text": "" });
    let ask: esik_domain::case::ClosingAsk = serde_json::from_value(kept).unwrap();
    assert_eq!((ask.satisfaction, ask.not_called.as_str()), (None, ""));
}

#[test]
fn an_action_without_a_day_of_its_own_is_late_when_the_day_of_law_has_passed() {
    let mut log = Log::opened();
    log.add(
        "task_assigned",
        json!({ "task_id": Uuid::from_u128(7), "text": "обход", "unit": "P-UIP" }),
    );
    let due = |log: &Log| log.case().obligations()[0].due.unwrap().to_string();
    assert_eq!((owed(&log), due(&log)), (vec![K::DoTask], "2026-12-10".to_owned()));
    let mut log = Log::opened();
    log.add(
        "task_assigned",
        json!({ "task_id": Uuid::from_u128(7), "text": "обход", "unit": "P-UIP", "due": "2026-12-01" }),
    );
    assert_eq!(due(&log), "2026-12-01");
}
