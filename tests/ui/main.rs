//! The window in a real browser against the real core, and the region's pages: `run.mjs` and `region.mjs` drive, this
//! starts what they need.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use base64::Engine as _;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use system_tests::PASSWORD;
use system_tests::program::{Running, cli, copy_profile};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, lines, password_file, set_up};

/// The built pages: `ESIK_UI_DIST`, else what `npm run build` left in `ui/dist`.
fn dist() -> PathBuf {
    let dist = std::env::var_os("ESIK_UI_DIST")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist"), PathBuf::from);
    assert!(dist.join("index.html").exists(), "{} is not built", dist.display());
    dist
}

/// A desk behind loopback HTTP, and the address that opens it.
fn serve(profile: &Path) -> (Running, String) {
    let mut child = cli(profile)
        .args(["serve", "--ui"])
        .arg(dist())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).expect("serve tells where it listens");
    (Running(child), told["url"].as_str().unwrap().to_owned())
}

/// Cases of another register come in, as a station that begins with the program brings them: through a file.
fn import(profile: &Path, cases: u32) {
    let dir = profile.parent().unwrap();
    let (password, file) = (password_file(dir), dir.join("cases.jsonl"));
    let run = |args: &[&str], out: Stdio| {
        let status = cli(profile)
            .arg("--password-file")
            .arg(&password)
            .args(args)
            .stdout(out)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{args:?}");
    };
    let out = std::fs::File::create(&file).unwrap();
    run(&["generate", "--cases", &cases.to_string(), "--seed", "7"], out.into());
    run(&["import", file.to_str().unwrap()], Stdio::null());
    std::fs::remove_file(file).unwrap();
}

/// A desk in the middle of its work: cases of every state, late ones among them, and one of today.
fn busy_desk(profile: &Path, cases: u32) -> Value {
    set_up(profile, "Әлиева", None);
    import(profile, cases);
    let mut desk = DeskProcess::start(profile);
    // The same person came before, written down a little otherwise.
    desk.ok(
        "intake_finish",
        json!({ "print": false, "form": {
            "text": "Аулада жарық жоқ", "language": "kk", "category": "ZKH-04",
            "address": "Ауэзов, 12", "undecided": {},
            "applicant": { "role": "applicant", "surname": "Сеитова", "given": "Айгүл",
                "phone": "8 701 123 45 67", "iin": "991231500006", "do_not_call": true } } }),
    );
    let done = desk.ok(
        "intake_finish",
        json!({ "print": false, "form": {
            "text": "Екі күннен бері жылу жоқ, үйде сәби бар", "language": "kk",
            "category": "ZKH-01", "address": "Ауэзов, 12",
            "applicant": { "role": "applicant", "surname": "Сейтова", "given": "Айгүл",
                "phone": "8 701 123 45 67" },
            "circumstances": ["baby"], "advice": "Газ плитасымен жылынбаңыз.",
            "referrals": [{ "agency": "E-HEA",
                "disclosed": { "name": false, "phone": true, "address": true } }] } }),
    );
    desk.end();
    done["case"].clone()
}

/// Two desks of a region: one has a record the region sent back, and since the region went down others
/// that wait.
fn joined_desk(dir: &Path, region: &mut Region) -> PathBuf {
    let join = |name: &str, surname: &str| {
        let profile = dir.join(name);
        set_up(&profile, surname, Some((&region.url(), &region.code())));
        profile
    };
    let (mine, other) = (join("joined", "Әлиева"), join("other", "Бекова"));
    let mut desk = DeskProcess::start(&mine);
    let form = json!({ "text": "Бірінші подъезде жылу жоқ", "language": "kk", "category": "ZKH-01",
        "referrals": [{ "agency": "E-HEA",
            "disclosed": { "name": false, "phone": true, "address": true } }] });
    let done = desk.ok("intake_finish", json!({ "print": false, "form": form }));
    desk.ok("sync_now", json!({}));
    let view = desk.ok("case_get", json!({ "id": done["case"] }));
    let back = json!({ "case": done["case"], "referral": view["referrals"][0]["id"],
        "reason": "басқа органға" });
    let mut first = DeskProcess::start(&other);
    first.ok("sync_now", json!({}));
    first.ok("referral_withdraw", back.clone());
    first.ok("sync_now", json!({}));
    first.end();
    desk.ok("referral_withdraw", back);
    desk.ok("sync_now", json!({}));
    region.down();
    desk.ok("note_add", json!({ "case": done["case"], "text": "Кілт көршіде" }));
    desk.ok("sync_now", json!({}));
    desk.end();
    mine
}

