//! What a change of the calendar does to the days of an open case (`domain.md` §5): terms of law and of
//! service are counted anew with the calendar that holds, and both days stay known.
//!
//! Events keep the day as it was counted when they were written. The fold of a case is made from them
//! alone; these days are put over it afterwards, the same at every desk that holds the same calendar.

use crate::calendar::{Calendar, local};
use crate::calendars::{Calendars, DayChange};
use crate::case::{CaseState, Notice, NoticeKind, Referral};
use crate::catalog::Catalog;
use crate::deadline::{
    AppealKind, Counting, Term, TermUnit, extension_notice_term, legal_clock, redirect_term,
};
use crate::ids::{EventId, ReferralId, TaskId};
use crate::moments::Restated;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which day of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The term the law gave.
    Legal,
    /// The day of a granted extension: the decision's event.
    Extension(EventId),
    /// The answer of a body.
    Answer(ReferralId),
    /// The day by which a redirect has to be signed.
    Redirect(ReferralId),
    /// The day by which the applicant is told of a decision: the decision's event.
    Notice(EventId),
    /// An own action.
    Task(TaskId),
}

/// A day that is another one with the calendar that holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moved {
    pub which: Which,
    /// As it stands in the events: what was said and printed then.
    pub was: NaiveDate,
    /// The calendar that day was counted with; empty when it is not known.
    pub calendar: String,
    /// By the edition that held before this one: what the board showed until then.
    pub before: NaiveDate,
    /// What holds.
    pub now: NaiveDate,
}

impl CaseState {
    /// The term of law of the case, by its kind of appeal.
    #[must_use]
    pub fn legal_term(&self) -> Term {
        let kind: AppealKind =
            serde_json::from_value(serde_json::Value::String(self.appeal_kind.clone()))
                .unwrap_or(AppealKind::Message);
        legal_clock(kind)
    }

    /// The day that moved, if it did.
    #[must_use]
    pub fn moved_day(&self, which: Which) -> Option<&Moved> {
        self.moved.iter().find(|m| m.which == which)
    }

    /// Puts the days of the calendar that holds over those of the events. A closed case keeps its days:
    /// what was kept in time or was late then stays so.
    pub fn recount(&mut self, calendars: &Arc<Calendars>) {
        self.counted_with = Some(Arc::clone(calendars));
        if !self.is_case() || self.closed.is_some() {
            return;
        }
        let Some(opened) = self.opened_at else { return };
        let restated = std::mem::take(&mut self.restated);
        let count = Count { all: calendars, hint: self.calendar.clone(), restated: &restated };
        let legal = self.legal_term();
        let mut moved = Vec::new();
        if self.redirected().is_none()
            && let Some(day) = &mut self.legal_due
        {
            count.counted(Which::Legal, day, std::slice::from_ref(&legal), opened, &mut moved);
        }
        for e in &mut self.extensions {
            if let Some(day) = &mut e.until {
                count.chosen(Which::Extension(e.event), day, &e.calendar, &mut moved);
            }
        }
        for r in self.referrals.iter_mut().filter(|r| r.is_open()) {
            let (id, from, terms) = (r.id, owed_from(r), terms_of(r, &legal));
            if let Some(day) = &mut r.answer_due {
                count.counted(Which::Answer(id), day, &terms, from, &mut moved);
            }
            let unsigned = r.sent_at.is_none();
            if let Some(redirect) = r.redirect.as_mut().filter(|_| unsigned)
                && let Some(day) = &mut redirect.due
            {
                count.counted(Which::Redirect(id), day, &[redirect_term()], opened, &mut moved);
            }
        }
        for n in self.notices.iter_mut().filter(|n| n.given.is_none()) {
            let (about, at, term) = (n.about, n.at, notice_term(n));
            if let Some(day) = &mut n.due {
                count.counted(Which::Notice(about), day, &[term], at, &mut moved);
            }
        }
        for t in self.tasks.iter_mut().filter(|t| t.done.is_none()) {
            if let Some(day) = &mut t.due {
                count.chosen(Which::Task(t.id), day, "", &mut moved);
            }
        }
        self.moved = moved;
        self.restated = restated;
    }

    /// What became of a day's moment when the clock was corrected; none when it was right.
    #[must_use]
    pub fn restated(&self, which: Which) -> Option<&Restated> {
        self.restated.iter().rfind(|r| r.which == which)
    }

    /// Why a day moved: what the calendar that holds says otherwise than the one it was counted with.
    #[must_use]
    pub fn why_moved(&self, moved: &Moved) -> Vec<DayChange> {
        let Some(calendars) = &self.counted_with else { return Vec::new() };
        let earlier = calendars.by_version(&moved.calendar).unwrap_or_else(|| calendars.before());
        let from = self.opened_at.map_or(moved.was, |at| local(at).date_naive());
        let from = from.min(moved.was).min(moved.now);
        calendars.changes(earlier, from, moved.was.max(moved.now))
    }
}

