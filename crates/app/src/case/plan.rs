//! The plan for a household: steps of several bodies, led by the officer who answers for the case.

use super::undoable;
use super::view::{Sight, late};
use crate::api::{CaseDone, MemberAdd, PlanStepAdd, PlanStepEnd, PlanStepMove, PlanStepView};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::{clean, known};
use esik_domain::case::CaseState;
use esik_domain::catalog::Catalog;
use esik_domain::event::{
    Body, Party, PartyAdded, PartyRole, PlanStepAdded, PlanStepDone, PlanStepDropped, PlanStepMoved,
};
use esik_domain::ids::{PartyId, StepId};
use esik_domain::plan::{STEP_DAYS_MAX, STEPS_MAX, StepState, schedule};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Adds a step.
///
/// # Errors
/// `missing_step_text`, `step_days_impossible`, `plan_too_long`, `not_open`; `bad_request` for a body, a
/// step, a request or an action that is not there.
pub fn plan_step_add(desk: &Desk, r: PlanStepAdd) -> Result<CaseDone, AppError> {
    let text = normalize_input(&r.text);
    if text.trim().is_empty() {
        return Err(AppError::refused("missing_step_text"));
    }
    possible(r.working_days)?;
    if r.agency.as_ref().is_some_and(|a| !known(Catalog::shipped(), a)) {
        return Err(AppError::refused("bad_request"));
    }
    let saved = save_one(desk, r.case, |case, pen| {
        may_change(case)?;
        if case.plan.len() >= STEPS_MAX {
            return Err(AppError::refused("plan_too_long"));
        }
        let there = r.after.iter().all(|id| case.plan.iter().any(|s| s.id == *id))
            // What only a circle knows of is no step that everybody reads.
            && r.referral.is_none_or(|id| {
                case.referrals.iter().any(|x| x.id == id && x.circle == case.circle)
            })
            && r.task.is_none_or(|id| case.tasks.iter().any(|t| t.id == id));
        if !there {
            return Err(AppError::refused("bad_request"));
        }
        let body = Body::PlanStepAdded(PlanStepAdded {
            step_id: StepId(pen.uuid()),
            text,
            agency: r.agency.clone(),
            after: r.after.clone(),
            working_days: r.working_days,
            referral: r.referral,
            task: r.task,
            more: Map::new(),
        });
        Ok(vec![body.into()])
    })?;
    Ok(undoable(r.case, saved))
}

/// Gives a step another length: every day after it moves.
///
/// # Errors
/// `step_days_impossible`, `not_open`, `not_found` for a step that is over.
pub fn plan_step_move(desk: &Desk, r: PlanStepMove) -> Result<CaseDone, AppError> {
    possible(r.working_days)?;
    let saved = save_one(desk, r.case, |case, _| {
        open_step(case, r.step)?;
        let body = Body::PlanStepMoved(PlanStepMoved {
            step_id: r.step,
            working_days: r.working_days,
            reason: normalize_input(&r.reason),
            more: Map::new(),
        });
        let base = case.set_by.get(&format!("step:{}", r.step)).copied();
        Ok(vec![Line { body, base, circle: None }])
    })?;
    Ok(undoable(r.case, saved))
}

/// A step was done, or is not needed any more.
///
/// # Errors
/// `missing_reason` when it is dropped without one, `not_open`, `not_found` for a step that is over.
pub fn plan_step_end(desk: &Desk, r: PlanStepEnd) -> Result<CaseDone, AppError> {
    let text = normalize_input(&r.text);
    if !r.done && text.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    let saved = save_one(desk, r.case, |case, _| {
        open_step(case, r.step)?;
        let body = if r.done {
            Body::PlanStepDone(PlanStepDone { step_id: r.step, result: text, more: Map::new() })
        } else {
            Body::PlanStepDropped(PlanStepDropped {
                step_id: r.step,
                reason: text,
                more: Map::new(),
            })
        };
        Ok(vec![body.into()])
    })?;
    Ok(undoable(r.case, saved))
}

/// Adds a person of the household to the case.
///
/// # Errors
/// `missing_member_name` for nobody, `not_open`.
pub fn member_add(desk: &Desk, r: MemberAdd) -> Result<CaseDone, AppError> {
    let party = Party { role: PartyRole::HouseholdMember, ..clean(&r.party) };
    if party == (Party { role: PartyRole::HouseholdMember, ..Party::default() }) {
        return Err(AppError::refused("missing_member_name"));
    }
    let saved = save_one(desk, r.case, |case, pen| {
        may_change(case)?;
        let body =
            Body::PartyAdded(PartyAdded { party_id: PartyId(pen.uuid()), party, more: Map::new() });
        Ok(vec![body.into()])
    })?;
    Ok(undoable(r.case, saved))
}

/// The plan with its days as they stand at this moment.
pub(super) fn view(case: &CaseState, sight: &Sight<'_>) -> Vec<PlanStepView> {
    schedule(case, sight.calendar(), &sight.counting, sight.now)
        .into_iter()
        .zip(&case.plan)
        .map(|(day, step)| PlanStepView {
            step: step.clone(),
            state: day.state,
            late_wd: late(day.due.filter(|_| day.state == StepState::Now), sight),
            due: day.due,
            deadline: day.deadline,
            done_at: day.done_at,
        })
        .collect()
}

fn possible(days: u32) -> Result<(), AppError> {
    if (1..=STEP_DAYS_MAX).contains(&days) {
        Ok(())
    } else {
        Err(AppError::refused("step_days_impossible"))
    }
}

fn may_change(case: &CaseState) -> Result<(), AppError> {
    if case.is_case() && case.closed.is_none() {
        Ok(())
    } else {
        Err(AppError::refused("not_open"))
    }
}

fn open_step(case: &CaseState, id: StepId) -> Result<(), AppError> {
    may_change(case)?;
    let open = case.plan.iter().any(|s| s.id == id && s.done.is_none() && s.dropped.is_none());
    if open { Ok(()) } else { Err(AppError::refused("not_found")) }
}
