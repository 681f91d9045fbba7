//! Several issues in one visit: each request says its own.

use esik_testkit::{Form, World};
use serde_json::{Value, json};

fn request(agency: &str, issue: Value) -> Value {
    json!({ "agency": agency, "disclosed": {}, "issue": issue })
}

/// What leaves with the n-th request, by field.
fn leaves(of: &Value, n: usize, field: &str) -> String {
    let leaves = of["referrals"][n]["leaves"].as_array().unwrap();
    let found = leaves.iter().find(|l| l["field"] == field);
    found.and_then(|l| l["value"].as_str()).unwrap_or_default().to_owned()
}

#[test]
fn every_request_of_a_visit_says_its_own_issue_with_its_own_day() {
    let world = World::at("2026-11-23T05:00:00Z");
    let desk = world.desk("Әлиева");
    let form = Form::says("Нет отопления третий день", "ru")
        .category("ZKH-01")
        .with("more_issues", json!([{ "category": "FAM-04", "text": "Отец детей не платит" }]))
        .with("referrals", json!([request("E-HEA", json!(null)), request("E-BLF", json!(1))]));
    let preview = desk.ok("intake_preview", json!({ "form": form.0 }));
    assert_eq!(preview["missing"], json!([]));
    let case = desk.takes_in(form);
    let view = desk.case(&case);
    for shown in [&preview, &view] {
        assert_eq!(leaves(shown, 0, "text"), "Нет отопления третий день");
        assert!(leaves(shown, 0, "category").contains("Нет отопления"));
        assert_eq!(leaves(shown, 1, "text"), "Отец детей не платит", "nothing of the heating");
        assert!(leaves(shown, 1, "category").contains("Алименты"));
        assert_eq!(shown["referrals"][1]["category"], "FAM-04");
    }
    assert_eq!(view["referrals"][0]["answer_due"], "2026-11-23");
    assert_eq!(view["referrals"][1]["answer_due"], "2026-12-11", "fifteen working days");
}

/// A restricted matter does not go to another body because nobody wrote a text for that one; and the rules of an issue are those
/// of its own theme.
#[test]
fn words_of_a_restricted_issue_do_not_go_with_a_request_about_another() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let missing = |form: &Form| {
        let preview = desk.ok("intake_preview", json!({ "form": form.0 }));
        let missing = preview["missing"].as_array().unwrap().clone();
        (preview, missing.iter().map(|m| m["code"].clone()).collect::<Vec<_>>())
    };
    // The visit's words tell of the beating; the heating has no words of its own.
    let beaten = Form::says("Бьёт муж, и дома холодно", "ru").category("FAM-01");
    let heating = |text: &str| json!([{ "category": "ZKH-01", "text": text }]);
    let cold = beaten.clone().with("referrals", json!([request("E-HEA", json!(1))]));
    let (preview, codes) = missing(&cold.clone().with("more_issues", heating("")));
    assert_eq!(leaves(&preview, 0, "text"), "", "{preview:#}");
    assert_eq!(codes, ["missing_text"], "the officer writes it");
    let (preview, codes) = missing(&cold.clone().with("more_issues", heating("Холодно дома")));
    assert_eq!((leaves(&preview, 0, "text"), codes), ("Холодно дома".to_owned(), vec![]));
    assert_eq!(preview["referrals"][0]["circle"], "dv", "the case is restricted all the same");
    // As the first issue it may not go to that body at all.
    let (_, codes) = missing(&beaten.with("referrals", json!([request("E-HEA", json!(0))])));
    assert_eq!(codes, ["leaving_crime_first"]);
    // The other way round: the second trouble is told in the words of the visit.
    let officer = |text: &str| json!([{ "category": "GOV-01", "text": text }]);
    let both = Form::says("Нет отопления, и участковый требует деньги", "ru")
        .category("ZKH-01")
        .with("referrals", json!([request("E-HEA", json!(null)), request("P-OSB", json!(1))]));
    let (preview, codes) = missing(&both.clone().with("more_issues", officer("")));
    assert_eq!(codes, ["missing_text"]);
    assert_eq!(leaves(&preview, 0, "text"), "");
    assert!(leaves(&preview, 1, "text").contains("участковый"));
    let (preview, codes) = missing(&both.with("more_issues", officer("Участковый требует деньги")));
    assert_eq!(codes, Vec::<Value>::new());
    assert_eq!(leaves(&preview, 1, "text"), "Участковый требует деньги");
    // No theme taken: the words themselves tell of it.
    let (_, codes) = missing(
        &Form::says("Муж избил, боится идти домой", "ru")
            .with("more_issues", heating(""))
            .with("referrals", json!([request("E-HEA", json!(1))])),
    );
    assert_eq!(codes, ["missing_text"]);
    // An issue there is none of.
    let (_, codes) =
        missing(&Form::says("Яма", "ru").with("referrals", json!([request("E-ZKH", json!(1))])));
    assert_eq!(codes, ["bad_request"]);
}

