//! A desk's log of one case, written line by line as kinds and JSON.
#![allow(dead_code, reason = "each test file uses what it needs")]

use chrono::{DateTime, Duration, Utc};
use esik_domain::case::CaseState;
use esik_domain::event::{Body, ENVELOPE_VERSION, Envelope, Role};
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, Pos};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone)]
pub struct Log {
    entries: Vec<Entry>,
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

impl Log {
    pub fn empty() -> Self {
        Self { entries: Vec::new() }
    }

    pub fn stand_last(&mut self, standing: Standing) {
        self.entries.last_mut().unwrap().standing = standing;
    }

    /// A visit that has not become a case.
    pub fn visited() -> Self {
        let mut log = Self { entries: Vec::new() };
        log.add("visit_noted", json!({ "channel": "front_office", "language": "ru" }));
        log
    }

    /// A case with one issue, whose term of law ends on 10 December 2026.
    pub fn opened() -> Self {
        let mut log = Self::visited();
        log.add(
            "case_opened",
            json!({ "number": "ESK-07-2026-1", "title": "Нет отопления", "narrative": "Второй день",
                "appeal_kind": "message", "legal_due": "2026-12-10", "calendar": "2026-1" }),
        );
        log.add("issue_added", json!({ "issue_id": id(5), "category": "ZKH-01" }));
        log
    }

    /// A referral that the region handed over.
    pub fn referred(mut self, n: u128, agency: &str) -> Self {
        self.refer(n, agency, json!({}));
        self
    }

    pub fn refer(&mut self, n: u128, agency: &str, more: Value) {
        self.draft(n, agency, more);
        self.add("referral_sent", json!({ "referral_id": id(n) }));
    }

    /// A referral that is written and has not left.
    pub fn draft(&mut self, n: u128, agency: &str, more: Value) {
        let mut body = json!({ "referral_id": id(n), "agency": agency, "text": "прошу",
            "answer_due": "2026-11-23", "ack_wd": 1 });
        for (k, v) in more.as_object().unwrap() {
            body[k] = v.clone();
        }
        self.add("referral_drafted", body);
    }

    /// An event about a referral.
    pub fn of(&mut self, n: u128, kind: &str, mut body: Value) -> EventId {
        body["referral_id"] = json!(id(n));
        self.add(kind, body)
    }

    pub fn add(&mut self, kind: &str, body: Value) -> EventId {
        let pos = Pos(self.entries.len() as u64 + 1);
        self.put(kind, body, Standing::Accepted(pos))
    }

    pub fn add_unsent(&mut self, kind: &str, body: Value) -> EventId {
        self.put(kind, body, Standing::Unsent)
    }

    /// The same by another officer.
    pub fn add_by(&mut self, officer: u128, kind: &str, body: Value) -> EventId {
        let event = self.add(kind, body);
        self.entries.last_mut().unwrap().event.actor_id = OfficerId(id(officer));
        event
    }

    /// The last event was written by a clock that showed this.
    pub fn last_at(&mut self, at: &str) -> EventId {
        let last = &mut self.entries.last_mut().unwrap().event;
        last.occurred_at = at.parse().unwrap();
        last.id
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The last event was written by somebody who saw an older value.
    pub fn rebase_last(&mut self, base: EventId) -> EventId {
        let last = &mut self.entries.last_mut().unwrap().event;
        last.base = Some(base);
        last.id
    }

    /// The last event is of this kind, whatever it says.
    pub fn call_last(&mut self, kind: &str) {
        self.entries.last_mut().unwrap().event.kind = kind.to_owned();
    }

    /// The last event is in a circle.
    pub fn restrict_last(&mut self, circle: &str) {
        self.entries.last_mut().unwrap().event.circle = Circle(circle.to_owned());
    }

    pub fn refuse_last(&mut self, code: &str) {
        self.entries.last_mut().unwrap().standing = Standing::Refused(code.to_owned());
    }

    pub fn case(&self) -> CaseState {
        fold(&self.entries).unwrap()
    }

    fn put(&mut self, kind: &str, body: Value, standing: Standing) -> EventId {
        let n = self.entries.len() as u64 + 1;
        let read = Body::read(kind, 1, &body);
        assert!(!matches!(read, Body::Unknown { .. }), "{kind} cannot be read from {body}");
        let start: DateTime<Utc> = "2026-11-20T05:00:00Z".parse().unwrap();
        let event = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId(id(u128::from(n))),
            case_id: CaseId(id(900)),
            device_id: DeviceId(id(901)),
            incarnation: 1,
            device_seq: DeviceSeq(n),
            prev: String::new(),
            actor_id: OfficerId(id(902)),
            role: if read.region_only() { Role::Region } else { Role::Head },
            station_id: "07".into(),
            kind: kind.to_owned(),
            version: 1,
            critical: read.critical(),
            occurred_at: start + Duration::minutes(i64::try_from(n).unwrap()),
            clock: None,
            base: None,
            circle: Circle::open(),
            on_behalf: None,
            body,
        };
        let event_id = event.id;
        self.entries.push(Entry { event, standing });
        event_id
    }
}
