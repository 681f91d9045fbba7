//! Saving: planned events get their author, their place in the device's chain and the officer's
//! signature, and become durable together with everything folded from them.

use crate::desk::{Desk, Open};
use crate::env::Env;
use crate::error::AppError;
use crate::intake::plan::Planned;
use chrono::{DateTime, Utc};
use esik_domain::event::{Body, ClockReading};
use esik_domain::ids::{CaseId, Circle, EventId};
use esik_store::log::{Author, NewEvent};
use esik_store::{StoreError, Tx};
use esik_wire::planted;
use std::sync::Arc;

/// What the transaction of a verb needs besides its own data.
#[derive(Clone)]
pub struct Pen {
    pub open: Arc<Open>,
    pub at: DateTime<Utc>,
    pub clock: Option<ClockReading>,
    uuid: Arc<dyn Fn() -> uuid::Uuid + Send + Sync>,
}

impl Pen {
    /// For one verb: time is read once.
    #[must_use]
    pub fn new(desk: &Desk, open: Arc<Open>) -> Self {
        while planted::is("save_waits_for_line") && desk.watched().lock().is_ok_and(|w| w.is_some())
        {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self::at(desk.env(), &open)
    }

    /// The same beside the verbs.
    pub(crate) fn at(env: &Env, open: &Arc<Open>) -> Self {
        let (env, open) = (env.clone(), Arc::clone(open));
        let clock = crate::sync::clock_reading(&open, env.now());
        // Legal clocks start at the corrected time (`settled.md` 1).
        let offset = clock.map_or(0, |c| c.offset_ms);
        let at = chrono::Duration::try_milliseconds(offset)
            .and_then(|d| env.now().checked_add_signed(d))
            .unwrap_or_else(|| env.now());
        Self { open, at, clock, uuid: Arc::new(move || env.uuid()) }
    }

    /// A new id.
    #[must_use]
    pub fn uuid(&self) -> uuid::Uuid {
        (self.uuid)()
    }

    /// Appends to a stream inside a transaction; the ids of what was saved, in order.
    ///
    /// # Errors
    /// The store's; nothing is saved then.
    pub fn append(
        &self,
        tx: &mut Tx<'_>,
        case: CaseId,
        planned: Vec<(Planned, Option<EventId>)>,
    ) -> Result<Vec<EventId>, StoreError> {
        let author = Author {
            device_id: self.open.device_id,
            incarnation: self.open.incarnation,
            station: self.open.station.clone(),
            actor: self.open.actor.id,
            role: self.open.actor.role,
            signing: Arc::clone(&self.open.signing),
            clock: self.clock,
        };
        let events: Vec<NewEvent> = planned
            .into_iter()
            .map(|(p, base)| NewEvent {
                id: EventId(self.uuid()),
                body: p.body,
                occurred_at: self.at,
                base,
                circle: p.circle,
            })
            .collect();
        tx.append(&author, case, &events)?;
        Ok(events.into_iter().map(|e| e.id).collect())
    }
}

/// Events on a case the officer may see and may still change; everything a simple verb does. The ids of
/// what was saved, in order.
///
/// # Errors
/// `not_found` for a case he may not know of, `read_only_case` for one this program is too old for.
pub fn save_one(
    desk: &Desk,
    case: CaseId,
    decide: impl FnOnce(&esik_domain::case::CaseState, &Pen) -> Result<Vec<Line>, AppError>,
) -> Result<Vec<EventId>, AppError> {
    let open = desk.opened()?;
    let state = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, case))?
        .filter(|state| !state.is_beside())
        .ok_or_else(|| AppError::refused("not_found"))?;
    if state.read_only {
        return Err(AppError::refused("read_only_case"));
    }
    let pen = Pen::new(desk, Arc::clone(&open));
    let lines: Vec<(Planned, Option<EventId>)> = decide(&state, &pen)?
        .into_iter()
        .map(|l| {
            let circle = l.circle.unwrap_or_else(|| state.circle.clone());
            (Planned { body: l.body, circle }, l.base)
        })
        .collect();
    let saved = open.store.write(move |tx| pen.append(tx, case, lines))?;
    desk.wake();
    Ok(saved)
}

/// An event a verb decided on.
#[derive(Clone)]
pub struct Line {
    pub body: Body,
    /// The event it amends or decides upon.
    pub base: Option<EventId>,
    /// None = the case's circle.
    pub circle: Option<Circle>,
}

impl From<Body> for Line {
    fn from(body: Body) -> Self {
        Self { body, base: None, circle: None }
    }
}
