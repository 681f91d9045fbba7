//! Looking up, citing and confirming, through the command list.

use esik_testkit::{Form, World};
use serde_json::{Value, json};

fn card(found: &Value, code: &str) -> Value {
    let cards = found["cards"].as_array().cloned().unwrap_or_default();
    cards.into_iter().find(|c| c["code"] == code).unwrap_or_default()
}

#[test]
fn what_nobody_confirmed_warns_until_somebody_does_and_again_after_a_quarter() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let found = desk.ok("knowledge", json!({ "query": "газ" }));
    let before = card(&found, "gas-stove");
    assert_eq!((&before["stale"], &before["confirmed_on"]), (&json!(true), &json!(null)));
    desk.ok("knowledge_confirm", json!({ "code": "gas-stove" }));
    let after = card(&desk.ok("knowledge", json!({ "query": "газ" })), "gas-stove");
    assert_eq!((&after["stale"], &after["confirmed_on"]), (&json!(false), &json!("2026-11-20")));
    world.clock.advance(chrono::Duration::days(93));
    let later = card(&desk.ok("knowledge", json!({ "query": "газ" })), "gas-stove");
    assert_eq!(later["stale"], json!(true));
    let unknown = desk.call("knowledge_confirm", json!({ "code": "nothing" })).unwrap_err();
    assert_eq!(unknown.code, "not_found");
}

#[test]
fn the_directory_is_found_by_need_and_by_name() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let found = desk.ok("knowledge", json!({ "query": "пожилые" }));
    let bodies: Vec<&Value> =
        found["services"].as_array().into_iter().flatten().map(|s| &s["agency"]).collect();
    assert!(bodies.contains(&&json!("E-SOC")), "{bodies:?}");
}

#[test]
fn a_cited_card_is_kept_with_its_version_and_one_that_does_not_exist_is_not() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let cited = json!([
        { "code": "gas-stove", "version": 1 },
        { "code": "gas-stove", "version": 1 },
        { "code": "gas-stove", "version": 7 },
    ]);
    let case = desk.takes_in(
        Form::says("Холодно", "ru")
            .category("ZKH-01")
            .advice("Не грейтесь газом")
            .with("advice_cards", cited.clone())
            .refer("E-HEA"),
    );
    desk.ok("advice_add", json!({ "case": case, "text": "Проветривайте", "cards": cited }));
    let empty = desk.call("advice_add", json!({ "case": case, "text": " " })).unwrap_err();
    assert_eq!(empty.code, "missing_text");
    let open = desk.desk.opened().unwrap();
    let id = case.parse().unwrap();
    let state = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, id))
        .unwrap()
        .unwrap();
    let cards: Vec<_> = state
        .advice
        .iter()
        .map(|a| a.cards.iter().map(|c| (c.code.as_str(), c.version)).collect::<Vec<_>>())
        .collect();
    assert_eq!(cards, [[("gas-stove", 1)], [("gas-stove", 1)]]);
}
