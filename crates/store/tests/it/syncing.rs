//! Feeds, verdicts, outbox: what arrives is verified, idempotent, and never stops at one bad entry.

use crate::desk::*;
use esik_domain::event::{Envelope, Party};
use esik_domain::fold::Standing;
use esik_domain::ids::*;
use esik_store::verify::{FaultKind, state_hash, verify};
use esik_store::{lists, log};
use esik_wire::{EventVerdict, Head, NotTaken, SignedEvent, Verdict};

fn verdicts(desk: &Desk, list: Vec<EventVerdict>) -> log::VerdictOutcome {
    let device = desk.device;
    desk.store.write(move |tx| log::apply_verdicts(tx, device, 1, &list)).unwrap()
}

fn accepted(seq: u64, pos: u64) -> EventVerdict {
    EventVerdict {
        id: None,
        seq,
        verdict: Verdict::Accepted { pos: Pos(pos), recorded_at: at(100) },
    }
}

fn report(desk: &Desk) -> esik_store::verify::VerifyReport {
    let known = keys();
    desk.store.read(|c| verify(c, &|e| known.get(&e.actor_id).copied())).unwrap()
}

fn sound(desk: &Desk) {
    let report = report(desk);
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.unchecked, 0);
}

#[test]
fn the_outbox_is_what_has_no_verdict() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "x");
    assert_eq!(desk.store.read(log::unsent_count).unwrap(), 4);
    let first_two = desk.store.read(|c| log::outbox(c, 2, 1 << 20)).unwrap();
    assert_eq!(first_two, desk.outbox()[..2]);
    assert_eq!(desk.store.read(|c| log::outbox(c, 10, 1)).unwrap().len(), 1, "at least one");
    let out = verdicts(&desk, vec![accepted(1, 11), accepted(2, 12)]);
    assert_eq!((out.accepted, out.touched.len()), (2, 1));
    assert_eq!(desk.outbox().len(), 2);
    let rejected = EventVerdict {
        id: None,
        seq: 3,
        verdict: Verdict::Rejected { code: "not_allowed".to_owned() },
    };
    assert_eq!(verdicts(&desk, vec![rejected]).refused, 1);
    assert_eq!(desk.outbox().len(), 1);
    // The same answer again, after a lost line, changes nothing.
    assert_eq!(verdicts(&desk, vec![accepted(1, 11)]).accepted, 1);
    assert_eq!(desk.store.read(log::unsent_count).unwrap(), 1);
    sound(&desk);
}

/// S9 (part).
#[test]
fn a_refused_event_comes_back_as_work_and_later_acceptance_wins() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 1, Party::default(), "x");
    let quarantined = EventVerdict {
        id: None,
        seq: 4,
        verdict: Verdict::Quarantined { code: "revoked".to_owned() },
    };
    verdicts(&desk, vec![accepted(1, 1), accepted(2, 2), accepted(3, 3), quarantined.clone()]);
    let state = |desk: &Desk| {
        desk.store.read(|c| lists::case_state(c, &officer(1), case)).unwrap().unwrap()
    };
    assert_eq!(state(&desk).refused.len(), 1);
    assert!(state(&desk).issues.is_empty());
    let mine = events_of(&desk, case);
    take(&desk, "station:07", feed(&mine[3..], 9));
    assert!(state(&desk).refused.is_empty());
    assert_eq!(state(&desk).issues.len(), 1);
    // An older answer that comes late does not take the position away.
    verdicts(&desk, vec![quarantined]);
    assert!(state(&desk).refused.is_empty());
    sound(&desk);
}

fn events_of(desk: &Desk, _case: CaseId) -> Vec<SignedEvent> {
    // The outbox of a fresh life holds everything until verdicts come; read the log itself.
    desk.store
        .read(|c| {
            let mut s = c.prepare("SELECT bytes, sig FROM event ORDER BY device_seq")?;
            let rows =
                s.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Vec<u8>>(1)?)))?;
            Ok(rows
                .map(|r| {
                    let (e, sig) = r.unwrap();
                    use base64::Engine as _;
                    SignedEvent { e, s: base64::engine::general_purpose::STANDARD.encode(sig) }
                })
                .collect())
        })
        .unwrap()
}

