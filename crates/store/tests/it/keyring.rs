//! The keyring: who opens the desk, who does not, and what happens to a file somebody touched.

use crate::desk::{next, person, signing};
use base64::Engine as _;
use esik_domain::ids::DeviceId;
use esik_store::keys::{KEY_FILE_NAMES, KdfParams, KeyError, Keyring};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use tempfile::TempDir;

const FLOOR: KdfParams = KdfParams::FLOOR;

fn random() -> impl FnMut(&mut [u8]) {
    let mut n = 0u8;
    move |out: &mut [u8]| {
        for b in out {
            n = n.wrapping_mul(31).wrapping_add(17);
            *b = n;
        }
    }
}

fn new(dir: &Path) -> Keyring {
    let mut random = random();
    let (mut ring, drk) =
        Keyring::create(dir, DeviceId(next()), next(), FLOOR, &mut random).unwrap();
    ring.add_officer(person(1), "первый пароль", &drk, &signing(1), &mut random).unwrap();
    ring.add_officer(person(2), "second password", &drk, &signing(2), &mut random).unwrap();
    ring
}

/// Changes both copies as somebody with an editor would, the sum over the content included.
fn tamper(dir: &Path, change: impl Fn(&mut Value)) {
    for name in KEY_FILE_NAMES {
        let path = dir.join(name);
        // Keys in the order of the file: the sum is over the bytes as they are written.
        let text = std::fs::read_to_string(&path).unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        change(&mut value);
        std::fs::write(&path, summed(&value)).unwrap();
    }
}

/// Fields in the order of the format, with the sum the program expects.
fn summed(value: &Value) -> Vec<u8> {
    let ring: esik_store_shape::KeyFile = serde_json::from_value(value.clone()).unwrap();
    let bare = esik_store_shape::KeyFile { sum: String::new(), ..ring.clone() };
    let sum = hex::encode(Sha256::digest(serde_json::to_vec(&bare).unwrap()));
    serde_json::to_vec(&esik_store_shape::KeyFile { sum, ..ring }).unwrap()
}

/// The documented shape of `keys.v1`, written down a second time.
mod esik_store_shape {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Serialize, Deserialize)]
    pub struct KeyFile {
        pub magic: String,
        pub fmt: u16,
        pub suite: u16,
        pub store_id: String,
        pub device_id: String,
        pub incarnation: u32,
        pub epoch: u32,
        pub generation: u64,
        pub device_key: Wrap,
        pub slots: Vec<Slot>,
        pub mac: String,
        pub sum: String,
    }
    #[derive(Clone, Serialize, Deserialize)]
    pub struct Wrap {
        pub nonce: String,
        pub ct: String,
    }
    #[derive(Clone, Serialize, Deserialize)]
    pub struct Slot {
        pub slot_id: String,
        pub officer_id: String,
        #[serde(rename = "type")]
        pub kind: String,
        pub kdf: Kdf,
        pub drk: Wrap,
        pub osk: Wrap,
    }
    #[derive(Clone, Serialize, Deserialize)]
    pub struct Kdf {
        pub id: String,
        pub cost: Cost,
        pub salt: String,
    }
    #[derive(Clone, Serialize, Deserialize)]
    pub struct Cost {
        pub m: u32,
        pub t: u32,
        pub p: u32,
    }
}

fn unlock(dir: &Path, officer: u8, password: &str) -> Result<[u8; 32], KeyError> {
    let ring = Keyring::open(dir, FLOOR)?;
    ring.unlock(person(officer), password).map(|u| u.signing.to_bytes())
}

