//! A copied desk joins its region again, in place (`reliability.md` S17; docs/adr/0034): it begins a new life, and what it
//! wrote beside the other copy goes to the region with the next contact.

use super::enroll::{keep, told};
use super::{Background, KNOWN, Region, TREE_ANEW, nonce, region};
use crate::api::{AppState, JoinAgain};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use esik_domain::ids::DeviceId;
use esik_domain::policy::{Permission, may};
use esik_store::keys::Keyring;
use esik_store::{Store, StoreError, Tx, meta, numbers, officers, register};
use esik_sync::EnrollError;
use esik_sync::http::Patience;
use esik_wire::signed::key_text;
use esik_wire::{
    ApiErrorCode, EnrollRequest, EnrollResponse, Head, KnownRegion, SyncFailure, planted,
};
use std::sync::Arc;

/// Times a life is offered that another copy of the device has passed already.
const OFFERS_MAX: u32 = 4;

/// Joins again with a code of the region. Nothing is changed here before the region has answered; a life that the
/// program did not live to begin is passed over, nothing else.
///
/// # Errors
/// `practice` on a practice desk, `not_enrolled`, a code that cannot be read, or why the region could not be asked.
pub fn profile_join_again(desk: &Desk, r: JoinAgain) -> Result<AppState, AppError> {
    let open = desk.opened()?;
    if open.is_practice() {
        return Err(AppError::refused("practice"));
    }
    let joined = region(&open)?.ok_or_else(|| AppError::refused("not_enrolled"))?;
    if r.new_warrant && !may(open.actor.role, Permission::Administer) {
        return Err(AppError::refused("forbidden"));
    }
    let (answer, life) = offer(desk, &open, &joined, &r.code)?;
    if answer.region_id != joined.region_id || answer.station_id != open.station {
        return Err(AppError::refused("region_refused"));
    }
    // Nobody sends or hears in the old life while the new one begins.
    desk.inner().engine = None;
    if r.new_warrant {
        open.store.write(|tx| register::unpin(tx))?;
    }
    let begun = record_again(&open.store, open.device_id, &joined.server, &answer, life)
        .map_err(AppError::from)
        .and_then(|()| Ok(desk.keyring()?.begin_life(life, &open.drk)?));
    let next = Arc::new(open.with_life(if begun.is_ok() { life } else { open.incarnation }));
    let engine =
        desk.config().background.then(|| Background::start(desk, &next)).transpose()?.flatten();
    let mut inner = desk.inner();
    inner.open = Some(next);
    inner.engine = engine;
    drop(inner);
    begun?;
    tracing::info!(life, "the desk joined again");
    desk.wake();
    Ok(desk.state())
}

/// Offers the region a life that is new to it.
fn offer(
    desk: &Desk,
    open: &Open,
    joined: &Region,
    code: &str,
) -> Result<(EnrollResponse, u32), AppError> {
    let mut known = open.incarnation;
    for _ in 0..OFFERS_MAX {
        let life = Keyring::life_after(known, &mut |out| crate::env::fill(out));
        let request = EnrollRequest {
            code: String::new(),
            device_id: open.device_id,
            incarnation: life,
            device_key: key_text(&open.device_key.verifying_key()),
            officers: open.store.read(officers::local)?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let asked = desk.runtime().block_on(esik_sync::enroll(
            &joined.server,
            code,
            request,
            &open.device_key,
            nonce(),
            Patience::default(),
        ));
        match asked {
            Ok(answer) => return Ok((answer, life)),
            Err(EnrollError::Failure(SyncFailure::Refused(e)))
                if e.code == ApiErrorCode::Fork
                    && e.expected.is_some_and(|newest| newest >= u64::from(life)) =>
            {
                known = e.expected.and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX);
            }
            Err(e) => return Err(told(e)),
        }
    }
    Err(AppError::refused("region_refused"))
}

/// Keeps what joining again taught. The other copy of the desk has the same blocks of numbers: this one gives them up.
///
/// # Errors
/// The store's; nothing is kept then.
pub fn record_again(
    store: &Store,
    device: DeviceId,
    server: &str,
    answer: &EnrollResponse,
    life: u32,
) -> Result<(), StoreError> {
    let (server, answer) = (server.to_owned(), answer.clone());
    store.write(move |tx| {
        let before: Option<KnownRegion> = meta::get(tx, KNOWN)?;
        numbers::give_up(tx, device, life)?;
        keep(tx, server, answer)?;
        // Were the answer's epoch kept, the next greeting would find nothing new in it, and what a restored region lost
        // would stay lost.
        if let Some(before) = before {
            meta::put(tx, KNOWN, &before)?;
        }
        chain_begins(tx)
    })
}

/// A database was mended. What it still knows of the region's order was read at different times, and what was to be proven of it may be
/// lost: everything is read anew.
///
/// # Errors
/// The store's.
pub fn mended(tx: &Tx<'_>) -> Result<(), StoreError> {
    chain_begins(tx)?;
    if planted::is("mended_reads_on") {
        return Ok(());
    }
    meta::put(tx, TREE_ANEW, &true)
}

/// A new life begins: of what is known of the region only the chain is another one.
///
/// # Errors
/// The store's.
fn chain_begins(tx: &Tx<'_>) -> Result<(), StoreError> {
    let Some(known) = meta::get::<KnownRegion>(tx, KNOWN)? else { return Ok(()) };
    meta::put(tx, KNOWN, &KnownRegion { acked: Head::default(), ..known })
}
