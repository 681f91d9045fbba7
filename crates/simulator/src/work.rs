//! What officers do all day: events as the desk's verbs write them, and some that a newer program would.

use crate::chance::{Entropy, Rng};
use crate::desk::{Desk, Seated};
use crate::files;
use crate::ledger::{Ledger, Numbered, Written};
use crate::swarm::{Fault, Plan};
use chrono::{Datelike as _, TimeDelta};
use esik_domain::audience::Audience;
use esik_domain::calendar::local;
use esik_domain::event::{Body, ENVELOPE_VERSION, Envelope};
use esik_domain::ids::{CaseId, Circle, DeviceSeq, EventId};
use esik_store::log::{self, NewEvent};
use esik_store::numbers;
use esik_wire::SignedEvent;
use serde_json::{Value, json};
use uuid::Uuid;

/// Ids that sort by time, as the program's do.
pub fn id(desk: &Desk, chance: &Entropy) -> Uuid {
    let ms = u64::try_from(desk.clock.read().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &chance.bytes()).into_uuid()
}

/// Cases this desk holds, in a stable order.
pub fn cases(desk: &Desk) -> Vec<CaseId> {
    desk.store()
        .read(|conn| {
            let mut ask = conn.prepare("SELECT DISTINCT case_id FROM event ORDER BY case_id")?;
            let all = ask.query_map([], |r| r.get::<_, [u8; 16]>(0))?;
            Ok(all.filter_map(Result::ok).map(|b| CaseId(Uuid::from_bytes(b))).collect())
        })
        .expect("the database answers")
}

