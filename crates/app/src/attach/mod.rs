//! Files at the desk: taken in, listed, opened, taken back (docs/adr/0012). How they travel: docs/adr/0019.

pub mod add;
pub mod cover;
pub(crate) mod draft;
pub mod fetch;
pub mod given;
pub mod list;
pub mod note;
pub(crate) mod of_place;
pub mod open;
pub mod preview;
pub mod scan;
pub mod sheet;
pub mod upload;
pub mod withdraw;

use crate::api::{AttachTo, Changed};
use crate::desk::Open;
use crate::error::AppError;
use esik_domain::case::CaseState;
use esik_domain::ids::{CaseId, DraftId};
use esik_domain::policy::{may_author, sees};

/// What a change of files refreshes.
fn changed(to: AttachTo) -> Changed {
    let mut changed = Changed { cases: Vec::new(), lists: vec!["files".to_owned()] };
    match to {
        AttachTo::Case { id, .. } => {
            changed.cases.push(id.to_string());
            changed.lists.push("sync".to_owned());
        }
        AttachTo::Place { .. } => changed.lists.extend(["round", "sync"].map(str::to_owned)),
        AttachTo::Draft { .. } => {}
    }
    changed
}

/// The case with the files this officer may know of.
///
/// # Errors
/// `not_found`.
fn case(open: &Open, id: CaseId) -> Result<CaseState, AppError> {
    list_of(open, id)?.filter(|c| !c.is_beside()).ok_or_else(|| AppError::refused("not_found"))
}

/// A stream of any kind with the files this officer may know of.
fn list_of(open: &Open, id: CaseId) -> Result<Option<CaseState>, AppError> {
    let state = open.store.read(|conn| esik_store::lists::case_state(conn, &open.actor, id))?;
    Ok(state.map(|mut case| {
        case.attachments.retain(|a| sees(&open.actor, &a.circle, a.by));
        case
    }))
}

/// A draft of this officer's own.
///
/// # Errors
/// `not_found`.
fn own_draft(open: &Open, id: DraftId) -> Result<(), AppError> {
    open.store
        .read(|conn| esik_store::drafts::get(conn, open.actor.id, id))?
        .map(|_| ())
        .ok_or_else(|| AppError::refused("not_found"))
}

/// A consultant greets and advises; files are the officers'. The region asks again.
///
/// # Errors
/// `forbidden`.
fn may_attach(open: &Open) -> Result<(), AppError> {
    if may_author(open.actor.role, "attachment_linked") {
        Ok(())
    } else {
        Err(AppError::refused("forbidden"))
    }
}
