//! Days without a line: attached files go on the stick beside the records, and whoever carries them reads nothing.

use crate::previews::picture;
use crate::travel::{add, events_go, line, step};
use esik_app::sync::{KNOWN, client};
use esik_server::quota::Measure;
use esik_sync::LaneStep;
use esik_testkit::{Form, TestDesk, World};
use esik_wire::blobs::BLOB_CHUNK_BYTES;
use esik_wire::carried::{
    FILE_ENDING, FILE_RECEIPTS_ENDING, Signed, Slip, file_head, read_file_head,
};
use esik_wire::{ApiErrorCode, KnownRegion, SyncApi as _, SyncFailure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut out: Vec<PathBuf> =
        all.filter(|p| p.extension().is_some_and(|e| e == ending)).collect();
    out.sort();
    out
}

pub fn carried_files(folder: &Path) -> Vec<PathBuf> {
    with_ending(folder, FILE_ENDING)
}

pub fn on(desk: &TestDesk, verb: &str, folder: &Path) -> Value {
    desk.ok(verb, json!({ "folder": folder }))
}

pub fn refused(desk: &TestDesk, verb: &str, folder: &Path) -> String {
    desk.call(verb, json!({ "folder": folder })).unwrap_err().code
}

pub fn stick(world: &World) -> PathBuf {
    let folder = world.folder().join("stick");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What stands at the beginning of every file here.
const BEGINS: &[u8] = b"\xff\xd8\xff\xe1\x00\x1cExif\0\0GPS 53.28 69.39 here\xff\xda\x00\x02";

/// A photograph that nobody can draw: nothing small is made of it.
fn photo(bytes: usize, seed: usize) -> Vec<u8> {
    let mut out = BEGINS.to_vec();
    out.extend((0..bytes - out.len()).map(|n| ((n * 31 + seed) % 251) as u8));
    out
}

pub fn waiting(desk: &TestDesk) -> Value {
    desk.ok("sync_status", json!({}))["files_waiting"].clone()
}

/// A case with files of so many bytes.
pub fn case_with(desk: &TestDesk, sizes: &[usize]) -> Value {
    let case = desk.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH"));
    let to = json!({ "to": "case", "id": case });
    for (n, bytes) in sizes.iter().enumerate() {
        add(desk, &to, &format!("снимок {n}.jpg"), &photo(*bytes, n));
    }
    to
}

/// A desk of another station: it may know of nothing that station 07 has.
fn stranger(world: &World) -> TestDesk {
    let name =
        esik_wire::LocalName { kk: "Сегізінші".into(), ru: "Восьмое".into() };
    world.region.add_station("08", name).unwrap();
    let desk = world.unjoined_desk("Сериков");
    desk.ok("profile_enroll", json!({ "server": world.url(), "code": world.code("08") }));
    desk.sync();
    desk
}

pub fn faults(done: &Value) -> Vec<(String, String)> {
    let text = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
    let all = done["faults"].as_array().unwrap().iter();
    all.map(|f| (text(f, "name"), text(f, "code"))).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// S25 (part), S5 (part): files that were carried by a desk of another station are at the region whole, which reads
/// none of them; the receipt acknowledges them; all of it again changes nothing.
#[test]
fn files_go_on_the_stick_and_the_receipt_acknowledges_them() {
    let world = World::new();
    let (far, other) = (world.desk("Әлиева"), world.desk("Бекова"));
    let carrier = stranger(&world);
    let folder = stick(&world);
    let to = case_with(&far, &[2 * BLOB_CHUNK_BYTES + 700, 900, 40_000]);
    let written = on(&far, "bundle_export", &folder);
    assert_eq!(
        (&written["attached"], &written["attached_left"], &written["stopped"]),
        (&json!(3), &json!(0), &Value::Null)
    );
    assert_eq!(written["attached_bytes"], 2 * BLOB_CHUNK_BYTES + 700 + 900 + 40_000);
    assert_eq!(waiting(&far), 3, "nothing has arrived by being written");
    for path in carried_files(&folder) {
        let bytes = std::fs::read(path).unwrap();
        let tells = |word: &[u8]| bytes.windows(word.len()).any(|w| w == word);
        assert!(!tells(BEGINS) && !tells("снимок".as_bytes()), "who carries it reads nothing");
    }

    let done = on(&carrier, "bundle_carry", &folder);
    assert_eq!((&done["attached"], &done["attached_there"]), (&json!(3), &json!(0)));
    assert_eq!(faults(&done), []);
    let address = carried_files(&folder)[0].file_stem().unwrap().to_str().unwrap().to_owned();
    let api = client(&carrier.desk.opened().unwrap()).unwrap();
    let read = world.runtime().block_on(api.blob_chunk(address, 0));
    assert!(
        matches!(read, Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::NotFound),
        "whoever carried it may not have it"
    );
    assert_eq!(on(&carrier, "bundle_receipt", &folder)["others"], 2, "none is of this desk");

    // The colleague has the picture before the stick is back.
    other.sync();
    let id = other.ok("attachment_list", to.clone())["files"][0]["id"].clone();
    other.ok("attachment_fetch", json!({ "to": to, "id": id }));
    other.sync();
    other.ok("attachment_open", json!({ "to": to, "id": id }));

    let taken = on(&far, "bundle_receipt", &folder);
    assert_eq!((&taken["receipts"], &taken["attached"]), (&json!(2), &json!(3)));
    assert_eq!((waiting(&far), far.unacknowledged()), (json!(0), 0));
    assert_eq!(line(&far, &to)["travel"], json!({ "at": "arrived" }));
    events_go(&world, &far);
    assert_eq!(step(&world, &far), LaneStep::Idle, "nothing is sent by line afterwards");

    // All of it once more, both ways.
    let again = on(&carrier, "bundle_carry", &folder);
    assert_eq!((&again["attached"], &again["attached_there"]), (&json!(0), &json!(3)));
    let taken = on(&far, "bundle_receipt", &folder);
    assert_eq!((&taken["receipts"], &taken["attached"]), (&json!(2), &json!(0)));
    assert_eq!(refused(&far, "bundle_export", &folder), "bundle_nothing");
}

/// A receipt that never comes back: the next contact finds the files there and sends none. And files whose records went
/// by line long ago go on a stick alone.
#[test]
fn without_a_receipt_nothing_is_sent_twice() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    case_with(&far, &[BLOB_CHUNK_BYTES + 10]);
    events_go(&world, &far);
    assert_eq!((far.unacknowledged(), waiting(&far)), (0, json!(1)));
    let written = on(&far, "bundle_export", &folder);
    assert_eq!((&written["files"], &written["attached"]), (&json!([]), &json!(1)));
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["carried"], &done["attached"]), (&json!(0), &json!(1)));
    assert_eq!(step(&world, &far), LaneStep::Moved, "it asks, and sends nothing");
    assert_eq!((waiting(&far), step(&world, &far)), (json!(0), LaneStep::Idle));
    let late = on(&far, "bundle_receipt", &folder);
    assert_eq!((&late["receipts"], &late["attached"]), (&json!(1), &json!(0)));
}

