//! The herd: N desks of the shipped client over loopback TLS against the shipped server in a process of its own.
//!
//! * `bench-herd push [--clients 50,300] [--rounds 5] [--engine sqlite|postgres]`: P1, P2, P4, P5, P6, and P7 for the
//!   number of desks. Each desk pushes 40 new cases (240 events) at once with all others, then pulls its station's feed.
//! * `bench-herd offline [--clients 10] [--days 30] [--rounds 3]`: P7 for days without a line.
//! * `bench-herd stored [--stored 10000000] [--clients 50] [--rounds 3]`: P7 for what the region holds already.
//! * `bench-herd download [--cases 100000]`: P8, the first download of a station, applied at a real desk.
//!
//! PostgreSQL is the one `ESIK_TEST_POSTGRES` names (docs/howto/test-with-postgresql.md).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "never shipped: a bench that cannot go on stops"
)]

mod client;
mod download;
mod floor;
mod place;
mod stored;

use client::Client;
use esik_bench::words;
use esik_bench::{Report, argument, asked, median, option, peak_rss_mib, percentile};
use esik_domain::ids::Pos;
use floor::Floor;
use place::{Place, Server};
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Barrier;

/// New cases of a desk in one round, or on one day.
const CASES: usize = 40;
/// Events of a case.
const EVENTS: usize = 6;

/// How the pushes of a herd went.
#[derive(Default)]
struct Pushed {
    ms: Vec<f64>,
    told: usize,
    missed: usize,
    in_s: f64,
}

/// What one round showed.
struct Outcome {
    server_us: f64,
    floor: Floor,
    events: usize,
    events_per_s: f64,
    push_ms: Vec<f64>,
    told: usize,
    missed: usize,
    rss: f64,
    pulled: usize,
    wire: f64,
}

fn main() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if asked("offline") {
        runtime.block_on(offline());
    } else if asked("stored") {
        runtime.block_on(stored::measure());
    } else if asked("download") {
        download::measure(&runtime);
    } else {
        runtime.block_on(herd());
    }
}

/// Desks that joined, with what they have to send.
async fn joined(
    place: &Place,
    server: &mut Option<Server>,
    desks: usize,
    cases: &[Value],
) -> Vec<Client> {
    let codes = place.codes(desks);
    let server = server.insert(place.serve());
    let each = cases.len() / desks;
    let mut all = Vec::new();
    for (n, (station, code)) in codes.into_iter().enumerate() {
        let mine = &cases[n * each..(n + 1) * each];
        all.push(client::join(&server.url, station, &code, mine, CASES).await);
    }
    all
}

/// All push at once; milliseconds of each, and seconds until the last one was served.
/// How often desks were told to come back is counted.
async fn push_all(all: Vec<Client>) -> (Vec<Client>, Pushed) {
    let gate = Arc::new(Barrier::new(all.len()));
    let start = Instant::now();
    let pushing: Vec<_> =
        all.into_iter().map(|c| tokio::spawn(client::push(c, Arc::clone(&gate)))).collect();
    let (mut all, mut pushed) = (Vec::new(), Pushed::default());
    for task in pushing {
        let (client, fared) = task.await.unwrap();
        pushed.ms.push(fared.ms);
        pushed.told += fared.told;
        pushed.missed += fared.missed;
        all.push(client);
    }
    pushed.in_s = start.elapsed().as_secs_f64();
    (all, pushed)
}

async fn round(desks: usize, cases: &[Value], on_postgres: bool) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let place =
        if on_postgres { Place::postgres(dir.path()).await } else { Place::file(dir.path()) };
    place.found();
    let mut server = None;
    let all = joined(&place, &mut server, desks, cases).await;
    let server = server.unwrap();
    let events: usize = all.iter().map(Client::events).sum();
    let wire = all.iter().map(Client::bytes).sum::<usize>() as f64 / events as f64;
    let before = server.cpu();
    let (all, pushed) = push_all(all).await;
    let pulling: Vec<_> = all.into_iter().map(|c| tokio::spawn(client::pull(c, Pos(0)))).collect();
    let mut pulled = 0;
    for task in pulling {
        pulled += task.await.unwrap();
    }
    let used = server.cpu() - before;
    let rss = peak_rss_mib(server.id());
    server.stop();
    let floor = if on_postgres {
        let floor = floor::postgres(&place, desks).await;
        place.remove().await;
        floor
    } else {
        floor::sqlite(&place, &dir.path().join("floor.db"), desks)
    };
    Outcome {
        server_us: used.as_secs_f64() * 1e6 / events as f64,
        floor,
        events,
        events_per_s: events as f64 / pushed.in_s,
        push_ms: pushed.ms,
        told: pushed.told,
        missed: pushed.missed,
        rss,
        pulled,
        wire,
    }
}

