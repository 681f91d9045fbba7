//! Corrections: what was written down wrongly, and two values that met.

use super::{done, undoable};
use crate::api::{CaseCorrect, CaseDone, ReviewSettle, ReviewTake};
use crate::append::{Line, save_one};
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::clean;
use esik_domain::case::CaseState;
use esik_domain::event::{
    Address, Body, CaseAmended, CategoryChanged, ControllerNamed, Party, PartyAmended,
    PlanStepMoved, PrioritySet, ReviewSettled,
};
use esik_domain::fold::fold;
use esik_domain::ids::{EventId, IssueId, PartyId, StepId};
use esik_domain::text::normalize_input;
use serde_json::Map;

/// A title, an address or a field of a person, at most, in characters.
const FIELD_CHARS_MAX: usize = 500;

/// Corrects the title, the address, the number of another system and the data of people. Each value that
/// differs becomes an event of its own, based on what the officer saw: what somebody else changed
/// meanwhile is not lost, the case asks for a look at both. What a body was sent stays as it was sent.
///
/// # Errors
/// `nothing_changed`, `missing_title`, `text_too_long`, `not_found` for an unknown person.
pub fn case_correct(desk: &Desk, r: CaseCorrect) -> Result<CaseDone, AppError> {
    let case = r.case;
    let saved = save_one(desk, case, |state, _| {
        let base = |field: &str| r.seen.get(field).or_else(|| state.set_by.get(field)).copied();
        let mut out = Vec::new();
        if let Some(title) = one_line(r.title.as_deref(), &state.title)? {
            if title.is_empty() {
                return Err(AppError::refused("missing_title"));
            }
            out.push(line(titled(title), base("title")));
        }
        let before = state.address.as_ref().map_or("", |a| a.text.as_str());
        if let Some(text) = one_line(r.address.as_deref(), before)? {
            out.push(line(addressed(Address { text, ..Address::default() }), base("address")));
        }
        let before = state.ext_number.as_deref().unwrap_or_default();
        if let Some(number) = one_line(r.ext_number.as_deref(), before)? {
            out.push(line(numbered(number), base("ext_number")));
        }
        for wanted in &r.parties {
            let known = state
                .parties
                .iter()
                .find(|p| p.id == wanted.id)
                .ok_or_else(|| AppError::refused("not_found"))?;
            let party = Party { role: known.party.role, ..clean(&wanted.party) };
            if too_long(&party) {
                return Err(AppError::refused("text_too_long"));
            }
            if party != known.party {
                out.push(line(person(wanted.id, party), base(&format!("party:{}", wanted.id))));
            }
        }
        if out.is_empty() { Err(AppError::refused("nothing_changed")) } else { Ok(out) }
    })?;
    Ok(undoable(case, saved))
}

/// Settles one pair of values: what stands stays, or what was there before is put back – whole, with what
/// the short line on the screen does not show.
///
/// # Errors
/// `not_found` when there is no such pair (any more).
pub fn review_settle(desk: &Desk, r: ReviewSettle) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let entries =
        open.store.read(|conn| esik_store::lists::case_events(conn, &open.actor, r.case))?;
    let entries: Vec<_> = entries.into_iter().map(|e| e.entry).collect();
    let before = entries
        .iter()
        .position(|e| e.event.id == r.event)
        .and_then(|at| entries.get(..at))
        .and_then(fold);
    let saved = save_one(desk, r.case, |state, _| {
        let review = state
            .review
            .iter()
            .find(|x| x.event == r.event)
            .ok_or_else(|| AppError::refused("not_found"))?;
        let mut out = Vec::new();
        if r.take == ReviewTake::Earlier {
            let body = before
                .as_ref()
                .and_then(|before| put_back(before, &review.field))
                .ok_or_else(|| AppError::refused("not_found"))?;
            out.push(line(body, state.set_by.get(&review.field).copied()));
        }
        out.push(line(
            Body::ReviewSettled(ReviewSettled {
                note: normalize_input(&r.note).trim().to_owned(),
                event: Some(r.event),
                more: Map::new(),
            }),
            Some(r.event),
        ));
        Ok(out)
    })?;
    // Two steps of one decision are not half undone: only a look that changed nothing is.
    Ok(if r.take == ReviewTake::Later { undoable(r.case, saved) } else { done(r.case) })
}

/// The amendment that makes a field what it was in an earlier state.
fn put_back(before: &CaseState, field: &str) -> Option<Body> {
    let id = |prefix: &str| field.strip_prefix(prefix);
    match field {
        "title" => Some(titled(before.title.clone())),
        "address" => Some(addressed(before.address.clone().unwrap_or_default())),
        "ext_number" => Some(numbered(before.ext_number.clone().unwrap_or_default())),
        "controller" => Some(Body::ControllerNamed(ControllerNamed {
            officer: before.controller(),
            reason: String::new(),
            more: Map::new(),
        })),
        "priority" => {
            let word = before.priority_word.as_ref();
            Some(Body::PrioritySet(PrioritySet {
                priority: word.and_then(|word| word.priority),
                over: word.map(|word| word.over).unwrap_or_default(),
                reason: word.map(|word| word.reason.clone()).unwrap_or_default(),
                more: Map::new(),
            }))
        }
        _ => {
            if let Some(issue_id) = id("category:").and_then(|id| id.parse::<IssueId>().ok()) {
                let issue = before.issues.iter().find(|i| i.id == issue_id)?;
                let category = issue.category.clone();
                return Some(Body::CategoryChanged(CategoryChanged {
                    issue_id,
                    category,
                    more: Map::new(),
                }));
            }
            if let Some(step_id) = id("step:").and_then(|id| id.parse::<StepId>().ok()) {
                let step = before.plan.iter().find(|s| s.id == step_id)?;
                return Some(Body::PlanStepMoved(PlanStepMoved {
                    step_id,
                    working_days: step.working_days,
                    reason: String::new(),
                    more: Map::new(),
                }));
            }
            let party_id = id("party:").and_then(|id| id.parse::<PartyId>().ok())?;
            let known = before.parties.iter().find(|p| p.id == party_id)?;
            Some(person(party_id, known.party.clone()))
        }
    }
}

/// The value as it is to be, in one line; nothing when it stays.
fn one_line(wanted: Option<&str>, before: &str) -> Result<Option<String>, AppError> {
    let Some(wanted) = wanted else { return Ok(None) };
    let clean = normalize_input(wanted).split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.chars().count() > FIELD_CHARS_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    Ok(Some(clean).filter(|c| c != before))
}

/// A field of the person is longer than any name is.
pub(super) fn too_long(p: &Party) -> bool {
    [&p.surname, &p.given, &p.patronymic, &p.organisation, &p.iin, &p.phone, &p.call_note]
        .iter()
        .any(|f| f.chars().count() > FIELD_CHARS_MAX)
}

fn line(body: Body, base: Option<EventId>) -> Line {
    Line { body, base, circle: None }
}

fn amended() -> CaseAmended {
    CaseAmended { title: None, address: None, ext_number: None, more: Map::new() }
}

fn titled(title: String) -> Body {
    Body::CaseAmended(CaseAmended { title: Some(title), ..amended() })
}

fn addressed(address: Address) -> Body {
    Body::CaseAmended(CaseAmended { address: Some(address), ..amended() })
}

fn numbered(number: String) -> Body {
    Body::CaseAmended(CaseAmended { ext_number: Some(number), ..amended() })
}

fn person(party_id: PartyId, party: Party) -> Body {
    Body::PartyAmended(PartyAmended { party_id, party, more: Map::new() })
}
