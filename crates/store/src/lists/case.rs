//! One case as an officer may see it, and what happened lately.

use crate::error::Result;
use crate::log::{self, StoredEvent};
use crate::publications::calendars;
use crate::search::keys::{KeyKind, backwards};
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{DateTime, Utc};
use esik_domain::case::CaseState;
use esik_domain::fold::{Entry, fold};
use esik_domain::ids::{CaseId, Circle, EventId};
use esik_domain::number::normalise_typed;
use esik_domain::policy::{Actor, sees};
use rusqlite::{Connection, named_params};
use std::collections::HashMap;

/// The case, folded from the events this officer may know of, its days by the calendar that holds. `None` when there is none for him.
///
/// # Errors
/// When it cannot be read.
pub fn case_state(conn: &Connection, actor: &Actor, case_id: CaseId) -> Result<Option<CaseState>> {
    let Some((mut full, entries)) = load(conn, case_id)? else { return Ok(None) };
    if !sees(actor, &full.circle, full.author) {
        return Ok(None);
    }
    let calendars = calendars(conn)?;
    let before = entries.len();
    let entries = log::visible_entries(actor, &full, entries);
    if entries.len() == before {
        full.recount(&calendars);
        return Ok(Some(full));
    }
    let entries: Vec<Entry> = entries.into_iter().map(|e| e.entry).collect();
    Ok(fold(&entries).map(|state| {
        let mut seen = CaseState { circle: full.circle.clone(), author: full.author, ..state };
        seen.recount(&calendars);
        seen
    }))
}

/// The events of a case this officer may know of, in the order of the fold.
///
/// # Errors
/// When they cannot be read.
pub fn case_events(conn: &Connection, actor: &Actor, case_id: CaseId) -> Result<Vec<StoredEvent>> {
    Ok(match load(conn, case_id)? {
        Some((full, entries)) => log::visible_entries(actor, &full, entries),
        None => Vec::new(),
    })
}

fn load(conn: &Connection, case_id: CaseId) -> Result<Option<(CaseState, Vec<StoredEvent>)>> {
    let stored = log::case_entries(conn, case_id)?;
    let entries: Vec<Entry> = stored.iter().map(|e| e.entry.clone()).collect();
    Ok(fold(&entries).map(|full| (full, stored)))
}

/// Cases with this number as people type it: the whole, or its end (`431`, `2026-431`).
///
/// # Errors
/// When they cannot be read.
pub fn find_by_number(conn: &Connection, actor: &Actor, typed: &str) -> Result<Vec<CaseId>> {
    let eyes = Eyes::of(actor)?;
    let typed = normalise_typed(typed);
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let end = backwards(&typed);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT DISTINCT c.case_id FROM find_key k JOIN case_row c ON c.case_id = k.case_id
         WHERE ((k.kind = :whole AND k.key = :typed)
             OR (k.kind = :end AND k.key >= :tail || '-' AND k.key < :tail || '.'))
           AND (k.layer = 0 OR {}) AND {}
         ORDER BY c.first_at DESC LIMIT 50",
        visible::sees_whole("k.case_id"),
        visible::case_line()
    ))?;
    let mut rows = statement.query(named_params! {
        ":whole": KeyKind::Number as i64, ":end": KeyKind::NumberEnd as i64,
        ":typed": typed, ":tail": end, ":me": eyes.me, ":circles": eyes.circles,
    })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CaseId(sql::uuid(row, 0)?));
    }
    Ok(out)
}

/// Of these cases the ones this officer may know of: what a note “these changed” may name to him.
///
/// # Errors
/// When they cannot be read.
pub fn visible(conn: &Connection, actor: &Actor, cases: &[CaseId]) -> Result<Vec<CaseId>> {
    let eyes = Eyes::of(actor)?;
    let mut out = Vec::new();
    for id in cases {
        let beside = conn
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM queue_row WHERE case_id = ?1
                   UNION ALL SELECT 1 FROM aside_row
                   WHERE case_id = ?1 AND (open = 1 OR owner = ?2))",
            )?
            .query_row((sql::id(&id.0), &eyes.me), |r| r.get(0))?;
        if beside || super::case_line_of(conn, &eyes, *id, 0)?.is_some() {
            out.push(*id);
        }
    }
    Ok(out)
}

/// Something that happened at the station.
#[derive(Clone, PartialEq, Debug)]
pub struct Happening {
    pub case_id: CaseId,
    pub event: EventId,
    pub kind: String,
    pub at: DateTime<Utc>,
    pub circle: Circle,
}

/// The latest events at this desk across all cases, newest first, before a known event: the feed an
/// officer reads.
///
/// # Errors
/// When they cannot be read.
pub fn happenings(
    conn: &Connection,
    actor: &Actor,
    before: Option<EventId>,
    limit: usize,
) -> Result<Vec<Happening>> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, id, kind, occurred_at, circle FROM event
         WHERE ?1 IS NULL OR seq < (SELECT seq FROM event WHERE id = ?1)
         ORDER BY seq DESC",
    )?;
    let before = before.map(|id| sql::id(&id.0).to_vec());
    let mut rows = statement.query([before])?;
    let mut seen: HashMap<CaseId, std::collections::HashSet<EventId>> = HashMap::new();
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if out.len() >= limit {
            break;
        }
        let case_id = CaseId(sql::uuid(row, 0)?);
        let event = EventId(sql::uuid(row, 1)?);
        if let std::collections::hash_map::Entry::Vacant(slot) = seen.entry(case_id) {
            let ids = case_events(conn, actor, case_id)?;
            slot.insert(ids.into_iter().map(|e| e.entry.event.id).collect());
        }
        if seen.get(&case_id).is_some_and(|ids| ids.contains(&event)) {
            out.push(Happening {
                case_id,
                event,
                kind: row.get(2)?,
                at: sql::time(row, 3)?,
                circle: Circle(row.get(4)?),
            });
        }
    }
    Ok(out)
}

/// Own events the region refused, in cases this officer may see: each is work.
///
/// # Errors
/// When they cannot be counted.
pub fn refused_count(conn: &Connection, actor: &Actor) -> Result<u64> {
    let eyes = Eyes::of(actor)?;
    let n: i64 = conn
        .prepare_cached(&format!(
            "SELECT coalesce(sum(c.refused), 0) FROM case_row c WHERE c.refused > 0 AND {}",
            visible::case_line()
        ))?
        .query_row(named_params! { ":me": eyes.me, ":circles": eyes.circles }, |r| r.get(0))?;
    sql::nat(n)
}
