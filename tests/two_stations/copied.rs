//! A profile copied to a second machine: both are the same device, both work on, and nothing of either is lost.

use crate::{heating, on};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use system_tests::program::copy_profile;
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, set_up};

/// S17, T31, B14 (part), S2 (part): both copies save and synchronise, the later one is told and joins again with a code, is
/// killed right after that, and sends what it has when it starts again. A third desk then has every case of both, once; all
/// three agree, and each of them is sound. Lost: 0.
#[test]
fn of_two_copies_of_a_profile_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(&dir.path().join("region"));
    let (a, copy, third) =
        (dir.path().join("a"), dir.path().join("copy"), dir.path().join("third"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&third, "Бекова", Some((&region.url(), &region.code())));
    let mut made = BTreeSet::new();
    let mut desk = DeskProcess::start(&a);
    let saved = |desk: &mut DeskProcess, address: &str, made: &mut BTreeSet<String>| {
        let done = desk.ok("intake_finish", heating(address));
        assert!(made.insert(done["case"].as_str().unwrap().to_owned()));
    };
    saved(&mut desk, "Ауэзов, 1", &mut made);
    desk.ok("sync_now", json!({}));
    // This one was not sent when the disk was copied.
    saved(&mut desk, "Ауэзов, 2", &mut made);
    let a = desk.end();
    copy_profile(&a, &copy);
    let (mut desk, mut other) = (DeskProcess::start(&a), DeskProcess::start(&copy));
    for n in 3..6 {
        saved(&mut desk, &format!("Ауэзов, {n}"), &mut made);
        saved(&mut other, &format!("Абай, {n}"), &mut made);
    }
    assert_eq!(desk.ok("sync_now", json!({}))["failure"], Value::Null);
    let told = other.ok("sync_now", json!({}));
    assert_eq!(told["failure"]["code"], "region_fork");
    assert_eq!(desk.ok("sync_now", json!({}))["failure"]["code"], "region_fork", "both are told");
    let frozen = |region: &Region| {
        let all = region.admin(&["device", "list"]);
        all.as_array().unwrap().iter().filter(|d| d["frozen"] == true).count()
    };
    assert_eq!(frozen(&region), 1);
    saved(&mut other, "Абай, 6", &mut made);
    let refused = other.call("profile_join_again", json!({ "code": "AAAAAAAAAA" })).unwrap_err();
    assert_eq!(refused["code"], "region_code_bad");
    let copy = other.end();
    on(&copy, &["join-again", "--code", &region.code()]);
    let mut other = DeskProcess::start(&copy);
    saved(&mut other, "Абай, 7", &mut made);
    other.kill();
    let mut other = DeskProcess::start(&copy);
    let mut reader = DeskProcess::start(&third);
    for _ in 0..2 {
        for one in [&mut other, &mut desk, &mut reader] {
            let status = one.ok("sync_now", json!({}));
            assert_eq!(status["failure"], Value::Null, "{status}");
            assert_eq!(status["unacknowledged"], 0);
        }
    }
    assert_eq!(frozen(&region), 0);
    let profiles = [other.end(), desk.end(), reader.end()];
    let agreed = on(&profiles[0], &["state-hash"]);
    for profile in &profiles {
        assert_eq!(on(profile, &["state-hash"]), agreed);
        assert_eq!(on(profile, &["verify"])[0]["sound"], true);
        let exported = on(profile, &["export"]);
        assert_eq!(exported.len(), made.len(), "every case of both, once");
    }
}