/// S6 (part), S10 (part).
#[test]
fn two_desks_that_took_the_same_feed_agree_whatever_the_pages() {
    let one = Desk::new(1);
    let two = Desk::new(2);
    let case = one.open_case(1, 1, citizen("Ахметов", "Нұрлан", ""), "Нет тепла");
    one.append(1, case, referral(ReferralId(next()), "E-HEA", "Проверьте", 3)).unwrap();
    let all = feed(&one.outbox(), 1);
    take(&one, "station:07", all.clone());
    assert_eq!(one.store.read(log::unsent_count).unwrap(), 0);
    for page in all.chunks(2) {
        let out = take(&two, "station:07", page.to_vec());
        assert_eq!((out.applied, out.duplicates, out.poisoned), (page.len() as u64, 0, 0));
    }
    let again = take(&two, "station:07", all.clone());
    assert_eq!((again.applied, again.duplicates), (0, 6));
    // The same events through another scope are the same events.
    assert_eq!(take(&two, "circle:07:dv", all).duplicates, 6);
    let hash = |d: &Desk, open| d.store.read(|c| state_hash(c, open)).unwrap();
    assert_eq!(hash(&one, true), hash(&two, true));
    assert_eq!(hash(&one, false), hash(&two, false));
    assert_eq!(two.store.read(|c| log::cursor(c, &"station:07".into())).unwrap(), Pos(6));
    assert_eq!(two.store.read(|c| log::cursor(c, &"station:08".into())).unwrap(), Pos(0));
    sound(&one);
    sound(&two);
}

#[test]
fn desks_with_different_circles_agree_on_what_is_open() {
    let one = Desk::new(1);
    let two = Desk::new(2);
    let case = one.open_case(1, 1, Party::default(), "x");
    let dv = Circle("dv".to_owned());
    let secret: Vec<_> = referral(ReferralId(next()), "E-CRISIS", "Приют", 90)
        .into_iter()
        .map(|e| e.within(dv.clone()))
        .collect();
    one.append(1, case, secret).unwrap();
    one.append(1, CaseId(next()), case_events(2, Party::default(), "y", "dv")).unwrap();
    let all = feed(&one.outbox(), 1);
    let open: Vec<_> =
        all.iter().filter(|e| e.event.envelope().unwrap().circle.is_open()).cloned().collect();
    take(&one, "station:07", all);
    take(&two, "station:07", open);
    let hash = |d: &Desk, open| d.store.read(|c| state_hash(c, open)).unwrap();
    assert_eq!(hash(&one, true), hash(&two, true));
    assert_ne!(hash(&one, false), hash(&two, false));
}

/// A text signed by the first officer as it stands, as another program may write it.
fn otherwise(text: &str) -> SignedEvent {
    use base64::Engine as _;
    use ed25519_dalek::Signer as _;
    let bytes = [b"esik/sign-event/1\0", text.as_bytes()].concat();
    let s = base64::engine::general_purpose::STANDARD.encode(signing(1).sign(&bytes).to_bytes());
    SignedEvent { e: text.to_owned(), s }
}

/// S14 (part), T12 (part): whoever could change the key of a known officer could sign for him.
#[test]
fn the_key_of_a_known_officer_stays() {
    use esik_store::officers;
    let desk = Desk::new(1);
    for (key, name) in [(1, "Әлиева"), (2, "Әлиева-Ким")] {
        let card = esik_wire::OfficerCard {
            key: esik_wire::signed::key_text(&signing(key).verifying_key()),
            name: name.to_owned(),
            ..card(1)
        };
        desk.store.write(move |tx| officers::put(tx, &card, false)).unwrap();
    }
    let kept = desk.store.read(|c| officers::get(c, person(1))).unwrap().unwrap().card;
    assert_eq!((kept.name.as_str(), &kept.key), ("Әлиева-Ким", &card(1).key));
}

