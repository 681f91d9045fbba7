//! Feeds: what a desk may follow, page by page, waiting when there is nothing new.

use crate::pages::FullPage;
use crate::region::{Region, failed};
use crate::store::{CaseMove, DeviceRow, FeedRows, StoredEvent};
use bytes::Bytes;
use esik_domain::ids::{CaseId, DeviceId, Pos, Scope};
use esik_wire::{
    ApiError, ApiErrorCode, CaseMoved, FEED_PAGE_MAX, FeedEntry, FeedPage, FeedRequest, frame,
    planted,
};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// A long poll waits at most this long.
pub const WAIT_MAX_S: u32 = 50;
/// Moves of cases in one page, at most.
const MOVES_MAX: u32 = 500;
/// Bytes of one case in one answer; even with every byte escaped it stays under a message's limit.
const CASE_BYTES_MAX: usize = 3 * 512 * 1024;

/// Reads a page: whether it is empty, and the page as it is wanted.
type Read<T> = fn(&Region, DeviceId, &FeedRequest) -> Result<(bool, T), ApiError>;

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
        let read = |region: &Self, device: DeviceId, r: &FeedRequest| {
            region.reader(device, r)?;
            let page = region.page(r)?;
            Ok((page.entries.is_empty() && page.moves.is_empty(), page))
        };
        self.feed_as(device, r, read).await
    }

    /// The same, as it goes over the line: of three hundred desks that read at once most wait for a page.
    ///
    /// # Errors
    /// As [`Region::feed`].
    pub async fn feed_sent(
        self: &Arc<Self>,
        device: DeviceId,
        r: FeedRequest,
    ) -> Result<Bytes, ApiError> {
        self.feed_as(device, r, Self::page_sent).await
    }

    fn page_sent(&self, device: DeviceId, r: &FeedRequest) -> Result<(bool, Bytes), ApiError> {
        self.reader(device, r)?;
        // A page that is read from here on may lack what moved meanwhile, and is kept under the name of before: never given
        // again. The other way round it would tell what is in this feed no more.
        let moved = self.store.last_move(&r.scope).map_err(failed)?;
        let asked = (r.scope.clone(), r.after, r.limit.clamp(1, FEED_PAGE_MAX), moved);
        if let Some(page) = self.pages.get(&asked) {
            self.meters.page(page.entries);
            return Ok((false, page.bytes));
        }
        let page = self.page(r)?;
        let bytes = Bytes::from(written(&page)?);
        if page.more {
            self.pages.keep(asked, FullPage { bytes: bytes.clone(), entries: page.entries.len() });
        }
        Ok((page.entries.is_empty() && page.moves.is_empty(), bytes))
    }

    /// Asks until there is something, or the wait is over.
    async fn feed_as<T: Send + 'static>(
        self: &Arc<Self>,
        device: DeviceId,
        r: FeedRequest,
        read: Read<T>,
    ) -> Result<T, ApiError> {
        let mut news = self.news.listen(&r.scope);
        let wait = Duration::from_secs(u64::from(r.wait_s.min(WAIT_MAX_S)));
        let until = tokio::time::Instant::now() + wait;
        loop {
            news.heard();
            let asked = r.clone();
            // Closed never; were it, only memory is at stake.
            let turn = Arc::clone(&self.reading).acquire_owned().await.ok();
            let look = move |region: &Self| {
                let _turn = turn;
                read(region, device, &asked)
            };
            let (empty, page) = self.off(look).await?;
            if !empty || wait.is_zero() {
                return Ok(page);
            }
            if tokio::time::timeout_at(until, news.something()).await.is_err() {
                return Ok(page);
            }
        }
    }

    /// May this desk read this feed of this history? Where its last page of it ended, the order is the one it was told then.
    fn reader(&self, device: DeviceId, r: &FeedRequest) -> Result<(), ApiError> {
        let device = self.live_device(device)?;
        self.follows(&device, &r.scope)?;
        let diverged = || ApiError::new(ApiErrorCode::HistoryDiverged);
        if r.epoch != self.row.epoch {
            return Err(diverged());
        }
        let Some(seen) = r.seen else { return Ok(()) };
        let same = r.after <= self.store.head().map_err(failed)? && self.root_at(r.after)? == seen;
        if same { Ok(()) } else { Err(diverged()) }
    }

    fn page(&self, r: &FeedRequest) -> Result<FeedPage, ApiError> {
        let limit = r.limit.clamp(1, FEED_PAGE_MAX);
        let FeedRows { events, more, head } =
            self.store.feed(&r.scope, r.after, limit).map_err(failed)?;
        if r.after > head {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        // After the last page the cursor goes to the head: what lies between belongs to others.
        self.meters.page(events.len());
        let more = more && !planted::is("page_goes_to_the_head");
        let next = events.last().filter(|_| more).map_or(head, |e| e.pos);
        let entries = events.into_iter().map(entry).collect();
        let mut page = FeedPage { entries, next, more, moves: Vec::new(), root: None };
        if self.store.last_move(&r.scope).map_err(failed)? > r.after {
            let told = self.store.moves(&r.scope, r.after, next, MOVES_MAX).map_err(failed)?;
            // A page ends where no more of them fit.
            if told.len() >= MOVES_MAX as usize
                && let Some(last) = told.last()
            {
                page.entries.retain(|e| e.pos <= last.pos);
                (page.next, page.more) = (last.pos, true);
            }
            page.moves = told.into_iter().map(moved).collect();
        }
        if page.next > r.after {
            page.root = Some(self.root_at(page.next)?);
        }
        Ok(page)
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
            if events.is_empty() {
                return Err(ApiError::new(ApiErrorCode::NotFound));
            }
            // A case larger than a message is cut; its feeds have the rest.
            let mut bytes = 0;
            let all = events.len();
            let entries: Vec<FeedEntry> = events
                .into_iter()
                .take_while(|e| {
                    bytes += e.event.e.len() + e.event.s.len();
                    bytes <= CASE_BYTES_MAX
                })
                .map(entry)
                .collect();
            let next = entries.last().map_or(Pos(0), |e| e.pos);
            Ok(FeedPage { more: entries.len() < all, entries, next, moves: Vec::new(), root: None })
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

/// An answer as it goes over the line.
pub(crate) fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, ApiError> {
    frame::encode(value).map_err(|e| {
        tracing::error!(error = %e, "an answer cannot be written");
        ApiError::new(ApiErrorCode::Internal)
    })
}

fn moved(m: CaseMove) -> CaseMoved {
    let CaseMove { pos, case, from, .. } = m;
    if m.entered {
        CaseMoved::CaseEntered { pos, case, from }
    } else {
        CaseMoved::CaseLeft { pos, case }
    }
}

fn entry(e: StoredEvent) -> FeedEntry {
    FeedEntry { pos: e.pos, recorded_at: e.recorded_at, event: e.event }
}
