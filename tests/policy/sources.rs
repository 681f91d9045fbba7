//! What may stand in the sources: commands are named once, no machine is named, every file says its purpose.

use crate::{none, text, tracked_files};
use esik_app::commands::COMMANDS;

/// The tracked files for which `wanted` holds, with their text.
fn files(wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    tracked_files()
        .into_iter()
        .filter(|file| wanted(file))
        .map(|file| {
            let text = text(&file);
            (file, text)
        })
        .collect()
}

fn check(wanted: impl Fn(&str) -> bool, violations: impl Fn(&str) -> Vec<String>) {
    let files = files(wanted);
    assert!(!files.is_empty(), "nothing was looked at");
    let found: Vec<String> = files
        .iter()
        .flat_map(|(file, text)| {
            violations(text).into_iter().map(move |what| format!("{file}: {what}"))
        })
        .collect();
    none(&found);
}

/// Commands are named in the list and in the file of their verb. Hosts pass on what they are given.
#[test]
fn hosts_name_no_command_by_hand() {
    assert!(COMMANDS.len() > 10);
    check(
        |file| {
            file.ends_with(".rs")
                && (file.starts_with("src-tauri/") || file.starts_with("crates/cli/src/"))
        },
        named_commands,
    );
}

/// The region may publish another one: a desk counts with the calendar that holds (docs/adr/0017).
#[test]
fn no_verb_counts_with_the_shipped_calendar() {
    check(
        |file| {
            (file.starts_with("crates/app/src/") || file.starts_with("crates/store/src/"))
                && file.ends_with(".rs")
                && file != "crates/app/src/published/list.rs"
        },
        |text| {
            let bare = |line: &&str| line.contains("Calendar::shipped");
            text.lines().filter(bare).map(|line| format!("asks for {}", line.trim())).collect()
        },
    );
}

/// A name of one ordinary word (`control`) is also the name of a list or a screen; it counts where it is dispatched.
fn named_commands(text: &str) -> Vec<String> {
    let names = |line: &str, name: &str| line.contains(&format!("\"{name}\""));
    COMMANDS
        .iter()
        .map(|command| command.name)
        .filter(|name| {
            text.lines()
                .any(|line| names(line, name) && (name.contains('_') || line.contains("dispatch(")))
        })
        .map(|name| format!("names the command {name:?}"))
        .collect()
}

/// Written in pieces, so that this file is not its own first finding.
fn machine_words() -> Vec<String> {
    [
        ["/wo", "rk/"],
        ["../sha", "red"],
        ["/ro", "ot/"],
        ["/Us", "ers/"],
        ["/ho", "me/"],
        ["index.cra", "tes.io"],
        ["static.cra", "tes.io"],
        ["registry.np", "mjs.org"],
    ]
    .map(|halves| halves.concat())
    .to_vec()
}

#[test]
fn no_file_names_a_machine() {
    check(|file| !file.ends_with(".gz"), machines);
}

fn machines(text: &str) -> Vec<String> {
    machine_words()
        .into_iter()
        .filter(|word| text.contains(word.as_str()))
        .map(|word| format!("names {word}"))
        .collect()
}

/// Where systems may differ: the crate for it, the two programs that wait for a signal, and what one
/// window's engine is told (docs/adr/0008).
const SYSTEMS_DIFFER: [&str; 5] = [
    "crates/platform/src/",
    "crates/server/src/main.rs",
    "crates/cli/src/serve.rs",
    "src-tauri/src/engine.rs",
    "src-tauri/src/hands.rs",
];

/// A call to one system alone, elsewhere, has no Windows side that anybody would miss.
#[test]
fn systems_differ_in_one_place() {
    let shipped = |file: &str| file.starts_with("src-tauri/src/") || file.contains("/src/");
    check(
        |file| {
            file.ends_with(".rs")
                && !file.starts_with("tests/")
                && !file.starts_with("crates/testkit/")
                && shipped(file)
                && !file.starts_with("xtask/")
                && !SYSTEMS_DIFFER.iter().any(|place| file.starts_with(place))
        },
        one_system,
    );
}

fn one_system(text: &str) -> Vec<String> {
    let words = ["(unix)", "(windows)", "(not(unix))", "(target_os", "std::os::"];
    text.lines()
        .filter(|line| line.contains("cfg") || line.contains("std::os::"))
        .filter(|line| words.iter().any(|word| line.contains(word)))
        .map(|line| format!("calls one system: {}", line.trim()))
        .collect()
}

#[test]
fn every_rust_file_says_its_purpose_first() {
    check(
        |file| file.ends_with(".rs"),
        |text| {
            let first = text.lines().next().unwrap_or_default();
            let said = first.strip_prefix("//! ").is_some_and(|said| said.len() > 10);
            if said {
                Vec::new()
            } else {
                vec![format!("begins with {first:?}, not with its purpose")]
            }
        },
    );
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    check(|file| file.ends_with(".rs"), silenced);
}

/// Attributes that silence a lint or a test and do not say why.
fn silenced(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in ["allow", "expect"] {
        for mark in [format!("#[{word}("), format!("#![{word}(")] {
            for (at, _) in text.match_indices(&mark) {
                let rest = &text[at..];
                let attribute = rest.find(")]").map_or(rest, |end| &rest[..end]);
                if !attribute.contains("reason = ") {
                    found.push(format!("{} …", attribute.lines().next().unwrap_or_default()));
                }
            }
        }
    }
    let ignored = ["#[ign", "ore"].concat();
    if text.contains(&ignored) {
        found.push("switches a test off".into());
    }
    found
}

#[test]
fn no_test_of_the_window_is_switched_off() {
    let marks = [".skip(", ".only(", "@ts-ignore", "@ts-nocheck"];
    check(
        |file| file.starts_with("ui/") && (file.ends_with(".ts") || file.ends_with(".tsx")),
        |text| {
            marks.iter().filter(|mark| text.contains(*mark)).map(|mark| mark.to_string()).collect()
        },
    );
}

#[test]
fn bad_sources_are_seen() {
    assert_eq!(named_commands("let x = call(\"case_get\");").len(), 1);
    assert_eq!(named_commands("let case_get = 1; // case_get").len(), 0);
    assert_eq!(named_commands("dispatch(desk, \"control\", args)").len(), 1);
    assert_eq!(named_commands("lists: vec![\"control\".into()]").len(), 0);
    let line = ["cd /wo", "rk/main"].concat();
    assert_eq!(machines(&line).len(), 1);
    assert_eq!(machines("$HOME/.cache/esik").len(), 0);
    assert_eq!(one_system("    #[cfg(unix)]\n").len(), 1);
    assert_eq!(one_system("if cfg!(windows) {").len(), 1);
    assert_eq!(one_system("use std::os::unix::fs::PermissionsExt as _;").len(), 1);
    assert_eq!(one_system("if cfg!(debug_assertions) {").len(), 0);
    let with = |word: &str, rest: &str| format!("#[{word}(clippy::panic{rest}");
    assert_eq!(silenced(&with("allow", ")]\nfn f() {} // reason = \"no\"")).len(), 1);
    assert_eq!(silenced(&with("expect", ",\n  reason = \"tests\"\n)]")).len(), 0);
}
