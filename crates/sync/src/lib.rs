//! Synchronisation of a desk with its region: a pure planner, a driver, retry, the HTTP client and
//! the background engine. Knows the desk only through [`Local`] and the region only through
//! [`esik_wire::SyncApi`], so every part runs against memory as well as against the real thing.

pub mod background;
mod bell;
pub mod clock;
pub mod drive;
pub mod enroll;
pub mod http;
pub mod lane;
pub mod local;
pub mod places;
pub mod plan;
pub mod react;
pub mod retry;
pub mod tls;
pub mod tree;

pub use background::{Engine, EngineStatus, Wake};
pub use clock::Clock;
pub use drive::{Progress, Summary, sync_once, sync_within};
pub use enroll::{EnrollError, JoinCode, enroll};
pub use http::{HttpError, HttpRegion};
pub use lane::{BlobJob, BlobNews, Lane, LaneStep, Way, carry};
pub use local::{
    Applied, Attempt, Behind, History, Identity, Local, LocalError, OlderLife, Snapshot,
};
pub use places::Places;
pub use plan::{ScopeState, State, Step, SyncStop, next_step};
