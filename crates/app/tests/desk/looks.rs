//! Who looked: every opening, search, print and export leaves one record, whoever asks and however; nobody reads of a look who
//! may not know of the case.

use esik_domain::event::Body;
use esik_domain::look::{Look, LookWhat};
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

const WATER: &str = "Третий день нет воды, соседи носят вёдрами";

fn water() -> Form {
    Form::says(WATER, "ru").category("ZKH-02").at("ул. Абая, 3").person(
        "Ким",
        "Анна",
        "8 701 123 45 67",
    )
}

fn beaten() -> Form {
    Form::says("Муж бьёт, боится идти домой", "ru").category("FAM-01")
}

/// What this desk's log has of looks: each record's body as it was signed, and what it says.
fn signed(desk: &TestDesk) -> Vec<(String, Vec<Look>)> {
    let open = desk.desk.opened().unwrap();
    let ask = "SELECT bytes FROM event WHERE kind = 'looks_noted' ORDER BY seq";
    let all: Vec<String> = open
        .store
        .read(|conn| {
            let mut statement = conn.prepare(ask)?;
            let rows = statement.query_map([], |r| r.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    all.into_iter()
        .map(|bytes| {
            let event: esik_domain::event::Envelope = serde_json::from_str(&bytes).unwrap();
            match event.read_body() {
                Body::LooksNoted(b) => (event.body.to_string(), b.looks),
                other => panic!("{other:?}"),
            }
        })
        .collect()
}

fn of_case(desk: &TestDesk, case: &str) -> Vec<(String, String)> {
    let told = desk.ok("looks", json!({ "case": case }));
    let word = |l: &Value, key: &str| l[key].as_str().unwrap().to_owned();
    told["lines"].as_array().unwrap().iter().map(|l| (word(l, "who"), word(l, "what"))).collect()
}

fn open(desk: &TestDesk, case: &str) -> Result<Value, String> {
    desk.call("case_get", json!({ "id": case })).map_err(|refused| refused.code)
}

/// B33, T3 (part): so many looks, so many records: signed, in the chain of who looked, without a word of a case or of a question.
#[test]
fn a_thousand_looks_leave_a_thousand_records() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let (one, two) = (desk.takes_in(water()), desk.takes_in(water().at("ул. Абая, 5")));
    desk.sign_in("Серікбаев");
    let before = signed(&desk).iter().map(|(_, looks)| looks.len()).sum::<usize>();
    for n in 0..335 {
        desk.ok("case_get", json!({ "id": one }));
        // A screen that says it reads anew what another one shows is not believed.
        desk.ok("case_get", json!({ "id": two, "again": n % 2 == 0 }));
        let found = desk.ok("search", json!({ "query": "Ким Анна", "limit": 5 }));
        assert_eq!(found["hits"].as_array().unwrap().len(), 2);
        if n % 67 == 0 {
            desk.ok("coupon_print", json!({ "id": one }));
            // As `esik-cli export` does before it writes.
            esik_app::look::exported(&desk.desk, &desk.desk.opened().unwrap()).unwrap();
        }
    }
    // What shows nobody is no look at anybody.
    desk.ok("search", json!({ "query": "Вагнер", "limit": 5 }));
    desk.sign_in("Әлиева");
    let records = signed(&desk);
    let looks: Vec<&Look> = records.iter().flat_map(|(_, looks)| looks).collect();
    let count = |what: LookWhat| looks.iter().filter(|l| l.what == what).count();
    assert_eq!(looks.len() - before, 1_015, "one each, no more and no less");
    assert_eq!(
        (count(LookWhat::Opened), count(LookWhat::Searched), count(LookWhat::Printed)),
        (670, 335, 5 + before)
    );
    assert_eq!(count(LookWhat::Exported), 5);
    assert!(records.len() < 72, "signed together: {}", records.len());
    for (text, _) in &records {
        for word in ["воды", "Ким", "Анна", "Абая", "+7701"] {
            assert!(!text.contains(word), "{text}");
        }
    }
    desk.sound();
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0, "the region has them all");
}

#[test]
fn a_screen_that_reads_its_case_anew_looks_once_and_the_case_is_as_it_was() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let (one, two) = (desk.takes_in(water()), desk.takes_in(water()));
    desk.sign_in("Серікбаев");
    let before = desk.case(&one);
    for _ in 0..3 {
        desk.ok("case_get", json!({ "id": one, "again": true }));
        desk.ok("paper_list", json!({ "id": one }));
        desk.ok("attachment_list", json!({ "to": "case", "id": one }));
    }
    assert_eq!(of_case(&desk, &one).len(), 1);
    desk.ok("paper_list", json!({ "id": two }));
    desk.ok("case_get", json!({ "id": two, "again": true }));
    desk.ok("case_get", json!({ "id": one, "again": true }));
    assert_eq!((of_case(&desk, &one).len(), of_case(&desk, &two).len()), (2, 2));
    world.clock.advance(chrono::TimeDelta::hours(1));
    desk.sign_in("Серікбаев");
    assert_eq!(desk.case(&one)["timeline"], before["timeline"], "no look is part of a case");
    let line = |desk: &TestDesk| desk.ok("reception", json!({}));
    let shown = line(&desk).to_string();
    assert!(!shown.contains("looks"), "{shown}");
}

