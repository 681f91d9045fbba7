//! Who looked: every opening, search, print and export leaves a record that nothing here can leave out (docs/adr/0057).
//!
//! A look is noted after what was asked for is ready, saved beside it, and signed with those around it: when there are
//! enough, some minutes later, at the lock at the latest.

pub mod list;

use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::env::Env;
use crate::error::AppError;
use crate::intake::plan::Planned;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::case::CaseState;
use esik_domain::event::{Body, LooksNoted};
use esik_domain::ids::{CaseId, Circle};
use esik_domain::look::{LOOKS_MAX, Look, LookReason, LookWhat, Looked, wants_reason};
use esik_store::lists;
use esik_store::looks::{self, Unsigned};
use serde_json::Map;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Longest a look waits to be signed while somebody goes on looking, in minutes.
const SIGN_AFTER_MIN: i64 = 10;

/// What this sign-in has looked at.
#[derive(Default)]
pub(crate) struct Watch {
    inner: Mutex<Seen>,
    /// Held while looks are saved, so that a lock waits for them.
    saving: Mutex<()>,
}

#[derive(Default)]
struct Seen {
    /// The case on the screen.
    current: Option<CaseId>,
    /// Reasons given since the sign-in, each asked for once.
    reasons: BTreeMap<CaseId, LookReason>,
    /// Noted, not yet on the disk.
    unsaved: Vec<Unsigned>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The case a look is about.
pub(crate) struct About {
    id: CaseId,
    circle: Circle,
    wants_reason: bool,
}

impl About {
    pub(crate) fn of(case: &CaseState, open: &Open) -> Self {
        Self {
            id: case.id,
            circle: case.circle.clone(),
            wants_reason: wants_reason(case, open.actor.id),
        }
    }
}

/// The officer opens a case. `again`: the screen reads anew what it shows; believed of the case that was opened last and of
/// no other.
///
/// # Errors
/// `look_reason_needed` of a restricted case he does not answer for, until he said why; `look_reason_bad` for what is no reason.
pub(crate) fn opened(
    desk: &Desk,
    open: &Open,
    case: &About,
    again: bool,
    why: Option<LookReason>,
) -> Result<(), AppError> {
    if open.is_practice() {
        return Ok(());
    }
    let reason = {
        let mut seen = held(&open.watch.inner);
        if again && seen.current == Some(case.id) {
            return Ok(());
        }
        let reason = seen.reason(case, why)?;
        seen.current = Some(case.id);
        reason
    };
    note(desk, open, &case.circle, look(LookWhat::Opened, Some(case.id)).because(reason));
    Ok(())
}

/// Something of a case is shown, its papers or files: an opening, unless it is the case on the screen.
///
/// # Errors
/// As [`opened`]; `not_found`.
pub(crate) fn touched(desk: &Desk, open: &Open, case: CaseId) -> Result<(), AppError> {
    if open.is_practice() || held(&open.watch.inner).current == Some(case) {
        return Ok(());
    }
    let (about, reason) = reason_of(open, case)?;
    note(desk, open, &about.circle, look(LookWhat::Opened, Some(case)).because(reason));
    Ok(())
}

/// Notes that something of a case left the window: printed, opened in another program, saved. Called with [`may_leave`]'s
/// answer, once it has left.
pub(crate) fn left(desk: &Desk, open: &Open, leave: &Leave, noted: Noted) {
    note(desk, open, &leave.circle, noted.because(leave.reason.clone()));
}

/// Leave to take something of a case out.
pub(crate) struct Leave {
    circle: Circle,
    reason: Option<LookReason>,
}

impl Leave {
    /// Of what belongs to no case.
    pub(crate) fn of_desk() -> Self {
        Self { circle: Circle::open(), reason: None }
    }

    /// The same of a part of the case that has a circle of its own: who may not know of it learns of no print either.
    pub(crate) fn narrowed(self, circle: &Circle) -> Self {
        if circle.is_open() { self } else { Self { circle: circle.clone(), ..self } }
    }
}

/// May something of this case leave the window now?
///
/// # Errors
/// As [`touched`].
pub(crate) fn may_leave(open: &Open, case: CaseId) -> Result<Leave, AppError> {
    if open.is_practice() {
        return Ok(Leave { circle: Circle::open(), reason: None });
    }
    let (about, reason) = reason_of(open, case)?;
    Ok(Leave { circle: about.circle, reason })
}

fn reason_of(open: &Open, case: CaseId) -> Result<(About, Option<LookReason>), AppError> {
    let state = open.store.read(|conn| lists::case_state(conn, &open.actor, case))?;
    let about = About::of(&state.ok_or_else(|| AppError::refused("not_found"))?, open);
    let seen = &mut *held(&open.watch.inner);
    // Who has it on the screen was asked when he opened it, if he was to be.
    let reason = if seen.current == Some(case) {
        seen.reasons.get(&case).cloned()
    } else {
        seen.reason(&about, None)?
    };
    Ok((about, reason))
}

impl Seen {
    fn reason(
        &mut self,
        case: &About,
        why: Option<LookReason>,
    ) -> Result<Option<LookReason>, AppError> {
        if !case.wants_reason {
            return Ok(None);
        }
        if let Some(why) = why {
            if !why.is_given() {
                return Err(AppError::refused("look_reason_bad"));
            }
            self.reasons.insert(case.id, why);
        }
        match self.reasons.get(&case.id) {
            Some(why) => Ok(Some(why.clone())),
            None => Err(AppError::refused("look_reason_needed")),
        }
    }
}

/// A look without its moment.
pub(crate) fn look(what: LookWhat, case: Option<CaseId>) -> Noted {
    Noted(Look { ago_s: 0, what, case, paper: String::new(), n: None, why: None })
}

/// A look on its way to the disk.
pub(crate) struct Noted(Look);

impl Noted {
    pub(crate) fn paper(mut self, template: &str) -> Self {
        template.clone_into(&mut self.0.paper);
        self
    }

