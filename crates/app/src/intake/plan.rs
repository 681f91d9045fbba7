//! What an intake becomes: a pure decision from what was typed to the events that will be saved.
//!
//! `settled.md` 2 is decided here and nowhere else: on the crime branch nothing of the text is kept
//! but the social sentence, and no text leaves but what the officer wrote for the referral.

use crate::api::{IntakeForm, ReferralForm, Refusal};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendar::{Calendar, local};
use esik_domain::catalog::{Catalog, circle_for, circle_for_agency};
use esik_domain::deadline::{
    AppealKind, Counting, Deadline, can_be_due, legal_clock, working_days,
};
use esik_domain::event::{
    Address, AdviceGiven, Basis, Body, CaseOpened, ControllerNamed, CrimeHandedOver, Disclosed,
    EnclosedFile, IssueAdded, Leaving, NoteAdded, Party, PartyAdded, PartyRole, ReferralDrafted,
    ReferralSent, TEXT_BYTES_MAX, TaskAssigned, VisitNoted,
};
use esik_domain::ids::{
    AgencyCode, CategoryCode, Circle, IssueId, OfficerId, PartyId, ReferralId, TaskId,
};
use esik_domain::knowledge::{CardRef, Knowledge};
use esik_domain::leaving::{LeavingFault, may_enclose, may_refer};
use esik_domain::queue::circle_of_words;
pub use esik_domain::text::headline as title;
use esik_domain::text::normalize_input;
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the intake becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Becomes {
    /// A case under control, with a number and a coupon.
    Case,
    /// Advice at the desk; no case.
    Advice,
    /// A sign of crime, registered in КУИ, and no social part: no case of ours.
    Crime,
    /// A further visit in a case that exists.
    Visit,
}

impl Becomes {
    /// As it stands in answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Advice => "advice",
            Self::Crime => "crime",
            Self::Visit => "visit",
        }
    }
}

/// One event to be, before it has an author and a place in the chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Planned {
    pub body: Body,
    pub circle: Circle,
}

/// The referral as it will leave.
#[derive(Clone, PartialEq, Debug)]
pub struct PlannedReferral {
    pub agency: AgencyCode,
    pub leaves: Vec<Leaving>,
    pub answer: Option<Deadline>,
    pub circle: Circle,
    pub files: Vec<EnclosedFile>,
    /// Why chosen files stay.
    pub files_stay: Option<LeavingFault>,
}

/// The decision.
#[derive(Clone, Debug)]
pub struct Plan {
    pub becomes: Becomes,
    pub circle: Circle,
    /// In the order they will be saved.
    pub events: Vec<Planned>,
    pub referrals: Vec<PlannedReferral>,
    /// Cannot be finished like this.
    pub missing: Vec<Refusal>,
    /// Good to know; never blocks.
    pub warnings: Vec<Refusal>,
}

/// What a plan needs besides the form.
pub struct Ground<'a> {
    pub catalog: &'a Catalog,
    pub calendar: &'a Calendar,
    pub counting: Counting,
    pub now: DateTime<Utc>,
    /// The register number the case will have; empty in a preview without one.
    pub number: String,
    pub uuid: &'a dyn Fn() -> Uuid,
    /// Who takes it down.
    pub officer: OfficerId,
    /// What may be cited; none = nothing.
    pub knowledge: Option<&'a Knowledge>,
    /// Files of the draft.
    pub files: &'a [EnclosedFile],
    /// Who may know of what was heard at the door.
    pub ticket: Circle,
}

