//! A copy is whole, encrypted, and a new life of the device when it is used.

use crate::run::{Place, files};
use serde_json::Value;

#[test]
fn a_backup_restores_into_an_empty_profile_as_a_new_life() {
    let place = Place::with_profile();
    assert!(place.run(&["generate", "--cases", "20", "--seed", "2", "--load"]).ok);
    let before = place.run(&["state-hash", "--all"]).raw;
    let to = place.text("copy");
    let made = place.run(&["backup", &to]);
    assert!(made.ok, "{made:?}");
    assert_eq!(made.one()["checked"], true);
    // Nothing readable is in the copy.
    for file in files(&place.path("copy")) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in ["SQLite format 3", "көшесі", "ул. ", "+7700"] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
    assert_eq!(place.run(&["backup", &to]).code(), "not_empty");

    let back = place.run_in("second", &["restore", &to], b"");
    assert!(back.ok, "{back:?}");
    assert_eq!(back.one()["incarnation"], 2);
    let after = place.run_in("second", &["state-hash", "--all"], b"");
    assert_eq!(before, after.raw);
    // The restored desk works, under its new life, and the whole is sound.
    assert!(place.run_in("second", &["generate", "--cases", "1", "--seed", "9", "--load"], b"").ok);
    let proof = place.run_in("second", &["verify"], b"");
    assert!(proof.ok, "{proof:?}");
    let dump = place.run_in("second", &["dump", "--canonical"], b"");
    let lives: std::collections::BTreeSet<u64> =
        dump.lines.iter().filter_map(|l| l["incarnation"].as_u64()).collect();
    assert_eq!(lives, [1, 2].into());
    // The first desk is untouched.
    assert!(place.run(&["verify"]).ok);
}

#[test]
fn a_damaged_or_foreign_copy_leaves_nothing_behind() {
    let place = Place::with_profile();
    assert!(place.run(&["generate", "--cases", "3", "--seed", "2", "--load"]).ok);
    assert!(place.run(&["backup", &place.text("copy")]).ok);
    let db = place.path("copy").join("esik.db");
    let whole = std::fs::read(&db).unwrap();
    let manifest = place.path("copy").join("backup.json");
    let listed = std::fs::read_to_string(&manifest).unwrap();
    let refused = |profile: &str, code: &str| {
        let answer = place.run_in(profile, &["restore", &place.text("copy")], b"");
        assert_eq!((answer.ok, answer.code()), (false, code), "{answer:?}");
        let left: Vec<_> = files(&place.path(profile))
            .into_iter()
            .filter(|f| f.file_name().unwrap() != "profile.lock")
            .collect();
        assert!(left.is_empty(), "{left:?}");
    };
    let mut broken = whole.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    std::fs::write(&db, &broken).unwrap();
    refused("a", "backup_damaged");
    // Also when somebody made the list agree with the damage: every page carries its own proof.
    let mut list: Value = serde_json::from_str(&listed).unwrap();
    for file in list["files"].as_array_mut().unwrap() {
        if file["name"] == "esik.db" {
            file["sha256"] = sha256(&broken).into();
        }
    }
    std::fs::write(&manifest, list.to_string()).unwrap();
    let answer = place.run_in("b", &["restore", &place.text("copy")], b"");
    assert!(!answer.ok && answer.code() == "corrupt", "{answer:?}");
    // A list that points outside the profile.
    std::fs::write(&db, &whole).unwrap();
    std::fs::write(&manifest, listed.replace("face.json", "../face.json")).unwrap();
    refused("c", "backup_damaged");
    std::fs::write(&manifest, &listed).unwrap();
    let wrong = place.write("password", b"another password");
    assert!(wrong.ends_with("password"));
    refused("d", "wrong_password");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}
