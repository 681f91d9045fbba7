//! An inspector's day: the beat, doors, an intake at one of them, and the day handed in.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn addresses(rows: &Value) -> Vec<String> {
    rows.as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r["address"].as_str().map(str::to_owned))
        .collect()
}

fn add(desk: &TestDesk, address: &str, day: Option<&str>) -> Value {
    desk.ok("round_add", json!({ "address": address, "day": day }))["id"].clone()
}

#[test]
fn a_day_on_the_beat_without_a_line_and_its_receipt_in_the_evening() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    world.region_down();
    let case = desk.takes_in(
        Form::says("Нет отопления", "ru")
            .category("ZKH-01")
            .at("ул. Ауэзова, 12, кв. 4")
            .with("circumstances", json!(["afraid"]))
            .refer("E-HEA"),
    );
    let a = add(&desk, "Ауэзова 12", Some("2026-11-20"));
    let b = add(&desk, "Абая, 7", Some("2026-11-20"));
    add(&desk, "Абая, 9", None);
    assert_eq!(desk.ok("round_add", json!({ "address": " абая 7 " }))["known"], true);

    let view = desk.ok("round", json!({}));
    assert_eq!(addresses(&view["plan"]), ["Абая, 7", "Ауэзова 12"]);
    assert_eq!(addresses(&view["rest"]), ["Абая, 9"]);
    let there = &view["plan"][1]["cases"][0];
    assert_eq!(there["id"], case, "the case there is seen before knocking");
    assert_eq!(there["caution"], json!(["afraid"]));

    let again = json!({ "id": b, "result": "again" });
    assert_eq!(desk.call("round_visit", again).unwrap_err().code, "next_day_missing");
    desk.ok("round_visit", json!({ "id": b, "result": "again", "next": "2026-11-23" }));
    desk.ok(
        "round_visit",
        json!({ "id": a, "result": "talked", "note": "Дали обогреватель", "case": case }),
    );
    let timeline = desk.case(&case).to_string();
    assert!(timeline.contains("Дали обогреватель"), "the case knows of the visit");

    let intake = desk.ok("round_intake", json!({ "id": a }));
    assert_eq!(intake["draft"]["form"]["address"], "Ауэзова 12");
    assert_eq!(intake["draft"]["form"]["channel"], "round");
    let mut form = intake["draft"]["form"].clone();
    form["text"] = json!("Шумят соседи");
    form["category"] = json!("ZKH-01");
    form["advice"] = json!("Поговорите");
    desk.ok("intake_finish", json!({ "draft": intake["draft"]["id"], "form": form }));

    let view = desk.ok("round", json!({}));
    assert_eq!(view["counts"]["visits"], 2);
    assert_eq!(view["taken"], 1);
    assert!(view["plan"].as_array().into_iter().flatten().all(|p| p["done"] == true));

    let receipt = desk.ok("round_hand_in", json!({}));
    assert_eq!(receipt["line"]["counts"]["talked"], 1);
    assert_eq!(receipt["line"]["taken"], 1);
    assert_eq!(receipt["line"]["receipt"], Value::Null);
    assert_eq!(receipt["acknowledged"], 0);
    assert!(receipt["failure"]["code"].is_string(), "why nothing arrived: {receipt}");
    assert!(receipt["region"]["unsent"].as_u64().is_some_and(|n| n > 5));
    desk.ok("paper_print", json!({ "of": "round_day", "id": receipt["line"]["id"] }));

    world.region_up();
    let done = desk.ok("round_hand_in", json!({}));
    assert_eq!(done["line"]["id"], receipt["line"]["id"], "the same day is handed in once");
    assert!(done["line"]["receipt"].is_u64());
    assert_eq!(done["failure"], Value::Null);
    assert_eq!((&done["region"]["unsent"], &done["records"]), (&json!(0), &done["acknowledged"]));
    desk.ok("paper_print", json!({ "of": "round_day", "id": done["line"]["id"] }));

    // Three days later the second visit is due.
    world.clock.set("2026-11-23T05:00:00Z");
    let view = desk.ok("round", json!({}));
    assert_eq!(addresses(&view["plan"]), ["Абая, 7"]);
    assert_eq!(view["not_handed_in"], Value::Null);
    assert_eq!(desk.call("round_hand_in", json!({})).unwrap_err().code, "round_nothing");
}

