//! What a scenario is, and the ones the program ships.

use crate::catalog::{Catalog, L10n};
use crate::event::Word;
use crate::ids::{AgencyCode, CategoryCode};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One visitor to practise on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Key of the progress; never renamed.
    pub code: String,
    pub title: L10n,
    /// Minutes in which a practised officer is through.
    pub minutes: u32,
    /// The visitor's first words.
    pub words: L10n,
    pub questions: Vec<Question>,
    /// A case of this visitor that is there already.
    #[serde(default)]
    pub earlier: Option<Earlier>,
    /// What bodies do with what they are sent. A body that is not named says “not ours”.
    #[serde(default)]
    pub bodies: Vec<BodyPart>,
    pub expect: Vec<Expectation>,
}

/// A question the officer may put, and the answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub code: String,
    pub ask: L10n,
    pub answer: L10n,
    /// At the desk, or later on the telephone.
    #[serde(default)]
    pub when: When,
}

/// When a question can be put.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    #[default]
    Desk,
    /// After the visit is saved: the officer calls the visitor.
    Call,
}

/// A case that was there before the visitor came.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    pub text: L10n,
    pub category: CategoryCode,
    pub agency: AgencyCode,
    pub address: String,
    pub surname: String,
    pub given: String,
    pub phone: String,
    /// What the body answered; then the case was closed as solved. `None` = still waiting.
    #[serde(default)]
    pub closed_with: Option<L10n>,
}

/// What one body does, a step each time it is its turn.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyPart {
    pub agency: AgencyCode,
    pub steps: Vec<Reaction>,
}

/// One reaction of a body.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "does", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reaction {
    /// Gives it an incoming number and takes it on.
    Accept,
    /// Refuses.
    Reject {
        /// `not_ours`, `incomplete`, `duplicate`, `other`.
        code: String,
        reason: L10n,
    },
    /// Answers (registering and accepting first where it has not).
    Answer { text: L10n },
}

/// One thing a good officer does here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Expectation {
    #[serde(flatten)]
    pub want: Want,
    /// Points.
    #[serde(default = "one")]
    pub weight: u32,
    /// Without it the scenario is not passed, whatever the points.
    #[serde(default)]
    pub must: bool,
    /// Why, in this scenario; else the general words of the kind.
    #[serde(default)]
    pub why: Option<L10n>,
}

fn one() -> u32 {
    1
}

/// What is looked at in the folded case and in how the visitor was met.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case")]
pub enum Want {
    /// A question was put: a red flag noticed, a need heard.
    Asked { question: String },
    /// Some subject of the case has one of these categories.
    Category { any: Vec<CategoryCode> },
    /// So many subjects were taken down.
    Issues { count: usize },
    /// A circumstance that changes how we act was noted.
    Circumstance { code: String },
    /// The visitor was taken in without a name.
    Nameless,
    /// The visitor's name was written down.
    Named,
    /// No wrong IIN was kept: none, or this one.
    Iin { right: String },
    /// Advice was given; when `mentions` is not empty, with one of these words in it.
    Advice { mentions: Vec<String> },
    /// It ended as advice: no case, no number.
    OnlyAdvice,
    /// A request was handed to one of these bodies.
    Referral { any: Vec<AgencyCode> },
    /// None of these bodies was troubled.
    NotTo { none: Vec<AgencyCode> },
    /// What the body needs to act left with the request.
    Shown { fields: Vec<String> },
    /// What the body does not need stayed here.
    Hidden { fields: Vec<String> },
    /// Everything is in this restricted circle.
    Circle { circle: String },
    /// The crime was registered in КУИ.
    Kui,
    /// Nothing of the crime's content was kept: none of these words is in the case.
    Unsaid { words: Vec<String> },
    /// An own action was set to one of these units.
    Task { any: Vec<AgencyCode> },
    /// Everything that was handed over has its day.
    Promise,
    /// A coupon was given.
    Coupon,
    /// It is not called, or it is written down how to call safely.
    SafeContact,
    /// A refused request was handed to one of these instead.
    Rereferral { any: Vec<AgencyCode> },
    /// The empty answer went back.
    Returned,
    /// A real answer was found good.
    AnswerChecked,
    /// The applicant was reached and told.
    Told,
    /// Closed with the applicant's own word.
    Closed { word: Word },
    /// It is not closed: something is still owed.
    StillOpen,
    /// The old case was used, not a second one made.
    Joined,
    /// The old case was opened again.
    Reopened,
    /// No slower than the scenario's minutes.
    InTime,
}

impl Want {
    /// Its name in the catalogues.
    #[must_use]
    pub fn kind(&self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|v| v.get("want").and_then(|w| w.as_str().map(str::to_owned)))
            .unwrap_or_default()
    }
}

/// Why scenario data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("scenario cannot be read: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("scenario {scenario}: {what}")]
    Content { scenario: String, what: String },
}

/// Reads one scenario and checks that everything it names exists.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<Scenario, ScenarioError> {
    let scenario: Scenario = serde_json::from_str(text)?;
    let wrong =
        |what: String| Err(ScenarioError::Content { scenario: scenario.code.clone(), what });
    let catalog = Catalog::shipped();
    for expectation in &scenario.expect {
        let (agencies, categories): (&[AgencyCode], &[CategoryCode]) = match &expectation.want {
            Want::Asked { question } if scenario.question(question).is_none() => {
                return wrong(format!("question {question} is not among the questions"));
            }
            Want::Category { any } => (&[], any),
            Want::Referral { any } | Want::Task { any } | Want::Rereferral { any } => (any, &[]),
            Want::NotTo { none } => (none, &[]),
            _ => (&[], &[]),
        };
        if let Some(code) = agencies.iter().find(|a| catalog.agency(a.as_str()).is_none()) {
            return wrong(format!("body {code} is not in the catalogue"));
        }
        if let Some(code) = categories.iter().find(|c| catalog.category(c.as_str()).is_none()) {
            return wrong(format!("category {code} is not in the catalogue"));
        }
    }
    for part in &scenario.bodies {
        if catalog.agency(part.agency.as_str()).is_none() {
            return wrong(format!("body {} is not in the catalogue", part.agency));
        }
    }
    Ok(scenario)
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        const FILES: &[&str] = &[$(include_str!(concat!("../../data/scenarios/", $name, ".json"))),*];
    };
}
shipped! {
    "certificate", "heating", "neighbour", "fraud", "violence", "child", "bounce", "empty_answer",
    "nameless", "iin", "several", "officer", "bribe", "reopened", "gas",
}

static SHIPPED: LazyLock<Vec<Scenario>> =
    LazyLock::new(|| FILES.iter().filter_map(|text| read(text).ok()).collect());

/// The scenarios of this program, in the order they are best practised. A test reads every file, so
/// none is passed over here.
#[must_use]
pub fn shipped() -> &'static [Scenario] {
    &SHIPPED
}

/// What a body says when a request is not theirs.
#[must_use]
pub fn not_ours() -> &'static L10n {
    static SAID: LazyLock<L10n> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/scenarios/not-ours.json")).unwrap_or_default()
    });
    &SAID
}

/// One by its code.
#[must_use]
pub fn scenario(code: &str) -> Option<&'static Scenario> {
    shipped().iter().find(|s| s.code == code)
}

impl Scenario {
    /// A question by its code.
    #[must_use]
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.code == code)
    }
}

#[cfg(test)]
mod tests;
