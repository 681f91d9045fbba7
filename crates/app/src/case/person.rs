//! One person in several cases: their cases, who is alike, and an officer's word on whether they are the same (docs/adr/0059).

use super::done;
use crate::api::{
    AlikePerson, CaseDone, LinkedPerson, PersonCaseView, PersonHistory, PersonHistoryOf,
    PersonMatch, PersonWordView, StreamActs, Undo,
};
use crate::append::{Line, save_one};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::help::{codes, waiting_on};
use esik_domain::event::{self, Body, Party};
use esik_domain::ids::{Circle, OfficerId, PartyId};
use esik_domain::person::PersonRef;
use esik_domain::policy::Actor;
use esik_domain::text::normalize_input;
use esik_store::lists::{self, Alike, KeptWord, Linked, PersonCase, PersonFound};
use esik_store::log::StoredEvent;
use esik_store::{StoreError, officers};
use rusqlite::Connection;
use serde_json::Map;
use std::collections::HashMap;

/// Longest reason, in characters: it stands in one line of the history.
const REASON_MAX: usize = 500;

/// The other cases of a person of a case, and people who are alike.
///
/// # Errors
/// `not_found` for a person or a case that is not for this officer.
pub fn person_history(desk: &Desk, r: PersonHistoryOf) -> Result<PersonHistory, AppError> {
    let open = desk.opened()?;
    let found = found(&open, PersonRef { case: r.case, party: r.party })?;
    crate::look::touched(desk, &open, r.case)?;
    let cards = open.store.read(officers::list)?;
    let names: HashMap<OfficerId, String> =
        cards.into_iter().map(|o| (o.card.id, o.card.name)).collect();
    let linked = |l: Linked| LinkedPerson {
        words: l.words.into_iter().map(|kept| told(&names, kept)).collect(),
        through: l.through.map(|card| card.case),
        of: shown(l.found),
    };
    let alike = |a: Alike| AlikePerson { why: codes(&a.why), of: shown(a.found) };
    Ok(PersonHistory {
        same: found.same.into_iter().map(linked).collect(),
        others: found.others.into_iter().map(linked).collect(),
        alike: found.alike.into_iter().map(alike).collect(),
    })
}

/// Says that two people of two cases are one, or that they are not, or takes such a word back. Nothing is moved or changed.
///
/// # Errors
/// `not_found`; `bad_request` for two people of one case; `person_iin_differs` where they, or anybody already linked to them, have
/// another right IIN; `person_circles_differ` where nobody could know of both; `nothing_changed`; `text_too_long`.
pub fn person_match(desk: &Desk, r: PersonMatch) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    let reason = normalize_input(&r.reason).trim().to_owned();
    if reason.chars().count() > REASON_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    if r.case == r.other_case {
        return Err(AppError::refused("bad_request"));
    }
    let front = PersonRef { case: r.case, party: r.party };
    let other = PersonRef { case: r.other_case, party: r.other_party };
    let (here, there) = (found(&open, front)?, found(&open, other)?);
    if r.same == Some(true) && differ_anywhere(&here, &there) {
        return Err(AppError::refused("person_iin_differs"));
    }
    let said = here.same.iter().chain(&here.others).find(|l| l.found.at == other);
    let said = said.map(|l| l.words.as_slice()).unwrap_or_default();
    let holds = |kept: &KeptWord| Some(kept.word.same) == r.same;
    if said.iter().all(holds) && (r.same.is_none() || !said.is_empty()) {
        return Err(AppError::refused("nothing_changed"));
    }
    // What was said is said otherwise where it is kept; else it is kept where fewer read.
    let mut at: Vec<(PersonRef, PersonRef, Circle)> = Vec::new();
    for kept in said.iter().filter(|kept| !holds(kept)) {
        let card = PersonRef { case: kept.with, party: kept.word.party };
        at.push((card, kept.word.other, circle_of(&open, card)?));
    }
    if at.is_empty() {
        let sides = ((front, circle_of(&open, front)?), (other, circle_of(&open, other)?));
        let kept = kept_with(sides.0, sides.1);
        at.push(kept.ok_or_else(|| AppError::refused("person_circles_differ"))?);
    }
    let mut acts = Vec::new();
    for (card, other, circle) in at {
        let body = word(card.party, other, r.same, reason.clone());
        let line = Line { body, base: None, circle: Some(circle) };
        let events = save_one(desk, card.case, |_, _| Ok(vec![line]))?;
        acts.push(StreamActs { case: card.case, events });
    }
    let mut saved = done(r.case);
    saved.changed.cases.push(r.other_case.to_string());
    saved.undo = Some(Undo::Acts { acts });
    Ok(saved)
}

