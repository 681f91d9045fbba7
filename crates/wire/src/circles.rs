//! Who says that an officer is in a circle (`reliability.md` S13, docs/adr/0047): a colleague of his station who may add
//! officers, the warrant key of the region, or the region itself, whose administrator decided.

use crate::messages::OfficerCard;
use crate::signed::key_from_text;
use crate::voucher::{sign, signed_by};
use ed25519_dalek::{SigningKey, VerifyingKey};
use esik_domain::ids::OfficerId;
use esik_domain::policy::{Permission, may};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Separates a colleague's or the region's word on circles from every other signature.
const CIRCLES_DOMAIN: &[u8] = b"esik/circles-word/1\0";
/// Separates the warrant key's word on circles.
const WARRANT_CIRCLES_DOMAIN: &[u8] = b"esik/warrant-circles/1\0";
/// Circles of one officer, at most.
pub const CIRCLES_MAX: usize = 16;
/// A circle's name, at most, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// How far a new word may be ahead of the one before: nobody uses the numbers up by one stroke.
const AHEAD_MAX: u64 = 1000;

/// Somebody's word on which circles an officer is in. It is whole: what it does not name is taken away.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CirclesWord {
    /// The colleague, or the region as an author; nothing = the region's warrant key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<OfficerId>,
    /// Of two words on one officer the one with the greater number holds.
    pub n: u64,
    /// In order, each once.
    pub circles: Vec<String>,
    /// Ed25519, base64.
    pub s: String,
}

impl CirclesWord {
    /// Does this word come in the place of that one?
    #[must_use]
    pub fn is_after(&self, before: Option<&Self>) -> bool {
        let before = number(before);
        self.n > before && self.n - before <= AHEAD_MAX
    }

    /// Are its circles ones that can be?
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        are_circles(&self.circles) && in_order(&self.circles) == self.circles
    }
}

impl OfficerCard {
    /// What a word on circles is about: who, with which key, where, which circles, after which word.
    fn worded(&self, domain: &[u8], circles: &[String], n: u64) -> Vec<u8> {
        // Cannot fail: texts and a number. An empty one would be no card's.
        let what = serde_json::to_vec(&(self.id, &self.key, &self.station, circles, n));
        [domain, &what.unwrap_or_default()].concat()
    }

    /// A word on this officer's circles that comes in the place of the one his card has: of a colleague, or of the region.
    #[must_use]
    pub fn word_on_circles(
        &self,
        circles: &[String],
        by: OfficerId,
        key: &SigningKey,
    ) -> CirclesWord {
        let (circles, n) = (in_order(circles), self.next_number());
        let s = sign(key, &self.worded(CIRCLES_DOMAIN, &circles, n));
        CirclesWord { by: Some(by), n, circles, s }
    }

    /// The same of the warrant key.
    #[must_use]
    pub fn warrant_circles(&self, circles: &[String], key: &SigningKey) -> CirclesWord {
        let (circles, n) = (in_order(circles), self.next_number());
        let s = sign(key, &self.worded(WARRANT_CIRCLES_DOMAIN, &circles, n));
        CirclesWord { by: None, n, circles, s }
    }

    fn next_number(&self) -> u64 {
        number(self.circles_word.as_ref()).saturating_add(1)
    }

    /// Is the word on this card's circles that officer's, and may he give it? He may be the officer himself.
    #[must_use]
    pub fn circles_are_by(&self, by: &Self) -> bool {
        may(by.role, Permission::Administer)
            && by.station == self.station
            && key_from_text(&by.key).is_ok_and(|key| self.circles_are_of(by.id, &key))
    }

    /// Is the word on this card's circles given in that name, with that key?
    #[must_use]
    pub fn circles_are_of(&self, by: OfficerId, key: &VerifyingKey) -> bool {
        self.circles_word
            .as_ref()
            .filter(|w| w.by == Some(by))
            .is_some_and(|w| signed_by(key, &self.worded(CIRCLES_DOMAIN, &w.circles, w.n), &w.s))
    }

    /// Is the word on this card's circles that warrant key's?
    #[must_use]
    pub fn circles_are_warranted_by(&self, warrant: &VerifyingKey) -> bool {
        self.circles_word.as_ref().filter(|w| w.by.is_none()).is_some_and(|w| {
            signed_by(warrant, &self.worded(WARRANT_CIRCLES_DOMAIN, &w.circles, w.n), &w.s)
        })
    }
}

