//! Handing a shift over: what is promised, what the region has, and who took it on.
//!
//! A hand-over is a stream of its own (adr/0014). It lies open at the station, so nothing of a
//! restricted case is ever in it.

use crate::aside::Aside;
use crate::case::ObligationKind;
use crate::event::{Body, Envelope};
use crate::fold::Standing;
use crate::ids::{CategoryCode, OfficerId, Pos};
use crate::text::normalize_input;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Longest note to the next officer, in characters.
pub const NOTE_CHARS_MAX: usize = 4_000;
/// Lines of each list that a hand-over carries at most: an event stays well under 64 KiB.
pub const LINES_MAX: usize = 150;

/// What the region had of this computer's records at a moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct AtRegion {
    /// Records the region had not acknowledged.
    #[ts(type = "number")]
    pub unsent: u64,
    /// When the oldest of them was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<DateTime<Utc>>,
    /// When the region last answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<DateTime<Utc>>,
    /// Number of the last acknowledged record.
    #[ts(type = "number | null")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<u64>,
    /// SHA-256 of that record, hex; empty without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// Why there are such records, when there are: `alone` (the desk joined no region), `line`
    /// (it could not be reached), `sending` (it was reached a moment ago).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl AtRegion {
    /// The proof as it is read out: number and the first eight digits of the hash; empty without one.
    #[must_use]
    pub fn proof_text(&self) -> String {
        let Some(pos) = self.proof else { return String::new() };
        match self.hash.get(..8) {
            Some(head) => format!("{pos} · {head}"),
            None => pos.to_string(),
        }
    }
}

/// A case taken in during the shift.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedCase {
    pub number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
}

/// Something promised by a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedPromise {
    pub number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    pub what: ObligationKind,
    pub due: NaiveDate,
}

/// What one shift hands to the next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Handing {
    /// Beginning of the shift.
    pub from: DateTime<Utc>,
    /// Who is to take over; none = whoever comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<OfficerId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<HandedCase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<HandedPromise>,
    /// How many cases changed hands with it.
    #[serde(default)]
    pub cases: u32,
    #[serde(default)]
    pub region: AtRegion,
}

/// A hand-over as its events add up to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shift {
    pub by: OfficerId,
    pub at: DateTime<Utc>,
    pub handing: Handing,
    /// Who took over, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<(OfficerId, DateTime<Utc>)>,
    /// The receipt: the region's number of the hand-over itself. A device's records form one chain,
    /// so everything it wrote before has the region's word too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Pos>,
}

impl Shift {
    /// May this officer take it over? Whom it names, or anybody else than the giver when it names nobody.
    #[must_use]
    pub fn may_take(&self, officer: OfficerId) -> bool {
        self.taken.is_none()
            && officer != self.by
            && self.handing.to.is_none_or(|named| named == officer)
    }
}

/// The note as it is kept; none when it is too long.
#[must_use]
pub fn note(typed: &str) -> Option<String> {
    let text = normalize_input(typed).trim().to_owned();
    (text.chars().count() <= NOTE_CHARS_MAX).then_some(text)
}

pub(crate) fn apply(aside: &mut Option<Aside>, e: &Envelope, standing: &Standing, body: Body) {
    match (aside, body) {
        (aside @ None, Body::ShiftHandedOver(b)) => {
            let receipt = match standing {
                Standing::Accepted(pos) => Some(*pos),
                Standing::Unsent | Standing::Refused(_) => None,
            };
            *aside = Some(Aside::Shift(Shift {
                by: e.actor_id,
                at: e.occurred_at,
                handing: b.handing,
                taken: None,
                receipt,
            }));
        }
        (Some(Aside::Shift(shift)), Body::ShiftTaken(_)) if shift.may_take(e.actor_id) => {
            shift.taken = Some((e.actor_id, e.occurred_at));
        }
        _ => {}
    }
}
