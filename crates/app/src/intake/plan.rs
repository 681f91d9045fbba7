//! What an intake becomes: a pure decision from what was typed to the events that will be saved.
//!
//! `settled.md` 2 is decided here and nowhere else: on the crime branch nothing of the text is kept
//! but the social sentence, and no text leaves but what the officer wrote for the referral.

mod copy;
mod issues;
mod redirect;
mod refer;
pub mod visit;

pub(crate) use issues::stands_beside_a_crime;
pub use refer::promise;

use crate::api::{IntakeForm, Refusal};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendar::{Calendar, local};
use esik_domain::case::CaseState;
use esik_domain::catalog::Catalog;
use esik_domain::deadline::{AppealKind, Counting, Deadline, can_be_due, legal_clock};
use esik_domain::event::{
    Address, AdviceGiven, Body, CaseOpened, ControllerNamed, CrimeHandedOver, EnclosedFile,
    Leaving, Party, PartyAdded, PartyRole, TEXT_BYTES_MAX, TaskAssigned, VisitNoted,
};
use esik_domain::ids::{AgencyCode, CategoryCode, Circle, OfficerId, PartyId, TaskId};
use esik_domain::knowledge::{CardRef, Knowledge};
use esik_domain::leaving::LeavingFault;
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
    /// The theme of the issue it is about.
    pub category: Option<CategoryCode>,
    pub leaves: Vec<Leaving>,
    pub answer: Option<Deadline>,
    pub circle: Circle,
    pub files: Vec<EnclosedFile>,
    /// Why chosen files stay.
    pub files_stay: Option<LeavingFault>,
    /// The supervisor that may get a copy.
    pub copy_to: Option<AgencyCode>,
    /// A copy of the request to this body.
    pub copy_of: Option<AgencyCode>,
}

/// The redirect as the head will read it.
#[derive(Clone, PartialEq, Debug)]
pub struct PlannedRedirect {
    pub agency: AgencyCode,
    pub leaves: Vec<Leaving>,
    /// By when it has to be signed.
    pub by: Deadline,
    pub circle: Circle,
}

/// The decision.
#[derive(Clone, Debug)]
pub struct Plan {
    pub becomes: Becomes,
    pub circle: Circle,
    /// In the order they will be saved.
    pub events: Vec<Planned>,
    pub referrals: Vec<PlannedReferral>,
    pub redirect: Option<PlannedRedirect>,
    /// Cannot be finished like this.
    pub missing: Vec<Refusal>,
    /// Good to know; never blocks.
    pub warnings: Vec<Refusal>,
    /// The open case goes into the circle of this visit, as with a corrected theme (docs/adr/0046).
    pub restricts: bool,
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
    /// The case this visit belongs to, as the officer may see it.
    pub existing: Option<&'a CaseState>,
}

