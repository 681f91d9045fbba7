//! A computer whose disk rots: the officer is told, mends the desk by one button, and has everything back.

use esik_store::mend;
use esik_testkit::{Form, PASSWORD, TestDesk, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn form(text: &str) -> Form {
    Form::says(text, "ru").category("ZKH-01").at("ул. Абая, 3").refer("E-HEA")
}

fn officer(desk: &TestDesk) -> Value {
    json!({ "officer": desk.desk.officers()[0].id, "password": PASSWORD })
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, &bytes).unwrap();
}

fn database(desk: &TestDesk) -> PathBuf {
    desk.dir.join("esik.db")
}

/// Every case by what the person said.
fn told(desk: &TestDesk, ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| desk.case(id)["narrative"].as_str().unwrap().to_owned()).collect()
}

/// T26, B07 (part): the first page of the database is damaged, so that not one row of it can be read. The officer who signs in
/// mends it: what was sent comes from the region, what was not lies in the spare, and the desk works on with the region.
#[test]
fn a_desk_whose_database_is_damaged_is_mended_by_whoever_signs_in() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let other = world.desk("Бекова");
    let mut ids: Vec<String> = ["one", "two"].iter().map(|t| desk.takes_in(form(t))).collect();
    desk.sync();
    ids.extend(["three", "four"].iter().map(|t| desk.takes_in(form(t))));
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let typed = json!({ "id": draft, "form": Form::says("Шум в", "ru").0 });
    desk.ok("draft_save", typed);
    let waiting = desk.unacknowledged();
    assert!(waiting > 0);
    desk.desk.close();
    flip(&database(&desk), 2000);
    let before = std::fs::read(database(&desk)).unwrap();

    let desk = desk.restart();
    let refused = desk.call("session_open", officer(&desk)).unwrap_err();
    assert_eq!(refused.code, "corrupt");
    assert!(
        std::fs::read(database(&desk)).unwrap() == before,
        "nothing is written on a damaged file"
    );
    let wrong = json!({ "officer": desk.desk.officers()[0].id, "password": "ein anderes" });
    assert_eq!(desk.call("desk_mend", wrong).unwrap_err().code, "wrong_password");
    let state = desk.ok("desk_mend", officer(&desk));
    assert_eq!(state["phase"], "open");
    assert_eq!(state["warnings"], json!([]));
    // At once: what only this desk had.
    assert_eq!(desk.unacknowledged(), waiting);
    assert_eq!(told(&desk, &ids[2..]), ["three", "four"]);
    let kept = desk.ok("draft_get", json!({ "id": draft }));
    assert_eq!(kept["form"]["text"], "Шум в");
    let board = desk.ok("sync_board", json!({}));
    assert_eq!(board["mended"]["whole"], false);
    let aside = desk.dir.join(board["mended"]["kept_as"].as_str().unwrap());
    assert!(std::fs::read(aside).unwrap() == before, "the damaged file is kept as it was");
    // With the next contact: everything.
    let status = desk.sync();
    assert_eq!(
        (&status["unacknowledged"], &status["failure"]),
        (&json!(0), &Value::Null),
        "{status}"
    );
    assert_eq!(told(&desk, &ids), ["one", "two", "three", "four"]);
    desk.sound();
    // It works on, under numbers that nobody had, and everybody hears it.
    ids.push(desk.takes_in(form("five")));
    desk.sync();
    let status = desk.sync();
    assert_eq!(
        (&status["unacknowledged"], &status["failure"]),
        (&json!(0), &Value::Null),
        "{status}"
    );
    desk.sound();
    other.sync();
    assert_eq!(told(&other, &ids), ["one", "two", "three", "four", "five"]);
    let numbers: std::collections::BTreeSet<String> =
        ids.iter().map(|id| other.case(id)["number"].to_string()).collect();
    assert_eq!(numbers.len(), ids.len(), "{numbers:?}");
    world.clock.advance(chrono::Duration::days(31));
    assert_eq!(desk.ok("sync_board", json!({}))["mended"], Value::Null);
}

