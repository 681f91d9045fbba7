//! A day at the desk, through the command list as a window would use it.

use esik_testkit::{Form, World};
use serde_json::json;

/// T15 (part), T21 (part).
#[test]
fn a_trouble_is_taken_in_referred_without_a_line_and_reaches_the_region_later() {
    let mut world = World::new().served("E-HEA");
    let desk = world.desk("Әлиева");
    world.region_down();
    let case = desk.takes_in(
        Form::says("Второй день нет отопления, дома грудной ребёнок", "ru")
            .category("ZKH-01")
            .at("Ауэзова, 12, кв. 5")
            .person("Ким", "Анна", "8 701 123 45 67")
            .advice("Не греться газовой плитой.")
            .refer("E-HEA"),
    );
    let view = desk.case(&case);
    assert_eq!(view["number"], "ESK-07-2026-1");
    assert_eq!(view["referrals"][0]["state"], "waits_for_region");
    assert_eq!(view["referrals"][0]["answer_due"], "2026-11-20");
    assert_eq!(view["parties"][0]["party"]["phone"], "+77011234567");
    let status = desk.sync();
    assert_eq!(status["failure"]["code"], "region_unreachable");
    assert!(desk.unacknowledged() > 5);
    world.region_up();
    let status = desk.sync();
    assert_eq!(status["failure"], json!(null));
    assert_eq!(desk.unacknowledged(), 0);
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "delivered", "{view:#}");
    // The region delivered by a rule: nobody's name, and no code in front of people.
    assert_eq!(view["referrals"][0]["delivered"]["by"], "");
    let told = view["timeline"].as_array().unwrap();
    let delivered = told.iter().find(|item| item["kind"] == "delivery_delivered").unwrap();
    assert_eq!(delivered["who"], "");
}

#[test]
fn advice_alone_is_two_actions_and_no_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let done = desk.ok(
        "intake_finish",
        json!({ "form": Form::says("Где получить справку?", "ru").category("DOC-04").advice("ЦОН").0 }),
    );
    assert_eq!(done["becomes"], "advice");
    assert_eq!(done["number"], json!(null));
    let home = desk.ok("reception", json!({}));
    assert_eq!(home["taken_today_count"], 1);
    assert_eq!(home["we_owe_count"], 0);
    assert_eq!(home["taken_today"][0]["title"], "Где получить справку?", "a line without a name");
}

#[test]
fn of_a_crime_only_the_kui_number_stays_and_the_crisis_centre_gets_the_minimum() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    desk.officer("Шеңбер", "officer", &["dv"]);
    let draft = desk.ok("draft_open", json!({}));
    let secret = "Муж избил меня кастетом";
    let form = Form::says(secret, "ru")
        .category("FAM-01")
        .person("Ким", "Анна", "+77011234567")
        .advice("Ночлег даёт кризисный центр");
    let warned = |form: &Form| {
        let preview = desk.ok("intake_preview", json!({ "form": form.0 }));
        preview["warnings"].as_array().unwrap().iter().any(|w| w["code"] == "crime_sign")
    };
    assert!(warned(&form), "it is said before the intake is finished without the register");
    assert!(!warned(&Form::says("Нет отопления", "ru").category("ZKH-01")));
    let form = form
        .crime("КУИ-26-7781", "Нужны ночлег и юрист")
        .refer_with("E-CRS", json!({ "name": false, "phone": true, "address": false }));
    assert!(!warned(&form));
    desk.ok("draft_save", json!({ "id": draft["id"], "form": form.0 }));
    let done = desk.ok("intake_finish", json!({ "draft": draft["id"], "form": form.0 }));
    let id = done["case"].as_str().unwrap_or_default().to_owned();
    let view = desk.case(&id);
    assert_eq!(view["crime"]["kui_number"], "КУИ-26-7781");
    assert_eq!(view["narrative"], "Нужны ночлег и юрист");
    assert_eq!(view["circle"], "dv");
    assert!(!view.to_string().contains("избил"), "nothing of the content is kept");
    assert_eq!(view["issues"], json!([]), "the class of the crime is its content too");
    assert!(!view.to_string().contains("FAM-01"), "the advice does not tell it either");
    let hits = desk.ok("search", json!({ "query": "кастетом", "limit": 10 }));
    assert_eq!(hits["hits"], json!([]));
    // Another officer of the station does not learn that the case exists; the circle does.
    desk.sign_in("Басқа");
    assert_eq!(desk.call("case_get", json!({ "id": id })).unwrap_err().code, "not_found");
    assert_eq!(desk.ok("control", json!({}))["counts"]["all"], 0);
    assert_eq!(desk.ok("reception", json!({}))["taken_today_count"], 0);
    assert_eq!(desk.ok("search", json!({ "query": "Ким", "limit": 10 }))["hits"], json!([]));
    desk.sign_in("Шеңбер");
    assert_eq!(desk.case(&id)["circle"], "dv");
}

