//! Practising: scenarios, the run under way, what was done well and what was missed.

use super::Changed;
use chrono::{DateTime, Utc};
use esik_domain::catalog::L10n;
use esik_domain::ids::{AgencyCode, CaseId, DraftId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeStart {
    /// Code of the scenario.
    pub scenario: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeAsk {
    /// Code of the question.
    pub question: String,
}

/// The scenarios, how far this officer has come, and the run under way.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeBoard {
    /// Nobody signed in at the real desk: practice without a name and without a certificate.
    pub guest: bool,
    pub scenarios: Vec<PracticeLine>,
    pub passed: u32,
    pub run: Option<PracticeRun>,
}

/// One scenario in the list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeLine {
    pub code: String,
    pub title: L10n,
    pub minutes: u32,
    pub tries: u32,
    /// Best result, of a hundred; none before the first try.
    pub best: Option<u32>,
    pub passed: bool,
}

/// The visitor at the desk.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeRun {
    pub scenario: String,
    pub title: L10n,
    /// The visitor's first words.
    pub words: L10n,
    pub minutes: u32,
    pub started_at: DateTime<Utc>,
    pub questions: Vec<PracticeQuestion>,
    /// The intake of this visitor.
    pub draft: DraftId,
    /// What came of it, once it is saved.
    pub case: Option<CaseId>,
    pub hint: Option<PracticeWant>,
    pub hints: u32,
    /// What the bodies did, the last first.
    pub news: Vec<PracticeNews>,
    /// Somebody else has to move: time may go on.
    pub waiting: bool,
    pub result: Option<PracticeResult>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeQuestion {
    pub code: String,
    pub ask: L10n,
    /// None until it is put.
    pub answer: Option<L10n>,
    /// Put on the telephone, after the visit.
    pub call: bool,
}

/// What a body did with what it was sent.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeNews {
    pub agency: AgencyCode,
    /// `accepted`, `rejected`, `answered`.
    pub does: String,
    pub text: Option<L10n>,
}

/// One expectation: the catalogues have a sentence for its kind.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeWant {
    pub kind: String,
    /// Names for the sentence: categories, bodies, a question.
    pub names: Vec<L10n>,
    /// Codes the catalogues have words for: fields, a circumstance, a circle, an applicant's word.
    pub codes: Vec<String>,
    /// Why, when this scenario says more than the general words of the kind.
    pub why: Option<L10n>,
    pub must: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeResult {
    /// Of a hundred.
    pub percent: u32,
    pub passed: bool,
    /// Percent from which it is passed.
    pub pass_percent: u32,
    #[ts(type = "number")]
    pub seconds: u64,
    pub lines: Vec<PracticeMark>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeMark {
    pub want: PracticeWant,
    pub met: bool,
    pub hinted: bool,
}

/// Time went on.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PracticeTurn {
    pub board: PracticeBoard,
    pub changed: Changed,
}
