//! What a region restored from an older copy lost and a desk gives back: events of others, and officers it forgot.

use super::quarantine::operator;
use crate::common::browser::Browser;
use crate::common::{
    Desk, World, codes, fork_at, fresh, kinds, note, opened, referral, refused, visit,
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use esik_domain::event::{Body, CaseRestricted, Role};
use esik_domain::ids::{CaseId, DeviceId, OfficerId, Pos, Scope};
use esik_server::warrant::Instead;
use esik_wire::signed::key_text;
use esik_wire::{
    ApiErrorCode, GiveBack, GivenBack, OfficerCard, SignedEvent, SyncApi as _, SyncFailure, Verdict,
};
use serde_json::Map;

/// How many were taken, were there, were refused.
fn count(answer: Result<GivenBack, SyncFailure>) -> Result<(u64, u64, u64), SyncFailure> {
    answer.map(|back| (back.taken, back.there, back.refused))
}

/// Why what stands aside does, oldest first.
fn aside(w: &World) -> Vec<String> {
    let mut all = w.region.store().asides(100).unwrap();
    all.reverse();
    all.into_iter().map(|a| a.row.code).collect()
}

/// What was said against each, and whether a person may still decide about it.
fn told(answer: &GivenBack) -> Vec<(&str, bool)> {
    answer.against.iter().flatten().map(|n| (n.code.as_str(), n.aside)).collect()
}

fn back(epoch: &str, events: Vec<SignedEvent>) -> GiveBack {
    GiveBack { epoch: epoch.to_owned(), events, officers: Vec::new() }
}

/// S2 (part), S15 (part): what a restored region lost comes back from another desk than its author, by the rules of a
/// push; its author may come later and finds it there. Nothing else comes in by this door.
#[tokio::test]
async fn another_desk_gives_back_what_the_region_lost() {
    let w = World::restored();
    let (mut a, b, far) = (w.desk("07").await, w.desk("07").await, w.desk("08").await);
    let (case, _) = referral(&mut a, "E-HEA", "Жылу жоқ", "open");
    let lost = a.unsent.clone();
    let counted = |taken, there, refused| Ok((taken, there, refused));
    assert_eq!(
        count(a.handle.give_back(back(&a.epoch, lost.clone())).await),
        counted(0, 0, 4),
        "its own"
    );
    assert_eq!(
        b.handle.give_back(back("another", lost.clone())).await,
        Err(refused(ApiErrorCode::HistoryDiverged))
    );
    // Forged, unreadable, and of nobody the region knows.
    let mut forged = lost[0].clone();
    forged.e = forged.e.replace("front_office", "phone");
    let junk = SignedEvent { e: "{}".to_owned(), s: "AAAA".to_owned() };
    let mut stranger = Desk::new(&w, "07", Role::Head, &[]);
    stranger.say(case, &note("x"), "open");
    let none = vec![forged, junk, stranger.unsent[0].clone()];
    assert_eq!(count(b.handle.give_back(back(&b.epoch, none)).await), counted(0, 0, 3));
    let many = vec![lost[0].clone(); 501];
    assert_eq!(
        b.handle.give_back(back(&b.epoch, many)).await,
        Err(refused(ApiErrorCode::BadRequest))
    );
    assert_eq!(w.region.store().head().unwrap(), Pos(0));

    assert_eq!(count(b.handle.give_back(back(&b.epoch, lost.clone())).await), counted(4, 0, 0));
    let read = b.read(&b.station_scope()).await.unwrap();
    assert_eq!(
        kinds(&read),
        ["visit_noted", "case_opened", "referral_drafted", "referral_sent", "delivery_by_hand"]
    );
    // Of another desk of another station it is the same.
    assert_eq!(count(far.handle.give_back(back(&far.epoch, lost.clone())).await), counted(0, 4, 0));
    w.pass(TimeDelta::minutes(7));
    let answer = a.push().await.unwrap();
    assert_eq!(codes(&answer), ["duplicate"; 4], "the author comes after all");
    w.pass(TimeDelta::minutes(7));
    let again = a.handle.push(a.segment_of(1, lost.clone())).await.unwrap();
    for answer in [answer, again] {
        for (v, entry) in answer.verdicts.iter().zip(&read) {
            let Verdict::Duplicate { pos, recorded_at } = v.verdict else { panic!("{v:?}") };
            assert_eq!((pos, recorded_at), (entry.pos, entry.recorded_at));
        }
    }
    a.say(case, &note("жалғасы"), "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"], "and its chain goes on");

    // Of a copied desk it takes the other branch as well, once and beside the chain: another desk had heard of it.
    let branch =
        SignedEvent::sign(&a.envelope(case, &note("екі"), "open"), &a.officer_key).unwrap();
    let mut envelope = a.envelope(case, &note("үш"), "open");
    envelope.device_seq.0 = 2;
    let other = SignedEvent::sign(&envelope, &a.officer_key).unwrap();
    for counts in [(1, 0, 0), (0, 1, 0)] {
        let again = b.handle.give_back(back(&b.epoch, vec![other.clone()])).await;
        assert_eq!(again.as_ref().unwrap().against.as_deref(), Some(&[][..]));
        assert_eq!(count(again), counted(counts.0, counts.1, counts.2));
    }
    let forked = a.handle.push(a.segment_of(2, vec![other])).await;
    assert_eq!(forked, Err(fork_at(2)));
    assert_eq!(
        count(b.handle.give_back(back(&b.epoch, vec![branch])).await),
        counted(0, 0, 1),
        "frozen"
    );
    w.region.store().revoke_device(b.device).unwrap();
    assert_eq!(
        b.handle.give_back(back(&b.epoch, lost)).await,
        Err(refused(ApiErrorCode::Unauthorised))
    );
}

