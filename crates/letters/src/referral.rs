//! The covering letter of a referral.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::{
    Document, LettersError, Signer, Values,
    coupon::check_number,
    sheet::of,
    text::{L10nPair, paragraphs},
    texts::{date, day},
};

/// What the letter to a competent body says. What of the case leaves the station is the caller's choice:
/// `details` and `text` are printed whole, and nothing else about the person is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralLetter {
    /// Our register number, 1 to 40 ASCII letters, digits and hyphens.
    pub number: String,
    /// When it is sent; printed as a day in Almaty, and the date of the document.
    pub sent_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// Full name of the agency.
    pub agency: L10nPair,
    /// What leaves besides the text.
    pub details: Vec<Detail>,
    /// The request; line breaks are paragraphs. In the case's language or in both: one side may be empty.
    pub text: L10nPair,
    /// Last day for the answer, inclusive.
    pub until: Option<NaiveDate>,
    /// Where the agency reaches the station, one line each: telephone, e-mail, address. May be empty.
    pub contact: Vec<String>,
    /// Who signs.
    pub signer: Signer,
}

/// One field that leaves the station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// `address`, `name`, `phone`, `category`, `circumstances`, `call_note`, `file`, `copy_of`; any other gets a general label.
    pub field: String,
    /// Its value; what is said in one language only stands once.
    pub value: L10nPair,
}

impl Document for ReferralLetter {
    const TEMPLATE: &'static str = "referral";

    fn at(&self) -> DateTime<Utc> {
        self.sent_at
    }

    fn ident(&self) -> String {
        self.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`] for a malformed number; [`LettersError::Empty`] when the station, the agency,
    /// the text or the signer is missing.
    fn values(&self) -> Result<Values, LettersError> {
        check_number(&self.number)?;
        if self.text.is_blank() {
            return Err(LettersError::Empty("text"));
        }
        let until = self.until.map(date).transpose()?;
        Values::default()
            .put("number", self.number.clone())
            .put("sent", json!(date(day(self.sent_at))?))
            .pair("station", &self.station)?
            .pair("agency", &self.agency)?
            .put("details", self.details.iter().map(detail).collect::<Vec<_>>())
            .put(
                "text",
                json!({ "kk": paragraphs(&self.text.kk), "ru": paragraphs(&self.text.ru) }),
            )
            .put("until", json!(until))
            .lines("contact", &self.contact)
            .signer(&self.signer)
    }
}

fn detail(detail: &Detail) -> Value {
    let value = of(&detail.value);
    let said_once = value.get("kk") == value.get("ru");
    let value = if said_once { value.get("kk").cloned().unwrap_or_default() } else { value };
    json!({ "field": detail.field, "value": value })
}
