//! What is restricted does not exist for those who may not know of it; what is on the disk is not readable.

use crate::desk::*;
use esik_domain::case::ObligationKind;
use esik_domain::event::Party;
use esik_domain::ids::*;
use esik_domain::name::PersonName;
use esik_domain::policy::Actor;
use esik_domain::priority::Priority;
use esik_store::lists::{self, Board, Queue, SimilarQuery};
use esik_store::search::search;

const TODAY: &str = "2026-11-23";

fn all(desk: &Desk, who: &Actor) -> String {
    let today = TODAY.parse().unwrap();
    desk.store
        .read(|c| {
            let mut seen = String::new();
            seen += &format!("{:?}", lists::reception(c, who, today)?);
            seen += &format!("{:?}", lists::control(c, who, &Board::of(Queue::All, today, 200))?);
            seen += &format!("{:?}", lists::happenings(c, who, None, 1000)?);
            seen += &format!("{:?}", lists::counts(c, who, today, &lists::Only::default())?);
            for words in [
                "ESK-07-2026-7",
                "7",
                "Сагынтаева",
                "Сагын",
                "приют",
                "кризисный центр",
                "7014445566",
                "4445",
                "Сагынтаева Дина 87014445566 851231300124",
            ] {
                seen += &format!("{:?}", search(c, who, words, 50)?);
            }
            let q = SimilarQuery {
                address: "Абая 12".to_owned(),
                phones: vec!["+77014445566".to_owned()],
                names: PersonName::parse("Сагынтаева Дина").into_iter().collect(),
                since: at(-1000),
                limit: 50,
                ..SimilarQuery::default()
            };
            seen += &format!("{:?}", lists::similar(c, who, &q)?);
            seen += &format!("{:?}", lists::find_by_number(c, who, "7")?);
            Ok(seen)
        })
        .unwrap()
}

#[test]
fn a_restricted_case_does_not_exist_for_another_officer() {
    for indexed in [false, true] {
        let desk = Desk::new(1);
        let empty = all(&desk, &officer(2));
        let case = CaseId(next());
        desk.append(
            1,
            case,
            case_events(7, citizen("Сагынтаева", "Дина", "+77014445566"), "Нужен приют", "dv"),
        )
        .unwrap();
        let r = ReferralId(next());
        let dv = Circle("dv".to_owned());
        desk.append(
            1,
            case,
            referral(r, "E-CRISIS", "Кризисный центр", 9)
                .into_iter()
                .map(|e| e.within(dv.clone()))
                .collect(),
        )
        .unwrap();
        if indexed {
            desk.store.index_now().unwrap();
        }
        assert_eq!(all(&desk, &officer(2)), empty, "as if it had never been (indexed {indexed})");
        assert_eq!(all(&desk, &member(2, "minors")), empty);
        let of = |who| desk.store.read(|c| lists::case_state(c, &who, case)).unwrap();
        assert!(of(officer(2)).is_none());
        assert!(desk.store.read(|c| lists::case_events(c, &officer(2), case)).unwrap().is_empty());
        assert!(desk.store.read(|c| lists::visible(c, &officer(2), &[case])).unwrap().is_empty());
        // The author and the members see everything.
        for who in [officer(1), member(3, "dv")] {
            let seen = all(&desk, &who);
            assert_ne!(seen, empty);
            assert!(seen.contains("ESK-07-2026-7"));
            assert_eq!(of(who).unwrap().referrals.len(), 1);
        }
    }
}

