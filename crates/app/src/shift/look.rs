//! What the one who leaves has in hand, and what was handed over before.

use super::{PAST, at_region, line, names, note_key};
use crate::api::{ControlRow, Nothing, ShiftCase, ShiftNews, ShiftView};
use crate::control::board::{row, small};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::draft::lines as drafts;
use crate::intake::plan::today;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use esik_domain::calendar::instant;
use esik_domain::case::{ObligationKind, WaitingOn};
use esik_domain::ids::{CaseId, OfficerId};
use esik_domain::shift::Shift;
use esik_store::lists::{self, Board, Only, Queue};
use std::collections::HashMap;

/// Lines of the board that are looked at.
const OWED_MAX: usize = 200;
/// Cases that can be chosen one by one.
const CASES_MAX: u32 = 200;

/// The shift as it stands.
///
/// # Errors
/// The store's.
pub fn shift(desk: &Desk, _: Nothing) -> Result<ShiftView, AppError> {
    let open = desk.opened()?;
    let now = desk.env().now();
    let day = today(now);
    let past = open.store.read(|conn| lists::shifts(conn, &open.actor, PAST))?;
    let from = begun(&open, &past, now);
    let owed = owed(&open, day)?;
    let (cases, taken, note) = open.store.read(|conn| {
        Ok((
            lists::answered_by(conn, &open.actor, open.actor.id, CASES_MAX)?,
            lists::taken_since(conn, &open.actor, from)?.len(),
            esik_store::meta::get(conn, &note_key(open.actor.id))?.unwrap_or_default(),
        ))
    })?;
    let names = names(&open)?;
    let ShiftNews { waiting, inherited } = news(&open, &names, &past, now);
    let past = past.into_iter().map(|(id, shift)| line(&open, &names, id, shift)).collect();
    Ok(ShiftView {
        fresh: CaseId(desk.env().uuid()),
        from,
        today: day,
        due: owed.due,
        calls: owed.calls,
        late: owed.late,
        refused: owed.refused,
        more: owed.more,
        cases: cases
            .into_iter()
            .map(|c| ShiftCase {
                id: c.id,
                number: c.number.unwrap_or_default(),
                title: c.title,
                next_due: c.next_due,
                restricted: !c.circle.is_open(),
            })
            .collect(),
        drafts: drafts(desk)?,
        note,
        taken: small(u64::try_from(taken).unwrap_or(u64::MAX)),
        region: at_region(desk, &open)?,
        enrolled: desk.state().enrolled,
        waiting,
        inherited,
        past,
    })
}

/// What was handed to this officer: asked at every sign-in, so no line of the board and no case is read for it.
///
/// # Errors
/// The store's.
pub fn shift_news(desk: &Desk, _: Nothing) -> Result<ShiftNews, AppError> {
    let open = desk.opened()?;
    let past = open.store.read(|conn| lists::shifts(conn, &open.actor, PAST))?;
    Ok(news(&open, &names(&open)?, &past, desk.env().now()))
}

fn news(
    open: &Open,
    names: &HashMap<OfficerId, String>,
    past: &[(CaseId, Shift)],
    now: DateTime<Utc>,
) -> ShiftNews {
    let (me, day_ago) = (open.actor.id, now - Duration::hours(24));
    let told = |(id, shift): &(CaseId, Shift)| line(open, names, *id, shift.clone());
    let took = |s: &Shift| s.taken.is_some_and(|(who, at)| who == me && at >= day_ago);
    ShiftNews {
        waiting: past.iter().filter(|(_, s)| s.may_take(me)).map(told).collect(),
        inherited: past.iter().find(|(_, s)| took(s)).map(told),
    }
}

/// When the officer's shift began: when one was taken over in the last day, else with the day.
pub(super) fn begun(open: &Open, past: &[(CaseId, Shift)], now: DateTime<Utc>) -> DateTime<Utc> {
    let day_ago = now - Duration::hours(24);
    past.iter()
        .filter_map(|(_, s)| s.taken.filter(|(who, at)| *who == open.actor.id && *at >= day_ago))
        .map(|(_, at)| at)
        .max()
        .unwrap_or_else(|| instant(today(now), NaiveTime::MIN))
}

/// What an officer answers for, sorted by what it asks of the next one.
#[derive(Default)]
struct Owed {
    due: Vec<ControlRow>,
    calls: Vec<ControlRow>,
    late: Vec<ControlRow>,
    refused: Vec<ControlRow>,
    more: bool,
}

fn owed(open: &Open, day: NaiveDate) -> Result<Owed, AppError> {
    let only = Only { officer: Some(open.actor.id), ..Only::default() };
    let board = Board { only, ..Board::of(Queue::All, day, OWED_MAX) };
    let page = open.store.read(|conn| lists::control(conn, &open.actor, &board))?;
    let calendars = open.calendars();
    let mut out = Owed { more: page.more, ..Owed::default() };
    for owed in page.rows {
        let row = row(owed, day, calendars.now());
        let over = row.due.is_some_and(|due| due <= day);
        match (row.what, row.waiting_on) {
            (ObligationKind::Refused | ObligationKind::Review, _) => out.refused.push(row),
            (ObligationKind::TellApplicant | ObligationKind::GiveNotice, _) => out.calls.push(row),
            (_, WaitingOn::Us) if over => out.due.push(row),
            (_, WaitingOn::Agency) if row.late_wd > 0 || row.no_receipt => out.late.push(row),
            _ => {}
        }
    }
    Ok(out)
}
