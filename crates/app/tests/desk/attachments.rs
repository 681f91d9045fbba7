//! Files a person brings: taken in, opened, taken back, and seen by nobody they are not for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::path::PathBuf;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture of the hole in the yard";

fn upload(desk: &TestDesk, bytes: &[u8]) -> String {
    let id = desk.desk.env().uuid().to_string();
    let mut from = 0;
    for part in bytes.chunks(70_000) {
        let args = json!({ "upload": id, "from": from, "base64": B64.encode(part) });
        let got = desk.ok("attachment_part", args);
        from += part.len();
        assert_eq!(got["bytes"], json!(from));
    }
    id
}

fn to_case(case: &str) -> Value {
    json!({ "to": "case", "id": case })
}

fn to_draft(draft: &Value) -> Value {
    json!({ "to": "draft", "id": draft })
}

fn try_add(desk: &TestDesk, to: &Value, name: &str, bytes: &[u8]) -> Result<Value, String> {
    let upload = upload(desk, bytes);
    desk.call("attachment_add", json!({ "upload": upload, "to": to, "name": name }))
        .map_err(|e| e.code)
}

fn add(desk: &TestDesk, to: &Value, name: &str, bytes: &[u8]) -> Value {
    try_add(desk, to, name, bytes).unwrap()["id"].clone()
}

fn files(desk: &TestDesk, to: &Value) -> Vec<Value> {
    desk.ok("attachment_list", to.clone())["files"].as_array().unwrap().clone()
}

fn names(desk: &TestDesk, to: &Value) -> Vec<String> {
    files(desk, to).iter().map(|f| f["name"].as_str().unwrap().to_owned()).collect()
}

/// What lies in the folder of files.
fn on_disk(desk: &TestDesk) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(desk.dir.join("files")) else { return Vec::new() };
    entries.map(|e| e.unwrap().path()).collect()
}

fn yard() -> Form {
    Form::says("Во дворе яма, ребёнок упал", "ru").category("BLG-04").refer("E-ZKH")
}

#[test]
fn a_picture_is_put_to_a_case_looked_at_and_taken_back() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(yard());
    let to = to_case(&case);
    let big: Vec<u8> = JPEG.iter().copied().cycle().take(400_000).collect();
    let id = add(&desk, &to, "C:\\фото\\аула.jpg", &big);
    let file = files(&desk, &to).remove(0);
    assert_eq!(file["name"], "аула.jpg");
    assert_eq!(file["media_type"], "image/jpeg");
    assert_eq!(file["bytes"], 400_000);
    assert!(file["who"].as_str().unwrap().starts_with("Әлиева"));
    assert_eq!((&file["active"], &file["here"]), (&json!(false), &json!(true)));
    assert_eq!(desk.case(&case)["timeline"][0]["kind"], "attachment_linked");
    assert_eq!(desk.case(&case)["timeline"][0]["values"]["name"], "аула.jpg");
    let raw = std::fs::read(&on_disk(&desk)[0]).unwrap();
    assert!(!raw.windows(9).any(|w| w == b"a picture"), "sealed on the disk");

    desk.ok("attachment_open", json!({ "to": to, "id": id }));
    desk.ok("attachment_save", json!({ "to": to, "id": id }));
    assert_eq!(desk.host.documents.lock().unwrap()[0], ("аула.jpg".to_owned(), big.clone()));
    assert_eq!(desk.host.saved.lock().unwrap()[0], ("аула.jpg".to_owned(), big));
    let open = desk.desk.opened().unwrap();
    let journal = open.store.read(|conn| esik_store::journal::list(conn, None, 9)).unwrap();
    let actions: Vec<&str> = journal.iter().map(|l| l.action.as_str()).collect();
    assert_eq!(actions, ["attachment_save", "attachment_open"]);
    drop(open);

    let back = |reason: &str| {
        desk.call("attachment_withdraw", json!({ "to": to, "id": id, "reason": reason }))
            .map_err(|e| e.code)
    };
    assert_eq!(back(" ").unwrap_err(), "attachment_needs_reason");
    back("не та фотография").unwrap();
    assert_eq!(on_disk(&desk), Vec::<PathBuf>::new(), "its bytes are wiped");
    let gone = files(&desk, &to).remove(0);
    assert_eq!(gone["withdrawn"]["reason"], "не та фотография");
    assert!(gone["withdrawn"]["who"].as_str().unwrap().starts_with("Әлиева"));
    assert_eq!(desk.case(&case)["timeline"][0]["kind"], "attachment_withdrawn");
    assert_eq!(desk.case(&case)["timeline"][0]["values"]["name"], "аула.jpg");
    assert_eq!(back("ещё раз").unwrap_err(), "not_found");
    let again = desk.call("attachment_open", json!({ "to": to, "id": id }));
    assert_eq!(again.unwrap_err().code, "not_found");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
}

