//! The file is looked through while it is written.

use crate::desk::*;
use esik_store::keys::DbKey;
use esik_store::profile::Profile;
use esik_store::verify::{VerifyReport, verify_pages};
use esik_store::{Result, Store, meta};
use std::sync::atomic::{AtomicBool, Ordering};

/// Times it is looked through; one in some sixty met such a page.
const LOOKS: usize = 60;

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
