//! Slips beside the cases taken back: addresses, visits, days of a plan, the shift, own lists of the board.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::Duration;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 the cracked wall";

fn addresses(desk: &TestDesk) -> Vec<String> {
    let view = desk.ok("round", json!({}));
    let rows = |list: &str| view[list].as_array().cloned().unwrap_or_default();
    let all = rows("plan").into_iter().chain(rows("rest"));
    all.map(|r| r["address"].as_str().unwrap().to_owned()).collect()
}

fn undo(desk: &TestDesk, done: &Value) {
    assert!(done["undo"].is_object(), "{done}");
    desk.ok("undo", done["undo"].clone());
}

fn refused(desk: &TestDesk, done: &Value) -> String {
    desk.call("undo", done["undo"].clone()).unwrap_err().code
}

/// What is folded is what the log says, and the region took all of it.
fn sound(desk: &TestDesk) {
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
    assert_eq!(desk.ok("sync_status", json!({}))["refused"], 0, "the region agrees");
    let open = desk.desk.opened().unwrap();
    let proof = open.store.read(|conn| esik_store::verify::verify(conn, &|_| None)).unwrap();
    assert!(proof.is_sound(), "{proof:?}");
}

fn heating(address: &str) -> Form {
    Form::says("Нет отопления", "ru").category("ZKH-01").at(address).refer("E-HEA")
}

fn photograph(desk: &TestDesk, place: &Value) {
    let upload = desk.desk.env().uuid();
    let part = json!({ "upload": upload, "from": 0, "base64": B64.encode(JPEG) });
    desk.ok("attachment_part", part);
    let to = json!({ "to": "place", "id": place });
    desk.ok("attachment_add", json!({ "upload": upload, "to": to, "name": "стена.jpg" }));
}

/// T27 (part): what is taken back is folded alike at the desk, after the region took it, and after a start.
#[test]
fn an_address_its_day_and_its_place_on_the_list_come_back() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    world.region_down();
    let done = desk.ok("round_add", json!({ "address": "Абая, 7", "day": "2026-11-20" }));
    assert_eq!(addresses(&desk), ["Абая, 7"]);
    undo(&desk, &done);
    assert_eq!(addresses(&desk), Vec::<String>::new());
    assert_eq!(refused(&desk, &done), "undo_impossible");
    // It lists nowhere as a visit or a case.
    assert_eq!(desk.ok("search", json!({ "query": "Абая", "limit": 10 }))["hits"], json!([]));
    assert_eq!(desk.ok("shift", json!({}))["taken"], 0);

    // Noted again it is a new one, and its first day is its own.
    let id = desk.ok("round_add", json!({ "address": "абая 7", "note": "собака" }))["id"].clone();
    let row = || desk.ok("round", json!({}));
    let later = desk.ok("round_plan", json!({ "id": id, "day": "2026-11-20" }));
    assert_eq!(row()["plan"][0]["day"], "2026-11-20");
    undo(&desk, &later);
    assert_eq!(row()["rest"][0]["day"], Value::Null);
    let again = desk.ok("round_add", json!({ "address": "Абая 7", "note": "кошка" }));
    undo(&desk, &again);
    assert_eq!(row()["rest"][0]["note"], "собака", "what was noted before");
    let dropped = desk.ok("round_drop", json!({ "id": id }));
    assert_eq!(addresses(&desk), Vec::<String>::new());
    undo(&desk, &dropped);
    assert_eq!(addresses(&desk), ["абая 7"]);

    let before = row();
    world.region_up();
    sound(&desk);
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(desk.ok("round", json!({}))["rest"], before["rest"]);
    sound(&desk);
}

#[test]
fn a_visit_taken_back_leaves_neither_the_day_nor_the_case_nor_the_file_as_if_it_had_been() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(heating("Абая, 7"));
    let added = desk.ok("round_add", json!({ "address": "Абая, 7", "day": "2026-11-20" }));
    let id = added["id"].clone();
    photograph(&desk, &id);
    let before = desk.ok("round", json!({}));
    let visit = json!({ "id": id, "result": "again", "note": "Не тот дом", "next": "2026-11-25",
        "case": case });
    let done = desk.ok("round_visit", visit.clone());
    let view = desk.ok("round", json!({}));
    assert_eq!((&view["counts"]["visits"], &view["files"]), (&json!(1), &json!(1)));
    assert_eq!(refused(&desk, &added), "undo_built_on", "the visit stands on the address");
    undo(&desk, &done);
    let view = desk.ok("round", json!({}));
    assert_eq!(view["plan"], before["plan"], "the day it was to be visited too");
    assert_eq!(view["counts"], before["counts"]);
    let shown = desk.case(&case);
    let told = shown["timeline"].as_array().unwrap();
    let contact = told.iter().find(|i| i["kind"] == "contact_made").unwrap();
    assert!(contact["undone"]["at"].is_string());
    let list = |to: &str, id: &Value| {
        let all = desk.ok("attachment_list", json!({ "to": to, "id": id }))["files"].clone();
        all.as_array().unwrap().iter().filter(|f| f["withdrawn"].is_null()).count()
    };
    assert_eq!(list("case", &json!(case)), 0, "it did not stay with the case");
    assert_eq!(list("place", &id), 1, "and waits for the visit it belongs to");
    // The right visit has the photograph, and it opens.
    desk.ok("round_visit", visit);
    assert_eq!(list("case", &json!(case)), 1);
    let files = desk.ok("attachment_list", json!({ "to": "case", "id": case }))["files"].clone();
    let file = files.as_array().unwrap().iter().find(|f| f["withdrawn"].is_null()).unwrap();
    let to = json!({ "to": "case", "id": case });
    desk.ok("attachment_open", json!({ "to": to, "id": file["id"] }));
    assert_eq!(desk.host.documents.lock().unwrap()[0].1, JPEG);
    sound(&desk);
}

