//! What happened to a case, line by line, as one officer may read it.

use super::people;
use super::view::Sight;
use crate::api::{TakenBack, TimelineItem, Tone};
use esik_domain::case::CaseState;
use esik_domain::event::{Basis, Body, Heard, Told};
use esik_domain::fold::{Entry, Standing};
use esik_domain::ids::{AttachmentId, ReferralId, StepId};
use esik_domain::policy::sees;
use esik_domain::priority::Priority;
use std::collections::BTreeMap;

/// Newest first.
pub(super) fn timeline(
    case: &CaseState,
    entries: &[Entry],
    sight: &Sight<'_>,
) -> Vec<TimelineItem> {
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
        Body::PrioritySet(b) => {
            put("priority", b.priority.map(Priority::code).unwrap_or_default().to_owned());
            put("reason", b.reason.clone());
            tone = Tone::Ours;
        }
        Body::PersonMatched(b) => {
            let name =
                case.parties.iter().find(|p| p.id == b.party_id).map(|p| p.party.full_name());
            put("name", name.unwrap_or_default());
            put("said", b.same.map_or("back", |same| if same { "same" } else { "two" }).to_owned());
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
        | Body::LooksNoted(_)
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
