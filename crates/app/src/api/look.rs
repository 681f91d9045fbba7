//! Who looked.

use chrono::{DateTime, Utc};
use esik_domain::ids::CaseId;
use esik_domain::look::{LookReason, LookWhat};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Opens a case on the screen.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseOpen {
    pub id: CaseId,
    /// The screen shows it already and reads it anew.
    #[serde(default)]
    pub again: bool,
    /// Why, where that is asked: once per case and sign-in.
    #[serde(default)]
    #[ts(optional)]
    pub why: Option<LookReason>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LooksRequest {
    /// None = whatever was looked at lately.
    pub case: Option<CaseId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Looks {
    /// Everybody's; else the officer's own.
    pub all: bool,
    /// Newest first.
    pub lines: Vec<LookLine>,
    /// There are older ones.
    pub more: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LookLine {
    pub at: DateTime<Utc>,
    /// Surname and initials; empty when the officer is not known here.
    pub who: String,
    pub what: LookWhat,
    /// Template of a paper; empty for anything else.
    pub paper: String,
    /// Of a search: how many cases and visits it showed; of an export: how many it holds.
    pub n: Option<u32>,
    pub why: Option<LookReason>,
    /// The case, when the officer may know of it.
    pub case: Option<CaseId>,
    pub number: Option<String>,
}
