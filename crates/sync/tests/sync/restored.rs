//! A region restored from an older copy, a desk restored from an older copy, a copied desk.

use crate::desk::{Desk, event};
use crate::region::{Region, start, station};
use esik_domain::ids::Pos;
use esik_sync::{History, SyncStop};
use esik_wire::{ApiError, ApiErrorCode, SyncFailure, Verdict, ZERO_HASH};
use std::sync::Arc;

/// A region with a backup, and two desks that worked on after it.
async fn worked_on() -> (Arc<Region>, crate::region::Book, [Arc<Desk>; 2]) {
    let region = Arc::new(Region::new());
    let desks = [Desk::new(1), Desk::new(2)];
    desks[0].save("note", "a1");
    desks[1].save("note", "b1");
    for desk in desks.iter().chain(&desks) {
        desk.sync(&*region).await.unwrap();
    }
    let backup = region.backup();
    for text in ["2", "3"] {
        desks[0].save("note", &format!("a{text}"));
        desks[1].save("note", &format!("b{text}"));
        for desk in desks.iter().chain(&desks) {
            desk.sync(&*region).await.unwrap();
        }
    }
    (region, backup, desks)
}

/// S15 (part), T29.
#[tokio::test]
async fn a_restored_region_is_refilled_by_its_desks() {
    // With a new epoch, as the restore makes it; and with the old one, should that have failed.
    for epoch in ["e2", "e1"] {
        let (region, backup, [a, b]) = worked_on().await;
        region.restore(backup, epoch);
        b.save("note", "b4");
        // Desk b comes first, so that the order is another one than before.
        let s = b.sync(&*region).await.unwrap();
        assert_eq!(s.pushed, 3, "b2 and b3 once more, b4 for the first time");
        assert_eq!(b.copy().histories.last(), Some(&History::Changed), "epoch {epoch}");
        a.sync(&*region).await.unwrap();
        b.sync(&*region).await.unwrap();
        assert_eq!(a.texts(), ["a1", "b1", "b2", "b3", "b4", "a2", "a3"], "epoch {epoch}");
        assert_eq!(a.texts(), b.texts());
        assert_eq!((a.unsent(), b.unsent()), (0, 0));
        assert_eq!(region.backup().order.len(), 7);
        a.sync(&*region).await.unwrap();
        assert_eq!(a.copy().histories.last(), Some(&History::Same), "noticed once, not for ever");
    }
}

/// S2 (part), S15 (part): the desk that wrote it is gone; its neighbour gives the region what it had heard of it, once,
/// and whoever comes anew reads all of it. When the lost desk turns up after all, nothing is there twice.
#[tokio::test]
async fn what_only_another_desk_holds_is_given_back() {
    let (region, backup, [a, b]) = worked_on().await;
    region.restore(backup, "e2");
    let s = b.sync(&*region).await.unwrap();
    assert_eq!((s.given_back, region.count("back")), (2, 1), "a2 and a3");
    let cards: Vec<_> = region.cards.lock().unwrap().iter().map(|c| c.id).collect();
    let author = region.backup().order.last().unwrap().1.envelope().unwrap().actor_id;
    assert_eq!(cards, [author], "with the card of who wrote them");
    b.sync(&*region).await.unwrap();
    assert_eq!(region.count("back"), 1, "once, not in every round");
    let late = Desk::new(3);
    late.sync(&*region).await.unwrap();
    assert_eq!(late.texts(), ["a1", "b1", "b2", "b3", "a2", "a3"]);
    assert_eq!(b.texts(), late.texts());
    a.sync(&*region).await.unwrap();
    assert_eq!((a.unsent(), a.texts()), (0, late.texts()));
    assert_eq!(region.backup().order.len(), 6);
}

/// A region that does not know the call, or is busy, holds up nothing; it is asked again in a later round.
#[tokio::test]
async fn giving_back_never_holds_up_a_round() {
    let (region, backup, [_, b]) = worked_on().await;
    region.restore(backup, "e2");
    let busy = ApiError { retry_after_s: Some(600), ..ApiError::new(ApiErrorCode::Busy) };
    region.refuse("back", &[ApiError::new(ApiErrorCode::NotFound), busy]);
    for _ in 0..2 {
        let s = b.sync(&*region).await.unwrap();
        assert_eq!((s.given_back, b.unsent()), (0, 0));
    }
    assert_eq!(b.sync(&*region).await.unwrap().given_back, 2);
}