#[test]
fn pressing_twice_finishes_once() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}));
    let args = json!({ "draft": draft["id"], "form": Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH").0 });
    let first = desk.ok("intake_finish", args.clone());
    let second = desk.ok("intake_finish", args);
    assert_eq!(first["number"], second["number"]);
    assert_eq!(desk.ok("control", json!({}))["counts"]["all"], 1);
}

#[test]
fn a_neighbour_of_the_same_house_meets_the_first_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.takes_in(
        Form::says("Нет отопления", "ru").category("ZKH-01").at("Ауэзова, 12").refer("E-HEA"),
    );
    let help = desk.ok(
        "intake_help",
        json!({ "text": "Батареи холодные", "address": "ул. Ауэзова 12", "who_line": "", "category": null }),
    );
    assert_eq!(help["similar"][0]["why"][0], "place", "{help:#}");
    assert_eq!(help["suggestion"]["categories"][0]["code"], "ZKH-01");
    assert_eq!(help["chosen"]["agencies"][0], "E-HEA");
}

/// Typed in one line, pasted with labels or put into the fields: the earlier visit is found, with the reason; a
/// namesake with another IIN stands below and is told as such; a circle's case is nobody else's.
#[test]
fn who_came_before_is_found_by_phone_iin_or_name_typed_together() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let take = |surname: &str, given: &str, phone: &str, iin: &str, words: &str| {
        let mut form =
            Form::says(words, "ru").category("BLG-04").person(surname, given, phone).refer("E-ZKH");
        form.0["applicant"]["iin"] = json!(iin);
        desk.takes_in(form)
    };
    let iin = take("Ахметов", "Нұрлан", "", "851231300124", "Яма");
    let phone = take("Ким", "Анна", "87011234567", "", "Фонарь");
    let namesake = take("Ахметов", "Нурлан", "", "850101300124", "Люк");
    let ask = |args: serde_json::Value| {
        let help = desk.ok("intake_help", args);
        let found = |list: &serde_json::Value, id: &str| -> Vec<(String, serde_json::Value)> {
            let lines = list.as_array().unwrap().iter();
            lines.map(|l| (l[id].as_str().unwrap().to_owned(), l["why"].clone())).collect()
        };
        (found(&help["similar"], "id"), found(&help["who"]["known"], "last_case"), help)
    };
    let expected = vec![
        (iin.clone(), json!(["iin", "name"])),
        (phone.clone(), json!(["phone"])),
        (namesake.clone(), json!(["name", "other_iin"])),
    ];
    for line in [
        "Ахметов Нурлан 87011234567 851231300124",
        "ФИО: Ахметов Нурлан\tЖСН 851231300124\nтел. +7 701 123-45-67",
    ] {
        let (similar, known, help) = ask(json!({ "who_line": line }));
        assert_eq!(similar, expected, "{line}");
        assert_eq!(known, expected, "{line}");
        assert_eq!(help["who"]["phone"]["e164"], "+77011234567");
        assert_eq!(help["who"]["iin"]["normalized"], "851231300124");
        assert_eq!(help["who"]["surname"], "Ахметов");
    }
    let typed = json!({ "surname": "Ахметов", "given": "Нурлан", "phone": "87011234567", "iin": "851231300124" });
    assert_eq!(ask(json!({ "person": typed })).1, expected, "typed into the fields");
    let alone = ask(json!({ "who_line": "851231300124" })).0;
    assert_eq!(alone, vec![(iin.clone(), json!(["iin"]))]);
    let mistyped = ask(json!({ "who_line": "851231300125" }));
    assert_eq!(mistyped.0, vec![], "a number that cannot be right is like nobody's");

    let query = json!({ "query": "Ахметов Нурлан 87011234567 851231300124", "limit": 10 });
    let hits = || -> Vec<(String, String)> {
        let hits = desk.ok("search", query.clone());
        let lines = hits["hits"].as_array().unwrap().clone();
        let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
        lines.iter().map(|h| (text(&h["id"]), text(&h["why"]))).collect()
    };
    assert_eq!(
        hits(),
        [(iin, "iin".to_owned()), (phone, "phone".to_owned()), (namesake, "other_iin".to_owned())]
    );

    desk.officer("Шеңбер", "officer", &["dv"]);
    desk.officer("Басқа", "officer", &[]);
    desk.sign_in("Шеңбер");
    let secret = desk.takes_in(
        Form::says("Нужен приют", "ru")
            .category("FAM-01")
            .person("Сагынтаева", "Дина", "87014445566")
            .refer("E-CRS"),
    );
    let line = json!({ "who_line": "Сагынтаева Дина 87014445566" });
    assert_eq!(ask(line.clone()).1, vec![(secret, json!(["phone", "name"]))]);
    desk.sign_in("Басқа");
    let (similar, known, _) = ask(line);
    assert_eq!((similar, known), (vec![], vec![]));
}

