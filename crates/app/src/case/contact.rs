//! Speaking with the applicant.

use super::undoable;
use super::word::read_lines;
use crate::api::{CaseDone, ContactRecord};
use crate::append::save_one;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::event::{Body, ContactMade, Reached};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Records that we spoke, or tried to, and what the applicant said.
///
/// # Errors
/// `not_found`, `text_too_long`.
pub fn contact_record(desk: &Desk, r: ContactRecord) -> Result<CaseDone, AppError> {
    let saved = save_one(desk, r.case, |case, _| {
        let made = Body::ContactMade(ContactMade {
            how: r.how,
            reached: r.reached,
            word: r.word,
            text: normalize_input(&r.text),
            more: Map::new(),
        });
        // Who was spoken with has said in person what stood on the page.
        let read = case.unread().filter(|_| r.reached == Reached::Yes);
        Ok([vec![made.into()], read_lines(read)].concat())
    })?;
    Ok(undoable(r.case, saved))
}
