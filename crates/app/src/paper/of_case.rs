//! What each paper of a case says: pure, from the folded case as the officer may see it.
//!
//! Two rules decide what stands on paper (`domain.md` 2.8, 2.9). A body of a restricted circle is named only
//! in the letter to that body itself, so that notices of a restricted matter are given by word of mouth. Where
//! somebody may be in danger, address and telephone stay in the card.

use super::decided;
use super::make::fault;
use crate::api::{CasePaper, PaperOffer};
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::calendar::local;
use esik_domain::calendars::Calendars;
use esik_domain::case::{CaseState, Referral};
use esik_domain::catalog::Catalog;
use esik_domain::event::{Channel, PartyRole};
use esik_domain::ids::{CategoryCode, Circle, OfficerId, ReferralId};
use esik_domain::knowledge::Citation;
use esik_domain::phone;
use esik_domain::policy::Actor;
use esik_letters::{
    AdviceCertificate, Answer, Cited, Coupon, Detail, Document as _, Entry, ExtensionDecision,
    ExtensionNotice, Finding, L10nPair, Promise, Protocol, RedirectLetter, RedirectNotice,
    ReferralLetter, Sheet, Signer, Templates,
};
use esik_store::officers::Officer;
use std::sync::Arc;
use uuid::Uuid;

/// What papers need besides the case.
pub(crate) struct Ground<'a> {
    pub now: DateTime<Utc>,
    pub station: L10nPair,
    /// The officer at the desk.
    pub me: Signer,
    pub actor: &'a Actor,
    pub officers: &'a [Officer],
    /// The papers in force.
    pub templates: Templates,
    /// The calendars days are counted with.
    pub calendars: Arc<Calendars>,
    /// Where the region shows applicants how their case is.
    pub status_page: Option<String>,
}

/// A sheet and who may know of it.
pub(crate) struct Ready {
    pub sheet: Sheet,
    pub circle: Circle,
    pub author: OfficerId,
}

/// Papers the case may have now, in the order of its life.
pub(crate) fn offers(case: &CaseState) -> Vec<PaperOffer> {
    let whole = |paper| PaperOffer { paper, part: None, agency: None };
    let mut out = Vec::new();
    if case.coupon.is_some() {
        out.push(whole(CasePaper::Coupon));
    }
    if protocol_due(case) {
        out.push(whole(CasePaper::Protocol));
    }
    for r in case.referrals.iter().filter(|r| letter_due(r)) {
        let letters: &[CasePaper] = match (&r.redirect, r.circle.is_open()) {
            (None, _) => &[CasePaper::Referral],
            (Some(_), true) => &[CasePaper::Redirect, CasePaper::RedirectNotice],
            (Some(_), false) => &[CasePaper::Redirect],
        };
        out.extend(letters.iter().map(|paper| PaperOffer {
            paper: *paper,
            part: Some(r.id.0),
            agency: Some(r.agency.clone()),
        }));
    }
    for r in case.referrals.iter().filter(|r| letter_due(r)) {
        out.extend(r.escalations.iter().filter(|e| e.is_letter()).map(|e| PaperOffer {
            paper: CasePaper::Escalation,
            part: Some(e.stamp.event.0),
            agency: e.to.clone().or_else(|| Some(r.agency.clone())),
        }));
    }
    for e in case.extensions.iter().filter(|e| e.granted && e.until.is_some()) {
        let papers: &[CasePaper] = if case.circle.is_open() {
            &[CasePaper::Extension, CasePaper::ExtensionNotice]
        } else {
            &[CasePaper::Extension]
        };
        out.extend(papers.iter().map(|paper| PaperOffer {
            paper: *paper,
            part: Some(e.event.0),
            agency: None,
        }));
    }
    if answer_due(case) {
        out.push(whole(CasePaper::Answer));
    }
    if advice_due(case) {
        out.push(whole(CasePaper::Advice));
    }
    if case.is_case() {
        out.push(whole(CasePaper::Terms));
    }
    out
}

/// What a person said aloud is written down; a letter speaks for itself.
pub(super) fn protocol_due(case: &CaseState) -> bool {
    let oral = case.visits.first().is_some_and(|v| {
        matches!(v.channel, Channel::FrontOffice | Channel::Phone | Channel::Round)
    });
    case.is_case() && oral && !case.narrative.trim().is_empty()
}

