//! Papers of a case: looked at, printed, printed again, and never shown to whom the case is not.

use esik_domain::ids::CaseId;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

fn cold() -> Form {
    Form::says("Второй день нет отопления, дома грудной ребёнок", "ru")
        .category("ZKH-01")
        .at("Ауэзова, 12, кв. 5")
        .person("Ким", "Анна", "8 701 123 45 67")
        .advice("Не греться газовой плитой.")
        .refer("E-HEA")
}

fn offered(desk: &TestDesk, case: &str) -> Vec<String> {
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    let offers = shelf["offers"].as_array().unwrap();
    offers.iter().map(|o| o["paper"].as_str().unwrap().to_owned()).collect()
}

fn of(case: &str, paper: &str, part: &Value) -> Value {
    json!({ "of": "case", "case": case, "paper": paper, "part": part })
}

/// Journal lines about papers, newest first: what was printed.
fn journal(desk: &TestDesk) -> Vec<String> {
    let open = desk.desk.opened().unwrap();
    let lines = open.store.read(|conn| esik_store::journal::list(conn, None, 100)).unwrap();
    lines.into_iter().filter(|l| l.action == "paper_print").map(|l| l.subject).collect()
}

#[test]
fn a_case_offers_the_papers_its_life_has_come_to_and_each_can_be_looked_at() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(cold().refer("E-ZKH"));
    assert_eq!(
        offered(&desk, &case),
        ["coupon", "protocol", "referral", "referral", "advice", "terms"]
    );
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    for offer in shelf["offers"].as_array().unwrap() {
        let paper = offer["paper"].as_str().unwrap();
        let pages = desk.ok("paper_preview", of(&case, paper, &offer["part"]));
        assert!(pages["pages"][0].as_str().unwrap().starts_with("<svg"), "{paper}");
    }
    assert!(desk.host.documents.lock().unwrap().is_empty(), "looking leaves no file");
    assert_eq!(journal(&desk), Vec::<String>::new());
    let none = desk.call("paper_preview", of(&case, "answer", &Value::Null));
    assert_eq!(none.unwrap_err().code, "no_such_paper", "there is nothing to answer yet");
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "helped", "text": "Тепло есть",
            "not_called": "сказали лично" }),
    );
    assert!(offered(&desk, &case).contains(&"answer".to_owned()));
    desk.ok("paper_preview", of(&case, "answer", &Value::Null));
}

#[test]
fn a_print_is_noted_after_it_was_handed_over_and_comes_again_with_the_same_bytes() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(cold());
    let protocol = of(&case, "protocol", &Value::Null);
    desk.host.no_viewer.store(true, Ordering::SeqCst);
    assert_eq!(desk.call("paper_print", protocol.clone()).unwrap_err().code, "viewer_failed");
    assert_eq!(journal(&desk), Vec::<String>::new(), "nothing left the desk");
    assert_eq!(desk.ok("paper_list", json!({ "id": case }))["printed"], json!([]));

    desk.host.no_viewer.store(false, Ordering::SeqCst);
    let changed = desk.ok("paper_print", protocol);
    assert_eq!(changed["changed"]["cases"][0], case.as_str());
    assert_eq!(journal(&desk), [format!("protocol/1 {case}")]);
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    let line = &shelf["printed"][0];
    assert_eq!(line["paper"], "protocol");
    assert!(line["who"].as_str().unwrap().starts_with("Әлиева"));

    // Months later, the case has gone on; the paper is what it was.
    world.clock.advance(chrono::Duration::days(200));
    desk.ok("note_add", json!({ "case": case, "text": "Позже" }));
    desk.ok("paper_print", json!({ "of": "printed", "id": line["id"] }));
    let documents = desk.host.documents.lock().unwrap();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0].0, "ESK-07-2026-1-protocol.pdf");
    assert!(documents[0].1.starts_with(b"%PDF"));
    assert!(documents[0] == documents[1], "the same name and the same bytes");
    drop(documents);
    assert_eq!(journal(&desk).len(), 2, "every print is a line");
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    assert_eq!(shelf["printed"].as_array().unwrap().len(), 1, "and history holds it once");
}

