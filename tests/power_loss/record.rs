//! What a program did to its files, and the disks a power cut could have left of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
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

/// One act on a file or a folder, named from the recorded folder on. A folder's name ends with a slash, and that
/// of the recorded folder itself is empty.
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
            let path = std::str::from_utf8(path).unwrap();
            let below = path.strip_prefix(folder.to_str().unwrap()).unwrap();
            below.strip_prefix('/').unwrap().to_owned()
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

    /// The same without the syncs of such names: a program that forgot them.
    pub fn forgetting_syncs_of(&self, such: impl Fn(&str) -> bool) -> Self {
        let acts = self
            .acts
            .iter()
            .map(|act| match act.what {
                What::Sync(_) if such(&act.name) => Act { what: What::Sync(0), ..act.clone() },
                _ => act.clone(),
            })
            .collect();
        Self { acts, ends: self.ends.clone() }
    }

    /// A disk as a cut after `cut` acts could leave it. `base` is what was safe before the first act.
    ///
    /// What a sync covers is there. Of the rest each write is there, missing, or torn at a sector;
    /// each new name, new length or removal is there or not. A name is covered by a sync of its folder
    /// alone, and is lost with the folder when that one's own name is.
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

    /// The disk when nothing was cut.
    pub fn all_done(&self, base: &Disk) -> Disk {
        let mut disk = Files::new(base);
        for act in &self.acts {
            disk.apply(act, None);
        }
        disk.finish()
    }

    /// Which acts are on the disk for certain.
    fn safe(&self, acts: &[Act], base: &Disk) -> Vec<bool> {
        // By what file or folder an act was, not by what name: a renamed file keeps its data. What becomes of a
        // name is an act on its folder.
        let mut live = Files::new(base);
        let mut of = Vec::with_capacity(acts.len());
        for act in acts {
            let name = match act.what {
                What::Create | What::Unlink | What::Rename(_) => folder_of(&act.name),
                _ => &act.name,
            };
            of.push(live.live.get(name).copied());
            live.pass_over(act);
        }
        // From the end: how far the syncs that follow reach.
        let mut reach: HashMap<usize, usize> = HashMap::new();
        let mut safe = vec![false; acts.len()];
        for (i, act) in acts.iter().enumerate().rev() {
            let Some(of) = of[i] else { continue };
            let reach = reach.entry(of).or_default();
            safe[i] = *reach > i;
            if let What::Sync(before) = act.what {
                *reach = before.max(*reach);
            }
        }
        safe
    }
}

/// Names and bytes. A folder's name ends with a slash, and it has no bytes.
pub type Disk = BTreeMap<String, Vec<u8>>;

/// The name of the folder a name lies in.
fn folder_of(name: &str) -> &str {
    name.trim_end_matches('/').rfind('/').map_or("", |slash| &name[..=slash])
}

/// Reads the files of a folder and of those below it.
pub fn disk_of(folder: &Path) -> Disk {
    let mut disk = Disk::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let below = disk_of(&entry.path());
            disk.extend(below.into_iter().map(|(of, bytes)| (format!("{name}/{of}"), bytes)));
            disk.insert(format!("{name}/"), Vec::new());
        } else if !name.ends_with("-shm") {
            disk.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    disk
}

/// Writes a disk into an empty folder.
pub fn write_disk(disk: &Disk, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    // A folder comes before what lies in it.
    for (name, bytes) in disk {
        if name.ends_with('/') {
            std::fs::create_dir(folder.join(name)).unwrap();
        } else {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

/// A disk in the making. `live` follows the names as the program saw them, `names` those on the disk, with the
/// folder each lies in: one that was made anew is another folder.
struct Files {
    data: Vec<Vec<u8>>,
    live: HashMap<String, usize>,
    names: BTreeMap<(usize, String), usize>,
}

impl Files {
    fn new(base: &Disk) -> Self {
        let live = HashMap::from([(String::new(), 0)]);
        let mut files = Self { data: vec![Vec::new()], live, names: BTreeMap::new() };
        for (name, bytes) in base {
            files.apply(&Act { name: name.clone(), what: What::Create }, None);
            files.data[files.live[name]].clone_from(bytes);
        }
        files
    }

    fn apply(&mut self, act: &Act, torn: Option<&mut Dice>) {
        let id = self.live.get(&act.name).copied();
        let folder = self.live.get(folder_of(&act.name)).copied();
        let place = |name: &str| (folder.expect("its folder is there"), name.to_owned());
        self.pass_over(act);
        match &act.what {
            What::Create => {
                self.names.insert(place(&act.name), self.live[&act.name]);
            }
            What::Unlink => {
                self.names.remove(&place(&act.name));
            }
            What::Rename(to) => {
                assert_eq!(folder_of(&act.name), folder_of(to), "from one folder to another");
                if let Some(id) = id {
                    self.names.remove(&place(&act.name));
                    self.names.insert(place(to), id);
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
        let mut there = BTreeSet::from([0]);
        let mut disk = Disk::new();
        // A folder has a lower number than those made in it later.
        for ((folder, name), id) in self.names {
            if there.contains(&folder) {
                there.insert(id);
                disk.insert(name, self.data[id].clone());
            }
        }
        disk
    }
}
