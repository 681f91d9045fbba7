//! A case as one officer sees it: pure, from the folded state and its events.

use super::people;
use crate::api::{CaseView, NextRungView, ReferralView, TakenBack, TimelineItem, Tone};
use crate::referral::escalate::stands_on;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::calendars::Calendars;
use esik_domain::case::{CaseState, Referral, ReferralState, Review};
use esik_domain::catalog::Catalog;
use esik_domain::deadline::{Counting, working_days_between};
use esik_domain::event::{Basis, Body, Heard, Told};
use esik_domain::fold::{Entry, Standing};
use esik_domain::ids::{AttachmentId, EventId, OfficerId, ReferralId, StepId};
use esik_domain::ladder::{Rung, ladder};
use esik_domain::leaving::supervisor;
use esik_domain::policy::{Actor, Permission, may, sees};
use std::collections::BTreeMap;

/// What a view needs besides the case.
pub struct Sight<'a> {
    pub actor: &'a Actor,
    pub catalog: &'a Catalog,
    pub calendars: &'a Calendars,
    pub counting: Counting,
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
    /// This desk belongs to a region, and when that recorded an event.
    pub region: Option<&'a dyn Fn(EventId) -> Option<DateTime<Utc>>>,
    /// Surname and initials of an officer; empty when unknown here.
    pub officer_name: &'a dyn Fn(OfficerId) -> String,
}

impl Sight<'_> {
    /// The calendar that holds.
    pub(super) fn calendar(&self) -> &Calendar {
        self.calendars.now()
    }
}

/// The view, or nothing when the officer may not know that the case exists.
#[must_use]
pub fn view(mut case: CaseState, entries: &[Entry], sight: &Sight<'_>) -> Option<CaseView> {
    if case.is_beside() || !sees(sight.actor, &case.circle, case.author) {
        return None;
    }
    case.referrals.retain(|r| sees(sight.actor, &r.circle, r.by));
    people::name_stamps(&mut case, entries, sight.officer_name);
    let clocks = super::clocks::clocks(&case, sight);
    let terms = super::clocks::terms(&case, sight);
    let obligations = case.obligations();
    let timeline = timeline(&case, entries, sight);
    let opening = opening(&case, entries);
    let dates_provisional = sight.region.is_some()
        && opening.is_some_and(|e| e.standing == Standing::Unsent)
        && case.closed.is_none();
    let recorded = opening.and_then(|e| sight.region.and_then(|at| at(e.event.id)));
    let recorded_late = recorded
        .filter(|at| case.opened_at.is_some_and(|opened| *at - opened > TimeDelta::days(1)));
    let waits = entries.iter().filter(|e| e.standing == Standing::Unsent).count();
    let circumstances: Vec<String> = case
        .visits
        .iter()
        .flat_map(|v| v.circumstances.iter().cloned())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    Some(CaseView {
        id: case.id,
        number: case.number.clone(),
        ext_number: case.ext_number.clone(),
        same_number: Vec::new(),
        title: case.title.clone(),
        narrative: case.narrative.clone(),
        circle: case.circle.0.clone(),
        address: case.address.clone(),
        opened_at: case.opened_at,
        controller: super::controller::name_of(case.controller(), sight.officer_name),
        circumstances,
        language: case.language().to_owned(),
        cautions: super::caution::cautions(&case, entries, sight),
        visits: u32::try_from(case.visits.len()).unwrap_or(u32::MAX),
        referrals: case
            .referrals
            .iter()
            .map(|r| ReferralView {
                referral: r.clone(),
                state: r.state(),
                late_wd: late(r.answer_due.filter(|_| owes(r)), sight),
                ladder: r
                    .answer_due
                    .filter(|_| owes(r) && case.closed.is_none())
                    .map(|due| ladder(sight.calendar(), due, sight.today)),
                next_rung: next_rung(&case, r, sight),
                copy_to: copy_to(&case, r),
                may_hand_over: r.may_hand_over() && case.closed.is_none(),
                hears: hears(&case, r),
            })
            .collect(),
        tasks: case.tasks.clone(),
        plan: super::plan::view(&case, sight),
        crime: case.crime.clone(),
        coupon_number: case.coupon.as_ref().map(|c| c.number.clone()),
        status_page: None,
        words: super::word::unread(&case),
        words_doubtful: case.in_person_only(),
        closed: case.closed.clone(),
        reopened: case.reopened,
        obligations,
        timeline,
        clocks,
        terms,
        end: super::clocks::end(&case, sight),
        review: case.review.iter().map(|r| named(r, sight)).collect(),
        refused: case.refused.clone(),
        waiting: u32::try_from(case.waiting.len()).unwrap_or(u32::MAX),
        unknown: case.unknown,
        read_only: case.read_only,
        waits_for_region: u32::try_from(waits).unwrap_or(u32::MAX),
        may_close: case.is_case()
            && case.closed.is_none()
            && !case.read_only
            && may(sight.actor.role, Permission::Close),
        may_restrict: !case.read_only
            && case.circle.is_open()
            && may(sight.actor.role, Permission::Close),
        may_correct: !case.read_only && may(sight.actor.role, Permission::Close),
        dates_provisional,
        recorded_late,
        set_by: case.set_by,
        issues: case.issues,
        parties: case.parties,
    })
}

