//! The inspector's day: whom to visit, what is open there, what became of it.

use super::keep::key;
use super::{bounds, day_line, files_on, taken_on};
use crate::api::{Nothing, RoundCase, RoundPlace, RoundSuggestion, RoundView};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::today;
use crate::shift::at_region;
use chrono::NaiveDate;
use esik_domain::calendar::local;
use esik_domain::ids::CaseId;
use esik_domain::round::{Place, VisitCounts};
use esik_store::StoreError;
use esik_store::lists::{self, CaseLine, SimilarQuery, SimilarWhy};
use esik_store::search::place_key;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// Days a screen looks back on.
pub(super) const DAYS: u32 = 30;
/// Open cases looked at for suggestions.
const OPEN_MAX: u32 = 200;
/// Suggestions shown.
const SUGGESTIONS_MAX: usize = 20;
/// Cases shown at one address.
const CASES_MAX: usize = 10;

/// The rounds as they stand.
///
/// # Errors
/// The store's.
pub fn round(desk: &Desk, _: Nothing) -> Result<RoundView, AppError> {
    let open = desk.opened()?;
    let day = today(desk.env().now());
    let (all, days) = open.store.read(|conn| {
        Ok((lists::places(conn, &open.actor)?, lists::days(conn, &open.actor, DAYS)?))
    })?;
    let mut counts = VisitCounts::default();
    for (_, place) in &all {
        for visit in place.visits.iter().filter(|v| local(v.at).date_naive() == day) {
            counts.add(visit.result);
        }
    }
    let not_handed_in = all
        .iter()
        .flat_map(|(_, p)| &p.visits)
        .map(|v| local(v.at).date_naive())
        .filter(|on| *on < day && !days.iter().any(|(_, d)| d.handed.day == *on))
        .max();
    let suggested = suggested(&open, &all)?;
    let files = files_on(&all, day);
    let (mut plan, mut rest) = (Vec::new(), Vec::new());
    for (id, place) in all.into_iter().filter(|(_, p)| !p.dropped) {
        let line = line(&open, id, place, day)?;
        if line.done || line.day.is_some_and(|d| d <= day) {
            plan.push(line);
        } else {
            rest.push(line);
        }
    }
    // What is still to be done first, the longest overdue at the top.
    plan.sort_by(|a, b| {
        let open = |p: &RoundPlace| p.done && p.day.is_none_or(|d| d > day);
        (open(a), a.day, &a.address).cmp(&(open(b), b.day, &b.address))
    });
    rest.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(RoundView {
        today: day,
        plan,
        rest,
        suggested,
        counts,
        taken: taken_on(&open, day)?,
        files,
        region: at_region(desk, &open)?,
        enrolled: desk.state().enrolled,
        not_handed_in,
        days: days.iter().map(|(id, d)| day_line(*id, d)).collect(),
    })
}

fn line(open: &Open, id: CaseId, place: Place, day: NaiveDate) -> Result<RoundPlace, AppError> {
    let (from, _) = bounds(day);
    let cases = open.store.read(|conn| cases_at(conn, open, &place.address))?;
    Ok(RoundPlace {
        id,
        note: place.note,
        day: place.day,
        visits: u32::try_from(place.visits.len()).unwrap_or(u32::MAX),
        done: place.visits.last().is_some_and(|v| v.at >= from),
        last: place.visits.last().cloned(),
        address: place.address,
        cases,
    })
}

/// Open cases in the house this officer may know of, with what has to be known before knocking.
fn cases_at(conn: &Connection, open: &Open, address: &str) -> Result<Vec<RoundCase>, StoreError> {
    let query =
        SimilarQuery { address: address.to_owned(), limit: usize::MAX, ..SimilarQuery::default() };
    let mut out = Vec::new();
    for found in lists::similar(conn, &open.actor, &query)? {
        let line: CaseLine = found.line;
        if !found.why.contains(&SimilarWhy::Place) || line.closed_at.is_some() {
            continue;
        }
        let Some(number) = line.number else { continue };
        if out.len() == CASES_MAX {
            break;
        }
        let Some(case) = lists::case_state(conn, &open.actor, line.id)? else { continue };
        out.push(RoundCase {
            id: line.id,
            number,
            title: line.title,
            next_due: line.next_due,
            caution: case.cautions().into_iter().map(|c| c.kind).collect(),
            call_note: case
                .parties
                .iter()
                .map(|p| p.party.call_note.as_str())
                .filter(|n| !n.is_empty())
                .collect::<Vec<_>>()
                .join("; "),
        });
    }
    // Danger first: it must not stand below the fold.
    out.sort_by_key(|c| (c.caution.is_empty(), c.next_due.is_none(), c.next_due));
    Ok(out)
}

/// Addresses of open cases that the list lacks: those this officer answers for, and others in the streets
/// of the beat.
fn suggested(open: &Open, beat: &[(CaseId, Place)]) -> Result<Vec<RoundSuggestion>, AppError> {
    // Taken off the list on purpose is not suggested again.
    let known: BTreeSet<String> = beat.iter().map(|(_, p)| key(&p.address)).collect();
    let streets: BTreeSet<String> =
        beat.iter().map(|(_, p)| street(&p.address)).filter(|s| !s.is_empty()).collect();
    let houses: BTreeSet<String> = beat.iter().map(|(_, p)| place_key(&p.address)).collect();
    let lines = open.store.read(|conn| {
        let mut lines = lists::answered_by(conn, &open.actor, open.actor.id, OPEN_MAX)?;
        let mine: BTreeSet<CaseId> = lines.iter().map(|l| l.id).collect();
        let board = lists::Board::of(lists::Queue::All, NaiveDate::MIN, 200);
        let owed = lists::control(conn, &open.actor, &board)?.rows;
        let near = owed
            .into_iter()
            .map(|o| o.case)
            .filter(|c| !mine.contains(&c.id) && streets.contains(&street(&c.address)));
        lines.extend(near);
        Ok(lines)
    })?;
    let mut out: BTreeMap<String, RoundSuggestion> = BTreeMap::new();
    for line in lines {
        let k = key(&line.address);
        if k.is_empty() || known.contains(&k) || houses.contains(&place_key(&line.address)) {
            continue;
        }
        let slot = out.entry(k).or_insert_with(|| RoundSuggestion {
            address: line.address.clone(),
            numbers: Vec::new(),
        });
        if let Some(number) = line.number.filter(|n| !slot.numbers.contains(n)) {
            slot.numbers.push(number);
        }
    }
    Ok(out.into_values().take(SUGGESTIONS_MAX).collect())
}

/// The words of an address before its first figure.
fn street(address: &str) -> String {
    place_key(address)
        .split(' ')
        .take_while(|w| !w.chars().any(|c| c.is_ascii_digit()))
        .collect::<Vec<_>>()
        .join(" ")
}