fn letter_due(r: &Referral) -> bool {
    r.sent_at.is_some() && r.withdrawn.is_none()
}

/// There is something to tell the applicant.
fn answer_due(case: &CaseState) -> bool {
    case.is_case()
        && (case.closed.is_some()
            || case.tasks.iter().any(|t| t.done.is_some())
            || case.referrals.iter().any(answered_well))
}

/// Advice on a restricted matter is not taken home on paper.
fn advice_due(case: &CaseState) -> bool {
    case.circle.is_open() && case.advice.iter().any(|a| !a.text.trim().is_empty())
}

fn answered_well(r: &Referral) -> bool {
    r.checked.as_ref().is_some_and(|c| c.good)
}

/// One of the papers [`offers`] names.
///
/// # Errors
/// `no_such_paper` when the case has it not.
pub(crate) fn case_sheet(
    case: &CaseState,
    paper: CasePaper,
    part: Option<Uuid>,
    ground: &Ground<'_>,
) -> Result<Ready, AppError> {
    if !offers(case).iter().any(|o| o.paper == paper && o.part == part) {
        return Err(AppError::refused("no_such_paper"));
    }
    let templates = &ground.templates;
    let none = || AppError::refused("no_such_paper");
    let of_rung = |r: &&Referral| r.escalations.iter().any(|e| Some(e.stamp.event.0) == part);
    let referral = match paper {
        CasePaper::Escalation => case.referrals.iter().find(of_rung),
        _ => part.and_then(|id| case.referrals.iter().find(|r| r.id == ReferralId(id))),
    };
    let sheet = match paper {
        CasePaper::Coupon => coupon(case, ground)?.sheet(templates),
        CasePaper::Protocol => protocol(case, ground)?.sheet(templates),
        CasePaper::Referral => letter(case, referral.ok_or_else(none)?, ground)?.sheet(templates),
        CasePaper::Redirect => {
            let of = decided::redirect(case, referral.ok_or_else(none)?, ground)?;
            RedirectLetter(&of).sheet(templates)
        }
        CasePaper::RedirectNotice => {
            let of = decided::redirect(case, referral.ok_or_else(none)?, ground)?;
            RedirectNotice(&of).sheet(templates)
        }
        CasePaper::Escalation => {
            super::escalation::letter(case, referral.ok_or_else(none)?, part, ground)?
                .sheet(templates)
        }
        CasePaper::Extension => {
            ExtensionDecision(&decided::extension(case, part, ground)?).sheet(templates)
        }
        CasePaper::ExtensionNotice => {
            ExtensionNotice(&decided::extension(case, part, ground)?).sheet(templates)
        }
        CasePaper::Answer => answer(case, ground)?.sheet(templates),
        CasePaper::Advice => advice(case, ground)?.sheet(templates),
        CasePaper::Terms => super::terms::sheet(case, ground)?.sheet(templates),
    }
    .map_err(fault)?;
    let (circle, author) = match referral {
        Some(r) => (r.circle.clone(), r.by),
        None => (case.circle.clone(), case.author),
    };
    Ok(Ready { sheet, circle, author })
}

/// An officer's name and post; posts are kept as “kk / ru”.
pub(crate) fn signer(name: &str, post: &str) -> Result<Signer, AppError> {
    let post = if post.trim().is_empty() {
        esik_letters::unnamed_post().map_err(fault)?
    } else {
        both_sides(post)
    };
    Ok(Signer { name: name.to_owned(), post })
}

/// A text kept as “kk / ru”; one without a slash is the same in both.
pub(super) fn both_sides(text: &str) -> L10nPair {
    let (kk, ru) = text.split_once(" / ").unwrap_or((text, text));
    L10nPair::new(kk, ru)
}

/// The officer behind an event; the one at the desk when he is not known here.
pub(super) fn officer(id: OfficerId, ground: &Ground<'_>) -> Result<Signer, AppError> {
    match ground.officers.iter().find(|o| o.card.id == id) {
        Some(o) => signer(&o.card.name, &o.card.post),
        None => Ok(ground.me.clone()),
    }
}

