//! A stick lies in wait, or is taken away in the middle: what a desk does not follow, does not read, and does not go on with.

use crate::stick_files::{
    carried_files, case_with, faults, on, refused, stick, waiting, with_ending,
};
use esik_domain::event::{AttachmentLinked, Body};
use esik_domain::ids::{AttachmentId, CaseId, EventId};
use esik_store::log::{Author, NewEvent, case_entries};
use esik_testkit::{TestDesk, World};
use esik_wire::bundle::{BUNDLE_BYTES_MAX, BUNDLE_ENDING, RECEIPT_ENDING};
use esik_wire::carried::{FILE_ENDING, FILE_RECEIPTS_BYTES_MAX, FILE_RECEIPTS_ENDING, FILES_MAX};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;

/// The stick lies in wait: links on it lead nowhere, and nothing outside the folder is written.
#[cfg(unix)]
#[test]
fn links_on_the_stick_are_never_followed() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    let own = world.folder().join("own");
    std::fs::write(&own, b"mine").unwrap();
    case_with(&far, &[900]);
    on(&far, "bundle_export", &folder);
    let device = far.desk.opened().unwrap().device_id;
    let stem = with_ending(&folder, "esik-bundle").remove(0).file_stem().unwrap().to_owned();
    let link = |name: &str| std::os::unix::fs::symlink(&own, folder.join(name)).unwrap();
    let receipts = format!("{device}.{FILE_RECEIPTS_ENDING}");
    link(&receipts);
    link(&format!("{receipts}.part"));
    link(&format!("{}.esik-receipt.part", stem.to_str().unwrap()));
    assert_eq!(on(&near, "bundle_carry", &folder)["attached"], 1);
    assert_eq!(std::fs::read(&own).unwrap(), b"mine");
    assert_eq!(on(&far, "bundle_receipt", &folder)["attached"], 1);
    // The same on the way out.
    case_with(&far, &[950]);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let open = far.desk.opened().unwrap();
    let waits = open
        .store
        .read(|conn| esik_store::attached::travel::all_waiting(conn, &open.files))
        .unwrap();
    let file = format!("{}.{FILE_ENDING}", waits[0].address);
    link(&format!("{file}.part"));
    link(&file);
    assert_eq!(on(&far, "bundle_export", &folder)["attached"], 1);
    assert_eq!(std::fs::read(&own).unwrap(), b"mine");
    assert!(std::fs::symlink_metadata(folder.join(file)).unwrap().is_file());
}

/// What lies whole somewhere else is not what lies here: a link to it is not taken for it, whatever it is.
#[cfg(unix)]
#[test]
fn a_link_to_the_right_thing_is_none_either() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let (folder, elsewhere) = (stick(&world), world.folder().join("elsewhere"));
    std::fs::create_dir(&elsewhere).unwrap();
    // Everything of the stick lies elsewhere, and links to it lie here.
    let away = |ending: &str| {
        for path in with_ending(&folder, ending) {
            let to = elsewhere.join(path.file_name().unwrap());
            std::fs::rename(&path, &to).unwrap();
            symlink(&to, &path).unwrap();
        }
    };
    let links = |ending: &str| {
        let all = with_ending(&folder, ending);
        all.iter().filter(|path| path.is_symlink()).count()
    };
    case_with(&far, &[900]);
    on(&far, "bundle_export", &folder);
    away(FILE_ENDING);
    assert_eq!(on(&far, "bundle_export", &folder)["attached"], 1);
    assert_eq!(links(FILE_ENDING), 0, "it is written where it should be");
    away(BUNDLE_ENDING);
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["carried"], faults(&done).len()), (&json!(0), 1), "its record is not read");
    on(&far, "bundle_export", &folder);
    assert_eq!(
        (links(BUNDLE_ENDING), &on(&near, "bundle_carry", &folder)["attached"]),
        (0, &json!(1))
    );
    away(RECEIPT_ENDING);
    away(FILE_RECEIPTS_ENDING);
    assert_eq!(refused(&far, "bundle_receipt", &folder), "bundle_no_receipt");
    assert_eq!(waiting(&far), 1);
    // Receipts of an earlier day are not gathered from elsewhere: they would be, if the link were read.
    case_with(&far, &[950]);
    on(&far, "bundle_export", &folder);
    let length = |path: &std::path::PathBuf| std::fs::metadata(path).unwrap().len();
    let earlier = carried_files(&folder).into_iter().min_by_key(length).unwrap();
    std::fs::remove_file(earlier).unwrap();
    on(&near, "bundle_carry", &folder);
    assert_eq!(links(FILE_RECEIPTS_ENDING), 0);
    assert_eq!(on(&far, "bundle_receipt", &folder)["attached"], 1);
}

