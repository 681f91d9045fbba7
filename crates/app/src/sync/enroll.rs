//! Joining a region with a one-time code that carries the fingerprint of its certificate authority.

use super::{Background, KNOWN, REGION, Region, nonce};
use crate::api::{AppState, Enroll, StationName};
use crate::desk::{Desk, UNENROLLED_STATION};
use crate::error::{AppError, sync_refusal};
use esik_domain::ids::Pos;
use esik_store::{Store, StoreError, Tx, meta, numbers, officers};
use esik_sync::EnrollError;
use esik_sync::http::Patience;
use esik_wire::signed::key_text;
use esik_wire::{EnrollRequest, EnrollResponse, KnownRegion};
use std::sync::Arc;

/// Keeps what joining taught: the region and its keys, its epoch, the first numbers, and that the desk's
/// officers belong to the station from now on.
///
/// # Errors
/// The store's; nothing is kept then.
pub fn record(store: &Store, server: &str, answer: &EnrollResponse) -> Result<(), StoreError> {
    let (server, answer) = (server.to_owned(), answer.clone());
    store.write(move |tx| keep(tx, server, answer))
}

pub(super) fn keep(
    tx: &mut Tx<'_>,
    server: String,
    answer: EnrollResponse,
) -> Result<(), StoreError> {
    let region = Region {
        server,
        region_id: answer.region_id,
        region_name: answer.region_name,
        station_name: answer.station_name,
        region_device: answer.region_device,
        region_key: answer.region_key,
        ca_pem: answer.ca_pem,
    };
    let known = KnownRegion { epoch: answer.epoch, pos: Pos(0), acked: esik_wire::Head::default() };
    meta::put(tx, REGION, &region)?;
    meta::put(tx, KNOWN, &known)?;
    for lease in &answer.leases {
        numbers::add_lease(tx, lease)?;
    }
    for card in officers::local(tx)? {
        let here = esik_wire::OfficerCard { station: answer.station_id.clone(), ..card };
        officers::put(tx, &here, true)?;
    }
    Ok(())
}

pub(super) fn told(e: EnrollError) -> AppError {
    match e {
        EnrollError::BadCodeFormat => AppError::refused("region_code_bad"),
        EnrollError::OtherCa => AppError::refused("region_untrusted"),
        EnrollError::Http(_) => AppError::refused("region_address_bad"),
        EnrollError::Failure(f) => AppError::Refused(sync_refusal(&f)),
    }
}

/// Joins. Nothing is changed here before the region has answered.
///
/// # Errors
/// `practice` on a practice desk, `already_enrolled`, a code or address that cannot be read, or why the region could not be asked.
pub fn profile_enroll(desk: &Desk, r: Enroll) -> Result<AppState, AppError> {
    let open = desk.opened()?;
    if open.is_practice() {
        return Err(AppError::refused("practice"));
    }
    if open.store.read(|conn| meta::get::<Region>(conn, REGION))?.is_some() {
        return Err(AppError::refused("already_enrolled"));
    }
    if open.station.as_str() == UNENROLLED_STATION
        && open.store.read(esik_store::log::head)?.seq > 0
    {
        // Its events name no station; they cannot be given one without signing them again.
        return Err(AppError::refused("work_before_enrolment"));
    }
    let request = EnrollRequest {
        code: String::new(),
        device_id: open.device_id,
        incarnation: open.incarnation,
        device_key: key_text(&open.device_key.verifying_key()),
        officers: open.store.read(officers::local)?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let server = r.server.trim().trim_end_matches('/').to_owned();
    let answer = desk
        .runtime()
        .block_on(esik_sync::enroll(
            &server,
            &r.code,
            request,
            &open.device_key,
            nonce(),
            Patience::default(),
        ))
        .map_err(told)?;
    let station = answer.station_id.clone();
    record(&open.store, &server, &answer)?;
    let (joining, to) = (Arc::clone(&open), station.clone());
    open.store.write(move |tx| crate::session::vouch::for_colleagues(tx, &joining, &to))?;
    desk.save_face(|face| {
        face.enrolled = true;
        face.station = Some(StationName {
            id: station.to_string(),
            kk: answer.station_name.kk.clone(),
            ru: answer.station_name.ru.clone(),
        });
    })?;
    // The open desk belongs to the station from now on.
    let joined = Arc::new(open.with_station(station));
    let engine =
        desk.config().background.then(|| Background::start(desk, &joined)).transpose()?.flatten();
    let mut inner = desk.inner();
    inner.open = Some(joined);
    inner.engine = engine;
    drop(inner);
    desk.wake();
    Ok(desk.state())
}