/// S25 (part): a line that is cut in the middle of the carried files, and the days until it is back, cost nothing: it
/// goes on with the chunk that was missing, also from another desk.
#[test]
fn a_cut_line_goes_on_where_it_stopped() {
    let mut world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    case_with(&far, &[900, 2 * BLOB_CHUNK_BYTES + 700]);
    on(&far, "bundle_export", &folder);
    // The records and the first chunk of the large one went.
    let large = carried_files(&folder)
        .into_iter()
        .max_by_key(|p| std::fs::metadata(p).unwrap().len())
        .unwrap();
    let (aside, mut file) = (folder.join("aside"), std::fs::File::open(&large).unwrap());
    std::fs::rename(&large, &aside).unwrap();
    assert_eq!(on(&near, "bundle_carry", &folder)["attached"], 1);
    std::fs::rename(&aside, &large).unwrap();
    let (_, head) = read_file_head(&mut file).unwrap();
    let bytes = std::fs::read(&large).unwrap();
    let first = &bytes[head.len()..head.len() + BLOB_CHUNK_BYTES];
    let api = client(&near.desk.opened().unwrap()).unwrap();
    let put = world.runtime().block_on(api.carried_chunk(&head, 0, first)).unwrap();
    assert_eq!(put.parts.len(), 1);

    world.region_down();
    assert_eq!(refused(&near, "bundle_carry", &folder), "region_unreachable");
    assert_eq!(carried_files(&folder).len(), 2, "nothing is taken away from the stick");
    world.clock.advance(chrono::TimeDelta::days(3));
    world.region_up();
    // What is there already is not sent: a byte of it that went bad on the stick meanwhile harms nobody.
    let mut bad = bytes;
    bad[head.len() + 5] ^= 1;
    std::fs::write(&large, bad).unwrap();
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["attached"], &done["attached_there"]), (&json!(1), &json!(1)));
    assert_eq!(faults(&done), []);
    assert_eq!(on(&far, "bundle_receipt", &folder)["attached"], 2);
}

