//! What stands around every event: who, when, where in which chain; and how large it may be.

use super::{Body, Role};
use crate::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, StationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Version of the envelope's shape; a reader keeps and forwards what it does not know.
pub const ENVELOPE_VERSION: u16 = 1;
/// An event's signed bytes, at most, in bytes (`settled.md` 13).
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// A text inside an event, at most, in bytes; longer ones are refused before they are typed away.
pub const TEXT_BYTES_MAX: usize = 48 * 1024;

/// What the device knew about its clock when the event was saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClockReading {
    /// Region time minus device time, in milliseconds, measured at the last `hello`.
    pub offset_ms: i64,
    /// Seconds since that measurement.
    pub age_s: u64,
}

/// An event as it is signed: these exact bytes are stored and forwarded for ever.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Envelope {
    /// Version of this shape.
    pub v: u16,
    /// Made on the device; the key of idempotence.
    pub id: EventId,
    /// The stream: a case, or a visit that never became one.
    pub case_id: CaseId,
    /// The device that saved it.
    pub device_id: DeviceId,
    /// Which life of the device (a restored or cloned device starts a new one).
    pub incarnation: u32,
    /// Gap-free from 1 per device and incarnation.
    pub device_seq: DeviceSeq,
    /// Hash of this device's previous event, hex; 64 zeros for the first.
    pub prev: String,
    /// Who did it.
    pub actor_id: OfficerId,
    /// In which role (claimed; the server checks).
    pub role: Role,
    /// At which station (claimed; the server checks).
    pub station_id: StationId,
    /// See [`Body`]; unknown kinds are kept.
    pub kind: String,
    /// Version of the body of this kind.
    pub version: u16,
    /// An unknown critical kind makes the case read-only at this reader.
    pub critical: bool,
    /// Device time, offset-corrected; starts legal clocks, never decides order.
    pub occurred_at: DateTime<Utc>,
    /// What was known of the clock; absent = never measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockReading>,
    /// The event this one amends or decides upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<EventId>,
    /// Who may know that this event exists.
    #[serde(default, skip_serializing_if = "Circle::is_open")]
    pub circle: Circle,
    /// The person behind an event the region authored (clerk's login, applicant, rule name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<String>,
    /// The content; unknown fields are kept.
    pub body: Value,
}

impl Envelope {
    /// The content by kind; of an author whose role nobody here knows, none.
    #[must_use]
    pub fn read_body(&self) -> Body {
        if self.role.is_known() {
            Body::read(&self.kind, self.version, &self.body)
        } else {
            Body::Unknown { kind: self.kind.clone(), body: self.body.clone() }
        }
    }
}
