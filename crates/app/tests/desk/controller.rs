//! Who answers for a case: named by a colleague, found on the own list, never somebody who may not know.

use esik_testkit::{Form, World};
use serde_json::{Value, json};

fn officer(desk: &esik_testkit::TestDesk, name: &str) -> Value {
    let all = desk.ok("colleagues", json!({}));
    let found = all["officers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|o| o["name"].as_str().is_some_and(|n| n.starts_with(name)));
    found.unwrap_or_else(|| panic!("no {name} in {all:#}"))["id"].clone()
}

fn board(desk: &esik_testkit::TestDesk, officer: &Value) -> Vec<String> {
    let page = desk.ok("control", json!({ "queue": "all", "filter": "", "officer": officer }));
    let rows = page["rows"].as_array().unwrap();
    rows.iter().map(|r| r["case"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_case_is_given_to_a_colleague_and_is_on_her_list_from_then_on() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let (me, other) = (officer(&desk, "Әлиева"), officer(&desk, "Серікбаев"));
    let case = desk.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    let kept = desk.takes_in(Form::says("Снег", "ru").category("BLG-02").refer("E-ZKH"));
    assert_eq!(desk.case(&case)["controller"]["id"], me, "who opened it answers for it");
    desk.ok("controller_name", json!({ "case": case, "officer": other, "reason": "отпуск" }));
    let view = desk.case(&case);
    assert_eq!(view["controller"]["id"], other);
    assert!(view["controller"]["name"].as_str().unwrap().starts_with("Серікбаев"));
    assert_eq!(view["timeline"][0]["kind"], "controller_named");
    assert_eq!(view["timeline"][0]["values"]["reason"], "отпуск");
    assert_eq!(board(&desk, &other), vec![case.clone()]);
    assert_eq!(board(&desk, &me), vec![kept]);
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
    // Naming the same officer again writes nothing.
    desk.ok("controller_name", json!({ "case": case, "officer": other }));
    assert_eq!(
        desk.case(&case)["timeline"][1]["kind"].as_str(),
        view["timeline"][1]["kind"].as_str()
    );
    // What is closed is nobody's work.
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "not_asked", "outcome": "not_reached", "text": "снег убрали",
                "not_called": "телефон не назвал" }),
    );
    assert_eq!(board(&desk, &other), Vec::<String>::new());
    let again = desk.call("controller_name", json!({ "case": case, "officer": me }));
    assert_eq!(again.unwrap_err().code, "not_open");
}

#[test]
fn a_restricted_case_is_given_only_inside_its_circle() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    desk.officer("Омарова", "officer", &["dv"]);
    desk.officer("Қонысбай", "consultant", &[]);
    let case = desk.takes_in(Form::says("Муж бьёт", "ru").category("FAM-01"));
    let give = |to: Value| {
        desk.call("controller_name", json!({ "case": case, "officer": to })).map_err(|e| e.code)
    };
    assert_eq!(give(officer(&desk, "Серікбаев")).unwrap_err(), "not_in_circle");
    assert_eq!(give(json!("01900000-0000-7000-8000-000000000001")).unwrap_err(), "no_such_officer");
    let omarova = officer(&desk, "Омарова");
    give(omarova.clone()).unwrap();
    let all = desk.ok("colleagues", json!({}));
    assert!(!all.to_string().contains("Қонысбай"), "a consultant answers for no case");
    // Nobody outside the circle finds it on her list.
    desk.sign_in("Серікбаев");
    assert_eq!(board(&desk, &omarova), Vec::<String>::new());
    desk.sign_in("Омарова");
    assert_eq!(board(&desk, &omarova), vec![case]);
}

