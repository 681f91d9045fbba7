//! What can go wrong with the desk's database, as small codes the screen has words for.

use rusqlite::ErrorCode;

/// Why the store did not do it. Nothing was saved when one of these comes back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; the draft is still on the screen.
    #[error("disk full")]
    DiskFull,
    /// The file or its folder may not be written.
    #[error("read-only")]
    ReadOnly,
    /// Pages or rows are not what they were.
    #[error("database damaged")]
    Corrupt,
    /// Another process writes.
    #[error("database locked")]
    Locked,
    /// The key does not fit the file, or it is not a database.
    #[error("wrong key")]
    WrongKey,
    /// A newer program wrote it.
    #[error("written by a newer program")]
    TooNew,
    /// The engine linked into the program is older than the floor.
    #[error("database engine too old")]
    EngineTooOld,
    /// The disk or the operating system failed.
    #[error("disk failed")]
    Io,
    /// The store was closed (locked) meanwhile.
    #[error("store closed")]
    Closed,
    /// A device chain would break: a gap, another `prev`, or a sequence used twice.
    #[error("chain of the device broken")]
    Chain,
    /// The event is too large, unreadable or not signed by its officer.
    #[error("event refused: {0}")]
    Event(#[from] esik_wire::SigningError),
    /// A schema step failed.
    #[error("migration failed: {0}")]
    Migration(String),
    /// A stored value cannot be read back.
    #[error("stored value unreadable: {0}")]
    Value(String),
    /// What was asked for is not there.
    #[error("not found")]
    NotFound,
    /// An attached file does not lie on this disk.
    #[error("attached file missing")]
    FileMissing,
    /// An attached file is not what it was: altered, or cut.
    #[error("attached file damaged")]
    FileDamaged,
    /// The caller's own rule refused inside the transaction; nothing was saved.
    #[error("refused: {0}")]
    Refused(String),
    /// Any other answer of the engine.
    #[error("engine: {0}")]
    Engine(rusqlite::Error),
    /// A job failed in a way it never should.
    #[error("internal failure")]
    Internal,
}

/// Shorthand of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Short stable code, for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::ReadOnly => "disk_read_only",
            Self::Corrupt => "db_damaged",
            Self::Locked => "db_locked",
            Self::WrongKey => "wrong_key",
            Self::TooNew => "db_too_new",
            Self::EngineTooOld => "engine_too_old",
            Self::Io => "disk_failed",
            Self::Closed => "locked",
            Self::Chain => "chain_broken",
            Self::Event(_) => "event_refused",
            Self::Migration(_) => "migration_failed",
            Self::Value(_) => "value_unreadable",
            Self::NotFound => "not_found",
            Self::FileMissing => "file_missing",
            Self::FileDamaged => "file_damaged",
            Self::Refused(_) => "refused",
            Self::Engine(_) | Self::Internal => "internal",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match &e {
            E::SqliteFailure(f, _) => match f.code {
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
                ErrorCode::DatabaseCorrupt => Self::Corrupt,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked,
                ErrorCode::NotADatabase => Self::WrongKey,
                ErrorCode::SystemIoFailure => Self::Io,
                ErrorCode::CannotOpen => Self::Io,
                _ => Self::Engine(e),
            },
            E::QueryReturnedNoRows => Self::NotFound,
            _ => Self::Engine(e),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(e: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        match e.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => Self::DiskFull,
            K::ReadOnlyFilesystem | K::PermissionDenied => Self::ReadOnly,
            _ => Self::Io,
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(e: serde_json::Error) -> Self {
        // The position is enough; the value may be somebody's data.
        Self::Value(format!("json at {}:{}", e.line(), e.column()))
    }
}
