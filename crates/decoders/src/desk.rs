//! What a desk reads beside messages: the slot file, a query, lines of an import, the list of a copy.

use crate::text;
use chrono::DateTime;
use esik_domain::event::Role;
use esik_domain::ids::OfficerId;
use esik_domain::policy::Actor;
use esik_store::Store;
use esik_store::exchange::cases::CaseLine;
use esik_store::exchange::copies::Manifest;
use esik_store::keys::{DbKey, KEY_FILE_NAMES, KdfParams, Keyring};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::cell::OnceCell;
use std::path::{Component, Path};
use tempfile::TempDir;
use uuid::Uuid;

/// The slot file's shape in its order: its checksum keeps damage out, not a stranger.
#[derive(Serialize, Deserialize)]
struct Slots {
    magic: String,
    fmt: u16,
    suite: u16,
    store_id: Uuid,
    device_id: Uuid,
    incarnation: u32,
    epoch: u32,
    generation: u64,
    device_key: Wrap,
    slots: Vec<Slot>,
    mac: String,
    sum: String,
}

#[derive(Serialize, Deserialize)]
struct Wrap {
    nonce: String,
    ct: String,
}

#[derive(Serialize, Deserialize)]
struct Slot {
    slot_id: Uuid,
    officer_id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    kdf: Kdf,
    drk: Wrap,
    osk: Wrap,
}

#[derive(Serialize, Deserialize)]
struct Kdf {
    id: String,
    cost: KdfParams,
    salt: String,
}

/// The same file with the sum that fits it.
fn summed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file: Slots = serde_json::from_slice(bytes).ok()?;
    file.sum.clear();
    file.sum = hex::encode(Sha256::digest(serde_json::to_vec(&file).ok()?));
    serde_json::to_vec(&file).ok()
}

/// The slot file.
pub fn keys(bytes: &[u8]) {
    thread_local!(static DIR: OnceCell<Option<TempDir>> = const { OnceCell::new() });
    DIR.with(|dir| {
        let Some(dir) = dir.get_or_init(|| TempDir::new().ok()) else { return };
        let good = summed(bytes);
        let written = [good.as_deref().unwrap_or(bytes), bytes];
        for (name, bytes) in KEY_FILE_NAMES.iter().zip(written) {
            assert!(std::fs::write(dir.path().join(name), bytes).is_ok(), "a folder to write in");
        }
        let Ok(ring) = Keyring::open(dir.path(), KdfParams::FLOOR) else { return };
        let officers = ring.officers();
        assert!(officers.len() <= 64, "as many slots as there may be");
        let cheap = serde_json::from_slice::<Slots>(bytes)
            .is_ok_and(|f| f.slots.iter().all(|s| s.kdf.cost.check().is_err()));
        // A cost that is refused is refused before anything is computed; the others take their time.
        for officer in officers.iter().filter(|_| cheap) {
            assert!(ring.unlock(*officer, "жылу-2026-есік").is_err());
        }
    });
}

/// A query in the field that finds everything.
pub fn search(bytes: &[u8]) {
    let Some(query) = text(bytes) else { return };
    thread_local!(static STORE: OnceCell<Option<(TempDir, Store)>> = const { OnceCell::new() });
    STORE.with(|store| {
        let made = store.get_or_init(|| {
            let dir = TempDir::new().ok()?;
            let file = dir.path().join("esik.db");
            let at = DateTime::from_timestamp(1_795_000_000, 0)?;
            Some((dir, Store::open(&file, &DbKey::from_bytes(&[7; 32]), at).ok()?))
        });
        assert!(made.is_some(), "a store to search in");
        let Some((_, store)) = made else { return };
        let actor =
            Actor { id: OfficerId(Uuid::from_u128(1)), role: Role::Officer, circles: Vec::new() };
        let found = store.read(|conn| esik_store::search::search(conn, &actor, query, 20));
        assert!(found.is_ok(), "a query is never an error: {found:?}");
    });
}

/// Lines of a file that is loaded in bulk.
pub fn import(bytes: &[u8]) {
    let Some(lines) = text(bytes) else { return };
    for line in lines.lines() {
        let Ok(case) = serde_json::from_str::<CaseLine>(line) else { continue };
        let written = serde_json::to_string(&case).unwrap_or_default();
        let again = serde_json::from_str::<CaseLine>(&written).ok();
        assert_eq!(again.as_ref(), Some(&case), "what was read is written and read again");
    }
}

/// `backup.json` of a copy that is put back: nothing it names lies outside the profile.
pub fn copies(bytes: &[u8]) {
    let Ok(list) = Manifest::read(bytes) else { return };
    for file in &list.files {
        let steps = Path::new(&file.name).components();
        assert!(steps.clone().all(|s| matches!(s, Component::Normal(_))), "{}", file.name);
        assert!(steps.count() <= 2, "{}", file.name);
    }
    let again = serde_json::to_vec(&list).ok().and_then(|bytes| Manifest::read(&bytes).ok());
    assert_eq!(again, Some(list), "what was read is written and read again");
}
