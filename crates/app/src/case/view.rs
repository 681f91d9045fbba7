//! A case as one officer sees it: pure, from the folded state and its events.

use super::people;
use crate::api::{CaseView, NextRungView, ReferralView};
use crate::referral::escalate::stands_on;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::calendars::Calendars;
use esik_domain::case::{CaseState, Referral, ReferralState, Review};
use esik_domain::catalog::Catalog;
use esik_domain::deadline::{Counting, working_days_between};
use esik_domain::event::Heard;
use esik_domain::fold::{Entry, Standing};
use esik_domain::ids::{EventId, OfficerId};
use esik_domain::ladder::{Rung, ladder};
use esik_domain::leaving::supervisor;
use esik_domain::policy::{Actor, Permission, may, sees};

/// What a view needs besides the case.
pub struct Sight<'a> {
    pub actor: &'a Actor,
    pub catalog: &'a Catalog,
    pub calendars: &'a Calendars,
    pub counting: Counting,
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
    /// This desk belongs to a region, and when that recorded an event.
    pub region: Option<&'a dyn Fn(EventId) -> Option<DateTime<Utc>>>,
    /// Surname and initials of an officer; empty when unknown here.
    pub officer_name: &'a dyn Fn(OfficerId) -> String,
}

impl Sight<'_> {
    /// The calendar that holds.
    pub(super) fn calendar(&self) -> &Calendar {
        self.calendars.now()
    }
}

/// The view, or nothing when the officer may not know that the case exists.
#[must_use]
pub fn view(mut case: CaseState, entries: &[Entry], sight: &Sight<'_>) -> Option<CaseView> {
    if case.is_beside() || !sees(sight.actor, &case.circle, case.author) {
        return None;
    }
    case.referrals.retain(|r| sees(sight.actor, &r.circle, r.by));
    people::name_stamps(&mut case, entries, sight.officer_name);
    let clocks = super::clocks::clocks(&case, sight);
    let terms = super::clocks::terms(&case, sight);
    let obligations = case.obligations();
    let timeline = super::timeline::timeline(&case, entries, sight);
    let opening = opening(&case, entries);
    let dates_provisional = sight.region.is_some()
        && opening.is_some_and(|e| e.standing == Standing::Unsent)
        && case.closed.is_none();
    let recorded = opening.and_then(|e| sight.region.and_then(|at| at(e.event.id)));
    let recorded_late = recorded
        .filter(|at| case.opened_at.is_some_and(|opened| *at - opened > TimeDelta::days(1)));
    let waits = entries.iter().filter(|e| e.standing == Standing::Unsent).count();
    let circumstances: Vec<String> = case
        .visits
        .iter()
        .flat_map(|v| v.circumstances.iter().cloned())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    Some(CaseView {
        id: case.id,
        number: case.number.clone(),
        ext_number: case.ext_number.clone(),
        same_number: Vec::new(),
        title: case.title.clone(),
        narrative: case.narrative.clone(),
        circle: case.circle.0.clone(),
        address: case.address.clone(),
        opened_at: case.opened_at,
        controller: super::controller::name_of(case.controller(), sight.officer_name),
        priority: super::priority::view(&case, sight.officer_name),
        circumstances,
        language: case.language().to_owned(),
        cautions: super::caution::cautions(&case, entries, sight),
        visits: u32::try_from(case.visits.len()).unwrap_or(u32::MAX),
        referrals: case
            .referrals
            .iter()
            .map(|r| ReferralView {
                referral: r.clone(),
                state: r.state(),
                late_wd: late(r.answer_due.filter(|_| owes(r)), sight),
                ladder: r
                    .answer_due
                    .filter(|_| owes(r) && case.closed.is_none())
                    .map(|due| ladder(sight.calendar(), due, sight.today)),
                next_rung: next_rung(&case, r, sight),
                copy_to: copy_to(&case, r),
                may_hand_over: r.may_hand_over() && case.closed.is_none(),
                hears: hears(&case, r),
            })
            .collect(),
        tasks: case.tasks.clone(),
        plan: super::plan::view(&case, sight),
        crime: case.crime.clone(),
        coupon_number: case.coupon.as_ref().map(|c| c.number.clone()),
        status_page: None,
        words: super::word::unread(&case),
        words_doubtful: case.in_person_only(),
        closed: case.closed.clone(),
        reopened: case.reopened,
        obligations,
        timeline,
        clocks,
        terms,
        end: super::clocks::end(&case, sight),
        review: case.review.iter().map(|r| named(r, sight)).collect(),
        refused: case.refused.clone(),
        waiting: u32::try_from(case.waiting.len()).unwrap_or(u32::MAX),
        unknown: case.unknown,
        read_only: case.read_only,
        waits_for_region: u32::try_from(waits).unwrap_or(u32::MAX),
        may_close: case.is_case()
            && case.closed.is_none()
            && !case.read_only
            && may(sight.actor.role, Permission::Close),
        may_restrict: !case.read_only
            && case.circle.is_open()
            && may(sight.actor.role, Permission::Close),
        may_correct: !case.read_only && may(sight.actor.role, Permission::Close),
        dates_provisional,
        recorded_late,
        set_by: case.set_by,
        issues: case.issues,
        parties: case.parties,
    })
}

