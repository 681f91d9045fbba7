//! An inspector's rounds: addresses of the beat, what became of a visit, and the day as it is handed in.
//!
//! Each address is a stream of its own, in a circle nobody is a member of: only who keeps it knows of
//! it, on every computer that officer signs in at (adr/0014).

use crate::aside::Aside;
use crate::event::{Body, Envelope};
use crate::fold::Standing;
use crate::ids::{AttachmentId, CaseId, Circle, OfficerId, Pos};
use crate::shift::AtRegion;
use crate::text::normalize_input;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Longest address, in characters.
pub const ADDRESS_CHARS_MAX: usize = 200;
/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Addresses one file may bring.
pub const IMPORT_MAX: usize = 2_000;
/// Visits a day's receipt lists at most.
pub const LINES_MAX: usize = 150;

/// The name of the circle of rounds. It has no members, whatever an officer's card says.
pub const OWN: &str = "own";

/// The circle of rounds: only the author sees what is in it.
#[must_use]
pub fn own_circle() -> Circle {
    Circle(OWN.to_owned())
}

/// What became of a visit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum VisitResult {
    Talked,
    NobodyHome,
    /// Did not want to talk.
    Refused,
    /// Another visit is needed.
    Again,
}

/// One visit to an address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct RoundVisit {
    pub at: DateTime<Utc>,
    pub result: VisitResult,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The case it was about; its own timeline has the visit too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Photographs and papers of the visit, among the files of the address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachmentId>,
}

/// An address of the beat, as its events add up to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// Whose beat.
    pub by: OfficerId,
    pub address: String,
    pub note: String,
    /// The day it is to be visited; none = when it suits.
    pub day: Option<NaiveDate>,
    pub visits: Vec<RoundVisit>,
    /// Taken off the list.
    pub dropped: bool,
}

/// How many visits ended how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct VisitCounts {
    pub visits: u32,
    pub talked: u32,
    pub nobody_home: u32,
    pub refused: u32,
    pub again: u32,
}

impl VisitCounts {
    /// Counts one more.
    pub fn add(&mut self, result: VisitResult) {
        self.visits += 1;
        match result {
            VisitResult::Talked => self.talked += 1,
            VisitResult::NobodyHome => self.nobody_home += 1,
            VisitResult::Refused => self.refused += 1,
            VisitResult::Again => self.again += 1,
        }
    }

    /// Each way a visit can end, with how many did.
    pub fn by_result(&self) -> impl Iterator<Item = (VisitResult, u32)> + use<> {
        [
            (VisitResult::Talked, self.talked),
            (VisitResult::NobodyHome, self.nobody_home),
            (VisitResult::Refused, self.refused),
            (VisitResult::Again, self.again),
        ]
        .into_iter()
    }
}

/// A line of the day's receipt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DayLine {
    pub at: DateTime<Utc>,
    pub address: String,
    pub result: VisitResult,
}

/// What an inspector hands in at the end of a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedDay {
    pub day: NaiveDate,
    pub counts: VisitCounts,
    /// At most [`LINES_MAX`] of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<DayLine>,
    /// Intakes finished on the round that day.
    pub taken: u32,
    /// Photographs and papers of its visits.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub files: u32,
    /// Records the inspector made that day, at this computer.
    #[serde(default)]
    pub records: u64,
    /// Before the day was sent.
    #[serde(default)]
    pub region: AtRegion,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what the serialiser asks for")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// A day handed in, with the region's word on it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoundDay {
    pub by: OfficerId,
    pub at: DateTime<Utc>,
    pub handed: HandedDay,
    /// The region's number of the hand-in: everything this computer wrote before is there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Pos>,
}

