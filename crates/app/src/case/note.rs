//! Notes and corrections.

use super::restrict::into_circle;
use super::{done, undoable};
use crate::api::{CaseDone, CategoryChange, NoteAdd};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::stands_beside_a_crime;
use esik_domain::catalog::{Catalog, circle_for};
use esik_domain::event::{Body, CategoryChanged, NoteAdded};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Keeps a note.
///
/// # Errors
/// `missing_text`, `text_too_long`, `not_found`.
pub fn note_add(desk: &Desk, r: NoteAdd) -> Result<CaseDone, AppError> {
    let text = normalize_input(&r.text);
    if text.trim().is_empty() {
        return Err(AppError::refused("missing_text"));
    }
    let saved = save_one(desk, r.case, |_, _| {
        Ok(vec![Body::NoteAdded(NoteAdded { text, more: Map::new() }).into()])
    })?;
    Ok(undoable(r.case, saved))
}

/// Corrects the category of an issue. A category of a restricted circle puts an open case into that circle, as it would have
/// been from its first minute.
///
/// # Errors
/// `bad_request` for an unknown category, `not_found` for an unknown issue, `theme_of_crime` beside a crime whose class it tells.
pub fn category_change(desk: &Desk, r: CategoryChange) -> Result<CaseDone, AppError> {
    if Catalog::shipped().category(r.category.as_str()).is_none() {
        return Err(AppError::refused("bad_request"));
    }
    let mut restricted = false;
    let saved = save_one(desk, r.case, |case, pen| {
        let base = case.set_by.get(&format!("category:{}", r.issue)).copied();
        if base.is_none() {
            return Err(AppError::refused("not_found"));
        }
        if case.crime.is_some() && !stands_beside_a_crime(Catalog::shipped(), &r.category) {
            return Err(AppError::refused("theme_of_crime"));
        }
        let body = Body::CategoryChanged(CategoryChanged {
            issue_id: r.issue,
            category: r.category.clone(),
            more: Map::new(),
        });
        let mut lines = vec![Line { body, base, circle: None }];
        if let Some(circle) = circle_for(r.category.as_str()).filter(|_| case.circle.is_open()) {
            restricted = true;
            lines.extend(into_circle(case, &pen.open, circle, String::new())?);
        }
        Ok(lines)
    })?;
    Ok(if restricted { done(r.case) } else { undoable(r.case, saved) })
}
