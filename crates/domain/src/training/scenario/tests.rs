//! Every shipped scenario can be used, and is written for people in three languages.

use super::*;
use crate::training::{Played, score};
use std::collections::BTreeSet;

fn texts(s: &Scenario) -> Vec<&L10n> {
    let mut out = vec![&s.title, &s.words];
    out.extend(s.questions.iter().flat_map(|q| [&q.ask, &q.answer]));
    out.extend(s.expect.iter().filter_map(|e| e.why.as_ref()));
    out.extend(s.bodies.iter().flat_map(|b| &b.steps).filter_map(|r| match r {
        Reaction::Accept => None,
        Reaction::Reject { reason, .. } => Some(reason),
        Reaction::Answer { text } => Some(text),
    }));
    if let Some(earlier) = &s.earlier {
        out.push(&earlier.text);
        out.extend(earlier.closed_with.as_ref());
    }
    out
}

#[test]
fn every_file_is_a_scenario_and_no_code_is_twice() {
    for text in FILES {
        read(text).unwrap();
    }
    let codes: BTreeSet<&str> = shipped().iter().map(|s| s.code.as_str()).collect();
    assert_eq!(codes.len(), FILES.len());
}

#[test]
fn the_texts_are_written_in_each_language() {
    for s in shipped() {
        for text in texts(s) {
            for said in [&text.kk, &text.ru, &text.en] {
                assert!(!said.trim().is_empty(), "{}: an empty text", s.code);
            }
            assert_ne!(text.kk, text.ru, "{}: the Kazakh is the Russian", s.code);
            let cyrillic =
                |said: &str| said.replace("eGov", "").chars().all(|c| !c.is_ascii_alphabetic());
            assert!(cyrillic(&text.kk) && cyrillic(&text.ru), "{}: {text:?}", s.code);
        }
    }
}

#[test]
fn nobody_passes_by_doing_nothing_and_every_scenario_has_what_must_be_done() {
    for s in shipped() {
        let nothing = score(s, &Played::default());
        assert_eq!((nothing.percent, nothing.passed), (0, false), "{}", s.code);
        assert!(s.expect.iter().any(|e| e.must), "{}: nothing is a must", s.code);
        assert!(s.expect.len() >= 5, "{}", s.code);
    }
}

#[test]
fn a_scenario_that_names_what_is_not_there_is_refused() {
    let with = |expect: &str| {
        let names = r#"{"kk":"а","ru":"б","en":"c"}"#;
        read(&format!(
            r#"{{"code":"x","title":{names},"minutes":1,"words":{names},"questions":[],"expect":[{expect}]}}"#
        ))
    };
    assert!(with(r#"{"want":"coupon"}"#).is_ok());
    assert!(with(r#"{"want":"asked","question":"none"}"#).is_err());
    assert!(with(r#"{"want":"referral","any":["E-XXX"]}"#).is_err());
    assert!(with(r#"{"want":"category","any":["XXX-01"]}"#).is_err());
    assert!(with(r#"{"want":"magic"}"#).is_err());
}
