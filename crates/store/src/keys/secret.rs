//! Secrets in memory: every one is wiped when it is dropped, none can be printed.

use crate::error::StoreError;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// Source of randomness handed in by the caller: fills the slice with unpredictable bytes.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// A 32-byte secret on the heap: moving it leaves no copy behind, dropping it wipes it.
pub(crate) struct Secret32(Box<Zeroizing<[u8; 32]>>);

impl Secret32 {
    pub(crate) fn fill(with: impl FnOnce(&mut [u8; 32])) -> Self {
        let mut secret = Box::new(Zeroizing::new([0; 32]));
        with(&mut secret);
        Self(secret)
    }
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    pub(crate) fn copy(&self) -> Self {
        Self::fill(|out| out.copy_from_slice(self.bytes()))
    }
    /// HKDF-SHA-256 with a label; labels are the only thing that keeps derived keys apart.
    pub(crate) fn derive(&self, label: &[u8]) -> Self {
        Self::fill(|out| {
            // Expanding 32 bytes can only fail above 8,160 bytes.
            let _ = Hkdf::<Sha256>::new(None, self.bytes()).expand(label, out);
        })
    }
}

/// The device root key: 32 random bytes, the same for all officers of the desk.
pub struct Drk {
    pub(crate) key: Secret32,
    pub(crate) epoch: u32,
}

impl Drk {
    pub(crate) fn random(epoch: u32, random: Random<'_>) -> Self {
        Self { key: Secret32::fill(|out| random(out)), epoch }
    }

    /// The database's raw key.
    #[must_use]
    pub fn db_key(&self) -> DbKey {
        DbKey(self.key.derive(format!("db/v1/{}", self.epoch).as_bytes()))
    }

    /// Key that wraps the keys of attached files.
    #[must_use]
    pub fn blob_key(&self) -> BlobKey {
        BlobKey(self.key.derive(b"blob/v1"))
    }

    pub(crate) fn device_wrap_key(&self) -> Secret32 {
        self.key.derive(b"devkey/v1")
    }

    pub(crate) fn slot_mac_key(&self) -> Secret32 {
        self.key.derive(b"slotmac/v1")
    }
}

impl Clone for Drk {
    fn clone(&self) -> Self {
        Self { key: self.key.copy(), epoch: self.epoch }
    }
}

/// Raw SQLCipher key: no password is stretched when the database opens.
pub struct DbKey(Secret32);

impl DbKey {
    /// A key from 32 bytes; for tests, benchmarks and tools that derive it elsewhere.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret32::fill(|out| out.copy_from_slice(bytes)))
    }

    /// The statement that hands the key to SQLCipher; wiped after use.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut hex = Zeroizing::new([0u8; 64]);
        let _ = hex::encode_to_slice(self.0.bytes(), hex.as_mut_slice());
        let mut sql = Zeroizing::new(String::with_capacity(96));
        sql.push_str("PRAGMA key = \"x'");
        for b in hex.iter() {
            sql.push(char::from(*b));
        }
        sql.push_str("'\";");
        hex.zeroize();
        sql
    }
}

impl Clone for DbKey {
    fn clone(&self) -> Self {
        Self(self.0.copy())
    }
}

/// Key of the attached files' keys.
pub struct BlobKey(Secret32);

impl BlobKey {
    /// The 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// A file's key, closed to everybody without this one and bound to the file's address.
    ///
    /// # Errors
    /// None in fact.
    pub fn wrap(
        &self,
        address: &str,
        key: &[u8; 32],
        random: Random<'_>,
    ) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; 24];
        random(&mut nonce);
        let sealed = XChaCha20Poly1305::new(self.bytes().into())
            .encrypt(&XNonce::from(nonce), Payload { msg: key, aad: address.as_bytes() })
            .map_err(|_| StoreError::Internal)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// The file's key again.
    ///
    /// # Errors
    /// `FileDamaged` when it was wrapped by another key, for another file, or changed.
    pub fn unwrap_key(
        &self,
        address: &str,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let (nonce, sealed) = wrapped.split_at_checked(24).ok_or(StoreError::FileDamaged)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| StoreError::FileDamaged)?;
        let plain = XChaCha20Poly1305::new(self.bytes().into())
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: address.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| StoreError::FileDamaged)?;
        let mut key = Zeroizing::new([0; 32]);
        if plain.len() != key.len() {
            return Err(StoreError::FileDamaged);
        }
        key.copy_from_slice(&plain);
        Ok(key)
    }
}

macro_rules! not_printed {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
not_printed!(Secret32, Drk, DbKey, BlobKey);
