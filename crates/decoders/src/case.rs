//! Signed events and the histories they make.

use crate::text;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::calendars::Calendars;
use esik_domain::event::{ENVELOPE_VERSION, Envelope, Role};
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, Pos};
use esik_domain::policy::may_author;
use esik_wire::SignedEvent;
use serde_json::Value;
use uuid::Uuid;

/// An event as it travels: its exact text.
pub fn event(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let signed = SignedEvent { e: text.to_owned(), s: text.chars().take(88).collect() };
    let _ = signed.signature();
    assert_eq!(signed.hash(), esik_wire::signed::hash_bytes(bytes));
    let Ok(envelope) = signed.envelope() else { return };
    let body = envelope.read_body();
    assert_eq!(body.kind(), envelope.kind, "a kind is never taken for another");
    if let Ok(value) = body.to_value() {
        let again = Envelope { body: value, ..envelope.clone() }.read_body();
        assert!(again == body, "what was read is written and read again as the same");
    }
    // A desk that forwards it writes it anew only by signing: it must be able to.
    let key = SigningKey::from_bytes(&[7; 32]);
    if let Ok(again) = SignedEvent::sign(&envelope, &key) {
        assert!(again.verify(&key.verifying_key()).is_ok());
        assert!(again.envelope().is_ok_and(|e| e == envelope));
    }
    let entry = Entry { event: envelope, standing: Standing::Accepted(Pos(1)) };
    told(&[entry]);
}

/// A history of a case: `+kind {body}` a line; `+` accepted, `-` unsent, `!` refused. A second sign tells who.
pub fn history(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let entries: Vec<Entry> =
        text.lines().take(200).zip(1u32..).filter_map(|(line, n)| entry(line, n)).collect();
    told(&entries);
}

fn entry(line: &str, n: u32) -> Option<Entry> {
    let (standing, line) = match line.split_at_checked(1)? {
        ("+", line) => (Standing::Accepted(Pos(u64::from(n))), line),
        ("-", line) => (Standing::Unsent, line),
        ("!", line) => (Standing::Refused("rights".to_owned()), line),
        _ => return None,
    };
    let (actor, line) = match line.split_at_checked(1)? {
        ("@", line) => (2, line),
        _ => (1, line),
    };
    let (kind, body) = line.split_once(' ').unwrap_or((line, "{}"));
    let body: Value = serde_json::from_str(body).ok()?;
    let id = Uuid::from_u128(u128::from(n));
    let event = Envelope {
        v: ENVELOPE_VERSION,
        id: EventId(id),
        case_id: CaseId(Uuid::from_u128(1)),
        device_id: DeviceId(Uuid::from_u128(9)),
        incarnation: 1,
        device_seq: DeviceSeq(u64::from(n)),
        prev: String::new(),
        actor_id: OfficerId(Uuid::from_u128(actor)),
        // What only the region may write acts only as its word.
        role: if may_author(Role::Region, kind) { Role::Region } else { Role::Officer },
        station_id: "07".into(),
        kind: kind.to_owned(),
        version: 1,
        critical: kind.ends_with('!'),
        occurred_at: start() + TimeDelta::minutes(i64::from(n)),
        clock: None,
        base: body.get("base").and_then(Value::as_str).and_then(|b| b.parse().ok()),
        circle: Circle::open(),
        on_behalf: None,
        body,
    };
    Some(Entry { event, standing })
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default()
}

/// Everything the desk tells of a case.
fn told(entries: &[Entry]) {
    let Some(mut case) = fold(entries) else { return };
    assert!(fold(entries).as_ref() == Some(&case), "the same history is the same case");
    let _ = (case.applicant().map(|p| (p.full_name(), p.is_nameless())), case.category().cloned());
    for referral in &case.referrals {
        let _ = (referral.state(), referral.is_open(), case.bounces(referral.id));
    }
    let _ = case.obligations();
    let _ = case.legal_last_day();
    let _ = case.legal_term();
    case.recount(&Calendars::shipped());
    let _ = case.obligations();
    for moved in &case.moved {
        let _ = case.why_moved(moved);
    }
    let json = serde_json::to_string(&case);
    assert!(json.is_ok(), "a case can be kept");
    if let Ok(json) = json {
        let again = serde_json::from_str::<esik_domain::case::CaseState>(&json);
        assert!(again.is_ok(), "what is kept can be read again: {again:?}");
    }
}
