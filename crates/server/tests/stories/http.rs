//! The desk's calls over HTTP: signatures, statuses, limits, hostile bodies; and the real socket with TLS.

use crate::common::{Desk, World, fresh, note, served, test_env, visit};
use axum::body::{Body as HttpBody, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::CaseId;
use esik_server::{Region, TlsDir, router, serve};
use esik_wire::{
    ApiError, ApiErrorCode, EnrollRequest, EnrollResponse, FeedPage, HelloResponse, PushResponse,
    frame, request, signed,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tower::ServiceExt as _;

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Reply {
    fn frame<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{:?}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.headers.get("content-type").unwrap(), frame::MEDIA_TYPE);
        frame::decode(&self.bytes).unwrap()
    }
    fn refusal(&self) -> (u16, ApiErrorCode) {
        let e: ApiError = serde_json::from_slice(&self.bytes).unwrap();
        (self.status.as_u16(), e.code)
    }
}

async fn send(region: &Arc<Region>, req: Request<HttpBody>) -> Reply {
    let response = router(Arc::clone(region)).oneshot(req).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.unwrap().to_vec();
    assert_ne!(parts.status, StatusCode::INTERNAL_SERVER_ERROR);
    Reply { status: parts.status, headers: parts.headers, bytes }
}

fn get(path: &str) -> Request<HttpBody> {
    Request::get(path).body(HttpBody::empty()).unwrap()
}

fn signed_request(desk: &Desk, method: &str, path: &str, body: Vec<u8>) -> Request<HttpBody> {
    with_key(&desk.key, desk, method, path, body)
}

