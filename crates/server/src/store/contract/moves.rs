//! A case moves from feed to feed.

use super::{commit, event, founded, id};
use crate::store::{CaseMove, Commit, Committed, FeedMoves, Store};
use esik_domain::ids::{CaseId, Pos, Scope};
use std::sync::Arc;

/// Entries leave a feed and come into another at their old places, each feed is told so once, and a commit that comes too late
/// moves nothing.
pub fn a_case_moves_from_feed_to_feed(s: Arc<dyn Store>) {
    founded(s.as_ref());
    let (station, circle) = (Scope::from("station:07"), Scope::from("circle:07:dv"));
    let events = [(1, 1), (2, 2), (3, 1)].map(|(n, case)| event(n, case, &["station:07"]));
    assert_eq!(s.commit(&commit(0, events.to_vec())).unwrap(), Committed::Done);
    assert_eq!(s.last_move(&station).unwrap(), Pos(0));
    let told = |scope: &Scope, entered| CaseMove {
        scope: scope.clone(),
        pos: Pos(4),
        case: CaseId(id(1)),
        from: Pos(1),
        entered,
    };
    let moves = FeedMoves {
        out: vec![(station.clone(), Pos(1)), (station.clone(), Pos(3))],
        into: vec![(circle.clone(), Pos(1)), (circle.clone(), Pos(3))],
        told: vec![told(&station, false), told(&circle, true)],
    };
    let restricted = |expect| Commit {
        moves: moves.clone(),
        ..commit(expect, vec![event(4, 1, &["circle:07:dv"])])
    };
    let places = |scope: &Scope| -> Vec<u64> {
        s.feed(scope, Pos(0), 99).unwrap().events.iter().map(|e| e.pos.0).collect()
    };
    assert_eq!(s.commit(&restricted(2)).unwrap(), Committed::Moved);
    assert_eq!((places(&station), places(&circle)), (vec![1, 2, 3], vec![]));
    assert_eq!(s.commit(&restricted(3)).unwrap(), Committed::Done);
    assert_eq!((places(&station), places(&circle)), (vec![2], vec![1, 3, 4]));
    let moves =
        |scope: &Scope, after, through| s.moves(scope, Pos(after), Pos(through), 9).unwrap();
    assert_eq!(moves(&station, 0, 4), [told(&station, false)]);
    assert_eq!(moves(&circle, 3, 4), [told(&circle, true)]);
    assert_eq!((moves(&circle, 4, 9), moves(&circle, 0, 3)), (vec![], vec![]));
    assert_eq!((s.last_move(&station).unwrap(), s.last_move(&circle).unwrap()), (Pos(4), Pos(4)));
    assert_eq!(s.last_move(&Scope::from("station:08")).unwrap(), Pos(0));
}
