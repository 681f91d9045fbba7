//! The lane of attached files. Events never wait in it: a chunk moves only when the outbox is empty, and
//! between chunks the outbox is asked again (`reliability.md` S27; docs/adr/0019).

use crate::clock::Clock;
use crate::drive::blocking;
use crate::local::{Local, LocalError};
use crate::retry;
use chrono::{DateTime, TimeDelta, Utc};
use esik_wire::blobs::chunks_of;
use esik_wire::{ApiErrorCode, BlobStatus, SyncApi, SyncFailure};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Seconds until a file is asked for again that the region does not have yet.
const MISSING_AGAIN_S: i64 = 10 * 60;
/// Seconds until a file is tried again that the region did not take.
const REFUSED_AGAIN_S: i64 = 60 * 60;

/// Which way a file travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// To the region.
    Up,
    /// From the region.
    Down,
}

/// The file that is to travel next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlobJob {
    /// SHA-256 of the sealed bytes, hex.
    pub address: String,
    /// Sealed bytes.
    pub bytes: u64,
    pub way: Way,
}

/// What became of a file; the desk keeps it and shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BlobNews {
    /// So many chunks of so many are over.
    Moved { done: u32, of: u32 },
    /// The region has the whole file, verified.
    Arrived,
    /// The region has not got it yet.
    Missing { again: DateTime<Utc> },
    /// Not now; the code tells why.
    Later { again: DateTime<Utc>, why: &'static str },
}

/// What one step did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LaneStep {
    /// Something moved: there may be more.
    Moved,
    /// Nothing is to travel now.
    Idle,
    /// Events wait: they go first.
    Overtaken,
    /// The region cannot be reached.
    Stopped(SyncFailure),
}

/// The next thing to do for a file, from what the region holds and how many chunks are here. Pure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlobStep {
    Put(u32),
    Commit,
    Get(u32),
    /// Nothing more.
    Done,
    /// The region has not got it.
    Wait,
}

/// See [`BlobStep`]. `here` = chunks of a coming file that are on the disk.
#[must_use]
pub fn next_blob_step(way: Way, held: &BlobStatus, here: u32) -> BlobStep {
    match way {
        Way::Up if held.complete => BlobStep::Done,
        Way::Up => held.missing().map_or(BlobStep::Commit, BlobStep::Put),
        Way::Down if !held.complete => BlobStep::Wait,
        Way::Down if here >= chunks_of(held.bytes) => BlobStep::Done,
        Way::Down => BlobStep::Get(here),
    }
}

/// The file under way and what the region said of it last.
#[derive(Default)]
pub struct Lane {
    current: Option<(BlobJob, BlobStatus)>,
}

impl Lane {
    /// One step: at most one chunk.
    ///
    /// # Errors
    /// When the desk itself cannot go on.
    pub async fn step<A: SyncApi>(
        &mut self,
        api: &A,
        local: &Arc<dyn Local>,
        clock: &dyn Clock,
    ) -> Result<LaneStep, LocalError> {
        if blocking(local, |l| l.snapshot()).await?.unsent > 0 {
            return Ok(LaneStep::Overtaken);
        }
        let (job, held) = match self.current.take() {
            Some(current) => current,
            None => {
                let now = clock.now();
                let Some(job) = blocking(local, move |l| l.blob_job(now)).await? else {
                    return Ok(LaneStep::Idle);
                };
                match api.blob(job.address.clone()).await {
                    Ok(held) => (job, held),
                    Err(failure) => return refused(local, clock, job, failure).await,
                }
            }
        };
        match self.carry(api, local, clock, job.clone(), held).await? {
            Ok(()) => Ok(LaneStep::Moved),
            Err(failure) => refused(local, clock, job, failure).await,
        }
    }

