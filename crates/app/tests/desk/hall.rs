//! The hall: a ticket, the call, the intake; two desks of a station, with a line and without.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn hall(desk: &TestDesk) -> Vec<Value> {
    desk.ok("queue", json!({}))["lines"].as_array().cloned().unwrap_or_default()
}

fn tickets(desk: &TestDesk) -> Vec<String> {
    hall(desk).iter().map(|l| l["ticket"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_consultant_s_minute_becomes_an_intake_with_the_words_and_ends_with_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Кеңес", "consultant", &[]);
    desk.sign_in("Кеңес");
    let calm = desk.ok(
        "queue_join",
        json!({ "words": "справка о составе семьи", "name": "Ким Анна", "language": "ru" }),
    );
    assert_eq!((calm["ticket"].clone(), calm["urgent"].clone()), (json!("А-1"), json!(false)));
    let gas =
        desk.ok("queue_join", json!({ "words": "пахнет газом в подъезде", "language": "kk" }));
    assert_eq!((gas["ticket"].clone(), gas["urgent"].clone()), (json!("А-2"), json!(true)));
    assert_eq!(tickets(&desk), ["А-2", "А-1"], "danger goes first");
    assert_eq!(desk.ok("reception", json!({}))["taken_today_count"], 0, "a ticket is no visit");

    desk.sign_in("Әлиева");
    let first = desk.ok("queue_call", json!({}));
    assert_eq!(first["ticket"], "А-2");
    let form = &first["draft"]["form"];
    assert_eq!(form["text"], "пахнет газом в подъезде");
    assert_eq!(form["language"], "kk");
    assert_eq!(hall(&desk)[0]["called"]["me"], true);
    assert_eq!(desk.ok("queue", json!({}))["waiting"], 1);

    let finish = json!({ "draft": first["draft"]["id"], "form": {
        "text": "Пахнет газом", "category": "ZKH-01", "advice": "Откройте окна, звоните 104",
        "ticket": form["ticket"] } });
    let done = desk.ok("intake_finish", finish.clone());
    assert_eq!(done["becomes"], "advice");
    assert_eq!(tickets(&desk), ["А-1"], "who was heard waits no more");
    assert_eq!(desk.ok("intake_finish", finish)["case"], done["case"], "pressed twice");

    let second = desk.ok("queue_call", json!({}));
    assert_eq!(second["draft"]["form"]["who_line"], "Ким Анна");
    assert_eq!(desk.call("queue_call", json!({})).unwrap_err().code, "queue_empty");
    desk.ok("queue_leave", json!({ "id": hall(&desk)[0]["id"], "how": "gone" }));
    assert_eq!(tickets(&desk), Vec::<String>::new());
    let over = desk.call("queue_call", json!({ "id": calm["id"] })).unwrap_err();
    assert_eq!(over.code, "queue_over");
    let missing = desk.call("case_get", json!({ "id": calm["id"] })).unwrap_err();
    assert_eq!(missing.code, "not_found", "a ticket is not a case");
    let note = desk.call("note_add", json!({ "case": calm["id"], "text": "x" })).unwrap_err();
    assert_eq!(note.code, "not_found");
}

#[test]
fn two_desks_share_one_hall_and_without_a_line_each_keeps_its_own() {
    let mut world = World::new();
    let (a, b) = (world.desk("Әлиева"), world.desk("Байжан"));
    a.ok("queue_join", json!({ "words": "соседи шумят" }));
    a.sync();
    b.sync();
    assert_eq!(tickets(&b), ["А-1"]);
    assert_eq!(hall(&b)[0]["about"]["words"], "соседи шумят");

    world.region_down();
    a.ok("queue_join", json!({ "words": "без линии" }));
    b.ok("queue_join", json!({ "words": "и здесь" }));
    assert_eq!(tickets(&a), ["А-1", "А-2"]);
    assert_eq!(tickets(&b), ["А-1", "Б-1"], "numbers of two desks never meet");
    b.ok("queue_call", json!({}));
    world.region_up();
    for desk in [&a, &b, &a] {
        desk.sync();
        assert_eq!(desk.unacknowledged(), 0);
    }
    assert_eq!(tickets(&a), ["А-1", "А-2", "Б-1"]);
    assert_eq!(hall(&a)[0]["called"]["by"], "Байжан Д.");
    assert_eq!(hall(&a), {
        let mut lines = hall(&b);
        lines[0]["called"]["me"] = json!(false);
        lines
    });
}

#[test]
fn what_a_restricted_matter_is_about_stays_in_its_circle() {
    let world = World::new();
    let (a, b) = (world.desk("Әлиева"), world.desk("Байжан"));
    a.officer("Кеңес", "consultant", &[]);
    b.officer("Шеңбер", "officer", &["integrity"]);
    a.sign_in("Кеңес");
    let secret = "полицейский нагрубил и унижал";
    let joined = a.ok("queue_join", json!({ "words": secret, "name": "Ким Анна" }));
    assert_eq!(joined["circle"], "integrity");
    assert_eq!(hall(&a)[0]["about"]["words"], secret, "who wrote it may read it");
    a.sync();
    a.sign_in("Әлиева");
    b.sync();
    for desk in [&a, &b] {
        let line = &hall(desk)[0];
        assert_eq!(line["ticket"], "А-1", "the person in the hall is no secret");
        assert_eq!(line["about"], json!({}), "the matter is");
        let called = desk.ok("queue_call", json!({ "id": line["id"] }));
        assert!(!called.to_string().contains("Ким"), "{called}");
    }
    b.sign_in("Шеңбер");
    b.sync();
    assert_eq!(hall(&b)[0]["about"]["words"], secret);
    assert_eq!(b.ok("search", json!({ "query": "нагрубил", "limit": 5 }))["hits"], json!([]));
}

#[test]
fn words_about_a_crime_are_not_kept_anywhere() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let joined = desk.ok("queue_join", json!({ "words": "украли велосипед из подъезда" }));
    assert_eq!(joined["words_dropped"], true);
    let line = &hall(&desk)[0];
    assert_eq!(line["about"], json!({ "flags": ["theft"] }));
    assert_eq!(line["urgent"], true);
}

#[test]
fn yesterday_s_tickets_are_over_and_the_count_begins_again() {
    let world = World::at("2026-11-20T18:58:00Z");
    let desk = world.desk("Әлиева");
    desk.ok("queue_join", json!({ "words": "поздно" }));
    let finished = desk.takes_in(Form::says("Вопрос", "ru").advice("Ответ"));
    assert!(!finished.is_empty());
    // Two minutes before midnight in Kokshetau.
    assert_eq!(tickets(&desk), ["А-1"]);
    world.clock.advance(chrono::Duration::minutes(3));
    assert_eq!(tickets(&desk), Vec::<String>::new());
    assert_eq!(desk.ok("queue_join", json!({}))["ticket"], "А-1");
}

#[test]
fn a_desk_that_is_alone_has_tickets_without_a_letter() {
    let world = World::new();
    let desk = world.unjoined_desk("Әлиева");
    assert_eq!(desk.ok("queue_join", json!({}))["ticket"], "1");
    let unknown = desk.call("queue_join", json!({ "category": "XXX-99" })).unwrap_err();
    assert_eq!(unknown.code, "bad_request");
}
