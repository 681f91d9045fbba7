//! The folder a scanner writes into: offered when whole, attached once, and not left lying open.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const SCAN: &[u8] = b"%PDF-1.7 a scanned letter";

struct Scanner {
    folder: PathBuf,
    world: World,
}

impl Scanner {
    fn new() -> Self {
        let world = World::new();
        let folder = world.folder().join("сканер");
        fs::create_dir(&folder).unwrap();
        Self { folder, world }
    }

    fn desk(&self, remove: bool) -> TestDesk {
        let desk = self.world.desk("Әлиева");
        set(&desk, &self.folder, remove).unwrap();
        desk
    }

    /// Writes a file so many hours before now.
    fn writes(&self, name: &str, bytes: &[u8], hours: u64) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, bytes).unwrap();
        let at = SystemTime::from(self.world.clock.now()) - Duration::from_secs(hours * 3600);
        fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        path
    }
}

fn set(desk: &TestDesk, path: &Path, remove: bool) -> Result<Value, String> {
    let args = json!({ "path": path.to_string_lossy(), "remove": remove });
    desk.call("scan_folder_set", args).map_err(|e| e.code)
}

fn look(desk: &TestDesk) -> Value {
    desk.ok("scan_look", json!({}))
}

fn offered(desk: &TestDesk) -> Vec<String> {
    names(&look(desk))
}

fn names(look: &Value) -> Vec<String> {
    let files = look["files"].as_array().unwrap();
    files.iter().map(|f| f["name"].as_str().unwrap().to_owned()).collect()
}

/// As the card does: looks, until what lies there is known to be whole.
fn settle(desk: &TestDesk) -> Vec<Value> {
    look(desk);
    look(desk)["files"].as_array().unwrap().clone()
}

fn attach(desk: &TestDesk, file: &Value, to: &Value, sure: bool) -> Result<Value, String> {
    let args = json!({ "name": file["name"], "bytes": file["bytes"], "at": file["at"], "to": to,
                       "not_identity": sure });
    desk.call("scan_attach", args).map_err(|e| e.code)
}

fn case(desk: &TestDesk) -> Value {
    let form = Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH");
    json!({ "to": "case", "id": desk.takes_in(form) })
}

fn kept(desk: &TestDesk, to: &Value) -> Vec<String> {
    let all = desk.ok("attachment_list", to.clone());
    names(&all)
}

fn sealed(desk: &TestDesk) -> usize {
    fs::read_dir(desk.dir.join("files")).map_or(0, Iterator::count)
}

#[test]
fn a_scan_is_offered_when_it_is_whole_attached_once_and_gone_from_the_folder() {
    let scanner = Scanner::new();
    let desk = scanner.desk(true);
    let to = case(&desk);
    assert_eq!(offered(&desk), Vec::<String>::new());
    let path = scanner.writes("Скан 1.pdf", &SCAN[..9], 0);
    let first = look(&desk);
    assert_eq!((names(&first), &first["writing"]), (vec![], &json!(1)), "seen once");
    // The scanner goes on writing: it is not whole yet.
    scanner.writes("Скан 1.pdf", SCAN, 0);
    assert_eq!(offered(&desk), Vec::<String>::new());
    let found = look(&desk);
    assert_eq!((names(&found), &found["writing"]), (vec!["Скан 1.pdf".to_owned()], &json!(0)));
    let file = &found["files"][0];
    assert_eq!((&file["bytes"], &file["fresh"]), (&json!(SCAN.len()), &json!(true)));
    let done = attach(&desk, file, &to, false).unwrap();
    assert_eq!(done["removed"], true);
    assert!(!path.exists(), "no unencrypted copy is left");
    assert_eq!(kept(&desk, &to), ["Скан 1.pdf"]);
    desk.ok("attachment_open", json!({ "to": to, "id": done["id"], "sure": true }));
    assert_eq!(desk.host.documents.lock().unwrap()[0].1, SCAN);
    assert_eq!(attach(&desk, file, &to, false).unwrap_err(), "scan_gone");
    desk.sync();
    assert_eq!(kept(&desk, &to), ["Скан 1.pdf"]);
}

#[test]
fn a_scan_that_stays_is_taken_once_whatever_its_name_and_offered_again_when_it_was_taken_back() {
    let scanner = Scanner::new();
    let desk = scanner.desk(false);
    let to = case(&desk);
    let path = scanner.writes("a.pdf", SCAN, 1);
    let file = settle(&desk).remove(0);
    let done = attach(&desk, &file, &to, false).unwrap();
    assert_eq!(done["removed"], false);
    assert!(path.exists());
    scanner.writes("the same under another name.pdf", SCAN, 1);
    look(&desk);
    let after = look(&desk);
    assert_eq!((names(&after), &after["left"]), (vec![], &json!(2)));
    // Also after the next start.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    look(&desk);
    assert_eq!(look(&desk)["left"], 2);
    let back = json!({ "to": to, "id": done["id"], "reason": "не туда" });
    desk.ok("attachment_withdraw", back);
    assert_eq!(offered(&desk).len(), 2, "it is attached nowhere now");
    let file = settle(&desk).remove(0);
    attach(&desk, &file, &to, false).unwrap();
    look(&desk);
    assert_eq!(desk.ok("scan_clear", json!({}))["removed"], 2);
    assert_eq!(fs::read_dir(&scanner.folder).unwrap().count(), 0);
    assert_eq!(kept(&desk, &to).len(), 2, "one of them taken back");
}

