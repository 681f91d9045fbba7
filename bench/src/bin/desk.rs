//! L1: a durable save against bare SQLCipher. L4: bulk import against SQLCipher + FTS5 row by row.
//!
//! `bench-desk [save] [import] [--saves N] [--rounds N] [--cases N] [--keep DIR]`; the folder keeps the
//! imported profiles, for `bench-find --profile` and `bench-window --profile`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "never shipped: a bench that cannot go on stops"
)]

use esik_bench::bare::{self, Rows};
use esik_bench::desk::{PASSWORD, ask, form, fresh};
use esik_bench::words::{self, text};
use esik_bench::{
    Report, argument, asked, beside, cpu, cpu_of_children, median, option, percentile,
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    if asked("without-memory-security") {
        return alone();
    }
    let both = !asked("save") && !asked("import");
    if both || asked("save") {
        save();
    }
    if both || asked("import") {
        import();
    }
}

/// Times of one way to save.
#[derive(Default)]
struct Way {
    wall_us: Vec<f64>,
    cpu_us: Vec<f64>,
}

impl Way {
    /// Runs `job` for 0..n; wall time of each, CPU of all.
    fn run(&mut self, n: u64, mut job: impl FnMut(u64)) {
        let before = cpu();
        for i in 0..n {
            let start = Instant::now();
            job(i);
            self.wall_us.push(start.elapsed().as_secs_f64() * 1e6);
        }
        self.cpu_us.push((cpu() - before).as_secs_f64() * 1e6 / n as f64);
    }

    /// The setting is the whole process's: what runs without it runs in a process of its own.
    fn of_child(&mut self, n: u64) {
        let own = std::env::current_exe().unwrap();
        let out = Command::new(own)
            .args(["without-memory-security", "--saves", &n.to_string()])
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&out.stdout).unwrap();
        let list = |name: &str| {
            told[name].as_array().unwrap().iter().filter_map(Value::as_f64).collect::<Vec<_>>()
        };
        self.wall_us.extend(list("wall_us"));
        self.cpu_us.extend(list("cpu_us"));
    }

    fn put(&self, report: &mut Report, name: &str) {
        report.put(&format!("{name}: CPU µs per save (median of rounds)"), median(&self.cpu_us));
        report.put(&format!("{name}: wall µs p50"), median(&self.wall_us));
        report.put(&format!("{name}: wall µs p99"), percentile(&self.wall_us, 99.0));
    }
}

/// The least save, in a process that never switched memory security on.
fn alone() {
    let saves = option("saves", 200);
    let cases = words::cases(saves, 11);
    let dir = tempfile::tempdir().unwrap();
    let least = least_schema(bare::cipher(&dir.path().join("least.db"), false));
    let mut way = Way::default();
    way.run(saves, |i| least_save(&least, &cases[i as usize]));
    println!("{}", json!({ "wall_us": way.wall_us, "cpu_us": way.cpu_us }));
}

fn save() {
    let (saves, rounds) = (option("saves", 200), option("rounds", 7));
    let cases = words::cases(saves * rounds, 11);
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let desk = fresh(dir.path().join("desk"), runtime.handle().clone());
    let store = desk.opened().unwrap_or_else(|e| panic!("{e}")).store.clone();
    let least = least_schema(bare::cipher(&dir.path().join("least.db"), true));
    let same = bare::cipher(&dir.path().join("same.db"), true);
    store
        .read(|conn| {
            bare::same_shape(conn, &same);
            Ok(())
        })
        .unwrap();

    let mut ways: [Way; 4] = Default::default();
    for round in 0..rounds {
        let of_round = &cases[(round * saves) as usize..((round + 1) * saves) as usize];
        let mut saved: Vec<String> = Vec::new();
        ways[0].run(saves, |i| {
            let form = form(&of_round[i as usize]);
            let done = ask(&desk, "intake_finish", json!({ "form": form }));
            saved.push(done["case"].as_str().unwrap().to_owned());
        });
        // Now, not while the floor is measured.
        store.index_now().unwrap();
        let rows: Vec<Vec<Rows>> = saved.iter().map(|case| rows_of(&store, case)).collect();
        ways[1].run(saves, |i| {
            let tx = same.unchecked_transaction().unwrap();
            for rows in &rows[i as usize] {
                rows.insert(&tx, 0..rows.rows.len());
            }
            tx.commit().unwrap();
        });
        ways[2].run(saves, |i| least_save(&least, &of_round[i as usize]));
        ways[3].of_child(saves);
    }
    let mut report = Report::default();
    report.put("saves", saves * rounds);
    let names = [
        "Esik, intake_finish",
        "floor: the same rows, bare",
        "floor: case + 4 indexes + 1 event, bare",
        "the least save without cipher_memory_security",
    ];
    for (way, name) in ways.iter().zip(names) {
        way.put(&mut report, name);
    }
    let ratio = |a: &Way, b: &Way| {
        (median(&a.cpu_us) / median(&b.cpu_us), median(&a.wall_us) / median(&b.wall_us))
    };
    let (cpu_same, wall_same) = ratio(&ways[0], &ways[1]);
    let (cpu_least, wall_least) = ratio(&ways[0], &ways[2]);
    report.put("× the same rows, CPU", cpu_same);
    report.put("× the same rows, wall p50", wall_same);
    report.put("× case + 4 indexes + 1 event, CPU", cpu_least);
    report.put("× case + 4 indexes + 1 event, wall p50 (L1 ≤ 1.3)", wall_least);
    report.tell("desk: durable save");
    desk.close();
}

