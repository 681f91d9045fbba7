//! The calls of a desk. Bodies and answers are frames (zstd over JSON), but for files, which are sealed
//! bytes; refusals are JSON.

use super::asked::{Asked, Named};
use super::failure::Failure;
use super::signed_in::{SignedIn, body};
use crate::feed::written;
use crate::region::{Region, bad_request};
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_wire::{
    ApiErrorCode, EnrollRequest, EventHash, FeedRequest, GiveBack, HelloRequest, TreeProofRequest,
    frame,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;

type Answer = Result<Response, Failure>;

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    frame::decode_request(bytes).map_err(|_| Failure(bad_request()))
}

fn answer<T: Serialize>(value: &T) -> Answer {
    Ok(framed(written(value)?.into()))
}

fn framed(bytes: Bytes) -> Response {
    ([(header::CONTENT_TYPE, frame::MEDIA_TYPE)], bytes).into_response()
}

/// Whoever asks, for counting wrong tries.
fn peer(region: &Region, req: &Request) -> String {
    crate::peer::peer(region, req.extensions(), req.headers())
}

/// Joins a desk with a one-time code.
#[utoipa::path(post, path = "/v1/enroll", tag = "desk",
    request_body(content_type = "application/vnd.esik+zstd", description = "EnrollRequest"),
    responses((status = 200, description = "EnrollResponse", content_type = "application/vnd.esik+zstd"),
        (status = 403, description = "bad_code"),
        (status = 429, description = "too_often, Retry-After"), (status = 503, description = "busy, Retry-After")))]
pub async fn enroll(State(region): State<Arc<Region>>, req: Request) -> Response {
    let peer = peer(&region, &req);
    let bytes = match body(req, &region).await {
        Ok(bytes) => bytes,
        Err(refused) => return refused,
    };
    let done = async {
        let r: EnrollRequest = read(&bytes)?;
        answer(&region.enroll(r, peer).await?)
    };
    done.await.into_response()
}

/// Says who is there; learns the clock, scopes, numbers and what the region holds.
#[utoipa::path(post, path = "/v1/hello", tag = "desk", security(("device" = [])),
    request_body(content_type = "application/vnd.esik+zstd", description = "HelloRequest"),
    responses((status = 200, description = "HelloResponse", content_type = "application/vnd.esik+zstd"),
        (status = 401, description = "unauthorised"), (status = 426, description = "too_old, too_new")))]
pub async fn hello(State(region): State<Arc<Region>>, signed: SignedIn) -> Answer {
    let r: HelloRequest = read(&signed.body)?;
    answer(&region.hello(signed.device, r).await?)
}

/// Takes a segment of events; a verdict for each.
#[utoipa::path(post, path = "/v1/push", tag = "desk", security(("device" = [])),
    request_body(content_type = "application/vnd.esik+zstd", description = "Segment"),
    responses((status = 200, description = "PushResponse", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "bad_request"), (status = 401, description = "unauthorised"),
        (status = 409, description = "gap with expected, fork, history_diverged"),
        (status = 413, description = "too large"), (status = 429, description = "quota, Retry-After"),
        (status = 503, description = "busy, Retry-After")))]
pub async fn push(State(region): State<Arc<Region>>, signed: SignedIn) -> Answer {
    answer(&region.push_sent(signed.device, signed.body).await?)
}

/// Query of a feed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// Position already held.
    #[serde(default)]
    after: u64,
    /// Epoch the position is of.
    epoch: String,
    /// Entries at most; 1 to 500.
    #[serde(default = "page")]
    limit: u32,
    /// Seconds to wait when there is nothing; 50 at most.
    #[serde(default)]
    wait_s: u32,
    /// `root` of the page that ended at `after`.
    #[param(value_type = Option<String>)]
    seen: Option<EventHash>,
}

fn page() -> u32 {
    esik_wire::FEED_PAGE_MAX
}

/// A page of a feed.
#[utoipa::path(get, path = "/v1/feeds/{scope}", tag = "desk", security(("device" = [])),
    params(("scope" = String, Path, description = "`station:07`, `circle:07:dv`, `officer:<id>`"), FeedQuery),
    responses((status = 200, description = "FeedPage", content_type = "application/vnd.esik+zstd"),
        (status = 404, description = "not there, or not for you"),
        (status = 409, description = "history_diverged")))]
pub async fn feed(
    State(region): State<Arc<Region>>,
    Named(scope): Named<String>,
    Asked(q): Asked<FeedQuery>,
    signed: SignedIn,
) -> Answer {
    let r = FeedRequest {
        scope: Scope(scope),
        after: Pos(q.after.min(i64::MAX.unsigned_abs())),
        epoch: q.epoch,
        limit: q.limit,
        wait_s: q.wait_s,
        seen: q.seen,
    };
    Ok(framed(region.feed_sent(signed.device, r).await?))
}

