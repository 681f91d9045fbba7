//! The roles of officers, and those of programs to come.

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};

/// What an officer may do; granted by the region (or by the first officer of an unenrolled desk).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Front-office officer.
    Officer,
    /// Hall consultant.
    Consultant,
    /// Duty officer.
    Duty,
    /// District inspector.
    Inspector,
    /// Controller of the station.
    Controller,
    /// Head of station.
    Head,
    /// The region itself, as author of what agencies and applicants do (`settled.md` 8).
    Region,
    /// A role of a later program, by its name: kept and given on. It may do nothing here, and what its officers write is
    /// kept unread until an upgrade (S22, docs/adr/0050).
    #[serde(untagged)]
    #[ts(skip)]
    Later(ArrayString<ROLE_BYTES_MAX>),
}

/// Name of a role, at most, in bytes.
pub const ROLE_BYTES_MAX: usize = 24;

impl Role {
    /// Does this program know what the role may do?
    #[must_use]
    pub fn is_known(self) -> bool {
        !matches!(self, Self::Later(_))
    }
}
