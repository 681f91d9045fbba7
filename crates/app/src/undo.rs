//! Ctrl+Z: a local act of the last minute is taken back, by an event that says so (adr/0013).

use crate::api::{CaseDone, Changed, Undo};
use crate::append::Pen;
use crate::case::done;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::draft::{changed, read};
use crate::intake::plan::Planned;
use esik_domain::event::{ActUndone, Body};
use esik_domain::ids::{CaseId, DraftId, EventId};
use esik_domain::undo::may_undo;
use serde_json::Map;
use std::sync::Arc;

/// Events one undo may name: what one act of an officer saves at most.
const EVENTS_MAX: usize = 64;

/// Takes back what an answer offered to take back. All of it or nothing.
///
/// # Errors
/// `undo_impossible` for what is not there, another officer's or undone before, `undo_late` after a minute,
/// `undo_overtaken` when somebody went on from it, `read_only_case`.
pub fn undo(desk: &Desk, r: Undo) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let changed = match r {
        Undo::Act { case, events } => take_back(desk, &open, case, &events)?,
        Undo::Draft { id } => restore(desk, &open, id)?,
        Undo::Call { ticket, events, draft } => {
            let mut out = take_back(desk, &open, ticket, &events)?;
            drop_untouched(desk, &open, draft)?;
            out.lists.extend(changed().lists);
            out
        }
    };
    Ok(CaseDone { changed, undo: None })
}

fn take_back(
    desk: &Desk,
    open: &Arc<Open>,
    case: CaseId,
    events: &[EventId],
) -> Result<Changed, AppError> {
    if events.is_empty() || events.len() > EVENTS_MAX {
        return Err(AppError::refused("bad_request"));
    }
    let impossible = || AppError::refused("undo_impossible");
    let (state, stored) = open.store.read(|conn| {
        Ok((
            esik_store::lists::case_state(conn, &open.actor, case)?,
            esik_store::lists::case_events(conn, &open.actor, case)?,
        ))
    })?;
    let state = state.ok_or_else(impossible)?;
    if state.read_only {
        return Err(AppError::refused("read_only_case"));
    }
    let entries: Vec<_> = stored.into_iter().map(|e| e.entry).collect();
    let pen = Pen::new(desk, Arc::clone(open));
    let mut lines = Vec::with_capacity(events.len());
    // The last one first, as one takes a coat off.
    for event in events.iter().rev() {
        let act = may_undo(&entries, open.actor.id, *event, pen.at)
            .map_err(|fault| AppError::refused(fault.code()))?;
        let body = Body::ActUndone(ActUndone { event: *event, more: Map::new() });
        // Who may know of the act may know that it was taken back, and nobody else.
        lines.push((Planned { body, circle: act.circle.clone() }, Some(*event)));
    }
    open.store.write(move |tx| pen.append(tx, case, lines))?;
    desk.wake();
    Ok(if state.is_ticket() { crate::queue::changed() } else { done(case).changed })
}

/// The draft as it was thrown away, under its own id.
fn restore(desk: &Desk, open: &Open, id: DraftId) -> Result<Changed, AppError> {
    let now = desk.env().now();
    let (body, files) =
        open.thrown_away.get(id, now).ok_or_else(|| AppError::refused("undo_late"))?;
    let officer = open.actor.id;
    open.store.write(move |tx| {
        esik_store::drafts::save(tx, officer, id, &body, now)?;
        for file in &files {
            esik_store::attached::drafts::put(tx, officer, id, file)?;
        }
        Ok(())
    })?;
    open.thrown_away.restored(id);
    Ok(changed())
}

/// The draft a call opened goes with the call, unless something was typed into it.
fn drop_untouched(desk: &Desk, open: &Arc<Open>, id: DraftId) -> Result<(), AppError> {
    let officer = open.actor.id;
    let Some(row) = open.store.read(|conn| esik_store::drafts::get(conn, officer, id))? else {
        return Ok(());
    };
    let form = read(&row.body);
    let Some(ticket) = form.ticket else { return Ok(()) };
    let state = open.store.read(|conn| esik_store::lists::case_state(conn, &open.actor, ticket))?;
    let called = state
        .and_then(|s| s.ticket)
        .and_then(|t| form.started_at.map(|at| crate::queue::call::form(&t, ticket, at)));
    if called.as_ref() == Some(&form) {
        crate::intake::draft::draft_discard(desk, crate::api::DraftRef { id })?;
    }
    Ok(())
}