#[test]
fn a_template_no_program_knows_any_more_still_prints_from_history() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(cold());
    let open = desk.desk.opened().unwrap();
    let actor = open.actor.id;
    let id = esik_domain::ids::PaperId(uuid::Uuid::from_u128(7));
    let printed = esik_store::papers::Printed {
        id,
        at: world.clock.now(),
        officer: actor,
        kind: "a_paper_of_another_time".into(),
        version: 41,
        case: Some(case.parse::<CaseId>().unwrap()),
        part: None,
        circle: esik_domain::ids::Circle::open(),
        author: actor,
        name: "old.pdf".into(),
    };
    let kept = esik_store::papers::Kept {
        source: "#set text(font: \"Noto Sans\", fallback: false)\n#json(\"data.json\").said".into(),
        data: r#"{"said":"бұрынғы қағаз"}"#.into(),
        ident: "old".into(),
        dated: world.clock.now(),
    };
    open.store.write(move |tx| esik_store::papers::note(tx, &printed, Some(&kept))).unwrap();
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    assert_eq!(shelf["printed"][0]["paper"], "a_paper_of_another_time");
    desk.ok("paper_print", json!({ "of": "printed", "id": id }));
    assert_eq!(desk.host.documents.lock().unwrap()[0].0, "old.pdf");
}

#[test]
fn papers_of_a_restricted_case_are_not_there_for_others_neither_new_nor_printed() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    desk.officer("Шеңбер", "officer", &["dv"]);
    let form = Form::says("Боюсь мужа", "ru")
        .category("FAM-01")
        .at("Абая, 1")
        .person("Ким", "Анна", "+77011234567")
        .with("circumstances", json!(["afraid"]))
        .crime("26-1", "Нужно убежище")
        .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false }));
    let case = desk.takes_in(form);
    let offers = offered(&desk, &case);
    assert!(!offers.contains(&"advice".to_owned()), "not a paper to be found at home: {offers:?}");
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    desk.ok("paper_print", of(&case, "referral", &referral));
    let printed = desk.ok("paper_list", json!({ "id": case }))["printed"][0]["id"].clone();

    desk.sign_in("Басқа");
    for (command, args) in [
        ("paper_list", json!({ "id": case })),
        ("paper_preview", of(&case, "coupon", &Value::Null)),
        ("paper_print", of(&case, "referral", &referral)),
        ("paper_preview", json!({ "of": "printed", "id": printed })),
        ("paper_print", json!({ "of": "printed", "id": printed })),
    ] {
        assert_eq!(desk.call(command, args).unwrap_err().code, "not_found", "{command}");
    }
    desk.sign_in("Шеңбер");
    desk.case(&case);
    desk.ok("paper_preview", json!({ "of": "printed", "id": printed }));
    assert_eq!(
        desk.ok("paper_list", json!({ "id": case }))["printed"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn a_restricted_referral_of_an_open_case_keeps_its_letter_from_others() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    let case = desk.takes_in(
        cold().refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false })),
    );
    let referrals = desk.case(&case)["referrals"].clone();
    let secret = referrals
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["circle"] != "open")
        .unwrap_or_else(|| panic!("no restricted referral: {referrals:#}"))["id"]
        .clone();
    desk.ok("paper_print", of(&case, "referral", &secret));
    let printed = desk.ok("paper_list", json!({ "id": case }))["printed"][0]["id"].clone();
    desk.sign_in("Басқа");
    assert_eq!(offered(&desk, &case).iter().filter(|p| *p == "referral").count(), 1);
    assert_eq!(desk.ok("paper_list", json!({ "id": case }))["printed"], json!([]));
    let refused = desk.call("paper_print", of(&case, "referral", &secret));
    assert_eq!(refused.unwrap_err().code, "no_such_paper");
    let refused = desk.call("paper_print", json!({ "of": "printed", "id": printed }));
    assert_eq!(refused.unwrap_err().code, "not_found");
}

#[test]
fn advice_without_a_case_gets_its_certificate_and_no_protocol() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let visit = desk.takes_in(Form::says("Где справку?", "ru").category("DOC-04").advice("В ЦОНе"));
    assert_eq!(offered(&desk, &visit), ["advice"]);
    desk.ok("paper_print", of(&visit, "advice", &Value::Null));
    assert_eq!(desk.host.documents.lock().unwrap()[0].0, "advice.pdf");
}

