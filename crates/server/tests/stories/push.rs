//! What a desk pushes and what comes of it: verdicts, chains, circles, decisions, leases.

use crate::common::{
    Desk, World, codes, fork_at, fresh, kinds, note, opened, referral, refused, visit,
};
use chrono::TimeDelta;
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_server::quota::Measure;
use esik_wire::{
    ApiError, ApiErrorCode, FeedRequest, Head, SignedEvent, SyncApi as _, SyncFailure, Verdict,
};
use std::collections::HashSet;

/// S14 (part).
#[tokio::test]
async fn what_one_desk_saves_another_of_the_station_reads_and_can_verify() {
    let w = World::new();
    let (mut a, b, far) = (w.desk("07").await, w.desk("07").await, w.desk("08").await);
    let (case, _) = referral(&mut a, "E-HEA", "Жылу жоқ", "open");
    let answer = a.push().await.unwrap();
    assert_eq!(codes(&answer), ["accepted"; 4]);
    let read = b.read(&b.station_scope()).await.unwrap();
    assert_eq!(
        kinds(&read),
        ["visit_noted", "case_opened", "referral_drafted", "referral_sent", "delivery_by_hand"]
    );
    // Positions are gap-free and every signature verifies with what hello gave.
    let cards = b.hello(200).await.unwrap().officers;
    for (i, entry) in read.iter().enumerate() {
        assert_eq!(entry.pos, Pos(i as u64 + 1));
        let actor = entry.event.envelope().unwrap().actor_id;
        let card = cards.iter().find(|c| c.id == actor).unwrap();
        entry.event.verify(&esik_wire::signed::key_from_text(&card.key).unwrap()).unwrap();
    }
    let delivered = read.last().unwrap().event.envelope().unwrap();
    assert_eq!(delivered.role, Role::Region);
    assert_eq!(delivered.device_id, b.joined.as_ref().unwrap().region_device);
    assert_eq!((delivered.device_seq.0, delivered.prev), (1, "0".repeat(64)));
    assert_eq!(b.handle.case_events(case).await.unwrap().entries.len(), 5);
    // Another station does not learn that any of it exists.
    assert_eq!(far.read(&far.station_scope()).await.unwrap(), []);
    assert_eq!(far.read(&b.station_scope()).await, Err(refused(ApiErrorCode::NotFound)));
    assert_eq!(far.handle.case_events(case).await, Err(refused(ApiErrorCode::NotFound)));
}

fn told_to_wait(answer: Result<esik_wire::PushResponse, SyncFailure>) -> u64 {
    let Err(SyncFailure::Refused(e)) = answer else { panic!("not refused: {answer:?}") };
    assert_eq!(e.code, ApiErrorCode::Quota);
    e.retry_after_s.unwrap()
}

/// S28: a desk that brings more events than a day holds is told when to come again, is seen by the operator,
/// holds up nobody else and loses nothing; verdicts that were given are given again all the same.
#[tokio::test]
async fn a_desk_over_the_days_measure_comes_again_tomorrow_and_loses_nothing() {
    let w = World::new();
    w.region.measure(Measure { events: 4, ..Measure::default() });
    let (mut a, mut b) = (w.desk("07").await, w.desk("07").await);
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    let first = a.segment();
    a.push().await.unwrap();
    referral(&mut a, "E-HEA", "Жылу жоқ", "open");
    a.push().await.unwrap();
    // 10:00 in Kazakhstan: fourteen hours are left of the day.
    a.say(case, &note("бір"), "open");
    assert_eq!(told_to_wait(a.push().await), 14 * 3600);
    assert_eq!(codes(&a.handle.push(first).await.unwrap()), ["duplicate"]);
    b.say(CaseId(fresh()), &visit(), "open");
    b.push().await.unwrap();
    let full = w.region.full_today();
    assert_eq!(full.into_iter().collect::<Vec<_>>(), [(a.device, 5)]);
    // A copy of the desk fills nothing either.
    let mut copy = a.segment();
    copy.events =
        vec![SignedEvent::sign(&a.envelope(case, &note("екі"), "open"), &a.officer_key).unwrap()];
    copy.head = copy.events.last().unwrap().hash();
    copy.head_sig = esik_wire::signed::sign_head(&a.key, &copy.head);
    assert!(told_to_wait(a.handle.push(copy).await) > 0);

    w.pass(TimeDelta::hours(14));
    assert!(w.region.full_today().is_empty());
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"]);
}

