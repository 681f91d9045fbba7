//! A case as its events add up to it, and what it still asks of whom.

mod bounce;
mod caution;
mod escalation;
mod owed;
mod referral;

pub use bounce::HeadFirst;
pub use caution::{Caution, CautionKind};
pub use escalation::{Escalation, NextRung, RungFault, next_after};
pub use owed::{Obligation, ObligationKind, WaitingOn};
pub use referral::{Answer, Check, Referral, ReferralState, Rejection};

use crate::aside::Aside;
use crate::attached::Attachment;
use crate::calendar::local;
use crate::calendars::Calendars;
use crate::event::{Address, Channel, ContactHow, Party, PartyRole, Reached, Told, Word};
use crate::ids::{
    AgencyCode, CaseId, CategoryCode, Circle, EventId, IssueId, OfficerId, PartyId, ReferralId,
    StationId, TaskId,
};
use crate::moments::{Corrected, Restated};
use crate::person::PersonWord;
use crate::plan::PlanStep;
use crate::priority::PriorityWord;
use crate::queue::Ticket;
use crate::recount::Moved;
use crate::said::Said;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Bumped when the meaning of the fold changes; projections of another version are rebuilt.
pub const FOLDER_VERSION: u32 = 18;

/// The fold of one stream. A stream without a `number` is a visit that never became a case.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CaseState {
    pub id: CaseId,
    pub station: StationId,
    pub circle: Circle,
    /// Who opened the stream; may see it whatever its circle.
    pub author: OfficerId,
    /// Who was named to answer for the case; none = still the one who opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<OfficerId>,
    /// What an officer said last of how soon it has to be taken up; none = the rule decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_word: Option<PriorityWord>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub number: Option<String>,
    pub ext_number: Option<String>,
    pub title: String,
    pub narrative: String,
    pub address: Option<Address>,
    pub appeal_kind: String,
    pub opened_at: Option<DateTime<Utc>>,
    /// The last day the law gave, as it was counted at opening; none in cases of older programs.
    pub legal_due: Option<NaiveDate>,
    /// Version of the calendar it was counted with.
    #[serde(default)]
    pub calendar: String,
    /// Asks for an extension nobody has decided on.
    #[serde(default)]
    pub extension_asks: Vec<TermAsk>,
    /// Decisions on extensions, granted or not.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// An officer asked another one to look before closing.
    pub closing_ask: Option<ClosingAsk>,
    /// Two bodies say that it is not theirs.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// Decisions the applicant has to be told of.
    #[serde(default)]
    pub notices: Vec<Notice>,
    pub visits: Vec<Visit>,
    pub issues: Vec<Issue>,
    pub parties: Vec<CaseParty>,
    /// Which of them officers know from other cases, and which they do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person_words: Vec<PersonWord>,
    pub advice: Vec<Advice>,
    pub referrals: Vec<Referral>,
    pub tasks: Vec<Task>,
    /// The plan for the person or household, in the order its steps were added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<PlanStep>,
    pub crime: Option<Crime>,
    pub coupon: Option<Coupon>,
    pub contacts: Vec<Contact>,
    /// What was said on the region's page, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Said>,
    /// Files put to the case, in order, those taken back among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    pub closed: Option<Closing>,
    pub reopened: u32,
    /// Two values met and an officer has to look (`architecture.md` §3, amendment).
    pub review: Vec<Review>,
    /// Own events the region refused, with the reason: work that came back.
    pub refused: Vec<Refused>,
    /// Events whose `base` is not here: they do nothing until it comes (`reliability.md` S11).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// Events of kinds this program does not know.
    pub unknown: u32,
    /// A critical unknown kind: look, do not touch, update the program.
    pub read_only: bool,
    /// A place in the hall's queue: such a stream is neither a visit nor a case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// A hand-over, an address of a beat, a day of rounds: neither a visit nor a case either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Aside>,
    /// Last event that set a value, by field: what an amendment's `base` is compared with.
    pub set_by: std::collections::BTreeMap<String, EventId>,
    /// Days that stand otherwise in the events, since another calendar holds (`crate::recount`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    /// Events that were saved at another moment than the clock showed (`crate::moments`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Corrected>,
    /// Days that were said under a wrong clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restated: Vec<Restated>,
    /// The calendars its days were counted with; none = those of the program.
    #[serde(skip)]
    pub counted_with: Option<std::sync::Arc<Calendars>>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Visit {
    pub at: DateTime<Utc>,
    pub channel: Channel,
    pub language: String,
    pub circumstances: Vec<String>,
    pub by: OfficerId,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Issue {
    pub id: IssueId,
    pub category: CategoryCode,
    pub text: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct CaseParty {
    pub id: PartyId,
    pub party: Party,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Advice {
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub text: String,
    pub category: Option<CategoryCode>,
    /// Cards it was taken from, with their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<crate::knowledge::CardRef>,
    /// The same as they stood then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited: Vec<crate::knowledge::Citation>,
}

/// An officer asked the head for more time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TermAsk {
    pub event: EventId,
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub until: NaiveDate,
    pub reason: String,
}

/// What the head or the deputy decided on an extension.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Extension {
    pub event: EventId,
    pub at: DateTime<Utc>,
    pub granted: bool,
    pub reason: String,
    pub decision_number: String,
    pub decision_date: NaiveDate,
    pub signed_name: String,
    pub signed_post: String,
    pub first_due: NaiveDate,
    pub previous_due: NaiveDate,
    /// The new last day, when granted.
    pub until: Option<NaiveDate>,
    /// Version of the calendar it was counted with.
    pub calendar: String,
    /// False while the decision waits for the region.
    pub at_region: bool,
}

/// An officer asked another one to look before the case is closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct ClosingAsk {
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub word: Word,
    pub outcome: String,
    pub text: String,
    /// 1 to 5; absent = not asked.
    #[serde(default)]
    pub satisfaction: Option<u8>,
    /// Why the applicant was not called back before.
    #[serde(default)]
    pub not_called: String,
}

