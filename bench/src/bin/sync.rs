//! P2: the region's CPU per event, push and pull, against the same rows written and read by bare SQLite.
//!
//! `bench-sync [--clients 50] [--rounds 5]`: each client pushes 40 new cases (240 events) at once with
//! all others, then pulls what its station's other desk pushed. `esik-server` runs in its own process.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "never shipped: a bench that cannot go on stops"
)]

use chrono::{TimeZone as _, Utc};
use ed25519_dalek::SigningKey;
use esik_bench::bare::{self, Rows};
use esik_bench::words::{self, text};
use esik_bench::{Report, beside, cpu, cpu_of, median, option, peak_rss_mib, percentile};
use esik_domain::event::{
    Address, Body, CaseOpened, Channel, Disclosed, ENVELOPE_VERSION, Envelope, IssueAdded, Leaving,
    Party, PartyAdded, ReferralDrafted, ReferralSent, Role, VisitNoted,
};
use esik_domain::ids::{
    AgencyCode, CaseId, CategoryCode, Circle, DeviceId, DeviceSeq, EventId, IssueId, OfficerId,
    PartyId, Pos, ReferralId, Scope, StationId,
};
use esik_server::site::Site;
use esik_server::{Env, Region};
use esik_sync::http::{HttpRegion, Patience};
use esik_wire::signed::{key_text, sign_head};
use esik_wire::{
    EnrollRequest, EventHash, FeedRequest, Head, HelloRequest, LocalName, OfficerCard, Segment,
    SignedEvent, SyncApi as _, Verdict, ZERO_HASH,
};
use rusqlite::Connection;
use serde_json::{Map, Value};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Barrier;
use uuid::Uuid;

/// New cases of a client in one round.
const CASES: usize = 40;
/// Tables the region writes for pushed events.
const WRITTEN: [&str; 6] = ["event", "device_log", "device_head", "feed", "request", "region_head"];

struct Client {
    device: DeviceId,
    device_key: SigningKey,
    officer: OfficerCard,
    officer_key: SigningKey,
    station: StationId,
    api: HttpRegion,
    epoch: String,
    segment: Segment,
}

struct Outcome {
    server_us: f64,
    floor_us: f64,
    events_per_s: f64,
    push_ms: Vec<f64>,
    rss: f64,
    pulled: usize,
}

fn main() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (clients, rounds) = (option("clients", 50) as usize, option("rounds", 5));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cases = words::cases((clients * CASES) as u64, 31);
    let outcomes: Vec<Outcome> =
        (0..rounds).map(|_| runtime.block_on(round(clients, &cases))).collect();
    let of = |f: fn(&Outcome) -> f64| median(&outcomes.iter().map(f).collect::<Vec<_>>());
    let pushes: Vec<f64> = outcomes.iter().flat_map(|o| o.push_ms.clone()).collect();
    let mut report = Report::default();
    report.put("clients", clients as u64);
    report.put("events pushed per round", (clients * CASES * 6) as u64);
    report.put("entries pulled per round", outcomes[0].pulled as u64);
    report.put("server CPU µs per event, push + pull", of(|o| o.server_us));
    report.put("floor: the same rows, bare SQLite, CPU µs per event", of(|o| o.floor_us));
    report.put("server / floor (P2 ≤ 1.5)", of(|o| o.server_us / o.floor_us));
    report.put("events per second, push", of(|o| o.events_per_s));
    report.put("push, ms p50", median(&pushes));
    report.put("push, ms p99", percentile(&pushes, 99.0));
    report.put("server peak RSS, MiB (P5 ≤ 64 at 50 clients)", of(|o| o.rss));
    report.tell("sync: herd");
}

async fn round(clients: usize, cases: &[Value]) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("region.db");
    let codes = found(&db, clients);
    let (mut server, address) = serve(&db);
    let url = format!("https://localhost:{}", address.rsplit_once(':').unwrap().1);
    let mut joined = Vec::new();
    for (n, (station, code)) in codes.into_iter().enumerate() {
        joined.push(join(&url, station, &code, &cases[n * CASES..(n + 1) * CASES]).await);
    }
    let before = cpu_of(server.id());
    let gate = Arc::new(Barrier::new(clients));
    let start = Instant::now();
    let pushing: Vec<_> = joined.into_iter().map(|c| tokio::spawn(push(c, gate.clone()))).collect();
    let (mut push_ms, mut joined) = (Vec::new(), Vec::new());
    for task in pushing {
        let (client, ms) = task.await.unwrap();
        push_ms.push(ms);
        joined.push(client);
    }
    let pushed_in = start.elapsed().as_secs_f64();
    let pulling: Vec<_> = joined.into_iter().map(|c| tokio::spawn(pull(c))).collect();
    let mut pulled = 0;
    for task in pulling {
        pulled += task.await.unwrap();
    }
    let used = cpu_of(server.id()) - before;
    let rss = peak_rss_mib(server.id());
    server.kill().unwrap();
    server.wait().unwrap();
    let events = (clients * CASES * 6) as f64;
    Outcome {
        server_us: used.as_secs_f64() * 1e6 / events,
        floor_us: floor(&db, &dir.path().join("floor.db"), clients) * 1e6 / events,
        events_per_s: events / pushed_in,
        push_ms,
        rss,
        pulled,
    }
}

