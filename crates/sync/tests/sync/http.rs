//! The HTTPS client against servers that are right, broken, lying, hanging and foreign.

use crate::desk::{Desk, event};
use crate::region::Region;
use crate::tls_server::{
    Ca, EXPIRED, HOLDS, NOT_YET, QUICK, Serving, client, listener, nonce, patient, serve,
};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_sync::http::FILE_BYTES_MAX;
use esik_sync::{HttpError, HttpRegion};
use esik_wire::request::{DEVICE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, verify};
use esik_wire::{
    ApiError, ApiErrorCode, FeedPage, FeedRequest, Segment, SyncApi, SyncFailure, ZERO_HASH, frame,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn framed<T: serde::Serialize>(answer: Result<T, SyncFailure>) -> Response {
    match answer {
        Ok(value) => ([(header::CONTENT_TYPE, frame::MEDIA_TYPE)], frame::encode(&value).unwrap())
            .into_response(),
        Err(SyncFailure::Refused(e)) => (StatusCode::CONFLICT, axum::Json(e)).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Checks a desk's signature as the real server does: over the raw target.
fn signed(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name: &str| headers.get(name).unwrap().to_str().unwrap();
    let desk = Desk::new(1);
    assert_eq!(text(DEVICE_HEADER), desk.device().to_string());
    let key = desk.key().verifying_key();
    let target = uri.path_and_query().unwrap().as_str();
    verify(&key, method.as_str(), target, body, text(NONCE_HEADER), text(SIGNATURE_HEADER)).is_ok()
}

/// The region in memory behind HTTP.
fn region_router(region: Arc<Region>) -> Router {
    async fn desk_post(
        State(region): State<Arc<Region>>,
        Path(call): Path<String>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        assert!(signed(&method, &uri, &headers, &body));
        match call.as_str() {
            "hello" => framed(region.hello(frame::decode(&body).unwrap()).await),
            _ => framed(region.push(frame::decode(&body).unwrap()).await),
        }
    }
    async fn feed(
        State(region): State<Arc<Region>>,
        Path(scope): Path<String>,
        Query(q): Query<HashMap<String, String>>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
    ) -> Response {
        assert!(signed(&method, &uri, &headers, &[]), "{uri}");
        let r = FeedRequest {
            scope: Scope(scope),
            after: Pos(q["after"].parse().unwrap()),
            epoch: q["epoch"].clone(),
            limit: q["limit"].parse().unwrap(),
            wait_s: q["wait_s"].parse().unwrap(),
            seen: None,
        };
        framed(region.feed(r).await)
    }
    Router::new()
        .route("/v1/{call}", post(desk_post))
        .route("/v1/feeds/{scope}", get(feed))
        .with_state(region)
}

fn region_at(server: &Serving, ca: &Ca) -> HttpRegion {
    let desk = Desk::new(1);
    client(&server.url, &ca.pem, desk.device(), desk.key())
}

fn quick(server: &Serving, ca: &Ca) -> HttpRegion {
    let desk = Desk::new(1);
    patient(&server.url, &ca.pem, desk.device(), desk.key(), QUICK)
}

fn case() -> CaseId {
    CaseId(uuid::Uuid::nil())
}

/// What a call brings from a server that answers everything with this.
async fn answer_of(router: Router) -> Result<FeedPage, SyncFailure> {
    let ca = Ca::new("region");
    let server = serve(router, ca.honest());
    region_at(&server, &ca).case_events(case()).await
}

fn always(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
    Router::new().fallback(any(move || {
        let answer = answer.clone();
        async move { answer() }
    }))
}

#[tokio::test]
async fn a_desk_synchronises_over_https_with_every_request_signed() {
    let region = Arc::new(Region::new());
    // A circle may be named in any script: the signature covers the target as it is sent.
    let circle = Scope::from("circle:07:тұрмыс / үй?&");
    region.scopes.lock().unwrap().push(circle.clone());
    region.author(&circle, event(8, 1, ZERO_HASH, "agency_answered", "жауап"));
    let ca = Ca::new("region");
    let server = serve(region_router(Arc::clone(&region)), ca.honest());
    let desk = Desk::new(1);
    desk.save("note", "сәлем");
    let s = desk.sync(&region_at(&server, &ca)).await.unwrap();
    assert_eq!((s.accepted, s.pulled), (1, 1));
    assert_eq!(desk.texts(), ["жауап", "сәлем"]);
    region.refuse("push", &[ApiError { expected: Some(1), ..ApiError::new(ApiErrorCode::Gap) }]);
    desk.save("note", "тағы");
    assert_eq!(
        desk.sync(&region_at(&server, &ca)).await.unwrap().rounds,
        2,
        "refusals arrive whole"
    );
}

#[tokio::test]
async fn what_does_not_speak_esik_is_told_apart() {
    let html = || ([(header::CONTENT_TYPE, "text/html")], "<html>Wi-Fi</html>").into_response();
    let typed = |body: Vec<u8>| ([(header::CONTENT_TYPE, frame::MEDIA_TYPE)], body).into_response();
    let page =
        FeedPage { entries: vec![], next: Pos(0), more: false, moves: Vec::new(), root: None };
    let good = frame::encode(&page).unwrap();
    let untyped = good.clone();
    let bomb = frame::encode(&vec![0_u8; 6 * 1024 * 1024]).unwrap();
    assert!(bomb.len() < 64 * 1024);
    let rows: Vec<(&str, Router)> = vec![
        ("a portal's page", always(html)),
        ("a page as an error", always(move || (StatusCode::FORBIDDEN, html()).into_response())),
        (
            "a redirect",
            always(|| {
                (StatusCode::FOUND, [(header::LOCATION, "https://localhost:1/login")])
                    .into_response()
            }),
        ),
        ("garbage of the right type", always(move || typed(b"not zstd at all".to_vec()))),
        ("another message", always(move || typed(frame::encode(&"hello").unwrap()))),
        ("a bomb", always(move || typed(bomb.clone()))),
        ("without a type", always(move || untyped.clone().into_response())),
        ("more than anybody reads", always(move || typed(vec![0; 5 * 1024 * 1024]))),
    ];
    for (name, router) in rows {
        assert_eq!(answer_of(router).await, Err(SyncFailure::NotEsik), "{name}");
    }
    assert_eq!(answer_of(always(move || typed(good.clone()))).await, Ok(page), "the test can pass");
}

/// S29 (part), S30 (part).
#[tokio::test]
async fn refusals_and_overload_keep_their_meaning() {
    let busy = |retry_after_s| {
        Err(SyncFailure::Refused(ApiError { retry_after_s, ..ApiError::new(ApiErrorCode::Busy) }))
    };
    let shed = always(|| {
        (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "7")], "full").into_response()
    });
    assert_eq!(answer_of(shed).await, busy(Some(7)));
    let gateway = always(|| (StatusCode::BAD_GATEWAY, "<html>nginx</html>").into_response());
    assert_eq!(answer_of(gateway).await, busy(None));
    let json = always(|| {
        let e = ApiError::new(ApiErrorCode::TooOld);
        (StatusCode::UPGRADE_REQUIRED, axum::Json(e)).into_response()
    });
    let too_old = ApiError::new(ApiErrorCode::TooOld);
    assert_eq!(answer_of(json).await, Err(SyncFailure::Refused(too_old)));
    // What a later region calls otherwise is known by its status.
    let later = |status: StatusCode| {
        let body = r#"{"code":"moon_is_full","retry_after_s":null}"#;
        let json = [(header::CONTENT_TYPE, "application/json"), (header::RETRY_AFTER, "9")];
        always(move || (status, json.clone(), body).into_response())
    };
    assert_eq!(answer_of(later(StatusCode::SERVICE_UNAVAILABLE)).await, busy(Some(9)));
    let large = Err(SyncFailure::Refused(ApiError::new(ApiErrorCode::TooLarge)));
    assert_eq!(answer_of(later(StatusCode::PAYLOAD_TOO_LARGE)).await, large);
    let unknown = ApiError { retry_after_s: Some(9), ..ApiError::new(ApiErrorCode::Unknown) };
    assert_eq!(answer_of(later(StatusCode::CONFLICT)).await, Err(SyncFailure::Refused(unknown)));
}

#[tokio::test]
async fn silence_before_in_and_instead_of_an_answer_is_a_timeout() {
    let silent = Router::new().fallback(any(|| async {
        std::future::pending::<()>().await;
        StatusCode::OK
    }));
    let ca = Ca::new("region");
    let server = serve(silent, ca.honest());
    assert_eq!(quick(&server, &ca).case_events(case()).await, Err(SyncFailure::Timeout));
    // Half an answer, then nothing; and half an answer, then the line is cut.
    for cut in [false, true] {
        let ca = Ca::new("region");
        let tls = Arc::new(ca.honest());
        let listener = tokio::net::TcpListener::from_std(listener()).unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = tokio::spawn(async move {
            let mut tls = accept(tls, listener).await;
            assert!(tls.read(&mut [0; 4096]).await.unwrap() > 0);
            let half = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {}\r\ncontent-length: 500\r\n\r\nhalf",
                frame::MEDIA_TYPE
            );
            tls.write_all(half.as_bytes()).await.unwrap();
            tls.flush().await.unwrap();
            if !cut {
                std::future::pending::<()>().await;
            }
        });
        let desk = Desk::new(1);
        let region = client(&url, &ca.pem, desk.device(), desk.key());
        assert_eq!(region.case_events(case()).await, Err(SyncFailure::Timeout), "cut: {cut}");
        server.abort();
    }
}

