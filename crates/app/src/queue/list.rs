//! Who is in the hall.

use crate::api::{HallQueue, Nothing, QueueCalled, QueueLine};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::today;
use esik_domain::ids::OfficerId;
use esik_domain::queue::label;
use esik_store::lists::Waiting;
use std::collections::HashMap;

/// The hall today. Yesterday's tickets are over by themselves.
///
/// # Errors
/// The store's.
pub fn queue(desk: &Desk, _: Nothing) -> Result<HallQueue, AppError> {
    let open = desk.opened()?;
    let day = today(desk.env().now());
    let (hall, cards) = open.store.read(|conn| {
        Ok((esik_store::lists::hall(conn, &open.actor, day)?, esik_store::officers::list(conn)?))
    })?;
    let names: HashMap<OfficerId, String> =
        cards.into_iter().map(|o| (o.card.id, o.card.name)).collect();
    let lines: Vec<QueueLine> = hall
        .into_iter()
        .map(|Waiting { id, ticket }| QueueLine {
            id,
            ticket: label(&ticket.desk, ticket.n),
            language: ticket.language,
            urgent: ticket.urgent,
            about: ticket.about,
            joined_at: ticket.joined_at,
            called: ticket.called.map(|c| QueueCalled {
                at: c.at,
                by: names.get(&c.by).cloned().unwrap_or_default(),
                me: c.by == open.actor.id,
            }),
        })
        .collect();
    let waiting = lines.iter().filter(|l| l.called.is_none()).count();
    Ok(HallQueue { waiting: u32::try_from(waiting).unwrap_or(u32::MAX), lines })
}
