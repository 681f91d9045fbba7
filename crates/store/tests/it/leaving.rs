//! A case leaves a feed of the desk's: what of it is hidden, whatever the region knows of it at that moment.

use crate::desk::*;
use esik_domain::event::Party;
use esik_domain::ids::*;
use esik_store::Tx;
use esik_store::log::{self, Following, NewEvent};
use esik_store::verify::verify;
use esik_wire::{CaseMoved, EventVerdict, FeedEntry, FeedPage, NotTaken, Verdict};
use serde_json::json;

const STATION: &str = "station:07";
const CIRCLE: &str = "circle:07:dv";

/// A page that tells only that the case has left, to a desk of these officers.
fn leaves(desk: &Desk, case: CaseId, at: u64, officers: &[u8]) {
    let scopes: Vec<_> = officers.iter().map(|n| Scope::officer(person(*n))).collect();
    leaves_for(desk, case, at, scopes);
}

/// The same, to a desk that follows these feeds besides its station's.
fn leaves_for(desk: &Desk, case: CaseId, at: u64, mut scopes: Vec<Scope>) {
    let moves = vec![CaseMoved::CaseLeft { pos: Pos(at), case }];
    let page = FeedPage { entries: Vec::new(), next: Pos(at), more: false, moves, root: None };
    scopes.push(Scope::from(STATION));
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
    let open = STATION.into();
    let page = feed(&one.outbox(), 1);
    take(&two, STATION, page[..4].to_vec());
    take(&two, CIRCLE, page[4..].to_vec());
    assert_eq!(shown(&two, case), 5);
    two.store.write(move |tx| log::follow_only(tx, &[open])).unwrap();
    assert_eq!(shown(&two, case), 4);
    note(&two, 2, case);
    accepted(&two, 6);
    assert_eq!(shown(&two, case), 5, "the case and what was written in it");
    sound(&two);
}

/// A case of four events that one desk has put into a circle, as the circle's feed tells it.
fn put_into_a_circle() -> (CaseId, Vec<FeedEntry>) {
    let one = Desk::new(1);
    let case = one.open_case(1, 1, Party::default(), "x");
    one.append(1, case, vec![into_the_circle()]).unwrap();
    (case, feed(&one.outbox(), 1))
}

fn into_the_circle() -> NewEvent {
    event("case_restricted", 5, json!({ "reason": "о насилии" })).within(Circle("dv".to_owned()))
}

/// S13 (part): a desk of the circle reads a part of the case by its feed; the line breaks, and next time it hears first that the case
/// has left the station. What it read is in no page any more: it is shown again when the circle's feed tells where the case went.
#[test]
fn what_came_by_the_circle_before_the_case_left_the_station_is_shown_again() {
    let two = Desk::new(2);
    let (case, page) = put_into_a_circle();
    take(&two, CIRCLE, page[..3].to_vec());
    leaves_for(&two, case, 5, vec![CIRCLE.into()]);
    assert_eq!(shown(&two, case), 0, "into which circle it went nobody said yet");
    take(&two, CIRCLE, page[3..4].to_vec());
    assert_eq!(shown(&two, case), 1);
    take(&two, CIRCLE, page[4..].to_vec());
    assert_eq!(shown(&two, case), 5);
    sound(&two);
}

/// S13 (part): the same where this desk itself had put the case into the circle and was not answered.
#[test]
fn what_was_hidden_before_the_own_move_was_answered_is_shown_again() {
    let one = Desk::new(1);
    let case = one.open_case(1, 1, Party::default(), "x");
    let opened = feed(&one.outbox(), 1);
    let two = Desk::new(2);
    take(&two, STATION, opened.clone());
    two.append(2, case, vec![into_the_circle()]).unwrap();
    take(&two, CIRCLE, opened);
    leaves_for(&two, case, 5, vec![CIRCLE.into()]);
    assert_eq!(shown(&two, case), 1, "what nobody answered stays with who wrote it");
    accepted(&two, 5);
    assert_eq!(shown(&two, case), 5);
    sound(&two);
}

