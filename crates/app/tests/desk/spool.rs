//! While the desk is locked: what waits lies there sealed, goes by itself, and its answers are taken at sign-in.

use esik_app::spool::{Delivered, deliver, waiting};
use esik_testkit::{Form, TestDesk, World};
use esik_wire::ApiErrorCode;
use serde_json::json;
use std::path::{Path, PathBuf};

fn files(desk: &TestDesk) -> Vec<PathBuf> {
    let all = std::fs::read_dir(desk.dir.join("spool"));
    let mut all: Vec<PathBuf> = all.into_iter().flatten().map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default()
}

fn send(world: &World, desk: &TestDesk) -> Delivered {
    world.runtime().block_on(deliver(&desk.dir))
}

/// S32 (part), S3 (part): locked without a line, the desk tells how much waits and when contact last went well; what
/// it keeps for sending gives nothing away; it is sent without a key, and acknowledged when somebody signs in.
#[test]
fn what_waits_goes_while_the_desk_is_locked() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    let last = desk.ok("sync_status", json!({}))["last_success"].clone();
    desk.ok("session_lock", json!({}));
    assert_eq!(waiting(&desk.dir).map(|w| w.events), Some(0));
    assert_eq!(desk.ok("sync_status", json!({}))["last_success"], last);
    assert_eq!(send(&world, &desk), Delivered::All);
    desk.sign_in("Әлиева");

    world.region_down();
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH"));
    let waits = desk.unacknowledged();
    desk.ok("session_lock", json!({}));
    let status = desk.ok("sync_status", json!({}));
    assert_eq!((&status["unacknowledged"], &status["last_success"]), (&json!(waits), &last));
    for path in files(&desk) {
        let bytes = std::fs::read(&path).unwrap();
        for word in ["Во дворе", "visit_noted", "Әлиева", "BLG-04"] {
            let found = bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!found, "{word} in {}", path.display());
        }
    }
    assert!(matches!(send(&world, &desk), Delivered::Failed(_)));
    assert_eq!(desk.ok("sync_status", json!({}))["unacknowledged"], waits);

    world.region_up();
    let before = world.region.store().head().unwrap();
    assert_eq!(send(&world, &desk), Delivered::All);
    assert!(world.region.store().head().unwrap() > before, "the region has it, nobody signed in");
    assert_eq!(desk.ok("sync_status", json!({}))["unacknowledged"], 0);
    assert_eq!(send(&world, &desk), Delivered::All, "and it is sent once");

    // The machine is switched off and on.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(desk.unacknowledged(), 0, "acknowledged without a contact of this session");
    assert_eq!(desk.case(&case)["refused"], json!([]));
    assert_eq!(files(&desk), Vec::<PathBuf>::new());
    let head = world.region.store().head().unwrap();
    desk.sync();
    assert_eq!(world.region.store().head().unwrap(), head, "nothing goes twice");
}

/// An answer that was lost, a changed one and one of another desk acknowledge nothing, and nothing is lost.
#[test]
fn an_answer_that_is_none_acknowledges_nothing() {
    let mut world = World::new();
    let (desk, other) = (world.desk("Әлиева"), world.desk("Бекова"));
    world.region_down();
    for of in [&desk, &other] {
        of.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
        of.ok("session_lock", json!({}));
    }
    world.region_up();
    assert_eq!((send(&world, &desk), send(&world, &other)), (Delivered::All, Delivered::All));
    let answer =
        |of: &TestDesk| files(of).into_iter().find(|p| ending(p) == "esik-receipt").unwrap();
    std::fs::copy(answer(&other), answer(&desk)).unwrap();
    let torn = std::fs::read(answer(&other)).unwrap();
    std::fs::write(answer(&other), &torn[..torn.len() / 2]).unwrap();
    for (of, name) in [(desk, "Әлиева"), (other, "Бекова")] {
        of.sign_in(name);
        assert!(of.unacknowledged() > 0);
        of.sync();
        assert_eq!(of.unacknowledged(), 0);
    }
}

/// A desk that met no region, a practice desk, and one whose order is another: nothing is written, or nothing is taken.
#[test]
fn what_cannot_go_so_waits_for_the_next_sign_in() {
    let mut world = World::new();
    let alone = world.unjoined_desk("Сейтов");
    alone.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    alone.ok("session_lock", json!({}));
    assert_eq!((waiting(&alone.dir), files(&alone)), (None, Vec::new()));

    let desk = world.desk("Әлиева");
    world.region_down();
    desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let waits = desk.unacknowledged();
    desk.ok("session_lock", json!({}));
    let bundle = files(&desk).into_iter().find(|p| ending(p) == "esik-bundle").unwrap();
    let mut bytes = std::fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    world.region_up();
    assert_eq!(send(&world, &desk), Delivered::Refused(ApiErrorCode::BadRequest));
    desk.sign_in("Әлиева");
    assert_eq!(desk.unacknowledged(), waits);
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
}