/// What made the visit a case.
fn opening<'a>(case: &CaseState, entries: &'a [Entry]) -> Option<&'a Entry> {
    case.opened_at?;
    entries
        .iter()
        .rfind(|e| e.event.kind == "case_opened" && !matches!(e.standing, Standing::Refused(_)))
}

/// Two officers who both were to answer for a case are told by their names.
fn named(review: &Review, sight: &Sight<'_>) -> Review {
    if review.field != "controller" {
        return review.clone();
    }
    let name = |id: &str| id.parse().map(|id| (sight.officer_name)(id)).unwrap_or_default();
    Review { earlier: name(&review.earlier), later: name(&review.later), ..review.clone() }
}

/// The supervisor of a private body that was asked and of which no copy went out yet.
fn copy_to(case: &CaseState, r: &Referral) -> Option<esik_domain::ids::AgencyCode> {
    let theme = r.category.as_ref().map(esik_domain::ids::CategoryCode::as_str);
    let catalog = Catalog::shipped();
    let supervisor =
        esik_domain::leaving::copy_goes_to(catalog, theme, r.agency.as_str(), &r.circle)?;
    let open = case.closed.is_none() && r.sent_at.is_some() && r.withdrawn.is_none();
    let has = case.referrals.iter().any(|x| x.copy_of == Some(r.id) && x.withdrawn.is_none());
    (open && !has).then(|| supervisor.into())
}

/// The rung of the ladder that is next for a late answer, and those this officer may take.
fn next_rung(case: &CaseState, r: &Referral, sight: &Sight<'_>) -> Option<NextRungView> {
    let next = r.next_rung(sight.calendar()).filter(|_| owes(r) && case.closed.is_none())?;
    let all = [Rung::Controller, Rung::Head, Rung::Region];
    let mine = all
        .into_iter()
        .filter(|rung| *rung > r.taken() && !case.read_only && stands_on(sight.actor.role, *rung));
    Some(NextRungView {
        rung: next.rung,
        since: next.since,
        now: next.since <= sight.today,
        mine: mine.collect(),
        suggests: supervisor(r.agency.as_str()).map(Into::into),
    })
}

/// What of a body an officer may write down now.
fn hears(case: &CaseState, r: &Referral) -> Vec<Heard> {
    let all = [Heard::Registered, Heard::Accepted, Heard::Rejected, Heard::Answered];
    all.into_iter().filter(|what| case.closed.is_none() && r.may_hear(*what)).collect()
}

/// True while the agency still owes an answer; what it was never given it does not owe.
pub(crate) fn owes(r: &Referral) -> bool {
    let never_given = r.is_to_hand_over();
    !never_given
        && !matches!(
            r.state(),
            ReferralState::Draft
                | ReferralState::Answered
                | ReferralState::Checked
                | ReferralState::Rejected
                | ReferralState::Withdrawn
        )
}

/// Whole working days past a date; 0 when it is not past.
#[must_use]
pub fn late_wd(due: Option<NaiveDate>, today: NaiveDate, calendar: &Calendar) -> i32 {
    due.filter(|d| *d < today).map_or(0, |d| {
        i32::try_from(working_days_between(calendar, d, today).max(1)).unwrap_or(i32::MAX)
    })
}

pub(super) fn late(due: Option<NaiveDate>, sight: &Sight<'_>) -> i32 {
    late_wd(due, sight.today, sight.calendar())
}
