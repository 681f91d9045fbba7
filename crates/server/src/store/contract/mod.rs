//! The suite every store has to pass, whatever its engine. `SQLite` runs it in `tests/contract.rs`;
//! an engine that follows runs the same functions with its own factory.

#![expect(clippy::unwrap_used, reason = "a test suite: it fails by panicking")]

mod aside;
mod circles;
mod copied;
mod moves;
mod portal;

use super::{
    ChainMove, CodeRow, Commit, Committed, DeviceRow, DeviceSeen, FeedMoves, Held, Kept, NewEvent,
    NewVerdict, OfficerRow, PublicationRow, RegionRow, SeriesRow, StationRow, Store, TreeTile,
    WarrantRow,
};
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos, Scope, StationId};
use esik_domain::number::Lease;
use esik_wire::{
    EventHash, Head, LocalName, OfficerCard, SignedEvent, SignedPublication, SignedTreeHead,
    WarrantChange, signed, tree,
};
use std::sync::Arc;
use uuid::Uuid;

/// Makes an empty store of region `akmola`.
pub type Factory<'a> = &'a dyn Fn() -> Arc<dyn Store>;

/// Runs everything; each function gets a store of its own.
pub fn all(new: Factory<'_>) {
    a_region_is_founded_once(new());
    a_code_serves_one_device(new());
    a_device_comes_back_with_a_new_life(new());
    officers_are_kept_and_revoked(new());
    circles::the_later_word_stays(new());
    warrant_keys_are_kept_in_order(new());
    leases_never_meet(&new());
    a_commit_is_all_or_nothing(new());
    the_order_has_no_gap_under_many_writers(&new());
    feeds_are_paged_and_separate(new());
    moves::a_case_moves_from_feed_to_feed(new());
    verdicts_are_remembered(new());
    a_branch_is_kept_once(new());
    aside::a_person_decides(new());
    aside::what_was_given_back_stands_aside(new());
    portal::sessions_end(new());
    portal::requests_stand_in_their_lists(new());
    portal::coupons_are_found_by_number(new);
    a_restore_starts_anew(new());
    what_is_published_only_grows(new());
    copied::a_region_moves_as_rows(new);
    copied::the_watermark_goes_forward_only(new);
    the_tree_follows_the_order(&new());
}

/// Leaves come by position; whole subtrees and the heads desks have seen are kept until a restore.
pub fn the_tree_follows_the_order(s: &Arc<dyn Store>) {
    founded(s.as_ref());
    let events: Vec<NewEvent> = (1..=3).map(|n| event(n, 1, &["station:07"])).collect();
    let hashes: Vec<EventHash> = events.iter().map(|e| e.hash).collect();
    assert_eq!(s.commit(&commit(0, events)).unwrap(), Committed::Done);
    let leaf = |n: usize, ms| tree::leaf_bytes(&hashes[n], ms);
    let leaves = s.leaves(Pos(2), 10).unwrap();
    let ms = i64::from_be_bytes(leaves[0][32..].try_into().unwrap());
    assert_eq!(leaves, [leaf(1, ms), leaf(2, ms)]);
    assert_eq!(s.leaves(Pos(1), 1).unwrap(), [leaf(0, ms)]);

    let tile = |level, index, n: usize| TreeTile { level, index, hash: hashes[n] };
    s.put_tiles(&[tile(1, 0, 0), tile(1, 1, 1), tile(1, 3, 2), tile(2, 0, 2)]).unwrap();
    s.put_tiles(&[tile(1, 0, 2)]).unwrap();
    assert_eq!(
        s.tiles(1, 0, 9).unwrap(),
        hashes[..2],
        "what is there stays; up to the first that is missing"
    );
    assert_eq!(s.tiles(1, 1, 1).unwrap(), hashes[1..2]);
    assert_eq!(s.tiles(2, 0, 9).unwrap(), hashes[2..]);
    assert_eq!(s.tiles(3, 0, 9).unwrap(), []);

    let signed = |t: &str| SignedTreeHead { t: t.to_owned(), s: "s".to_owned() };
    let seen = DeviceSeen {
        at: at(1),
        incarnation: 1,
        clock_offset_ms: 0,
        unsent: 0,
        version: String::new(),
    };
    for (n, second, t) in [(10, 1, "old"), (11, 2, "eleven"), (10, 3, "new")] {
        let seen = DeviceSeen { at: at(second), ..seen.clone() };
        s.touch_device(DeviceId(id(n)), &seen, Some(&signed(t))).unwrap();
    }
    assert_eq!(s.trees_seen(DeviceId(id(12)), 9).unwrap(), [signed("new"), signed("eleven")]);
    assert_eq!(s.trees_seen(DeviceId(id(10)), 9).unwrap(), [signed("eleven")]);
    assert_eq!(s.trees_seen(DeviceId(id(12)), 1).unwrap(), [signed("new")]);

    s.renew("second", 1, 0, &[], &[]).unwrap();
    assert_eq!(s.tiles(1, 0, 9).unwrap(), [], "another order may follow");
    assert_eq!(s.trees_seen(DeviceId(id(12)), 9).unwrap(), []);
}

