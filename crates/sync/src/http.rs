//! The region over HTTPS: frames, request signatures, patience, and a failure of its own for every
//! way in which an answer may be missing.

use crate::places::{Place, Places};
use crate::tls::{self, TlsError};
use ed25519_dalek::SigningKey;
use esik_domain::ids::{CaseId, DeviceId};
use esik_wire::bundle::SignedReceipt;
use esik_wire::carried::Carried;
use esik_wire::request::{DEVICE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, sign};
use esik_wire::{
    ApiError, ApiErrorCode, BLOB_CHUNK_BYTES, BlobStatus, EnrollRequest, EnrollResponse, FeedPage,
    FeedRequest, GiveBack, GivenBack, HelloRequest, HelloResponse, MESSAGE_BYTES_MAX, PushResponse,
    Segment, SignedPublication, SyncApi, SyncFailure, TreeProof, TreeProofRequest, frame,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, Url};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Bytes of one attached file, at most.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Slowest line an upload is given time for, in bytes a second.
const UPLOAD_BYTES_PER_S: u64 = 2 * 1024;

/// Seconds the region may read a whole file in before it says that it is complete.
const COMMIT_S: u32 = 40;
/// A chunk of a file is sent as it is: sealed bytes do not get smaller.
const OCTETS: &str = "application/octet-stream";

/// Gives 16 random bytes for a request's nonce.
pub type Nonce = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// How long the client is patient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// From nothing to a finished TLS handshake.
    pub connect: Duration,
    /// While no byte of the answer moves; sending a large body and a long poll add their own time.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(20) }
    }
}

/// Why no client can be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HttpError {
    /// Not an `https://` address.
    #[error("not an https address")]
    BadUrl,
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP library refused.
    #[error("the http client cannot be made")]
    Client,
}

/// The region over HTTPS, as one device.
#[derive(Clone)]
pub struct HttpRegion {
    base: Url,
    device_id: DeviceId,
    key: SigningKey,
    nonce: Nonce,
    client: Client,
    patience: Patience,
    places: Places,
}

/// What the region began to say, and the place of the call until it has said all.
struct Answer {
    head: Response,
    place: Place,
}

impl HttpRegion {
    /// An enrolled desk: `ca_pem` (from enrolment) is the only root believed.
    ///
    /// # Errors
    /// When the address or the certificate cannot be used.
    pub fn new(
        base: &str,
        ca_pem: &str,
        device_id: DeviceId,
        key: SigningKey,
        nonce: Nonce,
    ) -> Result<Self, HttpError> {
        Self::with(base, tls::config_for_ca(ca_pem)?, device_id, key, nonce, Patience::default())
    }

