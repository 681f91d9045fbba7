//! The shipped client of a laptop, and what is seen of every call: how many are out at once, how long a push took that
//! was accepted, and each answer that a full house may not give.

use esik_domain::ids::CaseId;
use esik_sync::HttpRegion;
use esik_wire::bundle::SignedReceipt;
use esik_wire::{
    ApiErrorCode, BlobStatus, EnrollRequest, EnrollResponse, FeedPage, FeedRequest, GiveBack,
    GivenBack, HelloRequest, HelloResponse, PushResponse, Segment, SignedPublication, SyncApi,
    SyncFailure, TreeProof, TreeProofRequest, Verdict,
};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

type Answer<T> = Result<T, SyncFailure>;

/// What was seen of many lines together.
#[derive(Default)]
pub struct Seen {
    /// These may come to the measure of a day.
    pub may_be_full: bool,
    /// The most calls that one laptop had out at once.
    pub most_out: AtomicUsize,
    /// Answers that told when to come back.
    pub told: AtomicU64,
    /// Seconds until each of them was here.
    pub refusals: Mutex<Vec<f64>>,
    /// Calls without an answer: no line, or not in time.
    pub unanswered: AtomicU64,
    /// Files' chunks and commits that were answered.
    pub file_calls: AtomicU64,
    /// Seconds that each accepted push took, with its wait at the region.
    pub pushes: Mutex<Vec<f64>>,
    /// Events that the region newly took, and when its answer was here.
    pub taken: Mutex<Vec<(Instant, u64)>>,
    /// Answers that are none of a full house, and how often they came.
    pub wrong_answers: Mutex<BTreeMap<String, u64>>,
}

impl Seen {
    /// What may not have been answered.
    pub fn wrong(&self) -> Vec<String> {
        let wrong = self.wrong_answers.lock().unwrap();
        wrong.iter().map(|(what, times)| format!("{times} times {what}")).collect()
    }

    /// Events newly taken between two moments, a second.
    pub fn rate(&self, from: Instant, to: Instant) -> f64 {
        let taken = self.taken.lock().unwrap();
        let within = taken.iter().filter(|(at, _)| (from..to).contains(at));
        within.map(|(_, n)| *n as f64).sum::<f64>() / (to - from).as_secs_f64()
    }

    /// Looks at how a call failed. Through the shipped client a `503` is `busy`, with the moment its head or body told,
    /// and any other `5xx` is `internal` or no answer of Esik's.
    fn failed(&self, call: &str, failure: &SyncFailure, took: f64) {
        let one = |to: &AtomicU64| to.fetch_add(1, Ordering::Relaxed);
        match failure {
            SyncFailure::Refused(e)
                if e.code == ApiErrorCode::Busy && e.retry_after_s.is_some() =>
            {
                one(&self.told);
                self.refusals.lock().unwrap().push(took);
            }
            SyncFailure::Unreachable | SyncFailure::Timeout => {
                one(&self.unanswered);
            }
            // Who sends one file for a whole minute has sent as much as a day holds; a laptop of the herd has not.
            SyncFailure::Refused(e) if e.code == ApiErrorCode::Quota && self.may_be_full => {}
            other => {
                let what = format!("{call}: {other:?}");
                *self.wrong_answers.lock().unwrap().entry(what).or_default() += 1;
            }
        }
    }
}

/// A laptop's line.
pub struct Line {
    region: HttpRegion,
    seen: Arc<Seen>,
    out: AtomicUsize,
}

/// A call that is out, until it is answered or given up.
struct Out<'a>(&'a AtomicUsize);

impl Drop for Out<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Line {
    pub fn new(region: HttpRegion, seen: Arc<Seen>) -> Self {
        Self { region, seen, out: AtomicUsize::new(0) }
    }

    /// A call, seen.
    pub async fn call<T>(&self, name: &str, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let now_out = self.out.fetch_add(1, Ordering::SeqCst) + 1;
        let _out = Out(&self.out);
        self.seen.most_out.fetch_max(now_out, Ordering::SeqCst);
        let began = Instant::now();
        let answer = call.await;
        if let Err(failure) = &answer {
            self.seen.failed(name, failure, began.elapsed().as_secs_f64());
        }
        answer
    }

    async fn of_file<T>(&self, name: &str, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let answer = self.call(name, call).await?;
        self.seen.file_calls.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }
}

impl SyncApi for Line {
    async fn enroll(&self, r: EnrollRequest) -> Answer<EnrollResponse> {
        self.call("enroll", self.region.enroll(r)).await
    }
    async fn hello(&self, r: HelloRequest) -> Answer<HelloResponse> {
        self.call("hello", self.region.hello(r)).await
    }
    async fn push(&self, r: Segment) -> Answer<PushResponse> {
        let began = Instant::now();
        let answer = self.call("push", self.region.push(r)).await?;
        let new = |v: &&esik_wire::EventVerdict| matches!(v.verdict, Verdict::Accepted { .. });
        let new = answer.verdicts.iter().filter(new).count() as u64;
        if new > 0 {
            self.seen.pushes.lock().unwrap().push(began.elapsed().as_secs_f64());
            self.seen.taken.lock().unwrap().push((Instant::now(), new));
        }
        Ok(answer)
    }
    async fn feed(&self, r: FeedRequest) -> Answer<FeedPage> {
        self.call("feed", self.region.feed(r)).await
    }
    async fn case_events(&self, case: CaseId) -> Answer<FeedPage> {
        self.call("case_events", self.region.case_events(case)).await
    }
    async fn file(&self, hash: String) -> Answer<Vec<u8>> {
        self.call("file", self.region.file(hash)).await
    }
    async fn publication(&self, hash: String) -> Answer<SignedPublication> {
        self.call("publication", self.region.publication(hash)).await
    }
    async fn blob(&self, hash: String) -> Answer<BlobStatus> {
        self.of_file("blob", self.region.blob(hash)).await
    }
    async fn put_blob_chunk(&self, hash: String, n: u32, bytes: Vec<u8>) -> Answer<BlobStatus> {
        self.of_file("put_blob_chunk", self.region.put_blob_chunk(hash, n, bytes)).await
    }
    async fn commit_blob(&self, hash: String) -> Answer<BlobStatus> {
        self.of_file("commit_blob", self.region.commit_blob(hash)).await
    }
    async fn bundle(&self, bytes: Vec<u8>) -> Answer<SignedReceipt> {
        self.call("bundle", self.region.bundle(bytes)).await
    }
    async fn give_back(&self, r: GiveBack) -> Answer<GivenBack> {
        self.call("give_back", self.region.give_back(r)).await
    }
    async fn blob_chunk(&self, hash: String, n: u32) -> Answer<Vec<u8>> {
        self.of_file("blob_chunk", self.region.blob_chunk(hash, n)).await
    }
    async fn tree_proof(&self, r: TreeProofRequest) -> Answer<TreeProof> {
        self.call("tree_proof", self.region.tree_proof(r)).await
    }
}
