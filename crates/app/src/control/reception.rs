//! Home: what needs this officer now.

use super::board::{row, small};
use crate::api::{Nothing, Reception, TakenLine};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::draft::lines;
use crate::intake::plan::today;

/// Rows of a card.
const ROWS: usize = 8;

/// The home screen.
///
/// # Errors
/// The store's.
pub fn reception(desk: &Desk, _: Nothing) -> Result<Reception, AppError> {
    let open = desk.opened()?;
    let today = today(desk.env().now());
    let calendars = open.calendars();
    let home = open.store.read(|conn| esik_store::lists::reception(conn, &open.actor, today))?;
    let rows = |owed: Vec<esik_store::lists::OwedLine>| {
        owed.into_iter().take(ROWS).map(|line| row(line, today, calendars.now())).collect()
    };
    Ok(Reception {
        today,
        drafts: lines(desk)?,
        we_owe: rows(home.we_owe),
        we_owe_count: small(home.we_owe_count),
        they_owe: rows(home.they_owe),
        they_owe_count: small(home.they_owe_count),
        taken_today: home
            .taken_today
            .into_iter()
            .take(ROWS)
            .map(|c| TakenLine {
                id: c.id,
                becomes: match (&c.number, c.phase.as_str()) {
                    (Some(_), _) => "case",
                    (None, "crime") => "crime",
                    (None, _) => "advice",
                }
                .to_owned(),
                number: c.number,
                title: c.title,
                at: c.first_at,
            })
            .collect(),
        taken_today_count: small(home.taken_today_count),
        empty: home.empty,
    })
}
