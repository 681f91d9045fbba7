//! Two real desk processes and a real server over TLS, killed and restarted in the middle: at the end
//! all hold the same, and nothing that was answered to an officer is missing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod copied;
mod drill;
mod revoked;
mod stick;

use serde_json::{Value, json};
use std::path::Path;
use system_tests::program::cli;
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, lines, password_file, set_up};
use system_tests::served::Served;

fn referral(agency: &str) -> Value {
    json!({ "agency": agency, "disclosed": { "name": false, "phone": true, "address": true } })
}

fn heating(address: &str) -> Value {
    json!({ "print": false, "form": {
        "text": "Екі күннен бері жылу жоқ, үйде сәби бар", "language": "kk", "category": "ZKH-01",
        "address": address, "applicant": { "role": "applicant", "phone": "8 701 123 45 67" },
        "circumstances": ["baby"], "advice": "Газ плитасымен жылынбаңыз.",
        "referrals": [referral("E-HEA")] } })
}

/// The answers of a one-off command on a profile.
fn on(profile: &Path, args: &[&str]) -> Vec<Value> {
    let file = password_file(profile.parent().unwrap());
    lines(cli(profile).arg("--password-file").arg(file).args(args))
}

/// S2 (part), S3, B02 (part).
#[test]
fn two_desks_and_a_killed_region_end_up_with_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut region = Region::start(&dir.path().join("region"));
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let mut desk_a = DeskProcess::start(&a);
    let mut desk_b = DeskProcess::start(&b);

    // No line: both work, numbers come from disjoint blocks.
    region.down();
    let first = desk_a.ok("intake_finish", heating("Ауэзов, 12"));
    let second = desk_b.ok("intake_finish", heating("Абай, 88"));
    assert_ne!(first["number"], second["number"]);
    let down = desk_a.ok("sync_now", json!({}));
    assert_eq!(down["failure"]["code"], "region_unreachable");
    assert!(down["unacknowledged"].as_u64().unwrap() > 0);

    // A desk dies in the middle of an intake: what was answered is there.
    let draft = desk_a.ok("draft_open", json!({}));
    desk_a.ok(
        "draft_save",
        json!({ "id": draft["id"], "form": { "text": "Балабақшада орын жоқ", "language": "kk" } }),
    );
    desk_a.kill();
    let mut desk_a = DeskProcess::start(&a);
    let home = desk_a.ok("reception", json!({}));
    assert_eq!(home["drafts"][0]["title"], "Балабақшада орын жоқ");
    assert_eq!(home["taken_today_count"], 1);

    // The region comes back, is killed again between two syncs, and comes back once more.
    region.up();
    assert_eq!(desk_a.ok("sync_now", json!({}))["unacknowledged"], 0);
    region.down();
    region.up();
    assert_eq!(desk_b.ok("sync_now", json!({}))["unacknowledged"], 0);

    // The utility's clerk registers, accepts and answers in the browser.
    let mut clerk = region.clerk("E-HEA");
    let requests = clerk.requests();
    assert_eq!(requests.len(), 2, "one request from each desk");
    for (n, request) in requests.iter().enumerate() {
        clerk.act(request, "register", &[("incoming_number", &format!("20{n}"))]);
        clerk.act(request, "accept", &[]);
        clerk.act(
            request,
            "answer",
            &[("text", "Тік құбыр іске қосылды, 23 қарашада 15:00-де тексердік.")],
        );
    }
    desk_a.ok("sync_now", json!({}));
    let case = desk_a.ok("case_get", json!({ "id": first["case"] }));
    assert_eq!(case["referrals"][0]["state"], "answered");
    assert!(case["referrals"][0]["incoming_number"].as_str().unwrap().starts_with("20"));
    assert_eq!(case["referrals"][0]["accepted"]["by"], "Жылу кезекшісі", "the clerk's name");

    // The officer checks, calls, closes; the other desk sees it.
    let referral = case["referrals"][0]["id"].clone();
    desk_a.ok(
        "referral_check",
        json!({ "case": first["case"], "referral": referral, "good": true, "note": "",
            "has": ["facts", "decision", "who_when", "next", "appeal"] }),
    );
    desk_a.ok("contact_record", json!({ "case": first["case"], "how": "call", "reached": "yes", "word": "solved", "text": "Жылы, рақмет" }));
    desk_a.ok(
        "case_close",
        json!({ "case": first["case"], "word": "solved", "outcome": "helped", "text": "" }),
    );
    for _ in 0..2 {
        assert_eq!(desk_a.ok("sync_now", json!({}))["unacknowledged"], 0);
        assert_eq!(desk_b.ok("sync_now", json!({}))["unacknowledged"], 0);
    }
    let seen = desk_b.ok("case_get", json!({ "id": first["case"] }));
    assert_eq!(seen["closed"]["word"], "solved");

    let (a, b) = (desk_a.end(), desk_b.end());
    assert_eq!(on(&a, &["state-hash"]), on(&b, &["state-hash"]));
    for profile in [&a, &b] {
        on(profile, &["verify"]);
    }
}

