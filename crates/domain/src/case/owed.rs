//! What a case still asks of whom: the rows of the control board.

use super::{CaseState, Referral, ReferralState};
use crate::calendars::Calendars;
use crate::deadline::{Counting, working_days};
use crate::ids::{AgencyCode, Circle, OfficerId, ReferralId, TaskId};
use crate::plan::{self, StepState};
use crate::recount::Which;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Who has to move next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum WaitingOn {
    Us,
    Agency,
    Region,
}

/// One thing somebody still owes in a case: a row of the control board.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Obligation {
    pub what: ObligationKind,
    /// The referral or task it stands for.
    pub referral: Option<ReferralId>,
    pub task: Option<TaskId>,
    pub agency: Option<AgencyCode>,
    pub waiting_on: WaitingOn,
    /// Last day to do it; none = no promise was made.
    pub due: Option<NaiveDate>,
    /// Since when it is so.
    pub since: DateTime<Utc>,
    pub circle: Circle,
    pub by: OfficerId,
    /// The day that stood here before another calendar held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<NaiveDate>,
    /// A second reason for the same look: `CheckAnswer` and `ReopenAsked` stand in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<ObligationKind>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// An agency owes us an answer.
    AwaitAnswer,
    /// Nobody of the body works at the region: the request has to be handed over.
    HandOver,
    /// A referral was refused: another way has to be found.
    FindAnother,
    /// An answer came: check it and tell the applicant.
    CheckAnswer,
    /// All answers are checked: call the applicant, ask, close.
    TellApplicant,
    /// An own task is open.
    DoTask,
    /// The decision waits for the region.
    ReachRegion,
    /// A case without any referral or task: somebody has to decide what happens.
    Decide,
    /// The region refused an event of ours.
    Refused,
    /// Two values met.
    Review,
    /// An officer asked for an extension: the head decides.
    DecideExtension,
    /// The second body refused it too: the head decides.
    SecondBounce,
    /// A dispute about competence is open: the head settles it.
    SettleDispute,
    /// Another officer has to look before the case is closed.
    ConfirmClosing,
    /// A redirect is written: the head signs it.
    SignRedirect,
    /// The applicant has to be told of a decision by a day of law.
    GiveNotice,
    /// A step of the plan can be done now.
    PlanStep,
    /// Whoever holds the coupon says that it is not solved after all: open it again, or read why not.
    ReopenAsked,
    /// Whoever holds the coupon wrote: read it.
    ReadWord,
}

impl CaseState {
    /// Everything somebody still owes in this case, in the order it should be looked at.
    /// Empty for a closed case and for a visit that never became one.
    #[must_use]
    pub fn obligations(&self) -> Vec<Obligation> {
        let mut out = Vec::new();
        let own = |what, since, due| Obligation {
            what,
            referral: None,
            task: None,
            agency: None,
            waiting_on: WaitingOn::Us,
            due,
            since,
            circle: self.circle.clone(),
            by: self.author,
            moved_from: None,
            also: None,
        };
        let by_law = |what, since| Obligation {
            moved_from: self.moved_from(self.legal_which()),
            ..own(what, since, self.legal_last_day())
        };
        for _ in &self.refused {
            out.push(own(ObligationKind::Refused, self.last_at, None));
        }
        if !self.review.is_empty() {
            out.push(own(ObligationKind::Review, self.last_at, None));
        }
        out.extend(self.words_to_read());
        if !self.is_case() || self.closed.is_some() {
            return out;
        }
        if let Some(ask) = &self.closing_ask {
            let mut o = by_law(ObligationKind::ConfirmClosing, ask.at);
            o.by = ask.by;
            out.push(o);
        }
        for ask in &self.extension_asks {
            let mut o = by_law(ObligationKind::DecideExtension, ask.at);
            o.by = ask.by;
            out.push(o);
        }
        for n in self.notices.iter().filter(|n| n.given.is_none()) {
            out.push(Obligation {
                circle: n.circle.clone(),
                by: n.by,
                moved_from: self.moved_from(Which::Notice(n.about)),
                ..own(ObligationKind::GiveNotice, n.at, n.due)
            });
        }
        for r in self.referrals.iter().filter(|r| r.is_open()) {
            let mut owed = r.obligation();
            owed.moved_from = self.moved_from(match owed.what {
                ObligationKind::SignRedirect => Which::Redirect(r.id),
                _ => Which::Answer(r.id),
            });
            match owed.what {
                ObligationKind::FindAnother => owed.what = self.refused_kind(r.id),
                ObligationKind::HandOver => {
                    // Never later than the answer was promised.
                    let next = self.working_day_after(owed.since);
                    if owed.due.is_none_or(|promised| next < promised) {
                        owed.due = Some(next);
                        owed.moved_from = None;
                    }
                }
                _ => {}
            }
            out.push(owed);
        }
        for t in self.tasks.iter().filter(|t| t.done.is_none()) {
            // What has no day of its own is owed by the law's: else it would never be late.
            let owed = match t.due {
                Some(_) => Obligation {
                    moved_from: self.moved_from(Which::Task(t.id)),
                    ..own(ObligationKind::DoTask, t.assigned_at, t.due)
                },
                None => by_law(ObligationKind::DoTask, t.assigned_at),
            };
            out.push(Obligation { task: Some(t.id), agency: Some(t.unit.clone()), ..owed });
        }
        let days = plan::schedule_of_record(self);
        for (step, (now, before)) in self.plan.iter().zip(days) {
            // A step that is a request or an action of ours is owed as that.
            if now.state == StepState::Now && !plan::stands_elsewhere(self, step) {
                out.push(Obligation {
                    agency: step.agency.clone(),
                    moved_from: before.filter(|day| Some(*day) != now.due),
                    ..own(ObligationKind::PlanStep, now.from, now.due)
                });
            }
        }
        if !out.iter().any(|o| {
            matches!(
                o.what,
                ObligationKind::AwaitAnswer
                    | ObligationKind::HandOver
                    | ObligationKind::FindAnother
                    | ObligationKind::SecondBounce
                    | ObligationKind::SettleDispute
                    | ObligationKind::CheckAnswer
                    | ObligationKind::DoTask
                    | ObligationKind::PlanStep
                    | ObligationKind::ReachRegion
                    | ObligationKind::SignRedirect
            )
        }) {
            let answered = self.referrals.iter().any(|r| r.checked.is_some())
                || self.tasks.iter().any(|t| t.done.is_some());
            let what =
                if answered { ObligationKind::TellApplicant } else { ObligationKind::Decide };
            out.push(by_law(what, self.last_at));
        }
        crate::said::beside_the_answers(&mut out);
        out
    }
}

