//! From an answer to the end of a case: the gate, the call, the second pair of eyes, disputes.

use crate::clerk::Clerk;
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
        "text": "снег убрали", "not_called": "телефон не назвал" }),
    );
    assert_eq!(desk.case(&case)["closed"]["not_called"], "телефон не назвал");
}

/// Whatever the outcome: what a body or an officer still owes stops being watched only with a reason. Who takes the matter
/// back owes none.
#[test]
fn a_case_in_which_somebody_still_owes_is_closed_only_with_a_reason() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let close = |case: &str, outcome: &str, text: &str| {
        let args = json!({ "case": case, "word": "not_asked", "outcome": outcome, "text": text,
            "not_called": "телефон не назвал" });
        desk.call("case_close", args).map_err(|refused| refused.code)
    };
    let outcomes =
        desk.case(&desk.takes_in(Form::says("Снег", "ru").category("BLG-02").refer("E-ZKH")));
    let outcomes = outcomes["end"]["outcomes"].as_array().unwrap().clone();
    assert_eq!(outcomes.len(), 8);
    let unit = json!([{ "unit": "P-UIP", "text": "обойти двор" }]);
    for form in [
        Form::says("Снег", "ru").category("BLG-02").refer("E-ZKH"),
        Form::says("Шум", "ru").category("ORD-01").with("tasks", unit),
    ] {
        let case = desk.takes_in(form.clone());
        let want = desk.case(&case)["end"]["want_reason"].as_array().unwrap().clone();
        for outcome in outcomes.iter().map(|o| o.as_str().unwrap()) {
            let asks = outcome != "withdrawn";
            assert_eq!(want.contains(&json!(outcome)), asks, "{outcome}");
            let case = desk.takes_in(form.clone());
            if asks {
                assert_eq!(close(&case, outcome, " ").unwrap_err(), "still_open_referrals");
                assert!(close(&case, outcome, "снег растаял").is_ok(), "{outcome}");
            } else {
                assert!(close(&case, outcome, "").is_ok());
            }
            assert!(desk.case(&case)["closed"].is_object());
        }
    }
    // Nobody owes anything: no reason is asked for.
    let case = desk.takes_in(
        Form::says("Шум", "ru")
            .category("ORD-01")
            .with("tasks", json!([{ "unit": "P-UIP", "text": "обойти двор" }])),
    );
    let task = desk.case(&case)["tasks"][0]["id"].clone();
    desk.ok("task_finish", json!({ "case": case, "task": task, "result": "обошли" }));
    assert_eq!(desk.case(&case)["end"]["want_reason"], json!([]));
    assert!(close(&case, "helped", "").is_ok());
}

/// One that cannot be reminded stops no other; pressed again, nobody is reminded twice on a working day, also when the first
/// press was in the evening and goes in the morning.
#[test]
fn each_body_is_reminded_by_itself_and_once_a_working_day() {
    let world = World::at("2026-11-20T05:00:00Z");
    let desk = world.desk("Әлиева");
    let clerk = Clerk::sign_in(&world, "jylu", "E-HEA");
    let taken: Vec<(String, Value)> = (0..3)
        .map(|_| {
            let form = Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA");
            let case = desk.takes_in(form);
            desk.sync();
            let referral = desk.case(&case)["referrals"][0]["id"].clone();
            (case, referral)
        })
        .collect();
    clerk.answers(taken[1].1.as_str().unwrap(), "Тепло дали 20 ноября");
    desk.sync();
    let mut list: Vec<Value> = taken
        .iter()
        .map(|(case, referral)| json!({ "case": case, "referral": referral }))
        .collect();
    // Another desk's, or gone: it stands first, and stops nobody.
    let strange = "00000000-0000-7000-8000-000000000001";
    list.insert(0, json!({ "case": strange, "referral": strange }));
    let remind = || {
        let said = desk.ok("referral_remind", json!({ "referrals": list }));
        let over = said["passed_over"].as_array().unwrap().iter();
        let over: Vec<String> = over.map(|p| p["code"].as_str().unwrap().to_owned()).collect();
        (said["reminded"].as_u64().unwrap(), over)
    };
    let times = |n: usize| desk.case(&taken[n].0)["referrals"][0]["reminders"].clone();
    let over = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    assert_eq!(remind(), (2, over(&["not_found", "owes_nothing"])));
    let again = over(&["not_found", "reminded_today", "owes_nothing", "reminded_today"]);
    assert_eq!(remind(), (0, again.clone()), "a second press");
    assert_eq!((times(0), times(1), times(2)), (json!(1), json!(0), json!(1)));

    // Friday after hours: it goes on Monday, and Monday is reminded with it.
    world.clock.set("2026-11-20T15:00:00Z");
    assert_eq!(remind().0, 2);
    assert_eq!(remind(), (0, again.clone()));
    world.clock.set("2026-11-23T06:00:00Z");
    assert_eq!(remind(), (0, again));
    world.clock.set("2026-11-24T06:00:00Z");
    assert_eq!(remind().0, 2, "the next working day");
    assert_eq!(times(0), json!(3));
    desk.sync();
    assert_eq!(desk.case(&taken[0].0)["refused"], json!([]), "the region agrees");
}

