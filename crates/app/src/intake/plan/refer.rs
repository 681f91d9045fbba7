//! The requests of an intake: each about one issue of the visit, with the words, the day and the rules of that issue.

use super::{Ground, Plan, Planned, PlannedReferral, clean, copy, issues, refusal};
use crate::api::{IntakeForm, ReferralForm};
use esik_domain::catalog::{circle_for, circle_for_agency};
use esik_domain::deadline::{AppealKind, Deadline, legal_clock, working_days};
use esik_domain::event::{
    Basis, Body, Disclosed, EnclosedFile, Leaving, ReferralDrafted, ReferralSent,
};
use esik_domain::ids::{AgencyCode, CategoryCode, Circle, ReferralId};
use esik_domain::leaving::{LeavingFault, copy_goes_to, may_enclose, may_refer};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// Writes and sends one request.
pub(super) fn refer(
    form: &IntakeForm,
    r: &ReferralForm,
    kept: &str,
    ground: &Ground<'_>,
    plan: &mut Plan,
) {
    // An issue there is none of was found before: such an intake is not finished.
    let Some(n) = issues::nth(form, r.issue) else { return };
    let crime = form.crime.is_some();
    let asked = normalize_input(&r.text);
    let text = if asked.trim().is_empty() { issues::words(form, n, kept, ground) } else { asked };
    if text.trim().is_empty() {
        plan.missing.push(refusal("missing_text", &[("agency", r.agency.as_str())]));
    }
    let category = issues::theme(form, n, ground);
    let answer = promise(ground, category.as_ref(), &r.agency, crime);
    let answer_due = r.answer_due.or(answer.as_ref().map(|d| d.due));
    let circle = circle(r, category.as_ref(), plan);
    let disclosed = allowed(r, category.as_ref(), ground, plan);
    let (files, files_stay) = enclosed(form, r, category.as_ref(), (&plan.circle, &circle), ground);
    let mut leaves = leaves(form, disclosed, &text, category.as_ref(), ground);
    leaves.extend(files.iter().map(EnclosedFile::leaving));
    let referral_id = ReferralId((ground.uuid)());
    let ack_wd = ground.catalog.agency(r.agency.as_str()).map_or(1, |a| a.ack_wd);
    let drafted = ReferralDrafted {
        referral_id,
        agency: r.agency.clone(),
        text,
        category: category.clone(),
        disclosed,
        answer_due,
        ack_wd,
        leaves: leaves.clone(),
        replaces: None,
        redirect: None,
        basis: r.ground(),
        copy_of: None,
        files: files.clone(),
        more: Map::new(),
    };
    send(drafted.clone(), &circle, plan);
    let theme = category.as_ref().map(CategoryCode::as_str);
    let copy_to = copy_goes_to(ground.catalog, theme, r.agency.as_str(), &circle)
        // Nothing of a crime is told to anybody for information, and who is asked itself needs no copy.
        .filter(|to| !crime && form.referrals.iter().all(|x| x.agency.as_str() != *to))
        .map(AgencyCode::from);
    plan.referrals.push(PlannedReferral {
        agency: r.agency.clone(),
        category,
        leaves,
        answer,
        circle,
        files,
        files_stay,
        copy_to: copy_to.clone(),
        copy_of: None,
    });
    if let Some(to) = copy_to.filter(|_| r.copy) {
        copy::copy(form, (&r.agency, referral_id), to, &drafted, ground, plan);
    }
}

/// Written and sent in one breath: the decision is valid here at once and waits for the region.
pub(super) fn send(drafted: ReferralDrafted, circle: &Circle, plan: &mut Plan) {
    let referral_id = drafted.referral_id;
    let sent = ReferralSent { referral_id, decision: None, more: Map::new() };
    for body in [Body::ReferralDrafted(drafted), Body::ReferralSent(sent)] {
        plan.events.push(Planned { body, circle: circle.clone() });
    }
}

/// Who may know of the request: as the officer or the body wants it, else the issue, else the case.
fn circle(r: &ReferralForm, category: Option<&CategoryCode>, plan: &Plan) -> Circle {
    let chosen = r.circle.clone().filter(|c| !c.is_empty());
    let by_body = || circle_for_agency(r.agency.as_str()).map(str::to_owned);
    let by_issue = || category.and_then(|c| circle_for(c.as_str())).map(str::to_owned);
    match chosen.or_else(by_body).filter(|c| c != "open").or_else(by_issue) {
        Some(c) => Circle(c),
        None => plan.circle.clone(),
    }
}