/// Decides. Never refuses acceptance: what is missing is only what the chosen way itself needs.
#[must_use]
pub fn plan(form: &IntakeForm, ground: &Ground<'_>) -> Plan {
    let text = normalize_input(&form.text);
    let crime = form.crime.is_some();
    let social = form.crime.as_ref().map(|c| normalize_input(&c.social_sentence));
    let works = !form.referrals.is_empty() || !form.tasks.is_empty() || form.undecided.is_some();
    let has_social = social.as_ref().is_some_and(|s| !s.trim().is_empty());
    let becomes = if form.existing_case.is_some() {
        Becomes::Visit
    } else if crime && !works && !has_social {
        Becomes::Crime
    } else if crime || works || form.advice.is_none() {
        Becomes::Case
    } else {
        Becomes::Advice
    };
    let mut plan = Plan {
        becomes,
        circle: circle(form, ground),
        events: Vec::new(),
        referrals: Vec::new(),
        missing: Vec::new(),
        warnings: Vec::new(),
    };
    // What of the person's words may be kept: on the crime branch only the social sentence.
    let kept = if crime { social.unwrap_or_default() } else { text };
    check(form, &kept, ground, &mut plan);
    let minutes = form
        .started_at
        .and_then(|s| u32::try_from((ground.now - s).num_minutes()).ok())
        .filter(|m| *m < 24 * 60);
    plan.push(Body::VisitNoted(VisitNoted {
        channel: form.channel,
        language: form.language.clone(),
        // Circumstances tell of the person; a bare crime hand-over keeps nothing of it.
        circumstances: if becomes == Becomes::Crime {
            Vec::new()
        } else {
            form.circumstances.clone()
        },
        minutes,
        more: Map::new(),
    }));
    match becomes {
        Becomes::Case => open_case(form, &kept, ground, &mut plan),
        Becomes::Visit if !kept.trim().is_empty() => {
            plan.push(Body::NoteAdded(NoteAdded { text: kept.clone(), more: Map::new() }));
        }
        Becomes::Visit | Becomes::Advice | Becomes::Crime => {}
    }
    if let Some(c) = &form.crime {
        plan.push(Body::CrimeHandedOver(CrimeHandedOver {
            kui_number: normalize_input(&c.kui_number).trim().to_owned(),
            kui_at: c.kui_at.unwrap_or(ground.now),
            received_by: normalize_input(&c.received_by),
            minutes,
            more: Map::new(),
        }));
    }
    if let Some(advice) = &form.advice {
        let only = becomes == Becomes::Advice;
        plan.push(Body::AdviceGiven(AdviceGiven {
            text: if only && !kept.trim().is_empty() {
                join_lines(&kept, advice)
            } else {
                normalize_input(advice)
            },
            // The class of a crime is its content too.
            category: form.category.clone().filter(|_| !crime),
            only,
            cards: cited_cards(&form.advice_cards, ground.knowledge),
            more: Map::new(),
        }));
    }
    for r in &form.referrals {
        refer(form, r, &kept, crime, ground, &mut plan);
    }
    for t in &form.tasks {
        plan.push(Body::TaskAssigned(TaskAssigned {
            task_id: TaskId((ground.uuid)()),
            text: normalize_input(&t.text),
            unit: t.unit.clone(),
            owner: None,
            due: t.due,
            more: Map::new(),
        }));
    }
    if let Some(undecided) = &form.undecided {
        plan.push(Body::ControllerNamed(ControllerNamed {
            officer: undecided.controller.unwrap_or(ground.officer),
            reason: String::new(),
            more: Map::new(),
        }));
    }
    plan
}

/// Who may know of it, from the first minute: as one of its themes wants it, and where the officer chose no theme, as it was
/// heard at the door and as the words sound. A case that gets another visit was judged before.
fn circle(form: &IntakeForm, ground: &Ground<'_>) -> Circle {
    let more = form.more_issues.iter().filter_map(|issue| issue.category.as_ref());
    if let Some(of_theme) = form.category.iter().chain(more).find_map(|c| circle_for(c.as_str())) {
        return Circle(of_theme.to_owned());
    }
    if form.category.is_some() || form.existing_case.is_some() {
        return Circle::open();
    }
    if ground.ticket.is_open() {
        circle_of_words(ground.catalog, &form.text, None)
    } else {
        ground.ticket.clone()
    }
}

impl Plan {
    fn push(&mut self, body: Body) {
        self.events.push(Planned { body, circle: self.circle.clone() });
    }
}

fn open_case(form: &IntakeForm, kept: &str, ground: &Ground<'_>, plan: &mut Plan) {
    let crime = form.crime.is_some();
    let kind = form
        .category
        .as_ref()
        .and_then(|c| ground.catalog.category(c.as_str()))
        .and_then(|c| c.appeal_kind)
        // The social part of a crime visit is a message of its own; the crime is in КУИ.
        .filter(|k| !crime || *k != AppealKind::CrimeReport);
    let legal = legal_clock(kind.unwrap_or(AppealKind::Message)).deadline(
        ground.calendar,
        ground.now,
        &ground.counting,
    );
    plan.push(Body::CaseOpened(CaseOpened {
        number: ground.number.clone(),
        title: title(kept),
        narrative: kept.to_owned(),
        address: Some(normalize_input(&form.address))
            .filter(|a| !a.trim().is_empty())
            .map(|text| Address { text, ..Address::default() }),
        appeal_kind: kind
            .and_then(|k| serde_json::to_value(k).ok())
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        ext_number: None,
        legal_due: Some(legal.due),
        calendar: legal.calendar,
        more: Map::new(),
    }));
    // The class of a crime is its content too: a category of the crime branch is not kept as an issue.
    if let Some(category) = form.category.clone().filter(|_| !crime) {
        plan.push(issue(ground, category, String::new()));
    }
    for more in &form.more_issues {
        if let Some(category) = more.category.clone() {
            plan.push(issue(ground, category, normalize_input(&more.text)));
        }
    }
    for (party, role) in [
        (Some(&form.applicant), PartyRole::Applicant),
        (form.represented.as_ref(), PartyRole::Represented),
    ] {
        if let Some(party) = party
            .map(|p| Party { role, ..clean(p) })
            .filter(|p| *p != Party { role, ..Party::default() })
        {
            plan.push(Body::PartyAdded(PartyAdded {
                party_id: PartyId((ground.uuid)()),
                party,
                more: Map::new(),
            }));
        }
    }
}