/// A dispute about competence: bodies that refused, each with its reason, and what the head decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Dispute {
    /// The last refused referral.
    pub referral: ReferralId,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// Who refused, in order.
    pub sides: Vec<Side>,
    pub settled: Option<Settled>,
    pub at_region: bool,
}

/// A body's side of a dispute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Side {
    pub agency: AgencyCode,
    pub at: DateTime<Utc>,
    pub code: String,
    pub reason: String,
}

/// Whose it is, as the head decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Settled {
    pub at: DateTime<Utc>,
    pub agency: AgencyCode,
    pub reason: String,
}

/// What the applicant has to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The term was extended (АППК art. 76).
    Extension,
    /// The case was redirected, in whole or part (АППК art. 65).
    Redirect,
}

/// A decision the applicant has to be told of, and whether that was done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Notice {
    /// The decision.
    pub about: EventId,
    pub kind: NoticeKind,
    /// When the decision was taken: its clock starts there.
    pub at: DateTime<Utc>,
    pub due: Option<NaiveDate>,
    pub given: Option<Stamp>,
    pub how: Option<ContactHow>,
    pub circle: Circle,
    pub by: OfficerId,
}

/// Something that happened to a referral, with the proof of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Stamp {
    pub at: DateTime<Utc>,
    /// Person or system behind it.
    pub by: String,
    pub event: EventId,
    /// It went past the region, and an officer wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

impl Stamp {
    /// The day it was so, by the clocks of Kazakhstan.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.told.as_ref().map_or_else(|| local(self.at).date_naive(), |told| told.day)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Task {
    pub id: TaskId,
    pub text: String,
    pub unit: AgencyCode,
    pub owner: Option<OfficerId>,
    pub due: Option<NaiveDate>,
    pub assigned_at: DateTime<Utc>,
    pub at_region: bool,
    pub done: Option<Stamp>,
    pub result: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Crime {
    pub kui_number: String,
    pub kui_at: DateTime<Utc>,
    pub received_by: String,
    pub minutes: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Coupon {
    pub at: DateTime<Utc>,
    pub number: String,
    pub code: String,
    pub secret: String,
    pub receiver_name: String,
    pub receiver_post: String,
    /// The station's telephone then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Contact {
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub how: ContactHow,
    pub reached: Reached,
    pub word: Option<Word>,
    pub text: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Closing {
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub word: Word,
    pub outcome: String,
    pub text: String,
    /// 1 to 5; absent = not asked.
    pub satisfaction: Option<u8>,
    /// Why the applicant was not called back before.
    pub not_called: String,
    /// False while the decision waits for the region.
    pub at_region: bool,
}

/// Two values of one field that met.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Review {
    pub field: String,
    pub earlier: String,
    pub later: String,
    pub event: EventId,
}

/// An event that does nothing yet, because what it rests on is not here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Waiting {
    pub event: EventId,
    pub kind: String,
    /// What it waits for.
    pub base: EventId,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Refused {
    pub event: EventId,
    pub kind: String,
    pub code: String,
}

impl CaseState {
    /// True when the stream became a case under control.
    #[must_use]
    pub fn is_case(&self) -> bool {
        self.number.is_some()
    }

    /// Who answers for the case.
    #[must_use]
    pub fn controller(&self) -> OfficerId {
        self.controller.unwrap_or(self.author)
    }

    /// Who came, if anything is known of the person; also when somebody of the household was known before.
    #[must_use]
    pub fn applicant(&self) -> Option<&Party> {
        let mut people = self.parties.iter().map(|p| &p.party);
        let came = people.clone().find(|p| p.role == PartyRole::Applicant);
        came.or_else(|| people.find(|p| p.role != PartyRole::HouseholdMember))
    }

    /// Refusals of a referral and of those it replaced, the first one first: its bounces.
    #[must_use]
    pub fn bounces(&self, id: ReferralId) -> Vec<Side> {
        let mut out = Vec::new();
        let mut next = Some(id);
        // A chain cannot be longer than the referrals there are, whatever a broken program wrote.
        for _ in 0..self.referrals.len() {
            let Some(r) = next.and_then(|id| self.referrals.iter().find(|r| r.id == id)) else {
                break;
            };
            if let Some(x) = &r.rejected {
                out.push(Side {
                    agency: r.agency.clone(),
                    at: x.stamp.at,
                    code: x.code.clone(),
                    reason: x.reason.clone(),
                });
            }
            next = r.replaces;
        }
        out.reverse();
        out
    }

    /// The redirect that moved the whole duty away. A body that refused it has not taken the duty.
    #[must_use]
    pub fn redirected(&self) -> Option<&Referral> {
        self.referrals.iter().find(|r| {
            r.redirect.as_ref().is_some_and(|x| x.whole)
                && r.sent_at.is_some()
                && r.withdrawn.is_none()
                && r.rejected.is_none()
        })
    }

    /// The last day of law that holds now: the latest granted extension, else the term itself.
    /// None once the whole duty moved to another body: what stays is a promise.
    #[must_use]
    pub fn legal_last_day(&self) -> Option<NaiveDate> {
        if self.redirected().is_some() {
            return None;
        }
        self.extensions.iter().rev().find_map(|e| e.until).or(self.legal_due)
    }

    /// The first issue's category.
    #[must_use]
    pub fn category(&self) -> Option<&CategoryCode> {
        self.issues.first().map(|i| &i.category)
    }
}
