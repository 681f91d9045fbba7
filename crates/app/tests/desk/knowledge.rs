//! Looking up, citing and confirming, through the command list.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn card(found: &Value, code: &str) -> Value {
    let cards = found["cards"].as_array().cloned().unwrap_or_default();
    cards.into_iter().find(|c| c["code"] == code).unwrap_or_default()
}

#[test]
fn what_nobody_confirmed_warns_until_somebody_does_and_again_after_a_quarter() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let found = desk.ok("knowledge", json!({ "query": "газ" }));
    let before = card(&found, "gas-stove");
    assert_eq!((&before["stale"], &before["confirmed_on"]), (&json!(true), &json!(null)));
    desk.ok("knowledge_confirm", json!({ "code": "gas-stove" }));
    let after = card(&desk.ok("knowledge", json!({ "query": "газ" })), "gas-stove");
    assert_eq!((&after["stale"], &after["confirmed_on"]), (&json!(false), &json!("2026-11-20")));
    world.clock.advance(chrono::Duration::days(93));
    let later = card(&desk.ok("knowledge", json!({ "query": "газ" })), "gas-stove");
    assert_eq!(later["stale"], json!(true));
    let unknown = desk.call("knowledge_confirm", json!({ "code": "nothing" })).unwrap_err();
    assert_eq!(unknown.code, "not_found");
}

#[test]
fn the_directory_is_found_by_need_and_by_name() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let found = desk.ok("knowledge", json!({ "query": "пожилые" }));
    let bodies: Vec<&Value> =
        found["services"].as_array().into_iter().flatten().map(|s| &s["agency"]).collect();
    assert!(bodies.contains(&&json!("E-SOC")), "{bodies:?}");
}

#[test]
fn a_cited_card_is_kept_with_its_version_and_one_that_does_not_exist_is_not() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let cited = json!([
        { "code": "gas-stove", "version": 1 },
        { "code": "gas-stove", "version": 1 },
        { "code": "gas-stove", "version": 7 },
    ]);
    let case = desk.takes_in(
        Form::says("Холодно", "ru")
            .category("ZKH-01")
            .advice("Не грейтесь газом")
            .with("advice_cards", cited.clone())
            .refer("E-HEA"),
    );
    desk.ok("advice_add", json!({ "case": case, "text": "Проветривайте", "cards": cited }));
    let empty = desk.call("advice_add", json!({ "case": case, "text": " " })).unwrap_err();
    assert_eq!(empty.code, "missing_text");
    let open = desk.desk.opened().unwrap();
    let id = case.parse().unwrap();
    let state = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, id))
        .unwrap()
        .unwrap();
    let cards: Vec<_> = state
        .advice
        .iter()
        .map(|a| a.cards.iter().map(|c| (c.code.as_str(), c.version)).collect::<Vec<_>>())
        .collect();
    assert_eq!(cards, [[("gas-stove", 1)], [("gas-stove", 1)]]);
}

/// A colleague need not look once more: what one desk confirmed every desk of the station knows, and the latest day stands.
#[test]
fn what_one_desk_confirmed_the_others_of_the_station_know() {
    let world = World::new();
    let first = world.desk("Әлиева");
    let second = world.desk("Байжанов");
    first.ok("knowledge_confirm", json!({ "code": "gas-stove" }));
    first.ok("knowledge_confirm", json!({ "code": "E-HEA" }));
    first.sync();
    assert_eq!(first.unacknowledged(), 0);
    let of = |desk: &esik_testkit::TestDesk| {
        card(&desk.ok("knowledge", json!({ "query": "газ" })), "gas-stove")["confirmed_on"].clone()
    };
    assert_eq!(of(&second), json!(null));
    second.sync();
    assert_eq!(of(&second), json!("2026-11-20"));
    world.clock.advance(chrono::Duration::days(3));
    second.ok("knowledge_confirm", json!({ "code": "gas-stove" }));
    second.sync();
    first.sync();
    assert_eq!(of(&first), json!("2026-11-23"), "the newest stands");
    let found = first.ok("knowledge", json!({ "query": "отопление" }));
    let body = found["services"].as_array().unwrap().iter().find(|s| s["agency"] == "E-HEA");
    assert_eq!(body.unwrap()["confirmed_on"], "2026-11-20");
}

