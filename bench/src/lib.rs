//! Measuring: CPU of a process, percentiles, and one report as JSON and as a table.
//!
//! Only ratios to a floor measured in the same run mean anything (`docs/measurements.md`).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "never shipped: a bench that cannot go on stops"
)]

pub mod bare;
pub mod desk;
pub mod words;

use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// CPU time of this process, all threads.
pub fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(now.tv_sec).unwrap(), u32::try_from(now.tv_nsec).unwrap())
}

/// Fields of /proc/PID/stat after the name, from `state` on.
fn stat(pid: u32) -> Vec<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process lives");
    let fields = text.rsplit_once(')').expect("a name").1;
    fields.split_whitespace().map(|f| f.parse().unwrap_or(0)).collect()
}

fn ticks(n: u64) -> Duration {
    Duration::from_secs_f64(n as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// CPU time of another process, user and system; in steps of a clock tick (10 ms).
pub fn cpu_of(pid: u32) -> Duration {
    let fields = stat(pid);
    ticks(fields[11] + fields[12])
}

/// The process that started another one.
pub fn parent(pid: u32) -> u32 {
    stat(pid)[1].try_into().unwrap()
}

/// CPU time of a process with all its children, those it has waited for too.
pub fn cpu_of_family(pid: u32) -> Duration {
    let own = stat(pid);
    let mut sum = ticks(own[11] + own[12] + own[13] + own[14]);
    for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else {
            continue;
        };
        // One that ended meanwhile has been waited for by the next look.
        let Ok(text) = std::fs::read_to_string(format!("/proc/{child}/stat")) else { continue };
        let Some((_, rest)) = text.rsplit_once(')') else { continue };
        let fields: Vec<u64> = rest.split_whitespace().map(|f| f.parse().unwrap_or(0)).collect();
        if fields.get(1) == Some(&u64::from(pid)) {
            sum += ticks(fields[11] + fields[12]);
        }
    }
    sum
}

/// CPU time of the children this process has waited for.
pub fn cpu_of_children() -> Duration {
    let fields = stat(std::process::id());
    ticks(fields[13] + fields[14])
}

/// Highest resident memory of a process so far, in MiB.
pub fn peak_rss_mib(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default();
    let kib = line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// The value below which `p` percent lie.
pub fn percentile(values: &[f64], p: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (p / 100.0 * (sorted.len().saturating_sub(1)) as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// A program built beside this one.
pub fn beside(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("a path");
    let path = here.parent().expect("a folder").join(name);
    assert!(path.exists(), "build {name} first: {}", path.display());
    path
}

/// An option of the command line, `--name value`.
pub fn option(name: &str, default: u64) -> u64 {
    argument(&format!("--{name}")).map_or(default, |v| v.parse().expect("a number"))
}

/// What follows a word of the command line.
pub fn argument(name: &str) -> Option<String> {
    let mut args = std::env::args();
    args.find(|a| a == name).and_then(|_| args.next())
}

/// True when the command line has the word.
pub fn asked(word: &str) -> bool {
    std::env::args().any(|a| a == word)
}

/// What a bench found out.
#[derive(Default)]
pub struct Report {
    rows: Vec<(String, Value)>,
}

impl Report {
    pub fn put(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let value = value.as_f64().filter(|_| value.is_f64()).map_or(value, |x| {
            // Four digits are more than a shared machine knows.
            let scale = 10f64.powi(3 - x.abs().max(1e-9).log10().floor() as i32);
            json!((x * scale).round() / scale)
        });
        self.rows.push((name.to_owned(), value));
    }

    /// A table on stderr, one JSON line on stdout.
    pub fn tell(self, bench: &str) {
        eprintln!("\n{bench} – {}", machine());
        for (name, value) in &self.rows {
            eprintln!("  {name:<52} {value:>14}");
        }
        let rows: Map<String, Value> = self.rows.into_iter().collect();
        println!(
            "{}",
            json!({ "bench": bench, "machine": machine(), "load": load(), "rows": rows })
        );
    }
}

fn machine() -> String {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find(|l| l.starts_with("model name"))
        .and_then(|l| l.split_once(": "))
        .map_or("unknown processor", |(_, m)| m.trim());
    let cores = cpuinfo.lines().filter(|l| l.starts_with("processor")).count();
    let kib: u64 = read("/proc/meminfo")
        .lines()
        .next()
        .and_then(|l| l.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0);
    format!("{cores} × {model}, {} GiB", (kib + (1 << 19)) >> 20)
}

/// Load averages: how quiet the machine was.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
