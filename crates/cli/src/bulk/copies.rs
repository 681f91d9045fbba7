//! Backup and restore: an encrypted copy of a profile that is checked before it is called one.
//!
//! The command holds the profile's lock, so nobody else has the database open: once it is closed and
//! its log written back, the file itself is the copy. No key and no plain text ever leaves.

use super::{io_trouble, signed_in, store_trouble};
use crate::args::Cli;
use crate::rpc;
use esik_app::api::{OfficerTile, Refusal};
use esik_app::platform::{Platform as _, ThisMachine, remove, replace, write_whole};
use esik_app::{AppError, Desk, refusal};
use esik_domain::policy::Permission;
use esik_store::attached::{FOLDER, Files, is_address};
use esik_store::exchange::copies::{
    Copied, FORMAT, FORMAT_WITHOUT_FILES, Fault, LOCK, MANIFEST, Manifest,
};
use esik_store::keys::{DbKey, KEY_FILE_NAMES, Keyring};
use esik_store::profile::Profile;
use esik_store::verify::{VerifyReport, verify_pages};
use esik_store::{Store, numbers};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;
use std::process::ExitCode;

const FACE: &str = "face.json";
/// Folder of the keys while a copy is put back; while it is there and no keyring is, this is no desk.
const COMING: &str = "coming";

pub fn backup(desk: &Desk, cli: &Cli, to: &Path) -> Result<ExitCode, Refusal> {
    let open = signed_in(desk, cli, Permission::Desk)?;
    empty_folder(to)?;
    let key = open.drk.db_key();
    let (device, incarnation) = (open.device_id.to_string(), open.incarnation);
    let (at, officer) = (desk.env().now(), open.actor.id);
    open.store
        .write(move |tx| esik_store::journal::note(tx, at, officer, "backup", "profile"))
        .map_err(store_trouble)?;
    drop(open);
    desk.sign_out();
    let mut files = Vec::new();
    let mut damaged = 0u64;
    for name in files_of(desk.dir())? {
        if let Some((folder, address)) = name.split_once('/') {
            ThisMachine.private_dir(&to.join(folder)).map_err(io_trouble)?;
            // A file that is damaged already is copied and told: it must not keep the rest from safety.
            damaged += u64::from(hash(&desk.dir().join(&name))? != address);
        }
        let (from, to) = (desk.dir().join(&name), to.join(&name));
        let sha256 = hash(&from)?;
        let bytes = fs::copy(&from, &to).map_err(io_trouble)?;
        File::open(&to).and_then(|f| f.sync_all()).map_err(io_trouble)?;
        if hash(&to)? != sha256 {
            return Err(refusal("backup_damaged"));
        }
        files.push(Copied { name, bytes, sha256 });
    }
    check_database(to, &key, desk)?;
    let bytes: u64 = files.iter().map(|f| f.bytes).sum();
    let attached = files.iter().filter(|f| f.name.contains('/')).count();
    if attached > 0 {
        File::open(to.join(FOLDER)).and_then(|f| f.sync_all()).map_err(io_trouble)?;
    }
    let manifest = Manifest {
        format: if attached == 0 { FORMAT_WITHOUT_FILES } else { FORMAT },
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: at,
        device,
        incarnation,
        files,
    };
    // Last: a folder without it is no backup.
    let text = serde_json::to_vec_pretty(&manifest).map_err(|_| esik_app::internal())?;
    write_whole(to, MANIFEST, &text).map_err(io_trouble)?;
    crate::print(&json!({
        "backup": to.to_string_lossy(), "made_at": manifest.made_at, "bytes": bytes,
        "files": manifest.files.len(), "attached": attached, "damaged": damaged, "checked": true,
    }));
    Ok(ExitCode::SUCCESS)
}

pub fn restore(desk: &Desk, cli: &Cli, from: &Path) -> Result<ExitCode, Refusal> {
    if Profile::at(desk.dir()).exists() {
        return Err(refusal("already_set_up"));
    }
    let coming = desk.dir().join(COMING);
    if coming.is_dir() {
        // Somebody's restoring was cut off; what lies here came from a copy and is no desk.
        clear(desk.dir()).map_err(io_trouble)?;
    }
    // A first set-up that was refused leaves the language somebody chose; the copy brings its own.
    if files_of(desk.dir())?.iter().any(|name| name != FACE) {
        return Err(refusal("not_empty"));
    }
    let manifest = read_manifest(from)?;
    let officer = rpc::choose(officers_of(from), cli)?;
    let password = rpc::password(cli)?;
    ThisMachine.private_dir(&coming).map_err(io_trouble)?;
    let restored = (|| {
        for file in &manifest.files {
            // The keys last and apart: whoever opened the desk before it began its new life would write on
            // in the old one.
            let is_key = KEY_FILE_NAMES.contains(&file.name.as_str());
            let to = if is_key { &coming } else { desk.dir() }.join(&file.name);
            if let Some((folder, _)) = file.name.split_once('/') {
                ThisMachine.private_dir(&desk.dir().join(folder)).map_err(io_trouble)?;
            }
            fs::copy(from.join(&file.name), &to).map_err(io_trouble)?;
            File::open(&to).and_then(|f| f.sync_all()).map_err(io_trouble)?;
            if hash(&to)? != file.sha256 {
                return Err(refusal("backup_damaged"));
            }
        }
        let told = |e| Refusal::from(AppError::from(e));
        let mut keyring = Keyring::open(&coming, desk.config().kdf).map_err(told)?;
        let unlocked = keyring.unlock(officer.id, &password).map_err(told)?;
        check_database(desk.dir(), &unlocked.drk.db_key(), desk)?;
        // Later than any life that was noted for this place: the desk goes back to another day on purpose.
        let key = keyring.device_key(&unlocked.drk).map_err(told)?.verifying_key();
        let noted = desk.anchor().and_then(|a| a.life(keyring.device_id(), &key));
        // No sequence number of the old life is used again: what it wrote after the copy was made
        // may be at the region.
        let random = &mut |out: &mut [u8]| esik_app::env::fill(out);
        let life = keyring.life_later_than(noted.unwrap_or(0), &unlocked.drk, random);
        let life = life.map_err(told)?;
        // Nor a number: what it took of its blocks after the copy was made is on people's coupons.
        gives_up_numbers(desk, &keyring, &unlocked.drk.db_key())?;
        for name in KEY_FILE_NAMES {
            replace(&coming.join(name), &desk.dir().join(name))
                .and_then(|()| ThisMachine.sync_dir(desk.dir()))
                .map_err(io_trouble)?;
        }
        Ok(life)
    })();
    match restored {
        Ok(incarnation) => {
            let _ = fs::remove_dir_all(&coming);
            crate::print(&json!({
                "restored": true, "made_at": manifest.made_at, "device": manifest.device,
                "incarnation": incarnation,
            }));
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            // Half a profile would be taken for a whole one. The backup itself is untouched.
            let _ = clear(desk.dir());
            Err(why)
        }
    }
}

