//! The fold: a stream's events, in order, become the case they tell of. Pure and total.
//!
//! Order is the region's position for what the region has, then the device's own unsent events by
//! `device_seq` (`architecture.md` §3, replica invariant). Device time never decides anything here.

mod heard;
mod rests;
mod terms;

use crate::audience::{circle_after, opens};
use crate::case::{
    Advice, Answer, CaseParty, CaseState, Check, Closing, Contact, Coupon, Crime, Issue, Referral,
    Refused, Rejection, Review, Stamp, Task, Visit,
};
use crate::event::{Body, Class, EnclosedFile, Envelope};
use crate::ids::{CaseId, Circle, EventId, Pos, ReferralId, TaskId};
use crate::moments;
use crate::policy::is_among;
use crate::priority::{Priority, PriorityWord};
use crate::text::headline;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// The kind that ends the work a refusal is; a refusal of it is none.
const SETTLING: &str = "refusal_settled";

/// What the region said of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Saved here; the region has not spoken.
    Unsent,
    /// In the region's order.
    Accepted(Pos),
    /// Refused or set aside, with the reason's code: kept, not applied.
    Refused(String),
}

/// One event of a stream with what the region said of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub event: Envelope,
    pub standing: Standing,
}

/// Folds a stream. `None` for an empty one.
#[must_use]
pub fn fold(entries: &[Entry]) -> Option<CaseState> {
    let first = entries.first()?;
    let opened = entries.iter().find(|e| opens(&e.event)).unwrap_or(first);
    let (acting, waiting) = rests::on_their_bases(entries);
    let corrected = moments::corrections(&acting);
    let entries: &[Entry] = &moments::at_their_moments(&acting, &corrected);
    let mut case = empty(first.event.case_id, &entries.first().unwrap_or(first).event);
    // Who opened the stream may always see it, also when what was written waits.
    case.author = opened.event.actor_id;
    case.waiting = waiting;
    let undone = crate::undo::undone(entries);
    for entry in entries.iter().filter(|e| !undone.contains_key(&e.event.id)) {
        apply(&mut case, entry);
    }
    case.restated = moments::restated(entries, &corrected, &undone.keys().copied().collect());
    case.corrected = corrected.into_values().collect();
    let settled = settled(entries, &undone);
    case.refused.retain(|r| !settled.contains(&r.event));
    if crate::undo::is_gone(entries, &undone) {
        case.aside = Some(crate::aside::Aside::Gone);
    }
    Some(case)
}

/// What the region refused and an officer dealt with. What was refused has no place in the order, so this is asked of
/// the whole stream.
fn settled(entries: &[Entry], undone: &BTreeMap<EventId, DateTime<Utc>>) -> BTreeSet<EventId> {
    let mut out = BTreeSet::new();
    for e in entries.iter().map(|e| &e.event).filter(|e| e.kind == SETTLING) {
        if let (Body::RefusalSettled(b), false) = (e.read_body(), undone.contains_key(&e.id)) {
            out.extend(b.events);
        }
    }
    out
}

fn empty(id: CaseId, first: &Envelope) -> CaseState {
    CaseState {
        id,
        station: first.station_id.clone(),
        circle: Circle::open(),
        author: first.actor_id,
        controller: None,
        priority_word: None,
        first_at: first.occurred_at,
        last_at: first.occurred_at,
        number: None,
        ext_number: None,
        title: String::new(),
        narrative: String::new(),
        address: None,
        appeal_kind: String::new(),
        opened_at: None,
        legal_due: None,
        calendar: String::new(),
        extension_asks: Vec::new(),
        extensions: Vec::new(),
        closing_ask: None,
        disputes: Vec::new(),
        notices: Vec::new(),
        visits: Vec::new(),
        issues: Vec::new(),
        parties: Vec::new(),
        person_words: Vec::new(),
        advice: Vec::new(),
        referrals: Vec::new(),
        tasks: Vec::new(),
        plan: Vec::new(),
        crime: None,
        coupon: None,
        contacts: Vec::new(),
        said: Vec::new(),
        attachments: Vec::new(),
        closed: None,
        reopened: 0,
        review: Vec::new(),
        refused: Vec::new(),
        waiting: Vec::new(),
        unknown: 0,
        read_only: false,
        ticket: None,
        aside: None,
        set_by: BTreeMap::new(),
        moved: Vec::new(),
        corrected: Vec::new(),
        restated: Vec::new(),
        counted_with: None,
    }
}

