//! What a program did to its files, and the disks a power cut could have left of it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use system_tests::dice::Dice;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Create,
    Write(u64, Vec<u8>),
    Cut(u64),
    Unlink,
    Rename(String),
    /// Everything before this many records is on the disk.
    Sync(usize),
}

/// One act on a file of the folder. An empty name is the folder itself.
#[derive(Clone, Debug)]
pub struct Act {
    pub name: String,
    pub what: What,
}

/// What was done, in order.
pub struct Record {
    pub acts: Vec<Act>,
    /// Bytes of the record up to and with each act.
    ends: Vec<u64>,
}

impl Record {
    pub fn read(log: &Path, folder: &Path) -> Self {
        let bytes = std::fs::read(log).unwrap();
        let name = |path: &[u8]| {
            let path = PathBuf::from(String::from_utf8(path.to_vec()).unwrap());
            path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()
        };
        let mut record = Self { acts: Vec::new(), ends: Vec::new() };
        let mut at = 0;
        while at < bytes.len() {
            let u32_at =
                |i: usize| u32::from_le_bytes(bytes[i..i + 4].try_into().unwrap()) as usize;
            let offset = u64::from_le_bytes(bytes[at + 5..at + 13].try_into().unwrap());
            let (path_len, len) = (u32_at(at + 1), u32_at(at + 13));
            let path = &bytes[at + 17..at + 17 + path_len];
            let data = &bytes[at + 17 + path_len..at + 17 + path_len + len];
            let what = match bytes[at] {
                b'C' => What::Create,
                b'W' => What::Write(offset, data.to_vec()),
                b'T' => What::Cut(offset),
                b'U' => What::Unlink,
                b'R' => What::Rename(name(data)),
                b'S' => What::Sync(usize::try_from(offset).unwrap()),
                other => panic!("a record of kind {other}"),
            };
            record.acts.push(Act { name: name(path), what });
            at += 17 + path_len + len;
            record.ends.push(at as u64);
        }
        record
    }

    /// A record made by hand.
    pub fn of(acts: Vec<Act>) -> Self {
        let ends = (1..=acts.len() as u64).collect();
        Self { acts, ends }
    }

    /// Number of acts that were done when the record was `bytes` long.
    pub fn acts_at(&self, bytes: u64) -> usize {
        self.ends.partition_point(|end| *end <= bytes)
    }

    /// The same without the syncs of files whose name ends so: a program that forgot them.
    pub fn forgetting_syncs_of(&self, suffix: &str) -> Self {
        let acts = self
            .acts
            .iter()
            .map(|act| match act.what {
                What::Sync(_) if act.name.ends_with(suffix) => {
                    Act { what: What::Sync(0), ..act.clone() }
                }
                _ => act.clone(),
            })
            .collect();
        Self { acts, ends: self.ends.clone() }
    }

    /// A disk as a cut after `cut` acts could leave it. `base` is what was safe before the first act.
    ///
    /// What a sync covers is there. Of the rest each write is there, missing, or torn at a sector;
    /// each new name, new length or removal is there or not.
    pub fn image(&self, base: &Disk, cut: usize, dice: &mut Dice) -> Disk {
        let acts = &self.acts[..cut];
        let safe = self.safe(acts, base);
        // Most cuts lose a little, some everything that was on the way.
        let kept = [0, 25, 50, 75, 100][dice.below(5)];
        let mut disk = Files::new(base);
        for (i, act) in acts.iter().enumerate() {
            let there = safe[i] || dice.percent(kept);
            if there {
                let torn = !safe[i] && dice.percent(25);
                disk.apply(act, torn.then_some(&mut *dice));
            } else {
                disk.pass_over(act);
            }
        }
        disk.finish()
    }