/// S15 (part).
#[tokio::test]
async fn a_region_restored_in_the_middle_of_a_round_is_greeted_anew() {
    let (region, backup, [a, _]) = worked_on().await;
    region.restore(backup.clone(), "e2");
    a.save("note", "a4");
    a.sync(&*region).await.unwrap();
    // Between greeting and push the region is replaced: epoch and chain are others.
    a.save("note", "a5");
    region.refuse("push", &[ApiError { expected: Some(2), ..ApiError::new(ApiErrorCode::Gap) }]);
    let s = a.sync(&*region).await.unwrap();
    assert_eq!(s.rounds, 2, "a gap is answered by a greeting");
    assert_eq!(s.acked.seq, 5);
    region.refuse("feed", &[ApiError::new(ApiErrorCode::HistoryDiverged)]);
    a.sync(&*region).await.unwrap();
    assert_eq!(a.copy().histories.last(), Some(&History::Changed));
    assert!(region.known.lock().unwrap().is_none(), "it is asked, not confronted again");
    a.sync(&*region).await.unwrap();
    assert!(region.known.lock().unwrap().is_some());
}

/// T12 (part).
#[tokio::test]
async fn a_region_that_denies_its_history_again_and_again_ends_the_round() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    let diverged = ApiError::new(ApiErrorCode::HistoryDiverged);
    region.refuse("feed", &vec![diverged; 100]);
    assert_eq!(desk.sync(&*region).await, Err(SyncStop::HistoryDiverged));
    assert!(region.count("hello") <= 5);
}

/// S31 (part), S15 (part).
#[tokio::test]
async fn an_empty_region_is_filled_not_obeyed() {
    let (region, _, [a, b]) = worked_on().await;
    region.restore(crate::region::Book::default(), "e9");
    for desk in [&a, &b, &a] {
        desk.sync(&*region).await.unwrap();
    }
    assert_eq!(region.backup().order.len(), 6, "nothing was deleted anywhere");
    assert_eq!(a.texts(), b.texts());
}

/// S16 (part), T30.
#[tokio::test]
async fn a_desk_restored_from_an_older_copy_stops_before_it_writes() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    desk.save("note", "one");
    desk.sync(&*region).await.unwrap();
    let copy = desk.copy();
    desk.save("note", "two");
    desk.sync(&*region).await.unwrap();
    *desk.inside.lock().unwrap() = copy;
    let head = region.backup().head(desk.device(), 1);
    assert_eq!(desk.sync(&*region).await, Err(SyncStop::RolledBack { region: head }));
    assert_eq!(region.count("push"), 2, "nothing was pushed on top");
}

/// S17 (part), T31 (part).
#[tokio::test]
async fn of_two_copies_of_a_desk_the_later_one_is_told_and_goes_on_reading() {
    let region = Arc::new(Region::new());
    let (desk, other) = (Desk::new(1), Desk::new(1));
    desk.save("note", "one");
    desk.sync(&*region).await.unwrap();
    let copy = desk.copy();
    *other.inside.lock().unwrap() = copy;
    desk.save("note", "here");
    desk.sync(&*region).await.unwrap();
    other.save("note", "there");
    other.save("note", "there too");
    region.author(&station(), event(8, 1, ZERO_HASH, "agency_answered", "an answer"));
    assert_eq!(other.sync(&*region).await, Err(SyncStop::Fork));
    assert_eq!(region.count("push"), 3, "it noticed itself, and showed the region its branch");
    assert_eq!(other.sync(&*region).await, Err(SyncStop::Fork));
    assert_eq!(region.count("push"), 3, "once, not in every round");
    assert!(other.texts().contains(&"an answer".to_owned()), "reading goes on");
    assert_eq!(other.unsent(), 2, "and nothing of the branch is forgotten");
    // The region itself may be the first to notice.
    region.refuse("push", &[ApiError::new(ApiErrorCode::Fork)]);
    desk.save("note", "more");
    assert_eq!(desk.sync(&*region).await, Err(SyncStop::Fork));
}

/// S2 (part), S17 (part): of two copies of a desk the region heard this one first and was then set back; the other copy came
/// before it. What the region took of this one and lost counts as never sent, from where the two part.
#[tokio::test]
async fn a_copy_that_a_restored_region_forgot_sends_its_chain_anew() {
    let region = Arc::new(Region::new());
    let (here, other) = (Desk::new(1), Desk::new(1));
    here.save("note", "one");
    here.sync(&*region).await.unwrap();
    *other.inside.lock().unwrap() = here.copy();
    let backup = region.backup();
    for text in ["here two", "here three"] {
        here.save("note", text);
    }
    here.sync(&*region).await.unwrap();
    region.restore(backup, "e2");
    other.save("note", "there two");
    other.sync(&*region).await.unwrap();
    assert_eq!(here.sync(&*region).await, Err(SyncStop::Fork));
    assert_eq!(here.copy().histories.last(), Some(&History::Changed));
    assert_eq!(here.unsent(), 3, "where the other copy goes another way only the region can say");
}

