//! A slip at the desk and Ctrl+Z: what comes back, what does not, and who may.

use chrono::Duration;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn case(desk: &TestDesk) -> String {
    desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").at("Абая 1").refer("E-HEA"))
}

fn close(desk: &TestDesk, case: &str) -> Value {
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "explained", "text": "всё",
            "not_called": "телефон не назвал" }),
    )
}

#[test]
fn a_case_closed_by_a_slip_is_open_again_and_the_history_tells_both() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = case(&desk);
    desk.sync();
    let before = desk.case(&case)["obligations"].clone();
    let done = close(&desk, &case);
    desk.sync();
    desk.ok("undo", done["undo"].clone());
    let view = desk.case(&case);
    assert_eq!(view["closed"], json!(null));
    assert_eq!(view["reopened"], 0);
    assert_eq!(view["obligations"], before);
    let told = view["timeline"].as_array().unwrap();
    let slip = told.iter().find(|i| i["kind"] == "case_closed").unwrap();
    assert!(slip["undone"]["at"].is_string(), "{slip:#}");
    assert!(!told.iter().any(|i| i["kind"] == "act_undone"), "said at the act itself");
    assert_eq!(desk.call("undo", done["undo"].clone()).unwrap_err().code, "undo_impossible");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
    assert_eq!(desk.unacknowledged(), 0);
    // And it can be closed for good.
    close(&desk, &case);
    desk.sync();
    assert_eq!(desk.case(&case)["closed"]["at_region"], true);
}

#[test]
fn a_ticked_task_a_theme_and_a_note_come_back() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = case(&desk);
    let add = json!({ "case": case, "unit": "P-UIP", "text": "обойти", "due": null });
    desk.ok("task_add", add);
    let task = desk.case(&case)["tasks"][0]["id"].clone();
    let tick =
        desk.ok("task_finish", json!({ "case": case, "task": task, "result": "не тот дом" }));
    desk.ok("undo", tick["undo"].clone());
    assert_eq!(desk.case(&case)["tasks"][0]["done"], json!(null));

    let issue = desk.case(&case)["issues"][0]["id"].clone();
    let theme = json!({ "case": case, "issue": issue, "category": "BLG-04" });
    let changed = desk.ok("category_change", theme);
    desk.ok("undo", changed["undo"].clone());
    assert_eq!(desk.case(&case)["issues"][0]["category"], "ZKH-01");
    assert_eq!(desk.case(&case)["review"], json!([]));

    let note = desk.ok("note_add", json!({ "case": case, "text": "не сюда" }));
    desk.ok("undo", note["undo"].clone());
    let told = desk.case(&case)["timeline"].clone();
    let said = told.as_array().unwrap().iter().find(|i| i["values"]["text"] == "не сюда").unwrap();
    assert!(said["undone"].is_object());
}

#[test]
fn a_case_given_to_the_wrong_colleague_is_one_s_own_again() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = case(&desk);
    let me = desk.case(&case)["controller"]["id"].clone();
    let all = desk.ok("colleagues", json!({}))["officers"].clone();
    let other = all.as_array().unwrap().iter().find(|o| o["id"] != me).unwrap()["id"].clone();
    let given = desk.ok("controller_name", json!({ "case": case, "officer": other, "reason": "" }));
    assert_eq!(desk.case(&case)["controller"]["id"], other);
    desk.ok("undo", given["undo"].clone());
    assert_eq!(desk.case(&case)["controller"]["id"], me);
}

#[test]
fn somebody_of_the_household_added_by_a_slip_is_gone_and_the_applicant_stays() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = case(&desk);
    let before = desk.case(&case)["parties"].clone();
    let person = json!({ "case": case, "party": { "surname": "Сейтова", "given": "Аяла" } });
    let done = desk.ok("member_add", person);
    assert!(desk.case(&case)["parties"].to_string().contains("Аяла"));
    desk.ok("undo", done["undo"].clone());
    assert_eq!(desk.case(&case)["parties"], before);
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
}

#[test]
fn what_left_the_station_offers_no_undo() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = case(&desk);
    desk.sync();
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    let remind = json!({ "referrals": [{ "case": case, "referral": referral }] });
    assert_eq!(desk.ok("referral_remind", remind)["undo"], json!(null));
    let more = json!({ "case": case, "agency": "E-ZKH", "text": "просим", "disclosed": {} });
    assert_eq!(desk.ok("referral_send", more)["undo"], json!(null));
    let sent = desk.case(&case)["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["kind"] == "referral_sent")
        .unwrap()["event"]
        .clone();
    let forged = json!({ "kind": "act", "case": case, "events": [sent] });
    assert_eq!(desk.call("undo", forged).unwrap_err().code, "undo_impossible");
}

#[test]
fn after_a_minute_or_by_another_officer_nothing_is_taken_back() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = case(&desk);
    let done = close(&desk, &case);
    desk.sign_in("Серікбаев");
    assert_eq!(desk.call("undo", done["undo"].clone()).unwrap_err().code, "undo_impossible");
    desk.ok("note_add", json!({ "case": case, "text": "видел, закрыто" }));
    desk.sign_in("Әлиева");
    assert_eq!(desk.call("undo", done["undo"].clone()).unwrap_err().code, "undo_overtaken");
    let note = desk.ok("note_add", json!({ "case": case, "text": "моя" }));
    world.clock.advance(Duration::seconds(61));
    assert_eq!(desk.call("undo", note["undo"].clone()).unwrap_err().code, "undo_late");
    assert!(desk.case(&case)["closed"].is_object());
}

