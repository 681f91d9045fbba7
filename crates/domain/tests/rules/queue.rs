//! The hall's queue told as stories: what of the first words is kept, and how a ticket lives.

use esik_domain::case::CaseState;
use esik_domain::catalog::Catalog;
use esik_domain::event::*;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::*;
use esik_domain::queue::{
    QueueAbout, WORDS_CHARS_MAX, desk_letter, hear, label, provisional_letter,
};
use serde_json::{Map, json};
use std::collections::HashSet;
use uuid::Uuid;

fn heard(words: &str) -> esik_domain::queue::Heard {
    hear(Catalog::shipped(), words, "Ким Анна", None, false)
}

#[test]
fn of_a_crime_the_sign_is_kept_and_the_words_are_not() {
    let h = heard("У меня украли телефон на рынке");
    assert!(h.words_dropped && h.about.words.is_empty());
    assert_eq!(h.about.flags, ["theft"]);
    assert!(h.urgent);
    assert!(h.circle.is_open());
}

#[test]
fn plain_words_are_kept_in_one_line_and_wait_their_turn() {
    let h = heard("  нет отопления\n второй день ");
    assert_eq!(h.about.words, "нет отопления второй день");
    assert!(!h.urgent && !h.words_dropped && h.circle.is_open());
    let long = "слово ".repeat(100);
    assert!(heard(&long).about.words.chars().count() <= WORDS_CHARS_MAX);
}

#[test]
fn danger_goes_first_and_the_officer_may_say_so_too() {
    assert!(heard("в подъезде пахнет газом").urgent);
    assert!(hear(Catalog::shipped(), "справка", "", None, true).urgent);
}

#[test]
fn a_restricted_matter_is_told_to_its_circle_alone() {
    for (words, category, circle) in [
        ("муж бьёт, боюсь идти домой", None, "dv"),
        ("боюсь идти домой", None, "dv"),
        ("полицейский вымогает взятку", None, "corruption"),
        ("вопрос", Some("FAM-01"), "dv"),
        ("вопрос", Some("GOV-01"), "integrity"),
        ("бьют ребенка в детском саду", None, "juvenile"),
    ] {
        let category = category.map(CategoryCode::from);
        let h = hear(Catalog::shipped(), words, "", category, false);
        assert_eq!(h.circle.0, circle, "{words}: {h:?}");
    }
}

#[test]
fn no_two_desks_of_a_station_have_one_letter() {
    let letters: HashSet<String> = (0..2000).map(desk_letter).collect();
    assert_eq!(letters.len(), 2000);
    assert_eq!(desk_letter(0), "А");
    assert_eq!(desk_letter(24), "АА");
    let late = provisional_letter(DeviceId(Uuid::from_u128(u128::MAX)));
    assert_eq!(late.chars().count(), 3);
    assert!((0..600).map(desk_letter).all(|l| l.chars().count() < 3));
    assert_eq!(label(&desk_letter(1), 7), "Б-7");
    assert_eq!(label("", 7), "7");
}

fn ticket(bodies: &[Body]) -> CaseState {
    let entries: Vec<Entry> = (1u64..)
        .zip(bodies)
        .map(|(n, body)| Entry {
            event: Envelope {
                v: ENVELOPE_VERSION,
                id: EventId(Uuid::from_u128(n.into())),
                case_id: CaseId(Uuid::from_u128(900)),
                device_id: DeviceId(Uuid::from_u128(901)),
                incarnation: 1,
                device_seq: DeviceSeq(n),
                prev: String::new(),
                actor_id: OfficerId(Uuid::from_u128(n.into())),
                role: Role::Consultant,
                station_id: "07".into(),
                kind: body.kind().to_owned(),
                version: 1,
                critical: body.critical(),
                occurred_at: "2026-11-20T05:00:00Z".parse().unwrap(),
                clock: None,
                base: None,
                circle: Circle::open(),
                on_behalf: None,
                body: body.to_value().unwrap(),
            },
            standing: Standing::Unsent,
        })
        .collect();
    fold(&entries).unwrap()
}

fn joined() -> Body {
    Body::read("queue_joined", 1, &json!({ "desk": "Б", "n": 7, "urgent": true, "language": "kk" }))
}

fn left(how: &str) -> Body {
    Body::QueueLeft(QueueLeft { how: how.to_owned(), more: Map::new() })
}

fn called() -> Body {
    Body::QueueCalled(QueueCalled { more: Map::new() })
}

#[test]
fn a_ticket_is_called_called_again_and_leaves_once() {
    let state = ticket(&[joined(), called(), called(), left("served"), left("gone")]);
    assert!(state.is_ticket());
    let t = state.ticket.unwrap();
    assert_eq!((t.desk.as_str(), t.n, t.urgent, t.language.as_str()), ("Б", 7, true, "kk"));
    assert_eq!(t.called.unwrap().by, OfficerId(Uuid::from_u128(3)), "who called last, calls");
    assert_eq!(t.left.unwrap(), "served");
    // Twice told to sit down changes nothing.
    let again = Body::QueueJoined(QueueJoined {
        desk: "Я".into(),
        n: 1,
        language: String::new(),
        urgent: false,
        more: Map::new(),
    });
    assert_eq!(ticket(&[joined(), again]).ticket.unwrap().n, 7);
}

#[test]
fn words_without_a_ticket_and_a_visit_with_one_are_no_place_in_the_queue() {
    let told = Body::QueueTold(QueueTold { about: QueueAbout::default(), more: Map::new() });
    assert!(!ticket(&[told, called(), left("gone")]).is_ticket());
    let visit = Body::read("visit_noted", 1, &json!({ "language": "kk" }));
    assert!(!ticket(&[joined(), visit]).is_ticket());
}