/// S8 (part), S12 (part), T26 (part): of what waited one note is on no disk any more. What was written after it waits a day for
/// somebody who brings that note, then it goes; the region knows what is lost, and a colleague reads what is not.
#[test]
fn what_was_written_after_a_lost_event_goes_when_a_day_has_passed() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let other = world.desk("Бекова");
    let id = desk.takes_in(form("one"));
    desk.sync();
    for text in ["first note", "second note", "third note"] {
        desk.ok("note_add", json!({ "case": id, "text": text }));
    }
    desk.desk.close();
    flip(&database(&desk), 2000);
    let desk = desk.restart();
    assert_eq!(desk.call("session_open", officer(&desk)).unwrap_err().code, "corrupt");
    desk.ok("desk_mend", officer(&desk));
    let lost = "DROP TRIGGER event_stays;
        DELETE FROM event WHERE json_extract(bytes, '$.body.text') = 'second note';
        UPDATE own_head SET unsent = unsent - 1 WHERE incarnation = (SELECT max(incarnation) FROM own_head)";
    let open = desk.desk.opened().unwrap();
    open.store.write(move |tx| Ok(tx.execute_batch(lost)?)).unwrap();
    for hours in [0, 1, 22] {
        world.clock.advance(chrono::Duration::hours(hours));
        let status = desk.sync();
        let said = (&status["unacknowledged"], &status["failure"]);
        assert_eq!(said, (&json!(1), &Value::Null), "{hours}: {status}");
    }
    let asides = || world.region.store().asides(10).unwrap();
    assert!(asides().is_empty());
    world.clock.advance(chrono::Duration::hours(2));
    assert_eq!(desk.sync()["unacknowledged"], 0);
    assert_eq!(asides().iter().map(|a| a.row.code.as_str()).collect::<Vec<_>>(), ["lost"]);
    other.sync();
    let notes = other.case(&id).to_string();
    assert!(notes.contains("first note") && notes.contains("third note"), "{notes}");
    assert!(!notes.contains("second note"), "{notes}");
    // It is over: nothing is asked again.
    assert_eq!(desk.sync()["failure"], Value::Null);
    assert_eq!(asides().len(), 1);
}

/// A page that is met in the middle of the work: the officer is told by every screen, and the next sign-in mends it.
#[test]
fn damage_met_at_work_is_remembered_for_the_next_sign_in() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let id = desk.takes_in(form("one"));
    // A desk that nothing is wrong with keeps its numbers and its life.
    assert_eq!(desk.call("desk_mend", officer(&desk)).unwrap_err().code, "bad_request");
    desk.desk.close();
    // The last pages: of lists and search, which signing in does not read.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    let open = desk.desk.opened().unwrap();
    // Nothing of it is kept in memory any more, and every page but the first is damaged.
    open.store.flush().unwrap();
    let bytes = std::fs::read(database(&desk)).unwrap();
    desk.desk.close();
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    for page in 12..bytes.len() / 4096 {
        flip(&database(&desk), page * 4096 + 99);
    }
    let refused = desk.call("case_get", json!({ "id": id })).unwrap_err();
    assert_eq!(refused.code, "corrupt");
    // What is being typed is saved all the same, and nothing keeps the officer from locking the desk.
    let typed = json!({ "id": desk.desk.env().uuid(), "form": Form::says("Шум во дворе", "ru").0 });
    desk.ok("draft_save", typed.clone());
    desk.ok("typed_keep", json!({ "text": null }));
    desk.ok("typed_keep", json!({ "text": "half a word" }));
    let warned = &desk.ok("app_state", json!({}))["warnings"][0]["code"];
    assert_eq!(warned, "database_damaged");
    // Nothing else is: it might lie on a page that nobody can read tomorrow.
    let form = json!({ "form": form("two").0, "print": false });
    assert_eq!(desk.call("intake_finish", form).unwrap_err().code, "corrupt");
    desk.ok("session_lock", json!({}));
    assert_eq!(desk.call("session_open", officer(&desk)).unwrap_err().code, "corrupt");
    // By then not one row of it can be read any more.
    flip(&database(&desk), 2000);
    desk.ok("desk_mend", officer(&desk));
    let kept = desk.ok("draft_get", json!({ "id": typed["id"] }));
    assert_eq!(kept["form"]["text"], "Шум во дворе");
    assert_eq!(desk.ok("typed_take", json!({}))["text"], "half a word");
    assert_eq!(told(&desk, &[id]), ["one"]);
    assert_eq!(desk.ok("app_state", json!({}))["warnings"], json!([]));
    desk.sound();
}

/// A program that was cut off while it put the new file in its place ends that at the next sign-in; and a log that was
/// damaged after a crash is noticed, because the spare knows more.
#[test]
fn what_a_crash_left_is_noticed_at_the_next_sign_in() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let id = desk.takes_in(form("one"));
    desk.desk.opened().unwrap().store.flush().unwrap();
    let lost = desk.takes_in(form("two"));
    // The machine stops: the second case lies in the log alone, and the spare has it. Then the log is damaged.
    let crashed = world.folder().join("crashed");
    std::fs::create_dir_all(&crashed).unwrap();
    let copy = |from: &Path, to: &Path| {
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    };
    copy(&desk.dir, &crashed);
    desk.desk.close();
    std::fs::copy(desk.dir.join("esik.spare"), crashed.join("esik.spare")).unwrap();
    flip(&crashed.join("esik.db-wal"), 40);
    let desk = world.started(&crashed);
    assert_eq!(desk.call("session_open", officer(&desk)).unwrap_err().code, "corrupt");
    desk.ok("desk_mend", officer(&desk));
    assert_eq!(told(&desk, &[id.clone(), lost]), ["one", "two"]);
    // Ended at the door.
    desk.desk.close();
    std::fs::rename(database(&desk), desk.dir.join("esik.db.mended")).unwrap();
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(told(&desk, &[id]), ["one"]);
    mend::finish(&esik_store::profile::Profile::at(&desk.dir)).unwrap();
}

