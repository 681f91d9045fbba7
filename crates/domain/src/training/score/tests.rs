//! Each expectation told as a pair: the case that meets it and the case that does not.
#![expect(clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::case::{Advice, Closing, Contact, Coupon, Crime, Issue, Referral, Task};
use crate::event::{Channel, Disclosed, Leaving, Party, Word};
use crate::ids::*;
use crate::training::read;
use chrono::{DateTime, Utc};
use uuid::Uuid;

fn at() -> DateTime<Utc> {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

fn case() -> CaseState {
    serde_json::from_value(serde_json::json!({
        "id": Uuid::nil(), "station": "TRAIN", "circle": "open", "author": Uuid::nil(),
        "first_at": at(), "last_at": at(), "number": "ESK-TRAIN-2026-1", "ext_number": null,
        "title": "", "narrative": "", "address": null, "appeal_kind": "", "opened_at": at(),
        "visits": [], "issues": [], "parties": [], "advice": [], "referrals": [], "tasks": [],
        "crime": null, "coupon": null, "contacts": [], "closed": null, "reopened": 0,
        "review": [], "refused": [], "unknown": 0, "read_only": false, "set_by": {},
    }))
    .unwrap()
}

fn referral(agency: &str) -> Referral {
    Referral {
        id: ReferralId(Uuid::nil()),
        agency: agency.into(),
        category: None,
        text: "Холодно".to_owned(),
        disclosed: Disclosed::default(),
        leaves: vec![Leaving { field: "address".to_owned(), value: "Абая, 1".to_owned() }],
        circle: Circle::open(),
        by: OfficerId(Uuid::nil()),
        answer_due: Some("2026-11-23".parse().unwrap()),
        ack_wd: 1,
        drafted_at: at(),
        sent_at: Some(at()),
        at_region: true,
        delivered: None,
        by_hand: None,
        registered: None,
        incoming_number: None,
        accepted: None,
        rejected: None,
        answered: None,
        checked: None,
        withdrawn: None,
        withdrawn_why: String::new(),
        reminders: 0,
        remind_from: None,
        replaces: None,
        replaced_by: None,
        redirect: None,
        decision: None,
        escalations: Vec::new(),
        basis: None,
        copy_of: None,
        files: Vec::new(),
    }
}

fn task(unit: &str) -> Task {
    Task {
        id: TaskId(Uuid::nil()),
        text: String::new(),
        unit: unit.into(),
        owner: None,
        due: Some("2026-11-23".parse().unwrap()),
        assigned_at: at(),
        at_region: true,
        done: None,
        result: String::new(),
    }
}

fn person(party: Party) -> CaseState {
    let mut c = case();
    c.parties.push(crate::case::CaseParty { id: PartyId(Uuid::nil()), party });
    c
}

fn with(change: impl FnOnce(&mut CaseState)) -> CaseState {
    let mut c = case();
    change(&mut c);
    c
}

fn contact(how: ContactHow, reached: Reached) -> Contact {
    Contact { at: at(), by: OfficerId(Uuid::nil()), how, reached, word: None, text: String::new() }
}

fn closing(word: Word) -> Closing {
    Closing {
        at: at(),
        by: OfficerId(Uuid::nil()),
        word,
        outcome: "helped".to_owned(),
        text: String::new(),
        satisfaction: None,
        not_called: String::new(),
        at_region: true,
    }
}

fn check(good: bool) -> crate::case::Check {
    let stamp =
        crate::case::Stamp { at: at(), by: String::new(), event: EventId(Uuid::nil()), told: None };
    crate::case::Check {
        stamp,
        good,
        note: String::new(),
        has: Vec::new(),
        lacks: Vec::new(),
        reopened: false,
    }
}

fn advice(text: &str) -> Advice {
    Advice {
        at: at(),
        by: OfficerId(Uuid::nil()),
        text: text.to_owned(),
        category: None,
        cited: Vec::new(),
        cards: Vec::new(),
    }
}

#[test]
fn each_thing_looked_at_in_the_case_is_seen_and_missed() {
    let issue =
        |code: &str| Issue { id: IssueId(Uuid::nil()), category: code.into(), text: String::new() };
    let crime = || Crime {
        kui_number: "КУИ-26-1".to_owned(),
        kui_at: at(),
        received_by: String::new(),
        minutes: None,
    };
    let visit = |code: &str| crate::case::Visit {
        at: at(),
        channel: Channel::FrontOffice,
        language: "ru".to_owned(),
        circumstances: vec![code.to_owned()],
        by: OfficerId(Uuid::nil()),
    };
    let named = Party { surname: "Ким".to_owned(), ..Party::default() };
    let phone = Party { phone: "+77000001122".to_owned(), ..named.clone() };
    let safe = Party { call_note: "днём".to_owned(), ..phone.clone() };
    let mut leaves_name = referral("E-HEA");
    leaves_name.leaves.push(Leaving { field: "name".to_owned(), value: "Ким".to_owned() });
    let mut other = referral("E-OSI");
    other.replaces = Some(ReferralId(Uuid::nil()));
    let mut secret = referral("E-CRS");
    secret.circle = Circle("dv".to_owned());
    let mut undated = referral("E-HEA");
    undated.answer_due = None;
    let mut taken_back = referral("E-HEA");
    taken_back.withdrawn = Some(check(true).stamp);
    let (mut good, mut bad) = (referral("E-HEA"), referral("E-HEA"));
    good.checked = Some(check(true));
    bad.checked = Some(check(false));
    // What is wanted, a case that has it, a case that has not.
    let table: Vec<(&str, CaseState, CaseState)> = vec![
        (
            r#""category","any":["ZKH-01"]"#,
            with(|c| c.issues.push(issue("ZKH-01"))),
            with(|c| c.issues.push(issue("ZKH-02"))),
        ),
        (
            r#""issues","count":2"#,
            with(|c| c.issues = vec![issue("ZKH-01"), issue("SOC-01")]),
            with(|c| c.issues.push(issue("ZKH-01"))),
        ),
        (
            r#""circumstance","code":"baby""#,
            with(|c| c.visits.push(visit("baby"))),
            with(|c| c.visits.push(visit("elderly"))),
        ),
        (r#""nameless""#, case(), person(named.clone())),
        (r#""named""#, person(named.clone()), case()),
        (
            r#""iin","right":"1""#,
            person(Party { iin: "1".to_owned(), ..named.clone() }),
            person(Party { iin: "2".to_owned(), ..named.clone() }),
        ),
        (
            r#""advice","mentions":["газ"]"#,
            with(|c| c.advice.push(advice("Не грейтесь газовой плитой"))),
            with(|c| c.advice.push(advice("Позвоните в 109"))),
        ),
        (
            r#""advice","mentions":[]"#,
            with(|c| c.advice.push(advice("Всё"))),
            with(|c| c.advice.push(advice(" "))),
        ),
        (
            r#""only_advice""#,
            with(|c| {
                c.number = None;
                c.advice.push(advice("ЦОН"));
            }),
            with(|c| c.advice.push(advice("ЦОН"))),
        ),
        (
            r#""referral","any":["E-HEA"]"#,
            with(|c| c.referrals.push(referral("E-HEA"))),
            with(|c| c.referrals.push(taken_back.clone())),
        ),
        (
            r#""not_to","none":["E-AKM"]"#,
            with(|c| c.referrals.push(referral("E-HEA"))),
            with(|c| c.referrals.push(referral("E-AKM"))),
        ),
        (r#""shown","fields":["address"]"#, with(|c| c.referrals.push(referral("E-HEA"))), case()),
        (
            r#""hidden","fields":["name"]"#,
            with(|c| c.referrals.push(referral("E-HEA"))),
            with(|c| c.referrals.push(leaves_name.clone())),
        ),
        (
            r#""circle","circle":"dv""#,
            with(|c| c.circle = Circle("dv".to_owned())),
            with(|c| c.referrals.push(referral("E-CRS"))),
        ),
        (r#""circle","circle":"dv""#, with(|c| c.referrals.push(secret.clone())), case()),
        (r#""kui""#, with(|c| c.crime = Some(crime())), case()),
        (
            r#""unsaid","words":["побил"]"#,
            with(|c| c.narrative = "Нужен ночлег".to_owned()),
            with(|c| c.narrative = "Муж побил".to_owned()),
        ),
        (r#""unsaid","words":["холод"]"#, case(), with(|c| c.referrals.push(referral("E-HEA")))),
        (
            r#""task","any":["P-UIP"]"#,
            with(|c| c.tasks.push(task("P-UIP"))),
            with(|c| c.tasks.push(task("P-CRM"))),
        ),
        (
            r#""promise""#,
            with(|c| c.referrals.push(referral("E-HEA"))),
            with(|c| c.referrals.push(undated.clone())),
        ),
        (r#""promise""#, with(|c| c.tasks.push(task("P-UIP"))), case()),
        (
            r#""coupon""#,
            with(|c| {
                c.coupon = Some(Coupon {
                    at: at(),
                    number: String::new(),
                    code: String::new(),
                    secret: String::new(),
                    receiver_name: String::new(),
                    receiver_post: String::new(),
                    phone: String::new(),
                })
            }),
            case(),
        ),
        (r#""safe_contact""#, person(safe.clone()), person(phone.clone())),
        (r#""safe_contact""#, person(named.clone()), {
            let mut c = person(named.clone());
            c.contacts.push(contact(ContactHow::Call, Reached::Yes));
            c
        }),
        (
            r#""rereferral","any":["E-OSI"]"#,
            with(|c| c.referrals.push(other.clone())),
            with(|c| c.referrals.push(referral("E-OSI"))),
        ),
        (
            r#""answer_checked""#,
            with(|c| c.referrals.push(good.clone())),
            with(|c| c.referrals.push(bad.clone())),
        ),
        (
            r#""told""#,
            with(|c| c.contacts.push(contact(ContactHow::Call, Reached::Yes))),
            with(|c| c.contacts.push(contact(ContactHow::Call, Reached::NoAnswer))),
        ),
        (
            r#""closed","word":"solved""#,
            with(|c| c.closed = Some(closing(Word::Solved))),
            with(|c| c.closed = Some(closing(Word::NotAsked))),
        ),
        (r#""still_open""#, case(), with(|c| c.closed = Some(closing(Word::Solved)))),
        (r#""reopened""#, with(|c| c.reopened = 1), case()),
    ];
    for (want, meets, misses) in table {
        let s = scenario(&format!(r#"{{"want":{want}}}"#));
        let of = |case| Played { case: Some(case), ..Played::default() };
        assert!(met(&s, &s.expect[0], &of(meets)), "{want} is not seen");
        assert!(!met(&s, &s.expect[0], &of(misses)), "{want} is seen where it is not");
        assert!(!met(&s, &s.expect[0], &Played::default()), "{want} is seen in nothing");
    }
}

fn scenario(expect: &str) -> Scenario {
    let said = r#"{"kk":"а","ru":"б","en":"c"}"#;
    read(&format!(
        r#"{{"code":"x","title":{said},"minutes":2,"words":{said},"questions":[{{"code":"home","ask":{said},"answer":{said}}}],"expect":[{expect}]}}"#
    ))
    .unwrap()
}

#[test]
fn how_the_visitor_was_met_counts_too() {
    let s = scenario(
        r#"{"want":"asked","question":"home"},{"want":"joined"},{"want":"returned"},{"want":"in_time"}"#,
    );
    let late = Played { case: Some(case()), seconds: 121, ..Played::default() };
    assert_eq!(score(&s, &late).percent, 0);
    let quick = Played {
        seconds: 120,
        asked: ["home".to_owned()].into(),
        joined: true,
        returned: true,
        ..late
    };
    assert_eq!(
        score(&s, &quick),
        Score {
            percent: 100,
            passed: true,
            lines: vec![ScoreLine { met: true, hinted: false, must: false }; 4],
        }
    );
}

#[test]
fn a_hint_costs_half_and_a_must_cannot_be_made_up_for() {
    let s = scenario(r#"{"want":"kui","must":true},{"want":"named","weight":8},{"want":"coupon"}"#);
    let mut c = person(Party { surname: "Ким".to_owned(), ..Party::default() });
    let without = score(&s, &Played { case: Some(c.clone()), ..Played::default() });
    assert_eq!((without.percent, without.passed), (80, false), "the must is missing");
    c.crime = Some(Crime {
        kui_number: "КУИ-26-1".to_owned(),
        kui_at: at(),
        received_by: String::new(),
        minutes: None,
    });
    let with = Played { case: Some(c), ..Played::default() };
    assert_eq!((score(&s, &with).percent, score(&s, &with).passed), (90, true));
    let hinted = score(&s, &Played { hinted: [1].into(), ..with });
    assert_eq!((hinted.percent, hinted.passed), (50, false));
}
