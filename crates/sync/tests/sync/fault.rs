//! A line that loses, repeats and cuts, by a list of faults; when the list is used up it is good.

use crate::region::Region;
use esik_domain::ids::CaseId;
use esik_wire::bundle::SignedReceipt;
use esik_wire::{
    ApiError, ApiErrorCode, BlobStatus, EnrollRequest, EnrollResponse, FeedPage, FeedRequest,
    GiveBack, GivenBack, HelloRequest, HelloResponse, PushResponse, Segment, SignedPublication,
    SyncApi, SyncFailure, TreeProof, TreeProofRequest,
};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Good,
    /// The request is lost.
    Request,
    /// The request arrives, the answer is lost.
    Answer,
    /// The request arrives twice.
    Twice,
    /// No line.
    NoLine,
    Busy,
    Fails,
}

pub struct Line {
    pub region: Arc<Region>,
    pub faults: Mutex<VecDeque<Fault>>,
    /// Events that a desk put on this line.
    pub went_up: AtomicUsize,
    /// Events that the region put on it.
    pub went_down: AtomicUsize,
}

impl Line {
    pub fn new(region: &Arc<Region>, faults: &[Fault]) -> Self {
        Self {
            region: Arc::clone(region),
            faults: Mutex::new(faults.iter().copied().collect()),
            went_up: AtomicUsize::new(0),
            went_down: AtomicUsize::new(0),
        }
    }

    fn next(&self) -> Fault {
        self.faults.lock().unwrap().pop_front().unwrap_or(Fault::Good)
    }

    async fn page(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        let page = self.region.feed(r).await?;
        self.went_down.fetch_add(page.entries.len(), Ordering::Relaxed);
        Ok(page)
    }
}

macro_rules! through {
    ($line:ident, $call:expr) => {
        match $line.next() {
            Fault::Good => $call.await,
            Fault::Request => Err(SyncFailure::Timeout),
            Fault::Answer => {
                drop($call.await);
                Err(SyncFailure::Timeout)
            }
            Fault::Twice => {
                drop($call.await);
                $call.await
            }
            Fault::NoLine => Err(SyncFailure::Unreachable),
            Fault::Busy => Err(ApiError::new(ApiErrorCode::Busy).into()),
            Fault::Fails => Err(ApiError::new(ApiErrorCode::Internal).into()),
        }
    };
}

impl SyncApi for Line {
    async fn enroll(&self, r: EnrollRequest) -> Result<EnrollResponse, SyncFailure> {
        self.region.enroll(r).await
    }
    async fn hello(&self, r: HelloRequest) -> Result<HelloResponse, SyncFailure> {
        through!(self, self.region.hello(r.clone()))
    }
    async fn push(&self, r: Segment) -> Result<PushResponse, SyncFailure> {
        // Without a line nothing leaves the desk.
        if self.faults.lock().unwrap().front() != Some(&Fault::NoLine) {
            self.went_up.fetch_add(r.events.len(), Ordering::Relaxed);
        }
        through!(self, self.region.push(r.clone()))
    }
    async fn feed(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        through!(self, self.page(r.clone()))
    }
    async fn case_events(&self, case: CaseId) -> Result<FeedPage, SyncFailure> {
        self.region.case_events(case).await
    }
    async fn publication(&self, hash: String) -> Result<SignedPublication, SyncFailure> {
        self.region.publication(hash).await
    }
    async fn give_back(&self, r: GiveBack) -> Result<GivenBack, SyncFailure> {
        through!(self, self.region.give_back(r.clone()))
    }
    async fn tree_proof(&self, r: TreeProofRequest) -> Result<TreeProof, SyncFailure> {
        self.region.tree_proof(r).await
    }
    async fn file(&self, hash: String) -> Result<Vec<u8>, SyncFailure> {
        self.region.file(hash).await
    }
    async fn blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        self.region.blob(hash).await
    }
    async fn put_blob_chunk(
        &self,
        hash: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> Result<BlobStatus, SyncFailure> {
        self.region.put_blob_chunk(hash, n, bytes).await
    }
    async fn commit_blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        self.region.commit_blob(hash).await
    }
    async fn bundle(&self, bytes: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        self.region.bundle(bytes).await
    }
    async fn blob_chunk(&self, hash: String, n: u32) -> Result<Vec<u8>, SyncFailure> {
        self.region.blob_chunk(hash, n).await
    }
}
