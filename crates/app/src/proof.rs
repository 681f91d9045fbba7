//! Proof that a desk is what its events say, and that its events are what the region has (docs/adr/0043).

use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::sync;
use esik_domain::event::Envelope;
use esik_store::verify::{Order, VerifyReport, verify_all};
use esik_store::{log, officers};
use esik_wire::signed::key_from_text;

/// Looks through everything that lies at this desk.
///
/// # Errors
/// When it cannot be read at all; whatever else is wrong is in the report.
pub fn of_desk(open: &Open) -> Result<VerifyReport, AppError> {
    let region = sync::region(open)?;
    let region = region.and_then(|r| Some((r.region_device, key_from_text(&r.region_key).ok()?)));
    let officers = open.store.read(officers::keys)?;
    let keys = |e: &Envelope| match &region {
        Some((device, key)) if *device == e.device_id => Some(*key),
        _ => officers.get(&e.actor_id).copied(),
    };
    Ok(open.store.read(|conn| verify_all(conn, &keys, &open.files, open.device_id))?)
}

/// The same, and then reads everything the region has for this desk once more: what was not here, or stood otherwise, is
/// told and is as the region has it afterwards.
///
/// # Errors
/// As [`of_desk`]; why the region could not be asked, `region_fork` for a desk that was set back or whose own events are
/// not those the region took.
pub fn with_region(desk: &Desk) -> Result<VerifyReport, AppError> {
    let open = desk.opened()?;
    let mut report = of_desk(&open)?;
    // What is new is no fault.
    let read = sync::now::run(desk)?;
    let before = open.store.read(Order::read)?;
    open.store.write(log::read_anew)?;
    sync::now::run(desk)?;
    open.store.read(|conn| before.compare(conn, read.region_pos, &mut report))?;
    Ok(report)
}
