//! Who may do what: one function, asked by the desk for the user's sake and by the region for truth.

use crate::event::{By, KINDS, Role};
use crate::ids::{Circle, OfficerId};
use crate::round::OWN;

/// What a command needs; every command of the list names one (`architecture.md` §2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Permission {
    /// Before anybody signed in: sign-in itself, state of the program, language.
    Anyone,
    /// Any signed-in officer: take in, advise, refer, read what he may see.
    Desk,
    /// Work on a case that a consultant has no part in: close and reopen, correct, withdraw.
    Close,
    /// Decide on terms of law: extensions, redirects. The head or the deputy, who has the head's role.
    Decide,
    /// Officers, enrolment, settings of the desk.
    Administer,
}

/// May this role read who looked at a case it may know of? Everybody reads what he looked at himself.
#[must_use]
pub fn reads_looks(role: Role) -> bool {
    may(role, Permission::Decide)
}

/// The officer who acts, as policy sees him.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    pub id: OfficerId,
    pub role: Role,
    /// Restricted circles he is a member of.
    pub circles: Vec<String>,
}

/// May this role use commands that need this permission?
#[must_use]
pub fn may(role: Role, permission: Permission) -> bool {
    match permission {
        Permission::Anyone => true,
        Permission::Desk => role != Role::Region && role.is_known(),
        Permission::Close => !matches!(role, Role::Region | Role::Consultant | Role::Later(_)),
        Permission::Decide => role == Role::Head,
        Permission::Administer => matches!(role, Role::Head | Role::Controller),
    }
}

/// May the officer know that something of this circle exists? Members and the author may.
#[must_use]
pub fn sees(actor: &Actor, circle: &Circle, author: OfficerId) -> bool {
    let member = circle.0 != OWN && actor.circles.contains(&circle.0);
    circle.is_open() || actor.id == author || member
}

/// May an author in this role write an event of this kind? Default deny: an unlisted kind is refused
/// to everybody but is still kept when it comes from the feed (`reliability.md` S13, S22).
#[must_use]
pub fn may_author(role: Role, kind: &str) -> bool {
    KINDS.iter().find(|(k, _, _)| *k == kind).is_some_and(|(_, _, by)| is_among(role, *by))
}

/// Kinds of the region that a person is behind: a body's clerk, an applicant, an administrator. What the region does itself
/// (it delivered, it refused) names a rule or nobody.
const OF_PERSONS: [&str; 3] = ["agency_", "applicant_", "grant_"];
/// How an act that nobody decided is named.
const RULE: &str = "rule:";

/// Does an event of the region name the person behind it, where there is one (`settled.md` 8)? Kinds this program does not
/// know are judged by what they are called, as those it knows.
#[must_use]
pub fn names_person(kind: &str, on_behalf: Option<&str>) -> bool {
    !OF_PERSONS.iter().any(|begins| kind.starts_with(begins))
        || on_behalf.is_some_and(|who| !who.trim().is_empty() && !who.starts_with(RULE))
}

/// Is the role one of those? No arm stands for “all others”: a new role or a new group has to be thought about.
#[must_use]
pub fn is_among(role: Role, by: By) -> bool {
    match (by, role) {
        (By::Region, _) => role == Role::Region,
        (By::Head, _) => may(role, Permission::Decide),
        (By::Desk, Role::Region | Role::Consultant | Role::Later(_))
        | (By::Hall, Role::Region | Role::Later(_)) => false,
        (By::Hall, Role::Consultant) => true,
        (
            By::Desk | By::Hall,
            Role::Officer | Role::Duty | Role::Inspector | Role::Controller | Role::Head,
        ) => true,
    }
}
