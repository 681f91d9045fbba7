//! What the region does not have yet stands on every face of the window, and no way out takes it silently.

use chrono::{DateTime, Duration, Utc};
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn status(desk: &TestDesk) -> Value {
    desk.ok("sync_status", json!({}))
}

/// S32: what waits and when it last went well is told while somebody works, while the desk is locked, after an
/// officer was switched, and after a start; after a power cut no wrong number stands there; and what waited is
/// sent after the next sign-in.
#[test]
fn what_waits_and_the_last_contact_stand_there_locked_or_open_and_no_way_out_loses_it() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Байжан", "officer", &[]);
    desk.sync();
    let well = world.clock.now();
    desk.ok("session_lock", json!({}));
    let there = status(&desk);
    assert_eq!((&there["counted"], &there["unacknowledged"]), (&json!(true), &json!(0)));
    assert!(there["last_success"].is_string());

    world.region_down();
    world.clock.advance(Duration::minutes(10));
    desk.sign_in("Әлиева");
    desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    desk.sync();
    let waits = desk.unacknowledged();
    assert!(waits > 3);
    let told = |desk: &TestDesk| {
        let now = status(desk);
        assert_eq!((&now["counted"], &now["unacknowledged"]), (&json!(true), &json!(waits)));
        let at: DateTime<Utc> = now["last_success"].as_str().unwrap().parse().unwrap();
        assert!((at - well).num_seconds().abs() < 5, "{at} {well}");
    };
    told(&desk);
    desk.ok("session_lock", json!({}));
    told(&desk);
    // Switched: the other officer sees it at once.
    desk.sign_in("Байжан");
    told(&desk);
    desk.sign_in("Әлиева");
    told(&desk);
    // Closed, and started again.
    let desk = desk.restart();
    told(&desk);

    // A power cut while somebody works: it is said that nobody can know, not an old number and not “none”.
    desk.sign_in("Әлиева");
    let cut = world.folder().join("after-a-power-cut");
    copy(&desk.dir, &cut);
    let after = TestDesk::start(&cut, &world.clock, world.runtime().handle());
    assert_eq!(status(&after)["counted"], false);
    drop(after);

    assert!(!desk.desk.could_send_first(), "no line: closing costs no question");
    world.region_up();
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0, "nothing was lost on any way out");
    assert!(!desk.desk.could_send_first(), "nothing waits");
    desk.ok("round_add", json!({ "address": "Абая, 7" }));
    assert!(desk.desk.could_send_first(), "a line, and something to send: the cross asks");
    desk.ok("session_lock", json!({}));
    assert!(!desk.desk.could_send_first(), "locked: it goes without a key, nobody has to be asked");
    assert_eq!(status(&desk)["unacknowledged"], 1);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, into) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy(&path, &into) } else { drop(std::fs::copy(&path, &into)) }
    }
}
