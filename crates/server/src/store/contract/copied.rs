//! A region told as rows and written somewhere else is the same region.

use super::{Factory, at, code, commit, device, event, founded, id, officer};
use crate::store::copy::{Adding, Cell, Row, TABLES, Tally, difference, table};
use crate::store::{
    Backup, CaseMove, ChainMove, ClerkRow, Commit, Committed, FeedMoves, Kept, NewVerdict, Store,
    StoreError, StoreResult,
};
use esik_domain::ids::{CaseId, DeviceId, Pos};
use esik_wire::{EventHash, Head, SignedEvent, signed};
use uuid::Uuid;

fn told(s: &dyn Store) -> (Vec<Row>, Tally) {
    let (mut rows, mut sum) = (Vec::new(), Adding::default());
    s.dump(&mut |row| {
        sum.add(row)?;
        // What stands in the file is what was told.
        assert_eq!(&Row::parse(&row.line()?)?, row);
        rows.push(row.clone());
        Ok(())
    })
    .unwrap();
    (rows, sum.tally())
}

fn given(rows: &[Row]) -> impl Iterator<Item = StoreResult<Row>> + '_ {
    rows.iter().cloned().map(Ok)
}

/// A little of everything, with bytes no engine likes.
fn fill(s: &dyn Store) {
    founded(s);
    code(s, "a");
    code(s, "b");
    assert!(s.enrol("a", &device(10, 1)).unwrap());
    assert!(s.enrol("b", &device(11, 3)).unwrap());
    s.put_officers(&[officer(20), officer(21)]).unwrap();
    s.lease(&"07".into(), 2026, DeviceId(Uuid::from_u128(10)), 200, at(4)).unwrap();
    let aside = SignedEvent { e: "a\0b \u{1f600} \"'\\".to_owned(), s: "\0".to_owned() };
    let mut first = event(1, 1, &["station:07", "circle:07:dv"]);
    first.event.e = "{\"text\":\"жылу жоқ \\u0000 ’\"}".to_owned();
    first.file = Some("abc".to_owned());
    let chain = ChainMove {
        device: DeviceId(Uuid::from_u128(10)),
        incarnation: 1,
        from: Head::default(),
        to: Head { seq: 2, hash: EventHash([2; 32]) },
        verdicts: vec![
            NewVerdict {
                seq: 1,
                id: Some(first.id),
                hash: first.hash,
                kept: Kept::Accepted(Pos(1)),
                aside: None,
            },
            NewVerdict {
                seq: 2,
                id: None,
                hash: EventHash([2; 32]),
                kept: Kept::Quarantined("unreadable".to_owned()),
                aside: Some(aside.clone()),
            },
        ],
    };
    let events = std::iter::once(first).chain((2..=1200).map(|n| event(n, 2, &["station:07"])));
    let moved = CaseMove {
        scope: "station:07".into(),
        pos: Pos(1200),
        case: CaseId(id(2)),
        from: Pos(2),
        entered: false,
    };
    let moves = FeedMoves { told: vec![moved], ..FeedMoves::default() };
    let all = Commit { chains: vec![chain], moves, ..commit(0, events.collect()) };
    assert_eq!(s.commit(&all).unwrap(), Committed::Done);
    s.keep_branch(
        device(11, 3).id,
        &[(signed::hash_bytes(aside.e.as_bytes()), aside)],
        true,
        at(6),
    )
    .unwrap();
    let clerk = ClerkRow {
        login: "heat".to_owned(),
        name: "Серік".to_owned(),
        agency: "E-HEA".into(),
        password_hash: "$argon2id$".to_owned(),
        revoked: false,
    };
    assert!(s.add_clerk(&clerk).unwrap());
    s.decide(&super::aside::said(1, crate::store::Decided::Left)).unwrap();
    s.note_backup(&Backup { pos: Pos(7), made_at: at(7) }).unwrap();
    s.put_warrant(&super::warrant(1, None)).unwrap();
    s.put_warrant(&super::warrant(2, Some(1))).unwrap();
}

/// S15, B13: rows told by a store and written into another make the same region, all or nothing, and
/// never over one that is there.
pub fn a_region_moves_as_rows(new: Factory<'_>) {
    let (from, to) = (new(), new());
    fill(from.as_ref());
    let (rows, tally) = told(from.as_ref());
    let holds = |name: &str| tally.get(name).unwrap().rows;
    assert_eq!((holds("event"), holds("feed"), holds("fork"), holds("clerk")), (1200, 1201, 1, 1));
    for t in TABLES.iter().filter(|t| !matches!(t.name, "request" | "publication")) {
        assert!(holds(t.name) > 0, "{} is not tried", t.name);
    }

    // One row is missing, or another than was promised: nothing is written at all.
    let short: Vec<Row> = rows.iter().filter(|r| r.table != 2).cloned().collect();
    let said = to.load(Pos(1200), &mut given(&short), &tally);
    assert!(matches!(&said, Err(StoreError::Corrupt(why)) if why.contains("station")), "{said:?}");
    let mut changed = rows.clone();
    let clerk = changed.iter_mut().find(|r| Some(r.table) == table("clerk")).unwrap();
    *clerk.cells.last_mut().unwrap() = Cell::Flag(true);
    assert!(to.load(Pos(1200), &mut given(&changed), &tally).is_err());
    assert_eq!((to.region().unwrap(), told(to.as_ref()).0.len()), (None, 0));

    assert!(to.load(Pos(1200), &mut given(&rows), &tally).unwrap());
    let (again, sum) = told(to.as_ref());
    assert_eq!((again == rows, difference(&sum, &tally)), (true, None));
    assert!(!to.load(Pos(1200), &mut given(&rows), &tally).unwrap(), "there is a region now");
    // Told by a program that did not know the table of warrant keys: there are none.
    let older: Vec<Row> =
        rows.iter().filter(|r| Some(r.table) != table("warrant")).cloned().collect();
    let mut said = tally.clone();
    said.remove("warrant");
    let third = new();
    assert!(third.load(Pos(1200), &mut given(&older), &said).unwrap());
    assert_eq!(third.warrants().unwrap(), vec![]);
    // It lives on: known ids are known, the chain goes on, positions follow.
    let known = to.known(&[event(5, 1, &[]).id]).unwrap();
    assert_eq!(known.values().next().unwrap().0, Pos(5));
    assert_eq!(to.device_head(device(10, 1).id, 1).unwrap().seq, 2);
    assert_eq!(
        to.commit(&commit(1200, vec![event(1201, 2, &["station:07"])])).unwrap(),
        Committed::Done
    );
}

/// S4: the watermark goes forward only, and says when the backup was made.
pub fn the_watermark_goes_forward_only(new: Factory<'_>) {
    let s = new();
    founded(s.as_ref());
    assert_eq!(s.backup().unwrap(), None);
    let (early, late) =
        (Backup { pos: Pos(3), made_at: at(1) }, Backup { pos: Pos(9), made_at: at(2) });
    for b in [early, late, early] {
        s.note_backup(&b).unwrap();
    }
    assert_eq!(s.backup().unwrap(), Some(late));
    let newer = Backup { made_at: at(3), ..late };
    s.note_backup(&newer).unwrap();
    assert_eq!(s.backup().unwrap(), Some(newer), "nothing happened since, but it was looked at");
}