fn issue(ground: &Ground<'_>, category: CategoryCode, text: String) -> Body {
    Body::IssueAdded(IssueAdded {
        issue_id: IssueId((ground.uuid)()),
        category,
        text,
        more: Map::new(),
    })
}

fn refer(
    form: &IntakeForm,
    r: &ReferralForm,
    kept: &str,
    crime: bool,
    ground: &Ground<'_>,
    plan: &mut Plan,
) {
    let asked = normalize_input(&r.text);
    let text = if asked.trim().is_empty() { kept.to_owned() } else { asked };
    if text.trim().is_empty() {
        plan.missing.push(refusal("missing_text", &[("agency", r.agency.as_str())]));
    }
    let category = form.category.clone().filter(|_| !crime);
    let answer = promise(ground, form.category.as_ref(), &r.agency, crime);
    let answer_due = r.answer_due.or(answer.as_ref().map(|d| d.due));
    let own = r
        .circle
        .clone()
        .filter(|c| !c.is_empty())
        .or_else(|| circle_for_agency(r.agency.as_str()).map(str::to_owned));
    let circle = match own {
        Some(c) if c != "open" => Circle(c),
        _ => plan.circle.clone(),
    };
    let disclosed = allowed(r, category.as_ref(), ground, plan);
    let (files, files_stay) = enclosed(form, r, crime, (&plan.circle, &circle), ground);
    let mut leaves = leaves(form, disclosed, &text, category.as_ref(), ground);
    leaves.extend(files.iter().map(EnclosedFile::leaving));
    let referral_id = ReferralId((ground.uuid)());
    let ack_wd = ground.catalog.agency(r.agency.as_str()).map_or(1, |a| a.ack_wd);
    plan.events.push(Planned {
        body: Body::ReferralDrafted(ReferralDrafted {
            referral_id,
            agency: r.agency.clone(),
            text,
            category,
            disclosed,
            answer_due,
            ack_wd,
            leaves: leaves.clone(),
            replaces: None,
            redirect: None,
            basis: r.consent.then_some(Basis::Consent),
            copy_of: None,
            files: files.clone(),
            more: Map::new(),
        }),
        circle: circle.clone(),
    });
    plan.events.push(Planned {
        body: Body::ReferralSent(ReferralSent { referral_id, decision: None, more: Map::new() }),
        circle: circle.clone(),
    });
    let agency = r.agency.clone();
    plan.referrals.push(PlannedReferral { agency, leaves, answer, circle, files, files_stay });
}

/// The chosen files that may go with this request; else why they stay. On the crime branch there are none:
/// they go with the draft.
fn enclosed(
    form: &IntakeForm,
    r: &ReferralForm,
    crime: bool,
    (case, request): (&Circle, &Circle),
    ground: &Ground<'_>,
) -> (Vec<EnclosedFile>, Option<LeavingFault>) {
    let chosen: Vec<EnclosedFile> =
        ground.files.iter().filter(|f| r.files.contains(&f.attachment_id)).cloned().collect();
    if chosen.is_empty() || crime {
        return (Vec::new(), None);
    }
    // The circle of a case that exists is not known here: only what stays in it goes along.
    if form.existing_case.is_some() && case != request {
        return (Vec::new(), Some(LeavingFault::FileCircle));
    }
    let may = may_enclose(
        ground.catalog,
        form.category.as_ref().map(CategoryCode::as_str),
        r.agency.as_str(),
        r.consent.then_some(Basis::Consent).as_ref(),
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
    let basis = r.consent.then_some(Basis::Consent);
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
        Err(LeavingFault::NoBasis | LeavingFault::IdentityProtected) => less,
        Err(fault) => {
            plan.missing.push(refusal(fault.code(), &[("agency", r.agency.as_str())]));
            less
        }
    }
}

