//! Every visitor of the practice desk can be helped to the full, by the same commands a window uses;
//! with all of them behind him an officer gets the certificate.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

/// How a scenario ends.
enum End {
    /// The applicant is told and says it is solved; closed.
    Solved,
    /// The applicant is told; something is still owed.
    Told,
    /// Left as it is.
    Left,
}

fn run(desk: &TestDesk) -> Value {
    desk.ok("practice_board", json!({}))["run"].clone()
}

fn ask(desk: &TestDesk, call: bool) {
    for q in run(desk)["questions"].as_array().unwrap() {
        if q["call"] == json!(call) {
            desk.ok("practice_ask", json!({ "question": q["code"] }));
        }
    }
}

fn person(form: Form, surname: &str, phone: &str) -> Form {
    form.person(surname, "Анна", phone)
}

fn task(form: Form, unit: &str) -> Form {
    form.with("tasks", json!([{ "unit": unit, "text": "Проверить", "due": "2026-11-24" }]))
}

/// What a good officer writes down, and how it ends.
fn visit(code: &str) -> (Form, End) {
    let says = |text: &str, category: &str| Form::says(text, "ru").category(category);
    let phone = "8 700 000 11 22";
    match code {
        "certificate" => (
            says("Нужна справка", "DOC-04").advice("В приложении на телефоне или в ЦОНе"),
            End::Left,
        ),
        "heating" => (
            person(says("Холодно, дома младенец", "ZKH-01"), "Ким", phone)
                .at("Ауэзова, 12")
                .with("circumstances", json!(["baby"]))
                .advice("Не грейтесь газовой плитой")
                .refer("E-HEA"),
            End::Solved,
        ),
        "neighbour" => {
            (task(person(says("Сосед шумит", "ORD-01"), "Оспанов", phone), "P-UIP"), End::Solved)
        }
        "fraud" => (
            person(says("Обманули", "CRM-02"), "Петрова", phone)
                .crime("КУИ-26-0450", "Осталась без еды")
                .advice("Звоните в банк, заблокируйте карту")
                .refer("E-SOC"),
            End::Left,
        ),
        "violence" => (
            person(says("Побил", "FAM-01"), "Садыкова", "")
                .with("circumstances", json!(["afraid"]))
                .crime("КУИ-26-0417", "Нужны ночлег и юрист")
                .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false })),
            End::Left,
        ),
        "child" => (
            task(person(says("Ученик", "FAM-02"), "Бекова", phone), "P-JUV")
                .crime("КУИ-26-0433", "Ребёнку нужна помощь")
                .refer("E-CHD"),
            End::Left,
        ),
        "bounce" => (
            person(says("Во дворе темно", "BLG-01"), "Омарова", phone)
                .at("Алтынсарина, 8")
                .refer("E-ZKH"),
            End::Solved,
        ),
        "empty_answer" => (
            person(says("В подвале нечистоты", "ZKH-03"), "Ли", phone)
                .at("Гагарина, 15")
                .refer("E-WAT"),
            End::Solved,
        ),
        "nameless" => (task(says("Подозрительная квартира", "ORD-02"), "P-UIP"), End::Left),
        "iin" => (
            person(says("Нет пенсии", "SOC-02"), "Токтаров", phone)
                .with("circumstances", json!(["elderly"]))
                .refer("E-CON"),
            End::Solved,
        ),
        "several" => (
            person(says("Нечего есть, не платят", "SOC-01"), "Муратова", phone)
                .with("more_issues", json!([{ "category": "LAB-01", "text": "Не платят" }]))
                .refer("E-SOC")
                .refer("E-LAB"),
            End::Told,
        ),
        "officer" => {
            (person(says("Нагрубил", "GOV-01"), "Жунусов", phone).refer("P-OSB"), End::Left)
        }
        "bribe" => (
            person(says("Вымогает", "GOV-03"), "Исаев", phone)
                .crime("КУИ-26-0471", "Просит совета юриста")
                .advice("Сами ничего не отдавайте")
                .refer("E-ACR"),
            End::Left,
        ),
        "reopened" => (Form::says("Крышки снова нет", "ru"), End::Solved),
        "gas" => (
            says("Пахнет газом", "ZKH-05")
                .at("Ауэзова, 33")
                .advice("Звоните 104, выйдите на улицу")
                .refer("E-GAS"),
            End::Left,
        ),
        other => panic!("nobody has solved {other}"),
    }
}

/// The earlier case of a visitor, found as an officer finds it.
fn earlier(desk: &TestDesk) -> Value {
    let hits = desk.ok("search", json!({ "query": "Нурланова", "limit": 10 }));
    hits["hits"][0]["id"].clone()
}