/// What the product wrote for a case.
fn rows_of(store: &esik_store::Store, case: &str) -> Vec<Rows> {
    let of_case = format!("WHERE case_id = x'{}'", case.replace('-', ""));
    store
        .read(|conn| {
            let tables = ["event", "case_row", "case_secret", "obligation", "find_key", "doc"];
            let mut all: Vec<Rows> = tables.iter().map(|t| bare::rows(conn, t, &of_case)).collect();
            all.push(bare::rows(conn, "own_head", "").replacing());
            Ok(all)
        })
        .unwrap()
}

fn least_schema(conn: Connection) -> Connection {
    conn.execute_batch(
        "CREATE TABLE c (id BLOB PRIMARY KEY, number TEXT, opened_at INTEGER, category TEXT,
           applicant TEXT, phone TEXT, iin TEXT, address TEXT, narrative TEXT) WITHOUT ROWID;
         CREATE INDEX c1 ON c (number); CREATE INDEX c2 ON c (phone);
         CREATE INDEX c3 ON c (iin); CREATE INDEX c4 ON c (opened_at);
         CREATE TABLE e (seq INTEGER PRIMARY KEY, case_id BLOB, kind TEXT, at INTEGER, bytes TEXT,
           sig BLOB, hash BLOB);",
    )
    .unwrap();
    conn
}

fn least_case(conn: &Connection, case: &Value) -> [u8; 16] {
    let id = *uuid::Uuid::now_v7().as_bytes();
    let who = format!("{} {}", text(case, "/parties/0/surname"), text(case, "/parties/0/given"));
    conn.prepare_cached("INSERT INTO c VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .unwrap()
        .execute(params![
            id.as_slice(),
            text(case, "/number"),
            1_770_000_000_000_i64,
            text(case, "/category"),
            who,
            text(case, "/parties/0/phone"),
            text(case, "/parties/0/iin"),
            text(case, "/address/text"),
            text(case, "/narrative"),
        ])
        .unwrap();
    id
}

fn least_event(conn: &Connection, id: &[u8; 16], kind: &str, bytes: &str) {
    conn.prepare_cached(
        "INSERT INTO e (case_id, kind, at, bytes, sig, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .unwrap()
    .execute(params![id.as_slice(), kind, 1_770_000_000_000_i64, bytes, [7u8; 64], [9u8; 32]])
    .unwrap();
}

fn least_save(conn: &Connection, case: &Value) {
    let tx = conn.unchecked_transaction().unwrap();
    let id = least_case(&tx, case);
    // About what an event with a text weighs, with its envelope.
    least_event(&tx, &id, "case_opened", &format!("{:600}", text(case, "/narrative")));
    tx.commit().unwrap();
}

fn import() {
    let (count, rounds) = (option("cases", 100_000), option("import-rounds", 1));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cases.ndjson");
    words::write(&file, count, 21);
    let password = dir.path().join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    let cases: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let home = argument("--keep").map_or_else(|| dir.path().to_owned(), PathBuf::from);
    let (mut esik, mut floor, mut events, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
    for round in 0..rounds {
        let path = dir.path().join(format!("floor{round}.db"));
        let before = cpu();
        floor_import(&path, &cases);
        floor.push(count as f64 / (cpu() - before).as_secs_f64());
        let profile = home.join(format!("desk{round}"));
        cli(&profile, &password, &["init"]);
        let before = cpu_of_children();
        let told = cli(&profile, &password, &["import", &file.to_string_lossy()]);
        esik.push(count as f64 / (cpu_of_children() - before).as_secs_f64());
        assert_eq!(told["imported"].as_u64(), Some(count), "{told}");
        events = told["events"].as_u64().unwrap();
        bytes = std::fs::metadata(profile.join("esik.db")).unwrap().len();
    }
    let mut report = Report::default();
    report.put("cases", count);
    report.put("signed events", events);
    report.put("Esik: cases per CPU second", median(&esik));
    report.put("Esik: CPU µs per signed event", count as f64 / median(&esik) * 1e6 / events as f64);
    report.put("floor: SQLCipher + FTS5 row by row, cases per CPU second", median(&floor));
    report.put("Esik / floor (L4 ≥ 2)", median(&esik) / median(&floor));
    report.put("bytes per case on disk (L5 ≤ 2,747)", bytes as f64 / count as f64);
    report.tell("desk: bulk import");
}

fn cli(profile: &Path, password: &Path, args: &[&str]) -> Value {
    let out = Command::new(beside("esik-cli"))
        .env("ESIK_KDF", "floor")
        .arg("--profile")
        .arg(profile)
        .arg("--password-file")
        .arg(password)
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    let text = String::from_utf8(out.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

/// Case, its events and its full text, a row each, 400 cases a transaction.
fn floor_import(path: &Path, cases: &[Value]) {
    let conn = least_schema(bare::cipher(path, true));
    conn.execute_batch("CREATE VIRTUAL TABLE f USING fts5 (narrative, who, address)").unwrap();
    for batch in cases.chunks(400) {
        let tx = conn.unchecked_transaction().unwrap();
        for case in batch {
            let id = least_case(&tx, case);
            for event in case["events"].as_array().unwrap() {
                least_event(
                    &tx,
                    &id,
                    text(event, "/kind"),
                    &format!("{:500}", text(event, "/text")),
                );
            }
            tx.prepare_cached("INSERT INTO f VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute(params![
                    text(case, "/narrative"),
                    text(case, "/parties/0/surname"),
                    text(case, "/address/text")
                ])
                .unwrap();
        }
        tx.commit().unwrap();
    }
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}
