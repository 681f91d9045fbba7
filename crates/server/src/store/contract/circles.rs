//! Whose word an officer's circles are.

use super::{founded, id, officer};
use crate::store::Store;
use esik_domain::ids::OfficerId;
use esik_wire::CirclesWord;
use std::sync::Arc;

/// Whoever read a card before its word on circles was replaced does not bring the older one back.
pub fn the_later_word_stays(s: Arc<dyn Store>) {
    founded(s.as_ref());
    let said = |n: u64, by: u128, circles: &[&str]| {
        let circles: Vec<String> = circles.iter().map(|c| (*c).to_owned()).collect();
        let mut row = officer(20);
        row.card.circles.clone_from(&circles);
        let by = Some(OfficerId(id(by)));
        row.card.circles_word = Some(CirclesWord { by, n, circles, s: format!("{n} {by:?}") });
        row
    };
    let stands = || s.officers(&[OfficerId(id(20))]).unwrap();
    s.put_officers(&[officer(20)]).unwrap();
    let (given, taken) = (said(1, 30, &["dv"]), said(2, 31, &[]));
    s.put_officers(std::slice::from_ref(&given)).unwrap();
    s.put_officers(std::slice::from_ref(&taken)).unwrap();
    for late in [given, officer(20), said(2, 30, &["dv"])] {
        s.put_officers(&[late]).unwrap();
        assert_eq!(stands(), vec![taken.clone()]);
    }
    let mut renamed = taken;
    renamed.card.name = "Ахметова С.".to_owned();
    s.put_officers(std::slice::from_ref(&renamed)).unwrap();
    assert_eq!(stands(), vec![renamed]);
    s.put_officers(&[said(3, 30, &["juvenile"])]).unwrap();
    assert_eq!(stands(), vec![said(3, 30, &["juvenile"])]);
}
