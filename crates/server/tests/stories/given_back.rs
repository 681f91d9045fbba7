//! What a region restored from an older copy lost and a desk gives back: events of others, and officers it forgot.

use crate::common::{Desk, World, codes, fork_at, fresh, kinds, note, referral, refused};
use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, OfficerId, Pos};
use esik_server::warrant::Instead;
use esik_wire::signed::key_text;
use esik_wire::{
    ApiErrorCode, GiveBack, GivenBack, OfficerCard, SignedEvent, SyncApi as _, SyncFailure, Verdict,
};

/// How many were taken, were there, were refused.
fn count(answer: Result<GivenBack, SyncFailure>) -> Result<(u64, u64, u64), SyncFailure> {
    answer.map(|back| (back.taken, back.there, back.refused))
}

fn back(epoch: &str, events: Vec<SignedEvent>) -> GiveBack {
    GiveBack { epoch: epoch.to_owned(), events, officers: Vec::new() }
}

/// S2 (part), S15 (part): what a restored region lost comes back from another desk than its author, by the rules of a
/// push; its author may come later and finds it there. Nothing else comes in by this door.
#[tokio::test]
async fn another_desk_gives_back_what_the_region_lost() {
    let w = World::new();
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
        ["visit_noted", "case_opened", "referral_drafted", "referral_sent", "delivery_delivered"]
    );
    // Of another desk of another station it is the same.
    assert_eq!(count(far.handle.give_back(back(&far.epoch, lost.clone())).await), counted(0, 4, 0));
    w.pass(TimeDelta::minutes(7));
    let answer = a.push().await.unwrap();
    assert_eq!(codes(&answer), ["duplicate"; 4], "the author comes after all");
    for (v, entry) in answer.verdicts.iter().zip(&read) {
        let Verdict::Duplicate { pos, recorded_at } = v.verdict else { panic!("{v:?}") };
        assert_eq!((pos, recorded_at), (entry.pos, entry.recorded_at));
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
    let w = World::new();
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
    // Who was revoked before the region was set back: what he wrote is there again, he is not.
    let revoked = OfficerCard { revoked: true, ..fourth.0.clone() };
    assert_eq!(give(&[word], std::slice::from_ref(&revoked)).await, (1, 0, 0));
    assert_eq!(w.region.store().officers(&[fourth.0.id]).unwrap()[0].card, revoked);
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