/// S14 (part), T12 (part): a region that calls a known officer a head, or somebody of another station, is not believed, nor
/// is what that officer then signs as a head; what he signs as himself is.
#[test]
fn the_role_of_a_known_officer_stays_and_what_he_signs_beyond_it_is_set_aside() {
    use esik_domain::event::Role;
    use esik_store::officers;
    let (one, two) = (Desk::new(1), Desk::new(2));
    for (role, station) in [(Role::Officer, "07"), (Role::Head, "08")] {
        let card = esik_wire::OfficerCard { role, station: station.into(), ..card(1) };
        two.store.write(move |tx| officers::put(tx, &card, false)).unwrap();
    }
    let kept = two.store.read(|c| officers::get(c, person(1))).unwrap().unwrap().card;
    assert_eq!((kept.role, kept.station.as_str()), (Role::Officer, "07"));

    one.open_case(1, 1, Party::default(), "x");
    let mut page = feed(&one.outbox(), 1);
    let good = page.len() as u64;
    let mut said: Envelope = page[3].event.envelope().unwrap();
    for (n, kind) in ["dispute_opened", "of_tomorrow"].into_iter().enumerate() {
        (said.id, said.role, said.kind) = (EventId(next()), Role::Head, kind.to_owned());
        said.device_seq = DeviceSeq(50 + n as u64);
        let event = SignedEvent::sign(&said, &signing(1)).unwrap();
        page.push(esik_wire::FeedEntry { pos: Pos(good + 1 + n as u64), event, ..page[0].clone() });
    }
    let out = take(&two, "station:07", page.clone());
    assert_eq!((out.applied, out.poisoned), (good, 2));
    // A desk of its own knows what its officer is, also when it joins a station.
    let card = esik_wire::OfficerCard { station: "09".into(), ..card(1) };
    two.store.write(move |tx| officers::put(tx, &card, true)).unwrap();
    let kept = two.store.read(|c| officers::get(c, person(1))).unwrap().unwrap().card;
    assert_eq!(kept.station.as_str(), "09");
    // Who became known as a head is believed as one.
    let three = Desk::new(3);
    let card = esik_wire::OfficerCard { role: Role::Head, ..self::card(1) };
    three.store.write(move |tx| officers::put(tx, &card, false)).unwrap();
    assert_eq!(take(&three, "station:07", page).poisoned, 0);
}

/// S14 (part), S21 (part), T12 (part), B38 (part).
#[test]
fn a_poisoned_entry_never_stops_the_others() {
    let one = Desk::new(1);
    let two = Desk::new(2);
    one.open_case(1, 1, Party::default(), "x");
    let mut page = feed(&one.outbox(), 1);
    let good = page.len() as u64;
    let mut forged = page[0].clone();
    forged.event.e = forged.event.e.replace("visit_noted", "visit_fated");
    let mut unreadable = page[0].clone();
    unreadable.event.e = "{]".to_owned();
    let mut stranger = page[0].clone();
    let mut envelope: Envelope = stranger.event.envelope().unwrap();
    envelope.actor_id = person(50);
    envelope.id = EventId(next());
    stranger.event = SignedEvent::sign(&envelope, &signing(50)).unwrap();
    // Same device and sequence, another event, rightly signed: a cloned device.
    let mut fork = page[0].clone();
    envelope.actor_id = person(1);
    envelope.id = EventId(next());
    fork.event = SignedEvent::sign(&envelope, &signing(1)).unwrap();
    // Rightly signed, and beyond the limits; an officer who speaks for a body.
    let mut huge: Envelope = page[1].event.envelope().unwrap();
    (huge.id, huge.device_seq) = (EventId(next()), DeviceSeq(50));
    let mut limits = page[0].clone();
    limits.event = otherwise(&serde_json::to_string(&huge).unwrap().replacen(
        "\"v\":1",
        "\"v\":1,\"n\":9007199254740993",
        1,
    ));
    let mut body = page[0].clone();
    (huge.id, huge.device_seq, huge.kind) =
        (EventId(next()), DeviceSeq(51), "agency_answered".to_owned());
    body.event = SignedEvent::sign(&huge, &signing(1)).unwrap();
    for bad in [forged, unreadable, stranger, fork, limits, body] {
        page.push(bad);
    }
    for (i, e) in page.iter_mut().enumerate() {
        e.pos = Pos(1 + i as u64);
    }
    let out = take(&two, "station:07", page.clone());
    assert_eq!((out.applied, out.poisoned), (good + 1, 5), "the other copy is heard as well");
    let reasons: Vec<String> =
        two.store.read(log::poisoned).unwrap().into_iter().map(|(_, _, r)| r).collect();
    assert_eq!(reasons, ["signature", "unreadable", "unknown_author", "limits", "not_allowed"]);
    assert_eq!(two.store.read(|c| log::cursor(c, &"station:07".into())).unwrap(), Pos(10));
    take(&two, "station:07", page);
    assert_eq!(two.store.read(log::poisoned).unwrap().len(), 5, "the same ones, once each");
    sound(&two);
}

