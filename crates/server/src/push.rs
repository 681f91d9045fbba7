//! `push`: a verdict for every event of a segment; one bad event never stops the others.
//!
//! Everything that can be checked without the order (limits, chain, signatures) is checked before it;
//! rights and decisions are checked against the case as the order has it; then one commit.

use crate::codes::{quarantine as q, reject};
use crate::hole::{self, Lost};
use crate::plan::{Plan, TRIES};
use crate::region::{Region, bad_request, busy, failed};
use crate::store::{ChainMove, Committed, DeviceRow, Kept, LogRow, NewVerdict, OfficerRow};
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use esik_domain::calendars::Calendars;
use esik_domain::event::{Body, ClockCorrected, Envelope, KINDS};
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos};
use esik_domain::moments;
use esik_domain::policy::{self, Actor};
use esik_domain::training::PRACTICE_STATION;
use esik_wire::{
    ApiError, ApiErrorCode, EventHash, EventVerdict, Head, PushResponse, SEGMENT_BYTES_MAX,
    SEGMENT_EVENTS_MAX, Segment, SignedEvent, SigningError, Verdict, frame, planted, signed,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

/// An event of the segment with what is known of it before the order is looked at.
pub(crate) struct Item {
    pub(crate) event: SignedEvent,
    pub(crate) hash: EventHash,
    pub(crate) envelope: Option<Envelope>,
    pub(crate) fault: Option<&'static str>,
}

impl Region {
    /// Takes a segment. See `esik_wire::Segment` for its limits.
    ///
    /// # Errors
    /// `gap` with the expected sequence, `fork`, `history_diverged`, `unauthorised`, `bad_request`,
    /// `busy`, `quota` with the seconds until tomorrow. A bad event is not an error but a verdict.
    pub async fn push(
        self: &Arc<Self>,
        device: DeviceId,
        segment: Segment,
    ) -> Result<PushResponse, ApiError> {
        self.push_in_turn(device, move || Ok(segment)).await
    }

    /// Takes a segment as it came over the line. It is read when its turn has come: of three hundred desks that
    /// push at once all but some wait as the compressed bytes they sent.
    ///
    /// # Errors
    /// As [`Region::push`].
    pub async fn push_sent(
        self: &Arc<Self>,
        device: DeviceId,
        body: Bytes,
    ) -> Result<PushResponse, ApiError> {
        self.push_in_turn(device, move || frame::decode_request(&body).map_err(|_| bad_request()))
            .await
    }

    async fn push_in_turn(
        self: &Arc<Self>,
        device: DeviceId,
        segment: impl FnOnce() -> Result<Segment, ApiError> + Send + 'static,
    ) -> Result<PushResponse, ApiError> {
        let ended = self.in_turn(device, move |region| region.push_now(device, segment()?)).await;
        self.meters.push(&ended);
        ended
    }

    pub(crate) fn push_now(&self, id: DeviceId, s: Segment) -> Result<PushResponse, ApiError> {
        // A revoked device may still deliver: its work is set aside, not lost (reliability.md S14).
        let device = self
            .store
            .device(id)
            .map_err(failed)?
            .ok_or_else(|| ApiError::new(ApiErrorCode::Unauthorised))?;
        check_shape(id, &s)?;
        if s.epoch != self.row.epoch {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        if s.events.is_empty() {
            let acked = self.store.device_head(id, s.incarnation).map_err(failed)?;
            return Ok(PushResponse { verdicts: Vec::new(), acked });
        }
        let key = signed::key_from_text(&device.key)
            .map_err(|_| ApiError::new(ApiErrorCode::Unauthorised))?;
        signed::verify_head(&key, &s.head, &s.head_sig).map_err(|_| bad_request())?;
        let mut items = read(s.events);
        if items.last().map(|i| i.hash) != Some(s.head) {
            return Err(bad_request());
        }
        let officers = self.check_signatures(&mut items)?;
        let behind = s
            .behind
            .map(|hole| hole::read(hole, id, s.branch_of, s.first_seq, &key))
            .transpose()?;
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            let push = Push {
                device: &device,
                incarnation: s.incarnation,
                branch_of: s.branch_of,
                behind: behind.as_ref(),
                first: s.first_seq,
                items: &items,
                officers: &officers,
            };
            if let Some(done) = push.decide(self)? {
                return Ok(done);
            }
        }
        Err(busy(2))
    }

    /// Verifies all officers' signatures in one batch; only when it fails, one by one.
    pub(crate) fn check_signatures(
        &self,
        items: &mut [Item],
    ) -> Result<HashMap<OfficerId, OfficerRow>, ApiError> {
        let ids: HashSet<OfficerId> =
            items.iter().filter_map(|i| i.envelope.as_ref()).map(|e| e.actor_id).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let officers: HashMap<OfficerId, OfficerRow> = self
            .store
            .officers(&ids)
            .map_err(failed)?
            .into_iter()
            .map(|o| (o.card.id, o))
            .collect();
        let keys: HashMap<OfficerId, VerifyingKey> = officers
            .iter()
            .filter_map(|(id, o)| Some((*id, signed::key_from_text(&o.card.key).ok()?)))
            .collect();
        let key_of = |i: &Item| i.envelope.as_ref().and_then(|e| keys.get(&e.actor_id)).copied();
        let batch: Vec<(&SignedEvent, VerifyingKey)> =
            items.iter().filter_map(|i| Some((&i.event, key_of(i)?))).collect();
        let all_good = signed::verify_batch(&batch);
        for item in items.iter_mut().filter(|i| i.fault.is_none()) {
            item.fault = match key_of(item) {
                None => Some(q::UNKNOWN_OFFICER),
                Some(key) if !all_good && item.event.verify(&key).is_err() => {
                    Some(q::BAD_SIGNATURE)
                }
                Some(_) => None,
            };
        }
        Ok(officers)
    }
}

/// Cases that a segment speaks of, each once.
fn cases(items: &[Item]) -> Vec<CaseId> {
    let mut seen = HashSet::new();
    let named = items.iter().filter_map(|i| i.envelope.as_ref()).map(|e| e.case_id);
    named.filter(|case| seen.insert(*case)).collect()
}

/// Bytes of events as they were signed.
pub(crate) fn bytes(items: &[Item]) -> usize {
    items.iter().map(|i| i.event.e.len() + i.event.s.len()).sum()
}

fn check_shape(id: DeviceId, s: &Segment) -> Result<(), ApiError> {
    let bytes: usize = s.events.iter().map(|e| e.e.len() + e.s.len()).sum();
    let last = s.first_seq.checked_add(s.events.len() as u64).and_then(|n| i64::try_from(n).ok());
    if s.device_id != id
        || s.incarnation == 0
        || s.branch_of.is_some_and(|of| of == 0 || of >= s.incarnation)
        || s.first_seq == 0
        || last.is_none()
        || s.events.len() > SEGMENT_EVENTS_MAX
        || bytes > SEGMENT_BYTES_MAX
    {
        return Err(bad_request());
    }
    Ok(())
}

pub(crate) fn read(events: Vec<SignedEvent>) -> Vec<Item> {
    events
        .into_iter()
        .map(|event| {
            let hash = event.hash();
            let (envelope, fault) = match event.received() {
                Ok(e) => (Some(e), None),
                Err(SigningError::TooLarge) => (None, Some(q::TOO_LARGE)),
                Err(SigningError::Limits(_)) => (None, Some(q::LIMITS)),
                Err(_) => (None, Some(q::UNREADABLE)),
            };
            Item { event, hash, envelope, fault }
        })
        .collect()
}

/// One segment while it is decided.
pub(crate) struct Push<'a> {
    pub(crate) device: &'a DeviceRow,
    pub(crate) incarnation: u32,
    /// The life the events name, when they are a branch that goes on as another one.
    pub(crate) branch_of: Option<u32>,
    /// What is lost before the first event, when the desk says so.
    pub(crate) behind: Option<&'a Lost>,
    pub(crate) first: u64,
    pub(crate) items: &'a [Item],
    pub(crate) officers: &'a HashMap<OfficerId, OfficerRow>,
}