/// Removes what a restoring that did not end had put here: the keys first, so that it is no desk any more.
fn clear(dir: &Path) -> std::io::Result<()> {
    for name in KEY_FILE_NAMES {
        match remove(&dir.join(name)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_file() && path.file_name().is_some_and(|name| name != LOCK) {
            remove(&path)?;
        }
    }
    for folder in [FOLDER, COMING] {
        if dir.join(folder).is_dir() {
            fs::remove_dir_all(dir.join(folder))?;
        }
    }
    Ok(())
}

/// Other numbers than the life before had, from the region's next blocks or of a series of its own.
fn gives_up_numbers(desk: &Desk, keyring: &Keyring, key: &DbKey) -> Result<(), Refusal> {
    let (device, life) = (keyring.device_id(), keyring.incarnation());
    let store = Store::open(&Profile::at(desk.dir()).db(), key, desk.env().now());
    let store = store.map_err(store_trouble)?;
    let given_up = store.write(move |tx| numbers::give_up(tx, device, life));
    let closed = store.close();
    given_up.and(closed).map_err(store_trouble)
}

/// Every page's HMAC, and the structure of the tables.
fn check_database(dir: &Path, key: &DbKey, desk: &Desk) -> Result<(), Refusal> {
    let store =
        Store::open(&Profile::at(dir).db(), key, desk.env().now()).map_err(store_trouble)?;
    let looked = store.read(|conn| {
        let mut report = VerifyReport::default();
        verify_pages(conn, &mut report)?;
        Ok(report)
    });
    let closed = store.close();
    match looked {
        Ok(report) if report.is_sound() => closed.map_err(store_trouble),
        Ok(_) => Err(refusal("corrupt")),
        Err(error) => Err(store_trouble(error)),
    }
}

/// What belongs to a profile, by name; the database's log is empty once it is closed.
fn files_of(dir: &Path) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(io_trouble)? {
        let entry = entry.map_err(io_trouble)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let passing = name == LOCK
            || name == MANIFEST
            || esik_store::mend::is_beside(&name)
            || [".new", "-wal", "-shm"].iter().any(|end| name.ends_with(end));
        if entry.file_type().map_err(io_trouble)?.is_file() && !passing {
            names.push(name);
        }
    }
    let attached = Files::of(dir).names().map_err(store_trouble)?;
    names.extend(attached.into_iter().filter(|n| is_address(n)).map(|n| format!("{FOLDER}/{n}")));
    names.sort();
    Ok(names)
}

fn empty_folder(to: &Path) -> Result<(), Refusal> {
    if to.exists() {
        let mut inside = fs::read_dir(to).map_err(io_trouble)?;
        return if inside.next().is_none() { Ok(()) } else { Err(refusal("not_empty")) };
    }
    ThisMachine.private_dir(to).map_err(io_trouble)
}

fn read_manifest(from: &Path) -> Result<Manifest, Refusal> {
    let text = fs::read(from.join(MANIFEST)).map_err(|_| refusal("not_found"))?;
    Manifest::read(&text).map_err(|fault| match fault {
        Fault::Newer => refusal("too_new"),
        Fault::Damaged => refusal("backup_damaged"),
    })
}

fn officers_of(from: &Path) -> Vec<OfficerTile> {
    #[derive(Deserialize)]
    struct Face {
        officers: Vec<OfficerTile>,
    }
    fs::read(from.join(FACE))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Face>(&bytes).ok())
        .map(|face| face.officers)
        .unwrap_or_default()
}

fn hash(file: &Path) -> Result<String, Refusal> {
    let mut input = BufReader::new(File::open(file).map_err(io_trouble)?);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = input.read(&mut buffer).map_err(io_trouble)?;
        if n == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(buffer.get(..n).unwrap_or_default());
    }
}
