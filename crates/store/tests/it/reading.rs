//! Lists, paging, counts and search as an officer meets them.

use crate::desk::*;
use chrono::NaiveDate;
use esik_domain::event::{Party, Role};
use esik_domain::ids::*;
use esik_domain::name::PersonName;
use esik_store::lists::{self, Board, Only, Place, Queue, SimilarQuery, SimilarWhy};
use esik_store::search::{Hit, Why, search};
use esik_store::{journal, log, meta, officers};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn find(desk: &Desk, query: &str) -> Vec<Hit> {
    desk.store.read(|c| search(c, &officer(1), query, 10)).unwrap()
}

#[test]
fn of_a_common_name_the_newest_case_is_found_at_once() {
    let desk = Desk::new(1);
    // More of one name than are looked at, then the one who came today.
    for n in 0..230 {
        desk.open_case(1, n + 1, citizen("Ахметов", "Серік", ""), "Вопрос");
    }
    let newest = desk.open_case(1, 999, citizen("Ахметов", "Серік", ""), "Пришёл сегодня");
    for query in ["Ахметов", "ахметов серик", "Ахмет"] {
        assert!(find(&desk, query).iter().any(|h| h.case_id == newest), "{query}");
    }
}

/// A case with one referral answered by a day.
fn due(desk: &Desk, n: u64, agency: &str, day: &str) -> CaseId {
    let case = desk.open_case(1, n, Party::default(), &format!("Дело {n}"));
    let id = ReferralId(next());
    let m = i64::try_from(n).unwrap();
    let mut events = referral(id, agency, "Прошу", m);
    events[0] = event(
        "referral_drafted",
        m,
        serde_json::json!({"referral_id": id, "agency": agency, "text": "Прошу", "answer_due": day,
            "category": "ZKH-02"}),
    );
    desk.append(1, case, events).unwrap();
    case
}

