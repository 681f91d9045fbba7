//! Drafts: nothing typed is ever lost. Each is a row of its own, saved durably as it is typed.

use crate::api::{
    CaseDone, Changed, Draft, DraftLine, DraftRef, DraftSave, DraftSaved, IntakeForm, Nothing, Undo,
};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::title;
use crate::intake::thrown_away::DroppedFiles;
use esik_domain::ids::DraftId;
use esik_domain::undo::WINDOW_S;
use esik_store::attached::drafts;
use std::sync::Arc;

/// A draft as large as this is refused in words, while everything typed stays on the screen.
const DRAFT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A new, empty intake.
///
/// # Errors
/// A disk that refuses.
pub fn draft_open(desk: &Desk, _: Nothing) -> Result<Draft, AppError> {
    let id = DraftId(desk.env().uuid());
    let form = IntakeForm { started_at: Some(desk.env().now()), ..IntakeForm::default() };
    let saved = save(desk, id, &form)?;
    Ok(Draft { id, form, saved_at: saved.saved_at })
}

/// A draft as it was left.
///
/// # Errors
/// `not_found` for an unknown one or another officer's.
pub fn draft_get(desk: &Desk, r: DraftRef) -> Result<Draft, AppError> {
    let open = desk.opened()?;
    let row = open
        .store
        .read(|conn| esik_store::drafts::get(conn, open.actor.id, r.id))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    Ok(Draft { id: r.id, form: read(&row.body), saved_at: row.updated_at })
}

/// Saves durably; answered only after COMMIT.
///
/// # Errors
/// `text_too_long`, `disk_full` and the like: the text is still on the screen.
pub fn draft_save(desk: &Desk, r: DraftSave) -> Result<DraftSaved, AppError> {
    save(desk, r.id, &r.form)
}

/// Throws a draft away: its bytes are overwritten on the disk at once (`settled.md` 2). For the time of an
/// undo it is kept in memory, and nowhere else; a lock drops it.
///
/// # Errors
/// A disk that refuses.
pub fn draft_discard(desk: &Desk, r: DraftRef) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let officer = open.actor.id;
    let row = open.store.read(|conn| esik_store::drafts::get(conn, officer, r.id))?;
    let (gone, files, wanted) = open.store.write(move |tx| {
        let files = drafts::list(tx, officer, r.id)?;
        let gone = esik_store::drafts::discard(tx, officer, r.id)?;
        // When it cannot be told what else names them, they stay: the draft goes all the same.
        let wanted = esik_store::attached::wanted(tx)
            .unwrap_or_else(|_| files.iter().map(|f| f.file.hash.clone()).collect());
        Ok((gone, files, wanted))
    })?;
    let undo = match row.filter(|_| gone) {
        Some(row) => {
            let files = DroppedFiles::new(open.files.clone(), files, wanted);
            open.thrown_away.keep(row.id, row.body, files, desk.env().now());
            forget_later(desk, &open);
            Some(Undo::Draft { id: r.id })
        }
        None => None,
    };
    Ok(CaseDone { changed: changed(), undo })
}

pub(crate) fn changed() -> Changed {
    Changed { cases: Vec::new(), lists: vec!["reception".into(), "drafts".into()] }
}

/// Nothing thrown away outlives its undo, also when nobody asks for it.
fn forget_later(desk: &Desk, open: &Arc<Open>) {
    let (open, env) = (Arc::downgrade(open), desk.env().clone());
    let window = u64::try_from(WINDOW_S).unwrap_or(0);
    desk.runtime().spawn(async move {
        tokio::time::sleep(std::time::Duration::from_secs(window + 1)).await;
        if let Some(open) = open.upgrade() {
            open.thrown_away.forget_old(env.now());
        }
    });
}

pub(crate) fn save(desk: &Desk, id: DraftId, form: &IntakeForm) -> Result<DraftSaved, AppError> {
    let open = desk.opened()?;
    let body = serde_json::to_value(form).map_err(|e| AppError::Internal(e.to_string()))?;
    if form.text.len() > DRAFT_BYTES_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    let (officer, now) = (open.actor.id, desk.env().now());
    open.store.write(move |tx| esik_store::drafts::save(tx, officer, id, &body, now))?;
    Ok(DraftSaved { saved_at: now })
}

/// A draft of another version is read as far as it can be: fields that do not fit are empty.
pub(crate) fn read(body: &serde_json::Value) -> IntakeForm {
    serde_json::from_value(body.clone()).unwrap_or_else(|_| IntakeForm {
        // Better the raw words than nothing.
        text: body.get("text").and_then(|t| t.as_str()).map(str::to_owned).unwrap_or_default(),
        ..IntakeForm::default()
    })
}

/// The officer's drafts, the last one first.
///
/// # Errors
/// The store's.
pub(crate) fn lines(desk: &Desk) -> Result<Vec<DraftLine>, AppError> {
    let open = desk.opened()?;
    let rows = open.store.read(|conn| esik_store::drafts::list(conn, open.actor.id))?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let form = read(&row.body);
            let name = form.applicant.full_name();
            DraftLine {
                id: row.id,
                title: title(&form.text),
                who: if name.is_empty() { form.who_line } else { name },
                address: form.address,
                saved_at: row.updated_at,
            }
        })
        .collect())
}
