//! A theme and a person that were not known at intake come into the case later.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn add(desk: &TestDesk, case: &str, category: &str) -> Result<Value, String> {
    let args = json!({ "case": case, "category": category, "text": "в двух словах" });
    desk.call("issue_add", args).map_err(|refused| refused.code)
}

fn came(desk: &TestDesk, case: &str, party: &Value) -> Result<Value, String> {
    desk.call("party_add", json!({ "case": case, "party": party })).map_err(|refused| refused.code)
}

#[test]
fn a_case_without_a_theme_and_a_name_gets_both_later() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(
        Form::says("Бабушка просит помочь", "ru").with("undecided", json!({ "controller": null })),
    );
    for nothing in ["XXX-99", "SOC"] {
        assert_eq!(add(&desk, &case, nothing).unwrap_err(), "bad_request", "no theme to choose");
    }
    add(&desk, &case, "SOC-01").unwrap();
    assert_eq!(add(&desk, &case, "SOC-01").unwrap_err(), "theme_there");
    // Somebody of the household is known before: that is not who came.
    let sister = json!({ "surname": "Ким", "given": "Ольга", "phone": "+77011111111" });
    desk.ok("member_add", json!({ "case": case, "party": sister }));
    assert_eq!(came(&desk, &case, &json!({ "role": "victim" })).unwrap_err(), "bad_request");
    assert_eq!(came(&desk, &case, &json!({ "surname": " " })).unwrap_err(), "missing_member_name");
    let long = json!({ "surname": "х".repeat(501) });
    assert_eq!(came(&desk, &case, &long).unwrap_err(), "text_too_long");
    let anna = json!({ "surname": "Ким", "given": "Анна", "phone": "8 701 123 45 67" });
    came(&desk, &case, &anna).unwrap();
    assert_eq!(came(&desk, &case, &anna).unwrap_err(), "party_there", "it is corrected instead");
    came(&desk, &case, &json!({ "role": "represented", "surname": "Ким", "given": "Мария" }))
        .unwrap();
    desk.ok(
        "referral_send",
        json!({ "case": case, "agency": "E-SOC", "text": "Просим помочь",
            "disclosed": { "name": true, "phone": true, "address": false } }),
    );
    let view = desk.case(&case);
    assert_eq!(view["issues"][0]["category"], "SOC-01");
    assert_eq!(view["issues"][0]["text"], "в двух словах");
    let leaves = view["referrals"][0]["leaves"].to_string();
    assert!(leaves.contains("Анна") && leaves.contains("+77011234567"), "{leaves}");
    assert!(!leaves.contains("Ольга") && !leaves.contains("+77011111111"), "{leaves}");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "not_asked", "outcome": "not_reached", "text": "уехала",
            "not_called": "нет телефона" }),
    );
    assert_eq!(add(&desk, &case, "ZKH-01").unwrap_err(), "not_open");
}

/// docs/adr/0046, as a corrected theme does; and `settled.md` 2: beside a crime no theme tells what it was.
#[test]
fn a_restricted_theme_takes_the_case_along_and_none_tells_of_a_crime() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    desk.officer("Кеңесші", "consultant", &[]);
    let case =
        desk.takes_in(Form::says("Боится идти домой", "ru").category("SOC-01").refer("E-SOC"));
    add(&desk, &case, "FAM-01").unwrap();
    let view = desk.case(&case);
    assert_eq!((&view["circle"], view["issues"].as_array().unwrap().len()), (&json!("dv"), 2));
    let crime = desk.takes_in(
        Form::says("Разбой", "ru").category("CRM-01").crime("КУИ-26-7781", "Нужен ночлег"),
    );
    for told in ["CRM-01", "FAM-01", "GOV-03"] {
        assert_eq!(add(&desk, &crime, told).unwrap_err(), "theme_of_crime");
    }
    add(&desk, &crime, "SOC-01").unwrap();
    // Nor does a corrected one.
    let issue = desk.case(&crime)["issues"][0]["id"].clone();
    let correct = |to: &str| {
        desk.call("category_change", json!({ "case": crime, "issue": issue, "category": to }))
            .map_err(|refused| refused.code)
    };
    for told in ["CRM-01", "FAM-01", "GOV-03"] {
        assert_eq!(correct(told).unwrap_err(), "theme_of_crime");
    }
    correct("ZKH-01").unwrap();
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
    desk.sign_in("Басқа");
    assert_eq!(desk.call("case_get", json!({ "id": case })).unwrap_err().code, "not_found");
    assert_eq!(add(&desk, &case, "ZKH-01").unwrap_err(), "not_found");
    desk.sign_in("Кеңесші");
    assert_eq!(add(&desk, &crime, "ZKH-01").unwrap_err(), "forbidden");
}
