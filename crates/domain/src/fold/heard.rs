//! What goes between the station and a body past the region (docs/adr/0052). The body's own word through the region
//! stands above what an officer wrote down of it.

use super::{referral, stamp};
use crate::case::{Answer, CaseState, Escalation, Referral, Rejection, Stamp};
use crate::event::{Body, Envelope, Heard, ReferralHeard, Told};

/// An event about a referral nobody sent changes nothing.
pub(super) fn apply(case: &mut CaseState, e: &Envelope, body: Body) {
    match body {
        Body::DeliveryByHand(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                r.by_hand.get_or_insert(stamp(e));
            }
        }
        Body::ReferralHanded(b) => {
            if let Some(r) = referral(case, b.referral_id).filter(|r| r.sent_at.is_some()) {
                let stamp = told(e, b.told);
                r.delivered.get_or_insert(stamp.clone());
                if !b.incoming_number.is_empty() {
                    register(r, stamp, b.incoming_number);
                }
            }
        }
        Body::ReferralHeard(b) => {
            if let Some(r) = referral(case, b.referral_id).filter(|r| r.may_hear(b.what)) {
                hear(r, e, b);
            }
        }
        Body::ReferralEscalated(b) => {
            let out = |r: &&mut Referral| r.sent_at.is_some() && r.withdrawn.is_none();
            if let Some(r) = referral(case, b.referral_id).filter(out) {
                r.escalations.push(Escalation {
                    rung: b.rung,
                    stamp: told(e, b.told),
                    to: b.to,
                    text: b.text,
                    reason: b.reason,
                });
            }
        }
        _ => {}
    }
}

fn hear(r: &mut Referral, e: &Envelope, b: ReferralHeard) {
    let stamp = told(e, b.told);
    match b.what {
        Heard::Registered => register(r, stamp, b.incoming_number),
        Heard::Accepted => {
            r.accepted.get_or_insert(stamp);
            r.rejected = None;
        }
        Heard::Rejected => {
            r.rejected = Some(Rejection { stamp, code: b.code, reason: b.text });
        }
        Heard::Answered => {
            r.answered = Some(Answer { stamp, text: b.text, file: None });
            r.checked = None;
        }
    }
}

/// The first number stays.
fn register(r: &mut Referral, stamp: Stamp, number: String) {
    if r.registered.is_none() {
        r.registered = Some(stamp);
        r.incoming_number = Some(number);
    }
}

fn told(e: &Envelope, told: Told) -> Stamp {
    Stamp { told: Some(told), ..stamp(e) }
}