#[test]
fn the_board_pages_through_everything_once_and_counts_what_it_shows() {
    let desk = Desk::new(1);
    let days = ["2026-11-20", "2026-11-23", "2026-11-25", "2026-12-20"];
    for n in 0..40 {
        due(&desk, n + 1, if n % 3 == 0 { "E-HEA" } else { "E-WAT" }, days[n as usize % 4]);
    }
    desk.open_case(1, 99, Party::default(), "Без направления");
    let all = feed(&desk.outbox(), 1);
    take(&desk, "station:07", all);
    let today = day("2026-11-23");
    let counts =
        desk.store.read(|c| lists::counts(c, &officer(1), today, &lists::Only::default())).unwrap();
    let whole = |queue| {
        let mut rows = Vec::new();
        let mut board = Board::of(queue, today, 7);
        loop {
            let page = desk.store.read(|c| lists::control(c, &officer(1), &board)).unwrap();
            assert!(page.rows.len() <= 7);
            board.place = page.rows.last().map_or(Place::End, |r| Place::After(r.key.clone()));
            rows.extend(page.rows);
            if !page.more {
                return rows;
            }
        }
    };
    let from_the_end = |queue| {
        let mut pages = Vec::new();
        let mut board = Board { place: Place::End, ..Board::of(queue, today, 7) };
        loop {
            let page = desk.store.read(|c| lists::control(c, &officer(1), &board)).unwrap();
            board.place = page.rows.first().map_or(Place::Start, |r| Place::Before(r.key.clone()));
            pages.push(page.rows);
            if !page.more {
                return pages.into_iter().rev().flatten().collect::<Vec<_>>();
            }
        }
    };
    for (queue, count, expected) in [
        (Queue::All, counts.all, 41),
        (Queue::Overdue, counts.overdue, 10),
        (Queue::Today, counts.today, 10),
        (Queue::Week, counts.week, 20),
        (Queue::WaitingAgency, counts.waiting_agency, 40),
        (Queue::WaitingUs, counts.waiting_us, 1),
    ] {
        let rows = whole(queue);
        assert_eq!(rows, from_the_end(queue), "the same rows in the same order from either end");
        let mut keys: Vec<_> = rows.iter().map(|r| r.key.clone()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!((rows.len(), keys.len(), count), (expected, expected, expected as u64));
        assert!(rows.windows(2).all(|w| {
            w[0].obligation.due.unwrap_or(NaiveDate::MAX)
                <= w[1].obligation.due.unwrap_or(NaiveDate::MAX)
        }));
    }
    let mut board = Board::of(Queue::All, today, 200);
    board.only.agency = Some("E-HEA".into());
    let page = desk.store.read(|c| lists::control(c, &officer(1), &board)).unwrap();
    assert_eq!(page.rows.len(), 14);
    for (filter, expected) in
        [("ДЕЛО", 14), ("дело 37", 1), ("2026-37", 1), ("Абая", 14), ("марс", 0)]
    {
        board.filter = filter.to_owned();
        let page = desk.store.read(|c| lists::control(c, &officer(1), &board)).unwrap();
        assert_eq!(page.rows.len(), expected, "{filter}");
    }
    for place in [Place::After("nonsense".to_owned()), Place::Before("nonsense".to_owned())] {
        board.place = place;
        assert!(desk.store.read(|c| lists::control(c, &officer(1), &board)).is_err());
    }
}

#[test]
fn a_board_of_some_days_has_the_lines_that_end_in_them_and_counts_them_alike() {
    let desk = Desk::new(1);
    let days = ["2026-11-20", "2026-11-23", "2026-11-25", "2026-12-20"];
    for n in 0..20 {
        due(&desk, n + 1, "E-WAT", days[n as usize % 4]);
    }
    desk.open_case(1, 99, Party::default(), "Без направления");
    let all = feed(&desk.outbox(), 1);
    take(&desk, "station:07", all);
    let today = day("2026-11-23");
    for (from, until, expected) in [
        (None, None, 21),
        (Some("2026-11-23"), Some("2026-11-25"), 10),
        (Some("2026-11-25"), Some("2026-11-25"), 5),
        (Some("2026-11-26"), None, 5),
        (None, Some("2026-11-22"), 5),
        (None, Some("9999-12-30"), 20),
        (Some("0001-01-01"), None, 20),
        (Some("2026-11-21"), Some("2026-11-22"), 0),
    ] {
        let only = Only { from: from.map(day), until: until.map(day), ..Only::default() };
        let board = Board { only: only.clone(), ..Board::of(Queue::All, today, 200) };
        let page = desk.store.read(|c| lists::control(c, &officer(1), &board)).unwrap();
        let counts = desk.store.read(|c| lists::counts(c, &officer(1), today, &only)).unwrap();
        assert_eq!(
            (page.rows.len(), counts.all),
            (expected, expected as u64),
            "{from:?} {until:?}"
        );
        let owed = desk.store.read(|c| lists::bodies_owe(c, &officer(1), today, &only)).unwrap();
        let of_bodies: u64 = owed.iter().map(|body| body.total).sum();
        assert_eq!(of_bodies, counts.waiting_agency, "{from:?} {until:?}");
    }
}

#[test]
fn the_stamps_of_a_referral_come_with_its_row() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 5, Party::default(), "Нет воды");
    let id = ReferralId(next());
    desk.append(1, case, referral(id, "E-WAT", "Прошу", 6)).unwrap();
    let all = feed(&desk.outbox(), 1);
    take(&desk, "station:07", all);
    let page = desk
        .store
        .read(|c| lists::control(c, &officer(1), &Board::of(Queue::All, day("2026-11-23"), 9)))
        .unwrap();
    let brief = page.rows[0].referral.clone().unwrap();
    assert!(!brief.registered && brief.sent_at == Some(at(6)) && brief.ack_wd == 1);
    assert_eq!(page.rows[0].case.number.as_deref(), Some("ESK-07-2026-5"));
}

#[test]
fn the_home_screen_tells_what_came_in_today_in_almaty() {
    let desk = Desk::new(1);
    let home = |d| desk.store.read(|c| lists::reception(c, &officer(1), day(d))).unwrap();
    assert!(home("2026-11-23").empty);
    desk.open_case(1, 1, Party::default(), "Утро");
    // Half past midnight in Almaty is still the evening before in UTC.
    let late = i64::from((24 - 10) * 60 + 30);
    let case = CaseId(next());
    desk.append(1, case, vec![event("visit_noted", late, serde_json::json!({"language": "kk"}))])
        .unwrap();
    let today = home("2026-11-23");
    assert_eq!((today.taken_today.len(), today.taken_today_count, today.empty), (1, 1, false));
    assert_eq!(today.we_owe_count, 1);
    let tomorrow = home("2026-11-24");
    assert_eq!(tomorrow.taken_today[0].id, case);
    assert_eq!(tomorrow.taken_today[0].phase, "advice");
}