/// What grew beyond what this program writes is told and not read, even where reading it would do; it stops no other.
#[test]
fn what_is_too_large_is_not_read_and_stops_nothing() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    // Reading as text ends the same, with or without blanks behind it.
    let grown = |from: &Path, to: &str, size: usize| {
        let mut bytes = std::fs::read(from).unwrap();
        bytes.resize(size + 1, b' ');
        std::fs::write(folder.join(to), bytes).unwrap();
    };
    case_with(&far, &[900]);
    on(&far, "bundle_export", &folder);
    let grown_bundle = format!("0.{BUNDLE_ENDING}");
    grown(&with_ending(&folder, BUNDLE_ENDING)[0], &grown_bundle, BUNDLE_BYTES_MAX);
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["carried"], &done["attached"]), (&json!(1), &json!(1)));
    assert_eq!(faults(&done), [(grown_bundle, "bundle_not_one".to_owned())]);

    let grown_too = [
        (RECEIPT_ENDING, format!("0.{RECEIPT_ENDING}"), 512 * 1024),
        (
            FILE_RECEIPTS_ENDING,
            format!("0.{FILE_RECEIPTS_ENDING}"),
            FILE_RECEIPTS_BYTES_MAX as usize,
        ),
    ];
    let mut right = Vec::new();
    for (ending, name, size) in &grown_too {
        let path = with_ending(&folder, ending).remove(0);
        grown(&path, name, *size);
        right.push((std::fs::read(&path).unwrap(), path));
    }
    right.iter().for_each(|(_, path)| std::fs::remove_file(path).unwrap());
    let waits = far.unacknowledged();
    let done = on(&far, "bundle_receipt", &folder);
    assert_eq!((&done["receipts"], &done["attached"]), (&json!(0), &json!(0)));
    let told = grown_too.map(|(_, name, _)| (name, "bundle_not_one".to_owned()));
    assert_eq!((faults(&done).as_slice(), far.unacknowledged()), (told.as_slice(), waits));
    right.iter().for_each(|(bytes, path)| std::fs::write(path, bytes).unwrap());
    let done = on(&far, "bundle_receipt", &folder);
    assert_eq!((&done["receipts"], &done["attached"]), (&json!(2), &json!(1)));
    assert_eq!(faults(&done).as_slice(), told.as_slice());
}

/// Locks the desk as soon as so many more pieces of news of it were told.
fn lock_after(desk: &TestDesk, news: u32) {
    let (locked, mut left) = (Arc::clone(&desk.desk), news);
    *desk.host.on_change.lock().unwrap() = Some(Box::new(move |_| {
        left -= 1;
        if left == 0 {
            locked.sign_out();
        }
        left > 0
    }));
}

/// A desk that is locked in the middle stops before the next file; the next try goes on from there.
#[test]
fn a_desk_that_is_locked_meanwhile_stops_and_goes_on_later() {
    let world = World::new();
    let (far, near) = (world.desk("Әлиева"), world.desk("Бекова"));
    let folder = stick(&world);
    case_with(&far, &[900, 1000, 1100]);
    // The first news is that it begins, the second that one file is done.
    lock_after(&far, 2);
    assert_eq!(refused(&far, "bundle_export", &folder), "locked");
    assert_eq!(carried_files(&folder).len(), 1);
    far.sign_in("Әлиева");
    let written = on(&far, "bundle_export", &folder);
    assert_eq!((&written["attached"], &written["attached_left"]), (&json!(3), &json!(0)));

    lock_after(&near, 2);
    assert_eq!(refused(&near, "bundle_carry", &folder), "locked");
    assert_eq!(
        on(&far, "bundle_receipt", &folder)["attached"],
        1,
        "what went before has its receipt"
    );
    near.sign_in("Бекова");
    let done = on(&near, "bundle_carry", &folder);
    assert_eq!((&done["attached"], &done["attached_there"]), (&json!(2), &json!(1)));
    assert_eq!(on(&far, "bundle_receipt", &folder)["attached"], 2);
    // Nor does it go on asking about files of which nothing is left to send.
    lock_after(&near, 2);
    assert_eq!(refused(&near, "bundle_carry", &folder), "locked");
}

