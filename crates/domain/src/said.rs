//! What was said on the region's page by whoever holds the coupon (adr/0036): nobody vouches for who it was, so it is
//! told as such, decides nothing by itself, and becomes work of an officer.

use crate::case::{
    CaseState, Obligation, ObligationKind, Referral, ReferralState, Stamp, WaitingOn,
};
use crate::event::{ApplicantWord, Envelope, Reached, Word};
use crate::ids::{Circle, EventId, OfficerId, ReferralId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Longest text, in characters.
pub const TEXT_CHARS_MAX: usize = 1_000;

/// One word from the page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Said {
    pub event: EventId,
    pub at: DateTime<Utc>,
    /// Is the trouble over? None = only a message.
    pub word: Option<Word>,
    pub text: String,
    /// 1 to 5; absent = not said.
    pub satisfaction: Option<u8>,
    /// By which day the station looks at it.
    pub due: Option<NaiveDate>,
    /// The form it was written into.
    pub form: String,
    /// The restricted referral it may be about.
    pub referral: Option<ReferralId>,
    pub circle: Circle,
    /// An officer read it, or acted upon it.
    pub read: Option<Stamp>,
}

pub(crate) fn hear(case: &mut CaseState, e: &Envelope, b: ApplicantWord) {
    case.said.push(Said {
        event: e.id,
        at: e.occurred_at,
        word: b.word,
        text: b.text,
        satisfaction: b.satisfaction.filter(|n| (1..=5).contains(n)),
        due: b.due,
        form: b.form,
        referral: b.referral_id,
        circle: e.circle.clone(),
        read: None,
    });
}

pub(crate) fn read(case: &mut CaseState, stamp: &Stamp, events: &[EventId]) {
    for said in case.said.iter_mut().filter(|s| events.contains(&s.event)) {
        said.read.get_or_insert_with(|| stamp.clone());
    }
}

/// An answer nobody has checked and the word that it solved nothing ask for one look: one line, with the reason of the
/// nearer day, or else the word's, and the other reason on it. Never across circles: who sees one line must not learn
/// of another.
pub(crate) fn beside_the_answers(lines: &mut Vec<Obligation>) {
    use ObligationKind::{CheckAnswer, ReopenAsked};
    let (words, mut rest): (Vec<_>, Vec<_>) =
        std::mem::take(lines).into_iter().partition(|o| o.what == ReopenAsked);
    for word in words {
        let answer = rest
            .iter()
            .enumerate()
            .filter(|(_, o)| {
                o.what == CheckAnswer
                    && o.also.is_none()
                    && o.circle == word.circle
                    && (word.referral.is_none() || word.referral == o.referral)
            })
            .min_by_key(|(_, o)| (o.due.is_none(), o.due))
            .map(|(place, _)| place);
        let Some(place) = answer else {
            lines.push(word);
            continue;
        };
        let answer = rest.remove(place);
        let nearer = answer.due.is_some_and(|day| word.due.is_none_or(|other| day < other));
        lines.push(if nearer {
            Obligation { also: Some(ReopenAsked), ..answer }
        } else {
            Obligation {
                what: ReopenAsked,
                due: word.due,
                since: word.since,
                moved_from: None,
                also: Some(CheckAnswer),
                ..answer
            }
        });
    }
    lines.append(&mut rest);
}

impl CaseState {
    /// Somebody else may look over the shoulder, or hold the telephone: then neither body nor progress is told on the
    /// page, and what is said there is not taken for the applicant's word.
    #[must_use]
    pub fn in_person_only(&self) -> bool {
        !self.circle.is_open()
            || self.referrals.iter().any(|r| !r.circle.is_open())
            || self.contacts.iter().any(|c| c.reached == Reached::Unsafe)
            || self
                .parties
                .iter()
                .any(|p| p.party.do_not_call || !p.party.call_note.trim().is_empty())
            || self
                .visits
                .iter()
                .flat_map(|v| &v.circumstances)
                .any(|c| matches!(c.as_str(), "afraid" | "do_not_call"))
    }

    /// The last answer to “is it solved?” on the page is yes, and nothing has happened since it was given. That an
    /// officer found the body's answer good is no news to the applicant, whose trouble is over or not.
    #[must_use]
    pub fn said_solved(&self) -> bool {
        let sent_back = |r: &Referral| r.checked.as_ref().filter(|c| !c.good).map(|c| c.stamp.at);
        let news = self
            .referrals
            .iter()
            .flat_map(|r| [r.answered.as_ref().map(|a| a.stamp.at), sent_back(r)])
            .chain(self.tasks.iter().map(|t| t.done.as_ref().map(|d| d.at)))
            .flatten()
            .max();
        !self.in_person_only()
            && self
                .said
                .iter()
                .rfind(|s| s.word.is_some())
                .is_some_and(|s| s.word == Some(Word::Solved) && news.is_none_or(|at| s.at >= at))
    }

    /// Words nobody has read. “It is solved” without a text, when the case is over, asks for nothing.
    pub fn unread(&self) -> impl Iterator<Item = &Said> {
        let over = self.closed.is_some();
        self.said.iter().filter(move |s| {
            let nothing = over && s.word == Some(Word::Solved) && s.text.is_empty();
            s.read.is_none() && !nothing
        })
    }

    /// Does this word ask for what is over to be opened again?
    #[must_use]
    pub fn asks_to_reopen(&self, said: &Said) -> bool {
        let answered =
            |r: &Referral| matches!(r.state(), ReferralState::Answered | ReferralState::Checked);
        said.read.is_none()
            && said.word == Some(Word::NotSolved)
            && (self.closed.is_some() || self.referrals.iter().any(answered))
    }

    /// One line of the board for all words that the same people may know of.
    pub(crate) fn words_to_read(&self) -> Vec<Obligation> {
        let mut out: Vec<Obligation> = Vec::new();
        for s in self.unread().filter(|_| self.is_case()) {
            let what = if self.asks_to_reopen(s) {
                ObligationKind::ReopenAsked
            } else {
                ObligationKind::ReadWord
            };
            match out.iter_mut().find(|o| o.referral == s.referral) {
                Some(o) => {
                    o.due = o.due.into_iter().chain(s.due).min();
                    if what == ObligationKind::ReopenAsked {
                        o.what = what;
                    }
                }
                None => out.push(Obligation {
                    what,
                    referral: s.referral,
                    task: None,
                    agency: None,
                    waiting_on: WaitingOn::Us,
                    due: s.due,
                    since: s.at,
                    circle: s.circle.clone(),
                    by: self.behind(s),
                    moved_from: None,
                    also: None,
                }),
            }
        }
        out
    }

    /// Who may know of a word besides its circle.
    fn behind(&self, said: &Said) -> OfficerId {
        let about = said.referral.and_then(|id| self.referrals.iter().find(|r| r.id == id));
        about.map_or(self.author, |r| r.by)
    }

    /// The referral a word from the page may be about though nobody says so: of restricted ones the first.
    #[must_use]
    pub fn word_may_be_about(&self) -> Option<ReferralId> {
        let restricted = |r: &&Referral| !r.circle.is_open() && r.circle != self.circle;
        self.referrals.iter().find(restricted).map(|r| r.id)
    }
}
