//! Everything the officer may see, in the import format. A deliberate way out: it is journaled.

use super::{io_trouble, signed_in, store_trouble};
use crate::args::Cli;
use esik_app::api::Refusal;
use esik_app::platform::{Platform as _, ThisMachine};
use esik_app::{Desk, refusal};
use esik_domain::case::CaseState;
use esik_domain::event::{Body, ContactHow, Envelope, Heard, Way, Word};
use esik_domain::fold::Standing;
use esik_domain::ids::CaseId;
use esik_domain::policy::Permission;
use esik_domain::undo::undone;
use esik_store::StoreError;
use esik_store::exchange::cases::{CaseLine, EventLine, PartyLine};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// Name in the journal.
const ACTION: &str = "export";

pub fn export(desk: &Desk, cli: &Cli, file: &Path) -> Result<ExitCode, Refusal> {
    let open = signed_in(desk, cli, Permission::Desk)?;
    let to_stdout = file.as_os_str() == "-";
    // The note comes first: what left is never unknown, even when writing stops half-way.
    let (at, officer) = (desk.env().now(), open.actor.id);
    let subject = if to_stdout { "stdout" } else { "file" };
    open.store
        .write(move |tx| esik_store::journal::note(tx, at, officer, ACTION, subject))
        .map_err(store_trouble)?;
    esik_app::look::exported(desk, &open).map_err(Refusal::from)?;
    let mut out: Box<dyn Write> =
        if to_stdout { Box::new(std::io::stdout().lock()) } else { Box::new(private(file)?) };
    let mut out = BufWriter::with_capacity(1 << 18, &mut out);
    let mut trouble = None;
    let (mut cases, mut left_out) = (0u64, 0u64);
    open.store
        .read(|conn| {
            let mut statement = conn.prepare(
                "SELECT DISTINCT case_id FROM case_row ORDER BY min(first_at) OVER (PARTITION BY case_id), case_id",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id: [u8; 16] = row.get(0)?;
                let id = CaseId(uuid::Uuid::from_bytes(id));
                let Some(state) = esik_store::lists::case_state(conn, &open.actor, id)? else {
                    continue;
                };
                if !state.is_case() {
                    left_out += 1;
                    continue;
                }
                let events = esik_store::lists::case_events(conn, &open.actor, id)?;
                let entries: Vec<_> = events.into_iter().map(|e| e.entry).collect();
                // Neither what the region refused nor what its author took back happened.
                let undone = undone(&entries);
                let applied = entries
                    .iter()
                    .filter(|e| !matches!(e.standing, Standing::Refused(_)))
                    .map(|e| &e.event)
                    .filter(|e| !undone.contains_key(&e.id));
                let line = line(&state, applied);
                if let Err(error) = write_line(&mut out, &line) {
                    trouble = Some(error);
                    break;
                }
                cases += 1;
            }
            Ok::<_, StoreError>(())
        })
        .map_err(store_trouble)?;
    if let Err(error) = out.flush() {
        trouble.get_or_insert(error);
    }
    match trouble {
        // Who listened has gone: not ours to report, there is nobody left to read it.
        Some(error) if to_stdout && error.kind() == std::io::ErrorKind::BrokenPipe => {
            return Ok(ExitCode::FAILURE);
        }
        Some(error) => return Err(io_trouble(error)),
        None => {}
    }
    if !to_stdout {
        crate::print(&json!({ "exported": cases, "visits_left_out": left_out }));
    }
    Ok(ExitCode::SUCCESS)
}

fn write_line(out: &mut impl Write, line: &CaseLine) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// A new file that only its owner may read; an old one is never written over.
fn private(file: &Path) -> Result<File, Refusal> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    ThisMachine.private_file(&mut options, file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => refusal("exists"),
        _ => io_trouble(error),
    })
}

fn line<'a>(state: &CaseState, events: impl Iterator<Item = &'a Envelope>) -> CaseLine {
    let visit = state.visits.first();
    // The first referral is the case's body; without one, the first own task's unit.
    let agency = match state.referrals.first() {
        Some(referral) => Some(referral.agency.0.clone()),
        None => state.tasks.first().map(|t| t.unit.0.clone()),
    };
    CaseLine {
        number: state.number.clone(),
        ext_number: state.ext_number.clone(),
        opened_at: state.opened_at,
        channel: visit.and_then(|v| name(&v.channel)),
        language: visit.map(|v| v.language.clone()),
        narrative: state.narrative.clone(),
        category: state.category().map(|c| c.0.clone()),
        address: state.address.clone(),
        parties: state
            .parties
            .iter()
            .map(|p| PartyLine {
                role: p.party.role,
                surname: p.party.surname.clone(),
                given: p.party.given.clone(),
                patronymic: p.party.patronymic.clone(),
                iin: p.party.iin.clone(),
                phone: p.party.phone.clone(),
                organisation: p.party.organisation.clone(),
            })
            .collect(),
        agency,
        events: later(events),
    }
}

