//! What is typed at intake is kept, whatever the intake becomes.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn visit(case: &str, form: Form) -> Form {
    form.with("existing_case", json!(case))
}

/// The notes of a case, the newest first.
fn notes(view: &Value) -> Vec<String> {
    let told = view["timeline"].as_array().unwrap().iter();
    told.filter(|item| item["kind"] == "note_added")
        .map(|item| item["values"]["text"].as_str().unwrap().to_owned())
        .collect()
}

fn people(view: &Value) -> Vec<String> {
    let parties = view["parties"].as_array().unwrap().iter();
    parties
        .map(|p| {
            let of = |field: &str| p["party"][field].as_str().unwrap_or_default().to_owned();
            [of("surname"), of("given"), of("patronymic"), of("phone")].join("/")
        })
        .collect()
}

fn themes(view: &Value) -> Vec<String> {
    let issues = view["issues"].as_array().unwrap().iter();
    issues.map(|i| i["category"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_further_visit_tells_its_case_what_the_case_did_not_know_and_writes_nothing_over() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    let more = json!([
        { "category": "BLG-01", "text": "Во дворе темно" },
        { "category": null, "text": "И лифт стоит" },
        { "category": "ZKH-01", "text": "Вторую неделю" },
    ]);
    let first = Form::says("Снова холодно", "ru")
        .category("ZKH-01")
        .person("Ким", "Анна", "+77011234567")
        .at("Ауэзова, 12")
        .with("more_issues", more);
    desk.takes_in(visit(&case, first));
    let view = desk.case(&case);
    assert_eq!(view["visits"], 2);
    assert_eq!(people(&view), ["Ким/Анна//+77011234567"]);
    assert_eq!(view["address"]["text"], "Ауэзова, 12");
    assert_eq!(themes(&view), ["ZKH-01", "BLG-01"]);
    assert_eq!(view["issues"][1]["text"], "Во дворе темно");
    assert_eq!(notes(&view), ["Снова холодно\n\nИ лифт стоит\n\nВторую неделю"]);

    // The same person again, known better; what differs is a note, not another person and not another place.
    let again = Form::says("Звонила в теплосеть", "ru")
        .with(
            "applicant",
            json!({ "surname": "КИМ", "given": "Анна", "patronymic": "Сергеевна",
                "phone": "+77019999999", "do_not_call": true }),
        )
        .at("Абая, 3");
    desk.takes_in(visit(&case, again));
    let view = desk.case(&case);
    assert_eq!(people(&view), ["Ким/Анна/Сергеевна/+77011234567"]);
    assert_eq!(view["parties"][0]["party"]["do_not_call"], true, "from now on");
    assert_eq!(view["address"]["text"], "Ауэзова, 12");
    assert_eq!(notes(&view)[0], "Звонила в теплосеть\n\n+77019999999\n\nАбая, 3");

    // A neighbour is somebody else, also under the same telephone. Nothing typed, nothing noted.
    let neighbour = Form::says("", "ru").person("Ахметов", "Ерлан", "+77011234567");
    desk.takes_in(visit(&case, neighbour));
    let view = desk.case(&case);
    assert_eq!(people(&view).len(), 2);
    assert_eq!(notes(&view).len(), 2);
    assert_eq!(view["review"], json!([]));
    desk.sync();
    assert_eq!((desk.unacknowledged(), &desk.case(&case)["refused"]), (0, &json!([])));
}

/// `settled.md` 2: beside a crime a further visit keeps the social sentence, and nothing of the rest.
#[test]
fn a_further_visit_with_a_crime_keeps_the_social_sentence_alone() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    let beaten = Form::says("Избили у подъезда", "ru")
        .category("CRM-01")
        .person("Ким", "Анна", "+77011234567")
        .at("Ауэзова, 12")
        .with("more_issues", json!([{ "category": "BLG-01", "text": "Темно, не видела кто" }]))
        .crime("КУИ-26-7781", "Нужен врач");
    desk.takes_in(visit(&case, beaten));
    let view = desk.case(&case);
    assert_eq!((themes(&view), people(&view)), (vec!["ZKH-01".to_owned()], vec![]));
    assert_eq!(notes(&view), ["Нужен врач"]);
    assert!(!view.to_string().contains("не видела"));
}

/// docs/adr/0046: a theme of a circle takes the case along, as a corrected theme does, and that is said before.
#[test]
fn a_further_visit_with_a_restricted_theme_takes_the_case_into_its_circle() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    let case = desk.takes_in(Form::says("Шум у соседей", "ru").category("ORD-01").refer("E-ZKH"));
    let sees = |desk: &TestDesk| {
        desk.call("case_get", json!({ "id": case, "why": { "code": "control" } })).is_ok()
    };
    let beaten = visit(&case, Form::says("Там бьют жену", "ru").category("FAM-01"));
    let preview = desk.ok("intake_preview", json!({ "form": beaten.0 }));
    let warned = json!([{ "code": "visit_restricts", "params": { "circle": "dv" } }]);
    let warnings = preview["warnings"].as_array().unwrap();
    assert!(warnings.contains(&warned[0]), "{warnings:?}");
    desk.takes_in(beaten);
    let view = desk.case(&case);
    assert_eq!(
        (themes(&view), &view["circle"]),
        (vec!["ORD-01".into(), "FAM-01".into()], &json!("dv"))
    );
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
    desk.sign_in("Басқа");
    assert!(!sees(&desk));
}