    /// With any TLS configuration and patience: for joining, and for tests.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn with(
        base: &str,
        tls: ClientConfig,
        device_id: DeviceId,
        key: SigningKey,
        nonce: Nonce,
        patience: Patience,
    ) -> Result<Self, HttpError> {
        let mut base = Url::parse(base.trim()).map_err(|_| HttpError::BadUrl)?;
        let host = base.host_str().unwrap_or_default().to_owned();
        if base.scheme() != "https" || host.is_empty() {
            return Err(HttpError::BadUrl);
        }
        base.set_query(None);
        base.set_fragment(None);
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(patience.connect)
            .tcp_keepalive(Duration::from_secs(30))
            // One long poll and one worker (S29).
            .pool_max_idle_per_host(2);
        if is_loopback(&host) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| HttpError::Client)?;
        let places = Places::default();
        Ok(Self { base, device_id, key, nonce, client, patience, places })
    }

    /// The same, with the places of a desk that has other clients too (S29).
    #[must_use]
    pub fn sharing(mut self, places: &Places) -> Self {
        self.places = places.clone();
        self
    }

    /// Gives the region a bundle of the spool; the signature of the request is looked at by nobody.
    ///
    /// # Errors
    /// As every call.
    pub async fn spool(&self, bytes: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        let answer = self.send(Method::POST, self.url(&["spool"])?, bytes, 0).await?;
        self.message(answer).await
    }

    /// Shows the region the slip of a file that another desk gave along on a stick, as its head; puts the file
    /// together when every chunk is there, and brings the receipt once it is whole.
    ///
    /// # Errors
    /// As every call; `not_found` also when the region knows of no such file.
    pub async fn carried(&self, head: &[u8]) -> Result<Carried, SyncFailure> {
        let url = self.url(&["carried"])?;
        let answer = self.send(Method::POST, url, head.to_vec(), COMMIT_S).await?;
        self.message(answer).await
    }

    /// Gives the region a chunk of a carried file, with the head of the file it is of.
    ///
    /// # Errors
    /// As [`HttpRegion::carried`].
    pub async fn carried_chunk(
        &self,
        head: &[u8],
        n: u32,
        chunk: &[u8],
    ) -> Result<BlobStatus, SyncFailure> {
        let url = self.url(&["carried", &n.to_string()])?;
        let answer = self.send(Method::PUT, url, [head, chunk].concat(), 0).await?;
        self.message(answer).await
    }

    fn url(&self, segments: &[&str]) -> Result<Url, SyncFailure> {
        let mut url = self.base.clone();
        // An https address always has a path to extend.
        url.path_segments_mut()
            .map_err(|()| SyncFailure::NotEsik)?
            .pop_if_empty()
            .push("v1")
            .extend(segments);
        Ok(url)
    }

    async fn post<Q: Serialize, T: DeserializeOwned>(
        &self,
        name: &str,
        body: &Q,
    ) -> Result<T, SyncFailure> {
        let body = frame::encode(body).map_err(|_| bad_request())?;
        let answer = self.send(Method::POST, self.url(&[name])?, body, 0).await?;
        self.message(answer).await
    }

    /// Sends a signed request and brings the answer's head, whatever its status.
    async fn send(
        &self,
        method: Method,
        url: Url,
        body: Vec<u8>,
        wait_s: u32,
    ) -> Result<Answer, SyncFailure> {
        let place = self.places.take().await;
        self.send_from(place, method, url, body, wait_s).await
    }

    async fn send_from(
        &self,
        place: Place,
        method: Method,
        url: Url,
        body: Vec<u8>,
        wait_s: u32,
    ) -> Result<Answer, SyncFailure> {
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let nonce = hex::encode((self.nonce)());
        let signature = sign(&self.key, method.as_str(), &target, &body, &nonce);
        // reqwest's read timeout runs while the body is still being sent and would cut every upload
        // over a slow line, so patience is counted here.
        let patience = self.patience.idle
            + Duration::from_secs(body.len() as u64 / UPLOAD_BYTES_PER_S + u64::from(wait_s));
        let method_is_put = method == Method::PUT;
        let mut request = self
            .client
            .request(method, url)
            .header(ACCEPT, frame::MEDIA_TYPE)
            .header(DEVICE_HEADER, self.device_id.to_string())
            .header(NONCE_HEADER, nonce)
            .header(SIGNATURE_HEADER, signature);
        if !body.is_empty() {
            let kind = if method_is_put { OCTETS } else { frame::MEDIA_TYPE };
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        match timeout(self.patience.connect + patience, request.send()).await {
            Ok(Ok(head)) => Ok(Answer { head, place }),
            Ok(Err(error)) => {
                let failure = tls::failure_of(&error);
                tracing::debug!(?error, ?failure, "request failed");
                Err(failure)
            }
            Err(_) => Err(SyncFailure::Timeout),
        }
    }

    async fn message<T: DeserializeOwned>(&self, answer: Answer) -> Result<T, SyncFailure> {
        let answer = self.accepted(answer).await?;
        if !is_type(&answer.head, frame::MEDIA_TYPE) {
            return Err(SyncFailure::NotEsik);
        }
        let bytes = self.bytes(answer, MESSAGE_BYTES_MAX).await?;
        frame::decode(&bytes).map_err(|_| SyncFailure::NotEsik)
    }

    /// Passes a success on; turns everything else into its failure.
    async fn accepted(&self, answer: Answer) -> Result<Answer, SyncFailure> {
        let status = answer.head.status();
        if status.is_success() {
            return Ok(answer);
        }
        let retry_after_s = answer
            .head
            .headers()
            .get(RETRY_AFTER)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.trim().parse().ok());
        let framed = is_type(&answer.head, frame::MEDIA_TYPE);
        let json = is_type(&answer.head, "application/json");
        let mut otherwise = SyncFailure::NotEsik;
        if framed || json {
            let bytes = self.bytes(answer, MESSAGE_BYTES_MAX).await?;
            let refusal: Option<ApiError> = if framed {
                frame::decode(&bytes).ok()
            } else {
                serde_json::from_slice(&bytes).ok()
            };
            if let Some(mut refusal) = refusal {
                refusal.retry_after_s = refusal.retry_after_s.or(retry_after_s);
                let known = refusal.code != ApiErrorCode::Unknown;
                otherwise = refusal.into();
                if known {
                    return Err(otherwise);
                }
            }
        }
        // A gate in front of the region (load shedding, a reverse proxy) has no words of ours, and a later region has new ones.
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Err(ApiError::new(ApiErrorCode::TooLarge).into()),
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                Err(ApiError { code: ApiErrorCode::Busy, expected: None, retry_after_s }.into())
            }
            _ => Err(otherwise),
        }
    }

    async fn bytes(&self, answer: Answer, cap: usize) -> Result<Vec<u8>, SyncFailure> {
        let Answer { mut head, place: _until_here } = answer;
        let mut all = Vec::new();
        loop {
            let chunk = match timeout(self.patience.idle, head.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => return Ok(all),
                Ok(Err(error)) => return Err(tls::failure_of(&error)),
                Err(_) => return Err(SyncFailure::Timeout),
            };
            if all.len() + chunk.len() > cap {
                return Err(SyncFailure::NotEsik);
            }
            all.extend_from_slice(&chunk);
        }
    }
}

