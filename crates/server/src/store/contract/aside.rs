//! What stands aside, and what a person decided about it.

use super::{at, code, commit, device, event, founded, id};
use crate::store::{
    ChainMove, Commit, Committed, Decided, DecisionRow, FeedMoves, GIVEN_LIFE, Kept, NewVerdict,
    Settled, Store,
};
use esik_domain::ids::{DeviceId, EventId, Pos};
use esik_wire::{EventHash, Head, SignedEvent, signed};
use std::sync::Arc;

pub(super) fn said(n: u32, what: Decided) -> DecisionRow {
    DecisionRow {
        device: DeviceId(id(10)),
        subject: "1/1".to_owned(),
        event: Some(EventId(id(77))),
        what,
        code: "unknown_officer".to_owned(),
        note: format!("note {n}"),
        login: "oblys".to_owned(),
        name: "Бекова А. Т.".to_owned(),
        at: at(n.into()),
    }
}

/// Decisions stand beside each other; an accepted event leaves its place for one in the order, once.
pub fn a_person_decides(s: Arc<dyn Store>) {
    founded(s.as_ref());
    code(s.as_ref(), "a");
    s.enrol("a", &device(10, 1)).unwrap();
    let bytes = |e: &str| SignedEvent { e: e.to_owned(), s: "s".to_owned() };
    let verdict = |seq: u64, kept: Kept| NewVerdict {
        seq,
        id: Some(EventId(id(u128::from(76 + seq)))),
        hash: EventHash([u8::try_from(seq).unwrap(); 32]),
        kept,
        aside: Some(bytes(&format!("event {seq}"))),
    };
    let chain = ChainMove {
        device: DeviceId(id(10)),
        incarnation: 1,
        from: Head::default(),
        to: Head { seq: 2, hash: EventHash([2; 32]) },
        verdicts: vec![
            verdict(1, Kept::Quarantined("unknown_officer".to_owned())),
            verdict(2, Kept::Rejected("not_allowed".to_owned())),
        ],
    };
    assert_eq!(
        s.commit(&Commit { chains: vec![chain], ..commit(0, vec![]) }).unwrap(),
        Committed::Done
    );
    s.keep_branch(DeviceId(id(10)), &[(signed::hash_bytes(b"other"), bytes("other"))], true, at(6))
        .unwrap();
    let aside = s.asides(10).unwrap();
    assert_eq!(aside.len(), 1, "what was rejected by rule is nobody's to decide");
    let first = aside.first().unwrap();
    assert_eq!((first.row.seq, &first.event), (1, &bytes("event 1")));
    assert_eq!(first.hash, EventHash([1; 32]));
    assert_eq!(s.forks(10).unwrap().first().unwrap().event, bytes("other"));
    let sum = s
        .aside_counts()
        .unwrap()
        .iter()
        .fold((0, 0, 0), |(a, b, c), x| (a + x.quarantined, b + x.rejected, c + x.branch));
    assert_eq!(sum, (1, 1, 1));

    s.decide(&said(1, Decided::Left)).unwrap();
    s.decide(&said(2, Decided::Asked)).unwrap();
    let told = s.decisions(Some(DeviceId(id(10))), 10).unwrap();
    assert_eq!(told, [said(2, Decided::Asked), said(1, Decided::Left)], "newest first, none lost");
    assert_eq!(s.decisions(None, 1).unwrap().len(), 1);
    assert_eq!(s.decisions(Some(DeviceId(id(11))), 10).unwrap(), []);

    let settled = |seq: u64| Settled {
        incarnation: 1,
        seq,
        pos: Pos(1),
        decision: said(3, Decided::Accepted),
    };
    let accept = |expect: u64, seq: u64| Commit {
        settled: vec![settled(seq)],
        moves: FeedMoves::default(),
        ..commit(expect, vec![event(expect + 1, 77 + u128::from(expect), &["station:07"])])
    };
    assert_eq!(
        s.commit(&accept(0, 2)).unwrap(),
        Committed::Moved,
        "a rejected one stays what it is"
    );
    assert_eq!(s.head().unwrap(), Pos(0), "and nothing of it was written");
    assert_eq!(s.commit(&accept(0, 1)).unwrap(), Committed::Done);
    assert_eq!(s.asides(10).unwrap(), []);
    let log = s.verdicts(DeviceId(id(10)), 1, 1, 1).unwrap();
    assert_eq!(log.first().unwrap().kept, Kept::Accepted(Pos(1)));
    assert_eq!(s.commit(&accept(1, 1)).unwrap(), Committed::Moved, "once");
    assert_eq!(s.decisions(None, 10).unwrap().len(), 3);
}

/// What others gave back and stands aside moves no device's chain, and is aside no more once its author brings it in.
pub fn what_was_given_back_stands_aside(s: Arc<dyn Store>) {
    founded(s.as_ref());
    code(s.as_ref(), "a");
    let device = device(10, 1);
    s.enrol("a", &device).unwrap();
    let hash = EventHash([7; 32]);
    let said = |seq: u64, kept: Kept| NewVerdict {
        seq,
        id: Some(EventId(id(77))),
        hash,
        aside: (!matches!(kept, Kept::Accepted(_)))
            .then(|| SignedEvent { e: "event".to_owned(), s: "s".to_owned() }),
        kept,
    };
    let chain = |incarnation, seq, kept| ChainMove {
        device: device.id,
        incarnation,
        from: Head::default(),
        to: Head { seq, hash },
        verdicts: vec![said(seq, kept)],
    };
    let given = chain(GIVEN_LIFE, 1, Kept::Quarantined("officer_revoked".to_owned()));
    let put = |chain: ChainMove| {
        s.commit(&Commit { chains: vec![chain], ..commit(s.head().unwrap().0, vec![]) }).unwrap()
    };
    assert_eq!(put(given.clone()), Committed::Done);
    assert_eq!(put(given), Committed::Moved, "its row is there");
    assert_eq!(s.device_head(device.id, 1).unwrap(), Head::default());
    assert_eq!(s.asides(10).unwrap().len(), 1);
    assert!(s.is_refused(EventId(id(77))).unwrap());
    // Set aside once more in its own chain: nothing says that it is in the order.
    assert_eq!(put(chain(1, 1, Kept::Quarantined("officer_revoked".to_owned()))), Committed::Done);
    assert_eq!(s.asides(10).unwrap().len(), 2);
    let accepted = chain(2, 1, Kept::Accepted(Pos(1)));
    let done = Commit { chains: vec![accepted], ..commit(0, vec![event(1, 1, &["station:07"])]) };
    assert_eq!(s.commit(&done).unwrap(), Committed::Done);
    let left: Vec<u32> = s.asides(10).unwrap().iter().map(|a| a.row.incarnation).collect();
    assert_eq!(left, [1]);
    let log = s.verdicts(device.id, GIVEN_LIFE, 1, 1).unwrap();
    assert_eq!(log.first().unwrap().kept, Kept::Accepted(Pos(1)));
}
