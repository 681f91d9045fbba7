//! A power cut at any moment loses nothing that was answered: what a real desk writes and syncs is
//! recorded, and every disk a cut could have left of it is opened. `kill -9` alone would prove
//! nothing, for the kernel keeps what was written.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod record;
mod region;
mod shift;

use record::{Disk, Record, write_disk};
use region::Day;
use shift::{Promise, Shift};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use system_tests::dice::{Dice, number, seed};
use system_tests::program::scratch;

/// Images each test run opens; another number by `ESIK_POWER_IMAGES`.
const IMAGES: usize = 500;

/// What a disk lost of what was promised; empty when it lost nothing.
fn lost(shift: &Shift, folder: &Path, disk: &Disk, record_acts: usize) -> Vec<String> {
    write_disk(disk, folder);
    shift.lost(folder, record_acts)
}

/// S1, S2 (part), T24, B01.
#[test]
fn a_power_cut_loses_nothing_that_was_answered() {
    let dir = scratch();
    let seed = seed();
    let shift = Shift::work(dir.path(), seed);
    let record = &shift.record;
    assert!(shift.acknowledged.len() >= 40, "{}", shift.acknowledged.len());
    // A record without these would not be a record of what the desk does.
    for (what, n) in [("esik.db-wal", 40), ("esik.db", 1), ("", 1), ("files/", 3)] {
        let syncs = record.acts.iter().filter(|a| a.name == what);
        let syncs = syncs.filter(|a| matches!(a.what, record::What::Sync(_))).count();
        assert!(syncs >= n, "{syncs} syncs of {what:?} were recorded");
    }
    let images = usize::try_from(number("ESIK_POWER_IMAGES", IMAGES as u64)).unwrap();
    let bad = bad_images(dir.path(), images, seed, record, &shift.base, &|folder, disk, cut| {
        lost(&shift, folder, disk, cut)
    });
    let acts = record.acts.len();
    println!("{images} images of {acts} acts, {} answers", shift.acknowledged.len());
    assert!(bad.is_empty(), "seed {seed}, {} of {images} images:\n{}", bad.len(), bad.join("\n"));
    let kinds = |such: fn(&Promise) -> bool| {
        shift.acknowledged.iter().filter(|said| such(&said.promise)).count()
    };
    let files = kinds(|p| matches!(p, Promise::File { .. }));
    assert!(files >= 3 && kinds(|p| matches!(p, Promise::Taken { .. })) >= 5, "{files} files");
    let folder = dir.path().join("unsynced");
    let caught = |what, such: fn(&str) -> bool| {
        let careless = record.forgetting_syncs_of(such);
        whoever_does_not_sync_is_caught(&careless, &shift.base, seed, what, &|disk, cut| {
            lost(&shift, &folder, disk, cut)
        });
    };
    caught(("the log", "missing"), |name| name.ends_with("-wal"));
    let in_files = |name: &str| name.starts_with("files/") && name != "files/";
    caught(("files", "missing file"), in_files);
    caught(("their folder", "missing file"), |name| name == "files/");
}

/// S2 (part), S3 (part), B01 (part): whatever a region acknowledged to a desk or a clerk is there after a power cut at any
/// moment, in an order without holes.
#[test]
fn a_power_cut_at_the_region_loses_nothing_that_was_acknowledged() {
    let dir = scratch();
    let seed = seed();
    let day = Day::work(dir.path(), seed);
    assert!(day.answered.len() >= 30, "{}", day.answered.len());
    let images = usize::try_from(number("ESIK_POWER_IMAGES", IMAGES as u64)).unwrap();
    let bad = bad_images(dir.path(), images, seed, &day.record, &day.base, &|folder, disk, cut| {
        day.lost(folder, disk, cut)
    });
    println!("{images} images of {} acts of a region", day.record.acts.len());
    assert!(bad.is_empty(), "seed {seed}, {} of {images} images:\n{}", bad.len(), bad.join("\n"));
    let folder = dir.path().join("unsynced");
    let careless = day.record.forgetting_syncs_of(|name| name.ends_with("-wal"));
    let of = ("the region's log", "missing event");
    whoever_does_not_sync_is_caught(&careless, &day.base, seed, of, &|disk, cut| {
        day.lost(&folder, disk, cut)
    });
}

