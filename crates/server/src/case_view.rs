//! A case as the region needs it while it decides: whose it is, who may know of it, what it holds.

use crate::codes::reject;
use crate::region::{Region, failed};
use crate::store::StoredEvent;
use chrono::NaiveDate;
use esik_domain::audience::{Audience, circle_after, referral_of};
use esik_domain::calendars::Calendars;
use esik_domain::case::CaseState;
use esik_domain::catalog::Catalog;
use esik_domain::deadline::extension_limit;
use esik_domain::event::{Body, Envelope, ExtensionDecided};
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{AgencyCode, CaseId, Circle, EventId, Pos, ReferralId, Scope, StationId};
use esik_domain::policy::{self, Actor, Permission};
use esik_wire::{ApiError, planted};
use std::sync::Arc;

/// Days by which two calendars may see a term end apart.
const CALENDARS_DIFFER_DAYS: i64 = 14;

/// The events of a case by position, with what audience and rights need of them.
#[derive(Default)]
pub struct CaseView {
    entries: Vec<Entry>,
    audience: Audience,
}

impl Region {
    pub(crate) fn case_view(&self, case: CaseId) -> Result<CaseView, ApiError> {
        Ok(CaseView::of(&self.store.case_events(case).map_err(failed)?))
    }
}

impl CaseView {
    /// A case as the order has it.
    pub fn of(stored: &[StoredEvent]) -> Self {
        let mut view = Self::default();
        for one in stored {
            // What is in the order was readable when it got there.
            if let Ok(event) = one.event.envelope() {
                view.add(event, one.pos);
            }
        }
        view
    }

    /// Adds an accepted event.
    pub fn add(&mut self, event: Envelope, pos: Pos) {
        self.audience.add(&event);
        self.entries.push(Entry { event, standing: Standing::Accepted(pos) });
    }

    /// The fold of what was accepted; `None` for a case without events.
    pub fn state(&self) -> Option<CaseState> {
        fold(&self.entries)
    }

    /// The agency a referral is addressed to.
    pub fn agency_of(&self, id: ReferralId) -> Option<AgencyCode> {
        self.entries.iter().find_map(|e| match e.event.read_body() {
            Body::ReferralDrafted(b) if b.referral_id == id => Some(b.agency),
            _ => None,
        })
    }

    pub fn station(&self) -> Option<&StationId> {
        self.audience.station()
    }