#[test]
fn a_redirect_and_an_extension_have_their_decision_and_the_applicants_notice() {
    let world = World::at("2026-03-06T05:00:00Z");
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(
        Form::says("ОСИ не показывает расходы", "ru")
            .category("ZKH-09")
            .person("Ким", "Анна", "+77011234567")
            .with("more_issues", json!([{ "category": "BLG-01", "text": "нет света" }])),
    );
    desk.ok(
        "extension_decide",
        json!({ "case": case, "granted": true, "until": "2026-04-10",
            "reason": "ждём проверку", "decision_number": "7/12" }),
    );
    assert_eq!(
        offered(&desk, &case),
        ["coupon", "protocol", "extension", "extension_notice", "terms"]
    );
    desk.ok(
        "redirect_prepare",
        json!({ "case": case, "agency": "E-HIN", "whole": true, "issues": [],
            "ground": "Закон о жилищных отношениях", "reason": "дело инспекции",
            "text": "Прошу рассмотреть", "disclosed": { "name": true, "phone": true, "address": true } }),
    );
    assert!(!offered(&desk, &case).contains(&"redirect".to_owned()), "nobody signed it");
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    desk.ok(
        "redirect_sign",
        json!({ "case": case, "referral": referral, "granted": true, "decision_number": "5", "reason": "" }),
    );
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    for kind in ["redirect", "redirect_notice", "extension", "extension_notice"] {
        let offers = shelf["offers"].as_array().unwrap();
        let offer = offers.iter().find(|o| o["paper"] == kind).unwrap();
        desk.ok("paper_preview", of(&case, kind, &offer["part"]));
        desk.ok("paper_print", of(&case, kind, &offer["part"]));
    }
    assert!(!offered(&desk, &case).contains(&"referral".to_owned()), "a redirect is no referral");
    let printed = desk.ok("paper_list", json!({ "id": case }))["printed"].clone();
    assert_eq!(printed.as_array().unwrap().len(), 4);
    assert_eq!(printed[2]["agency"], "E-HIN", "{printed:#}");
    let wrong = desk.call("paper_preview", of(&case, "extension", &referral));
    assert_eq!(wrong.unwrap_err().code, "no_such_paper");
}

/// Whoever doubts a date gets it day by day; what a restricted circle awaits is told to nobody by it.
#[test]
fn each_date_of_a_case_is_printed_with_every_day_that_led_to_it() {
    // Friday; the 9th is a day off for the 8th, and Nauryz lies in the term.
    let world = World::at("2026-03-06T05:00:00Z");
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(
        cold().refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false })),
    );
    desk.ok(
        "extension_decide",
        json!({ "case": case, "granted": true, "until": "2026-04-10",
            "reason": "ждём проверку", "decision_number": "7/12" }),
    );
    let shown = desk.case(&case)["clocks"].clone();
    desk.ok("paper_print", of(&case, "terms", &Value::Null));
    let data = printed_data(&desk);
    let terms = data["terms"].as_array().unwrap();
    let named: Vec<_> = terms
        .iter()
        .map(|t| (t["what"]["ru"].as_str().unwrap(), t["ground"]["ru"].as_str().unwrap()))
        .collect();
    assert_eq!(
        named,
        [
            ("Ответ органа", "Внутренний срок темы"),
            ("Ответ заявителю по закону", "ст. 76 АППК"),
            ("Ответ заявителю по закону", "Продлён решением"),
            ("Уведомление заявителя о решении", "ст. 76 АППК"),
        ],
        "the restricted body's clock is left out: {shown:#}"
    );
    assert!(!data.to_string().contains("Кризис"), "{data:#}");
    let law = &terms[1];
    let first = shown.as_array().unwrap().iter().find(|c| !c["first"].is_null()).unwrap();
    let steps = first["first"]["derivation"].as_array().unwrap();
    let days = law["days"].as_array().unwrap();
    assert_eq!(days.len(), steps.len(), "every day of the screen's derivation");
    let day = |on: &str| days.iter().find(|d| d["on"] == on).unwrap();
    assert_eq!(day("06.03.2026")["number"], 1);
    assert_eq!(day("06.03.2026")["weekday"]["ru"], "пятница");
    assert!(day("09.03.2026")["number"].is_null());
    assert_eq!(day("09.03.2026")["why"]["ru"], "Международный женский день, не считаем");
    assert!(day("23.03.2026")["why"]["ru"].as_str().unwrap().starts_with("Наурыз"));
    assert_eq!((&law["counted"], &days.last().unwrap()["number"]), (&json!(15), &json!(15)));
    assert_eq!(terms[2]["due"]["ru"], "10 апреля 2026 года");
    assert_eq!(terms[2]["days"], json!([]), "a day that somebody chose has no days counted");

    // Of a restricted case the days stand there, and nobody who works on it.
    let hidden = desk.takes_in(
        Form::says("Боюсь идти домой", "ru")
            .category("FAM-01")
            .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false })),
    );
    desk.ok("paper_print", of(&hidden, "terms", &Value::Null));
    let data = printed_data(&desk);
    let terms = data["terms"].as_array().unwrap();
    assert!(terms.iter().any(|t| t["what"]["ru"] == "Ответ органа"), "{data:#}");
    assert!(terms.iter().all(|t| t["whom"].is_null()), "{data:#}");
}

