//! How far numbers were given out, as it is known outside the database: a backup that is restored a second time must not
//! give the numbers of the first time again (adr/0049).

use crate::hello::BLOCK_NUMBERS;
use crate::store::SeriesRow;
use esik_domain::ids::StationId;
use std::collections::BTreeMap;
use std::path::Path;

/// Numbers every series skips after a restore: what may have been leased after the backup, or since it was last written
/// down how far they were given.
const SKIP_NUMBERS: u64 = 10_000;
/// Blocks by which a leap is longer where nothing is written down: one of so many, by chance.
const LEAPS: u64 = 4_900;

/// What is written down; nothing when it is gone or cannot be read.
pub fn read(path: &Path) -> Option<Vec<SeriesRow>> {
    let bytes = std::fs::read(path).ok()?;
    serde_json::from_slice(&bytes)
        .inspect_err(
            |e| tracing::error!(error = %e, "how far numbers were given out cannot be read"),
        )
        .ok()
}

/// The further of two, series by series, in order.
pub fn further(before: &[SeriesRow], now: Vec<SeriesRow>) -> Vec<SeriesRow> {
    let mut all: BTreeMap<(StationId, i32), u64> = BTreeMap::new();
    for s in before.iter().cloned().chain(now) {
        let next = all.entry((s.station, s.year)).or_default();
        *next = s.next.max(*next);
    }
    all.into_iter().map(|((station, year), next)| SeriesRow { station, year, next }).collect()
}

/// How far every series leaps. Where nothing says how far an earlier restore of the same backup went, no two leap alike but by
/// chance, and then the desks' word on what they have keeps them apart.
pub fn skip(known: bool, chance: u16) -> u64 {
    let more = if known { 0 } else { u64::from(chance) % LEAPS * BLOCK_NUMBERS };
    SKIP_NUMBERS + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_never_goes_back() {
        let row = |station: &str, year, next| SeriesRow { station: station.into(), year, next };
        let before = [row("07", 2026, 400), row("08", 2026, 10)];
        let now = vec![row("07", 2026, 200), row("08", 2026, 30), row("07", 2027, 1)];
        let further = further(&before, now);
        assert_eq!(further, [row("07", 2026, 400), row("07", 2027, 1), row("08", 2026, 30)]);
        assert_eq!((skip(true, 77), skip(false, 0), skip(false, 3)), (10_000, 10_000, 10_600));
    }
}
