//! Papers: which a case may have now, one looked at, one printed.

use super::Changed;
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::ids::{AgencyCode, CaseId, PaperId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A paper about one case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CasePaper {
    /// What the applicant leaves with.
    Coupon,
    /// Of the oral appeal.
    Protocol,
    /// The covering letter of a referral, which is its part.
    Referral,
    /// The letter by which the duty moves (АППК art. 65); its part is the referral.
    Redirect,
    /// What the applicant is told of it at the same time.
    RedirectNotice,
    /// The letter by which a late answer went up a rung; its part is that event.
    Escalation,
    /// The decision to extend the term (АППК art. 76); its part is the decision's event.
    Extension,
    /// What the applicant is told of it.
    ExtensionNotice,
    /// To the applicant.
    Answer,
    /// Certificate of advice.
    Advice,
    /// How each date was counted.
    Terms,
}

/// Which journal of a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Journal {
    /// The register of appeals.
    #[default]
    Appeals,
    /// What was said aloud and written down.
    Oral,
    /// Requests sent to bodies, and their answers.
    Requests,
    /// What moved to another body by law (АППК art. 65).
    Redirects,
    /// Papers printed at this desk; for the controller and the head.
    Prints,
}

impl Journal {
    /// The one there always was.
    #[must_use]
    pub fn is_appeals(&self) -> bool {
        *self == Self::Appeals
    }
}

/// Which paper.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum PaperOf {
    /// A new one about a case, from what is known now.
    Case {
        case: CaseId,
        paper: CasePaper,
        /// The referral or decision, for papers that are about one.
        #[serde(default)]
        #[ts(type = "string | null")]
        part: Option<Uuid>,
    },
    /// The register of a period, both days inclusive, by the calendar of Almaty.
    Register {
        from: NaiveDate,
        until: NaiveDate,
        #[serde(default, skip_serializing_if = "Journal::is_appeals")]
        #[ts(optional, as = "Option<Journal>")]
        journal: Journal,
    },
    /// What a body owes now, for the body.
    OwedList { agency: AgencyCode },
    /// The sheet of a hand-over, with what the region said of it by now.
    Shift { id: CaseId },
    /// The receipt of a day of rounds.
    RoundDay { id: CaseId },
    /// One that was printed, as it was then.
    Printed { id: PaperId },
}

/// What lies on a case's shelf.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PaperShelf {
    /// What can be printed now.
    pub offers: Vec<PaperOffer>,
    /// What was printed at this desk, newest first.
    pub printed: Vec<PaperLine>,
}

/// A paper the case may have now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PaperOffer {
    pub paper: CasePaper,
    #[ts(type = "string | null")]
    pub part: Option<Uuid>,
    /// The body it goes to.
    pub agency: Option<AgencyCode>,
}

/// A paper that was printed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PaperLine {
    pub id: PaperId,
    pub at: DateTime<Utc>,
    /// Surname and initials of who printed it; empty when unknown here.
    pub who: String,
    /// Id of its template: a [`CasePaper`], or one an older or newer program knew.
    pub paper: String,
    /// The body it went to.
    pub agency: Option<AgencyCode>,
}

/// A paper to look at: its pages as pictures, made in memory and kept nowhere.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PaperPages {
    /// Name of the file it would be.
    pub name: String,
    /// SVG, a page each.
    pub pages: Vec<String>,
}

/// A paper went to the printer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PaperPrinted {
    pub changed: Changed,
}
