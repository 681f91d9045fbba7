//! The events of one case in the order of the fold, and which of them somebody may know of.

use crate::error::Result;
use crate::sql;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, Utc};
use esik_domain::case::CaseState;
use esik_domain::event::Envelope;
use esik_domain::fold::{Entry, Standing};
use esik_domain::ids::{CaseId, Circle, OfficerId, Pos, ReferralId};
use esik_domain::policy::{Actor, sees};
use esik_wire::{SignedEvent, planted};
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;

/// One event as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredEvent {
    pub entry: Entry,
    /// When the region recorded it.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// Columns of [`read`], in this order.
pub(crate) const COLUMNS: &str =
    "bytes, pos, recorded_at, verdict, verdict_code, incarnation, device_seq, seq";

/// Order of the fold: the region's positions; what it once had and must place again; then our own
/// events it has not placed, in the order we wrote them.
pub(crate) type OrderKey = (u8, i64, i64);

pub(crate) fn read(row: &Row<'_>) -> Result<(OrderKey, StoredEvent)> {
    let bytes = row.get_ref(0)?.as_str().map_err(|_| sql::bad("event"))?;
    let event: Envelope = serde_json::from_str(bytes)?;
    let pos: Option<i64> = row.get(1)?;
    let verdict: Option<String> = row.get(3)?;
    let (standing, key) = match (verdict.as_deref(), pos) {
        (Some("accepted"), Some(pos)) => (Standing::Accepted(Pos(sql::nat(pos)?)), (0, pos, 0)),
        (Some("accepted"), None) => (Standing::Accepted(Pos(0)), (1, row.get(7)?, 0)),
        (None, _) => (Standing::Unsent, (2, row.get(5)?, row.get(6)?)),
        (Some(_), _) => {
            let code: Option<String> = row.get(4)?;
            (Standing::Refused(code.unwrap_or_default()), (2, row.get(5)?, row.get(6)?))
        }
    };
    let recorded_at = sql::time_opt(row, 2)?;
    Ok((key, StoredEvent { entry: Entry { event, standing }, recorded_at }))
}

/// Every event of a case that is not hidden, in the order of the fold. For the store's own use and for `verify`: what
/// an officer may see is `lists::case_events`.
///
/// # Errors
/// When a stored event cannot be read.
pub fn case_entries(conn: &Connection, case_id: CaseId) -> Result<Vec<StoredEvent>> {
    in_order(conn, case_id, "gone = 0")
}

/// The hidden events of a case whose texts are still here, in the order of the fold.
///
/// # Errors
/// When a stored event cannot be read.
pub(super) fn hidden(conn: &Connection, case_id: CaseId) -> Result<Vec<StoredEvent>> {
    in_order(conn, case_id, "gone = 1 AND bytes <> ''")
}

/// All events of a case whose texts are still here, hidden or not, in the order of the fold.
///
/// # Errors
/// When a stored event cannot be read.
pub(super) fn readable(conn: &Connection, case_id: CaseId) -> Result<Vec<StoredEvent>> {
    in_order(conn, case_id, "bytes <> ''")
}

fn in_order(conn: &Connection, case_id: CaseId, which: &str) -> Result<Vec<StoredEvent>> {
    let mut statement = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM event WHERE case_id = ?1 AND {which}"))?;
    let mut rows = statement.query([sql::id(&case_id.0)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    if planted::is("order_by_arrival") {
        return Ok(out.into_iter().map(|(_, e)| e).collect());
    }
    out.sort_by_key(|(key, _)| *key);
    if planted::is("order_by_clock") {
        out.sort_by_key(|(_, e)| e.entry.event.occurred_at);
    }
    Ok(out.into_iter().map(|(_, e)| e).collect())
}

/// The referral an event is about, whatever kind of event it is.
fn referral_of(e: &Envelope) -> Option<ReferralId> {
    e.body.get("referral_id").and_then(|v| v.as_str()).and_then(|s| s.parse().ok())
}

/// The circle and author that decide who may know of an event, when they differ from the case's own.
fn secret_of(case: &CaseState, e: &Envelope) -> Option<(Circle, OfficerId)> {
    let referral = referral_of(e).and_then(|id| case.referrals.iter().find(|r| r.id == id));
    let restricted = |c: &Circle| !c.is_open() && *c != case.circle;
    match referral {
        // Everything about a restricted referral is as restricted as the referral, even when its
        // author (the region, say) did not write the circle on the event.
        Some(r) if restricted(&r.circle) => Some((r.circle.clone(), r.by)),
        Some(r) if restricted(&e.circle) => Some((e.circle.clone(), r.by)),
        _ if restricted(&e.circle) => Some((e.circle.clone(), e.actor_id)),
        _ => None,
    }
}

/// The restricted parts of a case.
pub(crate) fn secrets(case: &CaseState, entries: &[Entry]) -> BTreeSet<(Circle, OfficerId)> {
    entries.iter().filter_map(|e| secret_of(case, &e.event)).collect()
}

/// The events that everybody who sees the case may know of.
pub(crate) fn base_entries(case: &CaseState, entries: &[Entry]) -> Vec<Entry> {
    entries.iter().filter(|e| secret_of(case, &e.event).is_none()).cloned().collect()
}

/// True when the officer may know of this event; he already sees the case.
fn sees_event(actor: &Actor, case: &CaseState, e: &Envelope) -> bool {
    secret_of(case, e).is_none_or(|(circle, author)| sees(actor, &circle, author))
}

/// The events of a case an officer may know of; empty when he may not know of the case.
pub(crate) fn visible_entries(
    actor: &Actor,
    case: &CaseState,
    entries: Vec<StoredEvent>,
) -> Vec<StoredEvent> {
    if !sees(actor, &case.circle, case.author) {
        return Vec::new();
    }
    entries.into_iter().filter(|e| sees_event(actor, case, &e.entry.event)).collect()
}

/// An event as it travels.
pub(crate) fn signed(bytes: String, sig: &[u8]) -> SignedEvent {
    SignedEvent { e: bytes, s: B64.encode(sig) }
}
