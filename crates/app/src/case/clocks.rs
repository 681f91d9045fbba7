//! The clocks of a case: legal and service ones apart, each with how it came about.

use super::extend::first_legal_day;
use super::view::{Sight, late, owes};
use crate::api::{AskView, Clock, Earlier, End, Terms, WrongClock};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::{CaseState, ReferralState};
use esik_domain::closing::OUTCOMES;
use esik_domain::deadline::{Deadline, Term, extension_limit, redirect_term, working_days};
use esik_domain::policy::{Permission, may};
use esik_domain::recount::{Which, notice_term};

/// Every clock: what is awaited from bodies, then the law's, then notices to the applicant.
pub(crate) fn clocks(case: &CaseState, sight: &Sight<'_>) -> Vec<Clock> {
    let Some(opened) = case.opened_at else { return Vec::new() };
    let mut out = service(case, sight);
    let term = case.legal_term();
    let open = case.closed.is_none() && case.redirected().is_none();
    let counted = legal(case, &term, opened, open, sight);
    let extended = case.extensions.iter().rev().find_map(|e| Some((e, e.until?)));
    let which = extended.map_or(Which::Legal, |(e, _)| Which::Extension(e.event));
    let was = earlier(case, which, sight);
    out.extend(redirect(case, sight, opened));
    let (source, deadline, first) = match extended {
        Some((e, until)) => (
            "extension".to_owned(),
            chosen(until, &e.calendar, counted.clone(), sight),
            Some(counted),
        ),
        None => (term.law, counted, None),
    };
    out.push(Clock {
        kind: "legal_answer".to_owned(),
        referral: None,
        late_wd: late(Some(deadline.due).filter(|_| open), sight),
        working_days: term.amount,
        source,
        deadline,
        met: !open,
        first,
        was,
    });
    for n in &case.notices {
        let term = notice_term(n);
        let deadline = term.deadline(sight.calendar(), n.at, &sight.counting);
        let waits = n.given.is_none() && case.closed.is_none();
        out.push(Clock {
            kind: "notice".to_owned(),
            referral: None,
            late_wd: late(Some(deadline.due).filter(|_| waits), sight),
            working_days: term.amount,
            source: term.law,
            was: earlier(case, Which::Notice(n.about), sight),
            deadline,
            met: !waits,
            first: None,
        });
    }
    out
}

/// The term of law as it stands. One that is over keeps the day it ended with, whatever calendar holds now.
fn legal(
    case: &CaseState,
    term: &Term,
    opened: DateTime<Utc>,
    open: bool,
    sight: &Sight<'_>,
) -> Deadline {
    let calendar = match sight.calendars.by_version(&case.calendar) {
        Some(then) if !open => then,
        _ => sight.calendar(),
    };
    let counted = term.deadline(calendar, opened, &sight.counting);
    match case.legal_due.filter(|kept| !open && *kept != counted.due) {
        Some(kept) => chosen(kept, &case.calendar, counted, sight),
        None => counted,
    }
}

/// What the day was before the calendar changed, and why it is another one now.
fn earlier(case: &CaseState, which: Which, sight: &Sight<'_>) -> Option<Earlier> {
    let moved = case.moved_day(which).filter(|m| m.was != m.now)?;
    let promised = |at: DateTime<Utc>| case.coupon.as_ref().is_some_and(|c| at <= c.at);
    let clock = case.restated(which).filter(|r| r.was != r.now).map(|r| WrongClock {
        was: r.was,
        now: r.now,
        guessed: case.corrected.iter().any(|c| c.guessed && c.now == r.now && c.was == r.was),
    });
    let on_coupon = match which {
        Which::Answer(id) => case.referrals.iter().any(|r| r.id == id && promised(r.drafted_at)),
        Which::Legal => case.tasks.iter().any(|t| t.due.is_none() && promised(t.assigned_at)),
        _ => false,
    };
    Some(Earlier {
        due: moved.was,
        calendar: moved.calendar.clone(),
        now: moved.now,
        calendar_now: sight.calendar().version.clone(),
        changes: if clock.is_some() { Vec::new() } else { case.why_moved(moved) },
        on_coupon,
        clock,
    })
}