impl Push<'_> {
    /// `None` = the order moved meanwhile, decide again.
    fn decide(&self, region: &Region) -> Result<Option<PushResponse>, ApiError> {
        let held = region.store.device_head(self.device.id, self.incarnation).map_err(failed)?;
        let (from, lost) = self.starts_at(region, held)?;
        if self.first > from.seq + 1 {
            if self.frozen() {
                // More of a branch that is kept aside.
                return Err(self.fork(region, self.items, None)?);
            }
            // Is it the desk that left something out, or the database that forgot?
            region.head_now().map_err(failed)?;
            return Err(ApiError {
                expected: Some(from.seq + 1),
                ..ApiError::new(ApiErrorCode::Gap)
            });
        }
        let old = usize::try_from(from.seq + 1 - self.first).unwrap_or(usize::MAX);
        let old = if planted::is("repeated_is_new") { 0 } else { old };
        let (old, new) = self.items.split_at(old.min(self.items.len()));
        let mut verdicts = self.repeated(region, old)?;
        let Some(first_new) = new.first() else {
            return Ok(Some(PushResponse { verdicts, acked: from }));
        };
        if planted::is("ack_before_commit") && new.len() > 1 {
            let seq = from.seq + new.len() as u64;
            let hash = new.last().map_or(from.hash, |i| i.hash);
            let held = |(at, i): (u64, &Item)| EventVerdict {
                id: i.envelope.as_ref().map(|e| e.id),
                seq: at,
                verdict: Verdict::Accepted {
                    pos: esik_domain::ids::Pos(at),
                    recorded_at: region.env.now(),
                },
            };
            verdicts.extend((from.seq + 1..).zip(new).map(held));
            return Ok(Some(PushResponse { verdicts, acked: Head { seq, hash } }));
        }
        let follows = planted::is("fork_taken")
            || first_new.envelope.as_ref().is_none_or(|e| e.prev == from.hash.hex());
        let now = region.env.now();
        region.quota.room_for_events(self.device.id, now)?;
        if self.frozen() || !follows {
            let differs = (!follows).then_some(from.seq + 1);
            return Err(self.fork(region, new, differs)?);
        }
        let known = self.known(region, new)?;
        let mut plan = Plan::start(region)?;
        plan.look_at(&cases(new))?;
        let mut kept = Vec::with_capacity(new.len() + 1);
        kept.extend(lost);
        let mut seen: HashSet<EventId> = HashSet::new();
        let mut prev = from;
        for item in new {
            let seq = prev.seq + 1;
            let id = item.envelope.as_ref().map(|e| e.id);
            let fault = item.fault.or_else(|| self.chain_fault(item, prev)).or_else(|| {
                id.filter(|_| !planted::is("id_used_twice"))
                    .filter(|i| !seen.insert(*i) || known.get(i).is_some_and(|k| k.1 != item.hash))
                    .map(|_| q::ID_REUSED)
            });
            // Another desk gave it back to a restored region before its author came.
            let there = id
                .and_then(|i| known.get(&i))
                .filter(|(_, hash)| fault.is_none() && *hash == item.hash);
            let fault = fault.or_else(|| self.standing_fault(item).filter(|_| there.is_none()));
            let is = match (fault, &item.envelope) {
                (Some(code), _) => Kept::Quarantined(code.to_owned()),
                (None, None) => Kept::Quarantined(q::UNREADABLE.to_owned()),
                (None, Some(e)) => match there {
                    Some((pos, _)) => Kept::Accepted(*pos),
                    None => self.judge(&mut plan, item, e)?,
                },
            };
            let at = match (there, &item.envelope) {
                (Some((pos, _)), Some(e)) => self.recorded(region, e.case_id, *pos)?,
                _ => plan.now,
            };
            verdicts.push(EventVerdict { id, seq, verdict: verdict(&is, at, there.is_some()) });
            if !matches!(is, Kept::Accepted(_)) {
                plan.refused.extend(id);
            }
            let cut = planted::is("refused_cuts_batch") && !matches!(is, Kept::Accepted(_));
            let aside = (!matches!(is, Kept::Accepted(_))).then(|| item.event.clone());
            kept.push(NewVerdict { seq, id, hash: item.hash, kept: is, aside });
            prev = Head { seq, hash: item.hash };
            if cut {
                break;
            }
        }
        let chain = ChainMove {
            device: self.device.id,
            incarnation: self.incarnation,
            from: held,
            to: prev,
            verdicts: kept,
        };
        Ok(match plan.commit(Some(chain))? {
            Committed::Done => {
                region.quota.events(self.device.id, now, new.len(), bytes(new));
                Some(PushResponse { verdicts, acked: prev })
            }
            Committed::Moved => None,
        })
    }

    /// Verdicts given before, said again; other bytes under a sequence are a fork.
    fn repeated(&self, region: &Region, old: &[Item]) -> Result<Vec<EventVerdict>, ApiError> {
        if old.is_empty() {
            return Ok(Vec::new());
        }
        let to = self.first + old.len() as u64 - 1;
        let log = region
            .store
            .verdicts(self.device.id, self.incarnation, self.first, to)
            .map_err(failed)?;
        let alike = log.iter().zip(old).take_while(|(l, i)| l.hash == i.hash).count();
        if alike != old.len() && !planted::is("other_bytes_are_a_duplicate") {
            let differs = Some(self.first + alike as u64);
            // What both copies sent is in the order; the branch is what follows.
            return Err(self.fork(region, self.items.get(alike..).unwrap_or_default(), differs)?);
        }
        let again = |l: LogRow| EventVerdict {
            id: l.id,
            seq: l.seq,
            verdict: verdict(&l.kept, l.recorded_at, true),
        };
        Ok(log.into_iter().map(again).collect())
    }

    /// After a fork the newest life has to join again; what an earlier one, the other copy, still sends in its own
    /// chain is taken.
    fn frozen(&self) -> bool {
        self.device.frozen
            && (self.incarnation >= self.device.incarnation || self.branch_of.is_some())
    }

    /// Two copies of the device live: this branch is kept aside, and the device may not push. When the device has
    /// joined again already, only this copy of it is told.
    fn fork(
        &self,
        region: &Region,
        branch: &[Item],
        differs: Option<u64>,
    ) -> Result<ApiError, ApiError> {
        let freeze = self.incarnation >= self.device.incarnation;
        tracing::error!(device = %self.device.id, freeze, "two copies of a device live");
        let size = bytes(branch);
        // What came by another copy of the branch is in the order already.
        let known = self.known(region, branch)?;
        let there = |i: &Item| {
            let here = i.envelope.as_ref().and_then(|e| known.get(&e.id));
            here.is_some_and(|(_, hash)| *hash == i.hash)
        };
        let branch: Vec<_> =
            branch.iter().filter(|i| !there(i)).map(|i| (i.hash, i.event.clone())).collect();
        let now = region.env.now();
        region.quota.room_for_events(self.device.id, now)?;
        region.quota.events(self.device.id, now, branch.len(), size);
        region.store.keep_branch(self.device.id, &branch, freeze, now).map_err(failed)?;
        Ok(ApiError { expected: differs, ..ApiError::new(ApiErrorCode::Fork) })
    }

    fn known(
        &self,
        region: &Region,
        new: &[Item],
    ) -> Result<HashMap<EventId, (Pos, EventHash)>, ApiError> {
        let ids: Vec<EventId> =
            new.iter().filter_map(|i| i.envelope.as_ref()).map(|e| e.id).collect();
        region.store.known(&ids).map_err(failed)
    }

    /// When an event of the order was recorded.
    fn recorded(&self, region: &Region, case: CaseId, pos: Pos) -> Result<DateTime<Utc>, ApiError> {
        let all = region.store.case_events(case).map_err(failed)?;
        let found = all.iter().find(|e| e.pos == pos).map(|e| e.recorded_at);
        Ok(found.unwrap_or_else(|| region.env.now()))
    }

    fn chain_fault(&self, item: &Item, prev: Head) -> Option<&'static str> {
        let e = item.envelope.as_ref()?;
        let fits = planted::is("fork_taken")
            || e.device_id == self.device.id
                && e.incarnation == self.branch_of.unwrap_or(self.incarnation)
                && e.device_seq.0 == prev.seq + 1
                && e.prev == prev.hash.hex();
        (!fits).then_some(q::BROKEN_CHAIN)
    }

    pub(crate) fn standing_fault(&self, item: &Item) -> Option<&'static str> {
        if self.device.revoked {
            return Some(q::DEVICE_REVOKED);
        }
        let officer = self.officers.get(&item.envelope.as_ref()?.actor_id)?;
        officer.card.revoked.then_some(q::OFFICER_REVOKED)
    }

    /// Rights and rules, on an event whose author is proven.
    pub(crate) fn judge(
        &self,
        plan: &mut Plan<'_>,
        item: &Item,
        e: &Envelope,
    ) -> Result<Kept, ApiError> {
        let reject = |code: &str| Ok(Kept::Rejected(code.to_owned()));
        let Some(officer) = self.officers.get(&e.actor_id).map(|o| &o.card) else {
            return Ok(Kept::Quarantined(q::UNKNOWN_OFFICER.to_owned()));
        };
        if e.station_id.as_str() == PRACTICE_STATION {
            return reject(reject::PRACTICE);
        }
        if e.station_id != self.device.station || officer.station != self.device.station {
            return reject(reject::FOREIGN_STATION);
        }
        // The registered role decides; nobody claims another one, nor to be the region.
        let listed = KINDS.iter().any(|(kind, _, _)| *kind == e.kind);
        // What a newer program means by its kinds and its roles is judged when this one knows them too.
        let judged = listed && officer.role.is_known();
        let may = !judged || policy::may_author(officer.role, &e.kind);
        if !may || e.role != officer.role || e.on_behalf.is_some() {
            return reject(reject::NOT_ALLOWED);
        }
        let body = e.read_body();
        // A newer kind or version is a fact to keep; a kind we know that cannot be read is not.
        if judged && e.version == 1 && matches!(body, Body::Unknown { .. }) {
            return Ok(Kept::Quarantined(q::UNREADABLE.to_owned()));
        }
        let actor = Actor { id: officer.id, role: officer.role, circles: officer.circles.clone() };
        let region = plan.region;
        if let Some(kept) = base_fault(plan, e)? {
            return Ok(kept);
        }
        let view = plan.case(e.case_id)?;
        let calendars = || region.calendars().unwrap_or_else(|_| Calendars::shipped());
        if let Err(code) = view
            .check_place(&actor, e)
            .and_then(|()| view.check_decision(&actor, &body, &calendars))
        {
            return reject(code);
        }
        if let Body::ClockCorrected(b) = &body
            && !moments_hold(region, e, b)?
        {
            return reject(reject::MOMENT_IMPOSSIBLE);
        }
        let pos = plan.accept(e.clone(), item.event.clone(), item.hash)?;
        if let Body::ReferralSent(b) = body {
            plan.deliver(e.case_id, b.referral_id)?;
        }
        Ok(Kept::Accepted(pos))
    }
}