/// Something an officer of this desk does; in words.
pub fn act(
    desk: &Desk,
    plan: &Plan,
    rng: &mut Rng,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> String {
    let seated = rng.pick(&desk.seated).expect("somebody sits here").clone();
    let held = cases(desk);
    let known = rng.pick(&held).copied();
    let (case, circle, bodies) = match known {
        Some(case) if !rng.percent(30) => {
            if plan.has(Fault::Files) && rng.percent(25) {
                let taken_back = rng
                    .percent(15)
                    .then(|| files::withdraw(desk, &seated, rng, chance, ledger))
                    .flatten();
                let circle = circle_of(desk, case);
                return taken_back.unwrap_or_else(|| {
                    files::attach(desk, &seated, case, circle, rng, chance, ledger)
                });
            }
            if plan.restricts() && rng.percent(20) {
                return restrict(desk, &seated, case, chance, ledger);
            }
            let Some((circle, bodies)) = on_case(desk, case, rng) else {
                return "nothing to do".to_owned();
            };
            (case, circle, bodies)
        }
        _ => {
            let circle = seated.card.circles.first().filter(|_| rng.percent(40));
            let circle = circle.map_or_else(Circle::open, |c| Circle(c.clone()));
            (CaseId(id(desk, chance)), circle, intake(desk, rng, chance))
        }
    };
    if plan.has(Fault::Future) && rng.percent(40) {
        return from_tomorrow(desk, &seated, case, circle, rng, chance, ledger);
    }
    save(desk, &seated, case, circle, bodies, chance, ledger)
}

/// Puts an open case into the circle there is.
fn restrict(
    desk: &Desk,
    seated: &Seated,
    case: CaseId,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> String {
    let open = audience(desk, case).is_some_and(|a| a.circle().is_open());
    if !open {
        return "nothing to restrict".to_owned();
    }
    let line = ("case_restricted", json!({ "reason": "боится" }), None);
    save(desk, seated, case, Circle("crisis".to_owned()), vec![line], chance, ledger)
}

/// Who may know of a case, as far as this desk sees it; nothing when it sees nothing of it.
pub fn audience(desk: &Desk, case: CaseId) -> Option<Audience> {
    let entries = desk.store().read(|conn| log::case_entries(conn, case)).expect("it answers");
    let mut out = Audience::default();
    entries.iter().for_each(|e| out.add(&e.entry.event));
    out.author().is_some().then_some(out)
}

/// The circle a case is in, as far as this desk sees it.
fn circle_of(desk: &Desk, case: CaseId) -> Circle {
    audience(desk, case).map_or_else(Circle::open, |a| a.circle().clone())
}

/// Saves what an officer wrote; in words.
pub fn save(
    desk: &Desk,
    seated: &Seated,
    case: CaseId,
    circle: Circle,
    bodies: Vec<Line>,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> String {
    let by = desk.author(seated);
    let offset = by.clock.map_or(0, |c| c.offset_ms);
    let at = desk.clock.read() + TimeDelta::milliseconds(offset);
    let events: Vec<NewEvent> = bodies
        .into_iter()
        .map(|(kind, body, base)| {
            let read = Body::read(kind, 1, &body);
            assert!(!matches!(read, Body::Unknown { .. }), "{kind} {body} is not a body");
            let event = NewEvent::new(EventId(id(desk, chance)), read, at).within(circle.clone());
            match base {
                Some(base) => event.upon(base),
                None => event,
            }
        })
        .collect();
    let kinds: Vec<String> = events.iter().map(|e| e.body.kind().to_owned()).collect();
    let saved = desk
        .store()
        .write(move |tx| tx.append(&by, case, &events))
        .expect("what an officer does is saved");
    let signed = bytes_of(desk, &saved.iter().map(|e| e.id).collect::<Vec<_>>());
    for (e, s) in saved.iter().zip(signed) {
        note(desk, ledger, e, &s);
    }
    kinds.join(" ")
}

fn note(desk: &Desk, ledger: &mut Ledger, e: &Envelope, s: &SignedEvent) {
    if let Body::CaseOpened(opened) = Body::read(&e.kind, e.version, &e.body) {
        ledger.gave(Numbered {
            number: opened.number,
            case: e.case_id,
            device: e.device_id,
            incarnation: e.incarnation,
            unaware: desk.unaware,
        });
    }
    ledger.wrote(
        e.id,
        Written {
            hash: s.hash(),
            device: e.device_id,
            incarnation: e.incarnation,
            seq: e.device_seq.0,
            station: e.station_id.clone(),
            circle: e.circle.clone(),
            at: desk.n,
        },
    );
}

/// What a desk wrote by itself when it compared its clock (adr/0029) is as saved as what an officer did.
pub fn corrections(desk: &mut Desk, ledger: &mut Ledger) {
    let from = desk.corrected;
    let (written, last) = desk
        .store()
        .read(|conn| {
            let mut ask = conn.prepare_cached(
                "SELECT bytes FROM event WHERE seq > ?1 AND kind = 'clock_corrected'",
            )?;
            let rows = ask.query_map([from], |r| r.get::<_, String>(0))?;
            let mut out = Vec::new();
            for e in rows {
                let signed = SignedEvent { e: e?, s: String::new() };
                let envelope: Envelope = serde_json::from_str(&signed.e)?;
                out.push((signed, envelope));
            }
            let last = conn.query_row("SELECT ifnull(max(seq), 0) FROM event", [], |r| r.get(0))?;
            Ok((out, last))
        })
        .expect("the log is read");
    desk.corrected = last;
    for (signed, e) in written {
        if e.device_id == desk.device && !ledger.saved.contains_key(&e.id) {
            note(desk, ledger, &e, &signed);
        }
    }
}

fn bytes_of(desk: &Desk, ids: &[EventId]) -> Vec<SignedEvent> {
    desk.store()
        .read(|conn| {
            let mut ask = conn.prepare("SELECT bytes FROM event WHERE id = ?1")?;
            ids.iter()
                .map(|id| {
                    let e: String = ask.query_row([id.0.as_bytes().as_slice()], |r| r.get(0))?;
                    Ok(SignedEvent { e, s: String::new() })
                })
                .collect()
        })
        .expect("what was saved is there")
}

/// A kind, its body, and what it rests on.
pub type Line = (&'static str, Value, Option<EventId>);

/// The next number of this desk's, as an intake takes it.
fn number(desk: &Desk) -> String {
    let (station, device, now) = (desk.station.clone(), desk.device, desk.clock.read());
    let taken = desk
        .store()
        .write(move |tx| numbers::take_number(tx, &station, local(now).year(), device, now));
    taken.expect("there is always a number").number
}

fn intake(desk: &Desk, rng: &mut Rng, chance: &Entropy) -> Vec<Line> {
    let n = rng.below(100_000);
    let party = json!({ "surname": "Ахметов", "given": "Серік", "patronymic": "",
        "phone": "+7 701 123 45 67", "role": "applicant" });
    let mut out = vec![("visit_noted", json!({ "language": "kk" }), None)];
    if rng.percent(20) {
        out.push(("advice_given", json!({ "text": "ЦОН", "only": true }), None));
        return out;
    }
    if serde_json::from_value::<esik_domain::event::Party>(party.clone()).is_ok() {
        out.push(("party_added", json!({ "party_id": id(desk, chance), "party": party }), None));
    }
    out.push((
        "case_opened",
        json!({ "number": number(desk), "title": "Нет воды",
            "narrative": "Третий день нет воды", "address": { "text": format!("ул. Абая, д. {n}") } }),
        None,
    ));
    out.push(("issue_added", json!({ "issue_id": id(desk, chance), "category": "ZKH-01" }), None));
    out
}

/// One more step of a case; nothing when this desk sees too little of it.
fn on_case(desk: &Desk, case: CaseId, rng: &mut Rng) -> Option<(Circle, Vec<Line>)> {
    let entries = desk.store().read(|conn| log::case_entries(conn, case)).ok()?;
    let first = entries.first()?;
    // What was restricted later goes on in its circle; a desk that has not heard of it writes openly.
    let opened = first.entry.event.circle.clone();
    let circle = if opened.is_open() { circle_of(desk, case) } else { opened };
    let last = rng.pick(&entries)?.entry.event.id;
    let task = Uuid::from_u128(case.0.as_u128() ^ rng.below(2) as u128);
    let referral = Uuid::from_u128(case.0.as_u128() ^ (0x100 + rng.below(2) as u128));
    let someone = desk.seated.first()?.card.id;
    let bodies = match rng.below(10) {
        0 | 1 => {
            vec![("note_added", json!({ "text": format!("Звонили {}", rng.below(999)) }), None)]
        }
        2 | 3 => vec![(
            "case_amended",
            json!({ "title": format!("Нет воды, подъезд {}", rng.below(9)) }),
            Some(last),
        )],
        4 if last.0.as_u128() % 2 == 0 => vec![(
            "priority_set",
            json!({ "priority": "at_once", "over": "urgent", "reason": "Грудной ребёнок" }),
            Some(last),
        )],
        4 => vec![("controller_named", json!({ "officer": someone }), Some(last))],
        5 => vec![(
            "task_assigned",
            json!({ "task_id": task, "text": "Съездить", "unit": "E-ZKH" }),
            None,
        )],
        6 => vec![("task_done", json!({ "task_id": task }), None)],
        7 => vec![
            (
                "referral_drafted",
                json!({ "referral_id": referral, "agency": "E-ZKH", "text": "Просим",
                    "answer_due": "2026-12-01", "ack_wd": 1 }),
                None,
            ),
            ("referral_sent", json!({ "referral_id": referral }), None),
        ],
        8 => vec![("case_closed", json!({ "word": "solved", "outcome": "helped" }), None)],
        _ => vec![("case_reopened", json!({ "reason": "Вода пропала опять" }), None)],
    };
    let bodies: Vec<Line> = bodies
        .into_iter()
        .filter(|(kind, body, _)| !matches!(Body::read(kind, 1, body), Body::Unknown { .. }))
        .collect();
    (!bodies.is_empty()).then_some((circle, bodies))
}

/// A kind, a version or a field that only a newer program knows: kept and passed on as it is (S22).
fn from_tomorrow(
    desk: &Desk,
    seated: &Seated,
    case: CaseId,
    circle: Circle,
    rng: &mut Rng,
    chance: &Entropy,
    ledger: &mut Ledger,
) -> String {
    let (kind, version, critical, body) = match rng.below(4) {
        0 => ("dream_told", 1, false, json!({ "text": "о чём-то новом", "zz": 1.50, "a": [1] })),
        1 => ("dream_told", 1, true, json!({ "text": "о важном новом" })),
        2 => ("note_added", 2, false, json!({ "words": ["иначе"], "text": "по-новому" })),
        _ => ("note_added", 1, false, json!({ "text": "как всегда", "mood": { "z": 1, "a": 2 } })),
    };
    let by = desk.author(seated);
    let at = desk.clock.read();
    let event_id = EventId(id(desk, chance));
    let saved = desk
        .store()
        .write(move |tx| {
            let own = log::head_of_life(tx, by.device_id, by.incarnation)?;
            let envelope = Envelope {
                v: ENVELOPE_VERSION,
                id: event_id,
                case_id: case,
                device_id: by.device_id,
                incarnation: by.incarnation,
                device_seq: DeviceSeq(own.seq + 1),
                prev: own.hash.hex(),
                actor_id: by.actor,
                role: by.role,
                station_id: by.station.clone(),
                kind: kind.to_owned(),
                version,
                critical,
                occurred_at: at,
                clock: by.clock,
                base: None,
                circle: circle.clone(),
                on_behalf: None,
                body,
            };
            // A newer program orders its fields as it likes: the bytes are what counts.
            let signed = signed_otherwise(&envelope, &by.signing)?;
            let read = log::append(tx, std::slice::from_ref(&signed))?;
            Ok((read, signed))
        })
        .expect("what an officer does is saved");
    for e in &saved.0 {
        note(desk, ledger, e, &saved.1);
    }
    format!("{kind} {version} from tomorrow")
}

/// The same envelope with its fields in another order and with spaces, signed as it stands.
pub fn signed_otherwise(
    envelope: &Envelope,
    key: &ed25519_dalek::SigningKey,
) -> Result<SignedEvent, esik_store::StoreError> {
    use base64::Engine as _;
    use ed25519_dalek::Signer as _;
    let value = serde_json::to_value(envelope).expect("an envelope is JSON");
    let e = serde_json::to_string_pretty(&value).expect("a value is JSON");
    let bytes = [b"esik/sign-event/1\0".as_slice(), e.as_bytes()].concat();
    let s = base64::engine::general_purpose::STANDARD.encode(key.sign(&bytes).to_bytes());
    Ok(SignedEvent { e, s })
}