/// T3 (part).
#[test]
fn each_officer_opens_the_desk_with_his_password_and_signs_with_his_own_key() {
    let dir = TempDir::new().unwrap();
    let ring = new(dir.path());
    let one = ring.unlock(person(1), "первый пароль").unwrap();
    let two = ring.unlock(person(2), "second password").unwrap();
    assert_eq!(one.signing.to_bytes(), signing(1).to_bytes());
    assert_eq!(two.signing.to_bytes(), signing(2).to_bytes());
    let device = |u: &esik_store::keys::Unlocked| ring.device_key(&u.drk).unwrap().to_bytes();
    assert_eq!(device(&one), device(&two), "one desk, one device key");
    assert_ne!(device(&one), one.signing.to_bytes());
    for (officer, password) in [(1, "second password"), (2, "первый пароль"), (1, "первый парол")]
    {
        assert!(matches!(unlock(dir.path(), officer, password), Err(KeyError::WrongPassword)));
    }
    assert!(matches!(unlock(dir.path(), 3, "any password"), Err(KeyError::NoSlot)));
}

#[test]
fn a_password_is_the_same_letters_on_every_keyboard() {
    let dir = TempDir::new().unwrap();
    let mut random = random();
    let (mut ring, drk) =
        Keyring::create(dir.path(), DeviceId(next()), next(), FLOOR, &mut random).unwrap();
    ring.add_officer(person(1), "йод и ёлка", &drk, &signing(1), &mut random).unwrap();
    assert!(unlock(dir.path(), 1, "и\u{306}од и е\u{308}лка").is_ok());
    let short = ring.add_officer(person(2), "жетіқ-7", &drk, &signing(2), &mut random);
    assert!(matches!(short, Err(KeyError::PasswordTooShort)));
}

#[test]
fn a_changed_password_replaces_the_old_one() {
    let dir = TempDir::new().unwrap();
    let mut ring = new(dir.path());
    let mut random = random();
    let wrong = ring.change_password(person(1), "not the old one", "третий пароль", &mut random);
    assert!(matches!(wrong, Err(KeyError::WrongPassword)));
    ring.change_password(person(1), "первый пароль", "третий пароль", &mut random).unwrap();
    assert!(matches!(unlock(dir.path(), 1, "первый пароль"), Err(KeyError::WrongPassword)));
    assert_eq!(unlock(dir.path(), 1, "третий пароль").unwrap(), signing(1).to_bytes());
    assert!(unlock(dir.path(), 2, "second password").is_ok(), "the other officer notices nothing");
}

/// B10 (part).
#[test]
fn a_lowered_cost_is_refused_before_anything_is_computed() {
    let dir = TempDir::new().unwrap();
    new(dir.path());
    for (m, t) in [(8, 1), (1024, 2), (4 * 1024 * 1024, 3), (19 * 1024, 1000)] {
        tamper(dir.path(), |file| {
            file["slots"][0]["kdf"]["cost"]["m"] = m.into();
            file["slots"][0]["kdf"]["cost"]["t"] = t.into();
        });
        let refused = unlock(dir.path(), 1, "первый пароль");
        assert!(matches!(refused, Err(KeyError::KdfRefused)), "{m} {t} {refused:?}");
    }
    assert!(matches!(
        Keyring::open(dir.path(), KdfParams { m: 1024, t: 1, p: 1 }),
        Err(KeyError::KdfRefused)
    ));
}

/// B10 (part), T3 (part).
#[test]
fn a_slot_moved_to_another_officer_opens_nothing() {
    let dir = TempDir::new().unwrap();
    new(dir.path());
    // Officer 2 puts his own slot under the name of officer 1, to sign as him.
    tamper(dir.path(), |file| {
        let theirs = file["slots"][0]["officer_id"].clone();
        file["slots"][0]["officer_id"] = file["slots"][1]["officer_id"].clone();
        file["slots"][1]["officer_id"] = theirs;
    });
    assert!(matches!(unlock(dir.path(), 1, "second password"), Err(KeyError::WrongPassword)));
    assert!(matches!(unlock(dir.path(), 2, "первый пароль"), Err(KeyError::WrongPassword)));
}

