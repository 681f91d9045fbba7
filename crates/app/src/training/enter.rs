//! Opening the practice desk beside the real one, and going back.

use crate::api::{AppState, Changed, Nothing, Refusal, StationName};
use crate::desk::{Desk, DeskConfig};
use crate::error::AppError;
use crate::host::{Host, HostError};
use crate::session::create::{found, new_key, tile};
use esik_domain::event::Role;
use esik_domain::ids::OfficerId;
use esik_domain::training::PRACTICE_STATION;
use esik_store::keys::KdfParams;
use esik_wire::OfficerCard;
use esik_wire::signed::key_text;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Folder of all practice desks inside a profile; a backup does not take it.
const FOLDER: &str = "training";
/// Opens every practice desk: there is nothing in it to keep from anybody.
const PASSWORD: &str = "practice";
/// Meta key of the names of the officer's real station: they stand on the certificate.
pub(super) const REAL_STATION: &str = "practice/station";
/// Who practises without having signed in.
const GUEST: OfficerId = OfficerId(Uuid::nil());
const GUEST_NAME: &str = "Қонақ / Гость";
/// Why a practice desk is made anew.
const BROKEN: &[&str] = &["corrupt", "keyring_damaged", "officer_revoked", "wrong_password"];
const STATION_KK: &str = "СЫНАҚ – жаттығу бөлімшесі";
const STATION_RU: &str = "ПРОБА – учебный участок";

/// True for a practice desk nobody's name stands on.
pub(super) fn is_guest(officer: OfficerId) -> bool {
    officer == GUEST
}

/// Opens the practice desk of the signed-in officer, or a guest's. The real desk stays as it is.
///
/// # Errors
/// A profile that could not be taken, a disk that refuses.
pub fn practice_enter(desk: &Desk, _: Nothing) -> Result<AppState, AppError> {
    if let Some(beside) = desk.practice() {
        return Ok(beside.state());
    }
    let real = desk.state();
    if real.practice {
        return Err(AppError::refused("practice"));
    }
    let who = desk.opened().ok().map(|o| (o.actor.id, o.name.clone(), o.post.clone()));
    let folder = desk.profile()?.dir().join(FOLDER);
    let (id, name, post) = who.unwrap_or_else(|| (GUEST, GUEST_NAME.to_owned(), String::new()));
    let dir = folder.join(if is_guest(id) { "guest".to_owned() } else { id.to_string() });
    if is_guest(id) {
        // Nothing of the last guest is left for the next one.
        erase(&dir)?;
    }
    let beside = open(desk, &dir);
    let opened = set_up(&beside, id, &name, &post).map_err(Refusal::from);
    let beside = match opened {
        Ok(()) => beside,
        Err(refusal) if BROKEN.contains(&refusal.code.as_str()) => {
            // Nobody's work is in it: a damaged practice desk is made anew.
            tracing::warn!(code = refusal.code, "the practice desk was damaged and is made anew");
            beside.close();
            erase(&dir)?;
            let fresh = open(desk, &dir);
            set_up(&fresh, id, &name, &post)?;
            fresh
        }
        Err(refusal) => return Err(AppError::Refused(refusal)),
    };
    let station = real.station.map(|s| (s.kk, s.ru));
    beside.opened()?.store.write(move |tx| esik_store::meta::put(tx, REAL_STATION, &station))?;
    beside.save_face(|face| {
        face.language = real.language;
        face.theme = real.theme;
    })?;
    let state = beside.state();
    desk.inner().practice = Some(Arc::new(beside));
    Ok(state)
}

/// Back to the real desk, as it was left.
///
/// # Errors
/// None in fact.
pub fn practice_leave(desk: &Desk, _: Nothing) -> Result<AppState, AppError> {
    leave(desk);
    Ok(desk.state())
}

/// Closes the practice desk, when one is open.
pub(crate) fn leave(desk: &Desk) {
    let beside = desk.inner().practice.take();
    if let Some(beside) = beside {
        beside.close();
    }
}

fn open(desk: &Desk, dir: &Path) -> Desk {
    let config = DeskConfig {
        profile: dir.to_owned(),
        demo: false,
        background: false,
        lock_after_minutes: desk.config().lock_after_minutes,
        // The password is no secret: nothing is won by a slow one.
        kdf: KdfParams::FLOOR,
        // What was practised is put back as often as one likes.
        anchors: None,
    };
    let host = Arc::new(Beside { real: Arc::clone(desk.host()) });
    Desk::open(config, desk.env().clone(), host, desk.runtime().clone())
}

fn set_up(desk: &Desk, id: OfficerId, name: &str, post: &str) -> Result<(), AppError> {
    if !desk.profile()?.exists() {
        let key = new_key();
        let card = OfficerCard {
            id,
            name: name.to_owned(),
            post: post.to_owned(),
            // Whoever practises does the front office's work, whatever he may do at the real desk.
            role: Role::Officer,
            station: PRACTICE_STATION.into(),
            key: key_text(&key.verifying_key()),
            circles: Vec::new(),
            circles_word: None,
            revoked: false,
            voucher: None,
        };
        found(desk, &card, &key, PASSWORD)?;
        desk.save_face(|face| {
            face.officers = vec![tile(&card)];
            face.station = Some(StationName {
                id: PRACTICE_STATION.to_owned(),
                kk: STATION_KK.to_owned(),
                ru: STATION_RU.to_owned(),
            });
        })?;
    }
    desk.sign_in(id, PASSWORD)?;
    let open = desk.opened()?;
    if !open.is_practice() || !desk.state().practice {
        // Somebody put another profile in its place: it is not touched.
        desk.close();
        return Err(AppError::refused("corrupt"));
    }
    Ok(())
}

fn erase(dir: &Path) -> Result<(), AppError> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The host of a practice desk: the same window. Its lock does not remove the real desk's documents.
struct Beside {
    real: Arc<dyn Host>,
}

impl Host for Beside {
    fn open_document(&self, name: &str, bytes: &[u8]) -> Result<(), HostError> {
        self.real.open_document(name, bytes)
    }
    fn save_document(&self, name: &str, bytes: &[u8]) -> Result<String, HostError> {
        self.real.save_document(name, bytes)
    }
    fn changed(&self, changed: &Changed) {
        self.real.changed(changed);
    }
    fn wipe_documents(&self) {}
}