#[test]
fn the_register_holds_what_its_maker_may_know_of_and_its_print_is_only_for_him() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    desk.takes_in(cold());
    desk.takes_in(
        Form::says("Боюсь", "ru")
            .category("FAM-01")
            .crime("26-1", "Нужно убежище")
            .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false })),
    );
    let period = json!({ "of": "register", "from": "2026-11-01", "until": "2026-11-30" });
    desk.ok("paper_preview", period.clone());
    let whole = rows(&desk, &period);
    assert_eq!(whole, ["ESK-07-2026-1", "ESK-07-2026-2"]);
    let printed = newest(&desk);
    assert_eq!(desk.host.documents.lock().unwrap()[0].0, "register-2026-11-01-2026-11-30.pdf");

    desk.sign_in("Басқа");
    assert_eq!(rows(&desk, &period), ["ESK-07-2026-1"]);
    let foreign = json!({ "of": "printed", "id": printed });
    assert_eq!(desk.call("paper_print", foreign).unwrap_err().code, "not_found");
    let before = json!({ "of": "register", "from": "2026-01-01", "until": "2026-11-19" });
    assert_eq!(rows(&desk, &before), Vec::<String>::new());
    let backwards = json!({ "of": "register", "from": "2026-11-30", "until": "2026-11-01" });
    assert_eq!(desk.call("paper_preview", backwards).unwrap_err().code, "period_backwards");
}

/// Id of the newest print in history.
fn newest(desk: &TestDesk) -> String {
    let open = desk.desk.opened().unwrap();
    let ask = |conn: &rusqlite::Connection| {
        let id =
            conn.query_row("SELECT id FROM paper ORDER BY at DESC LIMIT 1", [], |r| r.get(0))?;
        Ok::<Vec<u8>, esik_store::StoreError>(id)
    };
    uuid::Uuid::from_slice(&open.store.read(ask).unwrap()).unwrap().to_string()
}

/// Numbers in the register, as it was kept when it was printed.
/// What the paper printed last says.
pub(crate) fn printed_data(desk: &TestDesk) -> Value {
    let open = desk.desk.opened().unwrap();
    let id = newest(desk).parse().unwrap();
    let found = open.store.read(|conn| esik_store::papers::get(conn, &open.actor, id)).unwrap();
    serde_json::from_str(&found.unwrap().1.data).unwrap()
}

fn rows(desk: &TestDesk, period: &Value) -> Vec<String> {
    desk.ok("paper_print", period.clone());
    let data = printed_data(desk);
    let rows = data["rows"].as_array().unwrap();
    rows.iter().map(|r| r["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_head_sets_where_the_station_is_found_new_papers_say_it_and_printed_ones_stay() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(cold());
    let protocol = of(&case, "protocol", &Value::Null);
    let bare = desk.ok("paper_preview", protocol.clone());
    desk.ok("paper_print", protocol.clone());
    let at =
        json!({ "address_kk": "Абай к-сі, 96", "address_ru": "ул. Абая, 96", "phone": "25-01-02" });
    assert_eq!(desk.ok("station_contacts", json!({}))["phone"], "");
    assert_eq!(desk.ok("station_contacts_set", at.clone()), at);
    let long = json!({ "phone": "1".repeat(61) });
    assert_eq!(desk.call("station_contacts_set", long).unwrap_err().code, "text_too_long");
    assert_eq!(desk.ok("station_contacts", json!({})), at, "a refusal changes nothing");
    assert_ne!(desk.ok("paper_preview", protocol)["pages"], bare["pages"], "it says where we are");

    let shelf = desk.ok("paper_list", json!({ "id": case }));
    desk.ok("paper_print", json!({ "of": "printed", "id": shelf["printed"][0]["id"] }));
    let documents = desk.host.documents.lock().unwrap();
    assert_eq!(documents[0].1, documents[1].1, "the paper the person holds stays what it was");
    drop(documents);

    desk.officer("Серікбаев", "officer", &[]);
    desk.sign_in("Серікбаев");
    assert_eq!(desk.call("station_contacts_set", at).unwrap_err().code, "forbidden");
}
