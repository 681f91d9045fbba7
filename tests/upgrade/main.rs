//! Desks and regions of older schemas open with this program, hold what they held, and go on.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod region;

use chrono::{DateTime, Utc};
use esik_domain::case::FOLDER_VERSION;
use esik_store::Store;
use esik_store::keys::{KdfParams, Keyring};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use system_tests::PASSWORD;
use system_tests::program::cli;
use system_tests::rpc::{DeskProcess, lines, password_file, set_up};

/// The answers of a one-off command on a profile.
fn on(profile: &Path, args: &[&str]) -> Value {
    let file = password_file(profile.parent().unwrap());
    lines(cli(profile).arg("--password-file").arg(file).args(args)).remove(0)
}

/// Every frozen profile, copied so that it stays frozen, and what is expected of it.
fn frozen(into: &Path) -> Vec<(PathBuf, Value)> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade/desks");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(home).unwrap() {
        let from = entry.unwrap().path();
        if !from.is_dir() {
            continue;
        }
        let to = into.join(from.file_name().unwrap());
        std::fs::create_dir_all(&to).unwrap();
        for file in std::fs::read_dir(&from).unwrap() {
            let file = file.unwrap();
            if file.file_name() != "expected.json" {
                std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
            }
        }
        let expected = std::fs::read(from.join("expected.json")).unwrap();
        all.push((to, serde_json::from_slice(&expected).unwrap()));
    }
    assert!(!all.is_empty());
    all
}

/// The schema as the database has it, refinery's own table without its dates included.
fn schema(profile: &Path) -> Vec<String> {
    let keyring = Keyring::open(profile, KdfParams::FLOOR).unwrap();
    let key = keyring.unlock(keyring.officers()[0], PASSWORD).unwrap().drk.db_key();
    let store = Store::open(&profile.join("esik.db"), &key, DateTime::<Utc>::UNIX_EPOCH).unwrap();
    let all = store
        .read(|conn| {
            let ask = |sql: &str| {
                let mut statement = conn.prepare(sql)?;
                let rows = statement.query_map([], |r| r.get(0))?;
                rows.collect::<Result<Vec<String>, _>>()
            };
            let mut all = ask(
                "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '')
                 FROM sqlite_schema ORDER BY 1",
            )?;
            all.extend(ask(
                "SELECT version || ' ' || name || ' ' || checksum FROM refinery_schema_history
                 ORDER BY version",
            )?);
            Ok(all)
        })
        .unwrap();
    store.close().unwrap();
    all
}

/// B18 (part), T36 (part).
#[test]
fn a_desk_of_an_older_program_opens_and_holds_what_it_held() {
    let dir = tempfile::tempdir().unwrap();
    for (profile, expected) in frozen(dir.path()) {
        let name = profile.file_name().unwrap().to_string_lossy().into_owned();
        let proof = on(&profile, &["verify"]);
        assert_eq!(proof["sound"], true, "{name}: {proof}");
        assert_eq!(proof["cases"], expected["cases"], "{name}");
        assert_eq!(proof["events"], expected["events"], "{name}");
        // Every fold has its hash: one that changed without a new version of itself is noticed here.
        let fold = FOLDER_VERSION.to_string();
        let folded = on(&profile, &["state-hash", "--all"]);
        assert_eq!(folded["state_hash"], expected["state_hash"][&fold], "{name}, fold {fold}");

        let mut desk = DeskProcess::start(&profile);
        let case = desk.ok("case_get", json!({ "id": expected["case"] }));
        assert_eq!(case["narrative"], expected["text"], "{name}");
        assert_eq!(case["number"], expected["number"], "{name}");
        let home = desk.ok("reception", json!({}));
        assert_eq!(home["drafts"][0]["title"], expected["draft"], "{name}");
        let found = desk.ok("search", json!({ "query": "жылу жоқ", "limit": 20 }));
        let hits = found["hits"].as_array().unwrap();
        assert!(hits.iter().any(|hit| hit["id"] == expected["case"]), "{name}: {found}");

        // The work goes on: the next number follows, the chain goes on from the old head.
        let form = json!({ "text": "Подъезд не убирают", "language": "ru", "category": "ZKH-07",
            "referrals": [{ "agency": "E-HIN", "disclosed": { "phone": false } }] });
        let next = desk.ok("intake_finish", json!({ "print": false, "form": form }));
        let of = |number: &Value| {
            let text = number.as_str().unwrap().to_owned();
            let (series, n) = text.rsplit_once('-').unwrap();
            (series.to_owned(), n.parse::<u32>().unwrap())
        };
        let (old, new) = (of(&expected["number"]), of(&next["number"]));
        // Another year begins another count.
        if old.0 == new.0 {
            assert_eq!(new.1, old.1 + 1, "{name}");
        }
        desk.end();
        let proof = on(&profile, &["verify"]);
        assert_eq!(proof["sound"], true, "{name}: {proof}");
    }
}

#[test]
fn an_upgraded_desk_has_the_schema_of_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let new = dir.path().join("new");
    set_up(&new, "Бекова", None);
    let new = schema(&new);
    assert!(new.len() > 20, "{}", new.len());
    for (profile, _) in frozen(&dir.path().join("old")) {
        assert_eq!(schema(&profile), new, "{}", profile.display());
    }
}

#[test]
fn damage_to_an_old_desk_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (profile, _) = frozen(dir.path()).remove(0);
    let db = profile.join("esik.db");
    let mut bytes = std::fs::read(&db).unwrap();
    // A byte in every tenth page: some of them hold events.
    for at in (100..bytes.len()).step_by(10 * 4096) {
        bytes[at] ^= 1;
    }
    std::fs::write(&db, bytes).unwrap();
    let file = password_file(dir.path());
    let told = cli(&profile).arg("--password-file").arg(file).arg("verify").output().unwrap();
    assert!(!told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
}