#[test]
fn what_was_dropped_into_an_intake_survives_a_restart_and_becomes_the_cases() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let id = add(&desk, &to_draft(&draft), "яма.jpg", JPEG);
    add(&desk, &to_draft(&draft), "лишнее.txt", "не сюда".as_bytes());
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    let all = files(&desk, &to_draft(&draft));
    assert_eq!(names(&desk, &to_draft(&draft)), ["яма.jpg", "лишнее.txt"]);
    desk.ok("attachment_withdraw", json!({ "to": to_draft(&draft), "id": all[1]["id"] }));
    assert_eq!(on_disk(&desk).len(), 1);
    let done =
        desk.ok("intake_finish", json!({ "draft": draft, "form": yard().0, "print": false }));
    let to = to_case(done["case"].as_str().unwrap());
    assert_eq!(names(&desk, &to), ["яма.jpg"]);
    desk.ok("attachment_open", json!({ "to": to, "id": id }));
    assert_eq!(desk.host.documents.lock().unwrap()[0].1, JPEG);
    // And after the next start it is still wanted.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    desk.ok("attachment_open", json!({ "to": to, "id": id }));
}

#[test]
fn a_discarded_draft_and_the_crime_branch_leave_no_file_behind() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    add(&desk, &to_draft(&draft), "яма.jpg", JPEG);
    // The undo of a slip brings them back with the words.
    let undo = desk.ok("draft_discard", json!({ "id": draft }))["undo"].clone();
    assert_eq!(desk.call("attachment_list", to_draft(&draft)).unwrap_err().code, "not_found");
    desk.ok("undo", undo);
    assert_eq!(names(&desk, &to_draft(&draft)), ["яма.jpg"]);
    let id = files(&desk, &to_draft(&draft))[0]["id"].clone();
    desk.ok("attachment_open", json!({ "to": to_draft(&draft), "id": id }));
    // After the lock there is no undo, and nothing on the disk.
    desk.ok("draft_discard", json!({ "id": draft }));
    assert_eq!(on_disk(&desk).len(), 1);
    desk.ok("session_lock", json!({}));
    assert_eq!(on_disk(&desk), Vec::<PathBuf>::new());
    desk.sign_in("Әлиева");
    // Entering the КУИ number wipes what the crime was about, its pictures too.
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    add(&desk, &to_draft(&draft), "побои.jpg", JPEG);
    let form = Form::says("Избили у подъезда", "ru").crime("260000000000123", "Нужен юрист").0;
    let done = desk.ok("intake_finish", json!({ "draft": draft, "form": form, "print": false }));
    assert_eq!(names(&desk, &to_case(done["case"].as_str().unwrap())), Vec::<String>::new());
    assert_eq!(on_disk(&desk), Vec::<PathBuf>::new());
}

/// B28 (part), T7 (part).
#[test]
fn a_copy_of_an_identity_document_is_asked_about_and_a_program_is_refused() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let to = to_case(&desk.takes_in(yard()));
    let id = upload(&desk, JPEG);
    let mut asked = json!({ "upload": id, "to": to, "name": "жеке куәлік.jpg" });
    let why = desk.call("attachment_add", asked.clone()).unwrap_err();
    assert_eq!(why.code, "attachment_identity");
    // The bytes need not come again: he only says that it is none.
    asked["not_identity"] = json!(true);
    desk.ok("attachment_add", asked.clone());
    assert_eq!(names(&desk, &to), ["жеке куәлік.jpg"]);
    assert_eq!(desk.call("attachment_add", asked).unwrap_err().code, "upload_gone");
    let refused = |name: &str, bytes: &[u8]| try_add(&desk, &to, name, bytes).unwrap_err();
    assert_eq!(refused("счёт.pdf.exe", JPEG), "attachment_program");
    assert_eq!(refused("фото.jpg", b"MZ\x90\0\x03\0"), "attachment_program");
    assert_eq!(refused("фото.jpg", b"#!/bin/sh\nrm -rf ~"), "attachment_program");
    let nothing = upload(&desk, b"x");
    let empty = json!({ "upload": nothing, "from": 0, "base64": "" });
    desk.ok("attachment_part", empty);
    let empty = desk.call("attachment_add", json!({ "upload": nothing, "to": to, "name": "а" }));
    assert_eq!(empty.unwrap_err().code, "attachment_empty");
    assert_eq!(names(&desk, &to).len(), 1);
}

