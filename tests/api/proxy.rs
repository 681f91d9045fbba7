//! A proxy on loopback that signs what it is given as the enrolled device, packs messages, shows pages as to whoever is signed in
//! there, and counts.

use crate::described;
use crate::region::{self, Started, framed};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use ed25519_dalek::SigningKey;
use esik_wire::request;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What is planted into an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    None,
    /// `/healthz` answers as nobody described.
    Undescribed,
    /// `/healthz` fails.
    Fails,
}

struct Inner {
    to: String,
    client: reqwest::Client,
    device: Uuid,
    key: SigningKey,
    /// The cookies of who is signed in at the pages.
    clerk: String,
    operator: String,
    description: Value,
    trick: Trick,
    asked: AtomicU64,
    answers: Mutex<BTreeMap<u16, u64>>,
    /// Forms that did what they say.
    done: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

/// The running proxy; it ends with its runtime.
pub struct Proxy {
    inner: Arc<Inner>,
    port: u16,
    _runtime: tokio::runtime::Runtime,
}

impl Proxy {
    pub fn start(region: &Started, trick: Trick) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let client = region::client(&region.world);
        let to = region.world.url();
        let description: Value = runtime.block_on(async {
            let text = client.get(format!("{to}/openapi.json")).send().await.unwrap();
            serde_json::from_slice(&text.bytes().await.unwrap()).unwrap()
        });
        let inner = Arc::new(Inner {
            to,
            client,
            device: region.device,
            key: region.key.clone(),
            clerk: region.clerk.cookie.clone(),
            operator: region.operator.cookie.clone(),
            description: described::told(description, region),
            trick,
            asked: AtomicU64::new(0),
            answers: Mutex::default(),
            done: AtomicU64::new(0),
            wrong: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(Arc::clone(&inner));
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { inner, port, _runtime: runtime }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Requests that went to the region.
    pub fn requests(&self) -> u64 {
        self.inner.asked.load(Ordering::SeqCst)
    }

    /// Answers with a status.
    pub fn answers(&self, status: u16) -> u64 {
        self.inner.answers.lock().unwrap().get(&status).copied().unwrap_or_default()
    }

    /// Forms that did what they say.
    pub fn done(&self) -> u64 {
        self.inner.done.load(Ordering::SeqCst)
    }

    /// Failures, but for a region that is full and says when to come back.
    pub fn wrong(&self) -> Vec<String> {
        self.inner.wrong.lock().unwrap().clone()
    }
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    if path == "/openapi.json" {
        return axum::Json(inner.description.clone()).into_response();
    }
    if head.uri.path() == "/healthz" && inner.trick != Trick::None {
        let fails = inner.trick == Trick::Fails;
        let status =
            if fails { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::IM_A_TEAPOT };
        return (status, "planted").into_response();
    }
    let body = axum::body::to_bytes(body, 16 * 1024 * 1024).await.unwrap_or_default();
    inner.forward(&head.method, &path, &head.headers, body).await
}

impl Inner {
    async fn forward(
        &self,
        method: &axum::http::Method,
        path: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Response {
        let n = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let json = headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "application/json");
        let body = if json { framed(&body) } else { body.to_vec() };
        // A client takes such parts of a path for a way up, and asks for another page.
        let up = |part: &str| matches!(&*part.to_lowercase().replace("%2e", "."), "." | "..");
        if path.split(['?', '#']).next().is_some_and(|path| path.split('/').any(up)) {
            return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")]).into_response();
        }
        let Ok(mut url) = reqwest::Url::parse(&format!("{}{path}", self.to)) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        no_waiting(&mut url);
        // What is signed is what goes out.
        let asked = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let nonce = format!("{n:032x}");
        let signature = request::sign(&self.key, method.as_str(), &asked, &body, &nonce);
        let page = !asked.starts_with("/v1/");
        let mut out = self.client.request(method.clone(), url).body(body);
        if let Some(kind) = headers.get(header::CONTENT_TYPE).filter(|_| page) {
            out = out.header(header::CONTENT_TYPE, kind);
        }
        // Now and then somebody asks whom nobody knows.
        let known = !n.is_multiple_of(23);
        if known && page {
            let operator = asked.starts_with("/region");
            out = out.header(header::COOKIE, if operator { &self.operator } else { &self.clerk });
        } else if known {
            out = out
                .header(request::DEVICE_HEADER, self.device.to_string())
                .header(request::NONCE_HEADER, nonce)
                .header(request::SIGNATURE_HEADER, signature);
        }
        let answer = match out.send().await {
            Ok(answer) => answer,
            Err(error) => {
                self.wrong.lock().unwrap().push(format!("{method} {path}: {error:?}"));
                return StatusCode::BAD_GATEWAY.into_response();
            }
        };
        let status = answer.status();
        *self.answers.lock().unwrap().entry(status.as_u16()).or_default() += 1;
        let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
        if method == axum::http::Method::POST && to.is_some_and(|to| to.contains("done=")) {
            self.done.fetch_add(1, Ordering::SeqCst);
        }
        let waits = answer.headers().contains_key(header::RETRY_AFTER);
        if status.is_server_error() && !(status == StatusCode::SERVICE_UNAVAILABLE && waits) {
            self.wrong.lock().unwrap().push(format!("{method} {path}: {status}"));
        }
        let mut response = Response::builder().status(status);
        for name in [header::CONTENT_TYPE, header::ALLOW, header::RETRY_AFTER] {
            if let Some(value) = answer.headers().get(&name) {
                response = response.header(name, value);
            }
        }
        let bytes = answer.bytes().await.unwrap_or_default();
        response.body(Body::from(bytes)).unwrap()
    }
}

/// A desk may wait up to 50 seconds for news; here nobody does.
fn no_waiting(url: &mut reqwest::Url) {
    let waits = |value: &str| value.parse::<u32>().is_ok_and(|s| s > 0);
    if !url.query_pairs().any(|(name, value)| name == "wait_s" && waits(&value)) {
        return;
    }
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut query = url.query_pairs_mut();
    query.clear();
    for (name, value) in pairs {
        let value = if name == "wait_s" && waits(&value) { "0".to_owned() } else { value };
        query.append_pair(&name, &value);
    }
}
