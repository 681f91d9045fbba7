//! What goes wrong inside, and the small code that people's screens have words for.

use crate::api::Refusal;
use esik_store::StoreError;
use esik_store::keys::KeyError;
use esik_store::profile::ProfileError;
use esik_wire::{ApiErrorCode, SigningError, SyncFailure};
use std::collections::BTreeMap;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Refused by a rule of the desk; not a failure.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sync(#[from] SyncFailure),
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error("document: {0}")]
    Letter(String),
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// Refused by rule, with a code.
    #[must_use]
    pub fn refused(code: &str) -> Self {
        Self::Refused(refusal(code))
    }
}

/// A refusal without parameters.
#[must_use]
pub fn refusal(code: &str) -> Refusal {
    Refusal { code: code.to_owned(), params: BTreeMap::new() }
}

/// The answer when a command broke down without a better word.
#[must_use]
pub fn internal() -> Refusal {
    refusal("internal")
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        match &error {
            AppError::Refused(r) => r.clone(),
            AppError::Key(e) => refusal(key_code(e)),
            AppError::Profile(ProfileError::ProfileInUse) => refusal("profile_in_use"),
            AppError::Profile(ProfileError::Io(e)) | AppError::Io(e) => refusal(io_code(e)),
            AppError::Store(e) => store_refusal(e),
            AppError::Sync(e) => sync_refusal(e),
            AppError::Signing(SigningError::TooLarge) => refusal("text_too_long"),
            AppError::Signing(_) | AppError::Letter(_) | AppError::Internal(_) => {
                // The chain goes to the log once, here; the screen gets only the code.
                tracing::error!(%error, "a command failed");
                internal()
            }
        }
    }
}

fn key_code(e: &KeyError) -> &'static str {
    match e {
        KeyError::WrongPassword => "wrong_password",
        KeyError::NoSlot => "not_found",
        KeyError::PasswordTooShort => "password_short",
        KeyError::PasswordTooLong => "password_long",
        KeyError::Corrupt | KeyError::Tampered | KeyError::KdfRefused => "keyring_damaged",
        KeyError::Unknown => "too_new",
        KeyError::Exists => "already_set_up",
        KeyError::Missing => "not_set_up",
        KeyError::SlotExists | KeyError::Full | KeyError::LastSlot => "bad_request",
        KeyError::Io(e) => io_code(e),
    }
}

fn io_code(e: &std::io::Error) -> &'static str {
    use std::io::ErrorKind as K;
    match e.kind() {
        K::StorageFull | K::QuotaExceeded => "disk_full",
        K::ReadOnlyFilesystem | K::PermissionDenied => "read_only",
        _ => "disk_failed",
    }
}

fn store_refusal(e: &StoreError) -> Refusal {
    match e {
        StoreError::DiskFull => refusal("disk_full"),
        StoreError::ReadOnly => refusal("read_only"),
        StoreError::Corrupt | StoreError::WrongKey => refusal("corrupt"),
        StoreError::TooNew => refusal("too_new"),
        StoreError::Closed => refusal("locked"),
        StoreError::NotFound => refusal("not_found"),
        StoreError::FileMissing => refusal("file_missing"),
        StoreError::FileDamaged => refusal("file_damaged"),
        StoreError::Event(SigningError::TooLarge) => refusal("text_too_long"),
        // A sign that no text may hold; what the screens send is cleaned before.
        StoreError::Event(SigningError::Shape(_) | SigningError::Limits(_)) => {
            refusal("bad_request")
        }
        StoreError::Refused(code) => refusal(code),
        other => {
            tracing::error!(error = %other, "the store failed");
            refusal("disk_failed")
        }
    }
}

/// Why the region could not be asked, in a code.
#[must_use]
pub fn sync_refusal(e: &SyncFailure) -> Refusal {
    refusal(match e {
        SyncFailure::Unreachable => "region_unreachable",
        SyncFailure::Timeout => "region_timeout",
        SyncFailure::Untrusted => "region_untrusted",
        SyncFailure::Clock => "region_clock",
        SyncFailure::NotEsik => "region_not_esik",
        SyncFailure::Refused(api) => match api.code {
            ApiErrorCode::BadCode => "region_code_bad",
            ApiErrorCode::Busy => "region_busy",
            ApiErrorCode::Quota => "day_full",
            ApiErrorCode::TooOften => "region_code_often",
            ApiErrorCode::Unauthorised => "region_unauthorised",
            ApiErrorCode::TooOld => "too_old",
            ApiErrorCode::TooNew => "region_too_old",
            ApiErrorCode::Fork => "region_fork",
            _ => "region_refused",
        },
    })
}
