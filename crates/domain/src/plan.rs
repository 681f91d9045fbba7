//! A plan for a person or a household: steps of several bodies, what comes after what, and days that
//! live: when a step is done earlier or later, every day after it moves.

use crate::calendar::Calendar;
use crate::calendars::Calendars;
use crate::case::{CaseState, Referral, Stamp, Task};
use crate::deadline::{Counting, Deadline, working_days};
use crate::event::Body;
use crate::ids::{AgencyCode, ReferralId, StepId, TaskId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Steps of one plan: more is no plan a family can follow.
pub const STEPS_MAX: usize = 30;
/// Working days of one step: about a year.
pub const STEP_DAYS_MAX: u32 = 250;

/// One step, as its events add up to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct PlanStep {
    pub id: StepId,
    pub text: String,
    /// Who does it; none = the family itself.
    pub agency: Option<AgencyCode>,
    /// Steps that have to be done before; only earlier ones of the plan, so there is no circle.
    pub after: Vec<StepId>,
    pub working_days: u32,
    /// The request that is this step.
    pub referral: Option<ReferralId>,
    /// The own action that is this step.
    pub task: Option<TaskId>,
    pub added: Stamp,
    pub done: Option<Stamp>,
    pub result: String,
    pub dropped: Option<Stamp>,
    pub reason: String,
}

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Something before it is not done.
    Waits,
    /// It can be done.
    Now,
    Done,
    Dropped,
}

/// A step with its day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scheduled {
    pub id: StepId,
    pub state: StepState,
    /// When it could begin: the last of what comes before it, done or as it is expected.
    pub from: DateTime<Utc>,
    /// By when; of a request or an own action its own last day.
    pub due: Option<NaiveDate>,
    /// How the day was counted; none when it is the day of a request or an action.
    pub deadline: Option<Deadline>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
}

/// The days of all steps as they stand now, in the order of the plan. What is late pushes on what comes
/// after it: nobody begins tomorrow what waits for a paper that is not there.
#[must_use]
pub fn schedule(
    case: &CaseState,
    calendar: &Calendar,
    counting: &Counting,
    now: DateTime<Utc>,
) -> Vec<Scheduled> {
    let mut ends: BTreeMap<StepId, (DateTime<Utc>, bool)> = BTreeMap::new();
    let mut out = Vec::new();
    for step in &case.plan {
        let before = || step.after.iter().filter_map(|id| ends.get(id));
        let from = before().map(|(at, _)| *at).fold(step.added.at, DateTime::max);
        let free = before().all(|(_, done)| *done);
        let (done_at, own_day) = ending(case, step);
        let deadline = (own_day.is_none() && step.dropped.is_none())
            .then(|| working_days(calendar, from, step.working_days.max(1), counting));
        let state = match (step.dropped.is_some(), done_at) {
            (true, _) => StepState::Dropped,
            (false, Some(_)) => StepState::Done,
            (false, None) if free => StepState::Now,
            (false, None) => StepState::Waits,
        };
        let expected = match own_day {
            Some(day) => working_end(day, counting),
            None => deadline.as_ref().map_or(from, |d| d.due_at),
        };
        let end = match state {
            StepState::Done => (done_at.unwrap_or(from), true),
            // What was dropped lets through what came before it.
            StepState::Dropped => (from, free),
            StepState::Now | StepState::Waits => (expected.max(now), false),
        };
        ends.insert(step.id, end);
        let due = own_day.or(deadline.as_ref().map(|d| d.due));
        out.push(Scheduled { id: step.id, state, from, due, deadline, done_at });
    }
    out
}

/// The same without a clock, for what is owed, each with its day by the calendar that held before: a
/// step that can be done now has everything behind it.
pub(crate) fn schedule_of_record(case: &CaseState) -> Vec<(Scheduled, Option<NaiveDate>)> {
    if case.plan.is_empty() {
        return Vec::new();
    }
    let calendars = case.counted_with.clone().unwrap_or_else(Calendars::shipped);
    let days = |calendar| schedule(case, calendar, &Counting::default(), DateTime::UNIX_EPOCH);
    let before = days(calendars.before()).into_iter().map(|s| s.due);
    days(calendars.now()).into_iter().zip(before).collect()
}

/// The request that is this step; one that was withdrawn is none: the step is ours again.
fn request_of<'a>(case: &'a CaseState, step: &PlanStep) -> Option<&'a Referral> {
    case.referrals.iter().find(|r| Some(r.id) == step.referral && r.withdrawn.is_none())
}

/// The own action that is this step; one that was taken back is none.
fn task_of<'a>(case: &'a CaseState, step: &PlanStep) -> Option<&'a Task> {
    case.tasks.iter().find(|t| Some(t.id) == step.task)
}

/// True while something else of the case stands for the step and is owed as that.
pub(crate) fn stands_elsewhere(case: &CaseState, step: &PlanStep) -> bool {
    request_of(case, step).is_some() || task_of(case, step).is_some()
}

/// When a step was done, and the last day it has of its own.
fn ending(case: &CaseState, step: &PlanStep) -> (Option<DateTime<Utc>>, Option<NaiveDate>) {
    let said = step.done.as_ref().map(|s| s.at);
    if let Some(r) = request_of(case, step) {
        let answered = r.checked.as_ref().filter(|c| c.good).map(|c| c.stamp.at);
        return (said.or(answered), r.answer_due);
    }
    if let Some(t) = task_of(case, step) {
        return (said.or(t.done.as_ref().map(|s| s.at)), t.due);
    }
    (said, None)
}

fn working_end(day: NaiveDate, counting: &Counting) -> DateTime<Utc> {
    crate::calendar::instant(day, counting.closing)
}

/// What an event does to the plan; an event about a step nobody added changes nothing.
pub(crate) fn apply(plan: &mut Vec<PlanStep>, stamp: Stamp, body: Body) {
    match body {
        Body::PlanStepAdded(b) => {
            if plan.iter().any(|s| s.id == b.step_id) {
                return;
            }
            // Only steps that are there: a plan never waits for nothing, nor for itself.
            let after = b.after.into_iter().filter(|id| plan.iter().any(|s| s.id == *id)).collect();
            plan.push(PlanStep {
                id: b.step_id,
                text: b.text,
                agency: b.agency,
                after,
                working_days: b.working_days,
                referral: b.referral,
                task: b.task,
                added: stamp,
                done: None,
                result: String::new(),
                dropped: None,
                reason: String::new(),
            });
        }
        Body::PlanStepDone(b) => {
            if let Some(s) = open(plan, b.step_id) {
                s.done = Some(stamp);
                s.result = b.result;
            }
        }
        Body::PlanStepDropped(b) => {
            if let Some(s) = open(plan, b.step_id) {
                s.dropped = Some(stamp);
                s.reason = b.reason;
            }
        }
        _ => {}
    }
}

fn open(plan: &mut [PlanStep], id: StepId) -> Option<&mut PlanStep> {
    plan.iter_mut().find(|s| s.id == id && s.done.is_none() && s.dropped.is_none())
}
