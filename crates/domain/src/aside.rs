//! Streams beside the cases: a hand-over of a shift, an address of a beat, a day of rounds, a weekly list handed
//! to a body, what an officer looked at. They fold like everything else, and no list of visits or cases shows them.

use crate::case::CaseState;
use crate::knowledge::Confirmation;
use crate::look::Looks;
use crate::owed_list::OwedList;
use crate::round::{Place, RoundDay};
use crate::shift::Shift;
use serde::{Deserialize, Serialize};

/// What such a stream is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Aside {
    Shift(Shift),
    Place(Place),
    Day(RoundDay),
    OwedList(OwedList),
    Confirmed(Confirmation),
    Looks(Looks),
    /// What opened it was taken back: nothing is left of it.
    Gone,
}

impl CaseState {
    /// True for a stream that is neither a visit nor a case: a place in the queue, or an [`Aside`].
    #[must_use]
    pub fn is_beside(&self) -> bool {
        self.is_ticket()
            || (self.aside.is_some() && self.visits.is_empty() && self.number.is_none())
    }
}
