//! The desk's side of synchronisation: the store as the engine sees it, enrolment, and the truth
//! about it for the screen.

pub mod again;
mod background;
pub mod board;
pub mod clock;
mod contacts;
pub mod enroll;
mod given;
mod lacking;
mod local;
pub(crate) mod moments;
pub mod now;
mod scopes;
pub mod settle;
pub mod status;
pub mod tree;

pub use background::{Background, EngineClock, changed};
pub use contacts::CONTACTS;
pub use lacking::{LACKING, WAITED};
pub(crate) use local::look_again;
pub use local::{LastAttempt, StoreLocal};

use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::event::ClockReading;
use esik_domain::ids::{DeviceId, Scope};
use esik_sync::http::HttpRegion;
use esik_sync::tree::Contradiction;
use esik_wire::{KnownRegion, LocalName, SyncApi as _};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What enrolment taught; kept in the store under [`REGION`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Region {
    pub server: String,
    pub region_id: String,
    pub region_name: LocalName,
    pub station_name: LocalName,
    pub region_device: DeviceId,
    /// Ed25519, base64: verifies what the region authors.
    pub region_key: String,
    pub ca_pem: String,
}

/// Meta key of [`Region`].
pub const REGION: &str = "region";
/// Meta key of the last known point of the region's history ([`KnownRegion`]).
pub const KNOWN: &str = "region_known";
/// Meta key of the scopes the region last named.
pub const SCOPES: &str = "region_scopes";
/// Meta key of the letter on this desk's tickets, as the region gave it.
pub const DESK_LETTER: &str = "desk_letter";
/// Meta key of where the region shows applicants how their case is, as it last told.
pub const STATUS_PAGE: &str = "status_page";
/// Meta key of what a person of the region decided about this desk's events that were set aside.
pub const DECISIONS: &str = "region_decisions";
/// Meta key of the last clock measurement.
pub const CLOCK: &str = "clock";
/// Meta key of the newest tree head of the region ([`esik_wire::SignedTreeHead`]).
pub const TREE: &str = "region_tree";
/// Meta key of the tree head under which this desk last began to send and read ([`esik_wire::SignedTreeHead`]). A round that
/// was cut off proved nothing of what it read.
pub const TREE_BEGUN: &str = "region_tree_begun";
/// Meta key of the furthest event that was read beyond a greeting's head ([`tree::FurthestRead`]).
pub const TREE_READ: &str = "region_tree_furthest";
/// Meta key of the furthest own event that was acknowledged and not proven since ([`tree::FurthestAcked`]).
pub const TREE_ACKED: &str = "region_tree_acked";
/// Meta key of what the order was like up to where each feed was read ([`tree::Roots`]).
pub const TREE_ROOTS: &str = "region_tree_roots";
/// Meta key that is there while the region showed another order than this desk went by, and not everything was read anew since.
pub const TREE_ANEW: &str = "region_tree_anew";
/// Meta key of what the region signed and contradicted ([`TreeFinding`]), oldest first.
pub const TREE_FINDINGS: &str = "region_tree_findings";
/// Findings kept, at most; the first ones are the evidence.
const TREE_FINDINGS_MAX: usize = 8;
/// Meta key of the moment since which the region signs its order no more, by this computer's clock.
pub const TREE_SILENT: &str = "region_tree_silent";
/// So long may a standby answer, which signs nothing, before every officer of the desk hears of it, in days.
const TREE_SILENT_DAYS: i64 = 3;
/// Meta key of how the last attempts ended.
pub const ATTEMPT: &str = "sync_attempt";

/// When the region contradicted what it had signed, and the evidence of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TreeFinding {
    /// Device time.
    pub at: DateTime<Utc>,
    pub what: Contradiction,
}

/// A measurement of the clock against the region's.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Region time minus device time.
    pub offset_ms: i64,
    pub at: DateTime<Utc>,
}

/// The region this desk joined, if any.
///
/// # Errors
/// The store's.
pub fn region(open: &Open) -> Result<Option<Region>, AppError> {
    Ok(open.store.read(|conn| esik_store::meta::get(conn, REGION))?)
}

/// Where applicants see how their case is, as the region last told; it is printed, so it is looked at once more.
///
/// # Errors
/// The store's.
pub fn status_page(open: &Open) -> Result<Option<String>, AppError> {
    let told: Option<String> = open.store.read(|conn| esik_store::meta::get(conn, STATUS_PAGE))?;
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '[' | ']');
    Ok(told.filter(|page| {
        page.starts_with("https://") && page.len() <= 128 && page.chars().all(plain)
    }))
}

/// What is known of the clock when an event is saved; `None` when it was never measured.
#[must_use]
pub fn clock_reading(open: &Open, now: DateTime<Utc>) -> Option<ClockReading> {
    let measured: Measured =
        open.store.read(|conn| esik_store::meta::get(conn, CLOCK)).ok().flatten()?;
    let age_s = u64::try_from((now - measured.at).num_seconds()).unwrap_or(0);
    Some(ClockReading { offset_ms: measured.offset_ms, age_s })
}

/// A client for the region, as this device.
///
/// # Errors
/// `practice` on a practice desk, whatever its database says; `not_enrolled`, or an address or
/// certificate that cannot be used.
pub fn client(open: &Open) -> Result<HttpRegion, AppError> {
    if open.is_practice() {
        return Err(AppError::refused("practice"));
    }
    let region = region(open)?.ok_or_else(|| AppError::refused("not_enrolled"))?;
    HttpRegion::new(
        &region.server,
        &region.ca_pem,
        open.device_id,
        open.device_key.clone(),
        nonce(),
    )
    .map(|client| client.sharing(&open.places))
    .map_err(|e| AppError::Internal(e.to_string()))
}

/// Random nonces for requests.
#[must_use]
pub fn nonce() -> esik_sync::http::Nonce {
    Arc::new(|| {
        let mut out = [0; 16];
        fill(&mut out);
        out
    })
}

/// Fetches a file by its hash and verifies it.
///
/// # Errors
/// Why the region could not be asked; `corrupt_file` when the bytes are not the file's.
pub fn fetch_file(desk: &Desk, open: &Open, hash: &str) -> Result<Vec<u8>, AppError> {
    let client = client(open)?;
    let bytes = desk.runtime().block_on(client.file(hash.to_owned()))?;
    if hex::encode(sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&bytes)))
        != hash
    {
        return Err(AppError::refused("corrupt_file"));
    }
    Ok(bytes)
}

/// The region's point that this desk knows.
pub(crate) fn known(open: &Open) -> Option<KnownRegion> {
    open.store.read(|conn| esik_store::meta::get(conn, KNOWN)).ok().flatten()
}

/// The scopes the region last named.
pub(crate) fn scopes(open: &Open) -> Vec<Scope> {
    open.store.read(|conn| esik_store::meta::get(conn, SCOPES)).ok().flatten().unwrap_or_default()
}