/// Accepts TLS by hand, for servers that break HTTP.
async fn accept(
    tls: Arc<rustls::ServerConfig>,
    listener: tokio::net::TcpListener,
) -> tokio_rustls::server::TlsStream<tokio::net::TcpStream> {
    let (socket, _) = listener.accept().await.unwrap();
    tokio_rustls::TlsAcceptor::from(tls).accept(socket).await.unwrap()
}

/// S24 (part).
#[tokio::test]
async fn something_else_on_that_port_is_not_the_region() {
    // TLS that does not carry HTTP.
    let ca = Ca::new("region");
    let tls = Arc::new(ca.honest());
    let babbler = tokio::net::TcpListener::from_std(listener()).unwrap();
    let url = format!("https://localhost:{}", babbler.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        let mut tls = accept(tls, babbler).await;
        assert!(tls.read(&mut [0; 4096]).await.unwrap() > 0);
        tls.write_all(b"220 mail.example.kz ESMTP ready, hello\r\n").await.unwrap();
        tls.flush().await.unwrap();
        std::future::pending::<()>().await;
    });
    let desk = Desk::new(1);
    let region = client(&url, &ca.pem, desk.device(), desk.key());
    assert_eq!(region.case_events(case()).await, Err(SyncFailure::NotEsik));
    server.abort();
    // HTTP without TLS.
    let plain = tokio::net::TcpListener::from_std(listener()).unwrap();
    let url = format!("https://localhost:{}", plain.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        let (mut socket, _) = plain.accept().await.unwrap();
        assert!(socket.read(&mut [0; 4096]).await.unwrap() > 0);
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let region = client(&url, &ca.pem, desk.device(), desk.key());
    assert_eq!(region.case_events(case()).await, Err(SyncFailure::NotEsik));
    server.abort();
}