/// S11 (part).
#[test]
fn a_key_that_comes_later_frees_what_was_set_aside() {
    let one = Desk::new(1);
    let two = Desk::new(2);
    one.open_case(1, 1, Party::default(), "x");
    let page = feed(&one.outbox(), 1);
    let scope: Scope = "station:07".into();
    let out = two.store.write(move |tx| read_page(tx, &scope, page, Pos(4), &|_| None)).unwrap();
    assert_eq!(out.poisoned, 4);
    let out = two
        .store
        .write(|tx| {
            let known = keys();
            log::retry_poisoned(tx, &|e| known.get(&e.actor_id).copied())
        })
        .unwrap();
    assert_eq!((out.applied, out.touched.len()), (4, 1));
    assert!(two.store.read(log::poisoned).unwrap().is_empty());
    sound(&two);
}

/// S22 (part), B37 (part).
#[test]
fn an_unknown_kind_is_kept_byte_for_byte_and_a_critical_one_stops_work_on_the_case() {
    let one = Desk::new(1);
    let two = Desk::new(2);
    let case = one.open_case(1, 1, Party::default(), "x");
    let mut page = feed(&one.outbox(), 1);
    let last = page[3].event.envelope().unwrap();
    let mut future = Envelope {
        id: EventId(next()),
        device_seq: DeviceSeq(5),
        prev: page[3].event.hash().hex(),
        kind: "drone_sent".to_owned(),
        version: 3,
        ..last
    };
    future.body = serde_json::json!({"z": [1, 2.50], "a": {"ұ": "ұ"}});
    let signed = SignedEvent::sign(&future, &signing(1)).unwrap();
    // As a newer program writes it: other spaces, other order, fields we never heard of.
    let text = signed.e.replacen('{', "{ \"new_field\" : 1 ,", 1);
    page.extend(feed(&[otherwise(&text)], 5));
    let out = take(&two, "station:07", page);
    assert_eq!((out.applied, out.poisoned), (5, 0));
    let kept: String = two
        .store
        .read(|c| {
            Ok(c.query_row("SELECT bytes FROM event WHERE kind = 'drone_sent'", [], |r| r.get(0))?)
        })
        .unwrap();
    assert_eq!(kept, text);
    let state = two.store.read(|c| lists::case_state(c, &officer(1), case)).unwrap().unwrap();
    assert_eq!((state.unknown, state.read_only), (1, false));
    sound(&two);

    future.id = EventId(next());
    future.device_seq = DeviceSeq(6);
    future.prev = esik_wire::signed::hash_bytes(text.as_bytes()).hex();
    future.critical = true;
    take(&two, "station:07", feed(&[SignedEvent::sign(&future, &signing(1)).unwrap()], 6));
    let state = two.store.read(|c| lists::case_state(c, &officer(1), case)).unwrap().unwrap();
    assert!(state.read_only);
}

/// S23 (part): what a later region says of an event, and this program does not understand, is no verdict: the event is asked about
/// again from there.
#[test]
fn an_answer_nobody_here_understands_leaves_the_event_unanswered() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "x");
    let later = EventVerdict { verdict: Verdict::Unknown, ..accepted(2, 0) };
    let out = verdicts(&desk, vec![accepted(1, 1), later, accepted(3, 2), accepted(4, 3)]);
    assert_eq!((out.accepted, out.refused, out.unknown), (3, 0, 0));
    let acked = || desk.store.read(|c| log::acked(c, desk.device, 1)).unwrap().seq;
    let waits = |desk: &Desk| -> Vec<u64> {
        desk.outbox().iter().map(|e| e.envelope().unwrap().device_seq.0).collect()
    };
    assert_eq!((acked(), waits(&desk)), (1, vec![2]));
    verdicts(&desk, vec![accepted(2, 4)]);
    assert_eq!((acked(), waits(&desk)), (4, vec![]));
}

/// S16, T30 (part), B14 (part).
#[test]
fn a_desk_set_back_to_an_old_backup_notices_and_uses_no_number_twice() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 1, Party::default(), "x");
    let known = desk.outbox();
    // What the same device wrote after the backup, as the region holds it.
    let lost = Envelope {
        id: EventId(next()),
        device_seq: DeviceSeq(5),
        prev: known[3].hash().hex(),
        ..known[3].envelope().unwrap()
    };
    let lost = SignedEvent::sign(&lost, &signing(1)).unwrap();
    let out = take(&desk, "station:07", feed(&[known.clone(), vec![lost]].concat(), 1));
    assert!(out.rolled_back);
    assert_eq!(desk.store.read(log::head).unwrap().seq, 5);
    let new = desk.append(1, case, vec![event("note_added", 50, serde_json::json!({"text": "n"}))]);
    assert_eq!(new.unwrap()[0].device_seq, DeviceSeq(6));
    sound(&desk);
}

