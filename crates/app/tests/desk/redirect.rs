//! The duty moves (АППК art. 65), and what may leave the station at all.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn prepare(desk: &TestDesk, case: &str, more: Value) -> Result<Value, String> {
    let mut args = json!({ "case": case, "agency": "E-HIN", "whole": true, "issues": [],
        "ground": "Закон о жилищных отношениях, ст. 41-1", "reason": "проверка ОСИ – дело инспекции",
        "text": "Прошу рассмотреть", "disclosed": { "name": true, "phone": true, "address": true } });
    for (k, v) in more.as_object().cloned().unwrap_or_default() {
        args[k] = v;
    }
    desk.call("redirect_prepare", args).map_err(|refused| refused.code)
}

fn clock(view: &Value, kind: &str) -> Value {
    let all = view["clocks"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|c| c["kind"] == kind).unwrap_or_else(|| panic!("no clock {kind}"))
}

#[test]
fn an_officer_prepares_the_head_signs_in_three_days_and_the_applicant_is_told() {
    // Fri 6 Mar 2026: three working days end on 11 Mar, the 9th is a day off (domain.md §2.2).
    let world = World::at("2026-03-06T05:00:00Z").served("E-HIN");
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    desk.sign_in("Серікбаев");
    let mut form = Form::says("ОСИ не показывает расходы", "ru")
        .category("ZKH-09")
        .at("Абая, 5")
        .person("Ким", "Анна", "+77011234567");
    form = form.with("more_issues", json!([{ "category": "BLG-01", "text": "нет света" }]));
    let case = desk.takes_in(form);
    for (more, code) in [
        (json!({ "reason": " " }), "missing_reason"),
        (json!({ "ground": "" }), "missing_ground"),
        (json!({ "whole": false }), "missing_issues"),
        (json!({ "agency": "E-OSI" }), "redirect_private"),
        (json!({ "agency": "P-UIP" }), "redirect_private"),
        (json!({ "agency": "E-CRT" }), "leaving_advise_only"),
    ] {
        assert_eq!(prepare(&desk, &case, more).unwrap_err(), code);
    }
    assert!(prepare(&desk, &case, json!({})).is_ok());
    assert_eq!(prepare(&desk, &case, json!({})).unwrap_err(), "redirected_before");
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "draft");
    let by = clock(&view, "redirect");
    assert_eq!(by["deadline"]["due"], "2026-03-11");
    assert!(by["deadline"]["derivation"].to_string().contains("womens_day"), "{by:#}");
    let referral = view["referrals"][0]["id"].clone();
    let sign = |granted: bool, reason: &str| {
        let args = json!({ "case": case, "referral": referral, "granted": granted,
            "decision_number": "5", "reason": reason });
        desk.call("redirect_sign", args).map_err(|refused| refused.code)
    };
    assert_eq!(sign(true, "").unwrap_err(), "forbidden");
    let board = desk.ok("control", json!({ "queue": "to_sign" }));
    assert_eq!(board["rows"][0]["what"], "sign_redirect");
    assert_eq!(board["rows"][0]["due"], "2026-03-11");
    desk.sign_in("Әлиева");
    assert_eq!(sign(false, "").unwrap_err(), "missing_reason");
    assert!(sign(true, "").is_ok());
    let view = desk.case(&case);
    assert_eq!(view["terms"]["redirected_to"], "E-HIN");
    assert_eq!(view["terms"]["due"], json!(null));
    assert_eq!(clock(&view, "legal_answer")["met"], true, "the duty of law is gone");
    assert_eq!(clock(&view, "service_answer")["met"], false, "our promise is not");
    let sent = &view["referrals"][0];
    assert_eq!(sent["decision"]["number"], "5");
    assert!(sent["decision"]["name"].as_str().is_some_and(|n| n.starts_with("Әлиева")));
    let told = desk.ok("control", json!({ "queue": "waiting_us" }));
    assert_eq!(
        (&told["rows"][0]["what"], &told["rows"][0]["due"]),
        (&json!("give_notice"), &json!("2026-03-06"))
    );
    desk.sync();
    let view = desk.case(&case);
    assert_eq!(view["refused"], json!([]));
    assert_eq!(view["referrals"][0]["state"], "delivered", "the body's portal has it");
    let more = json!({ "case": case, "until": "2026-04-10", "reason": "x" });
    assert_eq!(desk.call("extension_ask", more).unwrap_err().code, "redirected_before");
}

