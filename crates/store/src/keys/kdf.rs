//! From a typed password to a key: normalisation, limits and Argon2id.

use super::KeyError;
use super::secret::Secret32;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

/// Shortest password, in characters after normalisation.
pub const PASSWORD_MIN: usize = 8;
/// Longest password, in bytes: a limit only against nonsense.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Cost of Argon2id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfParams {
    /// Memory, KiB.
    pub m: u32,
    /// Passes.
    pub t: u32,
    /// Lanes.
    pub p: u32,
}

impl KdfParams {
    /// 64 MiB, 3 passes, 1 lane: 0.4 s on a quiet office machine (`reliability.md` 3a.3).
    pub const STANDARD: Self = Self { m: 64 * 1024, t: 3, p: 1 };
    /// The least that is ever run: OWASP ASVS 5, appendix C. Tests use it.
    pub const FLOOR: Self = Self { m: 19 * 1024, t: 2, p: 1 };

    /// Refuses costs below the floor (a downgrade) and above the ceiling (a memory bomb) before
    /// anything runs.
    ///
    /// # Errors
    /// [`KeyError::KdfRefused`].
    pub fn check(self) -> Result<(), KeyError> {
        let strong = match self.t {
            0 => false,
            1 => self.m >= 46 * 1024,
            2 => self.m >= 19 * 1024,
            _ => self.m >= 12 * 1024,
        };
        let bounded = self.m <= 1024 * 1024 && self.t <= 16 && (1..=8).contains(&self.p);
        if strong && bounded { Ok(()) } else { Err(KeyError::KdfRefused) }
    }
}

impl Default for KdfParams {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// NFC: the same letters typed on another keyboard are the same password.
pub(crate) fn normalise(password: &str) -> Result<Zeroizing<String>, KeyError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(KeyError::PasswordTooLong);
    }
    // Room for everything, so that growing never leaves a copy behind.
    let mut out = Zeroizing::new(String::with_capacity(password.len() * 4));
    out.extend(password.nfc());
    Ok(out)
}

/// For a new password; an old one is only ever compared.
pub(crate) fn check_new(password: &str) -> Result<(), KeyError> {
    if normalise(password)?.chars().count() < PASSWORD_MIN {
        return Err(KeyError::PasswordTooShort);
    }
    Ok(())
}

/// Argon2id; the memory it worked in is wiped.
pub(crate) fn stretch(
    password: &str,
    params: KdfParams,
    salt: &[u8; 16],
) -> Result<Secret32, KeyError> {
    params.check()?;
    let password = normalise(password)?;
    let settings =
        Params::new(params.m, params.t, params.p, Some(32)).map_err(|_| KeyError::KdfRefused)?;
    let mut memory = vec![Block::default(); settings.block_count()];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, settings);
    let mut result = Ok(());
    let key = Secret32::fill(|out| {
        result = argon.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory);
    });
    memory.zeroize();
    result.map_err(|_| KeyError::KdfRefused)?;
    Ok(key)
}
