//! The region as author: what agencies do becomes events of the region's own chain (`settled.md` 8).

use crate::plan::Plan;
use esik_domain::event::{Body, ClockReading, DeliveryDelivered, ENVELOPE_VERSION, Envelope, Role};
use esik_domain::ids::{CaseId, Circle, DeviceSeq, EventId, ReferralId, StationId};
use esik_domain::text::compose;
use esik_wire::{ApiError, ApiErrorCode, Head, SignedEvent};
use serde_json::Map;

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

impl Plan<'_> {
    /// Hands a sent referral to its agency's channel.
    pub(crate) fn deliver(&mut self, case: CaseId, referral: ReferralId) -> Result<(), ApiError> {
        let body = Body::DeliveryDelivered(DeliveryDelivered {
            referral_id: referral,
            channel: PORTAL.to_owned(),
            more: Map::new(),
        });
        self.author(case, &body, "rule:portal".to_owned()).map(|_| ())
    }
}
