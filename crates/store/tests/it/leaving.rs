//! A case leaves a feed of the desk's: what of it is hidden, whatever the region knows of it at that moment.

use crate::desk::*;
use esik_domain::event::Party;
use esik_domain::ids::*;
use esik_store::log::{self, Following};
use esik_store::verify::verify;
use esik_wire::{CaseMoved, EventVerdict, FeedPage, Verdict};
use serde_json::json;

const STATION: &str = "station:07";

/// A page that tells only that the case has left, to a desk of these officers.
fn leaves(desk: &Desk, case: CaseId, at: u64, officers: &[u8]) {
    let moves = vec![CaseMoved::CaseLeft { pos: Pos(at), case }];
    let page = FeedPage { entries: Vec::new(), next: Pos(at), more: false, moves, root: None };
    let mut scopes = vec![Scope::from(STATION)];
    scopes.extend(officers.iter().map(|n| Scope::officer(person(*n))));
    desk.store
        .write(move |tx| {
            let following = Following { keys: &|_| None, scopes: &scopes };
            log::apply_feed(tx, &STATION.into(), &page, following)
        })
        .unwrap();
}

fn shown(desk: &Desk, case: CaseId) -> usize {
    desk.store.read(|c| log::case_entries(c, case)).unwrap().len()
}

fn note(desk: &Desk, officer: u8, case: CaseId) {
    desk.append(officer, case, vec![event("note_added", 9, json!({ "text": "стучал" }))]).unwrap();
}

/// A case of one desk that another has read and written a note in, not answered yet.
fn read_and_noted() -> (Desk, Desk, CaseId) {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    take(&two, STATION, feed(&one.outbox(), 1));
    note(&two, 2, case);
    (one, two, case)
}

fn accepted(desk: &Desk, pos: u64) {
    let sent = desk.outbox();
    let verdicts: Vec<EventVerdict> = sent
        .iter()
        .zip(pos..)
        .map(|(e, pos)| {
            let e = e.envelope().unwrap();
            let recorded_at = at(i64::try_from(pos).unwrap());
            let verdict = Verdict::Duplicate { pos: Pos(pos), recorded_at };
            EventVerdict { id: Some(e.id), seq: e.device_seq.0, verdict }
        })
        .collect();
    let device = desk.device;
    desk.store.write(move |tx| log::apply_verdicts(tx, device, 1, &verdicts)).unwrap();
}

fn sound(desk: &Desk) {
    let known = keys();
    let report = desk.store.read(|c| verify(c, &|e| known.get(&e.actor_id).copied())).unwrap();
    assert!(report.is_sound(), "{report:?}");
}

/// S13 (part): what the region had accepted before the case left, and this desk is told of only afterwards, goes with the rest.
#[test]
fn a_record_that_is_answered_after_its_case_left_is_hidden_too() {
    let (_, two, case) = read_and_noted();
    leaves(&two, case, 6, &[2]);
    assert_eq!(shown(&two, case), 1, "what nobody answered stays with who wrote it");
    let mine = two.open_case(2, 2, Party::default(), "y");
    accepted(&two, 5);
    assert_eq!((shown(&two, case), shown(&two, mine)), (0, 4));
    sound(&two);
}

/// S13 (part), S15 (part): of a case that a region which was set back has not placed again, who opened it is not who is first in
/// the order that is left.
#[test]
fn what_has_no_place_any_more_leaves_with_its_case() {
    let (one, two, case) = read_and_noted();
    accepted(&two, 5);
    let device = two.device;
    two.store.write(move |tx| log::region_diverged(tx, device, 1, 0, 0)).unwrap();
    accepted(&two, 1);
    leaves(&two, case, 2, &[2]);
    assert_eq!(shown(&two, case), 0);
    sound(&two);
    // Who did open it goes on seeing it.
    let theirs = Desk::new(3);
    take(&theirs, STATION, feed(&one.outbox(), 1));
    leaves(&theirs, case, 6, &[1]);
    assert_eq!(shown(&theirs, case), 4);
}

/// S13 (part): a desk that lost what opened the case does not take who wrote a note in it for its author.
#[test]
fn a_part_of_a_case_whose_opening_was_lost_leaves_with_it() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    note(&two, 2, case);
    accepted(&two, 5);
    leaves(&two, case, 6, &[2]);
    assert_eq!(shown(&two, case), 0);
    sound(&two);
}

/// S13 (part): a circle's part of an open case leaves, with the circle's feed; what is written in the case since is answered, and the
/// case stays.
#[test]
fn a_part_that_left_takes_no_open_case_along() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    let secret = event("note_added", 5, json!({ "text": "для круга" }));
    one.append(1, case, vec![secret.within(Circle("dv".to_owned()))]).unwrap();
    let (open, circle) = (STATION.into(), "circle:07:dv");
    let page = feed(&one.outbox(), 1);
    take(&two, STATION, page[..4].to_vec());
    take(&two, circle, page[4..].to_vec());
    assert_eq!(shown(&two, case), 5);
    two.store.write(move |tx| log::follow_only(tx, &[open])).unwrap();
    assert_eq!(shown(&two, case), 4);
    note(&two, 2, case);
    accepted(&two, 6);
    assert_eq!(shown(&two, case), 5, "the case and what was written in it");
    sound(&two);
}
