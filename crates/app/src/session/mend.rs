//! A damaged desk (docs/adr/0042): noticed at sign-in, in the middle of work or when its file is looked through, and mended by
//! whoever signs in.

use crate::api::{AppState, Changed, Refusal, SignIn};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use crate::host::Host;
use crate::sync::again;
use chrono::{DateTime, Duration, Utc};
use esik_store::keys::Unlocked;
use esik_store::mend::{self, LookThrough};
use esik_store::profile::Profile;
use esik_store::{Store, StoreError, Tx, journal};
use std::fs;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The file is looked through when nobody has for so long.
const LOOK_EVERY: Duration = Duration::hours(20);
/// After so long of work: whoever has just signed in is not kept waiting by it.
const LOOK_AFTER: std::time::Duration = std::time::Duration::from_secs(180);

/// Makes a new database of what can be read of the damaged one, and signs in. What the region has comes back with the next
/// contact; the damaged file stays.
///
/// # Errors
/// A wrong password; `bad_request` for a desk that nothing is wrong with; `nothing_readable` when nothing at all can be read; a disk that refuses. The damaged file is as it was.
pub fn desk_mend(desk: &Desk, r: SignIn) -> Result<AppState, AppError> {
    let password = Zeroizing::new(r.password.clone());
    let profile = desk.profile()?;
    let mut keyring = desk.keyring()?;
    let unlocked = keyring.unlock(r.officer, &password)?;
    if profile.has_db() && !profile.is_damaged() {
        return Err(AppError::refused("bad_request"));
    }
    desk.sign_out();
    // The life first: were the program cut off behind it, a new life over the old file harms nothing.
    let device_key = keyring.device_key(&unlocked.drk)?.verifying_key();
    let noted = desk.anchor().and_then(|a| a.life(keyring.device_id(), &device_key));
    let life = keyring.life_later_than(noted.unwrap_or(0), &unlocked.drk, &mut |out| fill(out))?;
    let key = unlocked.drk.db_key();
    let now = desk.env().now();
    let mended = mend::mend(&profile, &key, (keyring.device_id(), life), now);
    let mended = mended.map_err(|e| match e {
        StoreError::NotFound => AppError::refused("nothing_readable"),
        other => other.into(),
    })?;
    tracing::warn!(
        events = mended.events,
        spared = mended.spared,
        whole = mended.whole,
        kept_as = mended.kept_as,
        "the database was mended"
    );
    let store = Store::open(&profile.db(), &key, now)?;
    let noted = store.write(move |tx| {
        again::mended(tx)?;
        journal::note(tx, now, r.officer, "mend", "profile")
    });
    store.close()?;
    noted?;
    desk.sign_in(r.officer, &password)?;
    Ok(desk.state())
}

/// What the person reads of a database of another day.
const SET_BACK: &str = "set_back";

/// Opens the database of a profile; a damaged one, or one of another day, is noted, so that it is mended and not written on.
/// `is_ahead` tells whether what is noted outside the profile is missing in it.
pub(super) fn open_whole(
    profile: &Profile,
    unlocked: &Unlocked,
    is_ahead: impl FnOnce(&Store) -> Result<bool, StoreError>,
    now: DateTime<Utc>,
) -> Result<Store, AppError> {
    mend::finish(profile)?;
    if profile.is_damaged() || !profile.has_db() {
        // Without its database a keyring is no desk: an empty one must never take its place.
        return Err(AppError::refused(if profile.is_noted_set_back() {
            SET_BACK
        } else {
            "corrupt"
        }));
    }
    let key = unlocked.drk.db_key();
    // A log is there only when the program did not end by itself. A damaged one is cut off by the engine without a word.
    let crashed = fs::metadata(profile.db().with_extension("db-wal")).is_ok_and(|m| m.len() > 0);
    let mut set_back = false;
    let opened = Store::open(&profile.db(), &key, now).and_then(|store| {
        let behind = store.is_set_back(profile, &key)? || is_ahead(&store)?;
        // With a log beside it, the likelier thing is that its end was cut off.
        set_back = behind && !crashed;
        if behind || crashed && store.lost_its_end(profile, &key)? {
            store.close()?;
            return Err(StoreError::Corrupt);
        }
        Ok(store)
    });
    if set_back {
        // It is mended too: it goes on in a new life, with what the spare and the region have.
        profile.note_set_back()?;
        return Err(AppError::refused(SET_BACK));
    }
    opened.map_err(|e| noted(profile, e.into()))
}

/// Keeps the spare of an open desk, and looks the file through from time to time.
pub(super) fn watch(desk: &Desk, open: &Arc<Open>) -> Result<(), AppError> {
    if open.is_practice() {
        return Ok(());
    }
    let (profile, env, host) = (desk.profile()?, desk.env().clone(), Arc::clone(desk.host()));
    let age = profile.looked_through().map(|at| env.now() - at);
    let due = age.is_none_or(|age| age > LOOK_EVERY || age < Duration::zero());
    let at = profile.clone();
    let look = due.then(|| LookThrough {
        after: LOOK_AFTER,
        found: Box::new(move |pages| {
            let kept = match pages {
                0 => at.note_looked_through(env.now()),
                pages => {
                    tracing::error!(pages, "pages of the database are damaged");
                    at.note_damage()
                }
            };
            if let Err(error) = kept {
                tracing::warn!(%error, "what was found could not be noted");
            }
            told(&*host);
        }),
    });
    Ok(open.store.keep_spare(&profile, &open.drk.db_key(), look)?)
}

/// Saves what is being typed; with a damaged database in the spare, from which it comes back when the desk is mended.
pub(crate) fn save_typed(
    desk: &Desk,
    open: &Open,
    job: impl Fn(&Tx<'_>) -> Result<(), StoreError> + Clone + Send + 'static,
) -> Result<(), AppError> {
    let first = job.clone();
    match open.store.write(move |tx| first(tx)) {
        Err(error) if is_damage(&error) => {
            let profile = desk.profile()?;
            profile.note_damage()?;
            told(&**desk.host());
            Ok(mend::write_aside(&profile, &open.drk.db_key(), |tx| job(tx))?)
        }
        saved => Ok(saved?),
    }
}

pub(crate) fn is_damage(error: &StoreError) -> bool {
    matches!(error, StoreError::Corrupt | StoreError::WrongKey)
}

/// What a command answers with. That the database is damaged is remembered for the next sign-in, and every screen tells it.
pub(crate) fn answered(desk: &Desk, error: AppError) -> Refusal {
    let Ok(profile) = desk.profile() else { return error.into() };
    let known = profile.is_damaged();
    let error = noted(&profile, error);
    if !known && profile.is_damaged() {
        told(&**desk.host());
    }
    error.into()
}

fn told(host: &dyn Host) {
    host.changed(&Changed { cases: Vec::new(), lists: vec!["session".to_owned()] });
}

fn noted(profile: &Profile, error: AppError) -> AppError {
    let damaged = matches!(&error, AppError::Store(e) if is_damage(e));
    if damaged && let Err(error) = profile.note_damage() {
        tracing::warn!(%error, "the damage could not be noted");
    }
    error
}