/// S28 (part): two copies of a desk that quarrel for ever fill no disk: branches set aside count too.
#[tokio::test]
async fn branches_set_aside_count_too() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    a.push().await.unwrap();
    w.region.measure(Measure { events: 4, ..Measure::default() });
    let mut kept = 0;
    for n in 0..10 {
        let other =
            SignedEvent::sign(&a.envelope(case, &note(&n.to_string()), "open"), &a.officer_key);
        let fork = a.segment_of(1, vec![other.unwrap()]);
        match a.handle.push(fork).await.unwrap_err() {
            SyncFailure::Refused(e) if e.code == ApiErrorCode::Fork => kept += 1,
            other => {
                assert!(told_to_wait(Err(other)) > 0);
                break;
            }
        }
    }
    assert_eq!(kept, 3, "one event and three branches are four");
}

/// S9, S21 (part), S5 (part).
#[tokio::test]
async fn one_bad_event_never_stops_the_others() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let stranger = Desk::new(&w, "07", Role::Head, &[]);
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    // Not JSON; NUL; too large; not signed by the officer; signed by nobody known.
    a.save_signed(SignedEvent { e: "{\"v\":".to_owned(), s: "AAAA".to_owned() });
    let nul = a.envelope(case, &note("a\0b"), "open");
    // Nothing of ours signs it; a broken program would send it all the same.
    a.save_signed(SignedEvent { e: serde_json::to_string(&nul).unwrap(), s: "AAAA".to_owned() });
    a.save_signed(SignedEvent { e: "x".repeat(70_000), s: String::new() });
    let forged = a.envelope(case, &note("forged"), "open");
    a.save_signed(SignedEvent::sign(&forged, &stranger.officer_key).unwrap());
    let mut unknown = a.envelope(case, &note("?"), "open");
    unknown.actor_id = stranger.card.id;
    a.save_signed(SignedEvent::sign(&unknown, &stranger.officer_key).unwrap());
    // A hole in the chain; another station; the region's own kind; a claim to be the region.
    let mut hole = a.envelope(case, &note("hole"), "open");
    hole.prev = "ab".repeat(32);
    a.save(&hole);
    let mut foreign = a.envelope(case, &note("foreign"), "open");
    foreign.station_id = "08".into();
    a.save(&foreign);
    let mut agency = a.envelope(case, &note("x"), "open");
    agency.kind = "agency_accepted".to_owned();
    a.save(&agency);
    let mut region = a.envelope(case, &note("x"), "open");
    region.role = Role::Region;
    a.save(&region);
    // A kind we know with a body we cannot read; a kind of tomorrow is kept and forwarded.
    let mut broken = a.envelope(case, &note("x"), "open");
    broken.kind = "case_opened".to_owned();
    a.save(&broken);
    let mut tomorrow = a.envelope(case, &note("x"), "open");
    tomorrow.kind = "applicant_sang".to_owned();
    a.save(&tomorrow);
    let mut newer = a.envelope(case, &note("x"), "open");
    newer.version = 9;
    a.save(&newer);
    a.say(case, &note("last"), "open");
    let answer = a.push().await.unwrap();
    assert_eq!(
        codes(&answer),
        [
            "accepted",
            "quarantined:unreadable",
            "quarantined:unreadable",
            "quarantined:too_large",
            "quarantined:bad_signature",
            "quarantined:unknown_officer",
            "quarantined:broken_chain",
            "rejected:foreign_station",
            "rejected:not_allowed",
            "rejected:not_allowed",
            "quarantined:unreadable",
            "accepted",
            "accepted",
            "accepted",
        ]
    );
    assert_eq!(
        kinds(&a.read(&a.station_scope()).await.unwrap()),
        ["visit_noted", "applicant_sang", "note_added", "note_added"]
    );
    let c = w.region.store().counts().unwrap();
    assert_eq!((c.events, c.max_pos, c.head_pos, c.quarantined, c.rejected), (4, 4, 4, 7, 3));
    assert_eq!(w.region.store().set_aside(50).unwrap().len(), 10);
}