#[test]
fn a_region_set_back_is_refilled() {
    let one = Desk::new(1);
    let two = Desk::new(2);
    one.open_case(1, 1, Party::default(), "x");
    let page = feed(&one.outbox(), 1);
    take(&one, "station:07", page.clone());
    take(&two, "station:07", page.clone());
    // The region was restored with positions 1 and 2 only.
    let (d1, d2) = (one.device, two.device);
    one.store.write(move |tx| log::region_diverged(tx, d1, 1, 2, 2)).unwrap();
    two.store.write(move |tx| log::region_diverged(tx, d2, 1, 0, 2)).unwrap();
    assert_eq!(one.outbox(), page[2..].iter().map(|e| e.event.clone()).collect::<Vec<_>>());
    assert_eq!(two.store.read(|c| log::cursor(c, &"station:07".into())).unwrap(), Pos(2));
    assert!(two.outbox().is_empty(), "what others wrote is theirs to send");
    let hash = |d: &Desk| d.store.read(|c| state_hash(c, true)).unwrap();
    let before = hash(&two);
    let again = feed(&one.outbox(), 3);
    take(&one, "station:07", again.clone());
    take(&two, "station:07", again);
    assert_eq!(hash(&one), hash(&two));
    assert_eq!(hash(&two), before);
    sound(&one);
    sound(&two);
}

/// S9 (part), S15 (part): what one order refused another may have taken. With an order that changed the refused own records are asked
/// about again, also those that lie before what the region acknowledges.
#[test]
fn what_another_order_refused_is_asked_again() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "x");
    let (sent, device) = (desk.outbox(), desk.device);
    let verdicts: Vec<EventVerdict> = sent
        .iter()
        .map(|e| {
            let e = e.envelope().unwrap();
            let seq = e.device_seq.0;
            let verdict = match seq {
                2 => Verdict::Rejected { code: "foreign_case".to_owned() },
                _ => Verdict::Accepted { pos: Pos(seq), recorded_at: at(9) },
            };
            EventVerdict { id: Some(e.id), seq, verdict }
        })
        .collect();
    desk.store.write(move |tx| log::apply_verdicts(tx, device, 1, &verdicts)).unwrap();
    assert_eq!(desk.outbox(), []);
    let last = sent.len() as u64;
    desk.store.write(move |tx| log::region_diverged(tx, device, 1, last, 0)).unwrap();
    assert_eq!(desk.outbox(), sent[1..2]);
    let answered = desk.store.read(|c| log::acked(c, device, 1)).unwrap();
    assert_eq!(answered, Head { seq: 1, hash: sent[0].hash() });
    sound(&desk);
}

/// S2 (part), S12 (part), S15 (part): against what a desk had taken for accepted a rule stands in the order of a restored region.
/// It is told as refused; what has its place stays, and what gets one after all is accepted again.
#[test]
fn what_left_the_order_is_told_as_refused() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    let page = feed(&one.outbox(), 1);
    take(&two, "station:07", page.clone());
    let device = two.device;
    two.store.write(move |tx| log::region_diverged(tx, device, 1, 0, 2)).unwrap();
    let against: Vec<NotTaken> = [&page[0], &page[3]]
        .map(|e| NotTaken {
            id: e.event.envelope().unwrap().id,
            code: "too_late".to_owned(),
            aside: false,
        })
        .into();
    let touched = two.store.write(move |tx| log::left_the_order(tx, &against)).unwrap();
    assert_eq!(touched, [case]);
    let stands = |of: &SignedEvent| {
        let id = of.envelope().unwrap().id;
        let all = two.store.read(|c| log::case_entries(c, case)).unwrap();
        all.into_iter().find(|e| e.entry.event.id == id).unwrap().entry.standing
    };
    assert_eq!(stands(&page[0].event), Standing::Accepted(Pos(1)), "it has its place");
    assert_eq!(stands(&page[3].event), Standing::Refused("too_late".to_owned()));
    sound(&two);
    // A region that is restored once more may have forgotten that it refused it.
    let offered = || two.store.read(|c| log::orphans(c, 0, 500, usize::MAX)).unwrap();
    let before = offered().len();
    two.store.write(move |tx| log::region_diverged(tx, device, 1, 0, 2)).unwrap();
    assert_eq!((before, offered().len()), (1, 2), "and it is given back again");
    assert_eq!(stands(&page[3].event), Standing::Accepted(Pos(0)));
    sound(&two);
    take(&two, "station:07", feed(&[page[3].event.clone()], 4));
    assert_eq!(stands(&page[3].event), Standing::Accepted(Pos(4)));
    sound(&two);
}