fn with_key(
    key: &SigningKey,
    desk: &Desk,
    method: &str,
    path: &str,
    body: Vec<u8>,
) -> Request<HttpBody> {
    let nonce = "00112233445566778899aabbccddeeff";
    Request::builder()
        .method(method)
        .uri(path)
        .header(request::DEVICE_HEADER, desk.device.to_string())
        .header(request::NONCE_HEADER, nonce)
        .header(request::SIGNATURE_HEADER, request::sign(key, method, path, &body, nonce))
        .body(HttpBody::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_desk_joins_pushes_and_reads_over_http() {
    let w = World::new();
    let mut desk = Desk::new(&w, "07", Role::Officer, &[]);
    let enroll = EnrollRequest {
        code: w.code("07"),
        device_id: desk.device,
        incarnation: 1,
        device_key: signed::key_text(&desk.key.verifying_key()),
        officers: vec![desk.card.clone()],
        version: "0.1.0".to_owned(),
    };
    let body = HttpBody::from(frame::encode(&enroll).unwrap());
    let reply = send(&w.region, Request::post("/v1/enroll").body(body).unwrap()).await;
    let joined: EnrollResponse = reply.frame();
    assert_eq!((joined.region_id.as_str(), joined.ca_pem.as_str()), ("akmola", "CA"));
    let body = frame::encode(&desk.hello_request(200)).unwrap();
    let hello: HelloResponse =
        send(&w.region, signed_request(&desk, "POST", "/v1/hello", body)).await.frame();
    assert_eq!(hello.scopes.first().unwrap(), &desk.station_scope());
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    let body = frame::encode(&desk.segment()).unwrap();
    let pushed: PushResponse =
        send(&w.region, signed_request(&desk, "POST", "/v1/push", body)).await.frame();
    assert_eq!(pushed.acked, desk.head);
    let path = format!("/v1/feeds/station:07?after=0&epoch={}&limit=10&wait_s=0", joined.epoch);
    let page: FeedPage = send(&w.region, signed_request(&desk, "GET", &path, vec![])).await.frame();
    assert_eq!(page.entries.len(), 1);
    let on = |seen: &str| {
        let path = format!("/v1/feeds/station:07?after=1&epoch={}&seen={seen}", joined.epoch);
        send(&w.region, signed_request(&desk, "GET", &path, vec![]))
    };
    let root = page.root.unwrap().hex();
    assert_eq!(on(&root).await.status, StatusCode::OK);
    assert_eq!(on(&"0".repeat(64)).await.status, StatusCode::CONFLICT);
    assert_eq!(on("zz").await.status, StatusCode::BAD_REQUEST);
    let path = format!("/v1/cases/{case}/events");
    let page: FeedPage = send(&w.region, signed_request(&desk, "GET", &path, vec![])).await.frame();
    assert_eq!(page.entries.len(), 1);
}

/// S23 (part).
#[tokio::test]
async fn every_refusal_has_its_status() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    let other = w.desk("08").await;
    let hello = frame::encode(&desk.hello_request(200)).unwrap();
    // Another key; another path under the signature; no headers at all; a desk nobody knows.
    for req in [
        with_key(&other.key, &desk, "POST", "/v1/hello", hello.clone()),
        {
            let mut r = signed_request(&desk, "POST", "/v1/push", hello.clone());
            *r.uri_mut() = "/v1/hello".parse().unwrap();
            r
        },
        Request::post("/v1/hello").body(HttpBody::from(hello.clone())).unwrap(),
        signed_request(&Desk::new(&w, "07", Role::Officer, &[]), "POST", "/v1/hello", hello),
    ] {
        let reply = send(&w.region, req).await;
        assert_eq!(reply.refusal(), (401, ApiErrorCode::Unauthorised));
    }
    let get = |path: String| signed_request(&desk, "GET", &path, vec![]);
    let feed = |scope: &str, after: &str, epoch: &str| {
        get(format!("/v1/feeds/{scope}?after={after}&epoch={epoch}"))
    };
    let not_found = (404, ApiErrorCode::NotFound);
    let reply = send(&w.region, feed("station:08", "0", &desk.epoch)).await;
    assert_eq!(reply.refusal(), not_found);
    let reply = send(&w.region, feed("station:07", "18446744073709551615", &desk.epoch)).await;
    assert_eq!(reply.refusal(), (409, ApiErrorCode::HistoryDiverged));
    let reply = send(&w.region, feed("station:07", "0", "other")).await;
    assert_eq!(reply.refusal(), (409, ApiErrorCode::HistoryDiverged));
    for path in ["/v1/cases/not-an-id/events", "/v1/files/..%2F..%2Fetc%2Fpasswd", "/v1/nothing"] {
        assert_eq!(send(&w.region, get(path.to_owned())).await.refusal(), not_found);
    }
    desk.say(CaseId(fresh()), &visit(), "open");
    let mut old = desk.hello_request(200);
    old.protocol_max = 0;
    let body = frame::encode(&old).unwrap();
    let reply = send(&w.region, signed_request(&desk, "POST", "/v1/hello", body)).await;
    assert_eq!(reply.refusal(), (426, ApiErrorCode::TooOld));
    let mut newer = desk.hello_request(200);
    (newer.protocol_min, newer.protocol_max) = (2, 3);
    let body = frame::encode(&newer).unwrap();
    let reply = send(&w.region, signed_request(&desk, "POST", "/v1/hello", body)).await;
    assert_eq!(reply.refusal(), (426, ApiErrorCode::TooNew));
    let body = frame::encode(&desk.segment_of(5, desk.unsent.clone())).unwrap();
    let reply = send(&w.region, signed_request(&desk, "POST", "/v1/push", body)).await;
    assert_eq!(reply.refusal(), (409, ApiErrorCode::Gap));
    let e: ApiError = serde_json::from_slice(&reply.bytes).unwrap();
    assert_eq!(e.expected, Some(1));
}

/// S21 (part), S30 (part).
#[tokio::test]
async fn hostile_bodies_are_refused_not_worked_on() {
    let w = World::new();
    let desk = w.desk("07").await;
    let bomb = zstd::bulk::compress(&vec![b' '; 64 << 20], 3).unwrap();
    let deep = zstd::bulk::compress(&vec![b'['; 1 << 20], 3).unwrap();
    let wrong = frame::encode(&serde_json::json!({ "device_id": 7, "events": null })).unwrap();
    for body in [vec![], vec![0xff; 1000], b"{}".to_vec(), bomb, deep, wrong] {
        for path in ["/v1/push", "/v1/hello"] {
            let reply = send(&w.region, signed_request(&desk, "POST", path, body.clone())).await;
            assert_eq!(reply.refusal(), (400, ApiErrorCode::BadRequest));
        }
        let reply =
            send(&w.region, Request::post("/v1/enroll").body(HttpBody::from(body)).unwrap()).await;
        assert_eq!(reply.refusal(), (400, ApiErrorCode::BadRequest));
    }
    // Whoever sends as a locked desk what is no bundle: after twenty, wait.
    for n in 0..21 {
        let none = Request::post("/v1/spool").body(HttpBody::from(format!("esikbd{n}"))).unwrap();
        let (status, code) = send(&w.region, none).await.refusal();
        let wanted =
            if n < 20 { (400, ApiErrorCode::BadRequest) } else { (429, ApiErrorCode::TooOften) };
        assert_eq!((status, code), wanted, "try {n}");
    }
    let huge = vec![7; 2 << 20];
    let reply = send(&w.region, signed_request(&desk, "POST", "/v1/push", huge)).await;
    assert_eq!(reply.refusal(), (413, ApiErrorCode::BadRequest));
    // A megabyte is as large as a message may be; a bundle is sealed and may be larger.
    let large = |path| signed_request(&desk, "POST", path, vec![7; (1 << 20) + 1]);
    let of = |r: Reply| r.refusal();
    assert_eq!(of(send(&w.region, large("/v1/push")).await), (413, ApiErrorCode::BadRequest));
    assert_eq!(of(send(&w.region, large("/v1/bundle")).await), (400, ApiErrorCode::BadRequest));
    // Wrong codes from one address: after ten, wait.
    let guess = EnrollRequest {
        code: "AAAAAAAAAA".to_owned(),
        device_id: desk.device,
        incarnation: 1,
        device_key: String::new(),
        officers: vec![],
        version: String::new(),
    };
    for n in 0..11 {
        let body = HttpBody::from(frame::encode(&guess).unwrap());
        let reply = send(&w.region, Request::post("/v1/enroll").body(body).unwrap()).await;
        if n < 10 {
            assert_eq!(reply.refusal(), (403, ApiErrorCode::BadCode));
        } else {
            assert_eq!(reply.refusal(), (429, ApiErrorCode::TooOften));
            assert!(reply.headers.get("retry-after").is_some());
        }
    }
}

#[tokio::test]
async fn the_operator_sees_health_numbers_and_the_description() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    desk.say(CaseId(fresh()), &visit(), "open");
    desk.push().await.unwrap();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(send(&w.region, get(path)).await.status, StatusCode::OK);
    }
    let text = String::from_utf8(send(&w.region, get("/metrics")).await.bytes).unwrap();
    for line in
        ["esik_region_pos 1", "esik_events 1", "esik_event_pos_max 1", "esik_order_gapless 1"]
    {
        assert!(text.lines().any(|l| l == line), "{line} in {text}");
    }
    let reply = send(&w.region, get("/openapi.json")).await;
    let api: serde_json::Value = serde_json::from_slice(&reply.bytes).unwrap();
    let paths = api.get("paths").unwrap();
    for path in [
        "/v1/enroll",
        "/v1/hello",
        "/v1/push",
        "/v1/feeds/{scope}",
        "/v1/cases/{id}/events",
        "/v1/files/{hash}",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        assert!(paths.get(path).is_some(), "{path}");
    }
}

