//! How the dates of a case were counted, day by day, for whoever doubts one.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::{
    Document, LettersError, Signer, Values,
    coupon::check_number,
    lists::figures,
    sheet::of,
    text::{L10nPair, one_line},
    texts::{clock_name, date, day_word, ground_name, moment, said},
};

/// Every term of a case with the days that led to it.
#[derive(Clone, PartialEq, Eq)]
pub struct TermsSheet {
    /// Register number, 1 to 40 ASCII letters, digits and hyphens.
    pub number: String,
    /// When the appeal was received.
    pub opened_at: DateTime<Utc>,
    /// When the paper is made; the date of the document.
    pub made_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// In the order they are to stand.
    pub terms: Vec<CountedTerm>,
    pub signer: Signer,
}

/// One term.
#[derive(Clone, PartialEq, Eq)]
pub struct CountedTerm {
    /// `legal_answer`, `service_answer`, `redirect`, `notice`; another one is “another term”.
    pub kind: String,
    /// Who owes it; blank when it is the station, or must not be told.
    pub whom: L10nPair,
    /// Where it comes from: a law (`appk_76`, …), `category`, `officer` or `extension`; another one is “a term of law”.
    pub ground: String,
    /// The last day.
    pub due: NaiveDate,
    /// Edition of the calendar it was counted with.
    pub calendar: String,
    /// Some day of it lies in a year whose calendar is not published yet.
    pub provisional: bool,
    /// The last day before the calendar or the clock was put right, and the edition it was counted with, which may be
    /// unknown (empty).
    pub was: Option<(NaiveDate, String)>,
    /// Every day from receipt to the last one; empty when somebody chose the day.
    pub days: Vec<CountedDay>,
}

/// One day of a term.
#[derive(Clone, PartialEq, Eq)]
pub struct CountedDay {
    pub on: NaiveDate,
    /// Its number within the term; none when it does not count.
    pub number: Option<u32>,
    /// Why: `working`, `weekend`, `holiday`, …
    pub why: String,
    /// Key of the holiday's name, when it is one.
    pub holiday: String,
}

impl Document for TermsSheet {
    const TEMPLATE: &'static str = "terms";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        self.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`] for a malformed number; [`LettersError::Empty`] when the station, the signer or every
    /// term is missing; [`LettersError::Date`] for a day that cannot be written.
    fn values(&self) -> Result<Values, LettersError> {
        check_number(&self.number)?;
        if self.terms.is_empty() {
            return Err(LettersError::Empty("terms"));
        }
        let terms = self.terms.iter().map(term).collect::<Result<Vec<_>, _>>()?;
        Values::default()
            .put("number", self.number.clone())
            .put("opened", json!(moment(self.opened_at)?))
            .day("made", crate::texts::day(self.made_at))?
            .pair("station", &self.station)?
            .put("terms", terms)
            .signer(&self.signer)
    }
}

fn term(t: &CountedTerm) -> Result<Value, LettersError> {
    let days = t.days.iter().map(day).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "what": of(&clock_name(&t.kind)?),
        "whom": crate::lists::pair_or_null(&t.whom),
        "ground": of(&ground_name(&t.ground)?),
        "due": date(t.due)?,
        "calendar": one_line(&t.calendar),
        "provisional": t.provisional,
        "was": match &t.was {
            Some((due, calendar)) => json!({ "due": figures(*due), "calendar": one_line(calendar) }),
            None => Value::Null,
        },
        "counted": t.days.iter().filter_map(|d| d.number).max(),
        "days": days,
    }))
}

fn day(d: &CountedDay) -> Result<Value, LettersError> {
    Ok(json!({
        "on": figures(d.on),
        "weekday": of(&said(&format!("weekday.{}", d.on.weekday().number_from_monday()))?),
        "number": d.number,
        "why": of(&day_word(&d.why, &d.holiday)?),
    }))
}
