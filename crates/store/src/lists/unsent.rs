//! What the region has not acknowledged, what it refused, and what came from it and is not applied:
//! the lines of the sync screen. Everything is asked as the officer who looks.

use super::case::case_events;
use super::lines::{CaseLine, case_line};
use crate::error::Result;
use crate::log::StoredEvent;
use crate::register;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::attached::links_preview;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, EventId, OfficerId};
use esik_domain::policy::Actor;
use rusqlite::Connection;
use std::collections::HashMap;

/// Own events of one stream without a verdict, as far as the officer may know of them.
#[derive(Clone, PartialEq, Debug)]
pub struct WaitingLine {
    pub case_id: CaseId,
    /// The case's line; nothing for a hand-over, a ticket or a day of rounds.
    pub case: Option<CaseLine>,
    /// When the first of them was made.
    pub since: DateTime<Utc>,
    /// What they are, each kind with how many, in the order they were made.
    pub kinds: Vec<(String, u32)>,
}

/// Own events without a verdict, by stream.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WaitingLines {
    pub lines: Vec<WaitingLine>,
    /// Of the events looked at, how many are in no line: not for this officer to know.
    pub others: u32,
    /// Events looked at.
    pub looked: u32,
}

/// The first own events without a verdict, at most `limit` of them, grouped by case.
///
/// # Errors
/// When they cannot be read.
pub fn waiting(conn: &Connection, actor: &Actor, limit: u32) -> Result<WaitingLines> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, id FROM event WHERE verdict IS NULL
         ORDER BY incarnation, device_seq LIMIT ?1",
    )?;
    let mut rows = statement.query([limit])?;
    let mut order: Vec<CaseId> = Vec::new();
    let mut events: HashMap<CaseId, Vec<EventId>> = HashMap::new();
    let mut out = WaitingLines::default();
    while let Some(row) = rows.next()? {
        let case = CaseId(sql::uuid(row, 0)?);
        let ids = events.entry(case).or_default();
        if ids.is_empty() {
            order.push(case);
        }
        ids.push(EventId(sql::uuid(row, 1)?));
        out.looked += 1;
    }
    for case_id in order {
        let ids = events.remove(&case_id).unwrap_or_default();
        let all = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let seen: Vec<StoredEvent> = case_events(conn, actor, case_id)?
            .into_iter()
            .filter(|e| ids.contains(&e.entry.event.id))
            .collect();
        out.others += all.saturating_sub(u32::try_from(seen.len()).unwrap_or(all));
        let Some(first) = seen.first() else { continue };
        let since = first.entry.event.occurred_at;
        let mut kinds: Vec<(String, u32)> = Vec::new();
        for e in seen.iter().filter(|e| !links_preview(&e.entry.event)) {
            let kind = &e.entry.event.kind;
            match kinds.iter_mut().find(|(k, _)| k == kind) {
                Some((_, n)) => *n += 1,
                None => kinds.push((kind.clone(), 1)),
            }
        }
        let case = case_line(conn, actor, case_id)?;
        out.lines.push(WaitingLine { case_id, case, since, kinds });
    }
    Ok(out)
}

/// An own event the region refused or set aside.
#[derive(Clone, PartialEq, Debug)]
pub struct RefusedLine {
    pub case_id: CaseId,
    pub case: Option<CaseLine>,
    pub event: EventId,
    pub kind: String,
    pub code: String,
    /// Set aside for a person to decide; else refused by rule.
    pub quarantined: bool,
    pub by: OfficerId,
    pub at: DateTime<Utc>,
}

/// Own events the region refused or set aside and nobody dealt with, newest first, in cases this officer may know of.
///
/// # Errors
/// When they cannot be read.
pub fn refused(conn: &Connection, actor: &Actor, limit: usize) -> Result<Vec<RefusedLine>> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, id, verdict FROM event WHERE verdict IN ('rejected', 'quarantined')
         ORDER BY seq DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut cases: HashMap<CaseId, Vec<StoredEvent>> = HashMap::new();
    let mut open: HashMap<CaseId, Vec<EventId>> = HashMap::new();
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if out.len() >= limit {
            break;
        }
        let case_id = CaseId(sql::uuid(row, 0)?);
        let event = EventId(sql::uuid(row, 1)?);
        let quarantined = row.get::<_, String>(2)? == "quarantined";
        if let std::collections::hash_map::Entry::Vacant(slot) = cases.entry(case_id) {
            let events = slot.insert(case_events(conn, actor, case_id)?);
            let entries: Vec<Entry> = events.iter().map(|e| e.entry.clone()).collect();
            // What an officer dealt with is no work any more; the fold knows.
            let refused = fold(&entries).map(|s| s.refused).unwrap_or_default();
            open.insert(case_id, refused.into_iter().map(|r| r.event).collect());
        }
        if !open.get(&case_id).is_some_and(|ids| ids.contains(&event)) {
            continue;
        }
        let found = cases
            .get(&case_id)
            .and_then(|events| events.iter().find(|e| e.entry.event.id == event));
        let Some(StoredEvent { entry, .. }) = found else { continue };
        let Standing::Refused(code) = &entry.standing else { continue };
        out.push(RefusedLine {
            case_id,
            case: case_line(conn, actor, case_id)?,
            event,
            kind: entry.event.kind.clone(),
            code: code.clone(),
            quarantined,
            by: entry.event.actor_id,
            at: entry.event.occurred_at,
        });
    }
    Ok(out)
}

/// What came from the region and was set aside, by reason: `not_vouched` for what waits because nobody stands for its
/// author, else as it was written down.
///
/// # Errors
/// When it cannot be read.
pub fn set_aside(conn: &Connection) -> Result<Vec<(String, u32)>> {
    let mut statement = conn.prepare_cached(
        "SELECT CASE WHEN reason = 'unknown_author'
                      AND json_extract(bytes, '$.actor_id') IN (SELECT value FROM json_each(?1))
                    THEN 'not_vouched' ELSE reason END AS why, count(*)
             FROM poison GROUP BY why ORDER BY why",
    )?;
    let unvouched: Vec<_> = register::unvouched(conn)?.into_iter().map(|card| card.id).collect();
    let mut rows = statement.query([serde_json::to_string(&unvouched)?])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((row.get(0)?, u32::try_from(row.get::<_, i64>(1)?).unwrap_or(u32::MAX)));
    }
    Ok(out)
}

/// What came from the region and is not applied here, by reason: `needs_update` for kinds this program
/// does not know, `base_missing` for what waits in the log for the event it rests on, else as [`set_aside`] says.
///
/// # Errors
/// When it cannot be read.
pub fn unapplied(conn: &Connection) -> Result<Vec<(String, u32)>> {
    let mut out = set_aside(conn)?;
    let waits: i64 = conn
        .prepare_cached("SELECT coalesce(sum(n), 0) FROM waits")?
        .query_row([], |row| row.get(0))?;
    if waits > 0 {
        out.push(("base_missing".to_owned(), u32::try_from(waits).unwrap_or(u32::MAX)));
    }
    let newer = super::strange::newer(conn)?;
    if newer > 0 {
        out.push(("needs_update".to_owned(), newer));
    }
    Ok(out)
}