/// S5, T28 (part): the same bytes again are answered as the first time. Other bytes under a used id are refused and told, and both
/// are kept: the first at its place in the order, the other set aside.
#[tokio::test]
async fn the_same_bytes_again_change_nothing() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    a.say(case, &opened("ESK-07-2026-1"), "open");
    let region_kind = {
        let mut e = a.envelope(case, &note("x"), "open");
        e.kind = "agency_accepted".to_owned();
        e
    };
    a.save(&region_kind);
    let segment = a.segment();
    let first = a.push().await.unwrap();
    w.pass(TimeDelta::minutes(5));
    let again = a.handle.push(segment.clone()).await.unwrap();
    assert_eq!(again.acked, first.acked);
    assert_eq!(codes(&again), ["duplicate", "duplicate", "rejected:not_allowed"]);
    match (&first.verdicts.first().unwrap().verdict, &again.verdicts.first().unwrap().verdict) {
        (
            Verdict::Accepted { pos, recorded_at },
            Verdict::Duplicate { pos: again, recorded_at: then },
        ) => assert_eq!((pos, recorded_at), (again, then)),
        other => unreachable!("{other:?}"),
    }
    // Half old, half new: only the new half moves the order.
    a.say(case, &note("new"), "open");
    let mut both = segment.events.clone();
    both.extend(a.unsent.clone());
    let mixed = a.handle.push(a.segment_of(1, both)).await.unwrap();
    assert_eq!(codes(&mixed), ["duplicate", "duplicate", "rejected:not_allowed", "accepted"]);
    assert_eq!(w.region.store().head().unwrap(), Pos(3));
    // An id that was used is not taken for another event, nor forgotten.
    let mut reused = a.envelope(case, &note("other words"), "open");
    reused.id = segment.events.first().unwrap().envelope().unwrap().id;
    a.unsent.clear();
    a.first_unsent = 5;
    a.save(&reused);
    let other = a.unsent.clone();
    assert_eq!(codes(&a.push().await.unwrap()), ["quarantined:id_reused"]);
    let asides = w.region.store().asides(10).unwrap();
    let told: Vec<_> = asides.iter().filter(|a| !a.row.rejected).collect();
    assert_eq!(told.iter().map(|a| a.row.code.as_str()).collect::<Vec<_>>(), ["id_reused"]);
    assert_eq!(told.iter().map(|a| a.event.clone()).collect::<Vec<_>>(), other);
    let read = w.region.store().feed(&a.station_scope(), Pos(0), 10).unwrap();
    assert_eq!(read.events.first().map(|e| &e.event), segment.events.first());
    assert!(read.events.iter().all(|e| !other.contains(&e.event)));
}

