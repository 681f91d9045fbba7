//! Terms of law at the region: who may move them, how far, and that two heads do not move them twice.

use crate::common::{World, codes, fresh, visit};
use esik_domain::event::{Body, Role};
use esik_domain::ids::CaseId;
use serde_json::{Value, json};

fn body(kind: &str, value: &Value) -> Body {
    let read = Body::read(kind, 1, value);
    assert!(!matches!(read, Body::Unknown { .. }), "{value}");
    read
}

fn opened() -> Body {
    body(
        "case_opened",
        &json!({ "number": "ESK-07-2026-1", "title": "t", "narrative": "n", "legal_due": "2026-12-17" }),
    )
}

fn decided(previous: &str, until: Value) -> Body {
    body(
        "extension_decided",
        &json!({ "granted": true, "reason": "r", "decision_date": "2026-11-27", "signed_name": "n",
            "signed_post": "p", "first_due": "2026-12-17", "previous_due": previous, "until": until }),
    )
}

#[tokio::test]
async fn only_the_head_moves_the_term_once_from_each_day_and_within_two_months() {
    let w = World::new();
    let mut officer = w.desk("07").await;
    let mut head = w.desk_with("07", Role::Head, &[]).await;
    let case = CaseId(fresh());
    officer.say(case, &visit(), "open");
    officer.say(case, &opened(), "open");
    officer.say(
        case,
        &body("extension_asked", &json!({ "until": "2027-01-15", "reason": "долго" })),
        "open",
    );
    officer.say(case, &decided("2026-12-17", json!("2027-01-15")), "open");
    assert_eq!(
        codes(&officer.push().await.unwrap()),
        ["accepted", "accepted", "accepted", "rejected:not_allowed"]
    );
    for (previous, until, verdict) in [
        ("2026-12-17", json!("2027-02-18"), "rejected:term_too_long"),
        ("2026-12-17", json!("2026-12-17"), "rejected:term_too_long"),
        ("2026-12-17", json!(null), "rejected:term_too_long"),
        ("2026-12-17", json!("2027-01-15"), "accepted"),
        // The other head's desk had not heard of it.
        ("2026-12-17", json!("2027-01-29"), "rejected:term_moved"),
        ("2027-01-15", json!("2027-02-17"), "accepted"),
    ] {
        head.say(case, &decided(previous, until.clone()), "open");
        assert_eq!(codes(&head.push().await.unwrap()), [verdict], "{previous} {until}");
    }
    head.say(case, &body("case_closed", &json!({ "word": "solved", "outcome": "helped" })), "open");
    head.say(case, &decided("2027-02-17", json!("2027-02-16")), "open");
    assert_eq!(codes(&head.push().await.unwrap()), ["accepted", "rejected:case_closed"]);
}

#[tokio::test]
async fn the_duty_moves_by_the_heads_signature_once() {
    let w = World::new();
    let mut officer = w.desk("07").await;
    let mut head = w.desk_with("07", Role::Head, &[]).await;
    let (case, first, second) = (CaseId(fresh()), fresh(), fresh());
    officer.say(case, &visit(), "open");
    officer.say(case, &opened(), "open");
    for id in [first, second] {
        let drafted = json!({ "referral_id": id, "agency": "E-HIN", "text": "t",
            "redirect": { "whole": true, "ground": "g", "reason": "r" } });
        officer.say(case, &body("referral_drafted", &drafted), "open");
    }
    let sent = |id: uuid::Uuid| {
        let decision = json!({ "date": "2026-11-27", "name": "n", "post": "p" });
        body("referral_sent", &json!({ "referral_id": id, "decision": decision }))
    };
    officer.say(case, &sent(first), "open");
    let told = codes(&officer.push().await.unwrap());
    assert_eq!(told.last().unwrap(), "rejected:not_allowed");
    head.say(case, &sent(first), "open");
    head.say(case, &sent(second), "open");
    assert_eq!(codes(&head.push().await.unwrap()), ["accepted", "rejected:redirected"]);
}

#[tokio::test]
async fn a_second_officer_closes_and_two_refusals_make_a_dispute() {
    let w = World::new();
    let mut asker = w.desk("07").await;
    let mut second = w.desk("07").await;
    let case = CaseId(fresh());
    asker.say(case, &visit(), "open");
    asker.say(case, &opened(), "open");
    asker.say(
        case,
        &body("issue_added", &json!({ "issue_id": fresh(), "category": "FAM-05" })),
        "open",
    );
    let closed = body("case_closed", &json!({ "word": "solved", "outcome": "helped" }));
    asker.say(case, &closed, "open");
    asker.say(
        case,
        &body("closing_asked", &json!({ "word": "solved", "outcome": "helped" })),
        "open",
    );
    asker.say(case, &closed, "open");
    let told = codes(&asker.push().await.unwrap());
    assert_eq!(told[3..], ["rejected:needs_second", "accepted", "rejected:needs_second"]);
    second.say(case, &closed, "open");
    assert_eq!(codes(&second.push().await.unwrap()), ["accepted"]);

    let mut head = w.desk_with("07", Role::Head, &[]).await;
    let (case, referral) = crate::common::referral(&mut head, "E-ZKH", "Яма", "open");
    let dispute = json!({ "referral_id": referral, "reason": "чья" });
    head.say(case, &body("dispute_opened", &dispute), "open");
    let told = codes(&head.push().await.unwrap());
    assert_eq!(told.last().unwrap(), "rejected:no_dispute");
}
