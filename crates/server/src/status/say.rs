//! What somebody says who holds the coupon: one event of the region's own, once however often it is sent, and within
//! measures (adr/0036). Who may say it is proven as for a look; nobody knows who it was.

use super::answer::Admitted;
use super::ask::Ask;
use super::shown::Shown;
use crate::attempts::Patience;
use crate::plan::{Plan, TRIES};
use crate::region::{Region, busy, failed};
use crate::store::Committed;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use esik_domain::case::CaseState;
use esik_domain::deadline::{Counting, working_days};
use esik_domain::event::{ApplicantWord, Body, Word};
use esik_domain::ids::CaseId;
use esik_domain::said::{Said, TEXT_CHARS_MAX};
use esik_domain::text::normalize_input;
use esik_wire::ApiError;
use serde_json::Map;
use std::sync::{Arc, PoisonError};

/// Words about one case in a day: who has more to tell is better told to come or to call.
pub const A_DAY: usize = 10;
/// Words from one address in an hour: thousands share a mobile operator's.
pub const ADDRESS: Patience = Patience { tries: 60, window: TimeDelta::hours(1) };
/// Working days until somebody looks at a word; the day it is said is the first, unless the desks have closed.
const LOOKED_AT_WD: u32 = 1;
/// Signs of a form's own word.
pub const FORM_SIGNS: usize = 32;
/// Seconds to come back in, over a standby.
const READ_ONLY_S: u64 = 60;

/// What was chosen and typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    pub word: Option<Word>,
    /// 1 to 5.
    pub satisfaction: Option<u8>,
    /// As it is kept: without signs that carry no text.
    pub text: String,
    /// Of the form it was written into.
    pub form: String,
}

impl Words {
    /// What a form holds: what is no choice of it is none.
    pub fn of(word: &str, stars: &str, text: &str, form: &str) -> Self {
        let of_form = form.len() == FORM_SIGNS && form.bytes().all(|b| b.is_ascii_hexdigit());
        Self {
            word: match word {
                "solved" => Some(Word::Solved),
                "not_solved" => Some(Word::NotSolved),
                _ => None,
            },
            satisfaction: stars.parse().ok().filter(|n| (1..=5).contains(n)),
            text: normalize_input(text).trim().to_owned(),
            form: if of_form { form.to_owned() } else { String::new() },
        }
    }

    fn is(&self, said: &Said) -> bool {
        said.word == self.word && said.text == self.text && said.satisfaction == self.satisfaction
    }

    /// Said before: the same form sent again, or the same words typed once more within a day.
    fn said_before(&self, case: &CaseState, now: DateTime<Utc>) -> bool {
        let again = |s: &Said| !self.form.is_empty() && s.form == self.form && self.is(s);
        let just_now = |s: &Said| self.is(s) && now - s.at < TimeDelta::days(1);
        case.said.iter().any(again) || case.said.last().is_some_and(just_now)
    }

    fn fault(&self, shown: &Shown) -> Option<Fault> {
        let signs = self.text.chars().count();
        if self.word.is_none() && self.text.is_empty() {
            Some(Fault::Empty)
        } else if signs > TEXT_CHARS_MAX {
            Some(Fault::Long(signs))
        } else if (self.word.is_some() || self.satisfaction.is_some()) && !shown.asks {
            Some(Fault::NotAsked)
        } else {
            None
        }
    }
}

/// Why nothing was said; what was typed stays in the form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    Empty,
    /// So many characters.
    Long(usize),
    /// Whether it is solved is not the question any more: the case went on.
    NotAsked,
    /// Too much was said today; seconds until there is room again.
    TooMuch(u64),
}

/// What became of a word.
pub enum Heard {
    /// It stands in the case, now or since before; by which day somebody looks at it.
    Said(Box<Shown>, Option<NaiveDate>),
    Not(Box<Shown>, Fault),
    /// The answers to a wrong coupon, as for a look.
    Unknown,
    Wait(u64),
}

impl Region {
    /// Writes it down, durably, or tells why not.
    ///
    /// # Errors
    /// `busy` and the store's: nothing was said then.
    pub(super) async fn hear(
        self: &Arc<Self>,
        ask: Option<Ask>,
        words: Words,
        peer: String,
    ) -> Result<Heard, ApiError> {
        if self.read_only {
            return Err(busy(READ_ONLY_S));
        }
        self.off(move |region| region.hear_now(ask.as_ref(), &words, &peer)).await
    }

