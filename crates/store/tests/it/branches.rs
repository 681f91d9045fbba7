//! Two copies of one device in a desk's store: both are heard in any order, and the own branch moves whole.

use crate::desk::*;
use esik_domain::event::Party;
use esik_store::log;
use esik_store::verify::{state_hash, verify};
use esik_wire::{FeedEntry, SignedEvent};

const STATION: &str = "station:07";

/// The same device on two machines: four events that both have, then some of each.
fn copies() -> (Desk, Desk, Vec<SignedEvent>, Vec<SignedEvent>, Vec<SignedEvent>) {
    let (one, two) = (Desk::new(1), Desk::new(1));
    let case = one.open_case(1, 1, Party::default(), "both");
    let both = one.outbox();
    let shared = both.clone();
    two.store.write(move |tx| log::append(tx, &shared)).unwrap();
    for (desk, texts) in [(&one, ["a1", "a2", "a3"].as_slice()), (&two, &["b1", "b2", "b3", "b4"])]
    {
        for text in texts {
            let note = event("note_added", 50, serde_json::json!({ "text": text }));
            desk.append(1, case, vec![note]).unwrap();
        }
    }
    let after = |d: &Desk| d.outbox().split_off(both.len());
    let (a, b) = (after(&one), after(&two));
    (one, two, both, a, b)
}

fn sound(desk: &Desk) {
    let known = keys();
    let report = desk.store.read(|c| verify(c, &|e| known.get(&e.actor_id).copied())).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.poisoned, 0);
}

fn hash(desk: &Desk) -> String {
    desk.store.read(|c| state_hash(c, false)).unwrap()
}

/// S17, S10 (part), S5 (part): a desk that hears both copies, in whatever order two feeds bring them, holds every event of
/// both once and folds them alike.
#[test]
fn both_copies_are_heard_in_any_order() {
    let (.., both, a, b) = copies();
    let order = feed(&[both, a, b].concat(), 1);
    let mut hashes = Vec::new();
    let mut dice: u64 = 7;
    for n in 0..6_u8 {
        let mut page: Vec<FeedEntry> = order.clone();
        // Not by position: scopes overtake each other.
        for i in (1..page.len()).rev().filter(|_| n > 0) {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            page.swap(i, usize::try_from(dice >> 33).unwrap() % (i + 1));
        }
        let reader = Desk::light(9);
        for entry in &page {
            assert_eq!(take(&reader, STATION, vec![entry.clone()]).applied, 1);
        }
        assert_eq!(take(&reader, STATION, order.clone()).duplicates, order.len() as u64);
        sound(&reader);
        hashes.push(hash(&reader));
    }
    hashes.dedup();
    assert_eq!(hashes.len(), 1);
}

/// S17, S8 (part): the first copy hears the later one's branch, whose numbers run beyond its own: its chain stays its own, and
/// what it writes next follows it.
#[test]
fn a_desk_keeps_its_head_when_it_hears_its_copy() {
    let (one, _, both, a, b) = copies();
    let before = one.store.read(log::head).unwrap();
    let out = take(&one, STATION, feed(&[both, a, b].concat(), 1));
    assert!(!out.rolled_back);
    assert_eq!(one.store.read(log::head).unwrap(), before);
    one.open_case(1, 2, Party::default(), "after");
    sound(&one);
}

/// S17: the later copy's branch goes on as a life below the new one: the same bytes, unsent as they were, none twice; the life
/// it left is free for the other copy's events. It moves once, and never what the region has spoken on.
#[test]
fn an_own_branch_moves_whole_and_once() {
    let (_, two, both, a, b) = copies();
    let device = two.device;
    take(&two, STATION, feed(&[both.clone(), a.clone()].concat(), 1));
    let from = both.len() as u64 + 1;
    let off = |life, from, present| {
        two.store.write(move |tx| log::branch_off(tx, device, life, from, present)).unwrap()
    };
    assert_eq!(off(1, from, 2), None, "no life is free between them");
    let unsent = two.store.read(log::unsent_count).unwrap();
    assert_eq!(unsent, b.len() as u64);
    assert_eq!(off(1, from, 900), Some((899, from + b.len() as u64 - 1)));
    assert_eq!(two.store.read(log::unsent_count).unwrap(), unsent);
    let older = two.store.read(|c| log::older_unsent(c, device, 900)).unwrap();
    assert_eq!(older, [(899, from, from + b.len() as u64 - 1)]);
    let segment = two.store.read(|c| log::segment(c, device, 899, from, 100, 1 << 20)).unwrap();
    assert_eq!(segment, b, "byte for byte");
    assert_eq!(off(899, from, 900), None, "once");
    assert_eq!(off(1, 1, 900), None, "what was sent stays");
    sound(&two);
    // Nothing else in the log can be changed, and nothing goes back.
    let harm = |sql: &'static str| two.store.write(move |tx| Ok(tx.execute_batch(sql)?)).is_err();
    assert!(harm("UPDATE event SET incarnation = incarnation + 1 WHERE verdict = 'accepted'"));
    assert!(harm("UPDATE event SET incarnation = 1 WHERE incarnation = 899"));
    assert!(harm("UPDATE event SET device_seq = device_seq + 100"));
    // The region takes it; both copies and a third desk fold alike.
    let all = feed(&[both, a, b].concat(), 1);
    take(&two, STATION, all.clone());
    let reader = Desk::light(9);
    take(&reader, STATION, all);
    assert_eq!(hash(&two), hash(&reader));
    assert_eq!(two.store.read(log::unsent_count).unwrap(), 0);
    sound(&two);
}

/// S17, S12 (part): a third copy of the desk had some of the branch too and sent it as its own: one event was refused there, which
/// nobody tells this desk, and the next was accepted, which the feed tells. The branch goes on whole all the same.
#[test]
fn an_own_branch_of_which_a_third_copy_sent_a_part_has_no_hole() {
    let (_, two, both, a, b) = copies();
    let device = two.device;
    let heard = [both.clone(), a, vec![b[1].clone()]].concat();
    take(&two, STATION, feed(&heard, 1));
    assert_eq!(two.store.read(log::unsent_count).unwrap(), 3);
    let from = both.len() as u64 + 1;
    let to = from + b.len() as u64 - 1;
    let off = two.store.write(move |tx| log::branch_off(tx, device, 1, from, 900)).unwrap();
    assert_eq!(off, Some((899, to)));
    let segment = two.store.read(|c| log::segment(c, device, 899, from, 100, 1 << 20)).unwrap();
    assert_eq!(segment, b, "what was accepted in the other's branch goes along");
    assert_eq!(two.store.read(log::unsent_count).unwrap(), 3);
    sound(&two);
    // When it is answered whole, it moves no more.
    let harm = |sql: &'static str| two.store.write(move |tx| Ok(tx.execute_batch(sql)?)).is_err();
    assert!(harm("UPDATE event SET incarnation = 900 WHERE incarnation = 1"));
    take(&two, STATION, feed(&[heard, vec![b[0].clone(), b[2].clone(), b[3].clone()]].concat(), 1));
    assert_eq!(two.store.read(log::unsent_count).unwrap(), 0);
    assert!(harm("UPDATE event SET incarnation = 900 WHERE incarnation = 899"));
    sound(&two);
}
