//! Ready words for a moment of a case, filled in with what may be told.

use crate::api::{Replies, RepliesRequest, ReplyText};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::case::{CaseState, Referral, ReferralState};
use esik_domain::catalog::Catalog;
use esik_domain::ids::ReferralId;
use esik_domain::reply::{Filling, filled};

/// The texts for a moment, the region's own first. A body of a restricted circle is never named in one.
///
/// # Errors
/// `not_found` when the case is not there or not for him, the store's.
pub fn replies(desk: &Desk, r: RepliesRequest) -> Result<Replies, AppError> {
    let open = desk.opened()?;
    let case = open.store.read(|conn| esik_store::lists::case_state(conn, &open.actor, r.case))?;
    let case = case.ok_or_else(|| AppError::refused("not_found"))?;
    crate::look::touched(desk, &open, r.case)?;
    let known = crate::published::knowledge(&open)?;
    let with = filling(&case, &r.moment, r.referral);
    let text = |reply| {
        let (kk, ru) = filled(reply, &with)?;
        Some(ReplyText { code: reply.code.clone(), kk, ru })
    };
    Ok(Replies { texts: known.replies(&r.moment).filter_map(text).collect() })
}

fn filling(case: &CaseState, moment: &str, about: Option<ReferralId>) -> Filling {
    let referral = match about {
        Some(id) => case.referrals.iter().find(|r| r.id == id),
        None => case.referrals.iter().rfind(|r| told_by(r, moment)),
    };
    let open = |r: &&Referral| case.circle.is_open() && r.circle.is_open();
    let body = referral.filter(open).and_then(|r| Catalog::shipped().agency(r.agency.as_str()));
    Filling {
        number: case.number.clone(),
        body: body.map(|agency| agency.name.clone()),
        day: referral.and_then(|r| r.answer_due).map(|day| day.format("%d.%m.%Y").to_string()),
    }
}

/// Whether a referral is what the words of this moment tell of.
fn told_by(r: &Referral, moment: &str) -> bool {
    match moment {
        "close.helped" => r.checked.as_ref().is_some_and(|c| c.good),
        "close.refused_by_body" => r.rejected.is_some(),
        "close.redirected" => r.redirect.is_some() && r.sent_at.is_some() && r.rejected.is_none(),
        "extend" => r.is_open() && r.state() != ReferralState::Draft,
        _ => false,
    }
}
