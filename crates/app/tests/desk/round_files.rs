//! Photographs of a visit: offline, with the visit, with the case, and never left behind on a crime.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 the cracked wall";

fn try_add(desk: &TestDesk, to: &Value, name: &str) -> Result<Value, String> {
    let upload = desk.desk.env().uuid();
    let part = json!({ "upload": upload, "from": 0, "base64": B64.encode(JPEG) });
    desk.call("attachment_part", part).map_err(|e| e.code)?;
    desk.call("attachment_add", json!({ "upload": upload, "to": to, "name": name }))
        .map(|done| done["id"].clone())
        .map_err(|e| e.code)
}

fn names(desk: &TestDesk, to: &Value) -> Vec<String> {
    let all = desk.ok("attachment_list", to.clone());
    let files = all["files"].as_array().unwrap();
    let kept = files.iter().filter(|f| f["withdrawn"].is_null());
    kept.map(|f| f["name"].as_str().unwrap().to_owned()).collect()
}

fn place(desk: &TestDesk, address: &str) -> Value {
    let added = desk.ok("round_add", json!({ "address": address, "day": "2026-11-20" }));
    json!({ "to": "place", "id": added["id"] })
}

fn on_disk(desk: &TestDesk) -> usize {
    std::fs::read_dir(desk.dir.join("files")).map_or(0, Iterator::count)
}

fn to(kind: &str, id: &Value) -> Value {
    json!({ "to": kind, "id": id })
}

#[test]
fn photographs_stay_with_the_visit_without_a_line_and_the_day_counts_them() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    world.region_down();
    let door = place(&desk, "Абая, 7");
    let id = try_add(&desk, &door, "стена.jpg").unwrap();
    try_add(&desk, &door, "дверь.jpg").unwrap();
    let slip = try_add(&desk, &door, "не то.jpg").unwrap();
    desk.ok("attachment_withdraw", json!({ "to": door, "id": slip }));
    assert_eq!(on_disk(&desk), 2, "what was taken back is gone");
    // A laptop that went off at the door has them still.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked" }));
    desk.ok("attachment_open", json!({ "to": door, "id": id }));
    assert_eq!(desk.host.documents.lock().unwrap()[0].1, JPEG);
    let view = desk.ok("round", json!({}));
    assert_eq!(view["files"], 2);
    assert_eq!(view["plan"][0]["last"]["files"].as_array().map(Vec::len), Some(2));
    // The next visit has its own.
    try_add(&desk, &door, "вечером.jpg").unwrap();
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked" }));
    let view = desk.ok("round", json!({}));
    assert_eq!(view["plan"][0]["last"]["files"].as_array().map(Vec::len), Some(1));
    let line = desk.ok("round_hand_in", json!({}))["line"].clone();
    assert_eq!((&line["files"], &line["counts"]["visits"]), (&json!(3), &json!(2)));
    world.region_up();
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0, "the region takes them");
    assert_eq!(desk.ok("sync_status", json!({}))["refused"], 0);
    // Nobody else knows of them.
    desk.officer("Серікбаев", "inspector", &["own"]);
    desk.sign_in("Серікбаев");
    for (command, args) in [
        ("attachment_list", door.clone()),
        ("attachment_open", json!({ "to": door, "id": id })),
        ("attachment_withdraw", json!({ "to": door, "id": id })),
        // Nor under another name.
        ("attachment_list", to("case", &door["id"])),
    ] {
        assert_eq!(desk.call(command, args).unwrap_err().code, "not_found", "{command}");
    }
    assert_eq!(try_add(&desk, &door, "моё.jpg").unwrap_err(), "not_found");
}