#[test]
fn a_part_keeps_the_duty_and_a_nameless_case_is_not_redirected() {
    let world = World::at("2026-03-06T05:00:00Z").served("E-HIN");
    let desk = world.desk("Әлиева");
    let nameless = desk.takes_in(Form::says("ОСИ молчит", "ru").category("ZKH-09").refer("E-HIN"));
    assert_eq!(prepare(&desk, &nameless, json!({})).unwrap_err(), "redirect_nameless");
    let form = Form::says("ОСИ и свет", "ru")
        .category("ZKH-09")
        .person("Ким", "Анна", "")
        .with("more_issues", json!([{ "category": "BLG-01", "text": "нет света" }]));
    let case = desk.takes_in(form);
    let issue = desk.case(&case)["issues"][1]["id"].clone();
    let part = json!({ "agency": "E-ZKH", "whole": false, "issues": [issue] });
    assert!(prepare(&desk, &case, part).is_ok());
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    desk.ok(
        "redirect_sign",
        json!({ "case": case, "referral": referral, "granted": true,
        "decision_number": "", "reason": "" }),
    );
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["category"], "BLG-01");
    assert_eq!(clock(&view, "legal_answer")["met"], false);
    assert!(view["terms"]["due"].is_string());
}

#[test]
fn a_private_body_gets_no_name_without_a_ground_and_its_supervisor_is_offered_a_copy() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let form = Form::says("Лифт стоит", "ru")
        .category("ZKH-06")
        .person("Ким", "Анна", "+77011234567")
        .refer_with("E-OSI", json!({ "name": true, "phone": true, "address": true }));
    let case = desk.takes_in(form);
    let view = desk.case(&case);
    let leaves = view["referrals"][0]["leaves"].to_string();
    assert!(!leaves.contains("Ким") && !leaves.contains("7011234567"), "{leaves}");
    assert_eq!(view["referrals"][0]["disclosed"]["phone"], false, "what is kept is what left");
    assert_eq!(view["referrals"][0]["copy_to"], "E-HIN");
    let send = |more: Value| {
        let mut args = json!({ "case": case, "agency": "E-OSI", "text": "Лифт стоит",
            "disclosed": { "name": false, "phone": true, "address": true },
            "answer_due": null, "replaces": null });
        for (k, v) in more.as_object().cloned().unwrap_or_default() {
            args[k] = v;
        }
        desk.call("referral_send", args).map_err(|refused| refused.code)
    };
    assert_eq!(send(json!({})).unwrap_err(), "leaving_no_basis");
    let empty = json!({ "basis": { "kind": "override", "ground": "ст. 9", "reason": "" } });
    assert_eq!(send(empty).unwrap_err(), "leaving_no_basis");
    let full = json!({ "basis": { "kind": "override", "ground": "ст. 9 закона 94-V", "reason": "ребёнок в лифте" } });
    assert!(send(full).is_ok());
    let original = view["referrals"][0]["id"].clone();
    assert!(send(json!({ "agency": "E-HIN", "copy_of": original })).is_ok());
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["copy_to"], json!(null), "offered once");
    assert_eq!(view["referrals"][2]["copy_of"], original);
    assert_eq!(view["referrals"][1]["basis"]["reason"], "ребёнок в лифте");
}

#[test]
fn what_may_not_leave_is_refused_with_its_reason_and_the_intake_goes_on() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let complaint = Form::says("Жалоба на инспектора", "ru").category("GOV-01");
    let draft = desk.ok("draft_open", json!({}));
    let form = Form::says("Жалоба на инспектора", "ru").category("GOV-01").refer("E-AKM");
    let refused =
        desk.call("intake_finish", json!({ "draft": draft["id"], "form": form.0 })).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.params["agency"].as_str()),
        ("leaving_officer_complaint", "E-AKM")
    );
    let case = desk.takes_in(complaint);
    let send = |agency: &str| {
        let args = json!({ "case": case, "agency": agency, "text": "т", "disclosed": {},
            "answer_due": null, "replaces": null });
        desk.call("referral_send", args).map_err(|refused| refused.code)
    };
    assert_eq!(send("E-AKM").unwrap_err(), "leaving_officer_complaint");
    assert_eq!(send("E-CRT").unwrap_err(), "leaving_advise_only");
    assert!(send("E-PRO").is_ok());
}