/// S14 (part), S15 (part): what a restored region set aside for a person to decide is offered no more and stays readable as it
/// was, and is offered again to a region that was restored once more, which may have forgotten it.
#[test]
fn what_a_restored_region_set_aside_is_offered_to_the_next_one() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    let page = feed(&one.outbox(), 1);
    let many = page.len();
    take(&two, "station:07", page.clone());
    let device = two.device;
    let offered = || two.store.read(|c| log::orphans(c, 0, 500, usize::MAX)).unwrap().len();
    let restored = || {
        two.store.write(move |tx| log::region_diverged(tx, device, 1, 0, 0)).unwrap();
    };
    restored();
    assert_eq!(offered(), many);
    let code = "officer_revoked".to_owned();
    let id = page[0].event.envelope().unwrap().id;
    let against = vec![NotTaken { id, code, aside: true }];
    two.store.write(move |tx| log::left_the_order(tx, &against)).unwrap();
    assert_eq!(offered(), many - 1);
    let all = two.store.read(|c| log::case_entries(c, case)).unwrap();
    assert!(all.iter().all(|e| matches!(e.entry.standing, Standing::Accepted(_))));
    sound(&two);
    restored();
    assert_eq!(offered(), many);
    sound(&two);
}

/// Removes the guards, as somebody with the key and a tool would, and changes something.
fn tamper(desk: &Desk, sql: &'static str) {
    desk.store
        .write(move |tx| {
            tx.execute_batch("DROP TRIGGER event_is_final; DROP TRIGGER event_text_is_final; DROP TRIGGER event_stays;")?;
            tx.execute_batch(sql)?;
            Ok(())
        })
        .unwrap();
}

/// T4 (part), B10 (part).
#[test]
fn whatever_is_touched_verify_tells() {
    use FaultKind as F;
    let cases: &[(&str, &[F])] = &[
        (
            "UPDATE event SET bytes = replace(bytes, 'Нет тепла', 'Все хорошо') WHERE device_seq = 3",
            &[F::Hash, F::Signature, F::Projection],
        ),
        ("UPDATE event SET sig = zeroblob(64) WHERE device_seq = 2", &[F::Signature]),
        ("UPDATE event SET hash = zeroblob(32) WHERE device_seq = 2", &[F::Hash, F::Chain]),
        ("DELETE FROM event WHERE device_seq = 2", &[F::Chain, F::Projection]),
        ("DELETE FROM event WHERE device_seq = 4", &[F::Head, F::Projection]),
        ("UPDATE event SET circle = 'dv' WHERE device_seq = 3", &[F::Columns]),
        ("UPDATE event SET occurred_at = occurred_at - 1 WHERE device_seq = 3", &[F::Columns]),
        ("UPDATE event SET bytes = '{}' WHERE device_seq = 3", &[F::Hash, F::Columns]),
        ("UPDATE event SET gone = 1 WHERE device_seq = 3", &[F::Projection]),
        ("UPDATE event SET gone = 1, bytes = '', sig = x'' WHERE device_seq = 3", &[F::Hash]),
        ("UPDATE case_row SET title = 'x'", &[F::Projection]),
        ("UPDATE case_row SET circle = 'dv'", &[F::Projection]),
        ("DELETE FROM obligation", &[F::Projection]),
        ("DELETE FROM find_key WHERE kind = 3", &[F::Projection]),
        ("UPDATE own_head SET seq = 9", &[F::Head]),
        ("UPDATE own_head SET unsent = unsent + 1", &[F::Head]),
    ];
    for (sql, expected) in cases {
        let desk = Desk::new(1);
        desk.open_case(1, 1, citizen("Ахметов", "Нұрлан", "+77011234567"), "Нет тепла");
        sound(&desk);
        tamper(&desk, sql);
        let mut told: Vec<F> = report(&desk).faults.iter().map(|f| f.kind).collect();
        told.dedup();
        for kind in *expected {
            assert!(told.contains(kind), "{sql}: {told:?}");
        }
    }
}

