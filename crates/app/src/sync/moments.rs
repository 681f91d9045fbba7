//! The clock is compared at every contact; what was saved under a wrong one gets its moments (adr/0029).

use super::settle::circle_of;
use super::{CLOCK, Measured, REGION, Region};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::{DateTime, Duration, Utc};
use esik_domain::event::{Body, ClockCorrected, ClockReading, CorrectedMoment, Envelope};
use esik_domain::fold::Standing;
use esik_domain::ids::{CaseId, Circle, EventId, ReferralId};
use esik_domain::moments::{self, Comparison, Contact, TOLERANCE};
use esik_store::log::{Author, NewEvent};
use esik_store::{StoreError, Tx, lists, log, meta};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Meta key of [`Looked`].
const LOOKED: &str = "clock_looked";
/// Moments one event holds, at most: it stays far below its size.
const MOMENTS_MAX: usize = 200;

/// How far the own log was looked through, and what could not be written yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Looked {
    /// Length of the log then; none before the first look.
    length: Option<i64>,
    /// The region's time then.
    at: Option<DateTime<Utc>>,
    /// By how much the difference may have been wrong then.
    #[serde(default)]
    uncertain_ms: i64,
    /// Corrections of streams that nobody who signed in since may know of: they wait for somebody who may.
    #[serde(default)]
    waiting: Vec<Waiting>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Waiting {
    off_s: i64,
    measured_at: DateTime<Utc>,
    moment: CorrectedMoment,
}

/// Who may know of a correction: its stream, its circle, the restricted referral it is about, and the comparison.
type Place = (CaseId, Circle, Option<ReferralId>, DateTime<Utc>, i64);

/// Corrects what was saved since the last contact, in the transaction that records this one: a program that stops
/// in between has done both or neither, and nothing is looked at twice. The streams concerned.
pub(super) fn correct(
    tx: &mut Tx<'_>,
    open: &Open,
    server_time: DateTime<Utc>,
    measured: &Measured,
    uncertain: Duration,
) -> Result<Vec<CaseId>, StoreError> {
    let before: Looked = meta::get(tx, LOOKED)?.unwrap_or_default();
    let since = before.at.or(meta::get::<Measured>(tx, CLOCK)?.map(|m| m.at + offset(&m)));
    // A region whose own clock went back proves nothing; it is asked again at the next contact.
    if since.is_some_and(|s| server_time < s - TOLERANCE) {
        tracing::warn!("the region's clock went back: no moment is corrected by it");
        return Ok(Vec::new());
    }
    // The moments were written by the difference that was known before: it may be as wrong as it was then.
    let before_ms = Duration::try_milliseconds(before.uncertain_ms).unwrap_or_default();
    let comparison = Comparison {
        since,
        now: server_time,
        offset: offset(measured),
        uncertain: uncertain.max(before_ms),
    };
    let length = log::length(tx)?;
    let saved = log::saved_since(tx, open.device_id, open.incarnation, before.length)?;
    let mut waiting = before.waiting;
    for moment in comparison.correct(saved) {
        waiting.push(Waiting {
            off_s: measured.offset_ms / 1000,
            measured_at: server_time,
            moment,
        });
    }
    let mut kept = Vec::new();
    let mut places: BTreeMap<Place, Vec<CorrectedMoment>> = BTreeMap::new();
    for w in waiting {
        let Some(event) = log::by_id(tx, w.moment.event)?.filter(by_the_clock) else { continue };
        match place(tx, open, &event)? {
            Some((circle, referral)) => {
                let at = (event.case_id, circle, referral, w.measured_at, w.off_s);
                places.entry(at).or_default().push(w.moment);
            }
            None => kept.push(w),
        }
    }
    let looked = Looked {
        length: Some(length),
        at: Some(server_time),
        uncertain_ms: uncertain.num_milliseconds(),
        waiting: kept,
    };
    meta::put(tx, LOOKED, &looked)?;
    let mut touched = Vec::new();
    for (place, moments) in places {
        for some in moments.chunks(MOMENTS_MAX) {
            write(tx, open, server_time, measured, &place, some.to_vec())?;
        }
        touched.push(place.0);
    }
    touched.dedup();
    Ok(touched)
}