fn what_is_published_only_grows(store: Arc<dyn Store>) {
    founded(store.as_ref());
    let row = |version: u32| PublicationRow {
        kind: "calendar".to_owned(),
        name: "region".to_owned(),
        version,
        label: version.to_string(),
        holds_from: at(0).date_naive(),
        published_at: at(version.into()),
        by: "Бекова А. Т.".to_owned(),
        hash: format!("hash {version}"),
    };
    let signed = |p: &str| SignedPublication { p: p.to_owned(), s: "s".to_owned() };
    assert!(store.publish(&row(4), &signed("four")).unwrap());
    assert!(!store.publish(&row(4), &signed("another four")).unwrap());
    assert!(!store.publish(&row(3), &signed("three")).unwrap());
    let other = PublicationRow { name: "other".to_owned(), hash: "o".to_owned(), ..row(1) };
    assert!(store.publish(&other, &signed("other")).unwrap(), "of another name");
    assert!(store.publish(&row(5), &signed("five")).unwrap());
    assert_eq!(store.publications().unwrap(), [other, row(4), row(5)]);
    assert_eq!(store.publication("hash 4").unwrap(), Some(signed("four")));
    assert_eq!(store.publication("hash 3").unwrap(), None);
}

fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000 + ms).unwrap()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn name() -> LocalName {
    LocalName { kk: "Ақмола".to_owned(), ru: "Акмола".to_owned() }
}

fn founded(store: &dyn Store) -> RegionRow {
    let row = RegionRow {
        id: "akmola".to_owned(),
        name: name(),
        device: DeviceId(id(1)),
        incarnation: 1,
        key: "key".to_owned(),
        epoch: "first".to_owned(),
        created_at: at(0),
    };
    assert!(store.found(&row).unwrap());
    store.put_station(&StationRow { id: "07".into(), name: name() }).unwrap();
    row
}

fn event(n: u64, case: u128, scopes: &[&str]) -> NewEvent {
    let event = SignedEvent { e: format!("{{\"n\":{n}}}"), s: "sig".to_owned() };
    NewEvent {
        pos: Pos(n),
        id: EventId(id(1000 + u128::from(n))),
        case: CaseId(id(case)),
        kind: "note_added".to_owned(),
        hash: event.hash(),
        event,
        scopes: scopes.iter().map(|s| Scope::from(*s)).collect(),
        file: None,
        coupon: None,
    }
}

fn commit(expect: u64, events: Vec<NewEvent>) -> Commit {
    Commit {
        expect: Pos(expect),
        recorded_at: at(5),
        events,
        chains: vec![],
        requests: vec![],
        settled: vec![],
        moves: FeedMoves::default(),
    }
}

