//! The coupon (талон) the applicant leaves with.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use fast_qr::{
    ECL, QRBuilder,
    convert::{Builder, svg::SvgBuilder},
};
use serde_json::json;

use crate::{
    Document, LettersError, Templates, Values,
    text::L10nPair,
    texts::{date, said},
};

/// What a coupon says.
///
/// АППК art. 64 and `domain.md` 2.2: unique number, date, time, surname, initials and post of the receiver.
/// There is no field for the applicant nor for the trouble, and there must never be one: the paper is lost,
/// shown and left on tables, and at home it may be read by the very person complained of.
#[derive(Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Register number, 1 to 40 ASCII letters, digits and hyphens: `ESK-07-2026-431`.
    pub number: String,
    /// Eight ASCII letters and digits the applicant types or says (`settled.md` 6).
    pub code: String,
    /// 128 random bits as 26 base32 or 32 hex characters; goes only into the QR code, never into text.
    pub secret: String,
    /// Moment of receipt; printed in Almaty time, and the date of the document.
    pub opened_at: DateTime<Utc>,
    /// Full name of the station.
    pub station: L10nPair,
    /// Surname and initials of the officer who received: `Сейтқали А. Б.`
    pub receiver_name: String,
    /// Post of that officer.
    pub receiver_post: L10nPair,
    /// What was promised; may be empty, then the coupon says that the case is under control.
    pub promises: Vec<Promise>,
    /// Where to ask, one line each, not translated: a telephone. May be empty.
    pub ask_at: Vec<String>,
    /// Where the region shows how a case is, `https://…/s`: printed, and the QR code leads there.
    pub status_page: Option<String>,
}

/// One promise: what, and the last day for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The agency or the own task. For a case of a restricted circle this is [`neutral_promise`],
    /// never the agency: a crisis centre's name on paper can cost a life.
    pub what: L10nPair,
    /// Last day, inclusive, by the calendar of Almaty.
    pub until: NaiveDate,
}

impl fmt::Debug for Coupon {
    /// Without code and secret: whoever reads a log must not be able to ask in the applicant's place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coupon")
            .field("number", &self.number)
            .field("opened_at", &self.opened_at)
            .finish_non_exhaustive()
    }
}

/// What a coupon promises when the agency must not be named.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn neutral_promise() -> Result<L10nPair, LettersError> {
    said("neutral_promise")
}

/// How a coupon names a station that has not joined a region yet.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn unnamed_station() -> Result<L10nPair, LettersError> {
    said("unnamed_station")
}

/// How a coupon names the post of an officer who has none in the register.
///
/// # Errors
/// [`LettersError::Typesetting`] when this build's catalogues are broken.
pub fn unnamed_post() -> Result<L10nPair, LettersError> {
    said("unnamed_post")
}

impl Document for Coupon {
    const TEMPLATE: &'static str = "coupon";

    fn at(&self) -> DateTime<Utc> {
        self.opened_at
    }

    fn ident(&self) -> String {
        self.number.clone()
    }

    /// # Errors
    /// [`LettersError::Number`], [`LettersError::Code`], [`LettersError::Secret`] for malformed ones;
    /// [`LettersError::Empty`] when the station, the receiver's name or post is missing.
    fn values(&self) -> Result<Values, LettersError> {
        check(self)?;
        let promises = self
            .promises
            .iter()
            .map(|p| Ok(json!({ "what": p.what.printable(), "until": date(p.until)? })))
            .collect::<Result<Vec<_>, LettersError>>()?;
        let (left, right) = self.code.split_at(4);
        Ok(Values::default()
            .put("number", self.number.clone())
            .put("code", json!([left, right]))
            .put("qr", qr(self.status_page.as_deref(), &self.number, &self.secret)?)
            .pair("station", &self.station)?
            .moment("opened", self.opened_at)?
            .line("receiver_name", &self.receiver_name)?
            .pair("receiver_post", &self.receiver_post)?
            .put("promises", promises)
            .lines("ask_at", &self.ask_at)
            .put("online", self.status_page.as_deref().map(shown_address)))
    }
}

/// The coupon as PDF/A-2b: one A5 page, Kazakh above Russian. More promises than fit go on to a further page.
///
/// Deterministic: the same coupon gives the same bytes.
///
/// # Errors
/// Those of the coupon's values; [`LettersError::Typesetting`] when this build is broken.
pub fn coupon(coupon: &Coupon) -> Result<Vec<u8>, LettersError> {
    Ok(coupon.sheet(Templates::shipped()?)?.typeset()?.pdf)
}

fn check(coupon: &Coupon) -> Result<(), LettersError> {
    check_number(&coupon.number)?;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    if coupon.code.len() != 8 || !plain(&coupon.code) {
        return Err(LettersError::Code);
    }
    if !matches!(coupon.secret.len(), 26 | 32) || !plain(&coupon.secret) {
        return Err(LettersError::Secret);
    }
    // Nothing but an address stands in a code that every telephone opens.
    if coupon.status_page.as_deref().is_some_and(|p| !p.starts_with("https://") || !p.is_ascii()) {
        return Err(LettersError::Qr);
    }
    if coupon.promises.iter().any(|p| p.what.is_blank()) {
        return Err(LettersError::Empty("promises.what"));
    }
    Ok(())
}

pub(crate) fn check_number(number: &str) -> Result<(), LettersError> {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if (1..=40).contains(&number.len()) && number.bytes().all(known) {
        Ok(())
    } else {
        Err(LettersError::Number)
    }
}

/// The address as one types it.
fn shown_address(page: &str) -> String {
    page.strip_prefix("https://").unwrap_or(page).to_owned()
}

/// The QR code as SVG: the page's address if there is one, number, slash, secret, and nothing else. Level M survives a
/// crumpled corner.
fn qr(page: Option<&str>, number: &str, secret: &str) -> Result<String, LettersError> {
    let page = page.map(|p| format!("{p}/")).unwrap_or_default();
    let code = QRBuilder::new(format!("{page}{number}/{secret}"))
        .ecl(ECL::M)
        .build()
        .map_err(|_| LettersError::Qr)?;
    Ok(SvgBuilder::default().margin(4).to_str(&code))
}
