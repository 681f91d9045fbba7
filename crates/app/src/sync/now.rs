//! One full sync at once, because a person pressed the button (or a script asked).

use super::status::{stop_refusal, sync_status};
use super::{StoreLocal, client};
use crate::api::{Nothing, SyncStatus};
use crate::desk::Desk;
use crate::error::AppError;
use crate::sync::background::EngineClock;
use esik_sync::{Local, Summary, sync_once};
use std::sync::Arc;

/// Syncs and tells how it stands. A region that cannot be reached is told in the status, not as an error.
///
/// # Errors
/// `not_enrolled`, `practice`.
pub fn sync_now(desk: &Desk, _: Nothing) -> Result<SyncStatus, AppError> {
    match run(desk) {
        Ok(_) => {}
        Err(AppError::Refused(r))
            if matches!(r.code.as_str(), "not_enrolled" | "locked" | "practice") =>
        {
            return Err(AppError::Refused(r));
        }
        // Recorded by the engine; the status has the words.
        Err(error) => tracing::info!(%error, "sync did not finish"),
    }
    sync_status(desk, Nothing {})
}

/// One full sync with its summary.
///
/// # Errors
/// Why it stopped.
pub fn run(desk: &Desk) -> Result<Summary, AppError> {
    let open = desk.opened()?;
    let region = client(&open)?;
    let host = Arc::clone(desk.host());
    let local: Arc<dyn Local> = Arc::new(StoreLocal::new(
        open,
        super::background::telling(desk.env()),
        Arc::new(move |cases| host.changed(&super::background::changed(&cases))),
    ));
    let clock = EngineClock::new(desk.env().clone());
    desk.runtime()
        .block_on(sync_once(&region, &local, &clock, &|_| {}))
        .map_err(|stop| AppError::Refused(stop_refusal(&stop)))
}