/// Three working days to redirect, while a redirect is prepared or done.
fn redirect(case: &CaseState, sight: &Sight<'_>, opened: DateTime<Utc>) -> Option<Clock> {
    let r = case.referrals.iter().rfind(|r| r.redirect.is_some() && r.withdrawn.is_none())?;
    let term = redirect_term();
    let deadline = term.deadline(sight.calendar(), opened, &sight.counting);
    let waits = r.sent_at.is_none() && case.closed.is_none();
    Some(Clock {
        kind: "redirect".to_owned(),
        referral: Some(r.id),
        late_wd: late(Some(deadline.due).filter(|_| waits), sight),
        working_days: term.amount,
        source: term.law,
        was: earlier(case, Which::Redirect(r.id), sight),
        deadline,
        met: !waits,
        first: None,
    })
}

fn service(case: &CaseState, sight: &Sight<'_>) -> Vec<Clock> {
    let mut out = Vec::new();
    for r in case.referrals.iter().filter(|r| r.state() != ReferralState::Withdrawn) {
        let Some(due) = r.answer_due else { continue };
        let days = r
            .category
            .as_ref()
            .and_then(|c| sight.catalog.category(c.as_str()))
            .and_then(|c| c.deadline_wd)
            .unwrap_or(0)
            .max(1);
        let counted = working_days(sight.calendar(), r.drafted_at, days, &sight.counting);
        // The officer may have promised another day than the category's own term: that day holds.
        let by_officer = counted.due != due;
        let deadline =
            if by_officer { Deadline { due, derivation: Vec::new(), ..counted } } else { counted };
        out.push(Clock {
            kind: "service_answer".to_owned(),
            referral: Some(r.id),
            late_wd: late(Some(due).filter(|_| owes(r)), sight),
            deadline,
            source: if by_officer { "officer" } else { "category" }.to_owned(),
            working_days: days,
            met: r.answered.is_some(),
            first: None,
            was: earlier(case, Which::Answer(r.id), sight),
        });
    }
    out
}

/// A day somebody chose: it has no derivation of days, only the calendar it was chosen with.
fn chosen(due: NaiveDate, calendar: &str, counted: Deadline, sight: &Sight<'_>) -> Deadline {
    Deadline {
        due,
        due_at: esik_domain::calendar::instant(due, sight.counting.closing),
        derivation: Vec::new(),
        calendar: calendar.to_owned(),
        ..counted
    }
}

/// How the case may end, for this officer; disputes are those of referrals he may see.
pub(super) fn end(case: &CaseState, sight: &Sight<'_>) -> End {
    End {
        called_back: case.called_back(),
        by_page: case.said_solved() && !case.spoken_with(),
        needs_second: case.waits_for_second(sight.actor.id),
        asked_by: case.closing_ask.as_ref().map(|a| (sight.officer_name)(a.by)).unwrap_or_default(),
        asked: case.closing_ask.clone(),
        outcomes: OUTCOMES.iter().map(|o| (*o).to_owned()).collect(),
        want_reason: OUTCOMES
            .iter()
            .filter(|o| case.needs_reason(o))
            .map(|o| (*o).to_owned())
            .collect(),
        disputes: case
            .disputes
            .iter()
            .filter(|d| case.referrals.iter().any(|r| r.id == d.referral))
            .cloned()
            .collect(),
    }
}

/// What holds of the legal term, and what this officer may do about it.
pub(super) fn terms(case: &CaseState, sight: &Sight<'_>) -> Terms {
    let first_due = first_legal_day(case);
    let open = case.is_case() && case.closed.is_none() && !case.read_only;
    let may_decide = open && may(sight.actor.role, Permission::Decide);
    Terms {
        first_due,
        due: case.legal_last_day().or(first_due).filter(|_| case.redirected().is_none()),
        limit: first_due.map(extension_limit),
        redirect_due: case
            .opened_at
            .filter(|_| open && case.redirected().is_none())
            .map(|at| redirect_term().deadline(sight.calendar(), at, &sight.counting).due),
        redirected_to: case.redirected().map(|r| r.agency.clone()),
        may_redirect: open
            && case.redirected().is_none()
            && !case
                .referrals
                .iter()
                .any(|r| r.redirect.is_some() && r.state() == ReferralState::Draft)
            && may(sight.actor.role, Permission::Close),
        may_ask: open
            && case.redirected().is_none()
            && !may_decide
            && case.extension_asks.is_empty()
            && may(sight.actor.role, Permission::Close),
        may_decide,
        asks: case
            .extension_asks
            .iter()
            .map(|a| AskView {
                event: a.event,
                at: a.at,
                who: (sight.officer_name)(a.by),
                until: a.until,
                reason: a.reason.clone(),
            })
            .collect(),
        extensions: case.extensions.clone(),
        notices: case.notices.clone(),
    }
}