#[test]
fn an_officers_own_lists_are_hers_and_open_what_they_count() {
    let world = World::new().served("E-ZKH").served("E-HEA");
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let me = officer(&desk, "Әлиева");
    desk.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    desk.takes_in(Form::says("Снег", "ru").category("BLG-02").refer("E-ZKH"));
    let theirs = desk.takes_in(Form::says("Нет тепла", "ru").category("ZKH-01").refer("E-HEA"));
    let other = officer(&desk, "Серікбаев");
    desk.ok("controller_name", json!({ "case": theirs, "officer": other }));
    let save =
        |queues: Value| desk.call("queues_save", json!({ "queues": queues })).map_err(|e| e.code);
    let pits = json!({ "name": " Мои ямы ", "queue": "all", "category": "BLG-04", "officer": me });
    save(json!([pits])).unwrap();
    let kept = desk.ok("queues_saved", json!({}))["queues"].clone();
    assert_eq!((kept[0]["name"].as_str(), &kept[0]["officer"]), (Some("Мои ямы"), &me));
    assert_eq!(save(json!([{ "name": " " }])).unwrap_err(), "queue_needs_name");
    assert_eq!(save(json!([{ "name": "а" }, { "name": "А" }])).unwrap_err(), "queue_name_taken");
    assert_eq!(save(json!([{ "name": "а".repeat(33) }])).unwrap_err(), "queue_name_too_long");
    let many: Vec<Value> = (0..13).map(|n| json!({ "name": format!("{n}") })).collect();
    assert_eq!(save(json!(many)).unwrap_err(), "too_many_queues");
    assert_eq!(desk.ok("queues_saved", json!({}))["queues"], kept, "a refusal changes nothing");
    // Every number opens its list, also of one officer and one theme.
    for (ask, expected) in [
        (json!({ "officer": me }), 2),
        (json!({ "officer": me, "category": "BLG-04" }), 1),
        (json!({ "agency": "E-ZKH" }), 2),
        (json!({ "officer": other }), 1),
    ] {
        let mut args = json!({ "queue": "all", "filter": "" });
        for (k, v) in ask.as_object().unwrap() {
            args[k] = v.clone();
        }
        let page = desk.ok("control", args);
        assert_eq!(page["rows"].as_array().unwrap().len(), expected, "{ask}");
        assert_eq!(page["counts"]["all"], json!(expected), "{ask}");
    }
    desk.sync();
    let owe = desk.ok("bodies_owe", json!({}));
    let by = |code: &str| {
        let bodies = owe["bodies"].as_array().unwrap();
        bodies.iter().find(|b| b["agency"] == code).map(|b| b["total"].clone())
    };
    assert_eq!((by("E-ZKH"), by("E-HEA")), (Some(json!(2)), Some(json!(1))), "{owe:#}");
    assert_eq!(desk.ok("bodies_owe", json!({ "officer": other }))["bodies"][0]["agency"], "E-HEA");
    desk.sign_in("Серікбаев");
    assert_eq!(
        desk.ok("queues_saved", json!({}))["queues"],
        json!([]),
        "lists are each officer's own"
    );
}

#[test]
fn i_do_not_know_is_a_way_with_a_name() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let other = officer(&desk, "Серікбаев");
    let visit = |undecided: Value| {
        json!({ "form": { "text": "Странный шум под домом", "language": "ru",
                          "advice": "Мы разберёмся и позвоним", "undecided": undecided } })
    };
    let stranger = json!({ "controller": "01900000-0000-7000-8000-000000000001" });
    assert_eq!(desk.call("intake_finish", visit(stranger)).unwrap_err().code, "no_such_officer");
    let done = desk.ok("intake_finish", visit(json!({ "controller": other })));
    // Advice alone would be no case: somebody promised to find out, so it is one.
    assert_eq!(done["becomes"], "case");
    let case = done["case"].as_str().unwrap();
    assert_eq!(desk.case(case)["controller"]["id"], other);
    assert_eq!(desk.case(case)["obligations"][0]["what"], "decide");
    assert_eq!(board(&desk, &other), vec![case.to_owned()]);
    // Nobody named: the one who listened.
    let done = desk.ok("intake_finish", visit(json!({})));
    let view = desk.case(done["case"].as_str().unwrap());
    assert_eq!(view["controller"]["id"], officer(&desk, "Әлиева"));
    assert!(view["timeline"].to_string().contains("controller_named"), "the choice is kept");
}

#[test]
fn a_visit_to_a_restricted_case_is_as_closed_as_the_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = desk.takes_in(Form::says("Муж бьёт", "ru").category("FAM-01"));
    // Nobody chose a theme again: the case has one.
    let again = json!({ "form": { "text": "Он снова приходил ночью", "language": "ru",
                                  "existing_case": case } });
    desk.ok("intake_finish", again.clone());
    let shown = desk.case(&case).to_string();
    assert!(shown.contains("снова приходил"), "the circle reads it: {shown}");
    desk.sign_in("Серікбаев");
    assert_eq!(desk.call("case_get", json!({ "id": case })).unwrap_err().code, "not_found");
    let found = desk.ok("search", json!({ "query": "приходил ночью", "limit": 10 }));
    assert_eq!(found["hits"], json!([]));
    assert!(board(&desk, &json!(null)).is_empty(), "nor anything of it on the board");
    // Nor does a visit of his join a case he may not know of.
    assert_eq!(desk.call("intake_finish", again).unwrap_err().code, "not_found");
    // Another desk of the station gets nothing of it either: an open event would be a visit of its own there.
    let other = world.desk("Қасымов");
    desk.sign_in("Әлиева");
    desk.sync();
    other.sync();
    let found = other.ok("search", json!({ "query": "приходил ночью", "limit": 10 }));
    assert_eq!(found["hits"], json!([]), "{found:#}");
    assert_eq!(other.ok("reception", json!({}))["taken_today_count"], 0);
}

#[test]
fn two_who_name_different_officers_first_see_both() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Серікбаев"));
    let case = one.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    one.sync();
    two.sync();
    one.officer("Байжанов", "officer", &[]);
    let other = officer(&one, "Байжанов");
    let me = officer(&two, "Серікбаев");
    one.ok("controller_name", json!({ "case": case, "officer": other }));
    two.ok("controller_name", json!({ "case": case, "officer": me }));
    one.sync();
    two.sync();
    one.sync();
    assert_eq!(one.case(&case)["review"][0]["field"], "controller");
}
