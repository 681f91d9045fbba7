//! The sync screen: what waits, what was refused and what to do about it, what could not be applied,
//! the clock, the proof, the last contacts.

use super::DECISIONS;
use super::contacts::CONTACTS;
use super::status::sync_status;
use crate::api::{
    KindCount, MendedDesk, Nothing, OtherWarrant, RecordOf, RefusedAction, RefusedRecord,
    RegionDecision, SyncBoard, SyncContact, SyncProof, SyncTrust, Unapplied, WaitingCase,
};
use crate::desk::{Desk, Open, UNENROLLED_STATION};
use crate::error::AppError;
use chrono::Duration;
use esik_domain::ids::{CaseId, EventId};
use esik_store::lists::{self, CaseLine};
use esik_store::mend::{MENDED, Mended};
use esik_store::{StoreError, log, meta, register};
use esik_wire::AsideDecision;
use esik_wire::voucher::key_mark;
use std::collections::HashMap;

/// Waiting records that are looked at one by one; a desk that is far behind counts the rest.
const WAITING: u32 = 300;
/// Refused records shown; the count stands in the status.
const REFUSED: usize = 100;
/// So long it is told that the database was mended.
const TOLD: Duration = Duration::days(30);
/// Characters of the hash people compare.
const HASH_SHOWN: usize = 8;

/// Everything the screen shows, as this officer may know it.
///
/// # Errors
/// The store's.
pub fn sync_board(desk: &Desk, _: Nothing) -> Result<SyncBoard, AppError> {
    let open = desk.opened()?;
    let status = sync_status(desk, Nothing {})?;
    let now = desk.env().now();
    let names: HashMap<_, _> = open
        .store
        .read(esik_store::officers::list)?
        .into_iter()
        .map(|o| (o.card.id, o.card.name))
        .collect();
    let board = open.store.read(|conn| {
        let waiting = lists::waiting(conn, &open.actor, WAITING)?;
        let further = u64::from(status.unacknowledged).saturating_sub(u64::from(waiting.looked));
        let refused = lists::refused(conn, &open.actor, REFUSED)?;
        let decided: Vec<AsideDecision> = meta::get(conn, DECISIONS)?.unwrap_or_default();
        let said = |event: Option<EventId>| {
            decided.iter().find(|d| d.event == event).map(|d| RegionDecision {
                what: d.what.clone(),
                note: d.note.clone(),
                by: d.by.clone(),
                at: d.at,
            })
        };
        Ok(SyncBoard {
            waiting_others: waiting
                .others
                .saturating_add(u32::try_from(further).unwrap_or(u32::MAX)),
            waiting: waiting
                .lines
                .into_iter()
                .map(|line| WaitingCase {
                    case: record_of(line.case_id, line.case),
                    since: line.since,
                    kinds: line.kinds.into_iter().map(|(kind, n)| KindCount { kind, n }).collect(),
                })
                .collect(),
            refused: refused
                .into_iter()
                .map(|r| RefusedRecord {
                    event: r.event,
                    decision: said(Some(r.event)),
                    action: action(&r.code),
                    case: record_of(r.case_id, r.case),
                    kind: r.kind,
                    code: r.code,
                    set_aside: r.quarantined,
                    by: names.get(&r.by).cloned().unwrap_or_default(),
                    at: r.at,
                })
                .collect(),
            unapplied: lists::unapplied(conn)?
                .into_iter()
                .map(|(reason, n)| Unapplied { reason, n })
                .collect(),
            clock: super::clock::state(conn)?,
            branch: said(None),
            proof: proof(conn, &open)?,
            contacts: meta::get::<Vec<SyncContact>>(conn, CONTACTS)?.unwrap_or_default(),
            trust: trust(conn, &open)?,
            mended: meta::get::<Mended>(conn, MENDED)?.filter(|m| now - m.at < TOLD).map(|m| {
                MendedDesk {
                    at: m.at,
                    records: m.events.saturating_add(m.spared),
                    kept_as: m.kept_as,
                    whole: m.whole,
                    set_back: m.set_back,
                }
            }),
            status,
        })
    })?;
    Ok(board)
}

fn record_of(id: CaseId, line: Option<CaseLine>) -> RecordOf {
    match line {
        Some(line) => RecordOf { id, opens: true, number: line.number, title: line.title },
        None => RecordOf { id, opens: false, number: None, title: String::new() },
    }
}

fn proof(conn: &rusqlite::Connection, open: &Open) -> Result<Option<SyncProof>, StoreError> {
    Ok(log::proven(conn, open.device_id)?.map(|p| SyncProof {
        pos: p.pos.0,
        hash: p.hash.hex().chars().take(HASH_SHOWN).collect(),
        recorded_at: Some(p.recorded_at),
    }))
}

fn trust(conn: &rusqlite::Connection, open: &Open) -> Result<Option<SyncTrust>, StoreError> {
    let joined = !open.is_practice() && open.station.as_str() != UNENROLLED_STATION;
    let own = esik_store::officers::get(conn, open.actor.id)?;
    let Some(own) = own.filter(|_| joined) else {
        return Ok(None);
    };
    let mark = |key: &str| key_mark(key).ok();
    let other = register::refused(conn)?
        .and_then(|told| Some(OtherWarrant { mark: mark(&told.key)?, at: told.at }));
    Ok(Some(SyncTrust {
        mark: own.card.mark(),
        vouched: own.card.voucher.is_some(),
        warrant: register::pinned(conn)?.and_then(|told| mark(&told.key)),
        other,
    }))
}

/// The one thing to do about a code of the region. What is not known here is the region's to explain.
#[must_use]
pub fn action(code: &str) -> RefusedAction {
    match code {
        "not_allowed" | "foreign_station" | "foreign_case" => RefusedAction::Head,
        "practice" => RefusedAction::Nothing,
        "referral_unknown" | "already_sent" | "not_sent" | "already_answered"
        | "already_withdrawn" | "agency_unknown" | "not_a_case" | "case_closed" | "not_closed"
        | "task_exists" | "redirected" | "needs_second" | "no_dispute" | "term_moved"
        | "term_too_long" => RefusedAction::Correct,
        _ => RefusedAction::Region,
    }
}