/// Founding again changes nothing.
pub fn a_region_is_founded_once(s: Arc<dyn Store>) {
    assert!(s.region().unwrap().is_none());
    let row = founded(s.as_ref());
    assert!(!s.found(&RegionRow { epoch: "other".to_owned(), ..row.clone() }).unwrap());
    assert_eq!(s.region().unwrap(), Some(row));
    assert_eq!(s.head().unwrap(), Pos(0));
}

fn device(n: u128, incarnation: u32) -> DeviceRow {
    DeviceRow {
        id: DeviceId(id(n)),
        station: "07".into(),
        key: format!("key {n}"),
        incarnation,
        revoked: false,
        frozen: false,
        enrolled_at: at(1),
        seen: None,
    }
}

fn code(s: &dyn Store, hash: &str) {
    let row = CodeRow {
        hash: hash.to_owned(),
        station: "07".into(),
        expires_at: at(600_000),
        used_by: None,
    };
    s.put_code(&row).unwrap();
}

/// The second device with the same code is refused; the first may ask again.
pub fn a_code_serves_one_device(s: Arc<dyn Store>) {
    founded(s.as_ref());
    code(s.as_ref(), "a");
    assert!(s.enrol("a", &device(10, 1)).unwrap());
    assert!(s.enrol("a", &device(10, 1)).unwrap());
    assert!(!s.enrol("a", &device(11, 1)).unwrap());
    assert!(!s.enrol("unknown", &device(11, 1)).unwrap());
    assert_eq!(s.code("a").unwrap().unwrap().used_by, Some(DeviceId(id(10))));
    assert!(s.device(DeviceId(id(11))).unwrap().is_none());
    assert_eq!(s.devices().unwrap().len(), 1);
}

/// Enrolling anew thaws a frozen device; being seen never takes its life back.
pub fn a_device_comes_back_with_a_new_life(s: Arc<dyn Store>) {
    founded(s.as_ref());
    code(s.as_ref(), "a");
    code(s.as_ref(), "b");
    let d = DeviceId(id(10));
    assert!(s.enrol("a", &device(10, 1)).unwrap());
    s.keep_branch(d, &[], true, at(2)).unwrap();
    assert!(s.device(d).unwrap().unwrap().frozen);
    assert!(s.enrol("b", &device(10, 2)).unwrap());
    let row = s.device(d).unwrap().unwrap();
    assert!(!row.frozen && row.incarnation == 2);
    let seen = DeviceSeen {
        at: at(9),
        incarnation: 1,
        clock_offset_ms: -250,
        unsent: 7,
        version: "0.1.0".to_owned(),
    };
    s.touch_device(d, &seen, None).unwrap();
    let row = s.device(d).unwrap().unwrap();
    assert_eq!(row.incarnation, 2);
    assert_eq!(row.seen, Some(DeviceSeen { incarnation: 2, ..seen }));
    assert!(s.revoke_device(d).unwrap() && s.device(d).unwrap().unwrap().revoked);
    assert!(!s.revoke_device(DeviceId(id(99))).unwrap());
}

fn officer(n: u128) -> OfficerRow {
    OfficerRow {
        card: OfficerCard {
            id: OfficerId(id(n)),
            name: "Ахметов С.".to_owned(),
            post: "инспектор".to_owned(),
            role: Role::Officer,
            station: "07".into(),
            key: "key".to_owned(),
            circles: vec!["dv".to_owned()],
            circles_word: None,
            revoked: false,
            voucher: None,
        },
        device: DeviceId(id(10)),
        registered_at: at(3),
    }
}

