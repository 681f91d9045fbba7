//! What leaves at the intake and on what ground: consent or an override, the supervisor's copy, and the duty that moves.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn lift() -> Form {
    Form::says("Лифт стоит", "ru")
        .category("ZKH-06")
        .at("Абая, 5")
        .person("Ким", "Анна", "+77011234567")
        .refer_with("E-OSI", json!({ "name": true, "phone": true, "address": true }))
}

fn with_referral(mut form: Form, more: Value) -> Form {
    for (key, value) in more.as_object().cloned().unwrap_or_default() {
        form.0["referrals"][0][key] = value;
    }
    form
}

fn preview(desk: &TestDesk, form: &Form) -> Value {
    desk.ok("intake_preview", json!({ "form": form.0 }))
}

fn finish(desk: &TestDesk, form: &Form) -> Result<String, String> {
    let draft = desk.ok("draft_open", json!({}));
    desk.call("intake_finish", json!({ "draft": draft["id"], "form": form.0 }))
        .map(|done| done["case"].as_str().unwrap_or_default().to_owned())
        .map_err(|refused| refused.code)
}

fn fields(of: &Value) -> Vec<String> {
    let all = of["leaves"].as_array().cloned().unwrap_or_default();
    all.iter().filter_map(|l| l["field"].as_str().map(str::to_owned)).collect()
}

#[test]
fn without_consent_a_name_leaves_with_a_ground_and_a_reason_and_both_are_kept() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    assert_eq!(
        fields(&preview(&desk, &lift())["referrals"][0]),
        ["number", "category", "text", "address"]
    );
    let over = |ground: &str, reason: &str| {
        let basis = json!({ "kind": "override", "ground": ground, "reason": reason });
        with_referral(lift(), json!({ "basis": basis }))
    };
    // What was begun is asked for: an empty reason is no reason, and nothing is dropped behind one's back.
    for (ground, reason) in [("ст. 9", " "), ("", "ребёнок в лифте")] {
        let shown = preview(&desk, &over(ground, reason));
        assert_eq!(shown["missing"][0]["code"], "leaving_no_basis", "{shown:#}");
        assert_eq!(shown["missing"][0]["params"]["agency"], "E-OSI");
        assert_eq!(finish(&desk, &over(ground, reason)).unwrap_err(), "leaving_no_basis");
    }
    let full = over("ст. 9 закона 94-V", "ребёнок в лифте");
    let shown = preview(&desk, &full);
    assert!(fields(&shown["referrals"][0]).contains(&"name".to_owned()));
    let case = finish(&desk, &full).unwrap();
    let sent = desk.case(&case)["referrals"][0].clone();
    assert_eq!(sent["basis"]["ground"], "ст. 9 закона 94-V");
    assert_eq!(sent["disclosed"]["phone"], true);
    // A draft of an older program knows consent only.
    let old = with_referral(lift(), json!({ "consent": true }));
    let case = finish(&desk, &old).unwrap();
    assert_eq!(desk.case(&case)["referrals"][0]["basis"]["kind"], "consent");
}

#[test]
fn the_supervisor_of_a_private_body_gets_a_copy_with_less_in_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let basis = json!({ "kind": "consent" });
    let form = |copy: bool| with_referral(lift(), json!({ "copy": copy, "basis": basis }));
    let shown = preview(&desk, &form(false));
    assert_eq!(shown["referrals"][0]["copy_to"], "E-HIN", "offered before it is chosen");
    assert_eq!(shown["referrals"].as_array().map(Vec::len), Some(1));
    let shown = preview(&desk, &form(true));
    let copy = &shown["referrals"][1];
    assert_eq!((&copy["agency"], &copy["copy_of"]), (&json!("E-HIN"), &json!("E-OSI")));
    assert_eq!(fields(copy), ["number", "category", "text", "address", "copy_of"]);
    let told = copy["leaves"].to_string();
    assert!(!told.contains("Ким") && !told.contains("7011234567") && told.contains("ОСИ"));
    let case = finish(&desk, &form(true)).unwrap();
    let view = desk.case(&case);
    assert_eq!(view["referrals"][1]["copy_of"], view["referrals"][0]["id"]);
    assert_eq!(view["referrals"][1]["leaves"], copy["leaves"], "what was shown is what left");
    assert_eq!(view["referrals"][1]["files"], json!(null));
    assert_eq!(view["referrals"][0]["copy_to"], json!(null), "it has one");
    // The letter says whose request it is a copy of, in both languages.
    let part = &view["referrals"][1]["id"];
    desk.ok(
        "paper_print",
        json!({ "of": "case", "case": case, "paper": "referral", "part": part }),
    );
    let letter = crate::papers::printed_data(&desk);
    let last = letter["details"].as_array().and_then(|d| d.last().cloned()).unwrap_or_default();
    assert_eq!(last["field"], "copy_of");
    assert!(
        last["value"]["kk"].is_string() && last["value"]["kk"] != last["value"]["ru"],
        "{last}"
    );
    // Asked itself, it needs no copy; a circle is not widened by one; a crime is told to nobody for information.
    let asked = form(true).refer_with("E-HIN", json!({}));
    assert_eq!(preview(&desk, &asked)["referrals"].as_array().map(Vec::len), Some(2));
    assert_eq!(preview(&desk, &asked)["referrals"][0]["copy_to"], json!(null));
    let secret = with_referral(form(true), json!({ "circle": "dv" }));
    assert_eq!(preview(&desk, &secret)["referrals"].as_array().map(Vec::len), Some(1));
    let crime = form(true).crime("12345", "Лифт стоит");
    assert_eq!(preview(&desk, &crime)["referrals"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_copy_from_a_case_says_whom_the_request_went_to() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = finish(&desk, &lift()).unwrap();
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["copy_to"], "E-HIN");
    let args = json!({ "case": case, "agency": "E-HIN", "text": "Лифт стоит", "disclosed": {},
        "answer_due": null, "replaces": null, "copy_of": view["referrals"][0]["id"] });
    let shown = desk.ok("referral_preview", args);
    let field = shown["leaves"].as_array().and_then(|l| l.last().cloned()).unwrap_or_default();
    assert_eq!(field["field"], "copy_of");
}

