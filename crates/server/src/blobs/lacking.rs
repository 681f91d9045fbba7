//! Files that somebody asked for and that are not whole here: a disk lost them, a bit flipped, or they never came. The
//! desks are told, and whoever has one sends it again, though it was sent before (`reliability.md` S25).

use crate::region::{Region, failed};
use crate::store::DeviceRow;
use esik_wire::{ApiError, FILES_WANTED_MAX};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// As many are remembered; others are when they are asked for again.
const LACKING_MAX: usize = 1000;

/// Their addresses. In memory: after a restart whoever still waits asks again.
#[derive(Debug, Default)]
pub(crate) struct Lacking(Mutex<BTreeSet<String>>);

impl Lacking {
    /// Somebody asked for a file, or sent of it.
    pub(crate) fn note(&self, address: &str, whole: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if whole {
            all.remove(address);
        } else if all.len() < LACKING_MAX {
            all.insert(address.to_owned());
        }
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Region {
    /// Files that this desk may know of and that somebody waits for.
    pub(crate) fn files_wanted(&self, device: &DeviceRow) -> Result<Vec<String>, ApiError> {
        let all = self.lacking.all();
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let scopes = self.scopes(device)?;
        let mut out = Vec::new();
        for address in all {
            if out.len() == FILES_WANTED_MAX {
                break;
            }
            if !self.store.file_events(&address, Some(&scopes)).map_err(failed)?.is_empty() {
                out.push(address);
            }
        }
        Ok(out)
    }
}
