//! Ctrl+Z: a local act of the last minute is taken back, by an event that says so (adr/0013).

use crate::api::{CaseDone, Changed, StreamActs, Undo};
use crate::append::Pen;
use crate::case::done;
use crate::control::saved;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::draft::{changed, put_back, read};
use crate::intake::plan::Planned;
use crate::shift::hand_over;
use esik_domain::aside::Aside;
use esik_domain::case::CaseState;
use esik_domain::event::Body;
use esik_domain::ids::{CaseId, DraftId, EventId};
use esik_domain::round::IMPORT_MAX;
use esik_domain::undo::{may_undo, taking_back};
use esik_store::{StoreError, Tx, lists};
use std::sync::Arc;

/// Events one undo may name: what one act of an officer saves at most. A file of addresses is the longest.
const EVENTS_MAX: usize = IMPORT_MAX;

/// Takes back what an answer offered to take back. All of it or nothing.
///
/// # Errors
/// `undo_impossible` for what is not there, another officer's or undone before, `undo_late` after a minute,
/// `undo_overtaken` when somebody went on from it, `undo_built_on` when more was written to what it opened,
/// `read_only_case`; `queue_name_taken`, `too_many_queues` for queues that cannot come back.
pub fn undo(desk: &Desk, r: Undo) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let one = |case, events| vec![StreamActs { case, events }];
    let changed = match r {
        Undo::Act { case, events } => take_back(desk, &open, &one(case, events))?,
        Undo::Acts { acts } => take_back(desk, &open, &acts)?,
        Undo::Draft { id } => restore(desk, &open, id)?,
        Undo::Call { ticket, events, draft } => {
            let mut out = take_back(desk, &open, &one(ticket, events))?;
            drop_untouched(desk, &open, draft)?;
            out.lists.extend(changed().lists);
            out
        }
        Undo::Shift { acts, given, thrown, note } => {
            let back = Back::of(desk, &open, &acts)?;
            hand_over::undo(desk, &open, back, &given, &thrown, note)?
        }
        Undo::Queues { back, out } => saved::undo(desk, back, &out)?,
    };
    Ok(CaseDone { changed, undo: None })
}

fn take_back(desk: &Desk, open: &Arc<Open>, acts: &[StreamActs]) -> Result<Changed, AppError> {
    let Back { pen, streams, changed } = Back::of(desk, open, acts)?;
    open.store.write(move |tx| Back::write(tx, &pen, streams))?;
    desk.wake();
    Ok(changed)
}

/// What takes acts back, decided and not yet written.
pub(crate) struct Back {
    pub(crate) pen: Pen,
    pub(crate) streams: Vec<(CaseId, Vec<Signed>)>,
    pub(crate) changed: Changed,
}

/// An event to write, and the one it takes back.
type Signed = (Planned, Option<EventId>);

impl Back {
    /// Asks of every act whether it may be taken back.
    fn of(desk: &Desk, open: &Arc<Open>, acts: &[StreamActs]) -> Result<Self, AppError> {
        let named: usize = acts.iter().map(|a| a.events.len()).sum();
        if named > EVENTS_MAX || acts.is_empty() || acts.iter().any(|a| a.events.is_empty()) {
            return Err(AppError::refused("bad_request"));
        }
        let pen = Pen::new(desk, Arc::clone(open));
        let mut out = Self { pen, streams: Vec::new(), changed: Changed::default() };
        for StreamActs { case, events } in acts {
            out.stream(open, *case, events)?;
        }
        Ok(out)
    }

    fn stream(&mut self, open: &Open, case: CaseId, events: &[EventId]) -> Result<(), AppError> {
        let impossible = || AppError::refused("undo_impossible");
        let (state, stored) = open.store.read(|conn| {
            Ok((
                lists::case_state(conn, &open.actor, case)?,
                lists::case_events(conn, &open.actor, case)?,
            ))
        })?;
        let state = state.ok_or_else(impossible)?;
        if state.read_only {
            return Err(AppError::refused("read_only_case"));
        }
        let entries: Vec<_> = stored.into_iter().map(|e| e.entry).collect();
        let mut lines = Vec::with_capacity(events.len());
        // The last one first, as one takes a coat off.
        for event in events.iter().rev() {
            let act = may_undo(&entries, open.actor.id, *event, self.pen.at)
                .map_err(|fault| AppError::refused(fault.code()))?;
            let body = taking_back(act).ok_or_else(impossible)?;
            let base = matches!(body, Body::ActUndone(_)).then_some(*event);
            // Who may know of the act may know that it was taken back, and nobody else.
            lines.push((Planned { body, circle: act.circle.clone() }, base));
        }
        self.streams.push((case, lines));
        let Changed { cases, lists } = changed_by(&state, case);
        self.changed.cases.extend(cases);
        for list in lists {
            if !self.changed.lists.contains(&list) {
                self.changed.lists.push(list);
            }
        }
        Ok(())
    }

    /// Writes it, inside a transaction.
    pub(crate) fn write(
        tx: &mut Tx<'_>,
        pen: &Pen,
        streams: Vec<(CaseId, Vec<Signed>)>,
    ) -> Result<(), StoreError> {
        for (case, lines) in streams {
            pen.append(tx, case, lines)?;
        }
        Ok(())
    }
}

/// What is old now.
fn changed_by(state: &CaseState, case: CaseId) -> Changed {
    if state.is_ticket() {
        return crate::queue::changed();
    }
    match &state.aside {
        Some(Aside::Shift(_)) => crate::shift::changed(&[]),
        Some(Aside::OwedList(_)) => crate::control::owed_lists::changed(),
        Some(_) => {
            let mut out = crate::round::changed(&[]);
            out.lists.push("files".to_owned());
            out
        }
        None => {
            let mut out = done(case).changed;
            out.lists.push("files".to_owned());
            out
        }
    }
}

/// The draft as it was thrown away, under its own id.
fn restore(desk: &Desk, open: &Open, id: DraftId) -> Result<Changed, AppError> {
    let now = desk.env().now();
    let (body, files) =
        open.thrown_away.get(id, now).ok_or_else(|| AppError::refused("undo_late"))?;
    let officer = open.actor.id;
    open.store.write(move |tx| put_back(tx, officer, id, &body, &files, now))?;
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