#[test]
fn what_changed_after_it_was_offered_is_neither_attached_nor_removed() {
    let scanner = Scanner::new();
    let desk = scanner.desk(true);
    let to = case(&desk);
    let path = scanner.writes("a.pdf", SCAN, 1);
    let file = settle(&desk).remove(0);
    fs::write(&path, b"%PDF-1.7 another paper, somebody else's").unwrap();
    assert_eq!(attach(&desk, &file, &to, false).unwrap_err(), "scan_changed");
    assert!(path.exists());
    assert_eq!((kept(&desk, &to).len(), sealed(&desk)), (0, 0));
}

#[test]
fn a_scan_is_asked_and_refused_as_a_dropped_file_is() {
    let scanner = Scanner::new();
    let desk = scanner.desk(true);
    let to = case(&desk);
    let path = scanner.writes("паспорт.pdf", SCAN, 1);
    let file = settle(&desk).remove(0);
    assert_eq!(attach(&desk, &file, &to, false).unwrap_err(), "attachment_identity");
    assert!(path.exists(), "what was not attached is not removed");
    assert_eq!(sealed(&desk), 0);
    attach(&desk, &file, &to, true).unwrap();
    assert!(!path.exists());
    let path = scanner.writes("фото.jpg", b"#!/bin/sh\nrm -rf ~", 1);
    let file = settle(&desk).remove(0);
    assert_eq!(attach(&desk, &file, &to, false).unwrap_err(), "attachment_program");
    assert!(path.exists());
    // Nor is anything offered to a case he may not know of.
    let nowhere = json!({ "to": "case", "id": desk.desk.env().uuid() });
    scanner.writes("b.pdf", SCAN, 1);
    let files = settle(&desk);
    let file = files.iter().find(|f| f["name"] == "b.pdf").unwrap();
    assert_eq!(attach(&desk, file, &nowhere, false).unwrap_err(), "not_found");
    assert_eq!(sealed(&desk), 1, "what could not be linked leaves nothing");
}

#[test]
fn old_hidden_unfinished_and_running_files_links_and_folders_are_not_offered() {
    let scanner = Scanner::new();
    let outside = scanner.world.folder().join("keys.txt");
    fs::write(&outside, "secret").unwrap();
    for name in [".hidden.pdf", "~$акт.docx", "a.pdf.part", "b.tmp", "Thumbs.db", "run.exe"] {
        scanner.writes(name, SCAN, 1);
    }
    scanner.writes("nothing.pdf", b"", 1);
    scanner.writes("old.pdf", SCAN, 30);
    scanner.writes("today.pdf", SCAN, 20);
    fs::create_dir(scanner.folder.join("folder.pdf")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, scanner.folder.join("link.txt")).unwrap();
    let desk = scanner.desk(true);
    look(&desk);
    let found = look(&desk);
    assert_eq!((names(&found), &found["older"]), (vec!["today.pdf".to_owned()], &json!(1)));
    // The clock of a scanner is often wrong: what comes while one looks is offered whatever it says.
    scanner.writes("now.pdf", b"%PDF-1.4 fresh", 9_000);
    look(&desk);
    assert_eq!(offered(&desk), ["now.pdf", "today.pdf"]);
    // A name is a name, not a way out.
    let to = case(&desk);
    for name in ["../keys.txt", "link.txt", "/etc/hostname", "..", "folder.pdf", ""] {
        let file = json!({ "name": name, "bytes": 6, "at": "2026-11-20T05:00:00Z" });
        assert_eq!(attach(&desk, &file, &to, false).unwrap_err(), "scan_gone", "{name}");
    }
    assert!(outside.exists());
}

#[test]
fn a_folder_that_cannot_be_used_is_said_plainly() {
    let scanner = Scanner::new();
    let desk = scanner.world.desk("Әлиева");
    assert_eq!(look(&desk)["folder"], Value::Null);
    let refused = |path: &Path| set(&desk, path, true).unwrap_err();
    assert_eq!(refused(Path::new("сканы")), "scan_no_path");
    assert_eq!(refused(&scanner.folder.join("нет")), "scan_missing");
    let file = scanner.writes("a.pdf", SCAN, 0);
    assert_eq!(refused(&file), "scan_not_folder");
    assert_eq!(refused(&desk.dir), "scan_own_folder");
    let below = desk.dir.join("viewer");
    fs::create_dir_all(&below).unwrap();
    assert_eq!(refused(&below), "scan_own_folder");
    assert_eq!(refused(&scanner.folder.join("..").join("desk-Әлиева")), "scan_own_folder");
    assert_eq!(look(&desk)["folder"], Value::Null, "nothing of it was kept");
    // As it is copied out of a file manager.
    let quoted = format!("\"{}\"", scanner.folder.to_string_lossy());
    desk.ok("scan_folder_set", json!({ "path": quoted, "remove": true }));
    assert_eq!(settle(&desk).len(), 1);
    fs::remove_dir_all(&scanner.folder).unwrap();
    let found = look(&desk);
    assert_eq!((&found["problem"]["code"], names(&found)), (&json!("scan_missing"), vec![]));
    // The stick is back: it goes on by itself.
    fs::create_dir(&scanner.folder).unwrap();
    scanner.writes("b.pdf", SCAN, 0);
    assert_eq!(settle(&desk).len(), 1);
    set(&desk, Path::new(""), true).unwrap();
    assert_eq!(look(&desk)["folder"], Value::Null);
}

#[test]
fn who_practises_does_not_reach_into_the_folder() {
    let scanner = Scanner::new();
    let desk = scanner.desk(true);
    scanner.writes("a.pdf", SCAN, 0);
    desk.ok("practice_enter", json!({}));
    assert_eq!(look(&desk)["folder"], Value::Null);
    assert_eq!(set(&desk, &scanner.folder, true).unwrap_err(), "scan_practice");
    desk.ok("practice_leave", json!({}));
    assert_eq!(settle(&desk).len(), 1);
}