/// The later one of two copies of a desk, told so by its region; and a code to join again with.
fn copied_desk(dir: &Path) -> (Region, PathBuf, String) {
    let region = Region::start(&dir.join("copied-region"));
    let (first, copy) = (dir.join("first"), dir.join("copied"));
    set_up(&first, "Әлиева", Some((&region.url(), &region.code())));
    copy_profile(&first, &copy);
    for profile in [&first, &copy] {
        let mut desk = DeskProcess::start(profile);
        let form =
            json!({ "text": "Бірінші подъезде жылу жоқ", "language": "kk", "category": "ZKH-01" });
        desk.ok("intake_finish", json!({ "print": false, "form": form }));
        desk.ok("sync_now", json!({}));
        desk.end();
    }
    let code = region.code();
    (region, copy, code)
}

#[test]
fn every_screen_works_by_keyboard_for_everyone_in_three_languages() {
    let dir = tempfile::tempdir().unwrap();
    let (fresh, busy) = (dir.path().join("fresh"), dir.path().join("busy"));
    let case = busy_desk(&busy, 60);
    let mut region = Region::start(&dir.path().join("region"));
    let joined = joined_desk(dir.path(), &mut region);
    let (_region_of_two, copied, code) = copied_desk(dir.path());
    let (_fresh, fresh_url) = serve(&fresh);
    let (_joined, joined_url) = serve(&joined);
    let (_busy, busy_url) = serve(&busy);
    let (_copied, copied_url) = serve(&copied);
    let plan = json!({
        "fresh": fresh_url, "busy": busy_url, "joined": joined_url, "case": case, "password": PASSWORD,
        "copied": copied_url, "code": code,
        "shots": std::env::var("ESIK_SHOTS").ok(),
    });
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let status = Command::new("node")
        .arg(here.join("run.mjs"))
        .arg(plan.to_string())
        .stdin(Stdio::null())
        .status()
        .expect("node is installed");
    assert!(status.success(), "the browser found something: see above");
}

/// Cases of the desk that has many: some months of a station; `ESIK_CASES` asks for another number.
fn many() -> u32 {
    std::env::var("ESIK_CASES").map_or(2_000, |cases| cases.parse().expect("a number of cases"))
}

/// Lists are drawn by the piece, numbers have many digits, and what is found is found among thousands.
#[test]
fn every_screen_stands_with_thousands_of_cases() {
    let dir = tempfile::tempdir().unwrap();
    let busy = dir.path().join("busy");
    let cases = many();
    let case = busy_desk(&busy, cases);
    let (_busy, url) = serve(&busy);
    let plan = json!({
        "busy": url, "case": case, "cases": cases, "password": PASSWORD,
        "shots": std::env::var("ESIK_SHOTS").ok(),
    });
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let status = Command::new("node")
        .arg(here.join("many.mjs"))
        .arg(plan.to_string())
        .stdin(Stdio::null())
        .status()
        .expect("node is installed");
    assert!(status.success(), "the browser found something: see above");
}

/// The eight characters of a coupon, read from the paper.
fn typed_code(preview: &Value, dir: &Path) -> String {
    let pdf = base64::engine::general_purpose::STANDARD.decode(preview["base64"].as_str().unwrap());
    let file = dir.join("coupon.pdf");
    std::fs::write(&file, pdf.unwrap()).unwrap();
    let text = Command::new("pdftotext").arg(&file).arg("-").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    let signs = |l: &str| l.replace(' ', "");
    let plain = |l: &str| l.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    text.lines().map(signs).find(|l| l.len() == 8 && plain(l)).expect("a code on the coupon")
}

