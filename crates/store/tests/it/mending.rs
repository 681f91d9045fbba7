//! A disk that rots: whatever bit it is, the desk notices, opens again, and nothing is lost that the region or the
//! machine still has.

use crate::desk::*;
use esik_domain::event::Party;
use esik_domain::ids::DraftId;
use esik_store::keys::DbKey;
use esik_store::mend::{self, MENDED, Mended};
use esik_store::profile::Profile;
use esik_store::verify::{FaultKind, VerifyReport, state_hash, verify, verify_pages};
use esik_store::{Store, StoreError, drafts, log, meta};
use esik_wire::{FeedEntry, SignedEvent};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SCOPE: &str = "station:07";

/// A desk some of whose cases are at the region, with a colleague's among them, some not yet, and an unfinished intake;
/// and the region's feed.
struct Station {
    desk: Desk,
    feed: Vec<FeedEntry>,
    unsent: Vec<SignedEvent>,
    draft: DraftId,
    hash: String,
}

fn key() -> DbKey {
    DbKey::from_bytes(&KEY)
}

impl Station {
    fn new() -> Self {
        let (desk, other) = (Desk::light(1), Desk::light(2));
        let profile = Profile::at(desk.dir.path());
        for n in 0..12 {
            let text = format!("Нет тепла в квартире {n}. {}", "Батареи холодные. ".repeat(30));
            desk.open_case(1, n, citizen("Ахметов", "Нұрлан", "+77011234567"), &text);
        }
        for n in 20..26 {
            other.open_case(2, n, citizen("Садыкова", "Әсел", ""), "Яма во дворе");
        }
        let feed = feed(&[desk.outbox(), other.outbox()].concat(), 1);
        take(&desk, SCOPE, feed.clone());
        for n in 40..46 {
            desk.open_case(1, n, Party::default(), "Сосед шумит ночью");
        }
        let draft = DraftId(next());
        desk.store
            .write(move |tx| {
                let typed = serde_json::json!({ "narrative": "Шум в" });
                drafts::save(tx, person(1), draft, &typed, at(9))?;
                meta::put(tx, "region", &"address")
            })
            .unwrap();
        desk.store.keep_spare(&profile, &key(), None).unwrap();
        desk.store.flush().unwrap();
        let (unsent, hash) = (desk.outbox(), desk.store.read(|c| state_hash(c, false)).unwrap());
        Self { desk, feed, unsent, draft, hash }
    }

    fn dir(&self) -> &Path {
        self.desk.dir.path()
    }

    /// A copy of the profile, as a machine that stops now leaves it.
    fn copy(&self) -> TempDir {
        let to = tempfile::tempdir_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        for entry in std::fs::read_dir(self.dir()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), to.path().join(entry.file_name())).unwrap();
        }
        to
    }

    /// Mends a copy and lets it read the region's feed from where it stands: then it holds what it held.
    fn mended(&self, dir: &Path) -> Mended {
        let profile = Profile::at(dir);
        let mended = mend::mend(&profile, &key(), (self.desk.device, 2), at(60)).unwrap();
        assert!(!profile.is_damaged());
        let store = Store::open(&profile.db(), &key(), at(61)).unwrap();
        let desk = Desk { dir: TempDir::new().unwrap(), store, device: self.desk.device };
        let from = desk.store.read(|c| log::cursor(c, &SCOPE.into())).unwrap();
        let page: Vec<_> = self.feed.iter().filter(|e| e.pos > from).cloned().collect();
        if !page.is_empty() {
            take(&desk, SCOPE, page);
        }
        assert_eq!(desk.outbox(), self.unsent, "what only this desk had");
        let known = keys();
        let report = desk.store.read(|c| verify(c, &|e| known.get(&e.actor_id).copied())).unwrap();
        assert!(report.is_sound(), "{report:?}");
        let (hash, draft, region, told) = desk
            .store
            .read(|c| {
                Ok((
                    state_hash(c, false)?,
                    drafts::list(c, person(1))?,
                    meta::get::<String>(c, "region")?,
                    meta::get::<Mended>(c, MENDED)?,
                ))
            })
            .unwrap();
        assert_eq!(hash, self.hash);
        assert_eq!(draft.iter().map(|d| d.id).collect::<Vec<_>>(), [self.draft]);
        assert_eq!((region.as_deref(), told.as_ref()), (Some("address"), Some(&mended)));
        desk.store.close().unwrap();
        mended
    }
}