impl SyncApi for HttpRegion {
    async fn enroll(&self, r: EnrollRequest) -> Result<EnrollResponse, SyncFailure> {
        self.post("enroll", &r).await
    }

    async fn hello(&self, r: HelloRequest) -> Result<HelloResponse, SyncFailure> {
        self.post("hello", &r).await
    }

    async fn push(&self, r: Segment) -> Result<PushResponse, SyncFailure> {
        self.post("push", &r).await
    }

    async fn feed(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        let mut url = self.url(&["feeds", r.scope.as_str()])?;
        url.query_pairs_mut()
            .append_pair("after", &r.after.0.to_string())
            .append_pair("epoch", &r.epoch)
            .append_pair("limit", &r.limit.to_string())
            .append_pair("wait_s", &r.wait_s.to_string());
        if let Some(seen) = &r.seen {
            url.query_pairs_mut().append_pair("seen", &seen.hex());
        }
        let place = self.places.take().await;
        let page = async {
            let answer = self.send_from(place, Method::GET, url, Vec::new(), r.wait_s).await?;
            self.message(answer).await
        };
        if r.wait_s == 0 {
            return page.await;
        }
        // Who only listens does not keep others waiting: as if nothing had come until now.
        tokio::select! {
            page = page => page,
            () = self.places.wanted() => Ok(FeedPage::nothing_after(r.after)),
        }
    }

    async fn case_events(&self, case: CaseId) -> Result<FeedPage, SyncFailure> {
        let url = self.url(&["cases", &case.to_string(), "events"])?;
        let answer = self.send(Method::GET, url, Vec::new(), 0).await?;
        self.message(answer).await
    }

    async fn publication(&self, hash: String) -> Result<SignedPublication, SyncFailure> {
        let url = self.url(&["publications", &hash])?;
        let answer = self.send(Method::GET, url, Vec::new(), 0).await?;
        self.message(answer).await
    }

    async fn tree_proof(&self, r: TreeProofRequest) -> Result<TreeProof, SyncFailure> {
        let mut url = self.url(&["tree", "proof"])?;
        url.query_pairs_mut()
            .append_pair("epoch", &r.epoch)
            .append_pair("from", &r.from.to_string());
        if let Some(to) = r.to {
            url.query_pairs_mut().append_pair("to", &to.to_string());
        }
        if let Some(leaf) = r.leaf {
            url.query_pairs_mut().append_pair("leaf", &leaf.0.to_string());
        }
        let answer = self.send(Method::GET, url, Vec::new(), 0).await?;
        self.message(answer).await
    }

    async fn file(&self, hash: String) -> Result<Vec<u8>, SyncFailure> {
        let url = self.url(&["files", &hash])?;
        let answer = self.send(Method::GET, url, Vec::new(), 0).await?;
        let answer = self.accepted(answer).await?;
        let bytes = self.bytes(answer, FILE_BYTES_MAX).await?;
        // The address is the content: anything else is not this file.
        if hex::encode(Sha256::digest(&bytes)) == hash.to_lowercase() {
            Ok(bytes)
        } else {
            Err(SyncFailure::NotEsik)
        }
    }

    async fn blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        let url = self.url(&["blobs", &hash])?;
        let answer = self.send(Method::GET, url, Vec::new(), 0).await?;
        self.message(answer).await
    }

    async fn put_blob_chunk(
        &self,
        hash: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> Result<BlobStatus, SyncFailure> {
        let url = self.url(&["blobs", &hash, &n.to_string()])?;
        let answer = self.send(Method::PUT, url, bytes, 0).await?;
        self.message(answer).await
    }

    async fn commit_blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        let url = self.url(&["blobs", &hash])?;
        let answer = self.send(Method::POST, url, Vec::new(), COMMIT_S).await?;
        self.message(answer).await
    }

    async fn bundle(&self, bytes: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        let answer = self.send(Method::POST, self.url(&["bundle"])?, bytes, 0).await?;
        self.message(answer).await
    }

    async fn give_back(&self, r: GiveBack) -> Result<GivenBack, SyncFailure> {
        self.post("back", &r).await
    }

    async fn blob_chunk(&self, hash: String, n: u32) -> Result<Vec<u8>, SyncFailure> {
        let url = self.url(&["blobs", &hash, &n.to_string()])?;
        let answer = self.send(Method::GET, url, Vec::new(), 0).await?;
        let answer = self.accepted(answer).await?;
        self.bytes(answer, BLOB_CHUNK_BYTES).await
    }
}

fn bad_request() -> SyncFailure {
    ApiError::new(ApiErrorCode::BadRequest).into()
}

fn is_type(answer: &Response, media_type: &str) -> bool {
    answer
        .headers()
        .get(CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .and_then(|v| v.split(|b| *b == b';').next())
        .is_some_and(|v| v.trim_ascii().eq_ignore_ascii_case(media_type.as_bytes()))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
