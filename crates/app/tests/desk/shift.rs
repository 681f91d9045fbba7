//! A shift as it ends: what is handed on, what the next officer finds, and what proves that it arrived.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn colleague(desk: &TestDesk, name: &str) -> Value {
    desk.ok("colleagues", json!({}))["officers"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|o| o["name"].as_str().is_some_and(|n| n.starts_with(name)))
        .map_or(Value::Null, |o| o["id"].clone())
}

fn numbers(rows: &Value) -> Vec<String> {
    rows.as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r["number"].as_str().map(str::to_owned))
        .collect()
}

fn heating(address: &str) -> Form {
    Form::says("Нет отопления второй день", "ru").category("ZKH-01").at(address).refer("E-HEA")
}

fn number(desk: &TestDesk, id: &str) -> String {
    desk.case(id)["number"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_evening_is_handed_over_without_a_line_and_its_receipt_comes_in_the_morning() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "officer", &[]);
    desk.sync();
    world.region_down();
    let flat = desk.takes_in(heating("Ауэзова, 12"));
    let yard = desk.takes_in(heating("Абая, 7"));
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    desk.ok("draft_save", json!({ "id": draft, "form": { "text": "соседи шумят по ночам" } }));
    let thrown = desk.ok("draft_open", json!({}))["id"].clone();

    let view = desk.ok("shift", json!({}));
    assert_eq!(view["taken"], 2);
    assert_eq!(view["cases"].as_array().map(Vec::len), Some(2));
    assert_eq!(view["drafts"].as_array().map(Vec::len), Some(2));
    let waiting = view["region"]["unsent"].as_u64().unwrap_or(0);
    assert!(waiting > 0 && view["region"]["oldest"].is_string());

    // The note outlives a lock.
    desk.ok("shift_note", json!({ "note": "Позвонить на Ауэзова " }));
    desk.sign_in("Әлиева");
    let view = desk.ok("shift", json!({}));
    assert_eq!(view["note"], "Позвонить на Ауэзова ");
    let next = colleague(&desk, "Байжан");
    let hand = json!({ "id": view["fresh"], "to": next, "note": "Позвонить на Ауэзова после 18",
        "cases": [flat], "drafts": [
            { "id": draft, "fate": "hand" }, { "id": thrown, "fate": "discard" } ] });
    let done = desk.ok("shift_hand_over", hand.clone());
    assert_eq!(done["line"]["cases"], 1);
    assert_eq!(done["line"]["receipt"], Value::Null, "nothing has arrived yet");
    assert_eq!(done["line"]["region"]["unsent"], waiting + 1, "with the case that changed hands");
    let again = desk.ok("shift_hand_over", hand);
    assert_eq!(again["line"], done["line"], "pressed twice");
    assert_eq!(desk.ok("shift", json!({}))["past"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.ok("shift", json!({}))["note"], "", "what was handed over is no draft");

    // The paper says what has not arrived.
    let paper = json!({ "of": "shift", "id": done["line"]["id"] });
    desk.ok("paper_print", paper.clone());
    let shown = desk.ok("paper_preview", paper.clone());
    assert_eq!(shown["pages"].as_array().map(Vec::len), Some(1));

    desk.sign_in("Байжан");
    let view = desk.ok("shift", json!({}));
    assert_eq!(view["inherited"]["note"], "Позвонить на Ауэзова после 18");
    assert_eq!(view["inherited"]["id"], done["line"]["id"], "taken by signing in");
    assert_eq!(numbers(&view["cases"]), [number(&desk, &flat)]);
    assert_eq!(view["drafts"][0]["title"], "соседи шумят по ночам");
    let still = desk.case(&yard)["controller"]["name"].clone();
    assert!(still.as_str().is_some_and(|n| n.starts_with("Әлиева")), "not chosen, not handed on");
    assert_eq!(view["past"][0]["receipt"], Value::Null);

    world.region_up();
    desk.sync();
    let view = desk.ok("shift", json!({}));
    assert!(view["past"][0]["receipt"].is_u64(), "the receipt came: {}", view["past"][0]);
    assert_eq!(view["region"]["unsent"], 0);
    assert_eq!(view["region"]["hash"].as_str().map(str::len), Some(64));
    // The next officer prints the same sheet, now complete, and again from history.
    desk.ok("paper_print", paper);
    let printed = desk.host.documents.lock().map(|d| d.len()).unwrap_or(0);
    assert_eq!(printed, 2);
}

#[test]
fn the_other_desk_of_the_station_sees_the_hand_over_and_takes_it() {
    let world = World::new();
    let (a, b) = (world.desk("Әлиева"), world.desk("Байжан"));
    for desk in [&a, &b, &a] {
        desk.sync();
    }
    let case = a.takes_in(heating("Ауэзова, 12"));
    let view = a.ok("shift", json!({}));
    let draft = a.ok("draft_open", json!({}))["id"].clone();
    let to = colleague(&a, "Байжан");
    let with_draft = a
        .call(
            "shift_hand_over",
            json!({ "id": view["fresh"], "to": to,
                "drafts": [{ "id": draft, "fate": "hand" }] }),
        )
        .unwrap_err();
    assert_eq!(with_draft.code, "shift_draft_elsewhere", "a draft does not travel");
    a.ok("shift_hand_over", json!({ "id": view["fresh"], "to": to, "cases": [case] }));
    a.sync();
    b.sync();
    let waiting = b.ok("shift", json!({}))["waiting"].clone();
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "{waiting}");
    assert_eq!(b.ok("shift_news", json!({})), json!({ "waiting": waiting, "inherited": null }));
    assert_eq!(a.ok("shift_news", json!({}))["waiting"], json!([]), "one's own is no news");
    let id = waiting[0]["id"].clone();
    assert_eq!(a.call("shift_take", json!({ "id": id })).unwrap_err().code, "shift_not_yours");
    b.ok("shift_take", json!({ "id": id }));
    assert_eq!(b.call("shift_take", json!({ "id": id })).unwrap_err().code, "shift_not_yours");
    let view = b.ok("shift", json!({}));
    let news = json!({ "waiting": [], "inherited": view["inherited"] });
    assert!(view["inherited"].is_object());
    assert_eq!(
        b.ok("shift_news", json!({})),
        news,
        "the first screen says what the shift's own says"
    );
    b.sync();
    a.sync();
    let past = a.ok("shift", json!({}))["past"][0].clone();
    assert!(past["taken_by"].as_str().is_some_and(|n| n.starts_with("Байжан")), "{past}");
    assert_eq!(b.ok("shift", json!({}))["cases"].as_array().map(Vec::len), Some(1));
}

