//! Who may depend on whom: domain ← wire ← {store, sync} ← app ← {shell, cli}, and domain ← wire ← server.

use crate::{metadata, none};
use std::collections::{BTreeMap, BTreeSet};

/// What a crate of ours may name in `[dependencies]` and `[build-dependencies]`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("esik-domain", &[]),
    ("esik-wire", &["esik-domain"]),
    ("esik-letters", &["esik-domain", "esik-wire"]),
    ("esik-platform", &[]),
    ("esik-store", &["esik-domain", "esik-platform", "esik-wire"]),
    ("esik-sync", &["esik-domain", "esik-wire"]),
    (
        "esik-app",
        &["esik-domain", "esik-platform", "esik-wire", "esik-letters", "esik-store", "esik-sync"],
    ),
    ("esik-server", &["esik-domain", "esik-platform", "esik-wire", "esik-letters"]),
    ("esik", &["esik-domain", "esik-wire", "esik-store", "esik-sync", "esik-app"]),
    ("esik-cli", &["esik-domain", "esik-wire", "esik-store", "esik-sync", "esik-app"]),
    ("xtask", &[]),
];

/// Tests and benches, which may use everything; nobody may use them but in tests.
const TEST_SIDE: &[&str] =
    &["esik-testkit", "esik-simulator", "esik-decoders", "system-tests", "esik-bench"];

/// What must not be anywhere below a crate, however deep.
const NOT_BELOW: &[(&str, &[&str])] = &[
    ("esik-domain", &["tokio", "rusqlite", "reqwest", "tauri"]),
    ("esik-wire", &["tokio", "rusqlite", "reqwest", "tauri"]),
    ("esik-letters", &["tokio", "rusqlite", "reqwest", "tauri"]),
    ("esik-platform", &["tokio", "rusqlite", "reqwest", "tauri"]),
    ("esik-store", &["tokio", "reqwest", "tauri"]),
    ("esik-sync", &["rusqlite", "tauri"]),
    ("esik-app", &["tauri", "wry"]),
    ("esik-server", &["tauri", "wry"]),
    ("esik-cli", &["tauri", "wry"]),
    ("esik-testkit", &["tauri", "wry"]),
];

/// Names and their direct dependencies, those of tests left out.
struct Graph {
    ours: BTreeSet<String>,
    uses: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn of_workspace() -> Self {
        let metadata = metadata();
        let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
        let names: BTreeMap<String, String> = list(&metadata["packages"])
            .iter()
            .map(|package| (word(&package["id"]), word(&package["name"])))
            .collect();
        let ours = list(&metadata["workspace_members"])
            .iter()
            .map(|id| names[id.as_str().unwrap()].clone())
            .collect();
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            let below = uses.entry(names[&word(&node["id"])].clone()).or_default();
            for dependency in list(&node["deps"]) {
                if list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev") {
                    below.insert(names[&word(&dependency["pkg"])].clone());
                }
            }
        }
        Self { ours, uses }
    }

    /// Everything below a crate.
    fn below(&self, name: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            for name in self.uses.get(next).into_iter().flatten() {
                if seen.insert(name.as_str()) {
                    open.push(name);
                }
            }
        }
        seen
    }

    fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        for name in &self.ours {
            if TEST_SIDE.contains(&name.as_str()) {
                continue;
            }
            let Some((_, may)) = MAY_USE.iter().find(|(of, _)| of == name) else {
                found.push(format!("{name} has no row in MAY_USE"));
                continue;
            };
            for used in self.uses.get(name).into_iter().flatten() {
                if self.ours.contains(used) && !may.contains(&used.as_str()) {
                    found.push(format!("{name} must not depend on {used}"));
                }
            }
        }
        for (name, banned) in NOT_BELOW {
            for below in self.below(name) {
                if banned.contains(&below)
                    || (banned.contains(&"tauri") && below.starts_with("tauri-"))
                {
                    found.push(format!("{below} must not be below {name}"));
                }
            }
        }
        found
    }
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_string()
}

#[test]
fn the_crates_depend_on_each_other_only_downwards() {
    let graph = Graph::of_workspace();
    assert!(graph.below("esik").contains("tauri"), "the graph is not what it seems");
    assert!(graph.below("esik-store").contains("rusqlite"));
    none(&graph.violations());
}

#[test]
fn tls_has_one_provider() {
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let of_rustls: Vec<String> = nodes
        .iter()
        .filter(|node| word(&node["id"]).contains("#rustls@"))
        .flat_map(|node| node["features"].as_array().unwrap())
        .map(word)
        .collect();
    assert!(of_rustls.iter().any(|feature| feature == "aws_lc_rs"));
    // Two providers switched on make rustls panic at the first connection.
    assert!(!of_rustls.iter().any(|feature| feature == "ring"));
}

#[test]
fn a_wrong_arrow_is_seen() {
    let graph = |uses: &[(&str, &str)]| {
        let mut graph = Graph {
            ours: MAY_USE
                .iter()
                .chain(&[("esik-testkit", &[][..])])
                .map(|(name, _)| name.to_string())
                .collect(),
            uses: BTreeMap::new(),
        };
        for (from, to) in uses {
            graph.uses.entry(from.to_string()).or_default().insert(to.to_string());
        }
        graph.violations()
    };
    assert_eq!(graph(&[("esik-app", "esik-store"), ("esik", "tauri")]), [""; 0]);
    assert_eq!(graph(&[("esik-store", "esik-app")]), ["esik-store must not depend on esik-app"]);
    assert_eq!(graph(&[("esik-sync", "esik-store")]), ["esik-sync must not depend on esik-store"]);
    assert_eq!(graph(&[("esik-server", "esik-store")]).len(), 1);
    assert_eq!(
        graph(&[("esik-app", "esik-testkit")]),
        ["esik-app must not depend on esik-testkit"]
    );
    assert_eq!(
        graph(&[("esik-domain", "harmless"), ("harmless", "tokio")]),
        ["tokio must not be below esik-domain"]
    );
    assert_eq!(
        graph(&[("esik-app", "tauri-plugin-store")]),
        ["tauri-plugin-store must not be below esik-app"]
    );
}
