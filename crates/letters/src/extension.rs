//! Extending the term: the decision, and the notice to the applicant.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use crate::{
    Document, LettersError, Signer, Values,
    coupon::check_number,
    text::L10nPair,
    texts::{date, day},
};

/// A term extended by the head's or the deputy's reasoned decision (АППК art. 76, `domain.md` 2.2); the
/// applicant is told within three working days.
#[derive(Clone, PartialEq, Eq)]
pub struct Extension {
    /// Register number, 1 to 40 ASCII letters, digits and hyphens.
    pub number: String,
    /// When the appeal was received.
    pub opened_at: DateTime<Utc>,
    /// When the decision was saved; the date of the decision's file.
    pub decided_at: DateTime<Utc>,
    /// Number of the decision; may be empty.
    pub decision_number: String,
    /// Date of the decision.
    pub decision_date: NaiveDate,
    /// When the notice is made; its date.
    pub told_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// Full name of the applicant; empty when unknown.
    pub applicant: String,
    /// The last day until now.
    pub previous_due: NaiveDate,
    /// The new last day.
    pub until: NaiveDate,
    /// Why; line breaks are paragraphs.
    pub reason: String,
    /// Who decided: the head or the deputy.
    pub signer: Signer,
}

impl Extension {
    fn shared(&self) -> Result<Values, LettersError> {
        check_number(&self.number)?;
        if self.reason.trim().is_empty() {
            return Err(LettersError::Empty("reason"));
        }
        Values::default()
            .put("number", self.number.clone())
            .put("opened", json!(date(day(self.opened_at))?))
            .maybe_line("decision_number", &self.decision_number)
            .day("decided_on", self.decision_date)?
            .pair("station", &self.station)?
            .day("previous", self.previous_due)?
            .day("until", self.until)?
            .paragraphs("reason", &self.reason)
            .signer(&self.signer)
    }
}

/// The decision, for the file.
pub struct ExtensionDecision<'a>(pub &'a Extension);

impl Document for ExtensionDecision<'_> {
    const TEMPLATE: &'static str = "extension";

    fn at(&self) -> DateTime<Utc> {
        self.0.decided_at
    }

    fn ident(&self) -> String {
        self.0.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`]; [`LettersError::Empty`] when the station, the reason or the signer is missing.
    fn values(&self) -> Result<Values, LettersError> {
        self.0.shared()
    }
}

/// The notice to the applicant.
pub struct ExtensionNotice<'a>(pub &'a Extension);

impl Document for ExtensionNotice<'_> {
    const TEMPLATE: &'static str = "extension_notice";

    fn at(&self) -> DateTime<Utc> {
        self.0.told_at
    }

    fn ident(&self) -> String {
        self.0.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`]; [`LettersError::Empty`] when the station, the reason or the signer is missing.
    fn values(&self) -> Result<Values, LettersError> {
        Ok(self
            .0
            .shared()?
            .put("told_on", json!(date(day(self.0.told_at))?))
            .maybe_line("applicant_name", &self.0.applicant))
    }
}
