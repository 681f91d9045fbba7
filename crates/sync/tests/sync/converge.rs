//! Whatever the line does, desks and region end up with the same events, none lost, none doubled.

use crate::desk::{Desk, TestClock};
use crate::fault::{Fault, Line};
use crate::region::{Region, station};
use esik_domain::ids::{Pos, Scope};
use esik_sync::{LocalError, SyncStop};
use esik_wire::{ApiError, ApiErrorCode, SEGMENT_EVENTS_MAX, SyncFailure, Verdict};
use proptest::prelude::*;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn two_desks_exchange_what_they_saved() {
    let region = Arc::new(Region::new());
    let (a, b) = (Desk::new(1), Desk::new(2));
    a.save("note", "a1");
    a.save("note", "a2");
    b.save("note", "b1");
    let sent = a.sync(&*region).await.unwrap();
    assert_eq!((sent.pushed, sent.accepted, sent.rounds, sent.acked.seq), (2, 2, 1, 2));
    let got = b.sync(&*region).await.unwrap();
    assert_eq!((got.pushed, got.pulled, got.region_pos), (1, 2, Pos(3)));
    a.sync(&*region).await.unwrap();
    assert_eq!(a.texts(), ["a1", "a2", "b1"]);
    assert_eq!(a.texts(), b.texts());
    let nothing = a.sync(&*region).await.unwrap();
    assert_eq!((nothing.pushed, nothing.pulled), (0, 0), "a second round has nothing to do");
}

/// S9 (part).
#[tokio::test]
async fn a_rejected_event_stops_no_other_and_keeps_its_verdict() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    for kind in ["note", "refused", "poison", "note"] {
        desk.save(kind, kind);
    }
    let s = desk.sync(&*region).await.unwrap();
    assert_eq!((s.accepted, s.rejected, s.quarantined), (2, 1, 1));
    assert_eq!(desk.unsent(), 0);
    assert!(matches!(desk.copy().verdicts[&2], Verdict::Rejected { .. }));
}

/// S21 (part).
#[tokio::test]
async fn what_the_region_published_is_fetched_once_and_never_stops_a_round() {
    let region = Arc::new(Region::new());
    let (desk, other) = (Desk::new(1), Desk::new(2));
    other.save("note", "b1");
    other.sync(&*region).await.unwrap();
    region.publish("one", "good");
    region.publish("two", "forged");
    region.publish("three", "good");
    // The first is not to be had in this round; the second is not the region's.
    region.refuse("publication", &[ApiError::new(ApiErrorCode::NotFound)]);
    let s = desk.sync(&*region).await.unwrap();
    assert_eq!((s.pulled, s.set_aside, desk.copy().published.len()), (1, 1, 1));
    let first = region.calls.lock().unwrap().iter().position(|c| *c == "publication");
    let feed = region.calls.lock().unwrap().iter().rposition(|c| *c == "feed");
    assert!(feed < first, "cases do not wait behind it");
    desk.sync(&*region).await.unwrap();
    assert_eq!(desk.copy().published.len(), 2);
    let asked = region.count("publication");
    desk.sync(&*region).await.unwrap();
    assert_eq!(region.count("publication"), asked + 1, "only the forged one is asked for again");
}

/// S3, S5 (part).
#[tokio::test]
async fn lost_verdicts_are_fetched_again_without_doubling() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    desk.save("note", "a1");
    desk.save("refused", "a2");
    // The push arrives, its answer never does, and then the line is gone for good.
    let line = Line::new(&region, &[Fault::Good, Fault::Answer, Fault::NoLine]);
    let end = desk.sync(&line).await;
    assert_eq!(end, Err(SyncStop::Failure(SyncFailure::Unreachable)));
    assert_eq!((desk.unsent(), region.backup().order.len()), (2, 1), "held there, unknown here");
    let s = desk.sync(&*region).await.unwrap();
    assert_eq!((s.duplicates, s.rejected, desk.unsent()), (1, 1, 0));
    assert_eq!(region.backup().order.len(), 1);
}

#[tokio::test]
async fn a_big_outbox_goes_in_segments_under_both_limits_and_pages_come_in_pages() {
    let mut region = Region::new();
    region.page_max = 100;
    let region = Arc::new(region);
    let (a, b) = (Desk::new(1), Desk::new(2));
    let long = "ұзақ мәтін ".repeat(1500);
    for i in 0..620 {
        a.save("note", &if i % 10 == 0 { format!("{i} {long}") } else { i.to_string() });
    }
    // The region asserts the limits of every segment.
    let s = a.sync(&*region).await.unwrap();
    assert_eq!(s.accepted, 620);
    assert!(region.count("push") >= 3, "more than 1 MiB and more than 500 events");
    let s = b.sync(&*region).await.unwrap();
    assert_eq!((s.pulled, region.count("feed")), (620, 7 + 7));
    assert_eq!(a.texts(), b.texts());
}