/// S8, S17 (part), S5 (part), B14 (part), T31 (part).
#[tokio::test]
async fn a_gap_is_named_and_a_fork_freezes_the_device_but_loses_nothing() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    a.say(case, &note("one"), "open");
    let late = a.segment_of(2, a.unsent.get(1..).unwrap().to_vec());
    let gap = ApiError { expected: Some(1), ..ApiError::new(ApiErrorCode::Gap) };
    assert_eq!(a.handle.push(late).await, Err(SyncFailure::Refused(gap)));
    // A copy of the desk, made now, goes its own way.
    let (unsent, head) = (a.unsent.clone(), a.head);
    a.push().await.unwrap();
    let kept_head = a.head;
    a.head = Head { seq: 1, hash: unsent.first().unwrap().hash() };
    a.unsent.clear();
    a.first_unsent = 2;
    a.say(case, &note("another one"), "open");
    assert_eq!(a.handle.push(a.segment()).await, Err(fork_at(2)));
    let branch = a.unsent.clone();
    // Frozen: the honest branch may not push either, but reads on and is told so in the greeting.
    a.head = kept_head;
    a.unsent.clear();
    a.first_unsent = head.seq + 1;
    a.say(case, &note("two"), "open");
    assert_eq!(a.handle.push(a.segment()).await, Err(refused(ApiErrorCode::Fork)));
    assert_eq!(a.read(&a.station_scope()).await.unwrap().len(), 2);
    let hello = a.hello(200).await.unwrap();
    assert_eq!((hello.acked, hello.frozen), (kept_head, true));
    let aside = || w.region.store().aside_counts().unwrap().iter().map(|c| c.branch).sum::<u64>();
    assert_eq!(aside(), 2);
    // Before it has joined again its branch is nothing but kept; the same life does not come back by a code, a new one does.
    let first = (a.segment(), a.unsent.clone());
    let as_life = |a: &Desk, life| esik_wire::Segment {
        incarnation: life,
        branch_of: Some(1),
        ..a.segment_of(2, branch.clone())
    };
    assert_eq!(a.handle.push(as_life(&a, 8)).await, Err(refused(ApiErrorCode::Fork)));
    let code = w.code("07");
    assert_eq!(a.enroll(&code).await, Err(fork_at(1)));
    a.incarnation = 9;
    a.enroll(&code).await.unwrap();
    assert!(!a.hello(200).await.unwrap().frozen);
    // The branch goes on as a life of its own: judged once, told again as often as it is asked.
    assert_eq!(codes(&a.handle.push(as_life(&a, 8)).await.unwrap()), ["accepted"]);
    assert_eq!(codes(&a.handle.push(as_life(&a, 8)).await.unwrap()), ["duplicate"]);
    assert_eq!(aside(), 1, "the region keeps it apart no more");
    let nowhere = esik_wire::Segment { first_seq: 5, ..as_life(&a, 7) };
    let gap = ApiError { expected: Some(3), ..ApiError::new(ApiErrorCode::Gap) };
    assert_eq!(a.handle.push(nowhere).await, Err(SyncFailure::Refused(gap)), "it begins somewhere");
    // The other copy goes on in the old life, and is told when it forks once more; nobody else is frozen by that.
    assert_eq!(codes(&a.handle.push(first.0).await.unwrap()), ["accepted"]);
    assert_eq!(aside(), 0);
    let old = esik_wire::Segment { incarnation: 1, ..a.segment_of(2, branch.clone()) };
    assert_eq!(a.handle.push(old).await, Err(fork_at(2)));
    assert_eq!(aside(), 0, "it is in the order already");
    (a.head, a.first_unsent) = (Head::default(), 1);
    a.unsent.clear();
    a.say(case, &note("two"), "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"]);
    assert_eq!(
        a.read(&a.station_scope()).await.unwrap().len(),
        5,
        "of both copies everything, once"
    );
}

/// S21 (part), S8 (part).
#[tokio::test]
async fn segments_that_lie_about_themselves_are_refused() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let mut other = w.desk("07").await;
    a.say(CaseId(fresh()), &visit(), "open");
    let bad = refused(ApiErrorCode::BadRequest);
    let good = a.segment();
    let push = |s: esik_wire::Segment| a.handle.push(s);
    let mut s = good.clone();
    s.head_sig = esik_wire::signed::sign_head(&other.key, &s.head);
    assert_eq!(push(s).await, Err(bad.clone()));
    let mut s = good.clone();
    s.head = esik_wire::EventHash([1; 32]);
    s.head_sig = esik_wire::signed::sign_head(&a.key, &s.head);
    assert_eq!(push(s).await, Err(bad.clone()));
    for (first, incarnation) in [(0, 1), (u64::MAX, 1), (1, 0)] {
        let s = esik_wire::Segment { first_seq: first, incarnation, ..good.clone() };
        assert_eq!(push(s).await, Err(bad.clone()));
    }
    let many = vec![good.events.first().unwrap().clone(); 501];
    assert_eq!(push(a.segment_of(1, many)).await, Err(bad.clone()));
    let heavy = SignedEvent { e: "x".repeat(1024 * 1024), s: "yy".to_owned() };
    assert_eq!(push(a.segment_of(1, vec![heavy])).await, Err(bad.clone()));
    let old = esik_wire::Segment { epoch: "another".to_owned(), ..good.clone() };
    assert_eq!(push(old).await, Err(refused(ApiErrorCode::HistoryDiverged)));
    other.device = a.device;
    assert_eq!(other.handle.push(other.segment_of(1, vec![])).await, Err(bad));
    assert_eq!(push(a.segment_of(1, vec![])).await.unwrap().verdicts, []);
    assert_eq!(codes(&push(good).await.unwrap()), ["accepted"]);
}

