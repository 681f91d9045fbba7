//! A short memory of the tries to reach the region: those that ended alike in a row are one line.

use crate::api::{Refusal, SyncContact};
use chrono::{DateTime, Utc};
use esik_store::{StoreError, Tx, meta};
use esik_sync::Summary;

/// Meta key of the last tries, newest first.
pub const CONTACTS: &str = "sync_contacts";
/// Lines kept: some days of a desk without a line, an hour of one with much to send.
const KEPT: usize = 20;

/// Writes one more try down.
pub(super) fn record(
    tx: &Tx<'_>,
    at: DateTime<Utc>,
    result: Result<&Summary, &Refusal>,
) -> Result<(), StoreError> {
    let mut all: Vec<SyncContact> = meta::get(tx, CONTACTS)?.unwrap_or_default();
    let now = SyncContact {
        at,
        since: at,
        times: 1,
        failure: result.err().cloned(),
        sent: result.map_or(0, |s| s.accepted),
        refused: result.map_or(0, |s| s.rejected + s.quarantined),
        received: result.map_or(0, |s| s.pulled),
    };
    let quiet = |c: &SyncContact| c.sent + c.refused + c.received == 0;
    match all.first_mut().filter(|c| c.failure == now.failure && quiet(c) && quiet(&now)) {
        Some(last) => {
            last.at = at;
            last.times = last.times.saturating_add(1);
        }
        None => all.insert(0, now),
    }
    all.truncate(KEPT);
    meta::put(tx, CONTACTS, &all)
}
