//! The region's interface under schemathesis, with both engines: nothing it can be asked brings it down, and
//! every answer is one that `/openapi.json` describes (docs/adr/0027-fuzzing.md).
//!
//! `ESIK_SCHEMATHESIS` names the program, which `cargo xtask test` installs; `ESIK_API_REQUESTS` says how many.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod described;
mod proxy;
mod region;

use proxy::{Proxy, Trick};
use std::path::Path;
use std::process::Command;

/// What is looked at in every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method";

fn wanted() -> u64 {
    std::env::var("ESIK_API_REQUESTS").ok().and_then(|n| n.parse().ok()).unwrap_or(300)
}

/// One round; whether all held, and what was said.
fn schemathesis(proxy: &Proxy, dir: &Path, seed: u64, more: &[&str]) -> (bool, String) {
    let program = std::env::var_os("ESIK_SCHEMATHESIS")
        .expect("ESIK_SCHEMATHESIS names the program: run `cargo xtask test --only api`");
    std::fs::write(
        dir.join("schemathesis.toml"),
        // A region that is full says so with 503 and Retry-After; the proxy sees to the header.
        "[checks.not_a_server_error]\nexpected-statuses = [\"2xx\", \"3xx\", \"4xx\", \"503\"]\n",
    )
    .unwrap();
    // One worker: Python 3.11 before 3.11.5 counts the depth of its parser for all threads together and fails at
    // random where two parse at once (python/cpython#106905).
    let out = Command::new(program)
        .current_dir(dir)
        .args(["--config-file", "schemathesis.toml", "run"])
        .arg(format!("{}/openapi.json", proxy.url()))
        .args(["--checks", CHECKS, "--workers", "1", "--seed", &seed.to_string()])
        .args(["--continue-on-failure", "--no-shrink", "--generation-database", "none"])
        .args(["--suppress-health-check", "all", "--request-timeout", "60"])
        .args(more)
        .env("NO_COLOR", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = [out.stdout, out.stderr].concat();
    (out.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn holds(name: &str, region: &region::Started) {
    let proxy = Proxy::start(region, Trick::None);
    let wanted = wanted();
    let mut seed = 0;
    while proxy.requests() < wanted {
        seed += 1;
        let before = proxy.requests();
        let each = (wanted / 30).clamp(5, 300).to_string();
        let (ok, said) = schemathesis(&proxy, region.folder(), seed, &["--max-examples", &each]);
        assert!(ok, "{name}, seed {seed}\n{said}");
        assert!(proxy.requests() > before, "nothing was asked\n{said}");
    }
    assert_eq!(proxy.wrong(), [""; 0], "5xx");
    let taken = proxy.answers(200);
    assert!(taken > 0, "{name}: nothing was ever taken");
    assert!(proxy.done() > 0, "{name}: no form was ever taken");
    println!(
        "soak: {name} {} requests, {taken} answered with 200, {} with 401, {} with 409",
        proxy.requests(),
        proxy.answers(401),
        proxy.answers(409)
    );
    assert_eq!(region.events(), region.order(), "the order has no gap afterwards");
}

/// B29 (part), S31 (part): a region in a file answers everything, and only as it is described.
#[test]
fn a_region_in_a_file_answers_only_as_described() {
    holds("SQLite", &region::in_a_file());
}

/// B29 (part), S31 (part): a region in PostgreSQL answers everything, and only as it is described.
#[test]
fn a_region_in_postgres_answers_only_as_described() {
    holds("PostgreSQL", &region::in_postgres());
}

#[test]
fn an_answer_that_is_not_described_and_a_failure_are_found() {
    let region = region::in_a_file();
    let one = ["--include-path", "/healthz", "--max-examples", "3"];
    for (trick, word) in [(Trick::Undescribed, "418"), (Trick::Fails, "500")] {
        let proxy = Proxy::start(&region, trick);
        let (ok, said) = schemathesis(&proxy, region.folder(), 1, &one);
        assert!(!ok && said.contains(word), "{word} was not found\n{said}");
    }
    let proxy = Proxy::start(&region, Trick::None);
    let (ok, said) = schemathesis(&proxy, region.folder(), 1, &one);
    assert!(ok, "without the planted answer it holds\n{said}");
}