pub(super) fn body_name(code: &str) -> L10nPair {
    match Catalog::shipped().agency(code) {
        Some(a) => L10nPair::new(a.name.kk.clone(), a.name.ru.clone()),
        None => L10nPair::new(code, code),
    }
}

pub(super) fn topic(category: Option<&CategoryCode>) -> L10nPair {
    category
        .and_then(|c| Catalog::shipped().category(c.as_str()))
        .map(|c| L10nPair::new(c.name.kk.clone(), c.name.ru.clone()))
        .unwrap_or_default()
}

pub(super) fn number(case: &CaseState) -> String {
    case.number.clone().unwrap_or_default()
}

pub(super) fn opened_at(case: &CaseState) -> DateTime<Utc> {
    case.opened_at.unwrap_or(case.first_at)
}

fn coupon(case: &CaseState, ground: &Ground<'_>) -> Result<Coupon, AppError> {
    let issued = case.coupon.clone().ok_or_else(|| AppError::refused("not_found"))?;
    let receiver = signer(&issued.receiver_name, &issued.receiver_post)?;
    Ok(Coupon {
        number: issued.number,
        code: issued.code,
        secret: issued.secret,
        opened_at: issued.at,
        station: ground.station.clone(),
        receiver_name: receiver.name,
        receiver_post: receiver.post,
        promises: promises(case)?,
        ask_at: Vec::new(),
        status_page: ground.status_page.clone(),
    })
}

/// What was promised. A restricted body is never named on paper.
fn promises(case: &CaseState) -> Result<Vec<Promise>, AppError> {
    let neutral = esik_letters::neutral_promise().map_err(fault)?;
    let referrals = case.referrals.iter().filter(|r| r.withdrawn.is_none());
    let referrals = referrals.map(|r| (r.answer_due, r.circle.is_open(), r.agency.as_str()));
    // An own action without a day is owed by the last day of law.
    let by_law = case.legal_last_day();
    let tasks =
        case.tasks.iter().map(|t| (t.due.or(by_law), case.circle.is_open(), t.unit.as_str()));
    let promise = |(until, named, body): (Option<_>, bool, &str)| {
        let named = named && Catalog::shipped().agency(body).is_some();
        let what = if named { body_name(body) } else { neutral.clone() };
        Some(Promise { what, until: until? })
    };
    Ok(referrals.chain(tasks).filter_map(promise).collect())
}

fn protocol(case: &CaseState, ground: &Ground<'_>) -> Result<Protocol, AppError> {
    let receiver = match &case.coupon {
        Some(issued) => signer(&issued.receiver_name, &issued.receiver_post)?,
        None => officer(case.author, ground)?,
    };
    let applicant = case.applicant().cloned().unwrap_or_default();
    let in_danger = !case.circle.is_open()
        || case.visits.iter().any(|v| v.circumstances.iter().any(|c| c == "afraid"));
    let guarded = |text: &str| match Entry::of(text) {
        Entry::Said(_) if in_danger => Entry::Kept,
        other => other,
    };
    let person =
        [&applicant.surname, &applicant.given, &applicant.patronymic].map(|s| s.trim()).join(" ");
    let language = case.visits.first().map_or("", |v| v.language.as_str());
    Ok(Protocol {
        number: number(case),
        opened_at: opened_at(case),
        station: ground.station.clone(),
        receiver,
        applicant: Entry::of(&person),
        organisation: applicant.organisation,
        represented: case
            .parties
            .iter()
            .filter(|p| p.party.role == PartyRole::Represented)
            .map(|p| p.party.full_name())
            .collect::<Vec<_>>()
            .join(", "),
        iin: Entry::of(&applicant.iin),
        address: guarded(case.address.as_ref().map_or("", |a| a.text.as_str())),
        phone: guarded(&shown_phone(&applicant.phone)),
        language: esik_letters::language_name(language).map_err(fault)?,
        essence: case.narrative.clone(),
    })
}

/// A telephone as people read it; one that cannot be read stands as it was typed.
fn shown_phone(kept: &str) -> String {
    let read = phone::check(kept);
    if read.valid { read.display } else { kept.to_owned() }
}