/// A changed card is taken, a revocation outlives it; another desk changes none.
pub fn officers_are_kept_and_revoked(s: Arc<dyn Store>) {
    founded(s.as_ref());
    s.put_officers(&[officer(20), officer(21)]).unwrap();
    assert!(s.revoke_officer(OfficerId(id(20))).unwrap());
    assert!(!s.revoke_officer(OfficerId(id(99))).unwrap());
    let mut changed = officer(20);
    changed.card.post = "старший инспектор".to_owned();
    s.put_officers(std::slice::from_ref(&changed)).unwrap();
    changed.card.revoked = true;
    // Two desks that greet at once each saw nobody; who is first keeps him.
    let mut late = OfficerRow { device: DeviceId(id(11)), ..officer(20) };
    late.card.key = "another".to_owned();
    s.put_officers(&[late]).unwrap();
    assert_eq!(s.officers(&[OfficerId(id(20)), OfficerId(id(99))]).unwrap(), vec![changed]);
    assert_eq!(s.officers(&[]).unwrap(), vec![]);
    assert_eq!(s.station_officers(&"07".into()).unwrap().len(), 2);
    assert_eq!(s.device_officers(DeviceId(id(10))).unwrap().len(), 2);
    assert_eq!(s.device_officers(DeviceId(id(11))).unwrap(), vec![]);
    assert_eq!(s.station_officers(&"08".into()).unwrap(), vec![]);
    assert_eq!(s.all_officers().unwrap().len(), 2);
    let mut revoked = officer(22);
    revoked.card.revoked = true;
    s.put_officers(std::slice::from_ref(&revoked)).unwrap();
    s.put_officers(&[officer(22)]).unwrap();
    assert_eq!(s.officers(&[OfficerId(id(22))]).unwrap(), vec![revoked], "from the first moment");
}

/// A warrant key, and how it came in the place of the one before.
fn warrant(n: u8, of: Option<u8>) -> WarrantRow {
    let key = |n: u8| SigningKey::from_bytes(&[n; 32]);
    let public = key(n).verifying_key();
    let change = of.map(|old| WarrantChange::sign(&key(old), &public));
    WarrantRow { key: signed::key_text(&public), change, set_at: at(n.into()) }
}

/// The newest is the last; what was there stays.
pub fn warrant_keys_are_kept_in_order(s: Arc<dyn Store>) {
    founded(s.as_ref());
    assert_eq!(s.warrants().unwrap(), vec![]);
    let all = [warrant(1, None), warrant(2, Some(1)), warrant(1, None)];
    for row in &all {
        s.put_warrant(row).unwrap();
    }
    assert_eq!(s.warrants().unwrap(), all);
}

/// Many desks at once get disjoint blocks without holes between them.
pub fn leases_never_meet(s: &Arc<dyn Store>) {
    founded(s.as_ref());
    let station = StationId::from("07");
    let threads: Vec<_> = (0..6_u128)
        .map(|n| {
            let (s, station) = (Arc::clone(s), station.clone());
            std::thread::spawn(move || {
                for _ in 0..10 {
                    s.lease(&station, 2026, DeviceId(id(n)), 200, at(4)).unwrap();
                }
            })
        })
        .collect();
    for t in threads {
        t.join().unwrap();
    }
    let mut blocks: Vec<(u64, u64)> = (0..6_u128)
        .flat_map(|n| s.leases(DeviceId(id(n))).unwrap())
        .map(|(l, _)| (l.from, l.to))
        .collect();
    blocks.sort_unstable();
    assert_eq!(blocks.len(), 60);
    let mut next = 1;
    for (from, to) in blocks {
        assert_eq!((from, to), (next, next + 199));
        next = to + 1;
    }
    assert_eq!(s.lease(&station, 2027, DeviceId(id(1)), 200, at(4)).unwrap().from, 1);
    assert_eq!(s.lease(&"08".into(), 2026, DeviceId(id(1)), 200, at(4)).unwrap().from, 1);
}