    /// Which acts are on the disk for certain.
    fn safe(&self, acts: &[Act], base: &Disk) -> Vec<bool> {
        // By what file an act was, not by what name: a renamed file keeps its data.
        let mut ids: HashMap<String, usize> =
            base.keys().enumerate().map(|(id, name)| (name.clone(), id)).collect();
        let mut next = ids.len();
        let mut of = Vec::with_capacity(acts.len());
        for act in acts {
            let id = match &act.what {
                What::Create => {
                    next += 1;
                    ids.insert(act.name.clone(), next);
                    None
                }
                What::Unlink => {
                    ids.remove(&act.name);
                    None
                }
                What::Rename(to) => {
                    if let Some(id) = ids.remove(&act.name) {
                        ids.insert(to.clone(), id);
                    }
                    None
                }
                _ => ids.get(&act.name).copied(),
            };
            of.push(id);
        }
        let mut safe = vec![false; acts.len()];
        for (i, act) in acts.iter().enumerate() {
            let What::Sync(before) = act.what else { continue };
            for j in 0..before.min(i) {
                let names = matches!(acts[j].what, What::Create | What::Unlink | What::Rename(_));
                if if act.name.is_empty() { names } else { !names && of[j] == of[i] } {
                    safe[j] = true;
                }
            }
        }
        safe
    }
}

/// Names and bytes.
pub type Disk = BTreeMap<String, Vec<u8>>;

/// Reads the files of a folder.
pub fn disk_of(folder: &Path) -> Disk {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap())
        .filter(|e| !e.file_name().to_str().unwrap().ends_with("-shm"))
        .map(|e| (e.file_name().to_str().unwrap().to_owned(), std::fs::read(e.path()).unwrap()))
        .collect()
}

/// Writes a disk into an empty folder.
pub fn write_disk(disk: &Disk, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    for (name, bytes) in disk {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

/// A disk in the making. `live` follows the names as the program saw them, `names` those on the disk.
struct Files {
    data: Vec<Vec<u8>>,
    live: HashMap<String, usize>,
    names: BTreeMap<String, usize>,
}

impl Files {
    fn new(base: &Disk) -> Self {
        let names: BTreeMap<String, usize> =
            base.keys().enumerate().map(|(id, name)| (name.clone(), id)).collect();
        Self {
            data: base.values().cloned().collect(),
            live: names.iter().map(|(n, id)| (n.clone(), *id)).collect(),
            names,
        }
    }

    fn apply(&mut self, act: &Act, torn: Option<&mut Dice>) {
        let id = self.live.get(&act.name).copied();
        self.pass_over(act);
        match &act.what {
            What::Create => {
                let id = self.live[&act.name];
                self.names.insert(act.name.clone(), id);
            }
            What::Unlink => {
                self.names.remove(&act.name);
            }
            What::Rename(to) => {
                if let Some(id) = id {
                    self.names.remove(&act.name);
                    self.names.insert(to.clone(), id);
                }
            }
            What::Cut(len) => {
                let len = usize::try_from(*len).unwrap();
                self.data[id.unwrap()].resize(len, 0);
            }
            What::Write(offset, bytes) => {
                let offset = usize::try_from(*offset).unwrap();
                let data = &mut self.data[id.unwrap()];
                if data.len() < offset + bytes.len() {
                    data.resize(offset + bytes.len(), 0);
                }
                match torn {
                    None => data[offset..offset + bytes.len()].copy_from_slice(bytes),
                    Some(dice) => {
                        // Sectors of the disk, wherever the write began.
                        let mut at = 0;
                        while at < bytes.len() {
                            let end = (at + 512 - (offset + at) % 512).min(bytes.len());
                            if dice.percent(50) {
                                data[offset + at..offset + end].copy_from_slice(&bytes[at..end]);
                            }
                            at = end;
                        }
                    }
                }
            }
            What::Sync(_) => {}
        }
    }

    /// The program went on as if it were done; the disk does not know of it.
    fn pass_over(&mut self, act: &Act) {
        match &act.what {
            What::Create => {
                self.data.push(Vec::new());
                self.live.insert(act.name.clone(), self.data.len() - 1);
            }
            What::Unlink => {
                self.live.remove(&act.name);
            }
            What::Rename(to) => {
                if let Some(id) = self.live.remove(&act.name) {
                    self.live.insert(to.clone(), id);
                }
            }
            _ => {}
        }
    }

    fn finish(self) -> Disk {
        self.names.into_iter().map(|(name, id)| (name, self.data[id].clone())).collect()
    }
}