#[test]
fn what_may_carry_a_macro_is_opened_only_after_the_warning() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let to = to_case(&desk.takes_in(yard()));
    let id = add(&desk, &to, "план.svg", b"<svg onload='steal()'/>");
    assert_eq!(files(&desk, &to)[0]["active"], true);
    let why = desk.call("attachment_open", json!({ "to": to, "id": id })).unwrap_err();
    assert_eq!(why.code, "attachment_active");
    assert!(desk.host.documents.lock().unwrap().is_empty());
    desk.ok("attachment_open", json!({ "to": to, "id": id, "sure": true }));
    assert_eq!(desk.host.documents.lock().unwrap().len(), 1);
}

#[test]
fn a_restricted_cases_files_are_for_its_circle_only() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    desk.officer("Омарова", "officer", &["dv"]);
    desk.officer("Қонысбай", "consultant", &[]);
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    add(&desk, &to_draft(&draft), "синяк.jpg", JPEG);
    let form = Form::says("Муж бьёт", "ru").category("FAM-01").0;
    let done = desk.ok("intake_finish", json!({ "draft": draft, "form": form, "print": false }));
    let to = to_case(done["case"].as_str().unwrap());
    let id = files(&desk, &to)[0]["id"].clone();
    // Also in the feed: the event that carries the key is for the circle's desks alone.
    let open = desk.desk.opened().unwrap();
    let dv = serde_json::from_value(done["case"].clone()).unwrap();
    let events =
        open.store.read(|conn| esik_store::lists::case_events(conn, &open.actor, dv)).unwrap();
    let linked: Vec<_> =
        events.iter().filter(|e| e.entry.event.kind == "attachment_linked").collect();
    assert_eq!((linked.len(), linked[0].entry.event.circle.0.as_str()), (1, "dv"));
    drop(open);
    let open_case = to_case(&desk.takes_in(yard()));

    desk.sign_in("Серікбаев");
    for (command, args) in [
        ("attachment_list", to.clone()),
        ("attachment_open", json!({ "to": to, "id": id })),
        ("attachment_save", json!({ "to": to, "id": id })),
        ("attachment_note", json!({ "to": to, "id": id, "note": "x" })),
        ("attachment_withdraw", json!({ "to": to, "id": id, "reason": "x" })),
        // Under the name of a case he may see, it is not there either.
        ("attachment_open", json!({ "to": open_case, "id": id })),
        ("attachment_list", to_draft(&draft)),
    ] {
        assert_eq!(desk.call(command, args).unwrap_err().code, "not_found", "{command}");
    }
    assert_eq!(try_add(&desk, &to, "моё.jpg", JPEG).unwrap_err(), "not_found");
    desk.sign_in("Омарова");
    desk.case(done["case"].as_str().unwrap());
    assert_eq!(names(&desk, &to), ["синяк.jpg"]);
    desk.ok("attachment_open", json!({ "to": to, "id": id }));
    // A consultant puts nothing to a case: the region would refuse it.
    desk.sign_in("Қонысбай");
    let part = json!({ "upload": desk.desk.env().uuid(), "from": 0, "base64": B64.encode(JPEG) });
    assert_eq!(desk.call("attachment_part", part).unwrap_err().code, "forbidden");
}

#[test]
fn a_few_words_say_what_a_file_is_and_go_with_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = to_draft(&desk.ok("draft_open", json!({}))["id"]);
    let id = add(&desk, &draft, "яма.jpg", JPEG);
    let note = |to: &Value, id: &Value, words: &str| {
        desk.call("attachment_note", json!({ "to": to, "id": id, "note": words }))
            .map(|_| ())
            .map_err(|e| e.code)
    };
    note(&draft, &id, " дыра\nу  качелей ").unwrap();
    assert_eq!(files(&desk, &draft)[0]["note"], "дыра у качелей");
    assert_eq!(note(&draft, &id, &"ә".repeat(201)).unwrap_err(), "attachment_note_long");
    note(&draft, &id, &"ә".repeat(200)).unwrap();
    note(&draft, &id, "дыра у качелей").unwrap();
    let finish = json!({ "draft": draft["id"], "form": yard().0, "print": false });
    let case = to_case(desk.ok("intake_finish", finish)["case"].as_str().unwrap());
    assert_eq!(files(&desk, &case)[0]["note"], "дыра у качелей");
    note(&case, &id, "ограждена").unwrap();
    assert_eq!(files(&desk, &case)[0]["note"], "ограждена");
    assert_eq!(note(&case, &id, &"ә".repeat(201)).unwrap_err(), "attachment_note_long");
    desk.ok("attachment_withdraw", json!({ "to": case, "id": id, "reason": "не та" }));
    assert_eq!(note(&case, &id, "поздно").unwrap_err(), "not_found");
    desk.sync();
    assert_eq!(
        (desk.unacknowledged(), &desk.case(case["id"].as_str().unwrap())["refused"]),
        (0, &json!([])),
        "the region agrees"
    );
    // Another officer's draft is none.
    let draft = to_draft(&desk.ok("draft_open", json!({}))["id"]);
    let id = add(&desk, &draft, "яма.jpg", JPEG);
    desk.officer("Серікбаев", "officer", &[]);
    desk.sign_in("Серікбаев");
    assert_eq!(note(&draft, &id, "чужое").unwrap_err(), "not_found");
}

