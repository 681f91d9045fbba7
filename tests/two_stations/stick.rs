//! Days without a line: records and files go on a stick through another station's desk, or through the region's
//! administrator, and the receipt comes back.

use crate::{heating, on};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use system_tests::program::{cli, until};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, attach, password_file, scan, set_up};

const MIB: usize = 1 << 20;

fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut out: Vec<PathBuf> =
        all.filter(|p| p.extension().is_some_and(|e| e == ending)).collect();
    out.sort();
    out
}

/// Not what a killed server left of one.
fn is_chunk(name: &str) -> bool {
    name.split_once('-').is_some_and(|(n, hash)| n.len() == 5 && hash.len() == 64)
}

/// Chunks of files that the region has.
fn chunks(dir: &Path) -> usize {
    let mut folders = vec![dir.join("region.db.state").join("blobs")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name().to_str().is_some_and(is_chunk) {
                found += 1;
            }
        }
    }
    found
}

/// `esik-cli bundle …`; whether it ended well, and what it said.
fn bundle(profile: &Path, what: &str, stick: &Path) -> (bool, Value) {
    let file = password_file(profile.parent().unwrap());
    let mut command = cli(profile);
    command.arg("--password-file").arg(file).args(["bundle", what]).arg(stick);
    let out = command.output().unwrap();
    (out.status.success(), serde_json::from_slice(&out.stdout).unwrap())
}

fn good(profile: &Path, what: &str, stick: &Path) -> Value {
    let (good, said) = bundle(profile, what, stick);
    assert!(good, "{what}: {said}");
    said
}

fn code_of(region: &Region, station: &str) -> String {
    let issued = region.admin(&["code", "issue", "--station", station]);
    issued["code"].as_str().unwrap().to_owned()
}