#[tokio::test]
async fn numbers_come_in_blocks_that_never_meet() {
    let w = World::new();
    let (a, b, c) = (w.desk("07").await, w.desk("07").await, w.desk("08").await);
    let mut given = Vec::new();
    for desk in [&a, &b] {
        given.extend(desk.joined.as_ref().unwrap().leases.clone());
        given.extend(desk.hello(10).await.unwrap().leases);
        assert_eq!(desk.hello(150).await.unwrap().leases, [], "enough numbers are left");
    }
    let mut numbers = HashSet::new();
    for lease in &given {
        assert_eq!((lease.year, lease.to - lease.from + 1), (2026, 200));
        for n in lease.from..=lease.to {
            assert!(numbers.insert(n), "{n} was given twice");
        }
    }
    assert_eq!((given.len(), numbers.len()), (4, 800));
    assert_eq!(c.joined.as_ref().unwrap().leases.first().unwrap().from, 1, "its own series");
    // In the last days of the year a desk gets numbers of the next one, once.
    w.pass(TimeDelta::days(25));
    let soon = a.hello(150).await.unwrap().leases;
    assert_eq!(soon.iter().map(|l| l.year).collect::<Vec<_>>(), [2027]);
    assert_eq!(a.hello(150).await.unwrap().leases, []);
    // The year is Kazakhstan's: 31 December, 20:00 UTC is January there.
    w.pass(TimeDelta::days(9) + TimeDelta::hours(15));
    assert_eq!(b.hello(10).await.unwrap().leases.first().unwrap().year, 2027);
    // Greed has an end.
    for _ in 0..60 {
        b.hello(0).await.unwrap();
    }
    assert_eq!(b.hello(0).await.unwrap().leases, []);
    w.pass(TimeDelta::days(1));
    assert_eq!(b.hello(0).await.unwrap().leases.len(), 1);
}

#[tokio::test]
async fn a_code_is_for_one_desk_and_ten_minutes() {
    let w = World::new();
    let code = w.code("07");
    assert_eq!(code.split('.').map(str::len).collect::<Vec<_>>(), [10, 64]);
    let (a, b) = (Desk::new(&w, "07", Role::Officer, &[]), Desk::new(&w, "07", Role::Officer, &[]));
    let bad = Err(refused(ApiErrorCode::BadCode));
    let mut a = a;
    // Before it joined the desk had no station; its officers get the one of the code.
    a.card.station = "00".into();
    let joined = a.enroll(&code.to_lowercase()).await.unwrap();
    assert_eq!(w.region.store().station_officers(&"07".into()).unwrap().len(), 1);
    assert_eq!(joined.station_id.as_str(), "07");
    assert_eq!(joined.station_name.kk, "Жетінші бөлімше");
    assert_eq!(b.enroll(&code).await, bad);
    // The answer was lost: the same desk asks again and is the same desk.
    let again = a.enroll(&code).await.unwrap();
    assert_ne!(again.leases, joined.leases);
    assert_eq!(w.region.store().devices().unwrap().len(), 1);
    let late = w.code("07");
    w.pass(TimeDelta::minutes(10));
    assert_eq!(b.enroll(&late).await, bad);
    // Guessing ends after ten tries, even with the right code; not for the others.
    let right = w.code("07");
    for _ in 0..9 {
        assert_eq!(b.enroll("AAAAAAAAAA").await, bad);
    }
    match b.enroll(&right).await {
        Err(SyncFailure::Refused(e)) => {
            assert_eq!(e.code, ApiErrorCode::TooOften);
            assert!(e.retry_after_s.unwrap() > 0);
        }
        other => unreachable!("{other:?}"),
    }
    Desk::new(&w, "07", Role::Officer, &[]).enroll(&right).await.unwrap();
    // A known device id with another key is nobody.
    let mut thief = Desk::new(&w, "07", Role::Officer, &[]);
    thief.device = a.device;
    thief.handle.device = a.device;
    assert_eq!(thief.enroll(&w.code("07")).await, Err(refused(ApiErrorCode::BadRequest)));
}

