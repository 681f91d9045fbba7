//! A slip taken back: the log keeps both, the case is as if it had not been.

use crate::log::Log;
use chrono::Duration;
use esik_domain::aside::Aside;
use esik_domain::case::{ObligationKind, ReferralState};
use esik_domain::event::{By, KINDS};
use esik_domain::ids::{EventId, OfficerId};
use esik_domain::round::Place;
use esik_domain::undo::{UNDOABLE, UndoFault, WINDOW_S, may_undo, taking_back, undone};
use serde_json::json;
use uuid::Uuid;

/// The officer of [`Log::add`].
const ME: u128 = 902;
const OTHER: u128 = 77;

fn officer(n: u128) -> OfficerId {
    OfficerId(Uuid::from_u128(n))
}

fn closed(log: &mut Log) -> EventId {
    log.add("case_closed", json!({ "word": "solved", "outcome": "helped" }))
}

#[test]
fn a_case_closed_by_a_slip_is_open_again_as_if_nothing_had_been() {
    let mut log = Log::opened().referred(10, "E-HEA");
    let before = log.case();
    let close = closed(&mut log);
    assert!(log.case().closed.is_some());
    log.add("act_undone", json!({ "event": close }));
    let after = log.case();
    assert_eq!(after.closed, None);
    assert_eq!(after.reopened, 0, "it was never closed, so it was not reopened");
    assert_eq!(after.obligations(), before.obligations());
    assert_eq!(undone(log.entries()).len(), 1, "the log keeps what was done and what was undone");
}

#[test]
fn a_task_ticked_by_a_slip_is_open_and_may_be_ticked_again() {
    let mut log = Log::opened();
    let task = Uuid::from_u128(70);
    log.add("task_assigned", json!({ "task_id": task, "text": "обход", "unit": "P-UIP" }));
    let tick = log.add("task_done", json!({ "task_id": task, "result": "не то" }));
    log.add("act_undone", json!({ "event": tick }));
    assert_eq!(log.case().tasks[0].done, None);
    assert_eq!(log.case().obligations()[0].what, ObligationKind::DoTask);
    log.add("task_done", json!({ "task_id": task, "result": "обошёл" }));
    assert_eq!(log.case().tasks[0].result, "обошёл");
}

#[test]
fn a_correction_taken_back_leaves_the_old_value_and_its_base() {
    let mut log = Log::opened();
    let first = log.case().set_by["title"];
    let amend = log.add("case_amended", json!({ "title": "Холодно" }));
    assert_eq!(log.case().title, "Холодно");
    log.add("act_undone", json!({ "event": amend }));
    assert_eq!(log.case().title, "Нет отопления");
    assert_eq!(log.case().set_by["title"], first);
}

#[test]
fn who_came_with_the_trouble_stays_and_somebody_of_the_household_goes() {
    let mut log = Log::opened();
    let before = log.case().parties.len();
    for (n, role, left) in [(81, "household_member", 0), (82, "applicant", 1)] {
        let added = log.add(
            "party_added",
            json!({ "party_id": Uuid::from_u128(n), "party": { "role": role, "surname": "Сейтова" } }),
        );
        assert_eq!(log.case().parties.len(), before + 1);
        log.add("act_undone", json!({ "event": added }));
        assert_eq!(log.case().parties.len(), before + left, "{role}");
    }
}

#[test]
fn a_person_called_by_a_slip_waits_again() {
    let mut log = Log::visited();
    log.add("queue_joined", json!({ "desk": "А", "n": 1 }));
    let call = log.add("queue_called", json!({}));
    log.add("act_undone", json!({ "event": call }));
    assert_eq!(log.case().ticket.unwrap().called, None);
}

#[test]
fn nobody_takes_back_what_another_did_nor_what_left_the_station() {
    let mut log = Log::opened().referred(10, "E-HEA");
    let close = closed(&mut log);
    log.add_by(OTHER, "act_undone", json!({ "event": close }));
    assert!(log.case().closed.is_some(), "another officer's undo does nothing");
    let sent = log.entries().iter().find(|e| e.event.kind == "referral_sent").unwrap().event.id;
    log.add("act_undone", json!({ "event": sent }));
    assert_ne!(log.case().referrals[0].state(), ReferralState::Draft);
    log.add("act_undone", json!({ "event": Uuid::from_u128(12345) }));
    assert_eq!(undone(log.entries()).len(), 0);
}