/// Two bodies refused: no officer sends it to a third one, the head does, or says whose it is; then it goes there and
/// nowhere else.
#[test]
fn after_a_second_refusal_only_the_head_says_where_it_goes() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let clerks =
        [("jylu", "E-HEA"), ("kommun", "E-ZKH")].map(|(l, a)| Clerk::sign_in(&world, l, a));
    desk.sign_in("Серікбаев");
    let taken_in = || {
        let case =
            desk.takes_in(Form::says("Вода в подвале", "ru").category("ZKH-01").refer("E-HEA"));
        desk.sync();
        case
    };
    let send = |case: &str, to: &str| {
        let view = desk.case(case);
        let old = view["referrals"].as_array().unwrap().last().unwrap()["id"].clone();
        let args = json!({ "case": case, "agency": to, "text": "", "answer_due": null,
            "replaces": old, "disclosed": {} });
        desk.call("referral_send", args).map_err(|refused| refused.code)
    };
    let refused = |case: &str, clerk: &Clerk| {
        desk.sync();
        let view = desk.case(case);
        let last = view["referrals"].as_array().unwrap().last().unwrap()["id"].clone();
        clerk.refuses(last.as_str().unwrap(), "не наша линия");
        desk.sync();
        last
    };
    let case = taken_in();
    refused(&case, &clerks[0]);
    assert!(send(&case, "E-ZKH").is_ok(), "after one refusal the officer finds another body");
    let last = refused(&case, &clerks[1]);
    assert_eq!(send(&case, "E-OSI").unwrap_err(), "second_bounce");
    assert_eq!(desk.case(&case)["referrals"].as_array().map(Vec::len), Some(2));
    let dispute = json!({ "case": case, "referral": last, "reason": "чья линия" });
    assert_eq!(desk.call("dispute_open", dispute.clone()).unwrap_err().code, "forbidden");

    desk.sign_in("Әлиева");
    desk.ok("dispute_open", dispute);
    desk.sign_in("Серікбаев");
    assert_eq!(send(&case, "E-HEA").unwrap_err(), "second_bounce", "the dispute is open");
    desk.sign_in("Әлиева");
    let settled =
        json!({ "case": case, "referral": last, "agency": "E-HEA", "reason": "акт границы" });
    desk.ok("dispute_settle", settled);
    desk.sign_in("Серікбаев");
    assert_eq!(send(&case, "E-OSI").unwrap_err(), "dispute_decided_otherwise");
    assert!(send(&case, "E-HEA").is_ok());

    let other = taken_in();
    refused(&other, &clerks[0]);
    assert!(send(&other, "E-ZKH").is_ok());
    refused(&other, &clerks[1]);
    desk.sign_in("Әлиева");
    assert!(send(&other, "E-OSI").is_ok(), "the head sends it on without a dispute");
    desk.sync();
    assert_eq!(desk.case(&other)["refused"], json!([]), "the region agrees");
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