/// T4 (part), S10 (part): what stands otherwise here than the region has it is put right when the feed is read anew, and an
/// event that is gone comes back.
#[test]
fn what_is_read_anew_stands_as_the_region_has_it() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    one.open_case(1, 1, citizen("Ахметов", "Нұрлан", ""), "Нет тепла");
    let page = feed(&one.outbox(), 1);
    take(&two, "station:07", page.clone());
    let hash = |d: &Desk| d.store.read(|c| state_hash(c, false)).unwrap();
    let before = hash(&two);
    tamper(
        &two,
        "UPDATE event SET verdict = 'rejected', verdict_code = 'too_late' WHERE device_seq = 1;
         UPDATE event SET recorded_at = recorded_at - 1 WHERE device_seq = 2;
         UPDATE event SET pos = 77 WHERE device_seq = 3;
         DELETE FROM event WHERE device_seq = 4;",
    );
    two.store.write(log::read_anew).unwrap();
    assert_eq!(two.store.read(|c| log::cursor(c, &"station:07".into())).unwrap(), Pos(0));
    let again = take(&two, "station:07", page.clone());
    assert_eq!((again.applied, again.duplicates, again.poisoned), (4, 0, 0));
    assert_eq!(take(&two, "station:07", page).duplicates, 4);
    assert_eq!(hash(&two), before);
    sound(&two);
}

/// S14 (part), S10 (part): an event whose signature holds a part of small order fits by the one rule (adr/0031), in
/// whatever page it comes; one that an older program set aside by another rule is taken when this one looks again.
#[test]
fn a_desk_takes_a_signature_alone_and_in_a_page_alike_and_what_another_rule_set_aside() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as B64;
    use curve25519_dalek::{Scalar, constants, edwards::CompressedEdwardsY};
    use sha2::{Digest as _, Sha512};
    let one = Desk::new(1);
    one.open_case(1, 1, Party::default(), "x");
    let honest = feed(&one.outbox(), 1);
    let key = signing(1);
    let odd = |entry: &esik_wire::FeedEntry, torsion: usize| {
        let nonce = Scalar::from(u64::try_from(torsion).unwrap() + 77);
        let r = constants::ED25519_BASEPOINT_POINT * nonce + constants::EIGHT_TORSION[torsion];
        let r: CompressedEdwardsY = r.compress();
        let signed = [b"esik/sign-event/1\0", entry.event.e.as_bytes()].concat();
        let h = Sha512::new()
            .chain_update(r.as_bytes())
            .chain_update(key.verifying_key().as_bytes())
            .chain_update(signed);
        let h = Scalar::from_bytes_mod_order_wide(&h.finalize().into());
        let s = nonce + h * key.to_scalar();
        let mut entry = entry.clone();
        entry.event.s = B64.encode([r.to_bytes(), s.to_bytes()].concat());
        entry
    };
    for torsion in 0..8 {
        for with in 1..=honest.len() {
            let mut page = honest[..with].to_vec();
            page[with - 1] = odd(&page[with - 1], torsion);
            let desk = Desk::light(2);
            let out = take(&desk, "station:07", page);
            assert_eq!(
                (out.applied, out.poisoned),
                (with as u64, 0),
                "{torsion}, the last of {with}"
            );
        }
    }
    let desk = Desk::light(3);
    let (bytes, sig) = (odd(&honest[0], 3).event.e, odd(&honest[0], 3).event.s);
    desk.store
        .write(move |tx| {
            tx.execute(
                "INSERT INTO poison (scope, pos, recorded_at, bytes, sig, reason)
                 VALUES ('station:07', 1, 0, ?1, ?2, 'signature'),
                   ('station:07', 2, 0, ?1, 'AAAA', 'signature')",
                (bytes, sig),
            )?;
            let known = keys();
            log::retry_poisoned(tx, &|e| known.get(&e.actor_id).copied())
        })
        .unwrap();
    let left = desk.store.read(log::poisoned).unwrap();
    assert_eq!(left, [("station:07".into(), Pos(2), "signature".to_owned())]);
}
