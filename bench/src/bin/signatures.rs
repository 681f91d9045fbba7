//! What the signature of an event costs in time of the processor (adr/0031): by the strict rule, by the product's rule
//! alone, and in a batch of 500 by one, five and fifty officers; interleaved, so that a busy machine touches all alike.
//!
//! `bench-signatures [--rounds 20]`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "never shipped: a bench that cannot go on stops"
)]

use ed25519_dalek::{SigningKey, VerifyingKey};
use esik_bench::{argument, cpu};
use esik_domain::event::{Body, ENVELOPE_VERSION, Envelope, NoteAdded, Role};
use esik_domain::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId};
use esik_wire::SignedEvent;
use esik_wire::signed::verify_batch;
use serde_json::Map;
use std::time::Duration;
use uuid::Uuid;

/// Events in a segment or a page, at most.
const EVENTS: u32 = 500;

fn event(n: u32, key: &SigningKey) -> SignedEvent {
    let id = Uuid::from_u128(u128::from(n));
    let body = Body::NoteAdded(NoteAdded { text: "Жылу жоқ ".repeat(40), more: Map::new() });
    let envelope = Envelope {
        v: ENVELOPE_VERSION,
        id: EventId(id),
        case_id: CaseId(id),
        device_id: DeviceId(id),
        incarnation: 1,
        device_seq: DeviceSeq(u64::from(n)),
        prev: "0".repeat(64),
        actor_id: OfficerId(id),
        role: Role::Officer,
        station_id: "07".into(),
        kind: body.kind().to_owned(),
        version: 1,
        critical: false,
        occurred_at: "2026-11-26T05:00:00Z".parse().unwrap(),
        clock: None,
        base: None,
        circle: Circle::open(),
        on_behalf: None,
        body: body.to_value().unwrap(),
    };
    SignedEvent::sign(&envelope, key).unwrap()
}

fn measured(sum: &mut Duration, work: impl FnOnce()) {
    let before = cpu();
    work();
    *sum += cpu() - before;
}

fn main() {
    let rounds: u32 = argument("--rounds").map_or(20, |n| n.parse().unwrap());
    for officers in [1, 5, 50] {
        let signing: Vec<_> = (1..=officers).map(|n| SigningKey::from_bytes(&[n; 32])).collect();
        let by = || (1..=EVENTS).zip(signing.iter().cycle());
        let events: Vec<_> = by().map(|(n, key)| event(n, key)).collect();
        let batch: Vec<_> =
            events.iter().zip(by()).map(|(e, (_, k))| (e, k.verifying_key())).collect();
        tell(officers, rounds, &batch);
    }
}

fn tell(officers: u8, rounds: u32, batch: &[(&SignedEvent, VerifyingKey)]) {
    let [mut strict, mut rule, mut whole] = [Duration::ZERO; 3];
    for _ in 0..rounds {
        measured(&mut strict, || {
            for (e, key) in batch {
                let bytes = [b"esik/sign-event/1\0", e.e.as_bytes()].concat();
                key.verify_strict(&bytes, &e.signature().unwrap()).unwrap();
            }
        });
        measured(&mut rule, || batch.iter().for_each(|(e, key)| e.verify(key).unwrap()));
        measured(&mut whole, || assert!(verify_batch(batch)));
    }
    let each = |sum: Duration| sum.as_secs_f64() * 1e6 / f64::from(rounds * EVENTS);
    let (strict, rule, whole) = (each(strict), each(rule), each(whole));
    println!(
        "{{\"officers\":{officers},\"strict_us\":{strict:.1},\"rule_us\":{rule:.1},\"batch_us\":{whole:.1},\"rule_to_strict\":{:.2},\"batch_to_strict\":{:.2}}}",
        rule / strict,
        whole / strict
    );
}
