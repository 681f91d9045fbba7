//! Keeping a file that has come: looked at, sealed on the disk, then linked by an event.

use super::{case, changed, draft, may_attach, note, of_place, own_draft, preview};
use crate::api::{AttachTo, AttachmentAdd, AttachmentAdded};
use crate::append::{Line, save_one};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use esik_domain::attached::{ATTACHED_MAX, Danger, clean_name, danger, looks_like_identity, sniff};
use esik_domain::case::CaseState;
use esik_domain::event::{AttachmentLinked, Body, FileRef};
use esik_domain::ids::{AttachmentId, Circle, DraftId, ReferralId};
use esik_domain::text::normalize_input;
use esik_store::attached::drafts::DraftFile;
use esik_store::attached::{Sealer, key_of};
use serde_json::Map;
use std::sync::Arc;

/// Keeps an uploaded file. It is whole on the disk before the event that names it is saved.
///
/// # Errors
/// `attachment_identity` when its name looks like a copy of an identity document and the officer has
/// not said that it is none (the upload stays for the next try); `attachment_program` for what would
/// run; `attachment_empty`, `attachment_too_many`, `upload_gone`, `not_found`, `read_only_case`; a disk
/// that refuses.
pub fn attachment_add(desk: &Desk, r: AttachmentAdd) -> Result<AttachmentAdded, AppError> {
    let open = desk.opened()?;
    may_attach(&open)?;
    let upload = open.uploads.take(r.upload).ok_or_else(|| AppError::refused("upload_gone"))?;
    let asked = Asked::of(r.to, &r.name, &r.note, r.not_identity);
    let media_type = match look(&open, &asked, upload.bytes(), upload.head()) {
        Ok(media_type) => media_type,
        Err(why) => {
            // He may answer the question, or take another case: the bytes need not come again.
            open.uploads.put(r.upload, upload);
            return Err(why);
        }
    };
    let (id, _) = keep(desk, &open, upload, asked, media_type)?;
    Ok(AttachmentAdded { id, changed: changed(r.to) })
}

/// What is to be kept, and what the officer said of it.
pub(super) struct Asked {
    pub to: AttachTo,
    /// Cleaned.
    pub name: String,
    pub note: String,
    /// The officer looked: it is no copy of an identity document.
    pub not_identity: bool,
    /// It is a copy of that file with parts covered.
    pub covers: Option<AttachmentId>,
    /// The name looks like one.
    named: bool,
}

impl Asked {
    pub(super) fn of(to: AttachTo, name: &str, note: &str, not_identity: bool) -> Self {
        let name = clean_name(&normalize_input(name));
        let named = looks_like_identity(&name);
        let note = normalize_input(note).trim().to_owned();
        Self { to, name, note, not_identity, covers: None, named }
    }
}

/// Seals it, then links it; its id and address. What could not be linked leaves nothing.
///
/// # Errors
/// `not_found`, `read_only_case`; a disk that refuses.
pub(super) fn keep(
    desk: &Desk,
    open: &Arc<Open>,
    sealer: Sealer,
    asked: Asked,
    media_type: &str,
) -> Result<(AttachmentId, String), AppError> {
    let sealed = sealer.finish()?;
    let preview = preview::of(open, &sealed, &asked.name, media_type);
    let preview = preview.map(|(file, sealed)| (AttachmentId(desk.env().uuid()), file, sealed));
    let addresses: Vec<String> = std::iter::once(&sealed)
        .chain(preview.as_ref().map(|(_, _, small)| small))
        .map(|s| s.address.clone())
        .collect();
    let file = FileRef {
        hash: sealed.address.clone(),
        name: asked.name,
        media_type: media_type.to_owned(),
        bytes: sealed.bytes,
    };
    let id = AttachmentId(desk.env().uuid());
    let mut links = vec![link(id, file, &sealed.key, None)];
    if let Some(one) = links.first_mut() {
        (one.note, one.not_identity) = (asked.note, asked.named);
        one.covers = asked.covers;
    }
    links.extend(preview.map(|(small, file, sealed)| link(small, file, &sealed.key, Some(id))));
    let saved = match asked.to {
        AttachTo::Case { id: case, referral } => save_one(desk, case, |case, _| {
            let circle = match asked.covers {
                Some(original) => of_original(case, original)?,
                None => of_request(case, referral)?,
            };
            let line =
                |l| Line { body: Body::AttachmentLinked(l), base: None, circle: circle.clone() };
            Ok(links.into_iter().map(line).collect())
        })
        .map(|_| ()),
        AttachTo::Place { id: place } => {
            let bodies = links.into_iter().map(Body::AttachmentLinked).collect();
            crate::round::note_all(desk, open, place, bodies).map(|_| ())
        }
        AttachTo::Draft { id: draft } => into_draft(desk, open, draft, links),
    };
    if let Err(why) = saved {
        draft::remove_files(open, addresses);
        return Err(why);
    }
    Ok((id, sealed.address))
}

