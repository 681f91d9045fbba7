//! What was revoked from another process is refused by the running region from the next request on: far sooner than
//! the sixty seconds that are allowed. Nothing that comes all the same is dropped.

use crate::{heating, on};
use serde_json::{Value, json};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};

fn set_aside(region: &Region) -> Vec<String> {
    let all = region.admin(&["quarantine", "list"]);
    all.as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap().to_owned()).collect()
}

/// S14 (part), B25: an officer, a device, a clerk's account with its open session.
#[test]
fn what_is_revoked_at_the_command_line_is_refused_by_the_running_region() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(&dir.path().join("region"));
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let mut desk = DeskProcess::start(&a);
    let done = desk.ok("intake_finish", heating("Ауэзов, 12"));
    desk.ok("sync_now", json!({}));
    let mut clerk = region.clerk("E-HEA");
    let request = clerk.requests().remove(0);
    let device = on(&b, &["sync", "--once"]);
    assert!(!device.is_empty());

    // The officer of the first desk: what he signs from now on waits for a person's decision.
    let officers = region.admin(&["officer", "list"]);
    let named = |surname: &str| -> Value {
        let all = officers.as_array().unwrap();
        all.iter().find(|o| o["name"].as_str().unwrap().starts_with(surname)).unwrap().clone()
    };
    let first = named("Әлиева");
    region.admin(&["officer", "revoke", first["officer"].as_str().unwrap()]);
    for text in ["Кілт көршіде", "Көрші үйде жоқ"] {
        desk.ok("note_add", json!({ "case": done["case"], "text": text }));
    }
    desk.ok("sync_now", json!({}));
    assert_eq!(set_aside(&region), ["officer_revoked"; 2]);
    let board = desk.ok("sync_board", json!({}));
    let told = board["refused"].as_array().unwrap();
    assert_eq!(told.len(), 2, "and its author is told");
    assert!(told.iter().all(|r| r["set_aside"] == true), "{board}");
    desk.end();

    // The second desk as a whole; it made a case before it could know.
    let mut other = DeskProcess::start(&b);
    let before = other.ok("sync_status", json!({}))["unacknowledged"].as_u64().unwrap();
    other.ok("intake_finish", heating("Абай, 5"));
    let made = other.ok("sync_status", json!({}))["unacknowledged"].as_u64().unwrap() - before;
    region.admin(&["device", "revoke", named("Бекова")["device"].as_str().unwrap()]);
    let _ = other.call("sync_now", json!({}));
    let aside = set_aside(&region);
    let of_device = aside.iter().filter(|code| *code == "device_revoked").count();
    assert_eq!(u64::try_from(of_device).unwrap(), made + before, "all of it is kept: {aside:?}");
    let board = other.ok("sync_board", json!({}));
    let told = board["refused"].as_array().unwrap();
    assert_eq!(told.len() as u64, made, "each stands there as work: {board}");
    assert!(told.iter().all(|r| r["set_aside"] == true));
    other.end();

    // The clerk, with a page open.
    assert!(clerk.get(&request).contains("request-form"));
    region.admin(&["clerk", "revoke", "--login", "clerk-e-hea"]);
    assert!(!clerk.get(&request).contains("request-form"), "the open session ended");
    assert_eq!(clerk.requests(), Vec::<String>::new());
}
