//! Judging an answer (“не отписка”), and looking at the file that came with it.

use crate::api::{AnswerFile, CaseDone, Document, ReferralCheck};
use crate::append::{Line, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use base64::Engine as _;
use esik_domain::answer::lacks;
use esik_domain::case::ReferralState;
use esik_domain::event::{Body, ReferralChecked};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Good: it has all five things an answer has to have, and goes to the applicant. Not good: the agency
/// owes another one; what is missing is named to it, the note stays at the station.
///
/// # Errors
/// `answer_lacks` when it is called good without all five, `answer_has_all` when it is sent back
/// though nothing is missing, `bad_request` when there is no answer.
pub fn referral_check(desk: &Desk, r: ReferralCheck) -> Result<CaseDone, AppError> {
    let lacks = lacks(&r.has);
    if r.good && !lacks.is_empty() {
        return Err(AppError::refused("answer_lacks"));
    }
    if !r.good && lacks.is_empty() {
        return Err(AppError::refused("answer_has_all"));
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
            has: r.has.clone(),
            lacks,
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
    crate::look::touched(desk, &open, r.case)?;
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
