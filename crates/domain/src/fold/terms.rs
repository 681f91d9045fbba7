//! Terms of law that are moved, what the applicant has to be told of it, disputes, second looks and
//! what reopening does to a referral.

use super::stamp;
use crate::case::{
    CaseState, Check, ClosingAsk, Dispute, Extension, Notice, NoticeKind, Settled, TermAsk,
};
use crate::event::{Body, Envelope};
use chrono::NaiveDate;

/// The applicant has to be told of this event.
pub(super) fn notice(case: &mut CaseState, e: &Envelope, kind: NoticeKind, due: Option<NaiveDate>) {
    case.notices.push(Notice {
        about: e.id,
        kind,
        at: e.occurred_at,
        due,
        given: None,
        how: None,
        circle: e.circle.clone(),
        by: e.actor_id,
    });
}

/// Applies it, or gives it back when it is not about terms.
pub(super) fn apply(
    case: &mut CaseState,
    e: &Envelope,
    at_region: bool,
    body: Body,
) -> Option<Body> {
    match body {
        Body::ExtensionAsked(b) => case.extension_asks.push(TermAsk {
            event: e.id,
            at: e.occurred_at,
            by: e.actor_id,
            until: b.until,
            reason: b.reason,
        }),
        Body::ExtensionDecided(b) => {
            // One decision answers everybody who asked before it.
            case.extension_asks.clear();
            if b.granted {
                notice(case, e, NoticeKind::Extension, b.notice_due);
            }
            case.extensions.push(Extension {
                event: e.id,
                at: e.occurred_at,
                granted: b.granted,
                reason: b.reason,
                decision_number: b.decision_number,
                decision_date: b.decision_date,
                signed_name: b.signed_name,
                signed_post: b.signed_post,
                first_due: b.first_due,
                previous_due: b.previous_due,
                until: b.until.filter(|_| b.granted),
                calendar: b.calendar,
                at_region,
            });
        }
        Body::NoticeGiven(b) => {
            if let Some(n) = case.notices.iter_mut().find(|n| n.about == b.about) {
                n.given.get_or_insert(stamp(e));
                n.how.get_or_insert(b.how);
            }
        }
        Body::ClosingAsked(b) => {
            case.closing_ask = Some(ClosingAsk {
                at: e.occurred_at,
                by: e.actor_id,
                word: b.word,
                outcome: b.outcome,
                text: b.text,
                satisfaction: b.satisfaction.filter(|n| (1..=5).contains(n)),
                not_called: b.not_called,
            });
        }
        Body::DisputeOpened(b) => {
            let sides = case.bounces(b.referral_id);
            case.disputes.push(Dispute {
                referral: b.referral_id,
                at: e.occurred_at,
                reason: b.reason,
                sides,
                settled: None,
                at_region,
            });
        }
        Body::DisputeSettled(b) => {
            let open = case
                .disputes
                .iter_mut()
                .find(|d| d.referral == b.referral_id && d.settled.is_none());
            if let Some(dispute) = open {
                dispute.settled =
                    Some(Settled { at: e.occurred_at, agency: b.agency, reason: b.reason });
            }
        }
        Body::ReferralReopened(b) => {
            let owed = case.referrals.iter_mut().find(|r| r.id == b.referral_id);
            if let Some(r) = owed.filter(|r| r.answered.is_some() && r.withdrawn.is_none()) {
                r.answer_due = b.answer_due.or(r.answer_due);
                r.checked = Some(Check {
                    stamp: stamp(e),
                    good: false,
                    note: b.reason,
                    has: Vec::new(),
                    lacks: Vec::new(),
                    reopened: true,
                });
            }
        }
        other => return Some(other),
    }
    None
}
