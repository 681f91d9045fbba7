//! Somebody with every key of the desk's database and an editor (T4): whatever he changes, somebody tells.
//!
//! What nobody can tell, and is not drawn here: events that never left this desk, when database, spare and spool are all
//! put back to before them, and the anchor with them, or are written anew by the officer whose key signed them; lines of the
//! journal, and papers and drafts, which no event knows of; the whole machine as it was on another day, until the region is met.

mod edits;

use ed25519_dalek::SigningKey;
use edits::{EDITS, Touched};
use esik_app::error::AppError;
use esik_app::proof;
use esik_domain::ids::{DeviceId, OfficerId};
use esik_server::site::Site;
use esik_store::keys::{DbKey, KdfParams, Keyring};
use esik_store::verify::dump;
use esik_store::{Store, officers};
use esik_testkit::{Form, PASSWORD, TestDesk, World};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Edits in one test run; another number by `ESIK_TAMPERS`.
const TAMPERS: usize = 25;

/// SplitMix64.
pub struct Dice(u64);

impl Dice {
    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n.max(1) as u64).unwrap()
    }
}

/// An event as it lies in the newest database.
pub struct Event {
    pub seq: i64,
    pub own: bool,
    pub placed: bool,
    pub bytes: String,
}

/// A desk with cases of its own and of a colleague's desk, sent and not sent, what it was on earlier days, and its region.
pub struct Bench {
    world: World,
    /// As it is today, nobody signed in.
    pub newest: PathBuf,
    /// On another day after a tidy end, and in the middle of the work: with a log beside the database.
    pub earlier: [PathBuf; 2],
    /// The region as it is today.
    region: PathBuf,
    pub key: DbKey,
    pub officer: OfficerId,
    pub signing: SigningKey,
    pub device: DeviceId,
    /// Own events first, each desk's in their order.
    pub events: Vec<Event>,
    /// Where copies and the region that answers lie: in memory where there is such a disk.
    copies: TempDir,
    round: u32,
}

fn form(text: &str) -> Form {
    Form::says(text, "ru").category("ZKH-01").at("ул. Абая, 3").refer("E-HEA")
}