pub(crate) fn apply(aside: &mut Option<Aside>, e: &Envelope, standing: &Standing, body: Body) {
    match (aside, body) {
        (aside @ None, Body::RoundPlaceNoted(b)) => {
            *aside = Some(Aside::Place(Place {
                by: e.actor_id,
                address: b.address,
                note: b.note,
                day: b.day,
                visits: Vec::new(),
                dropped: false,
            }));
        }
        (aside @ None, Body::RoundHandedIn(b)) => {
            let receipt = match standing {
                Standing::Accepted(pos) => Some(*pos),
                Standing::Unsent | Standing::Refused(_) => None,
            };
            *aside = Some(Aside::Day(RoundDay {
                by: e.actor_id,
                at: e.occurred_at,
                handed: b.handed,
                receipt,
            }));
        }
        (Some(Aside::Place(place)), body) if place.by == e.actor_id => visit(place, e, body),
        _ => {}
    }
}

fn visit(place: &mut Place, e: &Envelope, body: Body) {
    match body {
        Body::RoundPlaceNoted(b) => {
            place.note = b.note;
            place.day = b.day;
            place.dropped = false;
        }
        Body::RoundPlanned(b) => place.day = b.day,
        Body::RoundVisited(b) => {
            place.day = b.next;
            place.visits.push(RoundVisit {
                at: e.occurred_at,
                result: b.result,
                note: b.note,
                case: b.case,
                files: b.files,
            });
        }
        Body::RoundPlaceDropped(_) => {
            place.dropped = true;
            place.day = None;
        }
        _ => {}
    }
}

/// An address as it is kept: one line. None when nothing is left of it or it is too long.
#[must_use]
pub fn address(typed: &str) -> Option<String> {
    let text = normalize_input(typed);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty() && line.chars().count() <= ADDRESS_CHARS_MAX).then_some(line)
}

/// A note as it is kept; none when it is too long.
#[must_use]
pub fn note(typed: &str) -> Option<String> {
    let text = normalize_input(typed).trim().to_owned();
    (text.chars().count() <= NOTE_CHARS_MAX).then_some(text)
}

/// One line of an imported file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportLine {
    /// Of the file, from 1.
    pub line: u32,
    /// Address and note, or the code of what is wrong: `empty`, `too_long`, `note_too_long`.
    pub read: Result<(String, String), &'static str>,
}

/// Reads a file of addresses: the first column is the address, the second, when there is one, a note.
/// Columns are parted by a semicolon or a tab; by a comma only where the columns are in quotes, since
/// addresses have commas. A head line is passed over. Blank lines are none.
#[must_use]
pub fn read_csv(text: &str) -> Vec<ImportLine> {
    let text = text.trim_start_matches('\u{feff}');
    let mut out = Vec::new();
    for (line, row) in (1u32..).zip(text.lines()) {
        if row.trim().is_empty() || (out.is_empty() && is_head(row)) {
            continue;
        }
        let cells = cells(row);
        let first = cells.first().map_or("", String::as_str);
        let second = cells.get(1).map_or("", String::as_str);
        let read = match (address(first), note(second)) {
            (Some(address), Some(note)) => Ok((address, note)),
            (None, _) if first.trim().is_empty() => Err("empty"),
            (None, _) => Err("too_long"),
            (_, None) => Err("note_too_long"),
        };
        out.push(ImportLine { line, read });
    }
    out
}

fn is_head(row: &str) -> bool {
    let first = cells(row).into_iter().next().unwrap_or_default().trim().to_lowercase();
    matches!(first.as_str(), "адрес" | "мекенжай" | "мекенжайы" | "address")
}

/// The columns of a row; quotes hold parters and doubled quotes.
fn cells(row: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    let mut was_quoted = false;
    let mut chars = row.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(cell) = out.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
                was_quoted = true;
            }
            ';' | '\t' if !quoted => {
                was_quoted = false;
                out.push(String::new());
            }
            ',' if !quoted && was_quoted => {
                was_quoted = false;
                out.push(String::new());
            }
            c => cell.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_visit_is_counted_under_the_way_it_ended() {
        let mut counts = VisitCounts::default();
        for result in [VisitResult::Again, VisitResult::Talked, VisitResult::Again] {
            counts.add(result);
        }
        let by: Vec<_> = counts.by_result().filter(|(_, n)| *n > 0).collect();
        assert_eq!(by, [(VisitResult::Talked, 1), (VisitResult::Again, 2)]);
        assert_eq!(counts.by_result().map(|(_, n)| n).sum::<u32>(), counts.visits);
    }
}
