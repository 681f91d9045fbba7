//! Drafts: nothing typed is ever lost. Each is a row of its own, saved durably as it is typed.

use crate::api::{
    CaseDone, Changed, Draft, DraftLine, DraftRef, DraftSave, DraftSaved, IntakeForm, Nothing, Undo,
};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::title;
use crate::intake::thrown_away::DroppedFiles;
use crate::session::mend::save_typed;
use chrono::{DateTime, Utc};
use esik_domain::ids::{DraftId, OfficerId};
use esik_domain::undo::WINDOW_S;
use esik_store::attached::drafts::{self, DraftFile};
use esik_store::drafts::DraftRow;
use esik_store::{StoreError, Tx};
use std::collections::BTreeSet;
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
    let thrown = open.store.write(move |tx| throw_away(tx, officer, r.id))?;
    let undo = thrown.is_some().then_some(Undo::Draft { id: r.id });
    keep_for_undo(desk, &open, thrown);
    Ok(CaseDone { changed: changed(), undo })
}

/// A draft that is off the disk, and not yet forgotten.
pub(crate) struct Thrown {
    row: DraftRow,
    files: Vec<DraftFile>,
    wanted: BTreeSet<String>,
}

/// Takes a draft off the disk, inside a transaction; nothing when it is not there.
pub(crate) fn throw_away(
    tx: &Tx<'_>,
    officer: OfficerId,
    id: DraftId,
) -> Result<Option<Thrown>, StoreError> {
    let row = esik_store::drafts::get(tx, officer, id)?;
    let files = drafts::list(tx, officer, id)?;
    let gone = esik_store::drafts::discard(tx, officer, id)?;
    // When it cannot be told what else names them, they stay: the draft goes all the same.
    let wanted = esik_store::attached::wanted(tx)
        .unwrap_or_else(|_| files.iter().map(|f| f.file.hash.clone()).collect());
    Ok(row.filter(|_| gone).map(|row| Thrown { row, files, wanted }))
}

/// Keeps them in memory, for the time of an undo.
pub(crate) fn keep_for_undo(
    desk: &Desk,
    open: &Arc<Open>,
    thrown: impl IntoIterator<Item = Thrown>,
) {
    let now = desk.env().now();
    let mut some = false;
    for Thrown { row, files, wanted } in thrown {
        some = true;
        let files = DroppedFiles::new(open.files.clone(), files, wanted);
        open.thrown_away.keep(row.id, row.body, files, now);
    }
    if some {
        forget_later(desk, open);
    }
}

/// A draft as it was thrown away, under its own id, inside a transaction.
pub(crate) fn put_back(
    tx: &Tx<'_>,
    officer: OfficerId,
    id: DraftId,
    body: &serde_json::Value,
    files: &[DraftFile],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    esik_store::drafts::save(tx, officer, id, body, at)?;
    files.iter().try_for_each(|file| drafts::put(tx, officer, id, file))
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
    save_typed(desk, &open, move |tx| esik_store::drafts::save(tx, officer, id, &body, now))?;
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