/// Nothing shipped knows the Sparrow; an officer corrected the theme, so the station does. A restricted case
/// teaches only those who may know of it.
#[test]
fn the_suggestion_learns_from_corrections_and_keeps_circles() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let ask = || {
        let text = "Опять у Воробьихи на Кирпичке";
        let help = desk.ok("intake_help", json!({ "text": text }));
        help["suggestion"]["categories"].as_array().cloned().unwrap_or_default()
    };
    let similar = |code: &str| {
        let hits = ask();
        let hit = hits.iter().find(|hit| hit["code"] == code);
        hit.and_then(|hit| hit["similar"].as_u64()).unwrap_or(0)
    };
    for _ in 0..3 {
        let id = desk.takes_in(
            Form::says("У Воробьихи на Кирпичке", "ru").category("ORD-01").refer("P-UIP"),
        );
        let issue = desk.case(&id)["issues"][0]["id"].clone();
        let change = json!({ "case": id, "issue": issue, "category": "ORD-02" });
        desk.ok("category_change", change);
    }
    assert_eq!((ask()[0]["code"].clone(), similar("ORD-02")), (json!("ORD-02"), 3));
    assert_eq!(similar("ORD-01"), 0, "what was corrected is not held to be right");

    desk.officer("Шеңбер", "officer", &["dv"]);
    desk.officer("Басқа", "officer", &[]);
    desk.sign_in("Шеңбер");
    desk.takes_in(Form::says("У Воробьихи на Кирпичке", "ru").category("FAM-01").refer("E-CRS"));
    assert_eq!(similar("FAM-01"), 1);
    desk.sign_in("Басқа");
    assert_eq!((similar("FAM-01"), similar("ORD-02")), (0, 3));
}

/// B02 (part).
#[test]
fn a_draft_survives_a_kill_and_a_wrong_password_tells_nothing_more() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}));
    desk.ok("draft_save", json!({ "id": draft["id"], "form": Form::says("Балабақша", "kk").0 }));
    let desk = desk.restart();
    let officer = desk.desk.officers()[0].id;
    let wrong = desk.call("session_open", json!({ "officer": officer, "password": "не тот" }));
    assert_eq!(wrong.unwrap_err().code, "wrong_password");
    assert_eq!(desk.call("reception", json!({})).unwrap_err().code, "locked");
    desk.sign_in("Әлиева");
    let home = desk.ok("reception", json!({}));
    assert_eq!(home["drafts"][0]["title"], "Балабақша");
}

#[test]
fn the_coupon_goes_to_the_viewer_and_a_missing_viewer_loses_nothing() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let form = Form::says("Снег", "ru").category("BLG-02").refer("E-ZKH").0;
    let done = desk.ok("intake_finish", json!({ "form": form, "print": true }));
    assert_eq!(done["coupon_opened"], true);
    {
        let documents = desk.host.documents.lock().expect("no panic before");
        assert!(documents[0].1.starts_with(b"%PDF"));
        assert_eq!(documents[0].0, "ESK-07-2026-1.pdf");
    }
    desk.host.no_viewer.store(true, std::sync::atomic::Ordering::SeqCst);
    let form = Form::says("Снег опять", "ru").category("BLG-02").refer("E-ZKH").0;
    let done = desk.ok("intake_finish", json!({ "form": form, "print": true }));
    assert_eq!(done["coupon_opened"], false);
    assert_eq!(done["number"], "ESK-07-2026-2");
}

#[test]
fn bad_input_is_told_in_a_code_and_the_draft_stays() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}));
    let cases = [
        (Form::says("", "ru"), "missing_trouble"),
        (Form::says("x", "ru").crime("", ""), "missing_kui"),
        (Form::says(&"ә".repeat(1024 * 512), "kk"), "text_too_long"),
    ];
    for (form, code) in cases {
        desk.ok("draft_save", json!({ "id": draft["id"], "form": form.0 }));
        let refused = desk.call("intake_finish", json!({ "draft": draft["id"], "form": form.0 }));
        assert_eq!(refused.unwrap_err().code, code);
        let kept = desk.ok("draft_get", json!({ "id": draft["id"] }));
        assert_eq!(kept["form"]["text"], form.0["text"], "nothing typed is lost");
    }
    let odd = Form::says("Шу\u{0}м \u{7}ночью", "ru").category("ORD-01").refer("E-HEA");
    let id = desk.takes_in(odd);
    assert_eq!(desk.case(&id)["narrative"], "Шум ночью");
    for (command, args) in [("case_get", json!({ "id": 7 })), ("no_such", json!({}))] {
        assert!(desk.call(command, args).is_err());
    }
}

