//! A copy of a request to a private body, for its supervisor: a request of its own, with less in it.

use super::refer::{leaves, send};
use super::{Ground, Plan, PlannedReferral};
use crate::api::IntakeForm;
use crate::referral::send::copy_field;
use esik_domain::catalog::circle_for_agency;
use esik_domain::deadline::{AppealKind, legal_clock};
use esik_domain::event::{Disclosed, ReferralDrafted};
use esik_domain::ids::{AgencyCode, Circle, ReferralId};
use serde_json::Map;

/// Writes and sends it. It says whom the request went to, and tells the trouble and the place it was told, but neither
/// name nor telephone nor files. The supervisor is bound by the law's term, not by what the private body was asked for.
pub(super) fn copy(
    form: &IntakeForm,
    (agency, original): (&AgencyCode, ReferralId),
    to: AgencyCode,
    request: &ReferralDrafted,
    ground: &Ground<'_>,
    plan: &mut Plan,
) {
    let category = request.category.clone();
    let theme = category.as_ref().and_then(|c| ground.catalog.category(c.as_str()));
    let kind = theme.and_then(|c| c.appeal_kind).unwrap_or(AppealKind::Message);
    let answer = legal_clock(kind).deadline(ground.calendar, ground.now, &ground.counting);
    let circle = circle_for_agency(to.as_str())
        .map_or_else(|| plan.circle.clone(), |c| Circle(c.to_owned()));
    let disclosed = Disclosed { address: request.disclosed.address, ..Disclosed::default() };
    let mut leaves = leaves(form, disclosed, &request.text, category.as_ref(), ground);
    leaves.extend(copy_field(ground.catalog, agency));
    let drafted = ReferralDrafted {
        referral_id: ReferralId((ground.uuid)()),
        agency: to.clone(),
        text: request.text.clone(),
        category: category.clone(),
        disclosed,
        answer_due: Some(answer.due),
        ack_wd: ground.catalog.agency(to.as_str()).map_or(1, |a| a.ack_wd),
        leaves: leaves.clone(),
        replaces: None,
        redirect: None,
        basis: None,
        copy_of: Some(original),
        files: Vec::new(),
        more: Map::new(),
    };
    send(drafted, &circle, plan);
    plan.referrals.push(PlannedReferral {
        agency: to,
        category,
        leaves,
        answer: Some(answer),
        circle,
        files: Vec::new(),
        files_stay: None,
        copy_to: None,
        copy_of: Some(agency.clone()),
    });
}