/// B28 (part): what is not as its desk wrote it is told by its name and stops nothing else: flipped, cut, grown, swapped,
/// foreign, named by nobody, a link, a folder, no file of this program.
#[test]
fn a_file_that_is_not_as_it_was_written_stops_no_other() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    case_with(&far, &[BLOB_CHUNK_BYTES + 9, 700, 800, 900, 1000]);
    on(&far, "bundle_export", &folder);
    let files = carried_files(&folder);
    let good: Vec<Vec<u8>> = files.iter().map(|p| std::fs::read(p).unwrap()).collect();
    let head = |bytes: &[u8]| read_file_head(&mut &*bytes).unwrap();
    let write = |n: usize, bytes: &[u8]| std::fs::write(&files[n], bytes).unwrap();

    let mut flipped = good[0].clone();
    *flipped.last_mut().unwrap() ^= 1;
    write(0, &flipped);
    write(1, &good[1][..good[1].len() - 1]);
    // Ten gigabytes that nobody wrote: told at once, and not read.
    std::fs::File::options().write(true).open(&files[2]).unwrap().set_len(10 << 30).unwrap();
    // The slip of one before the bytes of another.
    let (_, slip) = head(&good[3]);
    let (_, own) = head(&good[4]);
    write(3, &[slip, good[4][own.len()..].to_vec()].concat());
    std::fs::write(folder.join("picture.esik-file"), b"a picture").unwrap();
    std::fs::create_dir(folder.join("folder.esik-file")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&files[4], folder.join("link.esik-file")).unwrap();
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!(done["attached"], 1, "the good one");
    let mut told = faults(&done);
    told.sort();
    let mut expected: Vec<(String, String)> =
        (0..4).map(|n| (name(&files[n]), "bundle_damaged".to_owned())).collect();
    let none = ["folder.esik-file", "link.esik-file", "picture.esik-file"];
    expected.extend(none.map(|n| (n.to_owned(), "bundle_not_one".to_owned())));
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(on(&far, "bundle_receipt", &folder)["attached"], 1);

    // Written again as the words say, everything goes; what was whole is not written a second time.
    let untouched = std::fs::metadata(&files[0]).unwrap().modified().unwrap();
    write(0, &good[0]);
    let before = std::fs::metadata(&files[0]).unwrap().modified().unwrap();
    assert!(before >= untouched);
    assert_eq!(on(&far, "bundle_export", &folder)["attached"], 4);
    assert_eq!(std::fs::metadata(&files[0]).unwrap().modified().unwrap(), before);
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["attached"], &done["attached_there"]), (&json!(4), &json!(1)));
    on(&far, "bundle_receipt", &folder);
    assert_eq!(waiting(&far), 0);
}