fn redirect(more: Value) -> Value {
    let mut form = json!({ "agency": "E-HIN", "whole": true, "issues": [],
        "ground": "Закон о жилищных отношениях, ст. 41-1", "reason": "проверка ОСИ – дело инспекции",
        "text": "", "disclosed": { "name": true, "phone": true, "address": true } });
    for (key, value) in more.as_object().cloned().unwrap_or_default() {
        form[key] = value;
    }
    form
}

fn moves(more: Value) -> Form {
    Form::says("ОСИ не показывает расходы", "ru")
        .category("ZKH-09")
        .at("Абая, 5")
        .person("Ким", "Анна", "+77011234567")
        .with("more_issues", json!([{ "category": "BLG-01", "text": "нет света" }]))
        .with("redirect", redirect(more))
}

#[test]
fn the_duty_moves_from_the_intake_with_its_clock_and_the_notice_after_the_signature() {
    // Fri 6 Mar 2026: three working days end on 11 Mar, the 9th is a day off (domain.md §2.2).
    let world = World::at("2026-03-06T05:00:00Z").served("E-HIN");
    let desk = world.desk("Әлиева");
    let shown = preview(&desk, &moves(json!({})));
    assert_eq!(shown["becomes"], "case");
    let what = &shown["redirect"];
    assert_eq!((&what["agency"], &what["by"]["due"]), (&json!("E-HIN"), &json!("2026-03-11")));
    assert!(fields(what).contains(&"name".to_owned()), "the body answers the person itself");
    assert!(what["leaves"].to_string().contains("нет света"), "all of it moves");
    assert_eq!(shown["referrals"], json!([]), "nothing leaves before the signature");
    let case = finish(&desk, &moves(json!({}))).unwrap();
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "draft");
    assert_eq!(view["referrals"][0]["leaves"], what["leaves"], "the head reads what was shown");
    let board = desk.ok("control", json!({ "queue": "to_sign" }));
    assert_eq!(board["rows"][0]["what"], "sign_redirect");
    assert_eq!(board["rows"][0]["due"], "2026-03-11");
    let signed = json!({ "case": case, "referral": view["referrals"][0]["id"], "granted": true,
        "decision_number": "5", "reason": "" });
    desk.ok("redirect_sign", signed);
    let told = desk.ok("control", json!({ "queue": "waiting_us" }));
    assert_eq!(
        (&told["rows"][0]["what"], &told["rows"][0]["due"]),
        (&json!("give_notice"), &json!("2026-03-06"))
    );
    desk.sync();
    let view = desk.case(&case);
    assert_eq!(view["refused"], json!([]), "the region takes it from an intake too");
    assert_eq!(view["referrals"][0]["state"], "delivered");
}

#[test]
fn a_part_moves_with_its_issue_and_what_may_not_move_is_said_before_anything_is_saved() {
    let world = World::at("2026-03-06T05:00:00Z");
    let desk = world.desk("Әлиева");
    let part = moves(json!({ "agency": "E-ZKH", "whole": false, "issues": [1] }));
    let case = finish(&desk, &part).unwrap();
    let view = desk.case(&case);
    let moved = &view["referrals"][0];
    assert_eq!(moved["redirect"]["issues"], json!([view["issues"][1]["id"]]));
    assert_eq!((&moved["category"], &moved["text"]), (&json!("BLG-01"), &json!("нет света")));
    let nameless = moves(json!({})).with("applicant", json!({}));
    let other_case = moves(json!({})).with("existing_case", json!(case));
    for (form, code) in [
        (moves(json!({ "reason": " " })), "missing_reason"),
        (moves(json!({ "ground": "" })), "missing_ground"),
        (moves(json!({ "agency": null })), "missing_agency"),
        (moves(json!({ "whole": false })), "missing_issues"),
        (moves(json!({ "agency": "E-OSI" })), "redirect_private"),
        (moves(json!({ "agency": "P-UIP" })), "redirect_private"),
        (moves(json!({ "agency": "E-CRT" })), "leaving_advise_only"),
        (nameless, "redirect_nameless"),
        (other_case, "redirect_in_case"),
        (moves(json!({})).crime("12345", "ОСИ"), "leaving_crime_first"),
        (moves(json!({})).with("category", json!("FAM-01")), "leaving_crime_first"),
    ] {
        let shown = preview(&desk, &form);
        let missing = shown["missing"].as_array().cloned().unwrap_or_default();
        let said = missing.iter().find(|m| m["code"] == code);
        assert_eq!(said.map(|m| m["params"]["at"].clone()), Some(json!("redirect")), "{code}");
        assert!(shown["redirect"].is_null(), "{code}");
        assert!(finish(&desk, &form).is_err(), "{code}");
    }
}

#[test]
fn a_case_without_a_theme_is_not_redirected_to_a_private_body_either() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = finish(&desk, &Form::says("Вопрос", "ru").person("Ким", "Анна", "")).unwrap();
    let mut args = redirect(json!({ "agency": "E-OSI", "text": "Прошу" }));
    args["case"] = json!(case);
    assert_eq!(desk.call("redirect_prepare", args).unwrap_err().code, "redirect_private");
}