/// A commit decided at another head, or over another chain, leaves no trace.
pub fn a_commit_is_all_or_nothing(s: Arc<dyn Store>) {
    founded(s.as_ref());
    assert_eq!(s.commit(&commit(0, vec![event(1, 1, &["station:07"])])).unwrap(), Committed::Done);
    assert_eq!(s.commit(&commit(0, vec![event(1, 1, &["station:07"])])).unwrap(), Committed::Moved);
    let e = event(2, 1, &["station:07"]);
    let (device, wrong) = (DeviceId(id(10)), Head { seq: 3, hash: EventHash([7; 32]) });
    let chain = ChainMove {
        device,
        incarnation: 1,
        from: wrong,
        to: Head { seq: 4, hash: e.hash },
        verdicts: vec![],
    };
    let bad = Commit { chains: vec![chain], ..commit(1, vec![e.clone()]) };
    assert_eq!(s.commit(&bad).unwrap(), Committed::Moved);
    assert_eq!(s.head().unwrap(), Pos(1));
    assert_eq!(s.case_events(CaseId(id(1))).unwrap().len(), 1);
    let many = s.cases_events(&[CaseId(id(1)), CaseId(id(0xffff))]).unwrap();
    assert_eq!(many.get(&CaseId(id(1))).unwrap(), &s.case_events(CaseId(id(1))).unwrap());
    assert!(many.get(&CaseId(id(0xffff))).is_none_or(Vec::is_empty));
    // An id that is there already: the engine refuses, and again nothing is written.
    let twice = NewEvent { id: EventId(id(1001)), ..event(2, 1, &["station:07"]) };
    assert!(s.commit(&commit(1, vec![twice])).is_err());
    assert_eq!(s.head().unwrap(), Pos(1));
    let known = s.known(&[EventId(id(1001)), EventId(id(1002))]).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known.get(&EventId(id(1001))).unwrap().0, Pos(1));
    let c = s.counts().unwrap();
    assert_eq!((c.head_pos, c.max_pos, c.events, c.feed_entries), (1, 1, 1, 1));
}

/// `max(pos) = count(*)` after a race of writers, and whoever reads never sees a hole.
pub fn the_order_has_no_gap_under_many_writers(s: &Arc<dyn Store>) {
    founded(s.as_ref());
    let writers: Vec<_> = (0..4_u64)
        .map(|w| {
            let s = Arc::clone(s);
            std::thread::spawn(move || {
                for n in 0..25_u64 {
                    loop {
                        let head = s.head().unwrap().0;
                        let mut e = event(head + 1, 1, &["station:07"]);
                        e.id = EventId(id(1_000_000 + u128::from(w * 1000 + n)));
                        if s.commit(&commit(head, vec![e])).unwrap() == Committed::Done {
                            break;
                        }
                    }
                }
            })
        })
        .collect();
    let scope = Scope::from("station:07");
    loop {
        let page = s.feed(&scope, Pos(0), 1000).unwrap();
        assert_eq!(page.events.len() as u64, page.head.0, "a reader saw a hole");
        if page.head == Pos(100) {
            break;
        }
    }
    for w in writers {
        w.join().unwrap();
    }
    let c = s.counts().unwrap();
    assert_eq!((c.head_pos, c.max_pos, c.events), (100, 100, 100));
}

