//! A recorded shift at a real desk, and what of its answers a disk still holds.

use crate::record::{Disk, Record, disk_of};
use chrono::{DateTime, Utc};
use esik_domain::event::Role;
use esik_domain::ids::DraftId;
use esik_domain::policy::Actor;
use esik_store::Store;
use esik_store::keys::{DbKey, KdfParams, Keyring};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use system_tests::PASSWORD;
use system_tests::dice::Dice;
use system_tests::program::{Running, cli, preload};
use system_tests::rpc::{password_file, set_up};

/// What an answer promised to be on the disk.
#[derive(Clone, Debug)]
pub enum Promise {
    /// A case by number, with a text of its own; the draft it came from is gone.
    Case { number: String, text: String, draft: Option<DraftId> },
    /// A draft with this text or a later one.
    Draft { id: DraftId, text: String },
}

/// An answer, and the length of the record when it was asked and when it had come.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub asked: usize,
    pub answered: usize,
    pub promise: Promise,
}

/// A shift as it was recorded.
pub struct Shift {
    /// The disk before the recorded part.
    pub base: Disk,
    pub record: Record,
    pub acknowledged: Vec<Acknowledged>,
    key: DbKey,
    actor: Actor,
}

impl Shift {
    /// Forty saves and more at a real desk under the recorder.
    pub fn work(dir: &Path, seed: u64) -> Self {
        let profile = dir.join("desk");
        set_up(&profile, "Әлиева", None);
        let base = disk_of(&profile);
        assert!(!base.contains_key("esik.db-wal"), "the desk closed its database");
        let log = dir.join("record");
        std::fs::write(&log, b"").unwrap();
        let mut child = cli(&profile)
            .env("LD_PRELOAD", preload("power_loss/shim.c", dir))
            .env("ESIK_RECORD_DIR", &profile)
            .env("ESIK_RECORD_LOG", &log)
            .arg("--password-file")
            .arg(password_file(dir))
            .arg("rpc")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut child = Running(child);
        let bytes = || std::fs::metadata(&log).unwrap().len();
        let mut call = |cmd: &str, args: Value| -> (u64, u64, Value) {
            let asked = bytes();
            writeln!(stdin, "{}", json!({ "id": 1, "cmd": cmd, "args": args })).unwrap();
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let answer: Value = serde_json::from_str(&line).expect("a line for a line");
            assert!(answer.get("ok").is_some(), "{cmd}: {answer}");
            (asked, bytes(), answer["ok"].clone())
        };
        let mut said = Vec::new();
        play(&mut call, seed, &mut said);
        drop(stdin);
        assert!(child.0.wait().unwrap().success(), "the recorded desk ended tidily");

        let record = Record::read(&log, &profile);
        let acknowledged = said
            .into_iter()
            .map(|(asked, answered, promise)| Acknowledged {
                asked: record.acts_at(asked),
                answered: record.acts_at(answered),
                promise,
            })
            .collect();
        let keyring = Keyring::open(&profile, KdfParams::FLOOR).unwrap();
        let officer = keyring.officers()[0];
        let key = keyring.unlock(officer, PASSWORD).unwrap().drk.db_key();
        let circles = ["dv", "juvenile", "integrity", "corruption"].map(str::to_owned).to_vec();
        let actor = Actor { id: officer, role: Role::Head, circles };
        Self { base, record, acknowledged, key, actor }
    }