/// `settled.md` 2: beside a crime a further issue keeps its theme if that tells nothing of it, and never its words.
#[test]
fn beside_a_crime_no_issue_tells_of_it_and_none_keeps_its_words() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let more = json!([
        { "category": "ZKH-01", "text": "Холодно после драки" },
        { "category": "FAM-01", "text": "Муж бил кастетом" },
    ]);
    let case = desk.takes_in(
        Form::says("Разбой", "ru")
            .category("CRM-01")
            .with("more_issues", more)
            .crime("КУИ-26-7781", "Нужно тепло и ночлег")
            .with("referrals", json!([request("E-HEA", json!(1)), request("E-SOC", json!(2))])),
    );
    let view = desk.case(&case);
    assert_eq!(view["issues"].as_array().unwrap().len(), 1, "{:#}", view["issues"]);
    assert_eq!(view["issues"][0]["category"], "ZKH-01");
    assert_eq!(leaves(&view, 0, "text"), "Нужно тепло и ночлег");
    assert!(leaves(&view, 0, "category").contains("Нет отопления"));
    assert_eq!(view["referrals"][1]["category"], json!(null));
    let told = view.to_string();
    for secret in ["драки", "кастетом", "FAM-01", "CRM-01", "Разбой"] {
        assert!(!told.contains(secret), "{secret}");
    }
}

/// `settled.md` 2: nor is a task called by the class of the crime, in whatever language it was proposed.
#[test]
fn beside_a_crime_no_task_is_called_by_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let task = json!([{ "unit": "P-UIP", "text": "Theft, robbery, damage" }]);
    let named = Form::says("Украли", "ru").crime("КУИ-26-7782", "Нужен новый паспорт");
    let preview = desk.ok("intake_preview", json!({ "form": named.with("tasks", task).0 }));
    assert_eq!(preview["missing"][0]["code"], "missing_task_text");
    let other = json!([{ "unit": "P-UIP", "text": "Проводить домой" }]);
    let form = Form::says("Украли", "ru").crime("КУИ-26-7782", "Нужен новый паспорт");
    let preview = desk.ok("intake_preview", json!({ "form": form.with("tasks", other).0 }));
    assert_eq!(preview["missing"], json!([]));
}

/// From the case as from the intake: the officer says which issue a request is about; what replaces or copies another is about
/// the same.
#[test]
fn a_request_from_a_case_is_about_the_issue_that_was_chosen() {
    let world = World::at("2026-11-23T05:00:00Z");
    let desk = world.desk("Әлиева");
    let more = json!([{ "category": "FAM-04", "text": "Отец детей не платит" },
        { "category": "BLG-04", "text": "" }]);
    let case = desk.takes_in(
        Form::says("Нет отопления третий день", "ru")
            .category("ZKH-01")
            .with("more_issues", more)
            .refer("E-HEA"),
    );
    let issues = desk.case(&case)["issues"].clone();
    let asked = |agency: &str, issue: &Value| {
        json!({ "case": case, "agency": agency, "text": "", "answer_due": null,
            "replaces": null, "disclosed": {}, "issue": issue })
    };
    let preview = |agency: &str, issue: &Value| {
        let shown = desk.ok("referral_preview", asked(agency, issue));
        let of = json!({ "referrals": [shown] });
        (leaves(&of, 0, "category"), leaves(&of, 0, "text"))
    };
    let (theme, words) = preview("E-BLF", &issues[1]["id"]);
    assert!(theme.contains("Алименты"), "{theme}");
    assert_eq!(words, "Отец детей не платит", "its own words, nothing of the heating");
    let (_, words) = preview("E-ZKH", &issues[2]["id"]);
    assert_eq!(words, "Нет отопления третий день", "no words of its own: those of the case");
    let (theme, _) = preview("E-HEA", &Value::Null);
    assert!(theme.contains("Нет отопления"));
    let strange = json!("00000000-0000-7000-8000-000000000001");
    let refused = desk.call("referral_preview", asked("E-BLF", &strange));
    assert_eq!(refused.unwrap_err().code, "bad_request");

    desk.ok("referral_send", asked("E-BLF", &issues[1]["id"]));
    let sent = desk.case(&case)["referrals"][1].clone();
    assert_eq!((&sent["category"], &sent["answer_due"]), (&json!("FAM-04"), &json!("2026-12-11")));
    // A restricted issue that came up later keeps the words of the case to itself.
    desk.ok("issue_add", json!({ "case": case, "category": "FAM-01", "text": "Бил муж" }));
    let silent = desk.call("referral_preview", asked("E-ZKH", &issues[2]["id"]));
    assert_eq!(silent.unwrap_err().code, "missing_text", "the officer writes it");
}