fn env() -> Env {
    Env::new(Utc::now, |bytes| getrandom::fill(bytes).unwrap())
}

/// A region with a station for every two desks, and a code for each desk.
fn found(db: &Path, clients: usize) -> Vec<(StationId, String)> {
    let site = Site::new(db, None);
    let name = |s: &str| LocalName { kk: s.to_owned(), ru: s.to_owned() };
    site.create(&env(), "bench", name("bench"), &["localhost".to_owned()]).unwrap();
    let region: Arc<Region> = site.open(env()).unwrap();
    let fingerprint = site.tls().ca_fingerprint().unwrap();
    (0..clients)
        .map(|n| {
            let station = format!("{:02}", n / 2 + 1);
            region.add_station(&station, name(&station)).unwrap();
            let issued = region.issue_code(&station, 60, &fingerprint).unwrap().unwrap();
            (StationId(station), issued.code)
        })
        .collect()
}

fn serve(db: &Path) -> (Child, String) {
    let mut server = Command::new(beside("esik-server"))
        .args(["--db", &format!("sqlite:{}", db.display()), "--listen", "127.0.0.1:0"])
        .env("ESIK_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let address = told["listening"].as_str().unwrap().to_owned();
    (server, address)
}

fn key() -> SigningKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    SigningKey::from_bytes(&seed)
}

fn nonce() -> esik_sync::http::Nonce {
    Arc::new(|| {
        let mut out = [0; 16];
        getrandom::fill(&mut out).unwrap();
        out
    })
}

async fn join(url: &str, station: StationId, code: &str, cases: &[Value]) -> Client {
    let (device, device_key, officer_key) = (DeviceId(Uuid::now_v7()), key(), key());
    let officer = OfficerCard {
        id: OfficerId(Uuid::now_v7()),
        name: "Bench".to_owned(),
        post: "Bench".to_owned(),
        role: Role::Head,
        station: station.clone(),
        key: key_text(&officer_key.verifying_key()),
        circles: Vec::new(),
        revoked: false,
    };
    let request = EnrollRequest {
        code: String::new(),
        device_id: device,
        incarnation: 1,
        device_key: key_text(&device_key.verifying_key()),
        officers: vec![officer.clone()],
        version: "bench".to_owned(),
    };
    let answer =
        esik_sync::enroll::enroll(url, code, request, &device_key, nonce(), Patience::default())
            .await
            .unwrap();
    let api = HttpRegion::new(url, &answer.ca_pem, device, device_key.clone(), nonce()).unwrap();
    let hello = HelloRequest {
        protocol_min: 1,
        protocol_max: 1,
        device_id: device,
        incarnation: 1,
        head: Head::default(),
        known: None,
        device_time: Utc::now(),
        unsent: 240,
        officers: vec![officer.clone()],
        numbers_left: 100,
        version: "bench".to_owned(),
        tree: None,
    };
    let epoch = api.hello(hello).await.unwrap().epoch;
    let segment = Segment {
        device_id: device,
        incarnation: 1,
        epoch: epoch.clone(),
        first_seq: 1,
        events: Vec::new(),
        head: EventHash([0; 32]),
        head_sig: String::new(),
    };
    let mut client =
        Client { device, device_key, officer, officer_key, station, api, epoch, segment };
    client.write(cases);
    client
}

impl Client {
    /// 40 cases of six events, chained and signed as a desk does.
    fn write(&mut self, cases: &[Value]) {
        let mut prev = ZERO_HASH;
        for (n, case) in cases.iter().enumerate() {
            let case_id = CaseId(Uuid::now_v7());
            for body in bodies(case, n) {
                let envelope = Envelope {
                    v: ENVELOPE_VERSION,
                    id: EventId(Uuid::now_v7()),
                    case_id,
                    device_id: self.device,
                    incarnation: 1,
                    device_seq: DeviceSeq(self.segment.events.len() as u64 + 1),
                    prev: prev.hex(),
                    actor_id: self.officer.id,
                    role: Role::Head,
                    station_id: self.station.clone(),
                    kind: body.kind().to_owned(),
                    version: 1,
                    critical: body.critical(),
                    occurred_at: Utc.timestamp_millis_opt(Utc::now().timestamp_millis()).unwrap(),
                    clock: None,
                    base: None,
                    circle: Circle::open(),
                    on_behalf: None,
                    body: body.to_value().unwrap(),
                };
                let signed = SignedEvent::sign(&envelope, &self.officer_key).unwrap();
                prev = signed.hash();
                self.segment.events.push(signed);
            }
        }
        self.segment.head = prev;
        self.segment.head_sig = sign_head(&self.device_key, &prev);
    }
}

