//! P7: what a new event costs a region that holds millions, against an empty one.

use crate::place::Place;
use crate::{CASES, joined, push_all};
use esik_bench::{Report, median, option, words};
use rusqlite::Connection;
use std::path::Path;
use std::time::Instant;

/// Server's CPU µs per event of a herd that comes to this place.
async fn herd(place: &Place, desks: usize, cases: &[serde_json::Value]) -> f64 {
    let mut server = None;
    let all = joined(place, &mut server, desks, cases).await;
    let server = server.unwrap();
    let events: usize = all.iter().map(crate::Client::events).sum();
    let before = server.cpu();
    push_all(all).await;
    let used = (server.cpu() - before).as_secs_f64() * 1e6 / events as f64;
    server.stop();
    used
}

pub async fn measure() {
    let (stored, desks) = (option("stored", 10_000_000), option("clients", 50) as usize);
    let rounds = option("rounds", 3) as usize;
    let cases = words::cases((desks * CASES * (rounds + 1)) as u64, 41);
    let of_round = |n: usize| &cases[n * desks * CASES..(n + 1) * desks * CASES];
    let dir =
        tempfile::tempdir_in(std::env::var("ESIK_BENCH_DIR").unwrap_or(".".to_owned())).unwrap();
    let full = Place::file(dir.path());
    full.found();
    herd(&full, desks, of_round(rounds)).await;
    let start = Instant::now();
    let held = fill(&full.path(), stored);
    eprintln!("filled with {held} events in {:.0} s", start.elapsed().as_secs_f64());
    let begin = || {
        let start = Instant::now();
        let server = full.serve();
        let (took, used) = (start.elapsed().as_secs_f64(), server.cpu().as_secs_f64());
        server.stop();
        (took, used)
    };
    // The copied events have no tree yet, as in a region that was moved.
    let (first, again) = (begin(), begin());
    let start = Instant::now();
    read_hashes(&full.path());
    let floor = start.elapsed().as_secs_f64();
    let (mut empty_us, mut full_us) = (Vec::new(), Vec::new());
    for n in 0..rounds {
        let dir = tempfile::tempdir().unwrap();
        let empty = Place::file(dir.path());
        empty.found();
        empty_us.push(herd(&empty, desks, of_round(n)).await);
        full_us.push(herd(&full, desks, of_round(n)).await);
    }
    let mut report = Report::default();
    report.put("events stored", held);
    report.put("GB on disk", std::fs::metadata(full.path()).unwrap().len() as f64 / 1e9);
    report.put("seconds until it listens, its tree to be made", first.0);
    report.put("CPU seconds of that", first.1);
    report.put("seconds until it listens again", again.0);
    report.put("seconds to read all hashes in order (floor)", floor);
    report.put("ratio of the first start", first.0 / floor);
    report.put("desks", desks as u64);
    report.put("server CPU µs per event, empty region", median(&empty_us));
    report.put("server CPU µs per event, full region", median(&full_us));
    report.put("ratio (P7 ≤ 1.15)", median(&full_us) / median(&empty_us));
    report.tell("herd: what is stored already");
}

/// What the tree is made of, read with the engine and nothing else.
fn read_hashes(file: &Path) {
    let conn = Connection::open(file).unwrap();
    let mut all = conn.prepare("SELECT hash, recorded_at FROM event ORDER BY pos").unwrap();
    let mut rows = all.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        std::hint::black_box(row.get_ref(0).unwrap());
    }
}

/// Copies what the first herd left, under other ids and positions, until there are so many events.
fn fill(file: &Path, until: u64) -> u64 {
    let conn = Connection::open(file).unwrap();
    // Nobody else has it, and what a power cut would leave is thrown away.
    conn.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         PRAGMA cache_size = -4000000;",
    )
    .unwrap();
    let one = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap().unsigned_abs();
    let had = one("SELECT max(pos) FROM event");
    let times = until.div_ceil(had);
    for n in 1..times {
        // The first eight letters of an id are its moment: every copy comes from a later one.
        let tx = conn.unchecked_transaction().unwrap();
        let moment = format!("{:08x}", 0x8000_0000_u64 + n);
        let by = n * had;
        let (columns, last) = ("region_id", format!("pos <= {had}"));
        tx.execute_batch(&format!(
            "INSERT INTO event SELECT {columns}, pos + {by}, '{moment}' || substr(event_id, 9),
               '{moment}' || substr(case_id, 9), kind, bytes, sig, hash, recorded_at
               FROM event WHERE {last};
             INSERT INTO feed SELECT {columns}, scope, pos + {by} FROM feed WHERE {last};
             INSERT INTO device_log SELECT {columns}, '{moment}' || substr(device_id, 9), incarnation, seq,
               hash, '{moment}' || substr(event_id, 9), pos + {by}, rejected, code, bytes, sig, recorded_at
               FROM device_log WHERE {last};"
        ))
        .unwrap();
        tx.commit().unwrap();
    }
    conn.execute("UPDATE region_head SET pos = (SELECT max(pos) FROM event)", []).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA locking_mode = NORMAL;").unwrap();
    one("SELECT pos FROM region_head")
}