/// Title, version and day stand with the advice as they were when it was given: in the case and on what the person takes home.
#[test]
fn what_advice_was_taken_from_stands_in_the_case_and_on_its_papers() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.ok("knowledge_confirm", json!({ "code": "gas-stove" }));
    let cited = json!([{ "code": "gas-stove", "version": 1 }]);
    let case = desk.takes_in(
        Form::says("Холодно", "ru")
            .category("ZKH-01")
            .advice("Не грейтесь газом")
            .with("advice_cards", cited.clone())
            .refer("E-HEA"),
    );
    let told = desk.case(&case)["timeline"].clone();
    let advice = told.as_array().unwrap().iter().find(|i| i["kind"] == "advice_given").unwrap();
    let one = &advice["cited"][0];
    assert_eq!((&one["version"], &one["confirmed"]), (&json!(1), &json!("2026-11-20")));
    let title = one["title"]["ru"].as_str().unwrap().to_owned();
    assert!(title.contains("газ"), "{title}");
    let of = |paper: &str| json!({ "of": "case", "case": case, "paper": paper, "part": null });
    desk.ok("paper_print", of("advice"));
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "explained", "text": "тепло",
            "not_called": "сказали лично" }),
    );
    desk.ok("paper_print", of("answer"));
    let open = desk.desk.opened().unwrap();
    let data: Vec<String> = open
        .store
        .read(|conn| {
            let mut all = conn.prepare("SELECT data FROM paper")?;
            let rows = all.query_map([], |r| r.get::<_, String>(0))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .unwrap();
    assert_eq!(data.len(), 2);
    for paper in &data {
        assert!(paper.contains(&title) && paper.contains("20.11.2026"), "{paper}");
    }
    // Beside a crime the title of a card would tell its class.
    let crime = desk.takes_in(
        Form::says("Обманули", "ru")
            .category("CRM-02")
            .advice("Позвоните в банк")
            .with("advice_cards", json!([{ "code": "fraud-first-minutes", "version": 1 }]))
            .crime("КУИ-26-7781", "Нужна помощь с банком")
            .refer("E-SOC"),
    );
    desk.ok(
        "advice_add",
        json!({ "case": crime, "text": "В банк", "cards":
        [{ "code": "fraud-first-minutes", "version": 1 }] }),
    );
    assert!(!desk.case(&crime)["timeline"].to_string().contains("cited"));
}

/// The words of a moment as (code, Kazakh, Russian).
fn replies(desk: &TestDesk, case: &str, moment: &str, of: &Value) -> Vec<[String; 3]> {
    let asked = json!({ "case": case, "moment": moment, "referral": of });
    let told = desk.ok("replies", asked);
    let texts = told["texts"].as_array().cloned().unwrap_or_default();
    let words = |t: &Value, name: &str| t[name].as_str().unwrap_or_default().to_owned();
    texts.iter().map(|t| ["code", "kk", "ru"].map(|name| words(t, name))).collect()
}

#[test]
fn ready_words_tell_what_the_case_knows_and_name_no_body_of_a_restricted_circle() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(
        Form::says("Второй день нет отопления", "ru")
            .category("ZKH-01")
            .refer("E-HEA")
            .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false })),
    );
    let view = desk.case(&case);
    let number = view["number"].as_str().unwrap().to_owned();
    let of = |agency: &str| {
        let all = view["referrals"].as_array().unwrap();
        all.iter().find(|r| r["agency"] == agency).unwrap_or_else(|| panic!("{agency}"))["id"]
            .clone()
    };
    let helped = replies(&desk, &case, "close.helped", &Value::Null);
    assert_eq!(helped.len(), 1, "nobody answered: no body is named in {helped:?}");
    assert!(helped[0][1].contains(&number) && helped[0][2].contains(&number), "{helped:?}");
    let late = replies(&desk, &case, "escalate", &of("E-HEA"));
    assert_eq!(late[0][0], "late");
    assert!(late[0][2].starts_with("Последний день ответа: ") && !late[0][2].contains('{'));
    let refused = replies(&desk, &case, "close.refused_by_body", &of("E-HEA"));
    assert!(refused[0][1].contains("бас тартты") && refused[0][2].contains("Тепло"), "{refused:?}");
    let hidden = replies(&desk, &case, "close.refused_by_body", &of("E-CRS"));
    assert_eq!(hidden, Vec::<[String; 3]>::new(), "it would name the crisis centre");
    assert_eq!(replies(&desk, &case, "lunch", &Value::Null).len(), 0);
    desk.officer("Басқа", "officer", &[]);
    desk.sign_in("Басқа");
    let not = json!({ "case": "018f0000-0000-7000-8000-000000000000", "moment": "reopen" });
    assert_eq!(desk.call("replies", not).unwrap_err().code, "not_found");
}
