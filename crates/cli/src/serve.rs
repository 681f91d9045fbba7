//! `esik-cli serve`: the command list over loopback HTTP, so that a browser can be tested against the
//! real core. Only by its own command, only with a one-time token, only on this machine.

use crate::host::HeadlessHost;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use esik_app::api::Refusal;
use esik_app::{Desk, commands, refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// As the window's own policy, with this origin in place of Tauri's.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Shared {
    desk: Arc<Desk>,
    host: Arc<HeadlessHost>,
    ui: PathBuf,
    token: String,
}

pub async fn serve(
    desk: Arc<Desk>,
    host: Arc<HeadlessHost>,
    listen: &str,
    ui: &Path,
    token: Option<String>,
) -> Result<ExitCode, Refusal> {
    let address: SocketAddr = listen.parse().map_err(|_| refusal("bad_request"))?;
    if !address.ip().is_loopback() {
        return Err(refusal("loopback_only"));
    }
    let token = token.unwrap_or_else(|| hex::encode(desk.env().random::<16>()));
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|_| refusal("port_busy"))?;
    let local = listener.local_addr().map_err(|_| esik_app::internal())?;
    crate::print(&json!({
        "listening": local.to_string(),
        "url": format!("http://{local}/#token={token}"),
        "token": token,
    }));
    let shared = Arc::new(Shared { desk, host, ui: ui.to_owned(), token });
    let app = Router::new()
        .route("/rpc", post(rpc))
        .route("/events", get(events))
        .fallback(get(file))
        .layer(DefaultBodyLimit::max(8 * 1024 * 1024))
        .with_state(shared);
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await
        .map_err(|_| esik_app::internal())?;
    Ok(ExitCode::SUCCESS)
}

async fn stopped() {
    #[cfg(unix)]
    {
        let term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut term) = term {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn allowed(shared: &Shared, headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .is_some_and(|given| same(given.as_bytes(), shared.token.as_bytes()))
}

/// Compares without telling by time where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

#[derive(Deserialize)]
struct Call {
    cmd: String,
    #[serde(default)]
    args: Option<Value>,
}

async fn rpc(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    if !allowed(&shared, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(call) = serde_json::from_slice::<Call>(&body) else {
        return reply(&json!({ "error": refusal("bad_request") }));
    };
    let answered = tokio::task::spawn_blocking(move || {
        commands::dispatch(&shared.desk, &call.cmd, call.args.unwrap_or_else(|| json!({})))
    })
    .await
    .unwrap_or_else(|_| Err(esik_app::internal()));
    reply(&match answered {
        Ok(ok) => json!({ "ok": ok }),
        Err(error) => json!({ "error": error }),
    })
}

fn reply(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// Changes as JSON lines, for as long as the browser listens.
async fn events(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !allowed(&shared, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (mut tx, rx) = tokio::io::duplex(64 * 1024);
    let mut changes = shared.host.listen();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        use tokio::sync::broadcast::error::RecvError;
        loop {
            let change = match changes.recv().await {
                Ok(change) => change,
                // Too far behind: tell the screen to look at everything.
                Err(RecvError::Lagged(_)) => esik_app::api::Changed {
                    lists: vec!["reception".into(), "control".into(), "sync".into()],
                    ..Default::default()
                },
                Err(RecvError::Closed) => break,
            };
            let Ok(mut line) = serde_json::to_vec(&change) else { continue };
            line.push(b'\n');
            if tx.write_all(&line).await.is_err() {
                break;
            }
        }
    });
    let stream = Body::from_stream(reader_stream(rx));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], stream).into_response()
}

fn reader_stream(
    mut reader: tokio::io::DuplexStream,
) -> impl futures_core::Stream<Item = std::io::Result<Bytes>> {
    async_stream::stream! {
        use tokio::io::AsyncReadExt as _;
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match reader.read(&mut buffer).await {
                Ok(0) => break,
                Ok(n) => yield Ok(Bytes::copy_from_slice(buffer.get(..n).unwrap_or_default())),
                Err(error) => { yield Err(error); break; }
            }
        }
    }
}

/// A file of the built UI; anything that is not one is the page itself.
async fn file(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let wanted = Path::new(uri.path().trim_start_matches('/'));
    let plain = wanted.components().all(|c| matches!(c, Component::Normal(_)));
    let path = if plain && wanted.extension().is_some() {
        shared.ui.join(wanted)
    } else {
        shared.ui.join("index.html")
    };
    let Ok(bytes) = tokio::fs::read(&path).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match path.extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
        bytes,
    )
        .into_response()
}
