//! Every id and code of the product as its own type: mixing up two of them does not compile.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { Uuid::parse_str(s).map(Self) }
        }
    )*};
}

macro_rules! code {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Debug, ts_rs::TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub String);
        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl From<&str> for $name { fn from(s: &str) -> Self { Self(s.to_owned()) } }
        impl From<String> for $name { fn from(s: String) -> Self { Self(s) } }
    )*};
}

uuid_id! {
    /// One case, and also one visit that never became a case: the stream its events belong to.
    CaseId;
    /// One event (`UUIDv7`, made on the device that saved it).
    EventId;
    /// One subject inside a case.
    IssueId;
    /// One person or organisation inside a case.
    PartyId;
    /// One request handed to a competent body.
    ReferralId;
    /// One own police action.
    TaskId;
    /// One step of a plan for a household.
    StepId;
    /// One print of a paper at one desk.
    PaperId;
    /// One unfinished intake at one desk.
    DraftId;
    /// One file put to a case.
    AttachmentId;
    /// One officer of the region.
    OfficerId;
    /// One installed desk (or the region itself, which is a device with its own key).
    DeviceId;
}

code! {
    /// A station, as the region names it: `07`.
    StationId;
    /// A competent body of the catalogue: `E-HEA`.
    AgencyCode;
    /// A leaf of the category tree: `ZKH-01`.
    CategoryCode;
    /// What a desk or person may follow: `station:07`, `circle:07:dv`, `officer:<id>`.
    Scope;
}

impl Scope {
    /// Everything open at a station.
    #[must_use]
    pub fn station(station: &StationId) -> Self {
        Self(format!("station:{station}"))
    }
    /// A restricted circle at a station.
    #[must_use]
    pub fn circle(station: &StationId, circle: &str) -> Self {
        Self(format!("circle:{station}:{circle}"))
    }
    /// What one officer wrote in a restricted circle that he is not a member of.
    #[must_use]
    pub fn officer(officer: OfficerId) -> Self {
        Self(format!("officer:{officer}"))
    }
}

/// The n-th event of one device in one incarnation; gap-free from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceSeq(pub u64);

/// Position in the region's order; gap-free from 1 per region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pos(pub u64);

/// Who may know that a case or referral exists (`settled.md` 3).
///
/// `open` is every officer of the station; anything else names a restricted circle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Circle(pub String);

impl Circle {
    /// Visible to every officer of the station.
    #[must_use]
    pub fn open() -> Self {
        Self("open".to_owned())
    }
    /// True when every officer of the station may see it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0 == "open"
    }
}

impl Default for Circle {
    fn default() -> Self {
        Self::open()
    }
}
