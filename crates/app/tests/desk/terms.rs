//! More time for an answer: asked by the officer, decided by the head, told to the applicant.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn clock(view: &Value, kind: &str) -> Value {
    view["clocks"]
        .as_array()
        .and_then(|all| all.iter().find(|c| c["kind"] == kind).cloned())
        .unwrap_or_else(|| panic!("no clock {kind}"))
}

fn queue(desk: &TestDesk, queue: &str) -> Vec<String> {
    let page = desk.ok("control", json!({ "queue": queue }));
    let rows = page["rows"].as_array().cloned().unwrap_or_default();
    assert_eq!(page["counts"][queue], rows.len(), "the number is the list");
    rows.iter().map(|r| r["what"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_head_signs_an_extension_and_the_clock_shows_both_days() {
    // Received on Mon 2 Nov 2026 at 10:00: the term of law ends on 20 Nov (domain.md §2.2).
    let world = World::at("2026-11-02T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    desk.sign_in("Серікбаев");
    let case =
        desk.takes_in(Form::says("Спор с ОСИ о долге", "ru").category("ZKH-08").refer("E-KRM"));
    let view = desk.case(&case);
    assert_eq!(view["terms"]["due"], "2026-11-20");
    assert_eq!(view["terms"]["limit"], "2027-01-20");
    assert_eq!(
        (&view["terms"]["may_ask"], &view["terms"]["may_decide"]),
        (&json!(true), &json!(false))
    );
    let ask = |until: &str, reason: &str| {
        desk.call("extension_ask", json!({ "case": case, "until": until, "reason": reason }))
            .map_err(|refused| refused.code)
    };
    for (until, reason, code) in [
        ("2026-12-04", " ", "missing_reason"),
        ("2026-11-20", "мало времени", "extension_not_later"),
        ("2026-12-05", "мало времени", "extension_day_off"),
        ("2027-01-21", "мало времени", "extension_too_long"),
    ] {
        assert_eq!(ask(until, reason).unwrap_err(), code);
    }
    assert!(ask("2026-12-04", "ждём проверку тарифа").is_ok());
    assert_eq!(ask("2026-12-07", "ещё раз").unwrap_err(), "extension_asked_before");
    let decide = json!({ "case": case, "granted": true, "until": "2026-12-04",
        "reason": "ждём проверку тарифа", "decision_number": "7/12" });
    assert_eq!(desk.call("extension_decide", decide.clone()).unwrap_err().code, "forbidden");
    assert_eq!(queue(&desk, "to_sign"), ["decide_extension"]);

    desk.sign_in("Әлиева");
    let view = desk.case(&case);
    assert_eq!(view["terms"]["asks"][0]["reason"], "ждём проверку тарифа");
    assert_eq!(view["terms"]["asks"][0]["who"], "Серікбаев А.");
    desk.ok("extension_decide", decide.clone());
    assert_eq!(queue(&desk, "to_sign"), Vec::<String>::new());
    let view = desk.case(&case);
    let legal = clock(&view, "legal_answer");
    assert_eq!(legal["deadline"]["due"], "2026-12-04");
    assert_eq!(legal["source"], "extension");
    assert_eq!(legal["first"]["due"], "2026-11-20");
    let last = legal["first"]["derivation"].as_array().and_then(|d| d.last().cloned());
    assert_eq!(last.unwrap_or_default()["counted"], 15, "the first day keeps its derivation");
    assert!(legal["deadline"]["calendar"].as_str().is_some_and(|v| !v.is_empty()));
    let told = clock(&view, "notice");
    assert_eq!(told["deadline"]["due"], "2026-11-04", "three working days, the day itself is one");
    let decision = &view["terms"]["extensions"][0];
    assert_eq!(decision["decision_number"], "7/12");
    assert!(decision["signed_name"].as_str().is_some_and(|n| n.starts_with("Әлиева")));
    // Twice is refused: the day that holds is not later than itself.
    let again = desk.call("extension_decide", decide).unwrap_err();
    assert_eq!(again.code, "extension_not_later");

    let owed = desk.ok("control", json!({ "queue": "waiting_us" }));
    assert_eq!(owed["rows"][0]["what"], "give_notice");
    assert_eq!(owed["rows"][0]["due"], "2026-11-04");
    desk.ok(
        "notice_give",
        json!({ "case": case, "about": decision["event"], "how": "call", "text": "сказали по телефону" }),
    );
    let view = desk.case(&case);
    assert_eq!(clock(&view, "notice")["met"], true);
    desk.sync();
    let view = desk.case(&case);
    assert_eq!(view["refused"], json!([]), "the region takes it");
    assert_eq!(view["terms"]["extensions"][0]["at_region"], true);
}

#[test]
fn a_refused_ask_leaves_the_day_and_a_closed_case_asks_nothing() {
    let world = World::at("2026-11-02T05:00:00Z");
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Шум", "ru").category("ZKH-08").refer("E-KRM"));
    let decide = |granted: bool, until: Value| {
        let args = json!({ "case": case, "granted": granted, "until": until, "reason": "нет причины",
            "decision_number": "" });
        desk.call("extension_decide", args).map_err(|refused| refused.code)
    };
    assert_eq!(decide(false, json!(null)).unwrap_err(), "bad_request", "nobody asked");
    assert_eq!(decide(true, json!(null)).unwrap_err(), "missing_day");
    desk.ok("extension_ask", json!({ "case": case, "until": "2026-11-30", "reason": "долго" }));
    assert!(decide(false, json!(null)).is_ok());
    let view = desk.case(&case);
    assert_eq!(view["terms"]["due"], "2026-11-20");
    assert_eq!(view["terms"]["asks"], json!([]));
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "helped", "text": "сделали",
            "not_called": "сказали лично" }),
    );
    assert_eq!(decide(true, json!("2026-11-30")).unwrap_err(), "not_open");
}

#[test]
fn a_restricted_case_asks_nobody_outside_its_circle() {
    let world = World::at("2026-11-02T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Шеңбер", "officer", &["integrity"]);
    desk.sign_in("Шеңбер");
    let case = desk.takes_in(Form::says("Жалоба на сотрудника", "ru").category("GOV-01"));
    desk.ok("extension_ask", json!({ "case": case, "until": "2026-12-11", "reason": "проверка" }));
    assert_eq!(queue(&desk, "to_sign"), ["decide_extension"]);
    // The head is not in the circle: not in his list, not in his number, not by its id.
    desk.sign_in("Әлиева");
    assert_eq!(queue(&desk, "to_sign"), Vec::<String>::new());
    let args = json!({ "case": case, "granted": true, "until": "2026-12-11", "reason": "x",
        "decision_number": "" });
    assert_eq!(desk.call("extension_decide", args).unwrap_err().code, "not_found");
}
