//! Bundles from a stick: whose word the region goes by about who wrote them.

use crate::common::{Desk, World, codes, fresh, note, visit};
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::CaseId;
use esik_wire::bundle::{self, BundleHead, BundleOfficers, Load};
use esik_wire::carried::Signed;
use esik_wire::{ApiErrorCode, OfficerCard, PushResponse, Segment};

/// A desk, and what an officer wrote there who was added since it last met its region.
async fn with_a_newcomer(w: &World) -> (Desk, OfficerCard, Segment) {
    let mut desk = w.desk("07").await;
    let newcomer = Desk::new(w, "07", Role::Officer, &[]);
    let card = newcomer.card.clone();
    (desk.card, desk.officer_key) = (newcomer.card, newcomer.officer_key);
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &note("без связи"), "open");
    let segment = desk.segment_of(1, desk.unsent.clone());
    (desk, card, segment)
}

fn word(w: &World, desk: &Desk, card: &OfficerCard) -> BundleOfficers {
    BundleOfficers {
        region_id: w.region.identity().id.clone(),
        device_id: desk.device,
        officers: vec![card.clone()],
    }
}

fn brought(
    w: &World,
    desk: &Desk,
    segment: &Segment,
    officers: Option<(&BundleOfficers, &SigningKey)>,
) -> Result<PushResponse, ApiErrorCode> {
    let about = BundleHead {
        region_id: w.region.identity().id.clone(),
        device_id: desk.device,
        incarnation: desk.incarnation,
        first_seq: 1,
        last_seq: segment.events.len() as u64,
        made_at: chrono::DateTime::UNIX_EPOCH,
    };
    let officers = officers.map(|(said, key)| Signed::sign(said, key).unwrap());
    let load = Load { segment: segment.clone(), officers };
    let key = &desk.joined.as_ref().unwrap().region_key;
    let sealed = bundle::seal(&about, &load, key, [7; 32]).unwrap();
    let (_, receipt) = w.region.take_bundle(&sealed).map_err(|e| e.code)?;
    Ok(serde_json::from_str::<bundle::Receipt>(&receipt.r).unwrap().answer)
}

fn is_known(w: &World, card: &OfficerCard) -> bool {
    !w.region.store().officers(&[card.id]).unwrap().is_empty()
}

/// S14 (part): who was added while there was no line is known by the bundle, as by a greeting; twice is once.
#[tokio::test]
async fn an_officer_who_was_added_without_a_line_is_known_by_the_bundle() {
    let w = World::new();
    let (desk, card, segment) = with_a_newcomer(&w).await;
    let said = word(&w, &desk, &card);
    let answer = brought(&w, &desk, &segment, Some((&said, &desk.key))).unwrap();
    assert_eq!(codes(&answer), ["accepted"; 2]);
    assert!(is_known(&w, &card));
    // An older stick says of somebody who is known what he was called then.
    let older = OfficerCard { name: "Ким В.".to_owned(), ..card.clone() };
    let older = word(&w, &desk, &older);
    let again = brought(&w, &desk, &segment, Some((&older, &desk.key))).unwrap();
    assert_eq!(codes(&again), ["duplicate"; 2]);
    let kept = w.region.store().officers(&[card.id]).unwrap();
    assert_eq!(kept[0].card.name, card.name);
}

/// S14 (part): by the word of another desk, or one for another region or desk, nobody is known and nothing is taken; a desk
/// out of service makes nobody known.
#[tokio::test]
async fn nobody_is_known_by_the_word_of_another_desk() {
    let w = World::new();
    let (desk, card, segment) = with_a_newcomer(&w).await;
    let other = w.desk("07").await;
    let good = word(&w, &desk, &card);
    let elsewhere = BundleOfficers { region_id: "almaty".to_owned(), ..good.clone() };
    let of_other = BundleOfficers { device_id: other.device, ..good.clone() };
    for (said, key) in [(&good, &other.key), (&elsewhere, &desk.key), (&of_other, &desk.key)] {
        let refused = brought(&w, &desk, &segment, Some((said, key)));
        assert_eq!(refused, Err(ApiErrorCode::BadRequest));
        assert!(!is_known(&w, &card));
    }
    assert!(w.region.store().revoke_device(desk.device).unwrap());
    let set_aside = brought(&w, &desk, &segment, Some((&good, &desk.key))).unwrap();
    assert_eq!(codes(&set_aside), ["quarantined:unknown_officer"; 2]);
    assert!(!is_known(&w, &card));
}

/// A program of the version before sends no word: what a newcomer wrote is kept for a person, as ever.
#[tokio::test]
async fn a_bundle_of_the_program_before_is_taken_as_it_is() {
    let w = World::new();
    let (desk, card, segment) = with_a_newcomer(&w).await;
    let answer = brought(&w, &desk, &segment, None).unwrap();
    assert_eq!(codes(&answer), ["quarantined:unknown_officer"; 2]);
    assert!(!is_known(&w, &card));
}
