//! What a desk takes of the region's register of officers, and what the region may author.

use crate::desk::*;
use esik_domain::event::*;
use esik_domain::ids::*;
use esik_store::{log, officers, register};
use esik_wire::signed::key_text;
use esik_wire::{FeedEntry, OfficerCard, SignedEvent, Voucher, Warrant};

fn told(n: u8) -> Warrant {
    Warrant { key: key_text(&signing(n).verifying_key()), changes: Vec::new() }
}

fn greeted(desk: &Desk, warrant: Option<Warrant>, cards: Vec<OfficerCard>) {
    desk.store
        .write(move |tx| {
            let key = register::pin(tx, warrant.as_ref(), at(0))?;
            register::take(tx, &cards, key.as_ref(), Some((person(99), "region")))
        })
        .unwrap();
}

fn known(desk: &Desk) -> Vec<u8> {
    let all = desk.store.read(officers::list).unwrap();
    let mut ids: Vec<u8> =
        (0..=255).filter(|n| all.iter().any(|o| o.card.id == person(*n))).collect();
    ids.sort_unstable();
    ids
}

fn head(n: u8) -> OfficerCard {
    OfficerCard { role: Role::Head, ..card(n) }
}

fn controller(n: u8) -> OfficerCard {
    OfficerCard { role: Role::Controller, ..card(n) }
}

fn by_warrant(card: OfficerCard) -> OfficerCard {
    OfficerCard { voucher: Some(card.warrant(&signing(200))), ..card }
}

/// Vouched for by the officer `n`.
fn by(n: u8, card: OfficerCard) -> OfficerCard {
    OfficerCard { voucher: Some(card.vouch(person(n), &signing(n))), ..card }
}

/// S14 (part), S23 (part).
#[test]
fn whoever_is_known_when_the_key_is_pinned_stays_and_others_need_a_word() {
    let desk = Desk::new(1);
    greeted(&desk, None, vec![head(1), card(2), by(1, card(3))]);
    assert_eq!(known(&desk), [1, 2, 3], "without a warrant key everybody is taken as he comes");
    assert_eq!(desk.store.read(register::unvouched).unwrap(), []);
    let cards = vec![head(1), card(2), by(1, card(3)), card(4), by(1, card(5)), by(2, card(6))];
    greeted(&desk, Some(told(200)), cards.clone());
    assert_eq!(known(&desk), [1, 2, 3, 5]);
    let open = desk.store.read(register::unvouched).unwrap();
    let ids: Vec<_> = open.iter().map(|c| c.id).collect();
    assert_eq!(ids, [person(4), person(6), person(1), person(2)], "known or not, nobody vouches");
    // A region that tells no key any more, or another one, changes nothing.
    for warrant in [None, Some(told(201))] {
        greeted(&desk, warrant, cards.clone());
        assert_eq!(known(&desk), [1, 2, 3, 5]);
    }
    assert!(desk.store.read(register::refused).unwrap().is_some());
    greeted(&desk, Some(told(200)), cards);
    assert_eq!(desk.store.read(register::refused).unwrap(), None);
}

/// S14 (part).
#[test]
fn a_chain_of_words_is_followed_in_one_answer_and_no_further_than_it_holds() {
    let chain = |first: OfficerCard| {
        vec![by(3, card(4)), by(2, head(3)), by(1, head(2)), first, by(4, card(5)), by(7, card(6))]
    };
    let desk = Desk::new(1);
    greeted(&desk, Some(told(200)), chain(head(1)));
    assert_eq!(known(&desk), [] as [u8; 0], "its beginning is missing");
    greeted(&desk, Some(told(200)), chain(by(2, head(1))));
    assert_eq!(known(&desk), [] as [u8; 0], "they vouch for each other");
    greeted(&desk, Some(told(200)), chain(by_warrant(head(1))));
    assert_eq!(known(&desk), [1, 2, 3, 4], "an officer vouches for nobody, a stranger neither");
    // Of another station; a word about another role; another key under the same word.
    let far = OfficerCard { station: "08".into(), ..card(10) };
    let risen = OfficerCard { role: Role::Head, ..by(1, card(11)) };
    let swapped = OfficerCard { key: card(13).key, ..by(1, card(12)) };
    greeted(&desk, Some(told(200)), vec![by(1, far), risen, swapped]);
    assert_eq!(known(&desk), [1, 2, 3, 4]);
    // The region is the one that was joined, and no other.
    let region = |key: &str| OfficerCard { role: Role::Region, key: key.to_owned(), ..card(99) };
    greeted(
        &desk,
        Some(told(200)),
        vec![region("another"), OfficerCard { id: person(98), ..region("region") }],
    );
    assert_eq!(known(&desk), [1, 2, 3, 4]);
    greeted(&desk, Some(told(200)), vec![region("region")]);
    assert_eq!(known(&desk), [1, 2, 3, 4, 99]);
}

/// S14 (part): what a desk's head said stays here and is told until the region's register has it.
#[test]
fn a_word_given_here_is_told_until_the_region_has_it() {
    let desk = Desk::new(1);
    desk.store.write(|tx| officers::put(tx, &head(1), true)).unwrap();
    greeted(&desk, Some(told(200)), vec![head(1), card(2)]);
    let untold = || desk.store.read(register::untold).unwrap();
    assert!(untold().is_empty());
    let vouched = by(1, card(2));
    let word = vouched.clone();
    desk.store.write(move |tx| register::vouch(tx, &word)).unwrap();
    assert_eq!(known(&desk), [1, 2]);
    for cards in [vec![head(1), card(2)], vec![head(1), by(5, card(2))]] {
        greeted(&desk, Some(told(200)), cards);
        let told: Vec<_> = untold().into_iter().map(|v| (v.officer, v.voucher)).collect();
        assert_eq!(told, [(person(2), vouched.voucher.clone().unwrap())]);
    }
    greeted(&desk, Some(told(200)), vec![head(1), vouched]);
    assert!(untold().is_empty());
    let open = desk.store.read(register::unvouched).unwrap();
    assert_eq!(
        open.iter().map(|c| c.id).collect::<Vec<_>>(),
        [person(1)],
        "himself, by the operator"
    );
}