#[test]
fn an_undo_that_the_region_refused_does_nothing() {
    let mut log = Log::opened();
    let close = closed(&mut log);
    log.add("act_undone", json!({ "event": close }));
    log.refuse_last("not_allowed");
    assert!(log.case().closed.is_some());
}

#[test]
fn the_desk_offers_it_to_its_author_within_a_minute_while_nobody_went_on() {
    let mut log = Log::opened();
    let close = closed(&mut log);
    let at = log.entries().last().unwrap().event.occurred_at;
    let ask = |log: &Log, who, seconds| {
        may_undo(log.entries(), officer(who), close, at + Duration::seconds(seconds)).map(|e| e.id)
    };
    assert_eq!(ask(&log, ME, WINDOW_S), Ok(close));
    assert_eq!(ask(&log, ME, WINDOW_S + 1), Err(UndoFault::Late));
    assert_eq!(ask(&log, OTHER, 1), Err(UndoFault::Impossible));
    log.add("note_added", json!({ "text": "ещё" }));
    assert_eq!(ask(&log, ME, 1), Ok(close), "one's own next step is no hindrance");
    log.add_by(OTHER, "case_reopened", json!({ "reason": "пришёл снова" }));
    assert_eq!(ask(&log, ME, 1), Err(UndoFault::Overtaken));
}

#[test]
fn what_was_undone_is_not_undone_twice() {
    let mut log = Log::opened();
    let note = log.add("note_added", json!({ "text": "не сюда" }));
    let at = log.entries().last().unwrap().event.occurred_at;
    log.add("act_undone", json!({ "event": note }));
    assert_eq!(
        may_undo(log.entries(), officer(ME), note, at).map(|e| e.id),
        Err(UndoFault::Impossible)
    );
}

#[test]
fn a_finished_intake_does_not_call_the_person_back_into_the_hall() {
    let mut log = Log::visited();
    log.add("queue_joined", json!({ "desk": "А", "n": 1 }));
    let served = log.add("queue_left", json!({ "how": "served" }));
    log.add("act_undone", json!({ "event": served }));
    assert_eq!(log.case().ticket.unwrap().left.as_deref(), Some("served"));
}

#[test]
fn every_kind_that_can_be_undone_exists_and_is_an_officers() {
    for kind in UNDOABLE {
        assert!(KINDS.iter().any(|(k, _, by)| k == kind && *by != By::Region), "{kind}");
    }
    for kind in [
        "referral_sent",
        "referral_withdrawn",
        "referral_reminded",
        "referral_checked",
        "round_handed_in",
    ] {
        assert!(!UNDOABLE.contains(&kind), "{kind} leaves the station");
    }
}

#[test]
fn a_settled_pair_leaves_the_other_pair_waiting() {
    let mut log = Log::opened();
    let stale = log.entries()[0].event.id;
    let mut meet = |body| {
        log.add("case_amended", body);
        log.rebase_last(stale)
    };
    let title = meet(json!({ "title": "Иначе" }));
    meet(json!({ "address": { "text": "Абая, 1" } }));
    assert_eq!(log.case().review.len(), 2);
    log.add("review_settled", json!({ "event": title }));
    assert_eq!(log.case().review.len(), 1);
    assert_eq!(log.case().review[0].field, "address");
    log.add("review_settled", json!({}));
    assert!(log.case().review.is_empty(), "an older program settles all at once");
}

#[test]
fn advice_that_nothing_follows_is_called_by_its_first_words() {
    let mut log = Log::visited();
    log.add("advice_given", json!({ "text": "Где получить справку? В ЦОНе.", "only": true }));
    assert_eq!(log.case().title, "Где получить справку?");
    let mut log = Log::opened();
    log.add("advice_given", json!({ "text": "Не греться плитой", "only": false }));
    assert_eq!(log.case().title, "Нет отопления");
}

#[test]
fn a_withdrawn_request_says_why() {
    let mut log = Log::opened().referred(10, "E-HEA");
    log.of(10, "referral_withdrawn", json!({ "reason": "дом на балансе ОСИ" }));
    let case = log.case();
    assert_eq!(case.referrals[0].state(), ReferralState::Withdrawn);
    assert_eq!(case.referrals[0].withdrawn_why, "дом на балансе ОСИ");
    assert_eq!(case.obligations()[0].what, ObligationKind::Decide, "the trouble is ours again");
}