#[tokio::test]
async fn no_line_is_unreachable() {
    let ca = Ca::new("region");
    let desk = Desk::new(1);
    let free = listener();
    let port = free.local_addr().unwrap().port();
    drop(free);
    for url in [format!("https://localhost:{port}"), "https://no-such-host.invalid".to_owned()] {
        let region = client(&url, &ca.pem, desk.device(), desk.key());
        assert_eq!(region.case_events(case()).await, Err(SyncFailure::Unreachable), "{url}");
    }
}

/// S20 (part), B30 (part).
#[tokio::test]
async fn certificates_fail_for_their_own_reasons() {
    let (ca, other) = (Ca::new("region"), Ca::new("portal"));
    for (name, tls, failure) in [
        ("another CA", other.honest(), SyncFailure::Untrusted),
        ("another name", ca.server("elsewhere.kz", HOLDS, &[]), SyncFailure::Untrusted),
        ("expired", ca.server("localhost", EXPIRED, &[]), SyncFailure::Clock),
        ("not yet valid", ca.server("localhost", NOT_YET, &[]), SyncFailure::Clock),
    ] {
        let server = serve(Router::new(), tls);
        let got = region_at(&server, &ca).case_events(case()).await;
        assert_eq!(got, Err(failure), "{name}");
    }
}

