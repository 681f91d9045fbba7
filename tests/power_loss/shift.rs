//! A recorded shift at a real desk, and what of its answers a disk still holds.

use crate::record::{Disk, Record, disk_of};
use chrono::{DateTime, Utc};
use esik_domain::event::{Envelope, Role};
use esik_domain::ids::{AttachmentId, CaseId, DeviceId, DraftId};
use esik_domain::policy::Actor;
use esik_store::attached::{self, Files, key_of};
use esik_store::keys::{Drk, KdfParams, Keyring};
use esik_store::verify::verify_all;
use esik_store::{Store, StoreError};
use esik_wire::{EventHash, Head, ZERO_HASH};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use system_tests::PASSWORD;
use system_tests::dice::Dice;
use system_tests::program::{cli, preload};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, attach, scan, set_up};

/// What an answer promised to be on the disk.
#[derive(Clone, Debug)]
pub enum Promise {
    /// A case by number, with a text of its own; the draft it came from is gone.
    Case { number: String, text: String, draft: DraftId },
    /// A draft with this text or a later one.
    Draft { id: DraftId, text: String },
    /// A file with these bytes, at the draft or at the case that the draft became.
    File { of: DraftId, id: AttachmentId, bytes: Vec<u8> },
    /// The region had taken the desk's events up to this one, and the desk knew it.
    Taken { head: Head },
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
    drk: Drk,
    actor: Actor,
    device: DeviceId,
    life: u32,
}

impl Shift {
    /// Forty saves and more at a real desk under the recorder, with files, and with a region that takes them.
    pub fn work(dir: &Path, seed: u64) -> Self {
        let region = Region::start(&dir.join("region"));
        let profile = dir.join("desk");
        set_up(&profile, "Әлиева", Some((&region.url(), &region.code())));
        let theirs = of_a_colleague(dir, &region);
        let base = disk_of(&profile);
        assert!(!base.contains_key("esik.db-wal"), "the desk closed its database");
        let keyring = Keyring::open(&profile, KdfParams::FLOOR).unwrap();
        let (device, life) = (keyring.device_id(), keyring.incarnation());
        let log = dir.join("record");
        std::fs::write(&log, b"").unwrap();
        let mut command = cli(&profile);
        command
            .env("LD_PRELOAD", preload("power_loss/shim.c", dir))
            .env("ESIK_RECORD_DIR", &profile)
            .env("ESIK_RECORD_LOG", &log);
        let process = DeskProcess::with(&profile, command);
        let mut desk = Recorded { process, log, said: Vec::new() };
        desk.fetch(theirs);
        desk.play(seed, &mut || taken(&region, device, life));
        let Recorded { process, log, said } = desk;
        process.end();

        let record = Record::read(&log, &profile);
        let left = disk_of(&profile);
        assert!(!left.contains_key("esik.db-wal"), "the recorded desk ended tidily");
        let told = record.all_done(&base);
        let differ = |name: &&String| told.get(*name) != left.get(*name);
        let unseen: Vec<_> = told.keys().chain(left.keys()).filter(differ).collect();
        assert!(unseen.is_empty(), "the recorder did not see all that was done to {unseen:?}");
        let acknowledged = said
            .into_iter()
            .map(|(asked, answered, promise)| Acknowledged {
                asked: record.acts_at(asked),
                answered: record.acts_at(answered),
                promise,
            })
            .collect();
        let officer = keyring.officers()[0];
        let drk = keyring.unlock(officer, PASSWORD).unwrap().drk;
        let circles = ["dv", "juvenile", "integrity", "corruption"].map(str::to_owned).to_vec();
        let actor = Actor { id: officer, role: Role::Head, circles };
        Self { base, record, acknowledged, drk, actor, device, life }
    }

