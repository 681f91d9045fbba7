//! The command list is the only list: types, permissions and names come from it.

use esik_app::commands::{COMMANDS, typescript};
use std::collections::BTreeSet;

/// B27 (part).
#[test]
fn every_command_has_its_types_in_typescript() {
    let ts = typescript();
    for c in COMMANDS {
        assert!(ts.contains(&format!("  {}: {{ request: {};", c.name, c.request)), "{}", c.name);
        for declared in [c.request, c.response] {
            let found = ts.contains(&format!("export type {declared} "))
                || ts.contains(&format!("export interface {declared} "));
            assert!(found, "{declared} is not declared");
        }
    }
    assert!(!ts.contains("bigint"), "numbers cross as numbers");
    if let Ok(file) = std::env::var("ESIK_WRITE_TYPES") {
        std::fs::write(file, ts).unwrap();
    }
}

/// B27 (part), T8 (part).
#[test]
fn names_are_unique_and_only_sign_in_is_open_to_everybody() {
    let names: BTreeSet<_> = COMMANDS.iter().map(|c| c.name).collect();
    assert_eq!(names.len(), COMMANDS.len());
    let open: Vec<_> = COMMANDS
        .iter()
        .filter(|c| c.permission == esik_domain::policy::Permission::Anyone)
        .collect();
    assert!(open.iter().all(|c| !c.reads_personal_data), "nothing personal before sign-in");
}