#[test]
fn a_saved_case_is_found_at_once_and_after_indexing_alike() {
    let desk = Desk::new(1);
    for n in 1..30 {
        desk.open_case(1, n, citizen("Серіков", "Ерлан", "+77770000000"), "Яма на дороге");
    }
    let mut who = citizen("Ахметова", "Айгүл", "+77011234567");
    who.iin = "850101400123".to_owned();
    let case = desk.open_case(
        1,
        431,
        who,
        "Квартирада жылу жоқ, балалар тоңып жатыр. Отопление не работает третий день",
    );
    for indexed in [false, true] {
        if indexed {
            desk.store.index_now().unwrap();
        }
        for (query, why) in [
            ("ESK-07-2026-431", Why::Number),
            ("esk 07 2026 431", Why::Number),
            ("2026/431", Why::Number),
            ("431", Why::Number),
            ("850101400123", Why::Iin),
            ("+7 701 123 45 67", Why::Phone),
            ("8 701 1234567", Why::Phone),
            ("3456", Why::Phone),
            ("Ахметова", Why::Name),
            ("ахметов", Why::Name),
            ("Айгуль Ахметова", Why::Name),
            ("Akhmetova Aigul", Why::Name),
            ("Ахм", Why::Name),
            ("отоплением", Why::Text),
            ("жылудың", Why::Text),
            ("otoplenie", Why::Text),
            ("jnjgktybt", Why::Text),
            ("третий день отопл", Why::Text),
        ] {
            let hits = find(&desk, query);
            let first = hits.first().map(|h| (h.case_id, h.why));
            assert_eq!(first, Some((case, why)), "{query} (indexed {indexed})");
        }
        assert!(find(&desk, "").is_empty());
        assert!(find(&desk, "\"*'()^:-").is_empty());
        assert!(find(&desk, "марсиане").is_empty());
    }
    // Slips of the finger need the words of the index.
    for query in ["отополение", "отоплнеие", "оттопление", "отопленеи", "Ахмтова", "жылуу жоқ"]
    {
        let hits = find(&desk, query);
        assert_eq!(hits.first().map(|h| h.case_id), Some(case), "{query}");
    }
    // What is not there any more is not found any more.
    let title = serde_json::json!({"title": "Канализация"});
    desk.append(1, case, vec![event("case_amended", 500, title)]).unwrap();
    for _ in 0..2 {
        assert_eq!(find(&desk, "канализации").len(), 1);
        desk.store.index_now().unwrap();
    }
}

#[test]
fn a_like_case_is_one_of_the_same_house_or_person() {
    let desk = Desk::new(1);
    let one = desk.open_case(1, 1, citizen("Ахметов", "Нұрлан", "+77011234567"), "Тепло");
    let q = SimilarQuery {
        category: Some("ZKH-01".into()),
        since: at(-10),
        limit: 10,
        ..SimilarQuery::default()
    };
    let named = |name: &str| PersonName::parse(name).into_iter().collect::<Vec<_>>();
    let like = |q: &SimilarQuery| {
        let found = desk.store.read(|c| lists::similar(c, &officer(1), q)).unwrap();
        found.into_iter().map(|s| (s.line.id, s.why)).collect::<Vec<_>>()
    };
    assert!(like(&q).is_empty(), "the same theme alone is not likeness");
    let place = SimilarQuery { address: "Абая көшесі 12".to_owned(), ..q.clone() };
    assert_eq!(like(&place), [(one, vec![SimilarWhy::Place, SimilarWhy::Theme])]);
    let phone = SimilarQuery { phones: vec!["8 (701) 123-45-67".to_owned()], ..q.clone() };
    assert_eq!(like(&phone), [(one, vec![SimilarWhy::Phone, SimilarWhy::Theme])]);
    let name = SimilarQuery { names: named("нурлан ахметов"), ..q.clone() };
    assert_eq!(like(&name)[0].1[0], SimilarWhy::Name);
    assert!(like(&SimilarQuery { names: named("Нурлан"), ..q.clone() }).is_empty());
    assert!(like(&SimilarQuery { since: at(5), ..place.clone() }).is_empty());
    assert!(like(&SimilarQuery { except: Some(one), ..place }).is_empty());
}