/// Exactly what the officer previewed when he sent it, and nothing more.
fn letter(case: &CaseState, r: &Referral, ground: &Ground<'_>) -> Result<ReferralLetter, AppError> {
    let text = r.leaves.iter().find(|l| l.field == "text").map_or(&r.text, |l| &l.value);
    let kazakh = case.visits.first().is_some_and(|v| v.language == "kk");
    let details = r
        .leaves
        .iter()
        .filter(|l| !matches!(l.field.as_str(), "text" | "number"))
        .map(|l| Detail {
            field: l.field.clone(),
            value: match l.field.as_str() {
                "category" | "copy_of" => both_sides(&l.value),
                _ => L10nPair::new(&l.value, &l.value),
            },
        })
        .collect();
    Ok(ReferralLetter {
        number: number(case),
        sent_at: r.sent_at.unwrap_or(r.drafted_at),
        station: ground.station.clone(),
        agency: body_name(r.agency.as_str()),
        details,
        text: if kazakh { L10nPair::new(text, "") } else { L10nPair::new("", text) },
        until: r.answer_due,
        contact: Vec::new(),
        signer: officer(r.by, ground)?,
    })
}

fn answer(case: &CaseState, ground: &Ground<'_>) -> Result<Answer, AppError> {
    let open = case.circle.is_open();
    let day = |at: DateTime<Utc>| local(at).date_naive();
    let mut findings = Vec::new();
    let mut private = !open;
    for r in case.referrals.iter().filter(|r| answered_well(r)) {
        let Some(answered) = &r.answered else { continue };
        if open && r.circle.is_open() {
            findings.push(Finding {
                who: body_name(r.agency.as_str()),
                on: day(answered.stamp.at),
                text: answered.text.clone(),
            });
        } else {
            private = true;
        }
    }
    for t in case.tasks.iter().filter(|_| open) {
        let Some(done) = &t.done else { continue };
        findings.push(Finding {
            who: body_name(t.unit.as_str()),
            on: day(done.at),
            text: if t.result.trim().is_empty() { t.text.clone() } else { t.result.clone() },
        });
    }
    let closed = case.closed.as_ref();
    let outcome = match closed {
        Some(c) => esik_letters::outcome_name(&c.outcome).map_err(fault)?,
        None => L10nPair::default(),
    };
    Ok(Answer {
        number: number(case),
        made_at: ground.now,
        opened_at: opened_at(case),
        station: ground.station.clone(),
        applicant: case.applicant().map(esik_domain::event::Party::full_name).unwrap_or_default(),
        topic: if open { topic(case.category()) } else { L10nPair::default() },
        findings,
        private,
        outcome,
        text: closed.filter(|_| open).map(|c| c.text.clone()).unwrap_or_default(),
        cited: if open { cited(case) } else { Vec::new() },
        signer: ground.me.clone(),
    })
}

fn advice(case: &CaseState, ground: &Ground<'_>) -> Result<AdviceCertificate, AppError> {
    let last = case.advice.last().ok_or_else(|| AppError::refused("no_such_paper"))?;
    let texts: Vec<&str> = case.advice.iter().map(|a| a.text.as_str()).collect();
    let name = case.applicant().map(esik_domain::event::Party::full_name).unwrap_or_default();
    Ok(AdviceCertificate {
        number: number(case),
        visited_at: last.at,
        station: ground.station.clone(),
        applicant: Entry::of(&name),
        topic: topic(last.category.as_ref().or(case.category())),
        advice: texts.join("\n"),
        cited: cited(case),
        adviser: officer(last.by, ground)?,
    })
}

/// What the advice of a case was taken from, each card once, as it stood when it was cited last.
fn cited(case: &CaseState) -> Vec<Cited> {
    let mut out: Vec<&Citation> = Vec::new();
    for c in case.advice.iter().flat_map(|a| &a.cited).rev() {
        if out.iter().all(|known| (&known.code, known.version) != (&c.code, c.version)) {
            out.push(c);
        }
    }
    out.iter()
        .rev()
        .map(|c| Cited {
            title: L10nPair::new(&c.title.kk, &c.title.ru),
            version: c.version,
            confirmed: c.confirmed,
        })
        .collect()
}
