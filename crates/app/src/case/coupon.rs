//! The coupon: printed at intake, printed again from the case.

use crate::api::{CaseRef, CouponPrinted, Document};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use base64::Engine as _;
use esik_domain::case::CaseState;
use esik_domain::catalog::Catalog;
use esik_domain::ids::CaseId;
use esik_letters::{Coupon, L10nPair, Promise};

/// The coupon as a document, for looking at it inside the window.
///
/// # Errors
/// `not_found` for a visit without a coupon.
pub fn coupon_preview(desk: &Desk, r: CaseRef) -> Result<Document, AppError> {
    let open = desk.opened()?;
    let (name, bytes) = make(desk, &open, r.id)?;
    Ok(Document {
        name,
        media_type: "application/pdf".to_owned(),
        base64: base64::engine::general_purpose::STANDARD.encode(bytes),
    })
}

/// Opens the coupon for printing.
///
/// # Errors
/// `not_found`; `viewer_failed` when no viewer starts.
pub fn coupon_print(desk: &Desk, r: CaseRef) -> Result<CouponPrinted, AppError> {
    let open = desk.opened()?;
    Ok(CouponPrinted { opened: print(desk, &open, r.id)? })
}

pub(crate) fn print(desk: &Desk, open: &Open, case: CaseId) -> Result<bool, AppError> {
    let (name, bytes) = make(desk, open, case)?;
    desk.host().open_document(&name, &bytes).map_err(|error| {
        tracing::warn!(%error, "no viewer for the coupon");
        AppError::refused("viewer_failed")
    })?;
    Ok(true)
}

fn make(desk: &Desk, open: &Open, id: CaseId) -> Result<(String, Vec<u8>), AppError> {
    let case = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, id))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    let issued = case.coupon.clone().ok_or_else(|| AppError::refused("not_found"))?;
    let letter = |e: esik_letters::LettersError| AppError::Letter(e.to_string());
    let station = desk.state().station;
    // A desk that has not joined a region still gives a paper that names where the person was.
    let station = match station {
        Some(s) => L10nPair::new(s.kk, s.ru),
        None => esik_letters::unnamed_station().map_err(letter)?,
    };
    let (kk, ru) = issued
        .receiver_post
        .split_once(" / ")
        .unwrap_or((issued.receiver_post.as_str(), issued.receiver_post.as_str()));
    let post = if kk.trim().is_empty() {
        esik_letters::unnamed_post().map_err(letter)?
    } else {
        L10nPair::new(kk, ru)
    };
    let pdf = esik_letters::coupon(&Coupon {
        number: issued.number.clone(),
        code: issued.code,
        secret: issued.secret,
        opened_at: issued.at,
        station,
        receiver_name: issued.receiver_name,
        receiver_post: post,
        promises: promises(&case).map_err(letter)?,
        ask_at: Vec::new(),
    })
    .map_err(letter)?;
    Ok((format!("{}.pdf", issued.number), pdf))
}

/// What was promised. A restricted body is never named on paper.
fn promises(case: &CaseState) -> Result<Vec<Promise>, esik_letters::LettersError> {
    let mut out = Vec::new();
    for r in case.referrals.iter().filter(|r| r.withdrawn.is_none()) {
        let Some(until) = r.answer_due else { continue };
        let what = match Catalog::shipped().agency(r.agency.as_str()) {
            Some(a) if r.circle.is_open() => L10nPair::new(a.name.kk.clone(), a.name.ru.clone()),
            _ => esik_letters::neutral_promise()?,
        };
        out.push(Promise { what, until });
    }
    for t in &case.tasks {
        let Some(until) = t.due else { continue };
        let what = match Catalog::shipped().agency(t.unit.as_str()) {
            Some(a) if case.circle.is_open() => L10nPair::new(a.name.kk.clone(), a.name.ru.clone()),
            _ => esik_letters::neutral_promise()?,
        };
        out.push(Promise { what, until });
    }
    Ok(out)
}