/// S24 (part), B30 (part).
#[tokio::test]
async fn over_tls_only_the_regions_own_ca_is_believed() {
    let (env, _) = test_env();
    // Certificates are judged by the machine's clock, so they are made by it.
    #[expect(clippy::disallowed_methods, reason = "rustls asks the machine for the time")]
    let now = chrono::Utc::now();
    let env = {
        let seeded = env.clone();
        esik_server::Env::new(
            move || now,
            move |b| {
                for x in b {
                    *x = seeded.bytes::<1>()[0];
                }
            },
        )
    };
    let dir = tempfile::tempdir().unwrap();
    let (tls, other) = (TlsDir(dir.path().join("tls")), TlsDir(dir.path().join("other")));
    for t in [&tls, &other] {
        t.create(&env, "akmola", &["esik.example".to_owned()]).unwrap();
    }
    let region =
        Region::in_memory(env.clone(), "akmola", tls.ca_pem().unwrap(), dir.path().join("files"))
            .unwrap();
    let config = tls.server_config(&env).unwrap();
    let running = serve(region, "127.0.0.1:0".parse().unwrap(), config).await.unwrap();
    let url = format!("https://{}/healthz", running.addr);
    let client = |pem: String| {
        use rustls_pki_types::pem::PemObject as _;
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(rustls_pki_types::CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build().unwrap()
    };
    let good = client(tls.ca_pem().unwrap());
    assert_eq!(good.get(&url).send().await.unwrap().text().await.unwrap(), "ok");
    assert!(client(other.ca_pem().unwrap()).get(&url).send().await.is_err());
    // Plain HTTP is not spoken, on loopback either.
    let plain = url.replace("https", "http");
    assert!(good.get(plain).send().await.is_err());
    // A herd at once finds everybody served.
    let herd: Vec<_> = (0..100)
        .map(|_| {
            let (c, u) = (good.clone(), url.clone());
            tokio::spawn(async move { c.get(u).send().await.unwrap().status() })
        })
        .collect();
    for one in herd {
        assert_eq!(one.await.unwrap(), StatusCode::OK);
    }
    running.shutdown().await.unwrap();
    assert!(good.get(&url).send().await.is_err());
}

/// One metric's value as Prometheus would read it.
async fn metric(region: &Arc<Region>, name: &str) -> f64 {
    let text = String::from_utf8(send(region, get("/metrics")).await.bytes).unwrap();
    let line = text.lines().find(|l| l.strip_prefix(name).is_some_and(|r| r.starts_with(' ')));
    assert!(line.is_some(), "{name} is not in\n{text}");
    line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
#[expect(clippy::float_cmp, reason = "whole numbers")]
async fn the_metrics_tell_what_happened() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    let r = &w.region;
    assert_eq!(metric(r, "esik_station_last_contact_seconds{station=\"07\"}").await, f64::INFINITY);
    assert_eq!(metric(r, "esik_backup_age_seconds").await, f64::INFINITY, "nobody made one");
    let mut hello = desk.hello_request(60);
    hello.device_time -= chrono::TimeDelta::milliseconds(90_500);
    hello.unsent = 2;
    let hello = signed_request(&desk, "POST", "/v1/hello", frame::encode(&hello).unwrap());
    assert_eq!(send(r, hello).await.status, StatusCode::OK);
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    let broken = crate::common::note("of no case");
    desk.say(CaseId(fresh()), &broken, "open");
    let push = |d: &Desk| {
        let body = frame::encode(&d.segment()).unwrap();
        signed_request(d, "POST", "/v1/push", body)
    };
    for _ in 0..2 {
        send(r, push(&desk)).await;
    }
    w.pass(chrono::TimeDelta::seconds(30));
    let of = |name: &'static str| metric(r, name);
    assert_eq!(of("esik_station_last_contact_seconds{station=\"07\"}").await, 30.0);
    assert_eq!(of("esik_station_unsent{station=\"07\"}").await, 2.0);
    assert_eq!(of("esik_station_clock_offset_seconds{station=\"07\"}").await, 90.5);
    assert_eq!(of("esik_pushes_total{outcome=\"taken\"}").await, 2.0);
    assert_eq!(of("esik_pushes_total{outcome=\"gap\"}").await, 0.0);
    let sum = of("esik_verdicts_total{verdict=\"accepted\"}").await
        + of("esik_verdicts_total{verdict=\"duplicate\"}").await
        + of("esik_verdicts_total{verdict=\"quarantined\"}").await
        + of("esik_verdicts_total{verdict=\"rejected\"}").await;
    assert_eq!(sum, 4.0, "each event of each push");
    assert_eq!(of("esik_verdicts_total{verdict=\"accepted\"}").await, of("esik_region_pos").await);
    // A desk that knows more than the region.
    let mut ahead = desk.hello_request(60);
    ahead.known = Some(esik_wire::KnownRegion {
        epoch: desk.epoch.clone(),
        pos: esik_domain::ids::Pos(99),
        acked: desk.head,
    });
    let ahead = signed_request(&desk, "POST", "/v1/hello", frame::encode(&ahead).unwrap());
    send(r, ahead).await;
    assert_eq!(of("esik_desks_ahead_total").await, 1.0);
    // A new life of it, which knows what the one before was told, is no such desk.
    let mut anew = desk.hello_request(60);
    anew.incarnation = 2;
    anew.known = Some(esik_wire::KnownRegion {
        epoch: desk.epoch.clone(),
        pos: r.store().head().unwrap(),
        acked: desk.head,
    });
    let anew = signed_request(&desk, "POST", "/v1/hello", frame::encode(&anew).unwrap());
    send(r, anew).await;
    assert_eq!(of("esik_desks_ahead_total").await, 1.0);
    assert_eq!(of("esik_feed_lag_positions{station=\"07\"}").await, 0.0);
    let pos = r.store().head().unwrap();
    let made_at = w.env.now() - chrono::TimeDelta::hours(2);
    r.store().note_backup(&esik_server::store::Backup { pos, made_at }).unwrap();
    assert_eq!(of("esik_backup_age_seconds").await, 7200.0);
    assert_eq!(of("esik_watermark_lag_positions").await, 0.0);
    assert!(of("esik_pool_connections_max").await >= 1.0);
    assert!(of("esik_store_busy_total{why=\"statement\"}").await >= 0.0);
}

/// The dashboard asks for nothing that is not there, and leaves nothing out.
#[tokio::test]
async fn the_dashboard_and_the_metrics_name_the_same() {
    let w = World::new();
    let text = String::from_utf8(send(&w.region, get("/metrics")).await.bytes).unwrap();
    let there: std::collections::BTreeSet<&str> =
        text.lines().filter_map(|l| l.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let board = include_str!("../../../../docs/grafana/esik-region.json");
    let read: serde_json::Value = serde_json::from_str(board).unwrap();
    let mut asked = std::collections::BTreeSet::new();
    for panel in read.get("panels").unwrap().as_array().unwrap() {
        for target in panel.get("targets").and_then(|t| t.as_array()).into_iter().flatten() {
            let expr = target.get("expr").unwrap().as_str().unwrap();
            let words = expr.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            asked.extend(words.filter(|w| w.starts_with("esik_")).map(str::to_owned));
        }
    }
    let asked: std::collections::BTreeSet<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(asked, there);
}

/// S31: nothing in the protocol deletes, resets, overwrites or chooses a side: every call of a desk that changes
/// something adds to an append-only log or names a file by its content.
/// B24 (part): every operation of the description, by nobody and by a revoked desk; the list is complete because it
/// is read from the description.
#[tokio::test]
async fn no_operation_destroys_and_none_is_open_to_strangers() {
    let w = World::new();
    let desk = w.desk("07").await;
    let gone = w.desk("07").await;
    assert!(w.region.store().revoke_device(gone.device).unwrap());
    let reply = send(&w.region, get("/openapi.json")).await;
    let description: serde_json::Value = serde_json::from_slice(&reply.bytes).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let mut seen = 0;
    for (path, operations) in paths {
        for method in operations.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            assert!(["GET", "POST", "PUT"].contains(&method.as_str()), "{method} {path}");
            for word in ["delete", "remove", "reset", "overwrite", "wipe", "resolve", "force"] {
                assert!(!path.contains(word), "{path}");
            }
            if ["/portal", "/region"].iter().any(|pages| path.starts_with(pages)) {
                let request = Request::builder().method(method.as_str());
                let request = request.uri(path.replace(['{', '}'], ""));
                let reply = send(&w.region, request.body(HttpBody::empty()).unwrap()).await;
                let told: &[_] = match (path.as_str(), method.as_str()) {
                    ("/portal/sign-in", "GET") => &[StatusCode::OK],
                    ("/portal/sign-in", _) => &[StatusCode::BAD_REQUEST],
                    _ => &[StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND],
                };
                assert!(told.contains(&reply.status), "{method} {path}: {}", reply.status);
                continue;
            }
            if operations[method.to_lowercase()]["security"].is_null() {
                // Whoever holds a coupon is no stranger; nothing is open to anybody else. A spooled bundle says itself whose it is, and says it to the region alone.
                let open =
                    ["/v1/enroll", "/v1/spool", "/healthz", "/readyz", "/metrics", "/openapi.json"];
                let coupon = ["/s", "/s/say", "/s/{number}/{secret}"];
                let known = open.iter().chain(&coupon).any(|p| p == path);
                assert!(known, "{path} is open to everybody");
                continue;
            }
            seen += 1;
            let operation = &operations[method.to_lowercase()];
            let named =
                |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
            let mut path: String = path.split('/').map(named).collect::<Vec<_>>().join("/");
            let query = operation["parameters"].as_array().into_iter().flatten();
            let query: Vec<String> = query
                .filter(|p| p["in"] == "query" && p["required"] == true)
                .map(|p| format!("{}=1", p["name"].as_str().unwrap()))
                .collect();
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            let nobody = Request::builder().method(method.as_str()).uri(&path);
            let reply = send(&w.region, nobody.body(HttpBody::empty()).unwrap()).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} by nobody");
            let reply = send(&w.region, signed_request(&gone, &method, &path, vec![])).await;
            // What the revoked still bring is set aside; they read nothing.
            let told = [StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND];
            assert!(
                told.contains(&reply.status),
                "{method} {path} by a revoked desk: {}",
                reply.status
            );
            let reply = send(&w.region, signed_request(&desk, &method, &path, vec![])).await;
            assert!(reply.status.as_u16() < 500, "{method} {path}: {}", reply.status);
        }
    }
    assert!(seen >= 7, "{seen} operations of desks");
}

/// S33 (part): a region that was moved or restored has its events and no tree. It makes it before it listens, so that no
/// desk's greeting waits for millions of hashes.
#[tokio::test]
async fn a_region_has_its_tree_before_anybody_greets_it() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    let case = CaseId(fresh());
    for n in 0..300 {
        desk.say(case, &note(&format!("{n}")), "open");
    }
    desk.push().await.unwrap();
    assert_eq!(w.region.store().tiles(1, 0, 9).unwrap(), [], "nobody asked for the tree yet");
    let (running, _, _) = served(&w).await;
    assert_eq!(w.region.store().tiles(1, 0, 9).unwrap().len(), 1);
    running.shutdown().await.unwrap();
}
