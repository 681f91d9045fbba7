//! A family in trouble with several bodies: one plan, one officer who leads it.

use esik_testkit::{Form, World};
use serde_json::{Value, json};

#[test]
fn a_familys_plan_is_led_by_one_officer_and_its_days_live() {
    let world = World::at("2026-11-23T05:00:00Z");
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(
        Form::says("Пожар в доме, семья с детьми без жилья и документов", "ru")
            .category("FAM-05")
            .refer("E-SOC"),
    );
    let add = |more: Value| {
        let mut args = json!({ "case": case, "text": "Восстановить документы", "working_days": 3 });
        for (k, v) in more.as_object().unwrap() {
            args[k] = v.clone();
        }
        desk.call("plan_step_add", args).map_err(|e| e.code)
    };
    assert_eq!(add(json!({ "text": " " })).unwrap_err(), "missing_step_text");
    assert_eq!(add(json!({ "working_days": 0 })).unwrap_err(), "step_days_impossible");
    assert_eq!(add(json!({ "agency": "E-XXX" })).unwrap_err(), "bad_request");
    let nobody = "01900000-0000-7000-8000-000000000001";
    assert_eq!(add(json!({ "after": [nobody] })).unwrap_err(), "bad_request");
    assert_eq!(add(json!({ "referral": nobody })).unwrap_err(), "bad_request");
    add(json!({ "agency": "E-CON" })).unwrap();
    let first = desk.case(&case)["plan"][0]["id"].clone();
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    add(json!({ "text": "Пособие", "agency": "E-SOC", "referral": referral })).unwrap();
    add(json!({ "text": "Школа", "after": [first], "working_days": 2 })).unwrap();
    let plan = desk.case(&case)["plan"].clone();
    assert_eq!(plan[0]["due"], "2026-11-25");
    assert_eq!(
        (plan[2]["state"].as_str(), plan[2]["due"].as_str()),
        (Some("waits"), Some("2026-11-27"))
    );
    assert_eq!(
        plan[1]["due"],
        desk.case(&case)["referrals"][0]["answer_due"],
        "a request has its own day"
    );
    // A week later nothing was done: the late step is seen, and what waits for it moved.
    world.clock.advance(chrono::Duration::days(7));
    let view = desk.case(&case);
    assert_eq!(view["plan"][0]["late_wd"], 3);
    assert_eq!(view["plan"][2]["due"], "2026-12-01");
    assert!(view["obligations"].to_string().contains("plan_step"), "it stands on the board");
    desk.ok(
        "plan_step_end",
        json!({ "case": case, "step": first, "done": true, "text": "выданы" }),
    );
    assert_eq!(desk.case(&case)["plan"][2]["state"], "now");
    let again = json!({ "case": case, "step": first, "done": true });
    assert_eq!(desk.call("plan_step_end", again).unwrap_err().code, "not_found");
    let third = desk.case(&case)["plan"][2]["id"].clone();
    let drop = |text: &str| {
        desk.call(
            "plan_step_end",
            json!({ "case": case, "step": third, "done": false, "text": text }),
        )
        .map_err(|e| e.code)
    };
    assert_eq!(drop("").unwrap_err(), "missing_reason");
    desk.ok(
        "plan_step_move",
        json!({ "case": case, "step": third, "working_days": 5, "reason": "карантин" }),
    );
    assert_eq!(desk.case(&case)["plan"][2]["due"], "2026-12-04");
    drop("переезжают").unwrap();
    // The family is in the case by name.
    desk.ok(
        "member_add",
        json!({ "case": case, "party": { "surname": "Сейтова", "given": "Аяла" } }),
    );
    assert_eq!(
        desk.call("member_add", json!({ "case": case, "party": {} })).unwrap_err().code,
        "missing_member_name"
    );
    let parties = desk.case(&case)["parties"].to_string();
    assert!(parties.contains("household_member") && parties.contains("Аяла"));
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
}
