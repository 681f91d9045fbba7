//! Handing a request to a body from an existing case: again after a refusal, or to one body more.

use crate::api::{CaseDone, ReferralLeaves, ReferralSend};
use crate::append::{Line, Pen, save_one};
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::today;
use chrono::{DateTime, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::case::{CaseState, Issue, Referral, ReferralState};
use esik_domain::catalog::{Catalog, circle_for, circle_for_agency};
use esik_domain::deadline::{Counting, can_be_due, working_days};
use esik_domain::event::{Body, Disclosed, EnclosedFile, Leaving, ReferralDrafted, ReferralSent};
use esik_domain::ids::{AgencyCode, CategoryCode, Circle, ReferralId};
use esik_domain::leaving::{may_enclose, may_refer};
use esik_domain::policy::{Actor, Permission, may, sees};
use esik_domain::text::normalize_input;
use serde_json::Map;
use std::sync::Arc;

/// Sends. The decision is valid here at once and waits for the region.
///
/// # Errors
/// `not_open`, `missing_text`, `due_impossible`, `bad_request` for an unknown body or issue or a referral that
/// was not refused, the codes of [`esik_domain::case::HeadFirst`] after a second refusal, `referral_file_gone`, and the codes of [`esik_domain::leaving::LeavingFault`] for what may not leave.
pub fn referral_send(desk: &Desk, r: ReferralSend) -> Result<CaseDone, AppError> {
    save_one(desk, r.case, |case, pen| {
        let calendars = pen.open.calendars();
        let by = Sender { actor: &pen.open.actor, at: pen.at, calendar: calendars.now() };
        let referral_id = ReferralId(pen.uuid());
        let (drafted, circle) = drafted(case, &r, &by, referral_id)?;
        let sent = ReferralSent { referral_id, decision: None, more: Map::new() };
        Ok([Body::ReferralDrafted(drafted), Body::ReferralSent(sent)]
            .into_iter()
            .map(|body| Line { body, base: None, circle: Some(circle.clone()) })
            .collect())
    })?;
    Ok(done(r.case))
}

/// What would leave, as it would leave now; nothing is saved.
///
/// # Errors
/// `not_found`, and everything that sending would refuse.
pub fn referral_preview(desk: &Desk, r: ReferralSend) -> Result<ReferralLeaves, AppError> {
    let open = desk.opened()?;
    let case = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, r.case))?
        .filter(|case| !case.is_beside())
        .ok_or_else(|| AppError::refused("not_found"))?;
    crate::look::touched(desk, &open, r.case)?;
    let at = Pen::new(desk, Arc::clone(&open)).at;
    let calendars = open.calendars();
    let by = Sender { actor: &open.actor, at, calendar: calendars.now() };
    let (drafted, circle) = drafted(&case, &r, &by, ReferralId(uuid::Uuid::nil()))?;
    Ok(ReferralLeaves { leaves: drafted.leaves, answer_due: drafted.answer_due, circle: circle.0 })
}

/// Who sends, and when.
struct Sender<'a> {
    actor: &'a Actor,
    at: DateTime<Utc>,
    calendar: &'a Calendar,
}

/// The request as it would leave, and who may know of it.
fn drafted(
    case: &CaseState,
    r: &ReferralSend,
    by: &Sender<'_>,
    referral_id: ReferralId,
) -> Result<(ReferralDrafted, Circle), AppError> {
    let agency = Catalog::shipped()
        .agency(r.agency.as_str())
        .ok_or_else(|| AppError::refused("bad_request"))?;
    if r.answer_due.is_some_and(|day| !can_be_due(day, today(by.at))) {
        return Err(AppError::refused("due_impossible"));
    }
    if !case.is_case() || case.closed.is_some() {
        return Err(AppError::refused("not_open"));
    }
    let replaced = replaced(case, r, by.actor)?;
    let about = About::of(case, r, replaced)?;
    let category = about.category.clone();
    may_refer(
        Catalog::shipped(),
        category.as_ref().map(CategoryCode::as_str),
        r.agency.as_str(),
        r.disclosed,
        r.basis.as_ref(),
    )
    .map_err(|fault| AppError::refused(fault.code()))?;
    if let Some(id) = r.copy_of
        && case.referrals.iter().all(|x| x.id != id)
    {
        return Err(AppError::refused("bad_request"));
    }
    let typed = normalize_input(&r.text);
    // On a crime visit the narrative is the social sentence; anywhere it is what may leave.
    let text = match (typed.trim().is_empty(), replaced) {
        (false, _) => typed,
        (true, Some(old)) => old.text.clone(),
        (true, None) => about.words(case),
    };
    if text.trim().is_empty() {
        return Err(AppError::refused("missing_text"));
    }
    let days = category
        .as_ref()
        .and_then(|c| Catalog::shipped().category(c.as_str()))
        .and_then(|c| c.deadline_wd)
        .unwrap_or(15)
        .max(1);
    let due = working_days(by.calendar, by.at, days, &Counting::default()).due;
    let circle = circle_for_agency(r.agency.as_str())
        .map(|c| Circle(c.to_owned()))
        .or_else(|| replaced.map(|old| old.circle.clone()))
        .or_else(|| about.circle(case))
        .unwrap_or_else(|| case.circle.clone());
    let files = enclosed(case, r, category.as_ref(), &circle, by.actor)?;
    let mut leaves = leaves(case, category.as_ref(), r.disclosed, &text);
    leaves.extend(files.iter().map(EnclosedFile::leaving));
    let copied = case.referrals.iter().find(|x| Some(x.id) == r.copy_of);
    leaves.extend(copied.and_then(|x| copy_field(Catalog::shipped(), &x.agency)));
    let drafted = ReferralDrafted {
        referral_id,
        agency: r.agency.clone(),
        leaves,
        files,
        text,
        category,
        disclosed: r.disclosed,
        answer_due: Some(r.answer_due.unwrap_or(due)),
        ack_wd: agency.ack_wd,
        replaces: r.replaces,
        redirect: None,
        basis: r.basis.clone(),
        copy_of: r.copy_of,
        more: Map::new(),
    };
    Ok((drafted, circle))
}