#[tokio::test]
async fn a_long_upload_gets_its_time_and_a_long_poll_too() {
    // The server answers later than the idle patience allows for a small request.
    let late = QUICK.connect + QUICK.idle * 2;
    let router = Router::new().fallback(any(move || async move {
        tokio::time::sleep(late).await;
        framed(Ok(FeedPage {
            entries: vec![],
            next: Pos(0),
            more: false,
            moves: Vec::new(),
            root: None,
        }))
    }));
    let ca = Ca::new("region");
    let server = serve(router, ca.honest());
    let region = quick(&server, &ca);
    assert_eq!(region.case_events(case()).await, Err(SyncFailure::Timeout));
    let poll = FeedRequest {
        scope: Scope::from("station:07"),
        after: Pos(0),
        epoch: "e1".to_owned(),
        limit: 1,
        wait_s: 20,
        seen: None,
    };
    assert!(region.feed(poll).await.is_ok(), "a poll may be answered late");
    let noise = (0..20_000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_string()).collect();
    let segment = Segment {
        branch_of: None,
        behind: None,
        device_id: Desk::new(1).device(),
        incarnation: 1,
        epoch: noise,
        first_seq: 1,
        events: vec![],
        head: ZERO_HASH,
        head_sig: String::new(),
    };
    assert_eq!(
        region.push(segment).await,
        Err(SyncFailure::NotEsik),
        "the answer to a large upload was waited for (and was no answer to a push)"
    );
}

fn hash_of(bytes: &[u8]) -> String {
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes))
}

/// S25 (part).
#[tokio::test]
async fn a_file_is_the_file_its_address_names() {
    let router = Router::new().route(
        "/v1/files/{hash}",
        get(|Path(hash): Path<String>| async move {
            let big = hash_of(&vec![0; FILE_BYTES_MAX + 1]);
            match hash.as_str() {
                h if h == big => Body::from(vec![0; FILE_BYTES_MAX + 1]).into_response(),
                _ => Body::from("a scan").into_response(),
            }
        }),
    );
    let ca = Ca::new("region");
    let server = serve(router, ca.honest());
    let region = region_at(&server, &ca);
    assert_eq!(region.file(hash_of(b"a scan")).await.unwrap(), b"a scan");
    assert_eq!(region.file("11".repeat(32)).await, Err(SyncFailure::NotEsik));
    let big = hash_of(&vec![0; FILE_BYTES_MAX + 1]);
    assert_eq!(region.file(big).await, Err(SyncFailure::NotEsik), "more than anybody reads");
}

#[test]
fn only_https_addresses_are_taken() {
    let ca = Ca::new("region");
    let desk = Desk::new(1);
    let make = |url: &str| HttpRegion::new(url, &ca.pem, desk.device(), desk.key(), nonce());
    for bad in ["", "localhost", "http://localhost", "ftp://x", "https://"] {
        assert_eq!(make(bad).err(), Some(HttpError::BadUrl), "{bad}");
    }
    assert!(make(" https://region.example.kz:8443/esik/ ").is_ok());
    let broken = HttpRegion::new("https://x", "no pem", desk.device(), desk.key(), nonce());
    assert!(matches!(broken.err(), Some(HttpError::Tls(_))));
}

#[test]
fn patience_is_as_the_rules_say() {
    let patience = esik_sync::http::Patience::default();
    assert_eq!(
        (patience.connect, patience.idle),
        (Duration::from_secs(10), Duration::from_secs(20))
    );
}
