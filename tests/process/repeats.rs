//! A line that says things again: each request reaches the region one to five times, some of them after later ones,
//! and answers come late and in any order. It ends the TLS of the desk with the region's own certificate.

use crate::{agree, fill};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_server::tls_rustls::RustlsConfig;
use esik_domain::ids::Pos;
use esik_server::{Env, TlsDir};
use esik_wire::{EventVerdict, Head, PushResponse, Segment, Verdict, frame};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use system_tests::dice::{Dice, number, seed};
use system_tests::program::scratch;
use system_tests::region::{Region, visitor};
use system_tests::rpc::{DeskProcess, set_up};
use system_tests::work::{Kind, Work};
use tokio::task::JoinSet;

/// Sessions over such a line in one test run; another number by `ESIK_REPEATS`.
const SESSIONS: u64 = 8;
/// Desks side by side.
const LANES: u64 = 4;
/// Events that wait at the beginning of a session.
const EVENTS: u64 = 50;

/// A request as it came.
#[derive(Clone)]
struct Asked {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

/// How it was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Default)]
struct Counts {
    requests: u64,
    /// Copies that reached the region, and how many of them after a later request.
    copies: u64,
    late: u64,
    /// The furthest sequence of each life of a device, and how many events it sent again.
    furthest: BTreeMap<(String, u32), u64>,
    again: u64,
}

struct Line {
    region: String,
    client: reqwest::Client,
    dice: Mutex<Dice>,
    /// Copies that wait for later requests to go first.
    kept: Mutex<Vec<Asked>>,
    counts: Mutex<Counts>,
    /// The desk is told that its events were taken, and they are thrown away: a check that is not surprised by it
    /// checks nothing.
    lies: Mutex<bool>,
}

/// The line, which lives as long as this.
struct Repeater {
    line: Arc<Line>,
    url: String,
    runtime: tokio::runtime::Runtime,
}

impl Repeater {
    fn to(region: &Region, seed: u64) -> Self {
        let client = visitor(&region.ca());
        let line = Arc::new(Line {
            region: region.url(),
            client,
            dice: Mutex::new(Dice(seed)),
            kept: Mutex::default(),
            counts: Mutex::default(),
            lies: Mutex::new(false),
        });
        let env = Env::new(chrono::Utc::now, |bytes| bytes.fill(7));
        let tls = TlsDir(region.state().join("tls")).server_config(&env).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(relay).with_state(Arc::clone(&line));
        runtime.spawn(async move {
            let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls));
            server.unwrap().serve(app.into_make_service()).await
        });
        Self { line, url, runtime }
    }

    /// Everything that was kept back comes now.
    fn flush(&self) {
        let kept = std::mem::take(&mut *self.line.kept.lock().unwrap());
        self.runtime.block_on(async {
            for asked in kept {
                self.line.pass(&asked).await;
            }
        });
    }
}

impl Line {
    fn below(&self, n: usize) -> usize {
        self.dice.lock().unwrap().below(n)
    }

    async fn pass(&self, asked: &Asked) -> Option<Answer> {
        let mut request = self
            .client
            .request(asked.method.clone(), format!("{}{}", self.region, asked.target))
            .body(asked.body.clone());
        for (name, value) in &asked.headers {
            if ![header::HOST, header::CONTENT_LENGTH, header::CONNECTION].contains(name) {
                request = request.header(name, value);
            }
        }
        self.counts.lock().unwrap().copies += 1;
        let answer = request.send().await.ok()?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::TRANSFER_ENCODING);
        Some(Answer { status, headers, body: answer.bytes().await.ok()? })
    }

    /// What the desk itself sent again, without having been told to.
    fn count(&self, asked: &Asked) -> Option<Segment> {
        let mut counts = self.counts.lock().unwrap();
        counts.requests += 1;
        if asked.target != "/v1/push" {
            return None;
        }
        let segment: Segment = frame::decode(&asked.body).ok()?;
        let life = (segment.device_id.to_string(), segment.incarnation);
        let sent = segment.events.len() as u64;
        let last = (segment.first_seq + sent).saturating_sub(1);
        let before = counts.furthest.get(&life).copied().unwrap_or_default();
        counts.again += sent.min((before + 1).saturating_sub(segment.first_seq));
        counts.furthest.insert(life, before.max(last));
        Some(segment)
    }
}

