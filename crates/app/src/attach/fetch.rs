//! Bringing a file here that another desk took in: on demand, because a station has more files than anybody
//! looks at.

use super::changed;
use super::open::find;
use crate::api::{AttachmentFetch, AttachmentOpen, CaseDone};
use crate::desk::Desk;
use crate::error::AppError;

/// Asks for it; it comes behind the events, chunk by chunk, over restarts.
///
/// # Errors
/// `not_found`; `not_enrolled`.
pub fn attachment_fetch(desk: &Desk, r: AttachmentFetch) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let (file, _) = find(&open, &AttachmentOpen { to: r.to, id: r.id, sure: false })?;
    if crate::sync::region(&open)?.is_none() {
        return Err(AppError::refused("not_enrolled"));
    }
    if !open.files.has(&file.hash) {
        open.store.write(move |tx| esik_store::attached::travel::ask(tx, &file.hash))?;
        if let Some(engine) = desk.inner().engine.as_ref() {
            engine.wake();
        }
    }
    Ok(CaseDone { changed: changed(r.to), undo: None })
}