/// A new colleague at this desk, whom the region has not heard of, with the word of its head.
fn colleague(w: &World, desk: &Desk, role: Role) -> (OfficerCard, SigningKey) {
    let key = SigningKey::from_bytes(&w.env.bytes());
    let mut card = OfficerCard {
        id: OfficerId(fresh()),
        role,
        key: key_text(&key.verifying_key()),
        ..desk.card.clone()
    };
    card.voucher = Some(card.vouch(desk.card.id, &desk.officer_key));
    (card, key)
}

/// What he wrote at this desk.
fn written(desk: &mut Desk, (card, key): &(OfficerCard, SigningKey), case: CaseId) -> SignedEvent {
    let mut envelope = desk.envelope(case, &note("жылу жоқ"), "open");
    (envelope.actor_id, envelope.role) = (card.id, card.role);
    let event = SignedEvent::sign(&envelope, key).unwrap();
    desk.save_signed(event.clone());
    event
}

/// S2 (part), S14 (part), S15 (part): an officer whom nobody remembers but the desks that read him – he joined after the copy
/// from which the region was restored, and his own desk was put back by hand – is known again by the word of a head whom
/// the region knows, or by that of somebody for whom one stands. Nobody else comes in by this door.
#[tokio::test]
async fn a_forgotten_officer_is_known_again_by_the_word_of_his_head() {
    let w = World::restored();
    let mut a = w.desk_with("07", Role::Head, &[]).await;
    let (b, mut far) = (w.desk("07").await, w.desk_with("08", Role::Head, &[]).await);
    let case = CaseId(fresh());
    let second = colleague(&w, &a, Role::Controller);
    let mut third = colleague(&w, &a, Role::Officer);
    third.0.voucher = Some(third.0.vouch(second.0.id, &second.1));
    let lost = vec![written(&mut a, &second, case), written(&mut a, &third, case)];
    let give = async |events: &[SignedEvent], officers: &[OfficerCard]| {
        let back = GiveBack { officers: officers.to_vec(), ..back(&b.epoch, events.to_vec()) };
        count(b.handle.give_back(back).await).unwrap()
    };
    assert_eq!(give(&lost, &[]).await, (0, 0, 2), "an older desk brings no cards");

    // In his name with another key; for whom nobody stands; with the word of a head of another station.
    let forger = SigningKey::from_bytes(&w.env.bytes());
    let other_key = OfficerCard { key: key_text(&forger.verifying_key()), ..second.0.clone() };
    let no_word = OfficerCard { voucher: None, ..second.0.clone() };
    let foreign = OfficerCard {
        voucher: Some(second.0.vouch(far.card.id, &far.officer_key)),
        ..second.0.clone()
    };
    // As a head, on the word for a controller.
    let raised = OfficerCard { role: Role::Head, ..second.0.clone() };
    for card in [other_key, no_word, foreign, raised] {
        assert_eq!(give(&lost[..1], std::slice::from_ref(&card)).await, (0, 0, 1), "{card:?}");
    }
    // His card alone, without a word of his that says where he works, or with one of another.
    assert_eq!(give(&[], std::slice::from_ref(&second.0)).await, (0, 0, 0));
    let elsewhere = written(&mut far, &second, case);
    assert_eq!(
        give(&[elsewhere], std::slice::from_ref(&second.0)).await,
        (0, 0, 1),
        "another station's desk"
    );
    // A word in his name that is not his does not say it either.
    let forged = SignedEvent { s: lost[1].s.clone(), ..lost[0].clone() };
    assert_eq!(give(&[forged], std::slice::from_ref(&second.0)).await, (0, 0, 1));
    let ids = [second.0.id, third.0.id];
    assert_eq!(w.region.store().officers(&ids).unwrap(), []);

    // Whoever stands for him may come behind him.
    assert_eq!(give(&lost, &[third.0.clone(), second.0.clone()]).await, (2, 0, 0));
    let known = w.region.store().officers(&ids).unwrap();
    assert!(known.iter().all(|o| o.device == a.device) && known.len() == 2);
    let told = b.hello(200).await.unwrap().officers;
    assert!(
        [&second.0, &third.0].iter().all(|card| told.contains(card)),
        "and the desks hear of him"
    );
    assert_eq!(give(&lost, &[third.0.clone(), second.0.clone()]).await, (0, 2, 0));

    // No other station's desk has his card.
    let fourth = colleague(&w, &a, Role::Officer);
    let word = written(&mut a, &fourth, case);
    let cards = vec![fourth.0.clone()];
    let given = GiveBack { officers: cards, ..back(&far.epoch, vec![word.clone()]) };
    assert_eq!(count(far.handle.give_back(given).await), Ok((0, 0, 1)));
    // Of several cards in one name the first is looked at.
    let twice = [OfficerCard { voucher: None, ..fourth.0.clone() }, fourth.0.clone()];
    assert_eq!(give(std::slice::from_ref(&word), &twice).await, (0, 0, 1));
    // Who was revoked before the region was set back is so from the first moment: what is signed in his name waits for a
    // person, for nothing says when it was.
    let revoked = OfficerCard { revoked: true, ..fourth.0.clone() };
    assert_eq!(give(&[word], std::slice::from_ref(&revoked)).await, (0, 0, 1));
    assert_eq!(w.region.store().officers(&[fourth.0.id]).unwrap()[0].card, revoked);
    assert_eq!(aside(&w), ["officer_revoked"]);
    // The warrant key's word is one too.
    let warrant = SigningKey::from_bytes(&w.env.bytes());
    w.region.set_warrant(&key_text(&warrant.verifying_key()), Instead::Nothing).unwrap();
    let mut fifth = colleague(&w, &a, Role::Head);
    fifth.0.voucher = Some(fifth.0.warrant(&warrant));
    let word = written(&mut a, &fifth, case);
    assert_eq!(give(&[word], std::slice::from_ref(&fifth.0)).await, (1, 0, 0));

    // Who is known stays as he is, and whoever was revoked stands for nobody new.
    let named = OfficerCard { name: "Басқа".to_owned(), ..third.0.clone() };
    give(&lost, &[named]).await;
    assert!(w.region.store().officers(&ids).unwrap().iter().any(|o| o.card == third.0));
    let late = colleague(&w, &a, Role::Officer);
    let word = written(&mut a, &late, case);
    w.region.store().revoke_officer(a.card.id).unwrap();
    assert_eq!(give(&[word], &[late.0]).await, (0, 0, 1));
}

