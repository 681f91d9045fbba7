//! Speaking with the applicant.

use super::undoable;
use crate::api::{CaseDone, ContactRecord};
use crate::append::save_one;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::event::{Body, ContactMade};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Records that we spoke, or tried to, and what the applicant said.
///
/// # Errors
/// `not_found`, `text_too_long`.
pub fn contact_record(desk: &Desk, r: ContactRecord) -> Result<CaseDone, AppError> {
    let saved = save_one(desk, r.case, |_, _| {
        Ok(vec![
            Body::ContactMade(ContactMade {
                how: r.how,
                reached: r.reached,
                word: r.word,
                text: normalize_input(&r.text),
                more: Map::new(),
            })
            .into(),
        ])
    })?;
    Ok(undoable(r.case, saved))
}
