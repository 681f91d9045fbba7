//! What may stand in Cargo.lock: the floors that no advisory database knows, one SQLite, no sqlx.

use crate::{none, text};

/// The lowest versions with the hole closed. RustSec does not know the first (CVE-2026-42184: a remote page
/// could reach the local commands); the rest is kept here so that one list says it all.
const FLOORS: &[(&str, [u64; 3])] = &[
    ("tauri", [2, 11, 1]),
    ("tauri-plugin-shell", [2, 2, 1]),
    ("h2", [0, 4, 16]),
    ("rusqlite", [0, 41, 1]),
];

/// FTS5 memory corruption through a crafted file was closed in SQLite 3.53.2 (CVE-2026-11822, -11824).
const SQLITE: [u64; 3] = [3, 53, 2];
const SQLCIPHER: [u64; 3] = [4, 19, 0];

/// Names and versions of a lock file.
fn packages(lock: &str) -> Vec<(&str, &str)> {
    lock.split("[[package]]")
        .filter_map(|package| Some((field(package, "name")?, field(package, "version")?)))
        .collect()
}

fn field<'a>(package: &'a str, name: &str) -> Option<&'a str> {
    package
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

/// `4.19.0 community` → [4, 19, 0]; what is not a number counts as 0.
fn version(text: &str) -> [u64; 3] {
    let mut numbers =
        text.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

fn violations(lock: &str) -> Vec<String> {
    let packages = packages(lock);
    let mut found = Vec::new();
    for (name, has) in &packages {
        for (floored, floor) in FLOORS {
            if name == floored && version(has) < *floor {
                found.push(format!("{name} {has} is below the floor {floor:?}"));
            }
        }
        if *name == "sqlx" || name.starts_with("sqlx-") {
            found.push(format!("{name}: sqlx brings an old SQLite of its own"));
        }
    }
    let engines = packages.iter().filter(|(name, _)| *name == "libsqlite3-sys").count();
    if engines != 1 {
        found.push(format!("libsqlite3-sys stands in the lock file {engines} times, not once"));
    }
    found
}

/// B04 (part), T16 (part), B03 (part).
#[test]
fn the_lock_file_keeps_the_floors() {
    none(&violations(&text("Cargo.lock")));
}

/// What the fuzz targets have in versions of their own would be looked at by nobody.
#[test]
fn the_fuzz_targets_have_the_same_versions() {
    let (main, fuzz) = (text("Cargo.lock"), text("fuzz/Cargo.lock"));
    none(&violations(&fuzz));
    none(&others(&packages(&main), &packages(&fuzz)));
}

fn others(main: &[(&str, &str)], fuzz: &[(&str, &str)]) -> Vec<String> {
    let known = |name: &str| main.iter().any(|(of, _)| *of == name);
    fuzz.iter()
        .filter(|package| known(package.0) && !main.contains(package))
        .map(|(name, version)| format!("fuzz/Cargo.lock has {name} {version}, Cargo.lock has not"))
        .collect()
}

#[test]
fn a_version_that_only_the_fuzz_targets_have_is_seen() {
    let main = [("serde", "1.0.1")];
    assert_eq!(others(&main, &[("serde", "1.0.1"), ("libfuzzer-sys", "0.4.1")]), [""; 0]);
    assert_eq!(others(&main, &[("serde", "1.0.2")]).len(), 1);
}

#[test]
fn a_bad_lock_file_is_seen() {
    let package = |name: &str, version: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n")
    };
    let good = package("libsqlite3-sys", "0.39.1") + &package("tauri", "2.12.5");
    assert_eq!(violations(&good), [""; 0]);
    assert_eq!(violations("").len(), 1);
    assert_eq!(violations(&(good.clone() + &package("libsqlite3-sys", "0.37.0"))).len(), 1);
    assert_eq!(violations(&(good.clone() + &package("sqlx-core", "0.9.0"))).len(), 1);
    assert_eq!(
        violations(&(package("libsqlite3-sys", "0.39.1") + &package("tauri", "2.10.3"))),
        ["tauri 2.10.3 is below the floor [2, 11, 1]"]
    );
    assert!(version("0.4.9") < version("0.4.16"));
}

/// Asks the engine itself: a lock file can be right and the linked library another.
/// B03 (part).
#[test]
fn the_engine_that_is_linked_is_new_enough() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    let ask = |sql: &str| -> String { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    let sqlite = ask("select sqlite_version()");
    assert!(version(&sqlite) >= SQLITE, "SQLite {sqlite}");
    let sqlcipher = ask("pragma cipher_version");
    assert!(version(&sqlcipher) >= SQLCIPHER, "SQLCipher {sqlcipher}");
}
