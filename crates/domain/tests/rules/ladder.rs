//! Which rung of the ladder is next, and that none is left out without a word.

use crate::log::Log;
use chrono::NaiveDate;
use esik_domain::calendar::Calendar;
use esik_domain::case::{Referral, RungFault};
use esik_domain::ladder::Rung;
use serde_json::json;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Due Mon 23 Nov 2026: the reminder from the 24th, the controller from the 26th, the head from the 30th.
fn owed() -> Log {
    Log::opened().referred(1, "E-HEA")
}

fn of(log: &Log) -> Referral {
    log.case().referrals[0].clone()
}

fn up(log: &mut Log, rung: &str) {
    let told = json!({ "way": "mail", "day": "2026-11-26" });
    log.of(1, "referral_escalated", json!({ "rung": rung, "told": told, "text": "прошу" }));
}

#[test]
fn the_next_rung_is_the_lowest_that_nobody_took() {
    let cal = Calendar::shipped();
    let mut log = owed();
    let next = |log: &Log| of(log).next_rung(&cal).map(|n| (n.rung, n.since));
    assert_eq!(next(&log), Some((Rung::Remind, day("2026-11-24"))));
    // One before the last day was only kind.
    log.of(1, "referral_reminded", json!({ "not_before": "2026-11-20T05:30:00Z" }));
    assert_eq!(next(&log), Some((Rung::Remind, day("2026-11-24"))));
    log.of(1, "referral_reminded", json!({ "not_before": "2026-11-24T05:30:00Z" }));
    assert_eq!(next(&log), Some((Rung::Controller, day("2026-11-26"))));
    up(&mut log, "controller");
    assert_eq!(next(&log), Some((Rung::Head, day("2026-11-30"))));
    up(&mut log, "region");
    assert_eq!(next(&log), None);
    // An answer that was sent back is owed anew, from the beginning.
    log.of(1, "agency_answered", json!({ "text": "рассмотрено" }));
    log.of(1, "referral_checked", json!({ "good": false }));
    log.last_at("2026-11-27T05:00:00Z");
    assert_eq!(next(&log), Some((Rung::Remind, day("2026-11-24"))));
}

#[test]
fn a_rung_out_of_turn_wants_a_reason_and_none_is_taken_twice() {
    let cal = Calendar::shipped();
    let mut log = owed();
    let take =
        |log: &Log, rung, reason: &str, on: &str| of(log).may_take(rung, reason, &cal, day(on));
    let head = Rung::Head;
    assert_eq!(take(&log, head, " ", "2026-12-01"), Err(RungFault::NeedsReason), "left out");
    assert_eq!(take(&log, head, "начальник сам позвонил", "2026-12-01"), Ok(()));
    log.of(1, "referral_reminded", json!({ "not_before": "2026-11-24T05:30:00Z" }));
    let controller = Rung::Controller;
    assert_eq!(take(&log, controller, "", "2026-11-25"), Err(RungFault::NeedsReason), "too early");
    assert_eq!(take(&log, controller, "", "2026-11-26"), Ok(()));
    up(&mut log, "head");
    for rung in [Rung::Remind, controller, head] {
        assert_eq!(take(&log, rung, "ещё раз", "2026-12-01"), Err(RungFault::Taken));
    }
}
