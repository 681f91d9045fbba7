//! A region of the first schema and a desk of its day go on together.

use crate::on;
use chrono::{DateTime, Utc};
use esik_app::sync;
use esik_store::keys::{KdfParams, Keyring};
use esik_store::{Store, meta};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use system_tests::PASSWORD;
use system_tests::program::copy_profile;
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};

/// The frozen region and its desk, copied so that they stay frozen, and what is expected of them.
fn frozen(into: &Path) -> (PathBuf, PathBuf, Value) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade/regions/v1");
    let (region, desk) = (into.join("region"), into.join("desk"));
    copy_profile(&from.join("region"), &region);
    copy_profile(&from.join("region/region.db.state"), &region.join("region.db.state"));
    copy_profile(&from.join("region/region.db.state/tls"), &region.join("region.db.state/tls"));
    copy_profile(&from.join("desk"), &desk);
    let expected = std::fs::read(from.join("expected.json")).unwrap();
    (region, desk, serde_json::from_slice(&expected).unwrap())
}

/// The region has another port than on its last day; its desk is told, as by whoever moves a server.
fn tell(desk: &Path, url: &str) {
    let keyring = Keyring::open(desk, KdfParams::FLOOR).unwrap();
    let key = keyring.unlock(keyring.officers()[0], PASSWORD).unwrap().drk.db_key();
    let store = Store::open(&desk.join("esik.db"), &key, DateTime::<Utc>::UNIX_EPOCH).unwrap();
    let server = url.to_owned();
    store
        .write(move |tx| {
            let region: sync::Region = meta::get(tx, sync::REGION)?.unwrap();
            meta::put(tx, sync::REGION, &sync::Region { server, ..region })
        })
        .unwrap();
    store.close().unwrap();
}

/// B18 (part), T36 (part), S23 (part), S2 (part): nothing that the region acknowledged or the desk saved is missing, the
/// clerk's password still opens, what was not sent goes, and whoever joins today reads all of it.
#[test]
fn a_region_of_the_first_schema_and_its_desk_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let (region, old, expected) = frozen(dir.path());
    let mut region = Region::lying(&region);
    let told = region.admin(&["region", "show"]);
    assert_eq!(
        (&told["region"], &told["events"]),
        (&expected["region"], &expected["events_at_region"])
    );
    region.up();

    // The desk first without a line: what it held.
    let proof = on(&old, &["verify"]);
    assert_eq!(proof["sound"], true, "{proof}");
    assert_eq!((&proof["cases"], &proof["events"]), (&expected["cases"], &expected["events"]));
    tell(&old, &region.url());
    let mut desk = DeskProcess::start(&old);
    let synced = desk.ok("sync_now", json!({}));
    assert_eq!((&synced["failure"], &synced["unacknowledged"]), (&Value::Null, &json!(0)));
    let seen = |desk: &mut DeskProcess, id: &Value| {
        let referrals = desk.ok("case_get", json!({ "id": id }))["referrals"].clone();
        let all = referrals.as_array().unwrap().iter();
        all.map(|r| json!([r["agency"], r["state"], r["incoming_number"]])).collect::<Vec<_>>()
    };
    for case in expected["requests"].as_array().unwrap() {
        assert_eq!(json!(seen(&mut desk, &case["case"])), case["referrals"], "{case}");
    }

    // Somebody joins today.
    let new = dir.path().join("new");
    set_up(&new, "Бекова", Some((&region.url(), &region.code())));
    let mut second = DeskProcess::start(&new);
    let synced = second.ok("sync_now", json!({}));
    assert_eq!((&synced["failure"], &synced["unacknowledged"]), (&Value::Null, &json!(0)));
    for case in expected["requests"].as_array().unwrap() {
        assert_eq!(json!(seen(&mut second, &case["case"])), case["referrals"], "{case}");
    }

    let unsent = second.ok("case_get", json!({ "id": expected["unsent_case"] }));
    assert_eq!(unsent["number"], "ESK-07-2026-6", "what was taken in without a line came later");

    // The clerk goes on where she stopped, by the password of then.
    let mut clerk = region.sign_in("clerk-e-hea");
    let request = expected["registered"].as_str().unwrap();
    clerk.act(request, "accept", &[]);
    clerk.act(request, "answer", &[("text", "Жылу берілді, 30 қарашада тексердік.")]);
    for desk in [&mut desk, &mut second] {
        desk.ok("sync_now", json!({}));
        let last = seen(desk, &expected["registered_case"]);
        assert_eq!(json!(last), json!([["E-HEA", "answered", "202"]]));
    }
    let (old, new) = (desk.end(), second.end());
    let hash = |profile: &Path| on(profile, &["state-hash"])["state_hash"].clone();
    assert_eq!(hash(&old), hash(&new));
    for profile in [&old, &new] {
        assert_eq!(on(profile, &["verify"])["sound"], true);
    }
}
