//! What one push or one act of an agency will write, decided in memory before the head row is touched.

use crate::case_view::CaseView;
use crate::region::{Region, failed};
use crate::store::{
    CaseMove, ChainMove, Commit, Committed, CouponRow, FeedMoves, NewEvent, RequestDoc, RequestRow,
    Settled,
};
use chrono::{DateTime, Utc};
use esik_domain::audience::{Audience, referral_of};
use esik_domain::event::Envelope;
use esik_domain::ids::{AgencyCode, CaseId, EventId, Pos, ReferralId, Scope};
use esik_wire::{ApiError, EventHash, Head, SignedEvent, planted};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A coupon's number, at most, in characters: as it is printed.
pub const NUMBER_CHARS_MAX: usize = 40;

/// The coupon an event gave out: of the station's own numbers only, so that nobody answers for another's.
fn coupon_of(e: &Envelope) -> Option<CouponRow> {
    if e.kind != "coupon_issued" {
        return None;
    }
    let text = |field: &str| e.body.get(field)?.as_str().map(str::to_owned);
    // Longer than any printed one, it could not even be kept in an index.
    let number = text("number").filter(|n| n.chars().count() <= NUMBER_CHARS_MAX)?;
    number.strip_prefix("ESK-")?.strip_prefix(e.station_id.as_str())?.strip_prefix('-')?;
    Some(CouponRow { number, case: e.case_id, code: text("code")?, secret: text("secret")? })
}

/// Tries before a push gives up against other writers.
pub const TRIES: u32 = 20;