/// What made the visit a case.
fn opening<'a>(case: &CaseState, entries: &'a [Entry]) -> Option<&'a Entry> {
    case.opened_at?;
    entries
        .iter()
        .rfind(|e| e.event.kind == "case_opened" && !matches!(e.standing, Standing::Refused(_)))
}

/// Two officers who both were to answer for a case are told by their names.
fn named(review: &Review, sight: &Sight<'_>) -> Review {
    if review.field != "controller" {
        return review.clone();
    }
    let name = |id: &str| id.parse().map(|id| (sight.officer_name)(id)).unwrap_or_default();
    Review { earlier: name(&review.earlier), later: name(&review.later), ..review.clone() }
}

/// The supervisor of a private body that was asked and of which no copy went out yet.
fn copy_to(case: &CaseState, r: &Referral) -> Option<esik_domain::ids::AgencyCode> {
    let theme = r.category.as_ref().map(esik_domain::ids::CategoryCode::as_str);
    let catalog = Catalog::shipped();
    let supervisor =
        esik_domain::leaving::copy_goes_to(catalog, theme, r.agency.as_str(), &r.circle)?;
    let open = case.closed.is_none() && r.sent_at.is_some() && r.withdrawn.is_none();
    let has = case.referrals.iter().any(|x| x.copy_of == Some(r.id) && x.withdrawn.is_none());
    (open && !has).then(|| supervisor.into())
}

/// The rung of the ladder that is next for a late answer, and those this officer may take.
fn next_rung(case: &CaseState, r: &Referral, sight: &Sight<'_>) -> Option<NextRungView> {
    let next = r.next_rung(sight.calendar()).filter(|_| owes(r) && case.closed.is_none())?;
    let all = [Rung::Controller, Rung::Head, Rung::Region];
    let mine = all
        .into_iter()
        .filter(|rung| *rung > r.taken() && !case.read_only && stands_on(sight.actor.role, *rung));
    Some(NextRungView {
        rung: next.rung,
        since: next.since,
        now: next.since <= sight.today,
        mine: mine.collect(),
        suggests: supervisor(r.agency.as_str()).map(Into::into),
    })
}

/// What of a body an officer may write down now.
fn hears(case: &CaseState, r: &Referral) -> Vec<Heard> {
    let all = [Heard::Registered, Heard::Accepted, Heard::Rejected, Heard::Answered];
    all.into_iter().filter(|what| case.closed.is_none() && r.may_hear(*what)).collect()
}

/// True while the agency still owes an answer; what it was never given it does not owe.
pub(crate) fn owes(r: &Referral) -> bool {
    let never_given = r.is_to_hand_over();
    !never_given
        && !matches!(
            r.state(),
            ReferralState::Draft
                | ReferralState::Answered
                | ReferralState::Checked
                | ReferralState::Rejected
                | ReferralState::Withdrawn
        )
}

/// Whole working days past a date; 0 when it is not past.
#[must_use]
pub fn late_wd(due: Option<NaiveDate>, today: NaiveDate, calendar: &Calendar) -> i32 {
    due.filter(|d| *d < today).map_or(0, |d| {
        i32::try_from(working_days_between(calendar, d, today).max(1)).unwrap_or(i32::MAX)
    })
}

pub(super) fn late(due: Option<NaiveDate>, sight: &Sight<'_>) -> i32 {
    late_wd(due, sight.today, sight.calendar())
}

