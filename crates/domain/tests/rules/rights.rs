//! Who may author what, as a table: a row that is missing here is a kind nobody thought about.

use esik_domain::event::{By, KINDS, Role};
use esik_domain::policy::{Permission, may, may_author};

const DESK: &[Role] = &[Role::Officer, Role::Duty, Role::Inspector, Role::Controller, Role::Head];
const HEAD: &[Role] = &[Role::Head];

/// S13 (part), B24 (part).
#[test]
fn only_the_head_decides_on_terms_of_law_and_the_consultant_only_greets() {
    for (kind, _, by) in KINDS {
        let wanted: Vec<Role> = match *kind {
            _ if *by == By::Region => vec![Role::Region],
            "extension_decided" | "dispute_opened" | "dispute_settled" => HEAD.to_vec(),
            "visit_noted" | "advice_given" | "note_added" | "queue_joined" | "queue_told"
            | "queue_called" | "queue_left" | "act_undone" | "clock_corrected" | "looks_noted" => {
                [&[Role::Consultant], DESK].concat()
            }
            _ => DESK.to_vec(),
        };
        let later = serde_json::from_str("\"analyst\"").unwrap();
        for role in [&[Role::Consultant, Role::Region, later], DESK].concat() {
            assert_eq!(may_author(role, kind), wanted.contains(&role), "{kind} by {role:?}");
        }
    }
    assert!(!may_author(Role::Head, "no_such_kind"));
}

/// S23 (part): a role of a later program keeps its name, and nobody in it may do anything here.
#[test]
fn a_role_of_a_later_program_is_kept_and_may_do_nothing() {
    let later: Role = serde_json::from_str("\"analyst\"").unwrap();
    assert!(!later.is_known());
    assert_eq!(serde_json::to_string(&later).unwrap(), "\"analyst\"");
    for needs in [Permission::Desk, Permission::Close, Permission::Decide, Permission::Administer] {
        assert!(!may(later, needs), "{needs:?}");
    }
    assert!(may(later, Permission::Anyone));
    assert!(serde_json::from_str::<Role>("\"a_role_that_nobody_could_pronounce\"").is_err());
}