#[test]
fn the_head_reads_who_looked_and_an_officer_what_he_looked_at() {
    let world = World::new();
    let (head, other) = (world.desk("Әлиева"), world.desk("Бекова"));
    head.officer("Серікбаев", "officer", &[]);
    head.officer("Жұмабаев", "controller", &[]);
    let case = head.takes_in(water());
    head.sync();
    other.sync();
    head.sign_in("Серікбаев");
    world.clock.advance(chrono::TimeDelta::seconds(90));
    let opened_at = world.clock.now();
    open(&head, &case).unwrap();
    assert_eq!(of_case(&head, &case), [("Серікбаев А.".to_owned(), "opened".to_owned())]);
    world.clock.advance(chrono::TimeDelta::minutes(3));
    desk_searches(&head);
    head.sign_in("Жұмабаев");
    assert_eq!(of_case(&head, &case), [], "others' looks are for the head");
    let own = head.ok("looks", json!({}));
    assert_eq!((own["all"].as_bool(), own["lines"].as_array().unwrap().len()), (Some(false), 0));
    head.sign_in("Әлиева");
    head.sync();
    other.sync();
    for desk in [&head, &other] {
        let told = desk.ok("looks", json!({ "case": case }));
        let who: Vec<_> = told["lines"].as_array().unwrap().iter().map(|l| &l["who"]).collect();
        assert!(who.contains(&&json!("Серікбаев А.")), "{told}");
        let line =
            told["lines"].as_array().unwrap().iter().find(|l| l["what"] == "opened").unwrap();
        let at: chrono::DateTime<chrono::Utc> = line["at"].as_str().unwrap().parse().unwrap();
        assert_eq!(at.timestamp(), opened_at.timestamp(), "when he looked, not when it was signed");
    }
    let all = head.ok("looks", json!({}));
    let searched = all["lines"].as_array().unwrap().iter().find(|l| l["what"] == "searched");
    assert_eq!(searched.unwrap()["n"], 1, "{all}");
    assert_eq!(open(&head, "0190f3c0-0000-7000-8000-000000000001").unwrap_err(), "not_found");
}

fn desk_searches(desk: &TestDesk) {
    let found = desk.ok("search", json!({ "query": "Ким Анна", "limit": 5 }));
    assert_eq!(found["hits"].as_array().unwrap().len(), 1);
}

