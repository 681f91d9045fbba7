//! Signing in, locking, officers, settings and the truth about sync.

use esik_domain::catalog::Lang;
use esik_domain::event::Role;
use esik_domain::ids::OfficerId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the program stands, before and after sign-in.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AppState {
    pub phase: Phase,
    /// Officers that can sign in here; names and posts only.
    pub officers: Vec<OfficerTile>,
    /// The signed-in officer.
    pub session: Option<Session>,
    pub language: Lang,
    pub theme: Theme,
    pub station: Option<StationName>,
    pub enrolled: bool,
    /// A working demo station: the first screen tells a newcomer what to try.
    pub demo: bool,
    /// A practice desk: everything looks different, nothing ever leaves it.
    pub practice: bool,
    pub version: String,
    /// `clock_wrong` and the like: shown until they are gone.
    pub warnings: Vec<super::Refusal>,
    /// Minutes without a key or a click after which the desk locks.
    pub lock_after_minutes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing here yet: the first-run wizard.
    Fresh,
    /// Sign in.
    Locked,
    /// Work.
    Open,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficerTile {
    pub id: OfficerId,
    /// Surname and initials.
    pub name: String,
    pub post: String,
    pub role: Role,
    /// Unfinished intakes waiting for this officer.
    pub drafts: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Session {
    pub officer: OfficerId,
    pub name: String,
    pub post: String,
    pub role: Role,
    pub circles: Vec<String>,
    /// `close`, `administer`: what the screens may offer. The core asks again.
    pub may: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StationName {
    pub id: String,
    pub kk: String,
    pub ru: String,
}

/// An officer as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct NewOfficer {
    pub surname: String,
    pub given: String,
    pub patronymic: String,
    pub post: String,
    #[ts(as = "Option<Role>")]
    pub role: Option<Role>,
    /// Restricted circles: `dv`, `juvenile`, `integrity`, `corruption`.
    pub circles: Vec<String>,
    pub password: String,
}

/// Officers of the station for whom nobody vouches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnvouchedOfficers {
    pub officers: Vec<UnvouchedOfficer>,
}

/// One of them, as the region told him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnvouchedOfficer {
    pub id: OfficerId,
    pub name: String,
    pub post: String,
    pub role: Role,
    /// What he reads from the contact screen of his own desk: `XXXX-XXXX-XXXX-XXXX`.
    pub mark: String,
    /// It is whoever looks.
    pub me: bool,
    /// Left the service: his code is not on any screen any more.
    pub left: bool,
    /// He is known here from before, so his records count here, but not at a desk that joins from now on.
    pub known: bool,
}

/// Vouches for an officer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct VouchFor {
    pub officer: OfficerId,
    /// The mark that was compared; case, spaces and dashes do not matter.
    pub mark: String,
}

/// First run: a profile with its first officer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ProfileCreate {
    pub officer: NewOfficer,
    pub language: Lang,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Enroll {
    /// `https://…`
    pub server: String,
    /// The one-time code, which carries the fingerprint of the region's certificate authority.
    pub code: String,
}

/// A desk that was copied joins its region again.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct JoinAgain {
    /// As in [`Enroll`].
    pub code: String,
    /// The region's warrant key was lost: the one it tells next is believed as at joining. Only heads and controllers.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub new_warrant: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SignIn {
    pub officer: OfficerId,
    pub password: String,
}

/// What stands half-typed on an officer's screen while the desk is locked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Typed {
    /// As the window wrote it; the core does not look inside. `null`: nothing.
    pub text: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SettingsChange {
    pub language: Option<Lang>,
    pub theme: Option<Theme>,
}

/// Where people find the station: printed on its papers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct StationContacts {
    pub address_kk: String,
    pub address_ru: String,
    pub phone: String,
}
