//! From an answer to the end of a case: the gate, the call, the second pair of eyes, disputes.

use esik_testkit::{Form, World};
use serde_json::{Value, json};

#[test]
fn closing_wants_a_call_or_a_reason_and_a_second_officer_where_the_theme_asks() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = desk.takes_in(Form::says("Бабушка одна", "ru").category("FAM-05").refer("E-SOC"));
    let close = |more: Value| {
        let mut args =
            json!({ "case": case, "word": "solved", "outcome": "helped", "text": "уход назначен" });
        for (k, v) in more.as_object().cloned().unwrap_or_default() {
            args[k] = v;
        }
        desk.call("case_close", args).map_err(|refused| refused.code)
    };
    assert_eq!(close(json!({})).unwrap_err(), "missing_call");
    assert_eq!(close(json!({ "satisfaction": 6 })).unwrap_err(), "bad_request");
    assert_eq!(close(json!({ "outcome": "forgotten" })).unwrap_err(), "bad_request");
    desk.ok(
        "contact_record",
        json!({ "case": case, "how": "call", "reached": "yes",
        "word": "solved", "text": "спасибо" }),
    );
    assert!(close(json!({ "satisfaction": 5 })).is_ok());
    let view = desk.case(&case);
    assert_eq!(view["closed"], json!(null), "the first officer only asks");
    assert_eq!(view["end"]["needs_second"], true);
    assert_eq!(close(json!({})).unwrap_err(), "closing_asked_before");
    desk.sign_in("Серікбаев");
    let view = desk.case(&case);
    assert_eq!(view["end"]["needs_second"], false);
    assert!(view["end"]["asked_by"].as_str().is_some_and(|who| who.starts_with("Әлиева")));
    assert!(close(json!({ "satisfaction": 4 })).is_ok());
    let view = desk.case(&case);
    assert_eq!(view["closed"]["satisfaction"], 4);
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
}

#[test]
fn what_the_first_officer_wrote_down_for_the_end_waits_for_the_second() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = desk.takes_in(Form::says("Бабушка одна", "ru").category("FAM-05").refer("E-SOC"));
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "helped", "text": "уход назначен",
            "satisfaction": 5, "not_called": "сама пришла и рассказала" }),
    );
    desk.sync();
    desk.sign_in("Серікбаев");
    let asked = desk.case(&case)["end"]["asked"].clone();
    assert_eq!((&asked["outcome"], &asked["satisfaction"]), (&json!("helped"), &json!(5)));
    assert_eq!(asked["not_called"], "сама пришла и рассказала");
}

#[test]
fn without_a_call_the_reason_is_kept() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Снег", "ru").category("BLG-02").refer("E-ZKH"));
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "not_asked", "outcome": "not_reached",
        "text": "", "not_called": "телефон не назвал" }),
    );
    assert_eq!(desk.case(&case)["closed"]["not_called"], "телефон не назвал");
}

#[test]
fn only_the_head_takes_a_dispute_on_and_only_after_two_refusals() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = desk.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    let open = json!({ "case": case, "referral": referral, "reason": "чья яма" });
    assert_eq!(desk.call("dispute_open", open.clone()).unwrap_err().code, "bad_request");
    let settle =
        json!({ "case": case, "referral": referral, "agency": "E-ZKH", "reason": "улица" });
    assert_eq!(desk.call("dispute_settle", settle).unwrap_err().code, "bad_request");
    desk.sign_in("Серікбаев");
    assert_eq!(desk.call("dispute_open", open).unwrap_err().code, "forbidden");
}
