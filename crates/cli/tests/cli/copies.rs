//! A copy is whole, encrypted, and a new life of the device when it is used.

use crate::run::{Place, files};
use serde_json::{Value, json};

/// S16 (part), S18 (part), T30 (part).
#[test]
fn a_backup_restores_into_an_empty_profile_as_a_new_life() {
    let place = Place::with_profile();
    assert!(place.run(&["generate", "--cases", "20", "--seed", "2", "--load"]).ok);
    let before = place.run(&["state-hash", "--all"]).raw;
    let to = place.text("copy");
    let made = place.run(&["backup", &to]);
    assert!(made.ok, "{made:?}");
    assert_eq!(made.one()["checked"], true);
    // What lies a second time beside the database is no part of the desk.
    let named = |at: &str| files(&place.path(at)).iter().any(|f| f.ends_with("esik.spare"));
    assert!(named("desk") && !named("copy"));
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
    let life = back.one()["incarnation"].as_u64().unwrap();
    assert!(life > 1);
    let after = place.run_in("second", &["state-hash", "--all"], b"");
    assert_eq!(before, after.raw);
    // The restored desk works, under its new life, and the whole is sound.
    assert!(place.run_in("second", &["generate", "--cases", "1", "--seed", "9", "--load"], b"").ok);
    let proof = place.run_in("second", &["verify"], b"");
    assert!(proof.ok, "{proof:?}");
    let dump = place.run_in("second", &["dump", "--canonical"], b"");
    let lives: std::collections::BTreeSet<u64> =
        dump.lines.iter().filter_map(|l| l["incarnation"].as_u64()).collect();
    assert_eq!(lives, [1, life].into());
    // The first desk is untouched.
    assert!(place.run(&["verify"]).ok);
}

/// S16 (part): what a desk gave of its numbers after the copy was made is on people's coupons: the restored one gives others.
#[test]
fn a_restored_desk_gives_no_number_again() {
    let place = Place::with_profile();
    let takes_in = |profile: &str| -> String {
        let form = json!({ "text": "Яма", "language": "ru", "category": "BLG-04",
            "tasks": [{ "unit": "P-UIP", "text": "Проверить" }] });
        let ask = json!({ "id": 1, "cmd": "intake_finish", "args": { "form": form } }).to_string();
        let done = place.run_in(profile, &["rpc"], ask.as_bytes());
        assert!(done.ok, "{done:?}");
        done.one()["ok"]["number"].as_str().unwrap().to_owned()
    };
    let before = takes_in("desk");
    assert!(place.run(&["backup", &place.text("copy")]).ok);
    let since = takes_in("desk");
    assert!(place.run_in("second", &["restore", &place.text("copy")], b"").ok);
    let after = takes_in("second");
    assert!(![before, since].contains(&after), "{after} is on two coupons");
}

