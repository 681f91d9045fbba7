//! How soon a case has to be taken up: a rule proposes it from the themes and the circumstances and says why; an officer's word
//! stands over it.
//!
//! The grades of the themes stand in `data/categories.tsv`, what circumstances make of them in `data/priorities.tsv`; both are
//! proposals of the product, not of the law. No term is counted from a priority: it says what is looked at first.

use crate::case::CaseState;
use crate::catalog::Catalog;
use crate::ids::{CategoryCode, OfficerId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

const RULES: &str = include_str!("../data/priorities.tsv");

/// How soon, the soonest first.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Life, health or freedom is in danger: now, by telephone, before anything else.
    AtOnce,
    /// It cannot wait until tomorrow.
    Urgent,
    /// In the order of the days that were promised.
    #[default]
    InTurn,
    /// Nobody is harmed by waiting.
    CanWait,
}

impl Priority {
    /// All four, the soonest first.
    pub const ALL: [Self; 4] = [Self::AtOnce, Self::Urgent, Self::InTurn, Self::CanWait];

    /// 1 to 4, as the tables write it and lists are ordered.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::AtOnce => 1,
            Self::Urgent => 2,
            Self::InTurn => 3,
            Self::CanWait => 4,
        }
    }

    /// Of a rank; `None` for any other number.
    #[must_use]
    pub fn of_rank(rank: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.rank() == rank)
    }

    /// Its word in events and catalogues.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Urgent => "urgent",
            Self::InTurn => "in_turn",
            Self::CanWait => "can_wait",
        }
    }

    /// The one with this word; `None` for any other.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.code() == code)
    }
}

/// One thing that speaks for a priority: a theme, a circumstance, or both together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Speaks {
    pub theme: Option<CategoryCode>,
    pub circumstance: Option<String>,
}

/// What the rule proposes, and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
pub struct Proposed {
    pub priority: Priority,
    /// What speaks for just this priority; empty where nothing is known yet.
    pub why: Vec<Speaks>,
}

/// An officer's word on it; no priority = the rule decides again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PriorityWord {
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub priority: Option<Priority>,
    /// What the rule proposed to the officer then.
    pub over: Priority,
    pub reason: String,
}

struct Rule {
    circumstance: &'static str,
    /// Of which themes it speaks; none = whatever the theme, also before one is known.
    themes: Option<Vec<&'static str>>,
    priority: Priority,
}

static RULE: LazyLock<Vec<Rule>> =
    LazyLock::new(|| RULES.lines().skip(1).filter_map(read).collect());

fn read(line: &'static str) -> Option<Rule> {
    let mut cells = line.split('\t');
    let circumstance = cells.next().filter(|cell| !cell.is_empty())?;
    let themes = match cells.next()? {
        "*" => None,
        list => Some(list.split('|').collect()),
    };
    let priority = Priority::of_rank(cells.next()?.parse().ok()?)?;
    Some(Rule { circumstance, themes, priority })
}

/// The soonest that any theme or circumstance speaks for; in turn where nothing speaks.
#[must_use]
pub fn propose<'a>(
    themes: impl IntoIterator<Item = &'a str>,
    circumstances: impl IntoIterator<Item = &'a str>,
) -> Proposed {
    let themes: Vec<&str> = themes.into_iter().collect();
    let graded = themes.iter().filter_map(|code| {
        let priority = Priority::of_rank(Catalog::shipped().category(code)?.urgency?)?;
        Some((priority, speaks(Some(code), None)))
    });
    let mut all: Vec<(Priority, Speaks)> = graded.collect();
    for told in circumstances {
        for rule in RULE.iter().filter(|rule| rule.circumstance == told) {
            match &rule.themes {
                None => all.push((rule.priority, speaks(None, Some(told)))),
                Some(of) => all.extend(
                    themes
                        .iter()
                        .filter(|theme| of.contains(theme))
                        .map(|theme| (rule.priority, speaks(Some(theme), Some(told)))),
                ),
            }
        }
    }
    let Some(priority) = all.iter().map(|(priority, _)| *priority).min() else {
        return Proposed::default();
    };
    let mut why: Vec<Speaks> = Vec::new();
    for (of, speaks) in all {
        if of == priority && !why.contains(&speaks) {
            why.push(speaks);
        }
    }
    Proposed { priority, why }
}

