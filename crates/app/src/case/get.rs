//! Looking at a case.

use super::view::{Sight, view};
use crate::api::{CaseOpen, CaseView};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::today;
use crate::look::{About, opened};
use chrono::{DateTime, Utc};
use esik_domain::catalog::Catalog;
use esik_domain::deadline::Counting;
use esik_domain::ids::{EventId, OfficerId};
use std::collections::HashMap;

/// The case as this officer may see it.
///
/// # Errors
/// `not_found` when it is not there or not for him: he is not told which. `look_reason_needed`, `look_reason_bad` for a
/// restricted case he does not answer for.
pub fn case_get(desk: &Desk, r: CaseOpen) -> Result<CaseView, AppError> {
    let open = desk.opened()?;
    let (state, entries, cards) = open.store.read(|conn| {
        Ok((
            esik_store::lists::case_state(conn, &open.actor, r.id)?,
            esik_store::lists::case_events(conn, &open.actor, r.id)?,
            esik_store::officers::list(conn)?,
        ))
    })?;
    let recorded: HashMap<EventId, DateTime<Utc>> =
        entries.iter().filter_map(|e| Some((e.entry.event.id, e.recorded_at?))).collect();
    let entries: Vec<_> = entries.into_iter().map(|e| e.entry).collect();
    let at = |id| recorded.get(&id).copied();
    let joined = crate::sync::region(&open)?.is_some();
    let state = state.ok_or_else(|| AppError::refused("not_found"))?;
    let names: HashMap<OfficerId, String> =
        cards.into_iter().map(|o| (o.card.id, o.card.name)).collect();
    let now = desk.env().now();
    let calendars = open.calendars();
    let sight = Sight {
        actor: &open.actor,
        catalog: Catalog::shipped(),
        calendars: &calendars,
        counting: Counting::default(),
        today: today(now),
        now,
        region: joined.then_some(&at as &dyn Fn(EventId) -> Option<DateTime<Utc>>),
        officer_name: &|id| names.get(&id).cloned().unwrap_or_default(),
    };
    let about = About::of(&state, &open);
    let mut view = view(state, &entries, &sight).ok_or_else(|| AppError::refused("not_found"))?;
    view.status_page = crate::sync::status_page(&open)?.filter(|_| view.coupon_number.is_some());
    if let Some(number) = &view.number {
        view.same_number = open
            .store
            .read(|conn| esik_store::lists::find_by_number(conn, &open.actor, number))?
            .into_iter()
            .filter(|other| *other != r.id)
            .collect();
    }
    opened(desk, &open, &about, r.again, r.why)?;
    Ok(view)
}
