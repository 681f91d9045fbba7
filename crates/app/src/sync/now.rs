//! One full sync at once, because a person pressed the button (or a script asked).

use super::client;
use super::status::{stop_refusal, sync_status};
use crate::api::{Changed, Nothing, SyncProgress, SyncStatus};
use crate::desk::Desk;
use crate::error::AppError;
use crate::sync::background::{Background, EngineClock};
use esik_sync::background::Watcher;
use esik_sync::{Progress, Summary, carry, sync_once};
use std::sync::{Arc, PoisonError};

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

/// One full sync with its summary. A running engine makes it, so that the region is never asked by two
/// at once; without one (a script, a test) it is made here.
///
/// # Errors
/// Why it stopped.
pub fn run(desk: &Desk) -> Result<Summary, AppError> {
    let open = desk.opened()?;
    let press = desk.inner().engine.as_ref().map(Background::press);
    if let Some(press) = press {
        return desk
            .runtime()
            .block_on(press)
            .map_err(|stop| AppError::Refused(stop_refusal(&stop)));
    }
    let region = client(&open)?;
    let local = super::background::local(desk, open);
    let clock = EngineClock::new(desk.env().clone());
    let tell = watcher(desk);
    let outcome = desk.runtime().block_on(sync_once(&region, &local, &clock, &|p| tell(Some(p))));
    tell(None);
    let done = outcome.map_err(|stop| AppError::Refused(stop_refusal(&stop)))?;
    // An engine carries files by itself, and nobody waits before a screen for them.
    match desk.runtime().block_on(carry(&region, &local, &clock)) {
        Ok(end) => tracing::debug!(?end, "files were carried"),
        Err(error) => tracing::warn!(%error, "files do not travel"),
    }
    Ok(done)
}

/// Keeps what the screen of contact tells while somebody waits. Calls and pages are few and coarse: each is told.
pub(super) fn watcher(desk: &Desk) -> Watcher {
    let (host, watched) = (Arc::clone(desk.host()), desk.watched());
    Arc::new(move |progress: Option<Progress>| {
        let over = progress.is_none();
        *watched.lock().unwrap_or_else(PoisonError::into_inner) = progress.as_ref().map(told);
        if !over {
            host.changed(&Changed { cases: Vec::new(), lists: vec!["sync".to_owned()] });
        }
    })
}

fn told(progress: &Progress) -> SyncProgress {
    match progress {
        Progress::Greeting => SyncProgress::Greeting,
        Progress::Pushing { done, of } => SyncProgress::Sending { done: *done, of: *of },
        Progress::Pulling { events, .. } => SyncProgress::Reading { events: *events },
        Progress::Waiting { until } => SyncProgress::Waiting { until: *until },
    }
}
