//! What is half-typed in a form when the desk locks waits for whose it is.

use esik_testkit::{TestDesk, World};
use serde_json::{Value, json};

const CANARY: &str = "Ответ пришёл без подписи, дом 14";

fn keep(desk: &TestDesk, text: Value) {
    desk.ok("typed_keep", json!({ "text": text }));
}

fn take(desk: &TestDesk) -> Value {
    desk.ok("typed_take", json!({}))["text"].clone()
}

#[test]
fn what_is_typed_waits_for_its_officer_and_is_given_once() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "officer", &[]);
    keep(&desk, json!(CANARY));
    desk.ok("session_lock", json!({}));
    // It lies in the database, which is closed: nothing of it is to be read, and a program that ends forgets nothing.
    let desk = desk.restart();
    let mut folders = vec![desk.dir.clone()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                let clear = bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes());
                assert!(!clear, "{}", path.display());
            }
        }
    }
    for command in ["typed_take", "typed_keep"] {
        assert_eq!(desk.call(command, json!({ "text": null })).unwrap_err().code, "locked");
    }

    desk.sign_in("Байжан");
    assert_eq!(take(&desk), json!(null), "another officer's");
    keep(&desk, json!("иное"));
    desk.sign_in("Әлиева");
    assert_eq!(take(&desk), json!(CANARY));
    assert_eq!(take(&desk), json!(null), "once");
    keep(&desk, json!("раньше"));
    keep(&desk, json!(null));
    desk.sign_in("Байжан");
    assert_eq!(take(&desk), json!("иное"));
    desk.sign_in("Әлиева");
    assert_eq!(take(&desk), json!(null), "nothing was typed the last time");
}

/// What is typed while practising is practice's.
#[test]
fn practice_and_the_desk_keep_each_their_own() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    keep(&desk, json!(CANARY));
    desk.ok("practice_enter", json!({}));
    assert_eq!(take(&desk), json!(null));
    keep(&desk, json!("упражнение"));
    desk.ok("session_lock", json!({}));
    desk.sign_in("Әлиева");
    assert_eq!(take(&desk), json!(CANARY));
}