#[test]
fn a_visit_about_a_case_brings_its_files_to_it_once() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let form = Form::says("Муж бьёт", "ru").category("FAM-01").at("Абая, 7");
    let case = json!(desk.takes_in(form));
    let door = place(&desk, "Абая, 7");
    try_add(&desk, &door, "стена.jpg").unwrap();
    let visit = json!({ "id": door["id"], "result": "talked", "case": case });
    desk.ok("round_visit", visit.clone());
    desk.ok("round_visit", visit);
    assert_eq!(names(&desk, &to("case", &case)), ["стена.jpg"]);
    assert_eq!(on_disk(&desk), 1, "one file, two lists");
    // No more open than its case.
    let open = desk.desk.opened().unwrap();
    let id = serde_json::from_value(case.clone()).unwrap();
    let events =
        open.store.read(|conn| esik_store::lists::case_events(conn, &open.actor, id)).unwrap();
    let linked: Vec<_> =
        events.iter().filter(|e| e.entry.event.kind == "attachment_linked").collect();
    assert_eq!((linked.len(), linked[0].entry.event.circle.0.as_str()), (1, "dv"));
    drop(open);
    // Taken back in one list, it is whole in the other.
    let file = desk.ok("attachment_list", door.clone())["files"][0]["id"].clone();
    desk.ok("attachment_withdraw", json!({ "to": door, "id": file }));
    assert_eq!((names(&desk, &door).len(), on_disk(&desk)), (0, 1));
    let file = desk.ok("attachment_list", to("case", &case))["files"][0]["id"].clone();
    desk.ok("attachment_open", json!({ "to": to("case", &case), "id": file }));
    let back = json!({ "to": to("case", &case), "id": file, "reason": "не та" });
    desk.ok("attachment_withdraw", back);
    assert_eq!(on_disk(&desk), 0);
}

#[test]
fn an_intake_at_the_door_has_the_files_of_the_visit() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let door = place(&desk, "Абая, 7");
    try_add(&desk, &door, "стена.jpg").unwrap();
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked" }));
    try_add(&desk, &door, "ещё.jpg").unwrap();
    let begin = || desk.ok("round_intake", json!({ "id": door["id"] }))["draft"].clone();
    // One that is thrown away takes nothing from the visit.
    let slip = begin();
    assert_eq!(names(&desk, &to("draft", &slip["id"])), ["стена.jpg", "ещё.jpg"]);
    desk.ok("draft_discard", json!({ "id": slip["id"] }));
    desk.ok("session_lock", json!({}));
    desk.sign_in("Әлиева");
    assert_eq!(on_disk(&desk), 2);
    let draft = begin();
    let mut form = draft["form"].clone();
    form["text"] = json!("Трещина в стене");
    form["category"] = json!("ZKH-01");
    form["undecided"] = json!({});
    let finish = json!({ "draft": draft["id"], "form": form, "print": false });
    let case = desk.ok("intake_finish", finish)["case"].clone();
    assert_eq!(names(&desk, &to("case", &case)), ["стена.jpg", "ещё.jpg"]);
    assert_eq!(names(&desk, &door), ["ещё.jpg", "стена.jpg"], "the newest first");
    // The visit that is written down afterwards, about that case, does not bring them twice.
    let visit = json!({ "id": door["id"], "result": "talked", "case": case });
    desk.ok("round_visit", visit);
    assert_eq!(names(&desk, &to("case", &case)), ["стена.jpg", "ещё.jpg"]);
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    let file = desk.ok("attachment_list", to("case", &case))["files"][1]["id"].clone();
    desk.ok("attachment_open", json!({ "to": to("case", &case), "id": file }));
    // Yesterday's visit is not today's intake.
    world.clock.set("2026-11-21T05:00:00Z");
    try_add(&desk, &door, "сегодня.jpg").unwrap();
    let draft = desk.ok("round_intake", json!({ "id": door["id"] }))["draft"]["id"].clone();
    assert_eq!(names(&desk, &to("draft", &draft)), ["сегодня.jpg"]);
}

#[test]
fn on_the_crime_branch_the_photographs_of_the_visit_go_too() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let door = place(&desk, "Абая, 7");
    try_add(&desk, &door, "побои.jpg").unwrap();
    desk.ok("round_visit", json!({ "id": door["id"], "result": "talked" }));
    let draft = desk.ok("round_intake", json!({ "id": door["id"] }))["draft"]["id"].clone();
    let form = Form::says("Избили", "ru").crime("260000000000123", "Нужен юрист").0;
    desk.ok("intake_finish", json!({ "draft": draft, "form": form, "print": false }));
    assert_eq!((names(&desk, &door).len(), on_disk(&desk)), (0, 0));
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
}