/// S14 (part), S23 (part).
#[tokio::test]
async fn too_old_and_revoked_desks_still_deliver() {
    for code in [ApiErrorCode::TooOld, ApiErrorCode::TooNew, ApiErrorCode::Unauthorised] {
        let region = Arc::new(Region::new());
        region.author(&station(), event(8, 1, ZERO_HASH, "agency_answered", "an answer"));
        region.refuse("hello", &[ApiError::new(code)]);
        let desk = Desk::new(1);
        desk.save("note", "offline work");
        let end = desk.sync(&*region).await.unwrap_err();
        match code {
            ApiErrorCode::TooOld => assert_eq!(end, SyncStop::TooOld),
            ApiErrorCode::TooNew => assert_eq!(end, SyncStop::RegionTooOld),
            _ => assert_eq!(end, SyncStop::Failure(SyncFailure::Refused(ApiError::new(code)))),
        }
        assert_eq!((desk.unsent(), region.count("push"), region.count("feed")), (0, 1, 0));
    }
}

/// S23 (part): what a later region says of an event, and this desk does not understand, is no verdict. The event waits, all else
/// goes on, and the newer program hears the answer again.
#[tokio::test]
async fn an_answer_of_a_later_region_leaves_the_event_waiting() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    desk.save("note", "1");
    desk.save("later", "2");
    desk.save("note", "3");
    for sent in [1, 2] {
        assert_eq!(desk.sync(&*region).await, Err(SyncStop::TooOld));
        assert_eq!((desk.unsent(), region.count("push")), (1, sent));
        assert_eq!(desk.copy().cursors.get(&station()), Some(&Pos(2)), "reading goes on");
    }
    let mut understood = region.backup();
    for (_, verdict) in understood.chains.values_mut().flatten() {
        if *verdict == Verdict::Unknown {
            *verdict = Verdict::Rejected { code: "not_allowed".to_owned() };
        }
    }
    region.restore(understood, "e1");
    desk.sync(&*region).await.unwrap();
    assert_eq!(desk.unsent(), 0);
}

/// S9 (part), S15 (part): one computer that called itself the region had refused a record, and the region has it. With the greeting that shows
/// another order the desk asks for the verdict again, though the region acknowledges more than that.
#[tokio::test]
async fn what_another_order_refused_is_asked_again() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    for (kind, text) in [("note", "1"), ("refused", "2"), ("note", "3")] {
        desk.save(kind, text);
    }
    desk.sync(&*region).await.unwrap();
    let mut taken = region.backup();
    let at = Pos(taken.order.len() as u64 + 1);
    let event = desk.copy().own[1].clone();
    taken.order.push((station(), event));
    for (_, verdict) in taken.chains.values_mut().flatten() {
        if matches!(verdict, Verdict::Rejected { .. }) {
            *verdict = Verdict::Accepted { pos: at, recorded_at: start() };
        }
    }
    region.restore(taken, "e2");
    let s = desk.sync(&*region).await.unwrap();
    assert_eq!((s.pushed, s.acked.seq), (2, 3), "from the refused one on");
    let verdict = desk.copy().verdicts[&2].clone();
    assert_eq!(verdict, Verdict::Duplicate { pos: at, recorded_at: start() });
    desk.sync(&*region).await.unwrap();
    assert_eq!(region.count("push"), 2, "once, not for ever");
}

/// S23 (part).
#[tokio::test]
async fn a_too_old_desk_that_lost_verdicts_follows_the_gap() {
    let region = Arc::new(Region::new());
    let desk = Desk::new(1);
    for text in ["1", "2", "3"] {
        desk.save("note", text);
    }
    desk.sync(&*region).await.unwrap();
    region.restore(
        crate::region::Book { epoch: "e1".to_owned(), ..crate::region::Book::default() },
        "e1",
    );
    desk.save("note", "4");
    region.refuse("hello", &[ApiError::new(ApiErrorCode::TooOld)]);
    assert_eq!(desk.sync(&*region).await, Err(SyncStop::TooOld));
    assert_eq!(region.backup().order.len(), 4);
    assert_eq!(desk.copy().cursors.get(&station()), Some(&Pos(3)));
}
