//! What waits for an author's key has a bound; beyond it nothing is lost and nothing stops (`reliability.md` S11).

use crate::desk::*;
use esik_domain::event::{Envelope, Party};
use esik_domain::ids::*;
use esik_store::verify::state_hash;
use esik_store::{lists, log};
use esik_wire::FeedEntry;

const SCOPE: &str = "station:07";

/// A round of contact: reads the feed from where the desk says, page by page, to its end.
fn round(desk: &Desk, all: &[FeedEntry], known: fn(&Envelope) -> bool) {
    let scope: Scope = SCOPE.into();
    let mut after = desk.store.read(|c| log::read_from(c, &scope)).unwrap();
    let keys = keys();
    loop {
        let page: Vec<_> = all.iter().filter(|e| e.pos > after).take(500).cloned().collect();
        let Some(last) = page.last().map(|e| e.pos) else { break };
        let (scope, keys) = (scope.clone(), keys.clone());
        desk.store
            .write(move |tx| {
                read_page(tx, &scope, page, last, &|e| {
                    keys.get(&e.actor_id).filter(|_| known(e)).copied()
                })
            })
            .unwrap();
        after = last;
        assert_eq!(desk.store.read(|c| log::cursor(c, &SCOPE.into())).unwrap(), last);
    }
}

fn look_again(desk: &Desk) {
    let keys = keys();
    desk.store
        .write(move |tx| log::retry_poisoned(tx, &|e| keys.get(&e.actor_id).copied()))
        .unwrap();
}

fn told(desk: &Desk, reason: &str) -> u32 {
    let all = desk.store.read(lists::unapplied).unwrap();
    all.into_iter().find(|(r, _)| r == reason).map_or(0, |(_, n)| n)
}

fn but_the_second(e: &Envelope) -> bool {
    e.actor_id != person(2)
}

fn everybody(_: &Envelope) -> bool {
    true
}

/// A feed in which the second officer writes so many notes of this size, between two cases of the first.
fn history(notes: usize, size: usize) -> Vec<FeedEntry> {
    let writer = Desk::light(1);
    writer.open_case(1, 1, Party::default(), "first");
    let case = writer.open_case(2, 2, Party::default(), "second");
    let text = "ж".repeat(size / 2);
    for n in (0..notes).step_by(100) {
        let some = (n..notes.min(n + 100))
            .map(|_| event("note_added", 3, serde_json::json!({ "text": text })))
            .collect();
        let case = if n == 0 { case } else { CaseId(next()) };
        writer.append(2, case, some).unwrap();
    }
    writer.open_case(1, 3, Party::default(), "last");
    feed(&writer.outbox(), 1)
}

fn overflows(notes: usize, size: usize) {
    let all = history(notes, size);
    let fresh = Desk::light(2);
    round(&fresh, &all, everybody);
    let wanted = fresh.store.read(|c| state_hash(c, false)).unwrap();

    let desk = Desk::light(3);
    round(&desk, &all, but_the_second);
    // The feed went on: both cases of the first officer are here.
    assert_eq!(
        desk.store.read(|c| log::cursor(c, &SCOPE.into())).unwrap(),
        all.last().unwrap().pos
    );
    let kept = told(&desk, "unknown_author");
    assert!(u64::from(kept) <= log::WAITING_EVENTS_MAX);
    assert!(u64::from(kept) * size as u64 <= log::WAITING_BYTES_MAX);
    assert_eq!(told(&desk, "not_kept"), 1, "the screen says so");
    assert_eq!(desk.store.read(log::poisoned).unwrap().len(), kept as usize + 1);
    // Nothing changes, and nothing is read again and again, while the author stays unknown.
    let before = desk.store.read(log::poisoned).unwrap();
    round(&desk, &all, but_the_second);
    assert_eq!(desk.store.read(log::poisoned).unwrap(), before);

    look_again(&desk);
    assert_eq!((told(&desk, "unknown_author"), told(&desk, "not_kept")), (0, 1));
    round(&desk, &all, everybody);
    assert_eq!(desk.store.read(log::poisoned).unwrap(), []);
    assert_eq!(desk.store.read(|c| state_hash(c, false)).unwrap(), wanted);
}

/// S11 (part).
#[test]
fn more_events_of_an_unknown_author_than_are_kept_are_read_again_when_he_is_known() {
    overflows(usize::try_from(log::WAITING_EVENTS_MAX).unwrap() + 150, 40);
}

/// S11 (part).
#[test]
fn so_are_more_bytes_than_are_kept() {
    overflows(usize::try_from(log::WAITING_BYTES_MAX).unwrap() / 40_000 + 30, 40_000);
}
