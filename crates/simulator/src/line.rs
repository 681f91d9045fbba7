//! The line between desk and region: every call stops here until the scheduler lets it through.

use crate::chance::Entropy;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::CaseId;
use esik_sync::{Clock, LaneStep, LocalError, Summary, SyncStop};
use esik_wire::bundle::SignedReceipt;
use esik_wire::{
    ApiError, ApiErrorCode, BlobStatus, EnrollRequest, EnrollResponse, FeedPage, FeedRequest,
    GiveBack, GivenBack, HelloRequest, HelloResponse, PushResponse, Segment, SignedPublication,
    SyncApi, SyncFailure, TreeProof, TreeProofRequest,
};
use serde::{Serialize, de::DeserializeOwned};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

/// What a desk asks of the region.
#[derive(Clone, Debug)]
pub enum Call {
    Hello(HelloRequest),
    Push(Segment),
    Feed(FeedRequest),
    Publication(String),
    Tree(TreeProofRequest),
    Back(GiveBack),
    Blob(String),
    PutChunk(String, u32, Vec<u8>),
    Commit(String),
    Chunk(String, u32),
}

impl Call {
    /// In a few words, for the trace: the same for the same call.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Hello(r) => {
                format!("hello life {} head {} unsent {}", r.incarnation, r.head.seq, r.unsent)
            }
            Self::Push(s) => format!(
                "push life {} {}+{} {}",
                s.incarnation,
                s.first_seq,
                s.events.len(),
                &s.head.hex()[..8]
            ),
            Self::Feed(r) => format!("feed {} after {}", r.scope.as_str(), r.after.0),
            Self::Publication(hash) => format!("publication {hash}"),
            Self::Back(r) => format!("give back {}", r.events.len()),
            Self::Blob(of) => format!("file {}", &of[..8]),
            Self::PutChunk(of, n, bytes) => format!("put {n} of {} {}", &of[..8], bytes.len()),
            Self::Commit(of) => format!("commit {}", &of[..8]),
            Self::Chunk(of, n) => format!("get {n} of {}", &of[..8]),
            Self::Tree(r) => format!("proof from {} to {:?} of {:?}", r.from, r.to, r.leaf),
        }
    }
}

/// What the region answers.
#[derive(Clone, Debug)]
pub enum Answer {
    Hello(Box<HelloResponse>),
    Push(PushResponse),
    Feed(FeedPage),
    Publication(SignedPublication),
    Tree(TreeProof),
    Back(GivenBack),
    Status(BlobStatus),
    Chunk(Vec<u8>),
}

/// What comes of a call.
pub type Reply = Result<Answer, SyncFailure>;

/// What the scheduler hears from a desk's round.
pub enum News {
    Asks { desk: usize, call: Call, reply: oneshot::Sender<Reply> },
    Ended { desk: usize, result: Result<Summary, SyncStop> },
    Carried { desk: usize, result: Result<LaneStep, LocalError> },
}

/// A desk's end of the line.
pub struct Line {
    pub desk: usize,
    pub to: UnboundedSender<News>,
}

impl Line {
    async fn ask(&self, call: Call) -> Reply {
        let (reply, answer) = oneshot::channel();
        let asked = self.to.send(News::Asks { desk: self.desk, call, reply });
        if asked.is_err() {
            return Err(SyncFailure::Unreachable);
        }
        answer.await.unwrap_or(Err(SyncFailure::Timeout))
    }