/// Who may know of a file about a request: as of the request. None = as of the case.
///
/// # Errors
/// `not_found` for a request this officer does not know of.
fn of_request(case: &CaseState, referral: Option<ReferralId>) -> Result<Option<Circle>, AppError> {
    let Some(id) = referral else { return Ok(None) };
    let of = case.referrals.iter().find(|r| r.id == id);
    of.map(|r| Some(r.circle.clone())).ok_or_else(|| AppError::refused("not_found"))
}

/// Who may know of a covered copy: who may know of its original.
///
/// # Errors
/// `not_found` for an original that was taken back meanwhile.
fn of_original(case: &CaseState, id: AttachmentId) -> Result<Option<Circle>, AppError> {
    let of = case.attachments.iter().find(|a| a.id == id && a.is_kept());
    let circle = of.map(|a| a.circle.clone()).ok_or_else(|| AppError::refused("not_found"))?;
    // What was open is the case's, which may have been restricted since.
    Ok((!circle.is_open()).then_some(circle))
}

fn link(
    attachment_id: AttachmentId,
    file: FileRef,
    key: &[u8; 32],
    preview_of: Option<AttachmentId>,
) -> AttachmentLinked {
    AttachmentLinked {
        attachment_id,
        file,
        key: hex::encode(key),
        note: String::new(),
        not_identity: false,
        preview_of,
        covers: None,
        more: Map::new(),
    }
}

/// An unfinished intake is no stream yet: its files are rows, their keys wrapped by the desk's own.
fn into_draft(
    desk: &Desk,
    open: &Open,
    draft: DraftId,
    links: Vec<AttachmentLinked>,
) -> Result<(), AppError> {
    let keys = open.drk.blob_key();
    let mut rows = Vec::new();
    for l in links {
        let key = key_of(&l.key)?;
        rows.push(DraftFile {
            id: l.attachment_id,
            at: desk.env().now(),
            wrapped: keys.wrap(&l.file.hash, &key, &mut |out| fill(out))?,
            file: l.file,
            not_identity: l.not_identity,
            note: l.note,
            preview_of: l.preview_of,
            covers: l.covers,
        });
    }
    let officer = open.actor.id;
    Ok(open.store.write(move |tx| {
        rows.iter().try_for_each(|row| esik_store::attached::drafts::put(tx, officer, draft, row))
    })?)
}

/// Everything that can be said against it; its type.
///
/// # Errors
/// As [`attachment_add`].
pub(super) fn look(
    open: &Open,
    asked: &Asked,
    bytes: u64,
    head: &[u8],
) -> Result<&'static str, AppError> {
    let kept = match asked.to {
        AttachTo::Case { id, .. } => {
            let case = case(open, id)?;
            case.attachments.iter().filter(|a| a.is_kept()).count()
        }
        AttachTo::Place { id } => of_place::loose(open, id)?.len(),
        AttachTo::Draft { id } => {
            own_draft(open, id)?;
            open.store
                .read(|conn| esik_store::attached::drafts::list(conn, open.actor.id, id))?
                .iter()
                .filter(|f| f.preview_of.is_none())
                .count()
        }
    };
    if kept >= ATTACHED_MAX {
        return Err(AppError::refused("attachment_too_many"));
    }
    if bytes == 0 {
        return Err(AppError::refused("attachment_empty"));
    }
    let media_type = sniff(head, &asked.name);
    if danger(media_type, &asked.name) == Danger::Program {
        return Err(AppError::refused("attachment_program"));
    }
    note::cleaned(&asked.note)?;
    if asked.named && !asked.not_identity {
        return Err(AppError::refused("attachment_identity"));
    }
    Ok(media_type)
}