/// Newest first.
fn timeline(case: &CaseState, entries: &[Entry], sight: &Sight<'_>) -> Vec<TimelineItem> {
    let agency_of: BTreeMap<ReferralId, &str> =
        case.referrals.iter().map(|r| (r.id, r.agency.as_str())).collect();
    let undone = esik_domain::undo::undone(entries);
    let mut changes = super::was::changes(entries);
    let mut out: Vec<TimelineItem> = entries
        .iter()
        .filter(|e| sees(sight.actor, &e.event.circle, case.author))
        // Told at the act it took back.
        .filter(
            |e| !matches!(e.event.read_body(), Body::ActUndone(b) if undone.contains_key(&b.event)),
        )
        // A small picture came with its file, which is told.
        .filter(|e| !esik_domain::attached::links_preview(&e.event))
        .map(|e| TimelineItem {
            changes: changes.remove(&e.event.id).unwrap_or_default(),
            undone: undone.get(&e.event.id).map(|at| TakenBack { at: *at }),
            ..item(e, case, &agency_of, sight)
        })
        .map(|item| match case.corrected.iter().find(|c| c.event == item.event) {
            Some(c) => TimelineItem { at: c.now, written_at: Some(c.was), ..item },
            None => item,
        })
        .collect();
    out.reverse();
    out
}

/// What a step is, for a sentence about it.
fn step_text(case: &CaseState, id: StepId) -> String {
    case.plan.iter().find(|s| s.id == id).map(|s| s.text.clone()).unwrap_or_default()
}

/// Name of an attached file, for the line that says that it was taken back.
fn file_name(case: &CaseState, id: AttachmentId) -> String {
    case.attachments.iter().find(|a| a.id == id).map(|a| a.file.name.clone()).unwrap_or_default()
}

