//! The covering letter of a referral.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use crate::{
    LettersError, Typeset,
    coupon::check_number,
    text::{L10nPair, one_line, paragraphs},
    texts::{date, day, said},
    world::LetterWorld,
};

/// What the letter to a competent body says. What of the case leaves the station is the caller's choice:
/// `text` is printed whole, and nothing else about the person is known here.
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
    /// The request; line breaks are paragraphs. In the case's language or in both: one side may be empty.
    pub text: L10nPair,
    /// Last day for the answer, inclusive.
    pub until: NaiveDate,
    /// Where the agency reaches the station, one line each: telephone, e-mail, address.
    pub contact: Vec<String>,
    /// Surname and initials of who signs.
    pub signer_name: String,
    /// Post of who signs.
    pub signer_post: L10nPair,
}

/// The covering letter as PDF/A-2b, A4, Kazakh above Russian, as many pages as the text needs.
///
/// Deterministic: the same letter gives the same bytes.
///
/// # Errors
/// [`LettersError::Number`] for a malformed number; [`LettersError::Empty`] when the station, the agency,
/// the text, the contact or the signer is missing.
pub fn referral_letter(letter: &ReferralLetter) -> Result<Vec<u8>, LettersError> {
    Ok(typeset(letter)?.pdf)
}

pub(crate) fn typeset(letter: &ReferralLetter) -> Result<Typeset, LettersError> {
    check_number(&letter.number)?;
    let pairs = [
        ("station", &letter.station),
        ("agency", &letter.agency),
        ("text", &letter.text),
        ("signer_post", &letter.signer_post),
    ];
    if let Some((field, _)) = pairs.iter().find(|(_, pair)| pair.is_blank()) {
        return Err(LettersError::Empty(field));
    }
    if letter.signer_name.trim().is_empty() {
        return Err(LettersError::Empty("signer_name"));
    }
    let contact: Vec<String> =
        letter.contact.iter().map(|line| one_line(line)).filter(|l| !l.is_empty()).collect();
    if contact.is_empty() {
        return Err(LettersError::Empty("contact"));
    }
    let data = json!({
        "number": letter.number,
        "sent": date(day(letter.sent_at))?,
        "station": letter.station.printable(),
        "agency": letter.agency.printable(),
        "text": { "kk": paragraphs(&letter.text.kk), "ru": paragraphs(&letter.text.ru) },
        "until": date(letter.until)?,
        "contact": contact,
        "signer_name": one_line(&letter.signer_name),
        "signer_post": letter.signer_post.printable(),
        "texts": {
            "title": said("letter.title")?,
            "to": said("letter.to")?,
            "number": said("letter.number")?,
            "sent": said("letter.sent")?,
            "until": said("letter.until")?,
            "opening": said("letter.opening")?,
            "text": said("letter.text")?,
            "answer": said("letter.answer")?,
            "contact": said("letter.contact")?,
            "page": said("page")?,
        },
    });
    LetterWorld::new(include_str!("typ/referral.typ"), &data)?.typeset(
        format!("referral {} {}", letter.number, letter.sent_at.timestamp()),
        letter.sent_at,
    )
}
