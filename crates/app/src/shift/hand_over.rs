//! The leaving officer hands over: cases and drafts change hands and the hand-over is written, in one
//! transaction and as the last record of it, so that its receipt speaks for all of them.

use super::look::begun;
use super::{PAST, changed, line, names, note_key, region_of};
use crate::api::{
    CaseDone, Changed, DraftFate, IntakeForm, ShiftDone, ShiftHandOver, ShiftNote, StreamActs, Undo,
};
use crate::append::{Line, Pen};
use crate::case::controller::{can_answer, named};
use crate::desk::{Desk, Open};
use crate::error::{AppError, refusal};
use crate::intake::draft::{keep_for_undo, put_back, read as read_draft, throw_away};
use crate::intake::plan::{Planned, today};
use crate::undo::Back;
use chrono::{DateTime, Utc};
use esik_domain::catalog::{Catalog, circle_for_agency};
use esik_domain::event::{Body, ShiftHandedOver};
use esik_domain::ids::{CaseId, Circle, DraftId, EventId, OfficerId};
use esik_domain::policy::sees;
use esik_domain::queue::circle_of_words;
use esik_domain::shift::{HandedCase, HandedPromise, Handing, LINES_MAX, note};
use esik_store::lists::{self, Board, Only, Queue};
use esik_store::officers::Officer;
use esik_store::{StoreError, drafts};
use serde_json::Map;
use std::sync::Arc;

/// Hands the shift over. Done again with the same id it changes nothing.
///
/// # Errors
/// `no_such_officer`, `shift_to_self`; `shift_to_nobody` when something is to change hands and nobody is
/// named; `shift_not_in_circle` with the number of a case the next officer may not know of;
/// `shift_draft_circle`, `shift_draft_elsewhere` for a draft that cannot go to that officer;
/// `note_too_long`; a disk that refuses. Nothing is changed then.
pub fn shift_hand_over(desk: &Desk, r: ShiftHandOver) -> Result<ShiftDone, AppError> {
    let open = desk.opened()?;
    if let Some(shift) = open.store.read(|conn| lists::shift(conn, &open.actor, r.id))? {
        let line = line(&open, &names(&open)?, r.id, shift);
        return Ok(ShiftDone { line, changed: changed(&[]), undo: None });
    }
    // A hand-over that was taken back is over: the next one is another.
    if open.store.read(|conn| lists::case_state(conn, &open.actor, r.id))?.is_some() {
        return Err(AppError::refused("bad_request"));
    }
    let note = note(&r.note).ok_or_else(|| AppError::refused("note_too_long"))?;
    let next = next(&open, r.to)?;
    let moves = moves(&open, next.as_ref(), &r.cases)?;
    let (given, thrown) = fates(&open, next.as_ref(), &r)?;
    let pen = Pen::new(desk, Arc::clone(&open));
    let handing = Handing {
        to: r.to,
        note,
        cases: u32::try_from(moves.len()).unwrap_or(u32::MAX),
        ..handing(&open, desk.env().now())?
    };
    let (id, alone, to) = (r.id, !desk.state().enrolled, r.to);
    let typed = handing.note.clone();
    let (gave, threw) = (given.clone(), thrown.clone());
    let (acts, off_disk) = open.store.write(move |tx| {
        let me = pen.open.actor.id;
        let mut handing = handing;
        let mut acts = Vec::new();
        for (case, lines) in moves {
            acts.push(StreamActs { case, events: pen.append(tx, case, lines)? });
        }
        for draft in given {
            drafts::give(tx, me, to.unwrap_or(me), draft)?;
        }
        let mut off_disk = Vec::new();
        for draft in thrown {
            off_disk.extend(throw_away(tx, me, draft)?);
        }
        esik_store::meta::remove(tx, &note_key(me))?;
        handing.region = region_of(tx, &pen.open, alone)?;
        let body = Body::ShiftHandedOver(ShiftHandedOver { handing, more: Map::new() });
        let line = (Planned { body, circle: Circle::open() }, None);
        acts.push(StreamActs { case: id, events: pen.append(tx, id, vec![line])? });
        Ok::<_, StoreError>((acts, off_disk))
    })?;
    keep_for_undo(desk, &open, off_disk);
    for draft in &gave {
        open.thrown_away.gave(*draft, to.unwrap_or(open.actor.id), desk.env().now());
    }
    desk.wake();
    let shift = open
        .store
        .read(|conn| lists::shift(conn, &open.actor, id))?
        .ok_or_else(|| AppError::refused("not_found"))?;
    Ok(ShiftDone {
        line: line(&open, &names(&open)?, id, shift),
        changed: changed(&r.cases),
        undo: Some(Undo::Shift { acts, given: gave, thrown: threw, note: typed }),
    })
}