/// A feed gives its own entries, in order, a page at a time.
pub fn feeds_are_paged_and_separate(s: Arc<dyn Store>) {
    founded(s.as_ref());
    let mut third = event(3, 2, &["circle:07:dv", "officer:x"]);
    third.file = Some("abc".to_owned());
    let events = vec![
        event(1, 1, &["station:07"]),
        event(2, 2, &["station:08"]),
        third,
        event(4, 1, &["station:07"]),
        event(5, 1, &["station:07"]),
    ];
    assert_eq!(s.commit(&commit(0, events)).unwrap(), Committed::Done);
    let read = |scope: &str, after: u64, limit: u32| {
        let page = s.feed(&Scope::from(scope), Pos(after), limit).unwrap();
        assert_eq!(page.head, Pos(5));
        let last = page.events.last().map(|e| e.pos);
        let later = s.feed(&Scope::from(scope), last.unwrap_or(Pos(after)), 1).unwrap();
        assert_eq!(page.more, !later.events.is_empty());
        page.events.iter().map(|e| e.pos.0).collect::<Vec<_>>()
    };
    assert_eq!(read("station:07", 0, 2), [1, 4]);
    assert_eq!(read("station:07", 4, 2), [5]);
    assert_eq!(read("station:08", 0, 9), [2]);
    assert_eq!(read("circle:07:dv", 0, 9), [3]);
    assert_eq!(read("station:09", 0, 9), [0_u64; 0]);
    let heavy = (6..36_u64).map(|n| {
        let mut e = event(n, 3, &["station:heavy"]);
        e.event.e = "x".repeat(60_000);
        e
    });
    assert_eq!(s.commit(&commit(5, heavy.collect())).unwrap(), Committed::Done);
    let page = s.feed(&Scope::from("station:heavy"), Pos(0), 500).unwrap();
    assert!(page.more && (10..25).contains(&page.events.len()), "{}", page.events.len());
    let scopes = |s: &[&str]| s.iter().map(|x| Scope::from(*x)).collect::<Vec<_>>();
    let case = |n, x: &[&str]| {
        let e = s.case_in_scopes(CaseId(id(n)), &scopes(x)).unwrap();
        e.iter().map(|e| e.pos.0).collect::<Vec<_>>()
    };
    assert_eq!(case(2, &["station:08", "circle:07:dv", "officer:x"]), [2, 3]);
    assert_eq!(case(2, &["station:07"]), [0_u64; 0]);
    assert!(s.file_in_scopes("abc", &scopes(&["officer:x"])).unwrap());
    assert!(!s.file_in_scopes("abc", &scopes(&["station:07"])).unwrap());
}

/// What was said of each event is said again; bytes of those set aside are kept.
pub fn verdicts_are_remembered(s: Arc<dyn Store>) {
    founded(s.as_ref());
    let e = event(1, 1, &["station:07"]);
    let aside = SignedEvent { e: "bad".to_owned(), s: String::new() };
    let said = |seq, kept: Kept, aside: Option<SignedEvent>| NewVerdict {
        seq,
        id: (seq != 2).then_some(EventId(id(1000 + u128::from(seq)))),
        hash: EventHash([u8::try_from(seq).unwrap(); 32]),
        kept,
        aside,
    };
    let device = DeviceId(id(10));
    let to = Head { seq: 3, hash: EventHash([3; 32]) };
    let chain = ChainMove {
        device,
        incarnation: 2,
        from: Head::default(),
        to,
        verdicts: vec![
            said(1, Kept::Accepted(Pos(1)), None),
            said(2, Kept::Quarantined("unreadable".to_owned()), Some(aside.clone())),
            said(3, Kept::Rejected("not_allowed".to_owned()), Some(aside)),
        ],
    };
    let c = Commit { chains: vec![chain], ..commit(0, vec![e.clone()]) };
    assert_eq!(s.commit(&c).unwrap(), Committed::Done);
    assert_eq!(s.device_head(device, 2).unwrap(), to);
    assert_eq!(s.device_head(device, 1).unwrap(), Head::default());
    let log = s.verdicts(device, 2, 2, 9).unwrap();
    assert_eq!(log.len(), 2);
    assert_eq!(log.first().unwrap().kept, Kept::Quarantined("unreadable".to_owned()));
    assert_eq!(log.last().unwrap().recorded_at, at(5));
    let all = s.verdicts(device, 2, 1, 1).unwrap();
    assert_eq!(all.first().unwrap().kept, Kept::Accepted(Pos(1)));
    assert_eq!(s.set_aside(10).unwrap().len(), 2);
    let refused = [1001, 1003, 0xffff].map(|n| s.is_refused(EventId(id(n))).unwrap());
    assert_eq!((refused, e.id), ([false, true, false], EventId(id(1001))));
    let c = s.counts().unwrap();
    assert_eq!((c.quarantined, c.rejected), (1, 1));
}

