//! The database of a desk, taken to another machine without its keys.

use esik_testkit::{Form, PASSWORD, TestDesk, World};
use serde_json::json;
use std::path::Path;

fn form(text: &str) -> Form {
    Form::says(text, "ru").category("ZKH-01").at("ул. Абая, 3").refer("E-HEA")
}

/// What the other machine's profile holds goes; the moved database takes its place, with or without that profile's keys.
fn moved(from: &Path, to: TestDesk, with_keys: bool) -> TestDesk {
    to.desk.close();
    for entry in std::fs::read_dir(&to.dir).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("esik.db")
            || (!with_keys && (name.starts_with("keys") || name == "face.json"))
        {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    std::fs::copy(from.join("esik.db"), to.dir.join("esik.db")).unwrap();
    to.restart()
}

/// S18: without its keys the database opens to nobody, is not written over however often somebody tries, and sends
/// nothing. The desk on the other machine is a new one: it sends nothing before it has joined with a code of its own,
/// under a device and keys of its own, and the region gives it what was sent; what was not sent goes from where it
/// lies. (A backup has the keys in it, and begins a new life: `a_backup_restores_into_an_empty_profile_as_a_new_life`.)
#[test]
fn a_database_moved_without_its_keys_sends_nothing_until_the_desk_joins_anew() {
    let world = World::new();
    let a = world.desk("Әлиева");
    let sent = a.takes_in(form("Нет тепла"));
    a.sync();
    let unsent = a.takes_in(form("Нет воды"));
    a.desk.close();
    let before = std::fs::read(a.dir.join("esik.db")).unwrap();
    let events = || world.region.store().head().unwrap();
    let at_region = events();

    // Alone in the folder: nobody can sign in, and setting up a new desk there is refused, again and again.
    let alone = moved(&a.dir, world.unjoined_desk("Бекова"), false);
    let new = json!({ "language": "ru", "officer": {
        "surname": "Бекова", "given": "Дана", "post": "Инспектор", "role": "head", "password": PASSWORD } });
    for _ in 0..3 {
        let refused = alone.call("profile_create", new.clone()).unwrap_err();
        assert_eq!(refused.code, "keyring_damaged");
        assert!(std::fs::read(alone.dir.join("esik.db")).unwrap() == before, "it was touched");
    }

    // In the place of another desk's database: that desk's keys do not open it.
    let other = moved(&a.dir, world.desk("Ким"), true);
    let officer = other.desk.officers().remove(0).id;
    for _ in 0..2 {
        let open = json!({ "officer": officer, "password": PASSWORD });
        assert_eq!(other.call("session_open", open).unwrap_err().code, "corrupt");
        assert!(std::fs::read(other.dir.join("esik.db")).unwrap() == before, "it was touched");
    }
    assert_eq!(events(), at_region, "nothing was sent");

    // A new desk on that machine: it works at once, and sends nothing before it has joined.
    let fresh = world.unjoined_desk("Дәуренова");
    let status = fresh.call("sync_now", json!({}));
    let said = status
        .map_or_else(|r| r.code, |s| s["failure"]["code"].as_str().unwrap_or("none").to_owned());
    assert_eq!(said, "not_enrolled");
    assert_eq!(events(), at_region);
    let devices = world.region.store().devices().unwrap().len();
    world.join(&fresh);
    assert_eq!(world.region.store().devices().unwrap().len(), devices + 1, "a device of its own");
    assert_eq!(fresh.case(&sent)["id"], sent.as_str());
    assert!(fresh.call("case_get", json!({ "id": unsent })).is_err());

    // Where it lies with its keys, it goes on.
    let a = a.restart();
    a.sign_in("Әлиева");
    a.sync();
    assert_eq!(a.unacknowledged(), 0);
    fresh.sync();
    assert_eq!(fresh.case(&unsent)["id"], unsent.as_str());
}
