//! An event of an earlier life that the region wants and this desk lost. Another desk may still give it back, or a stick
//! bring it, and what follows would be judged without it until then: so it is waited for, for a day (docs/adr/0042).

use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::DeviceId;
use esik_store::log::{self, Behind};
use esik_store::{Result, Tx, meta};
use std::collections::BTreeMap;

/// Meta key of since when each life lacks something; the earliest moment of the device's clock.
pub const LACKING: &str = "lacking_since";
/// So long after it was first missed somebody else may come with it: every desk that works has had its round of the
/// evening by then.
pub const WAITED: TimeDelta = TimeDelta::hours(24);

/// What is to be sent of a life that lacks the wanted event; nothing before it was waited for. `of` is the device and its
/// present life.
///
/// # Errors
/// When it cannot be read or written; nothing has moved then.
pub fn behind(
    tx: &mut Tx<'_>,
    of: (DeviceId, u32),
    life: u32,
    wanted: u64,
    now: DateTime<Utc>,
) -> Result<Option<Behind>> {
    let mut since: BTreeMap<u32, DateTime<Utc>> = meta::get(tx, LACKING)?.unwrap_or_default();
    // A clock that was ahead and was set right must not make it wait for years.
    let first = since.get(&life).copied().filter(|at| *at <= now).unwrap_or(now);
    let waited = now - first >= WAITED;
    let found = log::behind(tx, of.0, life, wanted, of.1, waited)?;
    let Some(behind) = found else { return Ok(None) };
    since.remove(&life);
    if behind.lost.is_some() {
        since.insert(behind.life, first);
    }
    meta::put(tx, LACKING, &since)?;
    Ok(Some(behind).filter(|b| waited || b.lost.is_none()))
}
