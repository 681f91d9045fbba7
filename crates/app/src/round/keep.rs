//! The beat: addresses noted by hand or from a file, planned, taken off the list.

use super::{changed, note as save, place};
use crate::api::{
    CaseDone, RoundAdd, RoundAdded, RoundImport, RoundImported, RoundPlan, RoundRef,
    RoundWrongLine, StreamActs, Undo,
};
use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::{Planned, today};
use chrono::NaiveDate;
use esik_domain::deadline::can_be_due;
use esik_domain::event::{Body, RoundPlaceDropped, RoundPlaceNoted, RoundPlanned};
use esik_domain::ids::CaseId;
use esik_domain::round::{IMPORT_MAX, Place, address, note, own_circle, read_csv};
use esik_domain::text::folded_words;
use esik_store::{StoreError, lists};
use serde_json::Map;
use std::collections::HashMap;
use std::sync::Arc;

/// One address by which it is found again: letters and figures, whatever stands between them. Flats
/// stay apart, since each is a door of its own.
pub(super) fn key(address: &str) -> String {
    folded_words(address).collect::<Vec<_>>().join(" ")
}

/// The beat by key.
pub(super) fn beat(open: &Open) -> Result<HashMap<String, (CaseId, Place)>, AppError> {
    let places = open.store.read(|conn| lists::places(conn, &open.actor))?;
    Ok(places.into_iter().map(|(id, place)| (key(&place.address), (id, place))).collect())
}

/// A day a visit can be planned for.
pub(super) fn plannable(desk: &Desk, day: Option<NaiveDate>) -> Result<(), AppError> {
    if day.is_some_and(|day| !can_be_due(day, today(desk.env().now()))) {
        return Err(AppError::refused("due_impossible"));
    }
    Ok(())
}

fn noted(address: String, note: String, day: Option<NaiveDate>) -> Body {
    Body::RoundPlaceNoted(RoundPlaceNoted { address, note, day, more: Map::new() })
}

/// Notes an address. One that is on the list already gets the new note and day, and keeps what was left
/// empty; one that was taken off comes back with its visits.
///
/// # Errors
/// `missing_address`, `address_too_long`, `note_too_long`, `due_impossible`; a disk that refuses.
pub fn round_add(desk: &Desk, r: RoundAdd) -> Result<RoundAdded, AppError> {
    if r.address.trim().is_empty() {
        return Err(AppError::refused("missing_address"));
    }
    let address = address(&r.address).ok_or_else(|| AppError::refused("address_too_long"))?;
    let typed = note(&r.note).ok_or_else(|| AppError::refused("note_too_long"))?;
    plannable(desk, r.day)?;
    let open = desk.opened()?;
    let found = beat(&open)?.remove(&key(&address));
    let known = found.as_ref().is_some_and(|(_, p)| !p.dropped);
    let (id, address, typed, day) = match found {
        Some((id, old)) => {
            let note = if typed.is_empty() { old.note } else { typed };
            (id, old.address, note, r.day.or(old.day))
        }
        None => (CaseId(desk.env().uuid()), address, typed, r.day),
    };
    let undo = Some(save(desk, &open, id, noted(address, typed, day))?);
    Ok(RoundAdded { id, known, changed: changed(&[]), undo })
}

/// Takes addresses from a file, all in one transaction: a line that cannot be read is told, the others
/// are taken.
///
/// # Errors
/// `import_empty` when nothing in it is an address; `import_too_long` over 2 000 lines; a disk that refuses.
pub fn round_import(desk: &Desk, r: RoundImport) -> Result<RoundImported, AppError> {
    let lines = read_csv(&r.text);
    if lines.len() > IMPORT_MAX {
        return Err(AppError::refused("import_too_long"));
    }
    if lines.iter().all(|l| l.read.is_err()) {
        return Err(AppError::refused("import_empty"));
    }
    let open = desk.opened()?;
    let mut beat = beat(&open)?;
    let (mut known, mut wrong, mut new) = (0u32, Vec::new(), Vec::new());
    for line in lines {
        let (address, note) = match line.read {
            Ok(read) => read,
            Err(why) => {
                wrong.push(RoundWrongLine { line: line.line, why: why.to_owned() });
                continue;
            }
        };
        let key = key(&address);
        if beat.get(&key).is_some_and(|(_, p)| !p.dropped) {
            known += 1;
            continue;
        }
        let id = beat.get(&key).map_or_else(|| CaseId(desk.env().uuid()), |(id, _)| *id);
        let place = Place {
            by: open.actor.id,
            address: address.clone(),
            note: note.clone(),
            day: None,
            visits: Vec::new(),
            dropped: false,
        };
        beat.insert(key, (id, place));
        new.push((id, noted(address, note, None)));
    }
    let added = u32::try_from(new.len()).unwrap_or(u32::MAX);
    let pen = Pen::new(desk, Arc::clone(&open));
    let acts = open.store.write(move |tx| {
        let mut acts = Vec::with_capacity(new.len());
        for (case, body) in new {
            let line = (Planned { body, circle: own_circle() }, None);
            acts.push(StreamActs { case, events: pen.append(tx, case, vec![line])? });
        }
        Ok::<_, StoreError>(acts)
    })?;
    desk.wake();
    let undo = (!acts.is_empty()).then_some(Undo::Acts { acts });
    Ok(RoundImported { added, known, wrong, changed: changed(&[]), undo })
}

/// Sets the day of the next visit.
///
/// # Errors
/// `not_found`, `due_impossible`.
pub fn round_plan(desk: &Desk, r: RoundPlan) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    place(&open, r.id)?;
    plannable(desk, r.day)?;
    let body = Body::RoundPlanned(RoundPlanned { day: r.day, more: Map::new() });
    let undo = Some(save(desk, &open, r.id, body)?);
    Ok(CaseDone { changed: changed(&[]), undo })
}

/// Takes an address off the list; noted again it comes back with its visits.
///
/// # Errors
/// `not_found`.
pub fn round_drop(desk: &Desk, r: RoundRef) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    place(&open, r.id)?;
    let body = Body::RoundPlaceDropped(RoundPlaceDropped { more: Map::new() });
    let undo = Some(save(desk, &open, r.id, body)?);
    Ok(CaseDone { changed: changed(&[]), undo })
}