    /// Opens a disk and tells what was answered before the cut and is not there.
    pub fn lost(&self, folder: &Path, cut: usize) -> Vec<String> {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let store = match Store::open(&folder.join("esik.db"), &self.key, now) {
            Ok(store) => store,
            Err(error) => return vec![format!("does not open: {error}")],
        };
        let lost = store.read(|conn| {
            let mut lost = Vec::new();
            let officers = esik_store::officers::keys(conn)?;
            let report =
                esik_store::verify::verify(conn, &|event| officers.get(&event.actor_id).copied())?;
            if !report.is_sound() {
                lost.push(format!("not sound: {:?}", report.faults));
            }
            let mut last: HashMap<DraftId, usize> = HashMap::new();
            for (n, said) in self.acknowledged.iter().enumerate() {
                match &said.promise {
                    Promise::Case { number, text, draft } if said.answered <= cut => {
                        let found = esik_store::lists::find_by_number(conn, &self.actor, number)?;
                        let state = match found.first() {
                            Some(id) => esik_store::lists::case_state(conn, &self.actor, *id)?,
                            None => None,
                        };
                        if !state.is_some_and(|s| format!("{s:?}").contains(text)) {
                            lost.push(format!("missing case {number}"));
                        }
                        if let Some(id) = draft {
                            last.remove(id);
                            if esik_store::drafts::get(conn, self.actor.id, *id)?.is_some() {
                                lost.push(format!("draft of case {number} is still there"));
                            }
                        }
                    }
                    // Asked and not answered: both are right.
                    Promise::Case { draft: Some(id), .. } if said.asked <= cut => {
                        last.remove(id);
                    }
                    Promise::Draft { id, .. } if said.answered <= cut => {
                        last.insert(*id, n);
                    }
                    _ => {}
                }
            }
            for (id, from) in last {
                let row = esik_store::drafts::get(conn, self.actor.id, id)?;
                let there = row.map(|row| row.body.to_string()).unwrap_or_default();
                let one_of = self.acknowledged[from..].iter().any(|said| match &said.promise {
                    Promise::Draft { id: of, text } => *of == id && there.contains(text),
                    Promise::Case { .. } => false,
                });
                if !one_of {
                    lost.push(format!("missing draft {id:?}"));
                }
            }
            Ok(lost)
        });
        let closed = store.close();
        match (lost, closed) {
            (Ok(lost), Ok(())) => lost,
            (Err(error), _) | (Ok(_), Err(error)) => vec![format!("cannot be read: {error}")],
        }
    }
}

/// Drafts that grow, cases taken from them and without them, long texts that fill the log.
fn play(
    call: &mut dyn FnMut(&str, Value) -> (u64, u64, Value),
    seed: u64,
    said: &mut Vec<(u64, u64, Promise)>,
) {
    let mut dice = Dice(seed);
    for n in 0..18 {
        // A mark of its own, so that a text cannot be taken for another.
        let mark = format!("белгі-{n}-{:08x}", dice.roll() as u32);
        let long = "Екі күннен бері жылу жоқ, үйде сәби бар. ".repeat(1 + dice.below(60));
        let (_, _, draft) = call("draft_open", json!({}));
        let id: DraftId = serde_json::from_value(draft["id"].clone()).unwrap();
        for version in 0..=dice.below(3) {
            let text = format!("{mark}-{version}-соңы {long}");
            let form = json!({ "text": text, "language": "kk", "address": "Ауэзов, 12" });
            let (asked, done, _) = call("draft_save", json!({ "id": id, "form": form }));
            said.push((asked, done, Promise::Draft { id, text: format!("{mark}-{version}-соңы") }));
        }
        if dice.percent(20) {
            continue;
        }
        let text = format!("{mark}-іс {long}");
        let mut form = json!({
            "text": text, "language": "kk", "category": "ZKH-01", "address": "Ауэзов, 12",
            "applicant": { "role": "applicant", "phone": "8 701 123 45 67" },
            "referrals": [{ "agency": "E-HEA", "disclosed": { "phone": true } }],
        });
        let mut kept = format!("{mark}-іс");
        if dice.percent(15) {
            // A crime wipes its text and flushes the log into the file.
            kept = format!("{mark}-көмек");
            form["category"] = json!("FAM-01");
            form["referrals"][0]["agency"] = json!("E-CRS");
            form["crime"] = json!({ "kui_number": format!("КУИ-26-{n}"), "received_by": "Кезекші",
                "social_sentence": kept });
        }
        let args = json!({ "draft": id, "print": false, "form": form });
        let (asked, done, answer) = call("intake_finish", args);
        let number = answer["number"].as_str().unwrap().to_owned();
        said.push((asked, done, Promise::Case { number, text: kept, draft: Some(id) }));
    }
}
