//! A request to a body, from its first draft to the answer that was found good.

use super::{Escalation, Stamp};
use crate::event::{
    Basis, Disclosed, Enclosure, FileRef, Heard, Leaving, Redirect, SignedDecision,
};
use crate::ids::{AgencyCode, CategoryCode, Circle, OfficerId, ReferralId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Where a referral is in its own life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ReferralState {
    /// Written, not decided.
    Draft,
    /// Decided here; the region has not accepted the decision yet.
    WaitsForRegion,
    /// The region has it.
    Sent,
    /// The agency's channel took it.
    Delivered,
    /// The agency gave it an incoming number.
    Registered,
    /// The agency works on it.
    Accepted,
    /// The agency refused it: it is our work again.
    Rejected,
    /// The agency answered: to be checked and told.
    Answered,
    /// The answer was found good.
    Checked,
    /// The answer was found empty: the agency still owes one.
    AnswerReturned,
    /// Taken back by us.
    Withdrawn,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Referral {
    pub id: ReferralId,
    pub agency: AgencyCode,
    pub category: Option<CategoryCode>,
    pub text: String,
    pub disclosed: Disclosed,
    pub leaves: Vec<Leaving>,
    pub circle: Circle,
    pub by: OfficerId,
    pub answer_due: Option<NaiveDate>,
    pub ack_wd: u32,
    pub drafted_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    /// True once the region accepted the decision to send.
    pub at_region: bool,
    pub delivered: Option<Stamp>,
    /// Nobody of the body works at the region: the station hands it over itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<Stamp>,
    pub registered: Option<Stamp>,
    pub incoming_number: Option<String>,
    pub accepted: Option<Stamp>,
    pub rejected: Option<Rejection>,
    pub answered: Option<Answer>,
    pub checked: Option<Check>,
    pub withdrawn: Option<Stamp>,
    /// Why it was taken back; the body reads it.
    #[serde(default)]
    pub withdrawn_why: String,
    pub reminders: u32,
    /// From when on the body sees the last reminder.
    pub remind_from: Option<DateTime<Utc>>,
    pub replaces: Option<ReferralId>,
    /// A later referral took its place.
    pub replaced_by: Option<ReferralId>,
    /// The duty itself moves (АППК art. 65).
    pub redirect: Option<Redirect>,
    /// The signed decision of a redirect.
    pub decision: Option<SignedDecision>,
    /// On what ground personal data left.
    pub basis: Option<Basis>,
    /// The referral to a private body this is a copy of.
    pub copy_of: Option<ReferralId>,
    /// Rungs of the ladder that were taken for a late answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// Files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Enclosure>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Rejection {
    pub stamp: Stamp,
    pub code: String,
    pub reason: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Answer {
    pub stamp: Stamp,
    pub text: String,
    pub file: Option<FileRef>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Check {
    pub stamp: Stamp,
    pub good: bool,
    pub note: String,
    /// Which of the five checks the answer has.
    #[serde(default)]
    pub has: Vec<String>,
    /// Which of them it lacks.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Not the answer was empty: the case was reopened.
    #[serde(default)]
    pub reopened: bool,
}

impl Referral {
    /// Where the referral is in its life, from the stamps it carries.
    #[must_use]
    pub fn state(&self) -> ReferralState {
        use ReferralState as S;
        if self.withdrawn.is_some() {
            return S::Withdrawn;
        }
        if let Some(check) = &self.checked {
            return if check.good { S::Checked } else { S::AnswerReturned };
        }
        if self.answered.is_some() {
            return S::Answered;
        }
        if self.rejected.is_some() {
            return S::Rejected;
        }
        if self.accepted.is_some() {
            return S::Accepted;
        }
        if self.registered.is_some() {
            return S::Registered;
        }
        if self.delivered.is_some() {
            return S::Delivered;
        }
        match (self.sent_at, self.at_region) {
            (None, _) => S::Draft,
            (Some(_), false) => S::WaitsForRegion,
            (Some(_), true) => S::Sent,
        }
    }

    /// It is out, nobody of the body works at the region, and nobody handed it over yet.
    #[must_use]
    pub fn is_to_hand_over(&self) -> bool {
        self.state() == ReferralState::Sent && self.by_hand.is_some()
    }

    /// May an officer write down that he handed it over himself?
    #[must_use]
    pub fn may_hand_over(&self) -> bool {
        use ReferralState as S;
        matches!(self.state(), S::WaitsForRegion | S::Sent)
    }

    /// May this be heard of the body now? A refusal that led nowhere yet may be taken back by it.
    #[must_use]
    pub fn may_hear(&self, what: Heard) -> bool {
        use ReferralState as S;
        let state = self.state();
        let waits = matches!(
            state,
            S::WaitsForRegion | S::Sent | S::Delivered | S::Registered | S::Accepted
        );
        match what {
            Heard::Registered => waits && self.registered.is_none(),
            Heard::Accepted => {
                waits && self.accepted.is_none()
                    || state == S::Rejected && self.replaced_by.is_none()
            }
            Heard::Rejected => waits,
            Heard::Answered => waits || state == S::AnswerReturned,
        }
    }

    /// True while somebody still has to do something about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.state() {
            ReferralState::Checked | ReferralState::Withdrawn => false,
            ReferralState::Rejected => self.replaced_by.is_none(),
            _ => true,
        }
    }
}