/// Is anything wrong with this profile's database?
fn noticed(dir: &Path) -> bool {
    let profile = Profile::at(dir);
    let Ok(store) = Store::open(&profile.db(), &key(), at(50)) else { return true };
    let lost = store.lost_its_end(&profile, &key());
    let _ = store.close();
    // Only what the log put back into the file can be compared with the seals of the file.
    lost.unwrap_or(true) || Store::damaged_pages(&profile.db(), &key()).map_or(true, |n| n > 0)
}

fn flip(path: &Path, at: usize, bit: u8) -> Vec<u8> {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1 << bit;
    std::fs::write(path, &bytes).unwrap();
    bytes
}

/// T26, B07 (part): one bit anywhere in the database, its log or its spare. (In the keys: `a_damaged_copy_is_what_the_other_copy_is_for`;
/// in a file: `one_flipped_bit_anywhere_is_refused_and_told`. A flip in the log or the spare that nothing rests on is not noticed.)
#[test]
fn whatever_bit_rots_it_is_noticed_and_nothing_is_lost() {
    let flips = std::env::var("ESIK_BIT_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let station = Station::new();
    // As a machine leaves it that stopped in the middle of the work: there is a log.
    station.desk.store.write(|tx| meta::put(tx, "later", &1)).unwrap();
    let crashed = station.copy();
    assert!(std::fs::metadata(crashed.path().join("esik.db-wal")).unwrap().len() > 0);
    station.desk.store.close().unwrap();
    let mut dice = 0x2545_F491_4F6C_DD1D_u64;
    let mut roll = move |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % sides as u64).unwrap()
    };
    let (mut whole, mut found) = (0, 0);
    for n in 0..flips {
        let copy = station.copy();
        let file = match n % 8 {
            6 => "esik.db-wal",
            7 => "esik.spare",
            _ => "esik.db",
        };
        if file == "esik.db-wal" {
            for name in ["esik.db", "esik.db-wal", "esik.spare"] {
                std::fs::copy(crashed.path().join(name), copy.path().join(name)).unwrap();
            }
        }
        let path = copy.path().join(file);
        let place = roll(usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap());
        let bytes = flip(&path, place, u8::try_from(roll(8)).unwrap());
        if noticed_in_a_copy(copy.path()) {
            found += 1;
        } else {
            assert_ne!(file, "esik.db", "bit {place} was not noticed");
        }
        let mended = station.mended(copy.path());
        if file == "esik.db" {
            let kept = std::fs::read(copy.path().join(&mended.kept_as)).unwrap();
            assert!(kept == bytes, "the damaged file is not as it was");
            whole += u64::from(mended.whole);
        }
    }
    println!(
        "soak: {flips} flipped bits, {found} noticed, {whole} where nothing was unreadable, 0 events lost"
    );
}

/// Looking must not change what is mended afterwards.
fn noticed_in_a_copy(dir: &Path) -> bool {
    let copy = tempfile::tempdir_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    noticed(copy.path())
}

/// Pages are gone in one piece: what lies before them and behind them is read, and only the rest has to come again.
#[test]
fn of_a_file_with_a_hole_both_ends_are_read() {
    let station = Station::new();
    station.desk.store.close().unwrap();
    let pages = std::fs::read(station.desk.path()).unwrap().len() / 4096;
    let all = station.feed.len() + station.unsent.len();
    let mut in_part = 0;
    for first in (8..pages - 4).step_by(pages / 4) {
        let copy = station.copy();
        for page in first..first + 4 {
            flip(&copy.path().join("esik.db"), page * 4096 + 100, 0);
        }
        let mended = station.mended(copy.path());
        in_part += usize::from(mended.events > 0 && usize::try_from(mended.events).unwrap() < all);
        // A second time, under another name.
        flip(&copy.path().join("esik.db"), 5 * 4096, 0);
        assert_ne!(station.mended(copy.path()).kept_as, mended.kept_as);
    }
    assert!(in_part > 1, "the log was never read in part");
}

/// Without the database there are the spare and the region.
#[test]
fn a_database_that_is_gone_comes_back_from_the_spare_and_the_region() {
    let station = Station::new();
    station.desk.store.close().unwrap();
    let copy = station.copy();
    for broken in [true, false] {
        let path = copy.path().join("esik.db");
        if broken {
            // Its first page: not one row can be read.
            flip(&path, 2000, 3);
        } else {
            std::fs::remove_file(&path).unwrap();
            std::fs::copy(station.dir().join("esik.spare"), copy.path().join("esik.spare"))
                .unwrap();
        }
        let mended = station.mended(copy.path());
        assert_eq!((mended.events, mended.spared), (0, station.unsent.len() as u64));
        assert!(!mended.whole);
        assert_eq!(mended.kept_as.is_empty(), !broken);
    }
    // With neither there is nothing to begin with, and nothing is put in their place.
    let empty = TempDir::new().unwrap();
    let nothing = mend::mend(&Profile::at(empty.path()), &key(), (station.desk.device, 2), at(1));
    assert!(matches!(nothing, Err(StoreError::NotFound)), "{nothing:?}");
    assert!(!Profile::at(empty.path()).has_db());
}

