//! The file is looked through while it is written.

use crate::desk::*;
use esik_store::attached::Files;
use esik_store::keys::DbKey;
use esik_store::profile::Profile;
use esik_store::verify::{VerifyReport, verify_all, verify_pages};
use esik_store::{Result, Store, meta};
use rusqlite::Connection;
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Times it is looked through; one in some sixty met such a page.
const LOOKS: usize = 60;
/// Bytes of a page of the file.
const PAGE: usize = 4096;

/// B07 (part): who looks the file through reads pages that the log is just written back into. Such a page is not called
/// damaged: an officer would be told so, and nothing more would be written.
#[test]
fn a_page_that_is_just_written_is_not_called_damaged() {
    let desk = Desk::light(1);
    let (db, key) = (Profile::at(desk.dir.path()).db(), DbKey::from_bytes(&KEY));
    let look = || -> Result<u64> {
        let mut report = VerifyReport::default();
        desk.store.read(|conn| verify_pages(conn, &mut report))?;
        Ok(Store::damaged_pages(&db, &key)? + report.faults.len() as u64)
    };
    let done = AtomicBool::new(false);
    let found: Result<u64> = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in (0..40_u64).cycle().take_while(|_| !done.load(Ordering::Acquire)) {
                let text = format!("{n} ").repeat(100_000);
                desk.store.write(move |tx| meta::put(tx, &format!("w{n}"), &text)).unwrap();
            }
        });
        let found = (0..LOOKS).map(|_| look()).sum();
        done.store(true, Ordering::Release);
        found
    });
    assert_eq!(found.unwrap(), 0, "in {LOOKS} looks");
}

/// Another connection writes the log back, as far as whoever reads meanwhile lets it.
fn written_back(db: &Path) {
    let conn = Connection::open(db).unwrap();
    let key = KEY.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    conn.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    let state = |r: &rusqlite::Row<'_>| Ok((r.get::<_, i64>(1)?, r.get::<_, i64>(2)?));
    let (pages, back) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], state).unwrap();
    assert!(0 < back && back < pages, "{back} of {pages}: somebody reads an older state");
}

/// B07 (part): while somebody reads an older state, the log is written back in part: where a page of the file was to be, there
/// is nothing yet, for as long as that lasts. What stands in the log is read from there, and is not damaged; another page is.
#[test]
fn a_page_that_still_stands_in_the_log_is_not_called_damaged() {
    let desk = Desk::light(1);
    let (db, key) = (Profile::at(desk.dir.path()).db(), DbKey::from_bytes(&KEY));
    let pages = || std::fs::read(&db).unwrap().len() / PAGE;
    let put = |n: u64, text: String| {
        desk.store.write(move |tx| meta::put(tx, &format!("w{n}"), &text)).unwrap();
    };
    desk.store.flush().unwrap();
    let before = pages();
    put(1, "а".repeat(20_000));
    put(2, "б".repeat(20_000));
    desk.store
        .read(|older| {
            assert!(meta::get::<String>(older, "w1")?.is_some());
            put(1, "в".repeat(20_000));
            written_back(&db);
            let empty = |page: &[u8]| page.iter().all(|byte| *byte == 0);
            let holes = std::fs::read(&db).unwrap().chunks(PAGE).filter(|p| empty(p)).count();
            assert!(holes > 0, "{holes} of {} pages, {before} before", pages());
            assert_eq!(Store::damaged_pages(&db, &key)?, 0, "{holes} are not there yet");
            // Who looks through everything meets them as well.
            let files = Files::of(desk.dir.path());
            let all = |conn: &Connection| verify_all(conn, &|_| None, &files, desk.device);
            assert!(desk.store.read(all)?.is_sound());
            // The last one is written back: it stands in the log too, and is read from the file.
            let turn = || {
                let mut file = OpenOptions::new().read(true).write(true).open(&db).unwrap();
                let (mut byte, at) = ([0], SeekFrom::End(-100));
                file.seek(at).unwrap();
                file.read_exact(&mut byte).unwrap();
                file.seek(at).unwrap();
                file.write_all(&[byte[0] ^ 1]).unwrap();
            };
            turn();
            assert_eq!(Store::damaged_pages(&db, &key)?, 1, "the last page of the file");
            turn();
            Ok(())
        })
        .unwrap();
    desk.store.flush().unwrap();
    assert_eq!(Store::damaged_pages(&db, &key).unwrap(), 0);
}