/// Can these be an officer's circles?
#[must_use]
pub fn are_circles(names: &[String]) -> bool {
    let good = |x: &String| {
        !x.is_empty()
            && x != "open"
            && x.len() <= NAME_BYTES_MAX
            && x.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    names.len() <= CIRCLES_MAX && names.iter().all(good)
}

/// As a word names them: in order, each once.
#[must_use]
pub fn in_order(circles: &[String]) -> Vec<String> {
    circles.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn number(word: Option<&CirclesWord>) -> u64 {
    word.map_or(0, |w| w.n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voucher::tests::{card, key};
    use esik_domain::event::Role;

    fn names(of: &[&str]) -> Vec<String> {
        of.iter().map(|c| (*c).to_owned()).collect()
    }

    fn with(card: &OfficerCard, word: CirclesWord) -> OfficerCard {
        OfficerCard { circles_word: Some(word), ..card.clone() }
    }

    /// S13 (part).
    #[test]
    fn a_word_is_for_one_officer_these_circles_and_this_number() {
        let (head, plain) = (card(1, Role::Head), card(2, Role::Officer));
        let word = plain.word_on_circles(&names(&["juvenile", "dv", "dv"]), head.id, &key(1));
        assert_eq!((word.n, word.circles.clone()), (1, names(&["dv", "juvenile"])));
        let officer = with(&plain, word.clone());
        assert!(officer.circles_are_by(&head) && word.is_well_formed());
        let changed =
            OfficerCard {
                name: "Иная И.".to_owned(), post: "x".to_owned(), ..officer.clone()
            };
        assert!(changed.circles_are_by(&head), "a name may change");
        for other in [
            OfficerCard { station: "08".into(), ..officer.clone() },
            OfficerCard { id: OfficerId(uuid::Uuid::from_u128(9)), ..officer.clone() },
            OfficerCard { key: head.key.clone(), ..officer.clone() },
            OfficerCard { circles_word: None, ..officer.clone() },
            with(&plain, CirclesWord { n: 2, ..word.clone() }),
            with(&plain, CirclesWord { circles: names(&["dv"]), ..word.clone() }),
            with(&plain, CirclesWord { by: Some(plain.id), ..word.clone() }),
            with(&plain, plain.warrant_circles(&word.circles, &key(1))),
            with(&plain, CirclesWord { s: plain.vouch(head.id, &key(1)).s, ..word.clone() }),
        ] {
            assert!(!other.circles_are_by(&head), "{other:?}");
        }
        for not_he in [
            OfficerCard { role: Role::Duty, ..head.clone() },
            OfficerCard { station: "08".into(), ..head.clone() },
            OfficerCard { key: plain.key.clone(), ..head.clone() },
            card(3, Role::Head),
        ] {
            assert!(!officer.circles_are_by(&not_he), "{not_he:?}");
        }
        let own = with(&head, head.word_on_circles(&word.circles, head.id, &key(1)));
        assert!(own.circles_are_by(&head), "whether it is enough, the region asks");
        let warranted = with(&plain, plain.warrant_circles(&word.circles, &key(7)));
        assert!(warranted.circles_are_warranted_by(&key(7).verifying_key()));
        assert!(!warranted.circles_are_warranted_by(&key(8).verifying_key()));
        assert!(!officer.circles_are_warranted_by(&key(1).verifying_key()));
    }

    /// S13 (part).
    #[test]
    fn only_a_later_word_comes_in_the_place_of_one() {
        let plain = card(2, Role::Officer);
        let give = |of: &OfficerCard, circles: &[&str]| {
            with(of, of.word_on_circles(&names(circles), OfficerId(uuid::Uuid::nil()), &key(1)))
        };
        let first = give(&plain, &["dv"]);
        let second = give(&first, &[]);
        let word = |c: &OfficerCard| c.circles_word.clone().unwrap();
        assert!(word(&first).is_after(None) && word(&second).is_after(Some(&word(&first))));
        assert!(
            !word(&first).is_after(Some(&word(&second)))
                && !word(&first).is_after(Some(&word(&first)))
        );
        let far = |n| CirclesWord { n, ..word(&first) };
        assert!(
            far(1001).is_after(Some(&word(&first))) && !far(1002).is_after(Some(&word(&first)))
        );
        assert!(!far(u64::MAX).is_after(None), "the numbers are not used up");
        assert_eq!(give(&with(&plain, far(u64::MAX)), &[]).circles_word.unwrap().n, u64::MAX);
    }

    #[test]
    fn a_circle_has_a_name_that_can_be() {
        assert!(are_circles(&names(&["dv", "a_b-c9"])) && are_circles(&[]));
        let long = "x".repeat(65);
        for bad in ["", "open", "bad circle", "құпия", &long] {
            assert!(!are_circles(&names(&["dv", bad])), "{bad}");
        }
        assert!(!are_circles(&vec!["dv".to_owned(); 17]));
        let twice = CirclesWord { by: None, n: 1, circles: names(&["dv", "dv"]), s: String::new() };
        assert!(!twice.is_well_formed());
    }

    /// S23 (part): a card without a word is read and written as before there was one.
    #[test]
    fn an_older_programs_card_has_no_word_on_circles() {
        let text = r#"{"id":"00000000-0000-0000-0000-000000000002","name":"А","post":"","role":"officer","station":"07","key":"k","circles":["dv"],"revoked":false}"#;
        let card: OfficerCard = serde_json::from_str(text).unwrap();
        assert_eq!((card.circles.clone(), card.circles_word.clone()), (names(&["dv"]), None));
        assert_eq!(serde_json::to_string(&card).unwrap(), text);
    }
}
