//! A first day: a profile, an intake over `rpc`, and the proof that it is kept.

use crate::run::{Place, command, finish, run};
use serde_json::{Value, json};

#[test]
fn an_intake_over_rpc_is_kept_and_proven() {
    let place = Place::new();
    let made = place.run(&["init", "--surname", "Әлиева", "--given", "Дана", "--role", "head"]);
    assert!(made.ok && made.one()["officer"].is_string(), "{made:?}");
    let empty = place.run(&["state-hash"]).one()["state_hash"].clone();

    let said = json!({
        "text": "Нет отопления вторые сутки, батареи холодные.", "language": "ru",
        "category": "ZKH-01", "address": "ул. Абая, д. 5, кв. 12",
        "applicant": { "role": "applicant", "surname": "Иванов", "given": "Пётр",
                       "phone": "8 701 000 00 01", "iin": "991231500006" },
        "referrals": [{ "agency": "E-HEA", "disclosed": { "address": true, "name": false, "phone": true } }],
    });
    let answers = place.rpc(&[
        json!({ "id": 1, "cmd": "app_state" }),
        json!({ "id": 2, "cmd": "draft_open" }),
        json!({ "id": 3, "cmd": "intake_preview", "args": { "form": said } }),
        json!({ "id": 4, "as": "officer", "cmd": "intake_finish", "args": { "form": said } }),
        json!({ "id": 5, "as": "Әлие", "cmd": "reception" }),
        json!({ "id": 6, "as": "Иванов", "cmd": "reception" }),
        json!({ "id": 7, "cmd": "no_such_command" }),
        json!({ "id": 8, "cmd": "case_get", "args": { "id": 5 } }),
    ]);
    for (n, answer) in (1..).zip(&answers) {
        assert_eq!(answer["id"], n);
    }
    assert_eq!(answers[0]["ok"]["phase"], "open");
    let draft = answers[1]["ok"]["id"].as_str().unwrap();
    assert_eq!(answers[2]["ok"]["becomes"], "case");
    let done = &answers[3]["ok"];
    assert_eq!(done["becomes"], "case", "{done}");
    assert!(done["number"].as_str().unwrap().starts_with("ESK-"), "{done}");
    assert_eq!(answers[4]["ok"]["taken_today_count"], 1);
    // His keys are not open: nobody acts under another name.
    assert_eq!(answers[5]["error"]["code"], "locked");
    assert_eq!(answers[6]["error"]["code"], "unknown_command");
    assert_eq!(answers[7]["error"]["code"], "bad_request");

    let case = done["case"].as_str().unwrap();
    let answers = place.rpc(&[
        json!({ "id": "a", "cmd": "case_get", "args": { "id": case } }),
        json!({ "id": "b", "cmd": "draft_get", "args": { "id": draft } }),
    ]);
    assert_eq!(answers[0]["ok"]["referrals"][0]["agency"], "E-HEA");
    assert_eq!(answers[0]["ok"]["parties"][0]["party"]["phone"], "+77010000001");
    assert_eq!(answers[1]["ok"]["id"], draft, "a draft outlives the program");

    let after = place.run(&["state-hash"]).one()["state_hash"].clone();
    assert_ne!(empty, after);
    assert_eq!(after, place.run(&["state-hash"]).one()["state_hash"], "a hash is a fact");
    let proof = place.run(&["verify"]);
    assert!(proof.ok, "{proof:?}");
    assert_eq!(proof.one()["sound"], true);
    assert_eq!(proof.one()["unchecked"], 0, "every signature was checked");

    let hit = place.run(&["search", "иванов"]);
    assert_eq!(hit.one()["id"], *case);
    for field in ["kind", "number", "title", "score"] {
        assert!(!hit.one()[field].is_null(), "{field}: {hit:?}");
    }
    assert!(place.run(&["search", "--", "-холодно"]).ok, "a text may begin with a dash");

    let dump = place.run(&["dump", "--canonical"]);
    assert!(dump.lines.iter().any(|l| l["table"] == "event" && l["kind"] == "case_opened"));
    // That it was dumped is in the next one.
    let looks = |l: &Value| l["kind"] == "looks_noted" || l["kind"] == "looks";
    let mut again = place.run(&["dump", "--canonical"]).lines;
    let (mut dump, records) = (dump.lines, again.iter().filter(|l| looks(l)).count());
    assert_eq!(records, 2 + dump.iter().filter(|l| looks(l)).count(), "an event and its row");
    for lines in [&mut dump, &mut again] {
        lines.retain(|l| !looks(l));
    }
    assert_eq!(dump, again);
    // Records of who looked are no cases.
    assert_eq!(place.run(&["verify"]).one()["cases"], 1);
    assert_eq!(place.run(&["state-hash"]).one()["streams"], 1);
}

