//! How well a visitor was helped: a pure function of the folded case and of how it was played.

use super::{Expectation, Scenario, Want};
use crate::case::CaseState;
use crate::event::{ContactHow, Reached};
use crate::text::{fold, tokens};
use std::collections::BTreeSet;

/// Points of a hundred from which a scenario is passed.
pub const PASS_PERCENT: u32 = 80;

/// One run through a scenario, as far as it has come.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// The visitor's case; `None` while nothing was written.
    pub case: Option<CaseState>,
    /// Codes of the questions put.
    pub asked: BTreeSet<String>,
    /// The visitor's old case is the one that was worked on.
    pub joined: bool,
    /// An empty answer was sent back: the fold forgets that when the next answer comes.
    pub returned: bool,
    /// Seconds from the visitor's first words to the end of the run.
    pub seconds: u64,
    /// Expectations for which a hint was asked, by their place in the scenario: half the points.
    pub hinted: BTreeSet<usize>,
}

/// The outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Score {
    /// Of a hundred.
    pub percent: u32,
    pub passed: bool,
    /// One line an expectation, in the scenario's order.
    pub lines: Vec<ScoreLine>,
}

/// One expectation and whether it was met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScoreLine {
    pub met: bool,
    pub hinted: bool,
    pub must: bool,
}

/// Scores a run.
#[must_use]
pub fn score(scenario: &Scenario, played: &Played) -> Score {
    let mut points = 0;
    let mut all = 0;
    let mut lines = Vec::with_capacity(scenario.expect.len());
    for (i, e) in scenario.expect.iter().enumerate() {
        let line = ScoreLine {
            met: met(scenario, e, played),
            hinted: played.hinted.contains(&i),
            must: e.must,
        };
        // In halves, so that a hint costs half without rounding.
        all += 2 * e.weight;
        points += match (line.met, line.hinted) {
            (true, false) => 2 * e.weight,
            (true, true) => e.weight,
            (false, _) => 0,
        };
        lines.push(line);
    }
    let percent = (points * 100).checked_div(all).unwrap_or(0);
    let passed = percent >= PASS_PERCENT && lines.iter().all(|l| l.met || !l.must);
    Score { percent, passed, lines }
}

/// Is one expectation met?
#[must_use]
pub fn met(scenario: &Scenario, expectation: &Expectation, played: &Played) -> bool {
    match &expectation.want {
        Want::Asked { question } => return played.asked.contains(question),
        Want::Joined => return played.joined,
        Want::Returned => return played.returned,
        Want::InTime => {
            return played.case.is_some() && played.seconds <= u64::from(scenario.minutes) * 60;
        }
        _ => {}
    }
    played.case.as_ref().is_some_and(|case| of_case(&expectation.want, case))
}

fn of_case(want: &Want, case: &CaseState) -> bool {
    let leaving = || case.referrals.iter().filter(|r| r.withdrawn.is_none());
    match want {
        Want::Asked { .. } | Want::Joined | Want::Returned | Want::InTime => false,
        Want::Category { any } => case.issues.iter().any(|i| any.contains(&i.category)),
        Want::Issues { count } => case.issues.len() >= *count,
        Want::Circumstance { code } => case.visits.iter().any(|v| v.circumstances.contains(code)),
        Want::Nameless => case.applicant().is_none_or(crate::event::Party::is_nameless),
        Want::Named => case.applicant().is_some_and(|p| !p.is_nameless()),
        Want::Iin { right } => case.applicant().is_none_or(|p| p.iin.is_empty() || p.iin == *right),
        Want::Advice { mentions } => case.advice.iter().any(|a| says_any(&a.text, mentions)),
        Want::OnlyAdvice => !case.is_case() && case.crime.is_none() && !case.advice.is_empty(),
        Want::Referral { any } => leaving().any(|r| any.contains(&r.agency)),
        Want::NotTo { none } => !leaving().any(|r| none.contains(&r.agency)),
        Want::Shown { fields } => leaving().any(|r| {
            fields.iter().all(|f| r.leaves.iter().any(|l| l.field == *f && !l.value.is_empty()))
        }),
        Want::Hidden { fields } => {
            leaving().all(|r| r.leaves.iter().all(|l| !fields.contains(&l.field)))
        }
        Want::Circle { circle } => {
            case.circle.0 == *circle
                || (case.circle.is_open()
                    && leaving().next().is_some()
                    && leaving().all(|r| r.circle.0 == *circle))
        }
        Want::Kui => case.crime.as_ref().is_some_and(|c| !c.kui_number.trim().is_empty()),
        Want::Unsaid { words } => {
            let said = [&case.narrative, &case.title]
                .into_iter()
                .chain(case.referrals.iter().map(|r| &r.text))
                .chain(case.tasks.iter().map(|t| &t.text));
            !words.is_empty() && !said.into_iter().any(|text| says_any(text, words))
        }
        Want::Task { any } => case.tasks.iter().any(|t| any.contains(&t.unit)),
        Want::Promise => {
            let mut days =
                leaving().map(|r| r.answer_due).chain(case.tasks.iter().map(|t| t.due)).peekable();
            days.peek().is_some() && days.all(|d| d.is_some())
        }
        Want::Coupon => case.coupon.is_some(),
        Want::SafeContact => {
            let careful = case
                .applicant()
                .is_none_or(|p| p.phone.is_empty() || p.do_not_call || !p.call_note.is_empty());
            let called = case
                .contacts
                .iter()
                .any(|c| matches!(c.how, ContactHow::Call | ContactHow::Message));
            let may_call =
                case.applicant().is_some_and(|p| !p.do_not_call && !p.call_note.is_empty());
            careful && (!called || may_call)
        }
        Want::Rereferral { any } => {
            case.referrals.iter().any(|r| r.replaces.is_some() && any.contains(&r.agency))
        }
        Want::AnswerChecked => {
            case.referrals.iter().any(|r| r.checked.as_ref().is_some_and(|c| c.good))
        }
        Want::Told => case.contacts.iter().any(|c| c.reached == Reached::Yes),
        Want::Closed { word } => case.closed.as_ref().is_some_and(|c| c.word == *word),
        Want::StillOpen => case.is_case() && case.closed.is_none(),
        Want::Reopened => case.reopened > 0,
    }
}

/// Does some word of the text begin like one of these? No words = any text at all.
fn says_any(text: &str, words: &[String]) -> bool {
    if words.is_empty() {
        return !text.trim().is_empty();
    }
    let begins: Vec<String> = words.iter().map(|w| fold(w)).collect();
    tokens(text).iter().any(|t| begins.iter().any(|b| t.folded.starts_with(b.as_str())))
}

#[cfg(test)]
mod tests;
