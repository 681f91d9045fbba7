//! The rungs of the ladder that were taken for a late answer, and the one that is next.

use super::{Referral, Stamp};
use crate::calendar::{Calendar, local};
use crate::event::Way;
use crate::ids::AgencyCode;
use crate::ladder::{RUNGS, Rung, begins};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// One rung that somebody took.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Escalation {
    pub rung: Rung,
    /// Carries when, by whom and how.
    pub stamp: Stamp,
    /// Whom it was written to: none = the body itself, or the region's controller on the last rung.
    pub to: Option<AgencyCode>,
    pub text: String,
    /// Why rungs below were left out, or it went up before its day.
    pub reason: String,
}

impl Escalation {
    /// It went as a letter: there is a paper of it.
    #[must_use]
    pub fn is_letter(&self) -> bool {
        let way = self.stamp.told.as_ref().map(|told| told.way);
        way.is_some_and(|way| !matches!(way, Way::Phone | Way::Import))
    }
}

/// The rung that is next for an answer that is owed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct NextRung {
    pub rung: Rung,
    /// From which day it is to be taken.
    pub since: NaiveDate,
}

/// Why a rung is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RungFault {
    /// No day was promised, or nothing is owed.
    NothingOwed,
    /// It was taken before, or one above it.
    Taken,
    /// One below was not taken, or its day has not come: that wants a reason.
    NeedsReason,
}

impl RungFault {
    /// The code people's screens have words for.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NothingOwed => "owes_nothing",
            Self::Taken => "rung_taken",
            Self::NeedsReason => "rung_needs_reason",
        }
    }
}

impl Referral {
    /// Since when the body owes the answer it owes now: a returned answer begins anew.
    fn owes_since(&self) -> Option<DateTime<Utc>> {
        let returned = self.checked.as_ref().filter(|c| !c.good).map(|c| c.stamp.at);
        returned.or(self.sent_at)
    }

    /// The highest rung taken for the answer that is owed now. A reminder counts from the last day on; one before it was
    /// only kind.
    #[must_use]
    pub fn taken(&self) -> Rung {
        let (Some(since), Some(due)) = (self.owes_since(), self.answer_due) else {
            return Rung::InTime;
        };
        let reminded =
            self.remind_from.is_some_and(|at| at >= since && local(at).date_naive() > due);
        let up = self.escalations.iter().filter(|e| e.stamp.at >= since).map(|e| e.rung).max();
        up.unwrap_or(if reminded { Rung::Remind } else { Rung::InTime })
    }

    /// The next rung and from which day; none without a promised day and above the last one.
    #[must_use]
    pub fn next_rung(&self, calendar: &Calendar) -> Option<NextRung> {
        let due = self.answer_due?;
        next_after(calendar, due, self.taken())
    }

    /// May this rung be taken today?
    ///
    /// # Errors
    /// Why not; [`RungFault::NeedsReason`] only where none is given.
    pub fn may_take(
        &self,
        rung: Rung,
        reason: &str,
        calendar: &Calendar,
        today: NaiveDate,
    ) -> Result<(), RungFault> {
        let due = self.answer_due.ok_or(RungFault::NothingOwed)?;
        if rung <= self.taken() || rung <= Rung::Remind {
            return Err(RungFault::Taken);
        }
        let next = self.next_rung(calendar).ok_or(RungFault::Taken)?;
        let in_turn = next.rung == rung && begins(calendar, due, rung) <= Some(today);
        if !in_turn && reason.trim().is_empty() {
            return Err(RungFault::NeedsReason);
        }
        Ok(())
    }
}

/// The rung above one, for an answer due on a day.
#[must_use]
pub fn next_after(calendar: &Calendar, due: NaiveDate, taken: Rung) -> Option<NextRung> {
    let (_, rung) = RUNGS.iter().find(|(_, rung)| *rung > taken)?;
    Some(NextRung { rung: *rung, since: begins(calendar, due, *rung)? })
}