fn apply(case: &mut CaseState, entry: &Entry) {
    let e = &entry.event;
    if let Standing::Refused(code) = &entry.standing {
        if e.kind == SETTLING {
            return;
        }
        case.refused.push(Refused { event: e.id, kind: e.kind.clone(), code: code.clone() });
        return;
    }
    let at_region = matches!(entry.standing, Standing::Accepted(_));
    let body = e.read_body();
    // A kind that was unknown when it was taken in was nobody's then: it acts only if its author's role may write it.
    if body.by().is_some_and(|by| !is_among(e.role, by)) {
        return;
    }
    case.last_at = case.last_at.max(e.occurred_at);
    // A case-wide circle is set by what opens the stream, or later on purpose; a referral carries its own.
    if let Some(circle) = circle_after(&case.circle, e) {
        case.circle = circle;
    }
    if body.class() == Class::Amendment {
        amend(case, e, body);
        return;
    }
    match body {
        Body::VisitNoted(b) => case.visits.push(Visit {
            at: e.occurred_at,
            channel: b.channel,
            language: b.language,
            circumstances: b.circumstances,
            by: e.actor_id,
        }),
        Body::CaseOpened(b) => {
            case.number = Some(b.number);
            case.ext_number = b.ext_number;
            case.title = b.title;
            case.narrative = b.narrative;
            case.address = b.address;
            case.appeal_kind = b.appeal_kind;
            case.opened_at = Some(e.occurred_at);
            case.legal_due = b.legal_due;
            case.calendar = b.calendar;
            set(case, "title", e.id);
            set(case, "address", e.id);
            set(case, "ext_number", e.id);
            // The first who names somebody, or says how soon, amends what stood since the opening: two such first ones meet.
            set(case, "controller", e.id);
            set(case, "priority", e.id);
        }
        Body::IssueAdded(b) => {
            if case.issues.iter().all(|i| i.id != b.issue_id) {
                set(case, &format!("category:{}", b.issue_id), e.id);
                case.issues.push(Issue { id: b.issue_id, category: b.category, text: b.text });
            }
        }
        Body::PartyAdded(b) => {
            if case.parties.iter().all(|p| p.id != b.party_id) {
                set(case, &format!("party:{}", b.party_id), e.id);
                case.parties.push(CaseParty { id: b.party_id, party: b.party });
            }
        }
        Body::AdviceGiven(b) => {
            // Advice that nothing follows is called by its first words, else lists show it without a name.
            if b.only && case.number.is_none() && case.title.is_empty() {
                case.title = headline(&b.text);
            }
            case.advice.push(Advice {
                at: e.occurred_at,
                by: e.actor_id,
                text: b.text,
                category: b.category,
                cards: b.cards,
                cited: b.cited,
            });
        }
        Body::CrimeHandedOver(b) => {
            case.crime = Some(Crime {
                kui_number: b.kui_number,
                kui_at: b.kui_at,
                received_by: b.received_by,
                minutes: b.minutes,
            });
        }
        Body::CouponIssued(b) => {
            case.coupon = Some(Coupon {
                at: e.occurred_at,
                number: b.number,
                code: b.code,
                secret: b.secret,
                receiver_name: b.receiver_name,
                receiver_post: b.receiver_post,
                phone: b.phone,
            });
        }
        Body::PersonMatched(b) => crate::person::apply(case, e, b),
        Body::ContactMade(b) => case.contacts.push(Contact {
            at: e.occurred_at,
            by: e.actor_id,
            how: b.how,
            reached: b.reached,
            word: b.word,
            text: b.text,
        }),
        Body::ApplicantWord(b) => crate::said::hear(case, e, b),
        Body::WordRead(b) => crate::said::read(case, &stamp(e), &b.events),
        Body::TaskAssigned(b) => {
            if case.tasks.iter().all(|t| t.id != b.task_id) {
                case.tasks.push(Task {
                    id: b.task_id,
                    text: b.text,
                    unit: b.unit,
                    owner: b.owner,
                    due: b.due,
                    assigned_at: e.occurred_at,
                    at_region,
                    done: None,
                    result: String::new(),
                });
            }
        }
        Body::TaskDone(b) => {
            if let Some(t) = task(case, b.task_id).filter(|t| t.done.is_none()) {
                t.done = Some(stamp(e));
                t.result = b.result;
            }
        }
        Body::ReviewSettled(b) => match b.event {
            Some(one) => case.review.retain(|r| r.event != one),
            None => case.review.clear(),
        },
        Body::CaseClosed(b) => {
            case.closed = Some(Closing {
                at: e.occurred_at,
                by: e.actor_id,
                word: b.word,
                outcome: b.outcome,
                text: b.text,
                satisfaction: b.satisfaction.filter(|n| (1..=5).contains(n)),
                not_called: b.not_called,
                at_region,
            });
            case.closing_ask = None;
        }
        Body::CaseReopened(_) => {
            if case.closed.take().is_some() {
                case.reopened += 1;
            }
        }
        Body::VerdictRejected(b) => case.refused.push(Refused {
            event: b.event_id,
            kind: "verdict_rejected".to_owned(),
            code: b.code,
        }),
        // What an undo took back was left out before; the undo itself says nothing more.
        Body::NoteAdded(_) | Body::ActUndone(_) | Body::RefusalSettled(_) => {}
        // Its circle was taken above.
        Body::CaseRestricted(_) => {}
        // Every event was read at its corrected moment before.
        Body::ClockCorrected(_) => {}
        Body::AttachmentLinked(b) => crate::attached::link(case, e, b),
        Body::AttachmentNoted(b) => crate::attached::note(case, b),
        Body::AttachmentWithdrawn(b) => crate::attached::withdraw(case, stamp(e), b),
        Body::Unknown { .. } => {
            case.unknown += 1;
            case.read_only |= e.critical;
        }
        Body::QueueJoined(_) | Body::QueueTold(_) | Body::QueueCalled(_) | Body::QueueLeft(_) => {
            crate::queue::apply(&mut case.ticket, e, body);
        }
        Body::PlanStepAdded(_) | Body::PlanStepDone(_) | Body::PlanStepDropped(_) => {
            crate::plan::apply(&mut case.plan, stamp(e), body);
        }
        Body::ShiftHandedOver(_) | Body::ShiftTaken(_) => {
            crate::shift::apply(&mut case.aside, e, &entry.standing, body);
        }
        Body::KnowledgeConfirmed(b) => {
            case.aside.get_or_insert(crate::aside::Aside::Confirmed(b.entry));
        }
        Body::OwedListHanded(_) => crate::owed_list::apply(&mut case.aside, e, body),
        Body::LooksNoted(_) => crate::look::apply(&mut case.aside, e, body),
        Body::RoundPlaceNoted(_)
        | Body::RoundPlanned(_)
        | Body::RoundVisited(_)
        | Body::RoundPlaceDropped(_)
        | Body::RoundHandedIn(_) => {
            crate::round::apply(&mut case.aside, e, &entry.standing, body);
        }
        other => {
            if let Some(other) = terms::apply(case, e, at_region, other) {
                referral_event(case, e, at_region, other);
            }
        }
    }
}