    pub(crate) fn n(mut self, n: usize) -> Self {
        self.0.n = Some(u32::try_from(n).unwrap_or(u32::MAX));
        self
    }

    fn because(mut self, why: Option<LookReason>) -> Self {
        self.0.why = why;
        self
    }
}

/// Everything the officer may see leaves as a plain copy, outside the window.
///
/// # Errors
/// When it cannot be saved; nothing may leave then.
pub fn exported(desk: &Desk, open: &Arc<Open>) -> Result<(), AppError> {
    put(open, desk.env().now(), &Circle::open(), look(LookWhat::Exported, None));
    save(open, desk.env(), false)
}

/// Notes a look; it is on the disk moments later, without keeping the officer waiting.
pub(crate) fn note(desk: &Desk, open: &Open, circle: &Circle, noted: Noted) {
    if open.is_practice() {
        return;
    }
    put(open, desk.env().now(), circle, noted);
    let Ok(open) = desk.opened() else { return };
    let env = desk.env().clone();
    desk.runtime().spawn_blocking(move || {
        // It stays in memory and goes with the next one: a full disk shows cases all the same.
        if let Err(error) = save(&open, &env, false) {
            tracing::warn!(%error, "a look was not saved yet");
        }
    });
}

fn put(open: &Open, at: DateTime<Utc>, circle: &Circle, Noted(look): Noted) {
    held(&open.watch.inner).unsaved.push(Unsigned {
        officer: open.actor.id,
        circle: circle.clone(),
        looked: Looked { at, look },
    });
}

/// Saves what was noted, and signs what waits when that is enough, long ago, or `all` of it.
///
/// # Errors
/// The store's; what was not saved is kept for the next time.
pub(crate) fn save(open: &Arc<Open>, env: &Env, all: bool) -> Result<(), AppError> {
    let _one = held(&open.watch.saving);
    let noted = std::mem::take(&mut held(&open.watch.inner).unsaved);
    if noted.is_empty() && !all {
        return Ok(());
    }
    if !noted.is_empty() {
        let lines = noted.clone();
        let saved = open.store.write(move |tx| lines.iter().try_for_each(|l| looks::wait(tx, l)));
        if let Err(error) = saved {
            held(&open.watch.inner).unsaved.splice(0..0, noted);
            return Err(error.into());
        }
    }
    let (n, since) = open.store.read(|conn| looks::waiting(conn, open.actor.id))?;
    let long = |since: DateTime<Utc>| env.now() - since >= TimeDelta::minutes(SIGN_AFTER_MIN);
    if n > 0 && (all || since.is_some_and(long)) {
        return sign(open, env, n);
    }
    if n >= LOOKS_MAX { sign(open, env, LOOKS_MAX) } else { Ok(()) }
}

fn sign(open: &Arc<Open>, env: &Env, most: usize) -> Result<(), AppError> {
    let (pen, officer) = (Pen::at(env, open), open.actor.id);
    open.store.write(move |tx| {
        for (circle, looks) in looks::take(tx, officer, most)? {
            let looks = looks.into_iter().map(|l| ago(l, pen.at)).collect();
            let body = Body::LooksNoted(LooksNoted { looks, more: Map::new() });
            let stream = CaseId(pen.uuid());
            pen.append(tx, stream, vec![(Planned { body, circle }, None)])?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The look with its distance from the moment it is signed.
fn ago(looked: Looked, signed: DateTime<Utc>) -> Look {
    let seconds = (signed - looked.at).num_seconds().max(0);
    Look { ago_s: u32::try_from(seconds).unwrap_or(u32::MAX), ..looked.look }
}

/// Signs what waits; called where an officer leaves and where he comes back after a crash. Keeps nobody from either.
pub(crate) fn settle(open: &Arc<Open>, env: &Env) {
    if open.is_practice() {
        return;
    }
    if let Err(error) = save(open, env, true) {
        tracing::warn!(%error, "looks wait for their signature");
    }
}
