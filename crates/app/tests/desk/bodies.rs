//! Whom to ask: bodies stand where their own acts put them, with the reasons, from this station's cases alone.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

/// A request taken down, handed over and heard of.
fn asked(desk: &TestDesk, theme: &str, agency: &str, heard: &str) {
    let case = desk.takes_in(Form::says("Нет тепла", "ru").category(theme).refer(agency));
    desk.sync();
    let id = desk.case(&case)["referrals"][0]["id"].clone();
    let day = desk.ok("control", json!({}))["today"].clone();
    let told = json!({ "way": "phone", "day": day, "who": "Ким, канцелярия" });
    desk.ok("referral_hand_over", json!({ "case": case, "referral": id, "told": told }));
    let mut say = json!({ "case": case, "referral": id, "what": heard, "told": told });
    if heard == "rejected" {
        say["code"] = json!("not_ours");
        say["text"] = json!("Не наш дом");
    }
    desk.ok("referral_hear", say);
}

fn bodies(help: &Value) -> Vec<String> {
    let all = help["bodies"].as_array().cloned().unwrap_or_default();
    all.iter().filter_map(|b| b["code"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_body_that_sent_such_requests_back_twice_stands_lower_and_says_so() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let ask = |more: Value| {
        let mut args = json!({ "text": "Батареи холодные", "category": "ZKH-01" });
        for (k, v) in more.as_object().cloned().unwrap_or_default() {
            args[k] = v;
        }
        desk.ok("intake_help", args)
    };
    let help = ask(json!({ "address": "Абая, 5" }));
    assert_eq!(bodies(&help), ["E-HEA", "E-ZKH", "E-OSI"]);
    let first = &help["bodies"][0];
    assert_eq!((&first["why"], &first["territory"]), (&json!("primary"), &json!("city")));
    // What the person needs to go there stands beside, and that nobody has confirmed it.
    assert!(first["service"]["papers"]["ru"].as_str().is_some_and(|p| p.contains("Адрес")));
    assert_eq!(first["service"]["stale"], true);
    assert_eq!(help["bodies"][2]["supervisor"], "E-HIN");
    assert_eq!(bodies(&ask(json!({}))), ["E-HEA", "E-ZKH", "E-OSI"]);

    asked(&desk, "ZKH-01", "E-HEA", "rejected");
    asked(&desk, "ZKH-02", "E-HEA", "rejected");
    assert_eq!(bodies(&ask(json!({})))[0], "E-HEA", "once, and another theme");
    asked(&desk, "ZKH-01", "E-HEA", "rejected");
    asked(&desk, "ZKH-01", "E-ZKH", "accepted");
    let help = ask(json!({}));
    assert_eq!(bodies(&help), ["E-ZKH", "E-OSI", "E-HEA"]);
    let last = &help["bodies"][2];
    assert_eq!((&last["rejected"], &last["returns"]), (&json!(2), &json!(true)));
    assert_eq!(help["bodies"][0]["accepted"], 1);
    // Before a theme is chosen the words speak, with the same record.
    let spoken = desk.ok("intake_help", json!({ "text": "Батареи холодные" }));
    assert_ne!(bodies(&spoken)[0], "E-HEA");
    assert_eq!(spoken["suggestion"]["agencies"][0]["code"], "E-ZKH");
}

#[test]
fn further_themes_and_bodies_chosen_by_hand_are_told_of_and_so_is_where_nothing_may_go() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let help = desk.ok(
        "intake_help",
        json!({ "text": "Нет тепла", "category": "ZKH-01", "more": ["BLG-01", "LAB-01"],
            "bodies": ["E-SOC", "E-HEA"] }),
    );
    assert_eq!(bodies(&help), ["E-HEA", "E-ZKH", "E-OSI", "E-LAB", "E-SOC"]);
    assert_eq!(help["bodies"][3]["category"], "LAB-01");
    assert_eq!(help["bodies"][4]["why"], "chosen");
    let court = desk.ok("intake_help", json!({ "text": "Суд", "category": "LAW-02" }));
    let of = |code: &str| {
        let all = court["bodies"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|b| b["code"] == code).unwrap_or_default()
    };
    assert_eq!(of("E-CRT")["stays"], "leaving_advise_only");
    assert_eq!(of("E-LAW")["stays"], json!(null));
}

#[test]
fn what_became_of_a_restricted_request_is_not_in_the_record() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    for _ in 0..3 {
        asked(&desk, "GOV-01", "E-PRO", "rejected");
    }
    let help = desk.ok("intake_help", json!({ "text": "Жалоба", "category": "GOV-01" }));
    let all = help["bodies"].as_array().cloned().unwrap_or_default();
    let body = all.iter().find(|b| b["code"] == "E-PRO").cloned().unwrap_or_default();
    assert_eq!((&body["rejected"], &body["returns"]), (&json!(0), &json!(false)));
}
