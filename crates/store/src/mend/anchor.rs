//! The anchor: the newest own event of a desk, noted outside its profile (`reliability.md` S16, T4; docs/adr/0051).
//!
//! A whole profile that somebody puts back to another day, with keyring and spare, agrees with itself. What lies elsewhere
//! on the machine tells it apart, without a line.

use super::spare;
use crate::Store;
use crate::error::{Result, StoreError};
use crate::profile::Profile;
use crate::sql;
use ed25519_dalek::{SigningKey, VerifyingKey};
use esik_domain::ids::DeviceId;
use esik_platform::{Platform as _, ThisMachine, write_whole};
use esik_wire::carried::{Signed, Statement};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// A longer file is none of ours, in bytes.
const BYTES_MAX: u64 = 4096;

/// What is noted: an event of the desk by the place it has in its life.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Held {
    device_id: DeviceId,
    incarnation: u32,
    seq: u64,
    /// Hash of the event, hex.
    hash: String,
}

impl Statement for Held {
    const CONTEXT: &'static str = "esik-anchor-v1\0";
}

/// The anchor of one profile: of a folder by its path, not of a device, so that a copy elsewhere has its own.
#[derive(Clone, Debug)]
pub struct Anchor {
    folder: PathBuf,
    name: String,
}

impl Anchor {
    /// The one of a profile, among those in this folder; touches nothing.
    #[must_use]
    pub fn of(profile: &Profile, folder: &Path) -> Self {
        let place = profile.dir().canonicalize().unwrap_or_else(|_| profile.dir().to_owned());
        let hash = Sha256::digest(place.as_os_str().as_encoded_bytes());
        Self { folder: folder.to_owned(), name: format!("{}.anchor", hex::encode(&hash[..16])) }
    }

    /// Notes the newest own event, signed by the device, so that nobody without its key sets off an alarm.
    ///
    /// # Errors
    /// When the database cannot be read, or the note cannot be written; the one of before stays then.
    pub fn note(&self, store: &Store, device: DeviceId, key: &SigningKey) -> Result<()> {
        let Some(held) = store.read(|conn| newest_held(conn, device))? else { return Ok(()) };
        let signed = Signed::sign(&held, key).map_err(|_| StoreError::Internal)?;
        let text = serde_json::to_vec(&signed)?;
        if self.read()?.as_deref() == Some(&text) {
            return Ok(());
        }
        // A folder that somebody named keeps the rights he gave it.
        if !self.folder.is_dir() {
            ThisMachine.private_dir(&self.folder)?;
        }
        Ok(write_whole(&self.folder, &self.name, &text)?)
    }

    /// The life of the device in which the noted event was written. Whoever begins another one on purpose – restores a copy, mends – begins
    /// a later one, and is not accused.
    #[must_use]
    pub fn life(&self, device: DeviceId, key: &VerifyingKey) -> Option<u32> {
        self.held(device, key).map(|held| held.incarnation)
    }

    /// Is the event that was noted not in this database, which lives this life? Then the profile was set back to before it. A note that is
    /// not there, cannot be read, or that another device signed says nothing; nor does one of an earlier life.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn is_ahead_of(
        &self,
        store: &Store,
        (device, life): (DeviceId, u32),
        key: &VerifyingKey,
    ) -> Result<bool> {
        let Some(held) = self.held(device, key).filter(|held| held.incarnation >= life) else {
            return Ok(false);
        };
        let Ok(hash) = hex::decode(&held.hash) else { return Ok(false) };
        let (id, seq) = (sql::id(&device.0), sql::int(held.seq)?);
        store.read(|conn| Ok(!spare::holds(conn, id, held.incarnation, seq, &hash)?))
    }

    fn held(&self, device: DeviceId, key: &VerifyingKey) -> Option<Held> {
        let text = self.read().ok().flatten()?;
        let signed: Signed<Held> = serde_json::from_slice(&text).ok()?;
        signed.verify(key).ok().filter(|held| held.device_id == device)
    }

    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let mut text = Vec::new();
        match File::open(self.folder.join(&self.name)) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?.take(BYTES_MAX).read_to_end(&mut text)?,
        };
        Ok(Some(text))
    }
}

/// The newest own event that is here. Right after mending the last ones of a life may not have come back yet.
fn newest_held(conn: &Connection, device_id: DeviceId) -> Result<Option<Held>> {
    let mut heads = conn.prepare(
        "SELECT incarnation, seq, hash FROM own_head WHERE device_id = ?1 AND seq > 0
         ORDER BY incarnation DESC",
    )?;
    let mut rows = heads.query([sql::id(&device_id.0)])?;
    while let Some(row) = rows.next()? {
        let (incarnation, seq, hash): (u32, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if spare::holds(conn, sql::id(&device_id.0), incarnation, seq, &hash)? {
            let (seq, hash) = (sql::nat(seq)?, hex::encode(hash));
            return Ok(Some(Held { device_id, incarnation, seq, hash }));
        }
    }
    Ok(None)
}
