//! The protocol of an oral appeal.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    Document, Entry, LettersError, Signer, Values,
    coupon::check_number,
    text::L10nPair,
    texts::{date, day},
};

/// What was said at the desk, written down by who heard it (АППК art. 63, `domain.md` 2.3): name, IIN if any,
/// postal address, phone, body addressed, essence, date, signature of the applicant or representative.
#[derive(Clone, PartialEq, Eq)]
pub struct Protocol {
    /// Register number, 1 to 40 ASCII letters, digits and hyphens.
    pub number: String,
    /// Moment of receipt; the date of the document.
    pub opened_at: DateTime<Utc>,
    /// Full name of the station: where it was received, and the body addressed.
    pub station: L10nPair,
    /// The official who took it.
    pub receiver: Signer,
    /// Surname, name, patronymic.
    pub applicant: Entry,
    /// Name of the organisation; empty for a person.
    pub organisation: String,
    /// On whose behalf; empty when on the applicant's own.
    pub represented: String,
    /// IIN or BIN.
    pub iin: Entry,
    /// Postal address.
    pub address: Entry,
    /// Telephone.
    pub phone: Entry,
    /// Name of the language of the appeal.
    pub language: L10nPair,
    /// What the person said; line breaks are paragraphs.
    pub essence: String,
}

impl Document for Protocol {
    const TEMPLATE: &'static str = "protocol";

    fn at(&self) -> DateTime<Utc> {
        self.opened_at
    }

    fn ident(&self) -> String {
        self.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`] for a malformed number; [`LettersError::Empty`] when the station, the official,
    /// the language or the essence is missing. Everything about the person may be.
    fn values(&self) -> Result<Values, LettersError> {
        check_number(&self.number)?;
        if self.essence.trim().is_empty() {
            return Err(LettersError::Empty("essence"));
        }
        Ok(Values::default()
            .put("number", self.number.clone())
            .put("opened_day", json!(date(day(self.opened_at))?))
            .moment("opened", self.opened_at)?
            .pair("station", &self.station)?
            .signer(&self.receiver)?
            .put("applicant", self.applicant.value())
            .maybe_line("applicant_signs", self.applicant.said())
            .maybe_line("organisation", &self.organisation)
            .maybe_line("represented", &self.represented)
            .put("iin", self.iin.value())
            .put("address", self.address.value())
            .put("phone", self.phone.value())
            .pair("language", &self.language)?
            .paragraphs("essence", &self.essence))
    }
}
