//! Lists of the desk: the register of a period, and the sheet by which a shift is handed over.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::{
    Document, LettersError, Signer, Values,
    sheet::of,
    text::{L10nPair, one_line},
    texts::moment,
};

/// The register of appeals of a period.
#[derive(Clone, PartialEq, Eq)]
pub struct Register {
    /// Full name of the station.
    pub station: L10nPair,
    /// First day, inclusive, by the calendar of Almaty.
    pub from: NaiveDate,
    /// Last day, inclusive.
    pub until: NaiveDate,
    /// When it is made; the date of the document.
    pub made_at: DateTime<Utc>,
    /// In the order they are to stand.
    pub rows: Vec<RegisterRow>,
    /// Who made it.
    pub signer: Signer,
}

/// One appeal in the register.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// Register number.
    pub number: String,
    /// Day of receipt.
    pub received: NaiveDate,
    /// A register lies in a binder: of a restricted case it tells the number and the days, nothing else.
    pub restricted: bool,
    /// Full name; may be empty.
    pub applicant: String,
    /// Theme; may be blank.
    pub topic: L10nPair,
    /// Who works on it; may be empty.
    pub whom: Vec<L10nPair>,
    /// Last day of what is owed.
    pub due: Option<NaiveDate>,
    /// In work, or how and when it ended.
    pub state: L10nPair,
}

/// A day in figures, the same in every language.
pub(crate) fn figures(on: NaiveDate) -> String {
    on.format("%d.%m.%Y").to_string()
}

impl Document for Register {
    const TEMPLATE: &'static str = "register";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        format!("{} {}", self.from, self.until)
    }

    /// # Errors
    /// [`LettersError::Empty`] when the station or the signer is missing.
    fn values(&self) -> Result<Values, LettersError> {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let open = |value: Value| if row.restricted { Value::Null } else { value };
                json!({
                    "number": one_line(&row.number),
                    "received": figures(row.received),
                    "restricted": row.restricted,
                    "applicant": open(crate::Entry::of(&row.applicant).value()),
                    "topic": open(pair_or_null(&row.topic)),
                    "whom": open(json!(row.whom.iter().map(of).collect::<Vec<_>>())),
                    "due": row.due.map(figures).unwrap_or_default(),
                    "state": pair_or_null(&row.state),
                })
            })
            .collect();
        Values::default()
            .pair("station", &self.station)?
            .day("from", self.from)?
            .day("until", self.until)?
            .put("rows", rows)
            .signer(&self.signer)
    }
}

pub(crate) fn pair_or_null(pair: &L10nPair) -> Value {
    if pair.is_blank() { Value::Null } else { of(pair) }
}

/// The sheet by which one shift hands over to the next.
#[derive(Clone, PartialEq, Eq)]
pub struct ShiftSheet {
    /// Full name of the station.
    pub station: L10nPair,
    /// Beginning of the shift.
    pub from: DateTime<Utc>,
    /// Its end; the date of the document.
    pub until: DateTime<Utc>,
    /// Who hands over.
    pub handed_by: Signer,
    /// Surname and initials of who takes over; empty when not known yet.
    pub received_by: String,
    /// What was taken in: number and theme.
    pub taken: Vec<(String, L10nPair)>,
    /// What is promised: number, what, last day.
    pub promised: Vec<(String, L10nPair, NaiveDate)>,
    /// Records that have not reached the region.
    pub unsent: u64,
    /// Why they have not; blank when all have.
    pub why: L10nPair,
    /// What the region acknowledged last: a number and the beginning of a hash.
    pub proof: String,
    /// Words for the next shift; may be empty.
    pub notes: String,
}

impl Document for ShiftSheet {
    const TEMPLATE: &'static str = "shift";

    fn at(&self) -> DateTime<Utc> {
        self.until
    }

    fn ident(&self) -> String {
        self.from.timestamp().to_string()
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
        let taken: Vec<Value> = self
            .taken
            .iter()
            .map(|(number, what)| json!({ "number": one_line(number), "what": pair_or_null(what) }))
            .collect();
        let promised: Vec<Value> = self
            .promised
            .iter()
            .map(|(number, what, until)| {
                json!({ "number": one_line(number), "what": pair_or_null(what), "until": figures(*until) })
            })
            .collect();
        Values::default()
            .pair("station", &self.station)?
            .put("from", json!(moment(self.from)?))
            .put("until", json!(moment(self.until)?))
            .put("taken", taken)
            .put("promised", promised)
            .put("unsent", self.unsent)
            .maybe_pair("why", &self.why)
            .put("proof", one_line(&self.proof))
            .paragraphs("notes", &self.notes)
            .maybe_line("received_by", &self.received_by)
            .signer(&self.handed_by)
    }
}
