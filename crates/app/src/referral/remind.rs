//! Reminding bodies, one or many at once.

use crate::api::{CaseDone, Changed, ReferralRemind};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::case::WaitingOn;
use esik_domain::deadline::Counting;
use esik_domain::event::{Body, ReferralReminded};
use esik_domain::ladder::reminder_at;
use serde_json::Map;

/// Reminds every body of the list that still owes an answer; others are passed over. Outside working
/// hours the body sees it when the next working day begins.
///
/// # Errors
/// `bad_request` for an empty list or more than 200.
pub fn referral_remind(desk: &Desk, r: ReferralRemind) -> Result<CaseDone, AppError> {
    if r.referrals.is_empty() || r.referrals.len() > 200 {
        return Err(AppError::refused("bad_request"));
    }
    let mut changed = Changed {
        cases: Vec::new(),
        lists: vec!["reception".to_owned(), "control".to_owned(), "sync".to_owned()],
    };
    for one in &r.referrals {
        save_one(desk, one.case, |case, pen| {
            let owes = case
                .obligations()
                .into_iter()
                .any(|o| o.referral == Some(one.referral) && o.waiting_on == WaitingOn::Agency);
            let circle =
                case.referrals.iter().find(|x| x.id == one.referral).map(|x| x.circle.clone());
            Ok(owes
                .then(|| Line {
                    body: Body::ReferralReminded(ReferralReminded {
                        referral_id: one.referral,
                        not_before: Some(reminder_at(
                            pen.open.calendars().now(),
                            pen.at,
                            &Counting::default(),
                        )),
                        more: Map::new(),
                    }),
                    base: None,
                    circle,
                })
                .into_iter()
                .collect())
        })?;
        changed.cases.push(one.case.to_string());
    }
    Ok(CaseDone { changed, undo: None })
}