#[test]
fn a_touched_header_is_noticed() {
    for change in [
        |f: &mut Value| f["incarnation"] = 9.into(),
        |f: &mut Value| f["generation"] = 99.into(),
        |f: &mut Value| {
            f["slots"].as_array_mut().unwrap().pop();
        },
    ] {
        let dir = TempDir::new().unwrap();
        new(dir.path());
        tamper(dir.path(), change);
        let noticed = unlock(dir.path(), 1, "первый пароль");
        assert!(matches!(noticed, Err(KeyError::Tampered)), "{noticed:?}");
    }
    let dir = TempDir::new().unwrap();
    new(dir.path());
    tamper(dir.path(), |f| f["device_id"] = person(5).to_string().into());
    assert!(matches!(unlock(dir.path(), 1, "первый пароль"), Err(KeyError::WrongPassword)));
}

/// T26 (part).
#[test]
fn a_damaged_copy_is_what_the_other_copy_is_for() {
    let dir = TempDir::new().unwrap();
    new(dir.path());
    let first = dir.path().join(KEY_FILE_NAMES[0]);
    let bytes = std::fs::read(&first).unwrap();
    for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&first, &bytes[..cut]).unwrap();
        assert!(unlock(dir.path(), 1, "первый пароль").is_ok(), "cut at {cut}");
    }
    std::fs::remove_file(&first).unwrap();
    assert!(unlock(dir.path(), 1, "первый пароль").is_ok());
    std::fs::write(dir.path().join(KEY_FILE_NAMES[1]), b"{").unwrap();
    assert!(matches!(unlock(dir.path(), 1, "первый пароль"), Err(KeyError::Corrupt)));
    std::fs::remove_file(dir.path().join(KEY_FILE_NAMES[1])).unwrap();
    assert!(matches!(unlock(dir.path(), 1, "первый пароль"), Err(KeyError::Missing)));
}

#[test]
fn a_tampered_file_is_not_sealed_again_by_the_next_honest_change() {
    let dir = TempDir::new().unwrap();
    let ring = new(dir.path());
    let unlocked = ring.unlock(person(1), "первый пароль").unwrap();
    tamper(dir.path(), |f| f["incarnation"] = 9.into());
    let mut ring = Keyring::open(dir.path(), FLOOR).unwrap();
    let refused =
        ring.add_officer(person(3), "third password", &unlocked.drk, &signing(3), &mut random());
    assert!(matches!(refused, Err(KeyError::Tampered)));
}

/// T1 (part).
#[test]
fn no_key_stands_in_the_file() {
    let dir = TempDir::new().unwrap();
    new(dir.path());
    for name in KEY_FILE_NAMES {
        let text = std::fs::read_to_string(dir.path().join(name)).unwrap();
        for n in [1, 2] {
            let b64 = base64::engine::general_purpose::STANDARD.encode(signing(n).to_bytes());
            assert!(!text.contains(&b64[..40]));
            assert!(!text.contains(&hex::encode(signing(n).to_bytes())));
        }
        assert!(!text.contains("password\": \"") && !text.contains("пароль"));
    }
}

#[test]
fn the_last_way_in_stays_and_a_new_life_is_counted() {
    let dir = TempDir::new().unwrap();
    let mut ring = new(dir.path());
    let drk = ring.unlock(person(1), "первый пароль").unwrap().drk;
    ring.remove_officer(person(2), &drk).unwrap();
    assert!(matches!(ring.remove_officer(person(1), &drk), Err(KeyError::LastSlot)));
    let mut leap = |by: u8| ring.next_incarnation(&drk, &mut |out| out.fill(by)).unwrap();
    assert_eq!((leap(0), leap(1)), (17, 17 + 16 + 0x0101));
    let again = Keyring::open(dir.path(), FLOOR).unwrap();
    assert_eq!(again.incarnation(), 33 + 0x0101);
    assert!(again.unlock(person(1), "первый пароль").is_ok());
    let mut later = |than| ring.life_later_than(than, &drk, &mut |out| out.fill(0)).unwrap();
    assert_eq!((later(9000), later(9000)), (9016, 9032), "later than what is known elsewhere, too");
}

#[test]
fn a_second_keyring_is_not_made_over_the_first() {
    let dir = TempDir::new().unwrap();
    new(dir.path());
    let second = Keyring::create(dir.path(), DeviceId(next()), next(), FLOOR, &mut random());
    assert!(matches!(second, Err(KeyError::Exists)));
}
