//! The private half of a warrant key in a file of its own, on a machine that is not the region's server: sealed with a
//! password, readable by its owner alone.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use esik_platform::{Platform as _, ThisMachine};
use esik_wire::signed::key_text;
use serde::{Deserialize, Serialize};
use std::io::{self, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

/// The shape of the file.
const FORMAT: u32 = 1;
/// What is sealed says what it is and for which public half.
const DOMAIN: &str = "esik/warrant-key/1\n";
/// A password, at least, in characters: the file may lie on a stick that is lost.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Memory of Argon2id, KiB, and passes: as for an officer's password (`reliability.md` 3a.3).
const M: u32 = 64 * 1024;
const T: u32 = 3;
/// More is not worked on: the file may be anybody's.
const M_MAX: u32 = 1024 * 1024;
const T_MAX: u32 = 16;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("the password has at least {PASSWORD_CHARS_MIN} characters")]
    Short,
    #[error("the password is another one, or the file was changed")]
    Password,
    #[error("not a file of a warrant key")]
    NotOne,
    #[error("{0}")]
    File(#[from] io::Error),
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    format: u32,
    public: String,
    m: u32,
    t: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

/// Makes the file; one that is there already stays as it is.
///
/// # Errors
/// See [`KeyFileError`].
pub fn write(
    path: &Path,
    key: &SigningKey,
    password: &str,
    salt: [u8; 16],
    nonce: [u8; 24],
) -> Result<(), KeyFileError> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(KeyFileError::Short);
    }
    let public = key_text(&key.verifying_key());
    let secret = Zeroizing::new(key.to_bytes());
    let payload = Payload { msg: secret.as_slice(), aad: &aad(&public) };
    let sealed = cipher(password, &salt, M, T)?
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| KeyFileError::NotOne)?;
    let [salt, nonce, sealed] = [&salt[..], &nonce[..], &sealed[..]].map(|b| B64.encode(b));
    let file = KeyFile { format: FORMAT, public, m: M, t: T, salt, nonce, sealed };
    let text = serde_json::to_string_pretty(&file).map_err(io::Error::from)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    let mut out = ThisMachine.private_file(&mut options, path)?;
    out.write_all(text.as_bytes())?;
    Ok(out.sync_all()?)
}

/// Opens it.
///
/// # Errors
/// See [`KeyFileError`].
pub fn read(path: &Path, password: &str) -> Result<SigningKey, KeyFileError> {
    let text = std::fs::read_to_string(path)?;
    let file: KeyFile = serde_json::from_str(&text).map_err(|_| KeyFileError::NotOne)?;
    if file.format != FORMAT || file.m > M_MAX || file.t > T_MAX {
        return Err(KeyFileError::NotOne);
    }
    let bytes = |text: &str| B64.decode(text).map_err(|_| KeyFileError::NotOne);
    let salt: [u8; 16] = bytes(&file.salt)?.try_into().map_err(|_| KeyFileError::NotOne)?;
    let nonce: [u8; 24] = bytes(&file.nonce)?.try_into().map_err(|_| KeyFileError::NotOne)?;
    let sealed = bytes(&file.sealed)?;
    let payload = Payload { msg: &sealed, aad: &aad(&file.public) };
    let plain = cipher(password, &salt, file.m, file.t)?
        .decrypt(&XNonce::from(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| KeyFileError::Password)?;
    let secret: [u8; 32] = plain.as_slice().try_into().map_err(|_| KeyFileError::NotOne)?;
    let secret = Zeroizing::new(secret);
    Ok(SigningKey::from_bytes(&secret))
}

fn aad(public: &str) -> Vec<u8> {
    [DOMAIN.as_bytes(), public.as_bytes()].concat()
}

fn cipher(
    password: &str,
    salt: &[u8; 16],
    m: u32,
    t: u32,
) -> Result<XChaCha20Poly1305, KeyFileError> {
    let params = Params::new(m, t, 1, Some(32)).map_err(|_| KeyFileError::NotOne)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| KeyFileError::NotOne)?;
    Ok(XChaCha20Poly1305::new((&*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S14 (part).
    #[test]
    fn a_key_opens_with_its_password_alone_and_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("warrant.key");
        let key = SigningKey::from_bytes(&[7; 32]);
        let password = "қазан айы, қар жауды";
        let short = write(&path, &key, "тілектес", [1; 16], [2; 24]);
        assert!(matches!(short, Err(KeyFileError::Short)));
        write(&path, &key, password, [1; 16], [2; 24]).unwrap();
        assert_eq!(read(&path, password).unwrap().to_bytes(), key.to_bytes());
        let again = write(&path, &SigningKey::from_bytes(&[8; 32]), password, [1; 16], [2; 24]);
        assert!(matches!(again, Err(KeyFileError::File(_))), "it is another key's place");
        assert!(matches!(read(&path, "қазан айы, қар жаумады"), Err(KeyFileError::Password)));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&B64.encode(key.to_bytes())));
        // Another public half beside it: whoever shows the file shows the key it holds.
        let other = key_text(&SigningKey::from_bytes(&[8; 32]).verifying_key());
        let changed = text.replace(&key_text(&key.verifying_key()), &other);
        std::fs::write(&path, changed).unwrap();
        assert!(matches!(read(&path, password), Err(KeyFileError::Password)));
    }
}