/// A file goes only where a record of its desk names it, and only by that desk's own word.
#[test]
fn nobody_brings_a_file_that_no_record_names() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    case_with(&far, &[900]);
    on(&far, "bundle_export", &folder);
    let file = carried_files(&folder).remove(0);
    // Its records were left at home.
    for bundle in with_ending(&folder, "esik-bundle") {
        std::fs::rename(&bundle, world.folder().join("left.esik-bundle")).unwrap();
    }
    let why = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        let done = on(&near, "bundle_carry", &folder);
        assert_eq!(done["attached"], 0);
        faults(&done).remove(0).1
    };
    let good = std::fs::read(&file).unwrap();
    assert_eq!(why(&good), "bundle_file_unknown");

    std::fs::rename(world.folder().join("left.esik-bundle"), folder.join("a.esik-bundle")).unwrap();
    let (slip, head) = read_file_head(&mut good.as_slice()).unwrap();
    let said = slip.unproven().unwrap();
    let content = &good[head.len()..];
    let with = |slip: &Signed<Slip>| [file_head(slip).unwrap(), content.to_vec()].concat();
    let (mine, theirs) = (near.desk.opened().unwrap(), far.desk.opened().unwrap());
    // In its name, by another hand; with its signature, and another word.
    let forged = Signed::sign(&said, &mine.device_key).unwrap();
    assert_eq!(why(&with(&forged)), "bundle_damaged");
    let text = slip.t.replace("\"preview\":false", "\"preview\":true");
    assert_ne!(text, slip.t);
    assert_eq!(why(&with(&Signed::of(text, slip.s.clone()))), "bundle_damaged");
    let foreign = Slip { region_id: "almaty".into(), ..said.clone() };
    assert_eq!(why(&with(&Signed::sign(&foreign, &theirs.device_key).unwrap())), "bundle_foreign");
    // A desk that is of this region gives its word for a file that nothing names.
    let junk = vec![7; 900];
    let address = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&junk));
    let unnamed = Slip {
        address: address.clone(),
        bytes: 900,
        chunks: vec![address],
        device_id: mine.device_id,
        ..said
    };
    let unnamed = file_head(&Signed::sign(&unnamed, &mine.device_key).unwrap()).unwrap();
    assert_eq!(why(&[unnamed, junk].concat()), "bundle_file_unknown");
    std::fs::write(&file, good).unwrap();
    assert_eq!(on(&near, "bundle_carry", &folder)["attached"], 1);
}

/// A receipt that was changed, that another hand wrote, or of a region that was put back since acknowledges nothing; one bad
/// line takes nothing from the others.
#[test]
fn a_receipt_for_files_that_is_none_acknowledges_none() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    case_with(&far, &[900, 1000]);
    events_go(&world, &far);
    on(&far, "bundle_export", &folder);
    on(&near, "bundle_carry", &folder);
    let receipt = with_ending(&folder, FILE_RECEIPTS_ENDING).remove(0);
    let right = std::fs::read_to_string(&receipt).unwrap();
    let take = |text: &str| {
        std::fs::write(&receipt, text).unwrap();
        let done = on(&far, "bundle_receipt", &folder);
        (done["attached"].clone(), faults(&done).pop().map(|f| f.1))
    };
    let epoch = world.region.identity().epoch.clone();
    let damaged = (json!(0), Some("bundle_damaged".to_owned()));
    assert_eq!(take(&right.replace(&epoch, "another")), damaged);
    assert_eq!(take("{}\n"), (json!(0), Some("bundle_not_one".to_owned())));
    let mut lines: Vec<&str> = right.lines().collect();
    let bad = lines.remove(0).replace(&epoch, "another");
    let text = format!("{bad}\n{}\n", lines[0]);
    assert_eq!(take(&text), (json!(1), Some("bundle_damaged".to_owned())));
    assert_eq!(waiting(&far), 1);
    // A region put back from a copy since may lack what it had: the next contact asks.
    let open = far.desk.opened().unwrap();
    let known: KnownRegion =
        open.store.read(|conn| esik_store::meta::get(conn, KNOWN)).unwrap().unwrap();
    let remember = |k: KnownRegion| {
        open.store.write(move |tx| esik_store::meta::put(tx, KNOWN, &k)).unwrap();
    };
    remember(KnownRegion { epoch: "another".to_owned(), ..known.clone() });
    assert_eq!(take(&right), (json!(0), Some("bundle_old".to_owned())));
    remember(known);
    assert_eq!(take(&right), (json!(1), None));
}

