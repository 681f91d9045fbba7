//! The hall's queue: a ticket is a short stream of its own, over when its intake is finished.

pub mod call;
pub mod join;
pub mod leave;
pub mod list;

use crate::api::Changed;

/// What a change of the queue makes old.
pub(crate) fn changed() -> Changed {
    Changed { cases: Vec::new(), lists: ["queue", "sync"].map(str::to_owned).to_vec() }
}
