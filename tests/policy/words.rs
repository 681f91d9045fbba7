//! Every refusal of the core has words for people, in all three languages.

use crate::{none, text, tracked_files};
use std::collections::BTreeSet;

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// The codes that a source refuses with: `refused("x")`, `refusal("x", …)`, and the answers of its tables
/// from an inner error to a code.
fn codes(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for mark in ["refused(", "refusal(", "=> "] {
        if mark == "=> " && !source.contains("fn key_code") {
            continue;
        }
        for (at, _) in source.match_indices(mark) {
            let rest = source[at + mark.len()..].trim_start();
            let Some(code) = rest.strip_prefix('"').and_then(|r| r.split('"').next()) else {
                continue;
            };
            if !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
                found.insert(code.to_string());
            }
        }
    }
    found
}

/// The keys of all catalogues of a language.
fn keys(language: &str) -> BTreeSet<String> {
    let folder = format!("ui/src/i18n/{language}/");
    tracked_files()
        .into_iter()
        .filter(|file| file.starts_with(&folder) && file.ends_with(".json"))
        .flat_map(|file| {
            let catalogue: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&text(&file)).unwrap();
            catalogue.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_refusal_has_words_in_three_languages() {
    let codes: BTreeSet<String> = tracked_files()
        .into_iter()
        .filter(|file| file.starts_with("crates/app/src/") && file.ends_with(".rs"))
        .flat_map(|file| codes(&text(&file)))
        .collect();
    for known in ["disk_full", "read_only", "wrong_password", "region_not_esik", "due_impossible"] {
        assert!(codes.contains(known), "{known} was not found: {codes:?}");
    }
    let mut missing = Vec::new();
    for language in LANGUAGES {
        let keys = keys(language);
        let without = codes.iter().filter(|code| !keys.contains(&format!("error.{code}")));
        missing.extend(without.map(|code| format!("{language}: error.{code} is missing")));
    }
    none(&missing);
}

/// S9 (part): every kind an officer can write and every verdict of the region has words on the sync screen.
#[test]
fn every_record_and_every_verdict_has_words_in_three_languages() {
    let kinds =
        esik_domain::event::KINDS.iter().filter(|(_, _, by)| *by != esik_domain::event::By::Region);
    let mut wanted: Vec<String> = kinds.map(|(kind, _, _)| format!("sync.kind.{kind}")).collect();
    let source = text("crates/server/src/codes.rs");
    let verdicts: Vec<&str> = source
        .lines()
        .filter(|line| line.contains("pub const "))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert!(verdicts.len() > 25, "{verdicts:?}");
    wanted.extend(verdicts.iter().map(|code| format!("case.refused.{code}")));
    let mut missing = Vec::new();
    for language in LANGUAGES {
        let keys = keys(language);
        missing.extend(
            wanted
                .iter()
                .filter(|key| !keys.contains(*key))
                .map(|key| format!("{language}: {key}")),
        );
    }
    none(&missing);
}

#[test]
fn a_refusal_without_words_is_seen() {
    let source =
        "Err(AppError::refused(\"no_words\"))\nrefusal(\n    \"odd\", &[])\nx => \"not_a_table\"";
    assert_eq!(codes(source), ["no_words".to_string(), "odd".to_string()].into());
    let table = "fn key_code() { K::Io => \"disk_failed\", _ => refusal(code) }";
    assert_eq!(codes(table), ["disk_failed".to_string()].into());
}
