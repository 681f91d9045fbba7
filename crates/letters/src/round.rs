//! The receipt of an inspector's day of rounds.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Almaty;
use serde_json::{Value, json};

use crate::{
    Document, Entry, LettersError, Signer, Values,
    sheet::of,
    text::L10nPair,
    texts::{date, moment},
};

/// What an inspector hands in at the end of a day.
#[derive(Clone, PartialEq, Eq)]
pub struct RoundSheet {
    /// Full name of the station.
    pub station: L10nPair,
    /// The day, by the calendar of Almaty.
    pub day: NaiveDate,
    /// When it was handed in; the date of the document.
    pub made_at: DateTime<Utc>,
    pub officer: Signer,
    /// In the order they were made.
    pub visits: Vec<VisitRow>,
    /// All visits, also those the sheet has no room for.
    pub count: u32,
    /// How many ended how; what did not happen is left out.
    pub results: Vec<(L10nPair, u32)>,
    /// Intakes finished on the round.
    pub taken: u32,
    /// Photographs and papers of the visits.
    pub files: u32,
    /// What the officer wrote down that day, at this computer.
    pub records: u64,
    /// Records that have not reached the region.
    pub unsent: u64,
    /// Why they have not; blank when all have.
    pub why: L10nPair,
    /// What the region acknowledged last: a number and the beginning of a hash.
    pub proof: String,
}

/// One visit.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitRow {
    pub at: DateTime<Utc>,
    pub address: String,
    pub result: L10nPair,
}

impl Document for RoundSheet {
    const TEMPLATE: &'static str = "round";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        self.day.to_string()
    }

    /// # Errors
    /// [`LettersError::Empty`] when the station or the officer is missing, or when records have not reached the
    /// region and nobody says why, or all have and there is no proof.
    fn values(&self) -> Result<Values, LettersError> {
        if self.unsent > 0 && self.why.is_blank() {
            return Err(LettersError::Empty("why"));
        }
        if self.unsent == 0 && self.proof.trim().is_empty() {
            return Err(LettersError::Empty("proof"));
        }
        let visits: Vec<Value> = self
            .visits
            .iter()
            .map(|v| {
                json!({
                    "at": v.at.with_timezone(&Almaty).format("%H:%M").to_string(),
                    "address": Entry::of(&v.address).value(),
                    "result": if v.result.is_blank() { Value::Null } else { of(&v.result) },
                })
            })
            .collect();
        let results: Vec<Value> = self
            .results
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(what, n)| json!({ "what": of(what), "n": n }))
            .collect();
        Values::default()
            .pair("station", &self.station)?
            .put("day", json!(date(self.day)?))
            .put("made", json!(moment(self.made_at)?))
            .put("visits", visits)
            .put("count", self.count)
            .put("results", results)
            .put("taken", self.taken)
            .put("files", self.files)
            .put("records", self.records)
            .put("unsent", self.unsent)
            .maybe_pair("why", &self.why)
            .put("proof", crate::text::one_line(&self.proof))
            .signer(&self.officer)
    }
}