#[test]
fn of_a_restricted_case_whoever_is_outside_its_circle_learns_nothing_by_a_hand_over() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Дос", "officer", &["dv"]);
    desk.officer("Байжан", "officer", &[]);
    desk.sign_in("Дос");
    let secret = desk.takes_in(
        Form::says("Муж бьёт, боюсь идти домой", "ru")
            .category("FAM-01")
            .at("Тайная улица, 5")
            .with("tasks", json!([{ "unit": "P-UIP", "text": "Проведать", "due": "2026-11-20" }])),
    );
    let open = desk.takes_in(heating("Ауэзова, 12"));
    let (secret_number, view) = (number(&desk, &secret), desk.ok("shift", json!({})));
    assert!(numbers(&view["cases"]).contains(&secret_number), "one's own is there");
    let restricted: Vec<_> = view["cases"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|c| c["restricted"] == true)
        .collect();
    assert_eq!(restricted.len(), 1);
    let to = colleague(&desk, "Байжан");
    let refused = desk
        .call("shift_hand_over", json!({ "id": view["fresh"], "to": to, "cases": [secret, open] }))
        .unwrap_err();
    assert_eq!(refused.code, "shift_not_in_circle");
    assert_eq!(refused.params["number"], secret_number);
    assert!(desk.ok("shift", json!({}))["past"].as_array().is_some_and(Vec::is_empty), "nothing");
    // A draft that sounds like it does not go there either, whatever category it has.
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    desk.ok("draft_save", json!({ "id": draft, "form": { "text": "муж бьёт, боюсь домой" } }));
    let refused = desk
        .call(
            "shift_hand_over",
            json!({ "id": view["fresh"], "to": to,
                "drafts": [{ "id": draft, "fate": "hand" }] }),
        )
        .unwrap_err();
    assert_eq!(refused.code, "shift_draft_circle");

    desk.ok("shift_hand_over", json!({ "id": view["fresh"], "to": to, "cases": [open] }));
    desk.sign_in("Байжан");
    let seen = desk.ok("shift", json!({})).to_string();
    assert!(!seen.contains(&secret_number) && !seen.contains("Тайная"), "{seen}");
    let handed = desk.ok("shift", json!({}))["past"][0]["id"].clone();
    let text = desk.ok("paper_preview", json!({ "of": "shift", "id": handed })).to_string();
    assert!(!text.contains("Тайная"));
    let count = desk.ok("shift", json!({}))["inherited"]["cases"].clone();
    assert_eq!(count, 1);
}

#[test]
fn what_cannot_be_handed_over_is_said_and_changes_nothing() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(heating("Ауэзова, 12"));
    let fresh = desk.ok("shift", json!({}))["fresh"].clone();
    let me = desk.ok("colleagues", json!({}))["me"].clone();
    for (request, code) in [
        (json!({ "id": fresh, "to": me }), "shift_to_self"),
        (json!({ "id": fresh, "to": fresh }), "no_such_officer"),
        (json!({ "id": fresh, "cases": [case] }), "shift_to_nobody"),
        (json!({ "id": fresh, "note": "о".repeat(4_001) }), "note_too_long"),
    ] {
        assert_eq!(desk.call("shift_hand_over", request).unwrap_err().code, code);
    }
    let missing = desk.call("case_get", json!({ "id": fresh })).unwrap_err();
    assert_eq!(missing.code, "not_found");
    // To whoever comes: the note goes, cases stay.
    desk.ok("shift_hand_over", json!({ "id": fresh, "note": "Ключ у дежурного" }));
    let missing = desk.call("case_get", json!({ "id": fresh })).unwrap_err();
    assert_eq!(missing.code, "not_found", "a hand-over is no case");
    let note = desk.call("note_add", json!({ "case": fresh, "text": "x" })).unwrap_err();
    assert_eq!(note.code, "not_found");
    assert_eq!(desk.ok("reception", json!({}))["taken_today_count"], 1);
    desk.officer("Байжан", "officer", &[]);
    desk.sign_in("Байжан");
    let view = desk.ok("shift", json!({}));
    assert_eq!(view["inherited"], Value::Null, "to nobody by name: not taken by looking in");
    desk.ok("shift_take", json!({ "id": view["waiting"][0]["id"] }));
    assert_eq!(desk.ok("shift", json!({}))["inherited"]["note"], "Ключ у дежурного");
}