/// A name alone does not make two people one: another IIN is told and stands below, another father's name is nobody's.
#[test]
fn a_person_is_met_by_phone_iin_or_name_however_they_are_typed() {
    let (nurlan, other) = ("851231300124", "850101300124");
    let desk = Desk::new(1);
    let person = |iin: &str, phone: &str, father: &str| Party {
        iin: iin.to_owned(),
        patronymic: father.to_owned(),
        ..citizen("Ахметов", "Нұрлан", phone)
    };
    let by_iin = desk.open_case(1, 1, person(nurlan, "", "Болатұлы"), "Тепло");
    let by_phone = desk.open_case(1, 2, citizen("Ким", "Анна", "+77011234567"), "Шум");
    let by_name = desk.open_case(1, 3, person("", "+77770000000", ""), "Яма");
    let namesake = desk.open_case(1, 4, person(other, "", ""), "Вода");
    let stranger = desk.open_case(1, 5, person("", "", "Серикович"), "Свет");
    let who = esik_domain::who::read(&format!("Ахметов Нурлан Болатович 87011234567 {nurlan}"));
    let q = SimilarQuery {
        phones: vec![who.e164().unwrap().to_owned()],
        iins: vec![who.valid_iin().unwrap().to_owned()],
        names: who.name.into_iter().collect(),
        since: at(-10),
        limit: 10,
        ..SimilarQuery::default()
    };
    let found = desk.store.read(|c| lists::similar(c, &officer(1), &q)).unwrap();
    let found: Vec<_> = found.into_iter().map(|s| (s.line.id, s.why)).collect();
    let expected = [
        (by_iin, vec![SimilarWhy::Iin, SimilarWhy::Name]),
        (by_phone, vec![SimilarWhy::Phone]),
        (by_name, vec![SimilarWhy::Name]),
        (namesake, vec![SimilarWhy::Name, SimilarWhy::OtherIin]),
    ];
    assert_eq!(found, expected);
    let typed = |query: &str| -> Vec<(CaseId, Why)> {
        let hits = desk.store.read(|c| search(c, &officer(1), query, 20)).unwrap();
        hits.into_iter().map(|h| (h.case_id, h.why)).collect()
    };
    let hits = typed(&format!("Ахметов Нурлан Болатович, {nurlan}, тел. 8 701 123 45 67"));
    let expected = [
        (by_iin, Why::Iin),
        (by_phone, Why::Phone),
        (by_name, Why::Name),
        (namesake, Why::OtherIin),
    ];
    assert_eq!(hits, expected);
    assert_eq!(typed(&format!("87011234567 {nurlan}")).len(), 2, "two numbers without a name");
    let without = typed("Ахметов Нурлан 8 777 000 00 00");
    assert_eq!(without[0], (by_name, Why::Phone));
    assert!(without.iter().any(|h| h.0 == stranger), "without a father's name it may be him");
}

#[test]
fn officers_settings_and_the_journal_are_kept() {
    let desk = Desk::new(1);
    desk.store
        .write(|tx| {
            officers::put(tx, &card(1), true)?;
            officers::put(tx, &card(2), false)?;
            officers::set_settings(tx, person(1), &serde_json::json!({"language": "kk"}))?;
            // The region's word on his circles comes later and leaves his settings alone.
            let mut again = card(1);
            again.circles = vec!["dv".to_owned()];
            officers::put(tx, &again, false)?;
            meta::put(tx, "region", &"kokshetau")?;
            journal::note(tx, at(1), person(1), "case_get", "id")
        })
        .unwrap();
    let one = desk.store.read(|c| officers::get(c, person(1))).unwrap().unwrap();
    assert!(one.local && one.actor().circles == ["dv"] && one.settings["language"] == "kk");
    assert_eq!(desk.store.read(officers::list).unwrap().len(), 2);
    assert_eq!(desk.store.read(officers::keys).unwrap().len(), 2);
    assert_eq!(
        desk.store.read(|c| meta::get::<String>(c, "region")).unwrap().as_deref(),
        Some("kokshetau")
    );
    let lines = desk.store.read(|c| journal::list(c, None, 10)).unwrap();
    assert_eq!((lines.len(), lines[0].action.as_str()), (1, "case_get"));
    for forbidden in ["DELETE FROM journal", "UPDATE journal SET subject = ''"] {
        assert!(desk.store.write(move |tx| Ok(tx.execute(forbidden, [])?)).is_err());
    }
}