/// T30 (part), S16 (part): somebody put the database of another day in today's place. Signing in tells it, without a line; mended, the
/// desk has what was sent since from the region and what was not from the spare, and writes on in a new life.
#[test]
fn a_database_of_another_day_is_noticed_before_anything_is_written() {
    let world = World::new();
    let (desk, other) = (world.desk("Әлиева"), world.desk("Бекова"));
    let mut ids = vec![desk.takes_in(form("one"))];
    desk.sync();
    desk.desk.close();
    let before = std::fs::read(database(&desk)).unwrap();
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    ids.push(desk.takes_in(form("two")));
    desk.sync();
    ids.push(desk.takes_in(form("three")));
    let waiting = desk.unacknowledged();
    desk.desk.close();
    std::fs::write(database(&desk), before).unwrap();
    let desk = desk.restart();
    assert_eq!(desk.call("session_open", officer(&desk)).unwrap_err().code, "set_back");
    desk.ok("desk_mend", officer(&desk));
    assert_eq!(desk.unacknowledged(), waiting);
    assert_eq!(told(&desk, &ids[2..]), ["three"]);
    ids.push(desk.takes_in(form("four")));
    for one in [&desk, &desk, &other] {
        let status = one.sync();
        assert_eq!(status["failure"], Value::Null, "{status}");
    }
    for one in [&desk, &other] {
        assert_eq!(told(one, &ids), ["one", "two", "three", "four"]);
        one.sound();
    }
}

/// T4 (part), T30 (part), S16: somebody put the whole folder of another day in today's place, with keyring and spare, so that all of
/// it fits together. What is noted outside the folder tells it at sign-in, without a line, and again until it is mended; then the
/// desk writes on in a new life, nothing that was sent is lost, no number of a sequence is used twice, and nobody is accused again.
#[test]
fn a_whole_folder_of_another_day_is_noticed_before_anything_is_written() {
    let world = World::new();
    let (desk, other) = (world.desk("Әлиева"), world.desk("Бекова"));
    let mut ids = vec![desk.takes_in(form("one"))];
    desk.sync();
    desk.desk.close();
    let copy = desk.dir.with_file_name("copy");
    copied(&desk.dir, &copy);
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    ids.push(desk.takes_in(form("two")));
    desk.sync();
    // As of a power cut: no lock notes how far the desk has come. The contact did.
    let dir = desk.dir.clone();
    drop(desk);
    std::fs::remove_dir_all(&dir).unwrap();
    std::fs::rename(&copy, &dir).unwrap();

    let mut desk = world.started(&dir);
    for _ in 0..2 {
        assert_eq!(desk.call("session_open", officer(&desk)).unwrap_err().code, "set_back");
        desk = desk.restart();
    }
    desk.ok("desk_mend", officer(&desk));
    assert_eq!(told(&desk, &ids[..1]), ["one"]);
    let mended = desk.ok("sync_board", json!({}))["mended"].clone();
    assert_eq!((&mended["set_back"], &mended["whole"]), (&json!(true), &json!(true)), "{mended}");
    ids.push(desk.takes_in(form("three")));
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    ids.push(desk.takes_in(form("four")));
    for one in [&desk, &desk, &other] {
        let status = one.sync();
        assert_eq!(status["failure"], Value::Null, "{status}");
    }
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    for one in [&desk, &other] {
        assert_eq!(told(one, &ids), ["one", "two", "three", "four"]);
        one.sound();
    }
    let lives = desk.desk.opened().unwrap().store.read(|conn| {
        let mut asked = conn.prepare(
            "SELECT count(*), count(DISTINCT json_extract(bytes, '$.incarnation') || '.' || device_seq) FROM event
             WHERE device_id = (SELECT device_id FROM own_head LIMIT 1)",
        )?;
        Ok(asked.query_row([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?)))?)
    });
    let (events, places) = lives.unwrap();
    assert_eq!(events, places);
}

/// S16 (part): the same copy of the folder is put back again and again. Each time the desk begins a later life than any that was noted.
#[test]
fn whoever_is_mended_again_begins_a_later_life() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.takes_in(form("one"));
    desk.sync();
    desk.desk.close();
    let (dir, copy) = (desk.dir.clone(), desk.dir.with_file_name("copy"));
    drop(desk);
    copied(&dir, &copy);
    let mut noted = 0;
    for n in 0..7 {
        std::fs::remove_dir_all(&dir).unwrap();
        copied(&copy, &dir);
        let desk = world.started(&dir);
        if n == 0 {
            desk.sign_in("Әлиева");
        } else {
            assert_eq!(desk.call("session_open", officer(&desk)).unwrap_err().code, "set_back");
            desk.ok("desk_mend", officer(&desk));
        }
        let life = desk.desk.opened().unwrap().incarnation;
        assert!(life > noted, "life {life} after {noted}");
        noted = life;
        desk.takes_in(form("again"));
        assert_eq!(desk.sync()["failure"], Value::Null);
    }
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