/// Decides. Never refuses acceptance: what is missing is only what the chosen way itself needs.
#[must_use]
pub fn plan(form: &IntakeForm, ground: &Ground<'_>) -> Plan {
    let text = normalize_input(&form.text);
    let crime = form.crime.is_some();
    let social = form.crime.as_ref().map(|c| normalize_input(&c.social_sentence));
    let works = !form.referrals.is_empty()
        || !form.tasks.is_empty()
        || form.redirect.is_some()
        || form.undecided.is_some();
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
        circle: issues::circle(form, ground),
        events: Vec::new(),
        referrals: Vec::new(),
        redirect: None,
        missing: Vec::new(),
        warnings: Vec::new(),
        restricts: false,
    };
    plan.restricts = !plan.circle.is_open() && ground.existing.is_some_and(|c| c.circle.is_open());
    // What of the person's words may be kept: on the crime branch only the social sentence.
    let kept = if crime { social.unwrap_or_default() } else { text };
    let told = issues::told(form, &kept, becomes, ground.catalog);
    check(form, &told, ground, &mut plan);
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
        Becomes::Case => open_case(form, &kept, &told, ground, &mut plan),
        Becomes::Visit => visit::join(form, &kept, ground, &mut plan),
        Becomes::Advice | Becomes::Crime => {}
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
            text: if only && !told.trim().is_empty() {
                join_lines(&told, advice)
            } else {
                normalize_input(advice)
            },
            // The class of a crime is its content too.
            category: form.category.clone().filter(|_| !crime),
            only,
            // The title of a card may tell the class of a crime.
            cited: ground
                .knowledge
                .filter(|_| !crime)
                .map(|k| k.citations(&cited_cards(&form.advice_cards, Some(k))))
                .unwrap_or_default(),
            cards: cited_cards(&form.advice_cards, ground.knowledge),
            more: Map::new(),
        }));
    }
    for r in &form.referrals {
        refer::refer(form, r, &kept, ground, &mut plan);
    }
    if let Some(r) = &form.redirect {
        redirect::redirect(form, r, &kept, ground, &mut plan);
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

impl Plan {
    fn push(&mut self, body: Body) {
        self.events.push(Planned { body, circle: self.circle.clone() });
    }
}

fn open_case(form: &IntakeForm, kept: &str, told: &str, ground: &Ground<'_>, plan: &mut Plan) {
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
        title: title(if kept.trim().is_empty() { told } else { kept }),
        narrative: told.to_owned(),
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
    for (category, text) in issues::themed(form, ground) {
        plan.push(issues::added(ground, category, text));
    }
    for party in people(form) {
        plan.push(party_added(ground, party));
    }
}

/// Who came and on whose behalf, as far as anything is known of them.
fn people(form: &IntakeForm) -> impl Iterator<Item = Party> {
    [
        (Some(&form.applicant), PartyRole::Applicant),
        (form.represented.as_ref(), PartyRole::Represented),
    ]
    .into_iter()
    .filter_map(|(party, role)| {
        let party = Party { role, ..clean(party?) };
        (party != Party { role, ..Party::default() }).then_some(party)
    })
}

fn party_added(ground: &Ground<'_>, party: Party) -> Body {
    let party_id = PartyId((ground.uuid)());
    Body::PartyAdded(PartyAdded { party_id, party, more: Map::new() })
}

fn check(form: &IntakeForm, told: &str, ground: &Ground<'_>, plan: &mut Plan) {
    if form.crime.as_ref().is_some_and(|c| normalize_input(&c.kui_number).trim().is_empty()) {
        plan.missing.push(refusal("missing_kui", &[]));
    }
    if plan.becomes == Becomes::Case && told.trim().is_empty() && form.crime.is_none() {
        plan.missing.push(refusal("missing_trouble", &[]));
    }
    let longest = [told, form.address.as_str(), form.advice.as_deref().unwrap_or_default()]
        .into_iter()
        .chain(form.more_issues.iter().map(|issue| issue.text.as_str()))
        .chain(form.referrals.iter().map(|r| r.text.as_str()))
        .chain(form.redirect.iter().flat_map(|r| [&*r.text, &*r.reason, &*r.ground]))
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
    // A request about an issue there is none of would leave with the words of another.
    if form.referrals.iter().any(|r| issues::nth(form, r.issue).is_none()) {
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
        // Beside a crime a task is not called by its class.
        let named = form.crime.is_some() && names_a_crime(ground.catalog, &t.text);
        if t.text.trim().is_empty() || named {
            plan.missing.push(refusal("missing_task_text", &[]));
        }
    }
}

fn names_a_crime(catalog: &Catalog, text: &str) -> bool {
    let text = text.trim();
    catalog
        .categories()
        .iter()
        .filter(|c| !stands_beside_a_crime(catalog, &CategoryCode::from(c.code.as_str())))
        .any(|c| [&c.name.kk, &c.name.ru, &c.name.en].iter().any(|n| *n == text))
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