#[test]
fn a_called_person_waits_again_and_what_was_typed_meanwhile_stays() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let join = |words: &str| desk.ok("queue_join", json!({ "words": words, "language": "ru" }));
    join("справка");
    let call = desk.ok("queue_call", json!({}));
    desk.ok("undo", call["undo"].clone());
    assert_eq!(desk.ok("queue", json!({}))["waiting"], 1);
    assert_eq!(desk.ok("reception", json!({}))["drafts"], json!([]), "its intake is gone too");

    let call = desk.ok("queue_call", json!({}));
    let mut form = call["draft"]["form"].clone();
    form["text"] = json!("справка о семье");
    desk.ok("draft_save", json!({ "id": call["draft"]["id"], "form": form }));
    desk.ok("undo", call["undo"].clone());
    assert_eq!(desk.ok("queue", json!({}))["waiting"], 1);
    assert_eq!(desk.ok("reception", json!({}))["drafts"][0]["title"], "справка о семье");

    let id = desk.ok("queue", json!({}))["lines"][0]["id"].clone();
    let gone = desk.ok("queue_leave", json!({ "id": id, "how": "gone" }));
    assert_eq!(desk.ok("queue", json!({}))["lines"], json!([]));
    desk.ok("undo", gone["undo"].clone());
    assert_eq!(desk.ok("queue", json!({}))["waiting"], 1);
}

#[test]
fn a_consultant_takes_back_who_did_not_wait() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Кеңес", "consultant", &[]);
    desk.sign_in("Кеңес");
    let id = desk.ok("queue_join", json!({ "words": "справка" }))["id"].clone();
    let gone = desk.ok("queue_leave", json!({ "id": id, "how": "mistake" }));
    desk.ok("undo", gone["undo"].clone());
    assert_eq!(desk.ok("queue", json!({}))["waiting"], 1);
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0, "the region takes a consultant's undo");
}

#[test]
fn a_discarded_draft_comes_back_for_a_minute_and_lies_on_no_disk() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}));
    let form = Form::says("Муж избил меня кастетом", "ru").category("FAM-01").0;
    desk.ok("draft_save", json!({ "id": draft["id"], "form": form }));
    let gone = desk.ok("draft_discard", json!({ "id": draft["id"] }));
    let id = json!({ "id": draft["id"] });
    assert_eq!(desk.call("draft_get", id.clone()).unwrap_err().code, "not_found");
    let kept = desk.desk.opened().unwrap().store.read(|conn| {
        let mut tables = conn.prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'",
        )?;
        let names: Vec<String> = tables.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
        let mut text = String::new();
        for name in names {
            let mut rows = conn.prepare(&format!("SELECT * FROM \"{name}\""))?;
            let columns = rows.column_count();
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                for n in 0..columns {
                    text.push_str(&format!("{:?}", row.get_ref(n)?));
                    if let Ok(bytes) = row.get_ref(n)?.as_bytes() {
                        text.push_str(&String::from_utf8_lossy(bytes));
                    }
                }
            }
        }
        Ok(text)
    });
    assert!(!kept.unwrap().contains("кастетом"), "kept in memory and nowhere else");
    desk.ok("undo", gone["undo"].clone());
    assert_eq!(desk.ok("draft_get", id.clone())["form"]["text"], "Муж избил меня кастетом");

    let gone = desk.ok("draft_discard", id.clone());
    world.clock.advance(Duration::seconds(61));
    assert_eq!(desk.call("undo", gone["undo"].clone()).unwrap_err().code, "undo_late");
    assert_eq!(desk.call("draft_get", id).unwrap_err().code, "not_found");
}

#[test]
fn the_next_officer_and_the_next_sign_in_find_nothing_of_a_discarded_draft() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let discard = || {
        let draft = desk.ok("draft_open", json!({}));
        let form = Form::says("Тайное", "ru").0;
        desk.ok("draft_save", json!({ "id": draft["id"], "form": form }));
        desk.ok("draft_discard", json!({ "id": draft["id"] }))["undo"].clone()
    };
    let undo = discard();
    desk.sign_in("Серікбаев");
    assert_eq!(desk.call("undo", undo.clone()).unwrap_err().code, "undo_late");
    desk.sign_in("Әлиева");
    assert_eq!(desk.call("undo", undo).unwrap_err().code, "undo_late");
}

#[test]
fn outside_the_circle_neither_the_act_nor_its_undo_is_known() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    let case =
        desk.takes_in(Form::says("Муж пугает", "ru").category("FAM-01").crime("26-1", "Ночлег"));
    let note = desk.ok("note_add", json!({ "case": case, "text": "тайное" }));
    desk.sign_in("Басқа");
    assert_eq!(desk.call("undo", note["undo"].clone()).unwrap_err().code, "undo_impossible");
    desk.sign_in("Әлиева");
    desk.ok("undo", note["undo"].clone());
    desk.sync();
    // A second desk of the station, nobody of the circle: not one event of it arrives.
    let second = world.desk("Екінші");
    second.sync();
    let missing = second.call("case_get", json!({ "id": case })).unwrap_err();
    assert_eq!(missing.code, "not_found");
}