#[tokio::test]
async fn hello_tells_what_the_region_holds() {
    let w = World::new();
    let mut a = Desk::new(&w, "07", Role::Officer, &["dv", "open", "bad circle"]);
    a.joined = Some(a.enroll(&w.code("07")).await.unwrap());
    // A card with a circle that cannot be is left out whole.
    assert_eq!(a.hello(200).await.unwrap().scopes, [a.station_scope()]);
    a.card.circles = Vec::new();
    a.hello(200).await.unwrap();
    w.region.set_circles(a.card.id, &["dv".to_owned()]).unwrap();
    a.say(CaseId(fresh()), &visit(), "open");
    let before = a.hello(200).await.unwrap();
    assert_eq!((before.acked, before.region_pos), (Head::default(), Pos(0)));
    assert_eq!(
        before.scopes,
        [a.station_scope(), Scope::from("circle:07:dv"), Scope::officer(a.card.id)]
    );
    a.push().await.unwrap();
    let after = a.hello(200).await.unwrap();
    assert_eq!((after.acked, after.region_pos), (a.head, Pos(1)));
    let mut old = a.hello_request(200);
    (old.protocol_min, old.protocol_max) = (0, 0);
    assert_eq!(a.handle.hello(old).await, Err(refused(ApiErrorCode::TooOld)));
    let mut newer = a.hello_request(200);
    newer.protocol_max = 7;
    assert_eq!(a.handle.hello(newer).await.unwrap().protocol, 1);
    let mut late = a.hello_request(200);
    late.device_time -= TimeDelta::minutes(3);
    a.handle.hello(late).await.unwrap();
    let seen = w.region.store().device(a.device).unwrap().unwrap().seen.unwrap();
    assert_eq!(seen.clock_offset_ms, 180_000);
}