#[test]
fn the_engine_runs_as_promised() {
    let place = Place::with_profile();
    let told = place.run(&["diag"]);
    let told = told.one();
    assert_eq!(told["pragmas"]["synchronous"], "FULL");
    assert_eq!(told["pragmas"]["journal_mode"], "wal");
    assert_eq!(told["pragmas"]["secure_delete"], 1);
    assert_eq!(told["pragmas"]["foreign_keys"], 1);
    let number =
        |v: &str| -> Vec<u32> { v.split(['.', ' ']).map_while(|p| p.parse().ok()).collect() };
    assert!(number(told["sqlite_version"].as_str().unwrap()) >= vec![3, 53, 2], "{told}");
    assert!(number(told["cipher_version"].as_str().unwrap()) >= vec![4, 19], "{told}");
}

#[test]
fn the_password_comes_from_stdin_too_and_officers_are_added_by_who_may() {
    let place = Place::new();
    let profile = place.text("desk");
    let line = format!("{}\n", crate::run::PASSWORD);
    let made = run(&["--profile", &profile, "init", "--surname", "Әлиева"], line.as_bytes());
    assert!(made.ok, "{made:?}");
    let theirs = place.write("theirs", "өз-құпиясөзі-7".as_bytes());
    let added = place.run(&[
        "officer-add",
        "--surname",
        "Серікбай",
        "--given",
        "Ерлан",
        "--role",
        "officer",
        "--new-password-file",
        &theirs,
    ]);
    assert!(added.ok && added.one()["officer"].is_string(), "{added:?}");
    let as_new = |args: &[&str]| {
        let mut all = vec!["--profile", &profile, "--password-file", &theirs, "--as", "Серік"];
        all.extend(args);
        run(&all, b"")
    };
    assert!(as_new(&["state-hash"]).ok);
    let refused =
        as_new(&["officer-add", "--surname", "Х", "--given", "Y", "--new-password-file", &theirs]);
    assert_eq!((refused.ok, refused.code()), (false, "forbidden"));
    let refused = as_new(&["enroll", "--server", "https://localhost:1", "--code", "x"]);
    assert_eq!((refused.ok, refused.code()), (false, "forbidden"));
}

#[test]
fn the_test_clock_stands_where_it_is_told() {
    let place = Place::with_profile();
    let mut command = command();
    command.env("ESIK_CLOCK", "2026-03-02T05:00:00Z").args([
        "--profile",
        &place.text("desk"),
        "--password-file",
        &place.text("password"),
        "rpc",
    ]);
    let answer = finish(command, b"{\"id\":1,\"cmd\":\"reception\"}\n");
    assert_eq!(answer.one()["ok"]["today"], "2026-03-02", "{answer:?}");
    let mut command = crate::run::command();
    command.env("ESIK_CLOCK", "tomorrow").args(["check", "iin", "1"]);
    assert_eq!(finish(command, b"").code(), "test_clock");
}

#[test]
fn a_restricted_case_is_not_in_another_officers_dump_search_or_export() {
    let place = Place::with_profile();
    let theirs = place.write("theirs", "өз-құпиясөзі-7".as_bytes());
    assert!(
        place
            .run(&[
                "officer-add",
                "--surname",
                "Серікбай",
                "--given",
                "Е",
                "--new-password-file",
                &theirs
            ])
            .ok
    );
    let told = "Прошу помочь с жильём для меня и детей Кенжеғара";
    let file = place.write(
        "in.ndjson",
        format!(
            "{}\n{}\n",
            json!({ "narrative": told, "category": "FAM-01", "number": "DV-1" }),
            json!({ "narrative": "Нет света во дворе", "category": "BLG-01", "number": "OPEN-1" })
        )
        .as_bytes(),
    );
    assert!(place.run(&["import", &file]).ok);
    let own = |args: &[&str]| place.run(args).raw;
    let other = |args: &[&str]| {
        let (profile, mut all) = (place.text("desk"), vec!["--as", "Серік"]);
        all.extend(["--profile", &profile, "--password-file", &theirs]);
        all.extend(args);
        run(&all, b"").raw
    };
    for args in [
        ["dump", "--canonical"].as_slice(),
        &["search", "Кенжеғара"],
        &["search", "DV-1"],
        &["export"],
    ] {
        assert!(own(args).contains("DV-1"), "{args:?}");
        let seen = other(args);
        assert!(!seen.contains("DV-1") && !seen.contains("Кенжеғара"), "{args:?}: {seen}");
    }
    assert!(other(&["dump", "--canonical"]).contains("OPEN-1"));
    assert!(other(&["export"]).contains("OPEN-1"));
}