#[test]
fn a_restricted_referral_changes_nothing_of_an_open_case_for_another_officer() {
    for indexed in [false, true] {
        let desk = Desk::new(1);
        let who = citizen("Сагынтаева", "Дина", "+77014445566");
        let case = desk.open_case(1, 7, who, "Нет отопления");
        desk.append(1, case, referral(ReferralId(next()), "E-HEA", "Проверьте тепло", 8)).unwrap();
        if indexed {
            desk.store.index_now().unwrap();
        }
        let before = all(&desk, &officer(2));
        let state_before = desk.store.read(|c| lists::case_state(c, &officer(2), case)).unwrap();

        let secret = ReferralId(next());
        let dv = Circle("dv".to_owned());
        desk.append(
            1,
            case,
            referral(secret, "E-CRISIS", "Приют, кризисный центр", 9)
                .into_iter()
                .map(|e| e.within(dv.clone()))
                .collect(),
        )
        .unwrap();
        // Whoever answers may forget to write the circle on it.
        desk.append(
            1,
            case,
            vec![event("referral_reminded", 30, serde_json::json!({"referral_id": secret}))],
        )
        .unwrap();
        if indexed {
            desk.store.index_now().unwrap();
        }
        assert_eq!(all(&desk, &officer(2)), before);
        let state_after = desk.store.read(|c| lists::case_state(c, &officer(2), case)).unwrap();
        assert_eq!(state_after, state_before);
        let events = desk.store.read(|c| lists::case_events(c, &officer(2), case)).unwrap();
        assert_eq!(events.len(), 6);

        for insider in [officer(1), member(3, "dv")] {
            let state = desk.store.read(|c| lists::case_state(c, &insider, case)).unwrap().unwrap();
            assert_eq!(state.referrals.len(), 2);
            assert_eq!(state.referrals[1].reminders, 1);
            let hits = desk.store.read(|c| search(c, &insider, "приют", 10)).unwrap();
            assert_eq!(hits.len(), 1);
            let page = desk
                .store
                .read(|c| {
                    lists::control(c, &insider, &Board::of(Queue::All, TODAY.parse().unwrap(), 50))
                })
                .unwrap();
            assert_eq!(page.rows.len(), 2);
        }
    }
}

#[test]
fn a_case_whose_only_referral_is_restricted_looks_undecided_to_others() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 7, Party::default(), "Разговор");
    let before = all(&desk, &officer(2));
    let dv = Circle("dv".to_owned());
    desk.append(
        1,
        case,
        referral(ReferralId(next()), "E-CRISIS", "Приют", 9)
            .into_iter()
            .map(|e| e.within(dv.clone()))
            .collect(),
    )
    .unwrap();
    assert_eq!(all(&desk, &officer(2)), before);
    let kinds = |who| {
        let page = desk
            .store
            .read(|c| lists::control(c, &who, &Board::of(Queue::All, TODAY.parse().unwrap(), 50)))
            .unwrap();
        page.rows.into_iter().map(|r| r.obligation.what).collect::<Vec<_>>()
    };
    assert_eq!(kinds(officer(2)), [ObligationKind::Decide]);
    assert_eq!(kinds(officer(1)), [ObligationKind::ReachRegion]);
    assert_eq!(kinds(member(4, "dv")), [ObligationKind::ReachRegion]);
}

/// B21 (part), T1 (part).
#[test]
fn words_of_a_case_are_not_in_the_files() {
    let desk = Desk::new(1);
    let canary = "Канарейка-QZX-Самрат";
    desk.open_case(1, 7, citizen(canary, "Дина", "+77014445566"), canary);
    let draft = serde_json::json!({ "text": canary });
    let id = DraftId(next());
    desk.store.write(move |tx| esik_store::drafts::save(tx, person(1), id, &draft, at(1))).unwrap();
    desk.store.index_now().unwrap();
    let look = |when: &str| {
        let mut files = 0;
        for entry in std::fs::read_dir(desk.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            files += 1;
            // No shorter words: three letters come up by chance in so many random bytes.
            for word in [canary, "Самрат", "77014445566", "SQLite format", "case_opened"] {
                let found = bytes.windows(word.len()).any(|w| w == word.as_bytes());
                assert!(!found, "{word} in {} {when}", path.display());
            }
        }
        assert!(files >= 1);
    };
    look("while open, with its log");
    desk.store.close().unwrap();
    look("closed");
}

