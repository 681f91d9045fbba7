//! Events of an earlier life that are missing: what lies behind them goes on as a life of its own.

use crate::desk::*;
use esik_domain::event::Party;
use esik_domain::ids::CaseId;
use esik_store::log::{self, Behind, Lost};
use esik_wire::{EventHash, SignedEvent};

/// A desk whose first life wrote twelve events, of which these are gone from its disk.
fn lost(gone: &[u64]) -> (Desk, CaseId, Vec<SignedEvent>) {
    let desk = Desk::light(1);
    let case = desk.open_case(1, 1, Party::default(), "one");
    for n in desk.outbox().len()..12 {
        let note = event("note_added", 50, serde_json::json!({ "text": n.to_string() }));
        desk.append(1, case, vec![note]).unwrap();
    }
    let all = desk.outbox();
    let list = gone.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let sql = format!("DROP TRIGGER event_stays; DELETE FROM event WHERE device_seq IN ({list})");
    desk.store.write(move |tx| Ok(tx.execute_batch(&sql)?)).unwrap();
    (desk, case, all)
}

fn behind(desk: &Desk, life: u32, wanted: u64, go_on: bool) -> Option<Behind> {
    let device = desk.device;
    desk.store.write(move |tx| log::behind(tx, device, life, wanted, 900, go_on)).unwrap()
}

fn segment(desk: &Desk, life: u32, from: u64) -> Vec<SignedEvent> {
    let device = desk.device;
    desk.store.read(|c| log::segment(c, device, life, from, 100, 1 << 20)).unwrap()
}

fn hole(from: u64, to: u64, last: EventHash) -> Option<Lost> {
    Some(Lost { life: 1, from, to, last })
}

/// S8 (part), S12 (part), S5 (part): what lies behind missing events moves once, byte for byte, and each hole is named with its
/// first and last event and the hash of the last; asked again it says the same. What is here moves nowhere.
#[test]
fn what_lies_behind_a_hole_moves_once_and_each_hole_is_named() {
    let (desk, _, all) = lost(&[6, 7, 10]);
    assert_eq!(behind(&desk, 1, 5, true), Some(Behind { life: 1, from: 5, to: 12, lost: None }));
    let first = hole(6, 7, all[6].hash());
    let only_said = behind(&desk, 1, 6, false);
    assert_eq!(only_said, Some(Behind { life: 1, from: 8, to: 12, lost: first.clone() }));
    assert_eq!(segment(&desk, 1, 8), all[7..9], "nothing moved");
    // The region has the life up to 3: it wants more than is missing here.
    let moved = behind(&desk, 1, 6, true).unwrap();
    assert!((2..900).contains(&moved.life));
    assert_eq!(moved, Behind { life: moved.life, from: 8, to: 12, lost: first });
    assert_eq!(segment(&desk, 1, 1), all[..5]);
    assert_eq!(segment(&desk, moved.life, 8), all[7..9]);
    // Cut off before it was sent: the region wants the event that is missing in the life it left.
    assert_eq!(behind(&desk, moved.life, 4, true), Some(moved.clone()), "it is named from 6 on");
    // The next hole, behind the first.
    let next = behind(&desk, moved.life, 10, true).unwrap();
    assert!(next.life > moved.life);
    let second = hole(10, 10, all[9].hash());
    assert_eq!(next, Behind { life: next.life, from: 11, to: 12, lost: second });
    assert_eq!(segment(&desk, next.life, 11), all[10..]);
    assert_eq!(desk.store.read(log::unsent_count).unwrap(), 9);
    let older = desk.store.read(|c| log::older_unsent(c, desk.device, 900)).unwrap();
    assert_eq!(older, [(1, 1, 5), (moved.life, 8, 9), (next.life, 11, 12)]);
}

/// S8 (part): whatever of it comes back lies in its own life again, and there is no hole any more for who asks then.
#[test]
fn what_comes_back_lies_where_it_was() {
    let (desk, _, all) = lost(&[6, 7]);
    let back = feed(&all[5..7], 1);
    take(&desk, "station:07", back);
    assert_eq!(behind(&desk, 1, 6, true), Some(Behind { life: 1, from: 6, to: 12, lost: None }));

    let (desk, _, all) = lost(&[6, 7]);
    let moved = behind(&desk, 1, 6, true).unwrap();
    take(&desk, "station:07", feed(&all[5..7], 1));
    assert_eq!(segment(&desk, 1, 1), all[..7]);
    assert_eq!(behind(&desk, moved.life, 6, true), None, "nothing is lost before it");
    assert_eq!(segment(&desk, moved.life, 8), all[7..]);
}

/// A life that has nothing to send has no hole that anybody has to know of, and without a free life everything stays.
#[test]
fn without_need_or_room_nothing_moves() {
    let (desk, _, all) = lost(&[6, 7]);
    let device = desk.device;
    let full = desk.store.write(move |tx| log::behind(tx, device, 1, 6, 2, true)).unwrap();
    assert_eq!(full, None);
    take(&desk, "station:07", feed(&all[7..], 1));
    assert_eq!(behind(&desk, 1, 6, true), None);
    assert_eq!(segment(&desk, 1, 8), all[7..]);
}