/// What happens to one referral; an event about a referral nobody drafted changes nothing.
fn referral_event(case: &mut CaseState, e: &Envelope, at_region: bool, body: Body) {
    match body {
        Body::ReferralDrafted(b) => {
            if case.referrals.iter().any(|r| r.id == b.referral_id) {
                return;
            }
            if let Some(old) = b.replaces.and_then(|id| referral(case, id)) {
                old.replaced_by = Some(b.referral_id);
            }
            case.referrals.push(Referral {
                id: b.referral_id,
                agency: b.agency,
                category: b.category,
                text: b.text,
                disclosed: b.disclosed,
                leaves: b.leaves,
                files: b.files.iter().map(EnclosedFile::enclosure).collect(),
                circle: e.circle.clone(),
                by: e.actor_id,
                answer_due: b.answer_due,
                ack_wd: b.ack_wd,
                drafted_at: e.occurred_at,
                sent_at: None,
                at_region: false,
                delivered: None,
                by_hand: None,
                registered: None,
                incoming_number: None,
                accepted: None,
                rejected: None,
                answered: None,
                checked: None,
                withdrawn: None,
                withdrawn_why: String::new(),
                reminders: 0,
                remind_from: None,
                replaces: b.replaces,
                replaced_by: None,
                redirect: b.redirect,
                decision: None,
                basis: b.basis,
                escalations: Vec::new(),
                copy_of: b.copy_of,
            });
        }
        Body::ReferralSent(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                r.at_region |= at_region;
                if r.sent_at.is_some() {
                    return;
                }
                r.sent_at = Some(e.occurred_at);
                r.decision = b.decision;
                if r.redirect.is_some() {
                    let due = r.decision.as_ref().and_then(|d| d.notice_due);
                    terms::notice(case, e, crate::case::NoticeKind::Redirect, due);
                }
            }
        }
        Body::DeliveryDelivered(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                r.delivered.get_or_insert(stamp(e));
                r.by_hand = None;
            }
        }
        Body::AgencyRegistered(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                // The first number stays: a body that registers twice does not rename the first.
                if r.registered.is_none() {
                    r.registered = Some(stamp(e));
                    r.incoming_number = Some(b.incoming_number);
                }
            }
        }
        Body::AgencyAccepted(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                r.accepted.get_or_insert(stamp(e));
                r.rejected = None;
            }
        }
        Body::AgencyRejected(b) => {
            if let Some(r) = referral(case, b.referral_id).filter(|r| r.answered.is_none()) {
                r.rejected = Some(Rejection { stamp: stamp(e), code: b.code, reason: b.reason });
            }
        }
        Body::AgencyAnswered(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                // A second answer (after the first was returned as empty) is looked at anew.
                r.answered = Some(Answer { stamp: stamp(e), text: b.text, file: b.file });
                r.checked = None;
                r.rejected = None;
            }
        }
        Body::ReferralChecked(b) => {
            if let Some(r) = referral(case, b.referral_id).filter(|r| r.answered.is_some()) {
                r.checked = Some(Check {
                    stamp: stamp(e),
                    good: b.good,
                    note: b.note,
                    has: b.has,
                    lacks: b.lacks,
                    reopened: false,
                });
            }
        }
        Body::ReferralReminded(b) => {
            if let Some(r) = referral(case, b.referral_id) {
                r.reminders += 1;
                r.remind_from = b.not_before;
            }
        }
        Body::ReferralWithdrawn(b) => {
            if let Some(r) = referral(case, b.referral_id).filter(|r| r.answered.is_none()) {
                r.withdrawn = Some(stamp(e));
                r.withdrawn_why = b.reason;
            }
        }
        other => heard::apply(case, e, other),
    }
}

