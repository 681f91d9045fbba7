//! Terms of law as a case lives through them: asked, decided, told.

use crate::log::Log;
use esik_domain::case::{ObligationKind, WaitingOn};
use serde_json::{Value, json};

fn decided(granted: bool, until: Value) -> Value {
    json!({
        "granted": granted, "reason": "ждём ответ лаборатории", "decision_number": "12",
        "decision_date": "2026-11-20", "signed_name": "Ахметов Б. К.", "signed_post": "начальник",
        "first_due": "2026-12-10", "previous_due": "2026-12-10", "until": until,
        "notice_due": "2026-11-24", "calendar": "2026-1"
    })
}

fn kinds(log: &Log) -> Vec<(ObligationKind, Option<String>)> {
    log.case().obligations().into_iter().map(|o| (o.what, o.due.map(|d| d.to_string()))).collect()
}

#[test]
fn an_extension_is_asked_decided_and_told_and_each_step_is_owed_by_its_day() {
    use ObligationKind as K;
    let day = |text: &str| Some(text.to_owned());
    let mut log = Log::opened();
    assert_eq!(kinds(&log), [(K::Decide, day("2026-12-10"))], "the term of law is on the board");
    log.add("extension_asked", json!({ "until": "2027-01-11", "reason": "ждём лабораторию" }));
    assert_eq!(
        kinds(&log),
        [(K::DecideExtension, day("2026-12-10")), (K::Decide, day("2026-12-10"))]
    );
    let decision = log.add("extension_decided", decided(true, json!("2027-01-11")));
    assert_eq!(log.case().legal_last_day().unwrap().to_string(), "2027-01-11");
    assert_eq!(log.case().legal_due.unwrap().to_string(), "2026-12-10", "the first day stays");
    assert_eq!(kinds(&log), [(K::GiveNotice, day("2026-11-24")), (K::Decide, day("2027-01-11"))]);
    log.add("notice_given", json!({ "about": decision, "how": "call" }));
    assert_eq!(kinds(&log), [(K::Decide, day("2027-01-11"))]);
    log.add("notice_given", json!({ "about": decision, "how": "letter" }));
    assert_eq!(json!(log.case().notices[0].how), json!("call"), "the first telling stays");
}

#[test]
fn a_refused_extension_moves_nothing_and_nobody_has_to_be_told() {
    let mut log = Log::opened();
    log.add("extension_asked", json!({ "until": "2027-01-11", "reason": "долго" }));
    // A day that came along with a refusal is no new term.
    log.add("extension_decided", decided(false, json!("2027-01-11")));
    let case = log.case();
    assert_eq!(case.legal_last_day(), case.legal_due);
    assert!(case.extension_asks.is_empty() && case.notices.is_empty());
    assert_eq!(case.extensions[0].reason, "ждём ответ лаборатории");
}

#[test]
fn a_decision_the_region_has_not_taken_is_shown_as_waiting_and_a_refused_one_is_not_applied() {
    let mut log = Log::opened();
    log.add_unsent("extension_decided", decided(true, json!("2027-01-11")));
    assert!(!log.case().extensions[0].at_region);
    log.refuse_last("term_moved");
    let case = log.case();
    assert!(case.extensions.is_empty());
    assert_eq!(case.legal_last_day(), case.legal_due);
    assert_eq!(case.obligations()[0].what, ObligationKind::Refused);
}

#[test]
fn closing_ends_what_was_to_be_signed_and_told() {
    let mut log = Log::opened();
    log.add("extension_asked", json!({ "until": "2027-01-11", "reason": "долго" }));
    log.add("extension_decided", decided(true, json!("2027-01-11")));
    log.add("case_closed", json!({ "word": "solved", "outcome": "helped" }));
    assert_eq!(log.case().obligations(), []);
}

#[test]
fn a_case_of_an_older_program_has_no_counted_term_and_still_folds() {
    let mut log = Log::visited();
    log.add("case_opened", json!({ "number": "N", "title": "t", "narrative": "n" }));
    let case = log.case();
    assert_eq!(case.legal_last_day(), None);
    assert_eq!(
        (case.obligations()[0].due, case.obligations()[0].waiting_on),
        (None, WaitingOn::Us)
    );
}

fn redirect(whole: bool) -> Value {
    json!({ "redirect": { "whole": whole, "ground": "Закон о жилищных отношениях",
        "reason": "проверка ОСИ – дело инспекции", "due": "2026-11-24", "calendar": "2026-1" } })
}

fn signed() -> Value {
    json!({ "decision": { "number": "5", "date": "2026-11-20", "name": "Ахметов Б. К.",
        "post": "начальник", "notice_due": "2026-11-20" } })
}

#[test]
fn a_whole_redirect_takes_the_duty_away_and_leaves_the_promise() {
    use ObligationKind as K;
    let day = |text: &str| Some(text.to_owned());
    let mut log = Log::opened();
    log.draft(7, "E-HIN", redirect(true));
    assert_eq!(kinds(&log), [(K::SignRedirect, day("2026-11-24"))]);
    assert_eq!(log.case().legal_last_day().unwrap().to_string(), "2026-12-10", "not signed yet");
    let sent = log.of(7, "referral_sent", signed());
    let case = log.case();
    assert_eq!(case.legal_last_day(), None, "the duty of law is gone");
    assert_eq!(case.notices[0].about, sent);
    assert_eq!(
        kinds(&log),
        [(K::GiveNotice, day("2026-11-20")), (K::AwaitAnswer, day("2026-11-23"))]
    );
    log.add("notice_given", json!({ "about": sent, "how": "call" }));
    // The body says that it is not its own: the duty comes back, counted from the first receipt.
    log.of(7, "agency_rejected", json!({ "code": "not_ours", "reason": "не наше" }));
    assert_eq!(log.case().legal_last_day().unwrap().to_string(), "2026-12-10");
    assert_eq!(kinds(&log), [(K::FindAnother, day("2026-11-23"))]);
}

#[test]
fn a_redirect_of_a_part_and_one_taken_back_leave_the_duty_here() {
    let mut log = Log::opened();
    log.draft(7, "E-HIN", redirect(false));
    log.of(7, "referral_sent", signed());
    assert!(log.case().legal_last_day().is_some());
    let mut log = Log::opened();
    log.draft(7, "E-HIN", redirect(true));
    log.of(7, "referral_withdrawn", json!({ "reason": "не та инспекция" }));
    let case = log.case();
    assert!(case.redirected().is_none() && case.notices.is_empty());
    assert_eq!(case.obligations()[0].what, ObligationKind::Decide);
}

#[test]
fn a_plain_referral_needs_no_notice() {
    let log = Log::opened().referred(7, "E-HEA");
    assert!(log.case().notices.is_empty());
    assert!(log.case().legal_last_day().is_some());
}