    /// May the officer write here? A case of another station or of a circle he is not in does not
    /// exist for him; nor does a referral that carries its own circle.
    pub fn check_place(&self, actor: &Actor, event: &Envelope) -> Result<(), &'static str> {
        let of = &self.audience;
        let (Some(station), Some(author)) = (of.station(), of.author()) else { return Ok(()) };
        if *station != event.station_id || !policy::sees(actor, of.circle(), author) {
            return Err(reject::FOREIGN_CASE);
        }
        if event.kind == "case_restricted" && circle_after(of.circle(), event).is_none() {
            return Err(reject::CIRCLE_STAYS);
        }
        match referral_of(event).and_then(|id| of.referral(id)) {
            Some((circle, by)) if !policy::sees(actor, circle, *by) => Err(reject::FOREIGN_CASE),
            _ => Ok(()),
        }
    }

    /// May this event rest on that one? `None` when that one is not in the case.
    ///
    /// Whoever reads the event has to get its base too, or it would wait there for ever.
    pub fn check_base(&self, event: &Envelope, base: EventId) -> Option<Result<(), &'static str>> {
        let base = self.entries.iter().map(|e| &e.event).find(|e| e.id == base)?;
        let circle = self.circle_of(base);
        let read_by_all = circle.is_open() || circle == self.circle_of(event);
        Some(if read_by_all { Ok(()) } else { Err(reject::BASE_HIDDEN) })
    }

    /// The circle an event belongs to.
    pub fn circle_of(&self, event: &Envelope) -> Circle {
        self.audience.circle_of(event)
    }

    /// Who may know of the case now.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Earlier events whose feeds are others since the last one was added: position, feeds before, feeds now.
    pub fn moved_since(&self, before: &Audience) -> Vec<(Pos, Vec<Scope>, Vec<Scope>)> {
        let earlier = self.entries.split_last().map(|(_, earlier)| earlier).unwrap_or_default();
        let moved = earlier.iter().filter_map(|e| {
            let Standing::Accepted(pos) = e.standing else { return None };
            Some((pos, feeds(before, &e.event), feeds(&self.audience, &e.event)))
        });
        moved.filter(|(_, old, new)| old != new).collect()
    }

    /// Feeds the event enters that was added last.
    pub fn audience_of_last(&self) -> Vec<Scope> {
        self.entries.last().map(|e| feeds(&self.audience, &e.event)).unwrap_or_default()
    }

    /// Is this decision possible now? Facts and amendments always are.
    /// `calendars` are asked for only when days have to be compared.
    pub fn check_decision(
        &self,
        actor: &Actor,
        body: &Body,
        calendars: &dyn Fn() -> Arc<Calendars>,
    ) -> Result<(), &'static str> {
        let decided = matches!(
            body,
            Body::ReferralSent(_)
                | Body::ReferralWithdrawn(_)
                | Body::CaseClosed(_)
                | Body::CaseReopened(_)
                | Body::TaskAssigned(_)
                | Body::ExtensionDecided(_)
                | Body::DisputeOpened(_)
                | Body::DisputeSettled(_)
        );
        if !decided {
            return Ok(());
        }
        let state = self.state();
        let referral = |id: ReferralId| {
            state
                .as_ref()
                .and_then(|s| s.referrals.iter().find(|r| r.id == id))
                .ok_or(reject::REFERRAL_UNKNOWN)
        };
        let closed = state.as_ref().is_some_and(|s| s.closed.is_some());
        match body {
            Body::ReferralSent(b) => {
                let r = referral(b.referral_id)?;
                if r.withdrawn.is_some() {
                    Err(reject::ALREADY_WITHDRAWN)
                } else if r.sent_at.is_some() {
                    Err(reject::ALREADY_SENT)
                } else if closed {
                    Err(reject::CASE_CLOSED)
                } else if r.redirect.is_some() && !policy::may(actor.role, Permission::Decide) {
                    // The duty moves by a signature of the head or the deputy.
                    Err(reject::NOT_ALLOWED)
                } else if r.redirect.is_some()
                    && state.as_ref().is_some_and(|s| s.redirected().is_some())
                {
                    Err(reject::REDIRECTED)
                } else if Catalog::shipped().agency(r.agency.as_str()).is_none() {
                    Err(reject::AGENCY_UNKNOWN)
                } else {
                    Ok(())
                }
            }
            Body::ReferralWithdrawn(b) => {
                let r = referral(b.referral_id)?;
                if r.withdrawn.is_some() {
                    Err(reject::ALREADY_WITHDRAWN)
                } else if r.answered.is_some() {
                    Err(reject::ALREADY_ANSWERED)
                } else {
                    Ok(())
                }
            }
            Body::CaseClosed(_) if !state.as_ref().is_some_and(CaseState::is_case) => {
                Err(reject::NOT_A_CASE)
            }
            Body::CaseClosed(_) if closed => Err(reject::CASE_CLOSED),
            Body::CaseClosed(_) if state.as_ref().is_some_and(|s| s.waits_for_second(actor.id)) => {
                Err(reject::NEEDS_SECOND)
            }
            Body::DisputeOpened(b) => {
                referral(b.referral_id)?;
                let two = state.as_ref().is_some_and(|s| s.bounces(b.referral_id).len() >= 2);
                if two { Ok(()) } else { Err(reject::NO_DISPUTE) }
            }
            Body::DisputeSettled(b) => {
                let open = state.as_ref().is_some_and(|s| {
                    s.disputes.iter().any(|d| d.referral == b.referral_id && d.settled.is_none())
                });
                if open { Ok(()) } else { Err(reject::NO_DISPUTE) }
            }
            Body::CaseReopened(_) if !closed => Err(reject::NOT_CLOSED),
            Body::ExtensionDecided(b) => extension_holds(state.as_ref(), b, calendars),
            Body::TaskAssigned(b) => {
                let taken = |s: &CaseState| s.tasks.iter().any(|t| t.id == b.task_id);
                if state.as_ref().is_some_and(taken) { Err(reject::TASK_EXISTS) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

/// Feeds an accepted event of a case enters.
fn feeds(audience: &Audience, event: &Envelope) -> Vec<Scope> {
    match audience.station() {
        Some(station) if planted::is("circle_leaks") => vec![Scope::station(station)],
        _ => audience.of(event),
    }
}

/// The decision starts from other days than the case has.
fn other_days(case: &CaseState, b: &ExtensionDecided) -> bool {
    case.legal_last_day().is_some_and(|day| day != b.previous_due)
        || case.legal_due.is_some_and(|day| day != b.first_due)
}

/// The same by the calendar the decision was taken with. One the region does not know (a newer program)
/// moves a day by some days, never by weeks.
fn other_days_by(case: &CaseState, b: &ExtensionDecided, calendars: &Calendars) -> bool {
    if b.calendar == case.calendar && case.restated.is_empty() {
        return true;
    }
    if let Some(then) = calendars.until(&b.calendar) {
        let mut recounted = case.clone();
        recounted.recount(&Arc::new(then));
        return other_days(&recounted, b);
    }
    let far = |day: Option<NaiveDate>, said: NaiveDate| {
        day.is_some_and(|day| (day - said).num_days().abs() > CALENDARS_DIFFER_DAYS)
    };
    far(case.legal_last_day(), b.previous_due) || far(case.legal_due, b.first_due)
}

/// May this decision on an extension stand? Days off are the desk's business: calendars differ between
/// programs; the ceiling and the day it starts from are not.
fn extension_holds(
    state: Option<&CaseState>,
    b: &ExtensionDecided,
    calendars: &dyn Fn() -> Arc<Calendars>,
) -> Result<(), &'static str> {
    let Some(case) = state.filter(|s| s.is_case()) else { return Err(reject::NOT_A_CASE) };
    if case.closed.is_some() {
        return Err(reject::CASE_CLOSED);
    }
    let moved = other_days(case, b) && other_days_by(case, b, &calendars());
    let until = b.until.filter(|_| b.granted);
    if moved {
        Err(reject::TERM_MOVED)
    } else if b.granted && until.is_none()
        || until.is_some_and(|u| u <= b.previous_due || u > extension_limit(b.first_due))
    {
        Err(reject::TERM_TOO_LONG)
    } else {
        Ok(())
    }
}
