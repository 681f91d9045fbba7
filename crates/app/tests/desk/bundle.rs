//! Days without a line: a stick goes to the region through another desk, and the receipt comes back.

use esik_app::sync::KNOWN;
use esik_testkit::{Form, TestDesk, World};
use esik_wire::KnownRegion;
use esik_wire::bundle::{BUNDLE_ENDING, RECEIPT_ENDING};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut out: Vec<PathBuf> =
        all.filter(|p| p.extension().is_some_and(|e| e == ending)).collect();
    out.sort();
    out
}

fn on(desk: &TestDesk, verb: &str, folder: &Path) -> Value {
    desk.ok(verb, json!({ "folder": folder }))
}

fn refused(desk: &TestDesk, verb: &str, folder: &Path) -> String {
    desk.call(verb, json!({ "folder": folder })).unwrap_err().code
}

fn stick(world: &World) -> PathBuf {
    let folder = world.folder().join("stick");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// S3, S5 (part): what was carried on a stick is acknowledged by its receipt exactly as by a push, and only then;
/// carrying and taking it twice changes nothing.
#[test]
fn a_stick_carries_what_waits_and_brings_the_receipt_back() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    assert_eq!(refused(&far, "bundle_export", &folder), "bundle_nothing");
    assert_eq!(refused(&near, "bundle_carry", &folder), "bundle_none");
    assert_eq!(refused(&far, "bundle_receipt", &folder), "bundle_no_receipt");
    assert_eq!(refused(&far, "bundle_export", &folder.join("none")), "bundle_folder");
    let case = far.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH"));
    let waits = far.unacknowledged();
    let written = on(&far, "bundle_export", &folder);
    assert_eq!(written["events"], waits);
    assert_eq!(far.unacknowledged(), waits, "nothing is acknowledged by being written");
    let sealed = std::fs::read(&with_ending(&folder, BUNDLE_ENDING)[0]).unwrap();
    let plain = "Во дворе яма".as_bytes();
    assert!(!sealed.windows(plain.len()).any(|w| w == plain), "who carries it reads nothing");

    assert_eq!(on(&near, "bundle_carry", &folder)["carried"], 1);
    assert_eq!(on(&near, "bundle_receipt", &folder)["others"], 1, "it is none of this desk's");
    assert_eq!(far.unacknowledged(), waits);
    let taken = on(&far, "bundle_receipt", &folder);
    assert_eq!((&taken["receipts"], &taken["events"]), (&json!(1), &json!(waits)));
    assert_eq!(far.unacknowledged(), 0);
    assert!(far.ok("sync_status", json!({}))["proof"].is_u64());
    assert_eq!(far.case(&case)["refused"], json!([]));
    near.sync();
    assert_eq!(near.case(&case)["number"], far.case(&case)["number"], "the region has it");

    // All of it once more, both ways.
    let pos = world.region.store().head().unwrap();
    assert_eq!(on(&near, "bundle_carry", &folder)["carried"], 1);
    let again = on(&far, "bundle_receipt", &folder);
    assert_eq!((&again["receipts"], &again["events"]), (&json!(1), &json!(0)));
    assert_eq!(world.region.store().head().unwrap(), pos, "nothing was taken twice");
    far.sync();
    assert_eq!(far.unacknowledged(), 0);
}

