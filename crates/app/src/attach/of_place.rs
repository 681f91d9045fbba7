//! Files of an address of a beat: they stay with the visit, and go with it to its case or its intake.

use super::withdraw::with_preview;
use super::{draft, list_of};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use crate::intake::plan::today;
use esik_domain::attached::{ATTACHED_MAX, Attachment, preview_of};
use esik_domain::calendar::local;
use esik_domain::case::CaseState;
use esik_domain::event::{AttachmentLinked, AttachmentWithdrawn, Body};
use esik_domain::ids::{AttachmentId, CaseId, DraftId};
use esik_domain::round::OWN;
use esik_store::attached::drafts::DraftFile;
use esik_store::attached::key_of;
use esik_store::{StoreError, Tx};
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};

/// Files of an address of this officer's beat, those taken back among them.
///
/// # Errors
/// `not_found` for what is not on the list.
pub(crate) fn all(open: &Open, id: CaseId) -> Result<Vec<Attachment>, AppError> {
    crate::round::place(open, id)?;
    list_of(open, id).map(|state| state.map(|s| s.attachments).unwrap_or_default())
}

/// Those of no visit yet: what was put here since the last one was written down.
///
/// # Errors
/// `not_found`.
pub(crate) fn loose(open: &Open, id: CaseId) -> Result<Vec<Attachment>, AppError> {
    let visits = crate::round::place(open, id)?.visits;
    let used: BTreeSet<AttachmentId> = visits.into_iter().flat_map(|v| v.files).collect();
    let all = all(open, id)?.into_iter();
    Ok(all.filter(|a| a.is_kept() && !used.contains(&a.id)).collect())
}

/// What puts a visit's files to the case it was about. Their bytes lie here once.
///
/// # Errors
/// `attachment_too_many`.
pub(crate) fn linked(
    desk: &Desk,
    case: &CaseState,
    files: &[Attachment],
    all: &[Attachment],
) -> Result<Vec<Body>, AppError> {
    let there: Vec<&Attachment> = case.attachments.iter().filter(|a| a.is_kept()).collect();
    let new: Vec<&Attachment> =
        files.iter().filter(|f| there.iter().all(|a| a.file.hash != f.file.hash)).collect();
    if there.len() + new.len() > ATTACHED_MAX {
        return Err(AppError::refused("attachment_too_many"));
    }
    let mut out = Vec::new();
    let mut now: BTreeMap<AttachmentId, AttachmentId> = files
        .iter()
        .filter_map(|f| Some((f.id, there.iter().find(|a| a.file.hash == f.file.hash)?.id)))
        .collect();
    let mut link = |f: &Attachment, of: Option<AttachmentId>, covers: Option<AttachmentId>| {
        let id = AttachmentId(desk.env().uuid());
        out.push(Body::AttachmentLinked(AttachmentLinked {
            attachment_id: id,
            file: f.file.clone(),
            key: f.key.clone(),
            note: f.note.clone(),
            not_identity: f.not_identity,
            preview_of: of,
            covers,
            more: Map::new(),
        }));
        id
    };
    for f in new {
        // An original comes before its copies; one that does not go along is not spoken of.
        let id = link(f, None, f.covers.and_then(|of| now.get(&of).copied()));
        now.insert(f.id, id);
        if let Some(small) = preview_of(all, f.id) {
            link(small, Some(id), None);
        }
    }
    Ok(out)
}

/// Puts the files of today's visits that are no case's, and those of no visit yet, to an intake that
/// begins here.
///
/// # Errors
/// `not_found`; a disk that refuses.
pub(crate) fn into_draft(
    desk: &Desk,
    open: &Open,
    place: CaseId,
    to: DraftId,
) -> Result<(), AppError> {
    let day = today(desk.env().now());
    let visits = crate::round::place(open, place)?.visits;
    let of_today = visits
        .into_iter()
        .filter(|v| v.case.is_none() && local(v.at).date_naive() == day)
        .flat_map(|v| v.files);
    let mut wanted: BTreeSet<AttachmentId> = of_today.collect();
    wanted.extend(loose(open, place)?.into_iter().map(|a| a.id));
    let keys = open.drk.blob_key();
    let mut rows = Vec::new();
    let mut row = |a: &Attachment,
                   of: Option<AttachmentId>,
                   covers: Option<AttachmentId>|
     -> Result<AttachmentId, AppError> {
        let id = AttachmentId(desk.env().uuid());
        let key = key_of(&a.key)?;
        rows.push(DraftFile {
            id,
            at: a.at,
            wrapped: keys.wrap(&a.file.hash, &key, &mut |out| fill(out))?,
            file: a.file.clone(),
            not_identity: a.not_identity,
            note: a.note.clone(),
            preview_of: of,
            covers,
        });
        Ok(id)
    };
    let all = all(open, place)?;
    let mut now: BTreeMap<AttachmentId, AttachmentId> = BTreeMap::new();
    for a in all.iter().filter(|a| a.is_kept() && wanted.contains(&a.id)) {
        let id = row(a, None, a.covers.and_then(|of| now.get(&of).copied()))?;
        now.insert(a.id, id);
        if let Some(small) = preview_of(&all, a.id) {
            row(small, Some(id), None)?;
        }
    }
    let officer = open.actor.id;
    Ok(open.store.write(move |tx| {
        rows.iter().try_for_each(|row| esik_store::attached::drafts::put(tx, officer, to, row))
    })?)
}

/// On the crime branch the files of the draft go: also where they came from, off the beat. What has to
/// be appended, stream by stream.
///
/// # Errors
/// The store's.
pub(crate) fn taken_back(
    tx: &Tx<'_>,
    addresses: &[String],
) -> Result<Vec<(CaseId, Body)>, StoreError> {
    Ok(esik_store::attached::own(tx)?
        .into_iter()
        .filter(|f| f.circle.0 == OWN && f.preview_of.is_none() && addresses.contains(&f.address))
        .map(|f| {
            let reason = String::new();
            let body = AttachmentWithdrawn { attachment_id: f.id, reason, more: Map::new() };
            (f.case, Body::AttachmentWithdrawn(body))
        })
        .collect())
}

/// Takes a file of the address back. No reason is asked: nobody else knows of it.
///
/// # Errors
/// `not_found`.
pub(super) fn withdraw(
    desk: &Desk,
    open: &std::sync::Arc<Open>,
    place: CaseId,
    id: AttachmentId,
    reason: String,
) -> Result<(), AppError> {
    let all = all(open, place)?;
    if !all.iter().any(|a| a.id == id && a.withdrawn.is_none()) {
        return Err(AppError::refused("not_found"));
    }
    let body = AttachmentWithdrawn { attachment_id: id, reason, more: Map::new() };
    crate::round::note(desk, open, place, Body::AttachmentWithdrawn(body))?;
    draft::remove_files(open, with_preview(&all, id));
    Ok(())
}
