//! Journals of a period besides the register of appeals: spoken appeals, requests, redirects, prints.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::{
    Document, LettersError, Signer, Values,
    lists::{figures, pair_or_null},
    text::{L10nPair, one_line},
};

/// A table of a period. Its heads are texts of the template, by name; of a restricted case it tells number and days only.
#[derive(Clone, PartialEq, Eq)]
pub struct Journal {
    /// `oral`, `requests`, `redirects`, `prints`: which title it has.
    pub kind: &'static str,
    /// Full name of the station.
    pub station: L10nPair,
    /// First day, inclusive, by the calendar of Almaty.
    pub from: NaiveDate,
    /// Last day, inclusive.
    pub until: NaiveDate,
    /// When it is made; the date of the document.
    pub made_at: DateTime<Utc>,
    /// Names of the heads.
    pub heads: &'static [&'static str],
    /// As many cells as heads.
    pub rows: Vec<Vec<Cell>>,
    pub signer: Signer,
}

/// What stands in a cell.
#[derive(Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// A line.
    Line(String),
    Day(NaiveDate),
    Both(L10nPair),
    /// It stays in the card.
    Kept,
}

impl Cell {
    /// A day, when there is one.
    #[must_use]
    pub fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Blank, Self::Day)
    }

    fn value(&self) -> Value {
        match self {
            Self::Blank => Value::String(String::new()),
            Self::Line(text) => Value::String(one_line(text)),
            Self::Day(day) => Value::String(figures(*day)),
            Self::Both(pair) => match pair_or_null(pair) {
                Value::Null => Value::String(String::new()),
                both => both,
            },
            Self::Kept => json!({ "kept": true }),
        }
    }
}

impl Document for Journal {
    const TEMPLATE: &'static str = "journal";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        format!("{} {} {}", self.kind, self.from, self.until)
    }

    /// # Errors
    /// [`LettersError::Empty`] when the station or the signer is missing, or a row has another number of cells than heads.
    fn values(&self) -> Result<Values, LettersError> {
        if self.rows.iter().any(|row| row.len() != self.heads.len()) {
            return Err(LettersError::Empty("rows"));
        }
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| Value::Array(row.iter().map(Cell::value).collect()))
            .collect();
        Values::default()
            .put("kind", self.kind)
            .pair("station", &self.station)?
            .day("from", self.from)?
            .day("until", self.until)?
            .put("heads", self.heads.iter().map(|h| Value::from(*h)).collect::<Vec<_>>())
            .put("rows", rows)
            .signer(&self.signer)
    }
}
