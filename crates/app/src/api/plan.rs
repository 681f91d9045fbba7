//! The plan for a household.

use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::deadline::Deadline;
use esik_domain::event::Party;
use esik_domain::ids::{AgencyCode, CaseId, ReferralId, StepId, TaskId};
use esik_domain::plan::{PlanStep, StepState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A step with its day.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PlanStepView {
    #[serde(flatten)]
    #[ts(flatten)]
    pub step: PlanStep,
    pub state: StepState,
    /// By when; moves with what comes before it. Of a request or an action its own last day.
    pub due: Option<NaiveDate>,
    /// How the day was counted; none when it is the day of a request or an action.
    pub deadline: Option<Deadline>,
    /// Working days late; 0 = not late.
    pub late_wd: i32,
    pub done_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PlanStepAdd {
    pub case: CaseId,
    pub text: String,
    /// Who does it; none = the family itself.
    #[serde(default)]
    pub agency: Option<AgencyCode>,
    /// Steps that have to be done before.
    #[serde(default)]
    pub after: Vec<StepId>,
    /// 1 to 250.
    pub working_days: u32,
    #[serde(default)]
    pub referral: Option<ReferralId>,
    #[serde(default)]
    pub task: Option<TaskId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PlanStepMove {
    pub case: CaseId,
    pub step: StepId,
    /// 1 to 250.
    pub working_days: u32,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PlanStepEnd {
    pub case: CaseId,
    pub step: StepId,
    /// True: done. False: not needed any more, with the reason.
    pub done: bool,
    #[serde(default)]
    pub text: String,
}

/// A person of the household joins the case.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct MemberAdd {
    pub case: CaseId,
    pub party: Party,
}
