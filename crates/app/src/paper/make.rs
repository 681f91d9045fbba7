//! A paper made: the file, and what is kept of it once it was printed.

use super::of_case::{Ground, case_sheet};
use super::of_shift::{day_sheet, shift_sheet};
use super::register::{self, ROWS_MAX};
use super::{journals, owed_list};
use crate::api::{Journal, PaperOf};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::NaiveDate;
use esik_domain::calendar::local;
use esik_domain::ids::{CaseId, Circle, PaperId};
use esik_letters::{L10nPair, LettersError, Sheet};
use esik_store::lists;
use esik_store::officers::Officer;
use esik_store::papers::{Kept, Printed};

/// A paper ready to be shown or handed over.
pub(crate) struct Made {
    pub printed: Printed,
    pub sheet: Sheet,
    /// It comes from history.
    pub again: bool,
}

/// A letter's fault as the desk's: what is missing in a case is told, the rest is a bug.
pub(crate) fn fault(error: LettersError) -> AppError {
    match error {
        LettersError::Empty(_) => AppError::refused("no_such_paper"),
        other => AppError::Letter(other.to_string()),
    }
}

pub(crate) fn make(desk: &Desk, open: &Open, of: &PaperOf) -> Result<Made, AppError> {
    let mut made = unmarked(desk, open, of)?;
    // History keeps the head it was printed with.
    if !made.again {
        let at = open.store.read(crate::session::contacts::read)?;
        let address = L10nPair::new(at.address_kk, at.address_ru);
        made.sheet = made.sheet.headed(&address, &at.phone).map_err(fault)?;
    }
    // History keeps the mark: what comes out of it has it already.
    if open.is_practice() && !made.again {
        made.sheet = made.sheet.for_practice().map_err(fault)?;
    }
    Ok(made)
}

fn unmarked(desk: &Desk, open: &Open, of: &PaperOf) -> Result<Made, AppError> {
    match of {
        PaperOf::Printed { id } => again(desk, open, *id),
        PaperOf::Register { from, until, journal: Journal::Appeals } => {
            of_period(desk, open, *from, *until)
        }
        PaperOf::Register { from, until, journal } => {
            let (officers, period) =
                (open.store.read(esik_store::officers::list)?, (*from, *until));
            let ground = ground(desk, open, &officers)?;
            let sheet = journals::sheet(open, *journal, period, &ground)?;
            let name = journals::name(*journal);
            Ok(own(desk, open, sheet, format!("{name}-{from}-{until}.pdf")))
        }
        PaperOf::OwedList { agency } => {
            let sheet = owed_list::sheet(open, agency, &ground(desk, open, &[])?)?;
            let day = crate::intake::plan::today(desk.env().now());
            Ok(own(desk, open, sheet, format!("owed-{agency}-{day}.pdf")))
        }
        PaperOf::Shift { id } => of_shift(desk, open, *id),
        PaperOf::RoundDay { id } => of_day(desk, open, *id),
        PaperOf::Case { case, paper, part } => {
            let (state, officers) = open.store.read(|conn| {
                Ok((
                    lists::case_state(conn, &open.actor, *case)?,
                    esik_store::officers::list(conn)?,
                ))
            })?;
            let case = state.ok_or_else(|| AppError::refused("not_found"))?;
            let ground = ground(desk, open, &officers)?;
            let mut ready = case_sheet(&case, *paper, *part, &ground)?;
            if crate::sync::moments::in_doubt(desk, open, case.id)? {
                ready.sheet = ready.sheet.provisional().map_err(fault)?;
            }
            let name = match &case.number {
                Some(number) if ready.sheet.template == "coupon" => format!("{number}.pdf"),
                Some(number) => format!("{number}-{}.pdf", ready.sheet.template),
                None => format!("{}.pdf", ready.sheet.template),
            };
            let printed = Printed {
                id: PaperId(desk.env().uuid()),
                at: desk.env().now(),
                officer: open.actor.id,
                kind: ready.sheet.template.clone(),
                version: ready.sheet.version,
                case: Some(case.id),
                part: *part,
                circle: ready.circle,
                author: ready.author,
                name,
            };
            Ok(Made { printed, sheet: ready.sheet, again: false })
        }
    }
}

