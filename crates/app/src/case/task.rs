//! Own police actions.

use super::undoable;
use crate::api::{CaseDone, TaskAdd, TaskFinish};
use crate::append::save_one;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::{known, today};
use esik_domain::catalog::Catalog;
use esik_domain::deadline::can_be_due;
use esik_domain::event::{Body, TaskAssigned, TaskDone};
use esik_domain::ids::TaskId;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Gives a unit something to do.
///
/// # Errors
/// `missing_task_text`, `bad_request` for an unknown unit, `due_impossible`, `not_open`.
pub fn task_add(desk: &Desk, r: TaskAdd) -> Result<CaseDone, AppError> {
    let text = normalize_input(&r.text);
    if text.trim().is_empty() {
        return Err(AppError::refused("missing_task_text"));
    }
    if !known(Catalog::shipped(), &r.unit) {
        return Err(AppError::refused("bad_request"));
    }
    if r.due.is_some_and(|day| !can_be_due(day, today(desk.env().now()))) {
        return Err(AppError::refused("due_impossible"));
    }
    let saved = save_one(desk, r.case, |case, pen| {
        if case.closed.is_some() {
            return Err(AppError::refused("not_open"));
        }
        Ok(vec![
            Body::TaskAssigned(TaskAssigned {
                task_id: TaskId(pen.uuid()),
                text,
                unit: r.unit.clone(),
                owner: None,
                due: r.due,
                more: Map::new(),
            })
            .into(),
        ])
    })?;
    Ok(undoable(r.case, saved))
}

/// It was done.
///
/// # Errors
/// `not_found` for an unknown or finished task.
pub fn task_finish(desk: &Desk, r: TaskFinish) -> Result<CaseDone, AppError> {
    let saved = save_one(desk, r.case, |case, _| {
        if !case.tasks.iter().any(|t| t.id == r.task && t.done.is_none()) {
            return Err(AppError::refused("not_found"));
        }
        let result = normalize_input(&r.result);
        Ok(vec![Body::TaskDone(TaskDone { task_id: r.task, result, more: Map::new() }).into()])
    })?;
    Ok(undoable(r.case, saved))
}