/// A folder with more files than anybody wrote is looked at as far as it goes, and that is said.
#[test]
fn too_many_files_are_told() {
    let world = World::new();
    let near = world.desk("Әлиева");
    let folder = stick(&world);
    for n in 0..=FILES_MAX {
        std::fs::write(folder.join(format!("{n}.{FILE_ENDING}")), b"").unwrap();
    }
    let told = faults(&on(&near, "bundle_carry", &folder));
    assert_eq!((told.len(), told[0].1.as_str()), (FILES_MAX + 1, "bundle_too_many"));
    assert!(told[1..].iter().all(|(_, code)| code == "bundle_not_one"));
}

/// So many files more in a case that has one, linked as the desk would, each after that one but for what `change` makes of it.
fn links(
    desk: &TestDesk,
    case: &Value,
    many: usize,
    change: impl Fn(usize, &mut AttachmentLinked),
) {
    let open = desk.desk.opened().unwrap();
    let case = CaseId(case["id"].as_str().unwrap().parse().unwrap());
    let entries = open.store.read(|conn| case_entries(conn, case)).unwrap();
    let all = entries.iter().map(|stored| &stored.entry.event);
    let mut found = all.filter_map(|event| match event.read_body() {
        Body::AttachmentLinked(body) => Some((body, event)),
        _ => None,
    });
    let (first, event) = found.next().unwrap();
    let id = |n: usize| uuid::Uuid::from_u128(0x5000_0000 + n as u128);
    let events: Vec<_> = (0..many)
        .map(|n| {
            let mut body = first.clone();
            body.attachment_id = AttachmentId(id(n));
            change(n, &mut body);
            let body = Body::AttachmentLinked(body);
            NewEvent::new(EventId(id(many + n)), body, event.occurred_at)
        })
        .collect();
    let author = Author {
        device_id: open.device_id,
        incarnation: open.incarnation,
        station: open.station.clone(),
        actor: open.actor.id,
        role: open.actor.role,
        signing: Arc::clone(&open.signing),
        clock: event.clock,
    };
    open.store.write(move |tx| tx.append(&author, case, &events)).unwrap();
}

/// More files wait than one stick is given: what is over stays, is counted, and is said.
#[test]
fn no_more_files_are_written_than_a_stick_may_hold() {
    let world = World::new();
    let far = world.desk("Әлиева");
    let folder = stick(&world);
    let case = case_with(&far, &[900]);
    let kept = far.dir.join("files");
    // All but the first are damaged: each that is come to is told, and none has to be written.
    links(&far, &case, FILES_MAX, |n, body| {
        body.file.hash = format!("{n:064x}");
        body.file.bytes = 1000;
        std::fs::write(kept.join(&body.file.hash), b"damaged").unwrap();
    });
    let done = on(&far, "bundle_export", &folder);
    assert_eq!(done["stopped"], "bundle_too_many");
    assert_eq!((&done["attached"], &done["attached_left"]), (&json!(1), &json!(FILES_MAX)));
    assert_eq!(faults(&done).len(), FILES_MAX - 1, "the last one is not looked at");
    assert_eq!(carried_files(&folder).len(), 1);
}

/// What lies on the stick under the right name and claims to go on for ever is written anew, and not read to its end.
#[test]
fn a_file_that_grew_on_the_stick_is_not_read_through() {
    let world = World::new();
    let far = world.desk("Әлиева");
    let folder = stick(&world);
    case_with(&far, &[900]);
    on(&far, "bundle_export", &folder);
    let file = carried_files(&folder).remove(0);
    // Holes: they take no room, and whoever read them would read for hours.
    std::fs::File::options().write(true).open(&file).unwrap().set_len(4 << 40).unwrap();
    assert_eq!(on(&far, "bundle_export", &folder)["attached"], 1);
    assert!(file.metadata().unwrap().len() < 1 << 20);
}

/// An event that is wrong about the length of its file: a slip that says so would be taken by no region.
#[test]
fn a_file_of_another_length_than_its_event_says_is_not_written() {
    let world = World::new();
    let far = world.desk("Әлиева");
    let folder = stick(&world);
    let case = case_with(&far, &[900]);
    let kept = far.dir.join("files");
    links(&far, &case, 1, |_, body| {
        // Its bytes are what its address says; only the length is another.
        let bytes = std::fs::read(kept.join(&body.file.hash)).unwrap();
        let other = [bytes.as_slice(), b"longer"].concat();
        body.file.hash = hex::encode(Sha256::digest(&other));
        std::fs::write(kept.join(&body.file.hash), other).unwrap();
    });
    let done = on(&far, "bundle_export", &folder);
    assert_eq!((&done["attached"], &done["attached_left"]), (&json!(1), &json!(1)));
    assert_eq!(faults(&done).iter().map(|(_, code)| code).collect::<Vec<_>>(), ["file_damaged"]);
}
