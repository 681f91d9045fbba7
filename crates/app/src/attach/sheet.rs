//! A picture large enough to cover parts of it: made anew here, like the small one, so that no byte of a stranger's file
//! reaches the window (docs/adr/0012, docs/adr/0060).

use super::open::{find, looked, may_leave, note, whole};
use crate::api::{AttachmentFetch, AttachmentOpen, AttachmentSheet};
use crate::desk::Desk;
use crate::error::AppError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_domain::attached::sheet;
use esik_domain::look::LookWhat;

/// Shows a picture that lies here in the window. Journaled as an opening: it is read as well as in another program.
///
/// # Errors
/// `not_found` for a file he may not know of or one that was taken back; `cover_unreadable` for what is no picture, cannot be
/// read or is too large; `file_missing`, `file_damaged`, `look_reason_needed`.
pub fn attachment_sheet(desk: &Desk, r: AttachmentFetch) -> Result<AttachmentSheet, AppError> {
    let open = desk.opened()?;
    let asked = AttachmentOpen { to: r.to, id: r.id, sure: false };
    let (file, key) = find(&open, &asked)?;
    let bytes = whole(desk, &open, &file, &key)?;
    let made =
        sheet(&file.media_type, &bytes).ok_or_else(|| AppError::refused("cover_unreadable"))?;
    let leave = may_leave(&open, &asked)?;
    note(desk, &open, "attachment_sheet", &asked)?;
    looked(desk, &open, leave, LookWhat::FileOpened);
    Ok(AttachmentSheet { jpeg: B64.encode(made.jpeg), width: made.width, height: made.height })
}
