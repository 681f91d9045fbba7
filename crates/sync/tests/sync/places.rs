//! Several clients of one desk have two places together.

use crate::desk::Desk;
use crate::tls_server::{Ca, client, serve};
use axum::Router;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_sync::Places;
use esik_wire::{FeedPage, FeedRequest, SyncApi as _, frame};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Calls under way, and the most there ever were.
#[derive(Default)]
struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// One call; also one that was broken off ends.
struct Call(Arc<Seen>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A region that answers after a moment, and lets whoever listens wait.
fn region(seen: Arc<Seen>) -> Router {
    let answer = move |Query(asked): Query<HashMap<String, String>>| {
        let seen = Arc::clone(&seen);
        async move {
            let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
            seen.most.fetch_max(now, Ordering::SeqCst);
            let call = Call(seen);
            let wait_s: u64 = asked.get("wait_s").map_or(0, |s| s.parse().unwrap());
            tokio::time::sleep(Duration::from_millis(20 + wait_s * 1000)).await;
            drop(call);
            let page = frame::encode(&FeedPage::nothing_after(Pos(7))).unwrap();
            let answer: Response =
                ([(header::CONTENT_TYPE, frame::MEDIA_TYPE)], page).into_response();
            answer
        }
    };
    Router::new().fallback(any(answer))
}

/// S29 (part), S27 (part): a bell, a worker and somebody who carries a stick have two calls under way together, and
/// nobody waits for the bell, which only listens.
#[tokio::test(flavor = "multi_thread")]
async fn three_clients_of_a_desk_make_two_calls_at_a_time() {
    let (ca, seen) = (Ca::new("region"), Arc::new(Seen::default()));
    let server = serve(region(Arc::clone(&seen)), ca.honest());
    let desk = Desk::new(1);
    let places = Places::default();
    let one = || client(&server.url, &ca.pem, desk.device(), desk.key()).sharing(&places);
    let listen = |wait_s| FeedRequest {
        scope: Scope::from("station:07"),
        after: Pos(7),
        epoch: "e".to_owned(),
        limit: 1,
        wait_s,
        seen: None,
    };

    // Alone it listens until the region ends it.
    let began = Instant::now();
    assert_eq!(one().feed(listen(1)).await, Ok(FeedPage::nothing_after(Pos(7))));
    assert!(began.elapsed() >= Duration::from_secs(1));

    let bell = one();
    let bell = tokio::spawn(async move {
        loop {
            assert_eq!(bell.feed(listen(600)).await, Ok(FeedPage::nothing_after(Pos(7))));
        }
    });
    let work = [one(), one()].map(|api| {
        tokio::spawn(async move {
            for _ in 0..40 {
                api.case_events(CaseId(uuid::Uuid::nil())).await.unwrap();
            }
        })
    });
    let all = async {
        for each in work {
            each.await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("nobody waits for the bell");
    assert!(!bell.is_finished(), "it listens on");
    bell.abort();
    assert_eq!(seen.most.load(Ordering::SeqCst), 2);
}
