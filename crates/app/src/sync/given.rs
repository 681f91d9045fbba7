//! What a restored region lost and others had sent it: how far this desk has given it back, and what became of it.

use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::CaseId;
use esik_store::{Result, Tx, log, meta};
use esik_wire::{NotTaken, SignedEvent};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// Meta key of [`Given`]; there from the moment a restored region is noticed until all was given.
const GIVEN: &str = "region_given";
/// Until events are offered again that the region could not judge yet.
const AGAIN: TimeDelta = TimeDelta::minutes(10);

/// How far this desk is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Given {
    /// Number here of the last event that the region was asked about.
    through: i64,
    /// Where this pass began.
    #[serde(default)]
    from: i64,
    /// The region tells what stands against an event; an older one does not, and is asked once.
    #[serde(default)]
    tells: bool,
    /// What it could not judge yet is offered again then.
    #[serde(default)]
    again_at: Option<DateTime<Utc>>,
}

/// The region was restored.
pub(super) fn begin(tx: &Tx<'_>) -> Result<()> {
    meta::put(tx, GIVEN, &Given::default())
}

/// Is there something to give now? A moment noted by a clock that was ahead holds nothing back.
pub(super) fn is_due(conn: &Connection, now: DateTime<Utc>) -> Result<bool> {
    let given = meta::get::<Given>(conn, GIVEN)?;
    Ok(given.is_some_and(|g| g.again_at.is_none_or(|at| at <= now || at - now > AGAIN)))
}

/// The next of them.
pub(super) fn orphans(
    conn: &Connection,
    max_events: usize,
    max_bytes: usize,
) -> Result<Vec<SignedEvent>> {
    let Some(given) = meta::get::<Given>(conn, GIVEN)? else { return Ok(Vec::new()) };
    let all = log::orphans(conn, given.through, max_events, max_bytes)?;
    Ok(all.into_iter().map(|(_, event)| event).collect())
}

/// The region answered to so many: what stands against some of them, when it tells. Nothing: there are no more. Gives the
/// cases that were folded again.
pub(super) fn record(
    tx: &mut Tx<'_>,
    told: Option<(usize, Option<Vec<NotTaken>>)>,
    now: DateTime<Utc>,
) -> Result<Vec<CaseId>> {
    let Some(before) = meta::get::<Given>(tx, GIVEN)? else { return Ok(Vec::new()) };
    let orphans = |tx: &Tx<'_>, after, many| log::orphans(tx, after, many, usize::MAX);
    let Some((many, against)) = told else {
        match orphans(tx, before.from, 1)?.pop().filter(|_| before.tells) {
            Some((seq, _)) => {
                let from = seq.saturating_sub(1);
                let again_at = now.checked_add_signed(AGAIN);
                meta::put(tx, GIVEN, &Given { through: from, from, tells: false, again_at })?;
            }
            None => meta::remove(tx, GIVEN)?,
        }
        return Ok(Vec::new());
    };
    // The same question gives the same events: nothing is placed in between.
    let last = orphans(tx, before.through, many)?.pop();
    let through = last.map_or(before.through, |(seq, _)| seq);
    let tells = before.tells || against.is_some();
    meta::put(tx, GIVEN, &Given { through, tells, again_at: None, ..before })?;
    log::left_the_order(tx, &against.unwrap_or_default())
}