/// Takes a hand-over back while nobody took it: cases and drafts are one's own again, and the note lies there to be
/// corrected, unless another one was begun.
///
/// # Errors
/// `undo_late` when a draft that changed hands cannot be had back; then nothing is changed.
pub(crate) fn undo(
    desk: &Desk,
    open: &Arc<Open>,
    back: Back,
    given: &[DraftId],
    thrown: &[DraftId],
    typed: String,
) -> Result<Changed, AppError> {
    let now = desk.env().now();
    let late = || AppError::refused("undo_late");
    let typed = note(&typed).ok_or_else(|| AppError::refused("note_too_long"))?;
    let me = open.actor.id;
    let mut taken = Vec::new();
    for id in given {
        taken.push((*id, open.thrown_away.given_to(*id, now).ok_or_else(late)?));
    }
    let mut restored = Vec::new();
    for id in thrown {
        restored.push((*id, open.thrown_away.get(*id, now).ok_or_else(late)?));
    }
    let Back { pen, streams, mut changed } = back;
    let key = note_key(me);
    open.store.write(move |tx| {
        Back::write(tx, &pen, streams)?;
        for (id, who) in taken {
            drafts::give(tx, who, me, id)?;
        }
        for (id, (body, files)) in restored {
            put_back(tx, me, id, &body, &files, now)?;
        }
        let begun: String = esik_store::meta::get(tx, &key)?.unwrap_or_default();
        if begun.trim().is_empty() {
            esik_store::meta::put(tx, &key, &typed)?;
        }
        Ok::<_, StoreError>(())
    })?;
    for id in thrown {
        open.thrown_away.restored(*id);
    }
    desk.wake();
    changed.lists.extend(crate::intake::draft::changed().lists);
    Ok(changed)
}

/// Keeps the note while it is being written: a lock or a cut of power does not take it.
///
/// # Errors
/// `note_too_long`; a disk that refuses.
pub fn shift_note(desk: &Desk, r: ShiftNote) -> Result<CaseDone, AppError> {
    // As typed: a space at the end is not taken from under the cursor.
    if note(&r.note).is_none() {
        return Err(AppError::refused("note_too_long"));
    }
    let open = desk.opened()?;
    let key = note_key(open.actor.id);
    open.store.write(move |tx| esik_store::meta::put(tx, &key, &r.note))?;
    Ok(CaseDone::default())
}

/// Whom it names.
fn next(open: &Open, to: Option<OfficerId>) -> Result<Option<Officer>, AppError> {
    let Some(id) = to else { return Ok(None) };
    if id == open.actor.id {
        return Err(AppError::refused("shift_to_self"));
    }
    open.store
        .read(|conn| esik_store::officers::get(conn, id))?
        .filter(|o| o.card.station == open.station && can_answer(o))
        .map(Some)
        .ok_or_else(|| AppError::refused("no_such_officer"))
}

type Moves = Vec<(CaseId, Vec<(Planned, Option<EventId>)>)>;