/// Query of a proof.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProofQuery {
    /// Epoch both trees are of.
    epoch: String,
    /// Events in the older tree; 0 = no proof of growth.
    #[serde(default)]
    from: u64,
    /// Events in the newer tree; none = as it stands, with its head.
    to: Option<u64>,
    /// Position of an event in the newer tree.
    leaf: Option<u64>,
}

/// Proves that the region's order has only grown, and holds an event (RFC 6962).
#[utoipa::path(get, path = "/v1/tree/proof", tag = "desk", security(("device" = [])), params(ProofQuery),
    responses((status = 200, description = "TreeProof", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "bad_request"), (status = 401, description = "unauthorised"),
        (status = 409, description = "history_diverged"), (status = 503, description = "busy, Retry-After")))]
pub async fn tree_proof(
    State(region): State<Arc<Region>>,
    Asked(q): Asked<ProofQuery>,
    signed: SignedIn,
) -> Answer {
    let r = TreeProofRequest { epoch: q.epoch, from: q.from, to: q.to, leaf: q.leaf.map(Pos) };
    answer(&region.tree_proof(signed.device, r).await?)
}

/// All events of a case that entered one of the desk's scopes.
#[utoipa::path(get, path = "/v1/cases/{id}/events", tag = "desk", security(("device" = [])),
    params(("id" = String, Path, description = "Case, UUID")),
    responses((status = 200, description = "FeedPage", content_type = "application/vnd.esik+zstd"),
        (status = 404, description = "not there, or not for you")))]
pub async fn case_events(
    State(region): State<Arc<Region>>,
    Named(id): Named<String>,
    signed: SignedIn,
) -> Answer {
    let case: CaseId = id.parse().map_err(|_| Failure::from(ApiErrorCode::NotFound))?;
    answer(&region.case_events(signed.device, case).await?)
}

/// What the region published.
#[utoipa::path(get, path = "/v1/publications/{hash}", tag = "desk", security(("device" = [])),
    params(("hash" = String, Path, description = "SHA-256 of the signed text, hex, as `hello` lists it")),
    responses((status = 200, description = "SignedPublication", content_type = "application/vnd.esik+zstd"),
        (status = 404, description = "not there")))]
pub async fn publication(
    State(region): State<Arc<Region>>,
    Named(hash): Named<String>,
    signed: SignedIn,
) -> Answer {
    answer(&region.publication(signed.device, hash).await?)
}

/// Bytes of a file an agency attached.
#[utoipa::path(get, path = "/v1/files/{hash}", tag = "desk", security(("device" = [])),
    params(("hash" = String, Path, description = "SHA-256 of the bytes, hex")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"),
        (status = 404, description = "not there, or not for you")))]
pub async fn file(
    State(region): State<Arc<Region>>,
    Named(hash): Named<String>,
    signed: SignedIn,
) -> Answer {
    let bytes = region.file(signed.device, hash).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream"),
            (header::CONTENT_DISPOSITION, "attachment"),
        ],
        bytes,
    )
        .into_response())
}

/// What the region holds of an attached file.
#[utoipa::path(get, path = "/v1/blobs/{hash}", tag = "desk", security(("device" = [])),
    params(("hash" = String, Path, description = "SHA-256 of the sealed bytes, hex")),
    responses((status = 200, description = "BlobStatus: which chunks are there, and whether the file is whole",
            content_type = "application/vnd.esik+zstd"),
        (status = 404, description = "no event of the desk's feeds names it, or every link was taken back")))]
pub async fn blob(
    State(region): State<Arc<Region>>,
    Named(hash): Named<String>,
    signed: SignedIn,
) -> Answer {
    answer(&region.blob(signed.device, hash).await?)
}

/// Takes a chunk of an attached file: 1 MiB, the last one less.
#[utoipa::path(put, path = "/v1/blobs/{hash}/{n}", tag = "desk", security(("device" = [])),
    params(("hash" = String, Path, description = "SHA-256 of the sealed bytes, hex"),
        ("n" = u32, Path, description = "Number of the chunk, from 0")),
    request_body(content_type = "application/octet-stream", description = "The chunk"),
    responses((status = 200, description = "BlobStatus", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "no such chunk, or not its length"), (status = 404, description = "not for you"),
        (status = 413, description = "too_large"), (status = 429, description = "quota, Retry-After"),
        (status = 503, description = "busy, Retry-After")))]
pub async fn put_blob_chunk(
    State(region): State<Arc<Region>>,
    Named((hash, n)): Named<(String, u32)>,
    signed: SignedIn,
) -> Answer {
    answer(&region.put_blob_chunk(signed.device, hash, n, signed.body).await?)
}

/// Puts an attached file together; whole only when it has its hash.
#[utoipa::path(post, path = "/v1/blobs/{hash}", tag = "desk", security(("device" = [])),
    params(("hash" = String, Path, description = "SHA-256 of the sealed bytes, hex")),
    responses((status = 200, description = "BlobStatus", content_type = "application/vnd.esik+zstd"),
        (status = 404, description = "not for you")))]
pub async fn commit_blob(
    State(region): State<Arc<Region>>,
    Named(hash): Named<String>,
    signed: SignedIn,
) -> Answer {
    answer(&region.commit_blob(signed.device, hash).await?)
}