fn bodies(case: &Value, n: usize) -> Vec<Body> {
    let more = Map::new;
    let narrative = text(case, "/narrative").to_owned();
    let referral_id = ReferralId(Uuid::now_v7());
    vec![
        Body::VisitNoted(VisitNoted {
            channel: Channel::FrontOffice,
            language: "ru".to_owned(),
            circumstances: Vec::new(),
            minutes: Some(7),
            more: more(),
        }),
        Body::CaseOpened(CaseOpened {
            number: format!("{}-{n}", text(case, "/number")),
            title: narrative.chars().take(60).collect(),
            narrative: narrative.clone(),
            address: Some(Address {
                text: text(case, "/address/text").to_owned(),
                ..Address::default()
            }),
            appeal_kind: "message".to_owned(),
            ext_number: None,
            legal_due: None,
            calendar: String::new(),
            more: more(),
        }),
        Body::IssueAdded(IssueAdded {
            issue_id: IssueId(Uuid::now_v7()),
            category: CategoryCode::from("ZKH-01"),
            text: String::new(),
            more: more(),
        }),
        Body::PartyAdded(PartyAdded {
            party_id: PartyId(Uuid::now_v7()),
            party: Party {
                surname: text(case, "/parties/0/surname").to_owned(),
                given: text(case, "/parties/0/given").to_owned(),
                phone: text(case, "/parties/0/phone").to_owned(),
                ..Party::default()
            },
            more: more(),
        }),
        Body::ReferralDrafted(ReferralDrafted {
            referral_id,
            agency: AgencyCode::from("E-HEA"),
            text: narrative.chars().take(160).collect(),
            category: Some(CategoryCode::from("ZKH-01")),
            disclosed: Disclosed::default(),
            answer_due: None,
            ack_wd: 1,
            leaves: vec![Leaving {
                field: "number".to_owned(),
                value: text(case, "/number").to_owned(),
            }],
            replaces: None,
            redirect: None,
            basis: None,
            copy_of: None,
            files: Vec::new(),
            more: more(),
        }),
        Body::ReferralSent(ReferralSent { referral_id, decision: None, more: more() }),
    ]
}

async fn push(client: Client, gate: Arc<Barrier>) -> (Client, f64) {
    gate.wait().await;
    let start = Instant::now();
    let answer = loop {
        match client.api.push(client.segment.clone()).await {
            Ok(answer) => break answer,
            // Told to come back: the wait counts.
            Err(esik_wire::SyncFailure::Refused(e)) if e.retry_after_s.is_some() => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            Err(e) => panic!("push: {e}"),
        }
    };
    let ms = start.elapsed().as_secs_f64() * 1e3;
    for v in &answer.verdicts {
        assert!(matches!(v.verdict, Verdict::Accepted { .. }), "{v:?}");
    }
    assert_eq!(answer.verdicts.len(), client.segment.events.len());
    (client, ms)
}

async fn pull(client: Client) -> usize {
    let (mut after, mut count) = (Pos(0), 0);
    loop {
        let page = client
            .api
            .feed(FeedRequest {
                scope: Scope::station(&client.station),
                after,
                epoch: client.epoch.clone(),
                limit: 500,
                wait_s: 0,
            })
            .await
            .unwrap();
        count += page.entries.len();
        after = page.next;
        if !page.more {
            return count;
        }
    }
}

/// CPU seconds of the bare engine for the rows the region wrote, and for reading what was pulled.
fn floor(db: &Path, path: &Path, clients: usize) -> f64 {
    let from = Connection::open(db).unwrap();
    let to = bare::plain(path);
    bare::same_shape(&from, &to);
    let tables: Vec<Rows> = WRITTEN.iter().map(|t| bare::rows(&from, t, "")).collect();
    let scopes: Vec<String> = from
        .prepare("SELECT DISTINCT scope FROM feed")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let before = cpu();
    for n in 0..clients {
        let tx = to.unchecked_transaction().unwrap();
        for rows in &tables {
            rows.insert(&tx, rows.part(n, clients));
        }
        tx.commit().unwrap();
    }
    for n in 0..clients {
        let mut statement = to
            .prepare_cached(
                "SELECT e.bytes, e.sig FROM feed f JOIN event e
                   ON e.region_id = f.region_id AND e.pos = f.pos
                 WHERE f.scope = ?1 ORDER BY f.pos",
            )
            .unwrap();
        let scope = &scopes[n % scopes.len()];
        let mut rows = statement.query([scope]).unwrap();
        let mut bytes = 0;
        while let Some(row) = rows.next().unwrap() {
            bytes += row.get_ref(0).unwrap().as_str().unwrap().len();
            bytes += row.get_ref(1).unwrap().as_str().unwrap().len();
        }
        assert!(bytes > 0);
    }
    (cpu() - before).as_secs_f64()
}
