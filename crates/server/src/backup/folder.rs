//! A backup on the disk: `rows.jsonl.zst`, `state/` and, written last, `manifest.json`.

use super::BackupError;
use super::check::{Check, Found};
use crate::store::copy::{Row, Tally};
use crate::store::{StoreError, StoreResult};
use crate::tls;
use chrono::{DateTime, Utc};
use esik_platform::{Platform as _, ThisMachine};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// The shape of a backup; another one is refused by name.
pub const FORMAT: u32 = 1;
pub const ROWS: &str = "rows.jsonl.zst";
pub const STATE: &str = "state";
pub const MANIFEST: &str = "manifest.json";
/// A line of rows, at most: an event of 64 KiB with every byte escaped, and room.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What a backup says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub region: String,
    pub epoch: String,
    pub pos: u64,
    /// Hash of the last event.
    pub head: String,
    pub made_at: DateTime<Utc>,
    pub rows_sha256: String,
    pub tables: Tally,
    /// SHA-256 of every file under `state/`.
    pub state: BTreeMap<String, String>,
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    move |source| BackupError::File { path: path.to_path_buf(), source }
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    ThisMachine.private_file(&mut options, path)
}

/// Hashes what goes through it.
struct Hashing<T>(T, Sha256);

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.0.write(bytes)?;
        self.1.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(into)?;
        self.1.update(into.get(..n).unwrap_or_default());
        Ok(n)
    }
}

/// Takes rows and keeps them in a file.
pub struct Writing {
    zstd: zstd::Encoder<'static, Hashing<BufWriter<File>>>,
    path: PathBuf,
}

impl Writing {
    pub fn new(path: PathBuf) -> Result<Self, BackupError> {
        let open = || {
            let file = Hashing(BufWriter::new(private(&path)?), Sha256::new());
            zstd::Encoder::new(file, 3)
        };
        let zstd = open().map_err(at(&path))?;
        Ok(Self { zstd, path })
    }

    pub fn line(&mut self, line: &str) -> StoreResult<()> {
        self.zstd.write_all(line.as_bytes()).map_err(|e| disk(&e))
    }

    /// Durable when it returns; gives the file's SHA-256.
    pub fn finish(self) -> Result<String, BackupError> {
        let path = self.path;
        let end = || -> io::Result<String> {
            let mut hashing = self.zstd.finish()?;
            hashing.flush()?;
            hashing.0.get_ref().sync_all()?;
            Ok(hex::encode(hashing.1.finalize()))
        };
        end().map_err(at(&path))
    }
}

fn disk(e: &io::Error) -> StoreError {
    if e.kind() == io::ErrorKind::StorageFull {
        StoreError::Full
    } else {
        StoreError::Engine(format!("writing the backup: {e}"))
    }
}

/// The rows of a backup, one after the other.
pub struct Reading(BufReader<zstd::Decoder<'static, BufReader<Hashing<File>>>>);

impl Reading {
    pub fn new(path: &Path) -> Result<Self, BackupError> {
        let open = || zstd::Decoder::new(Hashing(File::open(path)?, Sha256::new()));
        Ok(Self(BufReader::new(open().map_err(at(path))?)))
    }

    fn next_row(&mut self) -> StoreResult<Option<Row>> {
        let mut line = Vec::new();
        let bad = |e: &dyn std::fmt::Display| StoreError::Corrupt(format!("{ROWS}: {e}"));
        let read =
            (&mut self.0).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(|e| bad(&e))?;
        if read == 0 {
            return Ok(None);
        }
        let text = std::str::from_utf8(&line).map_err(|e| bad(&e))?;
        let text = text.strip_suffix('\n').ok_or_else(|| bad(&"it ends in the middle of a row"))?;
        Row::parse(text).map(Some)
    }

    /// The SHA-256 of the whole file.
    fn finish(self) -> io::Result<String> {
        let mut rest = self.0.into_inner().finish().into_inner();
        io::copy(&mut rest, &mut io::sink())?;
        Ok(hex::encode(rest.1.finalize()))
    }
}

impl Iterator for Reading {
    type Item = StoreResult<Row>;
    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

/// Reads a backup through: rows, chains, every file. What it returns was found, not believed.
pub fn verify(dir: &Path) -> Result<(Manifest, Found), BackupError> {
    let manifest = manifest(dir)?;
    let rows = dir.join(ROWS);
    let mut reading = Reading::new(&rows)?;
    let mut check = Check::default();
    for row in &mut reading {
        check.row(&row?)?;
    }
    let found = check.finish()?;
    if reading.finish().map_err(at(&rows))? != manifest.rows_sha256 {
        return Err(BackupError::Changed(ROWS.to_owned()));
    }
    if let Some(what) = crate::store::copy::difference(&found.tally, &manifest.tables) {
        return Err(BackupError::Changed(what));
    }
    let same = (manifest.pos, manifest.epoch.as_str(), manifest.head.as_str())
        == (found.pos.0, found.epoch.as_str(), found.head.hex().as_str());
    if !same {
        return Err(BackupError::Changed(MANIFEST.to_owned()));
    }
    let state = dir.join(STATE);
    for (name, sha256) in &manifest.state {
        let path = inside(&state, name)?;
        if hash(&path).map_err(at(&path))? != *sha256 {
            return Err(BackupError::Changed(format!("{STATE}/{name}")));
        }
    }
    Ok((manifest, found))
}

fn manifest(dir: &Path) -> Result<Manifest, BackupError> {
    let path = dir.join(MANIFEST);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::NoBackup(dir.to_path_buf()));
        }
        Err(e) => return Err(at(&path)(e)),
    };
    let format = serde_json::from_slice::<serde_json::Value>(&bytes)
        .ok()
        .and_then(|v| v.get("format").and_then(serde_json::Value::as_u64));
    match format {
        Some(n) if n == u64::from(FORMAT) => {}
        Some(n) => return Err(BackupError::Format(n)),
        None => return Err(BackupError::Changed(MANIFEST.to_owned())),
    }
    serde_json::from_slice(&bytes).map_err(|_| BackupError::Changed(MANIFEST.to_owned()))
}

