//! Expectations and results in the shape the screens show.

use crate::api::{PracticeMark, PracticeResult, PracticeWant};
use esik_domain::catalog::{Catalog, L10n};
use esik_domain::ids::{AgencyCode, CategoryCode};
use esik_domain::training::{Expectation, PASS_PERCENT, Played, Scenario, Want, score};

pub(super) fn want(scenario: &Scenario, e: &Expectation) -> PracticeWant {
    let (names, codes) = said(scenario, &e.want);
    PracticeWant { kind: e.want.kind(), names, codes, why: e.why.clone(), must: e.must }
}

pub(super) fn result(scenario: &Scenario, played: &Played) -> PracticeResult {
    let score = score(scenario, played);
    PracticeResult {
        percent: score.percent,
        passed: score.passed,
        pass_percent: PASS_PERCENT,
        seconds: played.seconds,
        lines: scenario
            .expect
            .iter()
            .zip(score.lines)
            .map(|(e, line)| PracticeMark {
                want: want(scenario, e),
                met: line.met,
                hinted: line.hinted,
            })
            .collect(),
    }
}

/// Names and codes that fill the sentence of its kind.
fn said(scenario: &Scenario, want: &Want) -> (Vec<L10n>, Vec<String>) {
    let names: Vec<L10n> = match want {
        Want::Asked { question } => {
            scenario.question(question).map(|q| q.ask.clone()).into_iter().collect()
        }
        Want::Category { any } => any.iter().filter_map(category).collect(),
        Want::Referral { any: bodies }
        | Want::Task { any: bodies }
        | Want::Rereferral { any: bodies }
        | Want::NotTo { none: bodies } => bodies.iter().filter_map(agency).collect(),
        _ => Vec::new(),
    };
    let codes = match want {
        Want::Circumstance { code } => vec![code.clone()],
        Want::Circle { circle } => vec![circle.clone()],
        Want::Shown { fields } | Want::Hidden { fields } => fields.clone(),
        Want::Closed { word } => serde_json::to_value(word)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .into_iter()
            .collect(),
        Want::Issues { count } => vec![count.to_string()],
        Want::InTime => vec![scenario.minutes.to_string()],
        _ => Vec::new(),
    };
    (names, codes)
}

fn category(code: &CategoryCode) -> Option<L10n> {
    Catalog::shipped().category(code.as_str()).map(|c| c.name.clone())
}

fn agency(code: &AgencyCode) -> Option<L10n> {
    Catalog::shipped().agency(code.as_str()).map(|a| a.name.clone())
}
