//! The weekly list of what a body owes: for which bodies it is due, and that it was handed over.

use super::board::small;
use crate::api::{
    CaseDone, Changed, HandedListLine, Nothing, OwedListDue, OwedListHand, OwedLists, PaperOf, Undo,
};
use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::{Planned, today};
use crate::paper::print_out;
use chrono::NaiveDate;
use esik_domain::event::{Body, OwedListHanded, Told, Way};
use esik_domain::ids::{AgencyCode, CaseId, Circle, OfficerId};
use esik_domain::owed_list::{HandedList, LINES_MAX, due_from, week_end, week_of};
use esik_domain::policy::Actor;
use esik_domain::text::normalize_input;
use esik_store::lists::{self, Board, BodyOwes, Only, OwedLine, Place, Queue};
use rusqlite::Connection;
use serde_json::Map;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The longest name of who took it, in characters.
const WHO_CHARS_MAX: usize = 200;

/// Who is in no circle and wrote nothing: what he may know of, everybody at the station may, and the body has it.
pub(crate) fn anybody(open: &Open) -> Actor {
    Actor { id: OfficerId(uuid::Uuid::nil()), role: open.actor.role, circles: Vec::new() }
}

/// What each body owes by a day, as far as an officer may know of it.
fn owing(
    conn: &Connection,
    actor: &Actor,
    today: NaiveDate,
    until: NaiveDate,
) -> esik_store::Result<Vec<BodyOwes>> {
    let only = Only { until: Some(until), ..Only::default() };
    lists::bodies_owe(conn, actor, today, &only)
}

/// What stands on the list of a body, the earliest last day first, and how much it owes in all.
pub(crate) fn lines_of(
    open: &Open,
    agency: &AgencyCode,
    today: NaiveDate,
) -> Result<(Vec<OwedLine>, BodyOwes), AppError> {
    let anybody = anybody(open);
    let only = Only { agency: Some(agency.clone()), ..Only::default() };
    Ok(open.store.read(|conn| {
        let mut board = Board { only, ..Board::of(Queue::WaitingAgency, today, 200) };
        let mut rows: Vec<OwedLine> = Vec::new();
        while rows.len() < LINES_MAX {
            let page = lists::control(conn, &anybody, &board)?;
            rows.extend(page.rows);
            match rows.last().filter(|_| page.more) {
                Some(last) => board.place = Place::After(last.key.clone()),
                None => break,
            }
        }
        rows.truncate(LINES_MAX);
        let all = lists::bodies_owe(conn, &anybody, today, &board.only)?.into_iter().next();
        let none = || BodyOwes { agency: agency.clone(), total: 0, late: 0, first_due: None };
        Ok((rows, all.unwrap_or_else(none)))
    })?)
}

/// For which bodies the list of this week is due, and which got it. It is due from the first working day of the week for who
/// owes an answer by its end; who got it is not told of again before the next one.
///
/// # Errors
/// The store's.
pub fn owed_lists(desk: &Desk, _: Nothing) -> Result<OwedLists, AppError> {
    let open = desk.opened()?;
    let today = today(desk.env().now());
    let week = week_of(today);
    let since = due_from(open.calendars().now(), week);
    let (owing, mine, handed, officers) = open.store.read(|conn| {
        Ok((
            owing(conn, &anybody(&open), today, week_end(week))?,
            owing(conn, &open.actor, today, week_end(week))?,
            lists::owed_lists(conn, &open.actor, week)?,
            esik_store::officers::list(conn)?,
        ))
    })?;
    let mut here = BTreeSet::new();
    for id in handed.iter().filter_map(|(_, l)| l.list.paper) {
        if open.store.read(|conn| esik_store::papers::get(conn, &open.actor, id))?.is_some() {
            here.insert(id);
        }
    }
    let seen =
        |agency: &AgencyCode| mine.iter().find(|b| b.agency == *agency).map_or(0, |b| b.total);
    let got: BTreeSet<AgencyCode> = handed.iter().map(|(_, l)| l.list.agency.clone()).collect();
    let due = owing
        .into_iter()
        .filter(|body| since.is_some_and(|day| day <= today) && !got.contains(&body.agency))
        .map(|body| OwedListDue {
            left_out: small(seen(&body.agency).saturating_sub(body.total)),
            agency: body.agency,
            total: small(body.total),
            late: small(body.late),
        })
        .collect();
    let name = |id: OfficerId| officers.iter().find(|o| o.card.id == id).map(|o| &o.card.name);
    let handed = handed
        .into_iter()
        .map(|(_, l)| HandedListLine {
            at: l.at,
            who: name(l.by).cloned().unwrap_or_default(),
            agency: l.list.agency,
            told: l.list.told,
            lines: l.list.lines,
            paper: l.list.paper.filter(|id| here.contains(id)),
        })
        .collect();
    Ok(OwedLists { week, since, due, handed })
}

/// Prints the list of a body and writes down that it was handed over, in this order: what nothing takes is not written down.
///
/// # Errors
/// `list_handed_before` in this week, `no_such_paper` for a body that owes nothing, `bad_request` for a way a paper does not
/// go, `text_too_long`, and those of [`crate::paper::print::paper_print`].
pub fn owed_list_hand(desk: &Desk, r: OwedListHand) -> Result<CaseDone, AppError> {
    if matches!(r.way, Way::Phone | Way::Import) {
        return Err(AppError::refused("bad_request"));
    }
    let who = normalize_input(&r.who).split_whitespace().collect::<Vec<_>>().join(" ");
    if who.chars().count() > WHO_CHARS_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    let open = desk.opened()?;
    let day = today(desk.env().now());
    let week = week_of(day);
    let got = open.store.read(|conn| lists::owed_lists(conn, &open.actor, week))?;
    if got.iter().any(|(_, l)| l.list.agency == r.agency) {
        return Err(AppError::refused("list_handed_before"));
    }
    let (_, all) = lines_of(&open, &r.agency, day)?;
    let (paper, mut changed) =
        print_out(desk, &open, &PaperOf::OwedList { agency: r.agency.clone() })?;
    let list = HandedList {
        agency: r.agency,
        week,
        told: Told { way: r.way, day, who, letter: None },
        lines: small(all.total),
        late: small(all.late),
        paper: Some(paper),
    };
    let pen = Pen::new(desk, Arc::clone(&open));
    let stream = CaseId(pen.uuid());
    let body = Body::OwedListHanded(OwedListHanded { list, more: Map::new() });
    let line = (Planned { body, circle: Circle::open() }, None);
    let events = open.store.write(move |tx| pen.append(tx, stream, vec![line]))?;
    desk.wake();
    changed.lists.extend(self::changed().lists);
    Ok(CaseDone { changed, undo: Some(Undo::Act { case: stream, events }) })
}

/// What is old once a list was handed over, or that was taken back.
pub(crate) fn changed() -> Changed {
    Changed {
        cases: Vec::new(),
        lists: ["owed_lists", "papers", "sync"].map(str::to_owned).to_vec(),
    }
}