    /// Opens a disk and tells what was answered before the cut and is not there.
    pub fn lost(&self, folder: &Path, cut: usize) -> Vec<String> {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let store = match Store::open(&folder.join("esik.db"), &self.drk.db_key(), now) {
            Ok(store) => store,
            Err(error) => return vec![format!("does not open: {error}")],
        };
        let officers = match store.read(esik_store::officers::keys) {
            Ok(officers) => officers,
            Err(error) => return vec![format!("cannot be read: {error}")],
        };
        let keys = |event: &Envelope| officers.get(&event.actor_id).copied();
        let files = Files::of(folder);
        let lost = store.read(|conn| {
            let mut lost = Vec::new();
            // Also a file whose saving was not answered is whole when the log or a draft names it.
            let report = verify_all(conn, &keys, &files, self.device)?;
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
                        last.remove(draft);
                        if esik_store::drafts::get(conn, self.actor.id, *draft)?.is_some() {
                            lost.push(format!("draft of case {number} is still there"));
                        }
                    }
                    // Asked and not answered: both are right.
                    Promise::Case { draft, .. } if said.asked <= cut => {
                        last.remove(draft);
                    }
                    Promise::Draft { id, .. } if said.answered <= cut => {
                        last.insert(*id, n);
                    }
                    Promise::File { of, id, bytes } if said.answered <= cut => {
                        match self.file(conn, &files, *of, *id) {
                            Ok(Some(there)) if there == *bytes => {}
                            other => lost.push(format!("missing file {id:?}: {:?}", other.err())),
                        }
                    }
                    Promise::Taken { head } if said.answered <= cut => {
                        let there = self.own(conn, head.seq)?;
                        let known = esik_store::log::acked(conn, self.device, self.life)?;
                        if there != Some(head.hash) || known.seq < head.seq {
                            lost.push(format!("missing taken event {} ({})", head.seq, known.seq));
                        }
                    }
                    _ => {}
                }
            }
            for (id, from) in last {
                let row = esik_store::drafts::get(conn, self.actor.id, id)?;
                let there = row.map(|row| row.body.to_string()).unwrap_or_default();
                let one_of = self.acknowledged[from..].iter().any(|said| match &said.promise {
                    Promise::Draft { id: of, text } => *of == id && there.contains(text),
                    _ => false,
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

    /// The bytes of a file, wherever it stands; none when nothing names it.
    fn file(
        &self,
        conn: &Connection,
        files: &Files,
        of: DraftId,
        id: AttachmentId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let case = esik_store::lists::case_state(conn, &self.actor, CaseId(of.0))?;
        let linked = case.into_iter().flat_map(|case| case.attachments).find(|a| a.id == id);
        let drafts = attached::drafts::list(conn, self.actor.id, of)?;
        let (address, key) = match (linked, drafts.into_iter().find(|file| file.id == id)) {
            (Some(linked), _) => (linked.file.hash, key_of(&linked.key)?),
            (None, Some(row)) => {
                let key = self.drk.blob_key().unwrap_key(&row.file.hash, &row.wrapped)?;
                (row.file.hash, key)
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(files.read(&address, &key)?.to_vec()))
    }

    /// The desk's own event of this number, or that it had none.
    fn own(&self, conn: &Connection, seq: u64) -> Result<Option<EventHash>, StoreError> {
        if seq == 0 {
            return Ok(Some(ZERO_HASH));
        }
        let found = esik_store::log::segment(conn, self.device, self.life, seq, 1, usize::MAX)?;
        Ok(found.first().map(|event| event.hash()))
    }
}

/// A case that another desk brought to the region, and the bytes of its file.
fn of_a_colleague(dir: &Path, region: &Region) -> (DraftId, Vec<u8>) {
    let profile = dir.join("colleague");
    set_up(&profile, "Бекова", Some((&region.url(), &region.code())));
    let mut desk = DeskProcess::start(&profile);
    let form = json!({ "text": "Во дворе яма", "language": "ru", "category": "BLG-04" });
    let case = desk.ok("intake_finish", json!({ "form": form }))["case"].clone();
    let bytes = scan(9_000, 7);
    attach(&mut desk, &json!({ "to": "case", "id": case }), "скан.pdf", &bytes);
    let status = desk.ok("sync_now", json!({}));
    assert_eq!(status["files_waiting"], 0, "{status}");
    desk.end();
    (serde_json::from_value(case).unwrap(), bytes)
}

/// What the region has of a desk.
fn taken(region: &Region, device: DeviceId, life: u32) -> Head {
    let db = Connection::open(region.state().with_extension("")).unwrap();
    let ask = "SELECT seq, hash FROM device_head WHERE device_id = ?1 AND incarnation = ?2";
    let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?));
    let found = db.query_row(ask, (device.0.to_string(), life), row).optional().unwrap();
    found.map_or_else(Head::default, |(seq, hash)| Head {
        seq: seq.try_into().unwrap(),
        hash: EventHash::from_hex(&hash).unwrap(),
    })
}

/// A desk under the recorder, and what it answered: when it was asked, when the answer had come, in bytes of the
/// record.
struct Recorded {
    process: DeskProcess,
    log: PathBuf,
    said: Vec<(u64, u64, Promise)>,
}

impl Recorded {
    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.log).unwrap().len()
    }