    fn hear_now(&self, ask: Option<&Ask>, words: &Words, peer: &str) -> Result<Heard, ApiError> {
        let (case, ask) = match (self.admit(ask, peer)?, ask) {
            (Admitted::Case(case), Some(ask)) => (case, ask),
            (Admitted::Wait(seconds), _) => {
                self.meters.word("too_often");
                return Ok(Heard::Wait(seconds));
            }
            _ => {
                self.meters.word("unknown");
                return Ok(Heard::Unknown);
            }
        };
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            let mut plan = Plan::start(self)?;
            let state = plan.case(case)?.state().map(|s| self.counted(s)).transpose()?;
            let Some((state, shown)) =
                state.and_then(|s| self.shown_of(&s).map(|shown| (s, shown)))
            else {
                self.meters.word("unknown");
                return Ok(Heard::Unknown);
            };
            if words.said_before(&state, plan.now) {
                self.meters.word("again");
                return Ok(Heard::Said(Box::new(shown), state.said.last().and_then(|s| s.due)));
            }
            if let Some(fault) = words.fault(&shown) {
                self.meters.word("faulty");
                return Ok(Heard::Not(Box::new(shown), fault));
            }
            if let Err(seconds) = self.room_for_a_word(&state, peer, plan.now) {
                self.meters.word("too_much");
                return Ok(Heard::Not(Box::new(shown), Fault::TooMuch(seconds)));
            }
            let written = self.write_word(plan, case, &state, ask, words);
            if let Ok((Committed::Done, due)) = written {
                self.meters.word("said");
                self.words_quota.events((), self.env.now(), 1, words.text.len());
                let shown = self.shown(case)?.unwrap_or(shown);
                return Ok(Heard::Said(Box::new(shown), due));
            }
            self.asked.speakers.give_back(peer);
            written?;
        }
        Err(busy(2))
    }

    /// Takes one of the address's words of this hour, when there is room at all.
    fn room_for_a_word(&self, case: &CaseState, peer: &str, now: DateTime<Utc>) -> Result<(), u64> {
        let mut today = case.said.iter().rev().take_while(|s| now - s.at < TimeDelta::days(1));
        if let Some(first) = today.nth(A_DAY - 1) {
            let wait = first.at + TimeDelta::days(1) - now;
            return Err(wait.num_seconds().unsigned_abs().max(1));
        }
        self.words_quota
            .room_for_events((), now)
            .map_err(|e| e.retry_after_s.unwrap_or(READ_ONLY_S))?;
        self.asked.speakers.take(peer, ADDRESS, now)
    }

    fn write_word(
        &self,
        mut plan: Plan<'_>,
        case: CaseId,
        state: &CaseState,
        ask: &Ask,
        words: &Words,
    ) -> Result<(Committed, Option<NaiveDate>), ApiError> {
        let calendars = self.calendars().map_err(failed)?;
        let due = working_days(calendars.now(), plan.now, LOOKED_AT_WD, &Counting::default()).due;
        let body = Body::ApplicantWord(ApplicantWord {
            word: words.word,
            text: words.text.clone(),
            satisfaction: words.satisfaction,
            number: ask.number.clone(),
            form: words.form.clone(),
            due: Some(due),
            referral_id: state.word_may_be_about(),
            more: Map::new(),
        });
        plan.author(case, &body, format!("coupon:{}", ask.number))?;
        Ok((plan.commit(None)?, Some(due)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_holds_its_own_choices_and_text_and_nothing_else() {
        let words = Words::of("solved", "5", " \u{202e}Су\r\nжоқ\u{0} ", &"a".repeat(32));
        assert_eq!((words.word, words.satisfaction), (Some(Word::Solved), Some(5)));
        assert_eq!((words.text.as_str(), words.form.len()), ("Су\nжоқ", 32));
        for (word, stars, form) in [
            ("partly", "0", ""),
            ("SOLVED", "6", "x"),
            ("not_asked", "-1", "Ж"),
            ("", "4.5", &"a".repeat(33)),
        ] {
            let none = Words::of(word, stars, "", form);
            assert_eq!(none, Words::of("", "", "", ""), "{word} {stars} {form}");
        }
    }
}
