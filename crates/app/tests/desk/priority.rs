//! How soon a case has to be taken up: the rule proposes it and says why, an officer may say otherwise, and what becomes
//! known later is not lost behind that word.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn cold(desk: &TestDesk, told: &[&str]) -> String {
    let form = Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA");
    desk.takes_in(form.with("circumstances", json!(told)))
}

fn now(desk: &TestDesk, case: &str) -> Value {
    desk.case(case)["priority"]["now"].clone()
}

fn says(desk: &TestDesk, case: &str, priority: Value, reason: &str) -> Result<Value, String> {
    let args = json!({ "case": case, "priority": priority, "reason": reason });
    desk.call("priority_set", args).map_err(|refusal| refusal.code)
}

#[test]
fn a_cold_home_is_urgent_a_baby_makes_it_at_once_and_the_board_begins_with_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let form = Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA");
    let form = form.with("circumstances", json!(["baby"]));
    let preview = desk.ok("intake_preview", json!({ "form": form.0 }));
    let why = json!([{ "theme": "ZKH-01", "circumstance": "baby" }]);
    assert_eq!(preview["priority"], json!({ "priority": "at_once", "why": why }), "said before");
    let bill = desk.takes_in(Form::says("Счёт за воду", "ru").category("ZKH-08").refer("E-WAT"));
    let (usual, baby) = (cold(&desk, &[]), cold(&desk, &["baby"]));
    assert_eq!(desk.case(&baby)["priority"]["proposed"], preview["priority"], "and kept");
    assert_eq!(now(&desk, &usual), "urgent");
    assert_eq!(now(&desk, &bill), "can_wait");
    let board = desk.ok("control", json!({ "queue": "first", "filter": "" }));
    let rows: Vec<&Value> = board["rows"].as_array().unwrap().iter().map(|r| &r["case"]).collect();
    assert_eq!(rows, [&json!(baby), &json!(usual)], "the same day, the baby before");
    assert_eq!(board["counts"]["first"], 2);
    assert_eq!(board["counts"]["all"], 3);
}

#[test]
fn an_officers_word_stands_until_the_rule_is_to_decide_again() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = cold(&desk, &[]);
    assert_eq!(says(&desk, &case, json!("in_turn"), " ").unwrap_err(), "missing_priority_reason");
    assert_eq!(says(&desk, &case, Value::Null, "").unwrap_err(), "nothing_changed");
    let long = "а".repeat(501);
    assert_eq!(says(&desk, &case, json!("in_turn"), &long).unwrap_err(), "text_too_long");
    says(&desk, &case, json!("in_turn"), "греются у сестры").unwrap();
    let view = desk.case(&case);
    assert_eq!(view["priority"]["now"], "in_turn");
    assert_eq!(view["priority"]["set"]["reason"], "греются у сестры");
    assert!(view["priority"]["set"]["who"].as_str().unwrap().starts_with("Әлиева"));
    assert_eq!(view["priority"]["proposed"]["priority"], "urgent", "still said");
    assert_eq!(view["timeline"][0]["values"]["priority"], "in_turn");
    let again = says(&desk, &case, json!("in_turn"), "то же");
    assert_eq!(again.unwrap_err(), "nothing_changed");
    // Sooner needs no reason: nobody is harmed by it.
    says(&desk, &case, json!("at_once"), "").unwrap();
    assert_eq!(now(&desk, &case), "at_once");
    let done = says(&desk, &case, Value::Null, "").unwrap();
    assert_eq!(now(&desk, &case), "urgent");
    assert_eq!(desk.case(&case)["priority"]["set"], Value::Null);
    desk.ok("undo", done["undo"].clone());
    assert_eq!(now(&desk, &case), "at_once", "taken back, the word before holds");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
}

#[test]
fn what_becomes_known_after_an_officers_word_makes_it_sooner_again() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = cold(&desk, &[]);
    says(&desk, &case, json!("can_wait"), "тепло обещали к вечеру").unwrap();
    // She comes again, with the child she had not spoken of.
    let form = Form::says("Всё ещё холодно", "ru").with("circumstances", json!(["baby"]));
    let preview = |form: Form| {
        let form = form.with("existing_case", json!(case)).0;
        desk.ok("intake_preview", json!({ "form": form }))["priority"]["priority"].clone()
    };
    assert_eq!(preview(form.clone()), "at_once", "said before it is saved");
    let nothing_new = Form::says("Всё ещё холодно", "ru");
    assert_eq!(preview(nothing_new), Value::Null, "the officer's word stands");
    desk.takes_in(form.with("existing_case", json!(case)));
    let view = desk.case(&case);
    assert_eq!(view["priority"]["now"], "at_once", "{view:#}");
    assert_eq!(view["priority"]["set"]["priority"], "can_wait", "the word is still told");
    // The officer has seen the child and says so again.
    says(&desk, &case, json!("can_wait"), "живут у бабушки").unwrap();
    assert_eq!(now(&desk, &case), "can_wait");
}

#[test]
fn two_officers_who_differ_see_both_words() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Серікбаев"));
    let case = cold(&one, &[]);
    one.sync();
    two.sync();
    says(&one, &case, json!("at_once"), "").unwrap();
    says(&two, &case, json!("in_turn"), "обогреватель есть").unwrap();
    one.sync();
    two.sync();
    one.sync();
    let review = one.case(&case)["review"].clone();
    assert_eq!(
        (&review[0]["field"], &review[0]["earlier"], &review[0]["later"]),
        (&json!("priority"), &json!("at_once"), &json!("in_turn"))
    );
    let args = json!({ "case": case, "event": review[0]["event"], "take": "earlier", "note": "" });
    one.ok("review_settle", args);
    assert_eq!(now(&one, &case), "at_once");
}