    async fn status(&self, call: Call) -> Result<BlobStatus, SyncFailure> {
        match self.ask(call).await? {
            Answer::Status(a) => Ok(a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
}

/// The same message as the other side reads it.
pub fn through<T: Serialize + DeserializeOwned>(message: &T) -> T {
    let json = serde_json::to_vec(message).expect("a message is JSON");
    serde_json::from_slice(&json).expect("what is written can be read")
}

/// The same message between two programs that are one version apart: every object in it has a field that the other
/// side does not know.
pub fn between<T: Serialize + DeserializeOwned>(message: &T) -> T {
    fn add(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                fields.values_mut().for_each(add);
                let more = serde_json::json!({ "of": ["another", 1, null] });
                fields.insert("field_of_another_version".to_owned(), more);
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(add),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(message).expect("a message is JSON");
    add(&mut value);
    serde_json::from_value(value).expect("a field more or less stops nobody")
}

/// What a receiver makes of a message of which only the first part arrived. `None`: it was refused, as
/// it has to be.
pub fn cut<T: Serialize + DeserializeOwned>(message: &T, share: f64) -> Option<T> {
    let json = serde_json::to_vec(message).expect("a message is JSON");
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place inside the message"
    )]
    let at = ((json.len() as f64) * share) as usize;
    serde_json::from_slice(json.get(..at.min(json.len().saturating_sub(1)))?).ok()
}

fn nobody<T>() -> Result<T, SyncFailure> {
    Err(ApiError::new(ApiErrorCode::NotFound).into())
}

impl SyncApi for Line {
    async fn enroll(&self, _: EnrollRequest) -> Result<EnrollResponse, SyncFailure> {
        nobody()
    }
    async fn hello(&self, r: HelloRequest) -> Result<HelloResponse, SyncFailure> {
        match self.ask(Call::Hello(r)).await? {
            Answer::Hello(a) => Ok(*a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
    async fn push(&self, r: Segment) -> Result<PushResponse, SyncFailure> {
        match self.ask(Call::Push(r)).await? {
            Answer::Push(a) => Ok(a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
    async fn feed(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        match self.ask(Call::Feed(r)).await? {
            Answer::Feed(a) => Ok(a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
    async fn case_events(&self, _: CaseId) -> Result<FeedPage, SyncFailure> {
        nobody()
    }
    async fn file(&self, _: String) -> Result<Vec<u8>, SyncFailure> {
        nobody()
    }
    async fn bundle(&self, _: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        nobody()
    }
    async fn blob(&self, of: String) -> Result<BlobStatus, SyncFailure> {
        self.status(Call::Blob(of)).await
    }
    async fn put_blob_chunk(
        &self,
        of: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> Result<BlobStatus, SyncFailure> {
        self.status(Call::PutChunk(of, n, bytes)).await
    }
    async fn commit_blob(&self, of: String) -> Result<BlobStatus, SyncFailure> {
        self.status(Call::Commit(of)).await
    }
    async fn blob_chunk(&self, of: String, n: u32) -> Result<Vec<u8>, SyncFailure> {
        match self.ask(Call::Chunk(of, n)).await? {
            Answer::Chunk(bytes) => Ok(bytes),
            _ => Err(SyncFailure::NotEsik),
        }
    }
    async fn publication(&self, hash: String) -> Result<SignedPublication, SyncFailure> {
        match self.ask(Call::Publication(hash)).await? {
            Answer::Publication(a) => Ok(a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
    async fn give_back(&self, r: GiveBack) -> Result<GivenBack, SyncFailure> {
        match self.ask(Call::Back(r)).await? {
            Answer::Back(a) => Ok(a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
    async fn tree_proof(&self, r: TreeProofRequest) -> Result<TreeProof, SyncFailure> {
        match self.ask(Call::Tree(r)).await? {
            Answer::Tree(a) => Ok(a),
            _ => Err(SyncFailure::NotEsik),
        }
    }
}

/// Time of the world; moves only when the scheduler or a waiting desk moves it.
#[derive(Clone)]
pub struct WorldTime(Arc<AtomicI64>);

impl WorldTime {
    #[must_use]
    pub fn at(start: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(start.timestamp_millis())))
    }

    /// Now; a millisecond passes with every look.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let ms = self.0.fetch_add(1, Ordering::SeqCst);
        DateTime::from_timestamp_millis(ms).expect("in range")
    }

    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// A desk's clock: the world's time, wrong by so much.
#[derive(Clone)]
pub struct DeskClock {
    pub time: WorldTime,
    pub wrong_by_ms: Arc<AtomicI64>,
    pub entropy: Entropy,
}

impl DeskClock {
    #[must_use]
    pub fn read(&self) -> DateTime<Utc> {
        let wrong = TimeDelta::milliseconds(self.wrong_by_ms.load(Ordering::SeqCst));
        self.time.now() + wrong
    }
}

impl Clock for DeskClock {
    fn now(&self) -> DateTime<Utc> {
        self.read()
    }
    fn random(&self) -> f64 {
        self.entropy.share()
    }
    fn sleep(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.time.pass(i64::try_from(span.as_millis()).unwrap_or(0));
        Box::pin(std::future::ready(()))
    }
}
