//! The clock of this computer: told when it is wrong, and from a day on somebody has to say that he knows.

use super::{CLOCK, Measured};
use crate::api::{Changed, ClockKnown, ClockKnownDone, ClockState};
use crate::desk::Desk;
use crate::error::AppError;
use chrono::{DateTime, Duration, Utc};
use esik_domain::ids::OfficerId;
use esik_store::{StoreError, meta};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// Two minutes: from here on the officer is told (`reliability.md` S20).
const TOLD: Duration = Duration::minutes(2);
/// A day: from here on somebody has to say that he knows.
const ASKED: Duration = Duration::hours(24);
/// Meta key of [`Known`].
const KNOWN_BY: &str = "clock_known";

/// Who said that he knows of which difference.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    off_s: i64,
    by: OfficerId,
    at: DateTime<Utc>,
}

/// How the clock stands, with the name of whoever knows of this very difference. `None` when it was
/// never measured.
pub(super) fn state(conn: &Connection) -> Result<Option<ClockState>, StoreError> {
    let Some(measured) = meta::get::<Measured>(conn, CLOCK)? else { return Ok(None) };
    let off_s = -measured.offset_ms / 1000;
    // Known is the difference that was shown, not any later one.
    let known: Option<Known> = meta::get::<Known>(conn, KNOWN_BY)?.filter(|k| near(k.off_s, off_s));
    let name = match &known {
        Some(k) => esik_store::officers::get(conn, k.by)?.map(|o| o.card.name),
        None => None,
    };
    Ok(Some(ClockState {
        off_s,
        measured_at: measured.at,
        wrong: off_s.abs() >= TOLD.num_seconds(),
        ask: off_s.abs() >= ASKED.num_seconds() && known.is_none(),
        known_by: name,
        known_at: known.map(|k| k.at),
    }))
}

fn near(known: i64, now: i64) -> bool {
    known.abs_diff(now) < TOLD.num_seconds().unsigned_abs()
}

/// An officer says that he knows the clock to be off by so much. It is asked again when that changes.
///
/// # Errors
/// `clock_changed` when the difference is another one by now.
pub fn clock_known(desk: &Desk, r: ClockKnown) -> Result<ClockKnownDone, AppError> {
    let open = desk.opened()?;
    let now = open.store.read(state)?;
    if now.is_none_or(|c| !near(r.off_s, c.off_s)) {
        return Err(AppError::refused("clock_changed"));
    }
    let known = Known { off_s: r.off_s, by: open.actor.id, at: desk.env().now() };
    open.store.write(move |tx| meta::put(tx, KNOWN_BY, &known))?;
    Ok(ClockKnownDone { changed: Changed { cases: Vec::new(), lists: vec!["sync".to_owned()] } })
}