async fn relay(State(line): State<Arc<Line>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let asked = Asked {
        method: parts.method,
        target,
        headers: parts.headers,
        body: to_bytes(body, 64 << 20).await.unwrap_or_default(),
    };
    let segment = line.count(&asked);
    if let Some(segment) = segment.filter(|_| *line.lies.lock().unwrap()) {
        return lie(&segment);
    }
    // One from before comes after this one, or beside it.
    let late = {
        let mut kept = line.kept.lock().unwrap();
        let which = line.below(kept.len().max(1) * 2);
        (which < kept.len()).then(|| kept.swap_remove(which))
    };
    let mut going = JoinSet::new();
    for _ in 0..=line.below(5) {
        let (line, asked, pause) = (Arc::clone(&line), asked.clone(), line.below(40) as u64);
        going.spawn(async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            line.pass(&asked).await
        });
    }
    if let Some(late) = late {
        let (line, pause) = (Arc::clone(&line), line.below(40) as u64);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            line.counts.lock().unwrap().late += 1;
            line.pass(&late).await;
        });
    }
    if line.below(3) == 0 {
        line.kept.lock().unwrap().push(asked);
    }
    // The desk hears the first while others are on their way, or any of all.
    let all = line.below(2) == 0;
    let mut answers = Vec::new();
    while let Some(done) = going.join_next().await {
        answers.extend(done.ok().flatten());
        let heard = |a: &Answer| a.status != StatusCode::SERVICE_UNAVAILABLE;
        if !all && answers.iter().any(heard) {
            break;
        }
    }
    going.detach_all();
    if answers.iter().any(|a| a.status != StatusCode::SERVICE_UNAVAILABLE) {
        // A region that is asked too much says so to a copy; the desk would only wait.
        answers.retain(|a| a.status != StatusCode::SERVICE_UNAVAILABLE);
    }
    tokio::time::sleep(Duration::from_millis(line.below(60) as u64)).await;
    if answers.is_empty() {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let answer = answers.swap_remove(line.below(answers.len()));
    (answer.status, answer.headers, Body::from(answer.body)).into_response()
}

fn lie(segment: &Segment) -> Response {
    let taken = |(n, event): (usize, &esik_wire::SignedEvent)| EventVerdict {
        id: event.envelope().ok().map(|e| e.id),
        seq: segment.first_seq + n as u64,
        verdict: Verdict::Accepted { pos: Pos(1 + n as u64), recorded_at: chrono::Utc::now() },
    };
    let verdicts: Vec<_> = segment.events.iter().enumerate().map(taken).collect();
    let last = segment.first_seq + verdicts.len() as u64 - 1;
    let said = PushResponse { verdicts, acked: Head { seq: last, hash: segment.head } };
    ([(header::CONTENT_TYPE, frame::MEDIA_TYPE)], frame::encode(&said).unwrap()).into_response()
}

/// S3 (part), S5 (part), S7 (part), T27 (part), B11 (part): whatever comes again, late or in another order, is there once.
#[test]
fn what_is_said_again_and_answered_late_is_there_once() {
    let dir = scratch();
    let (seed, sessions) = (seed(), number("ESIK_REPEATS", SESSIONS));
    let lanes = LANES.min(sessions.max(1));
    let one = |lane: u64| {
        let dir = dir.path().join(format!("{lane}"));
        std::fs::create_dir(&dir).unwrap();
        let mine = (lane..sessions).step_by(usize::try_from(lanes).unwrap()).count();
        let wrong = lane_of(&dir, seed + lane, mine, false);
        wrong.into_iter().map(|w| format!("lane {lane}: {w}")).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let one = &one;
        let hands: Vec<_> = (0..lanes).map(|n| scope.spawn(move || one(n))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

/// The test of the test: a line that says “taken” and throws the events away, to the end. (One that stops lying is found
/// out by the next greeting, and the desk sends everything again.)
#[test]
fn a_line_that_lies_is_caught() {
    let dir = scratch();
    let wrong = lane_of(dir.path(), seed(), 1, true);
    println!("a line that lies: {wrong:?}");
    assert!(!wrong.is_empty());
}

/// Sessions of one desk over such a line; what is wrong at the end.
fn lane_of(dir: &Path, seed: u64, sessions: usize, lies: bool) -> Vec<String> {
    let region = Region::start(&dir.join("region"));
    let repeater = Repeater::to(&region, seed);
    let (a, b) = (dir.join("a"), dir.join("b"));
    // Joining is said again too.
    set_up(&a, "Әлиева", Some((&repeater.url, &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let mut work = Work::new("а", seed, Kind { files: true, crimes: false });
    let mut desk = DeskProcess::start(&a);
    while work.cases() == 0 {
        work.step(&mut desk);
    }
    let case = json!(work.case_ids()[0]);
    let mut wrong = Vec::new();
    let mut again = 0;
    for session in 0..sessions {
        fill(&mut desk, &mut work, &case, EVENTS);
        *repeater.line.lies.lock().unwrap() = lies;
        // A region that was asked too much says when to come back.
        let mut status = desk.ok("sync_now", json!({}));
        for _ in 0..3 {
            if status["unacknowledged"] == 0 {
                break;
            }
            status = desk.ok("sync_now", json!({}));
        }
        if status["unacknowledged"] != 0 {
            wrong.push(format!("session {session}: {status}"));
        }
        let now = repeater.line.counts.lock().unwrap().again;
        let (batch, sent) = (EVENTS + 60, now - again);
        if sent > batch {
            wrong.push(format!("session {session}: {sent} events were sent again"));
        }
        again = now;
    }
    repeater.flush();
    desk.end();
    {
        let c = repeater.line.counts.lock().unwrap();
        println!(
            "soak: {sessions} sessions, {} requests became {}, {} of them late, {} events sent again by the desk",
            c.requests, c.copies, c.late, c.again
        );
        if !lies && (c.copies < c.requests * 2 || c.late == 0) {
            wrong.push(format!("{} requests became {}, {} late", c.requests, c.copies, c.late));
        }
    }
    wrong.extend(agree(dir, &work));
    let told = region.admin(&["region", "show"]);
    if told["pos"] != told["events"] {
        wrong.push(format!("the region's order has a gap or a double: {told}"));
    }
    wrong
}