#[test]
fn another_officers_draft_takes_no_file() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    desk.sign_in("Серікбаев");
    assert_eq!(try_add(&desk, &to_draft(&draft), "яма.jpg", JPEG).unwrap_err(), "not_found");
}

/// The orphan of the next test, so many days old.
fn aged_in(desk: &TestDesk, world: &World, days: u64) {
    let orphan = desk.dir.join("files").join("ab".repeat(32));
    let at = std::time::SystemTime::from(world.clock.now())
        - std::time::Duration::from_secs(days * 86_400);
    std::fs::File::options().write(true).open(orphan).unwrap().set_modified(at).unwrap();
}

#[test]
fn a_crash_leaves_no_orphan_and_a_damaged_file_is_never_shown() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let to = to_case(&desk.takes_in(yard()));
    let id = add(&desk, &to, "яма.jpg", JPEG);
    let kept = on_disk(&desk).remove(0);
    std::fs::write(desk.dir.join("files").join("ab".repeat(32)), "no event").unwrap();
    std::fs::write(desk.dir.join("files").join("half.part"), "no end").unwrap();
    // A file without an event may be one that an older database does not know of yet: it stays a month.
    aged_in(&desk, &world, 29);
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(on_disk(&desk).len(), 2, "half of a file is gone, the orphan is not");
    aged_in(&desk, &world, 31);
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(on_disk(&desk), std::slice::from_ref(&kept));
    let mut raw = std::fs::read(&kept).unwrap();
    raw[20] ^= 1;
    std::fs::write(&kept, raw).unwrap();
    let open =
        |_: ()| desk.call("attachment_open", json!({ "to": to, "id": id })).unwrap_err().code;
    assert_eq!(open(()), "file_damaged");
    // What is left of it is put aside, and the region is asked for the whole one.
    assert!(!kept.exists() && kept.with_extension("damaged").exists());
    assert_eq!(open(()), "file_missing");
    assert_eq!(files(&desk, &to)[0]["here"], false);
    assert!(desk.host.documents.lock().unwrap().is_empty());
}

#[test]
fn parts_come_in_order_and_no_file_is_larger_than_the_limit() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let part = |id: &str, from: u64, bytes: &[u8]| {
        let args = json!({ "upload": id, "from": from, "base64": B64.encode(bytes) });
        desk.call("attachment_part", args).map_err(|e| e.code)
    };
    let id = desk.desk.env().uuid().to_string();
    assert_eq!(part(&id, 5, b"late").unwrap_err(), "upload_gone");
    part(&id, 0, b"first").unwrap();
    assert_eq!(part(&id, 9, b"gap").unwrap_err(), "upload_gone");
    assert_eq!(on_disk(&desk), Vec::<PathBuf>::new(), "what cannot go on leaves nothing");
    // The limit itself is `fits` of the domain; here it is seen that what is over it leaves nothing.
    part(&id, 0, b"first").unwrap();
    assert_eq!(part(&id, 50 * 1024 * 1024, b"x").unwrap_err(), "attachment_too_large");
    assert_eq!(on_disk(&desk), Vec::<PathBuf>::new());
    // A lock drops what was on its way.
    part(&id, 0, b"first").unwrap();
    assert_eq!(on_disk(&desk).len(), 1);
    desk.ok("session_lock", json!({}));
    assert_eq!(on_disk(&desk), Vec::<PathBuf>::new());
}

#[test]
fn a_withdrawal_the_region_refused_is_no_broken_disk() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let to = to_case(&desk.takes_in(yard()));
    let id = add(&desk, &to, "яма.jpg", JPEG);
    desk.ok("attachment_withdraw", json!({ "to": to, "id": id, "reason": "не та" }));
    let open = desk.desk.opened().unwrap();
    let faults = |_: ()| {
        let mut report = esik_store::verify::VerifyReport::default();
        open.store
            .read(|conn| {
                esik_store::verify::verify_files(conn, &open.files, open.device_id, &mut report)
            })
            .unwrap();
        report.faults
    };
    open.store
        .write(|tx| {
            tx.execute(
                "UPDATE event SET verdict = 'rejected' WHERE kind = 'attachment_withdrawn'",
                [],
            )?;
            Ok::<_, esik_store::StoreError>(())
        })
        .unwrap();
    assert_eq!(faults(()), []);
    // One that nobody took back is missed.
    add(&desk, &to, "двор.jpg", JPEG);
    std::fs::remove_file(&on_disk(&desk)[0]).unwrap();
    assert_eq!(faults(()).len(), 1);
}