fn ground<'a>(
    desk: &Desk,
    open: &'a Open,
    officers: &'a [Officer],
) -> Result<Ground<'a>, AppError> {
    Ok(Ground {
        now: desk.env().now(),
        station: station(desk)?,
        me: super::of_case::signer(&open.name, &open.post)?,
        actor: &open.actor,
        officers,
        templates: crate::published::templates(open)?,
        calendars: open.calendars(),
        status_page: crate::sync::status_page(open)?,
    })
}

/// The register of a period. It belongs to who made it: it holds what he may know of.
fn of_period(
    desk: &Desk,
    open: &Open,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Made, AppError> {
    if from > until {
        return Err(AppError::refused("period_backwards"));
    }
    let cases = open.store.read(|conn| {
        let ids = lists::opened_between(conn, &open.actor, from, until, ROWS_MAX + 1)?;
        if ids.len() > ROWS_MAX {
            return Ok(None);
        }
        let mut cases = Vec::new();
        for id in ids {
            cases.extend(lists::case_state(conn, &open.actor, id)?);
        }
        Ok(Some(cases))
    })?;
    let cases = cases.ok_or_else(|| AppError::refused("period_too_long"))?;
    let sheet = register::sheet(from, until, &cases, &ground(desk, open, &[])?)?;
    Ok(own(desk, open, sheet, format!("register-{from}-{until}.pdf")))
}

fn of_shift(desk: &Desk, open: &Open, id: CaseId) -> Result<Made, AppError> {
    let (shift, officers) = open.store.read(|conn| {
        Ok((lists::shift(conn, &open.actor, id)?, esik_store::officers::list(conn)?))
    })?;
    let shift = shift.ok_or_else(|| AppError::refused("not_found"))?;
    let sheet = shift_sheet(&shift, &ground(desk, open, &officers)?)?;
    let name = format!("shift-{}.pdf", local(shift.at).format("%Y-%m-%d-%H%M"));
    Ok(own(desk, open, sheet, name))
}

fn of_day(desk: &Desk, open: &Open, id: CaseId) -> Result<Made, AppError> {
    let (day, officers) = open
        .store
        .read(|conn| Ok((lists::day(conn, &open.actor, id)?, esik_store::officers::list(conn)?)))?;
    let day = day.ok_or_else(|| AppError::refused("not_found"))?;
    let sheet = day_sheet(&day, &ground(desk, open, &officers)?)?;
    let name = format!("round-{}.pdf", day.handed.day);
    Ok(own(desk, open, sheet, name))
}

/// A list of the desk: of no case, and in the history of who printed it.
fn own(desk: &Desk, open: &Open, sheet: Sheet, name: String) -> Made {
    let printed = Printed {
        id: PaperId(desk.env().uuid()),
        at: desk.env().now(),
        officer: open.actor.id,
        kind: sheet.template.clone(),
        version: sheet.version,
        case: None,
        part: None,
        circle: Circle::open(),
        author: open.actor.id,
        name,
    };
    Made { printed, sheet, again: false }
}

/// What history keeps of a sheet.
pub(crate) fn kept(sheet: Sheet) -> Kept {
    Kept { source: sheet.source, data: sheet.data, ident: sheet.ident, dated: sheet.at }
}

/// As it was printed, whatever the templates of this program say by now.
fn again(desk: &Desk, open: &Open, id: PaperId) -> Result<Made, AppError> {
    let (printed, kept) = open
        .store
        .read(|conn| esik_store::papers::get(conn, &open.actor, id))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    let sheet = Sheet {
        template: printed.kind.clone(),
        version: printed.version,
        source: kept.source,
        data: kept.data,
        ident: kept.ident,
        at: kept.dated,
    };
    let printed = Printed { at: desk.env().now(), officer: open.actor.id, ..printed };
    Ok(Made { printed, sheet, again: true })
}

/// A desk that has not joined a region still gives a paper that names where the person was.
fn station(desk: &Desk) -> Result<L10nPair, AppError> {
    match desk.state().station {
        Some(s) => Ok(L10nPair::new(s.kk, s.ru)),
        None => esik_letters::unnamed_station().map_err(fault),
    }
}
