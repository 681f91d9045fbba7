//! What the region refused is dealt with: an officer says what was done, and it leaves the list of work.

use crate::api::{CaseDone, RefusalSettle, StreamActs, Undo};
use crate::append::Pen;
use crate::case::done;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::Planned;
use esik_domain::aside::Aside;
use esik_domain::case::{CaseState, Refused};
use esik_domain::event::{Body, Envelope, RefusalSettled};
use esik_domain::ids::{Circle, EventId};
use esik_domain::text::normalize_input;
use esik_store::lists;
use serde_json::Map;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longest word on it, in characters.
const WORD_CHARS_MAX: usize = 2_000;
/// Records one word is about, at most.
const EVENTS_MAX: usize = 100;

/// Marks records the region refused or set aside as dealt with. Also where the region would refuse that again: the
/// word holds at this desk, else the list could never become empty.
///
/// # Errors
/// `refusal_needs_word`, `note_too_long`; `not_found` for what was not refused, was dealt with before, or is not for
/// this officer to know.
pub fn refusal_settle(desk: &Desk, r: RefusalSettle) -> Result<CaseDone, AppError> {
    let note = normalize_input(&r.text).trim().to_owned();
    if note.is_empty() {
        return Err(AppError::refused("refusal_needs_word"));
    }
    if note.chars().count() > WORD_CHARS_MAX {
        return Err(AppError::refused("note_too_long"));
    }
    if r.events.is_empty() || r.events.len() > EVENTS_MAX {
        return Err(AppError::refused("bad_request"));
    }
    let open = desk.opened()?;
    let not_found = || AppError::refused("not_found");
    let (state, stored) = open.store.read(|conn| {
        Ok((
            lists::case_state(conn, &open.actor, r.case)?,
            lists::case_events(conn, &open.actor, r.case)?,
        ))
    })?;
    let state = state.ok_or_else(not_found)?;
    // Who may know of the record may know what became of it, and nobody else.
    let mut words: BTreeMap<Circle, RefusalSettled> = BTreeMap::new();
    for id in &r.events {
        let refused = state.refused.iter().find(|x| x.event == *id).ok_or_else(not_found)?;
        let record = stored.iter().map(|e| &e.entry.event).find(|e| e.id == *id);
        let circle = circle_of(&state, record);
        add(words.entry(circle).or_insert_with(|| word(&note, refused)), *id, refused);
    }
    let pen = Pen::new(desk, Arc::clone(&open));
    let lines = words
        .into_iter()
        .map(|(circle, b)| (Planned { body: Body::RefusalSettled(b), circle }, None))
        .collect();
    let case = r.case;
    let events = open.store.write(move |tx| pen.append(tx, case, lines))?;
    desk.wake();
    let mut changed = match &state.aside {
        Some(Aside::Shift(_)) => crate::shift::changed(&[]),
        Some(Aside::OwedList(_)) => crate::control::owed_lists::changed(),
        Some(_) => crate::round::changed(&[]),
        None if state.is_ticket() => crate::queue::changed(),
        None => done(case).changed,
    };
    changed.lists.push("sync".to_owned());
    let undo = Some(Undo::Acts { acts: vec![StreamActs { case, events }] });
    Ok(CaseDone { changed, undo })
}

fn word(note: &str, refused: &Refused) -> RefusalSettled {
    RefusalSettled {
        events: Vec::new(),
        kinds: Vec::new(),
        code: refused.code.clone(),
        note: note.to_owned(),
        more: Map::new(),
    }
}

fn add(word: &mut RefusalSettled, id: EventId, refused: &Refused) {
    word.events.push(id);
    if !word.kinds.contains(&refused.kind) {
        word.kinds.push(refused.kind.clone());
    }
}

/// The circle of a record: its own, else that of the referral it is about, else its stream's.
pub(super) fn circle_of(state: &CaseState, record: Option<&Envelope>) -> Circle {
    let Some(record) = record else { return state.circle.clone() };
    if !record.circle.is_open() {
        return record.circle.clone();
    }
    let about = record.body.get("referral_id").and_then(|v| v.as_str());
    state
        .referrals
        .iter()
        .find(|r| about.is_some_and(|id| r.id.to_string() == id))
        .map(|r| r.circle.clone())
        .filter(|c| !c.is_open())
        .unwrap_or_else(|| state.circle.clone())
}
