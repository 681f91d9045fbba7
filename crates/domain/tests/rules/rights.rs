//! Who may author what, as a table: a row that is missing here is a kind nobody thought about.

use esik_domain::event::{By, KINDS, Role};
use esik_domain::policy::may_author;

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
            | "queue_called" | "queue_left" | "act_undone" | "clock_corrected" => {
                [&[Role::Consultant], DESK].concat()
            }
            _ => DESK.to_vec(),
        };
        for role in [&[Role::Consultant, Role::Region], DESK].concat() {
            assert_eq!(may_author(role, kind), wanted.contains(&role), "{kind} by {role:?}");
        }
    }
    assert!(!may_author(Role::Head, "no_such_kind"));
}
