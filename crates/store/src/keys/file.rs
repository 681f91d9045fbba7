//! The slot file `keys.v1`: its shape, its limits, and how two copies are written and read.

use super::KeyError;
use super::kdf::KdfParams;
use super::secret::{Random, Secret32};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use esik_domain::ids::{DeviceId, OfficerId};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use uuid::Uuid;
use zeroize::Zeroizing;

/// First field of the file.
pub const MAGIC: &str = "esik-keys";
/// Shape of the file.
pub const FMT: u16 = 1;
/// Argon2id, HKDF-SHA-256, XChaCha20-Poly1305, Ed25519.
pub const SUITE: u16 = 1;
/// Slots in one file, at most.
pub(crate) const SLOTS_MAX: usize = 64;
/// Size of the file, at most, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// The file and its copy.
pub const NAMES: [&str; 2] = ["keys.v1", "keys.v1.copy"];

/// A secret under a key: nonce and ciphertext, base64.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wrap {
    pub nonce: String,
    pub ct: String,
}

/// One officer's way in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    pub slot_id: Uuid,
    pub officer_id: OfficerId,
    /// `password`; `pin`, `recovery`, `escrow`, `fido2` are reserved.
    #[serde(rename = "type")]
    pub kind: String,
    pub kdf: Kdf,
    /// The device root key under this slot's key.
    pub drk: Wrap,
    /// The officer's signing key under this slot's key, never under the root key.
    pub osk: Wrap,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kdf {
    /// `argon2id`.
    pub id: String,
    pub cost: KdfParams,
    /// 16 bytes, base64.
    pub salt: String,
}

/// The whole file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct KeyFile {
    pub magic: String,
    pub fmt: u16,
    pub suite: u16,
    pub store_id: Uuid,
    pub device_id: DeviceId,
    /// Which life of the device; changes without anybody's password, so the MAC alone binds it.
    pub incarnation: u32,
    /// Epoch of the root key.
    pub epoch: u32,
    /// Grows with every write: the higher valid copy wins.
    pub generation: u64,
    /// The device's own signing key under the root key.
    pub device_key: Wrap,
    pub slots: Vec<Slot>,
    /// HMAC-SHA-256 over everything above, hex.
    pub mac: String,
    /// SHA-256 over everything above, hex: tells a damaged copy from a wrong password.
    pub sum: String,
}

impl KeyFile {
    /// What every wrap is bound to beside its own slot: changing one of these opens nothing.
    fn header(&self) -> String {
        format!(
            "{}|{}|{}|{}|{}|{}",
            self.magic, self.fmt, self.suite, self.store_id, self.device_id, self.epoch
        )
    }

    /// Bound data of one wrap of a slot; `what` is `drk` or `osk`.
    pub fn slot_aad(&self, slot: &Slot, what: &str) -> String {
        let k = slot.kdf.cost;
        format!(
            "{}|{}|{}|{}|{}|{}|{}|{}|{}|{what}",
            self.header(),
            slot.slot_id,
            slot.officer_id,
            slot.kind,
            slot.kdf.id,
            k.m,
            k.t,
            k.p,
            slot.kdf.salt
        )
    }

    /// Bound data of the device key's wrap.
    pub fn device_aad(&self) -> String {
        format!("{}|device", self.header())
    }

    fn mac_hex(&self, key: &Secret32) -> Result<String, KeyError> {
        let mut bare = self.clone();
        bare.mac.clear();
        bare.sum.clear();
        let bytes = serde_json::to_vec(&bare).map_err(|_| KeyError::Corrupt)?;
        // HKDF-Extract(salt, data) is HMAC-SHA-256(salt, data) by definition (RFC 5869 §2.2).
        Ok(hex::encode(Hkdf::<Sha256>::extract(Some(key.bytes()), &bytes).0))
    }

    fn sum_hex(&self) -> Result<String, KeyError> {
        let mut bare = self.clone();
        bare.sum.clear();
        let bytes = serde_json::to_vec(&bare).map_err(|_| KeyError::Corrupt)?;
        Ok(hex::encode(Sha256::digest(bytes)))
    }