/// The events that give the chosen cases to the next officer.
fn moves(open: &Open, next: Option<&Officer>, cases: &[CaseId]) -> Result<Moves, AppError> {
    let mut out = Vec::new();
    for id in cases {
        let next = next.ok_or_else(|| AppError::refused("shift_to_nobody"))?;
        let case = open
            .store
            .read(|conn| lists::case_state(conn, &open.actor, *id))?
            .filter(|c| c.is_case())
            .ok_or_else(|| AppError::refused("not_found"))?;
        // Closed, or given away at another desk, while the screen was open: nothing to give any more.
        if case.closed.is_some() || case.read_only || case.controller() != open.actor.id {
            continue;
        }
        if !sees(&next.actor(), &case.circle, case.author) {
            let mut refused = refusal("shift_not_in_circle");
            refused.params.insert("number".to_owned(), case.number.clone().unwrap_or_default());
            return Err(AppError::Refused(refused));
        }
        let lines = named(&case, next.card.id, String::new());
        let planned = |l: Line| {
            let circle = l.circle.unwrap_or_else(|| case.circle.clone());
            (Planned { body: l.body, circle }, l.base)
        };
        out.push((*id, lines.into_iter().map(planned).collect()));
    }
    Ok(out)
}

/// Drafts to give and drafts to throw away.
fn fates(
    open: &Open,
    next: Option<&Officer>,
    r: &ShiftHandOver,
) -> Result<(Vec<DraftId>, Vec<DraftId>), AppError> {
    let (mut given, mut thrown) = (Vec::new(), Vec::new());
    for choice in &r.drafts {
        match choice.fate {
            DraftFate::Keep => {}
            DraftFate::Discard => thrown.push(choice.id),
            DraftFate::Hand => {
                let next = next.ok_or_else(|| AppError::refused("shift_to_nobody"))?;
                if !next.local {
                    return Err(AppError::refused("shift_draft_elsewhere"));
                }
                let Some(draft) =
                    open.store.read(|conn| drafts::get(conn, open.actor.id, choice.id))?
                else {
                    continue;
                };
                let circle = draft_circle(&read_draft(&draft.body));
                // Nobody wrote it for the next officer: who is in no circle is no author of it either.
                if !sees(&next.actor(), &circle, open.actor.id) {
                    return Err(AppError::refused("shift_draft_circle"));
                }
                given.push(choice.id);
            }
        }
    }
    Ok((given, thrown))
}

/// Who may know of what a draft holds: as the intake would decide, and as its words sound.
fn draft_circle(form: &IntakeForm) -> Circle {
    form.referrals.iter().find_map(|r| circle_for_agency(r.agency.as_str())).map_or_else(
        || circle_of_words(Catalog::shipped(), &form.text, form.category.as_ref()),
        |circle| Circle(circle.to_owned()),
    )
}

/// What the sheet lists: only what everybody at the station may know of.
fn handing(open: &Open, now: DateTime<Utc>) -> Result<Handing, AppError> {
    let day = today(now);
    let only = Only { officer: Some(open.actor.id), ..Only::default() };
    let board = Board { only, ..Board::of(Queue::All, day, 200) };
    let (from, taken, owed) = open.store.read(|conn| {
        let past = lists::shifts(conn, &open.actor, PAST)?;
        let from = begun(open, &past, now);
        Ok((
            from,
            lists::taken_since(conn, &open.actor, from)?,
            lists::control(conn, &open.actor, &board)?.rows,
        ))
    })?;
    let taken = taken
        .into_iter()
        .filter(|c| c.circle.is_open())
        .filter_map(|c| Some(HandedCase { number: c.number?, category: c.category }))
        .take(LINES_MAX)
        .collect();
    let promised = owed
        .into_iter()
        .filter(|o| !o.restricted)
        .filter_map(|o| {
            Some(HandedPromise {
                number: o.case.number?,
                category: o.category,
                what: o.obligation.what,
                due: o.obligation.due?,
            })
        })
        .take(LINES_MAX)
        .collect();
    Ok(Handing {
        from,
        to: None,
        note: String::new(),
        taken,
        promised,
        cases: 0,
        region: esik_domain::shift::AtRegion::default(),
    })
}