/// Copies a folder. Not what only a running program has, and not the spool: whoever tampers takes that away.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (name, path) = (entry.file_name(), entry.path());
        let passing = ["spool", "profile.lock"].iter().any(|n| name == *n)
            || name.to_string_lossy().ends_with("-shm");
        if passing {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

impl Bench {
    fn new() -> Self {
        let mut world = World::to_be_copied();
        let place = |name: &str| world.folder().join(name);
        let (newest, region) = (place("newest"), place("region-of-today"));
        let earlier = [place("earlier"), place("earlier-at-work")];
        let desk = world.desk("Әлиева");
        desk.officer("Ким", "officer", &[]);
        let other = world.desk("Бекова");
        let both = |desk: &TestDesk, n: u32| {
            for i in 0..n {
                desk.takes_in(form(&format!("Нет тепла в квартире {i}")));
                other.takes_in(form(&format!("Яма во дворе дома {i}")));
            }
            for one in [&other, desk] {
                one.sync();
            }
        };
        both(&desk, 3);
        desk.desk.close();
        copy(&desk.dir, &earlier[0]);
        let desk = desk.restart();
        desk.sign_in("Әлиева");
        both(&desk, 2);
        desk.takes_in(form("Сосед шумит ночью"));
        copy(&desk.dir, &earlier[1]);
        assert!(std::fs::metadata(earlier[1].join("esik.db-wal")).unwrap().len() > 0);
        both(&desk, 2);
        desk.sync();
        for n in 0..2 {
            desk.takes_in(form(&format!("Не вывозят мусор, день {n}")));
        }
        assert!(desk.unacknowledged() > 2);
        desk.desk.close();
        copy(&desk.dir, &newest);
        let site = world.site().clone();
        world.lies_in(site);
        copy(&world.folder().join("region"), &region);

        let keyring = Keyring::open(&newest, KdfParams::FLOOR).unwrap();
        let officer = keyring.officers()[0];
        let unlocked = keyring.unlock(officer, PASSWORD).unwrap();
        let key = unlocked.drk.db_key();
        let device = keyring.device_id();
        let events = with_store(&newest, &key, |store| events(store, device));
        Self {
            world,
            newest,
            earlier,
            region,
            key,
            officer,
            signing: unlocked.signing,
            device,
            events,
            copies: tempfile::tempdir_in("/dev/shm").or_else(|_| TempDir::new()).unwrap(),
            round: 0,
        }
    }

    fn copied(&mut self) -> PathBuf {
        self.round += 1;
        let to = self.copies.path().join(format!("copy-{}", self.round));
        copy(&self.newest, &to);
        to
    }

    /// The region as it is today answers, whatever a desk told it before.
    fn todays_region(&mut self) {
        let place = self.copies.path().join("answering");
        self.world.lies_in(Site::new(&place.join("region.db"), None));
        let _ = std::fs::remove_dir_all(&place);
        copy(&self.region, &place);
        self.world.region_up();
    }

    /// Somebody signs in at a desk and locks it again.
    pub fn worked_at(&self, dir: &Path) {
        let desk = self.world.started(dir);
        desk.ok("session_open", json!({ "officer": self.officer, "password": PASSWORD }));
        desk.desk.close();
    }

    /// Who tells that something is wrong with a desk, and how; `None` = nobody.
    fn told(&mut self, dir: &Path) -> Option<(&'static str, String)> {
        let desk = self.world.started(dir);
        let told = self.told_of(&desk);
        desk.desk.close();
        told
    }

    fn told_of(&mut self, desk: &TestDesk) -> Option<(&'static str, String)> {
        let officer = json!({ "officer": self.officer, "password": PASSWORD });
        if let Err(refused) = desk.call("session_open", officer) {
            return Some(("at sign-in", refused.code));
        }
        let faults = |report: &esik_store::verify::VerifyReport| {
            let mut kinds: Vec<_> = report.faults.iter().map(|f| format!("{:?}", f.kind)).collect();
            kinds.dedup();
            kinds.join("+")
        };
        match proof::of_desk(&desk.desk.opened().unwrap()) {
            Err(error) => return Some(("by verify", error.to_string())),
            Ok(report) if !report.is_sound() => return Some(("by verify", faults(&report))),
            Ok(_) => {}
        }
        self.todays_region();
        match proof::with_region(&desk.desk) {
            // The second: the store itself cannot go on with what it finds.
            Err(AppError::Refused(r)) if ["region_fork", "disk_failed"].contains(&&*r.code) => {
                Some(("at the next sync", r.code))
            }
            Err(other) => panic!("{other:?}"),
            Ok(report) if report.is_sound() => None,
            Ok(report) => {
                // What came again, or was put in its place, is well. What another key signed stays beside what is here.
                if report.faults.iter().all(|f| !f.subject.contains(' ')) {
                    let again = proof::with_region(&desk.desk).unwrap();
                    assert!(again.is_sound(), "{report:?} {again:?}");
                }
                Some(("by verify --region", faults(&report)))
            }
        }
    }

    /// Everything that events say, lists show and keys are known by.
    fn content(&self, dir: &Path) -> String {
        with_store(dir, &self.key, |store| {
            let mut all = String::new();
            let dumped = store.read(|conn| dump(conn, &mut |line| all.push_str(line)));
            let known = store.read(officers::list);
            format!("{dumped:?} {known:?} {all}")
        })
    }
}

pub fn with_store<T>(dir: &Path, key: &DbKey, job: impl FnOnce(&Store) -> T) -> T {
    let now = "2026-11-20T05:00:00Z".parse().unwrap();
    let store = Store::open(&dir.join("esik.db"), key, now).unwrap();
    let done = job(&store);
    store.close().unwrap();
    done
}

fn events(store: &Store, own: DeviceId) -> Vec<Event> {
    let rows = store.read(|conn| {
        let mut asked = conn.prepare(
            "SELECT seq, device_id = ?1, pos IS NOT NULL, bytes FROM event
             ORDER BY device_id = ?1 DESC, device_id, incarnation, device_seq",
        )?;
        let rows = asked.query_map([own.0.as_bytes().as_slice()], |r| {
            Ok(Event { seq: r.get(0)?, own: r.get(1)?, placed: r.get(2)?, bytes: r.get(3)? })
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    rows.unwrap()
}

/// T4 (part), B10 (part): whatever is changed, deleted, put in another order, signed anew, moved or set back – events, lists,
/// pages, whole files, slots of the keyring and what a password costs – is told at sign-in, by `verify`, at the next sync
/// with a region that has the newest, or by `verify --region`, which reads everything of the region once more; a desk
/// nobody touched is never accused. Not the whole: the last of these is run by a person, not by every contact.
#[test]
fn tampering_is_told() {
    let number = std::env::var("ESIK_TAMPERS").ok().map_or(TAMPERS, |n| n.parse().unwrap());
    let mut bench = Bench::new();
    let mut dice = Dice(22);
    let untouched = bench.content(&bench.newest.clone());
    let mut told: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let (mut untold, mut nothing_said_changed, mut accused) = (Vec::new(), 0, Vec::new());
    for n in 0..number {
        let (what, edit) = EDITS[n % EDITS.len()];
        let dir = bench.copied();
        edit(&mut Touched { bench: &bench, dir: &dir, dice: &mut dice });
        let twin = dir.with_extension("twin");
        if what == "a page" {
            copy(&dir, &twin);
        }
        match bench.told(&dir) {
            Some((by, how)) => {
                *told.entry((what, format!("{by}: {how}"))).or_default() += 1;
            }
            None if what == "a page" && bench.content(&twin) == untouched => {
                nothing_said_changed += 1;
            }
            None => untold.push(format!("{n}: {what}")),
        }
        std::fs::remove_dir_all(dir).unwrap();
        let _ = std::fs::remove_dir_all(twin);
        if n % 12 == 0 {
            let dir = bench.copied();
            accused.extend(bench.told(&dir));
            std::fs::remove_dir_all(dir).unwrap();
        }
    }
    for ((what, how), times) in &told {
        println!("{what}: {how}: {times}");
    }
    let sum: u32 = told.values().sum();
    println!(
        "soak: {number} edits: {sum} told, {nothing_said_changed} old pages of which no event, list or key is part, {} untold",
        untold.len()
    );
    assert!(accused.is_empty(), "nobody touched it: {accused:?}");
    assert!(untold.is_empty(), "{}", untold.join("\n"));
    for by in ["at sign-in", "by verify:", "at the next sync", "by verify --region"] {
        assert!(told.keys().any(|(_, how)| how.starts_with(by)), "nothing was told {by}");
    }
}