    pub fn seal(&mut self, key: &Secret32) -> Result<(), KeyError> {
        self.mac = self.mac_hex(key)?;
        self.sum = self.sum_hex()?;
        Ok(())
    }

    /// True when the file is as somebody who knew the root key left it.
    pub fn is_sealed_by(&self, key: &Secret32) -> Result<bool, KeyError> {
        let expected = self.mac_hex(key)?;
        let differing = expected.len() ^ self.mac.len()
            | expected
                .bytes()
                .zip(self.mac.bytes())
                .fold(0usize, |acc, (a, b)| acc | usize::from(a ^ b));
        Ok(differing == 0)
    }

    fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Prefix {
            magic: String,
            fmt: u16,
            suite: u16,
        }
        let prefix: Prefix = serde_json::from_slice(bytes).map_err(|_| KeyError::Corrupt)?;
        if prefix.magic != MAGIC {
            return Err(KeyError::Corrupt);
        }
        if prefix.fmt != FMT || prefix.suite != SUITE {
            return Err(KeyError::Unknown);
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|_| KeyError::Corrupt)?;
        if file.slots.len() > SLOTS_MAX || file.sum != file.sum_hex()? {
            return Err(KeyError::Corrupt);
        }
        Ok(file)
    }
}

/// Both copies that can be read, the younger first. An unreadable copy is passed over: that is what
/// the other is for.
pub(crate) fn read(dir: &Path) -> Result<Vec<KeyFile>, KeyError> {
    let mut found = Vec::new();
    let mut worst = KeyError::Missing;
    for name in NAMES {
        match read_one(&dir.join(name)) {
            Ok(file) => found.push(file),
            Err(KeyError::Missing) => {}
            Err(e) => worst = e,
        }
    }
    if found.is_empty() {
        return Err(worst);
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.generation));
    Ok(found)
}

fn read_one(path: &Path) -> Result<KeyFile, KeyError> {
    let file = match File::open(path) {
        Ok(f) => f,
        Err(e) if e.kind() == ErrorKind::NotFound => return Err(KeyError::Missing),
        Err(e) => return Err(e.into()),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(KeyError::Corrupt);
    }
    KeyFile::parse(&bytes)
}

/// Writes both copies, one after the other, each: temporary file, fsync, rename, fsync of the folder.
pub(crate) fn write(dir: &Path, file: &KeyFile) -> Result<(), KeyError> {
    let bytes = serde_json::to_vec_pretty(file).map_err(|_| KeyError::Corrupt)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(KeyError::Full);
    }
    for name in NAMES {
        esik_platform::write_whole(dir, name, &bytes)?;
    }
    Ok(())
}

pub(crate) fn wrap(
    key: &Secret32,
    secret: &[u8],
    aad: &str,
    random: Random<'_>,
) -> Result<Wrap, KeyError> {
    let mut nonce = [0; 24];
    random(&mut nonce);
    let ct = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: aad.as_bytes() })
        .map_err(|_| KeyError::Corrupt)?;
    Ok(Wrap { nonce: B64.encode(nonce), ct: B64.encode(ct) })
}

/// `WrongPassword` when the key or anything bound to the wrap is not what it was.
pub(crate) fn unwrap(key: &Secret32, wrap: &Wrap, aad: &str) -> Result<Secret32, KeyError> {
    let nonce: [u8; 24] =
        B64.decode(&wrap.nonce).ok().and_then(|b| b.try_into().ok()).ok_or(KeyError::Corrupt)?;
    let ct = B64.decode(&wrap.ct).map_err(|_| KeyError::Corrupt)?;
    let plain = Zeroizing::new(
        XChaCha20Poly1305::new(key.bytes().into())
            .decrypt(&XNonce::from(nonce), Payload { msg: &ct, aad: aad.as_bytes() })
            .map_err(|_| KeyError::WrongPassword)?,
    );
    if plain.len() != 32 {
        return Err(KeyError::Corrupt);
    }
    Ok(Secret32::fill(|out| out.copy_from_slice(&plain)))
}
