//! Files that somebody asked for and that are not whole here: a disk lost them, a bit flipped, or they never came. The
//! desks are told, and whoever has one sends it again, though it was sent before (`reliability.md` S25).

use crate::region::{Region, failed};
use crate::store::DeviceRow;
use esik_domain::ids::DeviceId;
use esik_wire::{ApiError, FILES_WANTED_MAX};
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// As many are remembered; others are when they are asked for again.
const LACKING_MAX: usize = 1000;
/// As many are looked up for one greeting. The desk's next greeting goes on behind them.
const LOOKED_UP_MAX: usize = 50;
const _: () = assert!(LOOKED_UP_MAX <= FILES_WANTED_MAX);

/// Their addresses. In memory: after a restart whoever still waits asks again.
#[derive(Debug, Default)]
pub(crate) struct Lacking(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    files: BTreeSet<String>,
    /// The last that was looked up for a desk, while there are more than one greeting looks up.
    reached: HashMap<DeviceId, String>,
}

impl Lacking {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody asked for a file, or sent of it.
    pub(crate) fn note(&self, address: &str, whole: bool) {
        let mut known = self.known();
        if whole {
            known.files.remove(address);
        } else if known.files.len() < LACKING_MAX {
            known.files.insert(address.to_owned());
        }
    }

    /// Those that are looked up for a desk's greeting: all, or the next of them in turn.
    fn next_for(&self, device: DeviceId) -> Vec<String> {
        let mut known = self.known();
        let Known { files, reached } = &mut *known;
        if files.len() <= LOOKED_UP_MAX {
            reached.clear();
            return files.iter().cloned().collect();
        }
        let after = reached.get(&device).cloned().unwrap_or_default();
        let behind = files.range::<str, _>((Excluded(after.as_str()), Unbounded));
        let again = files.range::<str, _>((Unbounded, Included(after.as_str())));
        let out: Vec<_> = behind.chain(again).take(LOOKED_UP_MAX).cloned().collect();
        reached.extend(out.last().map(|last| (device, last.clone())));
        out
    }
}

impl Region {
    /// Files that this desk may know of and that somebody waits for.
    pub(crate) fn files_wanted(&self, device: &DeviceRow) -> Result<Vec<String>, ApiError> {
        let next = self.lacking.next_for(device.id);
        if next.is_empty() {
            return Ok(next);
        }
        let scopes = self.scopes(device)?;
        let mut out = Vec::new();
        for address in next {
            if self.store.file_in_scopes(&address, &scopes).map_err(failed)? {
                out.push(address);
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn address(n: u32) -> String {
        format!("{n:064x}")
    }

    proptest! {
        /// Whatever is found and lost again meanwhile: a file that stays lacking comes to every desk's turn.
        #[test]
        fn every_lost_file_comes_to_every_desk_in_turn(
            lost in 0..400_u32,
            changes in proptest::collection::vec((0..4_u32, 0..400_u32, any::<bool>()), 0..80),
        ) {
            let lacking = Lacking::default();
            let stays = |n: u32| n.is_multiple_of(2);
            (0..lost).for_each(|n| lacking.note(&address(n), false));
            let desks: Vec<_> = (0..3).map(|n| DeviceId(Uuid::from_u128(n))).collect();
            let mut seen = vec![BTreeSet::new(); desks.len()];
            let mut greet = |which: usize| {
                let next = lacking.next_for(desks[which]);
                assert!(next.len() <= LOOKED_UP_MAX);
                seen[which].extend(next);
            };
            for (desk, n, whole) in changes {
                if !stays(n) {
                    lacking.note(&address(n), whole);
                }
                if desk < 3 {
                    greet(desk as usize);
                }
            }
            for _ in 0..400_usize.div_ceil(LOOKED_UP_MAX) + 1 {
                (0..3).for_each(&mut greet);
            }
            let wanted: BTreeSet<_> = (0..lost).filter(|n| stays(*n)).map(address).collect();
            for seen in seen {
                prop_assert!(seen.is_superset(&wanted));
            }
        }
    }

    #[test]
    fn no_more_are_remembered_than_a_thousand() {
        let lacking = Lacking::default();
        (0..1500).for_each(|n| lacking.note(&address(n), false));
        assert_eq!(lacking.known().files.len(), LACKING_MAX);
        (0..1500).for_each(|n| lacking.note(&address(n), true));
        assert_eq!(lacking.next_for(DeviceId(Uuid::nil())), [""; 0]);
        assert!(lacking.known().reached.is_empty());
    }
}