fn speaks(theme: Option<&str>, circumstance: Option<&str>) -> Speaks {
    Speaks { theme: theme.map(CategoryCode::from), circumstance: circumstance.map(str::to_owned) }
}

impl CaseState {
    /// What the rule proposes from all that was told in any visit.
    #[must_use]
    pub fn proposed_priority(&self) -> Proposed {
        propose(
            self.issues.iter().map(|issue| issue.category.as_str()),
            self.visits.iter().flat_map(|visit| visit.circumstances.iter().map(String::as_str)),
        )
    }

    /// The priority that holds: an officer's word, else what the rule proposes. What became known only after that word, or to
    /// others than that officer, still makes it sooner.
    #[must_use]
    pub fn priority(&self) -> Priority {
        let proposed = self.proposed_priority().priority;
        let Some((word, said)) = self.priority_word.as_ref().and_then(|w| Some((w, w.priority?)))
        else {
            return proposed;
        };
        if proposed < word.over { said.min(proposed) } else { said }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_name_themes_and_circumstances_that_exist() {
        assert_eq!(RULE.len(), RULES.lines().count() - 1, "a line could not be read");
        let known = ["afraid", "no_home", "baby", "pregnant", "disability", "elderly", "child"];
        for rule in RULE.iter() {
            assert!(known.contains(&rule.circumstance), "{}", rule.circumstance);
            for theme in rule.themes.iter().flatten() {
                let grade = Catalog::shipped().category(theme).and_then(|c| c.urgency);
                let grade = grade.and_then(Priority::of_rank).unwrap();
                assert!(rule.priority < grade, "{} {theme}: changes nothing", rule.circumstance);
            }
        }
    }

    #[test]
    fn every_theme_has_a_priority_and_every_priority_is_used() {
        let leaves = Catalog::shipped().categories().iter().filter(|c| c.level == 2);
        let mut seen: Vec<Priority> =
            leaves.map(|c| c.urgency.and_then(Priority::of_rank).unwrap()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, Priority::ALL);
    }

    #[test]
    fn cold_at_home_is_urgent_and_with_a_baby_it_is_for_now() {
        let cold = propose(["ZKH-01"], []);
        assert_eq!(cold.priority, Priority::Urgent);
        assert_eq!(cold.why, [speaks(Some("ZKH-01"), None)]);
        let baby = propose(["ZKH-01"], ["baby", "language"]);
        assert_eq!(baby.priority, Priority::AtOnce);
        assert_eq!(baby.why, [speaks(Some("ZKH-01"), Some("baby"))], "what is weaker is not told");
        // A bill is a bill, whoever gets it.
        assert_eq!(propose(["ZKH-08"], ["baby"]).priority, Priority::CanWait);
    }

    #[test]
    fn fear_counts_before_a_theme_is_known_and_nothing_known_is_in_turn() {
        assert_eq!(propose([], ["afraid"]).priority, Priority::AtOnce);
        assert_eq!(propose([], []), Proposed { priority: Priority::InTurn, why: Vec::new() });
        assert_eq!(propose(["XYZ-99"], ["do_not_call"]).priority, Priority::InTurn);
    }

    #[test]
    fn of_several_troubles_the_soonest_counts() {
        let both = propose(["ZKH-08", "ZKH-05"], []);
        assert_eq!(both.priority, Priority::AtOnce);
        assert_eq!(both.why, [speaks(Some("ZKH-05"), None)]);
    }

    #[test]
    fn ranks_and_words_lead_back() {
        for priority in Priority::ALL {
            assert_eq!(Priority::of_rank(priority.rank()), Some(priority));
            assert_eq!(Priority::of_code(priority.code()), Some(priority));
            assert_eq!(serde_json::to_value(priority).unwrap(), priority.code());
        }
        assert_eq!(Priority::of_rank(0), None);
        assert_eq!(Priority::of_code("now"), None);
    }
}