#[tokio::test]
async fn a_new_scope_is_read_from_the_beginning_and_a_left_one_does_not_stop_the_round() {
    let region = Arc::new(Region::new());
    let circle = Scope::from("circle:07:dv");
    let event =
        |n| crate::desk::event(8, n, esik_wire::ZERO_HASH, "agency_answered", &n.to_string());
    region.author(&station(), event(1));
    region.author(&circle, event(2));
    region.author(&station(), event(3));
    let desk = Desk::new(1);
    desk.sync(&*region).await.unwrap();
    assert_eq!(desk.texts(), ["1", "3"], "the circle is nobody's business yet");
    region.scopes.lock().unwrap().push(circle.clone());
    desk.sync(&*region).await.unwrap();
    assert_eq!(desk.texts(), ["1", "2", "3"]);
    region.refuse("feed", &[ApiError::new(ApiErrorCode::NotFound)]);
    region.author(&circle, event(4));
    desk.sync(&*region).await.unwrap();
    assert_eq!(desk.texts(), ["1", "2", "3", "4"], "the other scope was read all the same");
}

/// B05 (part).
#[tokio::test]
async fn a_full_disk_stops_the_round_and_loses_nothing() {
    let region = Arc::new(Region::new());
    region.author(&station(), crate::desk::event(8, 1, esik_wire::ZERO_HASH, "x", "news"));
    let desk = Desk::new(1);
    desk.inside.lock().unwrap().broken = Some(LocalError::StorageFull);
    assert_eq!(desk.sync(&*region).await, Err(SyncStop::Local(LocalError::StorageFull)));
    desk.inside.lock().unwrap().broken = None;
    desk.sync(&*region).await.unwrap();
    assert_eq!(desk.texts(), ["news"]);
    assert_eq!(desk.copy().attempts.len(), 2, "both attempts are on record");
}

/// S19 (part), S20 (part).
#[tokio::test]
async fn the_clock_is_compared_with_the_regions_and_waits_are_slept() {
    let region = Arc::new(Region::new());
    let busy = ApiError { retry_after_s: Some(10), ..ApiError::new(ApiErrorCode::Busy) };
    region.refuse("hello", &[busy]);
    let (desk, clock) = (Desk::new(1), TestClock::default());
    desk.sync_with(&*region, &clock).await.unwrap();
    assert_eq!(*clock.slept.lock().unwrap(), [Duration::from_secs(11)]);
    assert_eq!(desk.copy().offset_ms, 79_000, "90 s ahead at the start, 11 s later");
}

#[tokio::test]
async fn a_region_that_is_always_busy_ends_the_round() {
    let region = Arc::new(Region::new());
    let (desk, line) = (Desk::new(1), Line::new(&region, &[Fault::Busy; 100]));
    assert!(matches!(desk.sync(&line).await, Err(SyncStop::Busy { .. })));
    assert_eq!(line.faults.lock().unwrap().len(), 94, "five waits and no sixth");
}

/// `ESIK_CLOCK` may stop the time.
struct StoppedClock;

impl esik_sync::Clock for StoppedClock {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        crate::region::start()
    }
    fn random(&self) -> f64 {
        1.0
    }
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        // Lets others run, as a sleep does, so that an endless wait can be given up.
        Box::pin(tokio::task::yield_now())
    }
}

#[tokio::test]
async fn a_stopped_clock_does_not_stop_a_round() {
    let region = Arc::new(Region::new());
    let (desk, line) = (Desk::new(1), Line::new(&region, &[Fault::Request, Fault::Busy]));
    let round = desk.sync_with(&line, &StoppedClock);
    tokio::time::timeout(Duration::from_secs(20), round).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_hanging_region_ends_the_round_after_three_tries() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    let line = Line::new(&region, &[Fault::Request; 100]);
    assert_eq!(desk.sync(&line).await, Err(SyncStop::Failure(SyncFailure::Timeout)));
    assert_eq!(line.faults.lock().unwrap().len(), 97);
}

