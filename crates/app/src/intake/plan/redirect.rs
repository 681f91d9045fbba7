//! The duty moves at once (АППК art. 65): the redirect is written with the case and waits for the head's signature.

use super::refer::leaves;
use super::{Ground, Plan, Planned, PlannedRedirect, clean, issues, refusal};
use crate::api::{IntakeForm, RedirectForm};
use crate::referral::redirect::{Asked, draft};
use esik_domain::deadline::{AppealKind, legal_clock, redirect_term};
use esik_domain::event::Body;
use esik_domain::ids::{CategoryCode, IssueId, ReferralId};
use esik_domain::text::normalize_input;

/// Where what is missing belongs on the screen.
const AT: (&str, &str) = ("at", "redirect");

/// Writes it, or says what it lacks. A crime stays with the police, and a case that exists is redirected from there.
pub(super) fn redirect(
    form: &IntakeForm,
    r: &RedirectForm,
    kept: &str,
    ground: &Ground<'_>,
    plan: &mut Plan,
) {
    if form.crime.is_some() {
        return plan.missing.push(refusal("leaving_crime_first", &[AT]));
    }
    if form.existing_case.is_some() {
        return plan.missing.push(refusal("redirect_in_case", &[AT]));
    }
    let Some(agency) = &r.agency else {
        return plan.missing.push(refusal("missing_agency", &[AT]));
    };
    let chosen = chosen(form, r, ground, plan);
    let asked = normalize_input(&r.text);
    let text = if asked.trim().is_empty() { words(form, r, kept, ground) } else { asked };
    let first = chosen.first().map(|(_, category, _)| category.clone());
    let of_theme = first.as_ref().and_then(|c| ground.catalog.category(c.as_str()));
    let law = legal_clock(of_theme.and_then(|c| c.appeal_kind).unwrap_or(AppealKind::Message));
    let by = redirect_term().deadline(ground.calendar, ground.now, &ground.counting);
    let made = draft(Asked {
        referral_id: ReferralId((ground.uuid)()),
        agency,
        whole: r.whole,
        issues: chosen.iter().map(|(.., id)| *id).collect(),
        categories: chosen.iter().map(|(_, category, _)| category.clone()).collect(),
        named: !clean(&form.applicant).is_nameless(),
        ground: &r.ground,
        reason: &r.reason,
        disclosed: r.disclosed,
        leaves: leaves(form, r.disclosed, &text, first.as_ref(), ground),
        text,
        circle: &plan.circle,
        by,
        answer: law.deadline(ground.calendar, ground.now, &ground.counting).due,
    });
    match made {
        Ok((drafted, circle, by)) => {
            plan.redirect = Some(PlannedRedirect {
                agency: agency.clone(),
                leaves: drafted.leaves.clone(),
                by,
                circle: circle.clone(),
            });
            plan.events.push(Planned { body: Body::ReferralDrafted(drafted), circle });
        }
        Err(code) => plan.missing.push(refusal(code, &[AT])),
    }
}

/// What the person said of all that moves, each thing once.
fn words(form: &IntakeForm, r: &RedirectForm, kept: &str, ground: &Ground<'_>) -> String {
    let mut said: Vec<String> = Vec::new();
    for n in (0..=form.more_issues.len()).filter(|n| moves(r, *n)) {
        let text = issues::words(form, n, kept, ground);
        if !text.trim().is_empty() && !said.contains(&text) {
            said.push(text);
        }
    }
    said.join("\n\n")
}

fn moves(r: &RedirectForm, n: usize) -> bool {
    r.whole || r.issues.iter().any(|i| usize::try_from(*i) == Ok(n))
}

/// The issues that would move, with their themes and the ids they get in the case; an issue without a theme is none
/// of the case's, so it moves only with all of it.
fn chosen(
    form: &IntakeForm,
    r: &RedirectForm,
    ground: &Ground<'_>,
    plan: &Plan,
) -> Vec<(usize, CategoryCode, IssueId)> {
    let ids = plan.events.iter().filter_map(|planned| match &planned.body {
        Body::IssueAdded(issue) => Some(issue.issue_id),
        _ => None,
    });
    (0..=form.more_issues.len())
        .filter_map(|n| Some((n, issues::theme(form, n, ground)?)))
        .zip(ids)
        .map(|((n, category), id)| (n, category, id))
        .filter(|(n, ..)| moves(r, *n))
        .collect()
}
