//! Commands that need no profile: pure knowledge.

use crate::args::Check;
use chrono::{DateTime, NaiveTime};
use esik_app::refusal;
use esik_domain::calendar::Calendar;
use esik_domain::catalog::Catalog;
use esik_domain::deadline::{Counting, FirstDay, working_days};
use esik_domain::suggest::{History, suggest as suggest_for};
use serde_json::{Value, json};
use std::process::ExitCode;

pub fn suggest(text: &str) -> ExitCode {
    let suggestion = suggest_for(Catalog::shipped(), text, &History::default());
    let mut told = serde_json::to_value(suggestion).ok();
    // The contract names one field for all three lists: why it is here.
    let flags = told.as_mut().and_then(|t| t.get_mut("red_flags")).and_then(Value::as_array_mut);
    for flag in flags.into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(words) = flag.get("words").cloned() {
            flag.entry("why").or_insert(words);
        }
    }
    answer(told)
}

pub fn check(what: &Check) -> ExitCode {
    match what {
        Check::Iin { number } => answer(serde_json::to_value(esik_domain::iin::check(number)).ok()),
        Check::Phone { number } => {
            answer(serde_json::to_value(esik_domain::phone::check(number)).ok())
        }
        Check::Deadline { from, working_days: days, first_day, closing } => {
            let parsed = (
                DateTime::parse_from_rfc3339(from).ok(),
                NaiveTime::parse_from_str(closing, "%H:%M").ok(),
                match first_day.as_str() {
                    "receipt" => Some(FirstDay::Receipt),
                    "next" => Some(FirstDay::Next),
                    _ => None,
                },
            );
            let (Some(from), Some(closing), Some(first_day)) = parsed else {
                return answer(None);
            };
            let counting = Counting { closing, first_day };
            let deadline = working_days(&Calendar::shipped(), from.to_utc(), *days, &counting);
            answer(serde_json::to_value(deadline).ok())
        }
    }
}

fn answer(value: Option<Value>) -> ExitCode {
    match value {
        Some(value) => {
            crate::print(&value);
            ExitCode::SUCCESS
        }
        None => {
            crate::print(&json!({ "error": refusal("bad_request") }));
            ExitCode::FAILURE
        }
    }
}