#[test]
fn what_no_list_and_no_calendar_knows_is_refused() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case =
        desk.takes_in(Form::says("Нет тепла", "ru").category("ZKH-01").at("Абая 1").refer("E-HEA"));
    let task =
        |unit: &str, due: &str| json!({ "case": case, "unit": unit, "text": "x", "due": due });
    let refer = |due: &str| json!({ "case": case, "agency": "E-HEA", "text": "x", "disclosed": {}, "answer_due": due });
    let intake = |agency: &str, due: &str| {
        let referral = json!({ "agency": agency, "text": "", "disclosed": {}, "answer_due": due });
        json!({ "form": Form::says("Нет тепла", "ru").with("referrals", json!([referral])).0 })
    };
    let many = "ж".repeat(201);
    let officer = |surname: &str, post: &str| json!({ "surname": surname, "given": "", "patronymic": "", "post": post, "password": esik_testkit::PASSWORD, "circles": [] });
    let of_role = |role: &str| {
        let mut one = officer("Ким", "");
        one["role"] = json!(role);
        one
    };
    for (command, args, code) in [
        ("task_add", task("P-UIP", "2026-02-30"), "bad_request"),
        ("task_add", task("P-UIP", "1926-11-20"), "due_impossible"),
        ("task_add", task("P-UIP", "9999-12-31"), "due_impossible"),
        ("task_add", task("P-NO", "2026-11-25"), "bad_request"),
        ("referral_send", refer("1926-11-20"), "due_impossible"),
        ("intake_finish", intake("E-HEA", "2062-11-20"), "due_impossible"),
        ("intake_finish", intake("E-NO", "2026-11-25"), "bad_request"),
        ("control", json!({ "after": "no key" }), "bad_request"),
        ("officer_add", officer(&many, ""), "text_too_long"),
        ("officer_add", officer("Ким", &many), "text_too_long"),
        ("officer_add", of_role("region"), "bad_request"),
        ("officer_add", of_role("analyst"), "bad_request"),
    ] {
        assert_eq!(desk.call(command, args.clone()).unwrap_err().code, code, "{command} {args}");
    }
    desk.ok("task_add", task("P-UIP", "2026-11-25"));
    desk.ok("officer_add", officer("Ким", "инспектор"));
}

/// A text that cannot be read back would stop the desk's whole way to the region.
#[test]
fn no_sign_that_is_typed_stops_the_way_to_the_region() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let words = "На сайте пишет \\u0000 и C:\\";
    let case = desk.takes_in(Form::says(words, "ru").category("ZKH-01").refer("E-HEA"));
    assert_eq!(desk.case(&case)["narrative"], words);
    let nothing = Form::says("Побили", "ru").crime("\u{0}\u{7}", "x").0;
    let refused = desk.call("intake_finish", json!({ "form": nothing })).unwrap_err();
    assert_eq!(refused.code, "missing_kui");
    let odd = Form::says("Побили", "ru").crime("26\u{0}-77", "Нужен ночлег");
    let crime = desk.takes_in(odd);
    assert_eq!(desk.case(&crime)["crime"]["kui_number"], "26-77");
    let hostile = Form::says("Шум", "ru\u{0}").0;
    let refused = desk.call("intake_finish", json!({ "form": hostile })).unwrap_err();
    assert_eq!(refused.code, "bad_request");
    assert_eq!(desk.sync()["failure"], json!(null));
    assert_eq!(desk.unacknowledged(), 0);
}

#[test]
fn a_refused_first_run_leaves_nothing_behind() {
    let world = World::new();
    let dir = world.folder().join("fresh");
    let desk = esik_testkit::TestDesk::start(&dir, &world.clock, world.runtime().handle());
    let short = json!({ "language": "kk", "officer": { "surname": "Ким", "password": "қысқа" } });
    assert_eq!(desk.call("profile_create", short).unwrap_err().code, "password_short");
    assert!(!dir.join("esik.db").exists());
    let good = json!({ "language": "kk", "officer": { "surname": "Ким", "password": esik_testkit::PASSWORD } });
    assert_eq!(desk.ok("profile_create", good)["phase"], "open");
}
