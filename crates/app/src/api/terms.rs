//! Terms of law on the screen: asking for more time, deciding, telling the applicant.

use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::{ClosingAsk, Dispute, Extension, Notice};
use esik_domain::event::{ContactHow, Disclosed};
use esik_domain::ids::{AgencyCode, CaseId, EventId, IssueId, ReferralId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What holds of a case's legal term, and what this officer may do about it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Terms {
    /// The last day the law gave first.
    pub first_due: Option<NaiveDate>,
    /// The last day that holds now.
    pub due: Option<NaiveDate>,
    /// No extension may pass this day.
    pub limit: Option<NaiveDate>,
    /// Last day to redirect, three working days from receipt, while nothing was redirected whole.
    pub redirect_due: Option<NaiveDate>,
    /// The body the whole duty moved to.
    pub redirected_to: Option<AgencyCode>,
    /// May prepare a redirect.
    pub may_redirect: bool,
    pub may_ask: bool,
    /// The head or the deputy.
    pub may_decide: bool,
    pub asks: Vec<AskView>,
    /// Decisions, granted or not, oldest first.
    pub extensions: Vec<Extension>,
    pub notices: Vec<Notice>,
}

/// Somebody asked for more time.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AskView {
    pub event: EventId,
    pub at: DateTime<Utc>,
    /// Surname and initials.
    pub who: String,
    pub until: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ExtensionAsk {
    pub case: CaseId,
    pub until: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ExtensionDecide {
    pub case: CaseId,
    pub granted: bool,
    /// The new last day, when granted.
    pub until: Option<NaiveDate>,
    pub reason: String,
    /// Number of the written decision, when it has one.
    pub decision_number: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct NoticeGive {
    pub case: CaseId,
    /// The decision the applicant was told of.
    pub about: EventId,
    pub how: ContactHow,
    pub text: String,
}

/// Prepares a redirect (АППК art. 65); the head or the deputy signs it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RedirectPrepare {
    pub case: CaseId,
    pub agency: AgencyCode,
    /// The whole case; else only `issues`.
    pub whole: bool,
    pub issues: Vec<IssueId>,
    /// Legal ground of the body's competence.
    pub ground: String,
    /// Why this body, in words for the applicant.
    pub reason: String,
    pub text: String,
    pub disclosed: Disclosed,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RedirectSign {
    pub case: CaseId,
    pub referral: ReferralId,
    /// False: it is not sent, for a reason.
    pub granted: bool,
    pub decision_number: String,
    pub reason: String,
}

/// How this case may end, for this officer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct End {
    /// The applicant was asked after the last news: by an officer, or on the region's page.
    pub called_back: bool,
    /// Only the page tells so: whoever holds the coupon said “solved”.
    pub by_page: bool,
    /// Another officer has to look: this one may only ask for it.
    pub needs_second: bool,
    /// Who asked for the second look, and with which outcome.
    pub asked: Option<ClosingAsk>,
    pub asked_by: String,
    pub outcomes: Vec<String>,
    /// Those of them that want a reason, because a body or an own action still owes something.
    pub want_reason: Vec<String>,
    pub disputes: Vec<Dispute>,
}

/// The head takes on a dispute between bodies.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DisputeOpen {
    pub case: CaseId,
    /// The last refused referral.
    pub referral: ReferralId,
    pub reason: String,
}

/// The head decides whose it is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DisputeSettle {
    pub case: CaseId,
    pub referral: ReferralId,
    pub agency: AgencyCode,
    pub reason: String,
}