/// A region with one open request and something a revoked officer still brought.
fn region_at_work(dir: &Path) -> (Region, Value) {
    let region = Region::start(&dir.join("region"));
    let profile = dir.join("desk");
    set_up(&profile, "Әлиева", Some((&region.url(), &region.code())));
    let mut desk = DeskProcess::start(&profile);
    let form = json!({ "text": "Екі күннен бері жылу жоқ", "language": "kk", "category": "ZKH-01",
        "referrals": [{ "agency": "E-HEA",
            "disclosed": { "name": false, "phone": true, "address": true } }] });
    let done = desk.ok("intake_finish", json!({ "print": false, "form": form }));
    desk.ok("sync_now", json!({}));
    let contacts = json!({ "address_kk": "", "address_ru": "", "phone": "8 (7162) 25-00-00" });
    desk.ok("station_contacts_set", contacts);
    let code = typed_code(&desk.ok("coupon_preview", json!({ "id": done["case"] })), dir);
    let over = json!({ "text": "Көшеде шам жанбайды", "language": "kk", "category": "BLG-04",
        "referrals": [{ "agency": "E-ZKH",
            "disclosed": { "name": false, "phone": false, "address": true } }] });
    let over = desk.ok("intake_finish", json!({ "print": false, "form": over }));
    let over_code = typed_code(&desk.ok("coupon_preview", json!({ "id": over["case"] })), dir);
    desk.ok(
        "case_close",
        json!({ "case": over["case"], "word": "solved", "outcome": "helped", "text": "Жанды",
            "not_called": "өзі келді" }),
    );
    desk.ok("sync_now", json!({}));
    let officers = region.admin(&["officer", "list"]);
    let officer = officers[0]["officer"].as_str().unwrap().to_owned();
    region.admin(&["officer", "revoke", &officer]);
    desk.ok("note_add", json!({ "case": done["case"], "text": "Кілт көршіде" }));
    desk.ok("sync_now", json!({}));
    desk.end();
    let file = password_file(dir);
    let file = file.to_str().unwrap();
    let clerk = ["--login", "jylu", "--name", "Жылу кезекшісі", "--password-file", file];
    region.admin(&[&["clerk", "add", "--agency", "E-HEA"][..], &clerk].concat());
    let operator = ["--login", "oblys", "--name", "Бекова А. Т.", "--password-file", file];
    region.admin(&[&["operator", "add"][..], &operator].concat());
    let device = region.admin(&["device", "list"])[0]["device"].as_str().unwrap().to_owned();
    let epoch = region.admin(&["region", "show"])["epoch"].as_str().unwrap().to_owned();
    let plan = json!({
        "url": region.url(), "clerk": "jylu", "operator": "oblys", "password": PASSWORD,
        "device": &device[device.len() - 8..], "epoch": &epoch[..8],
        "coupon": { "number": done["number"], "code": code },
        "over": { "number": over["number"], "code": over_code },
        "shots": std::env::var("ESIK_SHOTS").ok(),
    });
    (region, plan)
}

/// B32 (part): the applicant's page has no barrier, needs no script, fits a small telephone and 200 % zoom.
#[test]
fn the_regions_pages_work_by_keyboard_for_everyone_in_both_languages() {
    let dir = tempfile::tempdir().unwrap();
    let (_region, plan) = region_at_work(dir.path());
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let status = Command::new("node")
        .arg(here.join("region.mjs"))
        .arg(plan.to_string())
        .stdin(Stdio::null())
        .status()
        .expect("node is installed");
    assert!(status.success(), "the browser found something: see above");
}

/// Two officers of one desk and one whose bodies are late, and a hand that counts what they do. Counts only: no clock is looked at.
#[test]
fn an_officer_s_time_does_not_grow() {
    let dir = tempfile::tempdir().unwrap();
    let profile = dir.path().join("desk");
    set_up(&profile, "Әлиева", None);
    let file = password_file(dir.path());
    lines(cli(&profile).arg("--password-file").arg(&file).args([
        "officer-add",
        "--surname",
        "Байжанов",
        "--given",
        "Ерлан",
        "--role",
        "officer",
        "--new-password-file",
        file.to_str().unwrap(),
    ]));
    let behind = dir.path().join("behind");
    set_up(&behind, "Әлиева", None);
    import(&behind, 60);
    let ((_desk, url), (_behind, late)) = (serve(&profile), serve(&behind));
    let plan = json!({
        "url": url, "late": late, "password": PASSWORD, "first": "Әлиева", "other": "Байжанов",
        "shots": std::env::var("ESIK_SHOTS").ok(),
        "write": std::env::var("ESIK_KLM").is_ok_and(|v| v == "write"),
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/klm/run.mjs");
    let status = Command::new("node")
        .arg(script)
        .arg(plan.to_string())
        .stdin(Stdio::null())
        .status()
        .expect("node is installed");
    assert!(status.success(), "an officer needs more than before: see above");
}