/// S14, S15 (part): a region that never was restored lost nothing: whatever is not in its order never was, and comes only
/// from who wrote it. Nobody is told to ask again, and nobody's card is taken either.
#[tokio::test]
async fn a_region_that_never_was_restored_takes_nothing_back() {
    let w = World::new();
    let mut a = w.desk_with("07", Role::Head, &[]).await;
    let b = w.desk("07").await;
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    let there = a.unsent.clone();
    a.push().await.unwrap();
    a.say(case, &note("жаңа"), "open");
    let head = w.region.store().head().unwrap();
    let forgotten = colleague(&w, &a, Role::Officer);
    let word = written(&mut a, &forgotten, case);
    let events = [there, a.unsent.clone(), vec![word]].concat();
    let many = events.len() as u64;
    let given = GiveBack { officers: vec![forgotten.0.clone()], ..back(&b.epoch, events) };
    let answer = b.handle.give_back(given).await.unwrap();
    let nothing = GivenBack { taken: 0, there: 1, refused: many - 1, against: None };
    assert_eq!(answer, nothing);
    assert_eq!(w.region.store().head().unwrap(), head);
    assert_eq!(w.region.store().officers(&[forgotten.0.id]).unwrap(), []);
    assert_eq!(aside(&w), [] as [&str; 0]);
    assert_eq!(codes(&a.push().await.unwrap())[0], "accepted", "its author brings it");
}