/// Server order wins; a base that is not the current value is shown to an officer, never hidden.
fn amend(case: &mut CaseState, e: &Envelope, body: Body) {
    match body {
        Body::CategoryChanged(b) => {
            let Some(i) = case.issues.iter().position(|i| i.id == b.issue_id) else { return };
            let Some(issue) = case.issues.get_mut(i) else { return };
            let earlier = std::mem::replace(&mut issue.category, b.category.clone());
            note_conflict(case, &format!("category:{}", b.issue_id), e, &earlier.0, &b.category.0);
        }
        Body::PlanStepMoved(b) => {
            let Some(step) = case.plan.iter_mut().find(|s| s.id == b.step_id) else { return };
            let earlier = std::mem::replace(&mut step.working_days, b.working_days);
            let field = format!("step:{}", b.step_id);
            note_conflict(case, &field, e, &earlier.to_string(), &b.working_days.to_string());
        }
        Body::ControllerNamed(b) => {
            let earlier = case.controller();
            case.controller = Some(b.officer);
            note_conflict(case, "controller", e, &earlier.to_string(), &b.officer.to_string());
        }
        Body::PrioritySet(b) => {
            let code =
                |priority: Option<Priority>| priority.map(Priority::code).unwrap_or_default();
            let later = code(b.priority);
            let (at, by) = (at(e), e.actor_id);
            let word =
                PriorityWord { at, by, priority: b.priority, over: b.over, reason: b.reason };
            let earlier = code(case.priority_word.replace(word).and_then(|before| before.priority));
            note_conflict(case, "priority", e, earlier, later);
        }
        Body::PartyAmended(b) => {
            let Some(i) = case.parties.iter().position(|p| p.id == b.party_id) else { return };
            let Some(slot) = case.parties.get_mut(i) else { return };
            let later = b.party.full_name();
            let earlier = std::mem::replace(&mut slot.party, b.party).full_name();
            note_conflict(case, &format!("party:{}", b.party_id), e, &earlier, &later);
        }
        Body::CaseAmended(b) => {
            if let Some(title) = b.title {
                let earlier = std::mem::replace(&mut case.title, title.clone());
                note_conflict(case, "title", e, &earlier, &title);
            }
            if let Some(address) = b.address {
                let later = address.text.clone();
                let earlier = case.address.replace(address).map(|a| a.text).unwrap_or_default();
                note_conflict(case, "address", e, &earlier, &later);
            }
            if let Some(number) = b.ext_number {
                let earlier = case.ext_number.replace(number.clone()).unwrap_or_default();
                note_conflict(case, "ext_number", e, &earlier, &number);
            }
        }
        _ => {}
    }
}

fn note_conflict(case: &mut CaseState, field: &str, e: &Envelope, earlier: &str, later: &str) {
    let current = case.set_by.get(field).copied();
    if e.base.is_some() && e.base != current && earlier != later {
        case.review.push(Review {
            field: field.to_owned(),
            earlier: earlier.to_owned(),
            later: later.to_owned(),
            event: e.id,
        });
    }
    set(case, field, e.id);
}

fn set(case: &mut CaseState, field: &str, by: EventId) {
    case.set_by.insert(field.to_owned(), by);
}

fn referral(case: &mut CaseState, id: ReferralId) -> Option<&mut Referral> {
    case.referrals.iter_mut().find(|r| r.id == id)
}

fn task(case: &mut CaseState, id: TaskId) -> Option<&mut Task> {
    case.tasks.iter_mut().find(|t| t.id == id)
}

fn stamp(e: &Envelope) -> Stamp {
    Stamp {
        at: at(e),
        by: e.on_behalf.clone().unwrap_or_else(|| e.actor_id.to_string()),
        event: e.id,
        told: None,
    }
}

fn at(e: &Envelope) -> DateTime<Utc> {
    e.occurred_at
}