/// A changed, a cut, a foreign and an old one are refused, each in its own words, and nothing is acknowledged.
#[test]
fn what_is_not_as_it_was_made_is_refused() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    far.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let waits = far.unacknowledged();
    on(&far, "bundle_export", &folder);
    let bundle = with_ending(&folder, BUNDLE_ENDING).remove(0);
    let good = std::fs::read(&bundle).unwrap();
    let why = |bytes: &[u8]| {
        std::fs::write(&bundle, bytes).unwrap();
        let done = on(&near, "bundle_carry", &folder);
        assert_eq!(done["carried"], 0);
        done["faults"][0]["code"].as_str().unwrap().to_owned()
    };
    // Every part of it is held: the head, the one-time key, the sealed bytes, the end.
    let text = good.iter().position(|b| *b == b'}').unwrap();
    for at in [text + 5, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(why(&bad), "bundle_damaged", "byte {at}");
    }
    let said = String::from_utf8_lossy(&good[..text + 1]).into_owned();
    let first = said.find("first_seq").unwrap() + 11;
    let mut bad = good.clone();
    let at = good.windows(9).position(|w| w == b"first_seq").unwrap() + 11;
    bad[at] = if bad[at] == b'9' { b'8' } else { bad[at] + 1 };
    assert_eq!(why(&bad), "bundle_damaged", "what everybody reads of it is held too ({first})");
    assert_eq!(why(&good[..good.len() - 20]), "bundle_damaged");
    assert_eq!(why(b"a picture"), "bundle_not_one");
    let mut foreign = good.clone();
    let name = good.windows(6).position(|w| w == b"akmola").unwrap();
    foreign[name..name + 6].copy_from_slice(b"almaty");
    assert_eq!(why(&foreign), "bundle_foreign");

    std::fs::write(&bundle, &good).unwrap();
    assert_eq!(on(&near, "bundle_carry", &folder)["carried"], 1);
    let receipt = with_ending(&folder, RECEIPT_ENDING).remove(0);
    let right = std::fs::read_to_string(&receipt).unwrap();
    let fault = |text: &str| {
        std::fs::write(&receipt, text).unwrap();
        let done = on(&far, "bundle_receipt", &folder);
        assert_eq!((&done["receipts"], far.unacknowledged()), (&json!(0), waits));
        done["faults"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(fault(&right.replace("accepted", "rejected")), "bundle_damaged");
    assert_eq!(fault("{}"), "bundle_not_one");
    // A region put back from a copy since: what the receipt says of positions holds no more.
    let open = far.desk.opened().unwrap();
    let known: KnownRegion =
        open.store.read(|conn| esik_store::meta::get(conn, KNOWN)).unwrap().unwrap();
    let remember = |k: KnownRegion| {
        open.store.write(move |tx| esik_store::meta::put(tx, KNOWN, &k)).unwrap();
    };
    remember(KnownRegion { epoch: "another".to_owned(), ..known.clone() });
    assert_eq!(fault(&right), "bundle_old");
    remember(known);
    std::fs::write(&receipt, &right).unwrap();
    assert_eq!(on(&far, "bundle_receipt", &folder)["events"], waits);
}

/// The administrator of the region takes it from the stick itself.
#[test]
fn the_region_takes_a_stick_without_a_desk() {
    let world = World::new();
    let far = world.desk("Әлиева");
    let folder = stick(&world);
    far.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    on(&far, "bundle_export", &folder);
    let bundle = with_ending(&folder, BUNDLE_ENDING).remove(0);
    let (head, receipt) = world.region.take_bundle(&std::fs::read(&bundle).unwrap()).unwrap();
    assert_eq!(head.region_id, "akmola");
    let to = bundle.with_extension(RECEIPT_ENDING);
    std::fs::write(to, serde_json::to_vec(&receipt).unwrap()).unwrap();
    on(&far, "bundle_receipt", &folder);
    assert_eq!(far.unacknowledged(), 0);
}

/// S3 (part): days without a line, and a new colleague meanwhile: the stick makes him known as well, so nothing of his is set
/// aside.
#[test]
fn what_a_colleague_wrote_who_came_in_the_days_without_a_line_goes_by_the_stick() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    far.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    far.officer("Ким", "officer", &[]);
    far.sign_in("Ким");
    let case = far.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").at("Абая 12"));
    let waits = far.unacknowledged();
    let folder = stick(&world);
    assert_eq!(on(&far, "bundle_export", &folder)["events"], waits);
    assert_eq!(on(&near, "bundle_carry", &folder)["faults"], json!([]));
    assert_eq!(on(&far, "bundle_receipt", &folder)["events"], waits);
    assert_eq!((far.unacknowledged(), &far.case(&case)["refused"]), (0, &json!([])));
    near.sync();
    assert_eq!(near.case(&case)["number"], far.case(&case)["number"]);
}

/// S16 (part): what an earlier life of the desk had not sent goes by the stick, too.
#[test]
fn what_an_earlier_life_of_the_desk_had_not_sent_goes_by_the_stick() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let earlier = far.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    let life = far.desk.opened().unwrap().incarnation;
    far.ok("profile_join_again", json!({ "code": world.code("07") }));
    assert_ne!(far.desk.opened().unwrap().incarnation, life);
    let since = far.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").at("Абая 12"));
    let waits = far.unacknowledged();
    let folder = stick(&world);
    let written = on(&far, "bundle_export", &folder);
    assert_eq!(
        (&written["events"], written["files"].as_array().unwrap().len()),
        (&json!(waits), 2)
    );
    assert_eq!(on(&near, "bundle_carry", &folder)["carried"], 2);
    let taken = on(&far, "bundle_receipt", &folder);
    assert_eq!((&taken["events"], &taken["faults"]), (&json!(waits), &json!([])));
    assert_eq!(far.unacknowledged(), 0);
    near.sync();
    for case in [earlier, since] {
        assert_eq!(near.case(&case)["number"], far.case(&case)["number"]);
    }
    assert_eq!(far.sync()["failure"], Value::Null, "and the line goes on from there");
}
