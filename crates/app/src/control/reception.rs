//! Home: what needs this officer now.

use super::board::{row, small};
use crate::api::{ControlRow, Nothing, Reception, TakenLine};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::draft::lines;
use crate::intake::plan::today;
use crate::referral::escalate::stands_on;
use chrono::NaiveDate;
use esik_domain::ladder::Rung;
use esik_domain::policy::{Permission, may};
use esik_store::lists::{self, Board, Place, Queue};

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
        take_up: take_up(&open, today)?,
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

/// Overdue lines looked through for what has to go up: a home screen is no report.
const LOOKED_THROUGH: usize = 400;

/// What waits on the rungs this officer stands on: a controller's are his own and the region's, a head's all of them.
fn take_up(open: &Open, today: NaiveDate) -> Result<Vec<ControlRow>, AppError> {
    let role = open.actor.role;
    if !may(role, Permission::Administer) {
        return Ok(Vec::new());
    }
    let calendars = open.calendars();
    let mine = |rung: Rung| rung >= Rung::Controller && stands_on(role, rung);
    let mut board = Board::of(Queue::Overdue, today, 200);
    let (mut out, mut seen) = (Vec::new(), 0);
    while out.len() < ROWS && seen < LOOKED_THROUGH {
        let page = open.store.read(|conn| lists::control(conn, &open.actor, &board))?;
        seen += page.rows.len();
        let last = page.rows.last().map(|line| line.key.clone());
        let rows = page.rows.into_iter().map(|line| row(line, today, calendars.now()));
        out.extend(rows.filter(|row| row.rung.is_some_and(mine)));
        match last.filter(|_| page.more) {
            Some(key) => board.place = Place::After(key),
            None => break,
        }
    }
    out.truncate(ROWS);
    Ok(out)
}