/// S8 (part), S14: what is signed with the key of an officer or of a desk that was put out of service does not enter the order
/// through a colleague's desk either. It is not dropped: it waits, once, for a person, with what rests on it, and a
/// person's word brings it in.
#[tokio::test]
async fn what_a_revoked_key_signed_waits_for_a_person_whoever_brings_it() {
    for revoke_desk in [false, true] {
        let w = World::restored();
        let (mut a, mut b) = (w.desk("07").await, w.desk("07").await);
        let case = CaseId(fresh());
        a.say(case, &visit(), "open");
        a.say(case, &opened("ESK-07-2026-1"), "open");
        a.push().await.unwrap();
        let (why, store) = match revoke_desk {
            true => ("device_revoked", w.region.store().revoke_device(a.device)),
            false => ("officer_revoked", w.region.store().revoke_officer(a.card.id)),
        };
        assert!(store.unwrap());
        let head = w.region.store().head().unwrap();

        let mut thief = a.envelope(case, &note("таңертең"), "open");
        thief.device_seq.0 = 70;
        let new = SignedEvent::sign(&thief, &a.officer_key).unwrap();
        let mut rests = b.envelope(case, &note("соған"), "open");
        rests.base = Some(thief.id);
        let rests = SignedEvent::sign(&rests, &b.officer_key).unwrap();
        let c = w.desk("07").await;
        let given = back(&c.epoch, vec![new.clone(), rests.clone()]);
        // The same again, by this desk and by another, changes nothing.
        for desk in [&c, &c, &b] {
            let own = desk.device == b.device;
            let answer = desk.handle.give_back(given.clone()).await.unwrap();
            assert_eq!((answer.taken, answer.there, answer.refused), (0, 0, 2));
            let all = [(why, true), ("base_refused", true)];
            assert_eq!(told(&answer), all[..if own { 1 } else { 2 }], "{why}");
            assert_eq!(w.region.store().head().unwrap(), head, "{why}: nothing is in the order");
            let mut kept = aside(&w);
            kept.sort();
            assert_eq!(kept, ["base_refused", why]);
        }
        assert_eq!(
            a.handle.push(a.segment_of(3, vec![])).await.unwrap().acked.seq,
            2,
            "no chain moved"
        );

        // Its author brings it as well: one matter for the person, and one event in the order.
        a.say(case, &note("таңертең емес"), "open");
        let own = a.unsent.clone();
        assert_eq!(
            told(&c.handle.give_back(back(&c.epoch, own.clone())).await.unwrap()),
            [(why, true)]
        );
        assert_eq!(codes(&a.push().await.unwrap()), [format!("quarantined:{why}")]);
        let mut o = operator(&w).await;
        let page = o.get("/region/aside").await;
        assert!(page.html.contains("2 записи") && page.html.contains("1 запись"), "{}", page.html);
        let release = async |o: &mut Browser<'_>, of: DeviceId, code: &str| {
            let matter = format!("{of}.{code}.{case}");
            let csrf = o.csrf.clone();
            let fields =
                [("csrf", &*csrf), ("matter", &matter), ("note", "болды"), ("act", "accepted")];
            o.post("/region/aside", &fields).await.location
        };
        assert_eq!(release(&mut o, b.device, "base_refused").await, "", "it rests on what waits");
        let done = "/region/aside?done=accepted";
        assert_eq!(release(&mut o, a.device, why).await, done);
        assert_eq!(aside(&w), ["base_refused"], "what was there twice is settled at once");
        if revoke_desk {
            assert_eq!(release(&mut o, b.device, "base_refused").await, done);
        }
        // What waited and its author brings after all waits no more.
        b.save_signed(rests);
        let said = if revoke_desk { "duplicate" } else { "accepted" };
        assert_eq!(codes(&b.push().await.unwrap()), [said]);
        assert_eq!(aside(&w), [] as [&str; 0], "{why}");
        let read = b.read(&b.station_scope()).await.unwrap();
        assert_eq!(kinds(&read).len(), 5, "two before, and three after the person's word");
        let again = [given.events.clone(), own].concat();
        let answer = c.handle.give_back(back(&c.epoch, again)).await.unwrap();
        assert_eq!((answer.taken, answer.there, answer.refused), (0, 3, 0));
    }
}

