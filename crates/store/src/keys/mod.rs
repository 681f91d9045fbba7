//! The keyring: a random device root key, opened by each officer's password, and each officer's own
//! signing key that nobody else at the desk can open (`reliability.md` §3a).

mod file;
mod kdf;
mod keyring;
mod secret;

pub use file::{FMT, MAGIC, NAMES as KEY_FILE_NAMES, SUITE};
pub use kdf::{KdfParams, PASSWORD_BYTES_MAX, PASSWORD_MIN};
pub use keyring::{Keyring, Unlocked};
pub use secret::{BlobKey, DbKey, Drk, Random};

/// Why the keyring does not open or change.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The password is not this officer's. A slot that was moved or altered looks the same.
    #[error("wrong password")]
    WrongPassword,
    /// Neither copy of the file can be read.
    #[error("the keyring cannot be read")]
    Corrupt,
    /// There is no keyring here.
    #[error("no keyring")]
    Missing,
    /// There is one already.
    #[error("a keyring is already here")]
    Exists,
    /// The password was right, but the file was changed by something that does not know the keys.
    #[error("the keyring was tampered with")]
    Tampered,
    /// The officer has no slot at this desk.
    #[error("no slot for this officer")]
    NoSlot,
    /// The officer has a slot already.
    #[error("the officer has a slot already")]
    SlotExists,
    /// Cost of the key derivation outside the floor and the ceiling.
    #[error("key derivation cost refused")]
    KdfRefused,
    /// Made by a newer program, or by a suite this one does not know.
    #[error("unknown keyring format")]
    Unknown,
    /// Shorter than [`PASSWORD_MIN`] characters.
    #[error("password too short")]
    PasswordTooShort,
    /// Longer than [`PASSWORD_BYTES_MAX`] bytes.
    #[error("password too long")]
    PasswordTooLong,
    /// The file holds as many slots as it may.
    #[error("no room for another slot")]
    Full,
    /// The last way into the desk cannot be removed.
    #[error("the last slot stays")]
    LastSlot,
    #[error("keyring file: {0}")]
    Io(#[from] std::io::Error),
}