/// The term within which an applicant is told of a decision. A redirect is told at the same time: the
/// day of the decision itself.
#[must_use]
pub fn notice_term(n: &Notice) -> Term {
    match n.kind {
        NoticeKind::Extension => extension_notice_term(),
        NoticeKind::Redirect => Term { amount: 1, ..redirect_term() },
    }
}

/// Since when a body owes its answer.
fn owed_from(r: &Referral) -> DateTime<Utc> {
    r.checked.as_ref().filter(|c| c.reopened).map_or(r.drafted_at, |c| c.stamp.at)
}

/// The terms by which the day of an answer is counted when nobody chose another one.
fn terms_of(r: &Referral, legal: &Term) -> Vec<Term> {
    if r.redirect.is_some() {
        return vec![legal.clone()];
    }
    let catalog = Catalog::shipped();
    let own = r
        .category
        .as_ref()
        .and_then(|c| catalog.category(c.as_str()))
        .and_then(|c| c.deadline_wd)
        .map(|days| days.max(1));
    let confirm = catalog.agency(r.agency.as_str()).map_or(1, |a| a.ack_wd.max(1));
    let term = |amount| Term { amount, unit: TermUnit::Working, law: String::new() };
    own.into_iter().chain([15, confirm]).map(term).collect()
}

struct Count<'a> {
    all: &'a Calendars,
    /// The calendar the case was opened with.
    hint: String,
    restated: &'a [Restated],
}

impl Count<'_> {
    /// Days said under a wrong clock: by which moment they were counted.
    fn said(&self, which: Which) -> Option<&Restated> {
        self.restated.iter().rfind(|r| r.which == which)
    }

    /// A day that some edition gives by one of these terms moves with the calendar; any other day was
    /// chosen by a person.
    fn counted(
        &self,
        which: Which,
        day: &mut NaiveDate,
        terms: &[Term],
        from: DateTime<Utc>,
        moved: &mut Vec<Moved>,
    ) {
        let by = |term: &Term, cal: &Calendar| term.deadline(cal, from, &Counting::default()).due;
        let said_from = self.said(which).map_or(from, |r| r.was);
        let said =
            |term: &Term, cal: &Calendar| term.deadline(cal, said_from, &Counting::default()).due;
        let hinted = self.all.by_version(&self.hint);
        let fits = terms.iter().find_map(|term| {
            hinted
                .into_iter()
                .chain(self.all.all())
                .find(|cal| said(term, cal) == *day)
                .map(|cal| (term, cal.version.clone()))
        });
        // A term of law is counted, whatever edition it was counted with before.
        let lost = || match terms {
            [term] => Some((term, self.hint.clone())),
            _ => None,
        };
        match fits.or_else(lost) {
            Some((term, version)) => {
                let (before, now) = (by(term, self.all.before()), by(term, self.all.now()));
                note(which, day, version, before, now, moved);
            }
            None => self.chosen(which, day, "", moved),
        }
    }

    /// A day that a person chose stays, unless the calendar made a day off of it: then the term ends on
    /// the next working day.
    ///
    /// One chosen under a wrong clock is told as it was meant ([`Restated::chosen`]).
    fn chosen(&self, which: Which, day: &mut NaiveDate, version: &str, moved: &mut Vec<Moved>) {
        let meant = self.said(which).map_or(*day, |r| r.chosen(*day));
        if meant != *day {
            let (before, now) = (off(self.all.before(), meant), off(self.all.now(), meant));
            note(which, day, version.to_owned(), before, now, moved);
            return;
        }
        let worked = match self.all.by_version(version) {
            Some(cal) => cal.is_working(*day),
            None => self.all.all().any(|cal| cal.is_working(*day)),
        };
        if worked {
            let (before, now) = (off(self.all.before(), *day), off(self.all.now(), *day));
            note(which, day, version.to_owned(), before, now, moved);
        }
    }
}

/// The day itself, or the next working one.
fn off(cal: &Calendar, day: NaiveDate) -> NaiveDate {
    day.iter_days().take(60).find(|d| cal.is_working(*d)).unwrap_or(day)
}

fn note(
    which: Which,
    day: &mut NaiveDate,
    calendar: String,
    before: NaiveDate,
    now: NaiveDate,
    moved: &mut Vec<Moved>,
) {
    if *day != now || before != now {
        moved.push(Moved { which, was: *day, calendar, before, now });
    }
    *day = now;
}