/// Have the days of this case been counted by a clock that nobody can vouch for? The region has not its opening yet, and
/// the clock stands before the last contact, or a day or more after it. A desk of no region has nobody to ask.
pub(crate) fn in_doubt(desk: &Desk, open: &Open, case: CaseId) -> Result<bool, AppError> {
    let now = desk.env().now();
    Ok(open.store.read(|conn| {
        if meta::get::<Region>(conn, REGION)?.is_none() {
            return Ok(false);
        }
        let measured: Option<Measured> = meta::get(conn, CLOCK)?;
        let vouched =
            measured.is_some_and(|m| now >= m.at - TOLERANCE && now - m.at < Duration::days(1));
        let unsent = lists::case_events(conn, &open.actor, case)?
            .iter()
            .any(|e| e.entry.event.kind == "case_opened" && e.entry.standing == Standing::Unsent);
        Ok(unsent && !vouched)
    })?)
}

/// The year of a register number given while the clock shows this ([`esik_domain::moments::year_of_number`]).
pub(crate) fn year_of_number(conn: &Connection, clock: DateTime<Utc>) -> Result<i32, StoreError> {
    Ok(moments::year_of_number(clock, contact(conn)?))
}

/// The region's time by what this desk knows.
///
/// # Errors
/// The store's.
pub(crate) fn region_time(
    conn: &Connection,
    clock: DateTime<Utc>,
) -> Result<DateTime<Utc>, StoreError> {
    Ok(moments::region_time(clock, contact(conn)?))
}

fn contact(conn: &Connection) -> Result<Option<Contact>, StoreError> {
    let measured: Option<Measured> = meta::get(conn, CLOCK)?;
    Ok(measured.map(|m| Contact { at: m.at + offset(&m), offset: offset(&m) }))
}

fn offset(measured: &Measured) -> Duration {
    Duration::try_milliseconds(measured.offset_ms).unwrap_or_default()
}

/// A moment that the clock wrote. An imported one was given by a person and stays; a correction is none.
fn by_the_clock(e: &Envelope) -> bool {
    let Some((seconds, nanos)) = e.id.0.get_timestamp().map(|t| t.to_unix()) else { return false };
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let Some(clock) = DateTime::from_timestamp(seconds, nanos) else { return false };
    let known = e.clock.and_then(|c| Duration::try_milliseconds(c.offset_ms)).unwrap_or_default();
    let written = clock.checked_add_signed(known);
    e.kind != "clock_corrected" && written.is_some_and(|w| (w - e.occurred_at).abs() <= TOLERANCE)
}

/// Who may know of a correction of this event; none when who is signed in may not.
fn place(
    tx: &Tx<'_>,
    open: &Open,
    e: &Envelope,
) -> Result<Option<(Circle, Option<ReferralId>)>, StoreError> {
    let Some(state) = lists::case_state(tx, &open.actor, e.case_id)? else { return Ok(None) };
    let seen = lists::case_events(tx, &open.actor, e.case_id)?;
    if !seen.iter().any(|s| s.entry.event.id == e.id) {
        return Ok(None);
    }
    let circle = circle_of(&state, Some(e));
    let about = e.body.get("referral_id").and_then(|v| v.as_str()).and_then(|id| id.parse().ok());
    Ok(Some((circle.clone(), about.filter(|_| circle != state.circle))))
}

/// An event is corrected once: the correction's id follows from the first event it corrects.
fn id_of(at: DateTime<Utc>, first: Option<EventId>) -> EventId {
    let hash = Sha256::new_with_prefix("esik/clock_corrected/1")
        .chain_update(first.unwrap_or(EventId(uuid::Uuid::nil())).0.as_bytes())
        .finalize();
    let mut random = [0; 10];
    random.copy_from_slice(hash.get(..10).unwrap_or(&[0; 10]));
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    EventId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

fn write(
    tx: &mut Tx<'_>,
    open: &Open,
    server_time: DateTime<Utc>,
    measured: &Measured,
    place: &Place,
    moments: Vec<CorrectedMoment>,
) -> Result<(), StoreError> {
    let (case, circle, referral_id, measured_at, off_s) = place.clone();
    let author = Author {
        device_id: open.device_id,
        incarnation: open.incarnation,
        station: open.station.clone(),
        actor: open.actor.id,
        role: open.actor.role,
        signing: Arc::clone(&open.signing),
        clock: Some(ClockReading { offset_ms: measured.offset_ms, age_s: 0 }),
    };
    let id = id_of(measured.at, moments.first().map(|m| m.event));
    let body = ClockCorrected { off_s, measured_at, moments, referral_id, more: Map::new() };
    let event = NewEvent::new(id, Body::ClockCorrected(body), server_time).within(circle);
    tx.append(&author, case, &[event])?;
    Ok(())
}