/// S25 (part): five cases and three photographs of a desk that has had no line for days reach region, colleague and body
/// through a desk of another station, over a flipped bit and a line cut in the middle; the receipt goes back; carried
/// again there is nothing new; and the region's administrator takes a stick as well.
#[test]
fn a_stick_carries_records_and_files_for_a_desk_without_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("region");
    let mut region = Region::start(&at);
    region.admin(&[
        "station",
        "add",
        "--id",
        "08",
        "--name-kk",
        "Сегізінші",
        "--name-ru",
        "Восьмое",
    ]);
    let (far, near, home) =
        (dir.path().join("far"), dir.path().join("near"), dir.path().join("home"));
    set_up(&far, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&home, "Бекова", Some((&region.url(), &region.code())));
    set_up(&near, "Сериков", Some((&region.url(), &code_of(&region, "08"))));
    for profile in [&far, &near, &home] {
        on(profile, &["sync", "--once"]);
    }
    let stick = dir.path().join("stick");
    std::fs::create_dir(&stick).unwrap();

    // The line is gone. The first case goes to a body, with its photographs.
    region.down();
    let mut desk = DeskProcess::start(&far);
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let to = json!({ "to": "draft", "id": draft });
    let photos = [scan(12 * MIB + 5, 1), scan(300_000, 2), scan(MIB, 3)];
    let mut chosen = Vec::new();
    for (n, photo) in photos.iter().enumerate() {
        chosen.push(attach(&mut desk, &to, &format!("снимок {n}.pdf"), photo));
    }
    let mut form = heating("Ауэзов, 12")["form"].clone();
    form["referrals"][0]["files"] = json!(chosen);
    let first = desk.ok("intake_finish", json!({ "draft": draft, "form": form, "print": false }));
    for n in 0..4 {
        desk.ok("intake_finish", heating(&format!("Абай, {n}")));
    }
    let waits = desk.ok("sync_status", json!({}))["unacknowledged"].clone();
    let far = desk.end();
    let written = good(&far, "export", &stick);
    assert_eq!((&written["events"], &written["attached"]), (&waits, &json!(3)));

    // On the way one bit flips.
    let small = with_ending(&stick, "esik-file")
        .into_iter()
        .min_by_key(|p| std::fs::metadata(p).unwrap().len())
        .unwrap();
    let right = std::fs::read(&small).unwrap();
    let mut wrong = right.clone();
    let middle = wrong.len() / 2;
    wrong[middle] ^= 4;
    std::fs::write(&small, wrong).unwrap();

    // The line of the other station is cut when some chunks are over.
    region.up();
    let mut command = cli(&near);
    command.arg("--password-file").arg(password_file(dir.path())).args(["bundle", "import"]);
    let carrying =
        command.arg(&stick).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    until("the first chunks", Duration::from_secs(60), || chunks(&at) >= 2);
    region.down();
    let cut = carrying.wait_with_output().unwrap();
    let said: Value = serde_json::from_slice(&cut.stdout).unwrap();
    let why = said["error"]["code"].as_str().unwrap_or_default();
    assert!(["region_unreachable", "region_timeout"].contains(&why), "{said}");
    assert!((2..16).contains(&chunks(&at)), "the cut came in the middle");
    region.up();
    let (whole, said) = bundle(&near, "import", &stick);
    assert!(!whole, "one file is not as it was written");
    let faults = said["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 1, "{said}");
    assert_eq!(faults[0]["code"], "bundle_damaged");
    assert_eq!(faults[0]["name"], small.file_name().unwrap().to_str().unwrap());
    std::fs::write(&small, right).unwrap();
    let said = good(&near, "import", &stick);
    assert_eq!((&said["attached"], &said["attached_there"]), (&json!(1), &json!(2)));
    assert_eq!(chunks(&at), 13 + 1 + 2, "none twice");

    // The body has the photographs, and so has the colleague.
    let mut clerk = region.clerk("E-HEA");
    let pages: Vec<String> = clerk.requests().iter().map(|r| clerk.get(r)).collect();
    assert_eq!(pages.len(), 5);
    let links = |page: &String| page.matches("/files/").count();
    assert_eq!(pages.iter().map(links).sum::<usize>(), 3, "the body has all three");
    let mut colleague = DeskProcess::start(&home);
    colleague.ok("sync_now", json!({}));
    let to = json!({ "to": "case", "id": first["case"] });
    let listed = colleague.ok("attachment_list", to.clone())["files"].clone();
    for file in listed.as_array().unwrap() {
        colleague.ok("attachment_fetch", json!({ "to": to, "id": file["id"] }));
    }
    colleague.ok("sync_now", json!({}));
    let listed = colleague.ok("attachment_list", to)["files"].clone();
    let here = listed.as_array().unwrap().iter().filter(|f| f["here"] == true);
    assert_eq!(here.count(), 3);
    colleague.end();

    // The stick is back; there is still no line.
    region.down();
    let taken = good(&far, "receipt", &stick);
    assert_eq!((&taken["events"], &taken["attached"]), (&waits, &json!(3)));
    let mut desk = DeskProcess::start(&far);
    let status = desk.ok("sync_status", json!({}));
    assert_eq!((&status["unacknowledged"], &status["files_waiting"]), (&json!(0), &json!(0)));
    let case = desk.ok("intake_finish", heating("Гоголь, 1"))["case"].clone();
    let to = json!({ "to": "case", "id": case });
    attach(&mut desk, &to, "снимок.pdf", &scan(2 * MIB, 9));
    let far = desk.end();
    region.up();
    let again = good(&near, "import", &stick);
    assert_eq!((&again["attached"], &again["attached_there"]), (&json!(0), &json!(3)));

    // The next one is given to the administrator himself, beside the running server.
    let by_hand = dir.path().join("by hand");
    std::fs::create_dir(&by_hand).unwrap();
    good(&far, "export", &by_hand);
    let bundles = with_ending(&by_hand, "esik-bundle");
    let mut args = vec!["bundle"];
    args.extend(bundles.iter().map(|p| p.to_str().unwrap()));
    let said = region.admin(&args);
    assert_eq!(said["bundles"].as_array().unwrap().len(), bundles.len());
    assert_eq!((&said["attached"]["taken"], &said["faults"]), (&json!(1), &json!([])));
    assert_eq!(region.admin(&args)["attached"]["there"], 1);
    let taken = good(&far, "receipt", &by_hand);
    assert_eq!(taken["attached"], 1);
    let synced = on(&far, &["sync", "--once"]);
    assert_eq!(synced[0]["pushed"], 0, "nothing is left for the line");
    for profile in [&far, &near, &home] {
        on(profile, &["verify"]);
    }
}