/// Cut off between any two steps it is ended, or begun again.
#[test]
fn mending_that_was_cut_off_is_ended() {
    let station = Station::new();
    station.desk.store.write(|tx| meta::put(tx, "later", &1)).unwrap();
    let crashed = station.copy();
    station.desk.store.close().unwrap();
    let names = |dir: &Path| -> Vec<String> {
        let mut all: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("esik.db"))
            .collect();
        all.sort();
        all
    };
    // A new file that was not finished is worth nothing.
    std::fs::write(crashed.path().join("esik.db.mending"), "half").unwrap();
    station.mended(crashed.path());
    let done = names(crashed.path());
    assert!(!done.contains(&"esik.db.mending".to_owned()), "{done:?}");
    // One that was finished is put in its place, whatever had been moved of the old one already.
    let good = std::fs::read(crashed.path().join("esik.db")).unwrap();
    for moved in 0..3 {
        let dir = TempDir::new().unwrap();
        let at = |name: &str| -> PathBuf { dir.path().join(name) };
        std::fs::write(at("esik.db.mended"), &good).unwrap();
        for (n, end) in ["-wal", "-shm", ""].into_iter().enumerate() {
            let name = if n < moved { "esik.db.damaged-1" } else { "esik.db" };
            std::fs::write(at(&format!("{name}{end}")), format!("old{end}")).unwrap();
        }
        let profile = Profile::at(dir.path());
        profile.note_damage().unwrap();
        mend::finish(&profile).unwrap();
        assert!(std::fs::read(profile.db()).unwrap() == good, "{moved}");
        let all = names(dir.path());
        let expected =
            ["esik.db", "esik.db.damaged-1", "esik.db.damaged-1-shm", "esik.db.damaged-1-wal"];
        assert_eq!(
            all, expected,
            "{moved}: a log under the new database would be taken for its own"
        );
        assert!(!profile.is_damaged());
        mend::finish(&profile).unwrap();
        assert_eq!(names(dir.path()), expected);
    }
}

/// What the region has taken, and an intake that was thrown away, leave the spare.
#[test]
fn the_spare_holds_what_only_this_desk_has_and_no_more() {
    let station = Station::new();
    let profile = Profile::at(station.dir());
    let held = || {
        let copy = station.copy();
        std::fs::remove_file(copy.path().join("esik.db")).unwrap();
        for end in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(copy.path().join(format!("esik.db{end}")));
        }
        let alone = Profile::at(copy.path());
        let mended = mend::mend(&alone, &key(), (station.desk.device, 2), at(1)).unwrap();
        let store = Store::open(&alone.db(), &key(), at(1)).unwrap();
        let kept = store.read(|c| Ok(drafts::list(c, person(1))?.len())).unwrap();
        store.close().unwrap();
        (mended.spared, kept)
    };
    assert_eq!(held(), (station.unsent.len() as u64, 1));
    let page = feed(&station.unsent[..8], 500);
    take(&station.desk, SCOPE, page);
    let draft = station.draft;
    station.desk.store.write(move |tx| drafts::discard(tx, person(1), draft)).unwrap();
    station.desk.store.flush().unwrap();
    assert_eq!(held(), (station.unsent.len() as u64 - 8, 0));
    // A spare that rots is made anew by the next save.
    let rotten = flip(&station.dir().join("esik.spare"), 1500, 1);
    station.desk.store.flush().unwrap();
    assert!(std::fs::read(station.dir().join("esik.spare")).unwrap() != rotten);
    assert_eq!(held(), (station.unsent.len() as u64 - 8, 0));
    assert!(!station.desk.store.lost_its_end(&profile, &key()).unwrap());
    station.desk.store.close().unwrap();
}

