//! The answer to the applicant, and the certificate of advice.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::{
    Document, Entry, LettersError, Signer, Values,
    coupon::check_number,
    lists::figures,
    text::{L10nPair, paragraphs},
    texts::{date, day},
};

/// What the applicant is told in writing when the trouble has been looked into.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Register number, 1 to 40 ASCII letters, digits and hyphens.
    pub number: String,
    /// When the answer is made; printed as a day in Almaty, and the date of the document.
    pub made_at: DateTime<Utc>,
    /// When the appeal was received.
    pub opened_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// Full name; empty when the person did not say it.
    pub applicant: String,
    /// Theme of the appeal; blank when none was chosen or it must not be read at home.
    pub topic: L10nPair,
    /// What was done, by whom.
    pub findings: Vec<Finding>,
    /// Something was done that must not stand on paper: the result is told in person.
    pub private: bool,
    /// How it ended; blank while it has not.
    pub outcome: L10nPair,
    /// The officer's own words; line breaks are paragraphs; may be empty.
    pub text: String,
    /// What our advice was taken from.
    pub cited: Vec<Cited>,
    /// Who signs.
    pub signer: Signer,
}

/// A card of advice, as it stood when it was cited.
#[derive(Clone, PartialEq, Eq)]
pub struct Cited {
    pub title: L10nPair,
    pub version: u32,
    /// Last day somebody had confirmed it; none = nobody had.
    pub confirmed: Option<NaiveDate>,
}

/// As the layouts read them.
fn cited(all: &[Cited]) -> Vec<Value> {
    all.iter()
        .map(|c| {
            json!({
                "title": c.title.printable(),
                "version": c.version.to_string(),
                "confirmed": c.confirmed.map(figures),
            })
        })
        .collect()
}

/// What one body, or we ourselves, did.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the body or unit. Never one that must not be named on paper: see [`Answer::private`].
    pub who: L10nPair,
    /// When it was said or done.
    pub on: NaiveDate,
    /// What.
    pub text: String,
}

impl Document for Answer {
    const TEMPLATE: &'static str = "answer";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        self.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`]; [`LettersError::Empty`] when the station, the signer or a body's name is
    /// missing, or when the answer says nothing at all.
    fn values(&self) -> Result<Values, LettersError> {
        check_number(&self.number)?;
        let says_something = self.private
            || !self.findings.is_empty()
            || !self.outcome.is_blank()
            || !self.text.trim().is_empty();
        if !says_something {
            return Err(LettersError::Empty("findings"));
        }
        if self.findings.iter().any(|f| f.who.is_blank()) {
            return Err(LettersError::Empty("findings.who"));
        }
        let findings = self
            .findings
            .iter()
            .map(|f| {
                Ok(json!({ "who": f.who.printable(), "on": date(f.on)?, "text": paragraphs(&f.text) }))
            })
            .collect::<Result<Vec<_>, LettersError>>()?;
        Values::default()
            .put("number", self.number.clone())
            .put("made", json!(date(day(self.made_at))?))
            .put("opened", json!(date(day(self.opened_at))?))
            .pair("station", &self.station)?
            .maybe_line("applicant", &self.applicant)
            .maybe_pair("topic", &self.topic)
            .put("findings", findings)
            .put("private", self.private)
            .maybe_pair("outcome", &self.outcome)
            .paragraphs("text", &self.text)
            .put("cited", cited(&self.cited))
            .signer(&self.signer)
    }
}

/// A certificate that somebody was advised at the desk, with the advice to take home.
#[derive(Clone, PartialEq, Eq)]
pub struct AdviceCertificate {
    /// Register number when the visit became a case; empty otherwise.
    pub number: String,
    /// When the person came; the date of the document.
    pub visited_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// Full name.
    pub applicant: Entry,
    /// Theme; may be blank.
    pub topic: L10nPair,
    /// The advice; line breaks are paragraphs.
    pub advice: String,
    /// What it was taken from.
    pub cited: Vec<Cited>,
    /// Who advised.
    pub adviser: Signer,
}

impl Document for AdviceCertificate {
    const TEMPLATE: &'static str = "advice";

    fn at(&self) -> DateTime<Utc> {
        self.visited_at
    }

    fn ident(&self) -> String {
        self.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`] for a malformed number; [`LettersError::Empty`] when the station, the adviser or
    /// the advice is missing.
    fn values(&self) -> Result<Values, LettersError> {
        if !self.number.is_empty() {
            check_number(&self.number)?;
        }
        if self.advice.trim().is_empty() {
            return Err(LettersError::Empty("advice"));
        }
        Values::default()
            .maybe_line("number", &self.number)
            .moment("visited", self.visited_at)?
            .put("visited_day", json!(date(day(self.visited_at))?))
            .pair("station", &self.station)?
            .put("applicant", self.applicant.value())
            .maybe_pair("topic", &self.topic)
            .paragraphs("advice", &self.advice)
            .put("cited", cited(&self.cited))
            .signer(&self.adviser)
    }
}
