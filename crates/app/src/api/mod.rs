//! What the window (or any other host) may ask, and what it gets: requests and responses of the
//! command list. No finished text for people in here: codes and values; the catalogues have words.

mod attach;
mod bundle;
mod case;
mod control;
mod correct;
mod intake;
mod knowledge;
mod look;
mod paper;
mod person;
mod plan;
mod published;
mod queue;
mod round;
mod scan;
mod session;
mod shift;
mod sync;
mod terms;
mod training;

pub use attach::*;
pub use bundle::*;
pub use case::*;
pub use control::*;
pub use correct::*;
pub use intake::*;
pub use knowledge::*;
pub use look::*;
pub use paper::*;
pub use person::*;
pub use plan::*;
pub use published::*;
pub use queue::*;
pub use round::*;
pub use scan::*;
pub use session::*;
pub use shift::*;
pub use sync::*;
pub use terms::*;
pub use training::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A request without content.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// What a mutation changed: the screen refreshes exactly this (`architecture.md` §6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Changed {
    /// Cases whose content changed.
    pub cases: Vec<String>,
    /// Lists that may look different: `reception`, `control`, `drafts`, `queue`, `shift`, `round`, `sync`, `session`, `officers`, `files`, `scans`, `publications`;
    /// and `closing`, when the window is being closed while records could be sent.
    pub lists: Vec<String>,
}

/// What goes wrong, for the screen: a code with words in the catalogues, and their parameters.
/// Never personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Refusal {
    pub code: String,
    #[serde(default)]
    pub params: std::collections::BTreeMap<String, String>,
}