/// A step whose request was withdrawn, or whose action was taken back, does not hang in the air.
#[test]
fn a_step_of_a_plan_is_owed_when_what_stood_for_it_is_gone() {
    let step = |n: u128, more: serde_json::Value| {
        let mut body = json!({ "step_id": Uuid::from_u128(n), "text": "свет", "working_days": 3 });
        for (k, v) in more.as_object().unwrap() {
            body[k] = v.clone();
        }
        body
    };
    let owed = |log: &Log| {
        let owed = log.case().obligations();
        owed.iter().filter(|o| o.what == ObligationKind::PlanStep).count()
    };
    let mut log = Log::opened().referred(10, "E-HEA");
    let task = Uuid::from_u128(70);
    let given =
        log.add("task_assigned", json!({ "task_id": task, "text": "обход", "unit": "P-UIP" }));
    log.add("plan_step_added", step(1, json!({ "referral": Uuid::from_u128(10) })));
    log.add("plan_step_added", step(2, json!({ "task": task })));
    assert_eq!(owed(&log), 0, "owed as a request and as an action");
    log.of(10, "referral_withdrawn", json!({ "reason": "не тот орган" }));
    assert_eq!(owed(&log), 1);
    log.add("act_undone", json!({ "event": given }));
    assert_eq!(owed(&log), 2);
}

#[test]
fn a_step_ticked_by_a_slip_is_open_again() {
    let mut log = Log::opened();
    let id = Uuid::from_u128(1);
    log.add("plan_step_added", json!({ "step_id": id, "text": "свет", "working_days": 3 }));
    let tick = log.add("plan_step_done", json!({ "step_id": id }));
    log.add("act_undone", json!({ "event": tick }));
    assert!(log.case().plan[0].done.is_none());
}