/// A chunk of a whole attached file.
#[utoipa::path(get, path = "/v1/blobs/{hash}/{n}", tag = "desk", security(("device" = [])),
    params(("hash" = String, Path, description = "SHA-256 of the sealed bytes, hex"),
        ("n" = u32, Path, description = "Number of the chunk, from 0")),
    responses((status = 200, description = "The chunk", content_type = "application/octet-stream"),
        (status = 404, description = "not whole yet, or not for you")))]
pub async fn blob_chunk(
    State(region): State<Arc<Region>>,
    Named((hash, n)): Named<(String, u32)>,
    signed: SignedIn,
) -> Answer {
    let bytes = region.blob_chunk(signed.device, hash, n).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// Takes a segment of another desk that came on a stick; the receipt acknowledges it there.
#[utoipa::path(post, path = "/v1/bundle", tag = "desk", security(("device" = [])),
    request_body(content_type = "application/vnd.esik+zstd", description = "The bundle as it lies on the stick"),
    responses((status = 200, description = "SignedReceipt", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "damaged, or none"), (status = 404, description = "of another region"),
        (status = 409, description = "gap with expected, fork, history_diverged"),
        (status = 429, description = "quota of the desk whose bundle it is, Retry-After")))]
pub async fn bundle(State(region): State<Arc<Region>>, signed: SignedIn) -> Answer {
    answer(&region.carry_bundle(signed.device, signed.body.to_vec()).await?)
}

/// Looks at the slip of an attached file that came on a stick for another desk; puts the file together when every
/// chunk is there. The receipt comes once it is whole.
#[utoipa::path(post, path = "/v1/carried", tag = "desk", security(("device" = [])),
    request_body(content_type = "application/octet-stream", description = "The head of the file on the stick"),
    responses((status = 200, description = "Carried: what is here, and the receipt", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "damaged, or none"),
        (status = 404, description = "of another region, or no event of that desk's feeds names it"),
        (status = 413, description = "too large"), (status = 503, description = "busy, Retry-After")))]
pub async fn carried(State(region): State<Arc<Region>>, signed: SignedIn) -> Answer {
    answer(&region.carried(signed.device, signed.body).await?)
}

/// Takes a chunk of such a file, when it is the one that the slip names.
#[utoipa::path(put, path = "/v1/carried/{n}", tag = "desk", security(("device" = [])),
    params(("n" = u32, Path, description = "Number of the chunk, from 0")),
    request_body(content_type = "application/octet-stream", description = "The head, then the chunk"),
    responses((status = 200, description = "BlobStatus", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "damaged, or another chunk"),
        (status = 404, description = "of another region, or no event of that desk's feeds names it"),
        (status = 413, description = "too large"),
        (status = 429, description = "quota of the desk whose file it is, Retry-After"),
        (status = 503, description = "busy, Retry-After")))]
pub async fn carried_chunk(
    State(region): State<Arc<Region>>,
    Named(n): Named<u32>,
    signed: SignedIn,
) -> Answer {
    answer(&region.carried_chunk(signed.device, n, signed.body).await?)
}

/// Takes back what the region accepted before it was restored from an older copy and another desk still holds.
#[utoipa::path(post, path = "/v1/back", tag = "desk", security(("device" = [])),
    request_body(content_type = "application/vnd.esik+zstd", description = "GiveBack"),
    responses((status = 200, description = "GivenBack", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "bad_request"), (status = 401, description = "unauthorised"),
        (status = 409, description = "history_diverged"), (status = 413, description = "too large"),
        (status = 429, description = "quota, Retry-After"), (status = 503, description = "busy, Retry-After")))]
pub async fn give_back(State(region): State<Arc<Region>>, signed: SignedIn) -> Answer {
    let r: GiveBack = read(&signed.body)?;
    answer(&region.give_back(signed.device, r).await?)
}

/// Takes a bundle from the locked desk that wrote it: unsigned, what is in it is sealed and says whose it is.
#[utoipa::path(post, path = "/v1/spool", tag = "desk",
    request_body(content_type = "application/vnd.esik+zstd", description = "The bundle as on a stick"),
    responses((status = 200, description = "SignedReceipt", content_type = "application/vnd.esik+zstd"),
        (status = 400, description = "damaged, or none"), (status = 401, description = "of no desk of this region"),
        (status = 404, description = "of another region"),
        (status = 409, description = "gap with expected, fork, history_diverged"),
        (status = 413, description = "too large"),
        (status = 429, description = "quota or too_often, Retry-After"),
        (status = 503, description = "busy, Retry-After")))]
pub async fn spool(State(region): State<Arc<Region>>, req: Request) -> Response {
    let peer = peer(&region, &req);
    let bytes = match body(req, &region).await {
        Ok(bytes) => bytes,
        Err(refused) => return refused,
    };
    let done = async { answer(&region.spooled(peer, bytes.to_vec()).await?) };
    done.await.into_response()
}