/// How soon each line of the board has to be taken up, and how many cannot wait, for an officer.
fn how_soon(desk: &Desk, who: &Actor) -> (Vec<Priority>, u64) {
    let today = TODAY.parse().unwrap();
    desk.store
        .read(|c| {
            let page = lists::control(c, who, &Board::of(Queue::All, today, 50))?;
            let first = lists::control(c, who, &Board::of(Queue::First, today, 50))?;
            let counted = lists::counts(c, who, today, &lists::Only::default())?.first;
            let only =
                lists::Only { until: Some(today + chrono::Days::new(90)), ..Default::default() };
            assert_eq!(lists::counts(c, who, today, &only)?.first, counted);
            assert_eq!(first.rows.len() as u64, counted, "a number opens its list");
            Ok((page.rows.into_iter().map(|r| r.priority).collect(), counted))
        })
        .unwrap()
}

#[test]
fn what_a_restricted_part_makes_of_a_case_shows_to_nobody_outside() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 7, Party::default(), "Нет отопления");
    desk.append(1, case, referral(ReferralId(next()), "E-HEA", "Проверьте тепло", 8)).unwrap();
    let before = all(&desk, &officer(2));
    assert_eq!(how_soon(&desk, &officer(2)), (vec![Priority::Urgent], 1));
    let dv = Circle("dv".to_owned());
    let crisis = serde_json::json!({"issue_id": next(), "category": "HLT-03"});
    let unsafe_call = serde_json::json!({"how": "call", "reached": "unsafe"});
    let parts = [("issue_added", crisis), ("contact_made", unsafe_call)];
    let parts = parts.map(|(kind, body)| event(kind, 9, body).within(dv.clone()));
    desk.append(1, case, parts.into()).unwrap();
    assert_eq!(all(&desk, &officer(2)), before);
    assert_eq!(how_soon(&desk, &officer(2)), (vec![Priority::Urgent], 1));
    for insider in [officer(1), member(3, "dv")] {
        assert_eq!(how_soon(&desk, &insider), (vec![Priority::AtOnce], 1));
        let page = desk
            .store
            .read(|c| {
                lists::control(c, &insider, &Board::of(Queue::All, TODAY.parse().unwrap(), 50))
            })
            .unwrap();
        assert!(
            page.rows[0].caution,
            "who was called at a bad moment is known on every line of the case"
        );
    }
    // An officer who does not know why it is at once says that it can wait: those who know are not misled.
    let said = event(
        "priority_set",
        10,
        serde_json::json!({"priority": "can_wait", "over": "urgent", "reason": "бойлер свой"}),
    );
    desk.append(2, case, vec![said]).unwrap();
    assert_eq!(how_soon(&desk, &officer(2)), (vec![Priority::CanWait], 0));
    assert_eq!(how_soon(&desk, &member(3, "dv")), (vec![Priority::AtOnce], 1));
}

#[test]
fn of_one_day_the_soonest_comes_first_and_pages_go_on_in_that_order() {
    let desk = Desk::new(1);
    for (n, told) in [(1, "language"), (2, "baby"), (3, "language"), (4, "baby")] {
        let case = desk.open_case(1, n, Party::default(), "Нет отопления");
        let visit = event(
            "visit_noted",
            i64::try_from(n).unwrap(),
            serde_json::json!({"language": "ru", "circumstances": [told]}),
        );
        desk.append(1, case, vec![visit]).unwrap();
        desk.append(1, case, referral(ReferralId(next()), "E-HEA", "Проверьте тепло", 8)).unwrap();
    }
    let numbers = |place: lists::Place| {
        let today = TODAY.parse().unwrap();
        let board = Board { place, ..Board::of(Queue::All, today, 2) };
        let page = desk.store.read(|c| lists::control(c, &officer(1), &board)).unwrap();
        let key = page.rows.last().map(|r| r.key.clone()).unwrap();
        (page.rows.into_iter().filter_map(|r| r.case.number).collect::<Vec<_>>(), key)
    };
    let (first, key) = numbers(lists::Place::Start);
    assert_eq!(first, ["ESK-07-2026-2", "ESK-07-2026-4"]);
    let (rest, _) = numbers(lists::Place::After(key));
    assert_eq!(rest, ["ESK-07-2026-1", "ESK-07-2026-3"]);
    assert_eq!(numbers(lists::Place::End).0, rest);
}
