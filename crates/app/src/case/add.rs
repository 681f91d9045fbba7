//! What was not known when the case was taken down: a theme, and who came.

use super::done;
use super::restrict::into_circle;
use crate::api::{CaseDone, IssueAdd, PartyAdd};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::{clean, stands_beside_a_crime};
use esik_domain::case::CaseState;
use esik_domain::catalog::{Catalog, circle_for};
use esik_domain::event::{Body, IssueAdded, Party, PartyAdded, PartyRole, TEXT_BYTES_MAX};
use esik_domain::ids::{IssueId, PartyId};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Adds a theme to a case. A theme of a restricted circle puts an open case into that circle, as it would have been from its
/// first minute (docs/adr/0046).
///
/// # Errors
/// `bad_request` for an unknown theme, `theme_there`, `theme_of_crime` beside a crime whose class it tells, `text_too_long`,
/// `not_open`.
pub fn issue_add(desk: &Desk, r: IssueAdd) -> Result<CaseDone, AppError> {
    let catalog = Catalog::shipped();
    if catalog.category(r.category.as_str()).is_none_or(|c| c.level != 2) {
        return Err(AppError::refused("bad_request"));
    }
    let text = normalize_input(&r.text).trim().to_owned();
    if text.len() > TEXT_BYTES_MAX / 2 {
        return Err(AppError::refused("text_too_long"));
    }
    save_one(desk, r.case, |case, pen| {
        in_hand(case)?;
        if case.issues.iter().any(|i| i.category == r.category) {
            return Err(AppError::refused("theme_there"));
        }
        if case.crime.is_some() && !stands_beside_a_crime(catalog, &r.category) {
            return Err(AppError::refused("theme_of_crime"));
        }
        let issue_id = IssueId(pen.uuid());
        let category = r.category.clone();
        let body = Body::IssueAdded(IssueAdded { issue_id, category, text, more: Map::new() });
        let mut lines: Vec<Line> = vec![body.into()];
        if let Some(circle) = circle_for(r.category.as_str()).filter(|_| case.circle.is_open()) {
            lines.extend(into_circle(case, &pen.open, circle, String::new())?);
        }
        Ok(lines)
    })?;
    Ok(done(r.case))
}

/// Adds who came, or on whose behalf, to a case that does not know it. What is known is corrected instead.
///
/// # Errors
/// `bad_request` for another role, `missing_member_name` for nobody, `party_there`, `text_too_long`, `not_open`.
pub fn party_add(desk: &Desk, r: PartyAdd) -> Result<CaseDone, AppError> {
    let role = r.party.role;
    if !matches!(role, PartyRole::Applicant | PartyRole::Represented) {
        return Err(AppError::refused("bad_request"));
    }
    let party = clean(&r.party);
    if party == (Party { role, ..Party::default() }) {
        return Err(AppError::refused("missing_member_name"));
    }
    if super::correct::too_long(&party) {
        return Err(AppError::refused("text_too_long"));
    }
    save_one(desk, r.case, |case, pen| {
        in_hand(case)?;
        if case.parties.iter().any(|p| p.party.role == role) {
            return Err(AppError::refused("party_there"));
        }
        let party_id = PartyId(pen.uuid());
        Ok(vec![Body::PartyAdded(PartyAdded { party_id, party, more: Map::new() }).into()])
    })?;
    Ok(done(r.case))
}

fn in_hand(case: &CaseState) -> Result<(), AppError> {
    if case.is_case() && case.closed.is_none() {
        Ok(())
    } else {
        Err(AppError::refused("not_open"))
    }
}
