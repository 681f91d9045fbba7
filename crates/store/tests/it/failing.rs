//! When the machine fails: a full disk, a newer program's file, a damaged page, a second window.

use crate::desk::*;
use crate::tmpfs::Tmpfs;
use esik_domain::event::Party;
use esik_domain::ids::CaseId;
use esik_store::keys::DbKey;
use esik_store::profile::{Profile, ProfileError};
use esik_store::{Store, StoreError, lists, log};

fn fill_until_full(desk: &Desk) -> (usize, StoreError) {
    let text = "Длинный рассказ. ".repeat(600);
    for saved in 0..2_000 {
        let case = CaseId(next());
        if let Err(e) = desk.append(1, case, case_events(1, Party::default(), &text, "open")) {
            return (saved, e);
        }
    }
    panic!("the disk never filled");
}

/// T23 (part), B05 (part).
#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Tmpfs::mount(dir.path(), 3 << 20) else { return };
    let mut desk = Desk::new(1);
    desk.store.close().unwrap();
    let path = dir.path().join("esik.db");
    desk.store = Store::open(&path, &DbKey::from_bytes(&KEY), at(0)).unwrap();
    let (saved, e) = fill_until_full(&desk);
    assert!(matches!(e, StoreError::DiskFull), "{e:?}");
    assert!(saved >= 3);
    let kept = desk.store.read(log::unsent_count).unwrap();
    assert_eq!(kept, saved as u64 * 4, "whole cases or nothing");
    assert_eq!(desk.store.read(log::head).unwrap().seq, kept);
    // Room again: work goes on with the next number of the chain.
    disk.resize(32 << 20);
    desk.open_case(1, 2, Party::default(), "x");
    let known = keys();
    let verified = |c: &_| esik_store::verify::verify(c, &|e| known.get(&e.actor_id).copied());
    let report = desk.store.read(verified).unwrap();
    assert!(report.is_sound(), "{report:?}");
    desk.store.close().unwrap();
}

/// B18 (part).
#[test]
fn a_newer_programs_file_is_left_alone() {
    let desk = Desk::new(1);
    desk.store
        .write(|tx| {
            Ok(tx.execute(
                "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 VALUES (9999, 'later', '2030-01-01T00:00:00Z', '1')",
                [],
            )?)
        })
        .unwrap();
    desk.store.close().unwrap();
    let before = std::fs::read(desk.path()).unwrap();
    let refused = Store::open(&desk.path(), &DbKey::from_bytes(&KEY), at(1));
    assert!(matches!(refused, Err(StoreError::TooNew)), "{refused:?}");
    assert_eq!(std::fs::read(desk.path()).unwrap(), before);
}

/// T26 (part), B07 (part).
#[test]
fn a_flipped_byte_is_noticed_not_read() {
    let desk = Desk::new(1);
    for n in 1..60 {
        desk.open_case(1, n, citizen("Ахметов", "Нұрлан", ""), "Нет тепла в квартире");
    }
    desk.store.close().unwrap();
    let good = std::fs::read(desk.path()).unwrap();
    let pages = good.len() / 4096;
    let mut noticed = 0;
    for page in 1..pages {
        let mut bytes = good.clone();
        bytes[page * 4096 + 1000] ^= 1;
        std::fs::write(desk.path(), &bytes).unwrap();
        let outcome = Store::open(&desk.path(), &DbKey::from_bytes(&KEY), at(1)).and_then(|s| {
            let read = s.read(|c| {
                let rows: i64 = c
                    .query_row("SELECT count(*) FROM pragma_cipher_integrity_check", [], |r| {
                        r.get(0)
                    })
                    .unwrap_or(1);
                let mut all = 0;
                esik_store::verify::dump(c, &mut |l| all += l.len())?;
                Ok(rows == 0 && all > 0)
            });
            let _ = s.close();
            read
        });
        match outcome {
            Ok(true) => {}
            Ok(false)
            | Err(
                StoreError::Corrupt
                | StoreError::WrongKey
                | StoreError::Io
                | StoreError::Migration(_)
                | StoreError::Engine(_),
            ) => noticed += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(noticed, pages - 1);
}

/// S35, B08 (part), T32 (part).
#[test]
fn a_second_window_gets_no_second_desk() {
    let dir = tempfile::tempdir().unwrap();
    let first = Profile::lock(dir.path()).unwrap();
    assert!(matches!(Profile::lock(dir.path()), Err(ProfileError::ProfileInUse)));
    assert_eq!(first.profile().db(), dir.path().join("esik.db"));
    drop(first);
    assert!(Profile::lock(dir.path()).is_ok());
}

#[test]
fn readers_see_whole_saves_while_somebody_writes() {
    let desk = Desk::new(1);
    let store = desk.store.clone();
    let reading = std::thread::spawn(move || {
        let mut most = 0;
        while most < 30 {
            let (events, cases) = store
                .read(|c| {
                    let events = log::unsent_count(c)?;
                    let home = lists::reception(c, &officer(1), "2026-11-23".parse().unwrap())?;
                    Ok((events, home.taken_today_count))
                })
                .unwrap();
            assert_eq!(events, cases * 4);
            most = cases;
        }
    });
    for n in 1..=30 {
        desk.open_case(1, n, Party::default(), "x");
    }
    reading.join().unwrap();
}