fn place(log: &Log) -> Option<Place> {
    match log.case().aside {
        Some(Aside::Place(place)) => Some(place),
        Some(Aside::Gone) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_address_noted_by_a_slip_is_gone_and_its_stream_is_still_no_case() {
    let mut log = Log::empty();
    let noted = log.add("round_place_noted", json!({ "address": "Абая, 7" }));
    log.add("act_undone", json!({ "event": noted }));
    assert_eq!(place(&log), None);
    assert!(log.case().is_beside() && !log.case().is_case());
    assert_eq!(log.case().obligations(), []);
}

#[test]
fn a_visit_a_day_and_a_dropped_address_are_as_they_were() {
    let mut log = Log::empty();
    log.add("round_place_noted", json!({ "address": "Абая, 7", "day": "2026-11-20" }));
    let before = place(&log);
    for (kind, body) in [
        ("round_visited", json!({ "result": "talked", "note": "дома", "next": "2026-11-25" })),
        ("round_planned", json!({ "day": "2026-11-21" })),
        ("round_place_dropped", json!({})),
        ("round_place_noted", json!({ "address": "Абая, 7", "note": "собака" })),
    ] {
        let act = log.add(kind, body);
        assert_ne!(place(&log), before, "{kind}");
        log.add("act_undone", json!({ "event": act }));
        assert_eq!(place(&log), before, "{kind}");
    }
}

/// Whatever came first, here or from another computer of the same officer.
#[test]
fn an_address_stays_while_a_visit_stands_there() {
    let mut log = Log::empty();
    let noted = log.add("round_place_noted", json!({ "address": "Абая, 7" }));
    let at = log.entries()[0].event.occurred_at;
    log.add("act_undone", json!({ "event": noted }));
    let visit = log.add("round_visited", json!({ "result": "talked" }));
    assert_eq!(place(&log).unwrap().visits.len(), 1, "nothing of a visit is hidden");
    let ask = |log: &Log| may_undo(log.entries(), officer(ME), noted, at).map(|e| e.id);
    assert_eq!(ask(&log), Err(UndoFault::BuiltOn));
    log.add("act_undone", json!({ "event": visit }));
    assert_eq!(place(&log), None);
}

#[test]
fn a_shift_nobody_took_can_be_had_back_and_a_taken_one_cannot() {
    let body = json!({ "handing": { "from": "2026-11-20T04:00:00Z", "note": "ключ" } });
    let mut log = Log::empty();
    let handed = log.add("shift_handed_over", body.clone());
    let at = log.entries()[0].event.occurred_at;
    let ask = |log: &Log| may_undo(log.entries(), officer(ME), handed, at).map(|e| e.id);
    assert_eq!(ask(&log), Ok(handed));
    let taken = log.add_by(OTHER, "shift_taken", json!({}));
    assert_eq!(ask(&log), Err(UndoFault::Overtaken));
    log.add("act_undone", json!({ "event": handed }));
    let Some(Aside::Shift(shift)) = log.case().aside else { panic!("taken, so it stays") };
    assert!(shift.taken.is_some());
    log.add_by(OTHER, "act_undone", json!({ "event": taken }));
    assert_eq!(log.case().aside, Some(Aside::Gone));

    let mut log = Log::empty();
    log.add("shift_handed_over", body);
    let taken = log.add_by(OTHER, "shift_taken", json!({}));
    log.add_by(OTHER, "act_undone", json!({ "event": taken }));
    let Some(Aside::Shift(shift)) = log.case().aside else { panic!() };
    assert!(shift.taken.is_none() && shift.may_take(officer(OTHER)), "it waits again");
}

#[test]
fn a_file_that_went_with_an_act_goes_again_by_a_record_of_its_own() {
    let mut log = Log::opened();
    let id = Uuid::from_u128(60);
    let file = json!({ "hash": "aa", "name": "двор.jpg", "media_type": "image/jpeg", "bytes": 4 });
    let linked =
        log.add("attachment_linked", json!({ "attachment_id": id, "file": file, "key": "00" }));
    let act = log.entries().last().unwrap().event.clone();
    assert_eq!(taking_back(&act).unwrap().kind(), "attachment_withdrawn");
    assert!(may_undo(log.entries(), officer(ME), linked, act.occurred_at).is_ok());
    log.add("act_undone", json!({ "event": linked }));
    assert_eq!(log.case().attachments[0].withdrawn, None, "an undo alone wipes no bytes");
    log.add("attachment_withdrawn", json!({ "attachment_id": id }));
    let again = may_undo(log.entries(), officer(ME), linked, act.occurred_at).map(|e| e.id);
    assert_eq!(again, Err(UndoFault::Impossible));
}

#[test]
fn every_step_of_a_plan_comes_back() {
    let mut log = Log::opened();
    let id = Uuid::from_u128(1);
    let added = json!({ "step_id": id, "text": "свет", "working_days": 3 });
    for (kind, body) in [
        ("plan_step_added", added.clone()),
        ("plan_step_moved", json!({ "step_id": id, "working_days": 9 })),
        ("plan_step_done", json!({ "step_id": id })),
        ("plan_step_dropped", json!({ "step_id": id, "reason": "не нужно" })),
    ] {
        let before = log.case().plan;
        let act = log.add(kind, body);
        assert_ne!(log.case().plan, before, "{kind}");
        log.add("act_undone", json!({ "event": act }));
        assert_eq!(log.case().plan, before, "{kind}");
        if kind == "plan_step_added" {
            log.add(kind, added.clone());
        }
    }
}

#[test]
fn what_the_region_refused_is_work_until_somebody_dealt_with_it() {
    let refused = |log: &mut Log| {
        let event = log.add("case_closed", json!({ "word": "solved", "outcome": "helped" }));
        log.refuse_last("needs_second");
        event
    };
    let owed = |log: &Log| {
        let all = log.case().obligations();
        all.iter().filter(|o| o.what == ObligationKind::Refused).count()
    };
    let mut log = Log::opened();
    let (one, two) = (refused(&mut log), refused(&mut log));
    assert_eq!((log.case().refused.len(), owed(&log)), (2, 2));
    let note = "закрыл заново";
    let word = log.add_by(OTHER, "refusal_settled", json!({ "events": [one], "note": note }));
    assert_eq!((log.case().refused.len(), owed(&log)), (1, 1));
    // A region that refuses the word too makes no new work of it.
    log.add("refusal_settled", json!({ "events": [two], "note": note }));
    log.refuse_last("not_allowed");
    assert_eq!((log.case().refused.len(), owed(&log)), (0, 0));
    log.add_by(OTHER, "act_undone", json!({ "event": word }));
    assert_eq!(log.case().refused[0].event, one, "a slip is taken back");
}
