//! A desk calls somebody in: the intake opens with what was heard at the door.

use super::changed;
use crate::api::{Draft, IntakeForm, QueueCall, QueueCallDone, Undo};
use crate::append::Pen;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::draft::save;
use crate::intake::plan::{Planned, today};
use esik_domain::event::{Body, QueueCalled};
use esik_domain::ids::{Circle, DraftId};
use esik_domain::queue::{Ticket, label};
use serde_json::Map;
use std::sync::Arc;

/// Calls a ticket, or who is next. A called ticket may be called again by another desk: the person
/// is in the hall until somebody takes the visit down or says that nobody came.
///
/// # Errors
/// `queue_empty` when nobody waits, `queue_over` when the ticket has left, a disk that refuses.
pub fn queue_call(desk: &Desk, r: QueueCall) -> Result<QueueCallDone, AppError> {
    let open = desk.opened()?;
    let day = today(desk.env().now());
    let hall = open.store.read(|conn| esik_store::lists::hall(conn, &open.actor, day))?;
    let next = match r.id {
        Some(id) => hall.into_iter().find(|w| w.id == id).ok_or("queue_over"),
        None => hall.into_iter().find(|w| w.ticket.called.is_none()).ok_or("queue_empty"),
    }
    .map_err(AppError::refused)?;
    let pen = Pen::new(desk, Arc::clone(&open));
    // The draft first: a call without its intake would lose the words, the other way round nothing.
    let id = DraftId(pen.uuid());
    let form = form(&next.ticket, next.id, desk.env().now());
    let saved = save(desk, id, &form)?;
    let events = open.store.write(move |tx| {
        let body = Body::QueueCalled(QueueCalled { more: Map::new() });
        pen.append(tx, next.id, vec![(Planned { body, circle: Circle::open() }, None)])
    })?;
    desk.wake();
    let mut changed = changed();
    changed.lists.extend(["reception", "drafts"].map(str::to_owned));
    Ok(QueueCallDone {
        ticket: label(&next.ticket.desk, next.ticket.n),
        draft: Draft { id, form, saved_at: saved.saved_at },
        changed,
        undo: Undo::Call { ticket: next.id, events, draft: id },
    })
}

/// The intake as a call opens it.
pub(crate) fn form(
    ticket: &Ticket,
    id: esik_domain::ids::CaseId,
    now: chrono::DateTime<chrono::Utc>,
) -> IntakeForm {
    IntakeForm {
        text: ticket.about.words.clone(),
        language: ticket.language.clone(),
        who_line: ticket.about.name.clone(),
        category: ticket.about.category.clone(),
        ticket: Some(id),
        started_at: Some(now),
        ..IntakeForm::default()
    }
}
