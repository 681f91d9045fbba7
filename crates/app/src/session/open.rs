//! Sign-in, lock and what a locked desk shows.

use crate::api::{AppState, Nothing, SignIn};
use crate::desk::{Desk, Open, Seat};
use crate::error::AppError;
use crate::sync::Background;
use esik_domain::ids::OfficerId;
use esik_domain::policy::Actor;
use esik_store::Store;
use esik_store::attached::Files;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where the program stands.
///
/// # Errors
/// None in fact.
pub fn app_state(desk: &Desk, _: Nothing) -> Result<AppState, AppError> {
    Ok(desk.state())
}

/// Signs an officer in.
///
/// # Errors
/// Wrong password; a damaged or newer profile.
pub fn session_open(desk: &Desk, r: SignIn) -> Result<AppState, AppError> {
    let password = Zeroizing::new(r.password);
    sign_in(desk, r.officer, &password)?;
    Ok(desk.state())
}

/// Locks the desk: keys leave memory, the database closes. Whoever practised has practised.
///
/// # Errors
/// None in fact.
pub fn session_lock(desk: &Desk, _: Nothing) -> Result<AppState, AppError> {
    crate::training::leave(desk);
    remember_drafts(desk);
    desk.sign_out();
    Ok(desk.state())
}

/// Ends the program, as the window's own cross does after the question about what waits.
///
/// # Errors
/// None in fact.
pub fn program_end(desk: &Desk, _: Nothing) -> Result<Nothing, AppError> {
    desk.host().end();
    Ok(Nothing {})
}

/// The tiles of a locked desk tell how many unfinished intakes wait for each officer: a number only.
fn remember_drafts(desk: &Desk) {
    let Ok(open) = desk.opened() else { return };
    let counted = open.store.read(|conn| esik_store::drafts::list(conn, open.actor.id));
    if let Ok(drafts) = counted {
        let count = u32::try_from(drafts.len()).unwrap_or(u32::MAX);
        let _ = desk.save_face(|face| {
            for tile in face.officers.iter_mut().filter(|t| t.id == open.actor.id) {
                tile.drafts = count;
            }
        });
    }
}

pub(crate) fn sign_in(desk: &Desk, officer: OfficerId, password: &str) -> Result<(), AppError> {
    let profile = desk.profile()?;
    // On a full disk somebody can sign in all the same.
    desk.ballast().before_write();
    let keyring = desk.keyring()?;
    let unlocked = keyring.unlock(officer, password)?;
    let device_key = keyring.device_key(&unlocked.drk)?;
    super::create::set_up_ended(&profile);
    // Only now: a wrong password must not throw out who is working.
    remember_drafts(desk);
    desk.sign_out();
    let (device_id, anchor) = (keyring.device_id(), desk.anchor());
    let is_ahead = |store: &Store| {
        let (of, key) = ((device_id, keyring.incarnation()), device_key.verifying_key());
        anchor.as_ref().map_or(Ok(false), |a| a.is_ahead_of(store, of, &key))
    };
    let store = super::mend::open_whole(&profile, &unlocked, is_ahead, desk.env().now())?;
    store.keep_ballast(desk.ballast().clone());
    let card = store
        .read(|conn| esik_store::officers::get(conn, officer))?
        .map(|o| o.card)
        .filter(|c| !c.revoked)
        .ok_or_else(|| AppError::refused("officer_revoked"))?;
    let files = Files::of(profile.dir()).beside(desk.ballast().clone());
    sweep(desk, &store, &files);
    let open = Arc::new(Open::at(Seat {
        files,
        actor: Actor { id: officer, role: card.role, circles: card.circles.clone() },
        name: card.name,
        post: card.post,
        station: card.station,
        signing: Arc::new(unlocked.signing),
        drk: Arc::new(unlocked.drk),
        device_key,
        device_id,
        anchor,
        incarnation: keyring.incarnation(),
        store,
    }));
    super::mend::watch(desk, &open)?;
    desk.take_spooled(&open);
    let engine =
        desk.config().background.then(|| Background::start(desk, &open)).transpose()?.flatten();
    let mut inner = desk.inner();
    inner.engine = engine;
    inner.open = Some(open);
    drop(inner);
    desk.ballast().settle();
    // What a crash left behind waits for who looked.
    if let Ok(open) = desk.opened() {
        crate::look::settle(&open, desk.env());
    }
    // The shift can be taken by hand later; a hand-over must never keep anybody out.
    if let Err(error) = crate::shift::take::by_signing_in(desk) {
        tracing::warn!(%error, "the shift was not taken over");
    }
    Ok(())
}

/// Days a file stays that no event names. It may be one that a database put back from a backup does not
/// know of, and that the next contact with the region names again; nobody has its key but the log.
const ORPHAN_DAYS: i64 = 30;

/// Once after the program started: files whose event was never saved go, after a month. When it cannot
/// be told what is wanted, everything stays.
fn sweep(desk: &Desk, store: &Store, files: &Files) {
    if std::mem::replace(&mut desk.inner().swept, true) {
        return;
    }
    let before = desk.env().now() - chrono::Duration::days(ORPHAN_DAYS);
    let gone = store
        .read(esik_store::attached::wanted)
        .and_then(|wanted| files.sweep(&wanted, before.into()));
    match gone {
        Ok(0) => {}
        Ok(n) => tracing::info!(n, "files that were never saved are gone"),
        Err(error) => tracing::warn!(%error, "files could not be swept"),
    }
}
