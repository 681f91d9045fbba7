//! One person in several cases: officers say who is the same, or that two are not. Nothing is merged and nothing moves: a word
//! links two cards and can be taken back, and the cases stay as they were written (docs/adr/0059).

use crate::case::CaseState;
use crate::event::{Envelope, Party, PersonMatched};
use crate::ids::{CaseId, EventId, OfficerId, PartyId};
use crate::iin;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A person as they stand in one case.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ts_rs::TS,
)]
pub struct PersonRef {
    pub case: CaseId,
    pub party: PartyId,
}

/// An officer's word on two cards, kept with one of the two cases.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PersonWord {
    /// The card of the case it is kept with.
    pub party: PartyId,
    /// The card of the other case.
    pub other: PersonRef,
    /// One person; else two.
    pub same: bool,
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub reason: String,
    pub event: EventId,
}

/// The newest word on two cards is the one that holds in a stream; none takes it back.
pub(crate) fn apply(case: &mut CaseState, e: &Envelope, body: PersonMatched) {
    let (party, other) =
        (body.party_id, PersonRef { case: body.other_case, party: body.other_party });
    case.person_words.retain(|word| (word.party, word.other) != (party, other));
    let Some(same) = body.same else { return };
    let (at, by, reason, event) = (e.occurred_at, e.actor_id, body.reason, e.id);
    case.person_words.push(PersonWord { party, other, same, at, by, reason, event });
}

/// Two people for certain: each has a right IIN or BIN, and they are not the same number. A missing or a mistyped number says nothing.
#[must_use]
pub fn differ(one: &Party, other: &Party) -> bool {
    let right = |party: &Party| {
        Some(iin::check(&party.iin)).filter(|read| read.valid).map(|read| read.normalized)
    };
    right(one).zip(right(other)).is_some_and(|(one, other)| one != other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(iin: &str) -> Party {
        Party { iin: iin.to_owned(), ..Party::default() }
    }

    #[test]
    fn two_right_numbers_are_two_people_and_anything_less_says_nothing() {
        let (one, other) = ("851231300124", "991231500006");
        let both = [one, other].map(|n| iin::check(n).valid);
        assert_eq!(both, [true, true], "the numbers of this test are right ones");
        assert!(differ(&known(one), &known(other)));
        assert!(!differ(&known(one), &known("851231 300124")));
        assert!(!differ(&known(one), &known("")));
        assert!(!differ(&known(one), &known("991231500005")), "mistyped");
    }
}