#[test]
fn a_restricted_case_of_another_officer_opens_with_a_reason_asked_once() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Омарова", "officer", &["dv"]);
    desk.officer("Сейтова", "officer", &["dv"]);
    desk.officer("Серікбаев", "officer", &[]);
    desk.sign_in("Серікбаев");
    let case = desk.takes_in(beaten());
    open(&desk, &case).expect("he took it in");
    desk.sign_in("Омарова");
    let asked = |why: Value| {
        desk.call("case_get", json!({ "id": case, "why": why })).map_err(|refused| refused.code)
    };
    for (way, args) in [
        ("case_get", json!({ "id": case, "again": true })),
        ("paper_list", json!({ "id": case })),
        ("coupon_preview", json!({ "id": case })),
        ("coupon_print", json!({ "id": case })),
        ("attachment_list", json!({ "to": "case", "id": case })),
    ] {
        assert_eq!(desk.call(way, args).unwrap_err().code, "look_reason_needed", "{way}");
    }
    assert_eq!(asked(json!({ "code": "other", "words": " " })).unwrap_err(), "look_reason_bad");
    assert_eq!(asked(json!({ "code": "curious" })).unwrap_err(), "look_reason_bad");
    assert_eq!(of_case(&desk, &case), [], "nothing was shown");
    asked(json!({ "code": "other", "words": "звонила сестра" })).unwrap();
    open(&desk, &case).expect("asked once");
    desk.sign_in("Омарова");
    assert_eq!(open(&desk, &case).unwrap_err(), "look_reason_needed", "and after each sign-in");
    desk.sign_in("Сейтова");
    asked(json!({ "code": "instead" })).unwrap();
    desk.sign_in("Әлиева");
    assert_eq!(
        desk.call("looks", json!({ "case": case })).unwrap_err().code,
        "not_found",
        "who may not read the case does not read who looked"
    );
    let lately = desk.ok("looks", json!({})).to_string();
    assert!(!lately.contains(&case) && !lately.contains("звонила"), "{lately}");
}

#[test]
fn a_head_in_the_circle_reads_the_reasons_at_another_desk_and_nobody_else() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Бекова"));
    one.officer("Омарова", "officer", &["dv"]);
    two.officer("Ержанова", "head", &["dv"]);
    one.sync();
    two.sync();
    let case = one.takes_in(beaten());
    one.sign_in("Омарова");
    one.ok(
        "case_get",
        json!({ "id": case, "why": { "code": "other", "words": "звонила сестра" } }),
    );
    one.sign_in("Әлиева");
    one.sync();
    two.sign_in("Ержанова");
    two.sync();
    let told = two.ok("looks", json!({ "case": case }));
    let why = told["lines"].as_array().unwrap().iter().find(|l| l["who"] == "Омарова А.").unwrap();
    assert_eq!(why["why"], json!({ "code": "other", "words": "звонила сестра" }));
    two.sign_in("Бекова");
    assert!(!two.ok("looks", json!({})).to_string().contains("звонила"));
    assert!(!one.ok("looks", json!({})).to_string().contains("звонила"), "head, of no circle");
    two.sound();
}

#[test]
fn what_a_crash_left_unsigned_is_signed_by_who_looked() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let case = desk.takes_in(water());
    let before = signed(&desk).len();
    desk.sign_in("Серікбаев");
    let me = desk.desk.opened().unwrap().actor.id;
    desk.sign_in("Әлиева");
    let store = desk.desk.opened().unwrap().store.clone();
    let look = esik_store::looks::Unsigned {
        officer: me,
        circle: esik_domain::ids::Circle::open(),
        looked: esik_domain::look::Looked {
            at: world.clock.now(),
            look: serde_json::from_value(json!({ "ago_s": 0, "what": "opened", "case": case }))
                .unwrap(),
        },
    };
    store.write(move |tx| esik_store::looks::wait(tx, &look)).unwrap();
    assert_eq!(
        of_case(&desk, &case).first().unwrap().0,
        "Серікбаев А.",
        "the head reads it unsigned"
    );
    desk.sign_in("Әлиева");
    let others = signed(&desk).len();
    desk.sign_in("Серікбаев");
    assert_eq!(signed(&desk).len(), others + 1);
    assert!(others >= before);
    let (waiting, _) = desk
        .desk
        .opened()
        .unwrap()
        .store
        .read(|conn| esik_store::looks::waiting(conn, me))
        .unwrap();
    assert_eq!(waiting, 0);
    desk.sound();
}

#[test]
fn that_he_looked_is_no_record_of_an_inspectors_day() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(water());
    let place = desk.ok("round_add", json!({ "address": "Абая, 7", "note": "", "day": null }));
    desk.ok("round_visit", json!({ "id": place["id"], "result": "talked" }));
    let records = |desk: &TestDesk| desk.ok("round_hand_in", json!({}))["records"].clone();
    let before = records(&desk);
    open(&desk, &case).unwrap();
    desk.sign_in("Әлиева");
    assert_eq!(signed(&desk).len(), 1);
    assert_eq!(records(&desk), before);
}