/// The chosen files that may go with this request; else why they stay. On the crime branch there are none:
/// they go with the draft.
fn enclosed(
    form: &IntakeForm,
    r: &ReferralForm,
    category: Option<&CategoryCode>,
    (case, request): (&Circle, &Circle),
    ground: &Ground<'_>,
) -> (Vec<EnclosedFile>, Option<LeavingFault>) {
    let chosen: Vec<EnclosedFile> =
        ground.files.iter().filter(|f| r.files.contains(&f.attachment_id)).cloned().collect();
    if chosen.is_empty() || form.crime.is_some() {
        return (Vec::new(), None);
    }
    // The circle of a case that exists is not known here: only what stays in it goes along.
    if form.existing_case.is_some() && case != request {
        return (Vec::new(), Some(LeavingFault::FileCircle));
    }
    let may = may_enclose(
        ground.catalog,
        category.map(CategoryCode::as_str),
        r.agency.as_str(),
        r.ground().as_ref(),
        case,
        request,
    );
    match may {
        Ok(()) => (chosen, None),
        Err(fault) => (Vec::new(), Some(fault)),
    }
}

/// What of the applicant may leave with this request. A private body gets no name and no phone without
/// consent: they are left out, and the preview shows it. A body that may not have the trouble at all is
/// said to be so; the intake itself goes on without that request.
fn allowed(
    r: &ReferralForm,
    category: Option<&CategoryCode>,
    ground: &Ground<'_>,
    plan: &mut Plan,
) -> Disclosed {
    let basis = r.ground();
    let less = Disclosed { address: r.disclosed.address, ..Disclosed::default() };
    let of = |disclosed| {
        may_refer(
            ground.catalog,
            category.map(CategoryCode::as_str),
            r.agency.as_str(),
            disclosed,
            basis.as_ref(),
        )
    };
    match of(r.disclosed) {
        Ok(()) => r.disclosed,
        // A ground that was begun is asked for, never quietly dropped.
        Err(LeavingFault::NoBasis) if matches!(r.basis, Some(Basis::Override { .. })) => {
            let fault = LeavingFault::NoBasis.code();
            plan.missing.push(refusal(fault, &[("agency", r.agency.as_str())]));
            less
        }
        Err(LeavingFault::NoBasis | LeavingFault::IdentityProtected) => less,
        Err(fault) => {
            plan.missing.push(refusal(fault.code(), &[("agency", r.agency.as_str())]));
            less
        }
    }
}

/// Exactly what leaves the station, field by field: the minimum, and what the officer ticked.
pub(super) fn leaves(
    form: &IntakeForm,
    disclosed: Disclosed,
    text: &str,
    category: Option<&CategoryCode>,
    ground: &Ground<'_>,
) -> Vec<Leaving> {
    let applicant = clean(&form.applicant);
    let field = |field: &str, value: String| Leaving { field: field.to_owned(), value };
    let known = ground.existing.and_then(|case| case.number.clone());
    let mut out = vec![field("number", known.unwrap_or_else(|| ground.number.clone()))];
    if let Some(c) = category.and_then(|c| ground.catalog.category(c.as_str())) {
        out.push(field("category", format!("{} / {}", c.name.kk, c.name.ru)));
    }
    out.push(field("text", text.to_owned()));
    if disclosed.address {
        out.push(field("address", normalize_input(&form.address)));
    }
    if disclosed.name {
        out.push(field("name", applicant.full_name()));
    }
    if disclosed.phone && !applicant.do_not_call {
        out.push(field("phone", applicant.phone));
        if !applicant.call_note.is_empty() {
            out.push(field("call_note", applicant.call_note));
        }
    }
    out.retain(|l| !l.value.trim().is_empty());
    out
}

/// The day we promise an answer: the category's own term, or the law's when there is none.
/// A body asked beside a crime (the crisis centre) gets one working day to confirm.
#[must_use]
pub fn promise(
    ground: &Ground<'_>,
    category: Option<&CategoryCode>,
    agency: &AgencyCode,
    crime: bool,
) -> Option<Deadline> {
    let category = category.and_then(|c| ground.catalog.category(c.as_str()));
    let days = match category.and_then(|c| c.deadline_wd) {
        Some(days) => days.max(1),
        None if crime => ground.catalog.agency(agency.as_str()).map_or(1, |a| a.ack_wd.max(1)),
        None => legal_clock(AppealKind::Message).amount,
    };
    Some(working_days(ground.calendar, ground.now, days, &ground.counting))
}