/// Opens so many disks that a cut could have left, each by `lost`; those that lost something are kept and told.
fn bad_images(
    dir: &Path,
    images: usize,
    seed: u64,
    record: &Record,
    base: &Disk,
    lost: &(dyn Fn(&Path, &Disk, usize) -> Vec<String> + Sync),
) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(4);
    std::thread::scope(|scope| {
        let work = |worker: usize| {
            let (folder, next) = (dir.join(format!("image-{worker}")), &next);
            move || {
                let mut bad = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= images {
                        return bad;
                    }
                    let mut dice = Dice(seed ^ (n as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
                    let cut = dice.below(record.acts.len() + 1);
                    let disk = record.image(base, cut, &mut dice);
                    let lost = lost(&folder, &disk, cut);
                    if !lost.is_empty() {
                        let kept = keep(&disk, seed, n);
                        bad.push(format!("image {n}, cut {cut}, {}: {lost:?}", kept.display()));
                    }
                }
            }
        };
        let hands: Vec<_> = (0..workers).map(|worker| scope.spawn(work(worker))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    })
}

/// A failing image outlives the test.
fn keep(disk: &Disk, seed: u64, n: usize) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("esik-power-loss-{seed}-{n}"));
    write_disk(disk, &folder);
    folder
}

/// The test of the test: the same work, had such names never been synced, has to lose what was answered.
fn whoever_does_not_sync_is_caught(
    careless: &Record,
    base: &Disk,
    seed: u64,
    (of, missing): (&str, &str),
    lost: &dyn Fn(&Disk, usize) -> Vec<String>,
) {
    let mut caught = 0;
    for n in 0..40u64 {
        let mut dice = Dice(seed ^ (n + 1).wrapping_mul(0xA24B_AED4_963E_E407));
        let cut = careless.acts.len() / 4 + dice.below(careless.acts.len() / 2);
        let disk = careless.image(base, cut, &mut dice);
        caught += usize::from(lost(&disk, cut).iter().any(|l| l.starts_with(missing)));
    }
    println!("{caught} of 40 images without syncs of {of} lose what was answered");
    assert!(caught > 0, "images of what does not sync have to lose what was answered");
}

#[test]
fn a_disk_keeps_what_was_synced_and_may_lose_the_rest() {
    let act = |name: &str, what| record::Act { name: name.into(), what };
    use record::What::{Create, Rename, Sync, Write};
    let record = Record::of(vec![
        act("new", Create),
        act("new", Write(0, vec![1; 1024])),
        act("new", Sync(2)),
        act("new", Write(0, vec![2; 1024])),
        act("", Sync(4)),
        act("new", Rename("known".into())),
    ]);
    let base = Disk::from([("known".to_owned(), vec![9])]);
    let (mut torn, mut renamed, mut old) = (0, 0, 0);
    for seed in 0..400 {
        let disk = record.image(&base, record.acts.len(), &mut Dice(seed));
        let (name, file) =
            disk.iter().find(|(_, bytes)| bytes.len() == 1024).expect("the synced file is there");
        assert!(file.iter().all(|b| *b == 1 || *b == 2), "synced bytes stay or are overwritten");
        assert!(file.chunks(512).all(|sector| sector.iter().all(|b| *b == sector[0])));
        torn += usize::from(file[0] != file[1023]);
        old += usize::from(file.iter().all(|b| *b == 1));
        renamed += usize::from(name == "known");
        let before = record.image(&base, 2, &mut Dice(seed));
        assert_eq!(before["known"], [9]);
    }
    assert!(torn > 20 && old > 100 && renamed > 100, "{torn} {old} {renamed}");
}

#[test]
fn a_file_is_lost_with_the_folder_that_was_not_synced() {
    let act = |name: &str, what| record::Act { name: name.into(), what };
    use record::What::{Create, Rename, Sync, Write};
    let acts = |above: usize, folder: usize| {
        Record::of(vec![
            act("below/", Create),
            act("", Sync(above)),
            act("below/new", Create),
            act("below/new", Write(0, vec![1])),
            act("below/new", Sync(4)),
            act("below/new", Rename("below/known".into())),
            act("below/", Sync(folder)),
        ])
    };
    // How many disks have the folder, and how many the file under its last name.
    let there = |record: &Record| {
        let disks = (0..400).map(|seed| record.image(&Disk::new(), 7, &mut Dice(seed)));
        disks.fold((0, 0), |(folders, files), disk| {
            assert!(disk.contains_key("below/") || disk.is_empty(), "a file in no folder");
            let file = disk.get("below/known");
            assert!(file.is_none_or(|bytes| *bytes == [1]), "the file was synced");
            (folders + usize::from(!disk.is_empty()), files + usize::from(file.is_some()))
        })
    };
    assert_eq!(there(&acts(1, 6)), (400, 400), "all was synced");
    let (folders, files) = there(&acts(0, 6));
    assert!(folders < 300 && files == folders, "the folder above was not: {folders} {files}");
    let (folders, files) = there(&acts(1, 0));
    assert!(folders == 400 && files < 300, "the folder was not: {files}");
}