#[test]
fn an_issue_without_a_theme_is_kept_and_an_advice_keeps_every_issue() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let more = json!([
        { "category": null, "text": "И лифт стоит" },
        { "category": "LAB-01", "text": "Не платят" },
        { "category": "FAM-04", "text": "" },
    ]);
    let told = Form::says("Нет отопления", "ru").with("more_issues", more);
    let case = desk.takes_in(told.clone().category("ZKH-01").refer("E-HEA"));
    let view = desk.case(&case);
    assert_eq!(view["narrative"], "Нет отопления\n\nИ лифт стоит");
    assert_eq!(view["title"], "Нет отопления");
    assert_eq!(themes(&view), ["ZKH-01", "LAB-01", "FAM-04"]);
    assert!(!view["referrals"][0]["text"].as_str().unwrap().contains("лифт"), "its own words only");

    let advised = desk.takes_in(told.category("ZKH-01").advice("Звоните 109"));
    let view = desk.case(&advised);
    let text = "Нет отопления\n\nИ лифт стоит\n\nНе платят зарплату, увольнение: Не платят\n\nАлименты\n\nЗвоните 109";
    assert_eq!(view["timeline"][0]["values"]["text"], text);
    // Only a further issue was typed: it is the trouble.
    let only = json!([{ "category": null, "text": "Лифт стоит" }]);
    let case = desk.takes_in(Form::says("", "ru").with("more_issues", only));
    assert_eq!(desk.case(&case)["title"], "Лифт стоит");
}

/// An own action without a day is owed by the last day of law: the person leaves with that day, not without one.
#[test]
fn the_coupon_says_the_day_of_an_own_action() {
    let world = World::at("2026-11-23T05:00:00Z");
    let desk = world.desk("Әлиева");
    let task = |due: Value| json!([{ "unit": "P-UIP", "text": "обойти двор", "due": due }]);
    let takes = |due| {
        let form = Form::says("Шум", "ru").category("ORD-01").with("tasks", task(due));
        crate::moments::coupon(&desk, &desk.takes_in(form))
    };
    let own = takes(json!("2026-11-26"));
    assert!(own.contains("26 ноября 2026"), "{own}");
    let by_law = takes(json!(null));
    assert!(by_law.contains("11 декабря 2026"), "{by_law}");
}