/// A word on a person of the case it is kept with.
pub(crate) fn word(
    party_id: PartyId,
    other: PersonRef,
    same: Option<bool>,
    reason: String,
) -> Body {
    let (other_case, other_party) = (other.case, other.party);
    let more = Map::new();
    Body::PersonMatched(event::PersonMatched {
        party_id,
        other_case,
        other_party,
        same,
        reason,
        more,
    })
}

fn circle_of(open: &Open, card: PersonRef) -> Result<Circle, AppError> {
    let card = open.store.read(|conn| known(conn, &open.actor, card))?;
    Ok(card.ok_or_else(|| AppError::refused("not_found"))?.circle)
}

fn found(open: &Open, of: PersonRef) -> Result<PersonFound, AppError> {
    open.store
        .read(|conn| lists::person(conn, &open.actor, of))?
        .ok_or_else(|| AppError::refused("not_found"))
}

/// Has anybody of the one side a right IIN that somebody of the other side has otherwise?
fn differ_anywhere(here: &PersonFound, there: &PersonFound) -> bool {
    let all = |found: &PersonFound| {
        let linked = found.same.iter().map(|l| l.found.party.clone());
        std::iter::once(found.party.clone()).chain(linked).collect::<Vec<_>>()
    };
    let there = all(there);
    all(here).iter().any(|one| there.iter().any(|two| esik_domain::person::differ(one, two)))
}

/// With which of two cards a word on them is kept, and in which circle: it names the other case, so whoever reads it has to be
/// one who may know of both. None where nobody could be.
pub(crate) fn kept_with(
    here: (PersonRef, Circle),
    there: (PersonRef, Circle),
) -> Option<(PersonRef, PersonRef, Circle)> {
    let ((front, open_to), (other, known_to)) = (here, there);
    if known_to.is_open() || open_to == known_to {
        Some((front, other, open_to))
    } else if open_to.is_open() {
        Some((other, front, known_to))
    } else {
        None
    }
}

/// A card, and the circle of those who know of it: that of the case, or of the record that told of the person.
pub(crate) struct KnownCard {
    pub(crate) party: Party,
    pub(crate) circle: Circle,
}

/// A card as this officer may see it.
pub(crate) fn known(
    conn: &Connection,
    actor: &Actor,
    card: PersonRef,
) -> Result<Option<KnownCard>, StoreError> {
    let Some(state) = lists::case_state(conn, actor, card.case)?.filter(|s| !s.is_beside()) else {
        return Ok(None);
    };
    let Some(held) = state.parties.iter().find(|p| p.id == card.party) else { return Ok(None) };
    let told = |e: &StoredEvent| {
        let told =
            matches!(e.entry.event.read_body(), Body::PartyAdded(b) if b.party_id == card.party);
        told.then(|| e.entry.event.circle.clone())
    };
    let circle = if state.circle.is_open() {
        lists::case_events(conn, actor, card.case)?.iter().find_map(told)
    } else {
        None
    };
    Ok(Some(KnownCard { party: held.party.clone(), circle: circle.unwrap_or(state.circle) }))
}

fn shown(found: PersonCase) -> PersonCaseView {
    let line = found.line;
    PersonCaseView {
        case: found.at.case,
        party: found.at.party,
        person: found.party,
        open: line.number.is_some() && line.closed_at.is_none(),
        waiting_on: waiting_on(&line.phase),
        number: line.number,
        title: line.title,
        address: line.address,
        category: line.category,
        at: line.last_at,
        cautions: found.cautions,
        other_iin: found.other_iin,
    }
}

fn told(names: &HashMap<OfficerId, String>, kept: KeptWord) -> PersonWordView {
    PersonWordView {
        same: kept.word.same,
        at: kept.word.at,
        who: names.get(&kept.word.by).cloned().unwrap_or_default(),
        reason: kept.word.reason,
    }
}
