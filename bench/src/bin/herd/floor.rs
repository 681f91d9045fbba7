//! The floor: the rows that the region wrote, written and read again by the bare engine.

use crate::place::Place;
use esik_bench::bare::{self, Rows};
use esik_bench::{cpu, percentile};
use rusqlite::Connection;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

/// Tables the region writes for pushed events.
const WRITTEN: [&str; 6] = ["event", "device_log", "device_head", "feed", "request", "region_head"];

/// What the bare engine needed.
pub struct Floor {
    pub cpu_s: f64,
    /// The moment, in milliseconds from the start, at which 99 of a hundred desks would have been served, one
    /// after the other.
    pub p99_ms: f64,
}

/// By bare SQLite: one transaction a desk, then its station's feed.
pub fn sqlite(place: &Place, path: &Path, desks: usize) -> Floor {
    let from = Connection::open(place.path()).unwrap();
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
    let (before, start) = (cpu(), Instant::now());
    let mut served = Vec::new();
    for n in 0..desks {
        let tx = to.unchecked_transaction().unwrap();
        for rows in &tables {
            rows.insert(&tx, rows.part(n, desks));
        }
        tx.commit().unwrap();
        served.push(start.elapsed().as_secs_f64() * 1e3);
    }
    for n in 0..desks {
        let mut statement = to
            .prepare_cached(
                "SELECT e.bytes, e.sig FROM feed f JOIN event e
                   ON e.region_id = f.region_id AND e.pos = f.pos
                 WHERE f.scope = ?1 ORDER BY f.pos",
            )
            .unwrap();
        let mut rows = statement.query([&scopes[n % scopes.len()]]).unwrap();
        let mut bytes = 0;
        while let Some(row) = rows.next().unwrap() {
            bytes += row.get_ref(0).unwrap().as_str().unwrap().len();
            bytes += row.get_ref(1).unwrap().as_str().unwrap().len();
        }
        assert!(bytes > 0);
    }
    Floor { cpu_s: (cpu() - before).as_secs_f64(), p99_ms: percentile(&served, 99.0) }
}

/// By PostgreSQL over one connection: multi-row inserts, one transaction a desk, then its station's feed.
/// CPU is that of all processes of the database's server.
pub async fn postgres(place: &Place, desks: usize) -> Floor {
    let mut parts: Vec<String> = vec!["BEGIN;".to_owned(); desks];
    for table in WRITTEN {
        let shape = format!("CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)");
        place.sql(&shape).await;
        let rows = place.sql(&format!("SELECT * FROM {table}")).await;
        for (n, part) in parts.iter_mut().enumerate() {
            let mine = &rows[rows.len() * n / desks..rows.len() * (n + 1) / desks];
            for (i, row) in mine.iter().enumerate() {
                let lead = if i == 0 {
                    format!("INSERT INTO bare_{table} VALUES (")
                } else {
                    ",(".to_owned()
                };
                part.push_str(&lead);
                for column in 0..row.len() {
                    let comma = if column == 0 { "" } else { "," };
                    match row.get(column) {
                        None => write!(part, "{comma}NULL").unwrap(),
                        Some(v) => write!(part, "{comma}'{}'", v.replace('\'', "''")).unwrap(),
                    }
                }
                part.push(')');
            }
            if !mine.is_empty() {
                part.push(';');
            }
        }
    }
    let scopes = place.sql("SELECT DISTINCT scope FROM feed").await;
    let (before, start) = (place.database_cpu(), Instant::now());
    let mut served = Vec::new();
    let mut line = place.line().await;
    for part in &parts {
        line.run(&format!("{part} COMMIT")).await;
        served.push(start.elapsed().as_secs_f64() * 1e3);
    }
    for n in 0..desks {
        let scope = crate::place::text(&scopes[n % scopes.len()], 0);
        let read = format!(
            "SELECT e.bytes, e.sig FROM bare_feed f JOIN bare_event e
               ON e.region_id = f.region_id AND e.pos = f.pos WHERE f.scope = '{scope}' ORDER BY f.pos"
        );
        assert!(line.run(&read).await > 0);
    }
    // Before the connection ends: a process that is ending is counted nowhere.
    let cpu_s = (place.database_cpu() - before).as_secs_f64();
    drop(line);
    Floor { cpu_s, p99_ms: percentile(&served, 99.0) }
}