    /// A command, and what its answer promises.
    fn ask(&mut self, cmd: &str, args: Value, promise: impl FnOnce(Value) -> Promise) {
        let asked = self.bytes();
        let answer = self.process.ok(cmd, args);
        self.said.push((asked, self.bytes(), promise(answer)));
    }

    /// A file of one sealed chunk or two, put to a draft or a case.
    fn attach(&mut self, to: &str, of: DraftId, dice: &mut Dice) {
        let most = [2_000, 2_000, 90_000][dice.below(3)];
        let bytes = scan(9 + dice.below(most), dice.below(251));
        let asked = self.bytes();
        let to = json!({ "to": to, "id": of });
        let id = attach(&mut self.process, &to, "хат.pdf", &bytes);
        let id = serde_json::from_value(id).unwrap();
        self.said.push((asked, self.bytes(), Promise::File { of, id, bytes }));
    }

    /// The file of a colleague's case, the first that lies here: it comes in chunks, not by the sealer.
    fn fetch(&mut self, (of, bytes): (DraftId, Vec<u8>)) {
        self.process.ok("sync_now", json!({}));
        let to = json!({ "to": "case", "id": of });
        let listed = self.process.ok("attachment_list", to.clone());
        let id = listed["files"][0]["id"].clone();
        self.process.ok("attachment_fetch", json!({ "to": to, "id": id }));
        let id = serde_json::from_value(id).unwrap();
        self.ask("sync_now", json!({}), |_| Promise::File { of, id, bytes });
    }

    /// Drafts that grow, cases taken from them and without them, long texts that fill the log, files at both; now and
    /// then the region takes what is there.
    fn play(&mut self, seed: u64, taken: &mut dyn FnMut() -> Head) {
        let mut dice = Dice(seed);
        for n in 0..18 {
            // A mark of its own, so that a text cannot be taken for another.
            let mark = format!("белгі-{n}-{:08x}", dice.roll() as u32);
            let long = "Екі күннен бері жылу жоқ, үйде сәби бар. ".repeat(1 + dice.below(60));
            let draft = self.process.ok("draft_open", json!({}));
            let id: DraftId = serde_json::from_value(draft["id"].clone()).unwrap();
            // A crime wipes its text and flushes the log into the file.
            let crime = dice.percent(15);
            for version in 0..=dice.below(3) {
                let text = format!("{mark}-{version}-соңы {long}");
                let form = json!({ "text": text, "language": "kk", "address": "Ауэзов, 12" });
                let text = format!("{mark}-{version}-соңы");
                let args = json!({ "id": id, "form": form });
                self.ask("draft_save", args, |_| Promise::Draft { id, text });
            }
            if !crime && dice.percent(40) {
                self.attach("draft", id, &mut dice);
            }
            if n % 3 == 1 {
                self.ask("sync_now", json!({}), |status| {
                    assert_eq!(status["unacknowledged"], 0, "{status}");
                    Promise::Taken { head: taken() }
                });
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
            let mut text = format!("{mark}-іс");
            if crime {
                text = format!("{mark}-көмек");
                form["category"] = json!("FAM-01");
                form["referrals"][0]["agency"] = json!("E-CRS");
                form["crime"] = json!({ "kui_number": format!("КУИ-26-{n}"),
                    "received_by": "Кезекші", "social_sentence": text });
            }
            let args = json!({ "draft": id, "print": false, "form": form });
            self.ask("intake_finish", args, |answer| {
                let number = answer["number"].as_str().unwrap().to_owned();
                Promise::Case { number, text, draft: id }
            });
            if !crime && dice.percent(40) {
                self.attach("case", id, &mut dice);
            }
        }
    }
}