#[tokio::test]
async fn a_feed_is_paged_waits_and_knows_its_history() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let mut far = w.desk("08").await;
    let case = CaseId(fresh());
    for n in 0..7 {
        a.say(case, &note(&n.to_string()), "open");
    }
    a.push().await.unwrap();
    far.say(CaseId(fresh()), &visit(), "open");
    far.push().await.unwrap();
    let ask = |after: u64, limit: u32, wait_s: u32| FeedRequest {
        scope: a.station_scope(),
        after: Pos(after),
        epoch: a.epoch.clone(),
        limit,
        wait_s,
        seen: None,
    };
    let page = a.handle.feed(ask(0, 3, 0)).await.unwrap();
    assert_eq!((page.entries.len(), page.next, page.more), (3, Pos(3), true));
    let page = a.handle.feed(ask(3, 100, 0)).await.unwrap();
    assert_eq!((page.entries.len(), page.next, page.more), (4, Pos(8), false));
    let nothing = a.handle.feed(ask(8, 100, 0)).await.unwrap();
    assert_eq!((nothing.entries.len(), nothing.next), (0, Pos(8)));
    let diverged = Err(refused(ApiErrorCode::HistoryDiverged));
    assert_eq!(a.handle.feed(ask(9, 100, 0)).await, diverged);
    let other = FeedRequest { epoch: "another".to_owned(), ..ask(0, 1, 0) };
    assert_eq!(a.handle.feed(other).await, diverged);
    // Who reads on says what the order was like where he stands: the next page is of the same one, or none.
    let first = a.handle.feed(ask(0, 3, 0)).await.unwrap();
    let all = a.handle.feed(ask(0, 100, 0)).await.unwrap();
    assert_eq!(nothing.root, None);
    assert!(first.root.is_some() && first.root != all.root);
    let head: esik_wire::TreeHead = serde_json::from_str(&w.region.tree_head().unwrap().t).unwrap();
    assert_eq!((head.size, Some(head.root)), (8, all.root), "as it is signed");
    let on = |after, seen| FeedRequest { seen, ..ask(after, 100, 0) };
    assert_eq!(a.handle.feed(on(3, first.root)).await.unwrap().entries.len(), 4);
    assert_eq!(a.handle.feed(on(8, all.root)).await.unwrap().next, Pos(8));
    for (after, seen) in [(3, all.root), (8, first.root), (9, all.root)] {
        assert_eq!(a.handle.feed(on(after, seen)).await, diverged, "{after}");
    }
    // Whoever waits is woken by what is his, not by what is others'.
    let (handle, asked) = (a.handle.clone(), ask(8, 100, 30));
    let waiting = tokio::spawn(async move { handle.feed(asked).await });
    tokio::task::yield_now().await;
    far.say(CaseId(fresh()), &visit(), "open");
    far.push().await.unwrap();
    assert!(!waiting.is_finished());
    a.say(case, &note("new"), "open");
    a.push().await.unwrap();
    let page = waiting.await.unwrap().unwrap();
    assert_eq!((page.entries.len(), page.next), (1, Pos(10)));
}

/// B15 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_desks_at_once_leave_one_order_without_a_gap() {
    let w = World::on_disk();
    let mut herd = Vec::new();
    for _ in 0..8 {
        let mut desk = w.desk("07").await;
        herd.push(tokio::spawn(async move {
            for _ in 0..10 {
                referral(&mut desk, "E-HEA", "Жылу", "open");
                let again = desk.segment();
                assert_eq!(codes(&desk.push().await.unwrap()), ["accepted"; 4]);
                assert_eq!(codes(&desk.handle.push(again).await.unwrap()), ["duplicate"; 4]);
            }
            desk
        }));
    }
    let mut last = None;
    for one in herd {
        last = Some(one.await.unwrap());
    }
    let desk = last.unwrap();
    let c = w.region.store().counts().unwrap();
    assert_eq!((c.events, c.max_pos, c.head_pos, c.feed_entries), (400, 400, 400, 400));
    // The region's own chain is as whole as the desks'.
    let mut own: Vec<_> = desk
        .read(&desk.station_scope())
        .await
        .unwrap()
        .into_iter()
        .filter(|e| e.event.envelope().unwrap().role == Role::Region)
        .collect();
    assert_eq!(own.len(), 80);
    own.sort_by_key(|e| e.pos);
    let mut prev = esik_wire::ZERO_HASH;
    for (n, e) in own.iter().enumerate() {
        let read = e.event.envelope().unwrap();
        assert_eq!((read.device_seq.0, read.prev), (n as u64 + 1, prev.hex()));
        prev = e.event.hash();
    }
}

#[tokio::test]
async fn what_a_practice_desk_wrote_is_refused_even_by_a_region_that_has_a_station_of_its_name() {
    let w = World::new();
    let name = esik_wire::LocalName { kk: "Сынақ".to_owned(), ru: "Проба".to_owned() };
    w.region.add_station("TRAIN", name).unwrap();
    let mut practice = w.desk("TRAIN").await;
    practice.say(CaseId(fresh()), &visit(), "open");
    let answer = practice.push().await.unwrap();
    assert_eq!(codes(&answer), ["rejected:practice"]);
    // Smuggled into the chain of a desk that has joined, it is refused all the same.
    let mut real = w.desk("07").await;
    let mut smuggled = real.envelope(CaseId(fresh()), &visit(), "open");
    smuggled.station_id = "TRAIN".into();
    real.save(&smuggled);
    assert_eq!(codes(&real.push().await.unwrap()), ["rejected:practice"]);
}