/// S27 (part), S28 (part): what the carrying desk saved itself goes before the files of others; and a desk whose day is full
/// keeps its files for tomorrow, not those of another one.
#[test]
fn own_records_go_first_and_a_full_day_is_one_desks_own() {
    let world = World::new();
    let (one, two, near) = (world.desk("Әлиева"), world.desk("Бекова"), world.desk("Ғалиев"));
    let folder = stick(&world);
    // All of one size: they come in the order of their addresses, and one that does not fit fills the day.
    case_with(&one, &[6000, 6000, 6000]);
    case_with(&two, &[900]);
    for desk in [&one, &two] {
        on(desk, "bundle_export", &folder);
    }
    let file_bytes = esik_wire::sealed::sealed_len(6000);
    world.region.measure(Measure { file_bytes, ..Measure::default() });
    near.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    assert!(near.unacknowledged() > 0);
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!(near.unacknowledged(), 0, "own records went before");
    assert_eq!(done["attached"], 2);
    let told = faults(&done);
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|(_, code)| code == "bundle_day_full"), "{told:?}");
    world.clock.advance(chrono::TimeDelta::days(1));
    world.region.measure(Measure::default());
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["attached"], &done["attached_there"]), (&json!(2), &json!(2)));
}

/// Small pictures go before everything else, though a file is smaller, and are counted nowhere.
#[test]
fn small_pictures_go_first() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    let to = case_with(&far, &[300]);
    add(&far, &to, "яма.png", &picture(400));
    let open = far.desk.opened().unwrap();
    let order: Vec<(bool, u64)> = open
        .store
        .read(|conn| esik_store::attached::travel::all_waiting(conn, &open.files))
        .unwrap()
        .into_iter()
        .map(|one| (one.preview, one.bytes))
        .collect();
    assert_eq!(order.len(), 3);
    assert!(order[0].0 && order[0].1 > 300 && order[1] == (false, 300), "{order:?}");
    assert_eq!(on(&far, "bundle_export", &folder)["attached"], 2);
    assert_eq!(carried_files(&folder).len(), 3);
    assert_eq!(on(&near, "bundle_carry", &folder)["attached"], 2);
    assert_eq!(on(&far, "bundle_receipt", &folder)["attached"], 2);
    assert_eq!(step(&world, &far), LaneStep::Idle, "the small picture has arrived, too");
}

/// Folders of two desks thrown together: each gets its own receipt.
#[test]
fn a_folder_of_two_desks_is_carried_for_both() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Бекова"));
    let carrier = stranger(&world);
    let folder = stick(&world);
    for desk in [&one, &two] {
        case_with(desk, &[900]);
        on(desk, "bundle_export", &folder);
    }
    let done = on(&carrier, "bundle_carry", &folder);
    assert_eq!((&done["carried"], &done["attached"]), (&json!(2), &json!(2)));
    for desk in [&one, &two] {
        let taken = on(desk, "bundle_receipt", &folder);
        assert_eq!((&taken["receipts"], &taken["attached"]), (&json!(2), &json!(1)));
        assert_eq!((&taken["others"], waiting(desk)), (&json!(2), json!(0)));
    }
}
