//! The coupon: printed at intake, printed again from the case. One paper among the others
//! ([`crate::paper`]), with commands of its own because it is the one everybody leaves with.

use crate::api::{CasePaper, CaseRef, CouponPrinted, Document, PaperOf};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use base64::Engine as _;
use esik_domain::ids::CaseId;

fn of(case: CaseId) -> PaperOf {
    PaperOf::Case { case, paper: CasePaper::Coupon, part: None }
}

/// The coupon as a document, for looking at it inside the window.
///
/// # Errors
/// `not_found` for a case he may not know of, `no_such_paper` for a visit without a coupon.
pub fn coupon_preview(desk: &Desk, r: CaseRef) -> Result<Document, AppError> {
    let open = desk.opened()?;
    let made = crate::paper::made(desk, &open, &of(r.id))?;
    Ok(Document {
        name: made.name,
        media_type: "application/pdf".to_owned(),
        base64: base64::engine::general_purpose::STANDARD.encode(made.pdf),
    })
}

/// Hands the coupon over for printing.
///
/// # Errors
/// As [`coupon_preview`]; `viewer_failed` when no viewer starts.
pub fn coupon_print(desk: &Desk, r: CaseRef) -> Result<CouponPrinted, AppError> {
    let open = desk.opened()?;
    Ok(CouponPrinted { opened: print(desk, &open, r.id)? })
}

pub(crate) fn print(desk: &Desk, open: &Open, case: CaseId) -> Result<bool, AppError> {
    crate::paper::hand_over(desk, open, &of(case))?;
    Ok(true)
}
