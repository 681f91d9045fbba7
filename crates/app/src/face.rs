//! What a locked desk may show: names of officers, language, station. A small plain file; it holds
//! nothing of any citizen and no secret.

use crate::api::{OfficerTile, StationName, Theme};
use esik_domain::catalog::Lang;
use serde::{Deserialize, Serialize};
use std::path::Path;

const NAME: &str = "face.json";

/// The public face of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Face {
    pub officers: Vec<OfficerTile>,
    pub language: Lang,
    pub theme: Theme,
    pub station: Option<StationName>,
    pub enrolled: bool,
}

impl Default for Face {
    fn default() -> Self {
        Self {
            officers: Vec::new(),
            // The state language comes first until the officer chooses.
            language: Lang::Kk,
            theme: Theme::System,
            station: None,
            enrolled: false,
        }
    }
}

impl Face {
    /// The face of a practice desk.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        self.station.as_ref().is_some_and(|s| s.id == esik_domain::training::PRACTICE_STATION)
    }

    /// Reads it; a missing or damaged face is an empty one, never a reason not to start.
    #[must_use]
    pub fn read(dir: &Path) -> Self {
        std::fs::read(dir.join(NAME))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Writes it whole and for good: without it nobody finds himself on the locked desk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(std::io::Error::other)?;
        esik_platform::write_whole(dir, NAME, &bytes)
    }
}
