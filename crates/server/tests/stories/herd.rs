//! The evening herd over the real line: more desks than there is room for, each of them the shipped client, which comes
//! back when it was told.

use crate::common::{Desk, World, fresh, note, served, visit};
use axum::body::{Body as HttpBody, to_bytes};
use axum::http::{Request, StatusCode};
use esik_domain::ids::{CaseId, Pos};
use esik_server::router;
use esik_server::turns::House;
use esik_sync::HttpRegion;
use esik_sync::retry::busy_pause;
use esik_wire::{
    ApiError, ApiErrorCode, FeedPage, FeedRequest, PushResponse, SyncApi as _, SyncFailure,
    Verdict, frame, request,
};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt as _;

const DESKS: usize = 40;
const EVENTS: usize = 12;

/// The desk's own client.
fn line(desk: &Desk, url: &str, ca: &str) -> HttpRegion {
    let next = AtomicU64::new(1);
    let nonce = move || u128::from(next.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
    HttpRegion::new(url, ca, desk.device, desk.key.clone(), Arc::new(nonce)).unwrap()
}

/// What the region tells Prometheus of this.
async fn metric(w: &World, name: &str) -> u64 {
    let ask = Request::get("/metrics").body(HttpBody::empty()).unwrap();
    let answer = router(Arc::clone(&w.region)).oneshot(ask).await.unwrap();
    let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec();
    let text = String::from_utf8(text).unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap().parse().unwrap()
}

/// Sends as the planner does; how often it was told to come back, and the last answer.
async fn push(api: &HttpRegion, desk: &Desk) -> (usize, PushResponse) {
    let mut told = 0;
    loop {
        match api.push(desk.segment()).await {
            Ok(answer) => return (told, answer),
            Err(SyncFailure::Refused(e)) => {
                assert_eq!(e.code, ApiErrorCode::Busy);
                assert!(e.retry_after_s.is_some(), "busy until nobody knows when");
                told += 1;
                tokio::time::sleep(busy_pause(e.retry_after_s, 0.5)).await;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// S30, B20 (part): forty desks at once in a house for five; every desk is served, most after they were told when to
/// come back, no other failure is seen, and the order holds each event once.
/// T37.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_herd_is_served_though_the_house_is_full() {
    let w = World::new();
    w.region.house(House { at_once: 1, waiting: 2, ..House::default() });
    let mut desks = Vec::new();
    for _ in 0..DESKS {
        let mut desk = w.desk("07").await;
        let case = CaseId(fresh());
        desk.say(case, &visit(), "open");
        for n in 1..EVENTS {
            desk.say(case, &note(&format!("{n}")), "open");
        }
        desks.push(desk);
    }
    let (running, url, ca) = served(&w).await;
    let all: Vec<_> = desks
        .into_iter()
        .map(|desk| {
            let api = line(&desk, &url, &ca);
            tokio::spawn(async move {
                let (told, answer) = push(&api, &desk).await;
                (desk, told, answer)
            })
        })
        .collect();
    let (mut told, mut places, mut ids) = (0, BTreeSet::new(), HashSet::new());
    for task in all {
        let (desk, times, answer) = task.await.unwrap();
        assert_eq!(answer.acked, desk.head);
        told += times;
        for v in &answer.verdicts {
            let Verdict::Accepted { pos, .. } = v.verdict else { panic!("{v:?}") };
            assert!(places.insert(pos), "{pos:?} was given twice");
            assert!(ids.insert(v.id.unwrap()));
        }
    }
    running.kill().await;
    let events = (DESKS * EVENTS) as u64;
    assert_eq!(places, (1..=events).map(Pos).collect(), "no hole and nothing beyond");
    assert_eq!(w.region.store().counts().unwrap().events, events);
    assert!(told > 0, "the house was never full");
    let counted = metric(&w, "esik_full_total{room=\"pushes\"}").await;
    assert_eq!(counted, told as u64, "each refusal is counted");
}

/// S14 (part), S30 (part): a full page that was kept for the next desk of the station is the page, and is kept from
/// everybody else.
#[tokio::test]
async fn a_kept_page_is_given_to_those_alone_who_may_read_it() {
    let w = World::new();
    let (mut a, b, far) = (w.desk("07").await, w.desk("07").await, w.desk("08").await);
    let case = CaseId(fresh());
    for n in 0..5 {
        a.say(case, &if n == 0 { visit() } else { note(&format!("{n}")) }, "open");
    }
    a.push().await.unwrap();
    let r = FeedRequest {
        scope: a.station_scope(),
        after: Pos(0),
        epoch: a.epoch.clone(),
        limit: 2,
        wait_s: 0,
        seen: None,
    };
    let sent = |device, r: FeedRequest| w.region.feed_sent(device, r);
    let first = sent(a.device, r.clone()).await.unwrap();
    let again = sent(b.device, r.clone()).await.unwrap();
    let page: FeedPage = frame::decode(&again).unwrap();
    assert_eq!((page.entries.len(), page.next, page.more), (2, Pos(2), true));
    assert_eq!(first.as_ptr(), again.as_ptr(), "it is the page that was kept");
    assert_eq!(page, b.handle.feed(r.clone()).await.unwrap());
    let code = |e: ApiError| e.code;
    assert_eq!(sent(far.device, r.clone()).await.map_err(code), Err(ApiErrorCode::NotFound));
    let other = FeedRequest { epoch: "another".to_owned(), ..r.clone() };
    assert_eq!(sent(b.device, other).await.map_err(code), Err(ApiErrorCode::HistoryDiverged));
    assert!(w.region.store().revoke_device(b.device).unwrap());
    assert_eq!(sent(b.device, r.clone()).await.map_err(code), Err(ApiErrorCode::Unauthorised));
    // The last page is none of them: what is saved next is in it.
    let last = FeedRequest { after: Pos(4), ..r };
    let page = |bytes: bytes::Bytes| frame::decode::<FeedPage>(&bytes).unwrap().entries.len();
    assert_eq!(page(sent(a.device, last.clone()).await.unwrap()), 1);
    a.say(case, &note("6"), "open");
    a.push().await.unwrap();
    assert_eq!(page(sent(a.device, last).await.unwrap()), 2);
}

/// S30 (part): desks that listen for news send nothing, and take no room from those who send: there are as many of them
/// as desks, all day. Nor does one that sends something along with what it asks, which nobody reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_listens_takes_no_room_for_bodies() {
    const LISTEN: usize = 12;
    let w = World::new();
    // Room for one segment at most.
    w.region.house(House { bodies_kib: 1024, ..House::default() });
    let mut desk = w.desk("07").await;
    let (running, url, ca) = served(&w).await;
    let listen = FeedRequest {
        scope: desk.station_scope(),
        after: Pos(0),
        epoch: desk.epoch.clone(),
        limit: 10,
        wait_s: 20,
        seen: None,
    };
    let mut listening: Vec<_> = (0..LISTEN)
        .map(|_| {
            let (api, listen) = (line(&desk, &url, &ca), listen.clone());
            tokio::spawn(async move { api.feed(listen).await })
        })
        .collect();
    // One of them with a megabyte along.
    let query =
        format!("/v1/feeds/{}?after=0&epoch={}&limit=10&wait_s=20", listen.scope.0, listen.epoch);
    let (along, nonce) = (vec![b'x'; 1 << 20], "00112233445566778899aabbccddeeff");
    let rude = Request::get(&query)
        .header(request::DEVICE_HEADER, desk.device.to_string())
        .header(request::NONCE_HEADER, nonce)
        .header(request::SIGNATURE_HEADER, request::sign(&desk.key, "GET", &query, &along, nonce))
        .header("content-length", along.len())
        .body(HttpBody::from(along))
        .unwrap();
    let rude = tokio::spawn(router(Arc::clone(&w.region)).oneshot(rude));
    while w.region.listening() < LISTEN + 1 {
        let refused = listening.iter().any(tokio::task::JoinHandle::is_finished);
        assert!(!refused && !rude.is_finished(), "who asks for news was sent away");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    // What another station pushes wakes nobody here: no feed is read.
    let read = || metric(&w, "esik_feed_pages_total");
    let mut before = read().await;
    // Who listens has read its page by now, but for one that is counted a moment later.
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let now = read().await;
        if std::mem::replace(&mut before, now) == now {
            break;
        }
    }
    let mut far = w.desk("08").await;
    far.say(CaseId(fresh()), &visit(), "open");
    far.push().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(read().await, before);
    desk.say(CaseId(fresh()), &visit(), "open");
    let answer = line(&desk, &url, &ca).push(desk.segment()).await.unwrap();
    assert_eq!(answer.acked, desk.head);
    for one in listening.drain(..) {
        assert_eq!(one.await.unwrap().unwrap().entries.len(), 1, "the news woke it");
    }
    assert_eq!(rude.await.unwrap().unwrap().status(), StatusCode::OK);
    running.kill().await;
}

/// S30 (part): beyond the room for bodies one is told to come back before a byte of it is read.
#[tokio::test]
async fn bodies_take_no_more_memory_than_was_set_aside() {
    let w = World::new();
    let desk = w.desk("07").await;
    w.region.house(House { bodies_kib: 2048, ..House::default() });
    let ask = |bytes: usize, body: HttpBody| {
        let request = Request::post("/v1/push")
            .header(request::DEVICE_HEADER, desk.device.to_string())
            .header("content-length", bytes)
            .body(body)
            .unwrap();
        router(Arc::clone(&w.region)).oneshot(request)
    };
    let never = || {
        HttpBody::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>())
    };
    // Two desks say a megabyte and send nothing.
    let slow = [tokio::spawn(ask(1 << 20, never())), tokio::spawn(ask(1 << 20, never()))];
    let mut tries = 0;
    let answer = loop {
        // The two have to be there first.
        tokio::task::yield_now().await;
        tries += 1;
        assert!(tries < 1000, "there is room without end");
        let small = frame::encode(&desk.segment()).unwrap();
        let answer = ask(small.len(), HttpBody::from(small)).await.unwrap();
        if answer.status() != StatusCode::UNAUTHORIZED {
            break answer;
        }
    };
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    // The body that was not asked for is not waited for.
    assert_eq!(ask(1, never()).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    for one in slow {
        one.abort();
        assert!(one.await.unwrap_err().is_cancelled());
    }
    // There is room again: it is looked at, and has no signature.
    let answer = ask(1, HttpBody::from("x")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

/// S30 (part): who is told to come back later than a tenth of a second after he came is counted, whatever took so long; the
/// test of a full house above counts those who are told so.
#[tokio::test]
async fn a_full_house_that_is_slow_to_say_so_is_counted() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    desk.say(CaseId(fresh()), &visit(), "open");
    w.region.house(House { of_one: 0, ..House::default() });
    let body = frame::encode(&desk.segment()).unwrap();
    let nonce = "00112233445566778899aabbccddeeff";
    let sign = request::sign(&desk.key, "POST", "/v1/push", &body, nonce);
    let late = futures_util::stream::once(async move {
        tokio::time::sleep(std::time::Duration::from_millis(101)).await;
        Ok::<_, std::io::Error>(body)
    });
    let push = Request::post("/v1/push")
        .header(request::DEVICE_HEADER, desk.device.to_string())
        .header(request::NONCE_HEADER, nonce)
        .header(request::SIGNATURE_HEADER, sign)
        .body(HttpBody::from_stream(late))
        .unwrap();
    let answer = router(Arc::clone(&w.region)).oneshot(push).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(metric(&w, "esik_full_total{room=\"pushes\"}").await, 1);
    assert_eq!(metric(&w, "esik_full_late_total").await, 1);
}