/// What stands against the event that this one rests on (`reliability.md` S11, adr/0030). One the region has never heard
/// of is waited for in every fold: another desk may give it back to a region that was restored.
fn base_fault(plan: &mut Plan<'_>, e: &Envelope) -> Result<Option<Kept>, ApiError> {
    let Some(base) = e.base else { return Ok(None) };
    match plan.case(e.case_id)?.check_base(e, base) {
        Some(Ok(())) => return Ok(None),
        Some(Err(code)) => return Ok(Some(Kept::Rejected(code.to_owned()))),
        None => {}
    }
    let refused =
        plan.refused.contains(&base) || plan.region.store.is_refused(base).map_err(failed)?;
    Ok(refused.then(|| Kept::Quarantined(q::BASE_REFUSED.to_owned())))
}

/// A correction never makes an event later than the region had it. What comes in the same push is not in the order yet:
/// then only now limits it.
fn moments_hold(region: &Region, e: &Envelope, b: &ClockCorrected) -> Result<bool, ApiError> {
    let there: HashMap<EventId, (DeviceId, DateTime<Utc>)> = region
        .store
        .case_events(e.case_id)
        .map_err(failed)?
        .into_iter()
        .filter_map(|s| {
            let event = s.event.envelope().ok()?;
            Some((event.id, (event.device_id, s.recorded_at)))
        })
        .collect();
    Ok(moments::holds(e, b, |id| there.get(&id).copied(), region.env.now()))
}

fn verdict(kept: &Kept, recorded_at: chrono::DateTime<chrono::Utc>, again: bool) -> Verdict {
    match kept {
        Kept::Accepted(pos) if again => Verdict::Duplicate { pos: *pos, recorded_at },
        Kept::Accepted(pos) => Verdict::Accepted { pos: *pos, recorded_at },
        Kept::Quarantined(code) => Verdict::Quarantined { code: code.clone() },
        Kept::Rejected(code) => Verdict::Rejected { code: code.clone() },
    }
}
