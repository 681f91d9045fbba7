//! The region as author: what agencies do becomes events of the region's own chain (`settled.md` 8).

use crate::plan::{Plan, TRIES};
use crate::region::{Region, busy, failed};
use crate::store::{Committed, RequestList};
use esik_domain::calendar::local;
use esik_domain::event::{
    Body, ClockReading, DeliveryByHand, DeliveryDelivered, ENVELOPE_VERSION, Envelope, Role,
};
use esik_domain::ids::{AgencyCode, CaseId, Circle, DeviceSeq, EventId, ReferralId, StationId};
use esik_domain::text::compose;
use esik_wire::{ApiError, ApiErrorCode, Head, SignedEvent};
use serde_json::Map;
use std::sync::PoisonError;

impl Plan<'_> {
    /// Authors one event on the region's chain and accepts it. `on_behalf` names the person or the
    /// rule behind it; the circle is that of what the event is about.
    pub(crate) fn author(
        &mut self,
        case: CaseId,
        body: &Body,
        on_behalf: String,
    ) -> Result<EventId, ApiError> {
        let internal = |e: String| {
            tracing::error!(error = e, "the region could not author an event");
            ApiError::new(ApiErrorCode::Internal)
        };
        if !body.region_only() {
            return Err(internal(format!("{} is not the region's to author", body.kind())));
        }
        let region = self.region;
        let station = self.case(case)?.station().cloned();
        let id = EventId(region.env.uuid());
        let mut envelope = Envelope {
            v: ENVELOPE_VERSION,
            id,
            case_id: case,
            device_id: region.row.device,
            incarnation: region.row.incarnation,
            device_seq: DeviceSeq(self.own.1.seq + 1),
            prev: self.own.1.hash.hex(),
            actor_id: region.actor(),
            role: Role::Region,
            station_id: station.unwrap_or_else(|| StationId::from("")),
            kind: body.kind().to_owned(),
            version: 1,
            critical: body.critical(),
            occurred_at: self.now,
            clock: Some(ClockReading { offset_ms: 0, age_s: 0 }),
            base: None,
            circle: Circle::open(),
            on_behalf: Some(on_behalf),
            body: body.to_value().map_err(|e| internal(e.to_string()))?,
        };
        compose(&mut envelope.body);
        envelope.circle = self.case(case)?.circle_of(&envelope);
        let event =
            SignedEvent::sign(&envelope, &region.key).map_err(|e| internal(e.to_string()))?;
        let hash = event.hash();
        self.own.1 = Head { seq: envelope.device_seq.0, hash };
        self.accept(envelope, event, hash)?;
        Ok(id)
    }
}

/// The only channel of this version: the agency's page on the region's server.
const PORTAL: &str = "portal";
/// The rule by which requests go there or not.
const BY_PORTAL: &str = "rule:portal";
/// Requests that are delivered by one commit.
const AT_ONCE: usize = 50;
/// Requests looked at in one question.
const PAGE: u32 = 200;

impl Plan<'_> {
    /// Hands a sent referral to its agency's channel; where nobody of the agency works here, tells the station that it
    /// hands the request over itself (docs/adr/0052).
    pub(crate) fn deliver(&mut self, case: CaseId, referral: ReferralId) -> Result<(), ApiError> {
        let agency = self.case(case)?.agency_of(referral);
        let served = match agency {
            Some(agency) => self.has_clerk(&agency)?,
            None => false,
        };
        if served {
            return self.delivered(case, referral);
        }
        let body = Body::DeliveryByHand(DeliveryByHand { referral_id: referral, more: Map::new() });
        self.author(case, &body, BY_PORTAL.to_owned()).map(|_| ())
    }

    fn delivered(&mut self, case: CaseId, referral: ReferralId) -> Result<(), ApiError> {
        let body = Body::DeliveryDelivered(DeliveryDelivered {
            referral_id: referral,
            channel: PORTAL.to_owned(),
            more: Map::new(),
        });
        self.author(case, &body, BY_PORTAL.to_owned()).map(|_| ())
    }

    /// Has the agency somebody who can sign in here? Asked once a plan.
    fn has_clerk(&mut self, agency: &AgencyCode) -> Result<bool, ApiError> {
        if self.served.is_none() {
            let clerks = self.region.store.clerks().map_err(failed)?;
            let open = clerks.into_iter().filter(|c| !c.revoked).map(|c| c.agency);
            self.served = Some(open.collect());
        }
        Ok(self.served.as_ref().is_some_and(|served| served.contains(agency)))
    }
}

impl Region {
    /// Hands an agency's channel what it never got because nobody of it could sign in; who handed it over meanwhile is
    /// not forgotten.
    pub(crate) fn deliver_waiting(&self, agency: &AgencyCode) -> Result<(), ApiError> {
        let today = local(self.env.now()).date_naive();
        let mut waiting = Vec::new();
        for list in [RequestList::New, RequestList::Work] {
            for page in 0.. {
                let rows = self
                    .store
                    .requests(agency.as_str(), list, today, PAGE, page * PAGE)
                    .map_err(failed)?;
                let last = rows.len() < PAGE as usize;
                let by_hand = rows.into_iter().filter(|r| r.doc.referral.by_hand.is_some());
                waiting.extend(by_hand.map(|r| (r.case, r.referral)));
                if last {
                    break;
                }
            }
        }
        for some in waiting.chunks(AT_ONCE) {
            self.deliver_these(some)?;
        }
        Ok(())
    }

    fn deliver_these(&self, requests: &[(CaseId, ReferralId)]) -> Result<(), ApiError> {
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            let mut plan = Plan::start(self)?;
            for (case, referral) in requests {
                let state = plan.case(*case)?.state();
                let waits = state.is_some_and(|s| {
                    s.referrals.iter().any(|r| r.id == *referral && r.by_hand.is_some())
                });
                if waits {
                    plan.delivered(*case, *referral)?;
                }
            }
            if plan.commit(None)? == Committed::Done {
                return Ok(());
            }
        }
        Err(busy(2))
    }
}
