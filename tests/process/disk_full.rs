//! A real disk that is full: nothing answered is lost, the fault has its name, and work goes on when there is room.

use crate::faults::how;
use crate::io_errors::{Bench, strays};
use crate::{lost, on};
use serde_json::json;
use std::path::{Path, PathBuf};
use system_tests::dice::{Dice, number, seed};
use system_tests::program::{copy_profile, scratch};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, attach, scan, set_up};
use system_tests::served::Served;
use system_tests::tmpfs::Tmpfs;
use system_tests::work::{Asked as _, Kind, Said, Work};

/// Disks in one test run; another number by `ESIK_FULL_DISKS`.
const DISKS: u64 = 8;

const MIB: u64 = 1 << 20;

fn size_of(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).unwrap();
    // A disk gives whole pages.
    files.map(|f| f.unwrap().metadata().unwrap().len().next_multiple_of(4096)).sum()
}

/// Fills a disk but for so many bytes.
fn fill(at: &Path, but: u64) -> PathBuf {
    use std::io::Write as _;
    let path = at.join("filler");
    let mut file = std::fs::File::create(&path).unwrap();
    while file.write_all(&[7; 4096]).is_ok() {}
    let long = file.metadata().unwrap().len();
    file.set_len(long.saturating_sub(but)).unwrap();
    path
}

/// T23 (part), B05.
#[test]
fn a_desk_whose_disk_is_full_loses_nothing_and_goes_on() {
    let dir = scratch();
    let bench = Bench::new(dir.path(), seed());
    let disks = number("ESIK_FULL_DISKS", DISKS);
    let (mut wrong, mut full) = (Vec::new(), 0);
    for n in 0..disks {
        let mut dice = Dice(bench.seed ^ n.wrapping_mul(how::EIO + 0x9E37));
        let at = dir.path().join("disk");
        let room = 40_960 + dice.below(5 << 20) as u64;
        let size = size_of(&bench.template) + room;
        let Some(disk) = Tmpfs::mount(&at, size) else { return };
        let profile = at.join("desk");
        copy_profile(&bench.template, &profile);
        let mut work = bench.work();
        let mut told = |work: &mut Work, desk: &mut DeskProcess, steps: u32| {
            let mut refused = 0;
            for _ in 0..steps {
                match work.step(desk) {
                    Said::Done(_) => {}
                    Said::Refused(code) if code == "disk_full" => refused += 1,
                    // What was sent of a file went with the refusal before.
                    Said::Refused(code) if code == "upload_gone" && refused > 0 => {}
                    other => wrong.push(format!("{room} bytes of room: {other:?}")),
                }
                if refused > 6 {
                    break;
                }
            }
            refused
        };
        let mut desk = DeskProcess::start(&profile);
        let refused = told(&mut work, &mut desk, 400);
        full += u64::from(refused > 0);
        // The screen still shows what was kept.
        let unreadable =
            if refused > 0 && work.answered > 0 { work.missing(&mut desk) } else { Vec::new() };
        disk.resize(size + 32 * MIB);
        let before = work.cases();
        if work.answered == 0 {
            // There was not even room to sign in.
            desk.end();
            desk = DeskProcess::start(&profile);
        }
        if told(&mut work, &mut desk, 24) > 0 || work.cases() < before + 2 {
            wrong.push(format!("{room}: with room again: {:?}", work.refused));
        }
        desk.end();
        wrong.extend(unreadable.into_iter().map(|w| format!("{room}, while full: {w}")));
        wrong.extend(lost(&profile, &work).into_iter().map(|w| format!("{room}: {w}")));
        wrong.extend(strays(&profile).into_iter().map(|w| format!("{room}: {w}")));
    }
    println!("soak: {disks} disks, {full} of them became full");
    assert!(full * 2 > disks, "{full} of {disks} disks became full");
    assert!(wrong.is_empty(), "seed {}:\n{}", bench.seed, wrong.join("\n"));
}

/// T23: the shipped desk keeps room back; a save that fails without it succeeds with it, is still there after the
/// program was killed, and the officer is told while it lasts.
#[test]
fn what_is_typed_when_the_disk_is_full_is_saved_from_the_ballast() {
    let dir = scratch();
    let at = dir.path().join("disk");
    let Some(_disk) = Tmpfs::mount(&at, 128 * MIB) else { return };
    let profile = at.join("desk");
    set_up(&profile, "Әлиева", None);
    assert!(!profile.join("ballast").exists(), "one command on a profile lays none");
    let room = profile.join("ballast/room");
    let warned = |desk: &mut Served| -> Vec<String> {
        let state = desk.ok("app_state", json!({}));
        let warnings = state["warnings"].as_array().unwrap().iter();
        warnings.map(|w| w["code"].as_str().unwrap().to_owned()).collect()
    };
    let text = "Ауладағы жарық жанбайды. ".repeat(40_000);
    let form = json!({ "text": text, "language": "kk" });

    let mut desk = Served::signed_in(&profile);
    assert_eq!(room.metadata().unwrap().len(), 32 << 20);
    assert_eq!(warned(&mut desk), [""; 0]);
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let filler = fill(&at, 0);
    desk.ok("draft_save", json!({ "id": draft, "form": form }));
    assert!(!room.exists());
    assert_eq!(warned(&mut desk), ["ballast_given"]);
    let part = json!({ "upload": uuid::Uuid::from_u128(1), "from": 0, "base64": "JVBERi0xLjcK" });
    assert_eq!(desk.ask("attachment_part", part.clone()), Said::Refused("disk_full".into()));
    desk.kill();

    // Whoever comes next signs in, finds it, and is told.
    let mut desk = Served::signed_in(&profile);
    assert_eq!(desk.ok("draft_get", json!({ "id": draft }))["form"]["text"], json!(text));
    assert_eq!(warned(&mut desk), ["ballast_none"]);
    std::fs::remove_file(&filler).unwrap();
    desk.ok("draft_save", json!({ "id": draft, "form": { "text": "Жарық", "language": "kk" } }));
    assert!(room.exists(), "there is room again");
    assert_eq!(warned(&mut desk), [""; 0]);
    desk.ok("attachment_part", part);

    // The same save without it.
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let filler = fill(&at, 0);
    std::fs::remove_file(&room).unwrap();
    std::fs::File::options()
        .append(true)
        .open(&filler)
        .map(|mut f| {
            use std::io::Write as _;
            while f.write_all(&[7; 4096]).is_ok() {}
        })
        .unwrap();
    let said = desk.ask("draft_save", json!({ "id": draft, "form": form }));
    assert_eq!(said, Said::Refused("disk_full".into()));
    desk.end();
}