#[test]
fn a_restricted_case_reaches_its_agency_but_not_the_other_desk() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(&dir.path().join("region"));
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let mut desk_a = DeskProcess::start(&a);
    let mut desk_b = DeskProcess::start(&b);
    let done = desk_a.ok(
        "intake_finish",
        json!({ "form": {
            "text": "Муж избил", "language": "ru", "category": "FAM-01",
            "crime": { "kui_number": "КУИ-26-11", "received_by": "Дежурный", "social_sentence": "Нужен ночлег" },
            "referrals": [{ "agency": "E-CRS", "disclosed": { "phone": true } }] } }),
    );
    desk_a.ok("sync_now", json!({}));
    desk_b.ok("sync_now", json!({}));
    assert_eq!(
        desk_b.call("case_get", json!({ "id": done["case"] })).unwrap_err()["code"],
        "not_found"
    );
    assert_eq!(desk_b.ok("control", json!({}))["counts"]["all"], 0);
    let mut clerk = region.clerk("E-CRS");
    let requests = clerk.requests();
    let page = clerk.get(&requests[0]);
    assert!(
        page.contains("Нужен ночлег") && !page.contains("избил"),
        "only what the officer wrote for it"
    );
    clerk.act(&requests[0], "register", &[("incoming_number", "7")]);
    desk_a.ok("sync_now", json!({}));
    let case = desk_a.ok("case_get", json!({ "id": done["case"] }));
    assert_eq!(case["referrals"][0]["incoming_number"], "7", "the author sees the answer");
    let b = desk_b.end();
    let dump = on(&b, &["dump", "--canonical"]);
    let text = Value::Array(dump).to_string();
    assert!(
        !text.contains("КУИ-26-11") && !text.contains("E-CRS"),
        "nothing of it is on the other desk"
    );
}

#[test]
fn an_agency_that_refuses_gives_the_work_back_and_another_takes_it() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(&dir.path().join("region"));
    let a = dir.path().join("a");
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    let mut desk = DeskProcess::start(&a);
    let done = desk.ok(
        "intake_finish",
        json!({ "form": { "text": "Открытый люк у школы", "language": "ru", "category": "BLG-04",
            "address": "Горького, 7", "referrals": [referral("E-WAT")] } }),
    );
    desk.ok("sync_now", json!({}));
    let mut clerk = region.clerk("E-WAT");
    let request = clerk.requests().remove(0);
    clerk.act(&request, "register", &[("incoming_number", "88")]);
    clerk.act(&request, "reject", &[("code", "not_ours"), ("reason", "Люк связистов, не наш")]);
    desk.ok("sync_now", json!({}));
    let board = desk.ok("control", json!({ "queue": "waiting_us" }));
    assert_eq!(board["rows"][0]["what"], "find_another");
    assert_eq!(board["rows"][0]["stamps"], json!(["yes", "yes", "no"]));
    let case = desk.ok("case_get", json!({ "id": done["case"] }));
    assert_eq!(case["referrals"][0]["rejected"]["reason"], "Люк связистов, не наш");
    desk.ok(
        "referral_send",
        json!({ "case": done["case"], "agency": "E-ZKH", "text": "", "replaces": case["referrals"][0]["id"],
            "disclosed": { "address": true }, "answer_due": null }),
    );
    desk.ok("sync_now", json!({}));
    let board = desk.ok("control", json!({ "queue": "waiting_us" }));
    assert_eq!(board["rows"][0]["what"], "hand_over", "nobody of the other body is there yet");
    let mut other = region.clerk("E-ZKH");
    assert_eq!(other.requests().len(), 1);
    desk.ok("sync_now", json!({}));
    assert_eq!(desk.ok("control", json!({ "queue": "waiting_us" }))["counts"]["waiting_us"], 0);
}

/// S32 (part): a desk that was locked without a line sends what waits by itself when the line is back, also after the
/// machine was switched off and on; whoever signs in next finds it acknowledged.
#[test]
fn a_locked_desk_sends_what_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut region = Region::start(&dir.path().join("region"));
    let profile = dir.path().join("a");
    set_up(&profile, "Әлиева", Some((&region.url(), &region.code())));
    on(&profile, &["sync", "--once"]);
    region.down();
    let mut desk = Served::signed_in(&profile);
    desk.ok("intake_finish", heating("Ауэзов, 12"));
    desk.ok("session_lock", json!({}));
    let waits = |desk: &mut Served| desk.ok("sync_status", json!({}))["unacknowledged"].as_u64();
    assert!(waits(&mut desk) > Some(0));
    let profile = desk.end();
    let mut desk = Served::start(&profile).unwrap();
    assert!(waits(&mut desk) > Some(0), "a desk that was switched off tells it, too");
    region.up();
    let mut looks = 0;
    while waits(&mut desk) != Some(0) {
        std::thread::sleep(std::time::Duration::from_millis(250));
        looks += 1;
        assert!(looks < 240, "nothing was sent while the desk was locked");
    }
    assert_eq!(region.clerk("E-HEA").requests().len(), 1, "the body has the request");
    desk.end();
    region.down();
    let mut desk = DeskProcess::start(&profile);
    assert_eq!(desk.ok("sync_status", json!({}))["unacknowledged"], 0);
}
