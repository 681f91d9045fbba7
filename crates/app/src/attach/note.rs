//! A few words beside a file: what it is.

use super::{case, changed, may_attach, of_place, own_draft};
use crate::api::{AttachTo, AttachmentNote, CaseDone};
use crate::append::save_one;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::attached::{Attachment, NOTE_CHARS_MAX};
use esik_domain::event::{AttachmentNoted, Body};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// The note as it is kept: one line.
///
/// # Errors
/// `attachment_note_long`.
pub(super) fn cleaned(typed: &str) -> Result<String, AppError> {
    let text = normalize_input(typed).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(AppError::refused("attachment_note_long"));
    }
    Ok(text)
}

/// Says what a file is.
///
/// # Errors
/// `attachment_note_long`; `not_found` for a file he may not know of or one that was taken back;
/// `read_only_case`.
pub fn attachment_note(desk: &Desk, r: AttachmentNote) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    may_attach(&open)?;
    let note = cleaned(&r.note)?;
    let known = |files: &[Attachment]| {
        let there = files.iter().any(|a| a.id == r.id && a.withdrawn.is_none());
        if there { Ok(()) } else { Err(AppError::refused("not_found")) }
    };
    let body = |note| {
        Body::AttachmentNoted(AttachmentNoted { attachment_id: r.id, note, more: Map::new() })
    };
    match r.to {
        AttachTo::Case { id, .. } => {
            known(&case(&open, id)?.attachments)?;
            save_one(desk, id, |_, _| Ok(vec![body(note).into()]))?;
        }
        AttachTo::Place { id } => {
            known(&of_place::all(&open, id)?)?;
            crate::round::note(desk, &open, id, body(note))?;
        }
        AttachTo::Draft { id } => {
            own_draft(&open, id)?;
            let officer = open.actor.id;
            open.store.write(move |tx| {
                esik_store::attached::drafts::note(tx, officer, id, r.id, &note)
            })?;
        }
    }
    Ok(CaseDone { changed: changed(r.to), undo: None })
}
