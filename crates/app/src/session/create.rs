//! First run and new officers.

use super::open::sign_in;
use crate::api::{AppState, NewOfficer, OfficerTile, ProfileCreate};
use crate::desk::{Desk, UNENROLLED_STATION};
use crate::env::fill;
use crate::error::AppError;
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::{DeviceId, OfficerId, StationId};
use esik_domain::name::PersonName;
use esik_domain::text::normalize_input;
use esik_store::Store;
use esik_store::keys::Keyring;
use esik_store::profile::Profile;
use esik_wire::OfficerCard;
use esik_wire::signed::key_text;
use std::path::Path;
use zeroize::Zeroizing;

/// A whole name, and a post, in characters: what fits a signature under a letter, with room to spare.
const NAME_CHARS_MAX: usize = 200;

/// A new profile with its first officer, who is signed in at once.
///
/// # Errors
/// A profile is there already, a missing surname, a short password, a disk that refuses.
pub fn profile_create(desk: &Desk, r: ProfileCreate) -> Result<AppState, AppError> {
    let password = Zeroizing::new(r.officer.password.clone());
    let id = OfficerId(desk.env().uuid());
    let key = new_key();
    // The first officer sets the desk up, so he may administer it.
    let role = r.officer.role.unwrap_or(Role::Head);
    let card = card(&r.officer, id, role, &UNENROLLED_STATION.into(), &key)?;
    if desk.profile()?.exists() {
        return Err(AppError::refused("already_set_up"));
    }
    desk.save_face(|face| face.language = r.language)?;
    found(desk, &card, &key, &password)?;
    sign_in(desk, id, &password)?;
    Ok(desk.state())
}

/// Makes the keyring and the database of a new profile with its first officer.
///
/// # Errors
/// `already_set_up`, a short password, a disk that refuses; then nothing is left behind.
pub(crate) fn found(
    desk: &Desk,
    card: &OfficerCard,
    key: &SigningKey,
    password: &str,
) -> Result<(), AppError> {
    let profile = desk.profile()?;
    if profile.exists() {
        return Err(AppError::refused("already_set_up"));
    }
    begin(&profile)?;
    let device = DeviceId(desk.env().uuid());
    let (mut keyring, drk) =
        Keyring::create(profile.dir(), device, desk.env().uuid(), desk.config().kdf, &mut |out| {
            fill(out)
        })?;
    // The database first: a keyring without one is a desk, a database without a keyring is lost.
    let store = Store::open(&profile.db(), &drk.db_key(), desk.env().now())?;
    let saved = card.clone();
    store.write(move |tx| esik_store::officers::put(tx, &saved, true))?;
    store.close()?;
    // Before the keyring, which makes it a desk: one without its officers' names lets nobody in.
    desk.save_face(|face| face.officers = vec![tile(card)])?;
    if let Err(refused) = keyring.add_officer(card.id, password, &drk, key, &mut |out| fill(out)) {
        // A refused first run (a short password) leaves nothing behind; the database was empty.
        let _ = clear(&profile);
        let _ = esik_platform::remove(&profile.dir().join(BEGUN));
        let _ = desk.save_face(|face| face.officers.clear());
        return Err(refused.into());
    }
    set_up_ended(&profile);
    Ok(())
}

/// There while a profile is set up for the first time.
const BEGUN: &str = "setting-up";

/// Begins setting up. When it was begun before and cut off (there is no keyring yet), the database of that time is
/// empty and its key is nobody's: it goes. Any other database without a keyring stays as it is.
fn begin(profile: &Profile) -> Result<(), AppError> {
    if profile.dir().join(BEGUN).exists() {
        clear(profile)?;
    } else if profile.has_db() {
        // Not begun here: were it marked so, the next try would take it for an empty one.
        return Err(AppError::refused("keyring_damaged"));
    }
    Ok(esik_platform::write_whole(profile.dir(), BEGUN, b"")?)
}

fn clear(profile: &Profile) -> std::io::Result<()> {
    for end in ["", "-wal", "-shm"] {
        let mut name = profile.db().into_os_string();
        name.push(end);
        match esik_platform::remove(Path::new(&name)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// The profile is one: what is in it belongs to somebody from now on.
pub(crate) fn set_up_ended(profile: &Profile) {
    let begun = profile.dir().join(BEGUN);
    if begun.exists()
        && let Err(error) = esik_platform::remove(&begun)
    {
        tracing::warn!(%error, "the mark of setting up stays till the next sign-in");
    }
}

/// One more officer at this desk. Who adds him has to be signed in: the root key is needed.
///
/// # Errors
/// A missing surname, a short password, a disk that refuses.
pub fn officer_add(desk: &Desk, r: NewOfficer) -> Result<AppState, AppError> {
    let open = desk.opened()?;
    let password = Zeroizing::new(r.password.clone());
    let id = OfficerId(desk.env().uuid());
    let key = new_key();
    let mut card = card(&r, id, r.role.unwrap_or(Role::Officer), &open.station, &key)?;
    // Before the desk has joined, no word could name his station; joining brings it.
    if open.station.as_str() != UNENROLLED_STATION {
        card.voucher = Some(card.vouch(open.actor.id, &open.signing));
        card.circles_word = super::vouch::on_circles(&card, &open);
    }
    let mut keyring = desk.keyring()?;
    keyring.add_officer(id, &password, &open.drk, &key, &mut |out| fill(out))?;
    let saved = card.clone();
    open.store.write(move |tx| esik_store::officers::put(tx, &saved, true))?;
    desk.save_face(|face| face.officers.push(tile(&card)))?;
    // The region has to know his key before it can accept his work.
    desk.wake();
    Ok(desk.state())
}

pub(crate) fn new_key() -> SigningKey {
    let mut seed = Zeroizing::new([0; 32]);
    fill(seed.as_mut());
    SigningKey::from_bytes(&seed)
}

fn card(
    r: &NewOfficer,
    id: OfficerId,
    role: Role,
    station: &StationId,
    key: &SigningKey,
) -> Result<OfficerCard, AppError> {
    // The region is no person who signs in, and nobody here knows what a role of a later program may do.
    if role == Role::Region || !role.is_known() {
        return Err(AppError::refused("bad_request"));
    }
    let clean = |s: &str| normalize_input(s).trim().to_owned();
    let name = PersonName {
        surname: clean(&r.surname),
        given: clean(&r.given),
        patronymic: Some(clean(&r.patronymic)).filter(|p| !p.is_empty()),
    };
    if name.surname.is_empty() {
        return Err(AppError::refused("surname_missing"));
    }
    let post = clean(&r.post);
    let whole = [&name.surname, &name.given].into_iter().chain(&name.patronymic);
    let longest = whole.map(|part| part.chars().count()).sum::<usize>().max(post.chars().count());
    if longest > NAME_CHARS_MAX {
        return Err(AppError::refused("text_too_long"));
    }
    Ok(OfficerCard {
        id,
        name: name.initials(),
        post,
        role,
        station: station.clone(),
        key: key_text(&key.verifying_key()),
        circles: r.circles.clone(),
        circles_word: None,
        revoked: false,
        voucher: None,
    })
}

pub(crate) fn tile(card: &OfficerCard) -> OfficerTile {
    OfficerTile {
        id: card.id,
        name: card.name.clone(),
        post: card.post.clone(),
        role: card.role,
        drafts: 0,
    }
}
