//! Files that officers put to cases: sealed at the desk, carried behind the events, asked for elsewhere (S25–S27). And
//! what becomes of them: a bit flips, the region loses some, a month passes and what nothing names is swept.

use crate::chance::{Entropy, Rng};
use crate::desk::{Desk, Seated};
use crate::ledger::Ledger;
use crate::line::{Line, News};
use crate::swarm::Fault;
use crate::template;
use crate::work;
use crate::world::{Broken, Step, World, broken};
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{CaseId, Circle};
use esik_server::RegionHandle;
use esik_store::attached::{self, Files, Own, is_address, travel};
use esik_wire::{BLOB_CHUNK_BYTES, SyncApi as _};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rounds after which, without faults, every file is wherever it was asked for: its holder has to hear of it, send it,
/// and send it once more when more of it was damaged than the region knew.
const FILE_ROUNDS: usize = 5;
/// Longer than a lane waits before it asks again for what the region lacks, or sends what it did not take.
const PAUSE: TimeDelta = TimeDelta::hours(2);
/// Longer than the month after which what nothing names is swept.
const LONG: TimeDelta = TimeDelta::days(40);

/// The folder of a desk's files.
fn folder(desk: &Desk) -> Files {
    Files::of(&desk.dir)
}

/// An officer puts a file to a case: whole on the disk before its event is saved. At times the program does not live to
/// save that.
pub fn attach(
    desk: &Desk,
    seated: &Seated,
    case: CaseId,
    circle: Circle,
    rng: &mut Rng,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> String {
    let id = work::id(desk, chance);
    let mut links = vec![link(desk, id, None, 200 + rng.below(5000), chance, ledger)];
    if rng.percent(30) {
        // The small picture of it.
        links.push(link(
            desk,
            work::id(desk, chance),
            Some(id),
            60 + rng.below(140),
            chance,
            ledger,
        ));
    }
    if rng.percent(5) {
        return "a file that no event names".to_owned();
    }
    let lines = links.into_iter().map(|body| ("attachment_linked", body, None)).collect();
    work::save(desk, seated, case, circle, lines, chance, ledger)
}

fn link(
    desk: &Desk,
    id: uuid::Uuid,
    of: Option<uuid::Uuid>,
    bytes: usize,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> serde_json::Value {
    let mut plain = vec![0; bytes];
    chance.fill(&mut plain);
    let mut sealer = folder(desk).begin(&mut |out| chance.fill(out)).expect("the disk takes it");
    sealer.push(&plain).expect("the disk takes it");
    let sealed = sealer.finish().expect("the disk takes it");
    let there = std::fs::read(desk.dir.join(attached::FOLDER).join(&sealed.address));
    ledger.files.insert(sealed.address.clone(), there.expect("it lies there"));
    json!({ "attachment_id": id, "preview_of": of, "key": hex::encode(sealed.key.as_slice()),
        "file": { "hash": sealed.address, "name": "яма.jpg", "media_type": "image/jpeg",
            "bytes": sealed.bytes } })
}

/// An officer takes a file back: the event is saved, then the bytes go.
pub fn withdraw(
    desk: &Desk,
    seated: &Seated,
    rng: &mut Rng,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> Option<String> {
    let all = named(desk);
    let one = rng.pick(&all)?;
    let line = ("attachment_withdrawn", json!({ "attachment_id": one.id, "reason": "" }), None);
    let words = work::save(desk, seated, one.case, one.circle.clone(), vec![line], chance, ledger);
    let gone = all.iter().filter(|o| o.id == one.id || o.preview_of == Some(one.id));
    let left: BTreeSet<String> = named(desk).into_iter().map(|o| o.address).collect();
    for o in gone.filter(|o| !left.contains(&o.address)) {
        folder(desk).remove(&o.address).expect("the disk lets it go");
    }
    Some(words)
}

/// An officer looks at a file: one that is not here is asked for, and one that is not what it was, too.
pub fn look_at(desk: &Desk, address: &str) -> Option<&'static str> {
    let files = folder(desk);
    let (missing, altered) = match files.check(address).expect("the disk answers") {
        None => return None,
        Some(attached::Broken::Missing) => (true, false),
        Some(attached::Broken::Altered) => (false, true),
    };
    let of = address.to_owned();
    desk.store()
        .write(move |tx| {
            if altered {
                travel::anew(tx, &files, &of)
            } else if travel::of(tx, &of)?.asked {
                Ok(())
            } else {
                travel::ask(tx, &of)
            }
        })
        .expect("the database writes");
    Some(if missing { "asked for" } else { "found damaged" })
}

/// Files that the desk's cases have, by what its log says.
pub fn named(desk: &Desk) -> Vec<Own> {
    let mut all = desk.store().read(attached::own).expect("the database answers");
    // What is hidden nobody looks for.
    all.retain(|one| !one.gone);
    all
}

fn is_sound(desk: &Desk, address: &str) -> bool {
    folder(desk).check(address).expect("the disk answers").is_none()
}

impl World {
    /// A desk begins to carry files; a save ends that, whatever was under way.
    pub(crate) async fn begin_carrying(&mut self, n: usize) -> Step {
        self.crash_point(n);
        let running = self.desks[n].running.as_ref().expect("the program runs");
        let (line, to) = (Line { desk: n, to: self.line.clone() }, self.line.clone());
        let (local, clock) = (Arc::clone(&running.local), self.desks[n].clock.clone());
        self.desks[n].carrying = true;
        self.desks[n].round = Some(tokio::spawn(async move {
            let result = esik_sync::carry(&line, &local, &clock).await;
            let _ = to.send(News::Carried { desk: n, result });
        }));
        self.trace.say(format!("desk {n} carries files"));
        self.listen().await
    }

    /// Files have been carried, as far as they could be; none came here that is not the one its name says.
    pub(crate) fn carried(&mut self, n: usize) -> Step {
        let files = folder(&self.desks[n]);
        for name in files.names().expect("the disk answers") {
            let here = is_address(&name) && !self.flipped.contains(&name);
            if here && files.check(&name).expect("the disk answers").is_some() {
                return broken("S25", format!("desk {n} keeps {name} with other bytes"));
            }
        }
        Ok(())
    }

    /// A chunk is on its way. S27: while events wait, only the one that was under way when they were saved.
    pub(crate) fn chunk_goes(&mut self, n: usize) -> Step {
        let desk = &mut self.desks[n];
        let unsent = desk.store().read(esik_store::log::unsent_count).expect("it answers");
        desk.before_events = if unsent > 0 { desk.before_events + 1 } else { 0 };
        if desk.before_events > 1 {
            return broken("S27", format!("{unsent} events of desk {n} wait behind files"));
        }
        Ok(())
    }

    /// S25: what the region gives out is a chunk of the file.
    pub(crate) fn is_chunk(&self, address: &str, n: u32, bytes: &[u8]) -> Result<(), Broken> {
        let file = self.ledger.files.get(address);
        let true_one = file.and_then(|f| f.chunks(BLOB_CHUNK_BYTES).nth(n as usize));
        if true_one == Some(bytes) {
            Ok(())
        } else {
            broken("S25", format!("chunk {n} of {address} is given out with other bytes"))
        }
    }

    /// One whole walk of a desk's lane, with nothing in its way.
    async fn whole_carry(&mut self, n: usize) -> Step {
        self.begin_carrying(n).await?;
        let mut calls = 0;
        while self.desks[n].round.is_some() {
            self.let_through(n).await?;
            calls += 1;
            if calls > 2000 {
                return broken("S25", format!("desk {n}: a lane without an end"));
            }
        }
        Ok(())
    }

    /// Something befalls files, of the kinds this seed has.
    pub(crate) async fn befalls_files(&mut self, fault: Fault, n: usize) -> Step {
        match fault {
            Fault::LoseFiles => self.region_loses_some(20),
            Fault::FlipBit if self.rng.percent(50) => {
                let all = below(&self.blobs());
                let Some(path) = self.rng.pick(&all).cloned() else { return Ok(()) };
                self.flip(&path);
                self.trace.say("a bit flips at the region".to_owned());
            }
            Fault::FlipBit => {
                let all = below(&self.desks[n].dir.join(attached::FOLDER));
                let Some(path) = self.rng.pick(&all).cloned() else { return Ok(()) };
                self.flip(&path);
                self.flipped.extend(path.file_name().map(|f| f.to_string_lossy().into_owned()));
                self.trace.say(format!("a bit flips at desk {n}"));
            }
            _ if self.rng.percent(20) => return self.sweep().await,
            _ => {
                let all = named(&self.desks[n]);
                let Some(one) = self.rng.pick(&all) else { return Ok(()) };
                let found = look_at(&self.desks[n], &one.address).unwrap_or("looked at");
                self.trace.say(format!("desk {n}: a file is {found}"));
            }
        }
        Ok(())
    }

    fn blobs(&self) -> PathBuf {
        template::state_of(self.dir.path()).join("blobs")
    }

    fn flip(&mut self, path: &Path) {
        let mut bytes = std::fs::read(path).expect("it lies there");
        let at = self.rng.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << self.rng.below(8);
        }
        std::fs::write(path, bytes).expect("the disk takes it");
    }

    /// Some of what lies at the region's place of files is gone: chunks, marks, whole files.
    pub(crate) fn region_loses_some(&mut self, percent: u64) {
        let mut lost = 0;
        for path in below(&self.blobs()) {
            if self.rng.percent(percent) {
                std::fs::remove_file(path).expect("it goes");
                lost += 1;
            }
        }
        self.trace.say(format!("the region loses {lost} pieces of files"));
    }

    /// S26: a month passes, and what nothing names is swept; what a case has, or an event that was set aside names, is
    /// there as before.
    async fn sweep(&mut self) -> Step {
        self.time.pass(LONG.num_milliseconds());
        let old: DateTime<Utc> = self.time.now() - LONG;
        let all = below(&self.blobs());
        for path in &all {
            let file = std::fs::File::options().write(true).open(path).expect("it lies there");
            file.set_modified(old.into()).expect("the disk takes it");
        }
        let region = self.region();
        let gone = region.sweep_blobs().await.expect("the place answers");
        self.trace.say(format!("after a month {gone} files are swept"));
        let left: BTreeSet<PathBuf> = below(&self.blobs()).into_iter().collect();
        for n in 0..self.desks.len() {
            for one in named(&self.desks[n]).iter().filter(|o| o.accepted) {
                let of = |path: &&PathBuf| path.iter().any(|part| *part == *one.address);
                let lost = all.iter().filter(of).any(|path| !left.contains(path));
                let handle = RegionHandle { region: region.clone(), device: self.desks[n].device };
                // Taken back since, which this desk has not heard yet.
                let known = handle.blob(one.address.clone()).await.is_ok();
                if lost && known {
                    return broken("S26", format!("{} was swept, and desk {n} names it", one.id));
                }
            }
        }
        Ok(())
    }
}

/// Every file in a folder and below it, in a stable order.
fn below(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() { out.extend(below(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

/// S25: without faults, every file that an accepted event names is at the region and wherever somebody asks for it – or
/// it is lost with everybody who held it, and every desk that asks is told that it is missing.
pub async fn are_everywhere(world: &mut World) -> Step {
    // What has arrived already is damaged and lost once more: nobody is sending it any more.
    if world.plan.has(Fault::FlipBit) || world.plan.has(Fault::LoseFiles) {
        everybody_carries(world).await?;
        for fault in [Fault::FlipBit, Fault::LoseFiles] {
            if world.plan.has(fault) {
                world.befalls_files(fault, 0).await?;
            }
        }
    }
    let held = holders(world);
    let mut asked = BTreeSet::new();
    for _ in 0..FILE_ROUNDS {
        for n in 0..world.desks.len() {
            for one in named(&world.desks[n]) {
                if !is_sound(&world.desks[n], &one.address) {
                    asked.insert(one.address.clone());
                }
                look_at(&world.desks[n], &one.address);
            }
        }
        everybody_carries(world).await?;
    }
    let (mut there, mut lost) = (BTreeSet::new(), BTreeSet::new());
    for n in 0..world.desks.len() {
        let desk = &world.desks[n];
        for one in named(desk).into_iter().filter(|o| o.accepted) {
            let address = &one.address;
            let known = desk.store().read(|conn| travel::of(conn, address)).expect("it answers");
            let by = held.get(address);
            if by.is_some() && !is_sound(desk, address) {
                return broken(
                    "S25",
                    format!("desk {n} lacks {address}, {by:?} had it: {known:?}"),
                );
            }
            // What every desk has nobody asks for, and the region does not learn that it lost it.
            if by.is_some() && asked.contains(address) && !is_at_region(world, address) {
                return broken("S25", format!("the region lacks {address}, {by:?} had it"));
            }
            if by.is_none() && !known.missing && known.why.is_none() {
                return broken("S25", format!("desk {n} says nothing of {address}, which is lost"));
            }
            if by.is_some() {
                there.insert(one.address)
            } else {
                lost.insert(one.address)
            };
        }
    }
    world.trace.say(format!("{} files are everywhere, {} are lost", there.len(), lost.len()));
    world.files_there += there.len();
    world.files_lost += lost.len();
    Ok(())
}

async fn everybody_carries(world: &mut World) -> Step {
    for n in 0..world.desks.len() {
        world.time.pass(PAUSE.num_milliseconds());
        world.whole_round(n).await?;
        world.whole_carry(n).await?;
    }
    Ok(())
}

/// Who holds each file: desks that name it and have it whole, or the region.
fn holders(world: &World) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for n in 0..world.desks.len() {
        for one in named(&world.desks[n]).into_iter().filter(|o| o.accepted) {
            if is_sound(&world.desks[n], &one.address) {
                out.insert(one.address, format!("desk {n}"));
            } else if !out.contains_key(&one.address) && is_at_region(world, &one.address) {
                out.insert(one.address, "the region".to_owned());
            }
        }
    }
    out
}

/// Whether the region has it whole, every chunk as it was. Looks at the disk: asking would mend.
fn is_at_region(world: &World, address: &str) -> bool {
    let dir = world.blobs().join(&address[..2]).join(address);
    let Some(file) = world.ledger.files.get(address) else { return false };
    let chunks = file.chunks(BLOB_CHUNK_BYTES).enumerate();
    let all = below(&dir);
    let has = |n: usize, chunk: &[u8]| {
        let begins = format!("{n:05}-");
        let named =
            |p: &&PathBuf| p.file_name().is_some_and(|f| f.to_string_lossy().starts_with(&begins));
        all.iter().filter(named).any(|p| std::fs::read(p).is_ok_and(|bytes| bytes == chunk))
    };
    dir.join("whole").exists() && chunks.into_iter().all(|(n, chunk)| has(n, chunk))
}