/// What the line's own fields do not tell.
fn later<'a>(events: impl Iterator<Item = &'a Envelope>) -> Vec<EventLine> {
    let (mut visits, mut issues, mut referrals, mut tasks) = (0, 0, 0, 0);
    let nth = |n: &mut u32| {
        *n += 1;
        *n > 1
    };
    let mut out: Vec<EventLine> = Vec::new();
    for event in events {
        let told = match event.read_body() {
            Body::CaseOpened(_)
            | Body::PartyAdded(_)
            | Body::PartyAmended(_)
            | Body::CaseAmended(_)
            | Body::CategoryChanged(_)
            | Body::CaseRestricted(_)
            | Body::ControllerNamed(_)
            | Body::PrioritySet(_)
            | Body::PersonMatched(_)
            | Body::PlanStepAdded(_)
            | Body::PlanStepMoved(_)
            | Body::PlanStepDone(_)
            | Body::PlanStepDropped(_)
            | Body::ReferralSent(_)
            | Body::DeliveryByHand(_)
            | Body::ReferralEscalated(_)
            | Body::CouponIssued(_)
            // The file stays behind (docs/contract.md): its name alone would promise one.
            | Body::AttachmentLinked(_)
            | Body::AttachmentWithdrawn(_)
            | Body::AttachmentNoted(_)
            | Body::QueueJoined(_)
            | Body::QueueTold(_)
            | Body::QueueCalled(_)
            | Body::QueueLeft(_)
            | Body::ActUndone(_)
            | Body::ClockCorrected(_)
            | Body::ShiftHandedOver(_)
            | Body::OwedListHanded(_)
            | Body::KnowledgeConfirmed(_)
            | Body::LooksNoted(_)
            | Body::ShiftTaken(_)
            | Body::RoundPlaceNoted(_)
            | Body::RoundPlanned(_)
            | Body::WordRead(_)
            | Body::RoundVisited(_)
            | Body::RoundPlaceDropped(_)
            | Body::RoundHandedIn(_) => None,
            Body::VisitNoted(_) => nth(&mut visits).then(|| ("visit", String::new())),
            Body::IssueAdded(b) => nth(&mut issues).then_some(("issue_added", b.category.0)),
            Body::ReferralDrafted(b) => {
                nth(&mut referrals).then_some(("referral_drafted", b.agency.0))
            }
            Body::TaskAssigned(b) => nth(&mut tasks).then_some(("task_assigned", b.text)),
            Body::NoteAdded(b) => Some(("note", b.text)),
            Body::AdviceGiven(b) => Some(("advice", b.text)),
            Body::ContactMade(b) => Some((
                match b.how {
                    ContactHow::Call => "call",
                    ContactHow::InPerson => "in_person",
                    ContactHow::Message => "message",
                    ContactHow::Letter => "letter",
                },
                b.text,
            )),
            Body::ApplicantWord(b) => Some((
                match b.word {
                    Some(Word::Solved) => "applicant_solved",
                    Some(_) => "applicant_not_solved",
                    None => "applicant_word",
                },
                b.text,
            )),
            Body::ReferralReminded(_) => Some(("reminder", String::new())),
            Body::CaseClosed(b) => Some(("closed", b.text)),
            Body::AgencyRegistered(b) => Some(("agency_registered", b.incoming_number)),
            Body::AgencyRejected(b) => Some(("agency_rejected", b.reason)),
            Body::AgencyAnswered(b) => Some(("agency_answered", b.text)),
            Body::ReferralChecked(b) => Some(("referral_checked", b.note)),
            Body::ReferralWithdrawn(b) => Some(("referral_withdrawn", b.reason)),
            Body::TaskDone(b) => Some(("task_done", b.result)),
            Body::ReviewSettled(b) => Some(("review_settled", b.note)),
            Body::RefusalSettled(b) => Some(("refusal_settled", b.note)),
            Body::CaseReopened(b) => Some(("case_reopened", b.reason)),
            Body::CrimeHandedOver(b) => Some(("crime_handed_over", b.kui_number)),
            // It came from the file this one is told like.
            Body::ReferralHanded(b) if b.told.way == Way::Import => None,
            Body::ReferralHanded(_) => Some(("delivery_delivered", "by_hand".to_owned())),
            Body::ReferralHeard(b) => Some(match b.what {
                Heard::Registered => ("agency_registered", b.incoming_number),
                Heard::Accepted => ("agency_accepted", String::new()),
                Heard::Rejected => ("agency_rejected", b.text),
                Heard::Answered => ("agency_answered", b.text),
            }),
            Body::DeliveryDelivered(b) => Some(("delivery_delivered", b.channel)),
            Body::AgencyAccepted(_) => Some(("agency_accepted", String::new())),
            Body::ExtensionAsked(b) => Some(("extension_asked", b.reason)),
            Body::ExtensionDecided(b) => {
                Some((if b.granted { "extension_granted" } else { "extension_refused" }, b.reason))
            }
            Body::ReferralReopened(b) => Some(("referral_reopened", b.reason)),
            Body::DisputeOpened(b) => Some(("dispute_opened", b.reason)),
            Body::DisputeSettled(b) => Some(("dispute_settled", b.reason)),
            Body::ClosingAsked(b) => Some(("closing_asked", b.text)),
            Body::NoticeGiven(b) => Some(("notice_given", b.text)),
            Body::VerdictRejected(b) => Some(("verdict_rejected", b.code)),
            Body::Unknown { .. } => Some(("unknown", event.kind.clone())),
        };
        let Some((kind, text)) = told else { continue };
        // A visit and its words were one line, and are one again.
        match out.last_mut() {
            Some(last)
                if kind == "note"
                    && last.kind == "visit"
                    && last.text.is_empty()
                    && last.at == Some(event.occurred_at) =>
            {
                last.text = text;
            }
            _ => out.push(EventLine { kind: kind.to_owned(), at: Some(event.occurred_at), text }),
        }
    }
    out
}

fn name(value: &impl serde::Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => Some(name),
        _ => None,
    }
}