/// S13 (part): into which circle the case went is not forgotten when that is hidden as well.
#[test]
fn what_is_answered_after_its_move_was_hidden_is_hidden_too() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    take(&two, STATION, feed(&one.outbox(), 1));
    two.append(2, case, vec![into_the_circle()]).unwrap();
    accepted(&two, 5);
    leaves(&two, case, 5, &[2]);
    assert_eq!(shown(&two, case), 0);
    let secret = event("note_added", 9, json!({ "text": "для круга" }));
    two.append(2, case, vec![secret.within(Circle("dv".to_owned()))]).unwrap();
    assert_eq!(shown(&two, case), 1, "what nobody answered stays with who wrote it");
    accepted(&two, 6);
    assert_eq!(shown(&two, case), 0);
    sound(&two);
}

/// S13 (part): what the circle's feed brought of an officer whose key is not here yet goes on waiting when the case leaves the station.
#[test]
fn what_waits_by_the_circle_for_a_key_goes_on_waiting() {
    let two = Desk::new(2);
    let (case, page) = put_into_a_circle();
    let strange = |scope: &str| {
        let (scope, page): (Scope, _) = (scope.into(), page.clone());
        two.store.write(move |tx| read_page(tx, &scope, page, Pos(5), &|_| None)).unwrap();
    };
    strange(STATION);
    strange(CIRCLE);
    leaves_for(&two, case, 5, vec![CIRCLE.into()]);
    let waiting = two.store.read(log::poisoned).unwrap();
    assert!(waiting.iter().all(|(scope, ..)| scope.as_str() == CIRCLE), "{waiting:?}");
    let known = keys();
    let all = move |tx: &mut Tx<'_>| log::retry_poisoned(tx, &|e| known.get(&e.actor_id).copied());
    two.store.write(all).unwrap();
    assert_eq!(shown(&two, case), 5);
    sound(&two);
}

/// S13 (part): where the region never took what opened the case, only what put it into its circle is hidden; what is answered
/// afterwards goes with that.
#[test]
fn what_is_answered_in_a_case_without_its_opening_is_hidden_too() {
    let two = Desk::new(2);
    let case = CaseId(next());
    two.append(2, case, vec![into_the_circle()]).unwrap();
    accepted(&two, 5);
    leaves(&two, case, 5, &[2]);
    assert_eq!(shown(&two, case), 0);
    note(&two, 2, case);
    assert_eq!(shown(&two, case), 1, "what nobody answered stays with who wrote it");
    accepted(&two, 6);
    assert_eq!(shown(&two, case), 0);
    sound(&two);
}

/// S13 (part), S15 (part): what a region that was set back refused of others leaves with the circle's feed; what it refused of this
/// desk stays here as work.
#[test]
fn what_was_refused_of_others_leaves_with_the_circle() {
    let two = Desk::new(2);
    let (case, page) = put_into_a_circle();
    let moved = page[4].event.envelope().unwrap().id;
    take(&two, CIRCLE, page);
    let device = two.device;
    two.store.write(move |tx| log::region_diverged(tx, device, 1, 0, 0)).unwrap();
    let against = vec![NotTaken { id: moved, code: "foreign_case".to_owned(), aside: false }];
    two.store.write(move |tx| log::left_the_order(tx, &against)).unwrap();
    let secret = event("note_added", 9, json!({ "text": "для круга" }));
    let own = two.append(2, case, vec![secret.within(Circle("dv".to_owned()))]).unwrap();
    let verdict = Verdict::Rejected { code: "foreign_case".to_owned() };
    let refused = vec![EventVerdict { id: Some(own[0].id), seq: own[0].device_seq.0, verdict }];
    two.store.write(move |tx| log::apply_verdicts(tx, device, 1, &refused)).unwrap();
    assert_eq!(shown(&two, case), 6);
    two.store.write(move |tx| log::follow_only(tx, &[STATION.into()])).unwrap();
    let left: Vec<EventId> = two
        .store
        .read(|c| log::case_entries(c, case))
        .unwrap()
        .into_iter()
        .map(|e| e.entry.event.id)
        .collect();
    assert!(left.contains(&own[0].id) && !left.contains(&moved), "{left:?}");
    sound(&two);
}