/// A plan starts at the region's head and gives positions from there.
pub struct Plan<'a> {
    pub(crate) region: &'a Region,
    pub(crate) now: DateTime<Utc>,
    expect: Pos,
    next: u64,
    events: Vec<NewEvent>,
    cases: HashMap<CaseId, CaseView>,
    /// Referrals whose request may look different now.
    touched: BTreeSet<(CaseId, ReferralId)>,
    /// The region's own chain, moved on by what it authors.
    pub(crate) own: (Head, Head),
    /// Events of this push that were refused or set aside.
    pub(crate) refused: HashSet<EventId>,
    /// Events that stood aside until a person decided.
    pub(crate) settled: Vec<Settled>,
    /// What of the order enters other feeds from now on.
    moves: FeedMoves,
    /// What was given back and is set aside.
    pub(crate) given: Vec<ChainMove>,
    /// Agencies somebody of which can sign in here; none = not asked yet.
    pub(crate) served: Option<HashSet<AgencyCode>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn start(region: &'a Region) -> Result<Self, ApiError> {
        let expect = region.head_now().map_err(failed)?;
        let own =
            region.store.device_head(region.row.device, region.row.incarnation).map_err(failed)?;
        Ok(Self {
            region,
            now: region.env.now(),
            expect,
            next: expect.0,
            events: Vec::new(),
            cases: HashMap::new(),
            touched: BTreeSet::new(),
            own: (own, own),
            refused: HashSet::new(),
            settled: Vec::new(),
            moves: FeedMoves::default(),
            given: Vec::new(),
            served: None,
        })
    }

    /// Asks for many cases at once, instead of one after the other when they are decided on.
    pub(crate) fn look_at(&mut self, cases: &[CaseId]) -> Result<(), ApiError> {
        let mut found = self.region.store.cases_events(cases).map_err(failed)?;
        for case in cases {
            let view = CaseView::of(&found.remove(case).unwrap_or_default());
            self.cases.entry(*case).or_insert(view);
        }
        Ok(())
    }

    /// The case as it is in the order, with what this plan already accepted.
    pub(crate) fn case(&mut self, id: CaseId) -> Result<&mut CaseView, ApiError> {
        match self.cases.entry(id) {
            std::collections::hash_map::Entry::Occupied(e) => Ok(e.into_mut()),
            std::collections::hash_map::Entry::Vacant(e) => {
                Ok(e.insert(self.region.case_view(id)?))
            }
        }
    }

    /// Gives the event the next position and its feeds.
    pub(crate) fn accept(
        &mut self,
        envelope: Envelope,
        mut event: SignedEvent,
        hash: EventHash,
    ) -> Result<Pos, ApiError> {
        if planted::is("forwarded_anew") {
            event.e = serde_json::from_str::<serde_json::Value>(&event.e)
                .map_or(event.e, |anew| anew.to_string());
        }
        self.next += 1;
        let pos = Pos(self.next);
        if let Some(id) = referral_of(&envelope) {
            self.touched.insert((envelope.case_id, id));
        }
        let file = envelope
            .body
            .pointer("/file/hash")
            .and_then(|h| h.as_str())
            .filter(|_| matches!(envelope.kind.as_str(), "agency_answered" | "attachment_linked"))
            // What a desk calls an address and is none names no file.
            .filter(|h| h.len() == 64 && h.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
            .map(str::to_owned);
        let coupon = coupon_of(&envelope);
        let (id, case, kind) = (envelope.id, envelope.case_id, envelope.kind.clone());
        let view = self.case(case)?;
        let before = view.audience().clone();
        view.add(envelope, pos);
        let scopes = view.audience_of_last();
        // A case that is opened in a circle was in no other feed. Who opened one is known only now where a region that was set
        // back had something else of it first: then what is restricted becomes his too.
        let (now, opened) = (view.audience(), before.station().is_none());
        let moves = before.circle() != now.circle() && (!opened || kind == "case_restricted")
            || before.author() != now.author() && !opened && !now.circle().is_open();
        if moves {
            self.move_case(case, pos, &before)?;
        }
        self.events.push(NewEvent { pos, id, case, kind, event, hash, scopes, file, coupon });
        Ok(pos)
    }

    /// The case has another circle from this position on: what was in the order of it goes from feed to feed, and each feed
    /// tells so there (docs/adr/0046).
    fn move_case(&mut self, case: CaseId, at: Pos, before: &Audience) -> Result<(), ApiError> {
        let moved = self.case(case)?.moved_since(before);
        let (mut left, mut entered) = (BTreeSet::new(), BTreeSet::new());
        // Also when nothing of it is in the order: a region that was set back may hear of the move first, and desks hold
        // what it lost.
        if before.circle().is_open()
            && let Some(station) = self.case(case)?.station()
        {
            left.insert(Scope::station(station));
        }
        let from = moved.iter().map(|(pos, _, _)| *pos).min().unwrap_or(at);
        for (pos, old, new) in moved {
            // Nobody has read yet what comes in the same commit.
            if let Some(e) = self.events.iter_mut().find(|e| e.pos == pos) {
                e.scopes = new;
                continue;
            }
            let lost = old.iter().filter(|s| !new.contains(s)).cloned();
            let won = new.iter().filter(|s| !old.contains(s)).cloned();
            for scope in lost {
                self.moves.out.push((scope.clone(), pos));
                left.insert(scope);
            }
            for scope in won {
                self.moves.into.push((scope.clone(), pos));
                entered.insert(scope);
            }
        }
        if planted::is("case_left_not_told") {
            left.clear();
        }
        if planted::is("case_entered_not_told") {
            entered.clear();
        }
        let told = left.into_iter().map(|scope| (scope, false));
        for (scope, entered) in told.chain(entered.into_iter().map(|scope| (scope, true))) {
            self.moves.told.push(CaseMove { scope, pos: at, case, from, entered });
        }
        Ok(())
    }

    /// Writes it, durable when `Done`. `Moved` = start again from the new head.
    pub(crate) fn commit(mut self, device: Option<ChainMove>) -> Result<Committed, ApiError> {
        let requests = self.requests()?;
        let region = self.region;
        let mut chains: Vec<ChainMove> = device.into_iter().chain(self.given).collect();
        if self.own.0 != self.own.1 {
            chains.push(ChainMove {
                device: region.row.device,
                incarnation: region.row.incarnation,
                from: self.own.0,
                to: self.own.1,
                verdicts: Vec::new(),
            });
        }
        let commit = Commit {
            expect: self.expect,
            recorded_at: self.now,
            events: self.events,
            chains,
            requests,
            settled: self.settled,
            moves: self.moves,
        };
        let done = region.store.commit(&commit).map_err(failed)?;
        if done == Committed::Done && self.next > self.expect.0 {
            region.saw(Pos(self.next));
            let told = commit.moves.told.iter().map(|m| &m.scope);
            let feeds: HashSet<_> =
                commit.events.iter().flat_map(|e| &e.scopes).chain(told).collect();
            region.news.ring(feeds);
        }
        Ok(done)
    }

    /// Requests of agencies as the fold tells them; a referral that was never sent is none.
    fn requests(&mut self) -> Result<Vec<RequestRow>, ApiError> {
        let touched = std::mem::take(&mut self.touched);
        let mut out = Vec::new();
        let mut folded: Option<(CaseId, Option<esik_domain::case::CaseState>)> = None;
        for (case, id) in touched {
            if folded.as_ref().is_none_or(|(c, _)| *c != case) {
                folded = Some((case, self.case(case)?.state()));
            }
            let Some((_, Some(state))) = &folded else { continue };
            let Some(r) = state.referrals.iter().find(|r| r.id == id) else { continue };
            if r.sent_at.is_some() {
                out.push(RequestRow {
                    referral: id,
                    case,
                    agency: r.agency.clone(),
                    station: state.station.clone(),
                    answer_due: r.answer_due,
                    doc: RequestDoc { referral: r.clone() },
                });
            }
        }
        Ok(out)
    }
}
