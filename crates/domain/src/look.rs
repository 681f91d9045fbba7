//! Who looked: that an officer opened a case, searched, printed or took something out (docs/adr/0057).
//!
//! A look says who, when, what about and why; never a word of the case, nor what was searched for.

use crate::aside::Aside;
use crate::case::CaseState;
use crate::event::{Body, Envelope};
use crate::ids::{CaseId, OfficerId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Looks of one record, at most: what waits longest is signed first.
pub const LOOKS_MAX: usize = 16;
/// Longest own words of a reason, in characters.
pub const WORDS_CHARS_MAX: usize = 200;
/// Reasons an officer picks from. The last one wants words of his own.
pub const REASONS: &[&str] = &["person", "instead", "control", "check", OTHER];
/// None of the list.
pub const OTHER: &str = "other";

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum LookWhat {
    /// A case was opened.
    Opened,
    /// A search showed people.
    Searched,
    /// A paper went to the printer.
    Printed,
    /// A file was opened in another program.
    FileOpened,
    /// Something left as a plain copy.
    Exported,
    /// What a later program writes.
    #[serde(other)]
    Later,
}

/// Why somebody who does not answer for a restricted case opened it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct LookReason {
    /// One of [`REASONS`].
    pub code: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl LookReason {
    /// Is it one of the list, with words where the list has none?
    #[must_use]
    pub fn is_given(&self) -> bool {
        REASONS.contains(&self.code.as_str())
            && (self.code != OTHER || !self.words.trim().is_empty())
            && self.words.chars().count() <= WORDS_CHARS_MAX
    }
}

/// One look as it is written down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Look {
    /// Seconds before the record was signed: a clock that is put right moves the look along.
    pub ago_s: u32,
    pub what: LookWhat,
    /// None: a search, a list, all cases at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Template of a paper; empty for anything else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub paper: String,
    /// Of a search: how many cases and visits it showed; of an export: how many it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<LookReason>,
}

/// A look with its moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Looked {
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub look: Look,
}

/// Looks of one officer, signed together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Looks {
    pub by: OfficerId,
    pub looks: Vec<Looked>,
}

impl Looks {
    /// The cases they are about, each once.
    #[must_use]
    pub fn cases(&self) -> Vec<CaseId> {
        let mut out: Vec<CaseId> = self.looks.iter().filter_map(|l| l.look.case).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Is a reason asked for? Of whoever opens a restricted case and neither answers for it nor took it in.
#[must_use]
pub fn wants_reason(case: &CaseState, officer: OfficerId) -> bool {
    !case.circle.is_open() && officer != case.author && officer != case.controller()
}

pub(crate) fn apply(aside: &mut Option<Aside>, e: &Envelope, body: Body) {
    let (aside @ None, Body::LooksNoted(b)) = (aside, body) else { return };
    let at = |ago: u32| {
        e.occurred_at.checked_sub_signed(TimeDelta::seconds(ago.into())).unwrap_or(e.occurred_at)
    };
    let looks = b.looks.into_iter().map(|look| Looked { at: at(look.ago_s), look }).collect();
    *aside = Some(Aside::Looks(Looks { by: e.actor_id, looks }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_of_the_list_or_has_words_of_its_own() {
        let given = |code: &str, words: &str| {
            LookReason { code: code.to_owned(), words: words.to_owned() }.is_given()
        };
        assert!(given("control", "") && given("person", "звонила") && given("other", "проверка"));
        assert!(!given("other", " ") && !given("curious", "просто") && !given("", ""));
        assert!(given("other", &"ж".repeat(WORDS_CHARS_MAX)));
        assert!(!given("other", &"ж".repeat(WORDS_CHARS_MAX + 1)));
    }

    #[test]
    fn what_a_later_program_notes_is_kept_as_a_look() {
        let look: Look = serde_json::from_str(r#"{"ago_s":3,"what":"photographed"}"#).unwrap();
        assert_eq!(look.what, LookWhat::Later);
    }
}