#[test]
fn nothing_of_a_visit_is_taken_back_when_a_colleague_went_on_in_its_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let other = world.desk("Ким");
    let case = desk.takes_in(heating("Абая, 7"));
    let id = desk.ok("round_add", json!({ "address": "Абая, 7" }))["id"].clone();
    let done = desk.ok("round_visit", json!({ "id": id, "result": "talked", "case": case }));
    desk.sync();
    other.sync();
    other.ok("note_add", json!({ "case": case, "text": "звонил" }));
    other.sync();
    desk.sync();
    assert_eq!(refused(&desk, &done), "undo_overtaken");
    assert_eq!(desk.ok("round", json!({}))["counts"]["visits"], 1, "all of it or nothing");
    let late = desk.ok("round_drop", json!({ "id": id }));
    world.clock.advance(Duration::seconds(61));
    assert_eq!(refused(&desk, &late), "undo_late");
    // Nobody else's hand.
    let theirs = desk.ok("round_add", json!({ "address": "Абая, 9" }));
    assert_eq!(refused(&other, &theirs), "undo_impossible");
}

#[test]
fn a_file_of_addresses_brought_by_a_slip_goes_as_one() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.ok("round_add", json!({ "address": "Абая, 1" }));
    let lines: String = (1..=60).map(|n| format!("Абая, {n}\n")).collect();
    let done = desk.ok("round_import", json!({ "text": lines }));
    assert_eq!(done["added"], 59);
    assert_eq!(addresses(&desk).len(), 60);
    undo(&desk, &done);
    assert_eq!(addresses(&desk), ["Абая, 1"], "what was there before stays");
    let none = desk.ok("round_import", json!({ "text": "Абая, 1\n" }));
    assert_eq!(none["undo"], Value::Null);
    sound(&desk);
}

fn colleague(desk: &TestDesk, name: &str) -> Value {
    let all = desk.ok("colleagues", json!({}))["officers"].clone();
    let found = all.as_array().unwrap().iter().find(|o| {
        let name_of = o["name"].as_str().unwrap_or_default();
        name_of.starts_with(name)
    });
    found.unwrap()["id"].clone()
}

#[test]
fn a_shift_handed_over_by_a_slip_is_one_s_own_again_with_its_cases_drafts_and_note() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "officer", &[]);
    let other = world.desk("Ким");
    let case = desk.takes_in(heating("Абая, 7"));
    let draft = |text: &str| {
        let id = desk.ok("draft_open", json!({}))["id"].clone();
        desk.ok("draft_save", json!({ "id": id, "form": { "text": text } }));
        id
    };
    let (given, thrown) = (draft("соседи шумят"), draft("пустое"));
    let view = desk.ok("shift", json!({}));
    let before = (view["cases"].clone(), view["drafts"].clone());
    let hand = |view: &Value| {
        json!({ "id": view["fresh"], "to": colleague(&desk, "Байжан"), "note": "Ключ в сейфе",
            "cases": [case], "drafts": [ { "id": given, "fate": "hand" },
                { "id": thrown, "fate": "discard" } ] })
    };
    let done = desk.ok("shift_hand_over", hand(&view));
    desk.sync();
    other.sync();
    assert_eq!(other.ok("shift", json!({}))["past"].as_array().unwrap().len(), 1);
    undo(&desk, &done);
    let view = desk.ok("shift", json!({}));
    assert_eq!(view["past"], json!([]));
    assert_eq!(view["note"], "Ключ в сейфе", "to be corrected and handed over anew");
    assert_eq!(view["cases"], before.0);
    let ids = |drafts: &Value| {
        let mut ids: Vec<String> =
            drafts.as_array().unwrap().iter().map(|d| d["id"].to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&view["drafts"]), ids(&before.1));
    sound(&desk);
    other.sync();
    assert_eq!(other.ok("shift", json!({}))["past"], json!([]), "everywhere");
    sound(&other);

    let same = desk.call("shift_hand_over", json!({ "id": done["line"]["id"], "note": "" }));
    assert_eq!(same.unwrap_err().code, "bad_request", "one that is over does not begin again");

    // Handed over anew it stays: the next officer has it by signing in.
    let done = desk.ok("shift_hand_over", hand(&view));
    desk.sign_in("Байжан");
    assert_eq!(desk.ok("shift", json!({}))["inherited"]["note"], "Ключ в сейфе");
    desk.sign_in("Әлиева");
    let cannot = refused(&desk, &done);
    assert_eq!(cannot, "undo_overtaken");
    assert_eq!(desk.ok("shift", json!({}))["drafts"], json!([]));
}