/// A desk that took thirty thousand events over, most of which the region then answers: the spare follows in small pieces. In
/// one piece its journal took some ten thousand pieces of locked memory, each with a place of its own in the kernel's list,
/// which ends at 65,530: with a hundred thousand cases nothing could be saved any more.
#[cfg(target_os = "linux")]
#[test]
fn the_spare_of_many_events_takes_little_memory() {
    let desk = Desk::light(1);
    let profile = Profile::at(desk.dir.path());
    desk.store
        .write(|tx| {
            tx.execute_batch(
                "INSERT INTO event (id, case_id, device_id, incarnation, device_seq, kind, actor_id, circle,
                                    occurred_at, bytes, sig, hash)
                 WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 30000)
                 SELECT randomblob(16), randomblob(16), x'02', 9, n, 'note_added', x'03', 'open', n,
                        hex(randomblob(250)), randomblob(64), randomblob(32) FROM n",
            )?;
            Ok(())
        })
        .unwrap();
    let spared = || {
        let spare = Store::open(&desk.dir.path().join("esik.spare"), &key(), at(1)).unwrap();
        let all =
            "SELECT count(*), ifnull(min(device_seq), 0), ifnull(max(device_seq), 0) FROM event";
        let all = |c: &rusqlite::Connection| {
            Ok(c.query_row(all, [], |r| Ok([r.get::<_, i64>(0)?, r.get(1)?, r.get(2)?]))?)
        };
        let told = spare.read(all).unwrap();
        spare.close().unwrap();
        told
    };
    let places = || std::fs::read_to_string("/proc/self/maps").unwrap().lines().count();
    desk.store.keep_spare(&profile, &key(), None).unwrap();
    desk.store.flush().unwrap();
    assert_eq!(spared(), [30_000, 1, 30_000]);
    let verdicts = |of: &'static str| {
        desk.store.write(move |tx| Ok(tx.execute_batch(of)?)).unwrap();
        desk.store.flush().unwrap();
    };
    let before = places();
    // As the answers come; the last save and the spare are what is looked at.
    for n in (0..29_000).step_by(500) {
        desk.store
            .write(move |tx| {
                let answered = "UPDATE event SET verdict = 'accepted', pos = seq
                                WHERE incarnation = 9 AND device_seq > ?1 AND device_seq <= ?1 + 500";
                Ok(tx.execute(answered, [n])?)
            })
            .unwrap();
    }
    let saving = places().saturating_sub(before);
    desk.store.flush().unwrap();
    assert_eq!(spared(), [1_000, 29_001, 30_000]);
    let more = places().saturating_sub(before);
    assert!(more < 3_000, "{more} places of memory more, of which saving took {saving}");
    // A region that was set back has none of them any more.
    verdicts("UPDATE event SET verdict = NULL, pos = NULL WHERE incarnation = 9");
    assert_eq!(spared(), [30_000, 1, 30_000]);
    // As many are answered as come back.
    verdicts(
        "UPDATE event SET verdict = 'accepted', pos = seq WHERE incarnation = 9 AND device_seq <= 500",
    );
    verdicts(
        "UPDATE event SET verdict = 'accepted' WHERE incarnation = 9 AND device_seq BETWEEN 1000 AND 1499;
         UPDATE event SET verdict = NULL WHERE incarnation = 9 AND device_seq <= 500",
    );
    assert_eq!(spared(), [29_500, 1, 30_000]);
    desk.store.close().unwrap();
}

/// T4 (part): a copy of another day in the database's place is known by the spare of today. What went on as a branch is
/// still here.
#[test]
fn a_database_that_was_set_back_is_known_by_the_spare() {
    let station = Station::new();
    let profile = Profile::at(station.dir());
    station.desk.store.close().unwrap();
    let older = station.copy();
    let reopened = || Store::open(&profile.db(), &key(), at(2)).unwrap();
    let store = reopened();
    store.keep_spare(&profile, &key(), None).unwrap();
    let desk = Desk { dir: TempDir::new().unwrap(), store, device: station.desk.device };
    desk.open_case(1, 90, Party::default(), "Затопили соседи");
    desk.store.close().unwrap();
    let set_back = |dir: &Path| {
        let profile = Profile::at(dir);
        let store = Store::open(&profile.db(), &key(), at(3)).unwrap();
        let told = store.is_set_back(&profile, &key()).unwrap();
        store.close().unwrap();
        told
    };
    assert!(!set_back(station.dir()));
    assert!(!set_back(older.path()), "with its own spare");
    std::fs::copy(station.dir().join("esik.spare"), older.path().join("esik.spare")).unwrap();
    assert!(set_back(older.path()));
    let (store, device) = (reopened(), station.desk.device);
    let from = station.unsent[0].envelope().unwrap().device_seq.0;
    let moved = store.write(move |tx| log::branch_off(tx, device, 1, from, 900)).unwrap();
    assert!(moved.is_some());
    assert!(!store.is_set_back(&profile, &key()).unwrap());
    store.close().unwrap();
}