/// S7: a session of three batches and two pages is cut at each of its calls, before or after the region got it,
/// and the desk starts again: it goes on, at most one batch goes up twice and one page comes down twice, and
/// nothing has to be put right by hand. (Cut at any byte of a call: `tests/process/cuts.rs`.)
#[tokio::test]
async fn wherever_a_session_is_cut_one_batch_goes_twice_at_most() {
    const OWN: usize = 2 * SEGMENT_EVENTS_MAX + 30;
    const OTHERS: usize = 130;
    let (writer, other) = (Desk::new(1), Desk::new(2));
    for n in 0..OWN {
        writer.save("note", &format!("a{n}"));
    }
    for n in 0..OTHERS {
        other.save("note", &format!("b{n}"));
    }
    let mut region = Region::new();
    region.page_max = 400;
    let all = OWN + OTHERS;
    let pages = all.div_ceil(region.page_max);
    let before = Arc::new(region);
    other.sync(&*before).await.unwrap();
    let (before, writer) = (before.backup(), writer.copy());

    let cut = [Fault::Request, Fault::Answer, Fault::NoLine];
    // The greeting, the pushes, the pages; and once nothing is cut at all.
    let calls = 1 + 3 + pages;
    for (at, fault) in (0..=calls).flat_map(|at| cut.map(|fault| (at, fault))) {
        let mut region = Region::new();
        region.page_max = 400;
        region.restore(before.clone(), "e1");
        let region = Arc::new(region);
        let desk = Desk::new(1);
        *desk.inside.lock().unwrap() = writer.clone();
        // The line is cut, and stays so until the round is over.
        let mut faults = vec![Fault::Good; at];
        faults.extend([fault, Fault::NoLine, Fault::NoLine, Fault::NoLine]);
        let first = Line::new(&region, &faults[..if at == calls { at } else { at + 4 }]);
        let end = desk.sync(&first).await;
        assert_eq!(end.is_ok(), at == calls, "{at} {fault:?}: {end:?}");
        // The program starts again: it has what its disk holds.
        let again = Desk::new(1);
        *again.inside.lock().unwrap() = desk.copy();
        let second = Line::new(&region, &[]);
        again.sync(&second).await.unwrap();
        let up = |l: &Line| l.went_up.load(std::sync::atomic::Ordering::Relaxed);
        let down = |l: &Line| l.went_down.load(std::sync::atomic::Ordering::Relaxed);
        let (up, down) = (up(&first) + up(&second), down(&first) + down(&second));
        assert!(up <= OWN + SEGMENT_EVENTS_MAX, "{at} {fault:?}: {up} of {OWN} went up");
        assert!(down <= all + 400, "{at} {fault:?}: {down} of {all} came down");
        assert_eq!((again.unsent(), region.backup().order.len()), (0, all), "{at} {fault:?}");
        assert_eq!(again.texts().len(), all, "{at} {fault:?}");
    }
}

#[derive(Clone, Debug)]
enum Act {
    Save(usize, &'static str),
    Sync(usize, Vec<Fault>),
}

fn act() -> impl Strategy<Value = Act> {
    use Fault::{Answer, Busy, Fails, Good, NoLine, Request, Twice};
    let fault =
        prop::sample::select(vec![Good, Good, Good, Request, Answer, Twice, NoLine, Busy, Fails]);
    prop_oneof![
        (0..3_usize, prop::sample::select(vec!["note", "note", "refused", "poison"]))
            .prop_map(|(d, k)| Act::Save(d, k)),
        (0..3_usize, prop::collection::vec(fault, 0..8)).prop_map(|(d, f)| Act::Sync(d, f)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// S7 (part), S12 (part), T27 (part), T28 (part), B11 (part).
    #[test]
    fn lost_repeated_and_cut_answers_lose_and_double_nothing(
        acts in prop::collection::vec(act(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let region = Arc::new(Region::new());
            let desks = [Desk::new(1), Desk::new(2), Desk::new(3)];
            let mut good = 0;
            for (i, act) in acts.iter().enumerate() {
                match act {
                    Act::Save(d, kind) => {
                        desks[*d].save(kind, &format!("{i}"));
                        good += usize::from(*kind == "note");
                    }
                    Act::Sync(d, faults) => drop(desks[*d].sync(&Line::new(&region, faults)).await),
                }
            }
            // The faults stop. Pushing and reading: two rounds (S12 allows three).
            for _ in 0..2 {
                for desk in &desks {
                    desk.sync(&*region).await.unwrap();
                }
            }
            assert_eq!(region.backup().order.len(), good, "each event once, none missing");
            for desk in &desks {
                assert_eq!(desk.unsent(), 0);
                let held = desk.copy().held;
                let ordered = held.values().filter_map(|(pos, _)| *pos);
                let mut ordered: Vec<_> = ordered.map(|p| p.0).collect();
                ordered.sort_unstable();
                assert_eq!(ordered, (1..=good as u64).collect::<Vec<_>>(), "every position once");
            }
        });
    }
}
