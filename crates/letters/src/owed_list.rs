//! “You owe us”: what a body has not answered, for the body itself.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::{
    Document, LettersError, Signer, Values,
    lists::{figures, pair_or_null},
    text::{L10nPair, one_line},
};

/// Open requests to one body. Of each it says what the body has got already, and nothing more.
#[derive(Clone, PartialEq, Eq)]
pub struct OwedList {
    /// Full name of the station.
    pub station: L10nPair,
    /// Full name of the body.
    pub agency: L10nPair,
    /// The day it is of, by the calendar of Almaty.
    pub day: NaiveDate,
    /// When it is made; the date of the document.
    pub made_at: DateTime<Utc>,
    /// All it owes, also what the list has no room for.
    pub total: u32,
    /// Of them, past the last day.
    pub late: u32,
    /// The earliest last day first.
    pub rows: Vec<OwedRow>,
    pub signer: Signer,
}

/// A request that is not answered, by what the body has got already.
#[derive(Clone, PartialEq, Eq)]
pub struct OwedRow {
    /// Our register number.
    pub number: String,
    pub sent: NaiveDate,
    /// The body's own number; may be empty.
    pub incoming: String,
    /// As it stood in the request; blank = not to be told.
    pub topic: L10nPair,
    pub due: Option<NaiveDate>,
    /// Working days past the last one.
    pub late: u32,
    pub reminders: u32,
}

impl Document for OwedList {
    const TEMPLATE: &'static str = "owed_list";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        format!("{} {}", self.agency.ru, self.day)
    }

    /// # Errors
    /// [`LettersError::Empty`] when the station, the body or the signer is missing, or when it owes nothing.
    fn values(&self) -> Result<Values, LettersError> {
        if self.rows.is_empty() {
            return Err(LettersError::Empty("rows"));
        }
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "number": one_line(&row.number),
                    "sent": figures(row.sent),
                    "incoming": one_line(&row.incoming),
                    "topic": pair_or_null(&row.topic),
                    "due": row.due.map(figures).unwrap_or_default(),
                    "late": row.late,
                    "reminders": row.reminders,
                })
            })
            .collect();
        Values::default()
            .pair("station", &self.station)?
            .pair("agency", &self.agency)?
            .day("day", self.day)?
            .put("foot", figures(self.day))
            .put("total", self.total)
            .put("late", self.late)
            .put("rows", rows)
            .signer(&self.signer)
    }
}
