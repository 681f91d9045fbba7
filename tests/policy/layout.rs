//! The house is as docs/architecture.md draws it, and every member keeps the workspace's lints.

use crate::{none, root, text, tracked_files};

/// Folders and files that must be there.
const ROOMS: &[&str] = &[
    ".ci/run",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "bench",
    "clippy.toml",
    "crates/app/src/commands.rs",
    "crates/cli/src/main.rs",
    "crates/domain/src/lib.rs",
    "crates/letters/src/lib.rs",
    "crates/platform/src/windows.rs",
    "crates/server/src/main.rs",
    "crates/store/src/lib.rs",
    "crates/sync/src/lib.rs",
    "crates/testkit/src/lib.rs",
    "crates/wire/src/lib.rs",
    "crates/decoders/src/lib.rs",
    "deny.toml",
    "docs/adr",
    "docs/architecture.md",
    "docs/howto",
    "docs/windows.md",
    "fuzz/Cargo.lock",
    "fuzz/Cargo.toml",
    "icons/icon.png",
    "src-tauri/README.md",
    "src-tauri/build.rs",
    "src-tauri/capabilities",
    "src-tauri/src/main.rs",
    "src-tauri/src/rpc.rs",
    "tauri.conf.json",
    "tests",
    "third_party/advisory-db.tar.gz",
    "ui/package-lock.json",
    "ui/src/backend",
    "ui/src/features",
    "ui/src/i18n",
    "xtask",
];

/// One set of tools (docs/architecture.md): these would be a second one.
const NOT_HERE: &[&str] = &["justfile", "Makefile", "rust-toolchain.toml", "rust-toolchain"];

#[test]
fn the_rooms_are_there() {
    let missing: Vec<String> = ROOMS
        .iter()
        .filter(|room| !root().join(room).exists())
        .map(|room| format!("{room} is missing"))
        .collect();
    none(&missing);
    for tool in NOT_HERE {
        assert!(!root().join(tool).exists(), "{tool}: the tools are `cargo xtask …`");
    }
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = text("README.md");
    let first: String = readme.lines().take(8).collect::<Vec<_>>().join("\n");
    assert!(first.contains("cargo xtask run") && first.contains("cargo xtask test"), "{first}");
}

#[test]
fn the_shell_is_the_root_package_and_finds_no_tests_of_its_own() {
    let manifest = text("Cargo.toml");
    for line in [
        "name = \"esik\"",
        "path = \"src-tauri/src/main.rs\"",
        "autotests = false",
        "autobins = false",
        "resolver = \"3\"",
    ] {
        assert!(manifest.lines().any(|found| found == line), "{line}");
    }
}

/// `tests/<name>/main.rs` runs only when the manifest names it; a forgotten one would pass by silence.
#[test]
fn every_folder_of_tests_is_a_target() {
    let manifest = text("tests/Cargo.toml");
    let forgotten: Vec<String> = tracked_files()
        .into_iter()
        .filter(|file| file.starts_with("tests/") && file.ends_with("/main.rs"))
        .filter_map(|file| Some(file.strip_prefix("tests/")?.to_string()))
        .filter(|path| !is_target(&manifest, path))
        .map(|path| format!("tests/{path} is no [[test]] of tests/Cargo.toml"))
        .collect();
    none(&forgotten);
}

fn is_target(manifest: &str, path: &str) -> bool {
    manifest.split("[[test]]").skip(1).any(|test| test.contains(&format!("path = \"{path}\"")))
}

#[test]
fn a_forgotten_folder_of_tests_is_seen() {
    let manifest = "[[test]]\nname = \"policy\"\npath = \"policy/main.rs\"\n";
    assert!(is_target(manifest, "policy/main.rs"));
    assert!(!is_target(manifest, "power_loss/main.rs"));
}

/// Lints that no crate may loosen.
const DENIED: &[&str] = &[
    "unsafe_code",
    "unwrap_used",
    "expect_used",
    "panic",
    "todo",
    "unimplemented",
    "disallowed_methods",
];

/// The ways to ask the machine for the time or for chance.
const UNCLOCKED: &[&str] = &[
    "chrono::Utc::now",
    "chrono::Local::now",
    "std::time::SystemTime::now",
    "uuid::Uuid::now_v7",
    "uuid::Uuid::new_v4",
];

#[test]
fn the_workspace_denies_what_must_not_happen_at_the_desk() {
    let manifest = text("Cargo.toml");
    for lint in DENIED {
        assert!(manifest.contains(&format!("\n{lint} = \"deny\"\n")), "{lint}");
    }
    let clippy = text("clippy.toml");
    for method in UNCLOCKED {
        assert!(clippy.contains(&format!("path = \"{method}\"")), "{method}");
    }
}

#[test]
fn every_member_keeps_the_lints() {
    let manifests: Vec<String> =
        tracked_files().into_iter().filter(|file| file.ends_with("Cargo.toml")).collect();
    assert!(manifests.len() > 10, "{manifests:?}");
    let loose: Vec<String> = manifests
        .into_iter()
        .filter(|manifest| !keeps_lints(&text(manifest)))
        .map(|manifest| format!("{manifest}: [lints] workspace = true is missing"))
        .collect();
    none(&loose);
}

fn keeps_lints(manifest: &str) -> bool {
    manifest.split("\n[").any(|section| {
        section
            .strip_prefix("lints]")
            .is_some_and(|body| body.lines().any(|line| line.trim() == "workspace = true"))
    })
}

#[test]
fn a_member_with_lints_of_its_own_is_seen() {
    assert!(keeps_lints("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"));
    assert!(!keeps_lints("[package]\nname = \"a\"\n\n[dependencies]\nx.workspace = true\n"));
    assert!(!keeps_lints("[package]\n\n[lints]\n[lints.clippy]\nunwrap_used = \"allow\"\n"));
}

/// Two changes that met once had the same number each: the engine takes them by number only, and a
/// profile would not have opened.
#[test]
fn migrations_of_each_database_are_numbered_in_one_row() {
    let mut of: std::collections::BTreeMap<String, Vec<u32>> = std::collections::BTreeMap::new();
    for file in tracked_files() {
        let Some((folder, name)) = file.rsplit_once('/') else { continue };
        if !folder.ends_with("/migrations") {
            continue;
        }
        let number = name.strip_prefix('V').and_then(|n| n.split_once("__")?.0.parse().ok());
        of.entry(folder.to_owned()).or_default().push(number.unwrap_or(0));
    }
    assert!(of.len() >= 3, "the desk's and both of the region's: {of:?}");
    let wrong: Vec<String> = of
        .into_iter()
        .filter_map(|(folder, mut numbers)| {
            numbers.sort_unstable();
            let row: Vec<u32> = (1..).take(numbers.len()).collect();
            (numbers != row).then(|| format!("{folder}: {numbers:?}"))
        })
        .collect();
    none(&wrong);
}