/// What of the case the request is about.
struct About<'a> {
    /// The issue that was chosen, when it is not the first one.
    further: Option<&'a Issue>,
    category: Option<CategoryCode>,
}

impl<'a> About<'a> {
    /// The chosen issue; else that of the request it replaces or copies; else the case's first.
    ///
    /// # Errors
    /// `bad_request` for an issue the case has not.
    fn of(
        case: &'a CaseState,
        r: &ReferralSend,
        replaced: Option<&Referral>,
    ) -> Result<Self, AppError> {
        if let Some(id) = r.issue {
            let n = case.issues.iter().position(|i| i.id == id);
            let issue = n.and_then(|n| case.issues.get(n));
            let issue = issue.ok_or_else(|| AppError::refused("bad_request"))?;
            let further = (n != Some(0)).then_some(issue);
            return Ok(Self { further, category: Some(issue.category.clone()) });
        }
        let copied = r.copy_of.and_then(|id| case.referrals.iter().find(|x| x.id == id));
        let category = match replaced.or(copied) {
            Some(old) => old.category.clone(),
            None => case.category().cloned(),
        };
        Ok(Self { further: None, category })
    }

    /// The words of a further issue are its own; the case's only where they tell of nothing restricted, as at the intake.
    fn words(&self, case: &CaseState) -> String {
        let Some(issue) = self.further else { return case.narrative.clone() };
        let restricted = |i: &Issue| i.id != issue.id && circle_for(i.category.as_str()).is_some();
        if !issue.text.trim().is_empty() {
            issue.text.clone()
        } else if case.issues.iter().any(restricted) {
            String::new()
        } else {
            case.narrative.clone()
        }
    }

    /// Who may know of a request about a restricted issue of an open case.
    fn circle(&self, case: &CaseState) -> Option<Circle> {
        let category = self.category.as_ref().filter(|_| case.circle.is_open())?;
        circle_for(category.as_str()).map(|c| Circle(c.to_owned()))
    }
}

/// The refused referral this one stands for, when it may.
fn replaced<'a>(
    case: &'a CaseState,
    r: &ReferralSend,
    actor: &Actor,
) -> Result<Option<&'a Referral>, AppError> {
    let Some(id) = r.replaces else { return Ok(None) };
    let old = case
        .referrals
        .iter()
        .find(|x| x.id == id && x.state() == ReferralState::Rejected && x.replaced_by.is_none())
        .ok_or_else(|| AppError::refused("bad_request"))?;
    if !may(actor.role, Permission::Decide) {
        case.may_resend(old.id, &r.agency).map_err(|first| AppError::refused(first.code()))?;
    }
    Ok(Some(old))
}

/// The chosen files, when each of them may go.
fn enclosed(
    case: &CaseState,
    r: &ReferralSend,
    category: Option<&CategoryCode>,
    request: &Circle,
    actor: &Actor,
) -> Result<Vec<EnclosedFile>, AppError> {
    let mut out = Vec::new();
    for id in &r.files {
        let a = case
            .attachments
            .iter()
            .find(|a| a.id == *id && a.is_kept() && sees(actor, &a.circle, a.by))
            .ok_or_else(|| AppError::refused("referral_file_gone"))?;
        may_enclose(
            Catalog::shipped(),
            category.map(CategoryCode::as_str),
            r.agency.as_str(),
            r.basis.as_ref(),
            &a.circle,
            request,
        )
        .map_err(|fault| AppError::refused(fault.code()))?;
        out.push(EnclosedFile {
            attachment_id: a.id,
            file: a.file.clone(),
            key: a.key.clone(),
            note: a.note.clone(),
        });
    }
    Ok(out)
}

/// What a copy for a supervisor says of itself: whom the request went to.
pub(crate) fn copy_field(catalog: &Catalog, agency: &AgencyCode) -> Option<Leaving> {
    let name = &catalog.agency(agency.as_str())?.name;
    Some(Leaving { field: "copy_of".to_owned(), value: format!("{} / {}", name.kk, name.ru) })
}

/// Exactly what leaves with a request from this case, field by field.
pub(super) fn leaves(
    case: &CaseState,
    category: Option<&CategoryCode>,
    disclosed: Disclosed,
    text: &str,
) -> Vec<Leaving> {
    let field = |field: &str, value: String| Leaving { field: field.to_owned(), value };
    let mut out = vec![field("number", case.number.clone().unwrap_or_default())];
    if let Some(c) = category.and_then(|c| Catalog::shipped().category(c.as_str())) {
        out.push(field("category", format!("{} / {}", c.name.kk, c.name.ru)));
    }
    out.push(field("text", text.to_owned()));
    if let Some(address) = case.address.as_ref().filter(|_| disclosed.address) {
        out.push(field("address", address.text.clone()));
    }
    if let Some(applicant) = case.applicant() {
        if disclosed.name {
            out.push(field("name", applicant.full_name()));
        }
        if disclosed.phone && !applicant.do_not_call {
            out.push(field("phone", applicant.phone.clone()));
            out.push(field("call_note", applicant.call_note.clone()));
        }
    }
    out.retain(|l| !l.value.trim().is_empty());
    out
}
