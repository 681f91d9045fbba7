//! What the region publishes to its desks: kinds, limits, and the reading of what is not a paper.

use crate::calendar::Calendar;
use serde::{Deserialize, Serialize};

/// Form of a publication this program reads; a higher one is kept for a newer program.
pub const FORMAT: u32 = 1;
/// A published file, at most, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// What can be published.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Working days.
    Calendar,
    /// The template of one paper.
    Paper,
    /// Advice cards and the directory of services.
    Knowledge,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Calendar, Kind::Paper, Kind::Knowledge];

    /// As it stands in messages and on the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Kind::Calendar => "calendar",
            Kind::Paper => "paper",
            Kind::Knowledge => "knowledge",
        }
    }

    /// Reads [`Kind::code`]; a kind of a newer program is none.
    #[must_use]
    pub fn of(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Name of the one calendar and of the one set of cards; papers have their own.
pub const ONLY: &str = "region";

/// Reads a published calendar that comes after `earlier`: its version is higher and it forgets no year.
///
/// # Errors
/// What is wrong and where, in words for the person who publishes.
pub fn read_calendar(text: &str, earlier: Option<&Calendar>) -> Result<Calendar, String> {
    let read = Calendar::edition_from_json(text).map_err(|e| e.to_string())?;
    match earlier.and_then(|earlier| read.forgets(earlier).map(|year| (year, earlier))) {
        Some((year, earlier)) => Err(format!(
            "year {year} is missing: edition {} has it, and its days off would be forgotten",
            earlier.version
        )),
        None => Ok(read),
    }
}