/// A name from a manifest as a path that stays in the folder.
pub(super) fn inside(dir: &Path, name: &str) -> Result<PathBuf, BackupError> {
    let plain = !name.is_empty()
        && !name.contains(['\\', ':', '\0'])
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if plain { Ok(dir.join(name)) } else { Err(BackupError::Changed(MANIFEST.to_owned())) }
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = Hashing(File::open(path)?, Sha256::new());
    io::copy(&mut file, &mut io::sink())?;
    Ok(hex::encode(file.1.finalize()))
}

/// Files of a state folder that go along: all but the marks, locks and what is half written.
pub fn list(dir: &Path) -> Result<Vec<String>, BackupError> {
    fn walk(dir: &Path, under: &str, out: &mut Vec<String>) -> Result<(), BackupError> {
        let mut entries = std::fs::read_dir(dir)
            .map_err(at(dir))?
            .collect::<io::Result<Vec<_>>>()
            .map_err(at(dir))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = entry
                .file_name()
                .into_string()
                .map_err(|_| BackupError::Changed(path.display().to_string()))?;
            let name = if under.is_empty() { name } else { format!("{under}/{name}") };
            if entry.file_type().map_err(at(&path))?.is_dir() {
                walk(&path, &name, out)?;
            } else if !matches!(name.as_str(), "epoch" | "lock" | "moved" | "numbers")
                && !name.ends_with(".part")
            {
                out.push(name);
            }
        }
        Ok(())
    }
    let mut out = Vec::new();
    if dir.exists() {
        walk(dir, "", &mut out)?;
    }
    Ok(out)
}

/// Copies a file for its owner's eyes; durable when it returns; gives its SHA-256. One that is there already
/// with the same content stays.
pub(super) fn copy(from: &Path, to: &Path) -> Result<String, BackupError> {
    if let Some(dir) = to.parent() {
        tls::make_dir(dir)?;
    }
    let sum = hash(from).map_err(at(from))?;
    if to.exists() {
        return if hash(to).map_err(at(to))? == sum {
            Ok(sum)
        } else {
            Err(BackupError::OtherFile(to.to_path_buf()))
        };
    }
    let part =
        to.with_file_name(format!("{}.part", to.file_name().unwrap_or_default().to_string_lossy()));
    let _ = std::fs::remove_file(&part);
    let write = || -> io::Result<String> {
        let mut file = Hashing(private(&part)?, Sha256::new());
        io::copy(&mut File::open(from)?, &mut file)?;
        file.0.sync_all()?;
        std::fs::rename(&part, to)?;
        Ok(hex::encode(file.1.finalize()))
    };
    let written = write().map_err(at(to))?;
    if hash(to).map_err(at(to))? == written {
        Ok(written)
    } else {
        Err(BackupError::Changed(to.display().to_string()))
    }
}

/// Writes the manifest, and makes names durable: the backup is one from here on.
pub(super) fn seal(dir: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let path = dir.join(MANIFEST);
    let json = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    tls::write_private(&path, &json)?;
    ThisMachine.sync_dir(dir).map_err(at(dir))
}
