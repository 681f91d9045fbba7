//! The letter by which a late answer goes up a rung.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use crate::{
    Document, LettersError, Signer, Values,
    coupon::check_number,
    lists::{figures, pair_or_null},
    owed_list::OwedRow,
    sheet::of,
    text::{L10nPair, paragraphs},
    texts::said,
};

/// A body has not answered in time; this is written to its head, to who supervises it, or to the region.
#[derive(Clone, PartialEq, Eq)]
pub struct EscalationLetter {
    /// What is owed.
    pub request: OwedRow,
    /// The day it was written.
    pub written_on: NaiveDate,
    /// When it was written down; the date of the document.
    pub made_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// Full name of the body written to; none = the region's controller.
    pub to: Option<L10nPair>,
    /// The body that owes the answer.
    pub agency: L10nPair,
    /// What the officer writes; in one language or in both.
    pub text: L10nPair,
    pub signer: Signer,
}

impl Document for EscalationLetter {
    const TEMPLATE: &'static str = "escalation";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        format!("{} {}", self.request.number, self.written_on)
    }

    /// # Errors
    /// [`LettersError::Number`] for a malformed number; [`LettersError::Empty`] when the station, the body, the text or
    /// the signer is missing.
    fn values(&self) -> Result<Values, LettersError> {
        let request = &self.request;
        check_number(&request.number)?;
        if self.text.is_blank() {
            return Err(LettersError::Empty("text"));
        }
        let to = match &self.to {
            Some(body) => of(body),
            None => of(&said("region_controller")?),
        };
        Values::default()
            .put("number", request.number.clone())
            .day("written", self.written_on)?
            .pair("station", &self.station)?
            .put("to", to)
            .pair("agency", &self.agency)?
            .put("sent", figures(request.sent))
            .maybe_line("incoming", &request.incoming)
            .put("topic", pair_or_null(&request.topic))
            .put("due", request.due.map(figures).unwrap_or_default())
            .put("late", request.late.to_string())
            .put("reminders", request.reminders.to_string())
            .put(
                "text",
                json!({ "kk": paragraphs(&self.text.kk), "ru": paragraphs(&self.text.ru) }),
            )
            .signer(&self.signer)
    }
}