fn item(
    entry: &Entry,
    case: &CaseState,
    agency_of: &BTreeMap<ReferralId, &str>,
    sight: &Sight<'_>,
) -> TimelineItem {
    let e = &entry.event;
    let mut values = BTreeMap::new();
    let mut put = |k: &str, v: String| {
        if !v.trim().is_empty() {
            values.insert(k.to_owned(), v);
        }
    };
    let agency = |id: &ReferralId| (*agency_of.get(id).unwrap_or(&"")).to_owned();
    let body = e.read_body();
    let mut tone = Tone::Calm;
    match &body {
        Body::VisitNoted(_) => tone = Tone::Ours,
        Body::CaseOpened(b) => {
            put("number", b.number.clone());
            tone = Tone::Ours;
        }
        Body::IssueAdded(b) => put("category", b.category.0.clone()),
        Body::PartyAdded(b) => put("name", b.party.full_name()),
        Body::PartyAmended(b) => put("name", b.party.full_name()),
        Body::AdviceGiven(b) => {
            put("text", b.text.clone());
            tone = Tone::Ours;
        }
        Body::NoteAdded(b) => put("text", b.text.clone()),
        Body::CaseRestricted(b) => {
            put("circle", e.circle.0.clone());
            put("reason", b.reason.clone());
            tone = Tone::Attention;
        }
        Body::AttachmentLinked(b) => {
            put("name", b.file.name.clone());
            put("text", b.note.clone());
        }
        Body::AttachmentNoted(b) => {
            put("name", file_name(case, b.attachment_id));
            put("text", b.note.clone());
        }
        Body::AttachmentWithdrawn(b) => {
            put("name", file_name(case, b.attachment_id));
            put("reason", b.reason.clone());
        }
        Body::ReferralDrafted(b) => {
            put("agency", b.agency.0.clone());
            if let Some(redirect) = &b.redirect {
                put("redirect", if redirect.whole { "whole" } else { "part" }.to_owned());
                put("reason", redirect.reason.clone());
                put("ground", redirect.ground.clone());
                tone = Tone::Attention;
            }
            if let Some(Basis::Override { ground, reason }) = &b.basis {
                put("ground", ground.clone());
                put("reason", reason.clone());
            }
        }
        Body::ReferralSent(b) => {
            put("agency", agency(&b.referral_id));
            if let Some(d) = &b.decision {
                put("redirect", "yes".to_owned());
                put("number", d.number.clone());
                put("name", format!("{}, {}", d.name, d.post));
            }
            tone = if entry.standing == Standing::Unsent { Tone::Attention } else { Tone::Ours };
        }
        Body::DeliveryDelivered(b) => {
            put("agency", agency(&b.referral_id));
            put("channel", b.channel.clone());
            tone = Tone::Good;
        }
        Body::DeliveryByHand(b) => {
            put("agency", agency(&b.referral_id));
            tone = Tone::Attention;
        }
        Body::ReferralHanded(b) => {
            put("agency", agency(&b.referral_id));
            put("number", b.incoming_number.clone());
            put_told(&mut put, &b.told);
            tone = Tone::Ours;
        }
        Body::ReferralEscalated(b) => {
            put("agency", agency(&b.referral_id));
            put("rung", code(&b.rung));
            put("to", b.to.as_ref().map(|to| to.0.clone()).unwrap_or_default());
            put("text", b.text.clone());
            put("reason", b.reason.clone());
            put_told(&mut put, &b.told);
            tone = Tone::Ours;
        }
        Body::ReferralHeard(b) => {
            put("agency", agency(&b.referral_id));
            put("what", code(&b.what));
            put("number", b.incoming_number.clone());
            put("code", b.code.clone());
            put("text", b.text.clone());
            put_told(&mut put, &b.told);
            tone = if b.what == Heard::Rejected { Tone::Bad } else { Tone::Good };
        }
        Body::AgencyRegistered(b) => {
            put("agency", agency(&b.referral_id));
            put("number", b.incoming_number.clone());
            tone = Tone::Good;
        }
        Body::AgencyAccepted(b) => {
            put("agency", agency(&b.referral_id));
            tone = Tone::Good;
        }
        Body::AgencyRejected(b) => {
            put("agency", agency(&b.referral_id));
            put("code", b.code.clone());
            put("reason", b.reason.clone());
            tone = Tone::Bad;
        }
        Body::AgencyAnswered(b) => {
            put("agency", agency(&b.referral_id));
            put("text", b.text.clone());
            put("file", b.file.as_ref().map(|f| f.name.clone()).unwrap_or_default());
            tone = Tone::Good;
        }
        Body::ReferralChecked(b) => {
            put("agency", agency(&b.referral_id));
            put("good", if b.good { "yes" } else { "no" }.to_owned());
            put("lacks", b.lacks.join(","));
            put("text", b.note.clone());
            tone = if b.good { Tone::Good } else { Tone::Attention };
        }
        Body::ReferralReminded(b) => put("agency", agency(&b.referral_id)),
        Body::ReferralReopened(b) => {
            put("agency", agency(&b.referral_id));
            put("reason", b.reason.clone());
            tone = Tone::Attention;
        }
        Body::DisputeOpened(b) => {
            put("agency", agency(&b.referral_id));
            put("reason", b.reason.clone());
            tone = Tone::Attention;
        }
        Body::DisputeSettled(b) => {
            put("agency", b.agency.0.clone());
            put("reason", b.reason.clone());
            tone = Tone::Ours;
        }
        Body::ClosingAsked(b) => {
            put("outcome", b.outcome.clone());
            put("text", b.text.clone());
            put("reason", b.not_called.clone());
            put("satisfaction", b.satisfaction.map(|n| n.to_string()).unwrap_or_default());
            tone = Tone::Attention;
        }
        Body::ReferralWithdrawn(b) => {
            put("agency", agency(&b.referral_id));
            put("reason", b.reason.clone());
        }
        Body::TaskAssigned(b) => {
            put("agency", b.unit.0.clone());
            put("text", b.text.clone());
            tone = Tone::Ours;
        }
        Body::TaskDone(b) => {
            put("text", b.result.clone());
            tone = Tone::Good;
        }
        Body::CrimeHandedOver(b) => {
            put("number", b.kui_number.clone());
            tone = Tone::Ours;
        }
        Body::CouponIssued(b) => put("number", b.number.clone()),
        Body::ContactMade(b) => {
            put("how", code(&b.how));
            put("reached", code(&b.reached));
            put("word", b.word.as_ref().map(code).unwrap_or_default());
            put("text", b.text.clone());
            tone = Tone::Ours;
        }
        Body::ApplicantWord(b) => {
            put("word", b.word.as_ref().map(code).unwrap_or_default());
            put("text", b.text.clone());
            put("satisfaction", b.satisfaction.map(|n| n.to_string()).unwrap_or_default());
            tone = Tone::Attention;
        }
        Body::ExtensionAsked(b) => {
            put("until", b.until.to_string());
            put("reason", b.reason.clone());
            tone = Tone::Attention;
        }
        Body::ExtensionDecided(b) => {
            put("granted", if b.granted { "yes" } else { "no" }.to_owned());
            put("until", b.until.map(|d| d.to_string()).unwrap_or_default());
            put("before", b.previous_due.to_string());
            put("reason", b.reason.clone());
            put("number", b.decision_number.clone());
            put("name", format!("{}, {}", b.signed_name, b.signed_post));
            tone = Tone::Ours;
        }
        Body::NoticeGiven(b) => {
            put("how", code(&b.how));
            put("text", b.text.clone());
            tone = Tone::Ours;
        }
        Body::PlanStepAdded(b) => {
            put("agency", b.agency.as_ref().map(|a| a.0.clone()).unwrap_or_default());
            put("text", b.text.clone());
            tone = Tone::Ours;
        }
        Body::PlanStepMoved(b) => {
            put("text", step_text(case, b.step_id));
            put("n", b.working_days.to_string());
            put("reason", b.reason.clone());
        }
        Body::PlanStepDone(b) => {
            put("text", step_text(case, b.step_id));
            put("result", b.result.clone());
            tone = Tone::Good;
        }
        Body::PlanStepDropped(b) => {
            put("text", step_text(case, b.step_id));
            put("reason", b.reason.clone());
        }
        Body::ControllerNamed(b) => {
            put("name", (sight.officer_name)(b.officer));
            put("reason", b.reason.clone());
            tone = Tone::Ours;
        }
        Body::CategoryChanged(b) => put("category", b.category.0.clone()),
        // Old and new values stand in `changes`; which words were read is told at each.
        Body::CaseAmended(_) | Body::ActUndone(_) | Body::WordRead(_) => {}
        Body::ReviewSettled(b) => put("text", b.note.clone()),
        Body::RefusalSettled(b) => {
            put("kinds", b.kinds.join(","));
            put("code", b.code.clone());
            put("text", b.note.clone());
            tone = Tone::Good;
        }
        Body::ClockCorrected(b) => {
            put("off_s", b.off_s.to_string());
            let opened = case.opened_at.filter(|at| b.moments.iter().any(|m| m.at == *at));
            let at = opened.or_else(|| b.moments.iter().map(|m| m.at).min());
            put("at", at.map(|at| at.to_rfc3339()).unwrap_or_default());
            put(
                "guessed",
                if b.moments.iter().any(|m| m.guessed) { "yes" } else { "no" }.to_owned(),
            );
            tone = Tone::Attention;
        }
        Body::CaseClosed(b) => {
            put("word", code(&b.word));
            put("outcome", b.outcome.clone());
            put("text", b.text.clone());
            put("reason", b.not_called.clone());
            put("satisfaction", b.satisfaction.map(|n| n.to_string()).unwrap_or_default());
            tone = Tone::Good;
        }
        Body::CaseReopened(b) => {
            put("reason", b.reason.clone());
            tone = Tone::Attention;
        }
        Body::VerdictRejected(b) => {
            put("code", b.code.clone());
            tone = Tone::Bad;
        }
        // A ticket is a stream of its own and has no timeline.
        Body::QueueJoined(_)
        | Body::QueueTold(_)
        | Body::QueueCalled(_)
        | Body::QueueLeft(_)
        | Body::ShiftHandedOver(_)
        | Body::OwedListHanded(_)
        | Body::KnowledgeConfirmed(_)
        | Body::ShiftTaken(_)
        | Body::RoundPlaceNoted(_)
        | Body::RoundPlanned(_)
        | Body::RoundVisited(_)
        | Body::RoundPlaceDropped(_)
        | Body::RoundHandedIn(_) => {}
        Body::Unknown { kind, .. } => {
            put("kind", kind.clone());
            tone = Tone::Attention;
        }
    }
    let (standing, tone) = match &entry.standing {
        Standing::Unsent => ("unsent", tone),
        Standing::Accepted(_) => ("accepted", tone),
        Standing::Refused(_) => ("refused", Tone::Bad),
    };
    TimelineItem {
        event: e.id,
        at: e.occurred_at,
        written_at: None,
        kind: match &body {
            Body::Unknown { .. } => "unknown".to_owned(),
            known => known.kind().to_owned(),
        },
        who: people::who(e, sight.officer_name),
        values,
        standing: standing.to_owned(),
        tone,
        changes: Vec::new(),
        cited: match body {
            Body::AdviceGiven(b) => b.cited,
            _ => Vec::new(),
        },
        undone: None,
    }
}

/// How something went past the region.
fn put_told(put: &mut impl FnMut(&str, String), told: &Told) {
    put("way", code(&told.way));
    put("day", told.day.to_string());
    put("name", told.who.clone());
}

/// The serde name of a small enum.
fn code<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
