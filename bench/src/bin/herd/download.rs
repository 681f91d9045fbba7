//! P8: a new desk comes to a station with many cases and reads, checks and applies all of it.

use crate::place::Place;
use esik_bench::bare;
use esik_bench::desk::{PASSWORD, ask, fresh, signed_in};
use esik_bench::{Report, beside, cpu, option};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use tokio::runtime::Runtime;

pub fn measure(runtime: &Runtime) {
    let cases = option("cases", 100_000);
    let dir =
        tempfile::tempdir_in(std::env::var("ESIK_BENCH_DIR").unwrap_or(".".to_owned())).unwrap();
    let place = Place::file(dir.path());
    place.found();
    let codes = place.codes(2);
    let server = place.serve();
    let join = |profile: &Path, n: usize| {
        let desk = fresh(profile.to_owned(), runtime.handle().clone());
        ask(&desk, "profile_enroll", json!({ "server": server.url, "code": codes[n].1 }));
        desk
    };
    let first = dir.path().join("first");
    join(&first, 0).close();
    load(dir.path(), &first, cases);
    let start = Instant::now();
    let desk = signed_in(first, runtime.handle().clone());
    let told = ask(&desk, "sync_now", json!({}));
    assert_eq!(told["unacknowledged"], 0, "{told}");
    let pushed_in = start.elapsed().as_secs_f64();
    desk.close();

    let second = dir.path().join("second");
    let desk = join(&second, 1);
    let store = desk.opened().unwrap_or_else(|e| panic!("{e}")).store.clone();
    let count = || {
        let all = |conn: &rusqlite::Connection| {
            Ok(conn.query_row("SELECT count(*) FROM event", [], |r| r.get::<_, i64>(0))?)
        };
        store.read(all).unwrap_or_else(|e| panic!("{e}"))
    };
    let had = count();
    let (before, of_server, start) = (cpu(), server.cpu(), Instant::now());
    let told = ask(&desk, "sync_now", json!({}));
    let (wall, used) = (start.elapsed().as_secs_f64(), (cpu() - before).as_secs_f64());
    let served = (server.cpu() - of_server).as_secs_f64();
    assert_eq!(told["failure"], json!(null), "{told}");
    let events = count() - had;

    let same = bare::cipher(&dir.path().join("bare.db"), true);
    let rows = store
        .read(|conn| {
            bare::same_shape(conn, &same);
            Ok(bare::rows(conn, "event", ""))
        })
        .unwrap_or_else(|e| panic!("{e}"));
    let before = cpu();
    for n in 0..rows.rows.len().div_ceil(500) {
        let tx = same.unchecked_transaction().unwrap();
        rows.insert(&tx, n * 500..((n + 1) * 500).min(rows.rows.len()));
        tx.commit().unwrap();
    }
    let floor = (cpu() - before).as_secs_f64() / rows.rows.len() as f64;
    server.stop();

    let mut report = Report::default();
    report.put("cases", cases);
    report.put("events read and applied", events);
    report.put("the first desk sent its own in, s", pushed_in);
    report.put("events per second, wall (P8 ≥ 30,000)", events as f64 / wall);
    report.put("desk, CPU µs per event", used * 1e6 / events as f64);
    report.put("floor: the same event rows, bare SQLCipher, CPU µs", floor * 1e6);
    report.put("desk / floor", used / events as f64 / floor);
    report.put("server, CPU µs per event", served * 1e6 / events as f64);
    report.tell("herd: first download");
}

/// Cases generated into a desk that has joined.
fn load(dir: &Path, profile: &Path, cases: u64) {
    let password = dir.join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    let done = Command::new(beside("esik-cli"))
        .env("ESIK_KDF", "floor")
        .args(["--profile".as_ref(), profile.as_os_str()])
        .args(["--password-file".as_ref(), password.as_os_str()])
        .args(["generate", "--cases", &cases.to_string(), "--load"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
}