fn send(desk: &TestDesk, case: &Value, agency: &str, replaces: Value) {
    desk.ok(
        "referral_send",
        json!({ "case": case, "agency": agency, "text": "", "answer_due": null, "replaces": replaces,
                "disclosed": { "name": false, "phone": false, "address": true }, "consent": false }),
    );
}

/// Lets time go on until everything has been said, doing what a good officer does in between.
fn follow(desk: &TestDesk, case: &Value) {
    for _ in 0..8 {
        let view = desk.ok("case_get", json!({ "id": case, "why": { "code": "control" } }));
        for r in view["referrals"].as_array().unwrap() {
            match r["state"].as_str().unwrap() {
                "answered" => {
                    let empty = r["answered"]["text"].as_str().unwrap().contains("меры");
                    desk.ok(
                        "referral_check",
                        json!({ "case": case, "referral": r["id"], "good": !empty,
                                "has": if empty { json!(["facts"]) } else { json!(["facts", "decision", "who_when", "next", "appeal"]) },
                                "note": if empty { "Нет ни срока, ни сделанного" } else { "" } }),
                    );
                }
                "rejected" if r["replaced_by"].is_null() => {
                    send(desk, case, "E-OSI", r["id"].clone())
                }
                _ => {}
            }
        }
        for t in view["tasks"].as_array().unwrap().iter().filter(|t| t["done"].is_null()) {
            if view["number"] != json!(null) && view["issues"][0]["category"] == "ORD-01" {
                desk.ok("task_finish", json!({ "case": case, "task": t["id"], "result": "Был" }));
            }
        }
        if run(desk)["waiting"] == json!(true) {
            desk.ok("practice_go_on", json!({}));
        }
    }
}

fn solve(desk: &TestDesk, code: &str) -> Value {
    desk.ok("practice_start", json!({ "scenario": code }));
    ask(desk, false);
    let (mut form, end) = visit(code);
    if code == "iin" {
        let told = run(desk)["questions"][0]["answer"]["ru"].as_str().unwrap().to_owned();
        let iin: String = told.chars().filter(char::is_ascii_digit).collect();
        form.0["applicant"]["iin"] = json!(iin);
    }
    if code == "reopened" {
        form = form.with("existing_case", earlier(desk));
    }
    let draft = run(desk)["draft"].clone();
    let done = desk.ok("intake_finish", json!({ "draft": draft, "form": form.0 }));
    let case = done["case"].clone();
    if code == "reopened" {
        desk.ok("case_reopen", json!({ "case": case, "reason": "Крышки снова нет" }));
        send(desk, &case, "E-ZKH", json!(null));
    }
    follow(desk, &case);
    ask(desk, true);
    if matches!(end, End::Solved | End::Told) {
        desk.ok(
            "contact_record",
            json!({ "case": case, "how": "call", "reached": "yes", "word": null, "text": "" }),
        );
    }
    if matches!(end, End::Solved) {
        desk.ok(
            "case_close",
            json!({ "case": case, "word": "solved", "outcome": "helped", "text": "Так сказали" }),
        );
    }
    desk.ok("practice_finish", json!({}))
}

#[test]
fn every_visitor_can_be_helped_to_the_full_and_then_there_is_a_certificate() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.ok("settings_set", json!({ "language": "ru" }));
    desk.ok("practice_enter", json!({}));
    let board = desk.ok("practice_board", json!({}));
    let codes: Vec<String> = board["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["code"].as_str().unwrap().to_owned())
        .collect();
    assert!(codes.len() >= 12, "{codes:?}");
    let certificate = || desk.call("practice_certificate", json!({}));
    assert_eq!(certificate().unwrap_err().code, "practice_not_passed");
    for code in &codes {
        let board = solve(&desk, code);
        let result = &board["run"]["result"];
        let missed: Vec<&Value> = result["lines"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| l["met"] == json!(false))
            .collect();
        assert_eq!(result["percent"], 100, "{code}: {missed:#?}");
        assert_eq!(result["passed"], json!(true), "{code}");
    }
    certificate().unwrap();
    let documents = desk.host.documents.lock().unwrap();
    assert!(documents.iter().any(|(name, pdf)| name == "esik-training.pdf" && pdf.len() > 10_000));
}

#[test]
fn a_guest_gets_no_certificate() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.ok("session_lock", json!({}));
    desk.ok("practice_enter", json!({}));
    let refused = desk.call("practice_certificate", json!({})).unwrap_err();
    assert_eq!(refused.code, "practice_guest");
}
