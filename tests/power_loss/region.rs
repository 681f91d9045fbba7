//! The same for a region: what it acknowledged to desks and clerks is on every disk that a cut could leave.

use crate::record::{Disk, Record, disk_of, write_disk};
use esik_server::store::Store as _;
use esik_server::store::sqlite::SqliteStore;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::json;
use std::path::{Path, PathBuf};
use system_tests::dice::Dice;
use system_tests::program::preload;
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};

/// An answer: the end of the region's order when it had come, and the acts that were recorded by then.
pub struct Answered {
    acts: usize,
    pos: i64,
    hash: String,
}

/// A day of a region as it was recorded.
pub struct Day {
    pub base: Disk,
    pub record: Record,
    pub answered: Vec<Answered>,
}

fn database(folder: &Path) -> PathBuf {
    folder.join("region.db")
}

/// The end of the order: its position and the event there.
fn end(db: &Connection) -> Option<(i64, String)> {
    let ask = "SELECT pos, hash FROM event ORDER BY pos DESC LIMIT 1";
    db.query_row(ask, [], |r| Ok((r.get(0)?, r.get(1)?))).optional().unwrap()
}

impl Day {
    /// Two desks send what they take in, and a clerk registers, accepts and answers, at a region under the recorder.
    pub fn work(dir: &Path, seed: u64) -> Self {
        let home = dir.join("region");
        let mut region = Region::start(&home);
        let desks = ["Әлиева", "Бекова"].map(|surname| {
            let profile = dir.join(surname);
            set_up(&profile, surname, Some((&region.url(), &region.code())));
            DeskProcess::start(&profile)
        });
        drop(region.clerk("E-HEA"));
        region.down();
        let base = disk_of(&home);
        let log = dir.join("record-of-the-region");
        std::fs::write(&log, b"").unwrap();
        region.with("LD_PRELOAD", preload("power_loss/shim.c", dir));
        region.with("ESIK_RECORD_DIR", &home);
        region.with("ESIK_RECORD_LOG", &log);
        region.up();
        let said = Self::play(&region, desks, seed, &|| std::fs::metadata(&log).unwrap().len());
        region.down();

        let record = Record::read(&log, &home);
        let (told, left) = (record.all_done(&base), disk_of(&home));
        let unseen: Vec<_> =
            left.keys().filter(|name| told.get(*name) != left.get(*name)).collect();
        assert!(unseen.is_empty(), "the recorder did not see all that was done to {unseen:?}");
        let answered = said
            .into_iter()
            .map(|(bytes, (pos, hash))| Answered { acts: record.acts_at(bytes), pos, hash })
            .collect();
        Self { base, record, answered }
    }

    fn play(
        region: &Region,
        mut desks: [DeskProcess; 2],
        seed: u64,
        bytes: &dyn Fn() -> u64,
    ) -> Vec<(u64, (i64, String))> {
        let mut dice = Dice(seed);
        let mut clerk = region.sign_in("clerk-e-hea");
        let db = Connection::open(database(region.folder())).unwrap();
        let (mut said, mut done) = (Vec::new(), Vec::new());
        for n in 0..24 {
            let desk = &mut desks[n % 2];
            for _ in 0..=dice.below(4) {
                let long = "Екі күннен бері жылу жоқ. ".repeat(1 + dice.below(90));
                let form = json!({ "text": long, "language": "kk", "category": "ZKH-01",
                    "referrals": [{ "agency": "E-HEA", "disclosed": { "phone": false } }] });
                desk.ok("intake_finish", json!({ "print": false, "form": form }));
            }
            let status = desk.ok("sync_now", json!({}));
            assert_eq!(status["unacknowledged"], 0, "{status}");
            said.push((bytes(), end(&db).unwrap()));
            if n % 4 == 3 {
                let mut requests = clerk.requests();
                requests.retain(|request| !done.contains(request));
                let request = requests[dice.below(requests.len())].clone();
                clerk.act(&request, "register", &[("incoming_number", &format!("{n}"))]);
                said.push((bytes(), end(&db).unwrap()));
                done.push(request);
            }
        }
        for desk in desks {
            desk.end();
        }
        said
    }

    /// Opens a disk and tells what was answered before the cut and is not there.
    pub fn lost(&self, folder: &Path, disk: &Disk, cut: usize) -> Vec<String> {
        write_disk(disk, folder);
        let held = SqliteStore::open(&database(folder), "akmola").and_then(|store| store.region());
        match held {
            Ok(Some(_)) => {}
            Ok(None) => return vec!["missing region".to_owned()],
            Err(error) => return vec![format!("does not open: {error}")],
        }
        let db = Connection::open(database(folder)).unwrap();
        let whole = db.query_row("PRAGMA integrity_check", [], |r| r.get::<_, String>(0));
        if whole.as_deref() != Ok("ok") {
            return vec![format!("not whole: {whole:?}")];
        }
        let one = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
        let mut lost = Vec::new();
        let order = [
            one("SELECT count(*) FROM event"),
            one("SELECT coalesce(max(pos), 0) FROM event"),
            one("SELECT pos FROM region_head"),
        ];
        if order.iter().any(|n| *n != order[0]) {
            lost.push(format!("an order with holes: {order:?}"));
        }
        // The region's own chain is the order itself.
        let behind = one(
            "SELECT count(*) FROM device_head h WHERE device_id IN (SELECT device_id FROM device) AND seq <>
             (SELECT count(*) FROM device_log l WHERE l.device_id = h.device_id AND l.incarnation = h.incarnation)",
        );
        if behind != 0 {
            lost.push(format!("{behind} devices with a sequence that has holes"));
        }
        for said in self.answered.iter().filter(|said| said.acts <= cut) {
            let ask = "SELECT hash FROM event WHERE pos = ?1";
            let there: Option<String> =
                db.query_row(ask, params![said.pos], |r| r.get(0)).optional().unwrap();
            if there.as_ref() != Some(&said.hash) {
                lost.push(format!("missing event {}", said.pos));
            }
        }
        lost
    }
}
