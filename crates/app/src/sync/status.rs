//! The truth about sync, in words with a number: what the region acknowledged, and when.

use super::local::{LastAttempt, proof};
use super::{ATTEMPT, TREE_FINDINGS, TreeFinding};
use crate::api::{Nothing, Refusal, SyncStatus, TreeFaultView};
use crate::desk::{Desk, Open};
use crate::error::{AppError, refusal};
use esik_sync::{LocalError, SyncStop};
use esik_wire::{TreeHead, planted};

/// The code of a stop, in the words the catalogues know.
#[must_use]
pub fn stop_refusal(stop: &SyncStop) -> Refusal {
    match stop {
        SyncStop::Failure(f) => crate::error::sync_refusal(f),
        SyncStop::NotEnrolled => refusal("not_enrolled"),
        SyncStop::Stopped => refusal("locked"),
        SyncStop::Busy { .. } => refusal("region_busy"),
        SyncStop::Full { .. } => refusal("day_full"),
        SyncStop::TooOld => refusal("too_old"),
        SyncStop::RegionTooOld => refusal("region_too_old"),
        SyncStop::Fork | SyncStop::RolledBack { .. } => refusal("region_fork"),
        SyncStop::HistoryDiverged | SyncStop::Contradiction => refusal("region_refused"),
        SyncStop::Local(LocalError::StorageFull) => refusal("disk_full"),
        SyncStop::Local(_) => refusal("disk_failed"),
    }
}

/// What is waiting and what was acknowledged. Answers also while nobody is signed in.
///
/// # Errors
/// The store's.
pub fn sync_status(desk: &Desk, _: Nothing) -> Result<SyncStatus, AppError> {
    let face_enrolled = desk.state().enrolled;
    let Ok(open) = desk.opened() else {
        let waiting = crate::spool::waiting(desk.dir());
        return Ok(SyncStatus {
            enrolled: face_enrolled,
            online: false,
            running: false,
            counted: waiting.is_some(),
            unacknowledged: waiting.map_or(0, |w| u32::try_from(w.events).unwrap_or(u32::MAX)),
            last_success: waiting.and_then(|w| w.last_success),
            last_attempt: None,
            proof: None,
            failure: None,
            files_waiting: 0,
            files_bytes: 0,
            refused: 0,
            set_aside: 0,
            awaits_author: 0,
            awaits_voucher: 0,
            clock_off_s: None,
            clock_ask: false,
            progress: None,
            tree_fault: None,
            tree_silent: None,
        });
    };
    let (running, live) =
        desk.inner().engine.as_ref().map_or((false, None), |e| (e.running(), e.online()));
    let files = &open.files;
    let (attempt, clock, unsent, refused, aside, waiting) = open.store.read(|conn| {
        Ok((
            esik_store::meta::get::<LastAttempt>(conn, ATTEMPT)?.unwrap_or_default(),
            super::clock::state(conn)?,
            esik_store::log::unsent_count(conn)?,
            esik_store::lists::refused_count(conn, &open.actor)?,
            esik_store::lists::set_aside(conn)?,
            if face_enrolled {
                esik_store::attached::travel::waiting(conn, files)?
            } else {
                (0, 0)
            },
        ))
    })?;
    // What only waits could be read: it is said for itself, with what it waits for.
    let [mut awaits_author, mut awaits_voucher, mut set_aside] = [0_u32; 3];
    for (reason, n) in aside {
        let line = match reason.as_str() {
            "not_vouched" => &mut awaits_voucher,
            "unknown_author" | "not_kept" => &mut awaits_author,
            _ => &mut set_aside,
        };
        *line = line.saturating_add(n);
    }
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(SyncStatus {
        enrolled: face_enrolled,
        online: live.unwrap_or_else(|| attempt.failure.is_none() && attempt.success_at.is_some()),
        running,
        counted: true,
        unacknowledged: small(unsent),
        last_success: attempt.success_at,
        last_attempt: attempt.at,
        proof: proof(&open).map(|p| p.0),
        failure: attempt.failure,
        files_waiting: small(waiting.0),
        files_bytes: waiting.1,
        refused: small(refused),
        set_aside,
        awaits_author,
        awaits_voucher,
        clock_off_s: clock
            .as_ref()
            .filter(|c| c.wrong && !planted::is("wrong_clock_unsaid"))
            .map(|c| c.off_s),
        clock_ask: clock.is_some_and(|c| c.ask),
        progress: *desk.watched().lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        tree_fault: first_fault(&open)?,
        tree_silent: open.store.read(|conn| super::tree::silence(conn, desk.env().now()))?,
    })
}

fn first_fault(open: &Open) -> Result<Option<TreeFaultView>, AppError> {
    let found: Option<Vec<TreeFinding>> =
        open.store.read(|conn| esik_store::meta::get(conn, TREE_FINDINGS))?;
    Ok(found.unwrap_or_default().into_iter().next().map(|f| TreeFaultView {
        at: f.at,
        code: f.what.fault.code().to_owned(),
        size: f.what.new.and_then(|s| serde_json::from_str::<TreeHead>(&s.t).ok()).map(|h| h.size),
    }))
}
