//! A real physical standby: read from, and promoted when the primary is gone.

use crate::common::{Desk, World, fresh, note, visit};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use esik_domain::event::Role;
use esik_domain::ids::CaseId;
use esik_server::site::Site;
use esik_server::store::StoreError;
use esik_server::store::postgres::Address;
use esik_server::{OpenError, Region, router};
use esik_testkit::cluster::{Cluster, folder};
use esik_wire::{
    ApiErrorCode, HelloResponse, LocalName, SyncApi as _, SyncFailure, frame, request,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

fn name() -> LocalName {
    LocalName { kk: "Жетінші".to_owned(), ru: "Седьмое".to_owned() }
}

async fn work(desk: &mut Desk, notes: u32) -> usize {
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    for _ in 0..notes {
        desk.say(case, &note("келді"), "open");
    }
    desk.push().await.unwrap();
    usize::try_from(desk.head.seq).unwrap()
}

/// A desk's call over HTTP.
async fn call(
    region: &Arc<Region>,
    desk: &Desk,
    path: &str,
    body: Vec<u8>,
) -> (StatusCode, Vec<u8>, String) {
    let method = if body.is_empty() { "GET" } else { "POST" };
    let nonce = "00112233445566778899aabbccddeeff";
    let signature = request::sign(&desk.key, method, path, &body, nonce);
    let req = Request::builder()
        .method(method)
        .uri(path)
        .header(request::DEVICE_HEADER, desk.device.to_string())
        .header(request::NONCE_HEADER, nonce)
        .header(request::SIGNATURE_HEADER, signature)
        .body(Body::from(body))
        .unwrap();
    let answer = router(Arc::clone(region)).oneshot(req).await.unwrap();
    let after = answer.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
    let status = answer.status();
    (
        status,
        to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec(),
        after.unwrap_or_default(),
    )
}

/// B13 (part), S2 (part), S15: a standby is read from and takes nothing; when it takes over without the last
/// positions, the running server decides nothing over it, a started one refuses, and after `--accept`
/// the desk brings back what the standby lacked.
#[tokio::test]
async fn a_standby_serves_readers_and_a_lossy_fail_over_is_noticed_and_healed() {
    let dir = folder();
    let primary = Cluster::primary(dir.path());
    let mut w = World::new();
    let env = w.env.clone();
    let (state, copy) = (w.dir.path().join("state"), w.dir.path().join("copy"));
    let first =
        Site::on_postgres(Address::parse(&primary.url(), None).unwrap(), state.clone(), None);
    first.create(&env, "akmola", name(), &[]).unwrap();
    w.region = first.open(env.clone()).unwrap();
    w.region.add_station("07", name()).unwrap();
    let mut desk = w.desk_with("07", Role::Officer, &[]).await;
    let mut all = Vec::new();
    work(&mut desk, 2).await;
    let standby = Cluster::standby_of(dir.path(), &primary);
    standby.wait_for(3);

    // The standby: not for writing, whoever asks plainly; read when told so.
    for entry in ["region.key", "epoch", "tls/ca.pem", "tls/ca.key"] {
        let to = copy.join(entry);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(state.join(entry), to).unwrap();
    }
    let there = Site::on_postgres(Address::parse(&standby.url(), None).unwrap(), copy, None);
    let said = there.open(env.clone()).err();
    assert!(
        matches!(&said, Some(OpenError::Store(StoreError::Unfit(why))) if why.contains("standby")),
        "{said:?}"
    );
    let reading = there.open_to_read(env.clone()).unwrap();
    let path = format!("/v1/feeds/station:07?after=0&epoch={}", desk.epoch);
    let (status, page, _) = call(&reading, &desk, &path, vec![]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(frame::decode::<esik_wire::FeedPage>(&page).unwrap().entries.len(), 3);
    let hello = frame::encode(&desk.hello_request(0)).unwrap();
    let (status, answer, _) = call(&reading, &desk, "/v1/hello", hello).await;
    assert_eq!(status, StatusCode::OK);
    let hello: HelloResponse = frame::decode(&answer).unwrap();
    assert_eq!((hello.acked, hello.leases.len()), (desk.head, 0));
    let push = frame::encode(&desk.segment_of(1, vec![])).unwrap();
    let (status, _, after) = call(&reading, &desk, "/v1/push", push).await;
    assert_eq!((status, after.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "60"));
    let portal = Request::get("/portal/sign-in").body(Body::empty()).unwrap();
    let portal = router(Arc::clone(&reading)).oneshot(portal).await.unwrap();
    assert_eq!(portal.status(), StatusCode::OK, "its pages are there");
    // Asked by a form, and yet it only reads.
    let form = (axum::http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let status = Request::post("/s").header(form.0, form.1).body(Body::from("number=1&code=2"));
    let status = router(Arc::clone(&reading)).oneshot(status.unwrap()).await.unwrap();
    assert_eq!(status.status(), StatusCode::NOT_FOUND, "the applicant's page answers");
    drop(reading);

    // A server that knows both places goes on; the standby is cut off while the primary works on.
    let both = format!(
        "postgres://esik@127.0.0.1:{},127.0.0.1:{}/esik?target_session_attrs=read-write",
        primary.port, standby.port
    );
    w.region = Arc::clone(&World::new().region);
    desk.handle.region = Arc::clone(&w.region);
    let site = Site::on_postgres(Address::parse(&both, None).unwrap(), state, None);
    drop(first);
    let region = site.open(env.clone()).unwrap();
    desk.handle.region = Arc::clone(&region);
    standby.stop("fast");
    for _ in 0..2 {
        let case = CaseId(fresh());
        desk.say(case, &visit(), "open");
        all.extend(desk.unsent.clone());
        desk.push().await.unwrap();
    }
    assert_eq!(region.store().head().unwrap().0, 5);
    primary.stop("immediate");
    standby.start();
    standby.promote();

    // Nobody told the server. It notices: what it saw is not there.
    desk.say(CaseId(fresh()), &visit(), "open");
    all.extend(desk.unsent.clone());
    let start = Instant::now();
    loop {
        let said = desk.handle.push(desk.segment()).await;
        assert!(
            matches!(&said, Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::Busy),
            "{said:?}"
        );
        if region.store().head().is_ok() {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(30));
    }
    assert_eq!(region.store().head().unwrap().0, 3, "two positions are lost");
    let said = desk.handle.push(desk.segment()).await;
    assert!(matches!(said, Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::Busy));
    assert_eq!(region.store().head().unwrap().0, 3, "and nothing is decided in their place");
    assert!(matches!(site.remember(&region), Err(OpenError::Older { database: 3, file: 5 })));
    desk.handle.region = Arc::clone(&w.region);
    drop(region);
    assert!(matches!(site.open(env.clone()), Err(OpenError::Older { database: 3, file: 5 })));

    // Accepted: the desk brings the rest.
    desk.epoch = site.accept_restore(env.clone()).unwrap();
    let region = site.open(env).unwrap();
    desk.handle.region = Arc::clone(&region);
    let hello = desk.hello(60).await.unwrap();
    assert_eq!(hello.acked.seq, 3);
    let answer = desk.handle.push(desk.segment_of(4, all)).await.unwrap();
    assert_eq!((answer.acked, region.store().head().unwrap().0), (desk.head, 6));
}
