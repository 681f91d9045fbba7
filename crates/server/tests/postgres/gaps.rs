//! Readers of a feed beside many writers: whoever follows positions misses none (reliability.md §3.2).
//! `ESIK_GAP_PUSHES` says how many commits each writer does; a few per build.

use super::writers::{commit, two_stores};
use crate::common::engine::Place;
use esik_domain::ids::{Pos, Scope};
use esik_server::store::copy::Adding;
use esik_server::store::postgres::PostgresStore;
use esik_server::store::{Commit, Committed, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

const WRITERS: u64 = 16;
const READERS: usize = 4;

/// Numbers of pauses and rollbacks: the same seed, the same writer.
fn dice(state: &mut u64, sides: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 33) % sides
}

/// Follows the feed until `end`; every position once, in order, none left out.
fn follow(store: &PostgresStore, from: u64, end: &AtomicU64) -> u64 {
    let (scope, mut at) = (Scope::from("station:07"), from);
    while at < end.load(Ordering::SeqCst) {
        let page = store.feed(&scope, Pos(at), 50).unwrap();
        for event in &page.events {
            assert_eq!(event.pos.0, at + 1, "a reader was led past a position");
            at += 1;
        }
        // A desk goes to the head after the last page: then nothing may still come below it.
        if !page.more {
            assert_eq!(page.head.0, at, "the head is ahead of what can be read");
        }
    }
    at
}

/// Sixteen writers over two servers, each with pauses and with commits that are rolled back half way.
fn write(stores: &[Arc<PostgresStore>; 2], first: u64, pushes: u64, cut: &Arc<AtomicUsize>) {
    let writers: Vec<_> = (0..WRITERS)
        .map(|w| {
            let (store, cut) = (Arc::clone(&stores[usize::from(w % 2 == 1)]), Arc::clone(cut));
            std::thread::spawn(move || {
                let mut state = w + first + 1;
                for n in 0..pushes {
                    let id = u128::from((first + w) * 1_000_000 + n + 10);
                    loop {
                        let head = store.head().unwrap().0;
                        if head > 0 && dice(&mut state, 10) == 0 {
                            // Its second event has an id that is there: all of it is rolled back.
                            let mut twice = commit(head, id);
                            let again = commit(head + 1, u128::from(FIRST)).events;
                            twice.events.extend(again);
                            match store.commit(&twice) {
                                Ok(Committed::Moved) | Err(StoreError::Busy) => {}
                                Ok(Committed::Done) => panic!("an id stands twice"),
                                Err(StoreError::Engine(_)) => {
                                    cut.fetch_add(1, Ordering::SeqCst);
                                }
                                Err(e) => panic!("{e:?}"),
                            }
                            continue;
                        }
                        let one: Commit = commit(head, id);
                        match store.commit(&one) {
                            Ok(Committed::Done) => break,
                            Ok(Committed::Moved) | Err(StoreError::Busy) => {}
                            Err(e) => panic!("{e:?}"),
                        }
                    }
                    std::thread::sleep(Duration::from_millis(dice(&mut state, 50)));
                }
            })
        })
        .collect();
    for w in writers {
        w.join().unwrap();
    }
}

/// The event that is there from the beginning.
const FIRST: u64 = 1;

/// A round of writers with readers beside them; gives where it ended.
fn round(stores: &[Arc<PostgresStore>; 2], first: u64, pushes: u64) -> u64 {
    let from = stores[0].head().unwrap().0;
    let end = Arc::new(AtomicU64::new(from + WRITERS * pushes));
    let readers: Vec<_> = (0..READERS)
        .map(|n| {
            let (store, end) = (Arc::clone(&stores[n % 2]), Arc::clone(&end));
            std::thread::spawn(move || follow(&store, from, &end))
        })
        .collect();
    let cut = Arc::new(AtomicUsize::new(0));
    write(stores, first, pushes, &cut);
    let last = end.load(Ordering::SeqCst);
    for reader in readers {
        assert_eq!(reader.join().unwrap(), last);
    }
    assert!(cut.load(Ordering::SeqCst) > 0, "nothing was rolled back");
    let c = stores[0].counts().unwrap();
    assert_eq!((c.head_pos, c.max_pos, c.events, c.feed_entries), (last, last, last, last));
    last
}

/// B15 (part), S12 (part): sixteen writers, four readers, nothing is lost and the order has no gap; and again in a
/// database to which the region was copied with its own program, from the cursors the readers had. (A cluster of its own
/// from `pg_dump` and from a base backup: the drills of `tests/two_stations`.)
#[test]
fn readers_beside_many_writers_miss_nothing_also_after_a_copy() {
    let pushes = std::env::var("ESIK_GAP_PUSHES").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let (_place, stores) = two_stores();
    assert_eq!(stores[0].commit(&commit(0, u128::from(FIRST))).unwrap(), Committed::Done);
    let last = round(&stores, 100, pushes);

    let elsewhere = Place::new();
    let open = || Arc::new(PostgresStore::open(&elsewhere.address(), "akmola").unwrap());
    let copies = [open(), open()];
    let (mut rows, mut sum) = (Vec::new(), Adding::default());
    stores[0]
        .dump(&mut |row| {
            rows.push(Ok(row.clone()));
            sum.add(row).map(drop)
        })
        .unwrap();
    assert!(copies[0].load(Pos(last), &mut rows.into_iter(), &sum.tally()).unwrap());
    round(&copies, 200, pushes);
}