async fn herd() {
    let on_postgres = argument("--engine").is_some_and(|e| e == "postgres");
    let sizes: Vec<usize> = argument("--clients")
        .unwrap_or_else(|| "50".to_owned())
        .split(',')
        .map(|n| n.parse().expect("a number of desks"))
        .collect();
    let most = sizes.iter().copied().max().unwrap();
    let cases = words::cases((most * CASES) as u64, 31);
    let mut outcomes: Vec<Vec<Outcome>> = sizes.iter().map(|_| Vec::new()).collect();
    for _ in 0..option("rounds", 5) {
        // Interleaved: what disturbs the machine disturbs all of them.
        for (desks, to) in sizes.iter().zip(&mut outcomes) {
            to.push(round(*desks, &cases[..desks * CASES], on_postgres).await);
        }
    }
    let mut report = Report::default();
    report.put("engine", if on_postgres { "PostgreSQL" } else { "SQLite" });
    let of =
        |all: &[Outcome], f: fn(&Outcome) -> f64| median(&all.iter().map(f).collect::<Vec<_>>());
    for (desks, all) in sizes.iter().zip(&outcomes) {
        let mut put = |name: &str, value: f64| report.put(&format!("{desks} desks: {name}"), value);
        let pushes: Vec<f64> = all.iter().flat_map(|o| o.push_ms.clone()).collect();
        put("events pushed per round", all[0].events as f64);
        put("entries pulled per round", all[0].pulled as f64);
        put("server CPU µs per event, push + pull", of(all, |o| o.server_us));
        put(
            "floor: the same rows, bare engine",
            of(all, |o| o.floor.cpu_s * 1e6 / o.events as f64),
        );
        let ratio = of(all, |o| o.server_us * o.events as f64 / o.floor.cpu_s / 1e6);
        put(
            if on_postgres { "server / floor (P1 ≤ 2.0)" } else { "server / floor (P2 ≤ 1.5)" },
            ratio,
        );
        put("told to come back, per round", of(all, |o| o.told as f64));
        put("no answer in time, per round", of(all, |o| o.missed as f64));
        put("events per second, push", of(all, |o| o.events_per_s));
        put("push, ms p50", median(&pushes));
        put("push, ms p99", percentile(&pushes, 99.0));
        let slowest = of(all, |o| o.push_ms.iter().copied().fold(0.0, f64::max));
        put("slowest desk, ms", slowest);
        put("floor: 99 of 100 desks served, ms", of(all, |o| o.floor.p99_ms));
        let ratio = of(all, |o| o.push_ms.iter().copied().fold(0.0, f64::max) / o.floor.p99_ms);
        put("slowest desk / floor (P4 ≤ 1.5 at 300)", ratio);
        put("server peak RSS, MiB (P5 ≤ 64 at 50, 96 at 300)", of(all, |o| o.rss));
        put("bytes on the wire per event (P6 ≤ 205)", of(all, |o| o.wire));
    }
    if let [few, .., many] = outcomes.as_slice() {
        let ratio = of(many, |o| o.server_us) / of(few, |o| o.server_us);
        report.put("CPU per event, most desks / fewest (P7 ≤ 1.15)", ratio);
    }
    report.tell("herd: push and pull");
}

/// Days without a line against one day: the same desks, thirty times as much to say.
async fn offline() {
    let (desks, days) = (option("clients", 10) as usize, option("days", 30) as usize);
    let cases = words::cases((desks * days * CASES) as u64, 37);
    let mut us: [Vec<f64>; 2] = Default::default();
    let mut minutes = Vec::new();
    for _ in 0..option("rounds", 3) {
        // As many desks on one day as events of thirty: both counts are long enough for the clock of a process.
        for (n, (desks, cases)) in
            [(desks * days, &cases[..]), (desks, &cases[..])].into_iter().enumerate()
        {
            let dir = tempfile::tempdir().unwrap();
            let place = Place::file(dir.path());
            place.found();
            let mut server = None;
            let all = joined(&place, &mut server, desks, cases).await;
            let server = server.unwrap();
            let events: usize = all.iter().map(Client::events).sum();
            let before = server.cpu();
            let (_, pushed) = push_all(all).await;
            us[n].push((server.cpu() - before).as_secs_f64() * 1e6 / events as f64);
            minutes.extend((n == 1).then_some(pushed.in_s));
            server.stop();
        }
    }
    let mut report = Report::default();
    report.put("desks that were offline", desks as u64);
    report.put("days", days as u64);
    report.put("events each has to send", (days * CASES * EVENTS) as u64);
    report.put("server CPU µs per event, one day", median(&us[0]));
    report.put("server CPU µs per event, all the days", median(&us[1]));
    report.put("ratio (P7 ≤ 1.15)", median(&us[1]) / median(&us[0]));
    report.put("all are served after, s", median(&minutes));
    report.tell("herd: days offline");
}