/// S16 (part), T4 (part): a folder that is put back by hand is told by the next command; what `restore` puts back at the same
/// place is meant, and works.
#[test]
fn a_folder_put_back_by_hand_is_told_and_a_restored_one_is_not() {
    let place = Place::with_profile();
    assert!(place.run(&["generate", "--cases", "2", "--seed", "3", "--load"]).ok);
    assert!(place.run(&["backup", &place.text("copy")]).ok);
    let by_hand = place.path("by-hand");
    std::fs::create_dir(&by_hand).unwrap();
    for file in files(&place.path("desk")) {
        std::fs::copy(&file, by_hand.join(file.file_name().unwrap())).unwrap();
    }
    let before = place.run(&["state-hash", "--all"]);
    assert!(place.run(&["generate", "--cases", "2", "--seed", "4", "--load"]).ok);

    std::fs::remove_dir_all(place.path("desk")).unwrap();
    std::fs::rename(&by_hand, place.path("desk")).unwrap();
    assert_eq!(place.run(&["state-hash", "--all"]).code(), "set_back");

    // However often: each life is later than what was noted of the one before.
    let mut lives = vec![0];
    for n in 0..6 {
        std::fs::remove_dir_all(place.path("desk")).unwrap();
        let back = place.run(&["restore", &place.text("copy")]);
        assert!(back.ok, "{back:?}");
        lives.push(back.one()["incarnation"].as_u64().unwrap());
        assert_eq!(place.run(&["state-hash", "--all"]).raw, before.raw);
        let seed = (9 + n).to_string();
        assert!(place.run(&["generate", "--cases", "1", "--seed", &seed, "--load"]).ok);
    }
    assert!(lives.is_sorted_by(|a, b| a < b), "{lives:?}");
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

/// A case with a picture; the folder the picture lies in.
fn with_a_picture(place: &Place) -> std::path::PathBuf {
    use base64::Engine as _;
    let picture = base64::engine::general_purpose::STANDARD.encode(b"\xff\xd8\xff\xe0 yard");
    let upload = "01900000-0000-7000-8000-00000000000a";
    let draft = place.rpc(&[json!({ "id": 1, "cmd": "draft_open" })])[0]["ok"]["id"].clone();
    let to = json!({ "to": "draft", "id": draft });
    let form = json!({ "text": "Яма", "language": "ru", "category": "BLG-04",
        "tasks": [{ "unit": "P-UIP", "text": "Проверить" }] });
    let answers = place.rpc(&[
        json!({ "id": 1, "cmd": "attachment_part",
            "args": { "upload": upload, "from": 0, "base64": picture } }),
        json!({ "id": 2, "cmd": "attachment_add",
            "args": { "upload": upload, "to": to, "name": "яма.jpg" } }),
        json!({ "id": 3, "cmd": "intake_finish",
            "args": { "draft": draft, "form": form, "print": false } }),
    ]);
    assert!(answers.iter().all(|a| a.get("ok").is_some()), "{answers:?}");
    place.path("desk").join("files")
}

fn only_file(dir: &std::path::Path) -> std::path::PathBuf {
    let all = files(dir);
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

#[test]
fn attached_files_go_with_a_backup_and_come_back_whole() {
    let place = Place::with_profile();
    let dir = with_a_picture(&place);
    let proof = place.run(&["verify"]);
    assert!(proof.ok, "{proof:?}");
    assert_eq!(proof.one()["files"], 1);
    let made = place.run(&["backup", &place.text("copy")]);
    assert_eq!((&made.one()["attached"], &made.one()["damaged"]), (&json!(1), &json!(0)));
    let listed = std::fs::read_to_string(place.path("copy").join("backup.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap()["format"], 2);
    let back = place.run_in("second", &["restore", &place.text("copy")], b"");
    assert!(back.ok, "{back:?}");
    let proof = place.run_in("second", &["verify"], b"");
    assert!(proof.ok && proof.one()["files"] == 1, "{proof:?}");
    let name = only_file(&dir).file_name().unwrap().to_owned();
    assert_eq!(only_file(&place.path("second").join("files")).file_name().unwrap(), name);
    // One bit of the copy, and a list that points elsewhere.
    let copied = only_file(&place.path("copy").join("files"));
    let whole = std::fs::read(&copied).unwrap();
    let mut bad = whole.clone();
    bad[30] ^= 1;
    std::fs::write(&copied, bad).unwrap();
    let refused = place.run_in("third", &["restore", &place.text("copy")], b"");
    assert_eq!(refused.code(), "backup_damaged");
    assert!(!place.path("third").join("files").exists());
    std::fs::write(&copied, whole).unwrap();
    let manifest = place.path("copy").join("backup.json");
    std::fs::write(&manifest, listed.replace("\"files/", "\"files/../")).unwrap();
    let refused = place.run_in("fourth", &["restore", &place.text("copy")], b"");
    assert_eq!(refused.code(), "backup_damaged");
}

#[test]
fn verify_names_a_file_that_is_altered_cut_or_gone_and_a_backup_is_made_all_the_same() {
    let place = Place::with_profile();
    let file = only_file(&with_a_picture(&place));
    let whole = std::fs::read(&file).unwrap();
    let kinds = || {
        let proof = place.run(&["verify"]);
        let faults = proof.one()["faults"].as_array().unwrap().clone();
        assert_eq!((proof.ok, faults.len()), (false, 1), "{proof:?}");
        faults[0]["kind"].as_str().unwrap().to_owned()
    };
    let mut bad = whole.clone();
    bad[20] ^= 4;
    std::fs::write(&file, bad).unwrap();
    assert_eq!(kinds(), "file_altered");
    let made = place.run(&["backup", &place.text("copy")]);
    assert!(made.ok && made.one()["damaged"] == 1, "{made:?}");
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(kinds(), "file_altered");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(kinds(), "file_missing");
    std::fs::write(&file, &whole).unwrap();
    assert!(place.run(&["verify"]).ok);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}
