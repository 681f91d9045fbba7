//! L3: how soon a saved case is found, by its number, its person and its words, at a desk with many
//! cases; and what such a search costs.
//!
//! `bench-find [--cases 100000] [--saves 100] [--profile DIR]`; the folder is one that `filled` made
//! (a bench of its own leaves none behind), and gets the saves added.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "never shipped: a bench that cannot go on stops"
)]

use esik_app::Desk;
use esik_bench::desk::{ask, filled, form, signed_in};
use esik_bench::words::{self, text};
use esik_bench::{Report, argument, cpu, option, percentile};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What L3 allows.
const ALLOWED: Duration = Duration::from_secs(1);

/// One way to look for a case that was just saved.
#[derive(Default)]
struct Way {
    /// Answered by the very first search, started when the save returned.
    at_once: usize,
    /// Within a second, asked again every 20 ms.
    in_time: usize,
    asked: usize,
    first_ms: Vec<f64>,
    first_cpu_ms: Vec<f64>,
}

impl Way {
    fn look(&mut self, desk: &Desk, query: &str, case: &str) {
        if query.trim().is_empty() {
            return;
        }
        self.asked += 1;
        let (start, before) = (Instant::now(), cpu());
        let found = finds(desk, query, case);
        self.first_ms.push(start.elapsed().as_secs_f64() * 1e3);
        self.first_cpu_ms.push((cpu() - before).as_secs_f64() * 1e3);
        self.at_once += usize::from(found);
        let mut now = found;
        while !now && start.elapsed() < ALLOWED {
            std::thread::sleep(Duration::from_millis(20));
            now = finds(desk, query, case) && start.elapsed() < ALLOWED;
        }
        self.in_time += usize::from(now);
    }

    fn put(&self, report: &mut Report, name: &str) {
        report.put(&format!("{name}: saved cases looked for"), self.asked as u64);
        report.put(&format!("{name}: found at once"), self.at_once as u64);
        report.put(&format!("{name}: found within 1 s"), self.in_time as u64);
        for p in [50.0, 99.0] {
            report.put(&format!("{name}: search wall ms p{p}"), percentile(&self.first_ms, p));
            report.put(&format!("{name}: search CPU ms p{p}"), percentile(&self.first_cpu_ms, p));
        }
    }
}

fn finds(desk: &Desk, query: &str, case: &str) -> bool {
    let answer = ask(desk, "search", json!({ "query": query, "limit": 50 }));
    answer["hits"].as_array().unwrap().iter().any(|h| h["id"] == case)
}

/// The three longest words of what the person said: what somebody remembers of it.
fn remembered(case: &Value) -> String {
    let mut words: Vec<&str> = text(case, "/narrative")
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.chars().count()));
    words.truncate(3);
    words.join(" ")
}

fn main() {
    let (cases, saves) = (option("cases", 100_000), option("saves", 100));
    let dir = tempfile::tempdir().unwrap();
    let profile = argument("--profile").map_or_else(|| filled(dir.path(), cases), PathBuf::from);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let desk = signed_in(profile, runtime.handle().clone());
    let (mut number, mut name, mut said) = (Way::default(), Way::default(), Way::default());
    let (mut saved_ms, mut saved_cpu_ms) = (Vec::new(), Vec::new());
    for case in words::cases(saves, 31) {
        let (start, before) = (Instant::now(), cpu());
        let done = ask(&desk, "intake_finish", json!({ "form": form(&case) }));
        saved_ms.push(start.elapsed().as_secs_f64() * 1e3);
        saved_cpu_ms.push((cpu() - before).as_secs_f64() * 1e3);
        let id = done["case"].as_str().unwrap_or_else(|| panic!("{done}"));
        number.look(&desk, text(&done, "/number"), id);
        let who =
            format!("{} {}", text(&case, "/parties/0/surname"), text(&case, "/parties/0/given"));
        name.look(&desk, &who, id);
        said.look(&desk, &remembered(&case), id);
    }
    let mut report = Report::default();
    report.put("cases at the desk", cases);
    for p in [50.0, 99.0] {
        report.put(&format!("save: wall ms p{p}"), percentile(&saved_ms, p));
        report.put(&format!("save: CPU ms p{p}"), percentile(&saved_cpu_ms, p));
    }
    number.put(&mut report, "number");
    name.put(&mut report, "name");
    said.put(&mut report, "three words");
    report.tell("find: a saved case is found");
    desk.close();
}