/// S2 (part), S3 (part), B05 (part): the region's disk is full; the desk keeps what was not taken and sends it again.
#[test]
fn a_region_whose_disk_is_full_takes_everything_later() {
    let dir = scratch();
    let at = dir.path().join("disk");
    let Some(_disk) = Tmpfs::mount(&at, 16 * MIB) else { return };
    let region = Region::start(&at.join("region"));
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let mut work = Work::new("а", seed(), Kind { files: false, crimes: false });
    let mut desk = DeskProcess::start(&a);
    for step in 0..3 {
        let filler = fill(&at, step * 6000);
        for _ in 0..40 {
            assert!(matches!(work.step(&mut desk), Said::Done(_)), "the desk's own disk has room");
        }
        let status = desk.ok("sync_now", json!({}));
        println!("a full region: {}", status["failure"]);
        assert!(!status["failure"].is_null() && status["unacknowledged"] != 0, "{status}");
        std::fs::remove_file(filler).unwrap();
        let status = desk.ok("sync_now", json!({}));
        assert!(status["failure"].is_null() && status["unacknowledged"] == 0, "{status}");
    }
    desk.end();
    let mut wrong = lost(&a, &work);
    on(&b, &["sync", "--once"]);
    let mut other = DeskProcess::start(&b);
    wrong.extend(work.missing_elsewhere(&mut other));
    other.end();
    assert_eq!(on(&a, &["state-hash"]), on(&b, &["state-hash"]));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    drop(region);
}

/// A stick that is too small: what fits is whole and of use, the rest is told and waits.
#[test]
fn a_stick_that_is_too_small_carries_what_fits() {
    let dir = scratch();
    let mut region = Region::start(&dir.path().join("region"));
    let (far, near) = (dir.path().join("far"), dir.path().join("near"));
    for profile in [&far, &near] {
        set_up(profile, "Әлиева", Some((&region.url(), &region.code())));
        on(profile, &["sync", "--once"]);
    }
    let at = dir.path().join("stick");
    let Some(disk) = Tmpfs::mount(&at, 3 * MIB) else { return };
    let stick = at.to_str().unwrap();
    region.down();
    let mut desk = DeskProcess::start(&far);
    let done = desk.ok(
        "intake_finish",
        json!({ "form": { "text": "Во дворе яма", "language": "ru", "category": "BLG-04" } }),
    );
    for (n, size) in [5 << 20, 1 << 20, (1 << 20) - 500].into_iter().enumerate() {
        let to = json!({ "to": "case", "id": done["case"] });
        attach(&mut desk, &to, &format!("скан {n}.pdf"), &scan(size, n));
    }
    let written = desk.ok("bundle_export", json!({ "folder": stick }));
    assert_eq!(written["stopped"], "bundle_full");
    assert_eq!((&written["attached"], &written["attached_left"]), (&json!(2), &json!(1)));
    assert_eq!(written["attached_left_bytes"], 5 * MIB);
    assert_eq!(written["events_left"], 0);
    let names = std::fs::read_dir(&at).unwrap().map(|e| e.unwrap().file_name());
    assert!(names.map(|n| n.into_string().unwrap()).all(|n| !n.ends_with(".part")));
    let filler = fill(&at, 0);
    let full = desk.call("bundle_export", json!({ "folder": stick })).map(|w| w["stopped"].clone());
    assert_eq!(full, Err(json!({ "code": "bundle_full", "params": {} })), "not even the records");
    std::fs::remove_file(filler).unwrap();
    let far = desk.end();

    region.up();
    let taken = on(&near, &["bundle", "import", stick]);
    assert_eq!((&taken[0]["attached"], &taken[0]["faults"]), (&json!(2), &json!([])));
    disk.resize(32 * MIB);
    let taken = on(&far, &["bundle", "receipt", stick]);
    assert_eq!(taken[0]["attached"], 2);
    let written = on(&far, &["bundle", "export", stick]);
    assert_eq!((&written[0]["attached"], &written[0]["stopped"]), (&json!(1), &json!(null)));
    let taken = on(&near, &["bundle", "import", stick]);
    assert_eq!((&taken[0]["attached"], &taken[0]["attached_there"]), (&json!(1), &json!(2)));
}
