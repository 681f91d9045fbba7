//! Realistic cases for the benches, from `esik-cli generate`.

use crate::beside;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes `count` cases of a seed into a file.
pub fn write(file: &Path, count: u64, seed: u64) {
    let out = std::fs::File::create(file).unwrap();
    let done = Command::new(beside("esik-cli"))
        .args(["generate", "--cases", &count.to_string(), "--seed", &seed.to_string()])
        .stdout(Stdio::from(out))
        .status()
        .unwrap();
    assert!(done.success());
}

/// The same in memory.
pub fn cases(count: u64, seed: u64) -> Vec<Value> {
    let out = Command::new(beside("esik-cli"))
        .args(["generate", "--cases", &count.to_string(), "--seed", &seed.to_string()])
        .output()
        .unwrap();
    String::from_utf8(out.stdout)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

/// A text of a case, empty when it has none.
pub fn text<'a>(case: &'a Value, path: &str) -> &'a str {
    case.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
