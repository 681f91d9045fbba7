//! Redirecting an appeal by law: the letter to the body, and the notice to the applicant at the same time.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    Document, Entry, LettersError, Signer, Values,
    coupon::check_number,
    text::L10nPair,
    texts::{date, day},
};

/// The duty moves to another body, in whole or part (АППК art. 65, `domain.md` 2.2): not later than three
/// working days from receipt, with notice to the applicant at the same time.
#[derive(Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Register number, 1 to 40 ASCII letters, digits and hyphens.
    pub number: String,
    /// When it is redirected; the date of both papers.
    pub sent_at: DateTime<Utc>,
    /// Number of the signed decision; may be empty.
    pub decision_number: String,
    /// When it was received here.
    pub opened_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// The competent body.
    pub agency: L10nPair,
    /// How to reach that body, one line each; may be empty.
    pub contact: Vec<String>,
    /// Which part moves; blank when all of it does.
    pub part: L10nPair,
    /// Legal ground of that body's competence.
    pub ground: String,
    /// Why this body, in words for the applicant; may be empty.
    pub reason: String,
    /// Full name.
    pub applicant: Entry,
    /// IIN or BIN.
    pub iin: Entry,
    /// Address.
    pub address: Entry,
    /// Telephone.
    pub phone: Entry,
    /// The appeal's text; line breaks are paragraphs.
    pub essence: String,
    /// Who signs: the head or the deputy.
    pub signer: Signer,
}

impl Redirect {
    fn shared(&self) -> Result<Values, LettersError> {
        check_number(&self.number)?;
        Values::default()
            .put("number", self.number.clone())
            .put("sent", json!(date(day(self.sent_at))?))
            .put("opened", json!(date(day(self.opened_at))?))
            .pair("station", &self.station)?
            .pair("agency", &self.agency)?
            .maybe_line("decision_number", &self.decision_number)
            .maybe_pair("part", &self.part)
            .line("ground", &self.ground)?
            .paragraphs("reason", &self.reason)
            .signer(&self.signer)
    }
}

/// The letter to the competent body.
pub struct RedirectLetter<'a>(pub &'a Redirect);

impl Document for RedirectLetter<'_> {
    const TEMPLATE: &'static str = "redirect";

    fn at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }

    fn ident(&self) -> String {
        self.0.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`]; [`LettersError::Empty`] when the station, the body, the ground, the essence or
    /// the signer is missing.
    fn values(&self) -> Result<Values, LettersError> {
        let of = self.0;
        if of.essence.trim().is_empty() {
            return Err(LettersError::Empty("essence"));
        }
        Ok(of
            .shared()?
            .put("applicant", of.applicant.value())
            .put("iin", of.iin.value())
            .put("address", of.address.value())
            .put("phone", of.phone.value())
            .paragraphs("essence", &of.essence))
    }
}

/// The notice to the applicant.
pub struct RedirectNotice<'a>(pub &'a Redirect);

impl Document for RedirectNotice<'_> {
    const TEMPLATE: &'static str = "redirect_notice";

    fn at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }

    fn ident(&self) -> String {
        self.0.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`]; [`LettersError::Empty`] when the station, the body, the ground or the signer is
    /// missing.
    fn values(&self) -> Result<Values, LettersError> {
        Ok(self
            .0
            .shared()?
            .maybe_line("applicant_name", self.0.applicant.said())
            .lines("contact", &self.0.contact))
    }
}
