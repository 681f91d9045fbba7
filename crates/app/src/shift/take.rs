//! The next officer takes the shift over: by signing in, or by hand when the hand-over arrived later.

use super::{PAST, changed, line, names};
use crate::api::{ShiftDone, ShiftRef, Undo};
use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::Planned;
use esik_domain::event::{Body, ShiftTaken};
use esik_domain::ids::{CaseId, Circle, EventId};
use esik_domain::policy::{Permission, may};
use esik_store::lists;
use serde_json::Map;
use std::sync::Arc;

/// Takes a hand-over.
///
/// # Errors
/// `not_found`; `shift_not_yours` when it names another officer, is one's own, or was taken already.
pub fn shift_take(desk: &Desk, r: ShiftRef) -> Result<ShiftDone, AppError> {
    let open = desk.opened()?;
    let shift = open
        .store
        .read(|conn| lists::shift(conn, &open.actor, r.id))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    if !shift.may_take(open.actor.id) {
        return Err(AppError::refused("shift_not_yours"));
    }
    let events = take(desk, &open, r.id)?;
    let shift = open
        .store
        .read(|conn| lists::shift(conn, &open.actor, r.id))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    Ok(ShiftDone {
        line: line(&open, &names(&open)?, r.id, shift),
        changed: changed(&[]),
        undo: Some(Undo::Act { case: r.id, events }),
    })
}

/// Signing in is the signature on the hand-over sheet: what names this officer is taken. What names
/// nobody waits for a key, since whoever comes first may only want to look something up.
pub(crate) fn by_signing_in(desk: &Desk) -> Result<(), AppError> {
    let open = desk.opened()?;
    if !may(open.actor.role, Permission::Close) {
        return Ok(());
    }
    let waiting: Vec<CaseId> = open
        .store
        .read(|conn| lists::shifts(conn, &open.actor, PAST))?
        .into_iter()
        .filter(|(_, s)| s.handing.to == Some(open.actor.id) && s.may_take(open.actor.id))
        .map(|(id, _)| id)
        .collect();
    for id in waiting {
        take(desk, &open, id)?;
    }
    Ok(())
}

fn take(desk: &Desk, open: &Arc<Open>, id: CaseId) -> Result<Vec<EventId>, AppError> {
    let pen = Pen::new(desk, Arc::clone(open));
    let events = open.store.write(move |tx| {
        let body = Body::ShiftTaken(ShiftTaken { more: Map::new() });
        pen.append(tx, id, vec![(Planned { body, circle: Circle::open() }, None)])
    })?;
    desk.wake();
    Ok(events)
}
