//! A ticket is over: the intake was finished, or nobody came.

use super::changed;
use crate::api::{CaseDone, QueueLeave, QueueLeaveHow, Undo};
use crate::append::Pen;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::{Planned, today};
use esik_domain::event::{Body, QueueLeft};
use esik_domain::ids::{CaseId, Circle, EventId};
use esik_store::{StoreError, Tx};
use serde_json::Map;
use std::sync::Arc;

/// Takes a ticket off the list. Said twice, it is said once.
///
/// # Errors
/// A disk that refuses.
pub fn queue_leave(desk: &Desk, r: QueueLeave) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let how = match r.how {
        QueueLeaveHow::Gone => "gone",
        QueueLeaveHow::Mistake => "mistake",
    };
    let mut undo = None;
    if in_hall(desk, r.id)? {
        let pen = Pen::new(desk, Arc::clone(&open));
        let events = open.store.write(move |tx| leave(tx, &pen, r.id, how))?;
        undo = Some(Undo::Act { case: r.id, events });
        desk.wake();
    }
    Ok(CaseDone { changed: changed(), undo })
}

/// True while the ticket is on today's list.
pub(crate) fn in_hall(desk: &Desk, id: CaseId) -> Result<bool, AppError> {
    let open = desk.opened()?;
    let day = today(desk.env().now());
    let hall = open.store.read(|conn| esik_store::lists::hall(conn, &open.actor, day))?;
    Ok(hall.iter().any(|w| w.id == id))
}

/// The last event of a ticket, in the transaction that ends it.
pub(crate) fn leave(
    tx: &mut Tx<'_>,
    pen: &Pen,
    id: CaseId,
    how: &str,
) -> Result<Vec<EventId>, StoreError> {
    let body = Body::QueueLeft(QueueLeft { how: how.to_owned(), more: Map::new() });
    pen.append(tx, id, vec![(Planned { body, circle: Circle::open() }, None)])
}