#[test]
fn a_beat_belongs_to_one_officer_and_follows_nobody_else() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "inspector", &["own"]);
    let place = add(&desk, "Тайная, 5", Some("2026-11-20"));
    desk.ok("round_visit", json!({ "id": place, "result": "talked", "note": "Пьёт" }));
    let day = desk.ok("round_hand_in", json!({}))["line"]["id"].clone();
    let other = world.desk("Ким");
    for d in [&desk, &other] {
        d.sync();
    }
    assert_eq!(other.unacknowledged(), 0);
    let log = other.desk.opened().map(|open| {
        open.store.read(|conn| {
            let mut text = String::new();
            esik_store::verify::dump(conn, &mut |line| text.push_str(line))?;
            Ok(text)
        })
    });
    assert!(log.is_ok_and(|l| l.is_ok_and(|l| !l.contains("Тайная"))), "another computer");
    desk.sign_in("Байжан");
    let view = desk.ok("round", json!({}));
    assert_eq!(view["plan"], json!([]));
    assert_eq!(view["days"], json!([]));
    for (command, args) in [
        ("round_visit", json!({ "id": place, "result": "talked" })),
        ("round_plan", json!({ "id": place })),
        ("round_drop", json!({ "id": place })),
        ("round_intake", json!({ "id": place })),
        ("paper_preview", json!({ "of": "round_day", "id": day })),
        ("case_get", json!({ "id": place })),
    ] {
        assert_eq!(desk.call(command, args).unwrap_err().code, "not_found", "{command}");
    }
    let found = desk.ok("search", json!({ "query": "Тайная", "limit": 10 }));
    assert_eq!(found["hits"], json!([]));
}

#[test]
fn at_a_door_nobody_outside_the_circle_learns_that_there_is_a_restricted_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Дос", "officer", &["dv"]);
    desk.officer("Байжан", "inspector", &[]);
    desk.sign_in("Дос");
    let secret = desk
        .takes_in(Form::says("Муж бьёт, боюсь идти домой", "ru").category("FAM-01").at("Абая, 7"));
    desk.sign_in("Байжан");
    let place = add(&desk, "Абая, 7", Some("2026-11-20"));
    add(&desk, "Абая, 9", None);
    let view = desk.ok("round", json!({}));
    assert_eq!(view["plan"][0]["cases"], json!([]));
    assert_eq!(view["suggested"], json!([]));
    let visit = json!({ "id": place, "result": "talked", "case": secret });
    assert_eq!(desk.call("round_visit", visit).unwrap_err().code, "not_found");
    assert_eq!(desk.ok("round", json!({}))["counts"]["visits"], 0, "nothing is half saved");
}

#[test]
fn a_file_brings_the_beat_and_open_cases_suggest_the_rest() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.takes_in(
        Form::says("Нет отопления", "ru").category("ZKH-01").at("Абая, 21").refer("E-HEA"),
    );
    let file = "\u{feff}Адрес;Примечание\nАбая, 7;собака во дворе\n\nАбая, 9\nабая 7\n;пусто\n";
    let done = desk.ok("round_import", json!({ "text": file }));
    assert_eq!((&done["added"], &done["known"]), (&json!(2), &json!(1)));
    assert_eq!(done["wrong"], json!([{ "line": 6, "why": "empty" }]));
    let view = desk.ok("round", json!({}));
    assert_eq!(addresses(&view["rest"]), ["Абая, 7", "Абая, 9"]);
    assert_eq!(view["rest"][0]["note"], "собака во дворе");
    assert_eq!(addresses(&view["suggested"]), ["Абая, 21"]);
    assert_eq!(
        desk.call("round_import", json!({ "text": "\n ; \n" })).unwrap_err().code,
        "import_empty"
    );
    let many = "улица\n".repeat(2_001);
    assert_eq!(
        desk.call("round_import", json!({ "text": many })).unwrap_err().code,
        "import_too_long"
    );
    // Off the list, and back with what was known of it.
    let id = view["rest"][0]["id"].clone();
    desk.ok("round_visit", json!({ "id": id, "result": "nobody_home" }));
    desk.ok("round_drop", json!({ "id": id }));
    assert!(!addresses(&desk.ok("round", json!({}))["plan"]).contains(&"Абая, 7".to_owned()));
    let back = desk.ok("round_add", json!({ "address": "Абая, 7" }));
    assert_eq!((&back["id"], &back["known"]), (&id, &json!(false)));
    let plan = desk.ok("round", json!({}))["plan"].clone();
    assert_eq!((&plan[0]["visits"], &plan[0]["note"]), (&json!(1), &json!("собака во дворе")));
    assert_eq!(
        desk.call("round_add", json!({ "address": " " })).unwrap_err().code,
        "missing_address"
    );
    let past = json!({ "address": "Абая, 30", "day": "2020-01-01" });
    assert_eq!(desk.call("round_add", past).unwrap_err().code, "due_impossible");
}