/// A forked branch that comes again and again does not fill the disk.
pub fn a_branch_is_kept_once(s: Arc<dyn Store>) {
    founded(s.as_ref());
    code(s.as_ref(), "a");
    s.enrol("a", &device(10, 1)).unwrap();
    let e = SignedEvent { e: "other".to_owned(), s: String::new() };
    let branch = [(signed::hash_bytes(b"other"), e)];
    for _ in 0..3 {
        s.keep_branch(DeviceId(id(10)), &branch, true, at(6)).unwrap();
    }
    assert_eq!(s.counts().unwrap().devices_frozen, 1);
    let kept = || s.forks(10).unwrap().len();
    assert_eq!(kept(), 1);
    // Kept without freezing; and kept no more when it is judged, whatever becomes of it.
    code(s.as_ref(), "b");
    s.enrol("b", &device(10, 9)).unwrap();
    let more = SignedEvent { e: "more".to_owned(), s: String::new() };
    let hash = signed::hash_bytes(b"other");
    s.keep_branch(DeviceId(id(10)), &[(signed::hash_bytes(b"more"), more)], false, at(7)).unwrap();
    assert_eq!((s.counts().unwrap().devices_frozen, kept()), (0, 2));
    let said = NewVerdict {
        seq: 1,
        id: None,
        hash,
        kept: Kept::Rejected("not_allowed".to_owned()),
        aside: Some(SignedEvent { e: "other".to_owned(), s: String::new() }),
    };
    let chain = ChainMove {
        device: DeviceId(id(10)),
        incarnation: 8,
        from: Head::default(),
        to: Head { seq: 1, hash },
        verdicts: vec![said],
    };
    let commit = Commit {
        expect: s.head().unwrap(),
        recorded_at: at(8),
        events: Vec::new(),
        chains: vec![chain],
        requests: Vec::new(),
        settled: Vec::new(),
        moves: FeedMoves::default(),
    };
    assert_eq!(s.commit(&commit).unwrap(), Committed::Done);
    assert_eq!(kept(), 1);
}

/// After a restore: another epoch, another life, and no number that may have been given away.
pub fn a_restore_starts_anew(s: Arc<dyn Store>) {
    founded(s.as_ref());
    s.put_station(&StationRow { id: "08".into(), name: name() }).unwrap();
    s.lease(&"07".into(), 2026, DeviceId(id(10)), 200, at(4)).unwrap();
    // Another life of this region was further with one series, and had one that the copy has not.
    let known = [("07", 2026, 150), ("08", 2026, 1_000), ("09", 2026, 1_000)]
        .map(|(station, year, next)| SeriesRow { station: station.into(), year, next });
    s.renew("second", 1, 10_000, &[2026, 2027], &known).unwrap();
    let row = s.region().unwrap().unwrap();
    assert_eq!((row.epoch.as_str(), row.incarnation), ("second", 2));
    let from = |station: &str, year| {
        s.lease(&station.into(), year, DeviceId(id(10)), 200, at(4)).unwrap().from
    };
    let all = [("07", 2026), ("08", 2026), ("09", 2026), ("08", 2027)].map(|(s, y)| from(s, y));
    assert_eq!(all, [10_201, 11_000, 11_000, 10_001]);
    let series = s.series().unwrap();
    let of = |s: &SeriesRow| (s.station.as_str().to_owned(), s.year, s.next);
    assert_eq!(of(&series[0]), ("07".to_owned(), 2026, 10_401));

    // What a desk tells that it has is its own, and the series goes on behind it; unless another desk has of it.
    let block = |from, to| Lease { station: "07".into(), year: 2026, from, to, expires: None };
    let (one, two) = (DeviceId(id(10)), DeviceId(id(11)));
    let hold = |b: &Lease, device| s.hold(b, device, at(5)).unwrap();
    for _ in 0..2 {
        assert_eq!(hold(&block(20_001, 20_200), one), Held::Own);
    }
    assert_eq!(s.leases(one).unwrap().iter().filter(|(l, _)| l.from == 20_001).count(), 1);
    assert_eq!(hold(&block(20_100, 20_299), two), Held::Others);
    assert_eq!(s.leases(two).unwrap(), []);
    assert_eq!(hold(&block(5, 6), two), Held::Others, "of a block given before");
    assert_eq!(from("07", 2026), 20_300);
}
