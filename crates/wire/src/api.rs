//! `trait SyncApi`: the region as a desk sees it, over HTTP or in the same process.

use crate::blobs::BlobStatus;
use crate::bundle::SignedReceipt;
use crate::messages::{
    EnrollRequest, EnrollResponse, FeedPage, FeedRequest, GiveBack, GivenBack, HelloRequest,
    HelloResponse, PushResponse, Segment,
};
use crate::publication::SignedPublication;
use crate::tree::{TreeProof, TreeProofRequest};
use esik_domain::ids::CaseId;
use serde::{Deserialize, Serialize};
use std::future::Future;

/// What the region refuses, as a code; the desk has the words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiErrorCode {
    /// Unknown or revoked device, or a signature that does not fit.
    Unauthorised,
    /// The code is unknown, used or expired.
    BadCode,
    /// Events are missing before this segment; `expected` tells the sequence to start with.
    Gap,
    /// Same sequence, other bytes: two copies of this device live; `expected` tells the first sequence that differs.
    /// To a desk that joins again: its life is not a new one; `expected` tells the newest that is known.
    Fork,
    /// The region's history is not the one the desk knew.
    HistoryDiverged,
    /// This program is too old for anything but push.
    TooOld,
    /// The region is too old for this program; it still takes a push.
    TooNew,
    /// Come back later.
    Busy,
    /// This device sent as much today as it may; `retry_after_s` tells when it may again.
    Quota,
    /// Wrong codes or bundles of nobody came too often from there; `retry_after_s` tells when one may try again.
    TooOften,
    /// More than is taken at once or at all.
    TooLarge,
    /// Not there, or not for you.
    NotFound,
    /// The message cannot be read or breaks a limit.
    BadRequest,
    /// The region failed.
    Internal,
    /// A refusal of a later program, whose name nobody here knows; over HTTP its status says the rest.
    #[serde(other)]
    Unknown,
}

/// A refusal of the region.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("region refused: {code:?}")]
pub struct ApiError {
    pub code: ApiErrorCode,
    /// For `gap`: the sequence the region expects next; for `fork`: the first that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// For `busy`, `quota` and `too_often`: seconds to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

impl ApiError {
    /// A refusal without parameters.
    #[must_use]
    pub fn new(code: ApiErrorCode) -> Self {
        Self { code, expected: None, retry_after_s: None }
    }
}

/// Why a call did not bring an answer. Each has its own words on the screen.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SyncFailure {
    /// No line, no route, connection refused.
    #[error("the region cannot be reached")]
    Unreachable,
    /// The line is there, the answer is not.
    #[error("the region did not answer in time")]
    Timeout,
    /// TLS failed: not the region's certificate.
    #[error("the server is not the region this desk joined")]
    Untrusted,
    /// TLS failed because of this computer's date.
    #[error("this computer's clock makes the certificate invalid")]
    Clock,
    /// Something answered that does not speak Esik (a captive portal, a proxy page).
    #[error("something that is not the region answered")]
    NotEsik,
    /// The region answered with a refusal.
    #[error(transparent)]
    Refused(#[from] ApiError),
}

/// The region, as a desk sees it. Every call is idempotent.
pub trait SyncApi: Send + Sync {
    fn enroll(
        &self,
        r: EnrollRequest,
    ) -> impl Future<Output = Result<EnrollResponse, SyncFailure>> + Send;
    fn hello(
        &self,
        r: HelloRequest,
    ) -> impl Future<Output = Result<HelloResponse, SyncFailure>> + Send;
    fn push(&self, r: Segment) -> impl Future<Output = Result<PushResponse, SyncFailure>> + Send;
    fn feed(&self, r: FeedRequest) -> impl Future<Output = Result<FeedPage, SyncFailure>> + Send;
    /// All events of a case that entered one of the desk's scopes.
    fn case_events(
        &self,
        case: CaseId,
    ) -> impl Future<Output = Result<FeedPage, SyncFailure>> + Send;
    /// Bytes of a file an agency attached.
    fn file(&self, hash: String) -> impl Future<Output = Result<Vec<u8>, SyncFailure>> + Send;
    /// What the region published, by the hash that `hello` listed.
    fn publication(
        &self,
        hash: String,
    ) -> impl Future<Output = Result<SignedPublication, SyncFailure>> + Send;
    /// What the region holds of an attached file that an event of the desk's scopes names.
    fn blob(&self, hash: String) -> impl Future<Output = Result<BlobStatus, SyncFailure>> + Send;
    /// Gives the region a chunk; the same one again is the same.
    fn put_blob_chunk(
        &self,
        hash: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<BlobStatus, SyncFailure>> + Send;
    /// Asks the region to put the file together. It is complete only when the whole has its hash; else
    /// the status tells what is missing.
    fn commit_blob(
        &self,
        hash: String,
    ) -> impl Future<Output = Result<BlobStatus, SyncFailure>> + Send;
    /// Hands on a bundle of another desk; this one reads nothing of it.
    fn bundle(
        &self,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<SignedReceipt, SyncFailure>> + Send;
    /// Gives a restored region what it accepted once and only this desk still holds.
    fn give_back(&self, r: GiveBack)
    -> impl Future<Output = Result<GivenBack, SyncFailure>> + Send;
    /// A chunk of a complete file.
    fn blob_chunk(
        &self,
        hash: String,
        n: u32,
    ) -> impl Future<Output = Result<Vec<u8>, SyncFailure>> + Send;
    /// That the region's order has only grown, and holds an event.
    fn tree_proof(
        &self,
        r: TreeProofRequest,
    ) -> impl Future<Output = Result<TreeProof, SyncFailure>> + Send;
}
