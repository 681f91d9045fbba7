//! Feeds: what a desk may follow, page by page, waiting when there is nothing new.

use crate::region::{Region, failed};
use crate::store::{DeviceRow, StoredEvent};
use esik_domain::ids::{CaseId, DeviceId, Pos, Scope};
use esik_wire::{
    ApiError, ApiErrorCode, FEED_PAGE_MAX, FeedEntry, FeedPage, FeedRequest, SEGMENT_BYTES_MAX,
};
use std::sync::Arc;
use std::time::Duration;

/// A long poll waits at most this long.
pub const WAIT_MAX_S: u32 = 50;

impl Region {
    /// A page of a feed after a position; waits up to `wait_s` when there is nothing.
    ///
    /// # Errors
    /// `not_found` for a scope that is not the desk's, `history_diverged` when the cursor is not of
    /// this history.
    pub async fn feed(
        self: &Arc<Self>,
        device: DeviceId,
        r: FeedRequest,
    ) -> Result<FeedPage, ApiError> {
        let mut moved = self.moved.subscribe();
        let wait = Duration::from_secs(u64::from(r.wait_s.min(WAIT_MAX_S)));
        let until = tokio::time::Instant::now() + wait;
        loop {
            moved.borrow_and_update();
            let asked = r.clone();
            let page = self.off(move |region| region.page(device, &asked)).await?;
            if !page.entries.is_empty() || wait.is_zero() {
                return Ok(page);
            }
            if tokio::time::timeout_at(until, moved.changed()).await.is_err() {
                return Ok(page);
            }
        }
    }

    fn page(&self, device: DeviceId, r: &FeedRequest) -> Result<FeedPage, ApiError> {
        let device = self.live_device(device)?;
        self.follows(&device, &r.scope)?;
        if r.epoch != self.row.epoch {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        let limit = r.limit.clamp(1, FEED_PAGE_MAX);
        let (events, head) = self.store.feed(&r.scope, r.after, limit).map_err(failed)?;
        if r.after > head {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        Ok(cut(events, limit, head))
    }

    fn follows(&self, device: &DeviceRow, scope: &Scope) -> Result<(), ApiError> {
        if *scope == Scope::station(&device.station) || self.scopes(device)?.contains(scope) {
            Ok(())
        } else {
            Err(ApiError::new(ApiErrorCode::NotFound))
        }
    }

    /// All events of a case that are in one of the desk's feeds.
    ///
    /// # Errors
    /// `not_found` when none is.
    pub async fn case_events(
        self: &Arc<Self>,
        device: DeviceId,
        case: CaseId,
    ) -> Result<FeedPage, ApiError> {
        self.off(move |region| {
            let scopes = region.scopes(&region.live_device(device)?)?;
            let events = region.store.case_in_scopes(case, &scopes).map_err(failed)?;
            let Some(last) = events.last().map(|e| e.pos) else {
                return Err(ApiError::new(ApiErrorCode::NotFound));
            };
            Ok(cut(events, u32::MAX, last))
        })
        .await
    }

    /// Bytes of a file that an event of one of the desk's feeds names.
    ///
    /// # Errors
    /// `not_found` when none does, or the bytes are gone.
    pub async fn file(
        self: &Arc<Self>,
        device: DeviceId,
        hash: String,
    ) -> Result<Vec<u8>, ApiError> {
        self.off(move |region| {
            let scopes = region.scopes(&region.live_device(device)?)?;
            if !region.store.file_in_scopes(&hash, &scopes).map_err(failed)? {
                return Err(ApiError::new(ApiErrorCode::NotFound));
            }
            region
                .files
                .read(&hash)
                .map_err(|e| {
                    tracing::error!(error = %e, hash, "a kept file cannot be read");
                    ApiError::new(ApiErrorCode::Internal)
                })?
                .ok_or_else(|| ApiError::new(ApiErrorCode::NotFound))
        })
        .await
    }
}

fn entry(e: StoredEvent) -> FeedEntry {
    FeedEntry { pos: e.pos, recorded_at: e.recorded_at, event: e.event }
}

/// Cuts a page so that it stays readable for the desk. When it is the last one, the cursor goes to
/// the head: whatever lies between belongs to others.
fn cut(events: Vec<StoredEvent>, limit: u32, head: Pos) -> FeedPage {
    let full = events.len() >= limit as usize;
    let mut bytes = 0;
    let mut entries = Vec::with_capacity(events.len());
    let mut left_out = false;
    for e in events {
        bytes += e.event.e.len() + e.event.s.len();
        if !entries.is_empty() && bytes > SEGMENT_BYTES_MAX {
            left_out = true;
            break;
        }
        entries.push(entry(e));
    }
    let more = full || left_out;
    let last = entries.last().map(|e| e.pos);
    let next = if more { last.unwrap_or(head) } else { head };
    FeedPage { entries, next, more }
}
