//! At the door: what became of the visit, or an intake that begins there.

use super::{changed, place};
use crate::api::{
    CaseDone, Draft, IntakeForm, RoundIntake, RoundRef, RoundVisited as Request, StreamActs, Undo,
};
use crate::append::Pen;
use crate::attach::of_place;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::draft::save;
use crate::intake::plan::Planned;
use esik_domain::case::CaseState;
use esik_domain::event::{Body, Channel, ContactHow, ContactMade, Reached, RoundVisited};
use esik_domain::ids::{CaseId, DraftId};
use esik_domain::round::{VisitResult, note, own_circle};
use esik_store::{StoreError, lists};
use serde_json::Map;
use std::sync::Arc;

/// Keeps what became of a visit; with a case, its timeline has the contact too, in the case's circle.
///
/// # Errors
/// `not_found` for an address that is not on the list or a case he may not know of; `read_only_case`;
/// `note_too_long`, `due_impossible`; `attachment_too_many` when the case has no room for the files; `next_day_missing` when another visit is needed and no day was named.
pub fn round_visit(desk: &Desk, r: Request) -> Result<CaseDone, AppError> {
    let open = desk.opened()?;
    place(&open, r.id)?;
    super::keep::plannable(desk, r.next)?;
    let text = note(&r.note).ok_or_else(|| AppError::refused("note_too_long"))?;
    if r.result == VisitResult::Again && r.next.is_none() {
        return Err(AppError::refused("next_day_missing"));
    }
    let about = r.case.map(|case| about(&open, case)).transpose()?;
    let files = of_place::loose(&open, r.id)?;
    let all = of_place::all(&open, r.id)?;
    let linked =
        about.as_ref().map(|case| of_place::linked(desk, case, &files, &all)).transpose()?;
    let pen = Pen::new(desk, Arc::clone(&open));
    let visited = Body::RoundVisited(RoundVisited {
        result: r.result,
        note: text.clone(),
        next: r.next,
        case: r.case,
        files: files.iter().map(|f| f.id).collect(),
        more: Map::new(),
    });
    let acts = open.store.write(move |tx| {
        let line = (Planned { body: visited, circle: own_circle() }, None);
        let events = pen.append(tx, r.id, vec![line])?;
        let mut acts = vec![StreamActs { case: r.id, events }];
        if let (Some(case), Some(circle)) = (r.case, about.map(|c| c.circle)) {
            let reached = match r.result {
                VisitResult::Talked => Reached::Yes,
                VisitResult::NobodyHome | VisitResult::Refused | VisitResult::Again => {
                    Reached::NoAnswer
                }
            };
            let body = Body::ContactMade(ContactMade {
                how: ContactHow::InPerson,
                reached,
                word: None,
                text,
                more: Map::new(),
            });
            let bodies = std::iter::once(body).chain(linked.into_iter().flatten());
            let lines = bodies.map(|body| (Planned { body, circle: circle.clone() }, None));
            let events = pen.append(tx, case, lines.collect())?;
            acts.push(StreamActs { case, events });
        }
        Ok::<_, StoreError>(acts)
    })?;
    desk.wake();
    let mut changed = changed(r.case.as_slice());
    changed.lists.extend(["control", "files"].map(str::to_owned));
    Ok(CaseDone { changed, undo: Some(Undo::Acts { acts }) })
}

fn about(open: &Open, case: CaseId) -> Result<CaseState, AppError> {
    let case = open
        .store
        .read(|conn| lists::case_state(conn, &open.actor, case))?
        .filter(|c| c.is_case())
        .ok_or_else(|| AppError::refused("not_found"))?;
    if case.read_only {
        return Err(AppError::refused("read_only_case"));
    }
    Ok(case)
}

/// Opens an intake with the address and the channel of the round filled in, and the files of today's
/// visit that are no case's yet.
///
/// # Errors
/// `not_found`; a disk that refuses.
pub fn round_intake(desk: &Desk, r: RoundRef) -> Result<RoundIntake, AppError> {
    let open = desk.opened()?;
    let place = place(&open, r.id)?;
    let id = DraftId(desk.env().uuid());
    let form = IntakeForm {
        address: place.address,
        channel: Channel::Round,
        started_at: Some(desk.env().now()),
        ..IntakeForm::default()
    };
    let saved = save(desk, id, &form)?;
    of_place::into_draft(desk, &open, r.id, id)?;
    let mut changed = changed(&[]);
    changed.lists.extend(["reception", "drafts"].map(str::to_owned));
    Ok(RoundIntake { draft: Draft { id, form, saved_at: saved.saved_at }, changed })
}
