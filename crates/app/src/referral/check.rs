//! Judging an answer (“не отписка”), and looking at the file that came with it.

use crate::api::{AnswerFile, CaseDone, Document, ReferralCheck};
use crate::append::{Line, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use base64::Engine as _;
use esik_domain::case::ReferralState;
use esik_domain::event::{Body, ReferralChecked};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Good: it goes to the applicant. Not good: the agency owes another one, and the note says why.
///
/// # Errors
/// `missing_reason` when it is sent back without a word, `bad_request` when there is no answer.
pub fn referral_check(desk: &Desk, r: ReferralCheck) -> Result<CaseDone, AppError> {
    if !r.good && r.note.trim().is_empty() {
        return Err(AppError::refused("missing_reason"));
    }
    save_one(desk, r.case, |case, _| {
        let referral = case
            .referrals
            .iter()
            .find(|x| x.id == r.referral && x.state() == ReferralState::Answered)
            .ok_or_else(|| AppError::refused("bad_request"))?;
        let body = Body::ReferralChecked(ReferralChecked {
            referral_id: r.referral,
            good: r.good,
            note: normalize_input(&r.note),
            more: Map::new(),
        });
        Ok(vec![Line {
            body,
            base: referral.answered.as_ref().map(|a| a.stamp.event),
            circle: Some(referral.circle.clone()),
        }])
    })?;
    Ok(done(r.case))
}

/// The file an agency attached, fetched from the region and verified against its hash.
///
/// # Errors
/// `not_found`, or why the region could not be asked.
pub fn answer_file(desk: &Desk, r: AnswerFile) -> Result<Document, AppError> {
    let open = desk.opened()?;
    let state = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, r.case))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    let file = state
        .referrals
        .iter()
        .find(|x| x.id == r.referral)
        .and_then(|x| x.answered.as_ref())
        .and_then(|a| a.file.clone())
        .ok_or_else(|| AppError::refused("not_found"))?;
    let bytes = crate::sync::fetch_file(desk, &open, &file.hash)?;
    Ok(Document {
        name: file.name,
        media_type: file.media_type,
        base64: base64::engine::general_purpose::STANDARD.encode(bytes),
    })
}