/// S2 (part), S14 (part), S15 (part): what was in the order that is lost, and against what a rule stands in the new one, is kept for
/// a person too: its author may have lost it. The desk that gave it is told as before that it is refused; the author may still come.
#[tokio::test]
async fn what_a_rule_refuses_of_what_a_colleague_gives_back_waits_for_a_person() {
    let w = World::restored();
    let (mut head, mut a, b) =
        (w.desk_with("07", Role::Head, &["dv"]).await, w.desk("07").await, w.desk("07").await);
    let case = CaseId(fresh());
    head.say(case, &visit(), "open");
    head.say(case, &opened("ESK-07-2026-1"), "open");
    let restricted = CaseRestricted { reason: String::new(), more: Map::new() };
    head.say(case, &Body::CaseRestricted(restricted), "dv");
    head.push().await.unwrap();
    // He wrote it before the case went into the circle, and the restored region hears of it afterwards.
    a.say(case, &note("көршісі де куә"), "open");
    let lost = a.unsent.clone();
    let order = w.region.store().head().unwrap();
    for _ in 0..2 {
        let answer = b.handle.give_back(back(&b.epoch, lost.clone())).await.unwrap();
        assert_eq!(told(&answer), [("foreign_case", false)]);
        assert_eq!(aside(&w), ["foreign_case"], "once");
    }
    assert_eq!(w.region.store().head().unwrap(), order);
    // What was written for practice was in no order, and nobody decides about it.
    let mut practice = a.envelope(CaseId(fresh()), &visit(), "open");
    practice.station_id = "TRAIN".into();
    let practice = SignedEvent::sign(&practice, &a.officer_key).unwrap();
    let answer = b.handle.give_back(back(&b.epoch, vec![practice])).await.unwrap();
    assert_eq!(told(&answer), [("practice", false)]);
    assert_eq!(aside(&w), ["foreign_case"]);

    let mut o = operator(&w).await;
    let page = o.get("/region/aside").await;
    assert!(page.html.contains("не проходит по правилам"), "{}", page.html);
    let accept = async |o: &mut Browser<'_>| {
        let (matter, csrf) = (format!("{}.foreign_case.{case}", a.device), o.csrf.clone());
        let fields = [("csrf", &*csrf), ("matter", &*matter), ("note", ""), ("act", "accepted")];
        let answer = o.post("/region/aside", &fields).await;
        (answer.status, answer.location)
    };
    assert_eq!(accept(&mut o).await.0, StatusCode::CONFLICT, "a person's word overrules no rule");
    w.region.set_circles(a.card.id, &["dv".to_owned()]).unwrap();
    assert_eq!(accept(&mut o).await.1, "/region/aside?done=accepted");
    assert_eq!(aside(&w), [] as [&str; 0]);
    assert_eq!(kinds(&head.read(&Scope::circle(&"07".into(), "dv")).await.unwrap()).len(), 4);
    assert_eq!(codes(&a.push().await.unwrap()), ["duplicate"], "its author comes after all");
}
