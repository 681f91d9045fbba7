//! A hand-over, an address of a beat, a day handed in: what their events add up to.

use crate::log::Log;
use esik_domain::aside::Aside;
use esik_domain::event::Role;
use esik_domain::fold::Standing;
use esik_domain::ids::{OfficerId, Pos};
use esik_domain::policy::{Actor, sees};
use esik_domain::round::{VisitResult, own_circle, read_csv};
use esik_domain::shift::Shift;
use serde_json::{Value, json};
use uuid::Uuid;

const GIVER: u128 = 902;

fn officer(n: u128) -> OfficerId {
    OfficerId(Uuid::from_u128(n))
}

fn handing(to: Option<u128>) -> Value {
    let to = to.map(Uuid::from_u128);
    json!({ "handing": { "from": "2026-11-20T04:00:00Z", "to": to, "note": "ключ" } })
}

fn shift(log: &Log) -> Shift {
    match log.case().aside.unwrap() {
        Aside::Shift(shift) => shift,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_hand_over_is_no_case_and_its_receipt_is_the_region_s_number_of_it() {
    let mut log = Log::empty();
    log.add_unsent("shift_handed_over", handing(Some(7)));
    assert!(log.case().is_beside() && !log.case().is_case());
    assert_eq!(log.case().obligations(), []);
    assert_eq!(shift(&log).receipt, None);
    log.stand_last(Standing::Accepted(Pos(41)));
    assert_eq!(shift(&log).receipt, Some(Pos(41)));
    log.add("shift_handed_over", handing(None));
    assert_eq!(shift(&log).handing.to, Some(officer(7)), "the first one stays");
}

#[test]
fn only_whom_it_names_takes_a_shift_and_only_once() {
    let mut log = Log::empty();
    log.add("shift_handed_over", handing(Some(7)));
    for who in [GIVER, 8] {
        log.add_by(who, "shift_taken", json!({}));
        assert_eq!(shift(&log).taken, None, "{who}");
    }
    log.add_by(7, "shift_taken", json!({}));
    assert_eq!(shift(&log).taken.unwrap().0, officer(7));
    let mut log = Log::empty();
    log.add("shift_handed_over", handing(None));
    assert!(!shift(&log).may_take(officer(GIVER)));
    log.add_by(8, "shift_taken", json!({}));
    log.add_by(9, "shift_taken", json!({}));
    assert_eq!(shift(&log).taken.unwrap().0, officer(8), "whoever came first");
}

#[test]
fn an_address_keeps_its_visits_through_everything_and_answers_only_to_its_owner() {
    let mut log = Log::empty();
    log.add("round_place_noted", json!({ "address": "Абая, 7", "note": "собака" }));
    log.add("round_visited", json!({ "result": "again", "next": "2026-11-23" }));
    log.add_by(8, "round_visited", json!({ "result": "talked" }));
    log.add_by(8, "round_place_dropped", json!({}));
    let place = |log: &Log| match log.case().aside.unwrap() {
        Aside::Place(place) => place,
        other => panic!("{other:?}"),
    };
    let now = place(&log);
    assert_eq!((now.visits.len(), now.dropped), (1, false), "another officer changes nothing");
    assert_eq!(now.day.unwrap().to_string(), "2026-11-23");
    assert_eq!(now.visits[0].result, VisitResult::Again);
    log.add("round_place_dropped", json!({}));
    assert!(place(&log).dropped && place(&log).day.is_none());
    log.add("round_place_noted", json!({ "address": "Абая, 7", "day": "2026-11-30" }));
    let back = place(&log);
    assert_eq!((back.visits.len(), back.dropped), (1, false));
}

#[test]
fn nobody_but_the_author_is_in_the_circle_of_rounds() {
    let circle = own_circle();
    for role in [Role::Inspector, Role::Head, Role::Controller] {
        let circles = ["dv", "juvenile", "integrity", "own"].map(str::to_owned).to_vec();
        let actor = Actor { id: officer(8), role, circles };
        assert!(!sees(&actor, &circle, officer(7)));
        assert!(sees(&actor, &circle, officer(8)));
    }
}

#[test]
fn a_file_of_addresses_is_read_as_people_make_them() {
    let read = |text: &str| -> Vec<(u32, String)> {
        read_csv(text)
            .into_iter()
            .map(|l| (l.line, l.read.map_or_else(str::to_owned, |(a, n)| format!("{a}|{n}"))))
            .collect()
    };
    let one = |line: u32, text: &str| (line, text.to_owned());
    assert_eq!(
        read("\u{feff}Мекенжайы;Ескерту\r\nАбай к-сі, 7;ит бар\r\n"),
        [one(2, "Абай к-сі, 7|ит бар")]
    );
    assert_eq!(read("Абая, 7, кв. 3"), [one(1, "Абая, 7, кв. 3|")], "a comma is the address's");
    assert_eq!(read("\"Абая, 7\",\"код \"\"5\"\"\""), [one(1, "Абая, 7|код \"5\"")]);
    assert_eq!(read("Абая 7\tсобака\n;без адреса\n"), [one(1, "Абая 7|собака"), one(2, "empty")]);
    assert_eq!(read(&"о".repeat(201)), [one(1, "too_long")]);
    assert_eq!(read(&format!("Абая;{}", "о".repeat(2_001))), [one(1, "note_too_long")]);
    assert_eq!(read(" \n\n"), []);
}