#[test]
fn a_colleague_s_draft_is_not_had_by_a_forged_undo() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "officer", &[]);
    let own = desk.ok("draft_open", json!({}))["id"].clone();
    desk.sign_in("Байжан");
    let view = desk.ok("shift", json!({}));
    let done = desk.ok("shift_hand_over", json!({ "id": view["fresh"], "note": "" }));
    let mut forged = done["undo"].clone();
    forged["given"] = json!([own]);
    assert_eq!(desk.call("undo", forged).unwrap_err().code, "undo_late");
    assert_eq!(desk.ok("shift", json!({}))["past"].as_array().unwrap().len(), 1, "nothing moved");
}

#[test]
fn a_shift_taken_by_hand_by_a_slip_waits_again() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "officer", &[]);
    let view = desk.ok("shift", json!({}));
    desk.ok("shift_hand_over", json!({ "id": view["fresh"], "note": "" }));
    desk.sign_in("Байжан");
    let waiting = desk.ok("shift", json!({}))["waiting"].clone();
    let done = desk.ok("shift_take", json!({ "id": waiting[0]["id"] }));
    assert_eq!(desk.ok("shift", json!({}))["waiting"], json!([]));
    undo(&desk, &done);
    assert_eq!(desk.ok("shift", json!({}))["waiting"], waiting);
    sound(&desk);
}

#[test]
fn own_lists_come_back_where_they_stood_and_what_was_changed_since_stays() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let list = |name: &str| json!({ "name": name, "queue": "all", "filter": name });
    let save = |names: &[&str]| {
        let queues: Vec<Value> = names.iter().map(|n| list(n)).collect();
        desk.ok("queues_save", json!({ "queues": queues }))
    };
    let names = || {
        let all = desk.ok("queues_saved", json!({}))["queues"].clone();
        let all = all.as_array().unwrap().clone();
        all.iter().map(|q| q["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    save(&["а", "б", "в"]);
    let gone = save(&["а", "в"]);
    let came = save(&["а", "в", "г"]);
    undo(&desk, &gone);
    assert_eq!(names(), ["а", "б", "в", "г"]);
    undo(&desk, &came);
    assert_eq!(names(), ["а", "б", "в"]);
    assert_eq!(save(&["а", "б", "в"])["undo"], Value::Null, "nothing changed");
    // A name that is taken meanwhile is said, and nothing is lost.
    let gone = save(&["а", "б"]);
    desk.ok(
        "queues_save",
        json!({ "queues": [list("а"), list("б"),
        { "name": "в", "queue": "today", "filter": "" }] }),
    );
    assert_eq!(refused(&desk, &gone), "queue_name_taken");
    assert_eq!(names(), ["а", "б", "в"]);
}

#[test]
fn days_and_steps_of_a_plan_come_back() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(heating("Абая, 7"));
    let plan = || desk.case(&case)["plan"].clone();
    let add = json!({ "case": case, "text": "свет", "working_days": 3, "after": [] });
    let added = desk.ok("plan_step_add", add.clone());
    undo(&desk, &added);
    assert_eq!(plan(), json!([]));
    desk.ok("plan_step_add", add);
    let before = plan();
    let step = before[0]["id"].clone();
    let moved = json!({ "case": case, "step": step, "working_days": 9, "reason": "" });
    let ended = |done: bool| json!({ "case": case, "step": step, "done": done, "text": "не то" });
    for (verb, args) in
        [("plan_step_move", moved), ("plan_step_end", ended(true)), ("plan_step_end", ended(false))]
    {
        let done = desk.ok(verb, args);
        assert_ne!(plan(), before, "{verb}");
        undo(&desk, &done);
        assert_eq!(plan(), before, "{verb}");
    }
    assert_eq!(desk.case(&case)["review"], json!([]));
    sound(&desk);
}