/// A request to a body and its answer so many days later, in a circle.
fn answered_after(desk: &Desk, n: u64, agency: &str, days: i64, circle: &str) {
    let case = CaseId(next());
    let m = i64::try_from(n).unwrap();
    let id = ReferralId(next());
    let mut events = case_events(n, Party::default(), "Нет тепла", circle);
    events.extend(referral(id, agency, "Прошу", m));
    let answer = event(
        "agency_answered",
        m + days * 24 * 60,
        serde_json::json!({ "referral_id": id, "text": "Сделано" }),
    );
    let within = |e: log::NewEvent| e.within(Circle(circle.to_owned()));
    desk.append(1, case, events.into_iter().map(within).collect()).unwrap();
    // The region speaks for the body.
    let region = log::Author { role: Role::Region, ..desk.author(1) };
    let answer = within(answer);
    desk.store.write(move |tx| tx.append(&region, case, &[answer])).unwrap();
}

#[test]
fn how_soon_a_body_answers_is_its_own_record_and_tells_nothing_of_restricted_cases() {
    let desk = Desk::new(1);
    let record = |agency: &str| {
        let agency = AgencyCode::from(agency);
        desk.store.read(|c| lists::answer_record(c, &agency)).unwrap()
    };
    // Monday, 23 November 2026: 1, 2, 3, 4 and 8 days later are 1, 2, 3, 4 and 6 working days.
    for (n, days) in [1, 2, 3, 4].into_iter().enumerate() {
        answered_after(&desk, n as u64, "E-HEA", days, "open");
    }
    assert_eq!(record("E-HEA"), None, "four answers say nothing");
    answered_after(&desk, 10, "E-HEA", 8, "dv");
    assert_eq!(record("E-HEA"), None, "a restricted case is not counted");
    answered_after(&desk, 11, "E-HEA", 8, "open");
    let known = record("E-HEA").unwrap();
    assert_eq!((known.answers, known.usual_wd, known.nearly_all_wd), (5, 3, 6));
    assert_eq!(record("E-WAT"), None, "each body has its own");
}

/// A request about a theme and what the body did with it, in a circle.
fn request_of(desk: &Desk, n: u64, agency: &str, refused: Option<&str>, circle: &str) {
    let case = CaseId(next());
    let m = i64::try_from(n).unwrap();
    let id = ReferralId(next());
    let mut events = case_events(n, Party::default(), "Нет тепла", circle);
    events.push(event(
        "referral_drafted",
        m,
        serde_json::json!({ "referral_id": id, "agency": agency, "text": "Прошу",
            "category": "ZKH-01", "answer_due": "2026-12-01", "ack_wd": 1 }),
    ));
    events.push(event("referral_sent", m, serde_json::json!({ "referral_id": id })));
    let within = |e: log::NewEvent| e.within(Circle(circle.to_owned()));
    desk.append(1, case, events.into_iter().map(within).collect()).unwrap();
    let said = match refused {
        Some(code) => event(
            "agency_rejected",
            m + 1,
            serde_json::json!({ "referral_id": id, "code": code, "reason": "Не наше" }),
        ),
        None => event("agency_accepted", m + 1, serde_json::json!({ "referral_id": id })),
    };
    let said = within(said);
    let region = log::Author { role: Role::Region, ..desk.author(1) };
    desk.store.write(move |tx| tx.append(&region, case, &[said])).unwrap();
}

#[test]
fn who_took_and_who_sent_back_requests_of_a_theme_is_counted_of_the_newest_and_of_open_cases() {
    let desk = Desk::new(1);
    let routes = |station: &str| {
        let station = StationId(station.to_owned());
        let all = desk.store.read(|c| lists::past_routes(c, &station, &["ZKH-01", "ZKH-02"]));
        let of = |r: &esik_domain::suggest::PastRoute| (r.agency.clone(), r.accepted, r.rejected);
        all.unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let here = desk.author(1).station.0;
    assert_eq!(routes(&here), []);
    request_of(&desk, 1, "E-HEA", None, "open");
    request_of(&desk, 2, "E-HEA", Some("not_ours"), "open");
    request_of(&desk, 3, "E-HEA", Some("incomplete"), "open");
    request_of(&desk, 4, "E-ZKH", Some("other"), "open");
    request_of(&desk, 5, "E-ZKH", None, "dv");
    let told = [("E-HEA".to_owned(), 1, 1), ("E-ZKH".to_owned(), 0, 1)];
    assert_eq!(routes(&here), told, "what lacked papers says nothing, a circle says nothing");
    assert_eq!(routes("other-station"), []);
    // The newest two hundred and no more: a pause of the hands does not read a station's history.
    for n in 10..210 {
        request_of(&desk, n, "E-OSI", None, "open");
    }
    assert_eq!(routes(&here), [("E-OSI".to_owned(), 200, 0)]);
}