/// B10 (part), T26 (part): `verify` reads the pages that no question reads.
#[test]
fn verify_reads_every_page() {
    let station = Station::new();
    station.desk.store.close().unwrap();
    let db = station.dir().join("esik.db");
    for (damage, told) in [(false, vec![]), (true, vec![FaultKind::Pages])] {
        if damage {
            let last = std::fs::metadata(&db).unwrap().len() / 4096 - 1;
            flip(&db, usize::try_from(last).unwrap() * 4096 + 7, 1);
        }
        let store = Store::open(&db, &key(), at(2)).unwrap();
        let mut report = VerifyReport::default();
        store.read(|conn| verify_pages(conn, &mut report)).unwrap();
        assert_eq!(report.faults.iter().map(|f| f.kind).collect::<Vec<_>>(), told);
        store.close().unwrap();
    }
}

/// T26: a page that nobody reads is found as well, by looking the whole file through beside the work.
#[test]
fn the_whole_file_is_looked_through_beside_the_work() {
    let station = Station::new();
    let profile = Profile::at(station.dir());
    for (damage, expected) in [(false, 0), (true, 1)] {
        station.desk.store.close().unwrap();
        let store = Store::open(&profile.db(), &key(), at(2)).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        let found = Box::new(move |pages| tell.send(pages).unwrap());
        let after = std::time::Duration::ZERO;
        if damage {
            let last = std::fs::metadata(profile.db()).unwrap().len() / 4096 - 1;
            flip(&profile.db(), usize::try_from(last).unwrap() * 4096 + 7, 1);
        }
        store.keep_spare(&profile, &key(), Some(mend::LookThrough { after, found })).unwrap();
        let patience = std::time::Duration::from_secs(30);
        assert_eq!(told.recv_timeout(patience), Ok(expected));
        store.close().unwrap();
    }
}

/// What was saved right before the damage was found is in the spare all the same, nothing more is written on the file, and of
/// an intake that lies in both the later one comes back.
#[test]
fn a_file_that_was_found_damaged_takes_nothing_more() {
    let station = Station::new();
    let profile = Profile::at(station.dir());
    station.desk.store.close().unwrap();
    let store = Store::open(&profile.db(), &key(), at(2)).unwrap();
    // Its pages are the file's last ones, and nothing that comes later stands on them.
    store.write(|tx| meta::put(tx, "large", &"а".repeat(20_000))).unwrap();
    store.flush().unwrap();
    let last = std::fs::metadata(profile.db()).unwrap().len() / 4096 - 1;
    let desk = Desk { dir: TempDir::new().unwrap(), store, device: station.desk.device };
    let (tell, told) = std::sync::mpsc::channel();
    let found = Box::new(move |pages| tell.send(pages).unwrap());
    let look = mend::LookThrough { after: std::time::Duration::ZERO, found };
    desk.store.keep_spare(&profile, &key(), Some(look)).unwrap();
    desk.open_case(1, 90, Party::default(), "Затопили соседи");
    let unsent = desk.outbox();
    // The disk rots before the spare is brought up to date.
    flip(&profile.db(), usize::try_from(last).unwrap() * 4096 + 7, 1);
    assert_eq!(told.recv_timeout(std::time::Duration::from_secs(30)), Ok(1));
    let refused = desk.store.write(|tx| meta::put(tx, "later", &2));
    assert!(matches!(refused, Err(StoreError::Corrupt)), "{refused:?}");
    let (draft, typed) = (station.draft, serde_json::json!({ "narrative": "Шум во дворе" }));
    mend::write_aside(&profile, &key(), |tx| drafts::save(tx, person(1), draft, &typed, at(70)))
        .unwrap();
    desk.store.close().unwrap();
    for gone in [false, true] {
        let copy = tempfile::tempdir().unwrap();
        for name in ["esik.db", "esik.spare"] {
            std::fs::copy(station.dir().join(name), copy.path().join(name)).unwrap();
        }
        if gone {
            flip(&copy.path().join("esik.db"), 2000, 0);
        }
        let alone = Profile::at(copy.path());
        mend::mend(&alone, &key(), (desk.device, 2), at(80)).unwrap();
        let store = Store::open(&alone.db(), &key(), at(81)).unwrap();
        let kept = store.read(|c| drafts::get(c, person(1), draft)).unwrap().unwrap();
        assert_eq!(kept.body, typed, "{gone}");
        let back = store.read(|c| log::outbox(c, 10_000, 100_000_000)).unwrap();
        assert_eq!(back, unsent, "{gone}");
        store.close().unwrap();
    }
}
