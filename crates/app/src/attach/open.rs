//! Looking at a file outside the window, or saving a copy. Nothing of it is ever drawn in the window:
//! it came from a stranger.

use super::{case, of_place, own_draft};
use crate::api::{AttachTo, AttachmentOpen, AttachmentOpened, AttachmentSaved};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::look::{self, Leave};
use esik_domain::attached::{Danger, danger, opened_name};
use esik_domain::event::FileRef;
use esik_domain::ids::{CaseId, Circle};
use esik_domain::look::LookWhat;
use esik_store::StoreError;
use esik_store::attached::{Broken, key_of, travel};
use zeroize::Zeroizing;

/// Opens a copy in the system's viewer; it lies in the private folder that is wiped at lock. Journaled.
///
/// # Errors
/// `attachment_active` until the warning was read, `attachment_program`, `file_missing`,
/// `file_damaged`, `viewer_failed`, `not_found`.
pub fn attachment_open(desk: &Desk, r: AttachmentOpen) -> Result<AttachmentOpened, AppError> {
    let open = desk.opened()?;
    let (name, bytes) = unsealed(desk, &open, &r)?;
    let leave = may_leave(&open, &r)?;
    note(desk, &open, "attachment_open", &r)?;
    desk.host().open_document(&name, &bytes).map_err(|error| {
        tracing::warn!(%error, "nothing opens the file");
        AppError::refused("viewer_failed")
    })?;
    looked(desk, &open, leave, LookWhat::FileOpened);
    Ok(AttachmentOpened {})
}

/// Saves a plain copy where the person keeps what was downloaded: a deliberate way out, journaled
/// before it happens.
///
/// # Errors
/// As [`attachment_open`]; `save_failed` when it cannot be written.
pub fn attachment_save(desk: &Desk, r: AttachmentOpen) -> Result<AttachmentSaved, AppError> {
    let open = desk.opened()?;
    let (name, bytes) = unsealed(desk, &open, &r)?;
    let leave = may_leave(&open, &r)?;
    note(desk, &open, "attachment_save", &r)?;
    let path = desk.host().save_document(&name, &bytes).map_err(|error| {
        tracing::warn!(%error, "the file could not be saved");
        AppError::refused("save_failed")
    })?;
    looked(desk, &open, leave, LookWhat::Exported);
    Ok(AttachmentSaved { path })
}

/// Leave to take a file out of a case; none is needed for one of a draft or of a beat, which are the officer's own.
pub(super) fn may_leave(
    open: &Open,
    r: &AttachmentOpen,
) -> Result<Option<(CaseId, Leave)>, AppError> {
    let AttachTo::Case { id, .. } = r.to else { return Ok(None) };
    let of_file = case(open, id)?.attachments.into_iter().find(|a| a.id == r.id);
    let leave = look::may_leave(open, id)?;
    let circle = of_file.map_or_else(Circle::open, |a| a.circle);
    Ok(Some((id, leave.narrowed(&circle))))
}

pub(super) fn looked(desk: &Desk, open: &Open, leave: Option<(CaseId, Leave)>, what: LookWhat) {
    let Some((id, leave)) = leave else { return };
    look::left(desk, open, &leave, look::look(what, Some(id)));
}

pub(super) fn note(
    desk: &Desk,
    open: &Open,
    action: &'static str,
    r: &AttachmentOpen,
) -> Result<(), AppError> {
    let (at, officer, about) = (desk.env().now(), open.actor.id, r.id.to_string());
    open.store.write(move |tx| esik_store::journal::note(tx, at, officer, action, &about))?;
    Ok(())
}

/// The name it is opened under and its plain bytes, when he may see it and knows what it is.
fn unsealed(
    desk: &Desk,
    open: &Open,
    r: &AttachmentOpen,
) -> Result<(String, Zeroizing<Vec<u8>>), AppError> {
    let (file, key) = find(open, r)?;
    match danger(&file.media_type, &file.name) {
        // One that was linked elsewhere, by a program that took it in.
        Danger::Program => return Err(AppError::refused("attachment_program")),
        Danger::Active if !r.sure => return Err(AppError::refused("attachment_active")),
        Danger::Active | Danger::Calm => {}
    }
    let bytes = whole(desk, open, &file, &key)?;
    Ok((opened_name(&file.name, &file.media_type), bytes))
}

/// The plain bytes of a file that lies here.
///
/// # Errors
/// `file_missing`, `file_damaged`: then the region is asked for it.
pub(super) fn whole(
    desk: &Desk,
    open: &Open,
    file: &FileRef,
    key: &[u8; 32],
) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let read = open.files.read(&file.hash, key);
    if matches!(read, Err(StoreError::FileDamaged)) {
        ask_anew(desk, open, &file.hash)?;
    }
    Ok(read?)
}

/// What lies here is not what was taken in: the region is asked for it, which may have it whole.
fn ask_anew(desk: &Desk, open: &Open, address: &str) -> Result<(), AppError> {
    let altered = open.files.check(address)? == Some(Broken::Altered);
    if !altered || crate::sync::region(open)?.is_none() {
        return Ok(());
    }
    let (files, of) = (open.files.clone(), address.to_owned());
    open.store.write(move |tx| travel::anew(tx, &files, &of))?;
    if let Some(engine) = desk.inner().engine.as_ref() {
        engine.wake();
    }
    Ok(())
}

pub(super) fn find(
    open: &Open,
    r: &AttachmentOpen,
) -> Result<(FileRef, Zeroizing<[u8; 32]>), AppError> {
    let gone = || AppError::refused("not_found");
    match r.to {
        AttachTo::Case { id, .. } => {
            let found = case(open, id)?.attachments.into_iter().find(|a| a.id == r.id);
            let a = found.filter(|a| a.withdrawn.is_none()).ok_or_else(gone)?;
            Ok((a.file, key_of(&a.key)?))
        }
        AttachTo::Place { id } => {
            let found = of_place::all(open, id)?.into_iter().find(|a| a.id == r.id);
            let a = found.filter(|a| a.withdrawn.is_none()).ok_or_else(gone)?;
            Ok((a.file, key_of(&a.key)?))
        }
        AttachTo::Draft { id } => {
            own_draft(open, id)?;
            let me = open.actor.id;
            let files = open.store.read(|conn| esik_store::attached::drafts::list(conn, me, id))?;
            let f = files.into_iter().find(|f| f.id == r.id).ok_or_else(gone)?;
            let key = open.drk.blob_key().unwrap_key(&f.file.hash, &f.wrapped)?;
            Ok((f.file, key))
        }
    }
}