impl CaseState {
    /// The working day after the one a moment falls on, by the calendar that holds.
    fn working_day_after(&self, at: DateTime<Utc>) -> NaiveDate {
        let calendars = self.counted_with.clone().unwrap_or_else(Calendars::shipped);
        working_days(calendars.now(), at, 2, &Counting::default()).due
    }

    /// Which day of law holds: that of the latest granted extension, else the term itself.
    fn legal_which(&self) -> Which {
        let extended = self.extensions.iter().rev().find(|e| e.until.is_some());
        extended.map_or(Which::Legal, |e| Which::Extension(e.event))
    }

    /// The day before another calendar held, where it was another one.
    fn moved_from(&self, which: Which) -> Option<NaiveDate> {
        self.moved_day(which).filter(|m| m.before != m.now).map(|m| m.before)
    }

    /// What a refused referral asks for: another body, the head at the second refusal, or the dispute.
    fn refused_kind(&self, id: ReferralId) -> ObligationKind {
        match self.disputes.iter().rfind(|d| d.referral == id) {
            Some(d) if d.settled.is_none() => ObligationKind::SettleDispute,
            Some(_) => ObligationKind::FindAnother,
            None if self.bounces(id).len() >= 2 => ObligationKind::SecondBounce,
            None => ObligationKind::FindAnother,
        }
    }
}

impl Referral {
    fn obligation(&self) -> Obligation {
        use ReferralState as S;
        let (what, waiting_on, since) = match self.state() {
            S::Draft if self.redirect.is_some() => {
                (ObligationKind::SignRedirect, WaitingOn::Us, self.drafted_at)
            }
            S::Draft => (ObligationKind::Decide, WaitingOn::Us, self.drafted_at),
            S::WaitsForRegion => (
                ObligationKind::ReachRegion,
                WaitingOn::Region,
                self.sent_at.unwrap_or(self.drafted_at),
            ),
            S::Rejected => (
                ObligationKind::FindAnother,
                WaitingOn::Us,
                self.rejected.as_ref().map_or(self.drafted_at, |r| r.stamp.at),
            ),
            S::Answered => (
                ObligationKind::CheckAnswer,
                WaitingOn::Us,
                self.answered.as_ref().map_or(self.drafted_at, |a| a.stamp.at),
            ),
            S::Sent if self.is_to_hand_over() => (
                ObligationKind::HandOver,
                WaitingOn::Us,
                self.by_hand.as_ref().map_or(self.drafted_at, |s| s.at),
            ),
            S::Sent
            | S::Delivered
            | S::Registered
            | S::Accepted
            | S::AnswerReturned
            | S::Checked
            | S::Withdrawn => (
                ObligationKind::AwaitAnswer,
                WaitingOn::Agency,
                self.sent_at.unwrap_or(self.drafted_at),
            ),
        };
        Obligation {
            what,
            referral: Some(self.id),
            task: None,
            agency: Some(self.agency.clone()),
            waiting_on,
            due: match &self.redirect {
                Some(redirect) if what == ObligationKind::SignRedirect => redirect.due,
                _ => self.answer_due,
            },
            since,
            circle: self.circle.clone(),
            by: self.by,
            moved_from: None,
            also: None,
        }
    }
}
