//! Taking a file back: its bytes are wiped; of a case's file the log keeps that it was here, and why it went.

use super::{case, changed, draft, of_place, own_draft};
use crate::api::{AttachTo, AttachmentWithdraw, CaseDone};
use crate::append::save_one;
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::attached::Attachment;
use esik_domain::event::{AttachmentWithdrawn, Body};
use esik_domain::ids::AttachmentId;
use esik_domain::policy::sees;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Takes a file back.
///
/// # Errors
/// `attachment_needs_reason` for a case's file without one, `not_found`, `read_only_case`.
pub fn attachment_withdraw(desk: &Desk, r: AttachmentWithdraw) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    super::may_attach(&open)?;
    match r.to {
        AttachTo::Case { id, .. } => {
            let reason = normalize_input(&r.reason).trim().to_owned();
            if reason.is_empty() {
                return Err(AppError::refused("attachment_needs_reason"));
            }
            let addresses = with_preview(&case(&open, id)?.attachments, r.id);
            save_one(desk, id, |case, _| {
                let mine = case.attachments.iter().find(|a| {
                    a.id == r.id && a.withdrawn.is_none() && sees(&open.actor, &a.circle, a.by)
                });
                if mine.is_none() {
                    return Err(AppError::refused("not_found"));
                }
                let body = AttachmentWithdrawn { attachment_id: r.id, reason, more: Map::new() };
                Ok(vec![Body::AttachmentWithdrawn(body).into()])
            })?;
            draft::remove_files(&open, addresses);
        }
        AttachTo::Place { id } => {
            let reason = normalize_input(&r.reason).trim().to_owned();
            of_place::withdraw(desk, &open, id, r.id, reason)?;
        }
        AttachTo::Draft { id } => {
            own_draft(&open, id)?;
            let officer = open.actor.id;
            let gone = open
                .store
                .write(move |tx| esik_store::attached::drafts::remove(tx, officer, id, r.id))?;
            draft::remove_files(&open, gone);
        }
    }
    Ok(CaseDone { changed: changed(r.to), undo: None })
}

/// Where a file and its small picture lie.
pub(super) fn with_preview(all: &[Attachment], id: AttachmentId) -> Vec<String> {
    let mine = all.iter().filter(|a| [Some(a.id), a.preview_of].contains(&Some(id)));
    mine.map(|a| a.file.hash.clone()).collect()
}