/// A region of a million officers costs a bounded look.
#[test]
fn a_register_without_an_end_is_looked_at_to_a_bound() {
    let desk = Desk::light(1);
    let many: Vec<_> = (0..3000_u128)
        .map(|n| OfficerCard { id: OfficerId(uuid(500_000 + n)), ..by(9, card(9)) })
        .collect();
    greeted(&desk, Some(told(200)), many);
    assert_eq!(known(&desk), [] as [u8; 0]);
    assert_eq!(desk.store.read(register::unvouched).unwrap().len(), 200);
}

/// S14 (part), T12 (part), `settled.md` 8: what a person did names the person, or it is set aside; what the region does itself need
/// not. Nobody is the region but the region.
#[test]
fn an_event_of_the_region_names_the_person_behind_it() {
    let (one, two) = (Desk::new(1), Desk::new(2));
    let case = one.open_case(1, 1, Party::default(), "x");
    let referred = ReferralId(next());
    one.append(1, case, referral(referred, "E-HEA", "Проверьте", 3)).unwrap();
    let page = feed(&one.outbox(), 1);
    let region = OfficerCard {
        id: person(9),
        role: Role::Region,
        key: key_text(&signing(9).verifying_key()),
        ..card(9)
    };
    two.store.write(move |tx| officers::put(tx, &region, false)).unwrap();
    let last = page.len() as u64;
    let said = |n: u64, kind: &str, who: Option<&str>, role: Role| {
        let mut e: Envelope = page[0].event.envelope().unwrap();
        (e.id, e.kind, e.role) = (EventId(next()), kind.to_owned(), role);
        (e.actor_id, e.device_id) = (person(9), DeviceId(uuid(777)));
        (e.device_seq, e.prev) = (DeviceSeq(n), "0".repeat(64));
        e.on_behalf = who.map(str::to_owned);
        e.body = serde_json::json!({ "referral_id": referred, "channel": "portal",
            "incoming_number": "7", "text": "ok", "code": "x" });
        FeedEntry {
            pos: Pos(last + n),
            event: SignedEvent::sign(&e, &signing(9)).unwrap(),
            ..page[0].clone()
        }
    };
    let good = [
        said(1, "agency_accepted", Some("heat.serik@E-HEA"), Role::Region),
        said(2, "delivery_delivered", Some("rule:portal"), Role::Region),
        said(3, "delivery_delivered", None, Role::Region),
        said(4, "agency_of_tomorrow", Some("heat.serik@E-HEA"), Role::Region),
    ];
    let bad = [
        said(5, "agency_accepted", None, Role::Region),
        said(6, "agency_registered", Some(" "), Role::Region),
        said(7, "agency_answered", Some("rule:portal"), Role::Region),
        said(8, "applicant_of_tomorrow", None, Role::Region),
        said(9, "note_added", None, Role::Head),
        said(10, "of_tomorrow", None, Role::Head),
    ];
    let out = take(&two, "station:07", page.iter().chain(&good).chain(&bad).cloned().collect());
    assert_eq!((out.applied, out.poisoned), (last + 4, 6));
    let aside = two.store.read(log::poisoned).unwrap();
    assert!(aside.iter().all(|(_, _, why)| why == "not_allowed"), "{aside:?}");
}

/// S2 (part): while a region has no warrant key a desk keeps the words of known colleagues, and no others: what it gives back
/// to a region that forgot an officer goes with the cards that make him known again.
#[test]
fn words_of_known_colleagues_are_kept_for_a_region_that_forgets() {
    let desk = Desk::new(1);
    let forged = OfficerCard { voucher: by(2, card(4)).voucher, ..card(4) };
    let forged = OfficerCard {
        voucher: forged.voucher.map(|v| Voucher { by: Some(person(1)), ..v }),
        ..forged
    };
    // Whoever stands for him may come behind him.
    let cards = vec![by(1, card(3)), head(1), forged, by_warrant(card(5)), by(9, card(6)), card(7)];
    greeted(&desk, None, cards);
    assert_eq!(known(&desk), [1, 3, 4, 5, 6, 7]);
    let brought = |ids: &[u8], most| {
        let wanted: Vec<_> = ids.iter().map(|n| person(*n)).collect();
        desk.store.read(move |conn| register::with_vouchers(conn, wanted, most)).unwrap()
    };
    assert_eq!(brought(&[1, 2, 3, 4, 5, 6, 7], 24), [by(1, card(3))]);
    // Each with those of his chain behind him, each once; the region's word is nobody's.
    greeted(&desk, None, vec![by(1, controller(8)), by(8, card(10)), by(8, card(11))]);
    let [ten, eleven, eight] = [by(8, card(10)), by(8, card(11)), by(1, controller(8))];
    assert_eq!(brought(&[10, 11, 10], 24), [ten.clone(), eight.clone(), eleven]);
    assert_eq!(brought(&[10, 11], 2), [ten, eight]);
    // A word that is kept is not lost by a register that lacks it.
    greeted(&desk, None, vec![card(3)]);
    assert_eq!(brought(&[3], 24), [by(1, card(3))]);
}
