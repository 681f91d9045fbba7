//! Codes of verdicts. The desk has the words; a code is never renamed.

/// Kept for a person to decide.
pub mod quarantine {
    /// Not an envelope, or not readable as its kind.
    pub const UNREADABLE: &str = "unreadable";
    /// Larger than an event may be.
    pub const TOO_LARGE: &str = "too_large";
    /// A number, a text or a nesting beyond what an event may hold.
    pub const LIMITS: &str = "limits";
    /// Sequence, previous hash, device or incarnation do not fit.
    pub const BROKEN_CHAIN: &str = "broken_chain";
    /// Another event has this id already.
    pub const ID_REUSED: &str = "id_reused";
    /// The region does not know the officer.
    pub const UNKNOWN_OFFICER: &str = "unknown_officer";
    /// The officer's rights were taken away.
    pub const OFFICER_REVOKED: &str = "officer_revoked";
    /// The device was taken out of service.
    pub const DEVICE_REVOKED: &str = "device_revoked";
    /// The officer's signature does not fit.
    pub const BAD_SIGNATURE: &str = "bad_signature";
    /// It rests on an event that was refused or set aside: once a person lets that one in, this one may follow.
    pub const BASE_REFUSED: &str = "base_refused";
    /// No event: the desk's signed word that events before this one are lost, and nobody has them.
    pub const LOST: &str = "lost";

    /// One of these, not a rule's.
    pub(crate) fn is(code: &str) -> bool {
        matches!(
            code,
            UNREADABLE
                | TOO_LARGE
                | LIMITS
                | BROKEN_CHAIN
                | ID_REUSED
                | UNKNOWN_OFFICER
                | OFFICER_REVOKED
                | DEVICE_REVOKED
                | BAD_SIGNATURE
                | BASE_REFUSED
                | LOST
        )
    }
}

/// Refused by rule; comes back to the author as work.
pub mod reject {
    /// Claims another station than its desk's or officer's.
    pub const FOREIGN_STATION: &str = "foreign_station";
    /// From a practice desk: it may never be taken for work.
    pub const PRACTICE: &str = "practice";
    /// A case of another station, or of a circle the officer is not in.
    pub const FOREIGN_CASE: &str = "foreign_case";
    /// The officer's role may not do this.
    pub const NOT_ALLOWED: &str = "not_allowed";
    /// No such referral in the case.
    pub const REFERRAL_UNKNOWN: &str = "referral_unknown";
    /// The referral was sent before.
    pub const ALREADY_SENT: &str = "already_sent";
    /// The referral was never sent.
    pub const NOT_SENT: &str = "not_sent";
    /// The agency answered meanwhile.
    pub const ALREADY_ANSWERED: &str = "already_answered";
    /// The referral was taken back meanwhile.
    pub const ALREADY_WITHDRAWN: &str = "already_withdrawn";
    /// There is no such competent body.
    pub const AGENCY_UNKNOWN: &str = "agency_unknown";
    /// The visit never became a case.
    pub const NOT_A_CASE: &str = "not_a_case";
    /// The case is closed.
    pub const CASE_CLOSED: &str = "case_closed";
    /// The case is not closed.
    pub const NOT_CLOSED: &str = "not_closed";
    /// There is a task with this id.
    pub const TASK_EXISTS: &str = "task_exists";
    /// The whole duty moved to another body before.
    pub const REDIRECTED: &str = "redirected";
    /// Another officer has to look before this case is closed.
    pub const NEEDS_SECOND: &str = "needs_second";
    /// There is no such dispute, or no two refusals to have one about.
    pub const NO_DISPUTE: &str = "no_dispute";
    /// The last day of law moved meanwhile: another decision came first.
    pub const TERM_MOVED: &str = "term_moved";
    /// The new last day is not within what the law allows.
    pub const TERM_TOO_LONG: &str = "term_too_long";
    /// A corrected moment after the region had the event, or of another device's event.
    pub const MOMENT_IMPOSSIBLE: &str = "moment_impossible";
    /// The case is in a circle already, or the event names none.
    pub const CIRCLE_STAYS: &str = "circle_stays";
    /// It rests on an event that not everybody may know of who would read it.
    pub const BASE_HIDDEN: &str = "base_hidden";
}