/// Exactly what leaves the station, field by field: the minimum, and what the officer ticked.
fn leaves(
    form: &IntakeForm,
    disclosed: Disclosed,
    text: &str,
    category: Option<&CategoryCode>,
    ground: &Ground<'_>,
) -> Vec<Leaving> {
    let applicant = clean(&form.applicant);
    let field = |field: &str, value: String| Leaving { field: field.to_owned(), value };
    let mut out = vec![field("number", ground.number.clone())];
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
/// A body that is not the category's (crisis centre beside a crime) gets one working day to confirm.
#[must_use]
pub fn promise(
    ground: &Ground<'_>,
    category: Option<&CategoryCode>,
    agency: &AgencyCode,
    crime: bool,
) -> Option<Deadline> {
    let category = category.and_then(|c| ground.catalog.category(c.as_str()));
    let days = match category.and_then(|c| c.deadline_wd).filter(|_| !crime) {
        Some(days) => days.max(1),
        None if crime => ground.catalog.agency(agency.as_str()).map_or(1, |a| a.ack_wd.max(1)),
        None => legal_clock(AppealKind::Message).amount,
    };
    Some(working_days(ground.calendar, ground.now, days, &ground.counting))
}

fn check(form: &IntakeForm, kept: &str, ground: &Ground<'_>, plan: &mut Plan) {
    if form.crime.as_ref().is_some_and(|c| normalize_input(&c.kui_number).trim().is_empty()) {
        plan.missing.push(refusal("missing_kui", &[]));
    }
    if plan.becomes == Becomes::Case && kept.trim().is_empty() && form.crime.is_none() {
        plan.missing.push(refusal("missing_trouble", &[]));
    }
    let longest = [kept, form.address.as_str(), form.advice.as_deref().unwrap_or_default()]
        .into_iter()
        .chain(form.referrals.iter().map(|r| r.text.as_str()))
        .chain(form.tasks.iter().map(|t| t.text.as_str()))
        .map(str::len)
        .max()
        .unwrap_or(0);
    if longest > TEXT_BYTES_MAX / 2 {
        let kib = (longest / 1024).to_string();
        plan.missing.push(refusal("text_too_long", &[("kib", &kib), ("max_kib", "24")]));
    }
    let bodies = form.referrals.iter().map(|r| &r.agency);
    if bodies.chain(form.tasks.iter().map(|t| &t.unit)).any(|a| !known(ground.catalog, a)) {
        plan.missing.push(refusal("bad_request", &[]));
    }
    let days = form.referrals.iter().filter_map(|r| r.answer_due);
    if days
        .chain(form.tasks.iter().filter_map(|t| t.due))
        .any(|d| !can_be_due(d, today(ground.now)))
    {
        plan.missing.push(refusal("due_impossible", &[]));
    }
    let iin = form.applicant.iin.trim();
    if !iin.is_empty() && !esik_domain::iin::check(iin).valid {
        plan.warnings.push(refusal("iin_doubtful", &[]));
    }
    let phone = form.applicant.phone.trim();
    if !phone.is_empty() && !esik_domain::phone::check(phone).valid {
        plan.warnings.push(refusal("phone_doubtful", &[]));
    }
    for t in &form.tasks {
        if t.text.trim().is_empty() {
            plan.missing.push(refusal("missing_task_text", &[]));
        }
    }
}

/// A body or a unit that exists: nobody else would ever answer.
#[must_use]
pub fn known(catalog: &Catalog, body: &AgencyCode) -> bool {
    catalog.agency(body.as_str()).is_some()
}

/// The person as it will be kept: control characters gone, phone in E.164 when it could be read.
#[must_use]
pub fn clean(p: &Party) -> Party {
    let phone = normalize_input(&p.phone).trim().to_owned();
    Party {
        role: p.role,
        surname: normalize_input(&p.surname).trim().to_owned(),
        given: normalize_input(&p.given).trim().to_owned(),
        patronymic: normalize_input(&p.patronymic).trim().to_owned(),
        organisation: normalize_input(&p.organisation).trim().to_owned(),
        iin: esik_domain::iin::check(&p.iin).normalized,
        phone: esik_domain::phone::check(&phone).e164.unwrap_or(phone),
        call_note: normalize_input(&p.call_note).trim().to_owned(),
        do_not_call: p.do_not_call,
    }
}

/// Cards that are in force here; each once.
pub(crate) fn cited_cards(cited: &[CardRef], knowledge: Option<&Knowledge>) -> Vec<CardRef> {
    let there = |c: &&CardRef| knowledge.is_some_and(|k| k.card(c).is_some());
    let cited: BTreeSet<&CardRef> = cited.iter().filter(there).collect();
    cited.into_iter().cloned().collect()
}

fn join_lines(text: &str, advice: &str) -> String {
    let advice = normalize_input(advice);
    if advice.trim().is_empty() { text.to_owned() } else { format!("{text}\n\n{advice}") }
}

/// A refusal with parameters.
#[must_use]
pub fn refusal(code: &str, params: &[(&str, &str)]) -> Refusal {
    Refusal {
        code: code.to_owned(),
        params: params
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// Today's date at the desk.
#[must_use]
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    local(now).date_naive()
}
