//! How a case may end: outcomes, the call before, the second pair of eyes.

use crate::case::{CaseState, Referral};
use crate::event::Reached;
use crate::ids::OfficerId;

/// Outcomes a case may end with.
pub const OUTCOMES: [&str; 8] = [
    "helped",
    "partly_helped",
    "explained",
    "refused_by_body",
    "redirected",
    "duplicate",
    "withdrawn",
    "not_reached",
];

const SECOND_EYES: &str = include_str!("../data/second_eyes.tsv");

/// Does closing a case of this category need another officer's look? The list is data.
#[must_use]
pub fn needs_second(category: &str) -> bool {
    SECOND_EYES.lines().skip(1).any(|line| line.split('\t').next() == Some(category))
}

impl CaseState {
    /// Was the applicant asked after the last news of the case? An agency's “done” closes nothing.
    #[must_use]
    pub fn called_back(&self) -> bool {
        self.spoken_with() || self.said_solved()
    }

    /// An officer spoke with the applicant after the last news.
    #[must_use]
    pub fn spoken_with(&self) -> bool {
        let news = self
            .referrals
            .iter()
            .filter_map(|r| r.checked.as_ref().map(|c| c.stamp.at))
            .chain(self.tasks.iter().filter_map(|t| t.done.as_ref().map(|d| d.at)))
            .max();
        self.contacts.iter().any(|c| c.reached == Reached::Yes && news.is_none_or(|at| c.at >= at))
    }

    /// Somebody still owes something that nobody would watch any more: a reason says why that is all right. Needless where
    /// the applicant took the matter back, and where all that is open is the redirect the outcome tells of.
    #[must_use]
    pub fn needs_reason(&self, outcome: &str) -> bool {
        let redirected =
            |r: &Referral| r.redirect.is_some() && r.sent_at.is_some() && r.rejected.is_none();
        let told = |r: &Referral| outcome == "redirected" && redirected(r);
        // A supervisor's copy is for information: once its request is over, it holds nobody up.
        let over = |id| self.referrals.iter().any(|x| x.id == id && !x.is_open());
        let copied = |r: &Referral| r.copy_of.is_some_and(over);
        let body_owes = self.referrals.iter().any(|r| r.is_open() && !told(r) && !copied(r));
        outcome != "withdrawn" && (body_owes || self.tasks.iter().any(|t| t.done.is_none()))
    }

    /// Does closing wait for another officer than this one?
    #[must_use]
    pub fn waits_for_second(&self, officer: OfficerId) -> bool {
        self.issues.iter().any(|i| needs_second(i.category.as_str()))
            && self.closing_ask.as_ref().is_none_or(|ask| ask.by == officer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn the_list_names_categories_that_exist() {
        let codes: Vec<&str> =
            SECOND_EYES.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
        assert!(codes.len() >= 5);
        for code in codes {
            assert!(Catalog::shipped().category(code).is_some(), "{code}");
            assert!(needs_second(code));
        }
        assert!(!needs_second("ZKH-01"));
    }
}
