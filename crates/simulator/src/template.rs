//! A region and an empty desk database, made once a process and copied for every seed: making them
//! takes longer than most of what a seed does.

use crate::chance::Entropy;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::ids::DeviceId;
use esik_server::Env;
use esik_server::site::Site;
use esik_server::warrant::Instead;
use esik_store::Store;
use esik_store::keys::{Drk, KEY_FILE_NAMES, KdfParams, Keyring};
use esik_store::profile::Profile;
use esik_wire::LocalName;
use esik_wire::signed::key_text;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// When every world begins: Friday 20 November 2026, ten in the morning in Kokshetau.
#[must_use]
pub fn start() -> DateTime<Utc> {
    "2026-11-20T05:00:00Z".parse().expect("an instant")
}

/// A folder in memory where there is one.
#[must_use]
pub fn folder() -> TempDir {
    let shm = Path::new("/dev/shm");
    let made = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() };
    made.expect("a folder")
}

/// File of the region's database inside a world's folder.
pub const REGION_DB: &str = "region.db";

/// Puts a fresh region into a folder.
pub fn region_into(dir: &Path) {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let template = MADE.get_or_init(|| {
        let dir = folder();
        let entropy = Entropy::new(1);
        let env = Env::new(start, move |out| entropy.fill(out));
        let name = LocalName {
            kk: "Ақмола облысы".into(), ru: "Акмолинская область".into()
        };
        let site = Site::new(&dir.path().join(REGION_DB), None);
        site.create(&env, "akmola", name, &["localhost".to_owned()]).expect("a region");
        let region = site.open(env).expect("the region opens");
        for station in crate::world::STATIONS {
            let name = LocalName { kk: station.to_owned(), ru: station.to_owned() };
            region.add_station(station, name).expect("a station");
        }
        let warrant = key_text(&warrant_key().verifying_key());
        region.set_warrant(&warrant, Instead::Nothing).expect("a warrant key");
        site.remember(&region).expect("the mark is written");
        dir
    });
    copy(template.path(), dir);
}

/// The warrant key of every region; its server does not know it.
#[must_use]
pub fn warrant_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// The root key of every desk: one, so that one empty database fits all of them.
const ROOT: [u8; 32] = [7; 32];

/// A keyring with a device key from `chance`, and the root key that opens the template's database.
pub fn keyring(dir: &Path, device: DeviceId, chance: &Entropy) -> (Keyring, Drk) {
    let mut first = true;
    let mut fill = |out: &mut [u8]| {
        if std::mem::take(&mut first) { out.copy_from_slice(&ROOT) } else { chance.fill(out) }
    };
    let (mut keyring, drk) =
        Keyring::create(dir, device, uuid::Uuid::from_u128(1), KdfParams::FLOOR, &mut fill)
            .expect("a keyring");
    // Written without anybody's password: Argon2 is not what is looked at here.
    keyring.next_incarnation(&drk, &mut |out| chance.fill(out)).expect("the keyring is written");
    (keyring, drk)
}

/// Puts an empty desk database into a folder.
pub fn desk_into(dir: &Path) {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let template = MADE.get_or_init(|| {
        let dir = folder();
        let (_, drk) = keyring(dir.path(), DeviceId(uuid::Uuid::nil()), &Entropy::new(2));
        let db = Profile::at(dir.path()).db();
        Store::open(&db, &drk.db_key(), start()).expect("a database").close().expect("it closes");
        for name in KEY_FILE_NAMES {
            let _ = std::fs::remove_file(dir.path().join(name));
        }
        dir
    });
    copy(template.path(), dir);
}

/// What lies beside a region's database.
#[must_use]
pub fn state_of(dir: &Path) -> PathBuf {
    dir.join(format!("{REGION_DB}.state"))
}

/// Copies a region's database on which nobody works.
pub fn copy_database(from: &Path, to: &Path) {
    for end in ["", "-wal", "-shm"] {
        let name = format!("{REGION_DB}{end}");
        let _ = std::fs::remove_file(to.join(&name));
        if from.join(&name).exists() {
            std::fs::copy(from.join(&name), to.join(&name)).expect("a copy");
        }
    }
}

/// Copies it with what lies beside it.
pub fn copy_region(from: &Path, to: &Path) {
    copy(&state_of(from), &state_of(to));
    copy_database(from, to);
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target: PathBuf = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