    async fn carry<A: SyncApi>(
        &mut self,
        api: &A,
        local: &Arc<dyn Local>,
        clock: &dyn Clock,
        job: BlobJob,
        held: BlobStatus,
    ) -> Result<Result<(), SyncFailure>, LocalError> {
        let address = job.address.clone();
        let of = chunks_of(job.bytes);
        let here = match job.way {
            Way::Up => 0,
            Way::Down => {
                let asked = address.clone();
                blocking(local, move |l| l.blob_here(&asked)).await?
            }
        };
        let told = |news| {
            let address = address.clone();
            async move { blocking(local, move |l| l.blob_told(&address, &news)).await }
        };
        match next_blob_step(job.way, &held, here) {
            BlobStep::Put(n) => {
                let asked = address.clone();
                let chunk = blocking(local, move |l| l.blob_read(&asked, n)).await?;
                let held = match api.put_blob_chunk(address.clone(), n, chunk).await {
                    Ok(held) => held,
                    Err(failure) => return Ok(Err(failure)),
                };
                let done = u32::try_from(held.parts.len()).unwrap_or(of);
                told(BlobNews::Moved { done, of }).await?;
                self.current = Some((job, held));
            }
            BlobStep::Commit => {
                let held = match api.commit_blob(address.clone()).await {
                    Ok(held) => held,
                    Err(failure) => return Ok(Err(failure)),
                };
                if held.complete {
                    told(BlobNews::Arrived).await?;
                } else {
                    // What came together was another file: from the beginning, but not at once.
                    let again = clock.now() + TimeDelta::seconds(MISSING_AGAIN_S);
                    told(BlobNews::Later { again, why: "damaged" }).await?;
                }
            }
            BlobStep::Get(n) => {
                let bytes = match api.blob_chunk(address.clone(), n).await {
                    Ok(bytes) => bytes,
                    Err(failure) => return Ok(Err(failure)),
                };
                if held.sha256(n) != Some(hex::encode(Sha256::digest(&bytes)).as_str()) {
                    // Not kept, told, and the next file goes on: one that is always damaged stops no other.
                    let again = clock.now() + TimeDelta::seconds(MISSING_AGAIN_S);
                    told(BlobNews::Later { again, why: "damaged" }).await?;
                    return Ok(Ok(()));
                }
                let (asked, last) = (address.clone(), n + 1 == of);
                let kept = blocking(local, move |l| l.blob_keep(&asked, n, &bytes, last)).await?;
                match (kept, last) {
                    (true, true) => told(BlobNews::Arrived).await?,
                    (true, false) => {
                        told(BlobNews::Moved { done: n + 1, of }).await?;
                        self.current = Some((job, held));
                    }
                    (false, _) => {
                        let again = clock.now() + TimeDelta::seconds(MISSING_AGAIN_S);
                        told(BlobNews::Later { again, why: "damaged" }).await?;
                    }
                }
            }
            BlobStep::Done => told(BlobNews::Arrived).await?,
            BlobStep::Wait => {
                let again = clock.now() + TimeDelta::seconds(MISSING_AGAIN_S);
                told(BlobNews::Missing { again }).await?;
            }
        }
        Ok(Ok(()))
    }
}

/// A call that brought no answer: a file that cannot go now lets the next one go; a line that is down stops
/// the lane.
async fn refused(
    local: &Arc<dyn Local>,
    clock: &dyn Clock,
    job: BlobJob,
    failure: SyncFailure,
) -> Result<LaneStep, LocalError> {
    let SyncFailure::Refused(e) = &failure else { return Ok(LaneStep::Stopped(failure)) };
    let after = |s: i64| clock.now() + TimeDelta::seconds(s);
    let news = match (e.code, job.way) {
        (ApiErrorCode::Busy | ApiErrorCode::Internal, _) => return Ok(LaneStep::Stopped(failure)),
        (ApiErrorCode::Quota | ApiErrorCode::TooOften, _) => {
            let pause = retry::busy_pause(e.retry_after_s, clock.random());
            let again = crate::react::after(clock.now(), pause);
            BlobNews::Later { again, why: "quota" }
        }
        (ApiErrorCode::NotFound, Way::Down) => BlobNews::Missing { again: after(MISSING_AGAIN_S) },
        (ApiErrorCode::TooLarge, _) => {
            BlobNews::Later { again: after(24 * REFUSED_AGAIN_S), why: "too_large" }
        }
        _ => BlobNews::Later { again: after(REFUSED_AGAIN_S), why: "refused" },
    };
    let address = job.address;
    blocking(local, move |l| l.blob_told(&address, &news)).await?;
    Ok(LaneStep::Moved)
}

/// Carries files until there is none, the line is down, or events wait; tells which.
///
/// # Errors
/// When the desk itself cannot go on.
pub async fn carry<A: SyncApi>(
    api: &A,
    local: &Arc<dyn Local>,
    clock: &dyn Clock,
) -> Result<LaneStep, LocalError> {
    let mut lane = Lane::default();
    loop {
        match lane.step(api, local, clock).await? {
            LaneStep::Moved => {}
            end => return Ok(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use esik_wire::{BLOB_CHUNK_BYTES, BlobPart};

    fn held(parts: &[u32], complete: bool) -> BlobStatus {
        let part = |n: &u32| BlobPart { n: *n, sha256: String::new() };
        BlobStatus {
            bytes: 3 * BLOB_CHUNK_BYTES as u64,
            parts: parts.iter().map(part).collect(),
            complete,
        }
    }

    /// S25: a file goes on where it stopped, whatever is there already.
    #[test]
    fn what_is_next_follows_from_what_is_there() {
        assert_eq!(next_blob_step(Way::Up, &held(&[], false), 0), BlobStep::Put(0));
        assert_eq!(next_blob_step(Way::Up, &held(&[0, 2], false), 0), BlobStep::Put(1));
        assert_eq!(next_blob_step(Way::Up, &held(&[0, 1, 2], false), 0), BlobStep::Commit);
        assert_eq!(next_blob_step(Way::Up, &held(&[0, 1, 2], true), 0), BlobStep::Done);
        assert_eq!(next_blob_step(Way::Down, &held(&[0, 1, 2], false), 0), BlobStep::Wait);
        assert_eq!(next_blob_step(Way::Down, &held(&[0, 1, 2], true), 1), BlobStep::Get(1));
        assert_eq!(next_blob_step(Way::Down, &held(&[0, 1, 2], true), 3), BlobStep::Done);
    }
}
